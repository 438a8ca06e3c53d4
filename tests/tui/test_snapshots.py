"""What every screen looks like, line by line, at both sizes: ``pytest --snapshot-update`` after a wanted change.

Text only, so that a new Textual with other escape codes does not matter; colours are not the only carrier of meaning.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from mediatui.acquire.search.options import SearchOptions
from mediatui.acquire.search.parsed import with_parsed
from mediatui.acquire.search.wanted import folded_name
from mediatui.archive.stats import collect_statistics
from mediatui.demo.seed import make_torrents
from mediatui.demo.transfers import store_transfers
from mediatui.model.release import FoundRelease, Release
from mediatui.store.releases.rows import begin_search, store_releases
from tests.worlds.library import SENTINEL
from tests.worlds.maintenance import MaintenanceWorld
from tests.worlds.screen import NOW, Open, Screen, run_tool, scanned, well

SIZES = ((80, 24), (140, 40))
SCREENS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "torrents": ((), ()),
    "sync menu": (("s",), ("escape",)),
    "help": (("question_mark",), ("question_mark",)),
    "stats": (("3",), ()),
    "activity": (("0",), ()),
    "settings": (("comma",), ("1",)),
    "detail": (("j", "j", "enter"), ("escape", "g")),
    "filter": (("slash", *"status", "colon", *"problem"), ()),
}
"""Of each screen the keys that lead there, and those that lead back."""
LIBRARY_SCREENS: dict[str, tuple[str, ...]] = {
    "symlinks": (),
    "scans": ("H",),
    "link": ("4", "G", "tab", "enter"),
}
MAINTENANCE_SCREENS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "maintenance": ("cleanup", (), ()),
    "finding": ("", ("tab", "G", "enter"), ("escape", "escape")),
    "categories": ("", ("p",), ("h", "h")),
    "plan as a tree": ("fix-symlinks", ("p",), ()),
    "one by one": ("repair-links", ("R", "m"), ()),
}
"""Of each screen the tool that runs for it, the keys that lead there, and those that lead back."""
RELEASES = (
    "S02.MULTi.1080p.WEB-DL.DDP5.1.H.264-FW", "S02E03.FRENCH.720p.HDTV.x264-GRP", "S01-S03.COMPLETE.2160p.WEB.HEVC-NTb",
)  # fmt: skip
PLACE = "/tmp/mediatui/snapshots"
_CHANGING = re.compile(r"(  \d\d [A-Z][a-z]{2}|[A-Z][a-z]{2} \d{4})(?= )|\d\d:\d\d(:\d\d)?")
"""Dates are as short as the year allows, and the log says when."""
_DAY = re.compile(r"\d\d [A-Z][a-z]{2}( \d{4})?")
_SCANNED = re.compile(r"\d\d [A-Z][a-z]{2}( \d{4})? \d\d:\d\d|\d+\.\ds +[\d,]+(?= )")
"""When a scan was, how long it took and how fast it was."""


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Local time is UTC, wherever the test runs."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


async def at_sizes(screen: Screen) -> AsyncIterator[str]:
    """Both sizes, the screen resized to each."""
    for width, height in SIZES:
        await screen.pilot.resize_terminal(width, height)
        await screen.settle()
        yield f"{width}x{height}"


@pytest.mark.usefixtures("utc")
async def test_the_screens_look_as_they_did(
    open_app: Open, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures_of_now = partial(collect_statistics, now=float(NOW))
    monkeypatch.setattr("mediatui.tui.views.stats.view.collect_statistics", figures_of_now)
    async with open_app(make_torrents(60, now=NOW), size=SIZES[0]) as screen:
        for name, (keys, back) in SCREENS.items():
            await screen.pilot.resize_terminal(*SIZES[0])
            await screen.press(*keys)

            async for size in at_sizes(screen):
                shown = _CHANGING.sub(lambda found: "#" * len(found[0]), screen.text())
                assert shown == snapshot(name=f"{name} {size}")
            await screen.press(*back)


@pytest.mark.usefixtures("utc")
async def test_searching_and_transfers_look_as_they_did(open_app: Open, snapshot: SnapshotAssertion) -> None:
    now = time.time()
    async with open_app(make_torrents(60, now=int(now)), size=SIZES[0]) as screen:
        write = screen.app.workspace.db.write
        await write(store_transfers, make_torrents(60, now=int(now)), now)
        search = await write(begin_search, "harbour lights", SearchOptions("harbour lights").stored, now)
        releases = [
            found_release(search, f"Harbour.Lights.{title}", number, now) for number, title in enumerate(RELEASES, 1)
        ]
        await write(store_releases, releases)
        for name, keys in (("search", ("7", "j", "enter")), ("transfers", ("8", "j", "enter"))):
            await screen.pilot.resize_terminal(*SIZES[0])
            await screen.press(*keys)
            async for size in at_sizes(screen):
                shown = _DAY.sub(lambda found: "#" * len(found[0]), screen.text())
                assert _CHANGING.sub(lambda found: "#" * len(found[0]), shown) == snapshot(name=f"{name} {size}")


def found_release(search: int, title: str, number: int, now: float) -> Release:
    """A release as a search keeps it."""
    first = FoundRelease(
        f"g{number}", 1, "Alpha", title, size=number * 10**9, seeders=5 * number, hash=f"{number:040x}"
    )
    return with_parsed(Release(0, search, first, folded=folded_name(title), first_seen_at=now, seen_at=now))


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder whose name is as long as PLACE, for which it stands in the pictures."""
    above = Path(tempfile.mkdtemp(prefix="", dir="/tmp"))
    folder = above / "snapshots"  # the end of a path that is cut
    assert len(str(folder)) == len(PLACE)
    folder.mkdir()
    yield folder
    shutil.rmtree(above, ignore_errors=True)


