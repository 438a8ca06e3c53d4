"""Notifying Sonarr and Radarr of what changed, series by series and film by film; never of a whole library.

A batch that changes links ends with an ``ArrFind`` for each service that is to be notified and can hold the links. That
step asks the service once for its list, finds what the changed links belong to, and puts the rescans and searches after
itself: so each is a step like any other, with an outcome, and is retried with the failed ones. A service that fails
fails its own steps only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.arr_correct import ArrCorrect
from mediatui.changes.steps.arr_monitor import ArrMonitor
from mediatui.changes.steps.arr_rescan import ArrRescan
from mediatui.changes.steps.arr_search import ArrSearch
from mediatui.changes.steps.bases import ArrStep
from mediatui.changes.steps.importing import PlaceInLibrary
from mediatui.changes.steps.moves import MovePath, unsettled
from mediatui.changes.steps.registry import StepKind
from mediatui.changes.steps.replace_link import ReplaceLink
from mediatui.changes.steps.stored import read_steps, read_steps_of_kind
from mediatui.changes.steps.symlinks import UnlinkSymlink
from mediatui.changes.steps.with_service import with_service
from mediatui.model.errors import UsageError
from mediatui.model.human import counted
from mediatui.model.kinds import may_hold
from mediatui.model.plan import Step, StepWords
from mediatui.model.text import join_words, printable
from mediatui.settings.places import configured_roots
from mediatui.store.changes.journal import (
    append_steps,
    read_batch,
)
from mediatui.store.changes.rescans import links_that_came_back

if TYPE_CHECKING:
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.library import Affected, ArrLibrary
    from mediatui.settings import Settings
    from mediatui.settings.arr import ArrSettings

KNOWS_NONE = "knows none of"
IdsAt = Mapping[str, tuple[int, ...]]
"""The episodes, or the film, at paths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrFind(ArrStep):
    """Finds the series or films whose links its batch has changed, and puts steps for each at the end of the batch."""

    KIND: ClassVar[str] = "arr_find"
    WORDS: ClassVar[StepWords] = StepWords("find whose it is", "service notified", "services notified")
    APPENDS: ClassVar[bool] = True


def services_to_notify(settings: Settings) -> list[ArrSettings]:
    """The services that are notified of changes."""
    return [service for service in settings.services if service.enabled and service.after_change != "none"]


def can_hold(settings: Settings, service: ArrSettings, paths: Iterable[str]) -> list[str]:
    """Those of these paths that can be the service's: Sonarr is not asked for films, nor Radarr for series."""
    roots = configured_roots(settings)
    return [path for path in paths if may_hold(service.kind, os.fsencode(path), roots)]


async def find_affected(act: StepRun, step: ArrFind) -> Outcome:
    """Finds what the links changed by the batch so far belong to, and adds the steps that notify the service."""
    try:
        service = act.ctx.settings.arr(step.service)
    except UsageError as error:
        return Outcome("failed", error.sentence)
    if service not in services_to_notify(act.ctx.settings):
        return Outcome("skipped", "there is nothing to report")
    return await with_service(act, service.name, lambda library: _Finding(act, service, library).run())


