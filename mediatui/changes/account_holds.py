"""What keeps the account from being asked, or adds to it from being made: noted once, for all transfers."""

from __future__ import annotations

import sqlite3

from mediatui.model.stuck import ADDS
from mediatui.model.transfer_errors import TROUBLES, wait_s
from mediatui.services.errors import Refused, ServiceError, SlowDown
from mediatui.store.transfers import holds

ACCOUNT_SERVICE = "realdebrid"


def note_accepted(connection: sqlite3.Connection, info_hash: str) -> None:
    """Notes that the account took an add: nothing keeps adds any more."""
    holds.accept_hash(connection, ACCOUNT_SERVICE, info_hash)
    holds.release_service(connection, ADDS)
    holds.release_service(connection, ACCOUNT_SERVICE)


def note_account_away(connection: sqlite3.Connection, error: ServiceError, now: float) -> None:
    """Holds the account: until a person has put it right where it refuses us, else until the next try."""
    held = holds.service_holds(connection).get(ACCOUNT_SERVICE)
    code = "client-refused" if isinstance(error, Refused) else "client-away"
    tries = held.tries if held is not None and held.code == code else 0
    after = error.retry_after if isinstance(error, SlowDown) else None
    retry_at = None if code == "client-refused" else now + wait_s(TROUBLES[code], tries, after)
    holds.hold_service(connection, ACCOUNT_SERVICE, code, {"said": error.message}, retry_at, now)
