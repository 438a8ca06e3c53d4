"""A scan and the tools of maintenance come to the same verdict about every link whose target is not there, in each
situation of its view and its witnesses; and what each rule says by itself."""

from __future__ import annotations

import contextlib
import errno
import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mediatui.library.link_judge import (
    UNKNOWN,
    NeedsRecheck,
    NotShown,
    Place,
    Verdict,
    ViewState,
    judge,
    judge_by_witnesses,
    judge_recheck,
)
from mediatui.library.maintenance.job import find_places
from mediatui.library.maintenance.reporter import Reporter
from mediatui.library.maintenance.snapshot import LibrarySnapshot
from mediatui.model.views import HELD, SHOWN_ELSEWHERE, HeldTorrent, View
from mediatui.store.database import open_reader
from mediatui.system.view_checks import EMPTY
from tests.worlds.library import VIDEO
from tests.worlds.maintenance import MaintenanceWorld

FATES = ("well", "emptied", "removed", "most folders lost", "its files gone")
HOLDERS = ("nobody", "the account", "another view")
NEIGHBOURS = 6


@dataclass(frozen=True)
class Situation:
    """A link to a torrent that a view, kept by a scan before or new, shows or not; who else has it, and whether the
    link leads there through another link of the library."""

    is_kept: bool
    fate: str
    is_shown: bool
    holder: str
    is_chained: bool

    @property
    def view(self) -> str:
        return f"{'kept' if self.is_kept else 'new'} {self.fate}"

    @property
    def name(self) -> str:
        return f"{'shown' if self.is_shown else 'not shown'} {self.holder} {'chained' if self.is_chained else 'direct'}"


SITUATIONS = [
    Situation(*parts) for parts in itertools.product((True, False), FATES, (True, False), HOLDERS, (True, False))
]


class Table:
    """All situations in one library, each view a folder of the mount."""

    def __init__(self, world: MaintenanceWorld) -> None:
        self.world = world

    def neighbours(self, view: str) -> list[Path]:
        return [self.world.mount / view / f"{view} {number}" / "film.mkv" for number in range(NEIGHBOURS)]

    def fill(self, views: set[str]) -> None:
        """Torrents of other films in these views, and good links to them."""
        for view in views:
            for target in self.neighbours(view):
                self.world.file(target)
                self.world.link(f"Films/{target.parent.name}.mkv", target)

    def happen(self, views: set[str]) -> None:
        """What becomes of each view."""
        for view in views:
            folder, fate = self.world.mount / view, view.partition(" ")[2]
            neighbours = self.neighbours(view)
            if fate in ("emptied", "removed"):
                shutil.rmtree(folder)
            elif fate == "most folders lost":
                for target in neighbours[1:]:
                    shutil.rmtree(target.parent)
            elif fate == "its files gone":
                for target in neighbours:
                    target.unlink()
            if fate == "emptied":
                folder.mkdir()

    def add(self, one: Situation) -> None:
        """The link of a situation, and the torrent it leads into as far as somebody has it."""
        torrent = f"{one.view} {one.name}"
        target = self.world.mount / one.view / torrent / "film.mkv"
        if one.is_shown and one.fate not in ("emptied", "removed"):
            target.parent.mkdir(parents=True)
            (target.parent / "other.mkv").write_bytes(VIDEO)
        if one.holder == "another view":
            (self.world.mount / "beside" / torrent).mkdir(parents=True)
        elif one.holder == "the account":
            self.world.torrent(torrent, torrent)
        if one.is_chained:
            target = self.world.link(f"Chains/{torrent}.mkv", target)
        self.world.link(f"Films/{torrent}.mkv", target)

    async def verdicts_of_tools(self) -> dict[bytes, Verdict]:
        """What a tool says of each link."""
        places, _ = await find_places(self.world._context(0))
        with contextlib.closing(open_reader(self.world.database)) as connection:
            snapshot = LibrarySnapshot(places, connection, Reporter(lambda kind, content: None))
            looked = {"ok": ("ok", 0), "loop": ("loop", errno.ELOOP)}
            links = {one.path: one for one in snapshot.tree.links}
            dead = [(one.path, one.target, one.pointed, "broken") for one in links.values() if one.state not in looked]
            judged = snapshot.link_judge.judge(dead)
        verdicts = {path: judged.get(path, ("broken", errno.ENOENT)) for path, _, _, _ in dead}
        assert {path: state for path, (state, _) in verdicts.items()} == {path: links[path].state for path in verdicts}
        return {path: looked.get(one.state) or verdicts[path] for path, one in links.items()}

    async def verdicts_of_scan(self) -> dict[bytes, Verdict]:
        """What a scan says of each link."""
        run = await self.world.scan()
        assert run.finished.outcome == "done"
        rows = self.world.rows("SELECT path, state, code FROM library_links")
        return {bytes(path): (state, code or 0) for path, state, code in rows}


