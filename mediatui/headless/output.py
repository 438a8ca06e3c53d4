"""Results as text or JSON lines on standard output; progress and log lines on standard error."""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO, TypeVar

from mediatui.commands.columns import Column
from mediatui.commands.table import terminal_width, write_table
from mediatui.headless.streams import Sink
from mediatui.model.errors import MediatuiError
from mediatui.model.human import duration
from mediatui.model.secrets import mask_secrets
from mediatui.model.text import cut_middle, printable
from mediatui.runtime.events import Changed, Event, Finished, FoundRow, Level, Phase, Progress, Said, Started, Waiting
from mediatui.runtime.invocation import Invocation

if TYPE_CHECKING:
    from mediatui.commands.workspace import Workspace

HELD: Final = 4
"""Exit code: a guard stopped it, or kept it from judging."""
FOUND: Final = 5
"""Exit code: problems were found, or something could not be judged."""
INTERRUPTED: Final = 130
"""Exit code: stopped by a signal."""
REWRITE_EVERY_S: Final = 0.1
"""How often the progress line of a terminal is redrawn."""
LINE_EVERY_S: Final = 5.0
"""How often progress is a line of its own where there is no terminal."""
FLUSH_EVERY_S: Final = 0.1
_CLEAR_LINE = "\r\x1b[K"
_PLAIN: Final = frozenset((bool, type(None)))
_OUTCOME_CODES = {"partial": 1, "failed": 1, "cancelled": INTERRUPTED}

Row = TypeVar("Row")
Describe = Callable[[FoundRow], str]


