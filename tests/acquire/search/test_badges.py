"""What the tables of this machine know of a release: the library's files, the account, transfers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from mediatui.acquire.search.badges import known_of
from mediatui.acquire.search.wanted import Ids, folded_name
from mediatui.model.arr_items import ArrEpisode, ArrItem, ArrSeason
from mediatui.model.badges import Known
from mediatui.model.release import FoundRelease, Release
from mediatui.model.target import Target
from mediatui.names.release_columns import columns_of
from mediatui.names.titles import FOLDING, title_key
from mediatui.store.arr.items import store_item
from mediatui.store.library.media import COLUMNS, Media
from mediatui.store.library.titles import OTHER_NUMBERS
from mediatui.store.transfers.change import NewTransfer, create
from mediatui.store.watch_archive import Watched, note_watched
from tests.worlds.archive import Archive


class Library:
    """An archive with the films and series a test needs."""

    def __init__(self, folder: Path) -> None:
        self.archive = Archive(folder)

    def film(self, title: str, year: int | None, *, file: str = "", original: str | None = None, tmdb: int = 0) -> None:
        path = f"/library/{file}".encode() if file else None
        self._add(Media("film", title, year, link_path=path, original_title=original, tmdb_id=tmdb or None))

    def episodes(self, title: str, season: int, *episodes: int, year: int | None = 2020, tvdb: int = 7) -> None:
        for number in episodes:
            link = f"/library/{title}/S{season:02}E{number:02}.mkv".encode()
            self._add(Media("episode", title, year, season, number, tvdb_id=tvdb, link_path=link, source="sonarr"))

    def alias(self, title: str, *others: str, kind: str = "series", year: int = 2020, catalog: int = 7) -> None:
        """A series or film that a service knows by several titles."""
        for name in (title, *others):
            role = "title" if name == title else "alternative"
            self.archive.writer.execute(
                "INSERT INTO known_titles (source, service_id, kind, catalog_id, year, title, key, folding, role) "
                "VALUES ('sonarr', ?, ?, ?, ?, ?, ?, ?, ?)",
                (catalog, kind, catalog, year, name, title_key(name), FOLDING, role),
            )

    def series_of_service(
        self,
        title: str,
        episodes: Sequence[ArrEpisode],
        *,
        item: int = 7,
        monitored: bool = True,
        service: str = "sonarr",
    ) -> None:
        """A series that Sonarr knows, whose first season is monitored."""
        known = ArrItem(
            "sonarr", item, "series", title, title_key(title), tvdb_id=item, monitored=monitored,
            seasons=(ArrSeason(1, True, 0, 0), ArrSeason(2, False, 0, 0)),
        )  # fmt: skip
        store_item(self.archive.writer, known, episodes)
        self.alias(title, catalog=item)

    def film_of_service(self, title: str, item: int, *, monitored: bool, file: str = "") -> None:
        """A film that Radarr knows."""
        known = ArrItem(
            "sonarr", item, "film", title, title_key(title), tmdb_id=item, year=2020, monitored=monitored,
            has_file=bool(file), file=file,
        )  # fmt: skip
        store_item(self.archive.writer, known)
        self.alias(title, kind="film", catalog=item)

    def _add(self, media: Media) -> None:
        marks = ", ".join("?" * len(COLUMNS.split(",")))
        self.archive.writer.execute(f"INSERT INTO media ({COLUMNS}) VALUES ({marks})", media.as_row())

    def known(self, title: str, **more: Any) -> Known:
        (known,) = known_of(self.archive.reader, [release(title, **more)], [columns_of(title)])
        return known


def release(title: str, **more: Any) -> Release:
    first = FoundRelease(guid=title, indexer_id=1, indexer="Alpha", title=title, **more)
    return Release(1, 1, first, folded=folded_name(title), first_seen_at=1.0, seen_at=2.0)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(tmp_path)
    yield library
    library.archive.close()


@pytest.mark.parametrize(
    ("title", "badge"),
    [
        ("Northern.Ferry.2018.1080p.WEB-GRP", "obtained"),
        ("Le.Ferry.du.Nord.2018.FRENCH.1080p.WEB-GRP", "obtained"),
        ("Northern.Ferry.1080p.WEB-GRP", "obtained"),
        ("Northern.Ferry.2004.1080p.WEB-GRP", "unknown"),
        ("Northern.Ferry.S01E01.1080p.WEB-GRP", "unknown"),
        ("Tin.Pier.2001.1080p", "unmanaged"),
        ("Only.An.Extra.2010.1080p", "unmanaged"),
        ("Quiet.Harbor.1080p.WEB-GRP", "unknown?"),
        ("Quiet.Harbor.2014.1080p.WEB-GRP", "obtained"),
        ("Nothing.Of.It.2018.1080p", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_film_is_told_by_title_and_year(library: Library, title: str, badge: str) -> None:
    library.film("Northern Ferry", 2018, file="Northern Ferry (2018).mkv", original="Le Ferry du Nord", tmdb=1)
    library.film("Tin Pier", 2001, tmdb=2)
    library.film("Only an Extra", 2010, file="trailer.mkv", tmdb=3)
    library.film("Quiet Harbor", 1999, tmdb=61)
    library.film("Quiet Harbor", 2014, file="Quiet Harbor (2014).mkv", tmdb=62)
    assert library.known(title).badge == badge


@pytest.mark.parametrize(
    ("title", "badge"),
    [
        ("Old.Oak.2010.1080p.WEB-GRP", "archived"), ("Old.Oak.2011.1080p.WEB-GRP", "unknown"),
        ("Old.Oak.1080p.WEB-GRP", "archived"), ("Tin.Pier.2001.1080p.WEB-GRP", "rejected"),
        ("Harbor.Lane.S01E01.1080p.WEB-GRP", "archived"), ("Harbor.Lane.S01.1080p.WEB-GRP", "archived"),
        ("Harbor.Lane.S05E01.1080p.WEB-GRP", "unmanaged"), ("Harbor.Lane.S03E01.1080p.WEB-GRP", "archived"),
        ("Harbor.Lane.S04.1080p.WEB-GRP", "unmanaged"), ("Harbor.Lane.S03-S04.1080p.WEB-GRP", "unmanaged"),
        ("Harbor.Lane.S02E01.1080p.WEB-GRP", "monitored"),
        ("Gone.Show.S05E02.1080p.WEB-GRP", "archived"), ("Old.Oak.S01.1080p.WEB-GRP", "unknown"),
    ],
)  # fmt: skip
def test_what_was_seen_and_removed_is_archived(library: Library, title: str, badge: str) -> None:
    library.film("Tin Pier", 2001, tmdb=2)
    aired = [ArrEpisode("sonarr", 7, 10 * s + n, s, n, aired_at=1, monitored=s == 2) for s in (1, 2) for n in (1, 2)]
    library.series_of_service("Harbor Lane", aired)
    for why, target in (
        ("archived", Target("film", "Old Oak", 2010, tmdb_id=40)),
        ("rejected", Target("film", "Another Title", 2001, tmdb_id=2)),
        ("archived", Target("series", "Harbor Lane", 2020, tvdb_id=7, season=1, episodes=(1, 2))),
        ("archived", Target("series", "Harbor Lane", 2020, tvdb_id=7, season=3)),
        ("gone", Target("series", "Gone Show")),
    ):
        note_watched(library.archive.writer, Watched(target, why))
    assert library.known(title).badge == badge


def test_what_is_known_by_its_name_alone_is_the_one_with_an_id_of_its_year(library: Library) -> None:
    library.film("Dust Road", 2001, file="Dust Road (2001).mkv")
    library.film("Dust Road", 2001, tmdb=9)
    assert library.known("Dust.Road.1080p.WEB-GRP").badge == "obtained"
    library.film("Dust Road", 1971)
    assert library.known("Dust.Road.1080p.WEB-GRP").badge == "unknown?"


@pytest.mark.parametrize(
    ("title", "badge", "here"),
    [
        ("Harbor.Lane.S02E03.1080p", "obtained", 0),
        ("Harbor.Lane.S02E03E04.1080p", "obtained", 0),
        ("Harbor.Lane.S02E04E05.1080p", "part", 1),
        ("Harbor.Lane.S02E09.1080p", "unmanaged", 0),
        ("Harbor.Lane.S02.1080p", "part", 2),
        ("Harbor.Lane.S01-S02.1080p", "part", 3),
        ("Harbor.Lane.S05.1080p", "unmanaged", 0),
        ("Harbor.Lane.2020.S02E03.1080p", "obtained", 0),
        ("Harbor.Lane.1995.S02E03.1080p", "unknown", 0),
        ("La.Ruelle.du.Port.S02E03.FRENCH.1080p", "obtained", 0),
        ("Plate.House.S01E01.1080p", "unmanaged", 0),
    ],
)
def test_of_a_series_the_episodes_with_a_file_count(library: Library, title: str, badge: str, here: int) -> None:
    library.episodes("Harbor Lane", 1, 1)
    library.episodes("Harbor Lane", 2, 3, 4)
    library.alias("Harbor Lane", "La Ruelle du Port")
    library.alias("Plate House", catalog=8)
    known = library.known(title)
    assert (known.badge, known.here) == (badge, here)


def episode(season: int, number: int, have: bool = False, **more: Any) -> ArrEpisode:
    """An episode of the series 7 that has aired and is monitored."""
    facts = {"aired_at": 1, "monitored": True, **more}
    return ArrEpisode("sonarr", 7, 1000 * season + number, season, number, has_file=have, **facts)


HARBOR_LANE = (
    episode(0, 1, have=True),
    *(episode(1, number, have=number < 7, absolute=number) for number in range(1, 11)),
    episode(2, 1, have=True, absolute=11, air_date="2024-05-17"),
    episode(2, 2, have=True, absolute=12, air_date="2024-05-18"),
    episode(2, 3, absolute=13, aired_at=2**40),
    episode(3, 1, monitored=False),
    episode(3, 2, aired_at=None),
)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Harbor.Lane.S01.1080p", "◐ part 6/10"),
        ("Harbor.Lane.S02.1080p", "● obtained"),  # the third has not aired
        ("Harbor.Lane.S02E03.1080p", "○ monitored"),
        ("Harbor.Lane.S02E01E02.1080p", "● obtained"),
        ("Harbor.Lane.S01E06E07.1080p", "◐ part 1/2"),
        ("Harbor.Lane.S01E10E11.1080p", "○ monitored"),
        ("Harbor.Lane.S03E01.1080p", "· unmanaged"),
        ("Harbor.Lane.S03.1080p", "· unmanaged"),
        ("Harbor.Lane.S01-S02.1080p", "◐ part 8/12"),
        ("Harbor.Lane.S00E01.1080p", "● obtained"),
        ("Harbor.Lane.S09E01.1080p", "· unmanaged"),
        ("Harbor.Lane.S04.1080p", "· unmanaged"),
        ("[Grp] Harbor Lane - 012 [1080p]", "● obtained"),
        ("[Grp] Harbor Lane - 013 [1080p]", "○ monitored"),
        ("Harbor.Lane.2024.05.17.Guest.1080p.WEB", "● obtained"),
        ("Harbor.Lane.2024.05.20.Guest.1080p.WEB", "○ monitored"),
    ],
)
def test_of_a_series_of_sonarr_the_episodes_that_have_aired_count(library: Library, title: str, text: str) -> None:
    library.series_of_service("Harbor Lane", HARBOR_LANE)
    assert library.known(title).text == text


def test_a_link_that_sonarr_does_not_know_of_yet_counts_too(library: Library) -> None:
    library.series_of_service("Harbor Lane", HARBOR_LANE)
    library.episodes("Harbor Lane", 1, 9, 10)
    assert library.known("Harbor.Lane.S01.1080p").text == "◐ part 8/10"


def test_two_services_count_together(library: Library) -> None:
    library.series_of_service("Harbor Lane", [episode(1, 1, have=True), episode(1, 2)])
    other = ArrEpisode("anime", 8, 1, 1, 2, aired_at=1, has_file=True)
    known = ArrItem("anime", 8, "series", "Harbor Lane", "harborlane", tvdb_id=7)
    store_item(library.archive.writer, known, [other])
    library.alias("Harbor Lane", catalog=7)
    library.archive.writer.execute("UPDATE known_titles SET source = 'anime', service_id = 8 WHERE rowid = 2")
    assert library.known("Harbor.Lane.S01.1080p").badge == "obtained"


@pytest.mark.parametrize(
    ("season", "title", "badge"),
    [
        (2, "Lantern.Girl.II.S01E01.1080p", "obtained"),
        (2, "[Grp] Lantern Girl II - 01 [1080p]", "obtained"),
        (2, "Lantern.Girl.II.S02E01.1080p", "obtained"),
        (2, "Lantern.Girl.II.S01E02.1080p", "monitored"),
        (OTHER_NUMBERS, "Lantern.Girl.II.S01E01.1080p", "monitored"),
        (None, "Lantern.Girl.II.S01E01.1080p", "monitored"),
    ],
)
def test_a_title_of_one_season_counts_from_that_season(
    library: Library, season: int | None, title: str, badge: str
) -> None:
    library.series_of_service("Lantern Girl", [episode(1, 1), episode(2, 1, have=True), episode(2, 2)])
    library.alias("Lantern Girl", "Lantern Girl II")
    library.archive.writer.execute("UPDATE known_titles SET season = ? WHERE role = 'alternative'", (season,))
    assert library.known(title).badge == badge


@pytest.mark.parametrize(
    ("title", "badge"),
    [
        ("Tin.Pier.2020.1080p", "monitored"),
        ("Salt.Road.2020.1080p", "unmanaged"),
        ("Old.Oak.2020.1080p", "obtained"),
        ("Dust.Road.2020.1080p", "monitored"),
    ],
)
def test_a_film_of_radarr_is_obtained_by_a_file_that_is_no_extra(library: Library, title: str, badge: str) -> None:
    library.film_of_service("Tin Pier", 1, monitored=True)
    library.film_of_service("Salt Road", 2, monitored=False)
    library.film_of_service("Old Oak", 3, monitored=True, file="/films/Old Oak/Old Oak.mkv")
    library.film_of_service("Dust Road", 4, monitored=True, file="D:\\films\\Dust Road\\trailer.mkv")
    assert library.known(title).badge == badge


def test_the_id_of_an_indexer_decides_between_two_of_a_title(library: Library) -> None:
    library.film("Quiet Harbor", 1999, tmdb=61)
    library.film("Quiet Harbor", 2014, file="Quiet Harbor (2014).mkv", tmdb=62)
    assert library.known("Quiet.Harbor.1080p.WEB-GRP", tmdb_id=62).badge == "obtained"
    assert library.known("Quiet.Harbor.1080p.WEB-GRP", tmdb_id=61).badge == "unmanaged"
    assert library.known("Quiet.Harbor.1080p.WEB-GRP", tmdb_id=99).badge == "unknown?"


def test_what_was_searched_by_its_id_decides_between_two_of_a_title(library: Library) -> None:
    library.film("Quiet Harbor", 1999, tmdb=61)
    library.film("Quiet Harbor", 2014, file="Quiet Harbor (2014).mkv", tmdb=62)
    one = "Quiet.Harbor.1080p.WEB-GRP"
    told = [
        known_of(library.archive.reader, [release(title)], [columns_of(title)], Ids(tmdb=number))[0].badge
        for title, number in ((one, 62), (one, 61), (one, 99), ("Quiet.Harbor.1999.1080p", 62))
    ]
    assert told == ["obtained", "unmanaged", "unknown?", "unmanaged"]


def test_markers_say_what_the_account_and_transfers_know_of_a_hash(library: Library) -> None:
    here, gone, sent, refused, ignored = (letter * 40 for letter in "abcde")
    library.archive.add("Here", hash=here)
    library.archive.add("Gone", hash=gone, gone_at=1)
    create(library.archive.writer, NewTransfer("debrid", sent), "user", now=1.0)
    insert = library.archive.writer.execute
    insert("INSERT INTO refused_hashes (service, hash, at) VALUES ('real-debrid', ?, 1)", (refused,))
    insert("INSERT INTO ignored_hashes (hash, at) VALUES (?, 1)", (ignored,))
    found = {one: library.known("A.Film.2010", hash=one).markers for one in (here, gone, sent, refused, ignored)}
    assert list(found.values()) == [("on RD",), (), ("sent",), ("refused",), ("ignored",)]
    assert library.known("A.Film.2010", hash=refused).refused_at == 1.0


def test_a_transfer_of_the_same_name_and_size_is_one_of_the_release(library: Library) -> None:
    create(library.archive.writer, NewTransfer("debrid", "c" * 40, name="A Film 2010", size=10_000), "user", now=1.0)
    assert library.known("A.Film.2010", size=10_090).markers == ("sent",)
    assert library.known("A.Film.2010", size=10_200).markers == ()
    assert library.known("A.Film.2010").markers == ()


def test_five_thousand_releases_cost_eight_queries_at_most(library: Library) -> None:
    for number in range(300):
        library.film(f"Film Number {number}", 1990, file=f"{number}.mkv", tmdb=number + 1)
        library.episodes(f"Series Number {number}", 1, 1, 2, tvdb=number + 1)
    releases = [
        release(f"Film.Number.{number % 400}.1990.1080p.WEB-G{number}", hash=f"{number:040x}") for number in range(5000)
    ]
    asked: list[str] = []
    library.archive.reader.set_trace_callback(asked.append)
    known = known_of(library.archive.reader, releases, [columns_of(one.first.title) for one in releases])
    assert len(asked) <= 8
    assert sum(one.badge == "obtained" for one in known) == sum(number % 400 < 300 for number in range(5000))
