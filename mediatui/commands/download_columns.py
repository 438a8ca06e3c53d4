"""The columns of the files of a folder of downloads."""

from __future__ import annotations

import os
from typing import Final

from mediatui.acquire.downloads.judge import WARNINGS, Row
from mediatui.commands.columns import Column
from mediatui.model.human import size_text
from mediatui.model.text import printable, printable_path

SIGNS: Final = {"ready": "import", "asks": "asks", "left": "left"}


def warnings_of(row: Row) -> str:
    """What is to be known of a file, in words; empty for nothing."""
    return ", ".join(dict.fromkeys(WARNINGS[one] for one in row.warnings))


def outcome_of(row: Row) -> str:
    """Where a file goes, or why it does not."""
    if row.state == "ready" and row.placed is not None:
        return printable_path(row.placed.path)
    return printable(row.why, empty="-")


def as_json(row: Row) -> dict[str, object]:
    """A row for a program."""
    one, placed = row.download, row.placed
    return {
        "number": one.number, "path": os.fsdecode(one.file.path), "kind": one.kind, "state": row.state, "why": row.why,
        "for": row.shown or None, "target": None if row.target is None else row.target.text, "score": row.points,
        "warnings": list(row.warnings), "size": one.file.size,
        "link": os.fsdecode(one.file.target) or None, "place": None if placed is None else os.fsdecode(placed.path),
        "leads_to": None if placed is None else os.fsdecode(placed.assigned.file.remote),
        "compared_with": os.fsdecode(row.other) or None,
    }  # fmt: skip


DOWNLOAD_COLUMNS: Final[tuple[Column[Row], ...]] = (
    Column("", headless=lambda row: SIGNS[row.state]),
    Column("file", headless=lambda row: printable(row.download.path), cut="name", least=20),
    Column("type", headless=lambda row: row.download.kind),
    Column("for", headless=lambda row: row.shown or "-", cut="name", least=12),
    Column("score", headless=lambda row: "-" if row.points is None else f"{row.points}", right=True),
    Column("size", headless=lambda row: size_text(row.download.file.size), right=True),
    Column("warnings", headless=lambda row: warnings_of(row) or "-"),
    Column("goes to, or why not", headless=outcome_of),
)
