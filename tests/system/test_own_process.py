"""A function in a process of its own: its result, its error, and its end."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from mediatui.model.errors import UsageError
from mediatui.system.own_process import BrokeOff, run_apart

pytestmark = pytest.mark.process


def refuse(what: str) -> None:
    raise UsageError(f"No {what}.", "Another.")


def end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def test_a_function_runs_apart_and_its_error_comes_back() -> None:
    assert await run_apart(os.getpid) != os.getpid()
    with pytest.raises(UsageError) as refused:
        await run_apart(refuse, "pears")
    assert refused.value.sentence == "No pears. Another."
    with pytest.raises(BrokeOff, match="it was killed"):
        await run_apart(end)


async def test_one_that_is_cancelled_is_killed() -> None:
    running = asyncio.create_task(run_apart(signal.pause))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
