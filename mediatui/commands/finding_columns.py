"""The columns of what the tools of maintenance found, each declared once for the screen and for headless output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mediatui.commands.columns import Column


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding: its category, the category as the screen has it, its path, the same from its root on, and why."""

    category: str
    path: str
    reason: str
    below: str = ""
    word: str = ""


FINDING_COLUMNS: Final[tuple[Column[ShownFinding], ...]] = (
    Column("Category", headless=lambda row: row.category),
    Column("What", lambda row: row.below.rpartition("/")[2], cut="name", least=34),
    Column("Path", headless=lambda row: row.path, cut="path"),
    Column("In", lambda row: row.below.rpartition("/")[0], cut="path", least=16, rank=3, spare=True),
    Column("Why", lambda row: row.reason, lambda row: row.reason, cut="end", least=16, rank=2, spare=True),
    Column("Category", lambda row: row.word),
)
