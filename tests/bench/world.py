"""An archive of so many rows for benchmarks: ``python -m tests.bench.world ROWS DIR``. Made once, then kept."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from mediatui.demo.account import SimulatedAccount
from mediatui.demo.seed import make_torrents
from mediatui.services.realdebrid.schemas import read_detail
from mediatui.store.database import Database
from mediatui.store.torrents.rows import store_details, store_listed

BATCH = 5000
DETAILED_EVERY = 4
"""One row in so many has its files and links stored too."""


def archive_of(rows: int, folder: Path) -> Path:
    """The data dir ``folder`` with an archive of ``rows`` torrents; made when it is not there yet."""
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        asyncio.run(_fill(rows, folder))
        (folder / "done").touch()
    return folder


async def _fill(rows: int, folder: Path) -> None:
    now = time.time()
    account = SimulatedAccount(make_torrents(rows, now=now), frozen=True)
    details = map(read_detail, account.details_of_all())
    db = await Database.open(folder / "mediatui.db")
    try:
        while batch := [detail for _, detail in zip(range(BATCH), details, strict=False)]:
            async with db.transaction() as connection:
                await store_listed(connection, [detail.row for detail in batch], int(now))
                await store_details(connection, batch[::DETAILED_EVERY], int(now))
    finally:
        await db.close()


if __name__ == "__main__":
    archive_of(int(sys.argv[1]), Path(sys.argv[2]))
