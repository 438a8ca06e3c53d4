"""The columns of the table of torrents, each declared once for the screen and for headless output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mediatui.commands.columns import Column
from mediatui.model.human import date, short_date, size_text
from mediatui.model.problems import PROBLEM_INFO
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent


@dataclass(frozen=True, slots=True)
class Shown:
    """A torrent to show: at what time (epoch seconds), and how many links of the library point into it."""

    torrent: Torrent
    now: float = 0.0
    library_links: int = 0


_INFO = {str(name): info for name, info in PROBLEM_INFO.items()}
_WORDS: dict[str, tuple[str, str]] = {
    "downloaded": ("✓ ok", "ok"),
    "downloading": ("↓ downloading", "working"),
    "queued": ("… queued", "working"),
    "compressing": ("… compressing", "working"),
    "uploading": ("… uploading", "working"),
    "magnet_conversion": ("… converting", "working"),
    "waiting_files_selection": ("? select files", "attention"),
    "magnet_error": ("! magnet error", "broken"),
    "error": ("! error", "broken"),
    "virus": ("! virus", "broken"),
    "dead": ("✗ dead", "broken"),
}


def status_sign(torrent: Torrent) -> tuple[str, str]:
    """The sign and word of a torrent's state, and its tone: its class, while it works what it is doing."""
    info = _INFO.get(torrent.class_ or "")
    if info is not None and info.group in ("problem", "gone"):
        return f"{info.sign} {info.name}", info.tone
    return _WORDS.get(torrent.status) or (f"? {printable(torrent.status)}", "attention")


def _status_word(torrent: Torrent) -> str:
    """The class of a torrent that is neither simply well nor on its way, else its status."""
    return torrent.status if torrent.class_ in (None, "ok", "working") else torrent.class_


def _count(count: int | None) -> str:
    return "" if count is None else f"{count:,}"


def _name(shown: Shown) -> str:
    return printable(shown.torrent.filename)


def _size(shown: Shown) -> str:
    return size_text(shown.torrent.bytes)


def _files(shown: Shown) -> str:
    return _count(shown.torrent.files_count)


TORRENT_COLUMNS: Final[tuple[Column[Shown], ...]] = (
    Column("Name", _name, _name, cut="name", least=31, sort="name"),
    Column("Size", _size, _size, right=True, rank=1, sort="size"),
    Column("Files", _files, _files, right=True, rank=3, spare=True, sort="files"),
    Column("Links", lambda row: _count(row.torrent.links_count), right=True, rank=6, spare=True, sort="links"),
    Column("Lib", lambda row: _count(row.library_links or None), right=True, rank=7, spare=True),
    Column(
        "%", lambda row: f"{row.torrent.progress:.0f}", lambda row: f"{row.torrent.progress:g}",
        right=True, rank=5, spare=True, sort="progress",
    ),
    Column(
        "Added", lambda row: short_date(row.torrent.added_at, row.now), lambda row: date(row.torrent.added_at),
        right=True, rank=2, sort="added",
    ),
    Column("Health", lambda row: row.torrent.health or "", rank=4, spare=True, sort="health"),
    Column(
        "Status", lambda row: status_sign(row.torrent)[0], lambda row: _status_word(row.torrent),
        sort="class",
    ),
    Column("Id", headless=lambda row: row.torrent.id),
)  # fmt: skip
