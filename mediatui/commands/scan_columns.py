"""The columns of earlier scans, and of the folders of the library as scans left them, each declared once for the screen
and for headless output."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from mediatui.commands.columns import Column
from mediatui.model.human import ago, date_time, duration, short_moment
from mediatui.model.text import printable

if TYPE_CHECKING:
    from mediatui.store.library.scans import Scan

DONE: Final = {
    "unlink_symlink": "removed", "relink_symlink": "relinked", "mend_link": "mended", "restore_symlink": "restored",
    "replace_link": "replaced", "unlink_when_fetched": "removed", "unlink_when_blocked": "removed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownScan:
    """A scan, how long it took (seconds) and how many links a second it saw, where that is known, and how many steps of
    each kind changed what it found."""

    scan: Scan
    took_s: float | None = None
    rate: float | None = None
    changed: Mapping[str, int] = field(default_factory=dict)


def wrong_of(counts: Mapping[str, int]) -> str:
    """What was found wrong, the most of it first: ``31 broken, 1 loop``."""
    found = ((count, state) for state, count in counts.items() if state != "ok" and count)
    return ", ".join(f"{count:,} {state}" for count, state in sorted(found, reverse=True)) or "nothing wrong"


def _roots(row: ShownScan) -> str:
    return ", ".join(printable(os.path.basename(root)) for root in row.scan.roots)


def _number(row: ShownScan) -> str:
    return f"{row.scan.id}"


def _links(row: ShownScan) -> str:
    return f"{row.scan.links:,}"


def _found(row: ShownScan) -> str:
    return wrong_of(row.scan.counts)


def _took(row: ShownScan) -> str:
    seconds = row.took_s
    return "" if seconds is None else f"{seconds:.1f}s" if seconds < 10 else duration(seconds)


def _changed(row: ShownScan) -> str:
    return ", ".join(f"{count:,} {DONE[kind]}" for kind, count in row.changed.items() if kind in DONE)


SCAN_COLUMNS: Final[tuple[Column[ShownScan], ...]] = (
    Column("Scan", _number, _number, right=True),
    Column("When", lambda row: short_moment(row.scan.started_at), lambda row: date_time(row.scan.started_at), rank=1),
    Column("Folders", _roots, cut="end", least=12),
    Column("Depth", lambda row: row.scan.depth, rank=6),
    Column("Links", _links, _links, right=True, rank=3),
    Column("Took", _took, right=True, rank=5),
    Column("Links/s", lambda row: "" if row.rate is None else f"{row.rate:,.0f}", right=True, rank=7),
    Column("Found", _found, _found, cut="end", least=24, rank=2),
    Column("Changed since", _changed, cut="end", least=20, rank=4),
    Column("Status", lambda row: row.scan.status, lambda row: row.scan.status),
    Column("Roots", headless=_roots, cut="end"),
)


@dataclass(frozen=True, slots=True)
class ShownFolder:
    """A first-level folder: its name, how many links it holds (None: not counted yet), how many of them are in each
    state and how many of these are wrong, its size class, and when the last scan of all of it began and how deep that
    went; ``now`` is epoch seconds as well."""

    name: str
    links: int | None
    states: Mapping[str, int]
    wrong: int
    size_class: str
    scanned_at: float | None
    depth: str
    now: float = 0.0


def _wrong(row: ShownFolder) -> str:
    return f"{row.wrong:,}" if row.wrong else "" if row.scanned_at is None else "–"


def _scanned(row: ShownFolder) -> str:
    return "never" if row.scanned_at is None else f"{ago(row.now - row.scanned_at)} ({row.depth})"


def _scanned_at(row: ShownFolder) -> str:
    return "never" if row.scanned_at is None else f"{date_time(row.scanned_at)} ({row.depth})"


def _not_ok(row: ShownFolder) -> str:
    return ", ".join(f"{count:,} {state}" for state, count in row.states.items() if state != "ok")


def _all_links(row: ShownFolder) -> str:
    return "…" if row.links is None else f"{row.links:,}"


FOLDER_COLUMNS: Final[tuple[Column[ShownFolder], ...]] = (
    Column("Folder", lambda row: row.name, lambda row: row.name, cut="name", least=12, sort="name"),
    Column("Links", _all_links, _all_links, right=True, rank=1, sort="links"),
    Column("Size", headless=lambda row: row.size_class),
    Column("Wrong", _wrong, right=True, sort="wrong"),
    Column("Not ok", headless=_not_ok),
    Column("Scanned", _scanned, _scanned_at, rank=2, sort="scanned"),
)
