"""The links of a folder: what is read of them, by state, and how they are shown."""

from __future__ import annotations

import os
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from mediatui.library.scan.history import last_scan_of
from mediatui.library.scan.job import reason_of
from mediatui.model.human import counted
from mediatui.model.link import BAD_STATES, UNCERTAIN_STATES, from_name_on
from mediatui.model.problems import PROBLEM_INFO, diagnose
from mediatui.model.text import fold, printable
from mediatui.model.torrent import Torrent
from mediatui.store.conditions import links_below, links_in_states
from mediatui.store.library.links import LibraryLink, iterate_links
from mediatui.store.library.scan_history import states_below
from mediatui.store.library.scans import EVERY_SCAN, read_scans
from mediatui.store.torrents.listing import torrents_by_id
from mediatui.store.transfers.replaced import noted_replacements
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.rows import Row

MOST = 50_000
"""How many links are shown at most."""
AT_ONCE = 1000
"""How many links are searched before the screen has its turn."""
ORDER = (*BAD_STATES, *UNCERTAIN_STATES)
LINKS: tuple[AnyColumn, ...] = (
    Column("Link", cut="path", least=28),
    Column("Why", cut="end", least=16, rank=3, spare=True),
    Column("Torrent", rank=1),
    Column("State"),
)
SIGNS = {
    "ok": ("✓ ok", "ok"),
    "broken": ("✗ broken", "broken"),
    "loop": ("✗ loop", "broken"),
    "small": ("! small", "attention"),
    "wrong kind": ("! wrong kind", "attention"),
    "truncated": ("! truncated", "attention"),
    "zeroed": ("! zeroed", "attention"),
    "not media": ("! not media", "attention"),
    "no video": ("! no video", "attention"),
    "io_error": ("! io_error", "attention"),
    "not on mount": ("? not on mount", "attention"),
    "unreadable": ("? unreadable", "attention"),
    "unreachable": ("? unreachable", "attention"),
    "outside": ("– outside", "quiet"),
    "unknown": ("? unknown", "quiet"),
}


@dataclass(frozen=True, slots=True)
class Links:
    """The links of a folder in a state (all that are wrong when none is named), how many are in each state, the
    torrents behind them, and whether a scan has read the whole folder."""

    folder: bytes
    state: str
    links: tuple[LibraryLink, ...]
    counts: Mapping[str, int]
    torrents: Mapping[str, Torrent]
    scanned: bool = True
    noted: Mapping[bytes, str] = field(default_factory=dict)
    """What is to be known of links that are to be replaced, by path."""

    def torrent_of(self, link: LibraryLink) -> Torrent | None:
        """The torrent behind a link, None when none is known."""
        return self.torrents.get(link.torrent_id or "")

    def torrents_of(self, links: Sequence[LibraryLink]) -> list[Torrent]:
        """The torrents behind these links, each once."""
        found = (self.torrent_of(link) for link in links)
        return list({torrent.id: torrent for torrent in found if torrent is not None}.values())


def read_links(connection: sqlite3.Connection, folder: bytes, state: str) -> Links:
    """The links of a folder, grouped by state, worst first."""
    condition = links_below(folder) & links_in_states([state] if state else BAD_STATES)
    links: list[LibraryLink] = []
    for link in iterate_links(connection, condition):
        links.append(link)
        if len(links) >= MOST:
            break
    rank = {name: number for number, name in enumerate(ORDER)}
    links.sort(key=lambda link: (rank.get(link.state, len(rank)), link.path))
    ids = sorted({link.torrent_id for link in links if link.torrent_id is not None})
    torrents = {torrent.id: torrent for torrent in torrents_by_id(connection, ids)}
    scanned = last_scan_of(read_scans(connection, EVERY_SCAN), folder) is not None
    return Links(
        folder, state, tuple(links), states_below(connection, folder), torrents, scanned, noted_replacements(connection)
    )


