"""Taking away a link that a step of ours placed, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping

from mediatui.changes.in_root_dir import close_open_lines, in_root_dir, journaled, reads, run_blocking
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.aside import aside_of, unlink


async def take_own_link(
    act: StepRun,
    kind: str,
    path: bytes,
    target: bytes,
    record: Mapping[str, object],
    taken: Callable[[], Awaitable[None]],
    *,
    why_stays: str = "",
) -> Outcome:
    """Removes the link at ``path`` if its text is still ``target``, with lines of this ``kind`` that hold the
    ``record``; ``taken`` is called once it is gone, also where it was gone before. ``why_stays`` is why it is not to go
    now; empty for nothing."""
    there = await run_blocking(act, lambda: reads(path) if os.path.lexists(path) else None)
    if there is None:
        ended = await close_open_lines(act, kind, path, lambda: True, "it is not there any more")
        await taken()
        return ended if ended.ended == "done" else Outcome("skipped", ended.reason, already=True)
    if there != target:
        return await close_open_lines(act, kind, path, lambda: False, "something else is at its path now")
    if why_stays:
        return await close_open_lines(act, kind, path, lambda: False, why_stays)
    aside = aside_of(act.batch, act.position)
    ended = await journaled(act, kind, record, lambda: in_root_dir(
        act, path, lambda folder, name: unlink(folder, name, aside, target)))  # fmt: skip
    if ended.ended == "done":
        await taken()
    return ended
