"""fix-symlinks --rebase OLD NEW: points links at the new place of a mount that moved.

A link whose text begins with OLD is pointed at the same path below NEW, where that exists and has the same size (where
the size is known). Nothing is guessed: a link whose new target is missing, or of another size, is listed and stays.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Mapping

from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.library.maintenance.snapshot import LibrarySnapshot, TreeLink
from mediatui.library.maintenance.tools import ToolOptions
from mediatui.model.errors import UsageError
from mediatui.model.finding import Finding
from mediatui.model.path import is_within
from mediatui.model.text import printable
from mediatui.store.library.link_sizes import sizes_of_links
from mediatui.system.mount_calls import Failed

MOVED, NOT_THERE = "moved", "not there"


def find(snapshot: LibrarySnapshot, options: ToolOptions) -> Mapping[str, object]:
    """Reports every link whose text begins with the old place, with the step that points it at the new one."""
    old, new = (os.path.normpath(os.fsencode(place)) for place in options.rebase)
    places = snapshot.places
    if not any(is_within(new, place) for place in (*places.mounts, *places.storage)):
        raise UsageError(
            f"{printable(os.fsdecode(new))} is on no mount that is configured.",
            "Links into it would lead outside. Name it first: mediatui config set library.mounts",
        )
    links = [link for link in snapshot.tree.links if is_within(link.target, old)]
    snapshot.reporter.phase("looking for the targets at the new place", len(links))
    sizes = sizes_of_links(snapshot.connection, old)
    moved = {link.path: new + link.target[len(old) :] for link in links}
    sizes_at = dict(snapshot.reader.all(size_at, list(dict.fromkeys(moved.values()))))
    counts: Counter[str] = Counter()
    for link in sorted(links, key=lambda link: link.path):
        found_size = sizes_at.get(moved[link.path], Failed(None))
        finding = _finding(link, moved[link.path], found_size, sizes.get(link.path))
        counts["kept"] += not finding.steps
        snapshot.reporter.found(finding)
    return {"looked_at": len(snapshot.tree.links), "kept": counts["kept"]}


def size_at(path: bytes) -> int:
    """The size of the file at a path, -1 for a folder; raises OSError."""
    seen = os.stat(path)
    return -1 if stat.S_ISDIR(seen.st_mode) else seen.st_size


def _finding(link: TreeLink, new: bytes, found_size: int | Failed, size: int | None) -> Finding:
    shown = printable(os.fsdecode(new))
    if isinstance(found_size, Failed):
        why = f"{shown} is not there" if found_size.code else f"it could not be checked whether {shown} is there"
        return Finding(NOT_THERE, link.path, f"{why}: it stays", link.target)
    if size is not None and size != found_size:
        why = f"{shown} has {found_size:,} bytes, its target had {size:,}: it stays"
        return Finding(NOT_THERE, link.path, why, link.target)
    path = os.fsdecode(link.path)
    step = RelinkSymlink(
        what=printable(path), path=path, target=os.fsdecode(link.target), new_target=os.fsdecode(new),
        reason=f"its mount moved: {shown}", size=found_size,
    )  # fmt: skip
    return Finding(MOVED, link.path, f"its target is at {shown} now", link.target, steps=(step,))
