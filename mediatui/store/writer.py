"""Many statements for one hand-over to the thread of the writer.

Each statement that is awaited goes to the thread of its connection and back, which takes many times as long as most
statements do.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    import aiosqlite

P = ParamSpec("P")
T = TypeVar("T")


async def run(
    connection: aiosqlite.Connection,
    function: Callable[Concatenate[sqlite3.Connection, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """``function(connection, …)`` in the thread of the writer, in its turn; returns and raises what that does. Once it
    has begun it runs to its end, also when it is cancelled."""
    result: T = await connection._execute(function, connection._conn, *args, **kwargs)  # type: ignore[no-untyped-call]
    return result
