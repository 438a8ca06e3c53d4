"""What TMDB and TVDB say of what is new: asked with a key alone, once, and used for folders, genres and names."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mediatui.acquire.downloads.judge import JudgeOptions
from mediatui.acquire.downloads.look import judge_folder
from mediatui.model.arr_items import ArrEpisode, ArrItem
from mediatui.runtime.context import Context
from mediatui.services.catalogs import Catalogs
from mediatui.store.arr.items import store_item
from tests.fakes.catalogs import TMDB_KEY, TVDB_KEY, FakeTmdb, FakeTvdb, SimEpisode, SimTitle
from tests.worlds.downloads import Downloads

FILM = SimTitle("film", {"en": "Quiet Harbor", "fr": "Le Port calme"}, 2014, 62, genres=("Drama", "Crime"))
SERIES = SimTitle(
    "series", {"en": "Pilot Show", "fr": "Le Pilote"}, 2021, 900, 81189, genres=("Drama",),
    episodes=(SimEpisode(1, 1, "2021-09-24", {"en": "One", "fr": "Un"}, 1),),
)  # fmt: skip
KEYS = {
    "metadata.tmdb_key": TMDB_KEY, "metadata.tvdb_key": TVDB_KEY,
    "acquire.episode_name": "{title} ({year}) - S{season:02}E{episode:02} - {episode_title}",
}  # fmt: skip


class Asked(Downloads):
    """Downloads beside catalogs that count what they are asked."""

    def __init__(self, folder: Path, **settings: object) -> None:
        super().__init__(folder, **settings)
        self.requests = 0
        self.fakes = (FakeTmdb([FILM, SERIES]), FakeTvdb([SERIES]))

    def _context(self, job_id: int) -> Context:
        catalogs = Catalogs(self.settings, *(fake.transport() for fake in self.fakes))
        return Context(
            self.db, self.settings, job_id, lambda: None, time.time, connect_catalogs=lambda: self._count(catalogs)
        )  # type: ignore[arg-type,return-value]

    def _count(self, catalogs: Catalogs) -> Catalogs:
        self.requests += 1
        return catalogs

    async def places(self, *to: str) -> list[str]:
        """Where the links of all files go."""
        folder = await self.folder_of(to)
        rows = await judge_folder(self._context(0), folder, JudgeOptions())
        return [
            str(Path(row.placed.path.decode()).relative_to(self.root)) if row.placed is not None else row.why
            for row in rows
        ]  # fmt: skip


async def test_title_year_and_genre_of_what_is_new_are_those_of_the_catalog(tmp_path: Path) -> None:
    async with Asked(tmp_path, **KEYS) as at:
        at.put("Quiet.Harbor.2014.1080p.mkv")
        for _ in range(2):
            assert await at.places("tmdb:62") == ["Films/Drama/Le Port calme (2014)/Le Port calme (2014).mkv"]
        assert at.requests == 1


async def test_titles_of_episodes_are_those_of_the_wanted_language(tmp_path: Path) -> None:
    async with Asked(tmp_path, **KEYS) as at:
        at.put("Pilot.Show.S01E01.1080p.mkv")
        expected = "Séries/Drama/Le Pilote (2021)/Season 01/Le Pilote (2021) - S01E01 - Un.mkv"
        assert await at.places("tvdb:81189") == [expected]


async def test_what_sonarr_knows_of_episodes_is_not_asked_for(tmp_path: Path) -> None:
    async with Asked(
        tmp_path, **{**KEYS, "metadata.tmdb_key": "", "metadata.tvdb_key": "", "importing.method": "library"}
    ) as at:
        item = ArrItem("sonarr", 1, "series", "Salt Road", "saltroad", tvdb_id=9, year=2018)
        await at.db.write(store_item, item, [ArrEpisode("sonarr", 1, 5, 1, 2, title="The Second")])
        at.put("Salt.Road.S01E02.1080p.mkv")
        expected = "Séries/Drama/Salt Road (2018)/Season 01/Salt Road (2018) - S01E02 - The Second.mkv"
        assert await at.places("tvdb:9") == [expected]
        assert at.requests == 0


@pytest.mark.parametrize("status", [401, 404])
async def test_a_catalog_that_fails_stops_nothing(tmp_path: Path, status: int) -> None:
    import httpx

    async with Asked(tmp_path, **KEYS) as at:
        at.fakes[0].lies.extend([httpx.Response(status, json={"status_code": 34, "status_message": "no"})] * 9)
        at.put("Fern.Valley.2019.1080p.mkv")
        assert await at.places("tmdb:7") == ["Films/Drama/Fern Valley (2019)/Fern Valley (2019).mkv"]
