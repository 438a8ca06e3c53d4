"""Having Sonarr read anew what episodes a series has, because it does not know one that is to be imported.

It looks at the disk after that, so what has to be so before a rescan has to be so before it (``arr_rescan``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from mediatui.changes.arr_roots import look_at_root
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.arr_command import NOTICES, REFRESH, find_earlier, send
from mediatui.changes.steps.arr_rescan import why_no_rescan
from mediatui.changes.steps.bases import ArrStep
from mediatui.changes.steps.registry import StepKind, Undone
from mediatui.changes.steps.with_service import with_service
from mediatui.model.plan import StepWords
from mediatui.services.errors import NotFound
from mediatui.store.changes.journal import Line
from mediatui.store.changes.plan_steps import ended_since

if TYPE_CHECKING:
    from mediatui.services.arr.library import ArrLibrary

ONCE_IN_S: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrRefresh(ArrStep):
    """Has the service read anew what it knows of one series (``item``), for what a transfer holds."""

    KIND: ClassVar[str] = REFRESH
    WORDS: ClassVar[StepWords] = StepWords("refresh", "series refreshed", "series refreshed")

    item: int
    title: str
    transfer: int
    risk: str = ""
    cannot_undo: str = "Sonarr and Radarr are only notified"


def was_refreshed(connection: sqlite3.Connection, service: str, item: int, now: float) -> bool:
    """Whether a series was read anew within a day, or could not be: nothing is asked for that again then."""
    return ended_since(connection, REFRESH, service, item, now - ONCE_IN_S)


async def refresh(act: StepRun, step: ArrRefresh) -> Outcome:
    """Has the series read anew, unless the rescan that follows would do harm."""
    return await with_service(act, step.service, lambda library: _refresh(act, step, library))


async def _refresh(act: StepRun, step: ArrRefresh, library: ArrLibrary) -> Outcome:
    arr = library.arr
    try:
        ended = await find_earlier(act, arr, [step.item])
        if ended is None:
            trouble = await look_at_root(act.ctx, library, await library.item(step.item))
            if why := trouble.why or await why_no_rescan(act, library, step.item):
                return Outcome("skipped", f"{arr.title} was not asked to refresh it: {why}")
            ended = await send(act, arr, [step.item], {"service": step.service, "item": step.item})
    except NotFound as error:
        return Outcome("skipped", error.message)
    if ended.goes_on:
        return Outcome("planned", f"{arr.title} works on it still")
    if ended.lost:
        return Outcome("failed", ended.lost)
    ok = ended.end is not None and ended.end.succeeded
    return Outcome("done", "" if ok else f"{arr.title} ended the refresh as {ended.end}")


def _stays(notices: Sequence[Line], lines: Sequence[Line]) -> Undone:
    """What an undo says of it: what the service knows it knows."""
    return (), ()


STEPS = (StepKind(ArrRefresh, refresh, notice=NOTICES[REFRESH], after_notice=_stays),)
