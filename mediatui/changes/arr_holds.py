"""What keeps a Sonarr or Radarr from being asked, noted once for all transfers that are sent through it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from mediatui.model.arr import roots_of
from mediatui.model.human import duration
from mediatui.model.stuck import sentence_of
from mediatui.model.transfer_errors import TROUBLES, wait_s
from mediatui.services.errors import BadAnswer, Refused, ServiceError
from mediatui.store.transfers import holds

if TYPE_CHECKING:
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.library import RootTrouble

HANGS: Final = "arr-hangs"
_REDIRECTED: Final = 307
NOTHING: Final[Mapping[str, object]] = {}


def note_arr_away(connection: sqlite3.Connection, service: str, title: str, error: ServiceError, now: float) -> None:
    """Holds a service that failed: until a person has put it right where it refuses the key or has another base path,
    else until the next try."""
    is_key = isinstance(error, Refused) or (isinstance(error, BadAnswer) and error.status == _REDIRECTED)
    _hold(connection, service, "arr-key" if is_key else "arr-away", title, error.message, now)


def note_arr_hangs(
    connection: sqlite3.Connection, service: str, title: str, now: float, file: str = "", since: float = 0.0
) -> None:
    """Holds a service on whose machine a mount hangs: searches and pushes would never be answered. ``file`` is what it
    works on without an end, ``since`` then."""
    _hold(connection, service, HANGS, title, "", now, {"file": file, "since": since} if file else {})


def note_root_away(connection: sqlite3.Connection, service: str, title: str, trouble: RootTrouble, now: float) -> None:
    """Holds every import into the root folders of a service one of which looks like that of an absent volume."""
    known = {"root": trouble.root} if trouble.looks_empty else {"problem": f"{title} was not asked: {trouble.why}"}
    _hold(connection, roots_of(service), "mount-away", title, "", now, known)


def note_arr_answers(connection: sqlite3.Connection, service: str) -> None:
    """Ends the hold of a service that answers; that of one that hangs ends when it tells its free space."""
    held = holds.service_holds(connection).get(service)
    if held is not None and held.code != HANGS:
        holds.release_service(connection, service)


def why_held(connection: sqlite3.Connection, service: str, now: float) -> str:
    """Why a service is left alone now, and until when; empty when it is not."""
    held = holds.service_holds(connection).get(service)
    if held is None or held.is_over(now):
        return ""
    again = "" if held.retry_at is None else f"; next look in {duration(held.retry_at - now)}"
    return f"{sentence_of(held.code, held.detail, now)}{again}"


async def does_hang(arr: Arr) -> bool:
    """Whether a mount hangs where a service runs: twice in a row a root folder that it can reach tells no free space.
    Raises ServiceError."""
    for _ in range(2):
        roots = await arr.root_folders()
        if not any(root.accessible and root.free_space is None for root in roots):
            return False
    return True


def _hold(
    connection: sqlite3.Connection,
    service: str,
    code: str,
    title: str,
    said: str,
    now: float,
    more: Mapping[str, object] = NOTHING,
) -> None:
    held = holds.service_holds(connection).get(service)
    tries = held.tries if held is not None and held.code == code else 0
    retry_at = None if TROUBLES[code].base_s is None else now + wait_s(TROUBLES[code], tries)
    known = {"service": title, **({"said": said} if said else {}), **more}
    holds.hold_service(connection, service, code, known, retry_at, now)
