"""The releases of a search as rows: within a chip and a filter, in an order."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
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
    """The releases of a search, and those of them that a chip and a filter leave."""

    def __init__(self) -> None:
        self._all: Sequence[ReleaseRow] = ()
        self.shown: Sequence[ReleaseRow] = ()
        self.counts: Mapping[str, int] = {}
        """How many rows each chip has within the filter."""
        self._by_key: Mapping[int, ReleaseRow] = {}

    def take(self, rows: Sequence[ReleaseRow]) -> None:
        """Others from now on."""
        self._all = rows
        self._by_key = {row.release.number: row for row in rows}

    def narrow(self, chip: str, query: str, sort: str, *, reverse: bool) -> list[Row]:
        """The rows that chip and filter leave, in an order. Raises QueryError and UsageError."""
        fits = parse(query)
        found = [row for row in self._all if fits(row)]
        self.counts = {name: sum(map(holds, found)) for name, _, holds in CHIPS}
        within = next((holds for name, _, holds in CHIPS if name == chip), CHIPS[0][2])
        self.shown = sorted_by([row for row in found if within(row)], sort, reverse=reverse)
        now = time.time()
        return [row_of(row, now) for row in self.shown]

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
    def keys(self) -> Mapping[int, ReleaseRow]:
        """Every release by its number."""
        return self._by_key


def row_of(row: ReleaseRow, now: float) -> Row:
    """A release as a row of ``COLUMNS``."""
    tone = "quiet" if not row.release.related else _TONES.get(row.known.badge, "")
    return Row(row.release.number, screen_cells(COLUMNS, ShownRelease(row, now)), tone)
