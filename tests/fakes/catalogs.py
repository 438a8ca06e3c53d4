"""TMDB and TVDB with their keys: the simulated ones of the demo, which may lie before they answer.

    tmdb = FakeTmdb([SimTitle("film", {"en": "Quiet Harbor"}, 2014, tmdb=62)])
    tmdb.lies.append(slow_down(2))              # a 429 first, then the truth

``CATALOG_SHAPES`` says which fields their answers have; fakes and clients are both held to it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import httpx

from mediatui.demo.catalogs import SimEpisode as SimEpisode
from mediatui.demo.catalogs import SimTitle as SimTitle
from mediatui.demo.catalogs import SimulatedTmdb, SimulatedTvdb
from tests.fakes.shapes import Shape

TMDB_KEY: Final = "0123456789abcdef0123456789abcdef"
TMDB_TOKEN: Final = "eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiIwMTIzIn0.c2lnbmF0dXJl"
TVDB_KEY: Final = "12345678-90ab-cdef-1234-567890abcdef"
TVDB_PIN: Final = "QWERTY12"
Lie = httpx.Response | Callable[[httpx.Request], httpx.Response]


def slow_down(seconds: int | None = None) -> httpx.Response:
    """A 429, which says how long to wait or not."""
    headers = {} if seconds is None else {"retry-after": str(seconds)}
    return httpx.Response(429, headers=headers, json={"status_code": 25, "status_message": "Too many requests"})


class _Lies:
    """Answers that come before the true ones, in their order."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.lies: deque[Lie] = deque()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.lies:
            lie = self.lies.popleft()
            return lie if isinstance(lie, httpx.Response) else lie(request)
        answer: httpx.Response = super().__call__(request)  # type: ignore[misc]  # of the simulated service
        return answer

    def transport(self) -> httpx.AsyncBaseTransport:
        """A transport for a client."""
        return httpx.MockTransport(self)


class FakeTmdb(_Lies, SimulatedTmdb):
    """See the module. It takes no parameter that its description does not know, and the key in one place only."""

    def __init__(self, titles: Sequence[SimTitle] = (), *, key: str = TMDB_KEY) -> None:
        super().__init__(titles, key=key)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        known = {"query", "language", "year", "page", "api_key", "append_to_response", "external_source"}
        assert request.method == "GET"
        assert set(request.url.params) <= known, f"unknown parameters: {set(request.url.params) - known}"
        assert ("api_key" in request.url.params) != ("authorization" in request.headers)
        return super().__call__(request)


class FakeTvdb(_Lies, SimulatedTvdb):
    """See the module. Its key goes into the body of a login only."""

    def __init__(self, titles: Sequence[SimTitle] = (), *, key: str = TVDB_KEY, pin: str = "", **more: Any) -> None:
        super().__init__(titles, key=key, pin=pin, **more)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        known = {"query", "type", "year", "limit", "meta", "short", "page"}
        assert set(request.url.params) <= known, f"unknown parameters: {set(request.url.params) - known}"
        assert TVDB_KEY not in str(request.url)
        assert (request.method == "POST") == request.url.path.endswith("/login")
        return super().__call__(request)


_TEXT, _NUMBER, _NONE = (str,), (int,), (str, type(None))
_TMDB_RESULT: Final = {
    "id": _NUMBER, "original_language": _TEXT, "overview": _TEXT, "popularity": (float,), "genre_ids[]": _NUMBER,
}  # fmt: skip
_FILM: Final = {"title": _TEXT, "original_title": _TEXT, "release_date": _TEXT, **_TMDB_RESULT}
_SERIES: Final = {"name": _TEXT, "original_name": _TEXT, "first_air_date": _TEXT, **_TMDB_RESULT}
_PAGE: Final = {"page": _NUMBER, "total_pages": _NUMBER, "total_results": _NUMBER}
_TRANSLATION: Final = {"iso_639_1": _TEXT, "iso_3166_1": _TEXT, "name": _TEXT, "data.overview": _TEXT}
_IDS: Final = {"id": _TEXT, "type": _NUMBER, "sourceName": _TEXT}
_TVDB_TITLE: Final = {
    "data.id": _NUMBER, "data.name": _TEXT, "data.year": _TEXT, "data.originalLanguage": _TEXT,
    "data.firstAired": _TEXT, "data.overview": _NONE, "data.aliases[].language": _TEXT, "data.aliases[].name": _TEXT,
    "data.status.id": _NUMBER, "data.status.name": _TEXT, "data.genres[].id": _NUMBER, "data.genres[].name": _TEXT,
    "data.translations.nameTranslations[].language": _TEXT, "data.translations.nameTranslations[].name": _TEXT,
    "data.translations.nameTranslations[].isPrimary": (bool,),
    "data.translations.nameTranslations[].isAlias": (bool,),
    "data.translations.overviewTranslations[].language": _TEXT,
    "data.translations.overviewTranslations[].overview": _TEXT, "data.translations.alias[]": _TEXT, "status": _TEXT,
}  # fmt: skip


