"""Adding a series to Sonarr, or a film to Radarr, and taking that back while it has no file.

What is there already is left as it is. An addition is answered before the episodes exist: the step ends when the
refresh it begins has. Nothing is searched, and what is monitored is said to the last season: Sonarr monitors one that
is left out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from mediatui.changes.arr_copy import copy_item, forget_item
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.bases import ArrStep
from mediatui.changes.steps.registry import UNENDED, StepKind
from mediatui.changes.steps.stored import read_steps
from mediatui.changes.steps.with_service import with_service
from mediatui.model.human import counted
from mediatui.model.plan import StepWords, StoredStep
from mediatui.model.text import join_words, printable
from mediatui.services.arr.bodies import Body, Monitoring, film_body, series_body
from mediatui.services.arr.records import Series
from mediatui.services.errors import NotFound, ServiceError, Uncertain
from mediatui.store.changes.journal import Line
from mediatui.store.transfers.targets import targets_under_way

if TYPE_CHECKING:
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.library import ArrLibrary
    from mediatui.services.arr.records import Movie

ADD: Final = "add to service"
REMOVE: Final = "remove from service"
"""The journal's words."""
MOST_S: Final = 600.0
POLL_S: Final = 1.0
BEGINS_S: Final = 5.0
"""How long after an addition its refresh may begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddStep(ArrStep):
    """Adds something with this ``profile`` and these ``tags`` (ids), in the root folder ``root`` (their path)."""

    NOTIFIES_ONLY: ClassVar[bool] = False

    title: str
    year: int
    profile: int
    root: str
    tags: tuple[int, ...] = ()

    @property
    def catalog_id(self) -> int:
        """What identifies it: the id of a series at TVDB, of a film at TMDB."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSeries(AddStep):
    """Adds a series to Sonarr; ``seasons`` are those it is wanted for."""

    KIND: ClassVar[str] = "add_series"
    WORDS: ClassVar[StepWords] = StepWords("add series", "series added", "series added")

    tvdb_id: int
    series_type: str = "standard"
    season_folder: bool = True
    monitor: Monitoring = "this"
    seasons: tuple[int, ...] = ()

    @property
    def catalog_id(self) -> int:
        return self.tvdb_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFilm(AddStep):
    """Adds a film to Radarr."""

    KIND: ClassVar[str] = "add_film"
    WORDS: ClassVar[StepWords] = StepWords("add film", "film added", "films added")

    tmdb_id: int
    monitored: bool = True
    minimum_availability: str = "released"

    @property
    def catalog_id(self) -> int:
        return self.tmdb_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAdded(ArrStep):
    """Removes a series or film (``item``) that was added, if it still has no file; what lies in its folder stays."""

    KIND: ClassVar[str] = "remove_added"
    WORDS: ClassVar[StepWords] = StepWords("remove from service", "removed from its service", "removed from services")
    NOTIFIES_ONLY: ClassVar[bool] = False

    item: int
    title: str
    takes_back: int = 0

    @property
    def reverses(self) -> int | None:
        return self.takes_back or None


async def add(act: StepRun, step: AddSeries | AddFilm) -> Outcome:
    """Adds a series or film, and waits until its service knows all of it."""
    return await with_service(act, step.service, lambda library: _Adding(act, step, library).run())


