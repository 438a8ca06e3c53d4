"""Taking a batch back: a plan of the opposite steps, made of what the journal noted before each was done."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from mediatui.changes.steps.arr_command import TOLD
from mediatui.changes.steps.arr_monitor import marks_lost
from mediatui.changes.steps.arr_paths import CHANGE
from mediatui.changes.steps.aside import MOVE
from mediatui.model.errors import UsageError
from mediatui.model.plan import (
    AddTorrent,
    ArrPath,
    ArrRescan,
    ArrSearch,
    DeleteTorrent,
    LibraryStep,
    MakeDir,
    MovePath,
    Plan,
    RelinkSymlink,
    RemoveEmptyDir,
    RestoreSymlink,
    SetMediaFile,
    Step,
    TakeOffAdded,
    UnlinkSymlink,
)
from mediatui.model.text import printable
from mediatui.model.torrent import UNSELECTED_STATUSES
from mediatui.store.changes.journal import Batch, Line, begun_undos, read_batch, read_lines, recent_batches

_UNENDED: Final = "it was begun and its end is not known; carry on with the batch first"


_NEW_RECORDS: Final = "its records are made anew, without release group, scene name and revision (PROPER)"


class NothingToUndo(UsageError):
    """There is nothing to take back, or it was taken back already."""

    kind = "nothing-to-undo"


def plan_undo(connection: sqlite3.Connection, number: int | None = None) -> Plan:
    """The plan that takes a batch back, by default the last one that was not taken back. Raises NothingToUndo.

    What cannot be taken back is among its notes.
    """
    batch = _wanted(connection, number)
    journal = read_lines(connection, batch.batch)
    standing = [line for line in journal if line.outcome in ("done", None) and line.undone_at is None]
    lines = [line for line in standing if line.kind not in TOLD.values()]
    if not lines:
        said = "was taken back already" if batch.undone else "changed nothing"
        raise NothingToUndo(f"Batch {batch.batch} ({batch.title}) {said}.", "See: mediatui --headless journal")
    steps: list[Step] = []
    notes: list[tuple[str, str]] = []
    begun = {_taken_back(step): by for by, step in begun_undos(connection, batch.batch)}
    unsettled = 0
    for line in reversed(lines):
        found = _opposite(line, lines)
        if isinstance(found, Step) and (by := begun.get(_taken_back(found))):
            found = f"batch {by} has begun to take it back: mediatui --headless resume {by} --failed --apply"
            unsettled += 1
        unsettled += found == _UNENDED
        if isinstance(found, Step):
            steps.append(found)
            steps += _path_changed(line, lines)
            steps += _folders_made(line)
        elif found:
            notes.append((printable(line.what), found))
    steps += marks_lost(journal)
    notes += [(printable(line.what), _NEW_RECORDS) for line in journal if _lost_records(line, lines)]
    told = dict.fromkeys(line.what for line in journal if line.kind == TOLD[ArrSearch.KIND])
    notes += [(printable(what), "what it was told to search for, and has begun to fetch, stays") for what in told]
    title = f"Undo batch {batch.batch} ({batch.title})"
    return Plan("undo", title, tuple(steps), tuple(notes), undoes=batch.batch, unsettled=unsettled)


def _lost_records(line: Line, lines: Sequence[Line]) -> bool:
    """Whether a rescan took records of files that are removed: they are made anew."""
    removed = {one.before.get("path") for one in lines if one.kind == "unlink symlink"}
    held = line.before.get("held")
    return line.kind == TOLD[ArrRescan.KIND] and isinstance(held, list) and not removed.isdisjoint(held)


def _taken_back(step: Step) -> object:
    """What tells which line of a batch a step takes back."""
    if isinstance(step, LibraryStep | ArrPath | TakeOffAdded) and step.takes_back:
        return step.takes_back
    return step.stands_for if isinstance(step, AddTorrent) else step.torrent_id or step


def _opposite(line: Line, lines: Sequence[Line]) -> Step | str:
    """The step that takes a line back, or why there is none; empty when another line speaks for it.

    A line without an outcome was begun when the program ended. Its step is the same: it looks what came of the line,
    and one that finds things as they were has taken it back.
    """
    of_step = [one for one in lines if one.position == line.position]
    if line.kind == "delete torrent":
        if why := _text(line.before, "why"):
            added = any(one.kind == "add torrent" for one in of_step)
            return f"the old entry is gone, its content is there ({why})" if line.outcome else "" if added else _UNENDED
        return _add_again(line) if _text(line.before, "hash") else "it had no info-hash to add again"
    if any(one.kind == "delete torrent" and _text(one.before, "why") and one.outcome for one in of_step):
        return ""  # a repair that was done: the new entry is the only one
    if line.kind in ("unlink symlink", "relink symlink", "restore symlink"):
        return _link_again(line)
    if line.kind in ("move path", "remove empty folder", "make folder"):
        return _path_again(line)
    if line.kind == "set media file":
        return _file_again(line)
    if line.kind == CHANGE:  # the move it belongs to comes first, and brings it along
        return "" if any(_is_move_of(one, line) for one in lines) else _service_path_again(line)
    if line.kind == "add torrent":
        return _take_off_again(line)
    if line.kind == "discard new entry":
        return ""  # its add says what is to be looked for
    if line.kind == "select files" and not any(one.kind == "add torrent" for one in of_step):
        return "a selection cannot be taken back"
    return _UNENDED if line.outcome is None and line.kind != "select files" else ""


def _link_again(line: Line) -> Step | str:
    """The opposite of a step on a symlink."""
    path, target = _text(line.before, "path"), _text(line.before, "target")
    what = printable(path)
    if line.kind == "unlink symlink":
        return RestoreSymlink(what=what, path=path, target=target, takes_back=line.seq)
    if line.kind == "relink symlink":
        new = _text(line.before, "new_target")
        return RelinkSymlink(what=what, path=path, target=new, new_target=target, takes_back=line.seq)
    return UnlinkSymlink(what=what, path=path, target=target, state="", takes_back=line.seq)


def _path_again(line: Line) -> Step | str:
    """The opposite of a step on a path."""
    path, new, mode = _text(line.before, "path"), _text(line.before, "new_path"), line.before.get("mode")
    what = printable(path)
    if line.kind == "move path":
        target = _text(line.before, "target")
        return MovePath(what=what, path=new, new_path=path, target=target, takes_back=line.seq)
    if line.kind == "remove empty folder":
        owner = line.before.get("owner")
        user, group = owner if isinstance(owner, list) and len(owner) == 2 else (None, None)
        known = (user, group) if isinstance(user, int) and isinstance(group, int) else None
        mode = mode if isinstance(mode, int) else 0o755
        return MakeDir(what=what, path=path, mode=mode, owner=known, takes_back=line.seq)
    return RemoveEmptyDir(what=what, path=path, takes_back=line.seq)


def _path_changed(line: Line, lines: Sequence[Line]) -> list[Step]:
    """The opposite of the change of a service's path that a move of a folder brought along."""
    return [_service_path_again(one) for one in lines if one.kind == CHANGE and _is_move_of(line, one)]


