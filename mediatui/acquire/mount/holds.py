"""What keeps every transfer from being fetched: a mount that is away or comes late, staging that cannot be used."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Final

from mediatui.changes.mount_guard import NOTHING
from mediatui.library.maintenance.library_paths import LEFT_AS_IT_IS
from mediatui.model.stuck import MOUNT, STAGING
from mediatui.model.text import printable
from mediatui.model.transfer import ServiceHold
from mediatui.model.transfer_errors import TROUBLES, wait_s
from mediatui.settings import Settings
from mediatui.store.transfers.holds import hold_service, release_service, service_holds
from mediatui.store.transfers.rows import under_way

__all__ = [
    "MOUNT", "STAGING", "hold_for_room", "hold_mount", "hold_staging", "is_anything_due", "note_mount_alive",
    "present_hold", "problem_in",
]  # fmt: skip

STAGING_AGAIN_S: Final = 60.0


def hold_mount(
    connection: sqlite3.Connection, code: str, detail: Mapping[str, object], now: float, at_least: float = 0.0
) -> None:
    """Holds everything that needs a mount (``mount-away``, ``mount-busy``), for ``at_least`` so many seconds."""
    held = service_holds(connection).get(MOUNT)
    tries = held.tries if held is not None and held.code == code else 0
    retry_at = now + wait_s(TROUBLES[code], tries, at_least)
    hold_service(connection, MOUNT, code, {**detail, "until": retry_at}, retry_at, now)


def note_mount_alive(connection: sqlite3.Connection, *, reads: bool) -> None:
    """Ends the hold of the mounts, which are alive; that for a file that came late only where ``reads`` says that files
    were read since, and that for a view that lost names never: it is looked at first."""
    held = service_holds(connection).get(MOUNT)
    if held is not None and "held" not in held.detail and (reads or held.code != "mount-busy"):
        release_service(connection, MOUNT)


def problem_in(sentence: str) -> str:
    """What is wrong with a mount, without its full stop, of a ``sentence`` that says too what is left alone for it."""
    for rest in (f"; {NOTHING}", f": {LEFT_AS_IT_IS}"):
        sentence = sentence.partition(rest)[0]
    return printable(sentence.rstrip("."))


def hold_staging(connection: sqlite3.Connection, problem: str, now: float) -> None:
    """Holds everything that goes into staging, which cannot be used."""
    hold_service(connection, STAGING, "no-storage", {"problem": problem}, now + STAGING_AGAIN_S, now)


def hold_for_room(connection: sqlite3.Connection, needed: int, free: int, now: float) -> None:
    """Holds everything that goes into staging, where ``needed`` bytes have no room: ``free`` are, beside the
    reserve."""
    held = service_holds(connection).get(STAGING)
    tries = held.tries if held is not None and held.code == "no-space" else 0
    retry_at = now + wait_s(TROUBLES["no-space"], tries)
    hold_service(connection, STAGING, "no-space", {"needed": needed, "free": free}, retry_at, now)


def present_hold(connection: sqlite3.Connection, now: float) -> ServiceHold | None:
    """What holds every fetch now; None when nothing does."""
    held = service_holds(connection)
    found = (held.get(name) for name in (STAGING, MOUNT))
    return next((one for one in found if one is not None and not one.is_over(now)), None)


def is_anything_due(connection: sqlite3.Connection, settings: Settings, now: float) -> bool:
    """Whether a transfer could be fetched now, or was being fetched when a program ended. Never without
    ``staging.folder``."""
    if settings.staging.folder is None:
        return False
    if present_hold(connection, now) is not None:
        return False
    return any(
        one.state == "fetching" or (one.state == "ready" and one.is_fetched and one.is_due(now))
        for one in under_way(connection, "debrid")
    )
