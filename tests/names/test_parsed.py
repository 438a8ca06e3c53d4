"""What names say: the strict rule, the parser behind it, titles, and what is kept in the database."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediatui.names.episode_numbers import EpisodeNumbers, season_of_folder
from mediatui.names.parsed import KnownNames, episodes_of, known_names, library_title, parse_name
from mediatui.names.releases import read_releases
from mediatui.names.titles import fold_title
from mediatui.store.database import Database, open_reader
from mediatui.store.library.names import store_names
from tests.worlds.any_text import any_text

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


PARSED: list[tuple[str, str, int | None, tuple[int, ...], tuple[int, ...], int | None, str, str]] = [
    ("2012.2009.1080p.BluRay.x264-GRP", "2012", 2009, (), (), None, "", "film"),
    ("2012 (2009).mkv", "2012", 2009, (), (), None, "", "film"),
    ("2012.mkv", "2012", None, (), (), None, "", "film"),
    ("1917.2019.2160p.mkv", "1917", 2019, (), (), None, "", "film"),
    ("1917.mkv", "1917", None, (), (), None, "", "film"),
    ("Blade.Runner.2049.2017.1080p.mkv", "Blade Runner 2049", 2017, (), (), None, "", "film"),
    ("Blade Runner 2049 (2017) 2160p.mkv", "Blade Runner 2049", 2017, (), (), None, "", "film"),
    ("Blade Runner 2049 1080p.mkv", "Blade Runner 2049", None, (), (), None, "", "film"),
    ("Wonder.Woman.1984.2020.1080p.mkv", "Wonder Woman 1984", 2020, (), (), None, "", "film"),
    ("Dune.Part.Two.2024.2160p.WEB-DL.mkv", "Dune", 2024, (), (), None, "", "film"),
    ("Les.Misérables.2012.FRENCH.1080p.mkv", "Les Misérables", 2012, (), (), None, "", "film"),
    ("Amélie (2001).mkv", "Amélie", 2001, (), (), None, "", "film"),
    ("Web.of.Copper.2009.1080p.mkv", "Web of Copper", 2009, (), (), None, "", "film"),
    ("Complete.Copper.2016.mkv", "Complete Copper", 2016, (), (), None, "", "film"),
    ("www.site.org - Copper (2010) 1080p.mkv", "Copper", 2010, (), (), None, "", "film"),
    ("Proper.2010.1080p.mkv", "Proper", 2010, (), (), None, "", "film"),
    ("Complete.Harbours.S01E01.mkv", "Complete Harbours", None, (1,), (1,), None, "", "episode"),
    ("The.Daily.Show.2024.03.15.720p.WEB.mkv", "The Daily Show", None, (), (), None, "2024-03-15", "episode"),
    ("The Show (2015) - 2015-10-02 - Guest.mkv", "The Show", 2015, (), (), None, "2015-10-02", "episode"),
    ("[Group] Show - 133 [1080p].mkv", "Show", None, (), (), 133, "", "episode"),
    ("[Group] One Piece - 1071 (1080p) [ABCD1234].mkv", "One Piece", None, (), (), 1071, "", "episode"),
    ("The.Show.S01.COMPLETE.1080p", "The Show", None, (1,), (), None, "", "pack"),
    ("The.Show.S01-S03.1080p", "The Show", None, (1, 2, 3), (), None, "", "pack"),
    ("Show.Saison.2.FRENCH.720p", "Show", None, (2,), (), None, "", "pack"),
    ("Avatar Livre I", "Avatar", None, (1,), (), None, "", "pack"),
    ("The.Show.S01E02.1080p.WEB.mkv", "The Show", None, (1,), (2,), None, "", "episode"),
    ("The.Show.2010.S01E02.1080p.mkv", "The Show", 2010, (1,), (2,), None, "", "episode"),
    ("The Show (2010) - S01E02E03 - Title.mkv", "The Show", 2010, (1,), (2, 3), None, "", "episode"),
    ("[Grp] The Show - S01E02.mkv", "The Show", None, (1,), (2,), None, "", "episode"),
    ("Show.MULTI.S02E01.1080p.mkv", "Show", None, (2,), (1,), None, "", "episode"),
    ("1923.S01E02.mkv", "1923", None, (1,), (2,), None, "", "episode"),
    ("24.S01E03.1080p.mkv", "24", None, (1,), (3,), None, "", "episode"),
    ("S03E09 WS PDTV", "", None, (3,), (9,), None, "", "episode"),
    # of several years the last before the tags is the release's
    ("Station.of.1900.1998.1080p.BluRay", "Station of 1900", 1998, (), (), None, "", "film"),
    ("Class.of.1999.1990.1080p.BluRay", "Class of 1999", 1990, (), (), None, "", "film"),
    ("Airport.1975.1974.1080p.BluRay", "Airport 1975", 1974, (), (), None, "", "film"),
    ("Death.Race.2000.1975.1080p.BluRay", "Death Race 2000", 1975, (), (), None, "", "film"),
    ("Wonder Woman 1984 (2020) WEBDL-1080p", "Wonder Woman 1984", 2020, (), (), None, "", "film"),
    ("Summer.of.84.2018.1080p.BluRay", "Summer of 84", 2018, (), (), None, "", "film"),
    ("2021 A Copper Film 1968 (Extended Directors Cut)", "2021 A Copper Film", 1968, (), (), None, "", "film"),
    ("Harbour.German.BluRay.x264.1998", "Harbour", 1998, (), (), None, "", "film"),
    ("(1995) Harbour Lights", "Harbour Lights", 1995, (), (), None, "", "film"),
    ("Harbour.Z.EXTENDED.2013.German.DL.1080p", "Harbour Z", 2013, (), (), None, "", "film"),
    ("The.Good.German.2006.720p.BluRay", "The Good German", 2006, (), (), None, "", "film"),
    ("The.French.Harbour.2013.720p.BluRay", "The French Harbour", 2013, (), (), None, "", "film"),
    # a group, a number over all seasons and a date in front of season and episode
    ("[GRP] Card Keeper - 36 - (S02E01) - (BD) [35BDC2DA]", "Card Keeper", None, (2,), (1,), None, "", "episode"),
    ("[GRP] Dragon Maid - 14 (S00E01) (zzz) [AAAA1111].mkv", "Dragon Maid", None, (0,), (1,), None, "", "episode"),
    ("[GRP] At Age 29 S01E03 1080p CR WEB-DL.mkv", "At Age 29", None, (1,), (3,), None, "", "episode"),
    ("[GRP] Harbour (1980) [BD 1080p].mkv", "Harbour", 1980, (), (), None, "", "film"),
    ("Judge Copper 2016 02 25 S20E142", "Judge Copper", None, (20,), (142,), None, "", "episode"),
    # episodes counted over all seasons
    ("[GRP] One Piece 1004 [E63F2984].mkv", "One Piece", None, (), (), 1004, "", "episode"),
    ("Crime.Place.E1135.Under.the.Moon.GERMAN.1080p.WEB", "Crime Place", None, (), (), 1135, "", "episode"),
    ("Orange.Ball.E89.1080p.WEB.x264-GRP", "Orange Ball", None, (), (), 89, "", "episode"),
    ("[GRP] Snack House 2 - 01 [1080p].mkv", "Snack House 2", None, (), (), 1, "", "episode"),
    ("[GRP]_Harbour_07_(1280x720)_[6B7FD717]", "Harbour", None, (), (), 7, "", "episode"),
    ("[GRP] Harbour - 100 Years - 01 (1080p)", "Harbour - 100 Years", None, (), (), 1, "", "episode"),
    ("Harbour (2011) - 141 - Copper [1080p]", "Harbour", 2011, (), (), 141, "", "episode"),
    ("[GRP] Harbour S2 - 07 [720p]", "Harbour", None, (2,), (7,), None, "", "episode"),
    # read loosely
    # case A2: Sonarr#805
    ("My.Series.S2014.1080p.HDTV.x264-ME", "My Series", None, (2014,), (), None, "", "pack"),
    ("Nine.911.S01.DVD", "Nine 911", None, (1,), (), None, "", "pack"),
    ("Harbour.5of9.Copper.1990.DVDRip", "Harbour", None, (1,), (5,), None, "", "episode"),
    ("Harbour 2x1", "Harbour", None, (2,), (1,), None, "", "episode"),
    ("Harbour.s06.01.1999.BDRip.1080p", "Harbour", None, (6,), (1,), None, "", "episode"),
    ("221208 Harbour ep34[1080p60 H264].mp4", "Harbour", None, (1,), (34,), None, "", "episode"),
    ("Harbour.103.720p.HDTV.x264", "Harbour", None, (1,), (3,), None, "", "episode"),
    ("Harbour - Temporada 2 [HDTV][Cap.408]", "Harbour", None, (4,), (8,), None, "", "episode"),
    ("Harbour Season 01-07 BluRay 1080p", "Harbour", None, (1, 2, 3, 4, 5, 6, 7), (), None, "", "pack"),
    ("Harbour / S1E1-8 of 8 [2024, WEB-DL 1080p]", "Harbour", None, (1,), (), None, "", "pack"),
    ("Harbour.S03.Extras.01.Deleted.Scenes.720p", "Harbour", None, (3,), (), None, "", "pack"),
    ("Harbour 31st Jan 2025 1080p", "Harbour", None, (), (), None, "2025-01-31", "episode"),
    ("Harbour - 30-04-2024 HDTV 1080p", "Harbour", None, (), (), None, "2024-04-30", "episode"),
    ("the.100.109.hdtv-lol.mp4", "the 100", None, (1,), (9,), None, "", "episode"),
    ("[GRP] 06 Harbour Art II (720p 8bit AAC).mp4", "Harbour Art II", None, (), (), 6, "", "episode"),
    ("Some.Harbour.Season.3of5.Complete.HDTV", "Some Harbour", None, (3,), (), None, "", "pack"),
    ("Harbour.14.of.21.Title.Here.720p.HDTV.x264-GRP", "Harbour", None, (), (), 14, "", "episode"),
    ("Harbour The Complete Seasons 1 to 5 720p BluRay", "Harbour", None, (1, 2, 3, 4, 5), (), None, "", "pack"),
    ("Harbour 03-05", "Harbour", None, (), (3, 4, 5), None, "", "pack"),
    ("[GRP].Harbour.03-04.&.06-07.(1280x720.x264)", "Harbour", None, (), (3, 4, 6, 7), None, "", "pack"),
    ("Harbour 312 1080i", "Harbour", None, (3,), (12,), None, "", "episode"),
    ("Harbour.13.HDTV-GRP", "Harbour", None, (), (), 13, "", "episode"),
    ("[GRP] Copper Series: 30 [Web][MKV][h264][720p]", "Copper Series", None, (), (), 30, "", "episode"),
    ("Harbour the Final - 09 (2021) [GRP] [WEBRip] [HD 1080p]", "Harbour the Final", 2021, (), (), 9, "", "episode"),
    ("Harbour_Title_2_[01]_[GRP_TV]_[WEBRip_1080p]", "Harbour Title 2", None, (), (), 1, "", "episode"),
    ("[GRP] Harbour S2 [05][HEVC-10bit 1080p AAC]", "Harbour", None, (2,), (5,), None, "", "episode"),
    ("Harbour.S01S02.720p.HDTV.x264-GRP", "Harbour", None, (1, 2), (), None, "", "pack"),
    ("Harbour Season 1 and 3 720p", "Harbour", None, (1, 3), (), None, "", "pack"),
    ("Harbour Saisons 1 à 3 VOSTFR", "Harbour", None, (1, 2, 3), (), None, "", "pack"),
    ("Harbour Season Two 720p", "Harbour", None, (2,), (), None, "", "pack"),
    ("Harbour.S01x04.720p", "Harbour", None, (1,), (4,), None, "", "episode"),
    ("Harbour.S01.-.02.720p.HDTV", "Harbour", None, (1,), (2,), None, "", "episode"),
    ("Harbour.E01E02.720p.HDTV", "Harbour", None, (), (1, 2), None, "", "pack"),
    ("Harbour.-.07.720p.HDTV", "Harbour", None, (), (), 7, "", "episode"),
    ("Harbour.01-03.720p.BluRay", "Harbour", None, (), (1, 2, 3), None, "", "pack"),
    # films with numbers are films
    ("John.Wick.Chapter.4.2023.1080p.WEB-DL.mkv", "John Wick Chapter 4", 2023, (), (), None, "", "film"),
    ("Star.Wars.Episode.4.A.New.Hope.1977.1080p.mkv", "Star Wars Episode 4 A New Hope", 1977, (), (), None, "", "film"),
    ("Harry.Potter.Part.2.2011.720p.HDTV.mkv", "Harry Potter", 2011, (), (), None, "", "film"),
    ("World Series 2013.mkv", "World Series", 2013, (), (), None, "", "film"),
    ("Room.237.2012.1080p.mkv", "Room 237", 2012, (), (), None, "", "film"),
    ("Fahrenheit.451.1080p.BluRay.mkv", "Fahrenheit 451", None, (), (), None, "", "film"),
    ("Cars.2.German.DL.720p.BluRay.x264-GRP", "Cars 2", None, (), (), None, "", "film"),
    ("The 4x4 Club 2010 1080p.mkv", "The 4x4 Club", 2010, (), (), None, "", "film"),
    ("S.Darko.2009.720p", "S Darko", 2009, (), (), None, "", "film"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("name", "title", "year", "seasons", "episodes", "absolute", "date", "kind"), PARSED)
def test_names_of_all_kinds_are_read(
    name: str,
    title: str,
    year: int | None,
    seasons: tuple[int, ...],
    episodes: tuple[int, ...],
    absolute: int | None,
    date: str,
    kind: str,
) -> None:
    parsed = parse_name(name)
    assert (parsed.title, parsed.year, parsed.seasons, parsed.episodes) == (title, year, seasons, episodes)
    assert (parsed.absolute, parsed.date, parsed.kind) == (absolute, date, kind)
    assert parsed.numbers == episodes_of(name)


@pytest.mark.parametrize(
    ("name", "title", "rest"),
    [
        ("Dune.Part.Two.2024.2160p.WEB-DL.mkv", "Dune", "Part Two"),
        ("Copper Part III (1990).mkv", "Copper", "Part III"),
        (
            "Star Harbour: Episode IV - A New Copper (2004) Special Edition.mkv",
            "Star Harbour: Episode IV",
            "A New Copper",
        ),
        ("Harbour.In.Copper.(Be.Bad).2009.MULTI.1080p", "Harbour In Copper", "Be Bad"),
        ("Copper DC (1979) [1080p]", "Copper", "DC"),
        ("Harbour Lights EXTENDED (2016) 2160p 4K UltraHD", "Harbour Lights", "EXTENDED"),
        ("Harbour SG1 Ultimate Fan Collection", "Harbour SG1", "Ultimate Fan Collection"),
        ("Harbour.Lights.3D.HSBS.1080p.mkv", "Harbour Lights", ""),
        ("Harbour.Lights.IMAX.EDITION.HQ.BluRay.1080p", "Harbour Lights", ""),
        ("(500) Days of Copper (2009).mkv", "(500) Days of Copper", ""),
        ("[GRP] Harbour - Copper's Crown [BD 1080p].mkv", "Harbour - Copper's Crown", ""),
        ("h265 - HEVC Copper Unrated 1080p.mkv", "Copper", ""),
        ("grphd-the.right.harbour.1983.1080p.mkv", "the right harbour", ""),
        ("spider-man.2002.1080p.mkv", "spider-man", ""),
    ],
)
def test_what_stands_behind_the_title_of_a_film_is_kept_apart_and_compared(name: str, title: str, rest: str) -> None:
    parsed = parse_name(name)
    assert (parsed.title, parsed.title_rest) == (title, rest)
    assert parsed.folded == fold_title(f"{title} {rest}") == fold_title(parsed.full_title)


@pytest.mark.parametrize("words", ["HD TS ", "dvd rip ", "special edition ", "english french ", "5.1 ", "s01 s02 "])
def test_repeated_tags_are_no_trap(words: str) -> None:
    parsed = parse_name(f"Harbour {words * 60}x")
    assert parsed.title.startswith("Harbour")


def test_a_season_named_by_a_year_is_not_an_episode_of_another_season() -> None:
    names = [f"My.Series.{numbers}.1080p.HDTV.x264-ME" for numbers in ("S2014", "S20E14", "S2014E14")]
    releases = read_releases(names)
    assert [(release.seasons, release.episodes) for release in releases.values()] == [
        ((2014,), ()), ((20,), (14,)), ((2014,), (14,)),
    ]  # fmt: skip
    assert len(set(releases.values())) == 3


def test_resolutions_are_read_with_and_without_the_parser() -> None:
    assert parse_name("The Show (2010) - S01E02 - 720p.mkv").resolution == "720p"
    assert parse_name("The.Show.S01E02.1080P.mkv").resolution == "1080p"
    assert parse_name("Film (2010) 4K.mkv").resolution == "2160p"
    assert parse_name("Film.2010.1080p.mkv").resolution == "1080p"
    assert parse_name("Film (2010).mkv").resolution == ""


def test_numbers_of_the_parser_alone_are_marked() -> None:
    parsed = parse_name("The.Show.S01.1080p")
    assert parsed.season == 1
    assert not parsed.strict
    assert parsed.numbers is None


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Amélie (2001).mkv", ("Amélie", 2001)),
        ("2012 (2009)", ("2012", 2009)),
        ("Film (2010) - Director's Cut 1080p.mkv", ("Film", 2010)),
        ("Film (2010) [tmdb-5].mkv", ("Film", 2010)),
        ("The Show (2010) - S01E02 - Title.mkv", ("The Show", 2010)),
        ("[REC] (2007).mkv", ("[REC]", 2007)),
        ("Film (Remake) (2010).mkv", ("Film (Remake)", 2010)),
        ("Film.2010.mkv", None),
        ("Film (20100).mkv", None),
        ("Film (2010)x.mkv", None),
        ("Film(2010).mkv", None),
        ("(2010).mkv", None),
        ("[Group] Show - 133 (2010).mkv", None),
        ("www.site.org - Film (2010).mkv", None),
        ("Film (FR) 2010.mkv", None),
    ],
)
def test_the_library_form_is_read_strictly(name: str, found: tuple[str, int] | None) -> None:
    assert library_title(name) == found


PIECES = st.sampled_from(
    ["S01E02", "s1e", "E04", "1x02", "x03", "-03", "2x", " to ", " & ", "Saison 1 ", "Épisode 2", "Livre IV ", "05",
     ".5", "Chapitre 3", "E\u0301", "1080p", " of 8", "2010", "[", ")", ".mkv", " - ", "_"]
)  # fmt: skip
HOSTILE = st.lists(PIECES | any_text(max_size=3), max_size=12).map("".join) | any_text(max_size=300)


@settings(max_examples=60)
@given(HOSTILE, st.lists(HOSTILE | st.sampled_from(["Season 1", "Specials", "Livre IV"]), max_size=3))
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


@settings(max_examples=60)
@given(HOSTILE)
def test_no_text_makes_the_parser_raise(name: str) -> None:
    parsed = parse_name(name)
    assert parsed.strict == (episodes_of(name) is not None)
    assert parsed.kind == "episode" or not parsed.strict


WORDS = st.lists(
    st.sampled_from(["Harbour", "Lights", "Été", "Night", "Copper", "1917", "Kestrel"]), min_size=1, max_size=4
)
NUMBERS = st.integers(0, 99)


@given(WORDS, st.integers(1950, 2025), NUMBERS, st.integers(0, 999), st.sampled_from([" ", ".", "_"]))
def test_a_name_made_of_parts_gives_the_parts_back(
    words: list[str], year: int, season: int, episode: int, blank: str
) -> None:
    title = " ".join(words)
    release = blank.join([*words, str(year), f"S{season:02d}E{episode:02d}", "1080p", "WEB", "x264-GRP.mkv"])
    library = f"{title} ({year}) - S{season:02d}E{episode:02d} - Harbour 12.mkv"
    for name in (release, library):
        parsed = parse_name(name)
        assert (parsed.title, parsed.year) == (title, year), name
        assert parsed.numbers == EpisodeNumbers(season, (episode,)), name


@given(NUMBERS, st.lists(st.integers(0, 9999), min_size=1, max_size=5, unique=True))
def test_numbers_survive_being_written(season: int, episodes: list[int]) -> None:
    numbers = EpisodeNumbers(season, tuple(sorted(episodes)))
    assert episodes_of(f"Show {numbers}.mkv") == numbers


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "mediatui.db")
    yield opened
    await opened.close()


async def read(db: Database, names: list[str]) -> KnownNames:
    """What these names say; keeps what was new."""
    known = await db.read(known_names, names)
    async with db.transaction() as connection:
        await store_names(connection, known.fresh)
    return known


async def test_a_second_run_parses_nothing_and_says_the_same(db: Database) -> None:
    names = [row[0] for row in PARSED] + ["caf\udce9 (2010).mkv", "E\u0301te\u0301 (2010).mkv", "x" * 400, ""]
    first = await read(db, names + names)
    second = await read(db, names)
    assert len(first.fresh) == len(names)
    assert second.fresh == []
    assert second.parsed == first.parsed
    assert first.parsed == {name: parse_name(name) for name in names}


async def test_only_new_names_are_parsed(db: Database) -> None:
    await read(db, ["Film (2010).mkv"])
    known = await read(db, ["Film (2010).mkv", "Other (2011).mkv"])
    assert [row[0] for row in known.fresh] == ["Other (2011).mkv"]
    assert set(known.parsed) == {"Film (2010).mkv", "Other (2011).mkv"}


async def test_names_parsed_by_other_rules_are_parsed_again(db: Database) -> None:
    async with db.transaction() as connection:
        await store_names(connection, [("Film (2010).mkv", 0, '"of another form"')])
    assert len((await read(db, ["Film (2010).mkv"])).fresh) == 1
    with closing(open_reader(db.path)) as connection:
        assert known_names(connection, ["Film (2010).mkv"]).fresh == []


async def test_spellings_of_one_name_are_parsed_once(db: Database) -> None:
    known = await read(db, ["Été (2010).mkv", "E\u0301te\u0301 (2010).mkv"])
    assert len(known.fresh) == 1
    assert len(known.parsed) == 2


@pytest.mark.parametrize(
    ("name", "absolute"),
    [
        ("[GRP] One Piece 1004 [E63F2984].mkv", 1004),
        ("Crime.Place.E1135.Under.the.Moon.GERMAN.1080p.WEBRip.x264-GRP", 1135),
        ("Orange.Ball.E89.1080p.WEB.x264-GRP", 89),
        ("[GRP] Snack House 2 - 01 [1080p].mkv", 1),
    ],
)
def test_checksums_and_numbers_counted_over_all_seasons_are_no_season_and_episode(name: str, absolute: int) -> None:
    """Case J7 (Sonarr#4858, Sonarr#3841, Sonarr#2343, Sonarr#885)."""
    parsed = parse_name(name)
    assert episodes_of(name) is None
    assert (parsed.seasons, parsed.absolute) == ((), absolute)


def test_a_number_of_the_title_is_not_that_of_the_season() -> None:
    """Case J7."""
    assert parse_name("Nine.911.S02E03.DVDRip.mkv").season == 2
    assert parse_name("Nine.911.S01.DVD").seasons == (1,)
