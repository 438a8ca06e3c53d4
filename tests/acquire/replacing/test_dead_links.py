"""What a dead link is of, by what a service reported of it or of its folder, else by its names."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from mediatui.acquire.replacing.dead_links import read_dead_links
from mediatui.model.arr_items import ArrItem
from mediatui.settings import load_settings
from mediatui.store.arr.items import store_item
from mediatui.store.database import Database, open_reader
from mediatui.store.library.links import LibraryLink
from mediatui.store.library.media import Media, store_media

ROOT = "/data/library"
CASES = [
    ("Séries/Drame/Tin Garden (2019)/Saison 01/Tin Garden (2019) - S01E02.mkv", "Tin Garden (2019) S01E02"),
    ("Séries/Drame/Tin Garden (2019)/Saison 01/02.mkv", "Tin Garden (2019) S01E02"),
    ("Séries/Drame/Tin Garden/Saison 01/Tin.Garden.S01E09E10.mkv", "Tin Garden (2019) S01E09-E10"),
    ("Séries/Le Jardin/S02/whatever S02E03.mkv", "Tin Garden (2019) S02E03"),
    ("Séries/Known (2001)/known-one.mkv", "Reported (2001) S04E05"),
    ("Séries/Drame/Tin Garden (2019)/trailer.mkv", None),
    ("Films/Drame/Old Oak (2010)/Old Oak (2010).mkv", "Old Oak (2010)"),
    ("Films/Drame/Old.Oak.2010.1080p.WEB.mkv", "Old Oak (2010)"),
    ("Films/Chêne/film.mkv", "Old Oak (2010)"),
]


@pytest.fixture
async def archive(tmp_path: Path) -> Path:
    series = ArrItem("sonarr", 1, "series", "Tin Garden", "tin garden", year=2019, tvdb_id=71, path="/tv/Le Jardin")
    film = ArrItem("radarr", 2, "film", "Old Oak", "old oak", year=2010, tmdb_id=8, path="/data/library/Films/Chêne")
    known = Media(
        "episode", "Reported", 2001, 4, 5, link_path=f"{ROOT}/Séries/Known (2001)/known-one.mkv".encode(),
        source="sonarr", service_id=3,
    )  # fmt: skip
    path = tmp_path / "mediatui.db"
    db = await Database.open(path)
    await db.write(store_item, series)
    await db.write(store_item, film)
    async with db.transaction() as connection:
        await store_media(connection, [known.as_row()])
    await db.close()
    return path


async def test_what_a_link_is_of(archive: Path, tmp_path: Path) -> None:
    overrides: dict[str, object] = {
        "library.roots": [ROOT], "sonarr.path_map": [{"ours": f"{ROOT}/Séries", "theirs": "/tv"}],
    }  # fmt: skip
    settings = load_settings(tmp_path / "config.toml", environ={}, folder=tmp_path, overrides=overrides)
    links = [
        LibraryLink(f"{ROOT}/{path}".encode(), b"/mnt/x", "broken", None, None, None, None, None, None)
        for path, _ in CASES
    ]
    with contextlib.closing(open_reader(archive)) as connection:
        found = read_dead_links(connection, links, settings)
    assert [None if one.target is None else one.target.shown for one in found] == [expected for _, expected in CASES]
