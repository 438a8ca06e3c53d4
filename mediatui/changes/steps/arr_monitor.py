"""Putting back the marks which Sonarr or Radarr took: they may be set to monitor no longer what lost its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.bases import ArrStep
from mediatui.changes.steps.registry import StepKind
from mediatui.changes.steps.with_service import with_service
from mediatui.model.plan import StepWords
from mediatui.model.text import printable
from mediatui.services.errors import NotFound, ServiceError
from mediatui.store.changes.journal import Line

if TYPE_CHECKING:
    from mediatui.services.arr.library import ArrLibrary

MONITOR = "monitor again"
"""The journal's word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrMonitor(ArrStep):
    """Has the episodes of a series (``ids``), or the film, monitored again that a rescan took the marks of. ``item`` is
    the id of the series or the film."""

    KIND: ClassVar[str] = "arr_monitor"
    WORDS: ClassVar[StepWords] = StepWords("monitor again", "monitored again", "monitored again")

    item: int
    title: str
    ids: tuple[int, ...]


async def monitor_again(act: StepRun, step: ArrMonitor) -> Outcome:
    """Has those of the episodes (or the film) monitored again that are not monitored now, and reads it back."""
    return await with_service(act, step.service, lambda library: put_back(act, library, step.item, step.ids))


async def put_back(act: StepRun, library: ArrLibrary, item: int, ids: Sequence[int]) -> Outcome:
    """The same, with a service at hand. Raises ServiceError while nothing was sent."""
    title = library.arr.title
    try:
        records = await library.records(item)
    except NotFound as error:
        return Outcome("skipped", error.message)
    # One unknown id among them, and Sonarr does nothing.
    off = sorted((set(ids) & records.known) - records.monitored)
    if not off:
        return Outcome("skipped", f"{title} monitors it")
    lost = ""
    try:
        await library.arr.monitor(off)
    except ServiceError as error:
        lost = error.message
    records = await library.records(item)
    if left := set(off) - records.monitored:
        return Outcome("failed", lost or f"{title} does not monitor {len(left):,} of them all the same")
    await act.note(MONITOR, {"ids": off})
    return Outcome("done", f"{title} monitors {records.names(off) or 'it'} again")


def marks_lost(rescans: Sequence[Line]) -> Iterator[ArrMonitor]:
    """The steps that put back the marks which rescans took, of which these are the lines in the journal."""
    for line in rescans:
        ids, service, item = (line.before.get(name) for name in ("monitored", "service", "item"))
        if not line.before.get("unmonitors") or not isinstance(ids, list):
            continue
        if ids and isinstance(service, str) and isinstance(item, int):
            what = f"{printable(line.what)}: monitored again"
            title = str(line.before.get("title"))
            yield ArrMonitor(what=what, service=service, item=item, title=title, ids=tuple(ids))


STEPS = (StepKind(ArrMonitor, monitor_again),)
