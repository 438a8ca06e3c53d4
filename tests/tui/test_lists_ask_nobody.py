"""No list, filter or detail asks anything of a network: a client that is used at all fails."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from mediatui.acquire.search.options import SearchOptions
from mediatui.acquire.search.parsed import with_parsed
from mediatui.acquire.search.wanted import folded_name
from mediatui.demo.seed import make_torrents
from mediatui.model.release import FoundRelease, Release
from mediatui.store.releases.rows import begin_search, store_releases
from tests.worlds.screen import NOW, Open


async def test_lists_filters_and_details_make_no_request(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def send(self: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
        asked.append(f"{request.method} {request.url.path}")
        raise httpx.ConnectError("there is no network", request=request)

    title = "Harbour.Lights.S02.1080p.WEB.H264-FW"
    async with open_app(make_torrents(60, now=NOW), size=(120, 30)) as screen:
        db = screen.app.workspace.db
        search = await db.write(begin_search, "harbour lights", SearchOptions("harbour lights").stored, time.time())
        first = FoundRelease("g1", 1, "Alpha", title, size=10**9, seeders=3, hash="a" * 40)
        release = Release(0, search, first, folded=folded_name(title), first_seen_at=float(NOW), seen_at=float(NOW))
        await db.write(store_releases, [with_parsed(release)])
        monkeypatch.setattr(httpx.AsyncClient, "send", send)
        for key in "12345678":
            await screen.press(key, "j", "j", "enter", "j", "tab", "escape", "right_square_bracket")
            if key != "3":  # the cards have no filter
                await screen.press("slash")
                await screen.type("harbour s02")
                await screen.press("enter", "escape", "escape")
            if key == "7":
                assert title in screen.text()
            assert asked == [], key
