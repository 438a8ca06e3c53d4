"""Something in staging, whole: where it leads, whose it is, what was seen of it, and what can be done."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping

from textual.content import Content

from mediatui.commands.staging_columns import ShownStaged, leads_to, owner_text, proof_text
from mediatui.model.human import counted, long_moment, size_text
from mediatui.model.stuck import why_stuck
from mediatui.model.text import printable
from mediatui.model.transfer import DROPPED, ServiceHold, State, Transfer
from mediatui.tui.views.transfers.staging_rows import Node
from mediatui.tui.widgets.detail_pane import fact_lines, heading_lines
from mediatui.tui.widgets.pane_lines import Entry, PaneLine

LABEL = 9
MOST = 200


def detail_lines(node: Node | None, holds: Mapping[str, ServiceHold]) -> Iterator[PaneLine]:
    """The lines about a row; none when there is none."""
    if node is None:
        return
    shown = ShownStaged("", node.items)
    yield Content.styled(printable(os.fsdecode(os.path.basename(node.path))), "$heading")
    yield Content("")
    size = "" if shown.size is None else size_text(shown.size)
    owner = node.owners[0] if len(node.owners) == 1 else None
    why = "" if owner is None else why_stuck(owner, holds, time.time()).why
    facts = [
        ("of", owner_text(shown) if owner is None else printable(f"{owner.id} {owner.name or owner.hash}")),
        ("state", "" if owner is None else owner.state.value), ("why", printable(why, empty="")),
        ("size", size), ("since", long_moment(shown.since)), ("proof", proof_text(shown)),
        ("target", "" if node.is_folder else printable(leads_to(node.items[0]), empty="")),
        ("path", printable(os.fsdecode(node.path))),
    ]  # fmt: skip
    yield from fact_lines(facts, LABEL)
    yield from heading_lines("what can be done")
    for key, does in ways(node):
        yield Content.assemble((f"{key:<{LABEL}}", "$key"), does)
    if node.is_folder:
        yield from heading_lines(counted(len(node.items), "entry", "entries"))
        for item in node.items[:MOST]:
            about = "" if item.size is None else size_text(item.size)
            yield Entry("", printable(item.below.partition("/")[2]), about, item.proof)
        if len(node.items) > MOST:
            yield Content.styled(f"and {len(node.items) - MOST:,} more", "$quiet")


def ways(node: Node) -> Iterator[tuple[str, str]]:
    """The keys that do something with a row, each with what it does and what it costs."""
    owner = node.owners[0] if len(node.owners) == 1 else None
    if owner is not None:
        yield from _ways_of(owner)
    elif not node.owners and any(item.entry.kind in ("file", "link") and not item.is_part for item in node.items):
        yield "I", "shows it as a folder of downloads, to be brought into the library from there"
    if not any(one.state in (State.FETCHING, State.IMPORTING) for one in node.owners):
        back = "a link comes back with an undo, a file does not"
        yield "d", f"takes it out of staging after a yes; {back}"
    yield "y", "copies the path"


def _ways_of(owner: Transfer) -> Iterator[tuple[str, str]]:
    if owner.state == State.STAGED:
        yield "I", "brings it into the library after a yes; undo takes it back"
        yield "m", "chooses what it is for"
        yield "r", "has it fetched again: its links go, the mount is looked at anew"
    elif owner.state in DROPPED:
        yield "I", "takes it up where it was, and brings it into the library after a yes"
