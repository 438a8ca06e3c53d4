"""What Sonarr and Radarr are asked, and that nothing can be asked of them for a whole library."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from mediatui.model.arr import ArrKind
from mediatui.model.errors import UsageError
from mediatui.services.arr.client import Arr
from mediatui.services.arr.records import ByFolder, CommandEnd, Counts, Movie, Season, Series
from mediatui.services.errors import NotFound
from tests.fakes.arr import HANG
from tests.fakes.arr_requests import COMMANDS
from tests.worlds.arr_client import client, stocked


async def test_the_status_says_who_answers() -> None:
    status = await client().status()
    assert (status.app_name, status.version, status.instance_name) == ("Sonarr", "10.0.0.28163", "Sonarr")


async def test_sonarr_tells_series_episodes_and_files() -> None:
    arr = client()
    first, second = await arr.series()
    assert first == Series(
        1,
        "The Show",
        2019,
        "/tv/The Show",
        tvdb_id=71,
        tmdb_id=72,
        monitored=True,
        series_type="standard",
        genres=("Drama",),
        statistics=Counts(1, 2, 2**33),
        imdb_id="tt9900001",
        status=first.status,
        added=first.added,
        seasons=(Season(1, True, Counts(1, 2, 2**33)),),
    )
    assert (second.year, second.monitored) == (2021, False)
    pilot, missing = await arr.episodes(1)
    assert (pilot.season_number, pilot.episode_number, pilot.episode_file_id) == (1, 1, 1001)
    assert (pilot.has_file, pilot.monitored, pilot.title) == (True, True, "Part 1")
    assert (missing.has_file, missing.episode_file_id, missing.title) == (False, 0, "")
    (file,) = await arr.episode_files(1)
    assert (file.id, file.path, file.size) == (1001, "/tv/The Show/S01/S01E01.mkv", 2**33)
    await arr.close()


async def test_radarr_tells_films_and_files() -> None:
    arr = client(kind="radarr")
    film, lost = await arr.movies()
    assert (film.id, film.title, film.year, film.path, film.tmdb_id) == (1, "Film", 1999, "/films/Film (1999)", 603)
    assert film.movie_file is not None
    assert (film.has_file, film.movie_file.id, film.movie_file.size) == (True, 1001, 2**32)
    assert (lost.has_file, lost.movie_file) == (False, None)
    assert await arr.movie_files(1) == (film.movie_file,)
    assert await arr.movie_files(2) == ()


async def test_a_series_it_does_not_know() -> None:
    arr = client()
    with pytest.raises(NotFound, match=r"^Sonarr does not know the series 99\.$"):
        await arr.episode_files(99)
    assert await arr.episodes(99) == ()


async def test_a_rescan_and_a_search_name_their_ids() -> None:
    names: tuple[tuple[ArrKind, str, str], ...] = (
        ("sonarr", "RescanSeries", "EpisodeSearch"),
        ("radarr", "RescanMovie", "MoviesSearch"),
    )
    for kind, one, many in names:
        service = stocked(kind)
        arr = client(service, kind)
        assert await arr.rescan(4) == 901
        assert await arr.search([11, 12, 11]) == 902
        (rescan,), (search,) = COMMANDS[kind][one], COMMANDS[kind][many]
        assert service.bodies == [{"name": one, rescan: 4}, {"name": many, search: [11, 12]}]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("RescanSeries", {}),
        ("RescanSeries", {"seriesId": 0}),
        ("RescanSeries", {"seriesId": True}),
        ("RescanSeries", {"seriesId": [1]}),
        ("EpisodeSearch", {}),
        ("EpisodeSearch", {"episodeIds": []}),
        ("EpisodeSearch", {"episodeIds": 5}),
        ("EpisodeSearch", {"episodeIds": [1, 0]}),
        ("EpisodeSearch", {"episodeIds": "12"}),
        ("EpisodeSearch", {"episodeIds": [1], "seriesId": 1}),
        ("MissingEpisodeSearch", {"monitored": 1}),
        ("MoviesSearch", {"movieIds": [1]}),
    ],
)
async def test_nothing_goes_over_the_whole_library(name: str, body: dict[str, int | list[int]]) -> None:
    service = stocked()
    with pytest.raises(UsageError):
        await client(service).run_command(name, **body)
    assert service.seen == []


@pytest.mark.parametrize(
    "call",
    [
        lambda arr: arr.movies(),
        lambda arr: arr.movie_files(1),
        lambda arr: arr.episodes(0),
        lambda arr: arr.rescan(0),
    ],
)
async def test_calls_that_make_no_sense_are_not_made(call: Callable[[Arr], Awaitable[object]]) -> None:
    service = stocked()
    with pytest.raises(UsageError):
        await call(client(service))
    assert service.seen == []


async def test_a_command_is_followed_to_its_end() -> None:
    service = stocked()
    service.steps = 2
    arr = client(service)
    end = await arr.wait_for(await arr.search([101]), most_s=20, poll_s=0.001)
    assert end == CommandEnd("completed", "successful", "Episode search completed. 0 reports downloaded.")
    assert (end.ended, end.succeeded, len(service.seen)) == (True, True, 1 + 3)


@pytest.mark.parametrize(
    ("status", "result", "succeeded"),
    [
        ("completed", "successful", True),
        ("completed", "unknown", True),
        ("completed", "unsuccessful", False),
        ("failed", "unknown", False),
        ("aborted", "successful", False),
        ("orphaned", "unknown", False),
    ],
)
async def test_both_status_and_result_say_how_a_command_ended(status: str, result: str, succeeded: bool) -> None:
    service = stocked()
    service.forced = (status, result, "what it said")
    arr = client(service)
    end = await arr.wait_for(await arr.rescan(1), most_s=20, poll_s=0.001)
    assert (end.ended, end.succeeded, end.message) == (True, succeeded, "what it said")


async def test_a_command_that_never_ends_is_not_waited_for_longer_than_asked() -> None:
    service = stocked()
    service.steps = None
    arr = client(service)
    async with asyncio.timeout(20):
        end = await arr.wait_for(await arr.rescan(1), most_s=0.05, poll_s=0.001)
    assert (end.status, end.ended, end.succeeded) == ("started", False, False)
    assert len(service.seen) > 2


async def test_a_service_that_hangs_is_not_waited_for_either() -> None:
    service = stocked()
    service.fail(HANG)
    async with asyncio.timeout(20):
        assert await client(service).wait_for(901, most_s=0.05, poll_s=0.001) == CommandEnd("unknown", "unknown", "")


async def test_a_command_it_has_forgotten() -> None:
    with pytest.raises(NotFound, match="the command 31"):
        await client().wait_for(31)


FOLDERS = [
    Movie(1, path="/films/Heat"),
    Movie(2, path="/films/Heat (1995)"),
    Movie(3, path="/films/Heat/Extras"),
    Movie(4, path="D:\\Films\\Alien"),
    Movie(5, path=""),
    Movie(6, path="/"),
    Movie(7, path="Films/Relative"),
    Movie(8, path="/films/Heat/"),
]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/films/Heat/Heat.mkv", 1),
        ("/films/Heat", 1),
        ("/films/Heat (1995)/Heat.mkv", 2),
        ("/films/Heat/Extras/1.mkv", 3),
        ("/films/Heat2/Heat.mkv", None),
        ("/other/films/Heat/Heat.mkv", None),
        ("/films/heat/Heat.mkv", None),
        ("/films", None),
        ("d:\\films\\ALIEN\\Alien.mkv", 4),
        ("Films/Relative/1.mkv", None),
        ("/films/Heat/../Alien/1.mkv", None),
        ("", None),
    ],
)
def test_the_item_whose_folder_holds_a_path(path: str, found: int | None) -> None:
    item = ByFolder(FOLDERS).find(path)
    assert (item and item.id) == found


def test_looking_up_many_paths() -> None:
    index = ByFolder(FOLDERS)
    assert [item.id for item in index] == [1, 2, 3, 4]
    assert [getattr(index.find(path), "id", 0) for path in ("/films/Heat/a", "/x", "/films/Heat (1995)")] == [1, 0, 2]