class _Adding:
    def __init__(self, act: StepRun, step: AddSeries | AddFilm, library: ArrLibrary) -> None:
        self._act, self._step, self._arr = act, step, library.arr

    async def run(self) -> Outcome:
        begun = [line for line in await self._act.lines() if line.kind == ADD and line.outcome in (None, "done")]
        there = await self._arr.item_of(self._step.catalog_id)
        if begun:
            seq = begun[-1].seq
            if there is not None:
                return await self._finish(seq, there.id)
            await self._act.after(seq, "nothing", reason="it is not there")
        elif there is not None:
            await self._copy(there)
            return Outcome("skipped", f"{self._arr.title} has it already", already=True)
        return await self._add(await self._body())

    async def _body(self) -> Body:
        step = self._step
        if isinstance(step, AddFilm):
            return film_body(
                tmdb_id=step.tmdb_id, title=step.title, year=step.year, profile=step.profile, root=step.root,
                minimum=step.minimum_availability, tags=step.tags, monitored=step.monitored,
            )  # fmt: skip
        found = [one for one in await self._arr.lookup(f"tvdb:{step.tvdb_id}") if one.tvdb_id == step.tvdb_id]
        if not found:
            raise NotFound(f"{self._arr.title} finds no series {step.tvdb_id} of TVDB.", status=None)
        seasons = [season.season_number for season in found[0].seasons]
        if not seasons and step.monitor != "future":
            raise NotFound(
                f"{self._arr.title} tells no seasons of {printable(step.title)}, so all of it would be monitored.",
                status=None,
            )
        return series_body(
            tvdb_id=step.tvdb_id, title=found[0].title or step.title, profile=step.profile, root=step.root,
            series_type=step.series_type, season_folder=step.season_folder, tags=step.tags, seasons=seasons,
            wanted=step.seasons, monitor=step.monitor,
        )  # fmt: skip

    async def _add(self, body: Body) -> Outcome:
        if why := await self._why_not():
            return Outcome("failed", why)
        step = self._step
        record = {"service": step.service, "catalog_id": step.catalog_id, "title": step.title, "root": step.root}
        seq = await self._act.before(ADD, step.what, record)
        try:
            item = await self._arr.add(body)
        except Uncertain as error:
            there = await self._arr.item_of(step.catalog_id)
            if there is None:
                await self._act.after(seq, "failed", reason=error.message)
                return Outcome("failed", error.sentence)
            item = there.id
        except ServiceError as error:
            await self._act.after(seq, "failed", reason=error.message)
            return Outcome("failed", error.sentence)
        return await self._finish(seq, item)

    async def _why_not(self) -> str:
        """Why it cannot be added as planned any more. Unknown tags would be taken without a word."""
        step, arr = self._step, self._arr
        if step.profile not in {one.id for one in await arr.profiles()}:
            return f"{arr.title} has no quality profile {step.profile} any more"
        roots = {one.path.rstrip("/\\"): one for one in await arr.root_folders()}
        root = roots.get(step.root.rstrip("/\\"))
        if root is None:
            return f"{arr.title} has no root folder {printable(step.root)} any more"
        if not root.accessible:
            return f"{arr.title} cannot reach its root folder {printable(step.root)}"
        if step.tags and (unknown := set(step.tags) - {one.id for one in await arr.tags()}):
            return f"{arr.title} has no tag {min(unknown)} any more"
        return ""

    async def _finish(self, seq: int, item: int) -> Outcome:
        """Waits for the refresh, and notes the series or film as it is then."""
        await self._act.after(seq, "done", item=item)
        self._act.report_status(f"{self._arr.title} reads what there is of it")
        ended = await self._refreshed(item)
        there = await self._arr.item_of(self._step.catalog_id)
        if there is None:
            return Outcome("failed", f"{self._arr.title} has it no more")
        episodes = await self._copy(there)
        if not ended:
            return Outcome("failed", f"added; {self._arr.title} still reads what there is of it")
        return Outcome("done", self._said(there, episodes))

    async def _refreshed(self, item: int) -> bool:
        """Waits until the refresh that an addition begins has ended. One that is not among the commands for some
        seconds has: they are kept for five minutes."""
        waited, scale = 0.0, self._act.scale
        refreshes: list[int] = []
        while not refreshes and waited < BEGINS_S:
            refreshes = [
                one.id
                for one in await self._arr.commands()
                if one.name == self._arr.command_name("refresh") and item in (*one.body.series_ids, *one.body.movie_ids)
            ]
            if not refreshes:
                await self._act.pause(POLL_S)
                waited += POLL_S
        if not refreshes:
            return True
        try:
            end = await self._arr.wait_for(max(refreshes), most_s=MOST_S * scale, poll_s=POLL_S * scale)
        except NotFound:
            return True
        return end.ended

    async def _copy(self, there: Series | Movie) -> int:
        """Takes it over into the copy of what the service knows; returns how many episodes it has."""
        episodes = await self._arr.episodes(there.id) if isinstance(there, Series) else ()
        await self._act.ctx.db.write(copy_item, self._step.service, there, episodes)
        return len(episodes)

    def _said(self, there: Series | Movie, episodes: int) -> str:
        if not isinstance(there, Series):
            return f"added to {self._arr.title}{'' if there.monitored else ', not monitored'}"
        on = [f"S{season.season_number:02}" for season in there.seasons if season.monitored]
        watched = f"{join_words(on)} monitored" if on and there.monitored else "nothing monitored"
        return f"added to {self._arr.title}: {counted(episodes, 'episode')}, {watched}"


