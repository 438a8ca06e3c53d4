"""Planning deletions: what would be deleted, which links point at it, and what could not be added again."""

from __future__ import annotations

import sqlite3

from mediatui.archive.targets import Targets
from mediatui.changes.guard import check_list_was_whole
from mediatui.changes.steps.deleting import delete_step
from mediatui.model.human import counted
from mediatui.model.plan import Plan
from mediatui.model.text import printable
from mediatui.store.torrents.listing import library_link_counts


def plan_delete(connection: sqlite3.Connection, targets: Targets) -> Plan:
    """The plan to delete these torrents; gone ones become notes. Raises GuardTripped when they were chosen by a query
    and the last list was not whole."""
    if targets.looked_at is not None and targets.torrents:
        check_list_was_whole(connection)
    links = library_link_counts(connection, [torrent.id for torrent in targets.torrents])
    steps, notes = [], []
    for torrent in targets.torrents:
        if torrent.gone_at is not None:
            notes.append((printable(torrent.filename), "not on the account any more"))
        else:
            steps.append(delete_step(connection, torrent, links.get(torrent.id, 0)))
    return Plan("delete", f"Delete {counted(len(steps), 'torrent')}", tuple(steps), tuple(notes), targets.looked_at)
