"""Planning which duplicates of the account to delete."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from mediatui.archive.delete import delete_step
from mediatui.archive.duplicates import DuplicateGroup
from mediatui.changes.guard import check_list_was_whole
from mediatui.changes.steps.torrents import DeleteTorrent
from mediatui.model.human import counted
from mediatui.model.plan import Plan
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent
from mediatui.store.torrents.listing import count_torrents, library_link_counts


def plan_dedupe(connection: sqlite3.Connection, groups: Sequence[DuplicateGroup]) -> Plan:
    """The plan that keeps the keeper of each group and deletes the others. Raises GuardTripped when the last list of
    the account was not whole."""
    if groups:
        check_list_was_whole(connection)
    ids = [torrent.id for group in groups for torrent in group.others]
    links = library_link_counts(connection, ids)
    steps = [
        _drop(connection, torrent, links.get(torrent.id, 0), group) for group in groups for torrent in group.others
    ]
    notes = [
        (printable(torrent.filename), "it holds files the one that stays does not")
        for group in groups
        for torrent in group.left_out
    ]
    title = f"Drop {counted(len(steps), 'duplicate')} in {counted(len(groups), 'group')}"
    return Plan("dedupe", title, tuple(steps), tuple(notes), count_torrents(connection)[0])


def _drop(connection: sqlite3.Connection, torrent: Torrent, links: int, group: DuplicateGroup) -> DeleteTorrent:
    """The step that deletes a duplicate; it requires that the keeper is there and holds the same files."""
    because = f" ({group.kept_because})" if group.kept_because else ""
    step = delete_step(connection, torrent, links, f"{group.why} as {group.keeper.id}, which stays{because}")
    return replace(step, keeper=group.keeper.id)
