"""The request window in the database: shared by every process, and the source of the request figures."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mediatui.model.pacing import LONGEST_CREDIBLE_S, Reservation, Rule, wait_for, waits_for

if TYPE_CHECKING:
    from mediatui.store.database import Database

KEPT_S = 7 * 86_400
FLUSH_S = 0.5
PURGE_S = 600.0
MINUTE_S = 60.0
ALL = "*"


class RequestLedger:
    """The window of one service, in the tables ``requests`` and ``budget_lanes``."""

    def __init__(self, db: Database, service: str = "realdebrid") -> None:
        self._db = db
        self._service = service
        self._outcomes: list[tuple[str, float, int]] = []
        self._flushed = time.monotonic()
        self._purged = 0.0

    async def reserve(
        self, lane: str, what: str, whole: Rule, own: Rule | None, clock: Callable[[], float]
    ) -> Reservation:
        """Takes a place in the window, or returns how long to wait; one transaction, in which ``clock`` (epoch seconds)
        is read."""
        noted, self._outcomes = self._outcomes, []
        place: Reservation | None = None
        try:
            place = await self._db.write(self._reserve, noted, lane, what, whole, own, clock)
        finally:
            if place is None or not place.ticket:
                self._outcomes[:0] = noted
        return place

    def _reserve(
        self,
        connection: sqlite3.Connection,
        noted: Sequence[tuple[str, float, int]],
        lane: str,
        what: str,
        whole: Rule,
        own: Rule | None,
        clock: Callable[[], float],
    ) -> Reservation:
        now = clock()
        paces, times = self._paces(connection), self._times(connection, now - whole.window_s)
        ahead = max((max(pace) for pace in paces.values()), default=0.0)
        if ahead > now + LONGEST_CREDIBLE_S or (times and times[-1][0] > now + MINUTE_S):
            self._forget_another_clock(connection, now)
            paces, times = self._paces(connection), self._times(connection, now - whole.window_s)
        times = [(min(at, now), used) for at, used in times]  # from a clock a little ahead: counts as just sent
        paused = max(paces.get(ALL, (0.0, 0.0))[1], 0.0)
        if paused > now:
            return Reservation(0, paused - now, "paused")
        rules = [(ALL, "", whole, [at for at, _ in times])]
        if own is not None:
            rules.append((lane, lane, own, [at for at, used in times if used == lane]))
        for name, title, rule, sent in rules:
            wait = wait_for(rule, sent, paces.get(name, (0.0, 0.0))[0], now)
            if wait > 0:
                return Reservation(0, wait, waits_for(title))
        for name, _, rule, _ in rules:
            reached = max(paces.get(name, (0.0, 0.0))[0], now) + rule.spacing_s
            self._set(connection, name, "next_at", reached)
        cursor = connection.execute(
            "INSERT INTO requests (at, service, lane, what) VALUES (?, ?, ?, ?)", (now, self._service, lane, what)
        )
        self._write_outcomes(connection, noted, now)
        return Reservation(int(cursor.lastrowid or 0))

    def _forget_another_clock(self, connection: sqlite3.Connection, now: float) -> None:
        """After the clock was set back: requests far ahead of it count as just sent, and their paces and pauses are
        dropped.

        Without this nothing would be sent until the clock reaches its old time.
        """
        connection.execute("UPDATE requests SET at = ? WHERE service = ? AND at > ?", (now, self._service, now))
        connection.execute(
            "UPDATE budget_lanes SET next_at = min(next_at, ?), paused_until = min(paused_until, ?) WHERE service = ?",
            (now, now, self._service),
        )

    def _paces(self, connection: sqlite3.Connection) -> dict[str, tuple[float, float]]:
        rows = connection.execute(
            "SELECT lane, next_at, paused_until FROM budget_lanes WHERE service = ?", (self._service,)
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    def _times(self, connection: sqlite3.Connection, since: float) -> list[tuple[float, str]]:
        """Requests of the window, oldest first, as (epoch seconds, lane)."""
        rows = connection.execute(
            "SELECT at, lane FROM requests WHERE service = ? AND at > ? ORDER BY at", (self._service, since)
        )
        return [(row[0], row[1]) for row in rows]

    def _set(self, connection: sqlite3.Connection, lane: str, column: str, value: float) -> None:
        assert column in ("next_at", "paused_until", "refusals")
        connection.execute(
            f"INSERT INTO budget_lanes (service, lane, {column}) VALUES (?, ?, ?) "
            f"ON CONFLICT (service, lane) DO UPDATE SET {column} = excluded.{column}",
            (self._service, lane, value),
        )

    async def note(self, ticket: int, outcome: str, ms: float) -> None:
        """Notes how a request ended (``ok`` or an error class) and its time in milliseconds; written in batches."""
        self._outcomes.append((outcome, ms, ticket))
        if time.monotonic() - self._flushed > FLUSH_S:
            await self.flush()

    async def flush(self) -> None:
        """Writes the outcomes noted since the last batch."""
        if self._outcomes:
            noted, self._outcomes = self._outcomes, []
            await self._db.write(self._write_outcomes, noted, time.time())

    def _write_outcomes(
        self, connection: sqlite3.Connection, noted: Sequence[tuple[str, float, int]], now: float
    ) -> None:
        self._flushed = time.monotonic()
        connection.executemany("UPDATE requests SET outcome = ?, ms = ? WHERE id = ?", noted)
        if time.monotonic() - self._purged > PURGE_S:
            self._purged = time.monotonic()
            connection.execute("DELETE FROM requests WHERE at < ?", (now - KEPT_S,))

    async def pause(self, until: float) -> None:
        """Stops every lane of every process until ``until`` (epoch seconds), never shortening a pause."""
        await self._db.write(self._pause, until)

    def _pause(self, connection: sqlite3.Connection, until: float) -> None:
        paces = self._paces(connection)
        self._set(connection, ALL, "paused_until", max(until, paces.get(ALL, (0.0, 0.0))[1]))

    async def refused(self, lane: str) -> int:
        """Counts one more refusal of a lane in a row; returns how many there are."""
        return await self._db.write(self._refused, lane)

    def _refused(self, connection: sqlite3.Connection, lane: str) -> int:
        row = connection.execute(
            "SELECT refusals FROM budget_lanes WHERE service = ? AND lane = ?", (self._service, lane)
        ).fetchone()
        refusals = 1 + (int(row[0]) if row else 0)
        self._set(connection, lane, "refusals", refusals)
        return refusals

    async def accepted(self, lane: str) -> None:
        """Forgets the refusals of a lane."""
        async with self._db.transaction() as connection:
            await connection.execute(
                "UPDATE budget_lanes SET refusals = 0 WHERE service = ? AND lane = ? AND refusals > 0",
                (self._service, lane),
            )
