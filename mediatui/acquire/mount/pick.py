"""Which of several places a file is taken from, as a person says."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from mediatui.model.errors import UsageError
from mediatui.model.transfer import Event, State, Transfer
from mediatui.store.transfers.change import change
from mediatui.store.transfers.files import files_of, note_file
from mediatui.store.transfers.rows import find_transfer


def places_of(transfer: Transfer) -> Sequence[str]:
    """The places among which a transfer asks to choose, as they are shown; none when it asks for none."""
    listed = transfer.hold.detail.get("places") if transfer.hold.code == "files" else None
    return [str(one) for one in listed] if isinstance(listed, list) else []


def pick_place(connection: sqlite3.Connection, number: int, given: str, now: float) -> Transfer:
    """Takes the files of a transfer from one of the places that fit, by its number or its path; it is looked at again
    at once. Returns the transfer as it is then. Raises UsageError, NoTransfer."""
    transfer = find_transfer(connection, number)
    places = places_of(transfer)
    if transfer.state != State.READY or not places:
        raise UsageError(f"Transfer {number} does not ask for a place.", f"See: transfers show {number}")
    chosen = places[int(given) - 1] if given.isdecimal() and 0 < int(given) <= len(places) else given
    if chosen not in places:
        raise UsageError(f"{given} is none of its places.", f"Give a number from 1 to {len(places)}, or the path.")
    wanted = next(file for file in files_of(connection, number) if file.wanted)
    note_file(connection, number, wanted.path, "picked", chosen)
    why = f"taken from {chosen}"
    return change(connection, number, Event.RETRY, "user", State.READY, why=why, now=now)
