"""Planning which duplicates of the account to delete."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from mediatui.archive.duplicates import DuplicateGroup
from mediatui.changes.guard import check_list_was_whole
from mediatui.changes.steps.deleting import delete_step
from mediatui.changes.steps.keeper import is_known_to_open
from mediatui.changes.steps.torrents import DeleteTorrent
from mediatui.model.human import counted
from mediatui.model.plan import Plan
from mediatui.model.text import printable
from mediatui.store.torrents.checks import failed_links, read_checks
from mediatui.store.torrents.listing import count_torrents, library_link_counts


def plan_dedupe(connection: sqlite3.Connection, groups: Sequence[DuplicateGroup]) -> Plan:
    """The plan that keeps the keeper of each group and deletes the others, once a link of the keeper has opened.
    Raises GuardTripped when the last list of the account was not whole."""
    if groups:
        check_list_was_whole(connection)
    ids = [torrent.id for group in groups for torrent in group.dropped]
    links = library_link_counts(connection, ids)
    steps = [step for group in groups for step in _drops(connection, group, links)]
    notes = [
        (printable(torrent.filename), reason)
        for group in groups
        for torrents, reason in (
            (group.left_out, "it holds files the kept one does not"),
            (
                group.others if group.unproven else (),
                f"{group.keeper.id}, which would be kept for it, {group.unproven}",
            ),
        )
        for torrent in torrents
    ]
    title = f"Delete {counted(len(steps), 'duplicate')} in {counted(sum(bool(one.dropped) for one in groups), 'group')}"
    return Plan("dedupe", title, tuple(steps), tuple(notes), count_torrents(connection))


def _drops(connection: sqlite3.Connection, group: DuplicateGroup, links: Mapping[str, int]) -> Iterator[DeleteTorrent]:
    """The steps that delete the duplicates of a group; each requires that the keeper is there, holds the same files,
    and opens. That is proven once, and again only for a copy of which a link did not open."""
    now, because = time.time(), f" ({group.kept_because})" if group.kept_because else ""
    keeper, is_proven = group.keeper.id, False
    for torrent in group.dropped:
        is_known = is_known_to_open(connection, keeper, torrent.id, now)
        proves = not is_known and (not is_proven or bool(failed_links(read_checks(connection, torrent.id))))
        first = ", once a link of that has opened" if proves else ""
        reason = f"{group.why} as {keeper}, which is kept{because}{first}"
        step = delete_step(connection, torrent, links.get(torrent.id, 0), reason)
        yield replace(step, keeper=keeper, proven=proves, lately=True)
        is_proven = True
