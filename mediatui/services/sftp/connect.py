"""Logging in by SSH: only to a server whose host key is pinned, with an agent, a key or a password.

asyncssh is imported here and in ``channel``, when a connection is wanted.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mediatui.model.errors import UsageError
from mediatui.model.secrets import keep_secret
from mediatui.model.text import join_words, printable
from mediatui.services.errors import ServiceError
from mediatui.services.sftp.errors import HostKeyChanged, HostKeyError, HostKeyUnknown, LoginRefused, SftpAway
from mediatui.services.sftp.host_keys import HostKey, KnownHosts, host_name, order_of
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    import asyncssh

    from mediatui.settings.sftp import SftpSettings

CONNECT_S: Final = 15.0
LOGIN_S: Final = 20.0
AGENT_S: Final = 5.0
KEEPALIVE_S: Final = 15.0
SYSTEM_KNOWN_HOSTS: Final = Path("~/.ssh/known_hosts")
SSH_CONFIG: Final = Path("~/.ssh/config")
_AES: Final = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com")
_OTHERS: Final = ("chacha20-poly1305@openssh.com", "aes256-ctr", "aes192-ctr", "aes128-ctr")


@dataclass(slots=True)
class _Trust:
    """Whether a shown key is one that is trusted; ``shown`` is what the server showed."""

    pinned: tuple[HostKey, ...]
    shown: HostKey | None = None

    def allows(self, key: asyncssh.SSHKey) -> bool:
        self.shown = HostKey(key.get_algorithm(), key.public_data)
        return self.shown in self.pinned


@dataclass(frozen=True, slots=True)
class _Keys:
    """What a login is tried with; ``tried`` names it for people."""

    keys: list[Any]
    tried: tuple[str, ...]


async def log_in(section: SftpSettings, known: KnownHosts) -> asyncssh.SSHClientConnection:
    """A connection to the configured server. Raises UsageError for settings that cannot be used, and HostKeyUnknown,
    HostKeyChanged, LoginRefused or SftpAway."""
    checked_host(section)
    await in_thread(_import_asyncssh)
    import asyncssh

    trust = _Trust(await in_thread(lambda: _pinned(section, known)))
    given = await _keys(section)
    try:
        options = await in_thread(lambda: _options(section, trust, given))
        async with asyncio.timeout(CONNECT_S + LOGIN_S):
            return await asyncssh.connect(section.host, **options, client_factory=_client(trust))
    except (OSError, asyncssh.Error, ValueError) as error:
        raise _said(error, section, trust, given.tried) from error


async def shown_key(section: SftpSettings, pinned: tuple[HostKey, ...] = ()) -> HostKey:
    """The host key that the server shows now, of the kind of the ``pinned`` ones if it has one; nothing is logged in.
    Raises UsageError, SftpAway."""
    checked_host(section)
    await in_thread(_import_asyncssh)
    import asyncssh

    trust = _Trust(())
    try:
        options = await in_thread(lambda: _options(section, _Trust(pinned), _Keys([], ())))
        async with asyncio.timeout(CONNECT_S + LOGIN_S):
            connection = await asyncssh.connect(section.host, **options, client_factory=_client(trust))
        connection.abort()
    except (OSError, asyncssh.Error, ValueError) as error:
        if trust.shown is None:
            raise _said(error, section, trust, ()) from error
    if trust.shown is None:
        raise SftpAway(f"No SSH server answers at {_place(section)}.", "Check sftp.host and sftp.port.")
    return trust.shown


def _import_asyncssh() -> None:
    """In a thread: it takes some tenths of a second, in which the screens go on."""
    import asyncssh  # noqa: F401


def checked_host(section: SftpSettings) -> None:
    """Registers the secrets of the section. Raises UsageError while no host is set."""
    for secret in (section.password, section.passphrase):
        keep_secret(secret.get_secret_value())
    if not section.host:
        raise UsageError("sftp.host is not set.", "mediatui --headless config set sftp.host HOST")


def _client(trust: _Trust) -> Any:
    """What asyncssh asks about a connection; made here, where asyncssh is imported."""
    import asyncssh

    class Client(asyncssh.SSHClient):
        def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
            return trust.allows(key)

    return Client


def _pinned(section: SftpSettings, known: KnownHosts) -> tuple[HostKey, ...]:
    """The keys that are trusted: ours, else those of the user's own ``known_hosts``."""
    ours = known.keys(section.host, section.port)
    if ours or not section.trust_system_known_hosts:
        return ours
    import asyncssh

    file = SYSTEM_KNOWN_HOSTS.expanduser()
    try:
        found = asyncssh.read_known_hosts(str(file)).match(section.host, "", section.port)
    except (OSError, ValueError, asyncssh.Error):
        return ours
    revoked = {key.public_data for key in found[2]}
    return tuple(HostKey(key.get_algorithm(), key.public_data) for key in found[0] if key.public_data not in revoked)


