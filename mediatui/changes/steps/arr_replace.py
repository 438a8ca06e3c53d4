"""Having Sonarr or Radarr replace what a dead link leads to: the release that died is marked as failed, they search
another, and only when that is in their queue our door removes the link.

A release is blocklisted only if the blocklist says so: else a search would bring the same again. What they fetch is in
their queue, with its hash; no answer and no message proves it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.arr_blocklist import STAYS, latest_grab, why_not_blocked
from mediatui.changes.steps.arr_command import NOTICES, REPLACE, RESCAN, CommandResult, find_earlier, follow_same, send
from mediatui.changes.steps.arr_rescan import ArrRescan
from mediatui.changes.steps.arr_search import stays_asked
from mediatui.changes.steps.bases import ArrStep
from mediatui.changes.steps.registry import StepKind
from mediatui.changes.steps.stored import read_steps_of_item, read_steps_of_kind
from mediatui.changes.steps.symlinks import UnlinkSymlink, unlink_symlink
from mediatui.changes.steps.with_service import with_service
from mediatui.model.arr import NOTHING_FOUND
from mediatui.model.plan import StepWords
from mediatui.model.text import cut_middle, printable
from mediatui.services.errors import NotFound
from mediatui.store.changes.journal import append_steps

if TYPE_CHECKING:
    from mediatui.services.arr.activity import QueueItem
    from mediatui.services.arr.library import ArrLibrary

LONGEST_TITLE: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrReplace(ArrStep):
    """Marks the release that these episodes (``ids``), or this film, are from as failed, looks whether it is on the
    blocklist, and has another searched. ``item`` is the series or the film, ``path`` the dead link."""

    KIND: ClassVar[str] = REPLACE
    WORDS: ClassVar[StepWords] = StepWords("search another", "search for another release", "searches for others")

    item: int
    title: str
    ids: tuple[int, ...]
    path: str
    reason: str = ""
    cannot_undo: str = "Sonarr and Radarr are only notified, what they fetch and their blocklist stay"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkWhenFetched(UnlinkSymlink):
    """Removes a dead link once the service has a download for it in its queue; a rescan of its own follows. Without
    such a download the link stays."""

    KIND: ClassVar[str] = "unlink_when_fetched"
    WORDS: ClassVar[StepWords] = StepWords("remove once fetched", "link removed", "links removed")
    APPENDS: ClassVar[bool] = True

    service: str
    item: int
    title: str
    ids: tuple[int, ...]

    @property
    def library_paths(self) -> tuple[str, ...]:
        return ()  # the service is told by the rescan that this step appends


async def replace_through(act: StepRun, step: ArrReplace) -> Outcome:
    """What comes of a search for another release in place of a dead one."""
    return await with_service(act, step.service, lambda library: _Replacing(act, step, library).run())


class _Replacing:
    def __init__(self, act: StepRun, step: ArrReplace, library: ArrLibrary) -> None:
        self._act, self._step, self._library, self._arr = act, step, library, library.arr

    async def run(self) -> Outcome:
        if row := await _fetched(self._library, self._step.ids):
            return self._fetches(row)
        try:
            earlier = await find_earlier(self._act, self._arr, self._step.ids)
            if earlier is not None and earlier.goes_on:
                return Outcome("planned", f"{self._arr.title} searches still")
            grabs = await self._arr.grabs(self._step.item)
        except NotFound as error:
            return Outcome("skipped", error.message)
        grab = latest_grab(grabs, self._step.ids)
        searches = grab is not None and await self._arr.searches_after_failed()
        if grab is not None and (why := await why_not_blocked(self._act, self._arr, grab, self._step.ids)):
            return Outcome("failed", why)
        record = {"ids": list(self._step.ids), "after": max((one.id for one in grabs), default=0)}
        result = await (follow_same if searches else send)(self._act, self._arr, self._step.ids, record)
        return await self._judge(result, without=grab is None)

    async def _judge(self, result: CommandResult, *, without: bool) -> Outcome:
        if result.goes_on:
            return Outcome("planned", f"{self._arr.title} searches still")
        if row := await _fetched(self._library, self._step.ids):
            return self._fetches(row)
        if result.lost:
            return Outcome("failed", f"{result.lost} {STAYS[0].upper()}{STAYS[1:]}")
        if result.end is not None and not result.end.succeeded:
            return Outcome("failed", f"{self._arr.title} ended the search as {result.end}; {STAYS}")
        more = ": it grabbed nothing of it before, so nothing was to be blocklisted" if without else ""
        return Outcome("done", f"{NOTHING_FOUND}; {STAYS}{more}", apart=NOTHING_FOUND)

    def _fetches(self, row: QueueItem) -> Outcome:
        return Outcome("done", f"{self._arr.title} fetches {cut_middle(printable(row.title), LONGEST_TITLE)}")


async def _fetched(library: ArrLibrary, ids: Collection[int]) -> QueueItem | None:
    """A download of one of these episodes, or this film, that is in the queue with its hash; None for none: what is
    only held, or said to be grabbed, has not been sent."""
    rows = [row for row in await library.arr.queue() if (row.episode_id or row.movie_id) in ids]
    return next((row for row in rows if row.download_id), None)


async def unlink_when_fetched(act: StepRun, step: UnlinkWhenFetched) -> Outcome:
    """Looks at the queue again, right before it removes the link. Raises GuardTripped as a removal does."""

    async def look(library: ArrLibrary) -> Outcome:
        if await _fetched(library, step.ids) is None:
            return Outcome("skipped", f"nothing for it is in the queue of {library.arr.title}; {STAYS}")
        return Outcome("done")

    begun = any(line.outcome is None for line in await act.lines())
    if not begun and (found := await with_service(act, step.service, look)).ended != "done":
        return found
    ended = await unlink_symlink(act, step)
    if ended.ended == "done":
        await _rescan_once(act, step)
    return ended


async def _rescan_once(act: StepRun, step: UnlinkWhenFetched) -> None:
    """Appends the rescan of the item, once for all links of it that the batch removes."""
    if await act.ctx.db.read(read_steps_of_item, act.batch, RESCAN, step.service, step.item):
        return
    mine = [one.step for one in await act.ctx.db.read(read_steps_of_kind, act.batch, UnlinkWhenFetched.KIND)]
    paths = tuple(
        one.path for one in mine
        if isinstance(one, UnlinkWhenFetched) and (one.service, one.item) == (step.service, step.item)
    )  # fmt: skip
    rescan = ArrRescan(
        what=f"{printable(step.title)}: what is fetched instead", service=step.service, item=step.item,
        title=step.title, paths=paths,
    )  # fmt: skip
    async with act.ctx.db.transaction() as connection:
        await append_steps(connection, act.batch, [rescan])


STEPS = (
    StepKind(ArrReplace, replace_through, notice=NOTICES[REPLACE], after_notice=stays_asked),
    StepKind(UnlinkWhenFetched, unlink_when_fetched),
)
