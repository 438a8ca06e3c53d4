"""fix-symlinks --rebase OLD NEW: links follow a mount that is somewhere else now.

A link whose text begins with OLD is pointed at the same place below NEW where there is something there, of the same
size where that is known. Nothing is guessed: what is not there, or is of another size, is listed and stays.
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
from mediatui.model.text import printable
from mediatui.store.library.link_sizes import sizes_of_links
from mediatui.system.mount_calls import Failed

MOVED, NOT_THERE = "moved", "not there"


def find(snapshot: LibrarySnapshot, options: ToolOptions) -> Mapping[str, object]:
    """Tells every link whose text begins with the old place, and the step that has it follow to the new one."""
    old, new = (os.path.normpath(os.fsencode(place)) for place in options.rebase)
    places = snapshot.places
    if not any(new == place or new.startswith(place + b"/") for place in (*places.mounts, *places.storage)):
        raise UsageError(
            f"{printable(os.fsdecode(new))} is on no mount that is configured.",
            "Links into it would lead outside. Name it first: mediatui config set library.mounts",
        )
    links = [link for link in snapshot.tree.links if link.target == old or link.target.startswith(old + b"/")]
    snapshot.reporter.phase("looking for the targets at the new place", len(links))
    sizes = sizes_of_links(snapshot.connection, old)
    moved = {link.path: new + link.target[len(old) :] for link in links}
    found = dict(snapshot.reader.all(size_there, list(dict.fromkeys(moved.values()))))
    counts: Counter[str] = Counter()
    for link in sorted(links, key=lambda link: link.path):
        there = found.get(moved[link.path], Failed(None))
        finding = _finding(link, moved[link.path], there, sizes.get(link.path))
        counts["kept"] += not finding.steps
        snapshot.reporter.found(finding)
    return {"looked_at": len(snapshot.tree.links), "kept": counts["kept"]}


def size_there(path: bytes) -> int:
    """The size of the file at a path, -1 for a folder; raises OSError."""
    seen = os.stat(path)
    return -1 if stat.S_ISDIR(seen.st_mode) else seen.st_size


def _finding(link: TreeLink, new: bytes, there: int | Failed, size: int | None) -> Finding:
    shown = printable(os.fsdecode(new))
    if isinstance(there, Failed):
        why = f"{shown} is not there" if there.code else f"nobody could look whether {shown} is there"
        return Finding(NOT_THERE, link.path, f"{why}: it stays", link.target)
    if size is not None and size != there:
        why = f"{shown} has {there:,} bytes, its target had {size:,}: it stays"
        return Finding(NOT_THERE, link.path, why, link.target)
    path = os.fsdecode(link.path)
    step = RelinkSymlink(
        what=printable(path), path=path, target=os.fsdecode(link.target), new_target=os.fsdecode(new),
        reason=f"its mount moved: {shown}", size=there,
    )  # fmt: skip
    return Finding(MOVED, link.path, f"its target is at {shown} now", link.target, steps=(step,))
