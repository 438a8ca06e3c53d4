"""The mounts that late reads slow down at the moment: their next answers take longer and prove nothing."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection
from typing import TYPE_CHECKING

from mediatui.store.facts import read_fact, store_fact

if TYPE_CHECKING:
    import aiosqlite

_FACT = "reads.late"
HELD_UP_S = 300.0
"""rclone goes on reading for minutes after a reader gave up, which slows down every other read."""


def held_up_mounts(connection: sqlite3.Connection, now: float) -> list[bytes]:
    """The mounts where a read was late a few minutes ago (``now`` in epoch seconds)."""
    fact = read_fact(connection, _FACT)
    if fact is None or not 0 <= now - fact[1] < HELD_UP_S:
        return []
    return [os.fsencode(path) for path in fact[0]]


async def store_held_up(connection: aiosqlite.Connection, mounts: Collection[bytes], now: float) -> None:
    """Notes the mounts where reads are late now."""
    await store_fact(connection, _FACT, {os.fsdecode(mount): True for mount in mounts}, now)
