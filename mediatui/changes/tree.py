"""Steps on the library's symlinks: remove, point elsewhere, make again. Targets and real files are never touched."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from mediatui.changes.act import Act, Outcome
from mediatui.events import Changed
from mediatui.model.errors import GuardTripped
from mediatui.model.link import REMOVABLE
from mediatui.model.plan import MendLink, RelinkSymlink, RestoreSymlink, UnlinkSymlink
from mediatui.model.text import printable
from mediatui.services.mounts import Mount, TimedOut, call, configured_mounts, configured_roots, mount_of, seems_away
from mediatui.services.symlinks import absolute, hops, judge
from mediatui.store.library import mend_link_row, read_mount_seen, remove_link_row
from mediatui.store.matching import names_of_hash

Result = TypeVar("Result")
LOOK_S = 5.0
COMES_BACK_S = 60.0
FIRST_POLL_S = 0.5
LONGEST_POLL_S = 8.0
AS_GOOD_AS: Mapping[str, Sequence[str]] = {"": REMOVABLE, "loop": ("loop", "broken"), "broken": ("broken", "loop")}
"""What a planned state may have become: the other half of a loop is broken once the first is removed. It is empty when
a link that was made again is taken away again."""


class _Moved(Exception):
    """The world has moved on since the plan was made; the message says how."""


class _TooLate(_Moved):
    """The file system did not answer in time."""


async def unlink_symlink(act: Act, step: UnlinkSymlink) -> Outcome:
    """Removes a link that is still what the plan says it is; raises GuardTripped when the mount it needs is away."""
    path, target = os.fsencode(step.path), os.fsencode(step.target)
    states = AS_GOOD_AS.get(step.state, (step.state,))
    try:
        await _outside(lambda: _expect(act, path, target))
        await _outside(lambda: _expect_state(path, states, act.ctx.settings.library.small_file_bytes))
        await _expect_mounts(act, path)
    except _Moved as moved:
        return await _settle(act, "unlink symlink", path, lambda: not os.path.lexists(path), str(moved))
    record = {"path": step.path, "target": step.target, "state": step.state}
    ended = await _do(act, "unlink symlink", record, lambda: _unlink(act, path, target))
    if ended.ended == "done":
        await _forget(act, path)
    return ended


async def _do(act: Act, kind: str, record: Mapping[str, object], function: Callable[[], None]) -> Outcome:
    """Does one thing between its two notes in the journal; a line that a killed run left open is carried on with."""
    left = [line for line in await act.lines() if line.kind == kind and line.outcome is None]
    seq = left[-1].seq if left else await act.before(kind, act.step.what, record)
    try:
        await _outside(function)
    except _TooLate as late:
        return Outcome("failed", f"{late}; what came of it is not known")  # and so its line stays open
    except _Moved as moved:
        await act.after(seq, "nothing", reason=str(moved))
        return Outcome("skipped", str(moved))
    except OSError as error:
        await act.after(seq, "failed", reason=_why(error))
        return Outcome("failed", _why(error))
    await act.after(seq, "done", path=record["path"])
    return Outcome("done")


async def _settle(act: Act, kind: str, path: bytes, happened: Callable[[], bool], why: str) -> Outcome:
    """How a step ends that finds the world other than expected: done, when a killed run did it and did not note it,
    else skipped."""
    left = [line for line in await act.lines() if line.kind == kind and line.outcome is None]
    done = bool(left) and await _outside(happened)
    for line in left:
        await act.after(line.seq, "done" if done else "nothing", path=os.fsdecode(path))
    if done and kind == "unlink symlink":
        await _forget(act, path)
    return Outcome("done") if done else Outcome("skipped", why)


async def _forget(act: Act, path: bytes) -> None:
    async with act.ctx.db.transaction() as connection:
        await remove_link_row(connection, path)


async def relink_symlink(act: Act, step: RelinkSymlink) -> Outcome:
    """Points a link elsewhere: a new link beside it takes its name in one step, so that it is never missing."""
    path, target, new = os.fsencode(step.path), os.fsencode(step.target), os.fsencode(step.new_target)
    beside = b".mediatui-%d-%d" % (act.batch, act.position)
    try:
        await _outside(lambda: _expect(act, path, target))
    except _Moved as moved:
        return await _settle(act, "relink symlink", path, lambda: _reads(path) == new, str(moved))
    record = {"path": step.path, "target": step.target, "new_target": step.new_target}
    return await _do(act, "relink symlink", record, lambda: _replace(act, path, target, new, beside))


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
            return await _carry_on_relink(act, step) or Outcome("skipped", str(moved))
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


async def _carry_on_relink(act: Act, step: MendLink) -> Outcome | None:
    """How the relink ends that a killed run began, None when there was none."""
    for line in await act.lines():
        new = line.before.get("new_target")
        if line.outcome is None and isinstance(new, str):
            again = RelinkSymlink(what=step.what, path=step.path, target=step.target, new_target=new)
            outcome = await relink_symlink(act, again)
            if outcome.ended == "done":
                await _set_link(act, os.fsencode(step.path), os.fsencode(new), step.torrent)
            return outcome
    return None


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
    try:
        there = await _outside(lambda: _reads(path) if os.path.lexists(path) else None)
        if there is None:
            await _outside(lambda: _within(act, path, lambda folder, name: None))
    except OSError as error:
        return Outcome("failed", _why(error))
    except _Moved as moved:
        return Outcome("skipped", str(moved))
    if there == target:
        ended = await _settle(act, "restore symlink", path, lambda: True, "")
        return ended if ended.ended == "done" else Outcome("done", "it is there already")
    if there is not None:
        return await _settle(act, "restore symlink", path, lambda: False, "something else is at its path now")
    record = {"path": step.path, "target": step.target}
    return await _do(act, "restore symlink", record, lambda: _symlink(act, path, target))


async def _outside(function: Callable[[], Result]) -> Result:
    """``function()`` off the event loop, given up when a dead mount keeps it: raises _TooLate."""
    try:
        return await asyncio.to_thread(call, function, LOOK_S)
    except TimedOut:
        raise _TooLate("the file system did not answer in time") from None


def _why(error: OSError) -> str:
    return f"{error.strerror or error}"


def _reads(path: bytes) -> bytes | None:
    try:
        return os.readlink(path)
    except OSError:
        return b""


def _within(act: Act, path: bytes, function: Callable[[int, bytes], None]) -> None:
    """``function(folder, name)`` on the open folder of ``path``, so that it cannot be swapped for another meanwhile;
    raises _Moved unless that lies in a configured root, all its own links resolved."""
    folder = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        place = os.path.realpath(b"/proc/self/fd/%d" % folder)
        roots = map(os.path.realpath, configured_roots(act.ctx.settings))
        if not any(place == root or place.startswith(root.rstrip(b"/") + b"/") for root in roots):
            raise _Moved("it does not lie in a library root")
        function(folder, os.path.basename(path))
    finally:
        os.close(folder)


def _expect(act: Act, path: bytes, target: bytes) -> None:
    """Raises _Moved unless there is a symlink with this target text, in a root."""
    try:
        _within(act, path, lambda folder, name: _expect_link(folder, name, target))
    except OSError as error:
        raise _Moved(f"it is not there any more ({_why(error)})") from None


def _expect_link(folder: int, name: bytes, target: bytes) -> None:
    found = os.lstat(name, dir_fd=folder)
    if not stat.S_ISLNK(found.st_mode):
        raise _Moved("it is not a symlink any more")
    if os.readlink(name, dir_fd=folder) != target:
        raise _Moved("it points elsewhere now")


def _expect_state(path: bytes, states: Sequence[str], small_below: int) -> None:
    """Raises _Moved unless the target is still in such a state: absence is checked again at the last moment."""
    now = judge(path, False, (), small_below)[2]
    if now not in states:
        raise _Moved(f"its target is {now} now")


async def _expect_mounts(act: Act, path: bytes) -> None:
    """Raises GuardTripped when a mount that following a link leads to seems away, _Moved when it leads to none that is
    known: a target that is missing there is not known to be gone."""
    settings = act.ctx.settings
    mounts, roots = configured_mounts(settings), [Mount(root) for root in configured_roots(settings)]
    for place in await _outside(lambda: hops(path)):
        mount = mount_of(mounts, place)
        if mount is None and mount_of(roots, place) is None:
            raise _Moved("its target is on no mount that is configured")
        if mount is not None:
            seen = await act.ctx.db.read(read_mount_seen, mount.path)
            was_mount = seen is not None and seen.is_mount
            problem = await _outside(lambda mount=mount, was=was_mount: seems_away(mount, was))  # type: ignore[misc]
            if problem:
                raise GuardTripped(f"{problem}; nothing is removed while it is so.", "Mount it, then scan again.")


def _unlink(act: Act, path: bytes, target: bytes) -> None:
    def remove(folder: int, name: bytes) -> None:
        _expect_link(folder, name, target)
        os.unlink(name, dir_fd=folder)

    _within(act, path, remove)


def _symlink(act: Act, path: bytes, target: bytes) -> None:
    try:
        _within(act, path, lambda folder, name: os.symlink(target, name, dir_fd=folder))
    except FileExistsError:
        raise _Moved("something else is at its path now") from None


def _replace(act: Act, path: bytes, target: bytes, new: bytes, beside: bytes) -> None:
    """Puts a link to ``new`` in the place of one to ``target``. A link ``beside`` that a killed run left is used."""

    def swap(folder: int, name: bytes) -> None:
        try:
            os.symlink(new, beside, dir_fd=folder)
        except FileExistsError:
            _expect_link(folder, beside, new)
        try:
            _expect_link(folder, name, target)
            os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            os.unlink(beside, dir_fd=folder)
            raise

    _within(act, path, swap)