def nothing_wrong(shown: Links) -> str:
    """The text of an empty list: what is known of the folder, and how to list the rest."""
    rest = sum(shown.counts.values()) - shown.counts.get("ok", 0) - wrong_in(shown.counts)
    known = "Nothing wrong is known here." if shown.scanned else "Not scanned yet."
    others = [f"{counted(rest, 'link is', 'links are')} neither wrong nor ok: ] lists them"] if rest else []
    return "\n".join((known, *others, "S scans"))


def link_rows(shown: Links, keys: Mapping[bytes, int], now: float) -> list[Row]:
    """The links as the list shows them, under these keys."""
    return [
        link_row(keys[link.path], link, shown.torrent_of(link), shown.folder, now, shown.noted) for link in shown.links
    ]


def held_text(row: Row, link: LibraryLink, torrent: Torrent | None, folders: Sequence[bytes]) -> str:
    """What a filter searches of a link, folded: what its row shows, its target below ``folders`` (the roots and mounts
    of the library), and the name of the torrent behind it."""
    return fold(" ".join((*row.cells, from_name_on(link.target, folders), torrent.filename if torrent else "")))


def count_states_holding(
    connection: sqlite3.Connection, folder: bytes, words: Sequence[str], folders: Sequence[bytes], now: float
) -> dict[str, int]:
    """How many links of a folder hold every one of these (folded) words, by state."""
    counts: Counter[str] = Counter()
    noted = noted_replacements(connection)
    every = iter(iterate_links(connection, links_below(folder)))
    while links := list(islice(every, AT_ONCE)):
        ids = sorted({link.torrent_id for link in links if link.torrent_id is not None})
        torrents = {torrent.id: torrent for torrent in torrents_by_id(connection, ids)}
        for link in links:
            torrent = torrents.get(link.torrent_id or "")
            text = held_text(link_row(0, link, torrent, folder, now, noted), link, torrent, folders)
            counts[link.state] += all(word in text for word in words)
        time.sleep(0)  # leave the interpreter to the screen
    return {state: count for state, count in counts.items() if count}


def chips_of(counts: Mapping[str, int]) -> list[tuple[str, str]]:
    """The states that occur, with their counts, as choices: all that are wrong first (as many as beside the tab and the
    folder), then each state, those that are well last."""
    states = sorted((state for state in counts if state != "ok"), key=lambda state: (state not in ORDER, _rank(state)))
    chips = [("", f"wrong {wrong_in(counts):,}")]
    chips += [(state, f"{state} {counts[state]:,}") for state in states]
    return chips + ([("ok", f"ok {counts['ok']:,}")] if "ok" in counts else [])


def wrong_in(counts: Mapping[str, int]) -> int:
    """How many links are wrong, by how many are in which state."""
    return sum(counts.get(state, 0) for state in BAD_STATES)


def _rank(state: str) -> int:
    return ORDER.index(state) if state in ORDER else len(ORDER)


def link_row(
    key: int, link: LibraryLink, torrent: Torrent | None, folder: bytes, now: float, noted: Mapping[bytes, str]
) -> Row:
    """A link as the list shows it."""
    word, tone = SIGNS.get(link.state, (link.state, "attention"))
    behind, how = ("", "") if torrent is None else _class_of(torrent, now)
    name = printable(os.fsdecode(link.path[len(folder) + 1 :]))
    why = noted.get(link.path) or reason_of(link.state, link.code)
    return Row(key, (name, why, behind, word), tone, also=((2, how),))


def _class_of(torrent: Torrent, now: float) -> tuple[str, str]:
    """The class of a torrent with its sign, and its tone."""
    about = PROBLEM_INFO[diagnose(torrent, now).name]
    return f"{about.sign} {about.name}", about.tone


def why_line(link: LibraryLink, torrent: Torrent | None, now: float, noted: str = "") -> str:
    """What is ``noted`` of a link that is to be replaced, where it points, and what is the matter with the torrent
    behind it."""
    behind = "no torrent of that name"
    if torrent is not None:
        found = diagnose(torrent, now)
        behind = f"torrent: {found.name}, {PROBLEM_INFO[found.name].action or 'well'}"
    pointed = f"→ {printable(os.fsdecode(link.target))} · {behind}"
    return f"{noted} · {pointed}" if noted else pointed
