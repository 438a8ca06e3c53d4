"""cleanup: puts the library in order, in six phases.

Storage is indexed; then dead links, misplaced links, duplicates, folders that hold too much and empty folders are
looked for, in the order in which they are repaired. Each requested category sees the library as the ones before it
leave it: what one run proposes fits together and is applied in the order in which it is listed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Final

from mediatui.changes.steps.symlinks import RelinkSymlink, UnlinkSymlink
from mediatui.library.maintenance.cleanup.duplicates import find_duplicates, links_on_record
from mediatui.library.maintenance.cleanup.empties import find_empties
from mediatui.library.maintenance.cleanup.known_genres import KnownGenres
from mediatui.library.maintenance.cleanup.layout import Layout
from mediatui.library.maintenance.cleanup.misplaced import NO_CATEGORIES, find_misplaced, has_categories
from mediatui.library.maintenance.cleanup.moves import Mover
from mediatui.library.maintenance.cleanup.oversized import find_oversized
from mediatui.library.maintenance.planned_tree import PlannedTree
from mediatui.library.maintenance.repair_links.tool import Finder, relink
from mediatui.library.maintenance.snapshot import LibrarySnapshot, TreeLink
from mediatui.library.maintenance.tools import ToolOptions, wanted
from mediatui.model.candidate import Candidate
from mediatui.model.finding import Finding
from mediatui.model.link import NOT_JUDGED
from mediatui.model.text import printable

DEAD: Final = ("broken", "loop")
SHOWN: Final = 5
"""How many candidates of a dead link are listed."""


def find(snapshot: LibrarySnapshot, options: ToolOptions) -> Mapping[str, object]:
    """Reports what is not in order. Counts: links looked at and those of unknown target, folders that could not be
    read, what the categories count (see their modules), empty folders that are ``kept`` by their owner, and the
    categories that were ``not_looked_for``, with the reason and how to enable them."""
    categories = wanted(options)
    places, tree = snapshot.places, snapshot.tree
    planned_tree = PlannedTree(tree, (*places.mounts, *places.storage))
    counts: dict[str, object] = {
        "looked_at": len(tree.links),
        "unknown_targets": sum(link.state in NOT_JUDGED for link in tree.links),
        "unread_folders": len(tree.unread),
    }
    mover = Mover(planned_tree, tree, snapshot.owned)
    on_record = links_on_record(planned_tree, snapshot) if "duplicates" in categories else frozenset()
    skipped: dict[str, str] = {}
    if "broken" in categories:
        counts |= _find_broken(planned_tree, snapshot, options)
    layout = Layout()
    if "misplaced" in categories or "oversized" in categories:
        known = KnownGenres(snapshot)
        layout = Layout(known.words)
        if "misplaced" in categories and not has_categories(planned_tree, layout):
            skipped["misplaced"] = NO_CATEGORIES
        elif "misplaced" in categories:
            counts |= find_misplaced(planned_tree, layout, mover, known, snapshot.reporter)
    if "duplicates" in categories:
        counts |= find_duplicates(planned_tree, mover, snapshot, on_record)
    if "oversized" in categories:
        planned_tree.entered.clear()
        left_out = find_oversized(planned_tree, layout, mover, options.max_per_dir, snapshot.reporter)
        if left_out:
            skipped["oversized"] = left_out
        if (
            "duplicates" in categories and planned_tree.entered
        ):  # a range folder may bring two links to one file together
            find_duplicates(planned_tree, mover, snapshot, on_record, list(planned_tree.entered))
    if "empty" in categories and (
        kept := find_empties(planned_tree, layout, snapshot.owned, snapshot.reader, snapshot.reporter)
    ):
        counts["kept"] = kept
    if skipped:
        counts["not_looked_for"] = skipped
    return counts


def _find_broken(planned_tree: PlannedTree, snapshot: LibrarySnapshot, options: ToolOptions) -> dict[str, int]:
    """Reports dead links; in the planned tree those that are pointed at a file become live."""
    dead = [link for folder in planned_tree.all_folders() for link in folder.links.values() if link.state in DEAD]
    finder = Finder(snapshot) if dead else None
    snapshot.reporter.phase("looking for broken links", len(dead))
    for number, link in enumerate(dead, 1):
        seen = TreeLink(link.path, link.target, link.pointed, link.state)
        finding = _dead(seen, finder.candidates(seen) if finder else [], options)
        for step in finding.steps:
            if isinstance(step, RelinkSymlink):
                link.target = link.pointed = os.fsencode(step.new_target)
                link.state = "ok"
            else:
                planned_tree.remove(link)
        snapshot.reporter.found(finding)
        if number % 20 == 0:
            snapshot.reporter.progress(number, len(dead))
    if finder is not None:
        finder.flush()
    return {}


def _dead(link: TreeLink, candidates: Sequence[Candidate], options: ToolOptions) -> Finding:
    """The finding of a dead link: it is pointed at the best file where that scores enough, else kept, or removed where
    the options ask for that."""
    best = next((candidate for candidate in candidates if candidate.allowed), None)
    facts: dict[str, object] = {
        "candidates": [candidate.as_fact() for candidate in candidates[:SHOWN]],
        "state": link.state,
    }
    if best is not None:
        facts["score"] = best.score
        reason = f"{best.score}: {printable(os.path.basename(os.fsdecode(best.path)))} ({best.why})"
        if best.score >= options.min_score:
            return Finding("broken", link.path, reason, link.target, facts, (relink(link, best),))
    else:
        reason = f"only {candidates[0].why}" if candidates else "no file like it was found"
    if not options.remove_unrepaired:
        return Finding("broken", link.path, f"{reason}; it is kept", link.target, facts)
    path = os.fsdecode(link.path)
    step = UnlinkSymlink(
        what=printable(path), path=path, target=os.fsdecode(link.target), state=link.state, reason=reason
    )
    return Finding("broken", link.path, f"{reason}; it is removed", link.target, facts, (step,))
