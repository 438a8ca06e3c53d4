"""Moving a real file to where the library keeps real files, and back: on one file system by a rename, else by a copy
that is compared before the file goes (``system.file_mover``)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from mediatui.changes.in_root_dir import run_blocking, strerror
from mediatui.changes.mount_guard import NOTHING, compare_mount
from mediatui.changes.new_storage import is_new_storage
from mediatui.changes.step_run import Outcome, StepRun, Stopped
from mediatui.changes.steps.aside import aside_of
from mediatui.changes.steps.bases import LibraryStep
from mediatui.changes.steps.registry import StepKind
from mediatui.model.errors import GuardTripped
from mediatui.model.human import size_text
from mediatui.model.plan import Step, StepWords
from mediatui.model.text import printable
from mediatui.runtime.events import Event, Progress
from mediatui.settings.places import configured_mounts
from mediatui.store.changes.journal import Line
from mediatui.system.file_mover import (
    Changed,
    FileMove,
    Interrupted,
    NoRoom,
    call_off,
    finish,
    missing_above,
    move_file,
    remove_folders,
    standing,
)
from mediatui.system.threads import in_thread

STORE: Final = "store file"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFile(LibraryStep):
    """Moves the file ``source`` to ``path``; expects one of this size (bytes) and time (``mtime_ns``) there, and
    nothing at its new place. Each lies below its top: ``path`` below ``top``, ``source`` below ``source_top``. Folders
    on the way are made. One that takes another back removes the folders that one made (``leaves``) when they are empty,
    and what a killed run left of it, which has the private name ``begun``."""

    KIND: ClassVar[str] = "store_file"
    WORDS: ClassVar[StepWords] = StepWords("move file", "file moved", "files moved")

    source: str
    top: str
    source_top: str
    size: int
    mtime_ns: int
    leaves: tuple[str, ...] = ()
    begun: str = ""

    @property
    def bytes(self) -> int:
        """The size of the file."""
        return self.size


async def store_file(act: StepRun, step: StoreFile) -> Outcome:
    """Moves the file. Without room for it the step is left to a later run; raises GuardTripped while the disk it goes
    to seems away, and Stopped in the midst of a copy: it is carried on then."""
    move = _move_of(act, step)
    lines = [line for line in await act.lines() if line.kind == STORE]
    was_begun = any(line.outcome is None for line in lines) or bool(step.begun)
    try:
        await _expect_there(act, move.top)
        if step.begun:
            await run_blocking(act, lambda: call_off(move, os.fsencode(step.begun)))
        now = await run_blocking(act, lambda: standing(move))
        if now == "copied" and not was_begun:
            raise Changed("something of that name is there already")
        missing = [] if now != "due" else await run_blocking(act, lambda: missing_above(move))
    except Changed as why:
        return await _end_all(act, lines, "nothing", str(why))
    except OSError as error:
        return Outcome("failed", strerror(error))
    if now == "moved":
        ended = await _end_all(act, lines, "done", "it is there already")
        await run_blocking(act, lambda: remove_folders([*map(os.fsencode, step.leaves)], move.source_top))
        return ended
    open_lines = [line for line in lines if line.outcome is None]
    begun = [os.fsencode(str(folder)) for line in open_lines for folder in _texts(line.before.get("made"))]
    made = [*begun, *(folder for folder in missing if folder not in begun)]
    record = {
        "path": step.path, "source": step.source, "top": step.top, "source_top": step.source_top, "size": step.size,
        "mtime_ns": step.mtime_ns, "made": [*map(os.fsdecode, made)], "private": os.fsdecode(move.private),
    }  # fmt: skip
    seq = open_lines[-1].seq if open_lines else await act.before(STORE, step.what, record)
    return await _act(act, step, move, seq, made, lambda said, stopped: (
        move_file(move, missing, said, stopped) if now == "due" else finish(move, said, stopped)))  # fmt: skip


_Work = Callable[[Callable[[str, int], None], Callable[[], bool]], None]


async def _act(act: StepRun, step: StoreFile, move: FileMove, seq: int, made: Sequence[bytes], work: _Work) -> Outcome:
    def said(word: str, done: int) -> None:
        loop.call_soon_threadsafe(act.events.put_nowait, Progress(done, step.size, word, unit="bytes"))

    loop = asyncio.get_running_loop()
    try:
        await in_thread(lambda: work(said, act.stopping.is_set))
    except Interrupted:
        raise Stopped from None  # the line stays open, and the copy: both are carried on
    except NoRoom as full:
        await run_blocking(act, lambda: remove_folders([*made], move.top))
        await act.after(seq, "nothing", reason="no space")
        needed, free = size_text(full.needed), size_text(full.free)
        return Outcome("planned", f"no space: {needed} needed below {printable(step.top)}, {free} free")
    except Changed as why:
        await run_blocking(act, lambda: remove_folders([*made], move.top))
        await act.after(seq, "nothing", reason=str(why))
        return Outcome("skipped", str(why))
    except OSError as error:
        await run_blocking(act, lambda: remove_folders([*made], move.top))
        await act.after(seq, "failed", reason=strerror(error))
        return Outcome("failed", strerror(error))
    await act.after(seq, "done", path=step.path)
    await run_blocking(act, lambda: remove_folders([*map(os.fsencode, step.leaves)], move.source_top))
    return Outcome("done")


def within_step(event: Event, number: int, total: int) -> Event:
    """An event of a step as one of its batch: the bytes of a file become words beside the steps."""
    if not isinstance(event, Progress):
        return event
    done = f"{event.current} {event.amount(event.done)} of {event.amount(event.total or 0)}"
    return Progress(number, total, current=done, steady=False)


async def _end_all(act: StepRun, lines: Sequence[Line], outcome: str, why: str) -> Outcome:
    """Closes the lines that a killed run left open; the step is done when one of its lines is."""
    done = outcome == "done" and any(line.outcome in (None, "done") for line in lines)
    for line in lines:
        if line.outcome is None:
            await act.after(line.seq, "done" if done else "nothing", reason="" if done else why)
    return Outcome("done") if done else Outcome("skipped", why, already=outcome == "done")


def _move_of(act: StepRun, step: StoreFile) -> FileMove:
    source, top, path = os.fsencode(step.source), os.fsencode(step.top), os.fsencode(step.path)
    private = aside_of(act.batch, act.position)
    return FileMove(source, os.fsencode(step.source_top), path, top, step.size, step.mtime_ns, private)


def _texts(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


async def _expect_there(act: StepRun, top: bytes) -> None:
    """Raises GuardTripped when a folder of real files seems away. One that is empty and never held anything is new."""
    mount = next((one for one in configured_mounts(act.ctx.settings) if one.path == top), None)
    if mount is None:
        return
    state = await compare_mount(act.ctx, mount)
    if state.problem and not await act.ctx.db.read(is_new_storage, state):
        raise GuardTripped(f"{printable(state.problem)}; {NOTHING}.", "Mount it, then carry on.")


async def _is_stored(act: StepRun, step: StoreFile) -> bool:
    try:
        return await run_blocking(act, lambda: standing(_move_of(act, step))) == "moved"
    except (Changed, OSError):
        return False


def _undo_store(line: Line, lines: Sequence[Line]) -> Sequence[Step]:
    path, size, mtime_ns = line.text("source"), line.before.get("size"), line.before.get("mtime_ns")
    if not isinstance(size, int) or not isinstance(mtime_ns, int):
        return []
    begun = line.text("private") if line.outcome is None else ""
    return [
        StoreFile(
            what=printable(path), path=path, source=line.text("path"), top=line.text("source_top"),
            source_top=line.text("top"), size=size, mtime_ns=mtime_ns, leaves=tuple(_texts(line.before.get("made"))),
            begun=begun, takes_back=line.seq,
        )
    ]  # fmt: skip


STEPS = (StepKind(StoreFile, store_file, {STORE: _undo_store}, _is_stored),)
