"""Commands in processes of their own that begin as copies of one which has imported the program, so that none of them
has to: for tests of what happens between processes, and of output that cannot be written."""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, NoReturn

import mediatui
from mediatui.cli import main
from tests.worlds.home import Result
from tests.worlds.places import PROJECT

NOT_IMPORTED = ("mediatui.tui", "mediatui.demo", "mediatui.__main__")
"""What no headless command needs."""


class Forks:
    """``with Forks() as forks: forks.run("--json", "sync")``."""

    def __enter__(self) -> Forks:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.worlds.forks"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT,
        )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.communicate()

    @contextlib.contextmanager
    def running(
        self, *arguments: str, stdin: str = os.devnull, stdout: str | None = None, lines: int | None = None
    ) -> Iterator[Running]:
        """A command begun with the environment and the working folder of the test, one at a time. Its output is read to
        its end, or nobody reads on after so many ``lines``, or it goes to the file ``stdout``."""
        task = {"arguments": arguments, "environ": dict(os.environ), "folder": os.getcwd()}
        task |= {"stdin": stdin, "stdout": stdout, "lines": lines}
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(task) + "\n")
        self._server.stdin.flush()
        running = Running(self._read(), self._read)
        try:
            yield running
        finally:
            if not running.is_ended:
                running.send(signal.SIGKILL)
                self._read()

    def run(
        self, *arguments: str, stdin: str = os.devnull, stdout: str | None = None, lines: int | None = None
    ) -> Result:
        """A command run to its end."""
        with self.running(*arguments, stdin=stdin, stdout=stdout, lines=lines) as running:
            return running.end()

    def _read(self) -> Any:
        assert self._server.stdout is not None
        return json.loads(self._server.stdout.readline())


class Running:
    """A command on its way."""

    def __init__(self, pid: int, read: Callable[[], Any]) -> None:
        self.pid = pid
        self.is_ended = False
        self._read = read

    def send(self, number: signal.Signals) -> None:
        """Sends it a signal; none when it is gone already."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Waits until a condition holds; fails when the command ends before."""
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline
            os.kill(self.pid, 0)
            time.sleep(0.01)

    def end(self) -> Result:
        """Waits for its end."""
        self.is_ended = True
        return Result(**self._read())


def _serve() -> None:
    """Does one task after the other."""
    for module in pkgutil.walk_packages(mediatui.__path__, "mediatui."):
        if not module.name.startswith(NOT_IMPORTED):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()  # what is shared with the copies is not touched
    for line in sys.stdin:
        task = json.loads(line)
        reads, writes = os.pipe()
        with tempfile.TemporaryFile() as errors:
            copy = os.fork()
            if not copy:
                os.close(reads)
                _become(task, writes, errors.fileno())
                _run(task["arguments"])
            os.close(writes)
            _answer(copy)
            with os.fdopen(reads, "rb") as pipe:
                out = pipe.read() if task["lines"] is None else b"".join(pipe.readline() for _ in range(task["lines"]))
            code = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
            errors.seek(0)
            _answer({"code": code, "out": out.decode(), "err": errors.read().decode()})


def _answer(content: object) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def _run(arguments: list[str]) -> NoReturn:
    """Runs a command and ends the process; the interpreter is not taken down, which would copy all it shares."""
    try:
        main(arguments)
    except SystemExit as ended:
        os._exit(ended.code if isinstance(ended.code, int) else 1)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(1)


def _become(task: dict[str, Any], out: int, errors: int) -> None:
    """The process that was to be started: its environment, its folder and its standard streams."""
    os.environ.clear()
    os.environ.update(task["environ"])
    os.chdir(task["folder"])
    if task["stdout"] is not None:
        out = os.open(task["stdout"], os.O_WRONLY)
    for number, stream in enumerate((os.open(task["stdin"], os.O_RDONLY), out, errors)):
        os.dup2(stream, number)
    os.close(out)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)


if __name__ == "__main__":
    _serve()
