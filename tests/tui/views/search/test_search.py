"""The screen of searches: rows as indexers answer, narrowing, and sending what was found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from mediatui.acquire.search.query import completions
from mediatui.commands.release_columns import for_text
from mediatui.demo.prowlarr import hash_of
from mediatui.services.catalogs import Catalogs
from mediatui.services.prowlarr.client import Prowlarr
from mediatui.store.transfers.rows import all_transfers
from tests.fakes.arr import KEY, FakeArr
from tests.fakes.catalogs import TMDB_KEY, TVDB_KEY, FakeTmdb, FakeTvdb, SimTitle
from tests.fakes.prowlarr import FakeProwlarr, Offer
from tests.fakes.sockets import on_socket
from tests.worlds.screen import Open, well

SEASON = "Harbor.Lights.S02.MULTi.1080p.HDTV.x265-FW"
EPISODE = "Harbor.Lights.S02E03.720p.HDTV.x264-GRP"


@pytest.fixture
def prowlarr(monkeypatch: pytest.MonkeyPatch) -> FakeProwlarr:
    """A Prowlarr of three indexers, one of which fails; the settings name it."""
    fake = FakeProwlarr()
    fake.add(1, [Offer(SEASON, seeders=90), Offer(EPISODE, hash="e" * 40), "Another.Film.2019.1080p"], name="Alpha")
    fake.add(2, [Offer(SEASON, seeders=5)], name="Bravo")
    fake.add(3, fault="error", name="Delta")
    monkeypatch.setenv("MEDIATUI_PROWLARR__ENABLED", "true")
    monkeypatch.setenv("MEDIATUI_PROWLARR__URL", "http://prowlarr.invalid")
    monkeypatch.setenv("MEDIATUI_PROWLARR__API_KEY", KEY)

    def make(*_: object, **__: object) -> Prowlarr:
        return Prowlarr("http://prowlarr.invalid", SecretStr(KEY), retry_pause_s=0.0001, transport=fake.transport())

    monkeypatch.setattr("mediatui.commands.connect_prowlarr.make_prowlarr", make)
    return fake


async def test_a_search_lists_what_is_found_is_narrowed_and_sends_what_is_under_the_cursor(
    open_app: Open, prowlarr: FakeProwlarr
) -> None:
    async with open_app(well(2), size=(120, 30), first="search") as screen:
        await screen.press("7")
        await screen.until(lambda: "Nothing was searched yet." in screen.text())
        await screen.press("s")
        await screen.type("harbor lights")
        await screen.press("enter")
        await screen.until(lambda: "Delta did not answer" in screen.text() and "Bravo 1 in" in screen.text())
        await screen.until(lambda: "found 2   pack 1   episode 1   all 3" in screen.text())
        assert "Another.Film" not in screen.text()

        await screen.press("left_square_bracket")
        await screen.until(lambda: "Another.Film" in screen.text())
        await screen.press("escape", "slash")
        await screen.type("res:72")
        await screen.until(lambda: "res takes 2160" in screen.text())
        await screen.press("tab", "enter")
        await screen.until(lambda: "/res:720 1" in screen.text())
        assert SEASON not in screen.text()

        await screen.press("escape", "enter")
        await screen.until(lambda: "also at" in screen.text())
        await screen.press("plus")
        await screen.until(lambda: "or TMDB (,) look it up. It is for" in screen.text())
        await screen.press("n")
        await screen.until(lambda: "Send 1 torrent" in screen.text())
        await screen.press("y")
        await screen.until(lambda: "Send 1 torrent: 1 done" in screen.text())
        assert [one.hash for one in all_transfers(screen.app.workspace.reader)] == [hash_of(Offer(SEASON))]


async def test_without_prowlarr_the_screen_says_what_to_set_leads_there_and_sends_what_is_typed(open_app: Open) -> None:
    async with open_app(well(2), size=(80, 24)) as screen:
        await screen.press("7")
        await screen.until(lambda: "Releases are searched with Prowlarr, which is not set up here." in screen.text())
        assert "P Prowlarr  + send" in screen.text()
        await screen.press("t")
        await screen.until(lambda: "with a key of TMDB or TVDB: set one (, then /tmdb)." in screen.text())
        await screen.press("plus")
        await screen.type("c" * 40)
        await screen.press("enter")
        await screen.until(lambda: "no name is known of it. It is for" in screen.text())
        await screen.press("n")
        await screen.until(lambda: "Send 1 torrent" in screen.text())
        await screen.press("n", "P")
        await screen.until(lambda: "/prowlarr" in screen.text() and "Address" in screen.text())


@pytest.mark.parametrize(
    ("typed", "word"),
    [("see", "seen:"), ("is:fr", "freeleech"), ("-(badge:ob", "obtained"), ("lang:multi,vo", "vostfr")],
)
def test_fields_and_values_are_completed(typed: str, word: str) -> None:
    found = completions(typed)
    assert word in [one.word for one in found]
    assert all(one.text.startswith(typed) for one in found)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Foundation.S02.1080p.WEB", "S02"), ("Foundation.S02E07.1080p", "S02E07"),
        ("Foundation.S01-S04.1080p", "S01-S04"), ("Dune.2021.1080p.BluRay", "2021"), ("Some.Words", ""),
    ],
)  # fmt: skip
def test_what_a_release_is_for_is_short(name: str, text: str) -> None:
    from mediatui.names.release_columns import columns_of

    row: Any = type("Row", (), {"columns": columns_of(name)})
    assert for_text(row) == text


async def test_a_film_or_series_is_chosen_and_its_releases_are_searched(
    open_app: Open, prowlarr: FakeProwlarr, monkeypatch: pytest.MonkeyPatch
) -> None:
    show = SimTitle("series", {"en": "Harbor Lights", "fr": "Feux du port"}, 2021, 900, 7001)
    fakes = FakeTmdb([show]), FakeTvdb([show])
    monkeypatch.setattr("mediatui.acquire.search.ask.PAUSE_S", 0.0)
    monkeypatch.setattr(
        "mediatui.commands.connect_catalogs.make_catalogs",
        lambda settings, invocation: Catalogs(settings, *(fake.transport() for fake in fakes)),
    )
    monkeypatch.setenv("MEDIATUI_METADATA__TMDB_KEY", TMDB_KEY)
    monkeypatch.setenv("MEDIATUI_METADATA__TVDB_KEY", TVDB_KEY)
    async with open_app(well(2), size=(80, 24), first="search") as screen:
        await screen.press("colon")
        await screen.type("search --media harbour")
        await screen.press("enter")
        await screen.until(lambda: "Neither TMDB nor TVDB has harbour." in screen.text())
        await screen.press("colon")
        await screen.type("search --media harbor s02")
        await screen.press("enter")
        await screen.until(lambda: "Feux du port (2021)" in screen.text())
        await screen.press("1")
        await screen.until(lambda: "Bravo 1 in" in screen.text() and "Delta did not answer" in screen.text())
        assert prowlarr.indexers[2].asked == ["Feux du port S02", "Harbor Lights S02"]
        assert "⏎ open  + send  m what for  s search  t by title  / filter" in screen.text()
        await screen.until(lambda: "Feux du port --tvdb 7001 --series --season 2" in screen.text())


async def test_what_services_know_is_read_by_ctrl_r_and_said_with_its_age(
    open_app: Open, prowlarr: FakeProwlarr, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sonarr = FakeArr("sonarr")
    sonarr.hold("Harbor Lights", tmp_path / "Harbor Lights")
    sonarr.records.episode(1, 2, 3)
    with on_socket(sonarr) as address:
        for name, value in {"ENABLED": "true", "URL": address, "API_KEY": KEY}.items():
            monkeypatch.setenv(f"MEDIATUI_SONARR__{name}", value)
        monkeypatch.setenv("MEDIATUI_AUTOMATION__ARR_EVERY_HOURS", "0")
        async with open_app(well(2), size=(120, 30), first="search") as screen:
            await screen.press("7", "s")
            await screen.type("harbor lights")
            await screen.press("enter")
            await screen.until(lambda: "Bravo 1 in" in screen.text() and "Sonarr not read yet" in screen.text())
            await screen.until(lambda: "? unknown" in screen.text())
            await screen.press("ctrl+r")
            await screen.until(lambda: "Sonarr read just now" in screen.text())
            await screen.until(lambda: screen.text().count("○ monitored") == 2)
            assert [path for _, path in sonarr.seen if "/series" in path] == ["/api/v3/series"]


async def test_a_search_reads_services_that_were_never_read_and_w_sends_through_them(
    open_app: Open, prowlarr: FakeProwlarr, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sonarr = FakeArr("sonarr")
    sonarr.hold("Harbor Lights", tmp_path / "Harbor Lights")
    sonarr.records.episode(1, 2, 3)
    with on_socket(sonarr) as address:
        for name, value in {"ENABLED": "true", "URL": address, "API_KEY": KEY}.items():
            monkeypatch.setenv(f"MEDIATUI_SONARR__{name}", value)
        async with open_app(well(2), size=(80, 24), first="search") as screen:
            await screen.press("7", "s")
            await screen.type("harbor lights")
            await screen.press("enter")
            await screen.until(lambda: screen.text().count("○ monitored") == 2)
            await screen.press("w", "a")
            await screen.until(lambda: "Send 1 release (2.1 GB)?" in screen.text())
            await screen.press("y")
            await screen.until(lambda: "release/push" in str(sonarr.writes))