def _is_move_of(line: Line, change: Line) -> bool:
    """Whether a line is the move of the folder whose path at a service another line changed."""
    after = line.position is not None and change.position == line.position + 1
    return after and line.kind == MOVE and line.before.get("new_path") == change.before.get("new_path")


def _service_path_again(line: Line) -> ArrPath:
    """The opposite of a change of a service's path. One whose end is not known is looked at there before anything."""
    item = line.before.get("item")
    texts = {name: _text(line.before, name) for name in ("service", "service_title", "title")}
    return ArrPath(
        what=printable(line.what),
        item=item if isinstance(item, int) else 0,
        path=_text(line.before, "new_path"),
        new_path=_text(line.before, "path"),
        theirs=_text(line.before, "new_theirs"),
        new_theirs=_text(line.before, "theirs"),
        reason=f"back to {printable(_text(line.before, 'theirs'))}",
        takes_back=line.seq,
        **texts,
    )


def _file_again(line: Line) -> Step | str:
    """The opposite of a note which file a film or an episode is."""
    media, year = line.before.get("media"), line.before.get("year")
    if not isinstance(media, int):
        return _UNENDED
    return SetMediaFile(
        what=printable(line.what),
        path=_text(line.before, "before"),
        media=media,
        title=_text(line.before, "title"),
        year=year if isinstance(year, int) else None,
        before=_text(line.before, "path"),
        takes_back=line.seq,
    )


def _folders_made(line: Line) -> list[Step]:
    """The removal of the folders that a move made on its way, the innermost first."""
    made = line.before.get("made")
    paths = [path for path in made if isinstance(path, str)] if isinstance(made, list) else []
    return [RemoveEmptyDir(what=printable(path), path=path) for path in reversed(paths)]


def _wanted(connection: sqlite3.Connection, number: int | None) -> Batch:
    if number is not None:
        batch = read_batch(connection, number)
        if batch is None:
            raise UsageError(f"There is no batch {number}.", "List them with: mediatui --headless journal")
        return batch
    for batch in recent_batches(connection):
        if batch.undoes is None and batch.standing:
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
        select="none" if _text(line.before, "status") in UNSELECTED_STATUSES else "video",
        copy=True,
        stands_for=_text(line.before, "id"),
        maybe_there=line.outcome is None,
    )


def _take_off_again(line: Line) -> Step:
    what, info_hash, name = printable(line.what), _text(line.before, "hash"), _text(line.before, "name")
    keeper = _text(line.before, "for")
    if new_id := _text(line.after, "id"):
        return DeleteTorrent(what=what, id=new_id, hash=info_hash, name=name, keeper=keeper)
    listed = line.before.get("known")
    known = tuple(str(one) for one in listed) if isinstance(listed, list) else ()
    return TakeOffAdded(what=what, hash=info_hash, name=name, keeper=keeper, known=known, takes_back=line.seq)
