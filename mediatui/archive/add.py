"""Planning adds, of magnets, bare hashes and .torrent files, and restores of torrents that a backup holds and the
account lacks."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from mediatui.archive.restore_file import BackupFile
from mediatui.changes.guard import check_list_was_whole
from mediatui.changes.steps.torrents import AddTorrent
from mediatui.model.errors import GuardTripped, UsageError
from mediatui.model.human import counted
from mediatui.model.name_filter import filtered_part
from mediatui.model.plan import Plan
from mediatui.model.selection import read_selection
from mediatui.model.text import printable
from mediatui.model.torrent_file import read_torrent_file
from mediatui.store.torrents.listing import entries_of_hash
from mediatui.system.torrent_source import read_torrent_source


def _read_source(text: str) -> AddTorrent:
    """The step for a magnet, a hash or the path of a .torrent file, with its info-hash. Raises UsageError."""
    source = read_torrent_source(text)
    torrent = base64.b64encode(source.content).decode()
    return AddTorrent(what=source.what, hash=source.hash, name=source.name, torrent=torrent)


def plan_add(connection: sqlite3.Connection, sources: Sequence[str], select: str) -> Plan:
    """The plan to add these sources and to select ``select`` (video, all, or ids) of their files; torrents already on
    the account become notes. Raises UsageError for a source or a selection that cannot be read."""
    selection, word = read_selection(select)
    steps: list[AddTorrent] = []
    notes: list[tuple[str, str]] = []
    for source in sources:
        step = _read_source(source)
        existing = entries_of_hash(connection, step.hash)
        if existing:
            notes.append((step.what, f"it is on the account already ({existing[0].id})"))
        elif any(step.hash == other.hash for other in steps):
            notes.append((step.what, "it was given twice"))
        else:
            _check_selection(step, selection)
            steps.append(_with(step, selection, word))
    return Plan("add", f"Add {counted(len(steps), 'torrent')}", tuple(steps), tuple(notes))


def _check_selection(step: AddTorrent, selection: tuple[int, ...] | None) -> None:
    """Raises UsageError for file ids that a .torrent file does not have."""
    if not step.torrent or not selection:
        return
    count = len(read_torrent_file(base64.b64decode(step.torrent)).files)
    missing = [file_id for file_id in selection if file_id > count]
    if missing:
        shown = ", ".join(map(str, missing[:5]))
        raise UsageError(f"{step.what} has no file {shown}.", f"It has files 1 to {count:,}.")


def _with(step: AddTorrent, selection: tuple[int, ...] | None, word: str) -> AddTorrent:
    part = filtered_part(step.name)
    return AddTorrent(
        what=step.what, hash=step.hash, name=step.name, torrent=step.torrent, selection=selection, select=word,
        risk=f"its name holds {part}, which the service filters" if part else "",
    )  # fmt: skip


def plan_restore(connection: sqlite3.Connection, backup: BackupFile, file: str) -> Plan:
    """The plan to add what the backup holds and the account lacks, each with its selection if that is known. Rows that
    are broken or already there become notes. Raises GuardTripped when the archive does not know what the account holds:
    everything would be added twice."""
    steps: list[AddTorrent] = []
    notes: list[tuple[str, str]] = [(f"row {position:,}", why) for position, why in backup.broken]
    for row in backup.rows:
        what = printable(row.name or row.hash)
        wanted = row.selected or None
        existing = [
            entry.id
            for entry in entries_of_hash(connection, row.hash)
            if wanted is None or entry.selection is None or set(wanted) <= set(entry.selection)
        ]
        if existing:
            notes.append((what, f"it is on the account already ({existing[0]})"))
            continue
        part = filtered_part(row.name)
        steps.append(
            AddTorrent(
                what=what, hash=row.hash, name=row.name, selection=wanted,
                risk=f"its name holds {part}, which the service filters" if part else "",
            )
        )  # fmt: skip
    if steps:
        check_account_is_known(connection)
    title = f"Restore {len(steps):,} of {len(backup.rows):,} from {printable(Path(file).name)}"
    return Plan("restore", title, tuple(steps), tuple(notes))


def check_account_is_known(connection: sqlite3.Connection) -> None:
    """Raises GuardTripped when no whole list of the account was seen lately: what it lacks is not known then."""
    try:
        check_list_was_whole(connection)
    except GuardTripped as error:
        why = "No whole list of the account was seen lately, so what it lacks is not known."
        raise GuardTripped(why, error.hint) from error
