"""The step that changes a service's path of a series or film, after its folder has moved.

The two belong together: no rescan comes between them, and nothing stops a batch between them. The path is read back
after it was changed. Where the change is refused, or is not there when it is read back, the folder goes back and the
item has failed. A lost answer is none: what is true is read. Where that cannot be read either, all stays as it is until
the step is carried on with, and the item is not looked at again there before that.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal

from mediatui.changes.in_root_dir import run_blocking
from mediatui.changes.keep_theirs import owned_now
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.folders import BACK, is_moved, move_back
from mediatui.model.errors import MediatuiError
from mediatui.model.path_map import same_path
from mediatui.model.plan import ArrPath, MovePath, Plan, StoredStep
from mediatui.model.text import join_words, printable
from mediatui.services.errors import NotFound
from mediatui.store.changes.journal import read_step

if TYPE_CHECKING:
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.records import WholeItem

CHANGE: Final = "change path"
"""The journal's word."""


class _Refused(Exception):
    """The service keeps its path; the message says why."""


class _Unknown(Exception):
    """Where the service looks cannot be read now; the message says why."""


async def change_path(act: StepRun, step: ArrPath) -> Outcome:
    """Has the service look for an item where its folder is now; the folder goes back where it does not."""
    before = await act.ctx.db.read(read_step, act.batch, act.position - 1)
    moved = before if before is not None and isinstance(before.step, MovePath) else None
    lines = await act.lines()
    back = [line for line in lines if line.kind == BACK and line.outcome != "nothing"]
    if back and moved is not None:  # a run that was killed had begun to
        return await move_back(act, moved, str(back[-1].before.get("why")))
    if not await _is_moved(act, step, moved):
        failed = moved is None or moved.outcome != "skipped"
        return Outcome("failed" if failed else "skipped", "its folder was not moved")
    try:
        begun = any(line.kind == CHANGE and line.outcome is None for line in lines)
        arr = act.ctx.arr(step.service)
        try:
            return await _change(act, arr, step, begun)
        finally:
            await arr.close()
    except _Unknown as unknown:
        return Outcome("failed", f"{unknown} It is not looked at again there until this is carried on with")
    except (_Refused, MediatuiError) as error:
        why = error.message if isinstance(error, MediatuiError) else str(error)
        return Outcome("failed", why) if moved is None else await move_back(act, moved, why)


async def _is_moved(act: StepRun, step: ArrPath, moved: StoredStep | None) -> bool:
    """Whether the folder is where the service is to look. Where the step before has moved it that is known."""
    if moved is not None and moved.outcome == "done":
        return True
    path, new = os.fsencode(step.path), os.fsencode(step.new_path)
    return await run_blocking(act, lambda: is_moved(path, new, b""))


async def _change(act: StepRun, arr: Arr, step: ArrPath, begun: bool) -> Outcome:
    """Changes the path and reads it back; raises _Refused, _Unknown, and MediatuiError while nothing was sent."""
    try:
        item = await arr.item(step.item)
    except NotFound:
        await _end(act, "nothing")
        return Outcome("skipped", f"{arr.title} does not have it any more", already=True)
    except MediatuiError as error:
        if begun:
            raise _Unknown(error.message) from None
        raise
    if same_path(item.path, step.new_theirs):
        return await _done(act, step)
    if not same_path(item.path, step.theirs):
        await _end(act, "nothing")
        raise _Refused(f"{arr.title}'s path of it is {printable(item.path)} now")
    records = await _records(arr, step.item)
    if not begun:
        fields = ("service", "service_title", "item", "title", "path", "new_path", "theirs", "new_theirs")
        await act.before(CHANGE, step.what, {name: getattr(step, name) for name in fields})
    if why := await _put(act, arr, item, step):
        await _end(act, "failed", reason=why)
        raise _Refused(why)
    after = await _records(arr, step.item)
    return await _done(act, step, "" if None in (records, after) or records == after else "its files have new records")


async def _put(act: StepRun, arr: Arr, item: WholeItem, step: ArrPath) -> str:
    """Sends the new path and reads what came of it: why it did not come to it, empty when it did. Raises _Unknown."""
    said = ""
    try:
        await arr.put_path(item, step.new_theirs)
    except MediatuiError as error:
        said = error.message
    now = await _read(arr, step.item)
    if not same_path(now.path, step.new_theirs):
        return said or f"{arr.title} keeps the path {printable(now.path)}"
    root = (await owned_now(act.ctx)).root_of(step.service, step.new_theirs)
    if same_path(now.root, root) or (not now.root and not item.root):
        return ""
    said = f"{arr.title} takes {printable(now.root, empty='no folder')} for its root folder there"
    try:
        await arr.put_path(item, item.path)
    except MediatuiError as error:
        said = f"{said}; {error.message}"
    if not same_path((await _read(arr, step.item)).path, item.path):
        raise _Unknown(said + ".")
    return said


async def _read(arr: Arr, item: int) -> WholeItem:
    try:
        return await arr.item(item)
    except MediatuiError as error:
        raise _Unknown(f"What came of the change of its path cannot be read: {error.message}") from None


async def _records(arr: Arr, item: int) -> frozenset[int] | None:
    """The ids of the file records of an item; None when they cannot be read."""
    try:
        files = await (arr.episode_files(item) if arr.kind == "sonarr" else arr.movie_files(item))
    except MediatuiError:
        return None
    return frozenset(file.id for file in files)


async def _done(act: StepRun, step: ArrPath, note: str = "") -> Outcome:
    owned = await owned_now(act.ctx)
    if (owner := owned.find(step.service, step.item)) is not None:
        owned.moved(owner, step.new_theirs)
    await _end(act, "done")
    return Outcome("done", note)


async def _end(act: StepRun, outcome: Literal["done", "failed", "nothing"], **result: object) -> None:
    """Writes how the change ended where it was begun."""
    for line in await act.lines():
        if line.kind == CHANGE and line.outcome is None:
            await act.after(line.seq, outcome, **result)


# What others have to know


def unsettled(stored: Sequence[StoredStep], service: str) -> set[int]:
    """The series or films a service must not look at again yet, of a batch: a folder lies elsewhere than it looks, or
    may do so."""
    at = {one.position: one for one in stored}
    found = set()
    for one in stored:
        if isinstance(one.step, ArrPath) and one.step.service == service and one.outcome not in ("done", "skipped"):
            before = at.get(one.position - 1)
            went_back = before is not None and isinstance(before.step, MovePath) and before.outcome != "done"
            if not went_back:
                found.add(one.step.item)
    return found


def whose_paths_change(plan: Plan) -> str:
    """Whose paths a plan changes, as a sentence; empty when it changes none."""
    changes = [step for step in plan.steps if isinstance(step, ArrPath)]
    if len(changes) == 1:
        return f"{changes[0].what}."
    counts = Counter(step.service_title for step in changes)
    return f"{join_words([f'{count:,} paths of {title}' for title, count in counts.items()])} change." if counts else ""
