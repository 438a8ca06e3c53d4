"""Sonarr and Radarr before simulated ones, which hold themselves and the client to the written contract."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
import pytest
from pydantic import SecretStr

from mediatui.model.errors import UsageError
from mediatui.services.arr import Arr
from mediatui.services.arr_records import ByFolder, CommandEnd, Kind, Movie, Series, find_by_path
from mediatui.services.errors import (
    BadAnswer,
    NotFound,
    Permanent,
    Refused,
    ServiceError,
    SlowDown,
    Transient,
    Uncertain,
    Unreachable,
)
from mediatui.services.redaction import redact
from tests.services.arr_contract import COMMANDS, Endpoint, endpoint_of, wrong_answer, wrong_command, wrong_query

KEY = "0123456789abcdef0123456789abcdef"
LOGIN = "<!doctype html><title>Log in</title>"

Rows = list[dict[str, object]]

SERIES: Rows = [
    {"id": 1, "title": "The Show", "year": 2019, "path": "/tv/The Show", "tvdbId": 71, "tmdbId": 72, "monitored": True},
    {"id": 2, "title": "The Show US", "year": 2021, "path": "/tv/The Show US", "tvdbId": 81, "monitored": False},
    {"id": 3, "title": None, "year": 0, "path": None, "tvdbId": 0, "statistics": {"sizeOnDisk": 0}},
]
EPISODES: Rows = [
    {
        "id": 11,
        "seriesId": 1,
        "seasonNumber": 1,
        "episodeNumber": 1,
        "title": "Pilot",
        "episodeFileId": 101,
        "hasFile": True,
        "monitored": True,
    },
    {"id": 12, "seriesId": 1, "seasonNumber": 1, "episodeNumber": 2, "title": None, "hasFile": False},
]
EPISODE_FILES: Rows = [
    {"id": 101, "seriesId": 1, "seasonNumber": 1, "path": "/tv/The Show/S01/1.mkv", "size": 2**33, "relativePath": None}
]
MOVIE_FILE: dict[str, object] = {"id": 501, "movieId": 5, "path": "/films/Film (1999)/Film.mkv", "size": 2**32}
MOVIES: Rows = [
    {
        "id": 5,
        "title": "Film",
        "year": 1999,
        "path": "/films/Film (1999)",
        "tmdbId": 603,
        "hasFile": True,
        "monitored": True,
        "movieFileId": 501,
        "movieFile": MOVIE_FILE,
    },
    {"id": 6, "title": "Lost", "year": 2001, "path": "/films/Lost (2001)", "hasFile": None, "movieFileId": 0},
]


@dataclass
class Service:
    """A Sonarr or Radarr with one key, below ``base``. A new command walks through ``course``, a step a look."""

    kind: Kind = "sonarr"
    base: str = ""
    app: str = ""
    course: list[tuple[str, str, str]] = field(default_factory=lambda: [("completed", "successful", "Completed")])
    seen: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[dict[str, object]] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)
    looks: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.seen.append((request.method, request.url.raw_path.decode()))
        if request.headers.get("x-api-key") != KEY:
            return httpx.Response(401, json={"error": "Unauthorized"})
        if self.base and not path.startswith(self.base + "/"):
            return httpx.Response(307, headers={"location": self.base + request.url.raw_path.decode()})
        path = path.removeprefix(self.base)
        if not path.startswith("/api/"):
            return httpx.Response(200, html="<!doctype html><title>Sonarr</title>")
        endpoint = endpoint_of(self.kind, request.method, path)
        if endpoint is None:
            return httpx.Response(404)
        if wrong := wrong_query(endpoint, request.url.params.multi_items()):
            return httpx.Response(400, json={"message": wrong})
        return self._checked(endpoint, request, path)

    def _checked(self, endpoint: Endpoint, request: httpx.Request, path: str) -> httpx.Response:
        answer = self._answer(endpoint, request, path)
        if answer is None:
            return httpx.Response(404, json={"message": "NotFound", "description": "ModelNotFoundException"})
        if isinstance(answer, str):
            return httpx.Response(400, json=[{"propertyName": "name", "errorMessage": answer}])
        wrong = wrong_answer(endpoint, answer)
        assert not wrong, f"the simulated service answers {endpoint.path} with {wrong}"
        return httpx.Response(endpoint.status, json=answer)

    def _answer(self, endpoint: Endpoint, request: httpx.Request, path: str) -> object:
        asked = request.url.params
        match endpoint.method, endpoint.path.removeprefix("/api/v3/"):
            case "GET", "system/status":
                name = self.app or {"sonarr": "Sonarr", "radarr": "Radarr"}[self.kind]
                return {"appName": name, "instanceName": "Living room", "version": "4.0.9.2244", "urlBase": self.base}
            case "GET", "series":
                return SERIES
            case "GET", "episode":
                return [row for row in EPISODES if row["seriesId"] == int(asked["seriesId"])]
            case "GET", "episodefile":
                known = int(asked["seriesId"]) in (1, 2, 3)
                return [row for row in EPISODE_FILES if row["seriesId"] == int(asked["seriesId"])] if known else None
            case "GET", "movie":
                return MOVIES
            case "GET", "moviefile":
                return [MOVIE_FILE] if asked["movieId"] == "5" else []
            case "DELETE", _:
                return self._delete(int(path.rpartition("/")[2]))
            case "POST", "command":
                return self._queue(json.loads(request.content))
            case _:
                return self._look(int(path.rpartition("/")[2]))

    def _delete(self, file_id: int) -> object:
        if file_id not in (101, 501):
            return None
        self.deleted.append(file_id)
        return {}

    def _queue(self, body: dict[str, object]) -> object:
        if wrong := wrong_command(self.kind, body):
            return wrong
        self.bodies.append(body)
        return {"id": 900, "name": body["name"], "status": "queued", "result": "unknown", "message": None}

    def _look(self, command_id: int) -> object:
        if command_id != 900:
            return None
        status, result, message = self.course[min(self.looks, len(self.course) - 1)]
        self.looks += 1
        return {"id": 900, "status": status, "result": result, "message": message}


def client(
    service: Callable[[httpx.Request], httpx.Response] | None = None,
    kind: Kind = "sonarr",
    url: str = "http://arr.invalid:8989",
    key: str = KEY,
) -> Arr:
    transport = httpx.MockTransport(service or Service(kind))
    return Arr(kind, url, SecretStr(key), retry_pause_s=0.001, transport=transport)


def always(*replies: httpx.Response | Exception) -> tuple[Callable[[httpx.Request], httpx.Response], list[str]]:
    """A service that gives these replies in turn, the last one for ever; and the methods it was asked with."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        reply = replies[min(len(asked), len(replies)) - 1]
        if isinstance(reply, Exception):
            raise reply
        return reply

    return answer, asked


