"""Simulated catalogs, TMDB and TVDB, which answer in the shapes of theirs; a missing translation is an empty text."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import httpx

from mediatui.model.languages import LONG, short_language
from mediatui.model.text import fold

TOKEN_S: Final = 30 * 86_400.0
PAGE: Final = 500
"""Episodes a page of TVDB."""
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class SimEpisode:
    """An episode: its numbers, its day, its titles by language of two letters, and the number through all seasons."""

    season: int
    number: int
    air_date: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    absolute: int | None = None


@dataclass(frozen=True, slots=True)
class SimTitle:
    """A film or series; its ``titles`` and ``overviews`` are by language of two letters. An id of 0 is one that this
    catalog does not have; without one of a catalog's own it is not in that catalog."""

    kind: Literal["film", "series"]
    titles: Mapping[str, str]
    year: int
    tmdb: int = 0
    tvdb: int = 0
    imdb: int = 0
    original: str = "en"
    overviews: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    episodes: tuple[SimEpisode, ...] = ()
    status: str = "Ended"
    genres: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its original title."""
        return self.titles[self.original]

    def has(self, words: str) -> bool:
        """Whether one of its titles has every word."""
        wanted = set(_WORD.findall(fold(words)))
        every = (*self.titles.values(), *self.aliases)
        return bool(wanted) and any(wanted <= set(_WORD.findall(fold(one))) for one in every)


class SimulatedTmdb:
    """Answers requests for ``titles``; ``key`` is the only key it takes, empty for any."""

    def __init__(self, titles: Sequence[SimTitle], *, key: str = "") -> None:
        self.titles, self.key = titles, key
        self.asked: list[str] = []
        """The path of every request, with its query but the key."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request, at once."""
        params = request.url.params
        self.asked.append(f"{request.url.path.removeprefix('/3/')}?{params.remove('api_key')}".rstrip("?"))
        given = params.get("api_key") or request.headers.get("authorization", "").removeprefix("Bearer ")
        if not given or (self.key and given != self.key):
            return _tmdb_error(401, 7, "Invalid API key: You must be granted a valid key.")
        language = short_language(params.get("language", "en"))
        match request.url.path.removeprefix("/3/").split("/"):
            case ["search", "movie" | "tv" as kind]:
                return self._search(kind, params, language)
            case ["movie" | "tv" as kind, number] if number.isdecimal():
                title = self._by_id(kind, int(number))
                return _no_tmdb() if title is None else _json(_tmdb_whole(title, language))
            case ["tv", number, "season", season] if number.isdecimal() and season.isdecimal():
                return self._season(int(number), int(season), language)
            case ["find", other]:
                return self._find(other, params.get("external_source", ""), language)
        return _no_tmdb()

    def _search(self, kind: str, params: httpx.QueryParams, language: str) -> httpx.Response:
        year = params.get("year", "")
        found = [
            one for one in self._of(kind) if one.has(params.get("query", "")) and (not year or str(one.year) == year)
        ]
        rows = [_tmdb_row(one, language) for one in found]
        return _json({"page": 1, "results": rows, "total_pages": 1, "total_results": len(rows)})

    def _season(self, number: int, season: int, language: str) -> httpx.Response:
        title = self._by_id("tv", number)
        episodes = [] if title is None else [one for one in title.episodes if one.season == season]
        if not episodes:
            return _no_tmdb()
        rows = [
            {
                "id": number * 10_000 + one.season * 100 + one.number, "episode_number": one.number,
                "season_number": season, "name": one.titles.get(language, ""), "air_date": one.air_date or None,
                "overview": "",
            }
            for one in episodes
        ]  # fmt: skip
        return _json({"id": number * 100 + season, "season_number": season, "episodes": rows})

    def _find(self, other: str, source: str, language: str) -> httpx.Response:
        number = int(other.removeprefix("tt")) if other.removeprefix("tt").isdecimal() else 0
        found = [
            one for one in self.titles
            if one.tmdb and number and number == (one.imdb if source == "imdb_id" else one.tvdb)
        ]  # fmt: skip
        rows = {"film": "movie_results", "series": "tv_results"}
        answer = {name: [_tmdb_row(one, language) for one in found if one.kind == kind] for kind, name in rows.items()}
        return _json(answer)

    def _of(self, kind: str) -> list[SimTitle]:
        return [one for one in self.titles if one.tmdb and (one.kind == "film") == (kind == "movie")]

    def _by_id(self, kind: str, number: int) -> SimTitle | None:
        return next((one for one in self._of(kind) if one.tmdb == number), None)


