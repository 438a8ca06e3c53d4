"""The steps that move a link or a folder, and that change a service's path of a series or film along with its folder.

The two belong together: no rescan comes between them, and nothing stops a batch between them. The path is read back
after it was changed. Where the change is refused, or is not there when it is read back, the folder goes back and the
item has failed. When an answer is lost, the path is read back. Where it cannot be read either, all stays as it is until
the batch is resumed, and the service does not rescan the item before that.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from mediatui.changes.folder_guard import Kept, owned_folders_now
from mediatui.changes.in_root_dir import (
    Outdated,
    close_open_lines,
    is_seen,
    journaled,
    made_before,
    made_by,
    missing_folders,
    remove_empty,
    run_blocking,
    strerror,
)
from mediatui.changes.owned_folders import FolderOwner
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.aside import MOVE
from mediatui.changes.steps.bases import ArrStep, LibraryStep
from mediatui.changes.steps.folders import folders_made
from mediatui.changes.steps.moving import expect_movable, is_moved, move_now
from mediatui.changes.steps.registry import StepKind
from mediatui.changes.steps.stored import read_step
from mediatui.model.errors import MediatuiError
from mediatui.model.path_map import same_path
from mediatui.model.plan import Plan, Step, StepWords, StoredStep
from mediatui.model.text import join_words, printable
from mediatui.model.tree_diff import Change
from mediatui.runtime.events import Changed
from mediatui.services.errors import NotFound
from mediatui.store.changes.journal import Line, close_line, mark_undone, read_batch, read_lines, set_outcome
from mediatui.store.library.links import move_rows

if TYPE_CHECKING:
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.records import WholeItem

BACK: Final = "move back"
CHANGE: Final = "change path"
"""Words of the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePath(LibraryStep):
    """Gives a symlink, or a folder with all that is in it, another path in the roots, on the same file system. Folders
    that are missing on the way are made. Expects a link with the text ``target``, a folder when that is empty, and
    nothing at the new path."""

    KIND: ClassVar[str] = "move_path"
    WORDS: ClassVar[StepWords] = StepWords("move", "moved", "moved")
    MAKES: ClassVar[bool] = True

    new_path: str
    target: str = ""
    reason: str = ""

    @property
    def library_paths(self) -> tuple[str, ...]:
        return (self.path, self.new_path)

    @property
    def tree_change(self) -> Change:
        return Change("move", self.path, self.new_path, of_folder=not self.target)


async def move_path(act: StepRun, step: MovePath) -> Outcome:
    """Renames a link or a folder; what is at the new path is never overwritten, folders on the way are made."""
    path, new, target = os.fsencode(step.path), os.fsencode(step.new_path), os.fsencode(step.target)
    begun = await made_before(act, MOVE)
    try:
        await run_blocking(act, lambda: expect_movable(act, path, new, target))
        await _expect_may_move(act, step)
        missing = await run_blocking(act, lambda: missing_folders(act, new))
        made = [*begun, *(folder for folder in missing if folder not in begun)]
        record = {
            "path": step.path, "new_path": step.new_path, "target": step.target, "made": [*map(os.fsdecode, made)]
        }  # fmt: skip
        ended = await journaled(act, MOVE, record, lambda: move_now(act, path, new, target, missing, begun))
    except Kept as kept:
        await close_open_lines(act, MOVE, path, lambda: False, "")
        await run_blocking(act, lambda: remove_empty(act, begun))
        return Outcome("failed", f"it stays: {kept}")
    except Outdated as moved:
        ended = await close_open_lines(act, MOVE, path, lambda: is_moved(path, new, target), str(moved))
        if ended.ended != "done":
            await run_blocking(act, lambda: remove_empty(act, begun))
    except OSError as error:
        return Outcome("failed", strerror(error))
    if ended.ended == "done":
        async with act.ctx.db.transaction() as connection:
            await move_rows(connection, path, new)
        act.events.put_nowait(Changed("library_links", None))
    return ended


