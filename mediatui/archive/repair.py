"""Planning repairs: for each broken row the safest step that repairs it, its cost, and what may go wrong. What is
not on the account any more is added again from its hash and the selection that the archive knows."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import replace

from mediatui.archive.add import check_account_is_known
from mediatui.archive.targets import Targets
from mediatui.changes.steps.deleting import delete_step
from mediatui.changes.steps.proof import links_to_open
from mediatui.changes.steps.reinsert import ReinsertTorrent
from mediatui.changes.steps.torrents import AddTorrent, SelectFiles
from mediatui.model.human import counted
from mediatui.model.name_filter import filtered_part
from mediatui.model.plan import Plan, Step
from mediatui.model.problems import Diagnosis, diagnose
from mediatui.model.selection import is_video
from mediatui.model.text import printable
from mediatui.model.torrent import UNSELECTED_STATUSES, Torrent
from mediatui.store.torrents.checks import failed_links, read_checks
from mediatui.store.torrents.listing import entries_of_hash, files_of, selection_of

REPAIRABLE = "class:problem"
"""The query of ``repair`` when nothing is named."""
_LEFT_ALONE = {
    "ok": "nothing is wrong with it",
    "working": "it is on its way",
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
        diagnosis = diagnose(torrent, now)
        if diagnosis.name == "gone":
            found = _add_again(connection, torrent, steps)
        else:
            found = _step(connection, torrent, diagnosis, force, may_download, dropped)
        if isinstance(found, Step):
            steps.append(found)
        else:
            notes.append((printable(torrent.filename), found))
    if any(isinstance(step, AddTorrent) for step in steps):
        check_account_is_known(connection)
    return Plan("repair", _title(steps), tuple(steps), tuple(notes), targets.looked_at)


def _title(steps: Sequence[Step]) -> str:
    again = sum(isinstance(step, AddTorrent) for step in steps)
    repaired = len(steps) - again
    if not again:
        return f"Repair {counted(repaired, 'torrent')}"
    added = f"dd {counted(again, 'torrent')} again"
    return f"Repair {counted(repaired, 'torrent')} and a{added}" if repaired else f"A{added}"


def held_again(connection: sqlite3.Connection, torrent: Torrent) -> str:
    """The id of an entry of the account with the hash and at least the selected files of a torrent that is gone; empty
    when there is none, or when the torrent is not gone."""
    if torrent.gone_at is None:
        return ""
    wanted = selection_of(connection, torrent.id) or ()
    for entry in entries_of_hash(connection, torrent.hash):
        if entry.selection is None or set(wanted) <= set(entry.selection):
            return entry.id
    return ""


def _add_again(connection: sqlite3.Connection, torrent: Torrent, planned: Sequence[Step]) -> Step | str:
    """The step that adds a torrent again that is not on the account any more, or the reason why there is none."""
    if torrent.status == "virus":
        return _LEFT_ALONE["virus"]
    if not torrent.hash:
        return "it has no info-hash to add again"
    if twin := held_again(connection, torrent):
        return f"it is on the account again ({twin})"
    selection = selection_of(connection, torrent.id) or None
    for step in planned:
        if isinstance(step, AddTorrent) and step.hash == torrent.hash and step.selection == selection:
            return "the same torrent with the same files is added already"
    waited = torrent.status in UNSELECTED_STATUSES
    part = filtered_part(torrent.filename)
    risks = [f"its name holds {part}, which the service filters"] if part else []
    risks += ["which files were selected is not known: its videos are"] if selection is None and not waited else []
    return AddTorrent(
        what=printable(torrent.filename), risk="; ".join(risks), hash=torrent.hash,
        name=torrent.original_filename or torrent.filename, selection=selection, select="none" if waited else "video",
    )  # fmt: skip


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
