"""Films and series in the catalogs: which one is asked for what, and what comes of it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from mediatui.acquire.search.identify import identify, identify_once
from mediatui.acquire.search.media import find_media, known_media, read_asked, read_episodes
from mediatui.acquire.search.options import SearchOptions
from mediatui.model.arr_items import ArrItem
from mediatui.model.badges import Known
from mediatui.model.errors import UsageError
from mediatui.services.catalogs import Catalogs
from mediatui.services.errors import NotFound, Refused
from mediatui.settings import Settings, load_settings
from mediatui.store.arr.items import store_item
from mediatui.store.database import Database
from mediatui.store.library.media import Media, store_media
from tests.fakes.catalogs import TMDB_KEY, TVDB_KEY, FakeTmdb, FakeTvdb, SimEpisode, SimTitle

WEEKS = ("2024-09-03", "2024-09-10")
SHOW = SimTitle(
    "series", {"en": "Harbor Lane", "fr": "Rue du Port"}, 2021, 900, 7001, 9000001, aliases=("Harbor Street",),
    episodes=tuple(SimEpisode(2, at, day, {"en": f"E{at}"}) for at, day in enumerate(WEEKS, 1)),
)  # fmt: skip
FILM = SimTitle("film", {"en": "Harbor"}, 2014, 62, 63, 9000002)
OTHER = SimTitle("film", {"en": "Harbor Lane"}, 2001, 64, 65)
TITLES = (FILM, SHOW, OTHER)


def settings_of(folder: Path, keys: str = "tmdb tvdb") -> Settings:
    """Settings in which the catalogs that are named have a key."""
    given = {"tmdb": ("metadata.tmdb_key", TMDB_KEY), "tvdb": ("metadata.tvdb_key", TVDB_KEY)}
    overrides: dict[str, object] = dict(given[name] for name in keys.split())
    return load_settings(folder / "config.toml", environ={}, folder=folder, overrides=overrides)


@asynccontextmanager
async def catalogs_of(folder: Path, keys: str = "tmdb tvdb") -> AsyncIterator[tuple[Catalogs, FakeTmdb, FakeTvdb]]:
    """Catalogs of which those named have a key."""
    settings = settings_of(folder, keys)
    tmdb, tvdb = FakeTmdb(TITLES), FakeTvdb(TITLES)
    catalogs = Catalogs(settings, tmdb.transport(), tvdb.transport())
    try:
        yield catalogs, tmdb, tvdb
    finally:
        await catalogs.close()


@pytest.mark.parametrize(
    ("keys", "text", "kind", "names"),
    [
        ("tmdb tvdb", "harbor lane", None, ["tmdb:64", "tvdb:7001"]),
        ("tmdb tvdb", "  Harbor   Lane (2001) ", None, ["tmdb:64"]),
        ("tmdb tvdb", "harbor", None, ["tmdb:62", "tvdb:7001", "tmdb:64"]),
        ("tmdb tvdb", "harbor", "film", ["tmdb:62", "tmdb:64"]),
        ("tmdb", "harbor lane", None, ["tmdb:64", "tmdb:900"]),
        ("tvdb", "harbor lane", None, ["tvdb:65", "tvdb:7001"]),
        ("tmdb tvdb", "tmdb:62", None, ["tmdb:62"]),
        ("tmdb tvdb", "TMDB:900", "series", ["tmdb:900"]),
        ("tmdb tvdb", "tvdb:7001", None, ["tvdb:7001"]),
        ("tmdb", "tvdb:7001", None, ["tmdb:900"]),
        ("tmdb tvdb", "tt9000001", None, ["tvdb:7001"]),
        ("tmdb", "tt9000001", None, ["tmdb:900"]),
        ("tvdb", "tt9000002", None, ["tvdb:63"]),
        ("tmdb tvdb", "tt9000002", "series", []),
        ("tmdb tvdb", "tt1", None, []),
    ],
)
async def test_films_are_searched_at_tmdb_and_series_at_tvdb_where_they_have_keys(
    tmp_path: Path, keys: str, text: str, kind: str | None, names: list[str]
) -> None:
    async with catalogs_of(tmp_path, keys) as (catalogs, _, _):
        found = await find_media(catalogs, text, kind)  # type: ignore[arg-type]  # a kind
    assert sorted(one.name for one in found.titles) == sorted(names)
    assert [one.name for one in found.titles][:1] == names[:1]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("foundation", ("foundation", None, None)),
        (" harbor lane  s02 ", ("harbor lane", 2, None)),
        ("harbor lane S2E13", ("harbor lane", 2, 13)),
        ("tvdb:81189:S02E03", ("tvdb:81189", 2, 3)),
        ("tt0133093", ("tt0133093", None, None)),
        ("s02", ("s02", None, None)),
        ("plan s9 from outer space", ("plan s9 from outer space", None, None)),
        ("", ("", None, None)),
    ],
)
def test_season_and_episode_may_stand_behind_the_words(text: str, asked: tuple[object, ...]) -> None:
    assert tuple(read_asked(text)) == asked


@pytest.mark.parametrize("text", ["", "  ", "?!"])
async def test_without_words_or_keys_nothing_is_asked(tmp_path: Path, text: str) -> None:
    async with catalogs_of(tmp_path) as (catalogs, tmdb, tvdb):
        with pytest.raises(UsageError, match="nothing to search for"):
            await find_media(catalogs, text)
        assert not tmdb.asked + tvdb.asked
    async with catalogs_of(tmp_path, "") as (catalogs, _, _):
        with pytest.raises(UsageError, match="Neither TMDB nor TVDB has a key"):
            await find_media(catalogs, "harbor")
    async with catalogs_of(tmp_path, "tvdb") as (catalogs, _, _):
        with pytest.raises(UsageError, match="TMDB has no key here"):
            await find_media(catalogs, "tmdb:62")


async def test_what_one_catalog_finds_is_there_when_the_other_refuses(tmp_path: Path) -> None:
    async with catalogs_of(tmp_path) as (catalogs, tmdb, tvdb):
        tvdb.lies.append(httpx.Response(401, json={}))
        found = await find_media(catalogs, "harbor")
        assert [one.name for one in found.titles] == ["tmdb:62", "tmdb:64"]
        assert [type(one) for one in found.failures] == [Refused]
        tvdb.lies.append(httpx.Response(401, json={}))
        with pytest.raises(Refused):
            await find_media(catalogs, "nothing of the kind")
        with pytest.raises(NotFound, match="TMDB does not know the film 1"):
            await find_media(catalogs, "tmdb:1")
        tmdb.key = "another"
        tvdb.key = "another"
        tvdb.end_tokens()
        with pytest.raises(Refused):
            await find_media(catalogs, "harbor")


async def test_episodes_have_the_days_they_were_aired_in_the_numbers_of_either_catalog(tmp_path: Path) -> None:
    async with catalogs_of(tmp_path) as (catalogs, _, _):
        for text, kind in (("tvdb:7001", None), ("tmdb:900", "series")):
            (title,) = (await find_media(catalogs, text, kind)).titles  # type: ignore[arg-type]
            for season in (None, 2):
                found = await read_episodes(catalogs, title, season)
                assert [(one.season, one.number, one.air_date) for one in found] == [
                    (2, 1, WEEKS[0]), (2, 2, WEEKS[1]),
                ]  # fmt: skip
            with pytest.raises(NotFound):
                await read_episodes(catalogs, title, 3)


async def test_what_is_here_is_known_by_the_ids(tmp_path: Path) -> None:
    async with catalogs_of(tmp_path) as (catalogs, _, _):
        show, film = [(await find_media(catalogs, text)).titles[0] for text in ("tvdb:7001", "tmdb:62")]
    blank = ArrItem("sonarr", 1, "series", "Harbor Lane", "harbor lane", tvdb_id=7001, files=1, episodes=2)
    db = await Database.open(tmp_path / "mediatui.db")
    for item, known in (
        (blank, Known("part", 1, of=2)),
        (dataclasses.replace(blank, files=2), Known("obtained")),
        (dataclasses.replace(blank, files=0, monitored=True), Known("monitored")),
        (dataclasses.replace(blank, files=0), Known("unmanaged")),
    ):
        await db.write(store_item, item)
        assert await db.read(known_media, [show, film]) == [known, Known()]
    for link, known in ((None, Known("unmanaged")), (b"/films/Harbor.mkv", Known("obtained"))):
        row = Media("film", "Harbor", 2014, tmdb_id=62, link_path=link, source="radarr", service_id=1).as_row()
        async with db.transaction() as connection:
            await store_media(connection, [row])
        assert await db.read(known_media, [film]) == [known]
    await db.close()


@pytest.mark.parametrize(
    ("options", "titles", "ids"),
    [
        (SearchOptions("", "film", tmdb=62), ("Harbor",), (62, 0, 9000002)),
        (SearchOptions("", "series", tvdb=7001), ("Rue du Port", "Harbor Lane", "Harbor Street"), (900, 7001, 9000001)),
        (SearchOptions("", imdb=9000001), ("Rue du Port", "Harbor Lane", "Harbor Street"), (900, 7001, 9000001)),
        (SearchOptions("typed", "film", tmdb=62), ("Harbor",), (62, 0, 9000002)),
        (SearchOptions("typed"), (), (0, 0, 0)),
        (SearchOptions("", "film", tmdb=62, titles=("Known",)), ("Known",), (62, 0, 0)),
    ],
)
async def test_a_search_by_an_id_gets_titles_and_the_other_ids(
    tmp_path: Path, options: SearchOptions, titles: tuple[str, ...], ids: tuple[int, int, int]
) -> None:
    async with catalogs_of(tmp_path) as (catalogs, _, _):
        found, unknown = await identify(catalogs, options)
    assert (found.titles, unknown) == (titles, [])
    assert (found.tmdb, found.tvdb, found.imdb) == ids


async def test_why_an_id_is_not_known_is_said(tmp_path: Path) -> None:
    async with catalogs_of(tmp_path) as (catalogs, _, _):
        for options, said in (
            (SearchOptions("", "film", tmdb=1), "TMDB does not know the film 1."),
            (SearchOptions("", imdb=1), "No catalog knows a film or series of that id."),
        ):
            assert await identify(catalogs, options) == (options, [("warning", said)])


def weeks(first: str, count: int) -> list[str]:
    start = date.fromisoformat(first)
    return [(start + timedelta(weeks=number)).isoformat() for number in range(count)]


@pytest.mark.parametrize(
    ("days", "options", "numbers", "said"),
    [
        (weeks("2024-09-03", 10), {}, (15, None, 3, None), "S03 at TMDB is S15 at TVDB: both are searched for."),
        (weeks("2024-09-03", 10), {"episode": 4}, (15, 4, 3, 4), "S03E04 at TMDB is S15E04 at TVDB"),
        ([*weeks("2024-09-03", 8), *weeks("2025-09-03", 2)], {}, (15, None, 3, None), "S03 at TMDB is S15"),
        ([*weeks("2024-09-03", 6), *weeks("2025-09-03", 4)], {}, (3, None, None, None), "do not tell"),
        ([*weeks("2024-09-03", 8), *weeks("2025-09-03", 2)], {"episode": 10}, (3, 10, None, None), "do not tell"),
        (weeks("2012-01-01", 10), {}, (3, None, None, None), ""),
        ([], {}, (3, None, None, None), "do not tell"),
    ],
)
async def test_a_season_of_tmdb_is_brought_to_the_numbers_of_tvdb_by_the_days_of_its_episodes(
    tmp_path: Path, days: list[str], options: dict[str, int], numbers: tuple[int | None, ...], said: str
) -> None:
    """Baker's Yard: the third season at TMDB is the fifteenth at TVDB, whose third was another."""
    at_tvdb = [(3, day) for day in weeks("2012-01-01", 10)] + [(15, day) for day in weeks("2024-09-03", 10)]
    kept = [SimEpisode(season, at % 10 + 1, day, {"en": "E"}) for at, (season, day) in enumerate(at_tvdb)]
    one = SimTitle("series", {"en": "The Baker's Yard"}, 2010, 0, 81900, episodes=tuple(kept))
    two = SimTitle(
        "series", {"en": "Baker's Yard"}, 2021, 9100, 81900,
        episodes=tuple(SimEpisode(3, at, day, {"en": "E"}) for at, day in enumerate(days or [""] * 10, 1)),
    )  # fmt: skip
    async with catalogs_of(tmp_path) as (catalogs, tmdb, tvdb):
        tmdb.titles, tvdb.titles = [two], [one]
        found, notes = await identify(catalogs, SearchOptions("", "series", 3, tmdb=9100, **options))  # type: ignore[arg-type]
    assert (found.season, found.episode, found.also_season, found.also_episode) == numbers
    assert (said in notes[0][1]) if said else notes == []


