"""What a person does with transfers: pausing, retrying, forgetting and the like. Local, and at once."""

from __future__ import annotations

import dataclasses
import re
import sqlite3
from collections.abc import Mapping
from typing import Final, Literal

from mediatui.model.arr import roots_of
from mediatui.model.errors import UsageError
from mediatui.model.stuck import ADDS
from mediatui.model.transfer import DROPPED, ENDED, FREE, Event, Hold, HoldKind, State, Transfer
from mediatui.store.arr.facts import ROOTS_HELD, forget_service_fact
from mediatui.store.transfers.change import NotAllowed, change
from mediatui.store.transfers.holds import ignore_hash, is_ignored, release_service, unignore_hash
from mediatui.store.transfers.rows import find_transfer, read_hold, state_to_retry

Act = Literal["pause", "resume", "retry", "forget", "done", "ignore", "unignore"]
SERVICES: Final = ("realdebrid", ADDS, "mount", "staging")
"""What a retry lets go on too: whoever retries has put right what was wrong with the account, a mount or staging."""
_HASH = re.compile(r"[0-9a-fA-F]{40}")


def act_on(connection: sqlite3.Connection, act: Act, given: str, now: float) -> Transfer | str:
    """Does something with a transfer, by its number, or ignores an info-hash; returns the transfer as it is then, or
    the hash. Raises UsageError, and NotAllowed where the state of the transfer forbids it."""
    if act in ("ignore", "unignore") and _HASH.fullmatch(given):
        return _act_on_hash(connection, act, given.lower(), now)
    transfer = find_transfer(connection, _number(given))
    if transfer.state == State.UNKNOWN:
        raise NotAllowed(f"Transfer {transfer.id} is in a state of another version; it is left alone.")
    match act:
        case "pause" | "ignore":
            return _put_aside(connection, transfer, act, now)
        case "resume" | "unignore":
            return _take_up(connection, transfer, act, now)
        case "retry":
            return _retry(connection, transfer, now)
        case "forget":
            to, event = State.FORGOTTEN, Event.FORGET
        case "done":
            to, event = State.BY_HAND, Event.BY_HAND
    if transfer.state == to:
        raise NotAllowed(f"Transfer {transfer.id} is {to} already.")
    return change(connection, transfer.id, event, "user", transfer.state, to, now=now)


def _number(given: str) -> int:
    if not given.isdecimal() or len(given) > 15:
        raise UsageError(f"{given!r} is no number of a transfer.", "List them with: mediatui --headless transfers")
    return int(given)


def _act_on_hash(connection: sqlite3.Connection, act: str, info_hash: str, now: float) -> str:
    if act == "ignore":
        ignore_hash(connection, info_hash, "", now)
    elif not unignore_hash(connection, info_hash):
        raise UsageError(f"{info_hash} is not ignored.")
    return info_hash


def _put_aside(connection: sqlite3.Connection, transfer: Transfer, act: str, now: float) -> Transfer:
    """Pauses or ignores a transfer; what held it before is kept, for when it is taken up again."""
    kind, event = (HoldKind.PAUSED, Event.PAUSE) if act == "pause" else (HoldKind.IGNORED, Event.IGNORE)
    before = transfer.hold
    if before.kind in (HoldKind.PAUSED, HoldKind.IGNORED):
        raise NotAllowed(f"Transfer {transfer.id} is {before.kind} already.")
    kept = {} if before == FREE else {"before": dataclasses.asdict(before)}
    hold = Hold(kind, detail=kept, since=now)
    return change(connection, transfer.id, event, "user", transfer.state, hold=hold, now=now)


def _take_up(connection: sqlite3.Connection, transfer: Transfer, act: str, now: float) -> Transfer:
    kind, event = (HoldKind.PAUSED, Event.RESUME) if act == "resume" else (HoldKind.IGNORED, Event.UNIGNORE)
    if transfer.hold.kind != kind:
        if act == "unignore" and is_ignored(connection, transfer.hash):
            unignore_hash(connection, transfer.hash)
            return transfer
        raise NotAllowed(f"Transfer {transfer.id} is not {kind}.")
    hold = _kept(transfer.hold.detail.get("before"))
    return change(connection, transfer.id, event, "user", transfer.state, hold=hold, now=now)


def _kept(before: object) -> Hold:
    """The hold that a transfer had before it was put aside; one that needs an answer still needs it."""
    if not isinstance(before, Mapping):
        return FREE
    detail = before.get("detail")
    return Hold(
        read_hold(str(before.get("kind"))), str(before.get("code", "")),
        dict(detail) if isinstance(detail, Mapping) else {}, int(before.get("tries") or 0), before.get("since"),
        before.get("retry_at"),
    )  # fmt: skip


def _retry(connection: sqlite3.Connection, transfer: Transfer, now: float) -> Transfer:
    """Lets a transfer go on at once, or takes one that has ended up where it was."""
    sent_again = transfer.state == State.READY and transfer.route == "debrid" and transfer.hold.code == "gone"
    is_sent = sent_again or transfer.state == State.WANTED
    if not transfer.may_be_sent and (transfer.hold.code == "target" or is_sent):
        raise UsageError(
            f"Transfer {transfer.id} has no target yet.",
            f"Say what it is for: mediatui --headless map {transfer.id} --to TARGET; or send it for nothing in "
            f"particular: mediatui --headless grab {transfer.hash} --no-target --apply",
        )
    home = transfer.looked_after_by
    for service in (*SERVICES, transfer.service, home):
        release_service(connection, service)
    if home and release_service(connection, roots_of(home)):
        forget_service_fact(connection, home, ROOTS_HELD)  # a person says that they are as they should be
    if transfer.state in ENDED and transfer.state not in DROPPED:
        raise NotAllowed(f"Transfer {transfer.id} is {transfer.state}.")
    to = State.WANTED if sent_again else None
    if transfer.state in DROPPED:
        to = state_to_retry(connection, transfer.id)
    return change(connection, transfer.id, Event.RETRY, "user", transfer.state, to, now=now)
