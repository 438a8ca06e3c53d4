"""The section of the settings that is about the SSH login of a seedbox."""

from __future__ import annotations

from pydantic import Field, SecretStr

from mediatui.settings.section import Section
from mediatui.settings.value_types import OptionalPath, SshHost


class SftpSettings(Section):
    """The SSH login of a seedbox, through which its files come; in use once ``host`` is set."""

    host: SshHost = Field(default="", description="name or address of its SSH server; empty uses none")
    port: int = Field(default=22, ge=1, le=65535, description="port of that server")
    user: str = Field(default="", description="the user name there; empty is the one here")
    key_file: OptionalPath = Field(default=None, description="private key to log in with")
    passphrase: SecretStr = Field(default=SecretStr(""), description="what that key is encrypted with")
    password: SecretStr = Field(default=SecretStr(""), description="the password of that login, where it has one")
    agent: bool = Field(default=True, description="whether the keys of a running ssh-agent are tried first")
    use_ssh_config: bool = Field(default=False, description="whether ~/.ssh/config counts for that host")
    trust_system_known_hosts: bool = Field(
        default=True, description="whether a host key that ~/.ssh/known_hosts has is trusted too"
    )
    connections: int = Field(default=1, ge=1, le=4, description="connections that files come through at once")
    parallel: int = Field(default=2, ge=1, le=8, description="files fetched at once; 32 small ones count as one")
    limit_kib_s: int = Field(default=0, ge=0, le=10**7, description="KiB a second that are fetched at most; 0 is all")
    keep_extras: bool = Field(default=False, description="whether samples, proofs, texts and pictures are fetched too")
