"""What a release is for: points, reasons, and what is taken unasked, case by case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.acquire.mapping.item import Alias, Item, ItemEpisode
from mediatui.acquire.mapping.rank import Mapping, rank
from mediatui.acquire.mapping.release_name import read_name
from mediatui.commands.candidate_columns import reasons_text
from mediatui.model.release import FoundRelease
from mediatui.model.target import Target

TODAY = "2026-11-27"


def film(title: str, year: int | None, tmdb: int, **known: object) -> Item:
    return Item("film", title, year, tmdb_id=tmdb, **known)  # type: ignore[arg-type]


def series(
    title: str, year: int | None, tvdb: int, counts: tuple[int, ...] = (), *, specials: int = 0, begin: str = "",
    **known: object,
) -> Item:  # fmt: skip
    """A series with so many episodes in each season, shown weekly from a day on, and so many specials."""
    day = date.fromisoformat(begin or f"{year or 2020}-01-05")
    episodes, absolute = [ItemEpisode(0, number, 0, tvdb * 1000 + number) for number in range(1, specials + 1)], 0
    for season, count in enumerate(counts, 1):
        for number in range(1, count + 1):
            absolute += 1
            air_date = (day + timedelta(weeks=absolute - 1)).isoformat()
            episodes.append(ItemEpisode(season, number, absolute, tvdb * 1000 + 100 * season + number, air_date))
    seasons = tuple(range(0 if specials else 1, len(counts) + 1))
    return Item("series", title, year, tvdb_id=tvdb, seasons=seasons, episodes=tuple(episodes), **known)  # type: ignore[arg-type]


HERE: dict[str, object] = {"in_library": True, "service": "sonarr"}
WORLD = {
    "dune21": film("Dune", 2021, 438631, original_title="Dune", aliases=(Alias("Dune: Part One"),)),
    "dune84": film("Dune", 1984, 841),
    "dune2": film("Dune: Part Two", 2024, 693134),
    "prophecy": series("Dune: Prophecy", 2024, 367118, (6,)),
    "us": series("The Office (US)", 2005, 73244, (6, 22, 25), **HERE),
    "uk": series("The Office (UK)", 2001, 78107, (6, 6)),
    "us-away": series("The Office (US)", 2005, 73244, (6, 22, 25)),
    "space": film("Office Space", 1999, 1542),
    "shogun": series("Shōgun (2024)", 2024, 404177, (10,)),
    "shogun80": series("Shogun", 1980, 71633, (5,)),
    "heist": series("Money Heist", 2017, 327417, (9, 6, 8), aliases=(Alias("La Casa de Papel"),), **HERE),
    "empire": series("The Paper Empire", 2012, 31, (10, 10)),
    "foundation": series("Foundation", 2021, 366972, (10, 10, 10), **HERE),
    "lantern": series(
        "Lantern Girl", 2020, 51, (12, 12), series_type="anime", aliases=(Alias("Lantern Girl II", 2),), **HERE
    ),
    "lantern-plain": series("Lantern Girl", 2020, 51, (12, 12), series_type="anime", **HERE),
    "comet": series("Comet Ball Zeta", 1989, 52, (39, 35, 33, 32, 26, 29, 25, 34, 38), series_type="anime", **HERE),
    "court": series("Copper Court", 2015, 53, (13, 13, 13), **HERE),
    "daily": series("Pilot Show", 2024, 54, (30,), begin="2024-05-03", series_type="daily", **HERE),
    "diner": series("Moon Diner", 2022, 55, (12,), specials=6, series_type="anime", **HERE),
    "night1": film("Good Night", 2021, 6101, original_title="Shab"),
    "night2": film("Good Night", 2021, 6102, original_title="Ryoya"),
    "1917": film("1917", 2019, 530915),
    "2012": film("2012", 2009, 14161),
    "bladerunner": film("Blade Runner", 1982, 78),
    "2049": film("Blade Runner 2049", 2017, 335984),
    "ww84": film("Wonder Woman 1984", 2020, 464052),
    "ww": film("Wonder Woman", 2017, 297762),
    "space99": series("Space: 1999", 1975, 71255, (24, 24)),
    "ring": film(
        "The Lord of the Rings: The Fellowship of the Ring", 2001, 120,
        aliases=(Alias("Le Seigneur des anneaux : La Communauté de l'anneau"),),
    ),
    "legends": series("The Bureau", 2015, 57, (10,) * 5, original_title="Le Bureau des Légendes", **HERE),
    "kaamelott": series("Kaamelott", 2005, 58, (100, 100, 100), specials=4, **HERE),
    "amelie": film("Amélie", 2001, 194, original_title="Le Fabuleux Destin d'Amélie Poulain"),
    "spider": film("Spider-Man: No Way Home", 2021, 634649),
    "rocky": film("Rocky", 1976, 1366),
    "rocky2": film("Rocky II", 1979, 1367),
    "24": series("24", 2001, 59, (24,) * 8),
    "1923": series("1923", 2022, 60, (8, 8)),
    "future": series("Salt Road", 2024, 61, (10, 10), begin="2026-10-04", monitored=True, **HERE),
    "yard": series("The Baker's Yard", 2010, 81900, (10,) * 15),
    "counted": series("Long Finale", 2018, 62, (13, 13), aliases=(Alias("Finale Long", 2, 1),), **HERE),
    "unknown-seasons": Item("series", "Quartz Meadow", 2019, tvdb_id=63),
    "mini": series("Tin Garden", 2023, 64, (12,), **HERE),
    "trilogy1": film("Some Film", 1999, 71),
    "trilogy2": film("Some Film 2", 2001, 72),
    "heat": film("Heat", 1995, 949),
    "teachers": series("Teachers", 2016, 65, (10,)),
    "teacher": series("Teacher", 2006, 66, (10,)),
    "founding": series("Fondation", 2008, 68, (10, 10), **HERE),
    "double": Item(
        "series", "Night Desk", 2020, tvdb_id=67, seasons=(1,),
        episodes=(ItemEpisode(1, 1, 1, 0, "2020-03-02"), ItemEpisode(1, 2, 2, 0, "2020-03-02")),
    ),
}  # fmt: skip

ASKS = "?"


def told(mapping: Mapping) -> str:
    """What comes of a mapping: the target that is taken and its points, or ``?`` and the candidates."""
    if mapping.chosen is not None:
        return f"{mapping.chosen.shown} {mapping.chosen.points}"
    return " ".join([ASKS, " | ".join(f"{one.shown} {one.points}" for one in mapping.candidates)]).rstrip()


CASES = [
    ("Foundation.S02.1080p.WEB.H264-FW", "founding", "? Fondation (2008) S02 78"),
    ("Fondation.S02.1080p.WEB.H264-FW", "founding", "Fondation (2008) S02 82"),
    # remakes, and films of one title
    ("Dune.2021.1080p.BluRay", "dune21 dune84 prophecy", "Dune (2021) 90"),
    ("Dune.1984.REMASTERED.1080p", "dune21 dune84 prophecy", "Dune (1984) 90"),
    ("Dune.1080p.WEB", "dune21 dune84 prophecy", "? Dune (1984) 70 | Dune (2021) 70 | Dune: Prophecy (2024) 50"),
    ("Dune.1080p.WEB", "dune84 prophecy", "? Dune (1984) 70 | Dune: Prophecy (2024) 50"),
    ("Dune.1080p.WEB", "dune84", "Dune (1984) 70"),
    ("Dune.2020.1080p", "dune21", "Dune (2021) 78"),
    ("Dune.2020.1080p", "dune21 dune84", "Dune (2021) 78"),
    ("Dune.Part.One.2021.2160p", "dune21 dune84 dune2", "Dune (2021) 90"),
    ("Dune.Part.Two.2024.2160p.REMUX", "dune21 dune84 dune2", "Dune: Part Two (2024) 90"),
    ("Dune.Prophecy.S01E01.1080p", "dune21 dune84 prophecy", "Dune: Prophecy (2024) S01E01 78"),
    ("Good.Night.2021.1080p.WEB", "night1 night2", "? Good Night (2021) 90 | Good Night (2021) 90"),
    ("Shab.2021.1080p.WEB", "night1 night2", "Good Night (2021) 90"),
    ("Heat.1995.FRENCH.DVDRip", "heat", "Heat (1995) 90"),
    ("Rocky.II.1979.1080p", "rocky rocky2", "Rocky II (1979) 90"),
    ("Rocky.1976.1080p", "rocky rocky2", "Rocky (1976) 90"),
    ("Spiderman.No.Way.Home.2021.1080p", "spider", "Spider-Man: No Way Home (2021) 90"),
    # series of one title
    ("The.Office.S03E02.720p.HDTV", "us uk space", "The Office (US) (2005) S03E02 82"),
    ("The.Office.S01.COMPLETE.DVDRip", "us-away uk", "? The Office (UK) (2001) S01 78 | The Office (US) (2005) S01 78"),
    ("The.Office.US.S01.720p", "us-away uk", "The Office (US) (2005) S01 78"),
    ("The.Office.UK.S01.720p", "us-away uk", "The Office (UK) (2001) S01 78"),
    ("The.Office.2005.S01.720p", "us-away uk", "The Office (US) (2005) S01 98"),
    ("Shogun.2024.S01.1080p.WEB", "shogun shogun80", "Shōgun (2024) S01 98"),
    ("Shogun.S01.1080p.WEB", "shogun shogun80", "? Shogun (1980) S01 78 | Shōgun (2024) S01 78"),
    ("Shogun.1980.S01E05.DVDRip", "shogun shogun80", "Shogun (1980) S01E05 98"),
    ("Teachers.S01E02.720p", "teachers teacher", "? Teachers (2016) S01E02 78 | Teacher (2006) S01E02 73"),
    # aliases and French titles
    ("La.Casa.de.Papel.S02.FRENCH.1080p", "heist empire", "Money Heist (2017) S02 82"),
    ("Money.Heist.S03E08.MULTi", "heist empire", "Money Heist (2017) S03E08 82"),
    ("Le.Bureau.des.Legendes.S03E04.FRENCH.720p.HDTV", "legends", "The Bureau (2015) S03E04 82"),
    (
        "Le.Seigneur.des.Anneaux.La.Communaute.de.l.Anneau.2001.FRENCH", "ring",
        "The Lord of the Rings: The Fellowship of the Ring (2001) 90",
    ),
    ("Le.Fabuleux.Destin.d.Amelie.Poulain.2001.FRENCH.1080p", "amelie", "Amélie (2001) 90"),
    ("Kaamelott.Livre.II.FRENCH.DVDRip", "kaamelott", "Kaamelott (2005) S02 82"),
    ("Kaamelott.Saison.3.FRENCH.DVDRip", "kaamelott", "Kaamelott (2005) S03 82"),
    ("Kaamelott.iNTEGRALE.FRENCH.DVDRip", "kaamelott", "Kaamelott (2005) S01-S03 82"),
    # years and numbers as titles
    ("1917.2019.MULTI.VFQ.1080p.WEB.H264", "1917", "1917 (2019) 90"),
    ("2012.2009.1080p.BluRay", "2012", "2012 (2009) 90"),
    ("2012.1080p.BluRay", "2012", "2012 (2009) 70"),
    ("Blade.Runner.2049.2017.VFF.1080p", "bladerunner 2049", "Blade Runner 2049 (2017) 90"),
    ("Blade.Runner.2049.1080p.BluRay", "bladerunner 2049", "Blade Runner 2049 (2017) 70"),
    ("Blade.Runner.1982.1080p", "bladerunner 2049", "Blade Runner (1982) 90"),
    ("Wonder.Woman.1984.1080p.BluRay", "ww84 ww", "Wonder Woman 1984 (2020) 70"),
    ("Wonder.Woman.1984.2020.1080p.BluRay", "ww84 ww", "Wonder Woman 1984 (2020) 90"),
    ("Wonder.Woman.2017.1080p.BluRay", "ww84 ww", "Wonder Woman (2017) 90"),
    ("Space.1999.S01E01.720p", "space99", "Space: 1999 (1975) S01E01 78"),
    ("24.S01E01.720p", "24", "24 (2001) S01E01 78"),
    ("1923.S02E01.1080p", "1923", "1923 (2022) S02E01 78"),
    # seasons and episodes that are there or not
    ("Foundation.S02.MULTi.1080p.WEB", "foundation", "Foundation (2021) S02 82"),
    ("Foundation.S09.MULTi.1080p.WEB", "foundation", "? Foundation (2021) S09 59"),
    ("Foundation.S02E15.1080p.WEB", "foundation", "Foundation (2021) S02E15 74"),
    ("Foundation.S02E03E04.1080p.WEB", "foundation", "Foundation (2021) S02E03-E04 82"),
    ("Foundation.S01-S03.MULTi.1080p", "foundation", "Foundation (2021) S01-S03 82"),
    ("Foundation.S02.MULTi.1080p.WEB", "dune21", "?"),
    ("Salt.Road.S02.1080p.WEB", "future", "? Salt Road (2024) S02 68"),
    ("Salt.Road.S01E01.1080p.WEB", "future", "Salt Road (2024) S01E01 86"),
    ("Quartz.Meadow.S04E01.720p", "unknown-seasons", "Quartz Meadow (2019) S04E01 70"),
    ("Bakers.Yard.S03.1080p", "yard", "The Baker's Yard (2010) S03 78"),
    # specials
    ("Moon.Diner.S00E02.1080p", "diner", "Moon Diner (2022) S00E02 82"),
    ("Moon.Diner.S00E09.1080p", "diner", "? Moon Diner (2022) S00E09 74"),
    ("Moon.Diner.S01E00.Recap.1080p", "diner", "? Moon Diner (2022) S01E00 74"),
    ("[Grp] Moon Diner - 05.5 [1080p]", "diner", "? Moon Diner (2022) 74"),
    ("[Grp] Moon Diner - 05 [1080p]", "diner", "Moon Diner (2022) S01E05 82"),
    # numbers counted over all seasons, and behind the alias of a season
    ("[Grp] Lantern Girl II - 01 [1080p]", "lantern", "Lantern Girl (2020) S02E01 82"),
    (
        "[Grp] Lantern Girl II - 01 [1080p]", "lantern-plain",
        "? Lantern Girl (2020) S02E01 38 | Lantern Girl (2020) S01E01 38",
    ),
    ("[Grp] Lantern Girl - 13 [1080p]", "lantern", "Lantern Girl (2020) S02E01 82"),
    (
        "[Grp] Lantern Girl II - 13 [1080p]", "lantern",
        "? Lantern Girl (2020) S02E13 74 | Lantern Girl (2020) S01E13 74",
    ),
    (
        "Lantern.Girl.II.S01E03.1080p.WEB", "lantern",
        "? Lantern Girl (2020) S02E03 82 | Lantern Girl (2020) S01E03 82",
    ),
    ("Lantern.Girl.II.S02E03.1080p.WEB", "lantern", "Lantern Girl (2020) S02E03 82"),
    ("Comet.Ball.Zeta.102.1080p.BluRay.x264-GRP", "comet", "Comet Ball Zeta (1989) S03E28 82"),
    ("Comet.Ball.Zeta.102.720p.HDTV-GRP", "comet", "Comet Ball Zeta (1989) S03E28 82"),
    ("[Grp] Comet Ball Zeta - 100-102 [1080p]", "comet", "Comet Ball Zeta (1989) S03E26-E28 82"),
    ("Copper.Court.102.720p.HDTV-GRP", "court", "? Copper Court (2015) S01E02 82"),
    ("Copper.Court.1x02.720p.HDTV-GRP", "court", "Copper Court (2015) S01E02 82"),
    ("Copper.Court.1102.720p.HDTV-GRP", "court", "? Copper Court (2015) 74"),
    ("Tin.Garden.E05.FRENCH.720p", "mini", "Tin Garden (2023) S01E05 82"),
    ("Finale.Long.S01E04.720p", "counted", "Long Finale (2018) S02E04 82"),
    # daily shows
    ("Pilot.Show.2024.05.17.Guest.720p.WEB", "daily", "Pilot Show (2024) S01E03 82"),
    (
        "Pilot.Show.2024.05.18.Guest.720p.WEB", "daily",
        "? Pilot Show (2024) S01E03 82 | Pilot Show (2024) S01E04 82",
    ),
    (
        "Night.Desk.2020.03.02.720p.WEB", "double",
        "? Night Desk (2020) S01E01 78 | Night Desk (2020) S01E02 78",
    ),
    # several films, and kinds that differ
    ("Some.Film.Trilogie.1999-2003.FRENCH", "trilogy1 trilogy2", "? Some Film (1999) 70 | Some Film 2 (2001) 50"),
    ("Foundation.2021.1080p.WEB", "foundation", "? Foundation (2021) 44"),
    ("Heat.S01E01.720p", "heat", "? Heat (1995) 20"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "items", "wanted"), CASES)
def test_a_release_is_for(name: str, items: str, wanted: str) -> None:
    assert told(rank(read_name(name), [WORLD[key] for key in items.split()], TODAY)) == wanted


def offer(**ids: int) -> FoundRelease:
    return FoundRelease("guid", 1, "alpha", "any", **ids)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "ids", "wanted"),
    [
        ("Shogun.2024.S01.1080p", {"tvdb_id": 404177}, "Shōgun (2024) S01 100"),
        ("Shougun.S01.1080p", {"tvdb_id": 404177}, "Shōgun (2024) S01 100"),
        ("Shogun.S01.1080p", {"tvdb_id": 71633}, "Shogun (1980) S01 100"),
        ("Shogun.S01.1080p", {"tvdb_id": 1}, "? Shogun (1980) S01 78 | Shōgun (2024) S01 78"),
        ("Shogun.S01.1080p", {"tmdb_id": 404177}, "? Shogun (1980) S01 78 | Shōgun (2024) S01 78"),
    ],
)
def test_the_id_of_an_indexer_decides(name: str, ids: dict[str, int], wanted: str) -> None:
    items = [WORLD["shogun"], WORLD["shogun80"]]
    assert told(rank(read_name(name, offer(**ids)), items, TODAY)) == wanted


def test_the_id_of_a_film_at_tmdb_is_none_of_a_series() -> None:
    show = Item("series", "Matrix Show", 2001, tmdb_id=603, tvdb_id=9)
    assert not rank(read_name("The.Matrix.1999.1080p", offer(tmdb_id=603)), [show], TODAY).candidates


def test_what_was_searched_for_decides_between_equals() -> None:
    searched = Target("film", "Dune", 1984, tmdb_id=841)
    items = [WORLD[key] for key in ("dune21", "dune84", "prophecy")]
    assert told(rank(read_name("Dune.1080p.WEB", searched=searched), items, TODAY)) == "Dune (1984) 90"


def test_every_part_is_a_reason() -> None:
    (one,) = rank(read_name("The.Office.2005.S03E02.720p.HDTV"), [WORLD["us"]], TODAY).candidates
    assert one.reasons == ("title equal", "year equal", "S03E02 exists", "in the library")
    (off, *_) = rank(read_name("Dune.2020.1080p"), [WORLD["dune21"]], TODAY).candidates
    assert off.reasons == ("title equal", "year one off", "a film")
    (gone,) = rank(read_name("Foundation.S09.1080p"), [WORLD["foundation"]], TODAY).candidates
    assert gone.reasons == ("title equal", "there is no season 9", "in the library")
    (alias,) = rank(read_name("[Grp] Lantern Girl II - 01 [1080p]"), [WORLD["lantern"]], TODAY).candidates
    assert "alias of season 2" in alias.reasons


def test_two_of_one_title_and_year_are_told_apart_by_their_original_titles() -> None:
    found = rank(read_name("Good.Night.2021.1080p.WEB"), [WORLD["night1"], WORLD["night2"]], TODAY).candidates
    assert sorted(reasons_text(one).partition(" · ")[0] for one in found) == ["originally Ryoya", "originally Shab"]
    (same,) = rank(read_name("Dune.2021.1080p"), [WORLD["dune21"]], TODAY).candidates
    assert reasons_text(same).startswith("title equal")


def test_why_nothing_is_taken_unasked_is_said() -> None:
    def why(name: str, *items: str) -> str:
        return rank(read_name(name), [WORLD[key] for key in items], TODAY).why_asked

    assert why("The.Office.S01", "us-away", "uk") == (
        "two fit: The Office (UK) (2001) S01 78, The Office (US) (2005) S01 78"
    )
    assert why("Foundation.S09.1080p", "foundation") == "Foundation (2021) S09 fits with 59 points only"
    assert why("Copper.Court.102.720p.HDTV-GRP", "court") == (
        "Copper Court (2015) S01E02: 102 may be season and episode, or counted over all"
    )
    assert why("Foundation.S09.1080p") == "nothing fits its title"
    assert why("Foundation.S01.1080p", "foundation") == ""


def test_a_target_has_the_ids_and_dates_of_its_episodes() -> None:
    chosen = rank(read_name("Foundation.S02E03-E04.1080p"), [WORLD["foundation"]], TODAY).chosen
    assert chosen is not None
    (target,) = chosen.targets
    assert target.text == "tvdb:366972:S02E03-E04"
    assert target.episode_ids == (366972203, 366972204)
    assert target.air_dates == ("2021-03-30", "2021-04-06")


@given(st.permutations(["us", "uk", "foundation", "dune21", "dune84", "prophecy", "court"]), st.sampled_from(CASES))
def test_the_order_of_the_candidates_is_that_of_their_points(keys: list[str], case: tuple[str, str, str]) -> None:
    release = read_name(case[0])
    mapping = rank(release, [WORLD[key] for key in keys], TODAY)
    points = [one.points for one in mapping.candidates]
    assert points == sorted(points, reverse=True)
    assert all(0 <= one <= 100 for one in points)
    if mapping.chosen is not None:
        assert all(mapping.chosen.points - one >= 10 for one in points[1:])
    assert told(mapping) == told(rank(release, [WORLD[key] for key in sorted(keys)], TODAY))


@given(
    st.one_of(
        st.text(max_size=80),
        st.sampled_from(["", "x" * 2000, "\x1b[31mDune\u202e.2021", "S01E01", "2021", "....", "102"]),
    )
)
def test_whatever_a_release_is_called_it_is_mapped_or_asked_about(name: str) -> None:
    mapping = rank(read_name(name), WORLD.values(), TODAY)
    assert (mapping.chosen is None) == (mapping.why_asked != "")
    assert all(one.targets and 0 < one.points <= 100 for one in mapping.candidates)
