"""Searching films and series themselves, in the catalogs TMDB and TVDB: by words, or by an id."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from mediatui.model.badges import Known
from mediatui.model.catalog import CatalogEpisode, CatalogKind, CatalogTitle
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.target import TypedTarget, read_target
from mediatui.names.titles import fold_title
from mediatui.services.errors import NotFound
from mediatui.store.arr.items import items_of_id
from mediatui.store.releases.known import files_by_ids

if TYPE_CHECKING:
    from mediatui.services.catalogs import Catalogs

_AN_ID: Final = re.compile(r"(?:tmdb:|tvdb:|tt)[0-9]{1,12}", re.IGNORECASE)
_YEAR: Final = re.compile(r"(?P<words>.*\S)\s+\(?(?P<year>(?:1[89]|2[01])[0-9]{2})\)?", re.DOTALL)
_NUMBERS: Final = re.compile(
    r"(?P<words>.*\S)[\s:]+s(?P<season>[0-9]{1,4})(?:e(?P<episode>[0-9]{1,4}))?", re.I | re.DOTALL
)
WITHOUT_KEY: Final = "Set metadata.tmdb_key for films, metadata.tvdb_key for series; TMDB alone knows series too."


@dataclass(frozen=True, slots=True)
class FoundMedia:
    """The films and series that were found, the likeliest first, and why a catalog found nothing."""

    titles: tuple[CatalogTitle, ...]
    failures: tuple[MediatuiError, ...] = ()


class AskedMedia(NamedTuple):
    """What is searched for: words or an id, and the season and episode behind them."""

    text: str
    season: int | None = None
    episode: int | None = None


def read_asked(text: str) -> AskedMedia:
    """The words or the id of a text, and its season and episode: ``foundation S02``, ``tvdb:81189:S02E03``."""
    given = text.strip()
    match = _NUMBERS.fullmatch(given)
    if match is None:
        return AskedMedia(given)
    episode = match["episode"]
    return AskedMedia(match["words"], int(match["season"]), int(episode) if episode else None)


async def find_media(catalogs: Catalogs, text: str, kind: CatalogKind | None = None) -> FoundMedia:
    """Searches films in TMDB and series in TVDB, each in the other one where it has no key: by words, which may end
    with a year, or by an id (``tmdb:603``, ``tvdb:81189``, ``tt0133093``). Raises UsageError without a key or words,
    and the ServiceError of a catalog when none finds anything for that."""
    if not catalogs:
        raise UsageError("Neither TMDB nor TVDB has a key here.", WITHOUT_KEY)
    given = " ".join(text.split())
    if _AN_ID.fullmatch(given):
        return FoundMedia(tuple(await _by_id(catalogs, read_target(given), kind)))
    if not any(map(str.isalnum, given)):
        raise UsageError("There is nothing to search for.", "Give the words of a title, or an id such as tt0133093.")
    found = _YEAR.fullmatch(given)
    words, year = (found["words"], int(found["year"])) if found else (given, None)
    kinds: Sequence[CatalogKind] = ("film", "series") if kind is None else (kind,)
    answers = await asyncio.gather(*(_by_words(catalogs, one, words, year) for one in kinds), return_exceptions=True)
    titles: list[tuple[int, CatalogTitle]] = []
    failures: list[MediatuiError] = []
    for answer in answers:
        if isinstance(answer, MediatuiError):
            failures.append(answer)
        elif isinstance(answer, BaseException):
            raise answer
        else:
            titles += enumerate(answer)
    if failures and not titles:
        raise failures[0]
    wanted = {fold_title(words), fold_title(given)}
    titles.sort(key=lambda one: (wanted.isdisjoint(map(fold_title, one[1].titles)), one[0]))
    return FoundMedia(tuple(title for _, title in titles), tuple(failures))


async def read_episodes(catalogs: Catalogs, title: CatalogTitle, season: int | None = None) -> Sequence[CatalogEpisode]:
    """The episodes of a series, or of one season, with the days they are first aired, in the numbers of the catalog it
    was found in. Raises NotFound for a season there is not."""
    if title.catalog == "tvdb":
        assert catalogs.tvdb is not None, "what found it is there"
        every = await catalogs.tvdb.episodes(title.id)
        found = [one for one in every if season in (None, one.season)]
        if not found:
            raise NotFound(f"TVDB knows no season {season} of the series {title.id}.")
        return found
    assert catalogs.tmdb is not None, "what found it is there"
    if season is not None:
        return await catalogs.tmdb.season(title.id, season)
    whole = title if title.seasons else await catalogs.tmdb.read("series", title.id)
    of_seasons = [await catalogs.tmdb.season(title.id, one.number) for one in whole.seasons]
    return [one for episodes in of_seasons for one in episodes]


def known_media(connection: sqlite3.Connection, titles: Sequence[CatalogTitle]) -> list[Known]:
    """What is known of films and series here, by their ids, in their order. No request is made."""
    ids: dict[CatalogKind, set[int]] = {"film": set(), "series": set()}
    for one in titles:
        ids[one.kind].add(_own_id(one))
    media = {kind: files_by_ids(connection, kind, its - {0}) for kind, its in ids.items()}
    return [_known(connection, one, media[one.kind].get(_own_id(one))) for one in titles]


def _own_id(title: CatalogTitle) -> int:
    return title.tmdb_id if title.kind == "film" else title.tvdb_id


def _known(connection: sqlite3.Connection, title: CatalogTitle, files: int | None) -> Known:
    items = items_of_id(connection, title.kind, tmdb=title.tmdb_id, tvdb=title.tvdb_id, imdb=title.imdb_id)
    here = max([files or 0, *(one.files for one in items)])
    if here and title.kind == "film":
        return Known("obtained")
    if here:
        of = max((one.episodes for one in items), default=0)
        return Known("obtained") if of and here >= of else Known("part", here, of=of)
    if any(one.monitored for one in items):
        return Known("monitored")
    return Known("unmanaged") if items or files is not None else Known()


async def _by_words(catalogs: Catalogs, kind: CatalogKind, words: str, year: int | None) -> list[CatalogTitle]:
    if kind == "film":
        client = catalogs.tmdb or catalogs.tvdb
    else:
        client = catalogs.tvdb or catalogs.tmdb
    assert client is not None, "one of them has a key"
    return await client.search(kind, words, year)


async def _by_id(catalogs: Catalogs, given: TypedTarget, kind: CatalogKind | None) -> list[CatalogTitle]:
    tmdb, tvdb = catalogs.tmdb, catalogs.tvdb
    if given.tmdb_id:
        if tmdb is None:
            raise UsageError("TMDB has no key here.", WITHOUT_KEY)
        return [await tmdb.read(kind or "film", given.tmdb_id)]
    if given.tvdb_id:
        if tvdb is not None:
            return [await tvdb.read(kind or "series", given.tvdb_id)]
        assert tmdb is not None
        found = await tmdb.find(str(given.tvdb_id), "tvdb_id")
        return [await tmdb.read(one.kind, one.id) for one in found if one.kind == "series"]
    imdb = f"tt{given.imdb_id:07d}"
    titles: list[CatalogTitle] = []
    if tvdb is not None and kind in (None, "series"):
        titles += [await tvdb.read("series", number) for number in await tvdb.find(imdb, "series")]
    if tmdb is not None:
        rest = [one for one in await tmdb.find(imdb) if kind in (None, one.kind)]
        titles += [await tmdb.read(one.kind, one.id) for one in rest if one.kind == "film" or not titles]
    elif tvdb is not None and kind in (None, "film"):
        titles += [await tvdb.read("film", number) for number in await tvdb.find(imdb, "film")]
    return titles
