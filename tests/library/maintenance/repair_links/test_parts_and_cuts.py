"""A file that says it is only a part, another cut or an extra is taken unasked only where the link, or the file it led
to, says the very same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.library.maintenance.repair_links.tool import find
from mediatui.library.maintenance.tools import ToolOptions
from mediatui.model.finding import Finding
from tests.worlds.imagined import empty_archive, findings_of

NOTHING = "__all__/gone/1.mkv"
SHOW = "shows/Rug Rats Too (1991)/Season 01/Rug Rats Too (1991) - "
FILE = "__all__/Rug.Rats.Too.S01/Rug.Rats.Too."
OLD = "__all__/gone/Rug.Rats.Too."


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    yield from empty_archive(tmp_path_factory.mktemp("archive"))


def film(name: str) -> str:
    return f"movies/{name}/{name}.mkv"


def stored(name: str) -> str:
    return f"__all__/{name}/{name}.mkv"


def judged(connection: sqlite3.Connection, link: str, old: str, *files: str) -> Finding:
    """What is found for a dead link that led to ``old`` while these files are on the mount."""
    (finding,) = findings_of(find, ToolOptions("repair-links"), connection, {link: old}, list(files))
    return finding


HILL = film("Red Hill (2001)")
TAKEN = [
    (SHOW + "S01E03a - Three.mkv", OLD + "S01E03a.mkv", FILE + "S01E03a.1080p.mkv"),
    (SHOW + "S01E03.mkv", OLD + "S01E03b.mkv", FILE + "S01E03b.1080p.mkv"),
    (SHOW + "S01E03pt1.mkv", NOTHING, FILE + "S01E03.Part.1.1080p.mkv"),
    (SHOW + "S01E03 Part One.mkv", NOTHING, FILE + "S01E03.pt.I.1080p.mkv"),
    (SHOW + "S01E03 - The Trial (1).mkv", NOTHING, FILE + "S01E03.The.Trial.Part.1.1080p.mkv"),
    (SHOW + "S01E03 - The Trial Part 2.mkv", OLD + "S01E03.mkv", FILE + "S01E03.1080p.mkv"),
    (SHOW + "S01E03 - The Interview.mkv", NOTHING, FILE + "S01E03.1080p.mkv"),
    (SHOW + "S01E03 - The Interview.mkv", NOTHING, FILE + "S01E03.The.Interview.1080p.mkv"),
    (SHOW + "S01E03.mkv", OLD + "S01E03.The.Interview.720p.mkv", FILE + "S01E03.The.Interview.1080p.mkv"),
    (SHOW + "S01E03.mkv", NOTHING, FILE + "S01E03.Interview.with.a.Sample.of.Parts.1080p.mkv"),
    (SHOW + "S01E03.mkv", NOTHING, FILE + "S01E03.Part.of.the.Plan.1080p.mkv"),
    (SHOW + "S01E03.mkv", NOTHING, FILE + "S01E03.1080p.WEB-DL.DDP5.1.H.264-GRP[site].mkv"),
    (SHOW + "S01E03.mkv", NOTHING, "__all__/Rug.Rats.Too.S01.Part.2/Rug.Rats.Too.S01E03.1080p.mkv"),
    (SHOW + "S01E03 - Chapter 3.mkv", NOTHING, FILE + "S01E03.1080p.mkv"),
    ("shows/A Late Talk (1996)/Season 2024/A Late Talk (1996) - 2024-01-05 - Guest.mkv", NOTHING,
     stored("Late.Talk.2024.01.05.1080p.WEB")),
    (film("Making Waves (2006)"), NOTHING, stored("Making.Waves.2006.1080p")),
    (film("Trailer Park (2007)"), NOTHING, stored("Trailer.Park.2007.1080p")),
    (film("Kill Hill Vol. 1 (2003)"), NOTHING, stored("Kill.Hill.Vol.1.2003.1080p.BluRay")),
    (film("Dusk Part Two (2024)"), NOTHING, stored("Dusk.Part.Two.2024.1080p.BluRay")),
    ("movies/Red Hill (2001)/Red Hill (2001) {edition-Director's Cut}.mkv", NOTHING,
     stored("Red.Hill.2001.Directors.Cut.1080p.BluRay")),
    ("movies/Red Hill (2001) {edition-Extended}/Red Hill (2001).mkv", NOTHING,
     stored("Red.Hill.2001.1080p.EXTENDED.CUT.BluRay")),
    (HILL, "__all__/gone/Red.Hill.2001.Zorro.Dream.720p.mkv", stored("Red.Hill.2001.Zorro.Dream.1080p.BluRay")),
    (HILL, "__all__/gone/Red.Hill.2001.Extended.720p.mkv", stored("Red.Hill.2001.Extended.1080p.BluRay")),
    (HILL, "__all__/gone/Red.Hill.2001.CD2.avi", stored("Red.Hill.2001.CD2.DVDRip")),
    (HILL, NOTHING, stored("Red.Hill.2001.MULTi.VFF.1080p.BluRay.x264-GRP")),
    (HILL, NOTHING, stored("Red.Hill.2001.iNTERNAL.PROPER.1080p.BluRay.x264-GRP")),
    (HILL, NOTHING, stored("Red Hill (2001) [1080p] [BluRay] [5.1] [YTS.MX]")),
    (HILL, NOTHING, stored("Red.Hill.2001.DVD9.MPEG-2")),
    (HILL, NOTHING, "__all__/Red.Hill.2001.1080p/rh-1080p.mkv"),
    ("movies/Red Hill (2001)/Red Hill (2001) - part2.mkv", NOTHING, stored("Red.Hill.2001.CD2.DVDRip")),
    ("movies/Red Hill (2001)/Red Hill (2001)-trailer.mkv", NOTHING, stored("Red.Hill.2001.Trailer.1080p")),
    ("movies/Red Hill (2001)/Red Hill (2001) Bluray-1080p Proper.mkv", NOTHING, stored("Red.Hill.2001.1080p.WEB")),
    ("Films/Shorts/Red Hill (2001).mkv", NOTHING, stored("Red.Hill.2001.1080p.BluRay.x264-GRP")),
]  # fmt: skip
STAYS = [
    (SHOW + "S01E02b - Two.mkv", OLD + "S01E02b.mkv", FILE + "S01E02a.mkv", "the other half (a)"),
    (SHOW + "S01E03a - Three.mkv", OLD + "S01E03a.mkv", FILE + "S01E03b.1080p.mkv", "the other half (b)"),
    (SHOW + "S01E03a.mkv", NOTHING, FILE + "S01E03.1080p.mkv", "not the half (a) alone"),
    (SHOW + "S01E03.mkv", NOTHING, FILE + "S01E03A.1080p.mkv", "the other half (a)"),
    (SHOW + "S01E03.mkv", NOTHING, FILE + "S01E03.pt1.1080p.mkv", "only part 1 of it"),
    (SHOW + "S01E03 Part One.mkv", NOTHING, FILE + "S01E03.pt.II.1080p.mkv", "only part 2 of it"),
    (SHOW + "S01E03 - Part One.mkv", NOTHING, FILE + "S01E03.1080p.mkv", "not part 1 alone"),
    (SHOW + "S01E03 - The Trial Part 2.mkv", NOTHING, FILE + "S01E03.The.Trial.Part.1.mkv", "only part 1 of it"),
    (SHOW + "S01E03.mkv", NOTHING, FILE + "S01E03.Interview.1080p.mkv", "an interview"),
    (SHOW + "S01E03.mkv", NOTHING, FILE + "S01E03.1080p.Trailer.mkv", "a trailer"),
    (SHOW + "S01E03.mkv", NOTHING, FILE + "S01E03-deleted.mkv", "a deleted scene"),
    (SHOW + "S01E03.mkv", NOTHING, FILE + "S01E03.720p.Disc.2.mkv", "only disc 2 of it"),
    (SHOW + "S01E03 - The Sample.mkv", NOTHING, FILE + "S01E03.Sample.mkv", "a sample"),
    (HILL, NOTHING, stored("Red.Hill.2001.10th.Anniversary.Edition.1080p"), "another cut (anniversary)"),
    (SHOW + "S01E03.mkv", NOTHING, FILE + "S01E03.Extended.1080p.mkv", "another cut (extended)"),
    (SHOW + "S01E03.mkv", NOTHING, "__all__/Rug.Rats.Too.S01.Uncut.1080p/Rug.Rats.Too.S01E03.mkv", "(uncut)"),
    (SHOW + "S01E03.mkv", NOTHING, FILE.replace("/Rug.Rats.Too.", "/Extras/Rug.Rats.Too.") + "S01E03.mkv", "an extra"),
    (SHOW + "S01E03 - 2024-01-05.mkv", NOTHING, FILE + "S01E03.2024.01.08.mkv", "another date (2024-01-08)"),
    ("shows/A Late Talk (1996)/Season 2024/A Late Talk (1996) - 2024-01-05 Part 1.mkv", NOTHING,
     stored("Late.Talk.2024.01.05.1080p.WEB"), "not part 1 alone"),
    ("shows/A Late Talk (1996)/Season 2024/A Late Talk (1996) - 2024-01-05.mkv", NOTHING,
     stored("Late.Talk.2024.01.05.Part.1.1080p.WEB"), "only part 1 of it"),
    (HILL, NOTHING, stored("Red.Hill.2001.Trailer.1080p"), "a trailer"),
    (HILL, NOTHING, stored("Red.Hill.2001.1080p.WEB.Trailers"), "a trailer"),
    (HILL, NOTHING, stored("Red Hill (2001) [Teaser 2]"), "a teaser (2)"),
    (HILL, NOTHING, stored("Red_Hill_2001_Making_Of_1080p"), "a making-of"),
    (HILL, NOTHING, stored("Red.Hill.2001.Bonus.Disc"), "a bonus"),
    (HILL, NOTHING, stored("Red.Hill.2001.Bande-Annonce.1080p"), "a trailer"),
    (HILL, NOTHING, "__all__/Red.Hill.2001.1080p/Red.Hill.2001.1080p-sample.mkv", "a sample"),
    (HILL, NOTHING, "__all__/Red.Hill.2001.1080p/Red.Hill.2001.1080p-behindthescenes.mkv", "behind the scenes"),
    (HILL, NOTHING, "__all__/Red.Hill.2001.1080p/Red.Hill.2001-other.mkv", "another video"),
    (HILL, NOTHING, "__all__/Red.Hill.2001.1080p/Extras/Red.Hill.2001.Deleted.Scenes.mkv", "a deleted scene"),
    (HILL, NOTHING, "__all__/Red.Hill.2001.1080p/Shorts/Red.Hill.2001.mkv", "a short"),
    (HILL, "__all__/gone/Red.Hill.2001.mkv", "__all__/Red.Hill.2001.1080p/Trailers/Red.Hill.2001.mkv", "a trailer"),
    (HILL, NOTHING, stored("Red.Hill.2001.1080p.BluRay.Extended.Cut.x264-GRP"), "another cut (extended)"),
    (HILL, NOTHING, stored("Red Hill (2001) {edition-Zorro's Dream} 1080p"), "another cut (zorros dream)"),
    (HILL, NOTHING, stored("Red.Hill.2001.Zorro.Cut.1080p"), "another cut (zorro)"),
    (HILL, NOTHING, stored("Red.Hill.2001.Zorro.Dream.1080p.BluRay"), "it says more: zorro dream"),
    (HILL, NOTHING, stored("Red.Hill.2001.3D.H-SBS.1080p"), "another cut (3d)"),
    (HILL, NOTHING, stored("Red.Hill.2001.1080p.Remastered"), "another cut (remastered)"),
    (HILL, NOTHING, stored("Red.Hill.2001.cd1.1080p"), "only disc 1 of it"),
    (HILL, NOTHING, stored("Red.Hill.2001.1of2.1080p"), "only part 1 of it"),
    (HILL, NOTHING, stored("Red.Hill.2001.Disc.Two.1080p"), "only disc 2 of it"),
    (HILL, NOTHING, stored("Red.Hill.2001.S02.1080p"), "it says more: s02"),
    (film("Kill Hill Vol. 1 (2003)"), NOTHING, stored("Kill.Hill.Vol.2.2003.1080p.BluRay"), "title"),
    ("movies/Red Hill (2001)/Red Hill (2001) {edition-Uncut}.mkv", NOTHING, stored("Red.Hill.2001.1080p"),
     "another cut (not uncut)"),
    ("movies/Red Hill (2001)/Red Hill (2001) - part2.mkv", NOTHING, stored("Red.Hill.2001.CD1.DVDRip"),
     "only disc 1 of it"),
    ("movies/Red Hill (2001)/Red Hill (2001) - part2.mkv", NOTHING, stored("Red.Hill.2001.DVDRip"),
     "not part 2 alone"),
    ("movies/Red Hill (2001)/Red Hill (2001)-trailer.mkv", NOTHING, stored("Red.Hill.2001.DVDRip"),
     "the link is a trailer"),
    ("movies/Cup (2024)/Cup (2024) - Alba vs Borea.mkv", NOTHING, stored("Cup.2024.Corda.vs.Dalia.1080p"),
     "it says more: corda vs dalia"),
]  # fmt: skip


@pytest.mark.parametrize(("link", "old", "file"), TAKEN)
def test_a_file_that_says_nothing_else_or_the_very_same_is_taken(
    connection: sqlite3.Connection, link: str, old: str, file: str
) -> None:
    finding = judged(connection, link, old, file)
    assert finding.steps, finding.reason


@pytest.mark.parametrize(("link", "old", "file", "why"), STAYS)
def test_a_file_that_is_something_else_is_offered_with_the_reason_and_not_taken(
    connection: sqlite3.Connection, link: str, old: str, file: str, why: str
) -> None:
    finding = judged(connection, link, old, file)
    assert not finding.steps
    assert why in finding.reason
    assert finding.category == "repair"  # it is offered


def test_extras_do_not_keep_the_film_itself_from_being_found(connection: sqlite3.Connection) -> None:
    extras = [f"__all__/Red.Hill.2001/Red.Hill.2001.Featurette.{number}.mkv" for number in range(20)]
    finding = judged(connection, HILL, NOTHING, *extras, "__all__/Red.Hill.2001.1080p.mkv")
    assert finding.reason.startswith("99: Red.Hill.2001.1080p.mkv") or "100" in finding.reason
    assert finding.steps


def test_of_several_videos_in_the_folder_of_a_film_none_is_taken_by_the_folders_name_alone(
    connection: sqlite3.Connection,
) -> None:
    folder = "__all__/Red.Hill.2001.1080p/"
    assert judged(connection, HILL, NOTHING, folder + "title_t00.mkv").steps
    finding = judged(connection, HILL, NOTHING, folder + "title_t00.mkv", folder + "title_t01.mkv")
    assert not finding.steps
    assert "other videos lie beside it" in finding.reason


SAYS = [
    "",
    "a",
    ".Part.1",
    ".pt.II",
    ".CD2",
    ".Trailer",
    ".Making.Of",
    ".Extended",
    ".Directors.Cut",
    ".Zorro.Cut",
    ".3D",
]
tags = st.sampled_from(["", ".1080p", ".1080p.BluRay.x264-GRP", ".PROPER.720p.WEB-DL"])
says = st.sampled_from(SAYS)


@given(
    kind=st.sampled_from(["film", "episode", "date"]), link_says=says, old_says=st.none() | says, file_says=says,
    some=tags, more=tags, same=st.booleans(), other=st.integers(0, 2), behind=st.booleans(),
)  # fmt: skip
def test_no_file_is_taken_that_says_what_neither_link_nor_old_file_says(
    connection: sqlite3.Connection, kind: str, link_says: str, old_says: str | None, file_says: str,
    some: str, more: str, same: bool, other: int, behind: bool,
) -> None:  # fmt: skip
    """The file has the year, the season and episode, or the date of the link only where they are the ``same``; else it
    is of another one."""
    head, others = {
        "film": ("Red.Hill.2001", ("1978", "2011", "1992")),
        "episode": ("Red.Hill.S01E01", ("S01E02", "S02E01", "S00E01")),
        "date": ("Red.Hill.2024.01.05", ("2024.01.06", "2024.05.01", "2023.01.05")),
    }[kind]
    if kind != "episode" and "a" in (link_says, old_says, file_says):
        return
    its = head if same else f"Red.Hill.{others[other]}"
    folder = {"film": "movies/Red Hill (2001)", "episode": "shows/Red Hill (2001)/Season 01"}
    link = head.replace(".", " ") + link_says.replace(".", " ") + ".mkv"
    if kind == "date":
        link = f"Red Hill (2001) - 2024-01-05{link_says.replace('.', ' ')}.mkv"
    link = f"{folder.get(kind, 'shows/Red Hill (2001)/Season 2024')}/{link}"
    old = NOTHING if old_says is None else f"__all__/gone/{head}{old_says}{some}.mkv"
    half = file_says == "a"
    text = f"{more}{file_says}" if behind and more and not half and "-" not in more else f"{file_says}{more}"
    finding = judged(connection, link, old, f"__all__/new/{its}{text}.mkv")
    alike = {".CD2": ".pt.II"}  # players take one for the other
    link_says, its_says = alike.get(link_says, link_says), alike.get(file_says, file_says)
    if finding.steps:
        assert same
        assert its_says in (link_says, alike.get(old_says or "", old_says), "")
        if link_says in ("a", ".Part.1", ".pt.II"):
            assert its_says == link_says
    elif same and its_says == link_says:
        raise AssertionError(finding.reason)
