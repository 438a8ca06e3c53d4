"""Bringing links in staging into the library through Sonarr or Radarr, by an import of theirs that names every file.

They say that it went well also when nothing was imported, and remove what a file replaces before they place it. So
everything is looked at right before (their root folder, what the links lead to, the place), the texts of old links are
in the journal, and afterwards only a record and what lies there prove anything.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mediatui.changes.arr_copy import copy_item
from mediatui.changes.arr_proof import prove_files, read_records
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.arr_import_run import ImportRun
from mediatui.changes.steps.arr_monitor import ArrMonitor
from mediatui.changes.steps.arr_rescan import ArrRescan
from mediatui.changes.steps.import_command import NOTICE
from mediatui.changes.steps.import_records import ArrImport, EndArrImport
from mediatui.changes.steps.imported_links import note_late
from mediatui.changes.steps.importing import PLACE, why_not_ours
from mediatui.changes.steps.registry import StepKind, Undone
from mediatui.changes.steps.stored import read_steps
from mediatui.changes.steps.subtitles_beside import place_subtitles
from mediatui.changes.steps.with_service import with_service
from mediatui.model.arr import named_title
from mediatui.model.arr_import import beside_from_text
from mediatui.model.human import counted
from mediatui.model.plan import Step
from mediatui.model.stuck import sentence_of
from mediatui.model.text import printable
from mediatui.model.transfer import Event, Hold, HoldKind, State, Transfer
from mediatui.model.transfer_errors import hold_for
from mediatui.services.errors import ServiceError
from mediatui.store.changes.journal import NOTIFIED, Line, read_lines
from mediatui.store.transfers.change import MovedOn, change
from mediatui.store.transfers.rows import find_transfer

if TYPE_CHECKING:
    from mediatui.services.arr.library import ArrLibrary


async def arr_import(act: StepRun, step: ArrImport) -> Outcome:
    """Sends the import, or looks what became of the one that was sent; says what was imported."""
    transfer = await act.ctx.db.read(find_transfer, step.transfer)
    if transfer.state in (State.IMPORTED, State.DONE):
        return Outcome("done")
    if why := await act.ctx.db.read(why_not_ours, step.transfer, act.batch):
        return Outcome("skipped", why)
    return await with_service(act, step.service, lambda library: ImportRun(act, step, library, transfer).run())


async def end_arr_import(act: StepRun, step: EndArrImport) -> Outcome:
    """The last look: by the records, and by what lies there."""
    transfer = await act.ctx.db.read(find_transfer, step.transfer)
    if transfer.state in (State.IMPORTED, State.DONE):
        return Outcome("done")
    if why := await act.ctx.db.read(why_not_ours, step.transfer, act.batch):
        return Outcome("skipped", why)
    steps = await act.ctx.db.read(read_steps, act.batch, ("planned", "acting"))
    if any(isinstance(one.step, ArrImport) and one.step.transfer == step.transfer for one in steps):
        return Outcome("planned", "its import has not ended")
    return await with_service(act, step.service, lambda library: _end(act, step, library, transfer))


async def _end(act: StepRun, step: EndArrImport, library: ArrLibrary, transfer: Transfer) -> Outcome:
    now = act.ctx.clock()
    try:
        records = await read_records(library, step.item)
        proven = await prove_files(act, library, records, step.sent, step.known)
    except ServiceError as error:
        return Outcome("planned", error.message)
    await note_late(act, step, proven)
    there = {one.sent.file for one in proven}
    lacking = [one for one in step.sent if one.file not in there]
    try:
        left = step.left
        if not lacking:
            beside = beside_from_text(step.beside)
            is_fresh = any(one.entry for one in step.sent)
            left = (*left, *await place_subtitles(act, step, beside, proven, is_fresh=is_fresh))
        if not lacking and step.then:
            asked = Hold(HoldKind.CHOICE, step.then, step.detail, since=now)
            why = "all but what is asked about is in the library"
            await act.ctx.db.write(
                change, transfer.id, Event.NOT_IMPORTED, "job", State.IMPORTING, State.STAGED, hold=asked, why=why,
                now=now,
            )  # fmt: skip
            return Outcome("failed", sentence_of(step.then, step.detail, now))
        if not lacking and await _has_more(act, step):
            return Outcome("done")
        if not lacking:
            links = [printable(one.path) for one in proven]
            title = library.arr.title
            why = f"{counted(len(links), 'file')} imported by {title}" + (f"; {len(left):,} left" if left else "")
            facts = {"links": links, "left": [printable(one) for one in left], "service": step.service}
            await act.ctx.db.write(
                change, transfer.id, Event.IMPORTED, "job", State.IMPORTING, State.IMPORTED, why=why, facts=facts,
                now=now,
            )  # fmt: skip
            await _copy(act, library, step.item)
            return Outcome("done")
        name = printable(lacking[0].file.rpartition("/")[2])
        before = Hold(HoldKind.WAITING, "not-proven", tries=step.looks, since=now) if step.looks else Hold()
        known = {"service": library.arr.title, "unproven": name}
        hold = hold_for("not-proven", before, now, detail=known)
        await act.ctx.db.write(
            change, transfer.id, Event.NOT_IMPORTED, "job", State.IMPORTING, State.STAGED, hold=hold,
            why=f"{name} is not in its records", facts={"sent": step.files}, now=now,
        )  # fmt: skip
    except MovedOn as error:
        return Outcome("skipped", error.message)
    return Outcome("failed", f"{library.arr.title} has no record of {name}")


async def _copy(act: StepRun, library: ArrLibrary, item: int) -> None:
    """Brings the copy of what the service has up to date, so that badges are right."""
    with contextlib.suppress(ServiceError):
        present = await library.item(item)
        episodes = await library.arr.episodes(item) if library.arr.kind == "sonarr" else ()
        await act.ctx.db.write(copy_item, library.arr.name, present, episodes)


def sent_imports(connection: sqlite3.Connection, batch: int) -> list[ArrImport]:
    """The imports of a batch that a service may have taken and whose end is not known."""
    due = read_steps(connection, batch, ("planned", "acting"))
    waiting = [one for one in due if isinstance(one.step, ArrImport)]
    lines = read_lines(connection, batch) if waiting else []
    taken = {line.position for line in lines if line.kind == NOTICE and line.outcome in (None, NOTIFIED)}
    return [one.step for one in waiting if isinstance(one.step, ArrImport) and one.position in taken]


async def _has_more(act: StepRun, step: EndArrImport) -> bool:
    """Whether another series or film of the transfer is still to be looked at."""
    steps = await act.ctx.db.read(read_steps, act.batch, ("planned",))
    return any(isinstance(one.step, EndArrImport) and one.step.transfer == step.transfer for one in steps)


def _after_notice(notices: Sequence[Line], lines: Sequence[Line]) -> Undone:
    """Has each series or film rescanned once its links are as they were, and monitored again what was before: the
    rescan takes the mark away of what has no file then."""
    steps: list[Step] = []
    items = {(line.text("service"), line.before.get("item")): line for line in notices if line.outcome == NOTIFIED}
    for (service, item), line in items.items():
        own = [one for one in notices if (one.text("service"), one.before.get("item")) == (service, item)]
        paths = [
            one.text("path") for one in lines
            if one.kind == PLACE and (one.text("service"), one.before.get("item")) == (service, item)
        ]  # fmt: skip
        if not paths or not isinstance(item, int):
            continue
        paths += [path for one in own for path in _replaced_paths(one)]
        title = line.text("title")
        rescan = ArrRescan(
            what=f"{named_title(service)}: {printable(title)}", service=service, item=item, title=title,
            paths=tuple(dict.fromkeys(paths)),
        )  # fmt: skip
        steps.append(rescan)
        ids = sorted({one for each in own if each.before.get("unmonitors") for one in _numbers(each, "monitored")})
        if ids:
            what = f"{named_title(service)}: {printable(title)}: monitored again"
            steps.append(ArrMonitor(what=what, service=service, item=item, title=title, ids=tuple(ids)))
    return steps, []


def _replaced_paths(line: Line) -> list[str]:
    """The paths of what an import replaced."""
    found = line.before.get("replaced")
    rows = found if isinstance(found, list) else []
    return [str(one.get("path")) for one in rows if isinstance(one, dict)]


def _numbers(line: Line, name: str) -> list[int]:
    found = line.before.get(name)
    return [one for one in found if isinstance(one, int)] if isinstance(found, list) else []


STEPS = (
    StepKind(ArrImport, arr_import, notice=NOTICE, after_notice=_after_notice),
    StepKind(EndArrImport, end_arr_import),
)
