"""The files of a folder of downloads as rows: the chips, what each file is for, and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mediatui.acquire.downloads.judge import Row as Judged
from mediatui.commands.columns import screen_cells, shown_on_screen
from mediatui.commands.download_columns import DOWNLOAD_COLUMNS
from mediatui.model.text import fold
from mediatui.tui.widgets.rows import Row

COLUMNS: Final = shown_on_screen(DOWNLOAD_COLUMNS)
CHIPS: Final = (("", "all"), ("ready", "ready"), ("asks", "to be looked at"), ("left", "left"))
"""The names of the chips, and their words."""
_TONES: Final = {"ready": "ok", "asks": "attention", "left": "quiet"}


def fits(row: Judged, chip: str, words: str) -> bool:
    """Whether a file is listed under a chip and a filter of words."""
    text = fold(f"{row.download.path} {row.shown}")
    return chip in ("", row.state) and all(word in text for word in fold(words).split())


def chip_counts(rows: Sequence[Judged], words: str) -> Mapping[str, int]:
    """How many files each chip would list within a filter."""
    return {name: sum(fits(row, name, words) for row in rows) for name, _ in CHIPS}


def row_of(row: Judged) -> Row:
    """A file as a row; its sign has the colour of what becomes of it."""
    return Row(row.download.number, screen_cells(COLUMNS, row), also=((0, _TONES[row.state]),))
