"""No tool ever points the link of a series at a file of another series, season, episode or date unasked, whatever the
names and folders are like, and wherever links lead.

What each name stands for is known from how it was made, not from the rule that reads it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.library.maintenance import bad_links
from mediatui.library.maintenance.repair_links import tool as repair_links
from mediatui.library.maintenance.tools import MIN_SCORE, ToolOptions
from mediatui.model.finding import Finding
from tests.worlds.imagined import MOUNT, ROOT, Find, empty_archive, findings_of

TITLES = ("Foundation", "Foundation and Earth", "24", "Foundation II")
DAYS = ("2024-01-05", "2024-01-06", "2023-01-05")


@dataclass(frozen=True)
class Episode:
    """Something of a series: a link or a file, by what it is and where it lies. An episode with a ``day`` is known by
    that alone; a ``bare`` name has no title, so that its folder says whose it is."""

    title: str
    season: int
    episodes: tuple[int, ...]
    form: str
    season_folder: bool
    day: str = ""
    above: str = ""
    """The title in the folder's name; the episode's own where it is empty."""
    bare: bool = False

    def name(self) -> str:
        first, last = self.episodes[0], self.episodes[-1]
        number = (
            self.day
            or {
                "S01E02": f"S{self.season:02d}" + "".join(f"E{one:02d}" for one in self.episodes),
                "s1e021": f"s{self.season}" + "".join(f"e{one:03d}" for one in self.episodes),
                "S01E01-E03": f"S{self.season:02d}E{first:02d}" + (f"-E{last:02d}" if last > first else ""),
                "1x02": f"{self.season}x{first:02d}" + (f"-{self.season}x{last:02d}" if last > first else ""),
                "words": f"Saison {self.season} Episode {first}" + (f" à {last}" if last > first else ""),
            }[self.form]
        )
        return f"{number}.mkv" if self.bare else f"{self.title} - {number}.mkv"

    def path(self, top: str) -> str:
        above, season = self.above or self.title, self.day[:4] or f"{self.season:02d}"
        inner = f"Saison {season}" if self.season_folder else f"{above}.S{season}.1080p"
        return f"{top}/{above} (2001)/{inner}/{self.name()}"

    @property
    def truth(self) -> object:
        return self.day or (self.season, self.episodes)

    @property
    def series(self) -> str:
        return self.above if self.bare and self.above else self.title


@st.composite
def episodes(draw: st.DrawFn, *, misplaced: bool = False) -> Episode:
    first = draw(st.sampled_from((1, 2, 3, 12, 21)))
    more = draw(st.integers(0, 2)) if draw(st.booleans()) else 0
    return Episode(
        draw(st.sampled_from(TITLES)),
        draw(st.integers(0, 3)),
        tuple(range(first, first + more + 1)),
        draw(st.sampled_from(("S01E02", "s1e021", "S01E01-E03"))) if more else draw(
            st.sampled_from(("S01E02", "s1e021", "1x02", "words"))),
        draw(st.booleans()),
        draw(st.sampled_from(("", "", "", *DAYS))),
        draw(st.sampled_from(("", "", *TITLES))) if misplaced else "",
        misplaced and draw(st.booleans()),
    )  # fmt: skip


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    yield from empty_archive(tmp_path_factory.mktemp("safety"))


def proposals(
    find: Find, tool: str, connection: sqlite3.Connection, links: dict[str, str], files: list[str]
) -> list[tuple[Finding, str, str]]:
    """What a tool proposes: the finding, the link and the file."""
    return [
        (finding, step.path.removeprefix(f"{ROOT}/"), step.new_target.removeprefix(f"{MOUNT}/"))
        for finding in findings_of(find, ToolOptions(tool, min_score=50), connection, links, files)
        for step in finding.steps
        if isinstance(step, RelinkSymlink)
    ]


TOOLS = pytest.mark.parametrize(
    ("find", "tool"),
    [(bad_links.find, "fix-bad-links"), (repair_links.find, "repair-links")],
    ids=["fix-bad-links", "repair-links"],
)


def assert_safe(
    find: Find, tool: str, connection: sqlite3.Connection, links: dict[Episode, Episode], others: list[Episode]
) -> None:
    """Nothing is proposed but a file of the very numbers or date; unasked, only one of the same series."""
    files = {one.path("all"): one for one in (*links.values(), *others)}
    gone = "" if tool == "fix-bad-links" else ".gone.mkv"
    shown = {link.path("Séries"): link for link in links}
    targets = {link.path("Séries"): file.path("all") + gone for link, file in links.items()}
    for finding, path, target in proposals(find, tool, connection, targets, list(files)):
        link, file = shown[path], files[target]
        assert file.truth == link.truth
        score = finding.facts.get("score", MIN_SCORE)
        assert isinstance(score, int)
        if score >= MIN_SCORE:
            assert file.series == link.title


@pytest.mark.slow
@TOOLS
@given(data=st.data())
def test_a_link_is_only_ever_pointed_at_its_own_episode(
    find: Find, tool: str, connection: sqlite3.Connection, data: st.DataObject
) -> None:
    files = data.draw(st.lists(episodes(misplaced=True), min_size=2))
    links = {one: data.draw(st.sampled_from(files)) for one in data.draw(st.lists(episodes(), min_size=1))}
    assert_safe(find, tool, connection, links, files)


@TOOLS
@pytest.mark.parametrize("also_right", [1, 4])
def test_links_that_lead_into_the_folder_of_another_series_do_not_make_it_theirs(
    find: Find, tool: str, connection: sqlite3.Connection, also_right: int
) -> None:
    """Links of Foundation have the right numbers and lead to files of 24: that is a mistake, not a proof, however many
    they are."""
    of_24 = [Episode("24", 1, (number,), "S01E02", True) for number in range(1, 10)]
    links = {
        Episode("Foundation", 1, (number,), "S01E02", True): of_24[number - 1] for number in range(1, also_right + 1)
    }
    links[Episode("Foundation", 1, (9,), "S01E02", True)] = of_24[1]
    assert_safe(find, tool, connection, links, of_24)


@TOOLS
@pytest.mark.parametrize(
    ("own", "above", "taken"),
    [
        ("Foundation", "24", True), ("24", "Foundation", False), ("Foundation and Earth", "Foundation", False),
        ("", "Foundation", True), ("", "24", False), ("fae", "Foundation and Earth", False),
    ],
)  # fmt: skip
def test_the_title_in_a_files_own_name_goes_before_its_folders(
    find: Find, tool: str, connection: sqlite3.Connection, own: str, above: str, taken: bool
) -> None:
    link = "Séries/Foundation (2001)/Saison 01/Foundation (2001) - S01E02.mkv"
    file = f"all/{above} (2001)/Saison 01/{own and own + ' - '}S01E02.mkv"
    wrong = f"all/{above} (2001)/Saison 01/{own and own + ' - '}S01E05.mkv"
    leads_to = wrong if tool == "fix-bad-links" else f"{wrong}.gone.mkv"
    found = proposals(find, tool, connection, {link: leads_to}, [file, wrong])
    assert [target for finding, _, target in found if finding.facts.get("score", MIN_SCORE) >= MIN_SCORE] == (  # type: ignore[operator]
        [file] if taken else []
    )


@TOOLS
@pytest.mark.parametrize("short", ["got", "grp-got", "GoT", "gt"])
def test_initials_stand_for_the_title_of_their_folder(
    find: Find, tool: str, connection: sqlite3.Connection, short: str
) -> None:
    link = "Séries/Game of Thrones (2011)/Saison 01/Game of Thrones (2011) - S01E02.mkv"
    files = [f"all/Game.of.Thrones.S01.1080p/{short}.s01e0{number}.mkv" for number in (1, 2)]
    leads_to = files[0] if tool == "fix-bad-links" else f"{files[0]}.gone.mkv"
    [(_, _, target)] = proposals(find, tool, connection, {link: leads_to}, files)
    assert target == files[1]


@TOOLS
def test_the_generated_libraries_do_hold_links_that_are_mended(
    find: Find, tool: str, connection: sqlite3.Connection
) -> None:
    """What is asserted above is not empty: of these names both tools propose the right one."""
    right, wrong = (Episode("Foundation", 1, (number,), "S01E02", True) for number in (2, 3))
    leads_to = wrong.path("all") + ("" if tool == "fix-bad-links" else ".gone.mkv")
    files = [right.path("all"), wrong.path("all")]
    [(_, _, target)] = proposals(find, tool, connection, {right.path("Séries"): leads_to}, files)
    assert target == right.path("all")


@pytest.mark.parametrize("day", DAYS)
def test_of_generated_dates_the_same_one_is_taken(connection: sqlite3.Connection, day: str) -> None:
    link = Episode("Foundation", 1, (1,), "S01E02", True, DAYS[0])
    file = Episode("Foundation", 1, (1,), "S01E02", False, day)
    leads_to = link.path("all") + ".gone.mkv"
    found = proposals(
        repair_links.find, "repair-links", connection, {link.path("Séries"): leads_to}, [file.path("all")]
    )
    assert [target for _, _, target in found] == ([file.path("all")] if day == DAYS[0] else [])
