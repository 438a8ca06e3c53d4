"""A torrent of the account: as a row of the list, as a detail, and as a row of the archive."""

from __future__ import annotations

from dataclasses import dataclass

# The statuses of a torrent, as the archive keeps them and the query language names them. They are the words of the
# first provider; the client of another one translates its own into them. Unknown ones are kept verbatim.
CONVERTING = "magnet_conversion"
UNSELECTED = "waiting_files_selection"
DOWNLOADED = "downloaded"
WORKING_STATUSES = (CONVERTING, "queued", "downloading", "compressing", "uploading")
WAITING_STATUSES = (UNSELECTED,)
DONE_STATUSES = (DOWNLOADED,)
PROBLEM_STATUSES = ("magnet_error", "error", "virus", "dead")
UNSELECTED_STATUSES = (CONVERTING, UNSELECTED, "magnet_error")  # no files selected yet
STATUSES = DONE_STATUSES + WORKING_STATUSES + WAITING_STATUSES + PROBLEM_STATUSES

# ``status:active|problem|done`` of the query language, and the chips of the list.
STATUS_GROUPS: dict[str, tuple[str, ...]] = {
    "done": DONE_STATUSES,
    "active": WORKING_STATUSES,
    "problem": PROBLEM_STATUSES + WAITING_STATUSES,
}


@dataclass(frozen=True, slots=True)
class TorrentFile:
    """One file inside a torrent. ``path`` begins with ``/``; ``selected`` is None while unknown."""

    file_id: int
    path: str
    bytes: int
    selected: bool | None


@dataclass(frozen=True, slots=True)
class ListedTorrent:
    """A row of the account's torrent list.

    ``bytes`` counts the selected files; ``progress`` is 0-100; ``added`` and ``ended`` are the service's raw text and
    ``added_at``, ``ended_at`` the same as epoch seconds (None when it could not be read); ``speed`` is bytes a second;
    ``links`` is None when the page came without links (big pages do), which means nothing for the torrent.
    """

    id: str
    hash: str
    filename: str
    status: str
    bytes: int
    progress: float
    host: str = ""
    split: int = 0
    added: str = ""
    added_at: int | None = None
    ended: str | None = None
    ended_at: int | None = None
    speed: int | None = None
    seeders: int | None = None
    links: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class TorrentDetail:
    """A torrent in full: its list row plus files, links, and its original name and size."""

    row: ListedTorrent
    original_filename: str
    original_bytes: int
    files: tuple[TorrentFile, ...]
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Torrent:
    """A row of the archive's ``torrents`` table; times are epoch seconds, sizes bytes, None means unknown.

    ``key`` is the row's integer primary key: stable for the life of the archive, used by the screen.
    ``gone_at`` marks a tombstone: the account no longer lists the row. ``class_`` is the column ``class``
    (``model.problems``).
    """

    key: int
    id: str
    hash: str
    filename: str
    original_filename: str | None
    status: str
    bytes: int
    original_bytes: int | None
    progress: float
    host: str
    split: int
    added_on: str
    added_at: int | None
    ended_at: int | None
    speed: int | None
    seeders: int | None
    links_count: int | None
    files_count: int | None
    selected_count: int | None
    first_seen_at: int
    last_seen_at: int
    gone_at: int | None
    details_at: int | None
    health: str | None
    health_code: int | None
    health_at: int | None
    error: str | None
    class_: str | None = None
