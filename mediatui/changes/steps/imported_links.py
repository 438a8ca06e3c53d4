"""What is noted of links that Sonarr or Radarr placed: in the journal, for an undo, and in the archive."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mediatui.changes.arr_proof import Proven
from mediatui.changes.in_root_dir import made_by, reads
from mediatui.changes.servers.note import note_links, told_servers
from mediatui.changes.step_run import StepRun
from mediatui.changes.steps.aside import UNLINK
from mediatui.changes.steps.import_command import NOTICE
from mediatui.changes.steps.importing import PLACE
from mediatui.model.arr_import import Replaced
from mediatui.runtime.events import Changed
from mediatui.settings.places import configured_roots
from mediatui.store.changes.journal import Line, close_line, open_line, read_lines
from mediatui.store.library.imported import ImportedLink, note_imported
from mediatui.store.library.links import read_link_row, remove_link_row
from mediatui.store.servers.items import move_watched
from mediatui.store.servers.reports import ReportKind
from mediatui.store.transfers.rows import batches_of_imports
from mediatui.store.writer import run

if TYPE_CHECKING:
    from mediatui.changes.steps.import_records import ArrImport, EndArrImport


async def note_late(act: StepRun, step: EndArrImport, proven: Sequence[Proven]) -> None:
    """Notes what an import has brought into the library that did not see it there yet when it ended."""
    noted = await act.ctx.db.read(_noted_paths, step.transfer)
    for one in proven:
        if one.sent.entry and one.path not in noted:
            await note_proven(act, step, one)


def _noted_paths(connection: sqlite3.Connection, transfer: int) -> set[str]:
    """The links that the imports of a transfer have noted, by their paths."""
    lines = [line for batch in batches_of_imports(connection, transfer) for line in read_lines(connection, batch)]
    return {line.text("path") for line in lines if line.kind == PLACE and line.undone_at is None}


async def note_proven(act: StepRun, step: ArrImport | EndArrImport, one: Proven) -> None:
    """Notes a link that is in the library now, and those it replaced; nothing of what was noted before. The line of the
    journal and what media servers are to be told are one transaction: a killed run did both or neither."""
    if not one.is_seen:
        return
    lines = await act.lines()
    noted = {line.before.get("path") for line in lines if line.kind == PLACE}
    removed = {line.before.get("path") for line in lines if line.kind == UNLINK}
    for old in one.sent.replaces:
        known = old.path in removed or old.path == one.path or not old.text
        if not known and not reads(os.fsencode(old.path)):
            await _note_replaced(act, old)
    same = next((old for old in one.sent.replaces if old.path == one.path and old.text), None)
    is_new = one.path not in noted
    if is_new and same is not None and same.path not in removed:
        await _note_replaced(act, same)
    record = {
        "path": one.path, "target": one.sent.target, "made": _made_for(one.path, lines), "transfer": step.transfer,
        "service": step.service, "item": step.item,
    }  # fmt: skip
    path = os.fsencode(one.path)
    root = next((root for root in configured_roots(act.ctx.settings) if path.startswith(root + b"/")), None)
    link = ImportedLink(
        path, os.fsencode(one.sent.target), one.sent.size, root, step.transfer, step.title, step.year,
        one.sent.season, one.sent.episodes, step.tmdb_id, step.tvdb_id,
    )  # fmt: skip
    async with act.ctx.db.transaction(synced=is_new) as connection:
        await note_imported(connection, link, int(act.ctx.clock()))
        if is_new:
            await run(connection, _note_for_servers, act, step, one)
            seq = await open_line(connection, act.batch, act.position, PLACE, one.path, record, act.ctx.clock())
            await close_line(connection, act.batch, seq, "done", {"path": one.path})
    for table in ("library_links", "media"):
        act.events.put_nowait(Changed(table, None))


def _made_for(path: str, lines: Sequence[Line]) -> list[str]:
    """The folder of a season that the service made for a link, where no line has it yet: an undo takes it away."""
    noted = [line.before for line in lines if line.kind == NOTICE]
    folder, there = (noted[-1].get("folder"), noted[-1].get("folders")) if noted else ("", None)
    above = os.path.dirname(path)
    if not isinstance(there, list) or not folder or os.path.dirname(above) != folder or above in there:
        return []
    return [] if any(os.fsencode(above) in made_by(line) for line in lines if line.kind == PLACE) else [above]


def _note_for_servers(
    connection: sqlite3.Connection, act: StepRun, step: ArrImport | EndArrImport, one: Proven
) -> None:
    """Has media servers told of the link and of those it replaced, and what was seen of these follow it."""
    servers, now, path = told_servers(act.ctx.settings), act.ctx.clock(), os.fsencode(one.path)
    olds = [os.fsencode(old.path) for old in one.sent.replaces if old.text]
    gone: list[tuple[bytes, ReportKind]] = [(old, "removed") for old in olds if old != path]
    note_links(connection, servers, [*gone, (path, "swapped" if path in olds else "placed")], now, step.transfer)
    for old, _ in gone:
        move_watched(connection, old, path)


async def _note_replaced(act: StepRun, old: Replaced) -> None:
    path = os.fsencode(old.path)
    known = await act.ctx.db.read(read_link_row, path)
    record = {"path": old.path, "target": old.text, "state": "ok", "known": known}
    async with act.ctx.db.transaction(synced=True) as connection:
        seq = await open_line(connection, act.batch, act.position, UNLINK, old.path, record, act.ctx.clock())
        await run(connection, remove_link_row, path)
        await close_line(connection, act.batch, seq, "done", {"path": old.path})
