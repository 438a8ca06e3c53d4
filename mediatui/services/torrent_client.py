"""What every client for torrents on a seedbox can do, whichever program it is, and how it fails.

A client answers "yes" to nearly everything, so whatever changes something here looks afterwards, and returns what was
seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, Protocol, get_args

from mediatui.model.errors import UsageError
from mediatui.model.magnet import read_magnet
from mediatui.model.seedbox import (
    ClientFacts,
    EraseEvents,
    SeedboxFile,
    SeedboxPeer,
    SeedboxTorrent,
    SeedboxTracker,
    SeenTorrent,
)
from mediatui.model.text import printable
from mediatui.model.torrent_file import read_torrent_file
from mediatui.services.errors import Permanent, Refused, ServiceError, Transient

Act = Literal["start", "stop", "pause", "resume", "close", "recheck", "announce"]
ACTS: Final[tuple[Act, ...]] = get_args(Act)
PRIORITIES: Final = (0, 1, 2, 3)
FILE_PRIORITIES: Final = (0, 1, 2)


class ClientAway(Transient):
    """The client cannot be reached, or something else answers in its place."""

    kind = "client-away"


class ClientRefused(Refused):
    """The client, or what stands before it, refuses the login."""

    kind = "client-refused"


class CallRefused(Permanent):
    """The client does not allow, or does not know, a call."""

    kind = "call-refused"


class CallFailed(Permanent):
    """The client could not do what was asked; ``said`` is its reason."""

    kind = "call-failed"


class TooLarge(Permanent):
    """A request is larger than the client, or what stands before it, takes."""

    kind = "too-large"


class NeverAppeared(ServiceError):
    """A torrent was sent and answered with a yes, but it is not there."""

    kind = "never-appeared"


class AddDropped(ServiceError):
    """A torrent was added, but not as it was sent: ``fields`` differ still after they were set again."""

    kind = "add-dropped"

    def __init__(self, message: str, hint: str = "", *, fields: Sequence[str] = ()) -> None:
        super().__init__(message, hint)
        self.fields = tuple(fields)


class EraseDeletes(ServiceError):
    """Taking a torrent out may delete its data on this seedbox, and nobody said that they may go."""

    kind = "erase-deletes"

    def __init__(self, message: str, hint: str, events: EraseEvents) -> None:
        super().__init__(message, hint)
        self.events = events


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A torrent to be added: ``content`` of its .torrent file, its ``magnet``, or the ``path`` of such a file on the
    seedbox; exactly one of them. An empty ``folder``, ``label`` or ``note`` is not set. ``start`` says whether it is to
    run. Make one with ``addition_of_file`` or ``addition_of_magnet``, which find its hash."""

    hash: str
    content: bytes = b""
    magnet: str = ""
    path: str = ""
    folder: str = ""
    label: str = ""
    note: str = ""
    start: bool = True


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one addition: ``seen`` is how it stands there now, None when it is not known to be there.
    ``corrected`` names what had to be set again."""

    addition: Addition
    outcome: Literal["added", "already there", "failed"]
    seen: SeenTorrent | None = None
    corrected: tuple[str, ...] = ()
    error: ServiceError | UsageError | None = None


@dataclass(frozen=True, slots=True)
class TorrentRows:
    """A list: rows by hash. ``unread`` rows could not be read: then it is no base for what concerns every row."""

    rows: Mapping[str, SeedboxTorrent]
    unread: int = 0

    @property
    def whole(self) -> bool:
        """Whether every row could be read."""
        return not self.unread


class TorrentClient(Protocol):
    """A client for torrents. Every call raises ServiceError; those on one torrent, by its hash, NotFound when it is not
    there."""

    async def close(self) -> None:
        """Closes connections."""

    async def facts(self) -> ClientFacts:
        """Which client answers."""

    async def can_make_folders(self) -> bool:
        """Whether it makes folders; nothing is made to find that out."""

    async def torrents(self) -> TorrentRows:
        """Every torrent, read anew."""

    async def poll(self) -> TorrentRows:
        """Every torrent, of which only what changes is read again (see its own text)."""

    def idle_s(self, hash: str) -> float:  # noqa: A002
        """For how many seconds the polls have seen no byte come for a torrent; 0 for one that they do not know."""

    async def torrent(self, hash: str) -> SeedboxTorrent:  # noqa: A002 - the word of the whole program
        """One torrent, read anew."""

    async def files(self, hash: str) -> list[SeedboxFile]:  # noqa: A002
        """The files of a torrent, in their order."""

    async def trackers(self, hash: str) -> list[SeedboxTracker]:  # noqa: A002
        """The trackers of a torrent."""

    async def peers(self, hash: str) -> list[SeedboxPeer]:  # noqa: A002
        """The other clients of a torrent at present."""

    async def add(self, additions: Sequence[Addition]) -> list[Added]:
        """Adds torrents, and returns what became of each, in their order. An addition that fails is no error here."""

    async def settle(self, addition: Addition) -> Added:
        """Looks once more at what was added, as a magnet that has its metadata now, and puts right what was lost."""

    async def act(self, hash: str, act: Act) -> SeedboxTorrent:  # noqa: A002
        """Does something with a torrent; returns how it stands then."""

    async def set_label(self, hash: str, label: str) -> SeedboxTorrent:  # noqa: A002
        """Sets the label; returns the torrent with it."""

    async def set_priority(self, hash: str, priority: int) -> None:  # noqa: A002
        """Sets the priority (0 to 3)."""

    async def set_file_priorities(self, hash: str, priorities: Mapping[int, int]) -> list[SeedboxFile]:  # noqa: A002
        """Sets priorities (0 to 2) of files by their index; returns the files."""

    async def set_folder(self, hash: str, folder: str) -> SeedboxTorrent:  # noqa: A002
        """Says where the data of a closed torrent lie now; nothing is moved."""

    async def erase_events(self) -> EraseEvents:
        """What the client runs when a torrent is taken out; asked once."""

    async def erase(self, hash: str, *, data_may_go: bool = False) -> None:  # noqa: A002
        """Takes a torrent out. Raises EraseDeletes where that may delete its data, unless they may go."""


def addition_of_file(
    content: bytes, *, folder: str = "", label: str = "", note: str = "", start: bool = True
) -> Addition:
    """The addition of a .torrent file. Raises UsageError for anything that is no torrent of version 1."""
    found = read_torrent_file(content).hash
    return Addition(hash=found, content=content, folder=folder, label=label, note=note, start=start)


def addition_of_magnet(link: str, *, folder: str = "", label: str = "", note: str = "", start: bool = True) -> Addition:
    """The addition of a magnet link. Raises UsageError for anything that is none."""
    link = link.strip()
    found = read_magnet(link).hash
    if not link.lower().startswith("magnet:?"):
        link = f"magnet:?xt=urn:btih:{found}"
    return Addition(hash=found, magnet=link, folder=folder, label=label, note=note, start=start)


def checked_addition(addition: Addition) -> Addition:
    """The addition with its hash and its folder in plain form. Raises UsageError when no client could take it as it is
    meant."""
    if sum(bool(one) for one in (addition.content, addition.magnet, addition.path)) != 1:
        raise UsageError("A torrent is added by its file, its magnet or its path at the seedbox: by one of them.")
    texts = {"label": addition.label, "note": addition.note, "magnet": addition.magnet, "path": addition.path}
    for name, text in texts.items():
        if wrong := wrong_text(text):
            raise UsageError(f"The {name} {printable(text)} {wrong}.", "Take another.")
    plain = read_magnet(addition.hash).hash
    return replace(addition, hash=plain, folder=checked_folder(addition.folder) if addition.folder else "")


def checked_folder(folder: str) -> str:
    """A folder at the seedbox without slashes at its end. Raises UsageError for one that is not absolute, or that the
    client cannot be told of."""
    parts = folder.split("/")
    why = wrong_text(folder)
    if not why and (not folder.startswith("/") or ".." in parts):
        why = "is not an absolute path"
    if why:
        raise UsageError(f"The folder {printable(folder)} {why}.", "Folders at the seedbox are paths such as /data/tv.")
    return "/" + "/".join(part for part in parts if part not in ("", "."))


def wrong_text(text: str) -> str:
    """Why a text cannot be sent to a client as it is; empty when it can."""
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        return "has a control character in it"
    if any("\ud800" <= char <= "\udfff" for char in text):
        return "is not UTF-8"
    return ""
