"""The columns of the files of a folder of downloads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from mediatui.acquire.downloads.compare import Compared
from mediatui.acquire.downloads.judge import WARNINGS, Row
from mediatui.commands.columns import Column
from mediatui.commands.table import write_table
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


def _points(row: Row) -> str:
    return "-" if row.points is None else f"{row.points}"


def _seen(row: Row) -> str:
    """What speaks against a file, or where it goes, on the screen."""
    if row.state == "ready" and row.placed is not None:
        return printable_path(os.path.basename(row.placed.path))
    return outcome_of(row)


DOWNLOAD_COLUMNS: Final[tuple[Column[Row], ...]] = (
    Column("", headless=lambda row: f"{row.download.number}", right=True),
    Column("Does", lambda row: SIGNS[row.state], lambda row: SIGNS[row.state], stays=True),
    Column("File", lambda row: printable(row.download.path), lambda row: printable(row.download.path), cut="path",
           least=20),
    Column("Type", lambda row: row.download.kind, lambda row: row.download.kind, rank=4),
    Column("For", lambda row: row.shown or "-", lambda row: row.shown or "-", cut="name", least=12, most=34, rank=1),
    Column("Points", _points, _points, right=True, rank=2, stays=True),
    Column("Size", lambda row: size_text(row.download.file.size), lambda row: size_text(row.download.file.size),
           right=True, rank=3),
    Column("Warnings", lambda row: warnings_of(row), lambda row: warnings_of(row) or "-", cut="end", least=8, rank=5),
    Column("Goes to, or why not", _seen, outcome_of, cut="end", least=24, rank=2),
)  # fmt: skip

COMPARED_COLUMNS: Final[tuple[Column[Compared], ...]] = (
    Column("", headless=lambda fact: fact.what),
    Column("this file", headless=lambda fact: printable(fact.one, empty="-")),
    Column("the other", headless=lambda fact: printable(fact.other, empty="-")),
    Column("", headless=lambda fact: {True: "the same", False: "differs", None: ""}[fact.same]),
)


def compared_lines(facts: Sequence[Compared]) -> list[str]:
    """Two files side by side as lines, their paths above."""
    places = ("path", "leads to")
    lines = []
    for fact in facts:
        both = (("this file", fact.one), ("the other", fact.other)) if fact.what in places else ()
        lines += [f"{title}, {fact.what}: {printable(text)}" for title, text in both if text]
    write_table(lines.append, COMPARED_COLUMNS, [fact for fact in facts if fact.what not in places], None)
    return lines
