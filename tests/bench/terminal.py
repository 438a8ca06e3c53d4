"""A real terminal for benchmarks: runs a command in a pty, presses keys, and counts what comes back.

It answers the question for synchronized output as a modern terminal does, so that a frame arrives in one piece, and
keeps a picture of the screen (pyte) to look at and to wait for.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

import pyte

SYNC_QUERY = b"\x1b[?2026$p"
SYNC_ANSWER = b"\x1b[?2026;2$y"
FRAME_END = b"\x1b[?2026l"
QUIET_S = 0.06
"""A frame is over when nothing came for so long: more than three frames at 60 a second."""
FIRST_S = 0.5
"""So long a key may take until something is drawn; one that draws nothing takes so long."""

KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "backspace": "\x7f",
    "space": " ",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a key brought: milliseconds to the first and to the last byte, bytes, and frames."""

    first_ms: float
    last_ms: float
    bytes: int
    frames: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Many answers: milliseconds to the last byte (median, 95th percentile, largest) and mean bytes a key."""

    p50_ms: float
    p95_ms: float
    max_ms: float
    bytes: float


def figures(answers: Sequence[Answer]) -> Figures:
    """The figures of at least two answers."""
    times = sorted(answer.last_ms for answer in answers)
    return Figures(
        statistics.median(times),
        statistics.quantiles(times, n=20, method="inclusive")[-1],
        times[-1],
        statistics.mean(answer.bytes for answer in answers),
    )


class Terminal:
    """One command in one terminal; a context manager that ends the command."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.columns, self.rows = columns, rows
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._tail = b""
        self.total = 0
        self.raw = bytearray()
        self._master, slave = pty.openpty()
        self._resize_pty(columns, rows)
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})}
        for name in ("NO_COLOR", "TMUX", "TERM_PROGRAM", "COLUMNS", "LINES"):
            if name not in (env or {}):
                environment.pop(name, None)
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Ends the command if it still runs, and closes the terminal."""
        if self.process.poll() is None:
            self.process.terminate()
            deadline = time.perf_counter() + 5
            while self.process.poll() is None and time.perf_counter() < deadline:
                self._read(0.05)
            if self.process.poll() is None:
                self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):
            os.close(self._master)

    def hang_up(self) -> None:
        """What a dropped connection does: the terminal goes, and the command gets SIGHUP."""
        os.close(self._master)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGHUP)

    def resize(self, columns: int, rows: int) -> None:
        """Gives the terminal another size."""
        self.columns, self.rows = columns, rows
        self._resize_pty(columns, rows)
        self.screen.resize(rows, columns)

    def _resize_pty(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    # Reading

    def _read(self, timeout: float) -> bytes:
        """What comes within ``timeout`` seconds; empty when nothing does or the command is gone."""
        ready, _, _ = select.select([self._master], [], [], timeout)
        if not ready:
            return b""
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return b""
        if SYNC_QUERY in self._tail + data and SYNC_QUERY not in self._tail:
            os.write(self._master, SYNC_ANSWER)
        self._tail = (self._tail + data)[-16:]
        self.total += len(data)
        self.raw += data
        return data

    def _draw(self) -> None:
        """Brings the picture up to date; not done while a key is timed."""
        # pyte has no private CSI with > or =, which Textual writes for the keyboard protocol: it would print them.
        data = bytes(self.raw)
        for marker in (b"\x1b[>", b"\x1b[=", b"\x1b[<"):
            while (start := data.find(marker)) >= 0:
                end = start + 3
                while end < len(data) and not 0x40 <= data[end] <= 0x7E:
                    end += 1
                data = data[:start] + data[end + 1 :]
        self._stream.feed(data)
        self.raw.clear()

    def drain(self, quiet_s: float = QUIET_S, limit_s: float = 10.0) -> Answer:
        """Reads until nothing came for ``quiet_s`` seconds."""
        return self._collect(time.perf_counter(), quiet_s, limit_s)

    def _collect(self, began: float, quiet_s: float, limit_s: float, *, first_s: float = 0.0) -> Answer:
        first = last = began
        count = frames = 0
        tail = b""
        while time.perf_counter() - began < limit_s:
            data = self._read(quiet_s if count else max(first_s, quiet_s))
            if not data:
                break
            last = time.perf_counter()
            first = first if count else last
            count += len(data)
            frames += (tail + data).count(FRAME_END) - tail.count(FRAME_END)
            tail = (tail + data)[-len(FRAME_END) + 1 :]
        return Answer((first - began) * 1000, (last - began) * 1000, count, frames)

    def press(self, key: str, quiet_s: float = QUIET_S) -> Answer:
        """Presses a key (a name of ``KEYS``, ``ctrl+x``, or the text itself) and waits until all is drawn. On a busy
        machine what it draws may begin later than ``quiet_s``."""
        began = time.perf_counter()
        self.send(key)
        return self._collect(began, quiet_s, 10.0, first_s=FIRST_S)

    def send(self, key: str) -> None:
        """Presses a key and does not wait."""
        if key.startswith("ctrl+"):
            text = chr(ord(key[-1]) & 0x1F)
        else:
            text = KEYS.get(key, key)
        os.write(self._master, text.encode())

    def idle_bytes(self, seconds: float) -> int:
        """How many bytes come within some seconds in which nobody presses anything."""
        before = self.total
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._read(left)
        return self.total - before

    # Looking

    def text(self) -> str:
        """The screen as text, a line each, without trailing blanks."""
        self._draw()
        return "\n".join(line.rstrip() for line in self.screen.display)

    def wait_for(self, text: str, limit_s: float = 20.0) -> float:
        """Waits until the screen shows ``text``; returns the seconds since the command began. Raises TimeoutError."""
        seen = b""
        wanted = text.encode()
        while time.perf_counter() - self.began < limit_s:
            data = self._read(0.5)
            seen = seen[-len(wanted) :] + data
            if wanted in seen:
                return time.perf_counter() - self.began
            if not data and (text in self.text() or self.process.poll() is not None):
                break
        if text in self.text():
            return time.perf_counter() - self.began
        raise TimeoutError(f"{text!r} was not shown:\n{self.text()}")

    def rss_mb(self) -> float:
        """Resident memory of the command, in MB (10**6 bytes)."""
        with open(f"/proc/{self.process.pid}/status") as status:
            line = next(line for line in status if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024 / 1e6
