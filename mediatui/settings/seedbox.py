"""The section of the settings that is about a seedbox."""

from __future__ import annotations

from pydantic import Field, SecretStr

from mediatui.settings.section import Section
from mediatui.settings.value_types import RemoteFolder, SeedboxUrl


class SeedboxSettings(Section):
    """The rTorrent of a seedbox, and the way to it."""

    enabled: bool = Field(default=False, description="whether a seedbox is used")
    url: SeedboxUrl = Field(
        default="", description="its address: SCGI, a web server's /RPC2, or ruTorrent's action.php"
    )
    user: str = Field(default="", description="the user name, where a web server asks for one")
    password: SecretStr = Field(default=SecretStr(""), description="the password of that login")
    roots: list[RemoteFolder] = Field(
        default=[], description="folders of its torrents, as SFTP sees them: nothing outside is fetched or removed"
    )
    verify_tls: bool = Field(default=True, description="whether its certificate has to be trusted")
    allow_http: bool = Field(
        default=False, description="whether the password may travel unencrypted beyond the own network"
    )