async def remove_added(act: StepRun, step: RemoveAdded) -> Outcome:
    """Removes what was added, unless it has got a file since; no file is touched."""
    return await with_service(act, step.service, lambda library: _remove(act, step, library.arr))


async def _remove(act: StepRun, step: RemoveAdded, arr: Arr) -> Outcome:
    try:
        there = await (arr.one_series(step.item) if arr.kind == "sonarr" else arr.movie(step.item))
    except NotFound:
        await act.ctx.db.write(forget_item, step.service, step.item)
        return Outcome("skipped", f"{arr.title} has it no more", already=True)
    if there.has_file:
        return Outcome("failed", f"{arr.title} has a file of it by now: it stays")
    catalog_id = there.tvdb_id if isinstance(there, Series) else there.tmdb_id
    if number := await act.ctx.db.read(_on_its_way, step.service, step.item, catalog_id):
        return Outcome("failed", f"transfer {number} is under way for it: it stays")
    record = {"service": step.service, "item": step.item, "title": step.title}
    seq = await act.before(REMOVE, step.what, record)
    lost = ""
    try:
        await arr.remove_item(step.item)
    except ServiceError as error:
        lost = error.sentence
    try:
        await (arr.one_series(step.item) if arr.kind == "sonarr" else arr.movie(step.item))
    except NotFound:
        await act.after(seq, "done")
        await act.ctx.db.write(forget_item, step.service, step.item)
        return Outcome("done", f"removed from {arr.title}; its folder is as it was")
    await act.after(seq, "failed", reason=lost)
    return Outcome("failed", lost or f"{arr.title} still has it")


def _on_its_way(connection: sqlite3.Connection, service: str, item: int, catalog_id: int) -> int:
    """A transfer under way that is for a series or film of a service; 0 for none."""
    for number, _, _, mapped in targets_under_way(connection):
        target = mapped.target
        own = target.tvdb_id if target.kind == "series" else target.tmdb_id
        if target.service in ("", service) and (target.service_id == item or own == catalog_id):
            return number
    return 0


def _opposite(line: Line, lines: Sequence[Line]) -> Sequence[RemoveAdded] | str:
    service, item = line.before.get("service"), line.after.get("item")
    if line.outcome is None:
        return UNENDED
    if not isinstance(service, str) or not isinstance(item, int):
        return ""
    title = str(line.before.get("title", ""))
    return [RemoveAdded(what=line.what, service=service, item=item, title=title, takes_back=line.seq)]


def why_not_added(steps: Sequence[StoredStep], needed: str) -> str:
    """Why what a step needs was not added by its batch, of which these are the steps; empty where it was, or was not to
    be. ``needed`` is what ``need_of`` says of the addition."""
    for one in steps:
        if isinstance(one.step, AddStep) and need_of(one.step) == needed and one.outcome not in ("done", "skipped"):
            return f"{one.step.what} was not added, so nothing is sent for it"
    return ""


def need_of(step: AddStep) -> str:
    """What a step that needs an addition calls it."""
    return f"{step.service}:{step.catalog_id}"


async def why_need_is_missing(act: StepRun, needed: str) -> str:
    """``why_not_added`` for the batch of a step; empty where it needs nothing."""
    return why_not_added(await act.ctx.db.read(read_steps, act.batch), needed) if needed else ""


STEPS = (
    StepKind(AddSeries, add, opposites={ADD: _opposite}),
    StepKind(AddFilm, add),
    StepKind(RemoveAdded, remove_added),
)
