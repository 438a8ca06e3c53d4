"""The log file: one JSON object a line, rotating, readable by its owner only, without secrets."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shlex
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final, cast

from mediatui import __version__
from mediatui.model.errors import StoreError
from mediatui.services.redaction import RedactingFilter, redact
from mediatui.system.private_files import make_folder

ROOT: Final = "mediatui"
# At their info level these write a line a request, with whole addresses.
NOISY: Final = ("httpx", "httpcore", "asyncio", "aiosqlite")
LEVELS: Final = ("debug", "info", "warning", "error")
"""The words of a line's level, the gravest last."""
_began = False


class JsonLines(logging.Formatter):
    """A record as one line: ``at`` (ISO 8601 UTC), ``level``, ``where``, ``text``, ``pid``, and ``trace``."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, redacted once more as a whole, so that no field is missed."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "where": record.name,
            "text": redact(record.getMessage()),
            "pid": record.process,
        }
        trace = record.exc_text or (self.formatException(record.exc_info) if record.exc_info else "")
        if trace:
            line["trace"] = redact(trace)
        return json.dumps(line)


class PrivateFile(RotatingFileHandler):
    """A rotating file that is created with mode 0600; a full disk or a removed folder loses lines but does not end the
    run."""

    def _open(self) -> TextIOWrapper:
        opener = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        return cast("TextIOWrapper", os.fdopen(opener, self.mode, encoding=self.encoding))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the name is logging's)
        """Reports nothing: the only place to report it would be the user's screen."""


def start_log(file: Path, *, level: str = "info", max_bytes: int = 2_000_000, backups: int = 3) -> str:
    """Writes everything mediatui logs from ``level`` up to ``file``; calling it again changes file and level.

    Returns a sentence when the file cannot be written (the run goes on without a log), else an empty text.
    """
    logger = logging.getLogger(ROOT)
    stop_log()
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logger.setLevel(level.upper())
    logger.propagate = False
    try:
        make_folder(file.parent, "log folder", "")
        handler: logging.Handler = PrivateFile(file, maxBytes=max_bytes, backupCount=backups, encoding="utf-8")
    except StoreError as error:
        logger.addHandler(logging.NullHandler())
        return f"There is no log: {error.message}"
    except OSError as error:
        logger.addHandler(logging.NullHandler())
        return f"There is no log: {file} cannot be written: {error.strerror}."
    handler.addFilter(RedactingFilter())
    handler.setFormatter(JsonLines())
    logger.addHandler(handler)
    for name in NOISY:
        logging.getLogger(name).addHandler(handler)
    return ""


@dataclass(frozen=True, slots=True)
class LoggedLine:
    """A line of the log file: ``at`` in epoch seconds, the level's word, and the text."""

    at: float
    level: str
    text: str


def read_earlier(file: Path, before: float, most: int) -> list[LoggedLine]:
    """The last ``most`` lines written before ``before`` (epoch seconds), oldest first, from the log file and those it
    was rotated to. Lines that cannot be read are left out; so is a file that is not there."""
    found: deque[LoggedLine] = deque(maxlen=most)
    rotated = sorted(file.parent.glob(f"{file.name}.*"), key=_age, reverse=True)
    for one in (*rotated, file):
        with contextlib.suppress(OSError), one.open(encoding="utf-8", errors="replace") as lines:
            found.extend(line for line in map(_logged, lines) if line is not None and line.at < before)
    return list(found)


def _age(rotated: Path) -> int:
    """How often a log file was rotated: the larger, the older."""
    number = rotated.suffix[1:]
    return int(number) if number.isdecimal() else 0


def _logged(text: str) -> LoggedLine | None:
    try:
        line = json.loads(text)
        at = datetime.fromisoformat(line["at"]).timestamp()
        return LoggedLine(at, line["level"] if line["level"] in LEVELS else "error", str(line["text"]))
    except (ValueError, KeyError, TypeError):
        return None


def note_begin(arguments: Sequence[str]) -> None:
    """Notes that a run begins, with its command line; once a run."""
    global _began
    if not _began:
        _began = True
        logging.getLogger(f"{ROOT}.run").info("begins: mediatui %s (version %s)", shlex.join(arguments), __version__)


def note_error(text: str) -> None:
    """Notes what ended a run whose beginning was noted."""
    if _began:
        logging.getLogger(f"{ROOT}.run").error("%s", text)


def note_end(code: int) -> None:
    """Notes the exit code of a run whose beginning was noted."""
    global _began
    if _began:
        _began = False
        logging.getLogger(f"{ROOT}.run").info("ends with exit code %d", code)


def stop_log() -> None:
    """Closes the log file; what is logged after this goes nowhere."""
    for name in (ROOT, *NOISY):
        logger = logging.getLogger(name)
        for handler in logger.handlers[:]:
            logger.removeHandler(handler)
            handler.close()


def log_crash(file: Path) -> str:
    """Logs the exception that is being handled, starting the log when it is not; returns where to look."""
    problem = ""
    if not any(isinstance(handler, PrivateFile) for handler in logging.getLogger(ROOT).handlers):
        problem = start_log(file)
    logging.getLogger(ROOT).exception("an unexpected error ended mediatui")
    return problem or f"The details are in {file}."