async def _keys(section: SftpSettings) -> _Keys:
    """The agent's keys, then the key file. Raises UsageError for a key file that cannot be used."""
    keys: list[Any] = []
    tried: list[str] = []
    path = os.environ.get("SSH_AUTH_SOCK", "")
    if section.agent and path:
        import asyncssh

        with contextlib.suppress(OSError, ValueError, asyncssh.Error):
            async with asyncio.timeout(AGENT_S):
                agent = await asyncssh.connect_agent(path)
                keys += await agent.get_keys()
        tried.append(f"ssh-agent ({len(keys)})")
    if section.key_file is not None:
        keys.append(await in_thread(lambda: _key_of(section)))
        tried.append(f"key {printable(str(section.key_file))}")
    if section.password.get_secret_value():
        tried.append("password")
    return _Keys(keys, tuple(tried))


def _key_of(section: SftpSettings) -> asyncssh.SSHKey:
    import asyncssh

    file = printable(str(section.key_file))
    passphrase = section.passphrase.get_secret_value() or None
    try:
        return asyncssh.read_private_key(str(section.key_file), passphrase)
    except FileNotFoundError:
        raise UsageError(f"The key file {file} is not there.", "Correct sftp.key_file.") from None
    except OSError as error:
        raise UsageError(f"The key file {file} cannot be read ({error.strerror}).", "Correct its rights.") from None
    except asyncssh.KeyEncryptionError:
        raise UsageError(f"The passphrase does not fit the key {file}.", "Correct sftp.passphrase.") from None
    except (asyncssh.KeyImportError, ValueError):
        if passphrase is None and _is_encrypted(Path(str(section.key_file))):
            raise UsageError(
                f"The key {file} is encrypted.", "mediatui --headless config set sftp.passphrase (it is asked for)"
            ) from None
        raise UsageError(
            f"{file} is no private key that can be read.", "Allowed are those of OpenSSH, PEM and PKCS#8."
        ) from None


def _is_encrypted(file: Path) -> bool:
    """Whether a key that cannot be read is one that needs a passphrase: then OpenSSH's form names bcrypt inside."""
    import base64
    import binascii

    with contextlib.suppress(OSError, ValueError, binascii.Error):
        lines = file.read_bytes()[: 64 * 1024].splitlines()
        if any(b"ENCRYPTED" in line for line in lines[:3]):
            return True
        body = b"".join(line for line in lines if line and not line.startswith(b"-----"))
        return b"bcrypt" in base64.b64decode(body)[:64]
    return False


def _options(section: SftpSettings, trust: _Trust, given: _Keys) -> dict[str, Any]:
    """The arguments of a connection. Nothing is asked for on a terminal, and no server is trusted unseen."""
    logging.getLogger("asyncssh").setLevel(logging.ERROR)
    config = SSH_CONFIG.expanduser() if section.use_ssh_config else None
    options: dict[str, Any] = {
        "known_hosts": b"",  # None would check nothing
        "config": [str(config)] if config is not None and config.exists() else None,
        "server_host_key_algs": order_of(trust.pinned),
        "encryption_algs": [*_AES, *_OTHERS] if _has_aes() else [_OTHERS[0], *_AES, *_OTHERS[1:]],
        "compression_algs": None,
        "gss_host": None,
        "keepalive_interval": KEEPALIVE_S, "keepalive_count_max": 3,
        "connect_timeout": CONNECT_S, "login_timeout": LOGIN_S,
    }  # fmt: skip
    if options["config"] is None or section.port != 22:
        options["port"] = section.port
    if section.user:
        options["username"] = section.user
    if given.keys or options["config"] is None:
        options |= {"client_keys": given.keys or None, "agent_path": None}
    if password := section.password.get_secret_value():
        options["password"] = password
    return options


