"""Makes calls that may hang in a helper process.

A call on a mount that hangs cannot be cancelled, and a process with a thread in such a call does not end, not even when
it is killed, before the mount answers (the kernel waits for a FUSE daemon that took the request). So calls that may
hang are made in a helper process: it is started when it is first needed, runs several calls at once, and is abandoned
when it hangs. Functions are found by their name in a module, and their arguments and results must pickle.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, ParamSpec, TypeVar

P = ParamSpec("P")
Result = TypeVar("Result")

ANSWER_S = 5.0
START_S = 60.0
"""How long the helper may take to start; a busy machine is no dead mount, so that is not part of a call's time."""
_READY = 0
"""The number of the message that says it has started."""
_BEGIN = "import sys; sys.path[:] = {path!r}; from mediatui.system.helper_process import serve; serve()"


class TimedOut(Exception):
    """A call took too long and was abandoned."""


@dataclass(slots=True)
class _Question:
    helper_started: threading.Event
    answered: threading.Event = field(default_factory=threading.Event)
    result: object = None
    error: Exception | None = None


class _Helper:
    """The helper process, and the calls it has not answered yet."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _BEGIN.format(path=sys.path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self._numbers = itertools.count(_READY + 1)
        self._open: dict[int, _Question] = {}
        self._writing = threading.Lock()
        self.ended = False
        self.started = threading.Event()
        threading.Thread(target=self._read, daemon=True, name="answers").start()

    def ask(self, call: bytes) -> _Question:
        """Sends a pickled call."""
        number, question = next(self._numbers), _Question(self.started)
        self._open[number] = question
        assert self._process.stdin is not None
        try:
            with self._writing:
                if not self.ended:
                    _send(self._process.stdin, number, call)
        except OSError:
            self.ended = True
        if self.ended:
            self._fail()
        return question

    def _read(self) -> None:
        assert self._process.stdout is not None
        while (message := _receive(self._process.stdout)) is not None:
            number, data = message
            self.started.set()
            question = self._open.pop(number, None)
            if question is not None:
                question.result, question.error = pickle.loads(data)
                question.answered.set()
        self.ended = True
        self.started.set()
        self._fail()
        with self._writing:
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
        self._process.wait()

    def _fail(self) -> None:
        """Fails every open call: the process is gone."""
        for number in list(self._open):
            question = self._open.pop(number, None)
            if question is not None:
                question.error = OSError(errno.EIO, os.strerror(errno.EIO))
                question.answered.set()


_starting = threading.Lock()
_helpers: list[_Helper] = []
"""The helper in use is the last one."""


def call_in_helper(function: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
    """``function(…)`` in the helper process, however long it takes; raises what the function raises."""
    return _wait(_ask(function, args, kwargs), None)


def ask(function: Callable[..., Result], *args: object, seconds: float = ANSWER_S) -> Result:
    """``function(…)`` in the helper process, waiting at most ``seconds`` from when that has started; raises TimedOut,
    or what the function raises. Blocks."""
    question = _ask(function, args, {})
    question.helper_started.wait(START_S)
    return _wait(question, seconds)


def _ask(function: Callable[..., Result], args: tuple[object, ...], kwargs: dict[str, object]) -> _Question:
    call = pickle.dumps((function, args, kwargs))
    with _starting:
        if not _helpers or _helpers[-1].ended:
            _helpers.append(_Helper())
        helper = _helpers[-1]
    return helper.ask(call)


def _wait(question: _Question, seconds: float | None) -> Result:  # type: ignore[type-var]  # what the function gives
    if not question.answered.wait(seconds):
        raise TimedOut
    if question.error is not None:
        raise question.error
    return question.result  # type: ignore[return-value]  # the pickled result of the function asked


def _send(stream: IO[bytes], number: int, data: bytes) -> None:
    stream.write(number.to_bytes(8, "big") + len(data).to_bytes(8, "big") + data)
    stream.flush()


def _receive(stream: IO[bytes]) -> tuple[int, bytes] | None:
    """The number and the content of the next message; None at the end."""
    head = stream.read(16)
    if len(head) < 16:
        return None
    size = int.from_bytes(head[8:], "big")
    data = stream.read(size)
    return None if len(data) < size else (int.from_bytes(head[:8], "big"), data)


def serve() -> None:
    """Runs in the helper: makes each call in a thread of its own, until standard input ends."""
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    writing = threading.Lock()
    _send(answers, _READY, b"")

    def work(number: int, call: bytes) -> None:
        answer: tuple[object, Exception | None]
        try:
            function, args, kwargs = pickle.loads(call)
            answer = function(*args, **kwargs), None
        except Exception as error:
            answer = None, error
        with writing, contextlib.suppress(OSError):
            _send(answers, number, pickle.dumps(answer))

    while (message := _receive(questions)) is not None:
        threading.Thread(target=work, args=message, daemon=True).start()
    os._exit(0)
