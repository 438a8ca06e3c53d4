"""The only place that writes the state of a transfer: the new state and its event in one transaction, nothing that the
table of transitions lacks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from mediatui.model.errors import StoreError
from mediatui.model.secrets import mask_secrets
from mediatui.model.transfer import (
    ACCOUNT,
    ENDED,
    FREE,
    Event,
    Hold,
    Route,
    State,
    Transfer,
    Who,
    hold_after,
    is_allowed,
)
from mediatui.store.transfers.rows import NoTransfer, read_transfer


class MovedOn(StoreError):
    """The transfer is not in the state that was expected: somebody else was faster. Nothing was written."""

    kind = "moved-on"


class NotAllowed(StoreError):
    """The table of transitions does not hold this change. Nothing was written."""

    kind = "not-allowed"


@dataclass(frozen=True, slots=True)
class Noted:
    """What a change learns of the transfer beside its state; None leaves what is known."""

    name: str | None = None
    size: int | None = None
    entry_id: str | None = None
    entry_is_new: bool | None = None
    without_target: bool | None = None
    cached_only: bool | None = None
    auto: str | None = None

    def columns(self) -> dict[str, object]:
        """The columns to write."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in found.items() if value is not None}


NOTHING: Final = Noted()


@dataclass(frozen=True, slots=True)
class NewTransfer:
    """What a transfer is made of."""

    route: Route
    hash: str
    name: str = ""
    size: int | None = None
    auto: str = "none"
    without_target: bool = False
    cached_only: bool = False
    select: str = "video"
    service: str = ""
    entry_id: str = ""


def create(
    connection: sqlite3.Connection,
    new: NewTransfer,
    who: Who,
    *,
    event: Event = Event.CHOSEN,
    to: State = State.WANTED,
    hold: Hold = FREE,
    why: str = "",
    facts: Mapping[str, object] | None = None,
    now: float,
) -> int:
    """Makes a transfer that was chosen, or adopted (``event``); returns its id. Raises StoreError when one of this hash
    is under way."""
    if not is_allowed(event, who, None, to, new.route):
        raise NotAllowed(f"A transfer cannot be made by {who}.")
    try:
        cursor = connection.execute(
            'INSERT INTO transfers (route, account, hash, name, size, state, auto, without_target, cached_only, '
            '"select", service, entry_id, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
            (
                new.route, ACCOUNT, new.hash, new.name, new.size, to, new.auto, new.without_target,
                new.cached_only, new.select, new.service, new.entry_id, now, now,
            ),
        )  # fmt: skip
    except sqlite3.IntegrityError as error:
        raise MovedOn(f"A transfer of {new.hash} is under way already.") from error
    made = int(cursor.lastrowid or 0)
    _write_hold(connection, made, hold)
    _write_event(connection, made, who, event, "", to, hold, why, facts or {}, now)
    return made


def change(
    connection: sqlite3.Connection,
    transfer_id: int,
    event: Event,
    who: Who,
    expected: State,
    to: State | None = None,
    *,
    hold: Hold | None = None,
    why: str = "",
    facts: Mapping[str, object] | None = None,
    noted: Noted = NOTHING,
    now: float,
) -> Transfer:
    """Changes a transfer from the state ``expected`` to ``to`` (None: it stays), with its event; returns it as it is
    then. ``why`` is a sentence or its beginning. Raises MovedOn when it is in another state, NotAllowed when the table
    lacks the change, NoTransfer."""
    present = read_transfer(connection, transfer_id)
    if present is None:
        raise NoTransfer(f"There is no transfer {transfer_id}.")
    if present.state == expected == State.UNKNOWN:
        raise NotAllowed(f"Transfer {transfer_id} is in a state of another version; it is left alone.")
    if present.state != expected:
        raise MovedOn(f"Transfer {transfer_id} is {present.state}, not {expected} any more.")
    target = expected if to is None else to
    if not is_allowed(event, who, expected, target, present.route):
        raise NotAllowed(_refusal(transfer_id, event, who, expected, target))
    after = hold_after(present.hold, hold, who, target)
    columns: dict[str, object] = {**noted.columns(), "changed_at": now, "ended_at": now if target in ENDED else None}
    columns |= {"state": target}
    if expected != target:
        columns |= {"progress_at": None, "absent_at": None}
    names = ", ".join(f"{name} = ?" for name in columns)
    try:
        connection.execute(f"UPDATE transfers SET {names} WHERE id = ?", (*columns.values(), transfer_id))
    except sqlite3.IntegrityError as error:
        raise MovedOn(f"Another transfer of {present.hash} is under way already.") from error
    _write_hold(connection, transfer_id, after)
    _write_event(connection, transfer_id, who, event, expected, target, after, why, facts or {}, now)
    changed = read_transfer(connection, transfer_id)
    assert changed is not None
    return changed


def _refusal(number: int, event: Event, who: Who, present: State, target: State) -> str:
    """Why the table lacks a change, a sentence for people where one asked for it."""
    if who != "user":
        return f"Transfer {number} cannot go from {present} to {target} by {event.value!r} ({who})."
    if present == State.IMPORTING:
        return f"Transfer {number} is being imported: what was sent cannot be called back. Wait until that has ended."
    return f"Transfer {number} is {present}: that cannot be done with it ({event.value})."


def _write_hold(connection: sqlite3.Connection, transfer_id: int, hold: Hold) -> None:
    connection.execute(
        "UPDATE transfers SET hold = ?, code = ?, detail = ?, tries = ?, held_since = ?, retry_at = ? WHERE id = ?",
        (
            hold.kind, hold.code, mask_secrets(json.dumps(dict(hold.detail))), hold.tries, hold.since, hold.retry_at,
            transfer_id,
        ),
    )  # fmt: skip


def _write_event(
    connection: sqlite3.Connection,
    transfer_id: int,
    who: Who,
    event: Event,
    from_state: str,
    to_state: str,
    hold: Hold,
    why: str,
    facts: Mapping[str, object],
    now: float,
) -> None:
    connection.execute(
        "INSERT INTO transfer_events (transfer_id, at, who, event, from_state, to_state, hold, code, why, facts) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            transfer_id, now, who, event, from_state, to_state, hold.kind, hold.code, mask_secrets(why),
            mask_secrets(json.dumps(dict(facts))),
        ),
    )  # fmt: skip
