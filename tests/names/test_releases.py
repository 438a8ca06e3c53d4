"""Two names are the same release only when nothing but technical tags and the group distinguishes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.names.releases import read_releases

# Case A1: plex_dupefinder#78, Sportarr#103.
A1 = (
    "Kickers.Cup.2024.Group.A.Alba.vs.Borea.1080p.WEB.x264",
    "Kickers.Cup.2024.Group.A.Corda.vs.Dalia.1080p.WEB.x264",
    "Hoops.2024.01.05.Lions.vs.Bears.1080p.WEB.x264",
    "Hoops.2024.01.05.Hawks.vs.Foxes.1080p.WEB.x264",
    "Meadow.Fest.2024.Anna.Band.1080p.WEB.x264",
    "Meadow.Fest.2024.Berta.Trio.1080p.WEB.x264",
    "MotoRace.2024.Alba.Race.1080p.WEB.x264",
    "MotoRace.2024.Borea.Race.1080p.WEB.x264",
    "Quiet.Film.1999.1080p.BluRay.x264-AAA",
    "Quiet.Film.1999.1080p.BluRay.x264-BBB",
)


def same(*names: str) -> bool:
    """Whether these names are understood, and all one release."""
    releases = read_releases(names)
    return set(names) == releases.keys() and len(set(releases.values())) == 1


def test_of_events_races_and_bands_only_the_film_of_two_groups_is_one_release() -> None:
    releases = read_releases(A1)
    assert len(releases) == len(A1)
    assert len(set(releases.values())) == len(A1) - 1
    assert releases[A1[-1]] == releases[A1[-2]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Quiet.Film.1999.1080p.BluRay.x264-AAA", "Quiet Film (1999) [1080p] [WEB-DL] [AAC 2.0] [x265]"),
        ("Film.2010.PROPER.1080p.WEB.x264-A", "Film.2010.1080p.BluRay.DTS-HD.MA.5.1.x265-B"),
        ("Show.S01E02.Title.1080p.WEB.h264-A", "Show.S01E02.Title.REPACK.1080p.AMZN.WEB-DL.DDP5.1.H.264-B"),
        ("Film.2010.2160p.HDR10+.DV.WEB-DL", "Film.2010.4K.SDR.BluRay.REMUX.HEVC.TrueHD.7.1.Atmos-FGT"),
        ("Film.2010.1080p.10bit.BluRay.8CH.x265.HEVC-PSA", "Film.2010.1080p.BluRay"),
        ("Film.2010.1080p.BluRay.x264-SPARKS[site]", "Film.2010.1080p.BluRay.x264-SPARKS"),
        ("Film.2010.1080p.BluRay.x264-D-Z0N3", "Film.2010.1080p.BluRay.x264-FGT"),
        ("[GRP] Show S01E02 [1080p]", "[OTHER] Show S01E02 [1080p]"),
        ("Film.2010.ITA.ENG.1080p.BluRay", "Film.2010.ENG.ITA.1080p.BluRay"),
        ("The.Show.Season.1.1080p.WEB", "The.Show.S01.1080p.WEB"),
    ],
)
def test_tags_groups_and_ways_of_writing_make_no_difference(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kickers.Cup.2024.1080p.WEB.x264.Alba.vs.Borea", "Kickers.Cup.2024.1080p.WEB.x264.Corda.vs.Dalia"),
        ("Kickers.Cup.2024.[Alba].1080p.WEB", "Kickers.Cup.2024.[Borea].1080p.WEB"),
        ("Kickers.Cup.2024.Round.3.1080p.WEB", "Kickers.Cup.2024.Round.4.1080p.WEB"),
        ("Kickers.Cup.2024.1080p.WEB", "Kickers.Cup.2024.Final.1080p.WEB"),
        ("Alba.Borea.2024.01.05.1080p.WEB", "Alba.Borea.2024.01.06.1080p.WEB"),
        ("Show.S01E02.One.1080p.WEB", "Show.S01E02.Two.1080p.WEB"),
        ("Show.S01E02.The.Red.1080p.WEB", "Show.S01E02.The.1080p.WEB"),
        ("Show.S01E02.The.French.1080p.WEB", "Show.S01E02.The.1080p.WEB"),
        ("Show.S01E02a.1080p.WEB", "Show.S01E02.1080p.WEB"),
        ("Film.2010.1080p.WEB.x264-Extras", "Film.2010.1080p.WEB.x264-GRP"),
        ("Film.2010.1080p.WEB.x264-CD1", "Film.2010.1080p.WEB.x264-CD2"),
        ("Film.2010.1080p.Extended.x264-GRP", "Film.2010.1080p.x264-GRP"),
        ("Film.2010.Zorro.Version.1080p.WEB", "Film.2010.Berta.Version.1080p.WEB"),
        ("Film.2010.1080p.WEB.x264.Lions", "Film.2010.1080p.WEB.x264.Hawks"),
        ("Film.2010.1080p.WEB.x264", "Film.2010.1080p.WEB.x264.NTb"),
        ("Film.2010.1080p.WEB {tmdb-1}", "Film.2010.1080p.WEB {tmdb-2}"),
        ("[REC] 2007 1080p BluRay", "[ABC] 2007 1080p BluRay"),
        ("Opus.2010.1080p.WEB", "Remux.2010.1080p.WEB"),
        ("My.Series.S2014.1080p.HDTV.x264-ME", "My.Series.S20E14.1080p.HDTV.x264-ME"),
        ("A" * 250 + ".2010.1080p.One", "A" * 250 + ".2010.1080p.Two"),
    ],
)
def test_names_that_say_anything_else_are_two_releases(one: str, other: str) -> None:
    assert not same(one, other)


@pytest.mark.parametrize("name", ["[GRP] Show - 05 [1080p]", "Show.E05.1080p.WEB", "Show 1004 1080p"])
def test_a_number_that_is_only_read_loosely_identifies_nothing(name: str) -> None:
    assert not same(name, name)


def test_a_season_called_by_its_year_is_a_whole_season() -> None:
    # Case A2: Sonarr#805.
    release, episode = read_releases(
        ["My.Series.S2014.1080p.HDTV.x264-ME", "My.Series.S20E14.1080p.HDTV.x264-ME"]
    ).values()
    assert (release.seasons, release.episodes) == ((2014,), ())
    assert release != episode


WORDS = "Alba Borea Corda vs Final Cut Part II Extended Trailer Match 3 Second Half Lions Night Red"
TAGS = "PROPER WEB-DL BluRay x264 H.265 DDP5.1 AAC HDR10 10bit AMZN REPACK"
words = st.sampled_from(WORDS.split())
tags = st.lists(st.sampled_from(TAGS.split()), max_size=4)
subjects = st.sampled_from(["Quiet.Film.1999", "Quiet.Show.S01E02", "Quiet.Show.S03", "Quiet.Talk.2024.01.05"])
groups = st.sampled_from(["", "-GRP", "-NTb", "-D-Z0N3"])


def written(subject: str, text: list[str], before: list[str], behind: list[str], group: str) -> str:
    """A release name; tags stand before and behind the resolution, and a hyphen before the group behind one of them."""
    return ".".join([subject, *text, *before, "1080p", *behind]) + group


@given(
    subject=subjects, one=st.lists(words, max_size=4), other=st.lists(words, max_size=4), behind=st.booleans(),
    some=tags, more=tags, group=groups,
)  # fmt: skip
def test_names_that_differ_outside_the_tags_are_never_copies(
    subject: str, one: list[str], other: list[str], behind: bool, some: list[str], more: list[str], group: str
) -> None:
    if behind:
        names = [written(subject, [], some, [*more, "x264", *text, "WEB"], group) for text in (one, other)]
    else:
        names = [written(subject, text, some, more, group) for text in (one, other)]
    assert same(*names) == (one == other)


@given(subject=subjects, text=st.lists(words, max_size=3), one=tags, other=tags, both=st.tuples(groups, groups))
def test_names_that_differ_in_tags_alone_are_copies(
    subject: str, text: list[str], one: list[str], other: list[str], both: tuple[str, str]
) -> None:
    names = [written(subject, text, [], some, group) for some, group in zip((one, other), both, strict=True)]
    assert same(*names)
