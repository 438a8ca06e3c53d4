"""Having Sonarr or Radarr search for what lost its file, and saying what came of it.

A search waits for the rescan before it: only then is something missing. What it found is read from their history
and queue; the number in the message of the command is a hint, and a row that is missing proves nothing.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.arr_blocklist import STAYS, blocked, not_blocked
from mediatui.changes.steps.arr_command import NOTICES, RESCAN, SEARCH, CommandResult, find_earlier, send, wait_for_same
from mediatui.changes.steps.arr_monitor import put_back
from mediatui.changes.steps.bases import ArrStep
from mediatui.changes.steps.registry import StepKind, Undone
from mediatui.changes.steps.stored import read_steps_of_item
from mediatui.changes.steps.with_service import with_service
from mediatui.model.arr import NOTHING_FOUND
from mediatui.model.plan import StepWords
from mediatui.model.text import cut_middle, printable
from mediatui.services.errors import NotFound, ServiceError
from mediatui.store.changes.journal import Line, lines_of_item
from mediatui.system.folder_content import states_of
from mediatui.system.helper_process import TimedOut, ask

if TYPE_CHECKING:
    from mediatui.services.arr.library import ArrLibrary, Records

LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrSearch(ArrStep):
    """Has the service search for releases of those of these episodes (``ids``), or of this film, that are missing by
    then. ``item`` and ``paths`` are as in a rescan."""

    KIND: ClassVar[str] = SEARCH
    WORDS: ClassVar[StepWords] = StepWords("search", "search", "searches")

    item: int
    title: str
    ids: tuple[int, ...]
    paths: tuple[str, ...] = ()
    cannot_undo: str = "Sonarr and Radarr are only notified, what they fetch stays"


async def search(act: StepRun, step: ArrSearch) -> Outcome:
    """Has the service search for those of the episodes (or the film) that are missing now, once the rescan before it is
    done, and says what it found."""
    return await with_service(act, step.service, lambda library: _Search(act, step, library).run())


class _Search:
    def __init__(self, act: StepRun, step: ArrSearch, library: ArrLibrary) -> None:
        self._act, self._step, self._library, self._arr = act, step, library, library.arr

    async def run(self) -> Outcome:
        try:
            records = await self._library.records(self._step.item)
        except NotFound as error:
            return Outcome("skipped", error.message)
        kept = await not_blocked(self._act, self._step.service, self._step.item)
        stays = {number for one in kept for number in one.ids}
        if stays >= {*self._step.ids}:
            return Outcome("skipped", f"what is not on the blocklist is not searched for; {STAYS}")
        if not await self._was_rescanned():
            return Outcome("planned", "it waits for the rescan")
        earlier = await self._find_earlier()
        if earlier is not None:
            outcome = await self._judge(earlier)
            if outcome.ended == "done" or earlier.goes_on:
                return outcome
        bare = [one for one in self._step.ids if one in records.bare and one not in stays]
        if held := await self._still_held(records, {one.path for one in kept}):
            skips = "it skips a root folder that is empty or not there"
            return Outcome("failed", f"{self._arr.title} still holds the file at {held}: {skips}")
        if not bare:
            return Outcome("skipped", f"{self._arr.title} misses nothing of it now")
        await self._monitor_again(bare, records)
        if (theirs := await self._after_their_own(bare)) is not None:
            return theirs
        grabs = await self._arr.grabs(self._step.item)
        record = {"ids": bare, "after": max((grab.id for grab in grabs), default=0)}
        return await self._judge(await send(self._act, self._arr, bare, record))

    async def _after_their_own(self, bare: Sequence[int]) -> Outcome | None:
        """What the service has found by itself for all of these, if it searches for what has failed; None where there
        is more to be searched: while the dead link was there, it took nothing that is as good."""
        marked = [
            one for one in await blocked(self._act, self._step.service, self._step.item) if set(one.ids) & {*bare}
        ]
        if not marked or not await self._arr.searches_after_failed():
            return None
        for ids in dict.fromkeys(one.ids for one in marked):
            theirs = await wait_for_same(self._act, self._arr, ids)
            if theirs is not None and theirs.goes_on:
                return Outcome("planned", f"{self._arr.title} searches still")
        after = max(one.event for one in marked)
        fetched = await self._fetched({"after": after}, bare)
        return self._fetches(fetched, bare) if len(fetched) == len(bare) else None

    async def _still_held(self, records: Records, stay: Collection[str]) -> str:
        """The name of the first path at which the service has a file although nothing is there; empty for none. Links
        that ``stay`` are there."""
        paths = [path for path in self._step.paths if records.at(path) is not None and path not in stay]
        seconds = self._act.ctx.settings.library.mount_timeout_s
        try:
            states = await asyncio.to_thread(ask, states_of, [*map(os.fsencode, paths)], False, seconds=seconds)
        except (TimedOut, OSError):
            return ""
        absent = (path for path, state in zip(paths, states, strict=True) if state == "absent")
        return printable(os.path.basename(next(absent, "")), empty="")

    async def _find_earlier(self) -> CommandResult | None:
        """What became of a search that an earlier run sent: it is recognised by the ids it was sent with."""
        lines = [line for line in await self._act.lines() if line.kind == NOTICES[SEARCH]]
        ids = _numbers(lines[-1].before) if lines else ()
        return await find_earlier(self._act, self._arr, ids) if ids else None

    async def _was_rescanned(self) -> bool:
        """Whether the rescan of the same item in this batch is done; a plan without one has nothing to wait for."""
        rescans = await self._act.ctx.db.read(read_steps_of_item, *self._of_item(RESCAN))
        return all(one.outcome == "done" for one in rescans)

    def _of_item(self, kind: str) -> tuple[int, str, str, int]:
        return self._act.batch, kind, self._step.service, self._step.item

    async def _monitor_again(self, bare: Sequence[int], records: Records) -> None:
        """Puts back the marks that the rescan took: a service may be set to stop monitoring what lost its file, and
        would then not fetch it once a release appears."""
        marked: set[int] = set()
        for line in await self._act.ctx.db.read(lines_of_item, *self._of_item(NOTICES[RESCAN])):
            monitored = line.before.get("monitored")
            marked |= set(monitored) if isinstance(monitored, list) else set()
        if lost := sorted((marked & set(bare)) - records.monitored):
            await put_back(self._act, self._library, self._step.item, lost)

    async def _judge(self, result: CommandResult) -> Outcome:
        """What history and queue say came of the search, whatever the command says of itself."""
        if result.goes_on:
            return Outcome("planned", f"{self._arr.title} searches still")
        title, ids = self._arr.title, _numbers(result.record)
        try:
            fetched = await self._fetched(result.record, ids)
        except ServiceError as error:
            if result.end is None or not result.end.succeeded:
                raise
            return Outcome("done", f"asked; what it found is not known: {error.message}")
        if fetched:
            return self._fetches(fetched, ids)
        if result.lost:
            return Outcome("failed", result.lost)
        assert result.end is not None
        if not result.end.succeeded:
            return Outcome("failed", f"{title} ended the search as {result.end}")
        if result.end.says_it_grabbed:
            said = printable(result.end.message)
            return Outcome("done", f"asked; {title} says: {said} Neither its queue nor its history shows it yet")
        return Outcome("done", NOTHING_FOUND, apart=NOTHING_FOUND)

    def _fetches(self, fetched: Mapping[int, str], ids: Sequence[int]) -> Outcome:
        names = [cut_middle(printable(name), LONGEST_TITLE) for name in dict.fromkeys(fetched.values())]
        some = "" if len(fetched) == len(ids) else f" ({len(fetched):,} of {len(ids):,} found)"
        return Outcome("done", f"{self._arr.title} fetches {', '.join(names)}{some}")

    async def _fetched(self, record: Mapping[str, object], ids: Collection[int]) -> dict[int, str]:
        """What is being fetched for which of these: grabbed since the search was sent, or in the queue."""
        after = record.get("after")
        since = after if isinstance(after, int) else 0
        found = {
            grab.episode_id or grab.movie_id: grab.source_title
            for grab in await self._arr.grabs(self._step.item)
            if grab.id > since
        }
        found |= {row.episode_id or row.movie_id: row.title for row in await self._arr.queue()}
        return {one: name for one, name in found.items() if one in ids}


def _numbers(record: Mapping[str, object]) -> tuple[int, ...]:
    ids = record.get("ids")
    return tuple(one for one in ids if isinstance(one, int)) if isinstance(ids, list) else ()


def stays_asked(notices: Sequence[Line], lines: Sequence[Line]) -> Undone:
    """What an undo says of searches: nothing takes them back."""
    why = "what it was asked to search for, and what it began to fetch of it, stays"
    return (), [(printable(what), why) for what in dict.fromkeys(line.what for line in notices)]


STEPS = (StepKind(ArrSearch, search, notice=NOTICES[SEARCH], after_notice=stays_asked),)
