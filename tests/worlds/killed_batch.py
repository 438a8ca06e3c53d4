"""Killing a batch anywhere: a process of its own applies it, and kills itself where its journal has come far enough."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from mediatui.changes.apply import ApplyOptions
from mediatui.changes.step_run import StepRun
from mediatui.changes.steps import aside, media
from mediatui.commands.job_kinds import APPLY
from mediatui.store.database import Database
from tests.worlds.library import LibraryWorld
from tests.worlds.maintenance import MaintenanceWorld

MOST_S = 120.0
Moment = Literal["before its line", "before its act", "in its act", "after its act", "after its end"]
"""Of a step: nothing is done; its line is begun; a link is exchanged for one that still has a private name; all is done
but its line is not ended; its line is ended. What is noted of a film is one transaction with its line: that is
committed after all of these."""
PRELOADED = [
    "mediatui.commands.workspace", "mediatui.services.realdebrid.client", "mediatui.services.arr.library", "aiosqlite",
    "tests.worlds.killed_batch",
]  # fmt: skip


def kill_in(world: LibraryWorld, batch: int, moment: Moment, nth: int) -> tuple[int, int]:
    """Applies the batch in a process that kills itself at a moment of its ``nth`` step (from 1); returns how many lines
    are begun and ended then."""
    code = run_in_process(_apply_until, world.folder, batch, moment, nth)
    assert code == -signal.SIGKILL, f"it was not killed: {code}"
    return lines_of(world.database, batch)


def kill_at(
    world: LibraryWorld,
    batch: int,
    opened: int,
    closed: int,
    settings: Mapping[str, object] | None = None,
    *,
    acted: bool = False,
) -> tuple[int, int]:
    """Applies the batch in a process that is killed once so many lines are begun and ended, as soon as that is stored
    or, with ``acted``, after what comes then and before its end is stored. Returns how many lines there are then.
    ``settings`` are those of the library, where they are others than usual."""
    arguments = (world.folder, batch, (opened, closed), acted, dict(settings or {}))
    run_in_process(_apply_to, *arguments)
    return lines_of(world.database, batch)


def run_in_process(work: Callable[..., None], *arguments: object) -> int:
    """Does ``work`` in a process of its own, until that ends or is killed; returns its exit code."""
    context = multiprocessing.get_context("forkserver")
    main = getattr(sys.modules["__main__"], "__spec__", None)
    # Every process imports the module the tests were started by, so that is loaded before they are forked.
    context.set_forkserver_preload([*PRELOADED, *(["pytest"] if main is not None else [])])
    process = context.Process(target=work, args=arguments, daemon=True)
    process.start()
    process.join(MOST_S)
    assert process.exitcode is not None, "the process neither ended nor was killed"
    return process.exitcode


_COUNT = "SELECT count(*), count(outcome) FROM journal WHERE batch = ?"


def lines_of(database: Path, batch: int) -> tuple[int, int]:
    """How many lines of a batch its journal holds, and how many of them have an outcome."""
    with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as reader:
        lines, ended = reader.execute(_COUNT, (batch,)).fetchone()
        return int(lines), int(ended)


def die_at(database: Path, batch: int, wanted: tuple[int, int], *, acted: bool) -> None:
    """Makes this process kill itself once the batch has come so far, or with ``acted`` before the journal's next change
    is committed."""
    transaction, write = Database.transaction, Database.write

    @contextlib.asynccontextmanager
    async def ending(self: Database, **options: bool) -> AsyncIterator[Any]:
        async with transaction(self, **options) as connection:
            yield connection
            if acted and lines_of(database, batch) >= wanted:
                async with connection.execute(_COUNT, (batch,)) as rows:
                    if tuple(await rows.fetchone()) != wanted:
                        os.kill(os.getpid(), signal.SIGKILL)
        if not acted and lines_of(database, batch) >= wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    async def ending_write(self: Database, function: Callable[..., Any], *args: Any, **options: Any) -> Any:
        def and_die(connection: sqlite3.Connection, *args: Any, **options: Any) -> Any:
            result = function(connection, *args, **options)
            if acted and lines_of(database, batch) >= wanted:
                is_changed = tuple(connection.execute(_COUNT, (batch,)).fetchone()) != wanted
                if is_changed:
                    os.kill(os.getpid(), signal.SIGKILL)
            return result

        result = await write(self, and_die, *args, **options)
        if not acted and lines_of(database, batch) >= wanted:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    Database.transaction = ending  # type: ignore[method-assign]
    Database.write = ending_write  # type: ignore[method-assign,assignment]


def _apply_to(folder: Path, batch: int, wanted: tuple[int, int], acted: bool, settings: dict[str, object]) -> None:
    die_at(folder / "mediatui.db", batch, wanted, acted=acted)
    _apply(folder, batch, settings)


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