def _has_aes() -> bool:
    """Whether this machine computes AES in hardware: then AES is nearly twice as fast as ChaCha20."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as stream:
            return " aes " in stream.read(16 * 1024).replace("\n", " ")
    except OSError:
        return False


def _said(error: Exception, section: SftpSettings, trust: _Trust, tried: tuple[str, ...]) -> ServiceError:
    """What asyncssh says of a login that failed, as one of ours."""
    import asyncssh

    place = _place(section)
    if isinstance(error, asyncssh.HostKeyNotVerifiable) and trust.shown is not None:
        return host_key_error(section, trust.pinned, trust.shown)
    if isinstance(error, asyncssh.PermissionDenied):
        user = printable(section.user) or "the user"
        ways = join_words(tried) if tried else "nothing: there is neither agent, key nor password"
        return LoginRefused(
            f"{place} refuses {user}; tried: {ways}.", "Check sftp.user, sftp.key_file and sftp.password."
        )
    if isinstance(error, ConnectionRefusedError):
        return SftpAway(f"Nothing listens at {place}.", "Check sftp.host and sftp.port.")
    if isinstance(error, TimeoutError) or "login timeout" in str(error).lower():
        return SftpAway(f"No SSH server answers at {place}.", "Check sftp.host and sftp.port.")
    text = str(error)
    if isinstance(error, asyncssh.KeyExchangeFailed) or "host key" in text.lower():
        if trust.pinned:
            return HostKeyChanged(
                f"{place} offers no host key of the kind that is pinned, nor another that is allowed.", _again(section)
            )
        return SftpAway(f"{place} and mediatui have no way in common to speak SSH.", "Its SSH server is too old.")
    if isinstance(error, OSError):
        why = error.strerror if error.errno is not None and error.strerror else text
        return SftpAway(f"{place} cannot be reached ({printable(why)}).", "Check sftp.host and sftp.port.")
    return SftpAway(f"The SSH login at {place} broke off ({printable(text)}).", "It is tried again.")


def host_key_error(section: SftpSettings, pinned: tuple[HostKey, ...], shown: HostKey) -> HostKeyError:
    """What is to be said of a key that is not trusted: unknown, changed, or of another kind than the pinned one."""
    place, what = _place(section), f"{shown.algorithm} {shown.fingerprint}"
    facts = {"algorithm": shown.algorithm, "shown": shown.fingerprint}
    if not pinned:
        return HostKeyUnknown(
            f"The host key of {place} is not known yet: {what}.",
            f"If it is the one of your seedbox: mediatui --headless sftp trust {trust_name(section)} --fingerprint "
            f"{shown.fingerprint}",
            **facts,
        )
    kept = join_words([f"{key.algorithm} {key.fingerprint}" for key in pinned])
    changed = "has changed" if any(key.algorithm == shown.algorithm for key in pinned) else "is of another kind"
    return HostKeyChanged(
        f"The host key of {place} {changed}: pinned is {kept}, it shows {what}. This can be an attack or a reinstalled "
        "server.",
        _again(section), **facts,
    )  # fmt: skip


def trust_name(section: SftpSettings) -> str:
    """How the commands about host keys name the configured server."""
    return section.host if section.port == 22 else f"{section.host}:{section.port}"


def _again(section: SftpSettings) -> str:
    return f"Ask its provider. Only then: mediatui --headless sftp forget {trust_name(section)}, and trust it anew."


def _place(section: SftpSettings) -> str:
    return printable(host_name(section.host, section.port))
