"""A batch that is cancelled leaves the writer as if it had never begun, or whole; never stuck in between."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from mediatui.store.database import Database

INSERT = "INSERT INTO facts (name, value, at) VALUES (?, '{}', 0)"


async def test_cancelling_at_any_step_of_a_batch_leaves_the_writer_usable(tmp_path: Path) -> None:
    db = await Database.open(tmp_path / "mediatui.db")

    async def write(number: int) -> None:
        async with db.transaction() as connection:
            await connection.execute(INSERT, (f"{number} a",))
            await connection.execute(INSERT, (f"{number} b",))

    for number in range(60):
        task = asyncio.create_task(write(number))
        for _ in range(number % 12):
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await write(1000 + number)

    names = await db.read(lambda connection: [row[0] for row in connection.execute("SELECT name FROM facts")])
    await db.close()
    halves = [name.split()[0] for name in names]
    assert {halves.count(number) for number in set(halves)} == {2}
    assert sum(int(number) >= 1000 for number in set(halves)) == 60
