"""Runs one function in a process of its own: a long calculation would hold the interpreter's lock, and keys that are
pressed meanwhile would wait for it. Killing the process ends a call in it that hangs.

The function, its arguments and its result are pickled between the two ends of one program; a function is found by its
name in a module.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, ParamSpec, TypeVar

import mediatui
from mediatui.model.errors import MediatuiError
from mediatui.model.text import printable

P = ParamSpec("P")
Result = TypeVar("Result")
CLOSE_S: Final = 5.0
"""How long a process that was killed may take to end."""


class BrokeOff(MediatuiError):
    """The process could not be started, or ended without a result."""

    kind = "process"


async def start_process(module: str) -> asyncio.subprocess.Process:
    """A process that runs one of our modules, with pipes to all its streams. Raises OSError."""
    home = str(Path(mediatui.__file__).parent.parent)
    paths = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths}, start_new_session=True,
    )  # fmt: skip


async def run_apart(function: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    """``function(…)`` in a process that is started for it, and killed when this is cancelled. Raises what the function
    raises, and BrokeOff."""
    try:
        process = await start_process("mediatui.system.own_process")
    except OSError as error:
        raise BrokeOff(f"No process can be started: {error.strerror}.") from error
    try:
        answer, errors = await process.communicate(pickle.dumps((function, args, kwargs)))
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        with contextlib.suppress(TimeoutError):  # a process that hangs on a dead mount is abandoned
            async with asyncio.timeout(CLOSE_S):
                await process.wait()
    if not answer:
        last = errors.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise BrokeOff(f"A process of ours broke off: {printable(' '.join(last), empty='it was killed')}")
    result: Result
    result, raised = pickle.loads(answer)
    if raised is not None:
        raise raised
    return result


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Reads a call, makes it, and answers with its result or its error."""
    function, args, kwargs = pickle.load(source)
    answer: tuple[object, Exception | None]
    try:
        answer = function(*args, **kwargs), None
    except Exception as error:
        answer = None, error
    sink.write(pickle.dumps(answer))
    sink.flush()


def answer_on_stdio(serve: Callable[[BinaryIO, BinaryIO], None]) -> None:
    """What a process of ours does all its life: it serves on standard input and output until the other end is gone."""
    gc.set_threshold(100_000, 50, 50)  # hardly anything here has cycles, and a library is a million objects
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)


if __name__ == "__main__":
    answer_on_stdio(serve)