async def test_a_catalog_that_does_not_answer_holds_up_no_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr("mediatui.acquire.search.identify.LONGEST_S", 0.001)
    catalogs = Catalogs(settings_of(tmp_path), httpx.MockTransport(hang), httpx.MockTransport(hang))
    options = SearchOptions("harbor", "film", tmdb=62)
    found, notes = await identify(catalogs, options)
    await catalogs.close()
    assert found == options
    assert [level for level, _ in notes] == ["warning"]
    assert "did not say within" in notes[0][1]


async def test_what_a_catalog_said_of_an_id_is_kept_for_a_day(tmp_path: Path) -> None:
    db, options = await Database.open(tmp_path / "mediatui.db"), SearchOptions("", "film", tmdb=62)
    async with catalogs_of(tmp_path) as (catalogs, tmdb, _):
        first = await identify_once(db, catalogs, options, ["fr"], 1000.0)
        asked = len(tmdb.asked)
        tmdb.lies.append(httpx.Response(401, json={}))
        assert await identify_once(db, catalogs, options, ["fr"], 80_000.0) == first
        assert len(tmdb.asked) == asked
        refused, notes = await identify_once(db, catalogs, options, ["en"], 80_000.0)
        assert (refused.titles, [level for level, _ in notes]) == ((), ["warning"])
        assert await identify_once(db, catalogs, options, ["fr"], 1000.0 + 86_401) == first
        assert len(tmdb.asked) > asked
    await db.close()
