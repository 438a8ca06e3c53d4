"""Stores what a person says a transfer or a release is for."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from mediatui.model.errors import UsageError
from mediatui.model.target import MappedTarget, shown_targets, targets_as_text, targets_from_text
from mediatui.model.transfer import FREE, Event, Hold, HoldKind, State, Transfer
from mediatui.store.releases.rows import set_release_target
from mediatui.store.transfers.change import Noted, change
from mediatui.store.transfers.rows import find_transfer, history_of
from mediatui.store.transfers.targets import set_targets, targets_of


def map_transfer(
    connection: sqlite3.Connection,
    transfer_id: int,
    targets: Sequence[MappedTarget],
    now: float,
    missing: Mapping[str, object] | None = None,
) -> Transfer:
    """Notes what a transfer is for; returns it as it is then. One that waited for that goes on, unless its film or
    series is ``missing`` at its service (the detail of its hold): it has to be added first. Nothing that was sent
    already changes. Raises NoTransfer, and NotAllowed while it is imported or once it has ended."""
    transfer = find_transfer(connection, transfer_id)
    before = targets_of(connection, transfer_id)
    waited = transfer.hold.kind == HoldKind.CHOICE and transfer.hold.code == "target"
    free = FREE
    if missing and transfer.state == State.WANTED and transfer.route == "debrid":
        free, waited = Hold(HoldKind.CHOICE, "target", missing, since=now), True
    changed = change(
        connection, transfer_id, Event.MAP, "user", transfer.state, hold=free if waited else transfer.hold,
        why=f"for {shown_targets(targets)}", facts={"before": targets_as_text(before)},
        noted=Noted(without_target=False), now=now,
    )  # fmt: skip
    set_targets(connection, transfer_id, targets)
    return find_transfer(connection, changed.id)


def take_back_target(connection: sqlite3.Connection, transfer_id: int, now: float) -> Transfer:
    """Puts back what a transfer was for before it was mapped last; one that was for nothing yet is asked about again
    unless it was sent. Raises NoTransfer, NotAllowed, and UsageError where it was not mapped."""
    transfer = find_transfer(connection, transfer_id)
    mapped = [one for one in history_of(connection, transfer_id) if one.event == Event.MAP]
    if not mapped:
        raise UsageError(f"What transfer {transfer_id} is for was not chosen by map.")
    before = targets_from_text(str(mapped[-1].facts.get("before", "")))
    asks = not before and transfer.state == State.WANTED
    hold = Hold(HoldKind.CHOICE, "target", since=now) if asks else transfer.hold
    why = f"for {shown_targets(before)}, as before" if before else "for nothing, as before"
    facts = {"before": targets_as_text(targets_of(connection, transfer_id))}
    change(connection, transfer_id, Event.MAP, "user", transfer.state, hold=hold, why=why, facts=facts, now=now)
    set_targets(connection, transfer_id, before)
    return find_transfer(connection, transfer_id)


def map_release(connection: sqlite3.Connection, number: int, targets: Sequence[MappedTarget]) -> None:
    """Notes what a release is for when it is sent; none: that is mapped then."""
    set_release_target(connection, number, targets_as_text(targets) if targets else "")
