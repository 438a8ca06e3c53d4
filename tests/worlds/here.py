"""What the program does in processes of its own, done in the test's own process: commands, services, analyses.

A process costs half a second; only where a signal, a pipe, a kill or a hang is the subject is one started.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import pickle
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Any

import pytest

from mediatui.cli import run_commands
from mediatui.demo.server import SimulatedServer, arguments, make_server
from mediatui.headless import drive
from mediatui.headless.streams import settle_streams
from mediatui.library.maintenance.job import AnalysisFailed
from mediatui.library.maintenance.process import Task, serve
from mediatui.model.text import printable
from mediatui.runtime import logs
from mediatui.runtime.logs import stop_log
from mediatui.system.threads import in_thread


def run_here(arguments: list[str], given: str = "") -> tuple[int, str, str]:
    """The exit code, the output and the errors of a command; standard input holds ``given`` and is no terminal."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", "replace", "", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(sys, "argv", ["mediatui", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        monkeypatch.setattr(logs, "_began", False)  # as in a new process, whatever a test before left open
        try:
            code = run_commands(arguments)
            settle_streams()
        finally:
            stop_log()
    return code, _text(out), _text(err)


async def run_beside(arguments: list[str]) -> tuple[int, str, str]:
    """What ``run_here`` gives, from a thread beside the event loop of the test: signals do not stop the command."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(drive, "STOPPING", ())  # handlers can be set in the main thread only
        return await asyncio.to_thread(run_here, arguments)


def _text(stream: io.TextIOWrapper) -> str:
    """What was written, as ``subprocess`` reads it in text mode."""
    stream.flush()
    written: bytes = stream.buffer.getvalue()  # type: ignore[attr-defined]
    return written.decode().replace("\r\n", "\n")


@contextlib.contextmanager
def serving(*options: str) -> Iterator[str]:
    """The address of a simulated account that a thread answers for; ``options`` are those of ``demo.server``."""
    with answering(make_server(arguments().parse_args(options))) as address:
        yield address


@contextlib.contextmanager
def answering(server: SimulatedServer) -> Iterator[str]:
    """The address of a simulated service that a thread answers for."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True, name="simulated account")
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(server.start(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: SimulatedServer) -> None:
    await server.stop()
    talks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in talks:
        task.cancel()
    await asyncio.gather(*talks, return_exceptions=True)
    await asyncio.sleep(0)  # transports close


class _Messages(io.RawIOBase):
    """What an analysis writes, as messages for the event loop that waits for them."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.queue: asyncio.Queue[Any] = asyncio.Queue()
        self.over = False

    def write(self, data: Any) -> int:
        if self.over:
            raise BrokenPipeError
        self.put(pickle.loads(data[4:]))
        return len(data)

    def put(self, message: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self.queue.put_nowait, message)


async def messages_of(task: Task) -> AsyncGenerator[tuple[str, Any], None]:
    """What an analysis says that runs in a thread; it ends with its next message when this is closed."""
    sink = _Messages()

    def analyse() -> None:
        try:
            serve(io.BytesIO(pickle.dumps(task)), sink)  # type: ignore[arg-type]
            sink.put(None)
        except BrokenPipeError:
            pass
        except Exception as error:
            sink.put(AnalysisFailed(f"The analysis broke off: {printable(f'{type(error).__name__}: {error}')}"))

    threading.Thread(target=analyse, daemon=True, name="library").start()
    try:
        while (message := await sink.queue.get()) is not None:
            if isinstance(message, Exception):
                raise message
            yield message
    finally:
        sink.over = True


async def run_in_thread(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What ``function(…)`` gives, from a thread; all of it is pickled on the way as between two processes."""
    call = pickle.dumps((function, args, kwargs))

    def work() -> Any:
        function, args, kwargs = pickle.loads(call)
        return pickle.loads(pickle.dumps(function(*args, **kwargs)))

    return await in_thread(work)
