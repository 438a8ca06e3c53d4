"""A file of a folder of downloads, whole: what it is for and why, where it goes, what speaks against it, the keys."""

from __future__ import annotations

import os
from collections.abc import Iterator

from textual.content import Content

from mediatui.acquire.downloads.judge import WARNINGS, Row
from mediatui.acquire.downloads.look import Folder
from mediatui.commands.candidate_columns import reasons_text
from mediatui.model.human import long_moment, size_text
from mediatui.model.text import printable, printable_path
from mediatui.tui.widgets.detail_pane import fact_lines, heading_lines
from mediatui.tui.widgets.pane_lines import PaneLine

LABEL = 9


def detail_lines(row: Row | None, folder: Folder | None) -> Iterator[PaneLine]:
    """The lines about a file; none when there is none."""
    if row is None or folder is None:
        return
    one, placed = row.download, row.placed
    yield Content.styled(printable(one.name), "$heading")
    yield Content("")
    leads = "" if placed is None else printable_path(placed.assigned.file.remote)
    facts = [
        ("for", row.shown), ("points", "" if row.points is None else f"{row.points} of 100"), ("why", row.why),
        ("goes to", "" if placed is None else printable_path(placed.path)),
        ("replaces", "" if placed is None or not placed.before else printable_path(placed.before)),
        ("file", leads if leads != printable_path(one.file.path) else ""), ("type", one.kind),
        ("size", size_text(one.file.size)), ("changed", long_moment(one.file.mtime_ns / 1e9 or None)),
        ("leads to", printable(os.fsdecode(one.file.target), empty="")), ("path", printable_path(one.file.path)),
    ]  # fmt: skip
    yield from fact_lines(facts, LABEL)
    if row.warnings:
        yield from heading_lines("to be known")
        for warning in dict.fromkeys(row.warnings):
            yield Content.styled(WARNINGS[warning], "$attention")
    if row.other:
        yield from heading_lines("like")
        yield Content(printable_path(row.other))
    yield from heading_lines("what can be done")
    for key, does in ways(row):
        yield Content.assemble((f"{key:<{LABEL}}", "$key"), does)
    candidates = folder.aims[one.key].candidates if one.key in folder.aims else ()
    if candidates:
        yield from heading_lines("what fits")
        for found in candidates:
            yield Content(f"{found.points:>3}  {printable(found.item.target().named)}  {reasons_text(found)}")


def ways(row: Row) -> Iterator[tuple[str, str]]:
    """The keys that do something with a file, each with what it does."""
    if row.download.key is not None and not row.download.why:
        yield "enter", "take it; those of the same series follow by their numbers"
        yield "m", "choose what it is for"
        yield "s", "leave it, or take that back"
        yield "F", "say where folders of new films and series are made"
    if row.other:
        yield "c", "show it beside the one that it is like"
    if row.state == "ready":
        yield "I", "import what is ready, after a yes"
    yield "y", "copy its path"