@pytest.mark.slow
async def test_a_scan_and_a_tool_come_to_the_same_verdict_in_every_situation(tmp_path: Path) -> None:
    views = {one.view for one in SITUATIONS}
    async with MaintenanceWorld(tmp_path) as world:
        table = Table(world)
        (world.mount / "beside").mkdir()
        table.fill({view for view in views if view.startswith("kept")})
        await world.scan()
        table.fill({view for view in views if view.startswith("new")})
        table.happen(views)
        for one in SITUATIONS:
            table.add(one)
        world.link("Films/circle a.mkv", world.films / "circle b.mkv")
        world.link("Films/circle b.mkv", world.films / "circle a.mkv")
        by_tool = await table.verdicts_of_tools()
        by_scan = await table.verdicts_of_scan()
        well = {path for path, verdict in by_scan.items() if verdict == ("ok", 0)}
        assert {by_tool[path][0] for path in well} <= {"ok", "unknown"}  # of a view that fails a tool reads nothing
        assert {path: by_tool[path] for path in by_tool.keys() - well} == {
            path: by_scan[path] for path in by_scan.keys() - well
        }
        assert len(by_scan.keys() - well) > len(SITUATIONS)
        assert {state for state, _ in by_scan.values()} == {"ok", "broken", "loop", "unknown", "not on mount"}


VIEW = View(b"/mnt", b"/mnt/all")


def place(
    name: bytes = b"Torrent", *, problem: str = "", shown: frozenset[bytes] = frozenset(), well: bool = True
) -> Place:
    return Place(VIEW.path + b"/" + name + b"/film.mkv", ViewState(VIEW, shown, problem), well)


def situations_of_a_view() -> Iterator[tuple[str, list[Place], object]]:
    shown = frozenset({b"Torrent"})
    again = NeedsRecheck(VIEW, b"/mnt/all/Torrent/film.mkv")
    yield "broken", [], None
    yield "broken", [Place(b"/elsewhere", None, True)], None
    for state in ("broken", "loop", "small"):
        yield state, [place(problem="the view lists empty"), place(shown=shown)], UNKNOWN
    yield "small", [place()], None
    yield "broken", [place()], NotShown(VIEW, b"Torrent")
    yield "broken", [place(shown=shown)], None
    yield "broken", [place(shown=shown, well=False)], again
    yield "broken", [place(b"Other"), place(shown=shown, well=False)], again


@pytest.mark.parametrize(("state", "places", "verdict"), list(situations_of_a_view()))
def test_views_decide_before_witnesses(state: str, places: list[Place], verdict: object) -> None:
    assert judge(state, places) == verdict


def test_a_second_look_finds_the_target_or_an_empty_torrent_or_nothing() -> None:
    assert judge_recheck("ok") == ("ok", 0)
    assert judge_recheck("empty") == ("unknown", EMPTY)
    assert judge_recheck("missing") == ("broken", errno.ENOENT)


def test_witnesses_keep_a_link_and_without_an_answer_it_is_unknown() -> None:
    held = {b"held": HeldTorrent(frozenset({b"held"}))}
    found = judge_by_witnesses([b"held", b"beside", b"gone"], held, (), [b"beside"], archive_is_older=False)
    assert found == {b"held": ("not on mount", HELD), b"beside": ("not on mount", SHOWN_ELSEWHERE)}
    assert judge_by_witnesses([b"gone"], {}, (), None, archive_is_older=False) == {b"gone": UNKNOWN}
