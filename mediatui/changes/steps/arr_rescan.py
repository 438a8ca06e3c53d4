"""Having Sonarr or Radarr rescan one series or film, and verifying by their records what came of it.

They drop what they do not see, so right before it is checked whether they can see anything, and whether what they
remove by themselves may be removed. How the command ends is a hint; the records of the paths that changed are read
after it in any case.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.arr_blocklist import not_blocked
from mediatui.changes.steps.arr_command import NOTICES, RESCAN, SEARCH, CommandResult, find_earlier, send
from mediatui.changes.steps.arr_monitor import marks_lost
from mediatui.changes.steps.aside import UNLINK
from mediatui.changes.steps.bases import ArrStep
from mediatui.changes.steps.registry import StepKind, Undone
from mediatui.changes.steps.stored import read_steps_of_item
from mediatui.changes.steps.with_service import with_service
from mediatui.model.plan import StepWords
from mediatui.model.text import cut_middle, printable
from mediatui.services.errors import NotFound
from mediatui.settings.places import configured_mounts
from mediatui.store.changes.journal import Line, lines_of_item, read_batch
from mediatui.store.changes.rescans import drop_pending_rescans, note_pending_rescans
from mediatui.store.library.mounts_seen import was_mount_point
from mediatui.system.folder_content import FolderContent, link_to, read_folder_content, states_of
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.mounts import mount_of, seems_away

if TYPE_CHECKING:
    from mediatui.services.arr.library import ArrLibrary, Records

Result = TypeVar("Result")
LONGEST_NAME = 60
MOST_NAMED = 3
_NEW_RECORDS: Final = "its records are new ones, without release group, scene name and revision (PROPER)"


@dataclass(frozen=True, slots=True)
class _Found:
    """What records and paths say after a rescan: paths that are gone and on record still (``kept``), links whose
    target is there (``bare``) or not (``dangling``) and that are not on record, and whether anything changed as it had
    to (``verified``)."""

    kept: Sequence[str]
    bare: Sequence[str]
    dangling: Sequence[str]
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrRescan(ArrStep):
    """Has one series or film rescanned on disk. ``item`` is its id there, ``paths`` the links it is about, and
    ``moves`` those among them that were moved: ``(old, new)``."""

    KIND: ClassVar[str] = RESCAN
    WORDS: ClassVar[StepWords] = StepWords("rescan", "rescan", "rescans")

    item: int
    title: str
    paths: tuple[str, ...] = ()
    moves: tuple[tuple[str, str], ...] = ()
    cannot_undo: str = "Sonarr and Radarr are only notified"


async def rescan(act: StepRun, step: ArrRescan) -> Outcome:
    """Has the series or film rescanned, and says what its records say of the changed paths."""
    return await with_service(act, step.service, lambda library: _Rescan(act, step, library).run())


async def why_no_rescan(act: StepRun, library: ArrLibrary, item: int) -> str:
    """Why a rescan of a series or film would do harm, empty when it would not. Raises NotFound, and ServiceError."""
    one = await library.item(item)
    folder = os.fsencode(library.path_map.to_ours(one.path))
    removes = (await library.management()).delete_empty_folders
    try:
        inside = await _in_helper(act, read_folder_content, folder, removes)
        away = await _mount_away(act, inside)
    except TimedOut:
        return f"{printable(os.fsdecode(folder))} does not answer"
    except OSError as error:
        return f"{printable(os.fsdecode(folder))} cannot be read ({error.strerror})"
    if away:
        return away
    if inside.to_folders:
        link = printable(os.fsdecode(inside.to_folders[0]))
        return f"it removes empty folders, and {link} is a link to a folder: those behind it would go too"
    return await library.why_not_rescan(one, folder_is_gone=not inside.exists)


async def _mount_away(act: StepRun, inside: FolderContent) -> str:
    """Why a mount that links of this item lead to seems away; empty when none does."""
    mounts = configured_mounts(act.ctx.settings)
    for mount in {mount_of(mounts, target) for target in inside.targets} - {None}:
        assert mount is not None
        was_mount = await act.ctx.db.read(was_mount_point, mount.path)
        if away := await asyncio.to_thread(seems_away, mount, was_mount):
            return away
    return ""


async def _in_helper(act: StepRun, function: Callable[..., Result], *args: object) -> Result:
    """``function(…)`` in a process of its own: it may hang on a mount, and must be found by its name in a module.
    Raises TimedOut."""
    seconds = act.ctx.settings.library.mount_timeout_s
    return await asyncio.to_thread(ask, function, *args, seconds=seconds)


class _Rescan:
    def __init__(self, act: StepRun, step: ArrRescan, library: ArrLibrary) -> None:
        self._act, self._step, self._library, self._arr = act, step, library, library.arr
        self._held: set[str] = set()
        """The paths at which the service had a file, now or before the change that is undone."""

    async def run(self) -> Outcome:
        ids = [self._step.item]
        kept = {one.path for one in await not_blocked(self._act, self._step.service, self._step.item)}
        if kept and kept >= {*self._step.paths}:
            return Outcome("skipped", "its links stay, so there is nothing to report")
        self._held = await _held_before_undone(self._act, self._step)
        earlier = await find_earlier(self._act, self._arr, ids)
        try:
            if earlier is not None:
                outcome = await self._judge(earlier)
                if outcome.ended == "done" or earlier.goes_on:
                    return outcome
            if why := await self._why_not():
                return await self._left(f"{self._arr.title} was not asked to rescan: {why}")
            record = await self._known()
            return await self._judge(await send(self._act, self._arr, ids, record))
        except NotFound as error:
            return Outcome("skipped", error.message)

    # Before

    async def _why_not(self) -> str:
        return await why_no_rescan(self._act, self._library, self._step.item)

    async def _left(self, why: str, *, kept: bool = False) -> Outcome:
        """A rescan that must not be made now is no error; where a search waits for it, it is left for later, and has
        failed when the service ``kept`` the record of a file that was removed: nothing can be searched."""
        mine = (self._act.batch, SEARCH, self._step.service, self._step.item)
        searches = await self._act.ctx.db.read(read_steps_of_item, *mine)
        waits = any(one.outcome != "done" for one in searches)
        if waits:
            return Outcome("failed" if kept else "planned", why)
        return Outcome("skipped", why)

    async def _known(self) -> Mapping[str, object]:
        """What has to be known before the rescan: it drops records and, where the service is set so, marks."""
        records = await self._library.records(self._step.item)
        held = [path for path in self._step.paths if records.at(path) is not None]
        held += [old for old, _ in self._step.moves if records.at(old) is not None]
        self._held |= set(held)
        ids = {one for path in held for one in records.at(path) or ()}
        return {
            "service": self._step.service,
            "item": self._step.item,
            "title": self._step.title,
            "held": list(dict.fromkeys(held)),
            "monitored": sorted(ids & records.monitored),
            "unmonitors": (await self._library.management()).unmonitors,
        }

    # After

    async def _judge(self, result: CommandResult) -> Outcome:
        """What the records say of the paths, whatever the command says of itself."""
        if result.goes_on:
            return Outcome("planned", f"{self._arr.title} works on it still")
        records = await self._library.records(self._step.item)
        states = await self._states()
        held = result.record.get("held")
        before = set(held) if isinstance(held, list) else set()
        self._held |= before
        expected = self._held | {new for old, new in self._step.moves if old in self._held}
        scanned = result.end is not None and result.end.says_it_scanned
        found = _Found(
            kept=[path for path, state in states.items() if state == "absent" and records.is_below(path)],
            bare=[path for path, state in states.items() if state == "good" and records.at(path) is None],
            dangling=[path for path, state in states.items() if state == "dangling" and records.at(path) is None],
            verified=any(
                path in before if state == "absent" else path not in before and records.at(path) is not None
                for path, state in states.items()
            ),
        )
        await self._note_pending(states, found.dangling)
        lacking = [path for path in found.bare if path in expected or not scanned]
        silent = result.end is not None and result.end.succeeded and not scanned
        if silent and (found.kept or lacking or not found.verified):
            why = await self._why_silent()
            if found.kept:
                held = f"{self._arr.title} still holds the file at {_names(found.kept)}"
                return await self._left(f"{held}: it did not rescan, {why}", kept=True)
            return await self._left(f"{self._arr.title} did not rescan: {why}")
        if found.kept or lacking:
            return self._mismatch(result, found.kept, lacking)
        notes = [await self._unread(result, records)]
        if found.dangling:
            notes.append(f"{self._arr.title} takes {_names(found.dangling)} again when its target is back")
        if found.bare:
            notes.append(f"{self._arr.title} rescanned and took no file at {_names(found.bare)}")
        return Outcome("done", "; ".join(note for note in notes if note))

    async def _states(self) -> Mapping[str, str]:
        """What is at each of the paths now; where a mount does not answer, at least which of them are gone."""
        paths = [os.fsencode(path) for path in self._step.paths]
        try:
            states = await _in_helper(self._act, states_of, paths)
        except TimedOut:
            states = await _in_helper(self._act, states_of, paths, False)
        return dict(zip(self._step.paths, states, strict=True))

    async def _why_silent(self) -> str:
        """Why it skipped a folder without an error: it does so when the root folder is empty or not there."""
        one = await self._library.item(self._step.item)
        why = await self._library.why_not_rescan(one, folder_is_gone=True)
        return why or "it says nothing of the disk (it skips a root folder that is empty or not there)"

    def _mismatch(self, result: CommandResult, kept: Sequence[str], lacking: Sequence[str]) -> Outcome:
        title = self._arr.title
        wrong = [f"{title} still holds the file at {_names(kept)}"] if kept else []
        wrong += [f"{title} has no file at {_names(lacking)}"] if lacking else []
        if result.lost:
            wrong.append(result.lost)
        elif result.end is not None and not result.end.succeeded:
            wrong.append(f"it ended the rescan as {result.end}")
        return Outcome("failed", "; ".join(wrong))

    async def _unread(self, result: CommandResult, records: Records) -> str:
        """What a person should know of how a command ended whose work is done; empty when it ended well."""
        title = self._arr.title
        if result.lost:
            return f"{result.lost} Its records are right"
        if result.end is None or result.end.succeeded:
            return ""
        unread = result.end.unread
        if not unread:
            return f"{title} ended the rescan as {result.end}; its records are right"
        if "DirectoryNotFound" in result.end.exception:
            return f"{title} removed the empty folder {printable(unread)}"
        name = unread.replace("\\", "/").rpartition("/")[2]
        links = [os.fsencode(held.path) for held in records.files.values()]
        found = await _in_helper(self._act, link_to, links, os.fsencode(name))
        whose = next(
            (records.names(held.ids) for held in records.files.values() if os.fsencode(held.path) == found), ""
        )
        return f"{title} could not read {whose or cut_middle(printable(name), LONGEST_NAME)}'s link"

    async def _note_pending(self, states: Mapping[str, str], waiting: Sequence[str]) -> None:
        """Notes which links they will not take before their targets are back, and forgets the others."""
        async with self._act.ctx.db.transaction() as connection:
            await drop_pending_rescans(connection, self._step.service, [os.fsencode(path) for path in states])
            now = self._act.ctx.clock()
            await note_pending_rescans(connection, self._step.service, [os.fsencode(path) for path in waiting], now)


async def _held_before_undone(act: StepRun, step: ArrRescan) -> set[str]:
    """The paths the service had a file at when the batch that is undone asked it to rescan."""
    batch = await act.ctx.db.read(read_batch, act.batch)
    if batch is None or batch.undoes is None:
        return set()
    found: set[str] = set()
    mine = (batch.undoes, NOTICES[RESCAN], step.service, step.item)
    for line in await act.ctx.db.read(lines_of_item, *mine):
        held = line.before.get("held")
        found |= {path for path in held if isinstance(path, str)} if isinstance(held, list) else set()
    return found


def _names(paths: Sequence[str]) -> str:
    """A few paths by their names."""
    names = [cut_middle(printable(os.path.basename(path)), LONGEST_NAME) for path in paths[:MOST_NAMED]]
    more = len(paths) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "")


def _after_notice(notices: Sequence[Line], lines: Sequence[Line]) -> Undone:
    """Puts back the marks it took, and notes where the records of files that were removed are new ones."""
    removed = {one.before.get("path") for one in lines if one.kind == UNLINK}
    notes = [(printable(line.what), _NEW_RECORDS) for line in notices if _held(line) & removed]
    return [*marks_lost(notices)], notes


def _held(line: Line) -> set[object]:
    held = line.before.get("held")
    return set(held) if isinstance(held, list) else set()


STEPS = (StepKind(ArrRescan, rescan, notice=NOTICES[RESCAN], after_notice=_after_notice),)
