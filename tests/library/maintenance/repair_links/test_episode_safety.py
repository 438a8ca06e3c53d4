"""No tool ever points the link of a series at a file of another season or episode, whatever the names are like.

What each name stands for is known from how it was made, not from the rule that reads it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.library.maintenance import bad_links
from mediatui.library.maintenance.repair_links import tool as repair_links
from mediatui.library.maintenance.reporter import Reporter
from mediatui.library.maintenance.snapshot import LibraryPaths, LibrarySnapshot, Storage, Tree, TreeLink
from mediatui.library.maintenance.tools import ToolOptions
from mediatui.model.finding import Finding
from mediatui.store.database import Database, open_reader

Find = Callable[[LibrarySnapshot, ToolOptions], Mapping[str, object]]
ROOT, MOUNT = b"/library", b"/mount"
TITLES = ("Foundation", "Foundation and Earth", "24", "Foundation II")


@dataclass(frozen=True)
class Episode:
    """Something of a series: a link or a file, by what it is and where it lies."""

    title: str
    season: int
    episodes: tuple[int, ...]
    form: str
    season_folder: bool

    def name(self) -> str:
        first, last = self.episodes[0], self.episodes[-1]
        number = {
            "S01E02": f"S{self.season:02d}" + "".join(f"E{one:02d}" for one in self.episodes),
            "s1e021": f"s{self.season}" + "".join(f"e{one:03d}" for one in self.episodes),
            "S01E01-E03": f"S{self.season:02d}E{first:02d}" + (f"-E{last:02d}" if last > first else ""),
            "1x02": f"{self.season}x{first:02d}" + (f"-{self.season}x{last:02d}" if last > first else ""),
            "words": f"Saison {self.season} Episode {first}" + (f" à {last}" if last > first else ""),
        }[self.form]
        return f"{self.title} - {number}.mkv"

    def folder(self, top: str) -> str:
        season = f"Saison {self.season:02d}" if self.season_folder else f"{self.title}.S{self.season:02d}.1080p"
        return f"{top}/{self.title} (2001)/{season}"

    @property
    def truth(self) -> tuple[int, tuple[int, ...]]:
        return self.season, self.episodes


@st.composite
def episodes(draw: st.DrawFn) -> Episode:
    first = draw(st.sampled_from((1, 2, 3, 12, 21)))
    more = draw(st.integers(0, 2)) if draw(st.booleans()) else 0
    return Episode(
        draw(st.sampled_from(TITLES)),
        draw(st.integers(0, 3)),
        tuple(range(first, first + more + 1)),
        draw(st.sampled_from(("S01E02", "s1e021", "S01E01-E03"))) if more else draw(
            st.sampled_from(("S01E02", "s1e021", "1x02", "words"))),
        draw(st.booleans()),
    )  # fmt: skip


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path: Path = tmp_path_factory.mktemp("safety") / "mediatui.db"

    async def make() -> None:
        await (await Database.open(path)).close()

    asyncio.run(make())
    reader = open_reader(path)
    yield reader
    reader.close()


def proposals(find: Find, tool: str, connection: sqlite3.Connection, tree: Tree, storage: Storage) -> list[Finding]:
    """What a tool finds in a library that is nowhere but here, as far as it proposes something."""
    found: list[Finding] = []

    def keep_findings(kind: str, content: object) -> None:
        if kind == "found" and isinstance(content, list):
            found.extend(content)

    places = LibraryPaths((ROOT,), (MOUNT,), (), {}, ("mkv",), 0)
    reporter = Reporter(keep_findings)
    find(LibrarySnapshot(places, connection, reporter, _tree=tree, _storage=storage), ToolOptions(tool, min_score=50))
    reporter.flush()
    return [finding for finding in found if finding.steps]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("find", "tool", "state"),
    [(bad_links.find, "fix-bad-links", "ok"), (repair_links.find, "repair-links", "broken")],
    ids=["fix-bad-links", "repair-links"],
)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_link_is_only_ever_pointed_at_its_own_episode(
    find: Find, tool: str, state: str, connection: sqlite3.Connection, data: st.DataObject
) -> None:
    files = {
        f"{one.folder('/mount/all')}/{one.name()}".encode(): one for one in data.draw(st.lists(episodes(), min_size=2))
    }
    links = {
        f"{one.folder('/library/Séries')}/{one.name()}".encode(): one
        for one in data.draw(st.lists(episodes(), min_size=1))
    }
    storage = Storage([MOUNT])
    for path in files:
        folder, _, name = path.rpartition(b"/")
        storage.folders.setdefault(folder, []).append(name)
        storage.files.add(path)
    tree = Tree([ROOT])
    targets = st.sampled_from(sorted(files))
    for path in links:
        target = data.draw(targets) + (b"" if state == "ok" else b".gone.mkv")
        tree.links.append(TreeLink(path, target, target, state))
    for finding in proposals(find, tool, connection, tree, storage):
        for step in finding.steps:
            assert isinstance(step, RelinkSymlink)
            link, file = links[step.path.encode()], files[step.new_target.encode()]
            assert file.truth == link.truth
            if tool == "fix-bad-links":
                assert file.title == link.title


def test_the_generated_libraries_do_hold_links_that_are_mended(connection: sqlite3.Connection) -> None:
    """What is asserted above is not empty: of these names both tools propose the right one."""
    right, wrong = (Episode("Foundation", 1, (number,), "S01E02", True) for number in (2, 3))
    path = f"{right.folder('/library/Séries')}/{right.name()}".encode()
    folder = right.folder("/mount/all").encode()
    names = [one.name().encode() for one in (right, wrong)]
    storage = Storage([MOUNT], {folder: names}, {folder + b"/" + name for name in names})
    for find, tool, state, target in (
        (bad_links.find, "fix-bad-links", "ok", folder + b"/" + names[1]),
        (repair_links.find, "repair-links", "broken", folder + b"/gone.mkv"),
    ):
        tree = Tree([ROOT], [TreeLink(path, target, target, state)])
        (finding,) = proposals(find, tool, connection, tree, storage)
        (step,) = finding.steps
        assert isinstance(step, RelinkSymlink)
        assert step.new_target.encode() == folder + b"/" + names[0]
