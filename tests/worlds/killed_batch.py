"""Killing a batch of the library anywhere: a process of its own applies it, and the journal says how far it is."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from mediatui.changes.apply import ApplyOptions
from mediatui.changes.step_run import StepRun
from mediatui.changes.steps import aside, media
from mediatui.commands.workspace import APPLY
from tests.worlds.library import LibraryWorld
from tests.worlds.maintenance import MaintenanceWorld

SEARCH_S = 20.0
Moment = Literal["before its line", "before its act", "in its act", "after its act", "after its end"]
"""Of a step: nothing is done; its line is begun; a link is exchanged for one that still has a private name; all is done
but its line is not ended; its line is ended. What is noted of a film is one transaction with its line: that is
committed after all of these."""


def kill_in(world: LibraryWorld, batch: int, moment: Moment, nth: int) -> tuple[int, int]:
    """Applies the batch in a process that kills itself at a moment of its ``nth`` step (from 1); returns how many lines
    are begun and ended then."""
    process = _context().Process(target=_apply_until, args=(world.folder, batch, moment, nth), daemon=True)
    process.start()
    process.join(6 * SEARCH_S)
    assert process.exitcode == -signal.SIGKILL, f"it was not killed: {process.exitcode}"
    with contextlib.closing(sqlite3.connect(f"file:{world.database}?mode=ro", uri=True)) as reader:
        return _state(reader, batch)


def kill_at(
    world: LibraryWorld, batch: int, opened: int, closed: int, settings: Mapping[str, object] | None = None
) -> tuple[int, int]:
    """Applies the batch and kills it once so many lines are begun and ended; returns how many are then. ``settings``
    are those of the library, where they are others than usual."""
    process = _context().Process(target=_apply, args=(world.folder, batch, dict(settings or {})), daemon=True)
    with contextlib.closing(sqlite3.connect(f"file:{world.database}?mode=ro", uri=True)) as reader:
        process.start()
        deadline = time.monotonic() + SEARCH_S
        while _state(reader, batch) < (opened, closed) and process.is_alive() and time.monotonic() < deadline:
            time.sleep(0.0002)
        process.kill()
        process.join(SEARCH_S)
        return _state(reader, batch)


def _context() -> multiprocessing.context.ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["mediatui.commands.workspace", "aiosqlite", "tests.worlds.maintenance"])
    return context


def _state(reader: sqlite3.Connection, batch: int) -> tuple[int, int]:
    row = reader.execute("SELECT count(*), count(outcome) FROM journal WHERE batch = ?", (batch,)).fetchone()
    return int(row[0]), int(row[1])


def _apply(folder: Path, batch: int, settings: dict[str, object]) -> None:
    async def run() -> None:
        async with MaintenanceWorld(folder, **settings) as world:
            await world.runner.start(APPLY["library"], ApplyOptions(batch)).wait()

    asyncio.run(run())


def _apply_until(folder: Path, batch: int, moment: Moment, nth: int) -> None:
    exchange, begun = aside.exchange, 0

    def die_at(reached: Moment) -> None:
        if reached == moment and begun == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    def begin(write: Callable[..., Awaitable[int]]) -> Any:
        async def open_line(*line: Any) -> int:
            nonlocal begun
            begun += 1
            die_at("before its line")
            seq = await write(*line)
            die_at("before its act")
            return seq

        return open_line

    def end(write: Callable[..., Awaitable[None]]) -> Any:
        async def close_line(*line: Any, **result: Any) -> None:
            die_at("after its act")
            await write(*line, **result)
            die_at("after its end")

        return close_line

    def exchange_links(*names: Any) -> bool:
        done = exchange(*names)
        die_at("in its act")
        return done

    for owner, opens, closes in ((StepRun, "before", "after"), (media, "open_line", "close_line")):
        setattr(owner, opens, begin(getattr(owner, opens)))
        setattr(owner, closes, end(getattr(owner, closes)))
    aside.exchange = exchange_links
    _apply(folder, batch, {})
