"""fix-symlinks --rebase OLD NEW: links follow a mount that is somewhere else now.

A link whose text begins with OLD is pointed at the same place below NEW where there is something there, of the same
size where that is known. Nothing is guessed: what is not there, or is of another size, is listed and stays.
"""

from __future__ import annotations

import os
import shlex
import stat
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence

from mediatui.context import Context
from mediatui.events import Event, Said
from mediatui.library.calls import Failed
from mediatui.library.scan_run import Run
from mediatui.library.threads import in_thread
from mediatui.library.tools import ToolOptions
from mediatui.library.world import TreeLink, World
from mediatui.model.errors import UsageError
from mediatui.model.finding import Finding
from mediatui.model.plan import RelinkSymlink
from mediatui.model.text import printable
from mediatui.services.elsewhere import TimedOut, ask
from mediatui.store.link_sizes import outside_targets, sizes_of_links

MOVED, NOT_THERE = "moved", "not there"
OFFERED_FROM = 0.9
"""So great a share of the links that lead outside has to be below a mount before that is said."""
LOOKED_AT = 100
"""So many of them are looked at to tell."""


def find(world: World, options: ToolOptions) -> Mapping[str, object]:
    """Tells every link whose text begins with the old place, and the step that has it follow to the new one."""
    old, new = (os.path.normpath(os.fsencode(place)) for place in options.rebase)
    places = world.places
    if not any(new == place or new.startswith(place + b"/") for place in (*places.mounts, *places.storage)):
        raise UsageError(
            f"{printable(os.fsdecode(new))} is on no mount that is configured.",
            "Links into it would lead outside. Name it first: mediatui config set library.mounts",
        )
    links = [link for link in world.tree.links if link.target == old or link.target.startswith(old + b"/")]
    world.tell.phase("looking for the targets at the new place", len(links))
    sizes = sizes_of_links(world.connection, old)
    moved = {link.path: new + link.target[len(old) :] for link in links}
    found = dict(world.reader.all(size_there, list(dict.fromkeys(moved.values()))))
    counts: Counter[str] = Counter()
    for link in sorted(links, key=lambda link: link.path):
        there = found.get(moved[link.path], Failed(None))
        finding = _finding(link, moved[link.path], there, sizes.get(link.path))
        counts["kept"] += not finding.steps
        world.tell.found(finding)
    return {"looked_at": len(world.tree.links), "kept": counts["kept"]}


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


async def offer(ctx: Context, run: Run) -> AsyncIterator[Event]:
    """Says that links follow a mount, and with which command, when nearly all that lead outside would lead to something
    below a mount that is configured."""
    outside = run.counts["outside"]
    if not outside:
        return
    targets = await ctx.db.read(outside_targets, run.scan, LOOKED_AT)
    for mount in run.library.mounts:
        if run.dead(mount.path):
            continue
        try:
            old, share = await in_thread(
                lambda mount=mount: ask(moved_from, targets, mount.path, seconds=run.patience.limit(mount.path))  # type: ignore[misc]
            )
        except (OSError, TimedOut):
            continue
        if share >= OFFERED_FROM:
            words = shlex.join(os.fsdecode(place) for place in (old, mount.path))
            lead = "1 link leads" if outside == 1 else f"{outside:,} links lead"
            yield Said(
                "warning",
                f"{lead} outside, to {printable(os.fsdecode(old))}; what was there is below "
                f"{printable(os.fsdecode(mount.path))}. To follow: mediatui --headless fix-symlinks --rebase "
                f"{printable(words)}",
            )
            return


def moved_from(targets: Sequence[bytes], mount: bytes) -> tuple[bytes, float]:
    """The place these targets would have moved from to be below ``mount`` now, and how great a share of them is there.
    Raises OSError. Blocks."""
    names = set(os.listdir(mount))
    votes: Counter[bytes] = Counter()
    for target in targets:
        parts = target.split(b"/")
        for at in range(1, len(parts)):
            if parts[at] in names and os.path.exists(os.path.join(mount, *parts[at:])):
                votes[b"/".join(parts[:at])] += 1
                break
    if not votes:
        return b"", 0.0
    old, there = votes.most_common(1)[0]
    return old, there / len(targets)
