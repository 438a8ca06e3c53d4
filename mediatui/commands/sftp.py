"""The host keys of seedboxes: looked at, pinned after a yes, forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import text, word
from mediatui.commands.workspace import load_for
from mediatui.model.errors import UsageError
from mediatui.model.human import counted
from mediatui.model.text import printable
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from mediatui.commands.answer import Answer
    from mediatui.runtime.invocation import Invocation
    from mediatui.services.sftp.host_keys import HostKey, KnownHosts
    from mediatui.settings.sftp import SftpSettings


@dataclass(frozen=True, slots=True)
class TrustHost:
    """The options of ``sftp trust``."""

    host: str = word("HOST", "the SSH server, as HOST or HOST:PORT")
    fingerprint: str | None = text("Trust it without a question, if it still shows this one.", "SHA256:…")


@dataclass(frozen=True, slots=True)
class ForgetHost:
    """The options of ``sftp forget``."""

    host: str = word("HOST", "the SSH server, as HOST or HOST:PORT")


@dataclass(frozen=True, slots=True)
class ShownKey:
    """The key that a server shows, and whether it is pinned already."""

    section: SftpSettings
    known: KnownHosts
    key: HostKey
    pinned: bool

    @property
    def question(self) -> str:
        """What a person is asked before it is pinned."""
        host = printable(self.section.host)
        return f"{host}:{self.section.port} shows {self.key.algorithm} {self.key.fingerprint}. Trust it?"

    def pin(self) -> str:
        """Pins it; returns a sentence. Raises StoreError."""
        if not self.pinned:
            self.known.pin(self.section.host, self.section.port, self.key)
        return f"{printable(self.section.host)} is trusted by {self.key.algorithm} {self.key.fingerprint}."


async def look_at_key(invocation: Invocation, options: TrustHost) -> ShownKey:
    """Asks the server which key it shows. Raises UsageError, SftpAway, and HostKeyChanged when another is pinned or the
    fingerprint that was given is not the one it shows."""
    from mediatui.services.sftp.connect import host_key_error, shown_key
    from mediatui.services.sftp.errors import HostKeyChanged
    from mediatui.services.sftp.host_keys import is_fingerprint, same_fingerprint

    if options.fingerprint is not None and not is_fingerprint(options.fingerprint):
        raise UsageError(
            f"{printable(options.fingerprint)} is no fingerprint.", "It is SHA256: and 43 characters: ssh-keygen -lf"
        )
    section, known = _server(invocation, options.host)
    pinned = await in_thread(lambda: known.keys(section.host, section.port))
    key = await shown_key(section, pinned)
    if pinned and key not in pinned:
        raise host_key_error(section, pinned, key)
    if options.fingerprint is not None and not same_fingerprint(options.fingerprint, key.fingerprint):
        raise HostKeyChanged(
            f"{printable(section.host)} shows {key.algorithm} {key.fingerprint}, not {printable(options.fingerprint)}.",
            "Nothing was pinned. Ask its provider which one is right.",
            algorithm=key.algorithm, shown=key.fingerprint,
        )  # fmt: skip
    return ShownKey(section, known, key, key in pinned)


async def forget(answer: Answer, options: ForgetHost) -> int:
    """Forgets the pinned keys of a server; nothing is asked of it."""
    section, known = _server(answer.invocation, options.host)
    count = await in_thread(lambda: known.forget(section.host, section.port))
    name = printable(section.host)
    answer.result(
        f"{counted(count, 'host key')} of {name} forgotten." if count else f"No host key of {name} is pinned.",
        counts={"forgotten": count},
    )
    return 0


def _server(invocation: Invocation, text: str) -> tuple[SftpSettings, KnownHosts]:
    """The login of the settings, at the server that is named: on its port, where that is not named."""
    from mediatui.services.sftp.host_keys import KnownHosts
    from mediatui.settings.sftp import SftpSettings

    if invocation.demo:
        raise UsageError("The demo has no seedbox, and asks none.", "Leave out --demo to reach yours.")
    section = load_for(invocation).settings.sftp
    host, port = _host_and_port(text)
    if port == 0:
        port = section.port if host.lower() == section.host.lower() else 22
    try:
        named = SftpSettings.model_validate({**section.model_dump(), "host": host, "port": port})
    except ValueError:
        host = ""
    if not host:
        raise UsageError(f"{printable(text)} is no server.", "Allowed is HOST or HOST:PORT, without a user.")
    return named, KnownHosts(invocation.paths.known_hosts)


def _host_and_port(text: str) -> tuple[str, int]:
    """A host and its port; 0 where none is named. IPv6 addresses with a port stand in brackets."""
    text = text.strip()
    if text.startswith("["):
        host, _, port = text[1:].partition("]:")
        return host.rstrip("]"), int(port) if port.isdigit() else 0
    host, colon, port = text.rpartition(":")
    if colon and ":" not in host and port.isdigit():
        return host, int(port)
    return text, 0
