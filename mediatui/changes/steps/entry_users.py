"""What uses an entry of the account: while something does, it is not removed without being asked."""

from __future__ import annotations

import sqlite3

from mediatui.changes.step_run import StepRun
from mediatui.model.human import counted
from mediatui.model.transfer import DROPPED, Event, State
from mediatui.store.changes.journal import read_batch
from mediatui.store.torrents.listing import library_link_counts
from mediatui.store.transfers.change import change
from mediatui.store.transfers.rows import under_way


async def why_entry_stays(act: StepRun, entry: str, transfer: int | None = None) -> str:
    """Why an entry is not removed; empty when nothing uses it but this ``transfer`` (None: the one it was added for),
    or when a person has typed how many may go."""
    batch = await act.ctx.db.read(read_batch, act.batch)
    if batch is not None and batch.allowed:
        return ""
    return await act.ctx.db.read(_use, entry, transfer)


def _use(connection: sqlite3.Connection, entry: str, transfer: int | None) -> str:
    links = library_link_counts(connection, [entry]).get(entry, 0)
    if links:
        return f"{counted(links, 'library link')} {'leads' if links == 1 else 'lead'} into it"
    using = [one for one in under_way(connection) if one.entry_id == entry]
    others = [one.id for one in using if (not one.entry_is_new if transfer is None else one.id != transfer)]
    return f"transfer {others[0]} uses it" if others else ""


def forget_of_entry(connection: sqlite3.Connection, entry: str, now: float) -> None:
    """Ends the transfers whose entry was removed by a person's undo: nothing is to be sent again for them."""
    for one in under_way(connection):
        if one.entry_id == entry and one.state not in (*DROPPED, State.IMPORTING, State.UNKNOWN):
            why = "its sending was undone"
            change(connection, one.id, Event.FORGET, "user", one.state, State.FORGOTTEN, why=why, now=now)
