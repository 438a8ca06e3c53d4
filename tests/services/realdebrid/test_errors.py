"""How an answer that is none becomes the reaction it wants."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from mediatui.services.errors import (
    DeadLink,
    Exhausted,
    Infringing,
    NoSlot,
    NotFound,
    Permanent,
    Refused,
    ServiceError,
    SlowDown,
    Transient,
)
from mediatui.services.realdebrid.errors import classify


def body(code: int | None, word: str = "some_word") -> bytes:
    return json.dumps({"error": word} | ({} if code is None else {"error_code": code})).encode()


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (401, body(8), Refused),
        (401, b"", Refused),
        (403, body(9), Refused),
        (403, body(14), Refused),
        (403, body(20), Refused),
        (403, body(22), Refused),
        (429, body(34), SlowDown),
        (429, b"", SlowDown),
        (429, b"<html>", SlowDown),
        (503, body(5), SlowDown),
        (503, body(23), Exhausted),
        (503, body(36), Exhausted),
        (503, body(18), Exhausted),
        (509, b"", NoSlot),
        (503, body(21), NoSlot),
        (500, b"", Transient),
        (502, b"<html><body>Bad gateway</body></html>", Transient),
        (503, body(None), Transient),
        (503, body(25), Transient),
        (500, body(-1), Transient),
        (404, body(7), NotFound),
        (404, b"<html>", NotFound),
        (503, body(19), DeadLink),
        (503, body(24), DeadLink),
        (451, body(35), Infringing),
        (403, body(35), Infringing),
        (400, body(30), Permanent),
        (400, body(2), Permanent),
        (418, b"", Permanent),
        (503, body(999), Permanent),
    ],
)
def test_the_code_outranks_the_status(status: int, content: bytes, kind: type[ServiceError]) -> None:
    error = classify(status, content, {})
    assert type(error) is kind
    assert f"HTTP {status}" in error.message
    assert error.exit_code == 3


BLOCKED = (
    b'<!DOCTYPE html><html lang="en-US"><head><title>Attention Required! | Cloudflare</title></head>'
    b"<body>Sorry, you have been blocked</body></html>"
)


@pytest.mark.parametrize(
    ("page", "title"),
    [
        (BLOCKED, '"Attention Required! | Cloudflare"'),
        (b"<html><head><TITLE lang=en>\n403 <b>Forbidden</b> &lt;i&gt;\x1b[31m</TITLE>", '"403 Forbidden [31m"'),
        (b"<html>\n\n<h1>" + b"x" * 5000, "(HTTP 403)"),
        (b"", "(HTTP 403)"),
        (b"error code: 1020", '"error code: 1020"'),
        (b'{"message": "Forbidden"}', "(HTTP 403)"),
        (b"[]", "(HTTP 403)"),
    ],
)
def test_a_403_that_is_not_the_apis_is_of_the_network_and_says_nothing_of_the_account(page: bytes, title: str) -> None:
    error = classify(403, page, {})
    assert type(error) is Refused
    assert title in error.message
    assert "network or address" in error.message
    assert not any(word in error.sentence.lower() for word in ("premium", "token", "permi", "<", "blocked"))


def test_a_403_of_the_api_without_a_code_is_still_about_the_account() -> None:
    error = classify(403, body(None, "permission_denied"), {})
    assert type(error) is Refused
    assert "denies permission" in error.message


@pytest.mark.parametrize("status", [401, 404, 429, 502, 503])
def test_of_a_page_for_people_no_more_than_its_title_is_printed(status: int) -> None:
    assert "<" not in classify(status, BLOCKED, {}).message
    assert "Attention Required! | Cloudflare" in classify(status, BLOCKED, {}).message
    assert len(classify(status, b"<title>" + b"x" * 5000, {}).message) < 400


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("", None), ("soon", None), ("-3", 0.0),
     ("inf", None), ("nan", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("Wed, 99 Oct 2015 07:28:00 GMT", None)],
)  # fmt: skip
def test_retry_after_is_read_leniently(header: str, seconds: float | None) -> None:
    error = classify(429, b"", {"retry-after": header})
    assert isinstance(error, SlowDown)
    assert error.retry_after == seconds


def test_retry_after_may_name_a_moment() -> None:
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    error = classify(429, b"", {"retry-after": in_a_minute})
    assert isinstance(error, SlowDown)
    assert error.retry_after == pytest.approx(60, abs=5)
