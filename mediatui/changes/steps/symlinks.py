"""Steps on the library's symlinks: remove, point elsewhere, make again. Targets and real files are never touched."""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from typing import ClassVar

from mediatui.changes.folder_guard import Kept, expect_link_removable
from mediatui.changes.in_root_dir import (
    NotOnMount,
    Outdated,
    close_open_lines,
    expect_link,
    in_root_dir,
    is_seen,
    journaled,
    made_before,
    make_folders,
    missing_folders,
    reads,
    remove_empty,
    run_blocking,
    run_on_mount,
    strerror,
)
from mediatui.changes.place_check import why_not_gone
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.aside import RELINK, UNLINK, aside_of, replace, unlink
from mediatui.changes.steps.bases import LibraryStep
from mediatui.changes.steps.folders import folders_made
from mediatui.changes.steps.registry import StepKind
from mediatui.model.errors import GuardTripped
from mediatui.model.link import REMOVABLE
from mediatui.model.plan import Plan, Step, StepWords
from mediatui.model.text import printable
from mediatui.model.tree_diff import Change
from mediatui.runtime.events import Changed
from mediatui.settings.places import configured_mounts, configured_roots
from mediatui.store.changes.journal import Line
from mediatui.store.library.links import (
    media_files_of,
    read_link_row,
    relink_row,
    remove_link_row,
    restore_link_row,
)
from mediatui.system.mounts import Mount, mount_of
from mediatui.system.symlinks import absolute, judge, rests_on

