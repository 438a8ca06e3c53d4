"""Killing a batch of the library anywhere: a process of its own applies it, and the journal says how far it is."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path

from mediatui.changes.apply import ApplyOptions
from mediatui.commands.workspace import APPLY
from tests.worlds.library import LibraryWorld
from tests.worlds.maintenance import MaintenanceWorld

SEARCH_S = 20.0


def kill_at(
    world: LibraryWorld, batch: int, opened: int, closed: int, settings: Mapping[str, object] | None = None
) -> tuple[int, int]:
    """Applies the batch and kills it once so many lines are begun and ended; returns how many are then. ``settings``
    are those of the library, where they are others than usual."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["mediatui.commands.workspace", "aiosqlite", "tests.worlds.maintenance"])
    process = context.Process(target=_apply, args=(world.folder, batch, dict(settings or {})), daemon=True)
    with contextlib.closing(sqlite3.connect(f"file:{world.database}?mode=ro", uri=True)) as reader:
        process.start()
        deadline = time.monotonic() + SEARCH_S
        while _state(reader, batch) < (opened, closed) and process.is_alive() and time.monotonic() < deadline:
            time.sleep(0.0002)
        process.kill()
        process.join(SEARCH_S)
        return _state(reader, batch)


def _state(reader: sqlite3.Connection, batch: int) -> tuple[int, int]:
    row = reader.execute("SELECT count(*), count(outcome) FROM journal WHERE batch = ?", (batch,)).fetchone()
    return int(row[0]), int(row[1])


def _apply(folder: Path, batch: int, settings: dict[str, object]) -> None:
    async def run() -> None:
        async with MaintenanceWorld(folder, **settings) as world:
            await world.runner.start(APPLY["library"], ApplyOptions(batch)).wait()

    asyncio.run(run())