async def move_back(act: StepRun, moved: StoredStep, why: str) -> Outcome:
    """Takes the move of an earlier step of the same batch back, because of ``why``: that step has failed after all, and
    its line in the journal is closed as nothing. The outcome is that of the step that needed the move: failed."""
    step = moved.step
    assert isinstance(step, MovePath)
    path, back = os.fsencode(step.new_path), os.fsencode(step.path)
    record = {"path": step.new_path, "new_path": step.path, "why": why}
    if not await run_blocking(act, lambda: is_moved(path, back, b"")):
        ended = await journaled(act, BACK, record, lambda: move_now(act, path, back, b"", [], []))
        if ended.ended != "done":
            return Outcome("failed", f"{why}; its folder could not go back: {ended.reason}")
    made = await _call_off(act, moved, step, why)
    await run_blocking(act, lambda: remove_empty(act, made))
    act.events.put_nowait(Changed("library_links", None))
    act.called_off.append(moved.position)
    return Outcome("failed", f"{why}; its folder is back where it was")


async def _call_off(act: StepRun, moved: StoredStep, step: MovePath, why: str) -> list[bytes]:
    """Closes the line of a move as nothing, and returns the folders it had made."""
    lines = await act.ctx.db.read(read_lines, act.batch, moved.position)
    lines = [line for line in lines if line.kind == MOVE and line.outcome == "done"]
    mine = [line for line in await act.lines() if line.kind == BACK]
    batch = await act.ctx.db.read(read_batch, act.batch)
    async with act.ctx.db.transaction() as connection:
        for line in (*lines, *mine):
            await close_line(connection, act.batch, line.seq, "nothing", {"reason": why})
        await set_outcome(connection, act.batch, moved.position, "failed", why)
        if batch is not None and batch.undoes is not None and step.takes_back:
            await mark_undone(connection, batch.undoes, [step.takes_back], None)
        await move_rows(connection, os.fsencode(step.new_path), os.fsencode(step.path))
    return [folder for line in lines for folder in made_by(line)]


async def _expect_may_move(act: StepRun, step: MovePath) -> None:
    """Raises Kept where a path has to stay, and where a service's path would have to change along and cannot."""
    owned = await owned_folders_now(act.ctx)
    path, new, link = os.fsencode(step.path), os.fsencode(step.new_path), bool(step.target)
    verdict = await run_blocking(
        act, lambda: owned.may_move(path, new, link=link, inner=[] if link else _folders_in(path))
    )
    if verdict.reason:
        raise Kept(verdict.reason)
    if verdict.owner is not None:
        await _expect_change(act, verdict.owner, verdict.theirs)


async def _expect_change(act: StepRun, owner: FolderOwner, theirs: str) -> None:
    """Raises Kept unless the next step changes the service's path of an item from where that is now."""
    following = await act.ctx.db.read(read_step, act.batch, act.position + 1)
    change = following.step if following is not None and following.outcome in ("planned", "acting") else None
    if not isinstance(change, ArrPath) or (change.service, change.item) != (owner.service, owner.item):
        raise Kept(f"it is {owner.whose}, whose path there does not change in this batch")
    try:
        arr = act.ctx.arr(change.service)
        try:
            now = (await arr.item(change.item)).path
        finally:
            await arr.close()
    except MediatuiError as error:
        raise Kept(f"it is {owner.whose}: {error.message}") from None
    if not same_path(now, change.theirs) or not same_path(theirs, change.new_theirs):
        raise Kept(f"it is {owner.whose}, whose path there is {printable(now)} now")


def _folders_in(path: bytes) -> list[bytes]:
    return [os.path.join(folder, name) for folder, names, _ in os.walk(path) for name in names]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrPath(ArrStep):
    """Changes the service's path of one series or film (``item``), after the step before it has moved the folder
    ``path`` to ``new_path``: from ``theirs`` to ``new_theirs``, as the service writes them. Its files are not moved,
    its records stay. Where it cannot be, the folder goes back. ``takes_back`` is as in a library step."""

    KIND: ClassVar[str] = "arr_path"
    WORDS: ClassVar[StepWords] = StepWords("change path", "path changed", "paths changed")
    NOTIFIES_ONLY: ClassVar[bool] = False

    service_title: str
    item: int
    title: str
    path: str
    new_path: str
    theirs: str
    new_theirs: str
    reason: str = ""
    takes_back: int = 0

    @property
    def reverses(self) -> int | None:
        return self.takes_back or None


class _Refused(Exception):
    """The service keeps its path; the message says why."""


class _Unknown(Exception):
    """The service's path cannot be read now; the message says why."""


