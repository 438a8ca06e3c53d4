"""Secrets never pass the one place that takes them out."""

from __future__ import annotations

import logging

import pytest

from mediatui.model.secrets import MASK, keep_secret
from mediatui.services.redaction import RedactingFilter, redact

SECRET = "SUPERSECRETVALUE42"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {SECRET}",
        f"GET /rest/1.0/torrents?auth_token={SECRET}&page=1",
        f"X-Api-Key: {SECRET}",
        f"apikey={SECRET}",
        f'{{"token": "{SECRET}"}}',
        f"https://real-debrid.com/d/{SECRET}",
        f"https://12-4.download.real-debrid.com/d/{SECRET}/film.mkv",
    ],
)
def test_secrets_by_their_shape(text: str) -> None:
    assert SECRET not in redact(text)
    assert MASK in redact(text)


def test_secrets_that_are_known() -> None:
    keep_secret("anunusualword")
    assert redact("it says anunusualword here") == f"it says {MASK} here"


def test_ordinary_text_passes() -> None:
    text = "812 of 1,156 details, The.Token.2019.1080p.mkv"
    assert redact(text) == text


def test_the_log_filter_covers_arguments_and_tracebacks() -> None:
    keep_secret(SECRET)
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        record = logging.LogRecord("x", 20, "f", 1, "said %s", (SECRET,), (ValueError, error, error.__traceback__))
    assert RedactingFilter().filter(record)
    assert SECRET not in logging.Formatter().format(record)
