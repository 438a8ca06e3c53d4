"""What the head and the tail of a file on a mount prove, and what an error says of it."""

from __future__ import annotations

import errno
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mediatui.changes.file_proof import judge, prove
from mediatui.settings import load_settings
from mediatui.system.containers import Assessment

CASES = [
    (Assessment("playable", "", "Matroska", True), True, "proven", False),
    (Assessment("no video", "it names no video track", "Matroska", False), True, "proven", False),
    (Assessment("io_error", "cannot be read: Input/output error", "", False, errno.EIO), True, "expired", False),
    (Assessment("io_error", "it ended after 5 of 10 bytes", "", False, errno.EIO), False, "expired", False),
    (Assessment("unknown", "cannot be read", "", False, errno.ENOTCONN), True, "", True),
    (Assessment("unknown", "cannot be read", "", False, errno.ENOENT), True, "missing", False),
    (Assessment("unknown", "cannot be read", "", False, errno.EACCES), True, "unlike", False),
    (Assessment("unknown", "a folder, not looked into", "", False), True, "unlike", False),
    (Assessment("truncated", "its end is missing", "MP4", True), True, "unlike", False),
    (Assessment("not media", "an HTML or XML page", "", True), True, "unlike", False),
    (Assessment("not media", "no known container begins like this", "", False), True, "unlike", False),
    (Assessment("zeroed", "its first bytes are all zero", "", True), True, "unlike", False),
    (Assessment("not media", "text", "", True), False, "proven", False),  # subtitles are text
    (Assessment("empty", "it has no content", "", True), False, "unlike", False),
]


@pytest.mark.parametrize(("found", "is_video", "state", "away"), CASES, ids=[case[0].reason for case in CASES])
def test_what_an_opened_file_proves(found: Assessment, is_video: bool, state: str, away: bool) -> None:
    proof = judge(found, is_video=is_video)
    assert (proof.state, proof.away) == (state, away)
    assert proof.why == ("" if state == "proven" else found.reason)


@pytest.mark.parametrize(("took", "state"), [(0.02, "expired"), (9.0, "late")])
async def test_an_error_that_is_long_in_coming_says_nothing_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, took: float, state: str
) -> None:
    moments = iter((100.0, 100.0 + took))
    found = Assessment("io_error", "cannot be read: Input/output error", "", False, errno.EIO)
    monkeypatch.setattr("mediatui.changes.file_proof.time", SimpleNamespace(monotonic=lambda: next(moments)))
    monkeypatch.setattr("mediatui.changes.file_proof.ask", lambda *_, seconds: found)
    settings = load_settings(tmp_path / "config.toml", environ={}, folder=tmp_path)
    ctx: Any = SimpleNamespace(settings=settings)
    assert (await prove(ctx, b"/mnt/film.mkv")).state == state