def _below(place: str, fields: Mapping[str, tuple[type, ...]]) -> dict[str, tuple[type, ...]]:
    return {f"{place}.{name}": types for name, types in fields.items()}


CATALOG_SHAPES: Final[Mapping[str, Shape]] = {
    "tmdb GET search/movie": {**_PAGE, **_below("results[]", _FILM)},
    "tmdb GET search/tv": {**_PAGE, **_below("results[]", _SERIES)},
    "tmdb GET movie/{id}": {
        **_FILM, "status": _TEXT, "external_ids.imdb_id": _NONE, "genres[].id": _NUMBER, "genres[].name": _TEXT,
        **_below("translations.translations[]", {**_TRANSLATION, "data.title": _TEXT}),
    },
    "tmdb GET tv/{id}": {
        **_SERIES, "status": _TEXT, "external_ids.imdb_id": _NONE, "external_ids.tvdb_id": (int, type(None)),
        "number_of_seasons": _NUMBER, "genres[].id": _NUMBER, "genres[].name": _TEXT,
        **_below("seasons[]", {"id": _NUMBER, "season_number": _NUMBER, "episode_count": _NUMBER}),
        **_below("translations.translations[]", {**_TRANSLATION, "data.name": _TEXT}),
    },
    "tmdb GET tv/{id}/season/{n}": {
        "id": _NUMBER, "season_number": _NUMBER,
        **_below("episodes[]", {
            "id": _NUMBER, "episode_number": _NUMBER, "season_number": _NUMBER, "name": _TEXT, "air_date": _NONE,
            "overview": _TEXT,
        }),
    },
    "tmdb GET find/{id}": {**_below("movie_results[]", _FILM), **_below("tv_results[]", _SERIES)},
    "tvdb POST login": {"status": _TEXT, "data.token": _TEXT},
    "tvdb GET search": {
        "status": _TEXT, "links.prev": _NONE, "links.next": _NONE,
        **_below("data[]", {
            "tvdb_id": _TEXT, "name": _TEXT, "year": _TEXT, "status": _TEXT, "overview": _NONE,
            "primary_language": _TEXT, "aliases[]": _TEXT, "translations.*": _TEXT, "overviews.*": _TEXT,
            **_below("remote_ids[]", _IDS),
        }),
    },
    "tvdb GET search/remoteid/{id}": {
        "status": _TEXT, "data[].series.id": _NUMBER, "data[].series.name": _TEXT, "data[].movie.id": _NUMBER,
        "data[].movie.name": _TEXT,
    },
    "tvdb GET series/{id}/extended": {**_TVDB_TITLE, **_below("data.remoteIds[]", _IDS)},
    "tvdb GET movies/{id}/extended": {**_TVDB_TITLE, **_below("data.remoteIds[]", _IDS)},
    "tvdb GET series/{id}/episodes/default/{language}": {
        "status": _TEXT, "links.prev": _NONE, "links.next": _NONE,
        **_below("data.episodes[]", {
            "id": _NUMBER, "seriesId": _NUMBER, "seasonNumber": _NUMBER, "number": _NUMBER, "absoluteNumber": _NUMBER,
            "name": _NONE, "aired": _NONE, "overview": _NONE,
        }),
    },
}  # fmt: skip
"""The fields of each answer and their types: ``[]`` is each element of a list, ``*`` any language."""