class _Finding:
    def __init__(self, act: StepRun, service: ArrSettings, library: ArrLibrary) -> None:
        self._act, self._service, self._library = act, service, library
        self._moves: dict[str, str] = {}
        self._links_moved: set[str] = set()
        self._unsettled: set[int] = set()
        self._releases: dict[str, str] = {}

    async def run(self) -> Outcome:
        changed, gone = await self._changed()
        back = await self._act.ctx.db.read(links_that_came_back, [self._service.name])
        came_back = [path for path in map(os.fsdecode, back.get(self._service.name, ())) if path not in changed]
        if not changed and not came_back:
            return Outcome("skipped", "there is nothing to report")
        affected = await self._library.affected([*changed, *came_back])
        known = {path for one in affected for path in one.paths}
        if not known:
            return await self._knows_none(changed or came_back)
        open_paths = [one for one in affected if one.item in self._unsettled]
        affected = [one for one in affected if one.item not in self._unsettled]
        searches, unmonitored, unknown_files = await self._searches(affected, gone)
        steps = steps_to_notify(self._library.arr, affected, searches, self._moves)
        steps += await self._marks_of_moved(affected)
        steps += self._corrections(affected)
        async with self._act.ctx.db.transaction() as connection:
            await append_steps(connection, self._act.batch, steps)
        found = [f"{len(affected):,} {self._word(len(affected))}"]
        own = await self._library.own(path for path in changed if self._moves.get(path) not in known)
        if unknown := [path for path in own if path not in known]:
            found.append(f"it does not know {len(unknown):,} of {len(own):,} changed paths in its root folders")
        if open_paths:
            names = join_words([printable(one.title) for one in open_paths])
            found.append(f"{names}: not rescanned before the change of its path is settled")
        if unmonitored:
            found.append(f"{unmonitored:,} not monitored, so not searched for")
        if unknown_files:
            found.append(f"no record of {unknown_files:,} of the files, so nothing is searched in their place")
        return Outcome("done", "; ".join(found))

    async def _marks_of_moved(self, affected: Sequence[Affected]) -> list[Step]:
        """The steps that put back, after the rescan, the marks it takes of links that moved within the folder of their
        item: to the service such a link is gone, and another one new."""
        steps: list[Step] = []
        arr = self._library.arr
        for one in affected:
            moved = self._links_moved & set(one.paths)
            if not moved or not (await self._library.management()).unmonitors:
                continue
            records = await self._library.records(one.item)
            ids = {i for path in moved for i in records.at(path) or ()} & records.monitored
            if ids:
                what = f"{arr.title}: {printable(one.title)}: monitored again"
                steps.append(
                    ArrMonitor(what=what, service=arr.name, item=one.item, title=one.title, ids=tuple(sorted(ids)))
                )
        return steps

    def _corrections(self, affected: Sequence[Affected]) -> list[Step]:
        """The steps that correct, after the rescan, the records of links that lead to another release now."""
        arr = self._library.arr
        return [
            ArrCorrect(
                what=f"{arr.title}: {printable(os.path.basename(path))}", service=arr.name, item=one.item,
                title=one.title, path=path, release=self._releases[path],
            )
            for one in affected for path in one.paths if path in self._releases
        ]  # fmt: skip

    async def _changed(self) -> tuple[list[str], list[str]]:
        """The paths the batch has changed so far that can be the service's and that no rescan covers; and those of
        links that it removed, where a search is wanted in their place."""
        batch = await self._act.ctx.db.read(read_batch, self._act.batch)
        stored = await self._act.ctx.db.read(read_steps, self._act.batch)
        rescans = [one.step for one in stored if isinstance(one.step, ArrRescan)]
        rescanned = {path for one in rescans if one.service == self._service.name for path in one.paths}
        done = [one.step for one in stored if one.outcome == "done"]
        paths = dict.fromkeys(path for one in done for path in one.library_paths if path not in rescanned)
        changed = can_hold(self._act.ctx.settings, self._service, paths)
        self._unsettled = unsettled(stored, self._service.name)
        self._moves = {one.path: one.new_path for one in done if isinstance(one, MovePath)}
        self._releases = {
            one.path: one.release for one in done if isinstance(one, ReplaceLink | PlaceInLibrary) and one.release
        }
        self._links_moved = {one.path for one in done if isinstance(one, MovePath) and one.target}
        if batch is None or batch.undoes is not None or self._service.after_change != "search":
            return changed, []
        among = set(changed)
        gone = [one.path for one in done if isinstance(one, UnlinkSymlink) and not one.keeper and one.path in among]
        return changed, gone

    async def _searches(
        self, affected: Sequence[Affected], gone: Sequence[str]
    ) -> tuple[list[tuple[Affected, IdsAt]], int, int]:
        """What to search for: the monitored episodes and films whose links are gone; how many are not monitored, and of
        how many links there was no record. This has to be asked before the rescan: after it the records
        are gone."""
        found: list[tuple[Affected, IdsAt]] = []
        unmonitored: set[tuple[int, int]] = set()
        unknown, removed = 0, set(gone)
        for one in affected:
            mine = [path for path in one.paths if path in removed]
            if not mine:
                continue
            records = await self._library.records(one.item)
            ids_at = {path: ids for path in mine if (ids := records.at(path)) is not None}
            if self._service.kind == "radarr" and not records.files:
                ids_at = dict.fromkeys(mine, (one.item,))
            unknown += len(mine) - len(ids_at)
            found.append((one, {path: tuple(i for i in ids if i in records.monitored) for path, ids in ids_at.items()}))
            unmonitored |= {(one.item, i) for ids in ids_at.values() for i in ids if i not in records.monitored}
        return found, len(unmonitored), unknown

    async def _knows_none(self, paths: Sequence[str]) -> Outcome:
        """How it ends for a service that has no series or film at any of the paths. Where no other service has either,
        and the folders are ones a service manages, a path map is missing: that is failed."""
        roots = [os.fsdecode(root) for root in configured_roots(self._act.ctx.settings)]
        title = self._service.title
        if not await self._library.own(paths) and await self._library.meets(roots):
            return Outcome("skipped", f"none of the changed paths lies in a root folder of {title}")
        why = f"{title} {KNOWS_NONE} {counted(len(paths), 'changed path')}"
        finds = await self._act.ctx.db.read(read_steps_of_kind, self._act.batch, ArrFind.KIND)
        others = [one for one in finds if one.position != self._act.position]
        if any(one.outcome == "done" or one.outcome in ("planned", "acting") for one in others):
            return Outcome("skipped", why)
        return Outcome("failed", f"{why}, and no other service does: is {self._service.section}.path_map right?")

    def _word(self, count: int) -> str:
        return "series" if self._service.kind == "sonarr" else "film" if count == 1 else "films"


def steps_to_notify(
    arr: Arr,
    affected: Sequence[Affected],
    searches: Sequence[tuple[Affected, IdsAt]] = (),
    moves: Mapping[str, str] | None = None,
    unmonitored: Mapping[int, int] | None = None,
) -> list[Step]:
    """A rescan for each of ``affected``, then a search for each of ``searches``: the ids at its paths. ``moves`` says
    where links went, ``unmonitored`` how many of what is searched for are not monitored, by item."""
    steps: list[Step] = []
    for one in affected:
        what = f"{arr.title}: {printable(one.title)}"
        moved = tuple((path, moves[path]) for path in one.paths if moves and path in moves)
        steps.append(
            ArrRescan(what=what, service=arr.name, item=one.item, title=one.title, paths=one.paths, moves=moved)
        )
    for one, ids_at in searches:
        ids = tuple(dict.fromkeys(number for numbers in ids_at.values() for number in numbers))
        if ids:
            also = f", {counted(len(ids), 'episode')}" if arr.kind == "sonarr" else ""
            off = (unmonitored or {}).get(one.item, 0)
            risk = (
                f"{'it' if len(ids) == 1 else f'{off:,} of them'} {'are' if off > 1 else 'is'} not monitored"
                if off
                else ""
            )
            steps.append(
                ArrSearch(
                    what=f"{arr.title}: {printable(one.title)}{also}", service=arr.name, item=one.item,
                    title=one.title, ids=ids, paths=tuple(ids_at), risk=risk,
                )
            )  # fmt: skip
    return steps


STEPS = (StepKind(ArrFind, find_affected),)
