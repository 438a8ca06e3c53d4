"""The part of TVDB's API (v4) that mediatui needs: series and films by words and by ids, episodes of series."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import SecretStr

from mediatui.model.catalog import CATALOG_TITLES, CatalogEpisode, CatalogKind, CatalogTitle, has_text
from mediatui.model.languages import LONG
from mediatui.model.secrets import keep_secret
from mediatui.services.catalog_http import KEY_HINTS, CatalogHttp, Wire, checked_secret
from mediatui.services.errors import BadAnswer, NotFound
from mediatui.services.fields import as_text
from mediatui.services.tvdb.records import read_episodes, read_found, read_remote, read_title

BASE: Final = "https://api4.thetvdb.com/v4"
PAUSE_S: Final = 30.0
A_SECOND: Final = 8
MOST_FOUND: Final = 30
MOST_PAGES: Final = 40
"""So many pages of 500 episodes are read at most."""
MOST_LANGUAGES: Final = 2
_PATHS: Final[Mapping[CatalogKind, str]] = {"film": "movies", "series": "series"}


class TvdbLogin:
    """The token that a key, and for some keys a PIN, is exchanged for: kept in memory, good for a month, and renewed
    when TVDB refuses it. There is one login at a time."""

    hint = KEY_HINTS["tvdb"]

    def __init__(self, http: CatalogHttp, key: str, pin: str) -> None:
        self._http = http
        self._given = {"apikey": key, **({"pin": pin} if pin else {})}
        self._token = ""
        self._logging_in = asyncio.Lock()

    async def token(self) -> str:
        """The token of the next request. Raises ServiceError when TVDB gives none."""
        async with self._logging_in:
            if not self._token:
                self._token = await self._log_in()
            return self._token

    async def renew(self, refused: str) -> bool:
        """Logs in again, unless that was done since ``refused`` was."""
        async with self._logging_in:
            if self._token == refused:
                self._token = await self._log_in()
            return True

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    async def _log_in(self) -> str:
        data = (await self._http.send("login", self._given)).get("data")
        token = str(as_text(data.get("token"))) if isinstance(data, dict) else ""
        if not token or not token.isascii() or not token.isprintable():
            raise BadAnswer(f"{self._http.title} sent no token at the login.", "Try again later.")
        keep_secret(token)
        return token


class Tvdb:
    """TVDB with a key. Every call raises ServiceError when it fails or refuses; ``close`` it when done.

    ``languages`` are those texts are wanted in, of two letters, the first before the others."""

    title: Final = CATALOG_TITLES["tvdb"]

    def __init__(self, key: SecretStr, pin: SecretStr, languages: Sequence[str], wire: Wire | None = None) -> None:
        """An empty ``pin`` is for a key that needs none. Raises UsageError for a key or PIN that cannot be one."""
        text = checked_secret("tvdb", "key", key)
        code = checked_secret("tvdb", "pin", pin) if pin.get_secret_value().strip() else ""
        self.languages = tuple(languages)
        reached = wire or Wire()
        self._login = TvdbLogin(
            CatalogHttp("tvdb", BASE, reached, first_pause_s=PAUSE_S, a_second=A_SECOND), text, code
        )
        self._http = CatalogHttp("tvdb", BASE, reached, access=self._login, first_pause_s=PAUSE_S, a_second=A_SECOND)

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    async def check(self) -> None:
        """Whether TVDB answers and accepts the key: raises ServiceError when not."""
        await self._login.token()

    async def search(self, kind: CatalogKind, words: str, year: int | None = None) -> list[CatalogTitle]:
        """The series or films that have these words, the best first."""
        params: dict[str, str | int] = {"query": words, "type": "series" if kind == "series" else "movie"}
        params |= {"limit": MOST_FOUND} if year is None else {"limit": MOST_FOUND, "year": year}
        found = await self._http.read("search", "GET /search", "", params)
        return read_found(found, kind, self.languages)

    async def find(self, imdb: str, kind: CatalogKind) -> list[int]:
        """The ids of the series or films that have an id at IMDb (``tt0133093``)."""
        try:
            found = await self._http.read(f"search/remoteid/{imdb}", "GET /search/remoteid/{id}", f"the id {imdb}")
        except NotFound:
            return []
        return read_remote(found, kind)

    async def read(self, kind: CatalogKind, number: int) -> CatalogTitle:
        """The series or film of an id, whole. Raises NotFound."""
        path, about = _PATHS[kind], f"the {kind} {number}"
        params = {"meta": "translations", "short": "true"}
        return await self._http.record(
            f"{path}/{number:d}/extended", f"GET /{path}/{{id}}/extended", about, params,
            lambda found: read_title(found, kind, self.languages),
        )  # fmt: skip

    async def episodes(self, number: int) -> list[CatalogEpisode]:
        """Every episode of a series, specials (season 0) included, in the order of its seasons as they were aired.
        Those without a title in the first language have it in the next, if there. Raises NotFound."""
        found: dict[int, CatalogEpisode] = {}
        for language in (self.languages or ("en",))[:MOST_LANGUAGES]:
            try:
                more = await self._episodes_in(number, LONG.get(language, language))
            except NotFound:  # there is no translation, unless there is no series
                continue
            for one in more:
                before = found.get(one.id)
                if before is None or not has_text(before.title):
                    found[one.id] = one if before is None else dataclasses.replace(before, title=one.title)
            if all(has_text(one.title) for one in found.values()):
                break
        if not found:
            raise NotFound(f"{self.title} does not know the series {number}, or an episode of it.", status=404)
        return sorted(found.values(), key=lambda one: (one.season, one.number))

    async def _episodes_in(self, number: int, language: str) -> list[CatalogEpisode]:
        found: list[CatalogEpisode] = []
        path, about = f"series/{number:d}/episodes/default/{language}", f"the series {number}"
        for page in range(MOST_PAGES):
            what = "GET /series/{id}/episodes/default/{language}"
            some, more = read_episodes(await self._http.read(path, what, about, {"page": page}))
            found += some
            if not more or not some:
                break
        return found
