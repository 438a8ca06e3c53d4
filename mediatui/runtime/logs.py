"""The log file: one JSON object a line, rotating, readable by its owner only, without secrets."""

from __future__ import annotations

import json
import logging
import os
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final, cast

from mediatui.model.errors import StoreError
from mediatui.services.redaction import RedactingFilter, redact
from mediatui.system.private_files import make_folder

ROOT: Final = "mediatui"
# At their info level these write a line a request, with whole addresses.
NOISY: Final = ("httpx", "httpcore", "asyncio", "aiosqlite")


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
    if not logging.getLogger(ROOT).handlers:
        problem = start_log(file)
    logging.getLogger(ROOT).exception("an unexpected error ended mediatui")
    return problem or f"The details are in {file}."
