"""What whole names say: titles, years, numbers read strictly and loosely, dates."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediatui.names.episode_numbers import EpisodeNumbers, episodes_of
from mediatui.names.parsed import library_title, parse_name
from mediatui.names.releases import read_releases
from mediatui.names.titles import fold_title
from tests.worlds.any_text import HOSTILE_NAMES

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
    # a season in words of the language of the word before it
    ("Harbour Saison sept FRENCH.BDRip.XviD-GRP.nfo", "Harbour", None, (7,), (), None, "", "pack"),
    ("Harbour Staffel Fünf German 1080p", "Harbour", None, (5,), (), None, "", "pack"),
    ("Harbour.Temporada.Dos.720p.HDTV", "Harbour", None, (2,), (), None, "", "pack"),
    ("Une saison un peu froide 2010 1080p", "Une saison un peu froide", 2010, (), (), None, "", "film"),
    ("Open.Season.Once.More.2010.1080p", "Open Season Once More", 2010, (), (), None, "", "film"),
    # a number joined to the title of a file, not to that of a folder
    ("04-Harbour.Lights.avi", "Harbour Lights", None, (), (), 4, "", "episode"),
    ("04-Harbour", "04-Harbour", None, (), (), None, "", "film"),
    # one of several: of a season that is one of several, of a year
    ("Harbour.Season.2of5.3of9.Copper.HDTV.XviD", "Harbour", None, (2,), (3,), None, "", "episode"),
    ("Harbour.Lights.2011.14.of.21.Copper.720p.HDTV", "Harbour Lights", 2011, (2011,), (14,), None, "", "episode"),
    ("Harbour 2011 3of6 720p", "Harbour", 2011, (1,), (3,), None, "", "episode"),
    ("Harbour.1x5.Season.Complete-GRP", "Harbour", None, (1,), (5,), None, "", "episode"),
    # season and episode in one number between words: behind the year, before a title and a date
    ("Harbour_lights.2005.211.the.copper.avi", "Harbour lights", 2005, (2,), (11,), None, "", "episode"),
    ("Harbour.Lights.2005.720.x264", "Harbour Lights", 2005, (), (), None, "", "film"),
    ("Harbour.312.The.Guest.2010.11.23.HDTV", "Harbour", None, (3,), (12,), None, "2010-11-23", "episode"),
    ("Harbour.in.100.Words.2024.01.05.WEB", "Harbour in 100 Words", None, (), (), None, "2024-01-05", "episode"),
    # a number before the tag of translators who name themselves
    ("Harbour 445 VOSTFR par Copper-Team (1280*720)", "Harbour", None, (), (), 445, "", "episode"),
    ("Room 237 VOSTFR 1080p", "Room 237", None, (), (), None, "", "film"),
    # the size of a picture is no year
    ("Harbour Episode 10 VOSTFR (1920x1080) Copper.mkv", "Harbour", None, (), (), 10, "", "episode"),
    # a season in brackets behind a group
    ("[GRP] Harbour (Season 2) - 33 (1280x720) [42A12A76].mkv", "Harbour", None, (2,), (33,), None, "", "episode"),
    ("Harbour - Series 1 (1970) DivX", "Harbour", None, (1,), (), None, "", "pack"),
    ("World Series 7 (2001)", "World Series 7", 2001, (), (), None, "", "film"),
    ("Harbour - Tem.1.720p.HDTV[Cap.102]", "Harbour", None, (1,), (2,), None, "", "episode"),
    # a mark apart from its number, and the day of a year
    ("Harbour.S01.E.07.English.1080p", "Harbour", None, (1,), (7,), None, "", "episode"),
    ("Harbour - 2016x231", "Harbour", None, (2016,), (231,), None, "", "episode"),
    ("Harbour - Copper Part 02 720p HDTV", "Harbour - Copper", None, (1,), (2,), None, "", "episode"),
    # between two episodes
    ("[GRP] Harbour - 02.5 (Special) [BD 1080p]", "Harbour", None, (), (), None, "", "episode"),
    # dates in odd spellings, and one that may be two days
    ("Harbour.2008x12.13-GRP", "Harbour", None, (), (), None, "2008-12-13", "episode"),
    ("Harbour.10-11-2008.XviD", "Harbour", None, (), (), None, "", "episode"),
    # two titles with the same numbers, and what else is no title
    ("Огни (S2E1) / Harbour (S2E1) (2023) WEB-DL", "Harbour", None, (2,), (1,), None, "", "episode"),
    ("Harbour (Miniserie) (2024/S01E07/WEB-DL)", "Harbour", 2024, (1,), (7,), None, "", "episode"),
    ("Das.Haus.am.Hafen.German.2011.PAL.DVDR-GRP", "Das Haus am Hafen", 2011, (), (), None, "", "film"),
    ("Harbour (Anna Lindqvist, 1967) [DVDRip]", "Harbour", 1967, (), (), None, "", "film"),
    ("[GRP] Harbour - Copper's Crown v2 [00F4CDA0].mkv", "Harbour - Copper's Crown", None, (), (), None, "", "film"),
    # a whole disc is a film, and colours are no year
    ("Harbour.Lights.2013.COMPLETE.BLURAY-GRP", "Harbour Lights", 2013, (), (), None, "", "film"),
    ("Harbour.S01.COMPLETE.BLURAY-GRP", "Harbour", None, (1,), (), None, "", "pack"),
    ("Harbour.HDR.2160p.HEVC.BT.2020.DTS", "Harbour", None, (), (), None, "", "film"),
    ("REC.2007.1080p.BluRay", "REC", 2007, (), (), None, "", "film"),
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
        ("[GRP] Le Phare (The Lighthouse) [1080p].mkv", "Le Phare", "The Lighthouse"),
        ("[GRP] Harbour - You Can (Not) Stay [1080p].mkv", "Harbour - You Can (Not) Stay", ""),
        ("Harbour.Lights.3D.2013.COMPLETE.BLURAY-GRP.mkv", "Harbour Lights", "3D"),
        ("Harbour.Lights.OM.2015.WEB-DLRip.mkv", "Harbour Lights", "OM"),
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


@settings(max_examples=60)
@given(HOSTILE_NAMES)
def test_no_text_makes_the_parser_raise(name: str) -> None:
    parsed = parse_name(name)
    assert parsed.strict == (episodes_of(name) is not None)
    assert parsed.kind == "episode" or not parsed.strict


WORDS = st.lists(
    st.sampled_from(["Harbour", "Lights", "Été", "Night", "Copper", "1917", "Kestrel"]), min_size=1, max_size=4
)


@given(WORDS, st.integers(1950, 2025), st.integers(0, 99), st.integers(0, 999), st.sampled_from([" ", ".", "_"]))
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
