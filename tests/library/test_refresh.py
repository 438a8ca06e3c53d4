"""Reading what Sonarr and Radarr know into the archive."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mediatui.library.refresh import RefreshOptions, due_services, refresh
from mediatui.model.arr_items import ArrSeason, OtherTitle
from mediatui.model.errors import UsageError
from mediatui.runtime.events import Event, Finished, FoundRow, Said
from mediatui.settings import load_settings
from mediatui.store.arr.facts import LIST, facts_named
from mediatui.store.arr.items import all_items, counts_of, episodes_of, find_item, items_of_id, items_titled
from mediatui.store.database import Database
from mediatui.store.library.titles import titles_of_item
from tests.fakes.arr import BROKEN, LOGIN_PAGE
from tests.worlds.services import ServicesWorld

HOUR = 3600.0


class World(ServicesWorld):
    """Services that know a series of two episodes and two films."""

    def __init__(self, db: Database, folder: Path) -> None:
        super().__init__(db, folder)
        self.sonarr.hold(
            "The Harbor Lights", "/tv/Harbor Lights", ["/tv/Harbor Lights/S01E01.mkv"], tvdbId=71, tmdbId=72,
            imdbId="tt0000123", year=2019, seriesType="anime",
            alternateTitles=[{"title": "Harbor II", "seasonNumber": 1, "sceneSeasonNumber": 2}],
        )  # fmt: skip
        self.sonarr.records.episode(1, 1, 2, absoluteEpisodeNumber=14, airDate="2020-01-02", monitored=False)
        self.radarr.hold("Film", "/films/Film", ["/films/Film/Film.mkv"], year=1999, tmdbId=603, originalTitle="Filme")
        self.radarr.hold("Lost", "/films/Lost", tmdbId=604)

    async def refresh(self, *services: str, shorter: bool = False) -> list[Event]:
        return [event async for event in refresh(self.context(), RefreshOptions(services, shorter))]

    async def due(self) -> tuple[str, ...]:
        return await self.db.read(due_services, self.settings, self.clock())


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    db = await Database.open(tmp_path / "archive.db")
    yield World(db, tmp_path)
    await db.close()


def end_of(events: list[Event]) -> Finished:
    last = events[-1]
    assert isinstance(last, Finished)
    return last


async def test_everything_is_taken_over(world: World) -> None:
    end = end_of(await world.refresh())
    assert (end.outcome, end.counts["items"], end.counts["episodes"]) == ("done", 3, 2)
    series = await world.db.read(find_item, "sonarr", 1)
    assert series is not None
    assert (series.title, series.folded, series.year) == ("The Harbor Lights", "harborlights", 2019)
    assert (series.tvdb_id, series.tmdb_id, series.imdb_id, series.catalog_id) == (71, 72, 123, 71)
    assert series.titles == (OtherTitle("Harbor II", 1, 2),)
    assert series.seasons == (ArrSeason(1, True, 2, 1),)
    assert (series.files, series.episodes, series.has_file, series.series_type) == (1, 2, True, "anime")
    film, lost = await world.db.read(lambda connection: list(all_items(connection, "film")))
    assert (film.original_title, film.has_file, film.catalog_id) == ("Filme", True, 603)
    assert (lost.has_file, lost.year) == (False, None)
    first, second = await world.db.read(episodes_of, "sonarr", 1)
    assert (first.number, first.has_file, first.file_id) == (1, True, 1001)
    assert (second.absolute, second.air_date, second.monitored, second.has_file) == (14, "2020-01-02", False, False)
    assert second.aired_at == 1551751200  # 2019-03-05T02:00:00Z
    assert [one.service_id for one in await world.db.read(items_titled, "harborlights")] == [1]
    by_imdb = await world.db.read(lambda connection: items_of_id(connection, "series", imdb=123))
    assert [one.service_id for one in by_imdb] == [1]
    assert {one.title for one in await world.db.read(titles_of_item, "radarr", 1)} == {"Film", "Filme"}


async def test_episodes_with_a_date_take_one_request_and_only_series_with_others_one_more(world: World) -> None:
    for number in range(2, 6):
        world.sonarr.hold(f"Show {number}", f"/tv/Show {number}", [f"/tv/Show {number}/S01E01.mkv"])
    world.sonarr.records.episode(3, 2, 1, airDateUtc=None, airDate=None)
    events = await world.refresh("sonarr")
    (row,) = [event.row for event in events if isinstance(event, FoundRow)]
    assert (row["requests"], row["episodes"]) == (3, 7)
    asked = [path for _, path in world.sonarr.seen if "/episode?" in path]
    assert asked == ["/api/v3/episode?seriesId=3"]


async def test_a_sonarr_without_a_calendar_is_read_series_by_series(world: World) -> None:
    world.sonarr.fail(httpx.Response(400, json={"message": "no"}), only="calendar")
    assert end_of(await world.refresh("sonarr")).outcome == "done"
    assert (await world.db.read(counts_of, "sonarr")).episodes == 2


async def test_what_is_gone_goes_and_what_changed_changes(world: World) -> None:
    await world.refresh()
    world.radarr.records.forget(2)
    world.sonarr.records.items[1]["monitored"] = False
    await world.refresh()
    assert (await world.db.read(counts_of, "radarr")).items == 1
    series = await world.db.read(find_item, "sonarr", 1)
    assert series is not None
    assert not series.monitored


@pytest.mark.parametrize(
    ("failure", "only"),
    [(BROKEN, "series"), (BROKEN, "episode"), (LOGIN_PAGE, "series"), (httpx.Response(401), "calendar")],
)
async def test_a_service_that_fails_keeps_what_it_reported(world: World, failure: Any, only: str) -> None:
    await world.refresh()
    world.sonarr.records.episode(1, 1, 3, airDateUtc=None)
    world.sonarr.fail(failure, only=only)
    events = await world.refresh()
    end = end_of(events)
    assert (end.outcome, end.exit_code, end.counts["failed"]) == ("partial", 1, 1)
    assert any(isinstance(event, Said) and "stays in use" in event.text for event in events)
    assert await world.db.read(counts_of, "sonarr") == (1, 2)


async def test_none_that_answers_is_a_failure(world: World) -> None:
    for fake in world.fakes.values():
        fake.fail(BROKEN)
    end = end_of(await world.refresh())
    assert (end.outcome, end.exit_code) == ("failed", 3)


@pytest.mark.parametrize("left", [0, 1])
async def test_a_much_shorter_list_is_believed_only_when_that_is_said(world: World, left: int) -> None:
    for number in range(3, 7):
        world.radarr.hold(f"Film {number}", f"/films/{number}")
    await world.refresh()
    for number in range(1, 7 - left):
        world.radarr.records.forget(number)
    events = await world.refresh()
    assert end_of(events).exit_code == 1
    assert any(isinstance(event, Said) and "--service radarr --shorter" in event.text for event in events)
    assert (await world.db.read(counts_of, "radarr")).items == 6
    await world.refresh("radarr", shorter=True)
    assert (await world.db.read(counts_of, "radarr")).items == left


async def test_a_service_is_due_when_its_copy_is_old_and_not_at_once_after_it_failed(world: World) -> None:
    assert await world.due() == ("sonarr", "radarr")
    world.radarr.fail(BROKEN)
    await world.refresh()
    assert await world.due() == ()
    world.later = 0.2 * HOUR
    assert await world.due() == ("radarr",)
    world.radarr.well()
    await world.refresh("radarr")
    world.later = 6.1 * HOUR
    assert await world.due() == ("sonarr",)
    assert set(await world.db.read(facts_named, LIST)) == {"sonarr", "radarr"}
    world.settings = world.settings.model_copy(
        update={"automation": world.settings.automation.model_copy(update={"arr_every_hours": 0})}
    )
    assert await world.due() == ()


async def test_no_service_is_an_error_that_says_so(world: World, tmp_path: Path) -> None:
    world.settings = load_settings(tmp_path / "none.toml", environ={}, folder=tmp_path)
    with pytest.raises(UsageError, match="No Sonarr or Radarr is enabled"):
        await world.refresh()
    with pytest.raises(UsageError, match="No Sonarr or Radarr is named other"):
        await world.refresh("other")


def test_a_large_library_is_asked_for_in_spans_without_gaps() -> None:
    from mediatui.library.refresh import BEGIN, END, EPISODES_AT_ONCE, _spans

    assert list(_spans(EPISODES_AT_ONCE)) == [(BEGIN, END)]
    spans = list(_spans(EPISODES_AT_ONCE + 1))
    assert (spans[0][0], spans[-1][1]) == (BEGIN, END)
    assert all(before[1] == after[0] for before, after in itertools.pairwise(spans))
