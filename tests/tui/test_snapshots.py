"""What every screen looks like, line by line, at both sizes: ``pytest --snapshot-update`` after a wanted change.

Text only, so that a new Textual with other escape codes does not matter; colours are not the only carrier of meaning.
"""

from __future__ import annotations

import re
import time

import pytest
from syrupy.assertion import SnapshotAssertion

from mediatui.demo.seed import make_torrents
from tests.tui.conftest import NOW, Open

SIZES = ((80, 24), (140, 40))
SCREENS = {
    "torrents": (),
    "detail": ("j", "j", "enter"),
    "filter": ("slash", *"status", "colon", *"problem"),
    "stats": ("3",),
    "activity": ("0",),
    "settings": ("comma",),
    "help": ("question_mark",),
    "sync menu": ("s",),
}
_CHANGING = re.compile(r"(  \d\d [A-Z][a-z]{2}|[A-Z][a-z]{2} \d{4})(?= )|\d\d:\d\d(:\d\d)?")
"""Dates are as short as the year allows, and the log says when."""


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Local time is UTC, wherever the test runs."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.mark.usefixtures("utc")
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCREENS)
async def test_the_screen_looks_as_it_did(
    name: str, size: tuple[int, int], open_app: Open, snapshot: SnapshotAssertion
) -> None:
    async with open_app(make_torrents(60, now=NOW), size=size) as screen:
        await screen.press(*SCREENS[name])
        await screen.settle(0.4)

        assert _CHANGING.sub(lambda found: "#" * len(found[0]), screen.text()) == snapshot
