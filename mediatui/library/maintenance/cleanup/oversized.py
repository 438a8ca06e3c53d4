"""Cleanup, ``oversized``: folders with too many entries directly in them, and the range folders these go to.

Range folders are the owner's choice: without a number given, only folders are divided whose root, or folder of films or
series, has a range folder already.

Entries are links and titles' folders. Categories, titles, seasons, real files and hidden files are no entries: a
title's folder is never divided, whatever it holds, and categories stay where they are. How a folder is divided, and
that existing ranges are kept, is the rule of ``subdivide``.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from mediatui.changes.steps.moves import MovePath
from mediatui.library.maintenance.cleanup.layout import SHELVES, Layout
from mediatui.library.maintenance.cleanup.moves import Mover
from mediatui.library.maintenance.cleanup.ranges import parse_range
from mediatui.library.maintenance.cleanup.subdivide import MAX_PER_DIR, Moves, subdivide
from mediatui.library.maintenance.planned_tree import PlannedFolder, PlannedLink, PlannedTree
from mediatui.library.maintenance.reporter import Reporter
from mediatui.library.maintenance.tools import IN_PART
from mediatui.model.finding import Finding
from mediatui.model.human import counted
from mediatui.model.plan import Step
from mediatui.model.text import join_words, printable

SHOWN: Final = 3
"""How many places and reasons are named."""


def find_oversized(
    planned_tree: PlannedTree, layout: Layout, mover: Mover, max_per_dir: int | None, reporter: Reporter
) -> str:
    """Reports the folders that hold more than ``max_per_dir`` entries (None: 50, where there are range folders), and
    divides them in the planned tree. Returns a sentence about the folders it did not check, and how to include them;
    empty when it checked all."""
    shelves = [folder for folder in planned_tree.all_folders() if layout.role(folder) in SHELVES]
    left_out: list[bytes] = []
    if max_per_dir is None:
        max_per_dir = MAX_PER_DIR
        trees = {_tree_of(folder, layout) for folder in planned_tree.all_folders() if layout.role(folder) == "range"}
        left_out = sorted({_tree_of(folder, layout).path for folder in shelves} - {tree.path for tree in trees})
        shelves = [folder for folder in shelves if _tree_of(folder, layout) in trees]
    reporter.phase("looking for folders that hold too much", len(shelves))
    for number, folder in enumerate(shelves, 1):
        full = [shelf for shelf in _with_ranges(folder, layout) if len(layout.entries(shelf)) > max_per_dir]
        if full:
            reporter.found(_divide(folder, full, layout, mover, planned_tree, max_per_dir))
        reporter.progress(number, len(shelves))
    if not left_out:
        return ""
    shown = join_words([printable(os.fsdecode(path)) for path in left_out[:SHOWN]])
    more = f" and {counted(len(left_out) - SHOWN, 'more folder')}" if len(left_out) > SHOWN else ""
    where = f"in {shown}{more}: --max-per-dir {MAX_PER_DIR} or library.max_per_dir has it look there"
    return f"{IN_PART} no range folders are, {where}" if shelves else f"no range folders are {where}"


def _tree_of(folder: PlannedFolder, layout: Layout) -> PlannedFolder:
    """The folder of films or series that a folder is in, or its root."""
    while folder.parent is not None and layout.role(folder) != "kind":
        folder = folder.parent
    return folder


def _with_ranges(folder: PlannedFolder, layout: Layout) -> Iterator[PlannedFolder]:
    yield folder
    for inner in layout.ranges(folder).values():
        yield from _with_ranges(inner, layout)


def _divide(
    folder: PlannedFolder,
    full: list[PlannedFolder],
    layout: Layout,
    mover: Mover,
    planned_tree: PlannedTree,
    max_per_dir: int,
) -> Finding:
    path = folder.path
    names = [printable(os.path.basename(os.fsdecode(shelf.name))) for shelf in full]
    count = sum(len(layout.entries(shelf)) for shelf in full)
    reason = f"{count:,} entries in {names[0]}" if len(full) == 1 else f"{count:,} entries in {', '.join(names)}"
    facts: dict[str, object] = {"entries": count, "full": [os.fsdecode(shelf.path) for shelf in full]}
    unseen = [name for name, inner in folder.folders.items() if inner.unread and parse_range(os.fsdecode(name))]
    if unseen:
        why = f"its folder {printable(os.fsdecode(unseen[0]))} could not be read"
        return Finding("oversized", path, f"{reason}; it stays: {why}", facts=facts)
    moves = subdivide(layout.shelf(folder), max_per_dir)
    steps, stay = _steps(path, moves, mover, planned_tree)
    goals = Counter(move.folder for move in moves.moves)
    facts |= {"folders": dict(goals), "new_folders": list(moves.new_folders), "stay": stay}
    if not steps:
        why = next(iter(stay.values()), "no letter divides them")
        return Finding("oversized", path, f"{reason}; they stay: {why}", facts=facts)
    moved = sum(isinstance(step, MovePath) for step in steps)
    summary = f"{reason}: {moved:,} go to {len(goals):,} range folders"
    return Finding("oversized", path, summary + _staying(stay), facts=facts, steps=steps)


def _staying(stay: Mapping[str, str]) -> str:
    """How many entries stay, and why."""
    whys = Counter(stay.values())
    reasons = "; ".join(f"{why} ({count:,})" if count > 1 else why for why, count in whys.most_common(SHOWN))
    return f", {len(stay):,} stay: {reasons}" if stay else ""


def _steps(
    path: bytes, moves: Moves, mover: Mover, planned_tree: PlannedTree
) -> tuple[tuple[Step, ...], dict[str, str]]:
    """The steps of the moves that are possible, and what stays and why."""
    steps: list[Step] = []
    stay: dict[str, str] = {kept.entry: kept.reason for kept in moves.kept}
    things = [(move, _thing(planned_tree, _below(path, move.source), os.fsencode(move.entry))) for move in moves.moves]
    for move, thing in things:
        goal = _below(path, move.folder)
        refusal = mover.refusal(thing, goal)
        if refusal:
            stay[move.entry] = refusal
        else:
            steps += mover.move(thing, goal, f"{printable(move.folder)} holds its letters")
    return tuple(steps), {printable(name): why for name, why in stay.items()}


def _below(path: bytes, inner: str) -> bytes:
    return path + b"/" + os.fsencode(inner) if inner else path


def _thing(planned_tree: PlannedTree, path: bytes, name: bytes) -> PlannedLink | PlannedFolder:
    folder = planned_tree.folder(path)
    if folder is None:
        raise LookupError(f"no folder {path!r} in the planned tree")
    return folder.folders[name] if name in folder.folders else folder.links[name]
