"""What earlier scans are good for: how long one takes, what came and went, and whether a mount is the cause."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.library.scan.history import estimate_s, last_scan_of, mount_warning
from mediatui.library.scan.mount_loss import Loss, looks_like_a_mount_problem
from mediatui.store.database import open_reader
from mediatui.store.library.scan_history import bad_since, read_difference, scan_before, states_below
from mediatui.store.library.scans import Scan, read_scan
from tests.worlds.library import LibraryWorld


def scan(number: int, roots: tuple[str, ...], *, links: int = 100, took: float = 10.0, **more: str) -> Scan:
    began = number * 1000.0
    status, depth = more.get("status", "done"), more.get("depth", "basic")
    return Scan(number, began, began + took, status, "dry-run", depth, roots, {"ok": links}, links)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("losses", "struck"),
    [
        ([Loss(b"/l/a", 100, 10)], ""),
        ([Loss(b"/l/a", 100, 11)], "11 of the 100 links in a"),
        ([Loss(b"/l/a", 1000, 90), Loss(b"/l/b", 20, 3)], "3 of the 20 links in b"),
        ([Loss(b"/l/a", 0, 0)], ""),
        ([], ""),
    ],
)
def test_more_than_the_share_under_one_root_is_a_mount_problem(losses: list[Loss], struck: str) -> None:
    said = looks_like_a_mount_problem(losses, 0.10)
    assert said.startswith(struck)
    assert bool(said) == bool(struck)


def test_names_from_outside_cannot_act_on_the_terminal_through_the_warning() -> None:
    assert "\x1b" not in looks_like_a_mount_problem([Loss(b"/l/\x1b[2J\xff", 2, 2)], 0.1)


def test_the_time_of_a_scan_is_estimated_by_the_newest_of_the_same_folders_and_depth() -> None:
    scans = [
        scan(4, ("/lib/Films",), status="cancelled", took=0.1),
        scan(3, ("/lib",), links=1000, took=10.0),
        scan(2, ("/lib",), links=1000, took=1000.0, depth="full"),
        scan(1, ("/lib/Films",), links=1000, took=1.0),
    ]
    assert estimate_s(scans, [(b"/lib/Films", 500)], "basic") == pytest.approx(5)
    assert estimate_s(scans, [(b"/lib/Films", 500), (b"/lib/Docs", 100)], "full") == pytest.approx(600)
    assert estimate_s(scans, [(b"/lib2", 10)], "basic") is None
    found = last_scan_of(scans, b"/lib/Filmset")
    assert found is not None
    assert found.id == 3


async def test_two_scans_show_what_is_new_repaired_and_gone(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        well, dead, going = (world.film(name, missing=missing)[0] for name, missing in (("A", 0), ("B", 1), ("C", 1)))
        await world.scan()
        os.unlink(os.readlink(well))
        Path(os.readlink(dead)).write_bytes(b"v" * 2048)
        going.unlink()
        await world.scan()
        connection = open_reader(world.database)
        now, before = read_scan(connection, 2), None
        assert now is not None
        before = scan_before(connection, now)
        assert before is not None
        found = read_difference(connection, now, before)
        paths = [[os.fsdecode(one.path) for one in part] for part in (found.appeared, found.mended, found.removed)]
        assert paths == [[str(well)], [str(dead)], [str(going)]]
        assert scan_before(connection, before) is None
        assert bad_since(connection, os.fsencode(well)) == now.started_at
        assert bad_since(connection, os.fsencode(dead)) is None
        assert states_below(connection, os.fsencode(world.films)) == {"broken": 1, "ok": 1}
        connection.close()


async def test_a_library_that_breaks_at_once_is_warned_of_until_that_is_old(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        links = world.film("A", files=20, missing=1)
        warnings = []
        for gone in (0, 5, 0, 0):
            for link in links[:gone]:
                os.unlink(os.readlink(link))
            await world.scan()
            connection = open_reader(world.database)
            warnings.append(mount_warning(connection, [os.fsencode(world.root)], 0.10))
            connection.close()
        assert warnings[0] == ""
        assert warnings[1].startswith("5 of the 20 links in library broke since the scan before")
        assert warnings[2].startswith("5 of the 20 links in library broke since scan 1: this looks like a mount")
        assert warnings[3] == ""  # scan.history keeps the findings of three


async def test_a_mount_that_comes_back_by_half_is_warned_of_though_it_was_away_in_between(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        links = world.film("A", files=20)
        await world.scan()
        world.unmount()
        await world.scan()
        world.mount_again()
        for link in links[:10]:
            os.unlink(os.readlink(link))
        await world.scan()
        connection = open_reader(world.database)
        warning = mount_warning(connection, [os.fsencode(world.root)], 0.10)
        connection.close()
        assert warning.startswith("10 of the 20 links in library broke since scan 1")


async def test_links_that_are_broken_as_before_are_not_new_after_a_mount_was_away(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.film("A", files=8, missing=4)
        await world.scan()
        world.unmount()
        await world.scan()
        world.mount_again()
        await world.scan()
        connection = open_reader(world.database)
        assert mount_warning(connection, [os.fsencode(world.root)], 0.10) == ""
        now = read_scan(connection, 3)
        assert now is not None
        before = scan_before(connection, now)
        assert before is not None
        assert read_difference(connection, now, before).appeared == ()
        connection.close()
