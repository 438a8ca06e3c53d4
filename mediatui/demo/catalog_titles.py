"""What the simulated catalogs of the demo know: the films and series of its library, and some that it lacks."""

from __future__ import annotations

import datetime
import functools
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import httpx

from mediatui.demo.account import SimulatedAccount
from mediatui.demo.archive import fill_demo
from mediatui.demo.catalogs import SimEpisode, SimTitle, SimulatedTmdb, SimulatedTvdb
from mediatui.demo.library import library_folders
from mediatui.demo.library_cases import plan_library
from mediatui.demo.library_media import catalog_id
from mediatui.demo.library_plan import Shown

_FRENCH: Final[Mapping[str, str]] = {
    "The Quiet Harbour": "Le Port tranquille", "Blade of Autumn": "La Lame d'automne", "Northern Lights": "Aurores",
    "Harbour Lights": "Les Lumières du port", "The Signal Box": "Le Poste d'aiguillage", "Night Shift": "Garde de nuit",
    "Border Town": "Ville frontière", "The Long Ferry": "Le Long Passage",
}  # fmt: skip
_FAMOUS: Final = (
    ("series", {"en": "Foundation", "fr": "Fondation"}, 2021, 93740, 366972, 804484, (10, 10, 10)),
    ("series", {"en": "The Office", "fr": "The Office"}, 2001, 2996, 78107, 290978, (6, 6)),
    ("series", {"en": "The Office", "fr": "The Office (US)"}, 2005, 2316, 73244, 386676, (6, 22, 23, 14)),
    ("series", {"fr": "Le Bureau des légendes", "en": "The Bureau"}, 2015, 62852, 294002, 4063800, (10, 10, 10)),
    ("film", {"en": "Dune: Part Two", "fr": "Dune : Deuxième partie"}, 2024, 693134, 290272, 15239678, ()),
    ("film", {"en": "The Matrix", "fr": "Matrix"}, 1999, 603, 169, 133093, ()),
)  # fmt: skip


def demo_catalogs(database: Path) -> tuple[SimulatedTmdb, SimulatedTvdb]:
    """TMDB and TVDB of the demo whose archive is ``database``."""
    titles = demo_titles(database)
    return SimulatedTmdb(titles), SimulatedTvdb(titles)


def demo_titles(database: Path) -> list[SimTitle]:
    """Everything the catalogs of the demo know."""
    birth = fill_demo(database)
    account = SimulatedAccount(birth=birth, clock=lambda: birth)
    shown = plan_library(library_folders(database.parent), account.torrents()).plan.shown
    return [*famous_titles(), *_of_the_library(shown)]


def demo_transports(database: Path) -> tuple[httpx.AsyncBaseTransport, httpx.AsyncBaseTransport]:
    """What stands in for the network of TMDB and of TVDB in the demo; what they know is made when they are asked."""
    made = functools.cache(functools.partial(demo_catalogs, database))
    return httpx.MockTransport(lambda request: made()[0](request)), httpx.MockTransport(
        lambda request: made()[1](request)
    )


def _of_the_library(shown: Iterable[Shown]) -> Iterator[SimTitle]:
    """The films and series of the library, each once, with the ids it knows them by."""
    films: dict[tuple[str, int], None] = {}
    series: dict[tuple[str, int], dict[int, int]] = {}
    for one in shown:
        if one.season is None or one.episode is None:
            films[one.title, one.year] = None
        else:
            seasons = series.setdefault((one.title, one.year), {})
            seasons[one.season] = max(seasons.get(one.season, 0), one.episode)
    for title, year in films:
        number = catalog_id("film", title, year)
        yield SimTitle("film", _titles(title), year, number, number, number, overviews=_overviews(title, year))
    for (title, year), seasons in series.items():
        number = catalog_id("series", title, year)
        counts = tuple(seasons.get(season, 10) for season in range(1, max(seasons) + 1))
        episodes = tuple(_episodes(counts, year))
        yield SimTitle(
            "series", _titles(title), year, number, number, number, overviews=_overviews(title, year),
            episodes=episodes, status="Continuing" if year % 2 else "Ended",
        )  # fmt: skip


def famous_titles() -> Iterator[SimTitle]:
    """Films and series that are in no torrent of the account."""
    for kind, titles, year, tmdb, tvdb, imdb, seasons in _FAMOUS:
        yield SimTitle(
            "series" if kind == "series" else "film", titles, year, tmdb, tvdb, imdb, next(iter(titles)),
            _overviews(next(iter(titles.values())), year), episodes=tuple(_episodes(seasons, year)),
        )  # fmt: skip


def _titles(title: str) -> dict[str, str]:
    french = _FRENCH.get(title)
    return {"en": title, **({"fr": french} if french else {})}


def _overviews(title: str, year: int) -> dict[str, str]:
    """Of some there is no French one, of a few none at all."""
    chance = zlib.crc32(f"{title} {year}".encode()) % 10
    texts = {"en": f"{title}, as it was told in {year}.", "fr": f"{title}, une histoire de {year}."}
    return {} if chance == 0 else {"en": texts["en"]} if chance < 4 else texts


def _episodes(counts: Iterable[int], year: int) -> Iterator[SimEpisode]:
    """The episodes of seasons of so many, one a week from September on, a season a year."""
    absolute = 0
    for season, count in enumerate(counts, 1):
        first = datetime.date(year + season - 1, 9, 3)
        for number in range(1, count + 1):
            absolute += 1
            aired = (first + datetime.timedelta(weeks=number - 1)).isoformat()
            titles = {"en": f"Chapter {absolute}", "fr": f"Chapitre {absolute}"}
            yield SimEpisode(season, number, aired, titles, absolute)
