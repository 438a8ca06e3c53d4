"""Planning what to drop of what the account holds twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from mediatui.archive.delete import delete_step
from mediatui.archive.duplicates import DuplicateGroup
from mediatui.changes.guard import check_list_was_whole
from mediatui.model.plan import Plan
from mediatui.model.text import printable
from mediatui.store.listing import count_torrents, library_link_counts


def plan_dedupe(connection: sqlite3.Connection, groups: Sequence[DuplicateGroup]) -> Plan:
    """The plan that keeps the keeper of each group and deletes the others. Raises GuardTripped when the last list of
    the account was not whole."""
    if groups:
        check_list_was_whole(connection)
    ids = [torrent.id for group in groups for torrent in group.others]
    links = library_link_counts(connection, ids)
    steps = [
        delete_step(connection, torrent, links.get(torrent.id, 0), f"{group.why} as {group.keeper.id}, which stays")
        for group in groups
        for torrent in group.others
    ]
    notes = [
        (printable(torrent.filename), "it holds files the one that stays does not")
        for group in groups
        for torrent in group.left_out
    ]
    title = f"Drop {len(steps):,} duplicate{'' if len(steps) == 1 else 's'} in {len(groups):,} groups"
    return Plan("dedupe", title, tuple(steps), tuple(notes), count_torrents(connection)[0])