def picture(screen: Screen, place: Path) -> str:
    """What is on the screen, without what differs from run to run."""
    shown = screen.text().replace(str(place.parent), os.path.dirname(PLACE))
    return _SCANNED.sub(lambda found: "#" * len(found[0]), shown)


@pytest.fixture
def library(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library with links of every kind."""
    folder = place
    for number in range(1, 31):
        target = folder / "mount" / "all" / f"Film.{number}" / f"Film.{number}.mkv"
        target.parent.mkdir(parents=True)
        target.write_bytes(b"v" * (0 if number == 7 else 5000))
        link = folder / "library" / ("Docs" if number <= 10 else "Films") / target.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)
        if number % 9 == 4:
            target.unlink()
    os.symlink("Round.mkv", folder / "library" / "Films" / "Round.mkv")
    monkeypatch.setenv("MEDIATUI_LIBRARY__ROOTS", json.dumps([str(folder / "library")]))
    monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNTS", json.dumps([str(folder / "mount")]))


@pytest.mark.usefixtures("utc", "library")
async def test_the_scanner_looks_as_it_did(open_app: Open, place: Path, snapshot: SnapshotAssertion) -> None:
    async with open_app(well(30), size=SIZES[0]) as screen:
        await scanned(screen)
        await screen.press("A")
        for name, keys in LIBRARY_SCREENS.items():
            await screen.pilot.resize_terminal(*SIZES[0])
            for key in keys:
                await screen.press(key)

            async for size in at_sizes(screen):
                assert picture(screen, place) == snapshot(name=f"{name} {size}")


@pytest.fixture
def untidy(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library with something for every tool."""
    world = MaintenanceWorld(place)
    for number in range(1, 13):
        world.movie(f"Film {number}", 1990 + number, missing=number % 4 == 0)
    for number in (1, 2, 3):
        world.episode("Foundation", 1, number, target=f"Old/Foundation.S01E0{number}.mkv", missing=True)
        world.file(f"Foundation.S01.1080p/Foundation.S01E0{number}.1080p.mkv")
        os.symlink(f"../../../mount/all/Films/Film {number}", world.films / "Action" / f"relative {number}.mkv")
    world.link("Films/Action/Film 1 again (1991).mkv", os.readlink(world.films / "Action" / "Film 1 (1991).mkv"))
    (world.films / "Western" / "A-M").mkdir(parents=True)
    monkeypatch.setenv("MEDIATUI_LIBRARY__ROOTS", json.dumps([str(world.root)]))
    monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNTS", json.dumps([{"path": str(world.mount), "sentinel": SENTINEL}]))
    monkeypatch.setenv("MEDIATUI_LIBRARY__STORAGE", json.dumps([str(world.storage)]))


@pytest.mark.usefixtures("utc", "untidy")
async def test_maintenance_looks_as_it_did(open_app: Open, place: Path, snapshot: SnapshotAssertion) -> None:
    async with open_app(well(1), size=SIZES[0]) as screen:
        for name, (tool, keys, back) in MAINTENANCE_SCREENS.items():
            await screen.pilot.resize_terminal(*SIZES[0])
            if tool:
                await run_tool(screen, tool)
            for key in keys:
                await screen.press(key)

            async for size in at_sizes(screen):
                assert picture(screen, place) == snapshot(name=f"{name} {size}")
            await screen.press(*back)
