"""What a torrent client on a seedbox says of its torrents, and the state that a person sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, Protocol, get_args

SeedboxState = Literal[
    "metadata", "checking", "downloading", "stalled", "seeding", "paused", "stopped", "badly added", "data missing"
]
SEEDBOX_STATES: Final[tuple[SeedboxState, ...]] = get_args(SeedboxState)
STALLED_S: Final = 600.0
"""A download from which no byte came for so many seconds has stalled."""
_BADLY_ADDED: Final = "Command on torrent creation"
_DATA_MISSING: Final = "Download registered as completed, but hash check"


class StateFacts(Protocol):
    """What the state of a torrent is read from."""

    @property
    def meta(self) -> bool:
        """Whether it is a magnet without its metadata yet."""

    @property
    def hashing(self) -> bool:
        """Whether its data are being checked, or wait for that."""

    @property
    def complete(self) -> bool:
        """Whether it counts as whole; it goes on to when its data are deleted behind the client's back."""

    @property
    def is_open(self) -> bool:
        """Whether its files are open."""

    @property
    def is_active(self) -> bool:
        """Whether it downloads or seeds."""

    @property
    def wanted(self) -> bool:
        """Whether it is meant to run."""

    @property
    def message(self) -> str:
        """What the client says of it, often the words of a tracker alone."""


class SeedboxTorrent(NamedTuple):
    """A row of the client's list, of which there may be ten thousand. Sizes are bytes, rates bytes a second, times
    epoch seconds (0: not known).

    ``hash`` is 40 lower-case hex digits. ``name``, ``directory`` and ``base_path`` are the client's text: they may hold
    control characters, and ``?`` or U+FFFD where the disk has other bytes. ``base_path`` is empty until the torrent was
    opened for the first time. ``note`` is what we wrote beside it; ``tracker`` the host of its first tracker.
    """

    hash: str
    name: str
    directory: str
    base_path: str
    size: int
    done: int
    complete: bool
    hashing: bool
    is_open: bool
    is_active: bool
    wanted: bool
    message: str
    ratio: float
    up_total: int
    up_rate: int
    down_rate: int
    label: str
    note: str
    added_at: int
    finished_at: int
    private: bool
    meta: bool
    tracker: str


@dataclass(frozen=True, slots=True)
class SeenTorrent:
    """What shows whether a torrent is as it was sent; the fields as in ``SeedboxTorrent``."""

    hash: str
    name: str
    directory: str
    base_path: str
    done: int
    complete: bool
    hashing: bool
    is_open: bool
    is_active: bool
    wanted: bool
    message: str
    label: str
    note: str
    meta: bool


@dataclass(frozen=True, slots=True)
class SeedboxFile:
    """A file of a torrent, by its place in the torrent (from 0). ``path`` is relative to the torrent's folder, in the
    client's text; ``done`` is how much of it is there, from 0 to 1. ``priority``: 0 left out, 1 normal, 2 high."""

    index: int
    path: str
    size: int
    done: float
    priority: int


@dataclass(frozen=True, slots=True)
class SeedboxTracker:
    """A tracker of a torrent: ``address`` without its path, which may hold a key. ``succeeded_at`` is when it last
    answered (epoch seconds, 0: never), ``failures`` how often it failed since."""

    address: str
    enabled: bool
    failures: int
    seeders: int
    leechers: int
    succeeded_at: int


@dataclass(frozen=True, slots=True)
class SeedboxPeer:
    """Another client of a torrent: ``done`` from 0 to 1, ``down_rate`` what comes from it (bytes a second)."""

    address: str
    program: str
    done: float
    down_rate: int


@dataclass(frozen=True, slots=True)
class EventCommand:
    """What a client runs by itself at an event, by the name that its configuration gave it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class EraseEvents:
    """What a client runs when a torrent is taken out (``erased``) and when one is whole (``finished``), its own
    commands left out. ``known`` is False where the client does not tell: then an erase may delete data."""

    known: bool
    erased: tuple[EventCommand, ...] = ()
    finished: tuple[EventCommand, ...] = ()

    @property
    def may_delete(self) -> bool:
        """Whether taking a torrent out may delete its data."""
        return not self.known or bool(self.erased)


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """Which client answers, and how: ``transport`` in words, ``most_bytes`` of a request (None: not told), the folder
    where torrents go that name none, and whether the client makes folders (None: that was not tried)."""

    program: str
    version: str
    library: str
    host: str
    transport: str
    most_bytes: int | None
    folder: str
    session: str
    makes_folders: bool | None = None


def state_of(torrent: StateFacts, idle_s: float = 0.0) -> SeedboxState:
    """The state of a torrent, of which no byte came for ``idle_s`` seconds. A message by itself is no error: it is
    often a tracker's word."""
    if torrent.meta:
        return "metadata"
    if torrent.hashing:
        return "checking"
    if not torrent.is_open and torrent.wanted and torrent.message.startswith(_BADLY_ADDED):
        return "badly added"
    if not torrent.complete and not torrent.is_active and torrent.message.startswith(_DATA_MISSING):
        return "data missing"
    if not torrent.is_open or not torrent.wanted:
        return "stopped"
    if not torrent.is_active:
        return "paused"
    if torrent.complete:
        return "seeding"
    return "stalled" if idle_s >= STALLED_S else "downloading"