class Output:
    """Where a headless command puts its results, log lines and progress.

    Everything that is text passes ``printable``. With ``json`` standard output holds one object a line, the last of
    them the result; progress is then silent unless ``-v`` asks for it as JSON lines on standard error.
    """

    def __init__(
        self,
        invocation: Invocation,
        *,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.invocation = invocation
        self.command = invocation.command
        self.json = invocation.json
        self._verbose = invocation.verbose > 0
        self._quiet = invocation.quiet
        self._out = Sink(stdout or sys.stdout)
        self._err = Sink(stderr or sys.stderr)
        self._clock = clock
        self._flushed = -math.inf
        self._progressed = -math.inf
        self._phase = ""
        self._rewriting = self._err.is_terminal
        self._line_shown = False
        self._waited_for = ""
        self.ended = False

    @property
    def gone(self) -> bool:
        """Whether standard output has no reader any more: a command that only reads may stop."""
        return self._out.gone

    @property
    def width(self) -> int | None:
        """The columns of the terminal standard output is, or None when it is none and lines may be of any length."""
        return terminal_width() if self._out.is_terminal else None

    def while_read(self, rows: Iterable[Row]) -> Iterator[Row]:
        """``rows`` as long as standard output has a reader."""
        return itertools.takewhile(lambda _: not self._out.gone, rows)

    def row(self, kind: str, fields: Mapping[str, object], text: str | None = None) -> None:
        """A result: ``fields`` as a JSON line of type ``kind``, or ``text`` (nothing when None)."""
        if self.json:
            self._write(json.dumps({"type": kind, **as_json(fields)}))
        elif text is not None:
            self.line(text)

    def line(self, text: str = "") -> None:
        """A line of text that is a result; nothing with ``--json``."""
        if not self.json:
            self._write(printable(text, empty=""))

    def table(self, columns: Sequence[Column[Row]], rows: Iterable[Row]) -> int:
        """Rows as columns that line up, as long as there is a reader; returns how many. Nothing with ``--json``."""
        return 0 if self.json else write_table(self.line, columns, self.while_read(rows), self.width)

    @contextlib.asynccontextmanager
    async def workspace(self) -> AsyncIterator[Workspace]:
        """The archive and the services of this run, open, what happens noted in the log file. A lane that another
        mediatui holds is not waited for."""
        from mediatui.commands.workspace import open_workspace

        async with open_workspace(self.invocation, wait_for_lane=False) as workspace:
            with contextlib.suppress(MediatuiError):  # settings that are wrong are reported by what needs them
                workspace.start_log()
            yield workspace

    def raw(self, text: str) -> None:
        """Text of a file format, in any pieces, as it is; made safe only when a terminal shows it."""
        if self._out.is_terminal:
            text = "\n".join(printable(line, empty="") for line in text.split("\n"))
        self._clear()
        self._out.write(text)

    async def copy(self, text: str, what: str) -> str:
        """Asks the terminal on standard error to take a text to its clipboard (OSC 52), and tmux; returns what is known
        of it, nothing where there is no terminal."""
        if self.json or not self._err.is_terminal:
            return ""
        import base64

        from mediatui.commands.clipboard import copied

        self._err.write(f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07", flush=True)
        return await copied(what, text)

    def flush(self) -> None:
        """Hands over what is still held back; raises OutputFailed when anything so far could not be written."""
        self._out.flush()
        if self._out.failure is not None:
            raise self._out.failure

    @property
    def verbose(self) -> bool:
        """Whether ``-v`` was given."""
        return bool(self._verbose)

    def said(self, level: Level, text: str) -> None:
        """A log line. ``--quiet`` leaves warnings and errors, ``-v`` adds what is only for debugging."""
        if level == "debug" and not self._verbose:
            return
        if level == "info" and (self._quiet or (self.json and not self._verbose)):
            return
        if self.json:
            self._err.write(json.dumps({"type": "log", "level": level, "text": mask_secrets(text)}) + "\n", flush=True)
            return
        self._note(text if level in ("info", "debug") else f"{level}: {text}")

    def event(self, event: Event, describe: Describe | None = None) -> None:
        """Shows what a job says; ``describe`` makes the text of a Found row (without it rows are JSON only)."""
        match event:
            case FoundRow():
                self.row(event.type, event.row, describe(event) if describe and not self.json else None)
            case Said():
                self.said(event.level, event.text)
            case Phase():
                self._phase = event.name
                self._progressed = -math.inf
                self._waited_for = ""
                self._progress(event, event.name)
            case Progress():
                self._progress(event, progress_text(self._phase, event), paced=True)
            case Waiting():
                left = max(0, round(event.until - time.time()))
                same = event.reason == self._waited_for
                self._waited_for = event.reason
                self._progress(event, f"{self._phase} · waits {duration(left)}: {event.reason}", paced=same)
            case Started() | Changed() | Finished():
                pass

    def result(self, summary: str = "", *, ok: bool = True, counts: Mapping[str, object] | None = None) -> None:
        """The last line of the command: ``summary``, or the JSON result line with ``counts`` as its fields."""
        self._clear()
        self.ended = True
        if self.json:
            own = {"type": "result", "command": self.command, "ok": ok}
            rest = {name: value for name, value in as_json(counts or {}).items() if name not in own}
            self._write(json.dumps({**own, **rest}))
        elif summary:
            self.line(summary)
        self._out.flush()

    def failure(self, message: str, hint: str, kind: str, counts: Mapping[str, object] | None = None) -> None:
        """The last line of a command that an error ended; text goes to standard error, as does with ``--json`` what
        comes after the result line."""
        self._out.flush()
        if self.json and not (self._out.failure or self.ended):
            error = {"kind": kind, "message": message, "hint": hint}
            self.result(ok=False, counts={**(counts or {}), "error": error})
            return
        self._clear()
        self.ended = True
        self._out.flush()
        self._err.write(f"mediatui: {printable(message)}\n")
        if hint:
            self._err.write(f"  {printable(hint)}\n")
        self._err.flush()

    def error(self, error: MediatuiError) -> int:
        """Ends the command with ``error``; returns the exit code. Where standard output is broken the error goes to the
        other stream, with ``--json`` too."""
        self.failure(error.message, error.hint, error.kind)
        return error.exit_code

    def interrupted(self) -> int:
        """Ends a command that a person stopped; returns the exit code."""
        if not self.ended:
            self.failure("Interrupted.", "", "interrupted")
        return INTERRUPTED

    def finished(self, event: Finished) -> int:
        """Ends a command with how its job ended; returns the exit code."""
        code = event.exit_code or _OUTCOME_CODES.get(event.outcome, 0)
        if event.error is not None:
            self.failure(event.error, event.hint, event.error_kind or "error", event.counts)
        else:
            if event.hint and not self.json:
                self.said("info", event.hint)
            hint = {"hint": event.hint} if event.hint else {}
            counts = {"outcome": event.outcome, "summary": event.summary, **hint, **event.counts}
            self.result(event.summary, ok=code in (0, 5), counts=counts)
        return code

    def _progress(self, event: Phase | Progress | Waiting, text: str, *, paced: bool = False) -> None:
        if self._quiet or (self.json and not self._verbose):
            return
        pause = REWRITE_EVERY_S if self._rewriting and not self.json else LINE_EVERY_S
        now = self._clock()
        if paced and now - self._progressed < pause:
            return
        self._progressed = now
        if self.json:
            self._err.write(json.dumps(_progress_fields(event)) + "\n", flush=True)
        elif self._rewriting:
            self._err.write(_CLEAR_LINE + cut_middle(printable(text, empty=""), terminal_width() - 1), flush=True)
            self._line_shown = True
        else:
            self._note(text)

    def _note(self, text: str) -> None:
        self._clear()
        self._err.write(printable(text, empty="") + "\n", flush=True)

    def _write(self, line: str) -> None:
        self._clear()
        now = self._clock()
        due = now - self._flushed > FLUSH_EVERY_S
        self._out.write(line + "\n", flush=due)
        if due:
            self._flushed = now

    def _clear(self) -> None:
        if self._line_shown:
            self._line_shown = False
            self._err.write(_CLEAR_LINE, flush=True)


def as_json(fields: Mapping[str, object]) -> dict[str, object]:
    """``fields`` as JSON may hold them: names that end in ``_at`` (epoch seconds) as ISO 8601 UTC, paths as text,
    numbers that are none as null, texts without secrets."""
    return {name: value if type(value) in _PLAIN else _json_value(name, value) for name, value in fields.items()}


def _json_value(name: str, value: object) -> object:
    if isinstance(value, str):
        return mask_secrets(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return iso_time(value) if _is_time(name) else value
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return iso_time(value) if _is_time(name) else value
    if isinstance(value, Mapping):
        return as_json(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_json_value(name, entry) for entry in value]
    return str(value) if isinstance(value, Path) else repr(value)


def _is_time(name: str) -> bool:
    return name.endswith("_at") or name in ("at", "until", "since")


def iso_time(epoch_s: float) -> str | None:
    """Epoch seconds as ISO 8601 UTC to the second; None for a moment no calendar holds."""
    try:
        return datetime.fromtimestamp(int(epoch_s), UTC).isoformat()[:19] + "Z"
    except (OverflowError, ValueError, OSError):
        return None


def _progress_fields(event: Phase | Progress | Waiting) -> dict[str, object]:
    match event:
        case Phase():
            return {"type": "phase", "name": event.name, "total": event.total}
        case Progress():
            numbers = {"rate": event.rate, "eta_s": event.eta_s}
            unit = {} if event.unit == "things" else {"unit": event.unit}
            fields = {"type": "progress", "done": event.done, "total": event.total, "current": event.current}
            return as_json({**fields, **unit, **numbers})
        case Waiting():
            return as_json({"type": "waiting", "reason": event.reason, "until": event.until})


def progress_text(phase: str, progress: Progress) -> str:
    """One line: ``details 812/1,156 · 3.3/s · 1m43s left · name``."""
    done = progress.amount(progress.done)
    if progress.total is not None:
        done += f"/{progress.amount(progress.total)}"
    parts = [f"{phase} {done}".strip()]
    if progress.rate is not None:
        parts.append(f"{progress.amount(progress.rate)}/s")
    if progress.eta_s is not None:
        parts.append(f"{duration(progress.eta_s)} left")
    if progress.current:
        parts.append(progress.current)
    return " · ".join(parts)
