"""The part of TMDB's API (v3) that mediatui needs: films and series by words and by ids, seasons of series."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from pydantic import SecretStr

from mediatui.model.catalog import CATALOG_TITLES, CatalogEpisode, CatalogKind, CatalogTitle
from mediatui.services.catalog_http import CatalogHttp, Wire, checked_secret
from mediatui.services.tmdb.records import lacks_text, read_episodes, read_results, read_title

BASE: Final = "https://api.themoviedb.org/3"
PAUSE_S: Final = 10.0
A_SECOND: Final = 20
MOST_LANGUAGES: Final = 3
KNOWN_FILM: Final = "tt0133093"
"""A film there is: asking for it proves the key."""
_SHORT_KEY: Final = re.compile(r"[0-9a-fA-F]{32}")
_PATHS: Final[Mapping[CatalogKind, str]] = {"film": "movie", "series": "tv"}
Source = Literal["imdb_id", "tvdb_id"]


class Tmdb:
    """TMDB with a key. Every call raises ServiceError when it fails or refuses; ``close`` it when done.

    ``languages`` are those texts are wanted in, of two letters, the first before the others."""

    title: Final = CATALOG_TITLES["tmdb"]

    def __init__(self, key: SecretStr, languages: Sequence[str], wire: Wire | None = None) -> None:
        """``key`` is an API key or a read access token: the second goes into a header; for the first TMDB has only the
        query. Raises UsageError for one that cannot be either."""
        text = checked_secret("tmdb", "key", key)
        is_short = _SHORT_KEY.fullmatch(text) is not None
        self.languages = tuple(languages)
        self._http = CatalogHttp(
            "tmdb", BASE, wire or Wire(), headers={} if is_short else {"Authorization": f"Bearer {text}"},
            params={"api_key": text} if is_short else {}, first_pause_s=PAUSE_S, a_second=A_SECOND,
        )  # fmt: skip

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    async def check(self) -> None:
        """Whether TMDB answers and accepts the key: raises ServiceError when not."""
        await self.find(KNOWN_FILM)

    async def search(self, kind: CatalogKind, words: str, year: int | None = None) -> list[CatalogTitle]:
        """The films or series that have these words, the best first. Where a text is missing in the first language, the
        next ones are asked for too, one request each."""
        answers: dict[str, Mapping[str, object]] = {}
        for language in self.languages[:MOST_LANGUAGES] or ("en",):
            params: dict[str, str | int] = {"query": words, "language": language, "page": 1}
            if year is not None:
                params["year"] = year
            path = _PATHS[kind]
            answers[language] = await self._http.read(f"search/{path}", f"GET /search/{path}", "", params)
            if not lacks_text(answers[language], kind):
                break
        return read_results(answers, kind, self.languages)

    async def read(self, kind: CatalogKind, number: int) -> CatalogTitle:
        """The film or series of an id, whole. Raises NotFound."""
        path = _PATHS[kind]
        params = {"append_to_response": "external_ids,translations"}
        about = f"the {kind} {number}"
        return await self._http.record(
            f"{path}/{number:d}", f"GET /{path}/{{id}}", about, params,
            lambda found: read_title(found, kind, self.languages),
        )  # fmt: skip

    async def season(self, number: int, season: int) -> list[CatalogEpisode]:
        """The episodes of a season of a series. Raises NotFound."""
        language = self.languages[0] if self.languages else "en"
        about = f"season {season} of the series {number}"
        path = f"tv/{number:d}/season/{season:d}"
        found = await self._http.read(path, "GET /tv/{id}/season/{n}", about, {"language": language})
        return read_episodes(found, season)

    async def find(self, other_id: str, source: Source = "imdb_id") -> list[CatalogTitle]:
        """The films and series that have an id elsewhere: at IMDb (``tt0133093``), or at TVDB (a series)."""
        language = self.languages[0] if self.languages else "en"
        params = {"external_source": source, "language": language}
        found = await self._http.read(f"find/{other_id}", "GET /find/{id}", f"the id {other_id}", params)
        films = read_results({language: found}, "film", self.languages, "movie_results")
        return films + read_results({language: found}, "series", self.languages, "tv_results")