async def change_path(act: StepRun, step: ArrPath) -> Outcome:
    """Sets the service's path of an item to where its folder is now; where that fails the folder goes back."""
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
        return Outcome("failed", f"{unknown} It is not rescanned until this batch is resumed")
    except (_Refused, MediatuiError) as error:
        why = error.message if isinstance(error, MediatuiError) else str(error)
        return Outcome("failed", why) if moved is None else await move_back(act, moved, why)


async def _is_moved(act: StepRun, step: ArrPath, moved: StoredStep | None) -> bool:
    """Whether the folder is at the service's new path; known already where the step before has moved it."""
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
    """Sends the new path and reads it back: returns why it was not set, empty when it was. Raises _Unknown."""
    said = ""
    try:
        await arr.put_path(item, step.new_theirs)
    except MediatuiError as error:
        said = error.message
    now = await _read(arr, step.item)
    if not same_path(now.path, step.new_theirs):
        return said or f"{arr.title} keeps the path {printable(now.path)}"
    root = (await owned_folders_now(act.ctx)).root_of(step.service, step.new_theirs)
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
        raise _Unknown(f"Its path cannot be read back after the change: {error.message}") from None


async def _records(arr: Arr, item: int) -> frozenset[int] | None:
    """The ids of the file records of an item; None when they cannot be read."""
    try:
        files = await (arr.episode_files(item) if arr.kind == "sonarr" else arr.movie_files(item))
    except MediatuiError:
        return None
    return frozenset(file.id for file in files)


async def _done(act: StepRun, step: ArrPath, note: str = "") -> Outcome:
    owned = await owned_folders_now(act.ctx)
    if (owner := owned.find(step.service, step.item)) is not None:
        owned.moved(owner, step.new_theirs)
    await _end(act, "done")
    return Outcome("done", note)


async def _end(act: StepRun, outcome: Literal["done", "failed", "nothing"], **result: object) -> None:
    """Writes how the change ended where it was begun."""
    for line in await act.lines():
        if line.kind == CHANGE and line.outcome is None:
            await act.after(line.seq, outcome, **result)


def unsettled(stored: Sequence[StoredStep], service: str) -> set[int]:
    """The series or films of a batch that a service must not rescan yet: the folder is, or may be, elsewhere than at
    its path."""
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


async def _is_at_new_path(act: StepRun, step: MovePath) -> bool:
    path, new, target = os.fsencode(step.path), os.fsencode(step.new_path), os.fsencode(step.target)
    return await is_seen(act, new, lambda: is_moved(path, new, target))


def _undo_move(line: Line, lines: Sequence[Line]) -> Sequence[Step]:
    path, new = line.text("path"), line.text("new_path")
    back = MovePath(what=printable(path), path=new, new_path=path, target=line.text("target"), takes_back=line.seq)
    paths = [_path_again(one) for one in lines if one.kind == CHANGE and _is_move_of(line, one)]
    return [back, *paths, *folders_made(line)]


def _undo_change(line: Line, lines: Sequence[Line]) -> Sequence[Step] | str:
    if any(_is_move_of(one, line) for one in lines):
        return ""  # the move it belongs to brings it along
    return [_path_again(line)]


def _is_move_of(line: Line, change: Line) -> bool:
    """Whether a line is the move of the folder whose path at a service another line changed."""
    after = line.position is not None and change.position == line.position + 1
    return after and line.kind == MOVE and line.before.get("new_path") == change.before.get("new_path")


def _path_again(line: Line) -> ArrPath:
    """The opposite of a change of a service's path. Where its end is not known, the path is read first."""
    item = line.before.get("item")
    return ArrPath(
        what=printable(line.what),
        service=line.text("service"),
        service_title=line.text("service_title"),
        title=line.text("title"),
        item=item if isinstance(item, int) else 0,
        path=line.text("new_path"),
        new_path=line.text("path"),
        theirs=line.text("new_theirs"),
        new_theirs=line.text("theirs"),
        reason=f"back to {printable(line.text('theirs'))}",
        takes_back=line.seq,
    )


STEPS = (
    StepKind(MovePath, move_path, {MOVE: _undo_move}, _is_at_new_path),
    StepKind(ArrPath, change_path, {CHANGE: _undo_change}),
)