async def test_the_status_says_who_answers() -> None:
    status = await client().status()
    assert (status.app_name, status.version, status.instance_name) == ("Sonarr", "4.0.9.2244", "Living room")


async def test_sonarr_tells_series_episodes_and_files() -> None:
    arr = client()
    first, second, bare = await arr.series()
    assert first == Series(1, "The Show", 2019, "/tv/The Show", tvdb_id=71, tmdb_id=72, monitored=True)
    assert (second.tmdb_id, second.monitored) == (0, False)
    assert bare == Series(3)
    pilot, missing = await arr.episodes(1)
    assert (pilot.season_number, pilot.episode_number, pilot.episode_file_id) == (1, 1, 101)
    assert (pilot.has_file, pilot.monitored, pilot.title) == (True, True, "Pilot")
    assert (missing.has_file, missing.episode_file_id, missing.title) == (False, 0, "")
    (file,) = await arr.episode_files(1)
    assert (file.id, file.path, file.size) == (101, "/tv/The Show/S01/1.mkv", 2**33)
    await arr.close()


async def test_radarr_tells_films_and_files() -> None:
    arr = client(kind="radarr")
    film, lost = await arr.movies()
    assert (film.id, film.title, film.year, film.path, film.tmdb_id) == (5, "Film", 1999, "/films/Film (1999)", 603)
    assert film.movie_file is not None
    assert (film.has_file, film.movie_file.id, film.movie_file.size) == (True, 501, 2**32)
    assert (lost.has_file, lost.movie_file) == (False, None)
    assert await arr.movie_files(5) == (film.movie_file,)
    assert await arr.movie_files(6) == ()


async def test_a_series_it_does_not_know() -> None:
    arr = client()
    with pytest.raises(NotFound, match=r"^Sonarr does not know the series 99\.$"):
        await arr.episode_files(99)
    assert await arr.episodes(99) == ()


async def test_deleting_a_file_record() -> None:
    records: tuple[tuple[Kind, int], ...] = (("sonarr", 101), ("radarr", 501))
    for kind, file_id in records:
        service = Service(kind)
        arr = client(service, kind)
        await arr.delete_file(file_id)
        assert service.deleted == [file_id]
        with pytest.raises(NotFound, match="file 7"):
            await arr.delete_file(7)


