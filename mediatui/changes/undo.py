"""Taking a batch back: a plan of the opposite steps, made of what the journal noted before each was done."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from mediatui.model.errors import UsageError
from mediatui.model.plan import AddTorrent, DeleteTorrent, Plan, Step
from mediatui.model.text import printable
from mediatui.store.journal import Batch, Line, read_batch, read_lines, recent_batches


class NothingToUndo(UsageError):
    """There is nothing to take back, or it was taken back already."""

    kind = "nothing-to-undo"


def plan_undo(connection: sqlite3.Connection, number: int | None = None) -> Plan:
    """The plan that takes a batch back, by default the last one that was not taken back. Raises NothingToUndo.

    What cannot be taken back is among its notes.
    """
    batch = _wanted(connection, number)
    lines = [line for line in read_lines(connection, batch.batch) if line.outcome == "done" and line.undone_at is None]
    if not lines:
        said = "was taken back already" if batch.undone else "changed nothing"
        raise NothingToUndo(f"Batch {batch.batch} ({batch.title}) {said}.", "See: mediatui --headless journal")
    steps: list[Step] = []
    notes: list[tuple[str, str]] = []
    replaced = {line.position for line in lines if line.kind == "delete torrent" and _text(line.before, "why")}
    for line in reversed(lines):
        what = printable(line.what)
        if line.kind == "select files":
            if not any(one.kind == "add torrent" and one.position == line.position for one in lines):
                notes.append((what, "a selection cannot be taken back"))
        elif line.position in replaced:
            if line.kind == "delete torrent":
                notes.append((what, f"the old entry is gone, its content is there ({_text(line.before, 'why')})"))
        elif line.kind == "delete torrent":
            steps.append(_add_again(line))
        elif line.kind == "add torrent" and _text(line.after, "id"):
            steps.append(_take_off_again(line))
    title = f"Undo batch {batch.batch} ({batch.title})"
    return Plan("undo", title, tuple(steps), tuple(notes), undoes=batch.batch)


def _wanted(connection: sqlite3.Connection, number: int | None) -> Batch:
    if number is not None:
        batch = read_batch(connection, number)
        if batch is None:
            raise UsageError(f"There is no batch {number}.", "List them with: mediatui --headless journal")
        return batch
    for batch in recent_batches(connection):
        if batch.undoes is None and batch.lines > batch.undone:
            return batch
    raise NothingToUndo("There is nothing to undo.", "See what was changed: mediatui --headless journal")


def _text(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _add_again(line: Line) -> AddTorrent:
    chosen = line.before.get("selection")
    selection = tuple(int(file) for file in chosen) if isinstance(chosen, list) and chosen else None
    name = _text(line.before, "name")
    return AddTorrent(
        what=printable(name or line.what),
        hash=_text(line.before, "hash"),
        name=name,
        selection=selection,
        select="video",
        copy=True,
        stands_for=_text(line.before, "id"),
    )


def _take_off_again(line: Line) -> DeleteTorrent:
    return DeleteTorrent(
        what=printable(line.what),
        id=_text(line.after, "id"),
        hash=_text(line.before, "hash"),
        name=_text(line.before, "name"),
    )
