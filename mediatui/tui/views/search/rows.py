"""The releases of a search as rows: within a chip and a filter, in an order."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from mediatui.acquire.search.query import parse, sorted_by
from mediatui.acquire.search.row import ReleaseRow
from mediatui.commands.columns import screen_cells, shown_on_screen
from mediatui.commands.release_columns import RELEASE_COLUMNS, ShownRelease
from mediatui.tui.widgets.rows import Row

COLUMNS: Final = shown_on_screen(RELEASE_COLUMNS)
CHIPS: Final[tuple[tuple[str, str, Callable[[ReleaseRow], bool]], ...]] = (
    ("", "found", lambda row: row.release.related),
    ("pack", "pack", lambda row: row.release.related and row.columns.is_pack),
    ("episode", "episode", lambda row: row.release.related and row.columns.kind == "episode"),
    ("film", "film", lambda row: row.release.related and row.columns.kind == "film"),
    ("obtained", "obtained", lambda row: row.release.related and row.known.badge == "obtained"),
    ("on RD", "on RD", lambda row: row.release.related and "on RD" in row.known.markers),
    ("all", "all", lambda row: True),
)
"""What narrows a search, and the words for it; ``all`` has also what has nothing to do with it."""
_TONES: Final[Mapping[str, str]] = {"obtained": "ok", "part": "working", "unknown": "quiet", "unknown?": "quiet"}


class Releases:
    """The releases of a search, and those of them that a chip and a filter leave, in an order: a RowSource, whose rows
    are made when they come in sight."""

    def __init__(self) -> None:
        self._by_key: Mapping[int, ReleaseRow] = {}
        self._sorted: Sequence[ReleaseRow] = ()
        self._chips_of: Mapping[int, Sequence[str]] = {}
        self._shown: Sequence[ReleaseRow] = ()
        self._positions: Mapping[int, int] = {}
        self._now = 0.0
        self.counts: Mapping[str, int] = {}
        """How many rows each chip has within the filter."""

    def take(self, rows: Sequence[ReleaseRow], sort: str, *, reverse: bool) -> None:
        """Others from now on, in an order. Raises UsageError for one that is none."""
        self._by_key = {row.release.number: row for row in rows}
        self._chips_of = {row.release.number: [name for name, _, holds in CHIPS if holds(row)] for row in rows}
        self.sort(sort, reverse=reverse)

    def sort(self, sort: str, *, reverse: bool) -> None:
        """Brings all of them into another order."""
        self._sorted = sorted_by(self._by_key.values(), sort, reverse=reverse)

    def narrow(self, chip: str, query: str) -> None:
        """Leaves the rows that match chip and filter. Raises QueryError."""
        fits = parse(query)
        found = [row for row in self._sorted if fits(row)] if query.strip() else self._sorted
        chips_of = self._chips_of
        counts = Counter(name for row in found for name in chips_of[row.release.number])
        self.counts = counts
        self._shown = [row for row in found if chip in chips_of[row.release.number]]
        self._positions = {row.release.number: at for at, row in enumerate(self._shown)}
        self._now = time.time()

    def chips(self, chosen: str) -> list[tuple[str, str]]:
        """The chips that have rows, each with their number, and the chosen one; ``all`` where it has more than the
        first."""
        counts = self.counts
        return [
            (name, f"{word} {counts.get(name, 0):,}")
            for name, word, _ in CHIPS
            if name in ("", chosen) or (counts.get(name) if name != "all" else counts.get("all") != counts.get(""))
        ]

    def of(self, key: int | None) -> ReleaseRow | None:
        """The release of a number."""
        return None if key is None else self._by_key.get(key)

    @property
    def all_keys(self) -> Collection[int]:
        """The numbers of all releases of the search."""
        return self._by_key.keys()

    # RowSource

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._shown)

    def row(self, position: int) -> Row | None:
        """The row at a position."""
        return row_of(self._shown[position], self._now) if 0 <= position < len(self._shown) else None

    def key_at(self, position: int) -> int | None:
        """The key at a position."""
        return self._shown[position].release.number if 0 <= position < len(self._shown) else None

    def position_of(self, key: int) -> int | None:
        """The position of a key."""
        return self._positions.get(key)

    def keys(self) -> Iterable[int]:
        """Every key, in order."""
        return self._positions.keys()


def row_of(row: ReleaseRow, now: float) -> Row:
    """A release as a row of ``COLUMNS``."""
    tone = "quiet" if not row.release.related else _TONES.get(row.known.badge, "")
    return Row(row.release.number, screen_cells(COLUMNS, ShownRelease(row, now)), tone)
