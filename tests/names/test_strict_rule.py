"""Season and episodes by the strict rule: what is written, or nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediatui.names.episode_numbers import EpisodeNumbers, episodes_of
from mediatui.names.parsed import library_title
from mediatui.names.seasons import season_of_folder
from tests.worlds.any_text import HOSTILE_NAMES

SAYS: list[tuple[str, int, tuple[int, ...]]] = [
    ("The.Show.S04E02.1080p.WEB.x264-GRP.mkv", 4, (2,)),
    ("The.Show.S04E021.1080p.WEB.x264-GRP.mkv", 4, (21,)),
    ("the_show_s06e19_04.28.2014_hdtv.x264.mp4", 6, (19,)),
    ("The Show (2010) - S01E02 - Title.mkv", 1, (2,)),
    ("The Show - S00E03 - Behind the Scenes.mkv", 0, (3,)),
    ("The.Show.S01E00.Pilot.mkv", 1, (0,)),
    ("S03E09 WS PDTV", 3, (9,)),
    ("Show.S010E16.720p", 10, (16,)),
    ("Show S2016E231", 2016, (231,)),
    ("Show - S41 E10478 - 2014-08-15.mp4", 41, (10478,)),
    ("Show.S15.E06.City", 15, (6,)),
    ("Show - S02 - E06 - Parallel", 2, (6,)),
    ("Show S1-E1-WEB-DL-1080p", 1, (1,)),
    ("Show.S01.Ep06.1080p.BluRay", 1, (6,)),
    ("Show S01 Épisode 06", 1, (6,)),
    ("Show [S01E05] Title", 1, (5,)),
    ("Show.S01E02v2.mkv", 1, (2,)),
    ("Show.S01E02a.mkv", 1, (2,)),
    ("Show.S02E01.DD5.1.h.265.10bit.1920x1080", 2, (1,)),
    ("Show - S02E01 1920x910", 2, (1,)),
    ("Show.S01E02.x264", 1, (2,)),
    ("Show.S01E02.x265.mkv", 1, (2,)),
    ("Show S01E06 3 Beers", 1, (6,)),
    ("Show - S02E21 - 18-5-4", 2, (21,)),
    ("Show.S01E04.2-45.PM.[HDTV-720p].mkv", 1, (4,)),
    ("Show.S07E12-31st_of_May.mkv", 7, (12,)),
    ("Show.S12E13-3_Acts.mkv", 12, (13,)),
    ("S08E20 50-50 Carla", 8, (20,)),
    ("Show.S01E05-2019.mkv", 1, (5,)),
    ("[Grp] Show - S01E27 - 24-Hour", 1, (27,)),
    # several episodes
    ("Show.S01E01E02.mkv", 1, (1, 2)),
    ("Show S01E01 E02", 1, (1, 2)),
    ("Show S01E01 & E03", 1, (1, 3)),
    ("Show.S01E01-E03.mkv", 1, (1, 2, 3)),
    ("Show.S01E01-03.mkv", 1, (1, 2, 3)),
    ("Show.S02E03-04-05.720p", 2, (3, 4, 5)),
    ("Show.S01E91-E100", 1, tuple(range(91, 101))),
    ("Show.S03E01.S03E02.720p", 3, (1, 2)),
    ("Show - S07E22 - S07E23 - And", 7, (22, 23)),
    ("Show - S07E22 - 7x23 - And", 7, (22, 23)),
    ("Show.S01E01-S01E03.mkv", 1, (1, 2, 3)),
    ("Show S01E01 and E02", 1, (1, 2)),
    ("Show S01E01 et E02", 1, (1, 2)),
    ("Show S01E09 & 10.mkv", 1, (9, 10)),
    ("Show.S01E01+02.mkv", 1, (1, 2)),
    ("Show.S01E01~E03.mkv", 1, (1, 2, 3)),
    ("Show 1x01 & 02.mkv", 1, (1, 2)),
    ("Show S01E02 & 3 Acts", 1, (2,)),
    ("Show S01E02 & 50 Acts", 1, (2,)),
    ("Show.S01E02.And.3.Acts", 1, (2,)),
    # with an x
    ("Show 1x05.mkv", 1, (5,)),
    ("Show.2010.1x05.mkv", 1, (5,)),
    ("Show [1x05] Title", 1, (5,)),
    ("Show - 0x01 [720p]", 0, (1,)),
    ("Show_-_7x6_-_Title", 7, (6,)),
    ("1x1", 1, (1,)),
    ("2x04x05.720p", 2, (4, 5)),
    ("Show.2x04.2x05.720p", 2, (4, 5)),
    ("Show - 2x9-2x10 - Title", 2, (9, 10)),
    ("Show - 8x01_02 - Title", 8, (1, 2)),
    ("Show - 2013x15 - 2013x16 - Title", 2013, (15, 16)),
    # in words
    ("Show Saison 1 Episode 2.mkv", 1, (2,)),
    ("Show.Saison.01.Épisode.12.mkv", 1, (12,)),
    ("Show Saison 1 E\u0301pisode 2", 1, (2,)),
    ("Show Season 1 Episode 2 720p", 1, (2,)),
    ("Show - Season 1 - Episode 01 (x).avi", 1, (1,)),
    ("Show Season 1 Episodes 2 to 4", 1, (2, 3, 4)),
    ("Show Season 1 Episode 2 - 24 Hours", 1, (2,)),
    ("Show Saison 1 Épisode 1 et 2", 1, (1, 2)),
    ("Show Saison 1 Episode 1 partie 2", 1, (1,)),
    ("Show - Livre IV Chapitre 05", 4, (5,)),
    # case J5: Absolute-Series-Scanner#11, Absolute-Series-Scanner#413
    ("Top Motor Series 21 Episode 3.mkv", 21, (3,)),
    ("Top.Motor.Series.21.Episode.03.720p.mkv", 21, (3,)),
    ("Show - Temporada 2 [HDTV 720p][Cap.201][AC3 5.1]", 2, (1,)),
    ("Show Temporada 1 Capítulo 5", 1, (5,)),
    ("Show Seizoen 2 Aflevering 4", 2, (4,)),
    # with one digit, or in words
    ("Show.S01E05-6.PL.1080p.WEB", 1, (5, 6)),
    ("Show (S5E6-8.of.24) Title", 5, (6, 7, 8)),
    ("Show (S2E1-4) (2023) 1080p", 2, (1, 2, 3, 4)),
    ("1x01-x03 - Title", 1, (1, 2, 3)),
    ("Show - [02x01-x02] - Title", 2, (1, 2)),
    ("Show.S01E01.to.E03.mkv", 1, (1, 2, 3)),
    ("Show.S01E01.to.03.1080p.mkv", 1, (1, 2, 3)),
    ("Show 1x01 to 1x03", 1, (1, 2, 3)),
    ("Show.S01E01—E03.mkv", 1, (1, 2, 3)),
    ("Show S14E00 and S14E01", 14, (0, 1)),
    ("Show 2010 02 25 S20E142", 20, (142,)),
]
SAYS_NOTHING = [
    "", "x264", "1920x1080", "Film.2010.1920x1080.x264.mkv", "Film.DD5.1.h.265.mkv", "Film.DD5.1x264.mkv", "10bit",
    "2012.2009.1080p.mkv", "1917.mkv", "Blade Runner 2049 (2017).mkv", "Dune Part Two 2024", "Film 4x3", "Film - 16x9",
    "A 4x4 in Mud", "[Group] Show - 133 [1080p].mkv", "Show.103.720p", "Show.S01.COMPLETE.1080p", "Show.S01-S03",
    "Show.2024.03.15.mkv", "grp-zoos01e11", "05 - Title.mkv", "Temporada 1 e 2", "Season X Episode 2", "S01E1080p",
    "S01E123456",
    "World Series 2013.mkv", "Series 21.mkv", "Show Temporada 2 [Cap.301]", "Show Temporada 2 Capítulo 201",
    # more than one meaning
    "Show.S01E02-3_Acts.mkv", "Show-S01E02-12_Men.mkv", "Show.S01E02-12.Men.mkv", "Show S01E01 02 720p",
    "Show - S01E01 - 02 - Title", "Show.S01E01.to.3.Acts", "Show S01E02 & 04 [720p]", "Show.S6.E1E3.1080p",
    "Show S01E02 (1x03)", "Show 1x02 - 1x03 Title 1x05", "Show 2008x12.13", "20161024- Show.21x41_720.mkv",
    "Show 2015 02 09 WEBRip s01e13", "Show / S1E1-8 of 8 [1080p]", "Show.S01E01-E06.of.6",
    "Show.S01E05.5.mkv", "Show S01E01 S02E03", "Show.S01E05-E03.mkv", "Show.S01E01-S02E03.mkv", "S01E02 (S01E07)",
]  # fmt: skip


@pytest.mark.parametrize(("name", "season", "episodes"), SAYS)
def test_strict_rule_reads_what_is_written(name: str, season: int, episodes: tuple[int, ...]) -> None:
    assert episodes_of(name) == EpisodeNumbers(season, episodes)


@pytest.mark.parametrize("name", SAYS_NOTHING)
def test_strict_rule_says_nothing_without_certainty(name: str) -> None:
    assert episodes_of(name) is None


@pytest.mark.parametrize(
    ("name", "folders", "season", "episodes"),
    [
        ("05 - Title.mkv", ("Show (2010)", "Season 1"), 1, (5,)),
        ("05 - Titre.mkv", ("Saison 01",), 1, (5,)),
        ("05.mkv", ("S02",), 2, (5,)),
        ("05_-_Title.mkv", ("Season 3",), 3, (5,)),
        ("05. Title.mkv", ("Season 3 (2012)",), 3, (5,)),
        ("005 - Title.mkv", ("Season 3",), 3, (5,)),
        ("05 - Title.mkv", ("Show", "Specials"), 0, (5,)),
        ("05 - Titre.mkv", ("Avatar", "Livre IV"), 4, (5,)),
        ("05 - Titre.mkv", ("Avatar - Livre II - Terre",), 2, (5,)),
        ("05 - Title.mkv", ("Book 2",), 2, (5,)),
        ("05.Title.1080p.mkv", ("Show.S03.1080p.WEB-GRP",), 3, (5,)),
        ("10.Title.mkv", ("Show", "Season 1"), 1, (10,)),
        ("05-06 - Title.mkv", ("Show", "Season 1"), 1, (5, 6)),
        ("05 - 7 Days.mkv", ("Show", "Season 1"), 1, (5,)),
        ("Show - E05 - Title.mkv", ("Show", "Season 2"), 2, (5,)),
        ("Show Episode 105.mkv", ("Show", "Season 2"), 2, (105,)),
        ("Show ép. 5.mkv", ("Show", "Saison 2"), 2, (5,)),
        ("Show.E05E06.mkv", ("Show", "Season 2"), 2, (5, 6)),
        ("E05-E07.mkv", ("Show", "Season 2"), 2, (5, 6, 7)),
        ("Show - S02E05.mkv", ("Show", "Season 2 Part 1"), 2, (5,)),
        ("Show - S02E05.mkv", ("Show", "Season 1"), 2, (5,)),
        # case J5
        ("03 - Special.mkv", ("Top Motor (2002)", "Series 21"), 21, (3,)),
        ("E03 - Special.mkv", ("Top Motor", "Series 05"), 5, (3,)),
        ("03 - Special.mkv", ("Top Motor (2002)", "Season 21"), 21, (3,)),
    ],
)
def test_a_bare_number_counts_in_the_folder_of_a_season(
    name: str, folders: tuple[str, ...], season: int, episodes: tuple[int, ...]
) -> None:
    assert episodes_of(name, folders) == EpisodeNumbers(season, episodes)


@pytest.mark.parametrize(
    ("name", "folders"),
    [
        ("05 - Title.mkv", ()),
        ("05 - Title.mkv", ("Show (2010)",)),
        ("05 - Title.mkv", ("Season 1", "Disc 1")),
        ("05 - Title.mkv", ("Season 1-3",)),
        ("05 - Title.mkv", ("Show.S01-S03.1080p",)),
        ("05 - Title.mkv", ("Show.S01-03.1080p",)),
        ("105 - Title.mkv", ("Show", "Season 1")),
        ("24 - 05.mkv", ("24 (2001)", "Season 1")),
        ("24 - Title.mkv", ("24 (2001)", "Season 1")),
        ("12.Monkeys.mkv", ("Season 1",)),
        ("3 Acts.mkv", ("Show", "Season 1")),
        ("05 - 06 - Title.mkv", ("Show", "Season 1")),
        ("05 - Episode 7.mkv", ("Show", "Season 1")),
        ("E05 Episode 7.mkv", ("Show", "Season 1")),
        ("05 - Title.mkv", ("Show", "Season 1 Part 2")),
        ("05 - Titre.mkv", ("Show", "Saison 1 - Partie 2")),
        ("E05.mkv", ("Show", "S01 Cour 2")),
        ("1080p.mkv", ("Show", "Season 1")),
        ("5.1 Test.mkv", ("Show", "Season 1")),
        ("S01E01 S02E03.mkv", ("Show", "Season 1")),
    ],
)
def test_a_bare_number_that_may_mean_something_else_says_nothing(name: str, folders: tuple[str, ...]) -> None:
    assert episodes_of(name, folders) is None


def test_folders_of_films_and_ranges_are_no_seasons() -> None:
    for folder in (
        "Films", "A-Ci", "Seven (1995)", "S", "2010", "Specialist", "Season", "The Show (2010)", "World Series 2013",
        "Series 2013", "Series", "Series 7 The Contenders",
    ):  # fmt: skip
        assert season_of_folder(folder) is None, folder


@settings(max_examples=60)
@given(HOSTILE_NAMES, st.lists(HOSTILE_NAMES | st.sampled_from(["Season 1", "Specials", "Livre IV"]), max_size=3))
def test_no_text_makes_the_strict_rule_raise_and_its_ends_are_written_in_the_name(
    name: str, folders: list[str]
) -> None:
    found = episodes_of(name, folders)
    library_title(name)
    if found is not None:
        written = {int(digits) for digits in re.findall("[0-9]+", name)}
        assert {found.episodes[0], found.episodes[-1]} <= written
        assert list(found.episodes) == sorted(set(found.episodes))
        if episodes_of(name) is not None:
            assert found.season in written | set(range(21))  # in Roman numerals after a book


@given(st.integers(0, 99), st.lists(st.integers(0, 9999), min_size=1, max_size=5, unique=True))
def test_numbers_survive_being_written(season: int, episodes: list[int]) -> None:
    numbers = EpisodeNumbers(season, tuple(sorted(episodes)))
    assert episodes_of(f"Show {numbers}.mkv") == numbers
