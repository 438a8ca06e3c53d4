"""Planning the selection of files of a torrent that waits for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from mediatui.changes.steps.torrents import SelectFiles
from mediatui.model.errors import UsageError
from mediatui.model.human import counted
from mediatui.model.plan import Plan
from mediatui.model.selection import VIDEO, choose_files
from mediatui.model.text import cut_middle, printable
from mediatui.model.torrent import UNSELECTED, Torrent, TorrentFile
from mediatui.store.torrents.listing import files_of

LONGEST_TITLE = 40


def plan_select(
    connection: sqlite3.Connection, torrent: Torrent, selection: Sequence[int] | None, select: str = "ids"
) -> Plan:
    """The plan to select the files with these ids (None: those that ``select`` names, ``video`` or ``all``). Raises
    UsageError for a torrent that does not wait for it, and for files it does not have."""
    name = printable(torrent.filename)
    if torrent.gone_at is not None or torrent.status != UNSELECTED:
        state = "is not on the account any more" if torrent.gone_at is not None else f"is {printable(torrent.status)}"
        raise UsageError(
            f"{name} {state}: only a torrent that waits for it has its files selected.",
            "refresh ID fetches its present state; repair mends others.",
        )
    files = files_of(connection, torrent.id)
    known = {file.file_id: file for file in files}
    missing = [file_id for file_id in selection or () if files and file_id not in known]
    if missing:
        ids = ", ".join(map(str, list(known)[:20])) + (", …" if len(known) > 20 else "")
        raise UsageError(f"{name} has no file {', '.join(map(str, missing[:5]))}.", f"Its files: {ids}; see show.")
    chosen = [known[file_id] for file_id in choose_files(files, selection, select)] if files else []
    if files and not chosen:
        raise UsageError(f"{name} has no video to select.", "Give the ids of files, or all; see show.")
    count = len(selection) if selection else len(chosen)
    what = counted(count, "file") if count else "the videos" if select == "video" else "all files"
    step = SelectFiles(
        what=name, id=torrent.id, hash=torrent.hash, name=torrent.filename,
        selection=None if selection is None else tuple(selection), select="video" if select == "ids" else select,
        cannot_undo="a selection cannot be undone", risk=_risk(chosen),
    )  # fmt: skip
    return Plan("select", f"Select {what} of {cut_middle(name, LONGEST_TITLE)}", (step,))


def _risk(chosen: Sequence[TorrentFile]) -> str:
    """What comes of selecting a file that no player streams (services/realdebrid/NOTES.md 20)."""
    others = [file for file in chosen if file.path.rpartition(".")[2].lower() not in VIDEO]
    if not others or len(chosen) == 1:
        return ""
    return f"{printable(others[0].path.rpartition('/')[2])} is no video: the service may pack all into one archive"