RESTORE = "restore symlink"
AS_GOOD_AS: Mapping[str, Sequence[str]] = {"": REMOVABLE, "loop": ("loop", "broken"), "broken": ("broken", "loop")}
"""What a planned state may have become: the other half of a loop is broken once the first is removed. It is empty when
a link that was restored is removed again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStep(LibraryStep):
    """A step on a symlink; ``target`` is the text of its target as it is expected."""

    target: str
    torrent: str | None = None

    @property
    def torrent_id(self) -> str | None:
        return self.torrent

    @property
    def library_paths(self) -> tuple[str, ...]:
        return (self.path,)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkSymlink(LinkStep):
    """Removes a symlink, never its target; expects a link with this target text that is still in this state."""

    KIND: ClassVar[str] = "unlink_symlink"
    WORDS: ClassVar[StepWords] = StepWords("remove link", "link removed", "links removed")
    REMOVES: ClassVar[bool] = True

    state: str
    reason: str = ""
    keeper: str = ""
    """The link to the same file that has to be there when this one is removed as a duplicate; else empty."""

    @property
    def tree_change(self) -> Change:
        return Change("remove", self.path)


def removed_by_state(plan: Plan) -> str:
    """How many links a plan removes, by their state, as a sentence: ``9 broken, 3 loop, 2 duplicates.``; empty when it
    removes fewer than two."""
    counts = Counter(
        "duplicates" if step.keeper else step.state for step in plan.steps if isinstance(step, UnlinkSymlink)
    )
    if counts.total() < 2:
        return ""
    return ", ".join(f"{count:,} {state}" for state, count in counts.most_common()) + "."


async def unlink_symlink(act: StepRun, step: UnlinkSymlink) -> Outcome:
    """Removes a link that is still what the plan says it is; raises GuardTripped when the mount it needs is away."""
    path, aside = os.fsencode(step.path), aside_of(act.batch, act.position)
    try:
        await expect_removable(act, step)
    except Kept as kept:
        await close_open_lines(act, UNLINK, path, lambda: False, "")
        return Outcome("failed" if kept.for_now else "skipped", f"it stays: {kept}")
    except Outdated as moved:
        ended = await close_open_lines(act, UNLINK, path, lambda: not os.path.lexists(path), str(moved))
        if ended.ended == "done":
            await _forget(act, path)
        return replace_fields(ended, guarded=isinstance(moved, NotOnMount) and ended.ended != "done")
    record = unlink_record(step, await act.ctx.db.read(read_link_row, path))
    ended = await journaled(act, UNLINK, record, lambda: in_root_dir(
        act, path, lambda folder, name: unlink(folder, name, aside, os.fsencode(step.target))))  # fmt: skip
    if ended.ended == "done":
        await _forget(act, path)
    return ended


async def expect_removable(act: StepRun, step: UnlinkSymlink) -> None:
    """Raises Outdated or Kept unless a link is as planned and may go; GuardTripped when its mount is away."""
    path, target, states = os.fsencode(step.path), os.fsencode(step.target), AS_GOOD_AS.get(step.state, (step.state,))
    await run_blocking(act, lambda: expect_same_link(act, path, target))
    await expect_link_removable(act, path)
    await _expect_state(act, path, states)
    if step.keeper:
        await _expect_same_file(act, path, os.fsencode(step.keeper))
    await _expect_mounts(act, path, step.torrent)
    await _expect_state(act, path, states)  # a mount that was away a moment ago may be back


def unlink_record(step: UnlinkSymlink, known: Mapping[str, object] | None) -> dict[str, object]:
    """What the journal holds of a link before it is removed: what is in the step, and what the archive knows of it."""
    return {"path": step.path, "target": step.target, "state": step.state, "known": known}


async def _forget(act: StepRun, path: bytes) -> None:
    await act.ctx.db.write(remove_link_row, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelinkSymlink(LinkStep):
    """Points a symlink at ``new_target``, in one step; expects a link with the text ``target``. With a ``state`` it
    mends a link that is expected to be in it still, and a file at the new target; with a ``size`` it expects a file of
    so many bytes there (-1: a folder). ``media_files`` are the files that were noted for its films or episodes before
    the change that it takes back (number and path, empty for none)."""

    KIND: ClassVar[str] = "relink_symlink"
    WORDS: ClassVar[StepWords] = StepWords("repoint link", "link repointed", "links repointed")

    new_target: str
    reason: str = ""
    state: str = ""
    size: int | None = None
    media_files: tuple[tuple[str, str], ...] = ()

    @property
    def tree_change(self) -> Change:
        return Change("relink", self.path, self.new_target, self.target)


async def relink_symlink(act: StepRun, step: RelinkSymlink) -> Outcome:
    """Points a link elsewhere: a new link beside it takes its name in one step, so that it is never missing."""
    path, target, new = os.fsencode(step.path), os.fsencode(step.target), os.fsencode(step.new_target)
    aside = aside_of(act.batch, act.position)
    try:
        await run_blocking(act, lambda: expect_same_link(act, path, target))
        if step.state:
            await _expect_state(act, path, AS_GOOD_AS.get(step.state, (step.state,)))
            await _expect_file(act, absolute(path, new))
        if step.size is not None:
            await expect_size(act, absolute(path, new), step.size)
    except Outdated as moved:
        return await close_open_lines(act, RELINK, path, lambda: reads(path) == new, str(moved))
    noted = await act.ctx.db.read(media_files_of, path)
    record = {"path": step.path, "target": step.target, "new_target": step.new_target, "media_files": noted}
    ended = await journaled(act, RELINK, record, lambda: in_root_dir(
        act, path, lambda folder, name: replace(folder, name, aside, target, new)))  # fmt: skip
    if ended.ended == "done":
        await _follow(act, path, new, step.media_files)
    return ended


async def _follow(act: StepRun, path: bytes, target: bytes, media_files: Sequence[tuple[str, str]]) -> None:
    """Stores in the archive where a link points now and, unless the mount is slow to answer, what is there."""
    state = "unknown"
    if not act.ctx.late_target:
        with contextlib.suppress(GuardTripped):
            state = await link_state(act, path)
    async with act.ctx.db.transaction() as connection:
        await relink_row(connection, path, target, state, int(act.ctx.clock()), media_files)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreSymlink(LinkStep):
    """Makes a symlink again with the same target text; expects nothing at its path. ``known`` is what the archive held
    of it (``read_link_row``), as JSON; empty where nothing is known."""

    KIND: ClassVar[str] = "restore_symlink"
    WORDS: ClassVar[StepWords] = StepWords("restore link", "link restored", "links restored")
    MAKES: ClassVar[bool] = True

    known: str = ""

    @property
    def tree_change(self) -> Change:
        return Change("add", after=self.path)


async def restore_symlink(act: StepRun, step: RestoreSymlink) -> Outcome:
    """Makes a link again where nothing is, and the folders it was in where they are gone: Sonarr and Radarr may remove
    empty ones. What is there is never overwritten."""
    path, target = os.fsencode(step.path), os.fsencode(step.target)
    begun = await made_before(act, "restore symlink")
    missing: Sequence[bytes] = ()
    try:
        there = await run_blocking(act, lambda: reads(path) if os.path.lexists(path) else None)
        if there is None:
            missing = await run_blocking(act, lambda: missing_folders(act, path))
    except OSError as error:
        return Outcome("failed", strerror(error))
    except Outdated as moved:
        # Without its folder it is not known that anything changed: a disk may be away. It can be retried.
        there_is_a_folder = await run_blocking(act, lambda: os.path.isdir(os.path.dirname(path)))
        return Outcome("skipped" if there_is_a_folder else "failed", str(moved))
    if there == target:
        ended = await close_open_lines(act, RESTORE, path, lambda: True, "")
        await _know_again(act, step)
        return ended if ended.ended == "done" else Outcome("done", "it is there already")
    if there is not None:
        return await close_open_lines(act, RESTORE, path, lambda: False, "something else is at its path now")
    made = [*begun, *(folder for folder in missing if folder not in begun)]
    record = {"path": step.path, "target": step.target, "made": [*map(os.fsdecode, made)]}
    ended = await journaled(act, RESTORE, record, lambda: make_link(act, path, target, missing, begun))
    if ended.ended == "done":
        await _know_again(act, step)
    return ended


async def _know_again(act: StepRun, step: RestoreSymlink) -> None:
    """Stores in the archive what it held of the link before it was removed."""
    known = json.loads(step.known) if step.known else None
    if isinstance(known, dict):
        path, target = os.fsencode(step.path), os.fsencode(step.target)
        await act.ctx.db.write(restore_link_row, path, target, known, int(act.ctx.clock()))
        act.events.put_nowait(Changed("library_links", None))


def expect_same_link(act: StepRun, path: bytes, target: bytes) -> None:
    """Raises Outdated unless there is a symlink with this target text, in a root."""
    try:
        in_root_dir(act, path, lambda folder, name: expect_link(folder, name, target))
    except OSError as error:
        raise Outdated(f"it is not there any more ({strerror(error)})") from None


async def link_state(act: StepRun, path: bytes) -> str:
    """The state of a link now; ``unreachable`` also when it could not be read."""
    library = act.ctx.settings.library
    try:
        found: tuple[object, ...] = await run_on_mount(
            act, judge, path, True, (), library.small_file_bytes, library.video_endings
        )
    except OSError:
        return "unreachable"
    return str(found[2])


async def _expect_state(act: StepRun, path: bytes, states: Sequence[str]) -> None:
    """Raises Outdated unless the target is still in such a state: absence is checked again at the last moment."""
    now = await link_state(act, path)
    if now == "unreachable":
        raise GuardTripped(
            f"The target of {act.step.what} is unreachable: its mount is in trouble. Nothing more is changed; what was "
            "not checked is pending.",
            f"When the mount is well again: mediatui --headless resume {act.batch} --apply",
        )
    if now not in states:
        raise Outdated(f"its target is {now} now")


async def _expect_same_file(act: StepRun, path: bytes, keeper: bytes) -> None:
    """Raises Outdated unless another link is there that leads to the same file."""
    try:
        same = await run_on_mount(act, os.path.islink, keeper) and await run_on_mount(
            act, os.path.samefile, path, keeper
        )
    except OSError:
        same = False
    if not same:
        raise Outdated("the link that was to stay is not there, or leads elsewhere now")


async def expect_size(act: StepRun, path: bytes, size: int) -> None:
    """Raises Outdated unless there is a file of this size, or a folder where it is -1."""
    try:
        seen = await run_on_mount(act, os.stat, path)
    except OSError as error:
        raise Outdated(f"what it was to lead to cannot be seen now ({strerror(error)})") from None
    if (-1 if stat.S_ISDIR(seen.st_mode) else seen.st_size) != size:
        raise Outdated("what it was to lead to is of another size now")


async def _expect_file(act: StepRun, path: bytes) -> None:
    """Raises Outdated unless there is a file."""
    try:
        there = await run_on_mount(act, os.path.isfile, path)
    except OSError:
        there = False
    if not there:
        raise Outdated("the file it was to lead to is not there now")


async def _expect_mounts(act: StepRun, path: bytes, torrent_id: str | None) -> None:
    """Raises GuardTripped when a mount or a view that following a link leads to seems away, Outdated when it leads to
    none that is known, or into a torrent that is not known to be gone."""
    settings = act.ctx.settings
    mounts, roots = configured_mounts(settings), [Mount(root) for root in configured_roots(settings)]
    for place in await _rests_on(act, path, [mount.path for mount in (*mounts, *roots)]):
        mount = mount_of(mounts, place)
        if mount is None and mount_of(roots, place) is None:
            raise Outdated("its target is on no mount that is configured")
        if mount is not None and (why := await why_not_gone(act, mount, place, torrent_id)):
            raise NotOnMount(f"not on mount: {why}")


async def _rests_on(act: StepRun, path: bytes, known: Sequence[bytes]) -> Sequence[bytes]:
    try:
        found: dict[bytes, list[bytes]] = await run_on_mount(act, rests_on, [path], known)
    except OSError:
        raise Outdated("where it leads could not be read") from None
    return found[path]


def make_link(act: StepRun, path: bytes, target: bytes, missing: Sequence[bytes], begun: Sequence[bytes]) -> None:
    """Makes a link, and the folders it lies in that are ``missing``; those that a killed run had ``begun`` go again too
    where it fails. Raises Outdated where something is in its way."""
    made = list(begun)
    try:
        make_folders(act, missing, made)
        in_root_dir(act, path, lambda folder, name: os.symlink(target, name, dir_fd=folder))
    except FileExistsError:
        raise Outdated("something else is at its path now") from None
    except BaseException:
        remove_empty(act, made)
        raise


async def _is_unlinked(act: StepRun, step: UnlinkSymlink) -> bool:
    return await is_seen(act, path := os.fsencode(step.path), lambda: not os.path.lexists(path))


async def _is_relinked(act: StepRun, step: RelinkSymlink) -> bool:
    path = os.fsencode(step.path)
    return await is_seen(act, path, lambda: reads(path) == os.fsencode(step.new_target))


async def _is_restored(act: StepRun, step: RestoreSymlink) -> bool:
    path = os.fsencode(step.path)
    return await is_seen(act, path, lambda: reads(path) == os.fsencode(step.target))


def _undo_unlink(line: Line, lines: Sequence[Line]) -> Sequence[Step]:
    path, target = line.text("path"), line.text("target")
    known = line.before.get("known")
    kept = json.dumps(known) if isinstance(known, dict) else ""
    return [RestoreSymlink(what=printable(path), path=path, target=target, takes_back=line.seq, known=kept)]


def _undo_relink(line: Line, lines: Sequence[Line]) -> Sequence[Step]:
    path, old, new = line.text("path"), line.text("target"), line.text("new_target")
    noted = line.before.get("media_files")
    files = tuple((str(media), str(file)) for media, file in noted) if isinstance(noted, list) else ()
    return [
        RelinkSymlink(
            what=printable(path), path=path, target=new, new_target=old, takes_back=line.seq, media_files=files
        )
    ]


def _undo_restore(line: Line, lines: Sequence[Line]) -> Sequence[Step]:
    path = line.text("path")
    made = UnlinkSymlink(what=printable(path), path=path, target=line.text("target"), state="", takes_back=line.seq)
    return [made, *folders_made(line)]


STEPS = (
    StepKind(UnlinkSymlink, unlink_symlink, {UNLINK: _undo_unlink}, _is_unlinked),
    StepKind(RelinkSymlink, relink_symlink, {RELINK: _undo_relink}, _is_relinked),
    StepKind(RestoreSymlink, restore_symlink, {RESTORE: _undo_restore}, _is_restored),
)
