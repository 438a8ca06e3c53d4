"""Bringing what is in staging into the library: a transfer is being imported, its links are placed, each is looked at,
and what was in staging goes. A link leads to a file, never to a folder."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from mediatui.changes.in_root_dir import (
    Outdated,
    close_open_lines,
    in_root_dir,
    is_seen,
    journaled,
    made_before,
    missing_folders,
    reads,
    run_blocking,
)
from mediatui.changes.mount_guard import check_mounts
from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.aside import RELINK, UNLINK, aside_of, replace
from mediatui.changes.steps.bases import LibraryStep
from mediatui.changes.steps.folders import folders_made
from mediatui.changes.steps.own_link import take_own_link
from mediatui.changes.steps.registry import StepKind
from mediatui.changes.steps.store_file import StoreFile
from mediatui.changes.steps.stored import read_steps
from mediatui.changes.steps.symlinks import expect_size, make_link
from mediatui.model.human import counted
from mediatui.model.plan import JobLane, Step, StepWords
from mediatui.model.text import printable
from mediatui.model.transfer import Event, Hold, HoldKind, State, Who
from mediatui.model.tree_diff import Change
from mediatui.runtime.events import Changed
from mediatui.settings.places import configured_roots
from mediatui.store.changes.journal import Line, close_line, open_line
from mediatui.store.library.imported import ImportedLink, forget_imported, note_imported
from mediatui.store.library.links import media_files_of, read_link_row
from mediatui.store.transfers.change import MovedOn, NotAllowed, change
from mediatui.store.transfers.rows import batches_of_imports, read_transfer
from mediatui.store.writer import run

BEGIN, PLACE = "begin import", "place link in library"
TAKEN_BACK: Final = "its links were taken out of the library again"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportStep(Step):
    """A step on the state of a ``transfer`` that is imported."""

    LANE: ClassVar[JobLane] = "library"

    transfer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginImport(ImportStep):
    """Says that a staged transfer is being imported: from here on nothing else works on it. ``by`` is ``user`` where a
    person asked for it, else ``job``."""

    KIND: ClassVar[str] = "begin_import"
    WORDS: ClassVar[StepWords] = StepWords("import", "transfer imported", "transfers imported")

    by: str = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceInLibrary(LibraryStep):
    """Makes an absolute link to a file of a transfer that is being imported, or of none (0), which was found in a
    folder or stored by an earlier step of its batch; and the folders it lies in. Expects nothing at its path, or the
    link with the text ``before``, and a file of this size (bytes) at its target. ``release`` is the name of the release
    that a link is pointed anew to, for the records of Sonarr and Radarr. The rest is what it is of, for the media
    table."""

    KIND: ClassVar[str] = "place_in_library"
    WORDS: ClassVar[StepWords] = StepWords("place link", "link placed", "links placed")
    MAKES: ClassVar[bool] = True

    transfer: int
    file: str
    target: str
    size: int
    before: str = ""
    title: str = ""
    year: int | None = None
    season: int | None = None
    episodes: tuple[int, ...] = ()
    tmdb_id: int = 0
    tvdb_id: int = 0
    genres: tuple[str, ...] = ()
    release: str = ""

    @property
    def library_paths(self) -> tuple[str, ...]:
        return (self.path,)

    @property
    def tree_change(self) -> Change:
        if self.before:
            return Change("relink", self.path, self.target, self.before)
        return Change("add", after=self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeFromLibrary(LibraryStep):
    """Removes a link that an import made, if it still has this text; what it leads to stays."""

    KIND: ClassVar[str] = "take_from_library"
    WORDS: ClassVar[StepWords] = StepWords("take link back", "link taken back", "links taken back")

    target: str

    @property
    def library_paths(self) -> tuple[str, ...]:
        return (self.path,)

    @property
    def tree_change(self) -> Change:
        return Change("remove", self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndImport(ImportStep):
    """Looks at every link that was to be placed (path, text and size in bytes of each): the transfer is imported when
    all of them are there and lead to their files, else it is in staging again and asks. ``left`` is what was not
    imported, for its history."""

    KIND: ClassVar[str] = "end_import"
    WORDS: ClassVar[StepWords] = StepWords("look at links", "transfer looked at", "transfers looked at")

    links: tuple[tuple[str, str, int], ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseImport(ImportStep):
    """Ends a transfer that is imported and has nothing left in staging."""

    KIND: ClassVar[str] = "close_import"
    WORDS: ClassVar[StepWords] = StepWords("end transfer", "transfer ended", "transfers ended")


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeImportBack(ImportStep):
    """Puts a transfer whose import is undone back in staging, paused: it would be imported again."""

    KIND: ClassVar[str] = "take_import_back"
    WORDS: ClassVar[StepWords] = StepWords("put back in staging", "transfer put back", "transfers put back")

    takes_back: int = 0

    @property
    def reverses(self) -> int | None:
        return self.takes_back or None


# The state of the transfer


async def begin_import(act: StepRun, step: BeginImport) -> Outcome:
    """The new state and the line of the journal are one transaction: a killed run did both or neither."""
    if any(line.kind == BEGIN and line.outcome == "done" for line in await act.lines()):
        return Outcome("done")
    who: Who = "user" if step.by == "user" else "job"
    now = act.ctx.clock()
    try:
        async with act.ctx.db.transaction() as connection:
            seq = await open_line(connection, act.batch, act.position, BEGIN, step.what, {"transfer": step.transfer},
                                  now)  # fmt: skip
            await run(connection, _import, step.transfer, who, act.batch, now)
            await close_line(connection, act.batch, seq, "done", {})
    except (MovedOn, NotAllowed) as error:
        return Outcome("skipped", error.message)
    return Outcome("done")


def _import(connection: sqlite3.Connection, number: int, who: Who, batch: int, now: float) -> None:
    facts = {"batch": batch}
    change(connection, number, Event.IMPORT, who, State.STAGED, State.IMPORTING, facts=facts, now=now)


async def end_import(act: StepRun, step: EndImport) -> Outcome:
    """The proof: the link is there with our text, and a file of its size is behind it. Raises GuardTripped when one is
    not, and a mount is away."""
    state = await _state(act, step.transfer)
    if state in (State.IMPORTED, State.DONE):
        return Outcome("done")
    if why := await act.ctx.db.read(why_not_ours, step.transfer, act.batch):
        return Outcome("skipped", why)
    for path, target, size in step.links:
        why = await _why_not_there(act, os.fsencode(path), os.fsencode(target), size)
        if why:
            # What a mount that went away meanwhile does not show is nobody's question.
            await check_mounts(act.ctx, [os.fsencode(text) for _, text, _ in step.links])
            await act.ctx.db.write(_not_imported, step.transfer, os.path.basename(path), why, act.ctx.clock())
            return Outcome("failed", f"{printable(os.path.basename(path))}: {why}")
    with contextlib.suppress(MovedOn):
        await act.ctx.db.write(_imported, step, act.ctx.clock())
    return Outcome("done")


async def _why_not_there(act: StepRun, path: bytes, target: bytes, size: int) -> str:
    if await run_blocking(act, lambda: reads(path)) != target:
        return "its link is not there"
    try:
        await expect_size(act, target, size)
    except Outdated as moved:
        return str(moved)
    return ""


def _imported(connection: sqlite3.Connection, step: EndImport, now: float) -> None:
    placed = [printable(path) for path, _, _ in step.links]
    facts = {"links": placed, "left": [printable(one) for one in step.left]}
    why = f"{counted(len(placed), 'link')} in the library" + (f"; {len(step.left):,} left" if step.left else "")
    change(
        connection, step.transfer, Event.IMPORTED, "job", State.IMPORTING, State.IMPORTED, why=why, facts=facts, now=now
    )


def _not_imported(connection: sqlite3.Connection, number: int, name: str, why: str, now: float) -> None:
    hold = Hold(HoldKind.CHOICE, "import", {"unplaced": printable(name), "said": why}, since=now)
    change(connection, number, Event.NOT_IMPORTED, "job", State.IMPORTING, State.STAGED, hold=hold, why=why, now=now)


async def close_import(act: StepRun, step: CloseImport) -> Outcome:
    """Ends the transfer."""
    state = await _state(act, step.transfer)
    if state == State.DONE:
        return Outcome("done")
    if state != State.IMPORTED:
        return Outcome("skipped", f"transfer {step.transfer} is {state}")
    with contextlib.suppress(MovedOn):
        await act.ctx.db.write(
            change, step.transfer, Event.REPORTED, "job", State.IMPORTED, State.DONE,
            why="nothing of it is left in staging", now=act.ctx.clock(),
        )  # fmt: skip
    return Outcome("done")


async def take_import_back(act: StepRun, step: TakeImportBack) -> Outcome:
    """Back to staging, paused, from wherever the import left it."""
    state = await _state(act, step.transfer)
    if state not in (State.IMPORTING, State.IMPORTED, State.DONE):
        return Outcome("skipped", f"transfer {step.transfer} is {state}", already=True)
    hold = Hold(HoldKind.PAUSED, since=act.ctx.clock())
    try:
        await act.ctx.db.write(
            change, step.transfer, Event.UNDO, "user", state, State.STAGED, hold=hold, why=TAKEN_BACK,
            now=act.ctx.clock(),
        )  # fmt: skip
    except (MovedOn, NotAllowed) as error:
        return Outcome("failed", error.message)
    return Outcome("done")


def why_not_ours(connection: sqlite3.Connection, number: int, batch: int) -> str:
    """Why a batch goes on with no import of a transfer: it is not being imported, or by another batch that was faster;
    empty where it does."""
    transfer = read_transfer(connection, number)
    if transfer is None or transfer.state != State.IMPORTING:
        return f"transfer {number} is {State.UNKNOWN if transfer is None else transfer.state}"
    by = batches_of_imports(connection, number)[-1:]
    return "" if by in ([], [0], [batch]) else f"batch {by[0]} imports transfer {number}"


async def _state(act: StepRun, number: int) -> State:
    transfer = await act.ctx.db.read(read_transfer, number)
    return State.UNKNOWN if transfer is None else transfer.state


# Its links


async def place_in_library(act: StepRun, step: PlaceInLibrary) -> Outcome:
    """Makes the link, or points the one there anew, and notes what it is of."""
    path, target, before = map(os.fsencode, (step.path, step.target, step.before))
    kind = RELINK if before else PLACE
    try:
        there = await run_blocking(act, lambda: reads(path) if os.path.lexists(path) else None)
        if there == target:
            ended = await close_open_lines(act, kind, path, lambda: True, "it is there already")
            await _note(act, step)
            return ended if ended.ended == "done" else Outcome("skipped", ended.reason, already=True)
        if step.transfer and (why := await act.ctx.db.read(why_not_ours, step.transfer, act.batch)):
            return await close_open_lines(act, kind, path, lambda: False, why)
        if there != (before or None):
            why = "something else is at its path now" if there is not None else "the link there is gone"
            return await close_open_lines(act, kind, path, lambda: False, why)
        await expect_size(act, target, step.size)
        if before:
            ended = await _point_anew(act, step, path, before, target)
        else:
            ended = await _make(act, step, path, target)
    except Outdated as moved:
        if await _is_awaited(act, step):
            return Outcome("planned", "its file is not stored yet")
        return await close_open_lines(act, kind, path, lambda: False, str(moved))
    if ended.ended == "done":
        await _note(act, step)
    return ended


async def _is_awaited(act: StepRun, step: PlaceInLibrary) -> bool:
    """Whether an earlier step of the batch has its file still to be stored, as there was no room for it."""
    if step.transfer:
        return False
    planned = await act.ctx.db.read(read_steps, act.batch, ("planned",))
    return any(isinstance(one.step, StoreFile) and one.step.path == step.target for one in planned)


async def _make(act: StepRun, step: PlaceInLibrary, path: bytes, target: bytes) -> Outcome:
    begun = await made_before(act, PLACE)
    missing = await run_blocking(act, lambda: missing_folders(act, path))
    made = [*begun, *(folder for folder in missing if folder not in begun)]
    record = {"path": step.path, "target": step.target, "made": [*map(os.fsdecode, made)], "transfer": step.transfer}
    return await journaled(act, PLACE, record, lambda: make_link(act, path, target, missing, begun))


async def _point_anew(act: StepRun, step: PlaceInLibrary, path: bytes, before: bytes, target: bytes) -> Outcome:
    noted = await act.ctx.db.read(media_files_of, path)
    record = {"path": step.path, "target": step.before, "new_target": step.target, "media_files": noted}
    aside = aside_of(act.batch, act.position)
    return await journaled(act, RELINK, record, lambda: in_root_dir(
        act, path, lambda folder, name: replace(folder, name, aside, before, target)))  # fmt: skip


async def _note(act: StepRun, step: PlaceInLibrary) -> None:
    """Brings the media table and the known links up to date, without a scan."""
    path = os.fsencode(step.path)
    root = next((root for root in configured_roots(act.ctx.settings) if path.startswith(root + b"/")), None)
    link = ImportedLink(
        path, os.fsencode(step.target), step.size, root, step.transfer, step.title, step.year, step.season,
        step.episodes, step.tmdb_id, step.tvdb_id, step.genres,
    )  # fmt: skip
    async with act.ctx.db.transaction() as connection:
        await note_imported(connection, link, int(act.ctx.clock()))
    for table in ("library_links", "media"):
        act.events.put_nowait(Changed(table, None))


async def take_from_library(act: StepRun, step: TakeFromLibrary) -> Outcome:
    """Removes the link unless it leads elsewhere by now."""
    path = os.fsencode(step.path)
    known = await act.ctx.db.read(read_link_row, path)
    record = {"path": step.path, "target": step.target, "state": "ok", "known": known}
    return await take_own_link(act, UNLINK, path, os.fsencode(step.target), record, lambda: _forget(act, path))


async def _forget(act: StepRun, path: bytes) -> None:
    async with act.ctx.db.transaction() as connection:
        await forget_imported(connection, path)
    for table in ("library_links", "media"):
        act.events.put_nowait(Changed(table, None))


async def _is_placed(act: StepRun, step: PlaceInLibrary) -> bool:
    path = os.fsencode(step.path)
    return await is_seen(act, path, lambda: reads(path) == os.fsencode(step.target))


async def _is_taken(act: StepRun, step: TakeFromLibrary) -> bool:
    path = os.fsencode(step.path)
    return await is_seen(act, path, lambda: not os.path.lexists(path))


async def _is_back(act: StepRun, step: TakeImportBack) -> bool:
    return await _state(act, step.transfer) not in (State.IMPORTING, State.IMPORTED, State.DONE)


def _undo_begin(line: Line, lines: Sequence[Line]) -> Sequence[Step]:
    number = line.before.get("transfer")
    if not isinstance(number, int):
        return []
    return [TakeImportBack(what=printable(line.what), transfer=number, takes_back=line.seq)]


def _undo_place(line: Line, lines: Sequence[Line]) -> Sequence[Step]:
    path, target = line.text("path"), line.text("target")
    back = TakeFromLibrary(what=printable(path), path=path, target=target, takes_back=line.seq)
    return [back, *folders_made(line)]


STEPS = (
    StepKind(BeginImport, begin_import, {BEGIN: _undo_begin}),
    StepKind(PlaceInLibrary, place_in_library, {PLACE: _undo_place}, _is_placed),
    StepKind(TakeFromLibrary, take_from_library, {}, _is_taken),
    StepKind(EndImport, end_import),
    StepKind(CloseImport, close_import),
    StepKind(TakeImportBack, take_import_back, {}, _is_back),
)
