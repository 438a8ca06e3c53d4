"""Planning deletions: what would be deleted, which links point at it, and what could not be added again."""

from __future__ import annotations

import sqlite3

from mediatui.archive.targets import Targets
from mediatui.changes.guard import check_list_was_whole
from mediatui.changes.steps.torrents import DeleteTorrent
from mediatui.model.human import counted
from mediatui.model.name_filter import filtered_part
from mediatui.model.plan import Plan
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent
from mediatui.store.torrents.listing import library_link_counts, selection_of

NO_RETURN = {"virus": "the service will not accept it again"}
"""Why a torrent of this status cannot be added again."""
MAY_NOT_RETURN = {"dead": "no peers had it", "magnet_error": "its magnet was bad"}
"""Why a torrent of this status may not come back whole when it is added again."""


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


def delete_step(connection: sqlite3.Connection, torrent: Torrent, links: int = 0, reason: str = "") -> DeleteTorrent:
    """The step that deletes a torrent."""
    part = filtered_part(torrent.original_filename or torrent.filename)
    why = NO_RETURN.get(torrent.status, "") if torrent.hash else "it has no info-hash"
    uncertain = MAY_NOT_RETURN.get(torrent.status, "")
    if part:
        uncertain = f"its name holds {part}, which the service filters: added again it may be refused"
    pointing = f"{counted(links, 'library link')} {'points' if links == 1 else 'point'} at it" if links else ""
    return DeleteTorrent(
        what=printable(torrent.filename),
        risk="; ".join(one for one in (pointing, "" if why else uncertain) if one),
        cannot_undo=why,
        id=torrent.id,
        hash=torrent.hash,
        name=torrent.original_filename or torrent.filename,
        bytes=torrent.bytes,
        selection=selection_of(connection, torrent.id),
        links=links,
        reason=reason,
    )
