"""The steps that take an entry off the account, as they are planned: alone, or in favour of one that holds more."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from mediatui.changes.steps.mend_link import mend_step
from mediatui.changes.steps.torrents import DeleteTorrent
from mediatui.model.human import counted
from mediatui.model.name_filter import filtered_part
from mediatui.model.plan import Step
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent
from mediatui.store.library.links import links_into
from mediatui.store.torrents.listing import selection_of, torrents_by_id

NO_RETURN = {"virus": "the service will not accept it again"}
"""Why a torrent of this status cannot be added again."""
MAY_NOT_RETURN = {"dead": "no peers had it", "magnet_error": "its magnet was bad"}
"""Why a torrent of this status may not come back whole when it is added again."""


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


def steps_that_replace(connection: sqlite3.Connection, old: str, new: str) -> Sequence[Step]:
    """The steps by which an entry of the account goes in favour of another of its torrent that holds all its files: it
    is deleted once a link of that one has opened, then every library link into it is led to where its file is shown.
    Empty where the archive does not know the old one."""
    found = torrents_by_id(connection, [old])
    if not found or found[0].gone_at is not None:
        return ()
    links = links_into(connection, old)
    step = delete_step(connection, found[0], len(links), f"{new} holds all of it and more")
    return [replace(step, keeper=new, proven=True), *(mend_step(link, found[0]) for link in links)]
