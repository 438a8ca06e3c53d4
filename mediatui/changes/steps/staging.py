"""Placing the links of a transfer in staging, and taking them away again. A link leads to a file, never to a folder:
Sonarr and Radarr go through a link to a folder, and move or delete what lies behind it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from mediatui.changes.in_root_dir import (
    Outdated,
    close_open_lines,
    is_seen,
    journaled,
    made_before,
    missing_folders,
    reads,
    run_blocking,
)
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.folders import RemoveEmptyDir, folders_made
from mediatui.changes.steps.own_link import take_own_link
from mediatui.changes.steps.registry import StepKind
from mediatui.changes.steps.symlinks import expect_size, make_link
from mediatui.model.plan import JobLane, Step, StepWords
from mediatui.model.text import printable
from mediatui.model.transfer import FREE, Event, Hold, HoldKind, State
from mediatui.model.transfer_file import TransferFile
from mediatui.store.changes.journal import Line
from mediatui.store.transfers.change import change
from mediatui.store.transfers.files import note_file
from mediatui.store.transfers.rows import read_transfer

PLACE, TAKE = "place link", "take link"
Because = Literal["undone", "again", "gone", "imported"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StagingStep(Step):
    """A step on a link in staging: of the ``file`` (its path in the torrent, its ``size`` in bytes) of a ``transfer``,
    at ``path``, with the text ``target``. ``takes_back`` is the line of the journal that it undoes, 0 for none."""

    LANE: ClassVar[JobLane] = "library"

    transfer: int
    file: str
    path: str
    target: str
    size: int
    takes_back: int = 0

    @property
    def reverses(self) -> int | None:
        return self.takes_back or None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLink(StagingStep):
    """Makes an absolute link to a file in staging; expects nothing at its path, a file of this size at its target, and
    a transfer that is being brought there."""

    KIND: ClassVar[str] = "place_link"
    WORDS: ClassVar[StepWords] = StepWords("place link in staging", "link placed in staging", "links placed in staging")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeLink(StagingStep):
    """Removes a link from staging that still has this text. ``because``: a person takes back that it was placed
    (``undone``) or has it fetched anew (``again``), what it led to is gone (``gone``), or it is in the library
    (``imported``)."""

    KIND: ClassVar[str] = "take_link"
    WORDS: ClassVar[StepWords] = StepWords(
        "take link out of staging", "link taken out of staging", "links taken out of staging"
    )

    because: Because = "undone"


def links_to_take(transfer: int, files: Sequence[TransferFile], because: Because = "gone") -> Sequence[Step]:
    """The steps that take the links of a transfer out of staging, and the folders that hold nothing then."""
    folders = {os.path.dirname(file.link) for file in files if file.link}
    folders |= {os.path.dirname(folder) for folder in folders if not _is_of_transfer(transfer, folder)}
    emptied = [
        RemoveEmptyDir(what=printable(os.fsdecode(folder)), path=os.fsdecode(folder))
        for folder in sorted(folders, key=len, reverse=True)
    ]
    takes = [
        TakeLink(
            what=printable(os.fsdecode(os.path.basename(file.link))), transfer=transfer, file=file.path,
            path=os.fsdecode(file.link), target=os.fsdecode(file.remote), size=file.size, because=because,
        )
        for file in files if file.link
    ]  # fmt: skip
    return [*takes, *emptied]


def _is_of_transfer(transfer: int, folder: bytes) -> bool:
    """Whether a folder is the one of a transfer, and not one in that."""
    return os.path.basename(folder).startswith(b"%d-" % transfer)


async def place_link(act: StepRun, step: PlaceLink) -> Outcome:
    """Makes the link, and the folder of the transfer where that is missing."""
    path, target = os.fsencode(step.path), os.fsencode(step.target)
    try:
        there = await run_blocking(act, lambda: reads(path) if os.path.lexists(path) else None)
        if there is not None:
            is_ours = there == target
            why = "it is there already" if is_ours else "something else is at its path now"
            ended = await close_open_lines(act, PLACE, path, lambda: is_ours, why)
            if is_ours:
                await _note(act, step, "linked", link=path)
                return ended if ended.ended == "done" else Outcome("skipped", why, already=True)
            return ended
        if not step.takes_back and (why := await act.ctx.db.read(_why_not_placed, step.transfer)):
            return await close_open_lines(act, PLACE, path, lambda: False, why)
        await expect_size(act, target, step.size)
        begun = await made_before(act, PLACE)
        missing = await run_blocking(act, lambda: missing_folders(act, path))
    except Outdated as moved:
        return await close_open_lines(act, PLACE, path, lambda: False, str(moved))
    made = [*begun, *(folder for folder in missing if folder not in begun)]
    record = {
        "path": step.path, "target": step.target, "made": [*map(os.fsdecode, made)], "transfer": step.transfer,
        "file": step.file, "size": step.size,
    }  # fmt: skip
    ended = await journaled(act, PLACE, record, lambda: make_link(act, path, target, missing, begun))
    if ended.ended == "done":
        await _note(act, step, "linked", link=path)
    return ended


def _why_not_placed(connection: sqlite3.Connection, number: int) -> str:
    """Why a transfer gets no link now; empty when it does."""
    transfer = read_transfer(connection, number)
    if transfer is None:
        return f"there is no transfer {number}"
    return "" if transfer.state == State.FETCHING else f"transfer {number} is {transfer.state}"


async def _note(act: StepRun, step: StagingStep, state: Literal["", "linked"], *, link: bytes) -> None:
    target = os.fsencode(step.target)
    await act.ctx.db.write(note_file, step.transfer, step.file, state, remote=target, link=link)


async def take_link(act: StepRun, step: TakeLink) -> Outcome:
    """Removes the link; a transfer whose links are taken back by a person is put aside, or it would be staged again."""
    why = await act.ctx.db.read(_why_not_imported, step.transfer) if step.because == "imported" else ""
    record = {
        "path": step.path, "target": step.target, "transfer": step.transfer, "file": step.file, "size": step.size,
    }  # fmt: skip
    return await take_own_link(
        act, TAKE, os.fsencode(step.path), os.fsencode(step.target), record, lambda: _taken(act, step), why_stays=why
    )


def _why_not_imported(connection: sqlite3.Connection, number: int) -> str:
    """Why the links of a transfer stay in staging; empty where all of it is in the library."""
    transfer = read_transfer(connection, number)
    if transfer is None or transfer.state in (State.IMPORTED, State.DONE):
        return ""
    return f"transfer {number} is {transfer.state}"


async def _taken(act: StepRun, step: TakeLink) -> None:
    await _note(act, step, "", link=b"")
    if step.because in ("undone", "again"):
        await act.ctx.db.write(_put_back, step.transfer, step.because, act.ctx.clock())


def _put_back(connection: sqlite3.Connection, number: int, because: Because, now: float) -> None:
    """A staged transfer that lost a link waits for its links again: by itself, or once a person lets it go on."""
    transfer = read_transfer(connection, number)
    if transfer is not None and transfer.state == State.STAGED:
        hold = Hold(HoldKind.PAUSED, since=now) if because == "undone" else FREE
        why = "its links were taken out of staging" + (" again" if because == "undone" else ", to be fetched again")
        change(connection, number, Event.UNDO, "user", State.STAGED, State.READY, hold=hold, why=why, now=now)


async def _is_placed(act: StepRun, step: PlaceLink) -> bool:
    path = os.fsencode(step.path)
    return await is_seen(act, path, lambda: reads(path) == os.fsencode(step.target))


async def _is_taken(act: StepRun, step: TakeLink) -> bool:
    path = os.fsencode(step.path)
    return await is_seen(act, path, lambda: not os.path.lexists(path))


def _undo_place(line: Line, lines: Sequence[Line]) -> Sequence[Step]:
    return [TakeLink(**_fields(line), takes_back=line.seq), *folders_made(line)]


def _undo_take(line: Line, lines: Sequence[Line]) -> Sequence[Step]:
    return [PlaceLink(**_fields(line), takes_back=line.seq)]


def _fields(line: Line) -> dict[str, Any]:
    known = {name: line.before.get(name) for name in ("transfer", "file", "path", "target", "size")}
    return {"what": printable(line.text("path")), **known}


STEPS = (
    StepKind(PlaceLink, place_link, {PLACE: _undo_place}, _is_placed),
    StepKind(TakeLink, take_link, {TAKE: _undo_take}, _is_taken),
)