class SimulatedTvdb:
    """Answers requests for ``titles``; ``key`` and ``pin`` are the only ones it takes, an empty key for any. A token
    ends after a month of the ``clock``."""

    def __init__(
        self,
        titles: Sequence[SimTitle],
        *,
        key: str = "",
        pin: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.titles, self.key, self.pin = titles, key, pin
        self.asked: list[str] = []
        """The path of every request, with its query."""
        self._clock = clock
        self._tokens: dict[str, float] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request, at once."""
        path, params = request.url.path.removeprefix("/v4/"), request.url.params
        self.asked.append(f"{path}?{params}".rstrip("?"))
        if path == "login":
            return self._log_in(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._tokens.get(token, 0.0) <= self._clock():
            return _json({"message": "Unauthorized"}, 401)
        match path.split("/"):
            case ["search"]:
                return self._search(params)
            case ["search", "remoteid", other]:
                return self._find(other)
            case ["series" | "movies" as kind, number, "extended"] if number.isdecimal():
                title = self._by_id("film" if kind == "movies" else "series", int(number))
                return _no_tvdb() if title is None else _json({"status": "success", "data": _tvdb_whole(title)})
            case ["series", number, "episodes", "default", language] if number.isdecimal():
                return self._episodes(int(number), short_language(language), int(params.get("page", "0")))
        return _no_tvdb()

    def end_tokens(self) -> None:
        """Lets every token end, as after a month."""
        self._tokens.clear()

    def _log_in(self, request: httpx.Request) -> httpx.Response:
        given = json.loads(request.content)
        if set(given) - {"apikey", "pin"} or given.get("pin") == "":
            return _json({"status": "failure", "message": "InvalidValueType: pin invalid", "data": None}, 401)
        if not given.get("apikey") or (self.key and (given["apikey"], given.get("pin", "")) != (self.key, self.pin)):
            return _json({"status": "failure", "message": "InvalidAPIKey: apikey invalid", "data": None}, 401)
        token = f"TOKEN{len(self._tokens) + len(self.asked)}OF{given['apikey']}"
        self._tokens[token] = self._clock() + TOKEN_S
        return _json({"status": "success", "data": {"token": token}})

    def _search(self, params: httpx.QueryParams) -> httpx.Response:
        kind, year = ("film" if params.get("type") == "movie" else "series"), params.get("year", "")
        found = [
            one for one in self.titles
            if one.tvdb and one.kind == kind and one.has(params.get("query", "")) and year in ("", str(one.year))
        ]  # fmt: skip
        rows = [_tvdb_row(one) for one in found[: int(params.get("limit", "50"))]]
        return _json({"status": "success", "data": rows, "links": {"prev": None, "next": None}})

    def _find(self, other: str) -> httpx.Response:
        found = [one for one in self.titles if one.tvdb and one.imdb and f"tt{one.imdb:07d}" == other]
        rows = [{("series" if one.kind == "series" else "movie"): {"id": one.tvdb, "name": one.name}} for one in found]
        return _json({"status": "success", "data": rows or None})

    def _episodes(self, number: int, language: str, page: int) -> httpx.Response:
        title = self._by_id("series", number)
        spoken = title is not None and any(language in one.titles for one in title.episodes)
        if title is None or (title.episodes and not spoken):
            return _no_tvdb()
        rows = [
            {
                "id": number * 10_000 + one.season * 100 + one.number, "seriesId": number,
                "seasonNumber": one.season, "number": one.number, "absoluteNumber": one.absolute or 0,
                "name": one.titles.get(language), "aired": one.air_date or None, "overview": None,
            }
            for one in title.episodes[page * PAGE : (page + 1) * PAGE]
        ]  # fmt: skip
        more = len(title.episodes) > (page + 1) * PAGE
        links = {"prev": None, "next": f"https://api4.thetvdb.com/v4/?page={page + 1}" if more else None}
        return _json({"status": "success", "data": {"episodes": rows}, "links": links})

    def _by_id(self, kind: str, number: int) -> SimTitle | None:
        return next((one for one in self.titles if one.tvdb == number and one.kind == kind), None)


def _tmdb_row(one: SimTitle, language: str) -> dict[str, object]:
    name, day = ("title", "release_date") if one.kind == "film" else ("name", "first_air_date")
    return {
        "id": one.tmdb, name: one.titles.get(language, ""), f"original_{name}": one.name,
        "original_language": one.original, day: f"{one.year}-03-14", "overview": one.overviews.get(language, ""),
        "popularity": 12.5, "genre_ids": [18],
    }  # fmt: skip


def _tmdb_whole(one: SimTitle, language: str) -> dict[str, object]:
    name = "title" if one.kind == "film" else "name"
    spoken = dict.fromkeys((*one.titles, *one.overviews))
    translations = [
        {
            "iso_639_1": code, "iso_3166_1": code.upper(), "name": code,
            "data": {name: one.titles.get(code, "") if code != one.original else "",
                     "overview": one.overviews.get(code, "")},
        }
        for code in spoken
    ]  # fmt: skip
    numbers = dict.fromkeys(episode.season for episode in one.episodes)
    seasons = [
        {
            "id": one.tmdb * 100 + number, "season_number": number,
            "episode_count": sum(episode.season == number for episode in one.episodes),
        }
        for number in numbers
    ]  # fmt: skip
    more: dict[str, object] = {} if one.kind == "film" else {"number_of_seasons": len(numbers), "seasons": seasons}
    ids: dict[str, object] = {"imdb_id": f"tt{one.imdb:07d}" if one.imdb else None}
    ids |= {} if one.kind == "film" else {"tvdb_id": one.tvdb or None}
    return {
        **_tmdb_row(one, language), "status": one.status, **more, "external_ids": ids, "genres": _genres(one),
        "translations": {"translations": translations},
    }  # fmt: skip


def _tvdb_row(one: SimTitle) -> dict[str, object]:
    return {
        "tvdb_id": str(one.tvdb), "name": one.name, "year": str(one.year), "status": one.status,
        "overview": one.overviews.get(one.original), "primary_language": LONG[one.original],
        "aliases": list(one.aliases), "translations": {LONG[code]: text for code, text in one.titles.items()},
        "overviews": {LONG[code]: text for code, text in one.overviews.items()}, "remote_ids": _remote_ids(one),
    }  # fmt: skip


def _tvdb_whole(one: SimTitle) -> dict[str, object]:
    names = [
        {"language": LONG[code], "name": text, "isPrimary": code == one.original}
        for code, text in one.titles.items()
    ]  # fmt: skip
    overviews = [{"language": LONG[code], "overview": text} for code, text in one.overviews.items()]
    return {
        "id": one.tvdb, "name": one.name, "year": str(one.year), "originalLanguage": LONG[one.original],
        "firstAired": f"{one.year}-03-14", "overview": one.overviews.get(one.original),
        "aliases": [{"language": LONG[one.original], "name": text} for text in one.aliases],
        "status": {"id": 1, "name": one.status}, "remoteIds": _remote_ids(one), "genres": _genres(one),
        "translations": {
            "nameTranslations": names, "overviewTranslations": overviews, "alias": list(one.aliases),
        },
    }  # fmt: skip


def _genres(one: SimTitle) -> list[dict[str, object]]:
    return [{"id": number, "name": name} for number, name in enumerate(one.genres, 18)]


def _remote_ids(one: SimTitle) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    if one.imdb:
        found.append({"id": f"tt{one.imdb:07d}", "type": 2, "sourceName": "IMDB"})
    if one.tmdb:
        found.append({"id": str(one.tmdb), "type": 12, "sourceName": "TheMovieDB.com"})
    return found


def _no_tmdb() -> httpx.Response:
    return _tmdb_error(404, 34, "The resource you requested could not be found.")


def _tmdb_error(status: int, code: int, said: str) -> httpx.Response:
    return _json({"success": False, "status_code": code, "status_message": said}, status)


def _no_tvdb() -> httpx.Response:
    return _json({"status": "failure", "message": "NotFoundException: record not found", "data": None}, 404)


def _json(value: object, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=json.dumps(value).encode(), headers={"content-type": "application/json"})