async def test_a_rescan_and_a_search_name_their_ids() -> None:
    names: tuple[tuple[Kind, str, str], ...] = (
        ("sonarr", "RescanSeries", "EpisodeSearch"),
        ("radarr", "RescanMovie", "MoviesSearch"),
    )
    for kind, one, many in names:
        service = Service(kind)
        arr = client(service, kind)
        assert await arr.rescan(4) == 900
        assert await arr.search([11, 12, 11]) == 900
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
    service = Service()
    with pytest.raises(UsageError):
        await client(service).run_command(name, **body)
    assert service.seen == []


@pytest.mark.parametrize(
    "call",
    [
        lambda arr: arr.movies(),
        lambda arr: arr.movie_files(1),
        lambda arr: arr.episodes(0),
        lambda arr: arr.delete_file(0),
    ],
)
async def test_calls_that_make_no_sense_are_not_made(call: Callable[[Arr], Awaitable[object]]) -> None:
    service = Service()
    with pytest.raises(UsageError):
        await call(client(service))
    assert service.seen == []


async def test_a_command_is_followed_to_its_end() -> None:
    course = [("queued", "unknown", ""), ("started", "unknown", "1 of 2"), ("completed", "successful", "Completed")]
    service = Service(course=course)
    arr = client(service)
    end = await arr.wait_for(await arr.rescan(1), most_s=20, poll_s=0.001)
    assert end == CommandEnd("completed", "successful", "Completed")
    assert (end.ended, end.succeeded, service.looks) == (True, True, 3)


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
    arr = client(Service(course=[(status, result, "what it said")]))
    end = await arr.wait_for(900, most_s=20, poll_s=0.001)
    assert (end.ended, end.succeeded, end.message) == (True, succeeded, "what it said")


async def test_a_command_that_never_ends_is_not_waited_for_longer_than_asked() -> None:
    service = Service(course=[("started", "unknown", "still at it")])
    async with asyncio.timeout(20):
        end = await client(service).wait_for(900, most_s=0.05, poll_s=0.001)
    assert (end.status, end.ended, end.succeeded, end.message) == ("started", False, False, "still at it")
    assert service.looks > 1


async def test_a_service_that_hangs_is_not_waited_for_either() -> None:
    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        return httpx.Response(200)

    arr = Arr("sonarr", "http://arr.invalid", SecretStr(KEY), transport=httpx.MockTransport(hang))
    async with asyncio.timeout(20):
        assert await arr.wait_for(900, most_s=0.05, poll_s=0.001) == CommandEnd("unknown", "unknown", "")


async def test_a_command_it_has_forgotten() -> None:
    with pytest.raises(NotFound, match="the command 31"):
        await client().wait_for(31)


async def test_a_wrong_key_is_named_and_never_shown() -> None:
    wrong = "ffffffffffffffffffffffffffffffff"
    service = Service()
    with pytest.raises(Refused, match="Sonarr does not accept the API key") as caught:
        await client(service, key=wrong).status()
    assert "sonarr.api_key" in caught.value.hint
    assert len(service.seen) == 1
    assert wrong not in redact(f"sent {wrong}")
    assert wrong not in str(caught.value) + caught.value.hint


async def test_the_key_is_not_in_the_address() -> None:
    service = Service()
    await client(service).series()
    assert all(KEY not in path for _, path in service.seen)


@pytest.mark.parametrize("key", ["", "  ", "with space", "schlüssel", "two\nlines"])
async def test_keys_that_cannot_be_one(key: str) -> None:
    with pytest.raises(UsageError, match="API key for Sonarr"):
        client(key=key)


@pytest.mark.parametrize("url", ["", "arr.invalid:8989", "ftp://arr.invalid", "http://"])
async def test_addresses_that_cannot_be_one(url: str) -> None:
    with pytest.raises(UsageError, match="address of Sonarr"):
        client(url=url)


async def test_a_base_path() -> None:
    service = Service(base="/sonarr")
    arr = client(service, url="http://arr.invalid:8989/sonarr/")
    assert len(await arr.series()) == 3
    assert service.seen == [("GET", "/sonarr/api/v3/series")]


async def test_a_base_path_that_is_missing_is_proposed() -> None:
    with pytest.raises(BadAnswer, match=r"Sonarr .* redirect") as caught:
        await client(Service(base="/sonarr")).status()
    assert "/sonarr: put that at the end of sonarr.url" in caught.value.hint


