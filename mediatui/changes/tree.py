"""Steps on the library's symlinks: remove, point elsewhere, make again. Targets and real files are never touched."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable
from typing import TypeVar

from mediatui.changes.act import Act, Outcome
from mediatui.events import Changed
from mediatui.model.plan import MendLink, RelinkSymlink, RestoreSymlink, UnlinkSymlink
from mediatui.model.text import printable
from mediatui.services.mounts import TimedOut, call
from mediatui.services.symlinks import absolute, judge
from mediatui.store.library import mend_link_row, remove_link_row
from mediatui.store.matching import names_of_hash

Result = TypeVar("Result")
LOOK_S = 5.0
COMES_BACK_S = 60.0
FIRST_POLL_S = 0.5
LONGEST_POLL_S = 8.0


class _Moved(Exception):
    """The world has moved on since the plan was made; the message says how."""


async def unlink_symlink(act: Act, step: UnlinkSymlink) -> Outcome:
    """Removes a link that is still what the plan says it is."""
    path, target = os.fsencode(step.path), os.fsencode(step.target)
    try:
        await _outside(lambda: _expect(act, path, target))
        if step.state:  # empty when a link that was made again is taken away again
            await _outside(lambda: _expect_state(path, step.state, act.ctx.settings.library.small_file_bytes))
    except _Moved as moved:
        if await _begun(act, "unlink symlink") and await _outside(lambda: not os.path.lexists(path)):
            return await _close(act, path)
        return Outcome("skipped", str(moved))
    record = {"path": step.path, "target": step.target, "state": step.state}
    seq = await act.before("unlink symlink", step.what, record)
    try:
        await _outside(lambda: os.unlink(path))
    except OSError as error:
        await act.after(seq, "failed", reason=str(error.strerror))
        return Outcome("failed", _why(error))
    await act.after(seq, "done", path=step.path)
    async with act.ctx.db.transaction() as connection:
        await remove_link_row(connection, path)
    return Outcome("done")


async def _begun(act: Act, kind: str) -> bool:
    return any(line.kind == kind and line.outcome is None for line in await act.lines())


async def _close(act: Act, path: bytes) -> Outcome:
    """A removal that a killed run did and did not note."""
    for line in await act.lines():
        if line.outcome is None:
            await act.after(line.seq, "done", path=os.fsdecode(path))
    async with act.ctx.db.transaction() as connection:
        await remove_link_row(connection, path)
    return Outcome("done")


async def relink_symlink(act: Act, step: RelinkSymlink) -> Outcome:
    """Points a link elsewhere: a new link beside it takes its name in one step, so that it is never missing."""
    path, target, new = os.fsencode(step.path), os.fsencode(step.target), os.fsencode(step.new_target)
    try:
        await _outside(lambda: _expect(act, path, target))
    except _Moved as moved:
        if await _begun(act, "relink symlink") and await _outside(lambda: _reads(path) == new):
            for line in await act.lines():
                await act.after(line.seq, "done", path=step.path)
            return Outcome("done")
        return Outcome("skipped", str(moved))
    record = {"path": step.path, "target": step.target, "new_target": step.new_target}
    seq = await act.before("relink symlink", step.what, record)
    try:
        await _outside(lambda: _replace(path, new))
    except OSError as error:
        await act.after(seq, "failed", reason=str(error.strerror))
        return Outcome("failed", _why(error))
    await act.after(seq, "done", path=step.path)
    return Outcome("done")


async def mend_link(act: Act, step: MendLink) -> Outcome:
    """Waits for the target of a broken link to come back, for a minute; where the torrent shows the file under another
    name the link is pointed there. Nothing is removed, whatever the mount says."""
    path, target = os.fsencode(step.path), os.fsencode(step.target)
    small_below = act.ctx.settings.library.small_file_bytes
    waited, pause, state = 0.0, FIRST_POLL_S, ""
    while True:
        try:
            await _outside(lambda: _expect(act, path, target))
            state = await _outside(lambda: judge(path, False, (), small_below)[2])
        except _Moved as moved:
            return Outcome("skipped", str(moved))
        entries = await act.ctx.db.read(names_of_hash, step.hash)
        if state == "ok":
            await _set_link(act, path, target, entries[0][0] if entries else step.torrent)
            return Outcome("done", "its target is there")
        for torrent_id, name in entries:
            new = renamed(absolute(path, target), name)
            if new != absolute(path, target) and await _is_there(new):
                outcome = await relink_symlink(
                    act, RelinkSymlink(what=step.what, path=step.path, target=step.target, new_target=os.fsdecode(new))
                )
                if outcome.ended == "done":
                    await _set_link(act, path, new, torrent_id)
                    return Outcome("done", f"now under {printable(name)}")
                return outcome
        if waited >= COMES_BACK_S:
            return Outcome("failed", f"its target did not come back (still {state})")
        act.tell(f"waits for its target ({state})")
        await act.pause(pause)
        waited += pause
        pause = min(pause * 2, LONGEST_POLL_S)


def renamed(target: bytes, name: str) -> bytes:
    """Where a file would be if the folder it is in were called ``name``: ``<view>/<name>/<file>``."""
    folder, _, file = target.rpartition(b"/")
    return os.path.join(os.path.dirname(folder), os.fsencode(name), file)


async def _is_there(path: bytes) -> bool:
    try:
        return await _outside(lambda: os.path.isfile(path))
    except _Moved:
        return False


async def _set_link(act: Act, path: bytes, target: bytes, torrent_id: str | None) -> None:
    async with act.ctx.db.transaction() as connection:
        await mend_link_row(connection, path, target, torrent_id, int(act.ctx.clock()))
    act.events.put_nowait(Changed("library_links", None))


async def restore_symlink(act: Act, step: RestoreSymlink) -> Outcome:
    """Makes a link again where nothing is; what is there is never overwritten."""
    path, target = os.fsencode(step.path), os.fsencode(step.target)
    there = await _outside(lambda: _reads(path) if os.path.lexists(path) else None)
    if there == target:
        for line in await act.lines():
            await act.after(line.seq, "done", path=step.path)
        return Outcome("done", "" if await act.lines() else "it is there already")
    if there is not None:
        return Outcome("skipped", "something else is at its path now")
    try:
        await _outside(lambda: _inside_a_root(act, path))
    except _Moved as moved:
        return Outcome("skipped", str(moved))
    seq = await act.before("restore symlink", step.what, {"path": step.path, "target": step.target})
    try:
        await _outside(lambda: os.symlink(target, path))
    except OSError as error:
        await act.after(seq, "failed", reason=str(error.strerror))
        return Outcome("failed", _why(error))
    await act.after(seq, "done", path=step.path)
    return Outcome("done")


async def _outside(function: Callable[[], Result]) -> Result:
    """``function()`` off the event loop, given up when a dead mount keeps it."""
    try:
        return await asyncio.to_thread(call, function, LOOK_S)
    except TimedOut:
        raise _Moved("the file system did not answer in time") from None


def _why(error: OSError) -> str:
    return f"{error.strerror or error}"


def _reads(path: bytes) -> bytes | None:
    try:
        return os.readlink(path)
    except OSError:
        return b""


def _inside_a_root(act: Act, path: bytes) -> None:
    """Raises _Moved unless the folder of ``path``, all its own links resolved, lies in a configured root."""
    parent = os.path.realpath(os.path.dirname(path))
    roots = [os.path.realpath(os.fsencode(root)) for root in act.ctx.settings.library.roots]
    if not any(parent == root or parent.startswith(root + b"/") for root in roots):
        raise _Moved("it does not lie in a library root")


def _expect(act: Act, path: bytes, target: bytes) -> None:
    """Raises _Moved unless there is a symlink with this target text, in a root."""
    try:
        found = os.lstat(path)
    except OSError as error:
        raise _Moved(f"it is not there any more ({_why(error)})") from None
    if not stat.S_ISLNK(found.st_mode):
        raise _Moved("it is not a symlink any more")
    if os.readlink(path) != target:
        raise _Moved("it points elsewhere now")
    _inside_a_root(act, path)


def _expect_state(path: bytes, state: str, small_below: int) -> None:
    """Raises _Moved unless the target is still in this state: absence is checked again at the last moment."""
    now = judge(path, False, (), small_below)[2]
    if now != state:
        raise _Moved(f"its target is {now} now")


def _replace(path: bytes, target: bytes) -> None:
    beside = path + b".mediatui-new"
    try:
        os.symlink(target, beside)
        os.rename(beside, path)
    except BaseException:
        if os.path.lexists(beside):
            os.unlink(beside)
        raise
