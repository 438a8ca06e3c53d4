"""Which file of a transfer is which episode, or the film."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from mediatui.acquire.importing.assign import Assigned, AssignOptions, assign, season_aliases
from mediatui.model.target import Target
from mediatui.model.transfer_file import TransferFile
from mediatui.names.episode_numbers import EpisodeNumbers

BIG, SMALL = 4_000_000_000, 40_000_000
FILM = Target("film", "Fern Valley", 2019, tmdb_id=7)
S01, S02 = (Target("series", "Moon Diner", 2015, tvdb_id=9, season=number) for number in (1, 2))
E03 = Target("series", "Moon Diner", 2015, tvdb_id=9, season=2, episodes=(3,))
ALL = Target("series", "Moon Diner", 2015, tvdb_id=9)


def files(*named: str | tuple[str, int]) -> list[TransferFile]:
    sized = [(one, BIG) if isinstance(one, str) else one for one in named]
    return [TransferFile(f"/{path}", size, wanted=True) for path, size in sized]


def shown(one: Assigned) -> str:
    if one.season is None:
        return f"film{f' {one.part}' if one.part else ''}"
    return f"S{one.season:02}" + "".join(f"E{episode:02}" for episode in one.episodes)


def taken(found: Sequence[Assigned]) -> Mapping[str, str]:
    return {one.file.path.rpartition("/")[2]: shown(one) for one in found}


@pytest.mark.parametrize(
    ("given", "targets", "imported", "asks"),
    [
        # the film: the biggest video that is no extra, no sample and no part
        (files("Fern.Valley.2019.mkv"), [FILM], {"Fern.Valley.2019.mkv": "film"}, ""),
        (files("a.mkv", ("b.mkv", SMALL)), [FILM], {"a.mkv": "film"}, ""),
        (files("Fern.Valley.2019.mkv", ("Fern.Valley-sample.mkv", SMALL)), [FILM],
         {"Fern.Valley.2019.mkv": "film"}, ""),
        (files("Fern.Valley.2019.mkv", ("Featurettes/Making of.mkv", BIG + 1)), [FILM],
         {"Fern.Valley.2019.mkv": "film"}, ""),
        (files("Fern.Valley.CD1.avi", "Fern.Valley.CD2.avi"), [FILM],
         {"Fern.Valley.CD1.avi": "film 1", "Fern.Valley.CD2.avi": "film 2"}, ""),
        (files("Fern.Valley.CD1.avi"), [FILM], {}, "parts"),
        (files("Fern.Valley.CD1.avi", "Fern.Valley.CD3.avi"), [FILM], {}, "parts"),
        (files("Fern/BDMV/STREAM/00001.m2ts"), [FILM], {}, "disc"),
        (files("Fern/VIDEO_TS/VTS_01_1.VOB"), [FILM], {}, "disc"),
        (files("Fern.Valley.2019.iso"), [FILM], {}, "disc"),
        (files("Fern.Valley.2019.rar"), [FILM], {}, "archive"),
        (files("Fern.Valley.2019.txt"), [FILM], {}, "files"),
        # episodes, the strict rule first
        (files("Moon.Diner.S02E03.mkv"), [E03], {"Moon.Diner.S02E03.mkv": "S02E03"}, ""),
        (files("Moon.Diner.S02E03E04.mkv"), [E03], {"Moon.Diner.S02E03E04.mkv": "S02E03E04"}, ""),
        (files("Moon.Diner.S02E04.mkv"), [E03], {}, "episode"),
        (files("Moon.Diner.S03E03.mkv"), [E03], {}, "episode"),
        # the one episode of the target, where there is one video
        (files("Moon Diner the one with the cake.mkv"), [E03], {"Moon Diner the one with the cake.mkv": "S02E03"}, ""),
        (files("Moon Diner OVA.mkv"), [E03], {}, "episode"),
        (files("Moon Diner 203.mkv"), [S02], {}, "episode"),
        (files("Moon.Diner.S02E00.mkv"), [S02], {}, "episode"),
        (files("Moon.Diner.S02E03.Recap.mkv"), [S02], {}, "episode"),
        # a pack is whole, or it asks
        (files("Moon.Diner.S02E01.mkv", "Moon.Diner.S02E02.mkv"), [S02],
         {"Moon.Diner.S02E01.mkv": "S02E01", "Moon.Diner.S02E02.mkv": "S02E02"}, ""),
        (files("Moon.Diner.S02E01.mkv", "Moon.Diner.S02E03.mkv"), [S02],
         {"Moon.Diner.S02E01.mkv": "S02E01", "Moon.Diner.S02E03.mkv": "S02E03"}, "partial"),
        (files("Season 2/01 - Pilot.mkv", "Season 2/02 - Cake.mkv"), [S02],
         {"01 - Pilot.mkv": "S02E01", "02 - Cake.mkv": "S02E02"}, ""),
        (files("Moon.Diner.S01E01.mkv"), [S01, S02], {"Moon.Diner.S01E01.mkv": "S01E01"}, "partial"),
        # what holds more than it is for is left
        (files("Moon.Diner.S02E01.mkv", "Moon.Diner.S03E01.mkv"), [S02], {"Moon.Diner.S02E01.mkv": "S02E01"}, ""),
        (files("Moon.Diner.S00E01.mkv", "Moon.Diner.S01E01.mkv"), [ALL],
         {"Moon.Diner.S00E01.mkv": "S00E01", "Moon.Diner.S01E01.mkv": "S01E01"}, ""),
        # two files for one episode
        (files("Moon.Diner.S02E01.720p.mkv", "Moon.Diner.S02E01.1080p.mkv"), [S02],
         {"Moon.Diner.S02E01.720p.mkv": "S02E01", "Moon.Diner.S02E01.1080p.mkv": "S02E01"}, "files"),
        (files("a.mkv"), [FILM, S02], {}, "target"),
        (files("a.mkv"), [], {}, "target"),
    ],
)  # fmt: skip
def test_what_each_file_is(
    given: list[TransferFile], targets: list[Target], imported: Mapping[str, str], asks: str
) -> None:
    found = assign(given, targets, "Release.Name", AssignOptions(video_endings=(b".mkv", b".avi", b".m2ts", b".vob")))
    assert (taken(found.imported), found.asks.code if found.asks else "") == (imported, asks)


def test_a_pack_that_counts_through_holds_specials_too() -> None:
    regular = [f"[Grp] Moon Diner - {number:02} [1080p].mkv" for number in range(1, 13)]
    others = [
        "[Grp] Moon Diner - OVA - 01 [1080p].mkv", "[Grp] Moon Diner - SP02.mkv", "[Grp] Moon Diner - 05.5 [1080p].mkv",
        "Moon.Diner.S01E00.Recap.mkv", "[Grp] Moon Diner - NCOP1.mkv",
    ]  # fmt: skip
    found = assign(files(*regular, *others), [S01], "[Grp] Moon Diner [1080p]", AssignOptions(), {1: range(1, 13)})
    assert taken(found.imported) == {name: f"S01E{number:02}" for number, name in enumerate(regular, 1)}
    assert found.asks is None
    assert {path.lstrip("/") for path, _ in found.left} == set(others)


def test_what_is_missing_is_named_and_may_be_left_out() -> None:
    given = files(*(f"Moon.Diner.S02E{number:02}.mkv" for number in (1, 2, 3)))
    found = assign(given, [S02], "", AssignOptions(), {2: range(1, 6)})
    assert found.asks is not None
    assert found.asks.detail == {"episodes": "S02E04-E05"}
    assert assign(given, [S02], "", AssignOptions(partial=True), {2: range(1, 6)}).asks is None


def test_the_films_of_a_collection_are_told_apart_by_title_and_year() -> None:
    second = Target("film", "Fern Valley Returns", 2021)
    given = files("Fern.Valley.2019.mkv", "Fern.Valley.Returns.2021.mkv", "Another.2020.mkv")
    found = assign(given, [FILM, second], "", AssignOptions())
    assert {one.file.path: one.target.title for one in found.imported} == {
        "/Fern.Valley.2019.mkv": "Fern Valley", "/Fern.Valley.Returns.2021.mkv": "Fern Valley Returns",
    }  # fmt: skip
    assert found.asks is None
    lacking = assign(given[:1], [FILM, second], "", AssignOptions())
    assert lacking.asks is not None
    assert lacking.asks.code == "partial"


@pytest.mark.parametrize(
    ("name", "targets", "imported"),
    [
        ("[Grp] Moon Diner Nights - 04 [1080p].mkv", [S02], "S02E04"),
        ("Moon.Diner.Nights.04.1080p.mkv", [ALL], "S02E04"),
        ("[Grp] Moon Diner Nights - 04 [1080p].mkv", [S01], ""),  # never the first season's
        ("[Grp] Moon Diner Nights - 104 [1080p].mkv", [S02], ""),
        ("[Grp] Moon Diner Nights - OVA - 01.mkv", [S02], ""),
        ("[Grp] Moon Diner Nights - 07.mkv", [E03], "S02E03"),  # the one episode it is for speaks first
    ],
)
def test_a_title_of_one_season_says_the_season(name: str, targets: list[Target], imported: str) -> None:
    aliases = season_aliases(
        [("Moon Diner", None), ("Moon Diner Nights", 2), ("Moon Diner", 2), ("Both", 1), ("Both", 2)]
    )
    assert list(aliases.values()) == [2]
    found = assign(files(name), targets, "Release", AssignOptions(aliases=aliases))
    assert [shown(one) for one in found.imported] == ([imported] if imported else [])


@pytest.mark.parametrize(
    ("name", "said", "imported"),
    [
        ("Moon Diner - 17.mkv", (2, (4,)), "S02E04"),
        ("Moon Diner - 17.mkv", (1, (4,)), ""),  # never against the target
        ("Moon Diner OVA.mkv", (2, (4,)), ""),
        ("Moon Diner - 17.mkv", (0, (4,)), ""),
        ("[Grp] Moon Diner - 05.5 [1080p].mkv", (2, (5,)), ""),
        ("Moon.Diner.05.5.1080p.mkv", (2, (5,)), ""),
        ("[Grp] 2.5 Moon Diner - 13.mkv", (2, (3,)), "S02E03"),
        ("Moon.Diner.S02E05.mkv", (2, (4,)), "S02E05"),  # its name speaks first
    ],
)
def test_what_a_service_says_of_a_file_speaks_last(name: str, said: tuple[int, tuple[int, ...]], imported: str) -> None:
    found = assign(files(name), [S02], "Release", AssignOptions(partial=True, said={f"/{name}": EpisodeNumbers(*said)}))
    assert [shown(one) for one in found.imported] == ([imported] if imported else [])
