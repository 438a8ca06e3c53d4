"""Planning repairs: for each broken row the safest step that repairs it, its cost, and what may go wrong."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace

from mediatui.archive.delete import delete_step
from mediatui.archive.targets import Targets
from mediatui.changes.steps.proof import links_to_open
from mediatui.changes.steps.reinsert import ReinsertTorrent
from mediatui.changes.steps.torrents import SelectFiles
from mediatui.model.human import counted
from mediatui.model.name_filter import filtered_part
from mediatui.model.plan import Plan, Step
from mediatui.model.problems import Diagnosis, diagnose
from mediatui.model.selection import is_video
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent
from mediatui.store.torrents.checks import failed_links, read_checks
from mediatui.store.torrents.listing import entries_of_hash, files_of, selection_of

REPAIRABLE = "class:problem"
"""The query of ``repair`` when nothing is named."""
_LEFT_ALONE = {
    "ok": "nothing is wrong with it",
    "working": "it is on its way",
    "gone": "it is not on the account any more; undo or restore brings it back",
    "virus": "the service found a virus; it is not added again",
    "temporary": "it failed temporarily; the next sync checks it again",
}


def plan_repair(
    connection: sqlite3.Connection, targets: Targets, *, force: bool = False, may_download: bool = False
) -> Plan:
    """The plan that repairs these torrents; those that cannot or need not be repaired are among its notes.

    ``force`` also adds names that the service's filter would refuse, ``may_download`` lets the service download what it
    does not have cached.
    """
    now = time.time()
    steps: list[Step] = []
    notes: list[tuple[str, str]] = []
    dropped: set[str] = set()
    for torrent in targets.torrents:
        found = _step(connection, torrent, diagnose(torrent, now), force, may_download, dropped)
        if isinstance(found, Step):
            steps.append(found)
        else:
            notes.append((printable(torrent.filename), found))
    count = len(steps)
    title = f"Repair {counted(count, 'torrent')}"
    return Plan("repair", title, tuple(steps), tuple(notes), targets.looked_at)


def _step(
    connection: sqlite3.Connection,
    torrent: Torrent,
    diagnosis: Diagnosis,
    force: bool,
    may_download: bool,
    dropped: set[str],
) -> Step | str:
    """The step that repairs a torrent, or the reason why there is none."""
    name = diagnosis.name
    if name in _LEFT_ALONE:
        return _LEFT_ALONE[name]
    if not torrent.hash:
        return "it has no info-hash to add again"
    if name == "needs selection":
        return SelectFiles(
            what=printable(torrent.filename), id=torrent.id, hash=torrent.hash, name=torrent.filename,
            risk="selects the video files", cannot_undo="a selection cannot be undone",
        )  # fmt: skip
    selection = selection_of(connection, torrent.id)
    twin = _healthy_twin(connection, torrent, selection, dropped)
    if twin:
        dropped.add(torrent.id)
        step = delete_step(connection, torrent, reason=f"{twin} holds the same files and is well")
        return replace(step, keeper=twin, proven=True)
    if name == "likely blocked" and not force:
        return f"{diagnosis.reason}; adding it again would lose it (--force adds it anyway)"
    if name == "rar":
        videos = tuple(file.file_id for file in files_of(connection, torrent.id) if is_video(file))
        if not videos:
            return "the torrent itself is an archive: there is no video file to select"
        selection = videos
    part = filtered_part(torrent.filename)
    return ReinsertTorrent(
        what=printable(torrent.filename),
        risk=f"its name holds {part}, which the service filters" if part else "",
        cannot_undo="a verified new entry replaces the old one; the content stays",
        id=torrent.id,
        hash=torrent.hash,
        name=torrent.original_filename or torrent.filename,
        problem=name,
        bytes=torrent.bytes,
        selection=selection,
        may_download=may_download,
        opens=len(links_to_open(failed_links(read_checks(connection, torrent.id)), torrent.links_count or 0)),
    )


def _healthy_twin(
    connection: sqlite3.Connection, torrent: Torrent, selection: tuple[int, ...] | None, dropped: set[str]
) -> str:
    """The id of a healthy entry of the same hash with at least the same files; empty when there is none."""
    for entry in entries_of_hash(connection, torrent.hash):
        if entry.id == torrent.id or entry.id in dropped or entry.class_name != "ok":
            continue
        if selection is not None and entry.selection is not None and set(selection) <= set(entry.selection):
            return entry.id
    return ""