async def test_a_base_path_that_is_wrong() -> None:
    with pytest.raises(BadAnswer, match="web page answers instead of the API of Sonarr") as caught:
        await client(url="http://arr.invalid:8989/wrong").status()
    assert "sonarr.url" in caught.value.hint


async def test_another_program_behind_the_address() -> None:
    with pytest.raises(BadAnswer, match=r"sonarr\.url leads to Radarr 4\.0\.9\.2244, not to Sonarr"):
        await client(Service("radarr")).status()
    with pytest.raises(BadAnswer, match="There is no API of Sonarr"):
        await client(Service("radarr")).series()


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        (httpx.Response(200, html=LOGIN), BadAnswer, "web page"),
        (httpx.Response(200, content=b"\n " + LOGIN.encode()), BadAnswer, "web page"),
        (httpx.Response(200, content=b"fine"), BadAnswer, "cannot be read"),
        (httpx.Response(200, json={"records": []}), BadAnswer, "cannot be read"),
        (httpx.Response(200, json=[{"title": "no id"}]), BadAnswer, "0.id"),
        (httpx.Response(302, headers={"location": "https://auth.invalid/?rd=x"}), BadAnswer, "redirect"),
        (httpx.Response(401, headers={"www-authenticate": "Basic realm=x"}), Refused, "proxy before Sonarr"),
        (httpx.Response(403, html="<h1>Forbidden</h1>"), Refused, "denies access"),
        (httpx.Response(404), BadAnswer, "no API of Sonarr"),
        (httpx.Response(404, html="<h1>nginx</h1>"), BadAnswer, "no API of Sonarr"),
        (httpx.Response(409, json={"message": "root folder is missing"}), Permanent, "root folder is missing"),
        (httpx.Response(429), SlowDown, "slow down"),
        (httpx.Response(502, html="<h1>Bad Gateway</h1>"), Transient, "web page, perhaps of a proxy"),
        (httpx.Response(500, json={"message": "database is locked"}), Transient, "database is locked"),
        (httpx.ConnectError("refused"), Unreachable, "cannot be reached"),
        (httpx.ReadTimeout("slow"), Transient, "within 30 s"),
        (httpx.RemoteProtocolError("cut"), Transient, "broke"),
    ],
)
async def test_every_failure_is_one_of_ours_and_names_the_service(
    reply: httpx.Response | Exception, error: type[ServiceError], says: str
) -> None:
    service, _ = always(reply)
    with pytest.raises(error, match="Sonarr") as caught:
        await client(service).series()
    assert type(caught.value) is error
    assert says in caught.value.message


async def test_a_missing_series_behind_a_wrong_base_path_is_not_called_unknown() -> None:
    service, _ = always(httpx.Response(404, html="<h1>nginx</h1>"))
    with pytest.raises(BadAnswer, match="no API of Sonarr"):
        await client(service).episode_files(1)


async def test_what_the_service_says_is_shown_without_its_secrets() -> None:
    service, _ = always(httpx.Response(400, json={"message": f"bad key {KEY}"}))
    with pytest.raises(Permanent) as caught:
        await client(service).series()
    assert KEY not in caught.value.message


async def test_reads_are_tried_again() -> None:
    service, asked = always(httpx.Response(503), httpx.ReadTimeout("slow"), httpx.Response(200, json=SERIES))
    assert len(await client(service).series()) == 3
    assert asked == ["GET"] * 3
    service, asked = always(httpx.Response(503))
    with pytest.raises(Transient):
        await client(service).series()
    assert asked == ["GET"] * 3


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (httpx.Response(500), Uncertain),
        (httpx.ReadTimeout("slow"), Uncertain),
        (httpx.RemoteProtocolError("cut"), Uncertain),
        (httpx.ConnectError("refused"), Unreachable),
        (httpx.Response(409, json={"message": "empty root"}), Permanent),
        (httpx.Response(200, html=LOGIN), BadAnswer),
    ],
)
async def test_writes_are_made_once(reply: httpx.Response | Exception, error: type[ServiceError]) -> None:
    for what in ("delete", "search"):
        service, asked = always(reply)
        arr = client(service)
        with pytest.raises(error, match="Sonarr"):
            await (arr.delete_file(101) if what == "delete" else arr.search([11]))
        assert len(asked) == 1


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
    item = find_by_path(FOLDERS, path)
    assert (item and item.id) == found


def test_looking_up_many_paths() -> None:
    index = ByFolder(FOLDERS)
    assert [item.id for item in index] == [1, 2, 3, 4]
    assert [getattr(index.find(path), "id", 0) for path in ("/films/Heat/a", "/x", "/films/Heat (1995)")] == [1, 0, 2]
