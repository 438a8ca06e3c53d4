"""Removing secrets from the log: the known ones (``model.secrets``), and whatever looks like one."""

from __future__ import annotations

import logging
import re
from typing import Final

from mediatui.model.secrets import MASK, mask_secrets
from mediatui.model.text import printable

EXCERPT: Final = 200
LONGEST: Final = 4_000
"""A longer text of a service is cut here (characters)."""

_PATTERNS = (
    re.compile(r"(?i)(bearer\s+)[^\s\"',;]+"),
    re.compile(
        r"(?i)((?:auth_token|apikey|api_key|x-api-key|token|access_token|refresh_token)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,;]+"
    ),
    re.compile(r"(?i)(https?://(?:[\w-]+\.)*(?:real-debrid\.com/d|rdeb\.io)/)[^\s\"'<>]+"),
    re.compile(r"(?i)(https?://(?!(?:api|app|www)\.)(?:[\w-]+\.)+real-debrid\.com(?::\d+)?/)[^\s\"'<>]+"),
)


def redact(text: str) -> str:
    """``text`` without tokens, API keys and direct links."""
    text = mask_secrets(text)
    for pattern in _PATTERNS:
        text = pattern.sub(lambda match: match.group(1) + MASK, text)
    return text


def excerpt(text: str) -> str:
    """The beginning of a text of a service, on one line; secrets are removed before the cut, which could split one."""
    return " ".join(redact(printable(text[:LONGEST], empty="")).split())[:EXCERPT]


class RedactingFilter(logging.Filter):
    """Redacts every log record, its arguments and its traceback included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrites the record; always returns True."""
        record.msg = redact(record.getMessage())
        record.args = ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
        return True
