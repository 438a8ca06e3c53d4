"""Offers ``fix-symlinks --rebase`` when links that lead outside would lead into a mount that has moved."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import AsyncIterator, Sequence

from mediatui.library.scan.state import ScanState
from mediatui.model.human import counted
from mediatui.model.text import printable
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Said
from mediatui.store.library.link_sizes import outside_targets
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.threads import in_thread

OFFERED_FROM = 0.9
"""The share of the links leading outside that must be found below a mount before the offer is made."""
LOOKED_AT = 100
"""How many of these links are checked."""


async def offer_rebase(ctx: Context, run: ScanState) -> AsyncIterator[Event]:
    """Reports the command that makes links follow a mount, when nearly all links leading outside would find their
    targets below a configured mount."""
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
            lead = counted(outside, "link leads", "links lead")
            yield Said(
                "warning",
                f"{lead} outside, to {printable(os.fsdecode(old))}; what was there is below "
                f"{printable(os.fsdecode(mount.path))}. To follow: mediatui --headless fix-symlinks --rebase "
                f"{printable(words)}",
            )
            return


def moved_from(targets: Sequence[bytes], mount: bytes) -> tuple[bytes, float]:
    """The place that most of these targets have moved from if they are below ``mount`` now, and the share of them that
    exists there. Raises OSError. Blocks."""
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
    old, hits = votes.most_common(1)[0]
    return old, hits / len(targets)
