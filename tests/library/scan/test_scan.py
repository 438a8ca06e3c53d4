"""The scan: what it says of every link, what it takes back, and that nothing about a mount ever holds it."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from mediatui.commands.job_kinds import SCAN
from mediatui.library.links.unlink import plan_unlink
from mediatui.library.scan.freshness import why_stale
from mediatui.library.scan.job import ScanOptions, reason_of
from mediatui.model.link import REMOVABLE
from mediatui.runtime.events import Event, FoundRow, Phase, Progress
from mediatui.runtime.jobs import Job
from mediatui.services.mount_cache import CacheTime
from mediatui.store.database import open_reader
from mediatui.store.library.scans import read_findings, read_scans
from tests.worlds.library import SENTINEL, VIDEO, LibraryWorld, Run, run

ODD = b"odd \xff\xfe \n \x1b[31m name.mkv"
LATER_S = 31 * 60


async def scan(world: LibraryWorld, **options: object) -> Run:
    world.events.clear()
    finished = await world.runner.start(SCAN, ScanOptions(**options)).wait()  # type: ignore[arg-type]
    return Run(finished, list(world.events))


def every_kind(world: LibraryWorld) -> dict[bytes, str]:
    """One link of every kind there is on one mount, and the state it must be found in."""
    view, films = world.view, world.films
    (view / "good.mkv").write_bytes(VIDEO)
    (view / "empty.mkv").touch()
    os.mkfifo(view / "fifo")
    (view / "chain").symlink_to("good.mkv")
    (world.folder / "outside.mkv").write_bytes(VIDEO)
    (films / "hop").symlink_to(view / "good.mkv")
    wanted = {
        b"ok": (view / "good.mkv", "ok"),
        b"folder": (view, "ok"),
        b"chain": (view / "chain", "ok"),
        b"library chain": (films / "hop", "ok"),
        b"relative": ("../../mount/all/good.mkv", "ok"),
        b"gone": (view / "gone" / "gone.mkv", "broken"),
        b"relative gone": ("../../mount/all/gone.mkv", "broken"),
        b"below a file": (view / "good.mkv" / "x", "broken"),
        b"too long": (view / ("x" * 300), "broken"),
        b"loop": (films / "loop", "loop"),
        b"empty": (view / "empty.mkv", "small"),
        b"fifo": (view / "fifo", "wrong kind"),
        b"outside": (world.folder / "outside.mkv", "outside"),
        b"outside and gone": (world.folder / "nowhere", "outside"),
        ODD: (view / "gone" / "odd", "broken"),
    }
    for name, (target, _) in wanted.items():
        os.symlink(target, os.path.join(os.fsencode(films), name))
    return {name: state for name, (_, state) in wanted.items()} | {b"hop": "ok"}


async def test_every_kind_of_link_is_found_in_its_state_with_its_reason_and_stored(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        wanted = every_kind(world)
        links, files = world.links(), world.real_files()
        done = await scan(world)
        assert world.states() == wanted
        assert done.finished.counts["states"] == Counter(wanted.values())
        so_far = [event.current or "" for event in done.events if isinstance(event, Progress)]
        assert any("5 without a target" in text for text in so_far), "nobody was asked about them yet"
        assert not any("broken" in text for text in so_far)
        assert "5 broken" in done.finished.summary
        assert done.finished.counts["links"] == len(wanted)
        rows = {str(event.row["path"]): event.row for event in done.events if isinstance(event, FoundRow)}
        bad = {name for name, state in wanted.items() if state != "ok"}
        assert {os.path.basename(os.fsencode(path)) for path in rows} == bad
        assert all(row["reason"] for row in rows.values())
        with contextlib.closing(open_reader(world.database)) as connection:
            (stored,) = read_scans(connection)
            findings = read_findings(connection, stored.id)
        assert (stored.status, stored.links, stored.roots) == ("done", len(wanted), (str(world.root),))
        assert {os.path.basename(finding.path) for finding in findings} == bad
        assert world.links() == links
        assert world.real_files() == files


async def test_only_broken_loop_and_small_are_ever_planned_for_removal(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        wanted = every_kind(world)
        await scan(world)
        planned = {os.path.basename(os.fsencode(step.path)) for step in world.plan().steps}  # type: ignore[attr-defined]
        assert planned == {name for name, state in wanted.items() if state in REMOVABLE}


def away(world: LibraryWorld) -> None:
    world.unmount()


def half_mounted(world: LibraryWorld) -> None:
    (world.mount / SENTINEL).unlink()


def removed(world: LibraryWorld) -> None:
    shutil.rmtree(world.mount)


def shrunken(world: LibraryWorld) -> None:
    shutil.rmtree(world.view)
    for number in range(9):
        (world.mount / f"view {number}").rmdir()


@pytest.mark.parametrize("go_away", [away, half_mounted, removed, shrunken])
async def test_links_on_a_mount_that_is_not_alive_are_unknown_and_nothing_is_planned(
    tmp_path: Path, go_away: Callable[[LibraryWorld], None]
) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.film("Film", files=5, missing=2)
        for number in range(9):
            (world.mount / f"view {number}").mkdir()
        await scan(world)
        assert Counter(world.states().values()) == {"ok": 3, "broken": 2}
        go_away(world)
        done = await scan(world)
        assert Counter(world.states().values()) == {"unknown": 5}
        assert str(world.mount) in done.said()
        assert world.plan().steps == ()


@pytest.mark.parametrize(("go_away", "state"), [(shrunken, "broken"), (half_mounted, "unknown"), (away, "unknown")])
async def test_a_mount_that_shrank_is_accepted_on_request_but_none_without_sentinel_or_content(
    tmp_path: Path, go_away: Callable[[LibraryWorld], None], state: str
) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.film("Film", files=2)
        for number in range(9):
            (world.mount / f"view {number}").mkdir()
        await scan(world)
        go_away(world)
        assert "--accept-mounts" in (await scan(world)).said() or go_away is not shrunken
        finished = await world.runner.start(SCAN, ScanOptions(accept_mounts=True)).wait()
        assert finished.outcome == "done"
        assert set(world.states().values()) == {state}
        await scan(world)
        assert set(world.states().values()) == {state}


async def test_a_chain_through_a_mount_that_is_away_is_unknown(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path, storage=[str(tmp_path / "storage")]) as world:
        (tmp_path / "storage").mkdir()
        (tmp_path / "storage" / "kept").touch()
        (tmp_path / "storage" / "link.mkv").symlink_to(world.view / "film.mkv")
        (world.films / "film.mkv").symlink_to(tmp_path / "storage" / "link.mkv")
        world.unmount()
        await scan(world)
        assert world.states() == {b"film.mkv": "unknown"}


@pytest.mark.parametrize("phase", ["walking the library", "matching links and torrents"])
async def test_a_mount_that_goes_away_during_the_scan_leaves_nothing_broken(tmp_path: Path, phase: str) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.film("Film", files=300)

        def watch(job: object, event: object) -> None:
            if isinstance(event, Phase) and event.name == phase:
                world.unmount()

        world.runner.observe(watch)
        await scan(world)
        assert set(world.states().values()) <= {"unknown", "ok"}
        assert world.plan().steps == ()


async def test_a_mount_that_comes_back_is_believed_again(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.film("Film", files=5, missing=1)
        await scan(world)
        world.unmount()
        await scan(world)
        world.mount_again()
        await scan(world)
        assert Counter(world.states().values()) == {"ok": 4, "broken": 1}


async def test_roots_are_refused_with_the_reason(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        (world.root / "file").touch()
        (tmp_path / "elsewhere").mkdir()
        (world.root / "way out").symlink_to(tmp_path / "elsewhere")
        world.dead("film")
        for root, said in (
            (str(tmp_path / "elsewhere"), "outside every library root"),
            (str(world.root / ".." / "elsewhere"), "outside every library root"),
            (str(world.root / "way out"), "outside every library root"),
            (str(world.films / "film"), "is a link to no folder"),
            (str(world.root / "file"), "is not a folder"),
            (str(world.root / "gone"), "There is no folder"),
            ("Nothing", "no folder Nothing"),
            ("..", "no folder .."),
            ("way out", "no folder way out"),
            ("\x1b[31m\n", "no folder"),
        ):
            done = await scan(world, roots=(root,))
            assert done.finished.outcome == "failed", root
            assert said in str(done.finished.error), root
            assert "\x1b" not in str(done.finished.error)
        assert world.rows("SELECT * FROM scans") == []


async def test_named_folders_alone_are_scanned_each_once(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.dead("film")
        (world.root / "Shows" / "Show").mkdir(parents=True)
        (world.root / "Shows" / "Show" / "episode").symlink_to(world.view / "gone")
        done = await scan(world, roots=("Shows", str(world.root / "Shows" / "Show"), "Shows"))
        assert world.states() == {b"episode": "broken"}
        assert done.finished.counts["links"] == 1
        await scan(world)
        assert world.states() == {b"episode": "broken", b"film": "broken"}
        os.unlink(world.root / "Shows" / "Show" / "episode")
        os.unlink(world.films / "film")
        await scan(world, roots=("Films",))
        assert world.states() == {b"episode": "broken"}


async def test_a_root_inside_another_counts_its_links_once(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path, roots=[str(tmp_path / "library"), str(tmp_path / "library" / "Films")]) as world:
        world.dead("film")
        done = await scan(world)
        assert done.finished.counts["states"] == {"broken": 1}


@pytest.mark.slow
async def test_a_cancelled_scan_is_marked_so_and_what_it_stored_is_true(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        target = world.view / "good.mkv"
        target.write_bytes(VIDEO)
        for number in range(5_000):
            os.symlink(target if number % 3 else world.view / "gone", world.films / f"{number}.mkv")
        began = 0.0

        def cancel(job: Job, event: Event) -> None:
            nonlocal began
            if isinstance(event, Progress) and not began:
                began = time.monotonic()
                job.cancel()

        world.runner.observe(cancel)
        finished = await world.start_scan().wait()
        assert time.monotonic() - began < 2
        assert finished.outcome == "cancelled"
        ((status, links),) = world.rows("SELECT status, links FROM scans")
        assert status == "cancelled"
        states = world.states()
        assert 0 < links == len(states) < 5_000
        for name, state in states.items():
            assert state == ("ok" if int(name[:-4]) % 3 else "broken")


async def test_links_seen_before_are_kept_when_a_scan_is_cancelled(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.film("Film", files=20, missing=5)
        await scan(world)
        before = world.states()

        def watch(job: object, event: object) -> None:
            if isinstance(event, Phase) and event.name == "walking the library":
                world.runner.jobs[-1].cancel()

        world.runner.observe(watch)
        assert (await scan(world)).finished.outcome == "cancelled"
        assert world.states() == before


async def test_findings_of_the_newest_scans_are_kept_and_the_numbers_of_all(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path, **{"scan.history": 2}) as world:
        world.dead("one")
        for _ in range(4):
            await scan(world)
        assert world.rows("SELECT id, links FROM scans") == [(1, 1), (2, 1), (3, 1), (4, 1)]
        assert world.rows("SELECT DISTINCT scan_id FROM scan_findings ORDER BY 1") == [(3,), (4,)]


def test_links_that_are_gone_are_forgotten_but_not_those_in_a_folder_that_could_not_be_read(tmp_path: Path) -> None:
    async def go() -> None:
        async with LibraryWorld(tmp_path) as world:
            world.film("Film", files=3)
            world.film("Gone", files=3)
            await scan(world)
            shutil.rmtree(world.films / "Gone")
            await scan(world)
            assert len(world.states()) == 3
            if os.geteuid() == 0:
                return
            (world.films / "Film").chmod(0)
            try:
                await scan(world)
            finally:
                (world.films / "Film").chmod(0o755)
            assert len(world.states()) == 3

    run(go())


def shift(world: LibraryWorld, seconds: int) -> None:
    """Makes all that was seen so far so much older."""
    import sqlite3

    with contextlib.closing(sqlite3.connect(world.database)) as connection, connection:
        connection.execute(
            "UPDATE library_links SET checked_at = checked_at - ?, bad_since = bad_since - ?", (seconds, seconds)
        )


def unattended(world: LibraryWorld) -> tuple[set[bytes], list[str]]:
    """The names of links that may go when nobody watches, and why others stay."""
    with contextlib.closing(open_reader(world.database)) as connection:
        plan = plan_unlink(connection, [os.fsencode(world.root)], seen_twice=True)
    paths = (os.fsencode(step.path) for step in plan.steps)  # type: ignore[attr-defined]
    return {os.path.basename(path) for path in paths}, [reason for _, reason in plan.notes]


async def test_unattended_a_link_goes_when_two_looks_half_an_hour_apart_found_it_bad(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.film("Film", files=20)
        world.dead("old")
        await scan(world)
        going, notes = unattended(world)
        assert going == set()
        assert notes == ["seen broken for the first time; a second look at least 30 minutes later removes it"]
        shift(world, LATER_S - 10 * 60)
        await scan(world)
        assert unattended(world)[0] == set()
        assert "first seen broken 21 min before" in unattended(world)[1][0]
        shift(world, 10 * 60)
        world.dead("new")
        await scan(world)
        going, notes = unattended(world)
        assert going == {b"old"}
        assert len(notes) == 1


@pytest.mark.parametrize("moved", [3600, -3600], ids=["forward", "back"])
async def test_a_clock_that_is_moved_between_two_looks_neither_ages_nor_renews_what_was_seen(
    tmp_path: Path, moved: int
) -> None:
    """The clock is set forward between two unattended scans."""

    async with LibraryWorld(tmp_path) as world:
        world.film("Film", files=20)
        world.dead("old")
        await scan(world)
        world.clock = lambda: time.time() + moved
        await scan(world)
        assert unattended(world)[0] == set()
        assert "first seen broken 0 min before" in unattended(world)[1][0]
        shift(world, LATER_S)
        await scan(world)
        assert unattended(world)[0] == {b"old"}


async def test_looks_in_two_boots_are_apart_by_the_wall_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An uptime says nothing of another boot."""

    async with LibraryWorld(tmp_path) as world:
        world.film("Film", files=20)
        world.dead("old")
        await scan(world)
        monkeypatch.setattr("mediatui.system.machine.boot_id", lambda: "another")
        await scan(world)
        assert unattended(world)[0] == set()
        world.clock = lambda: time.time() + LATER_S
        await scan(world)
        assert unattended(world)[0] == {b"old"}


def comes_back(world: LibraryWorld) -> None:
    (world.view / "gone").mkdir()
    (world.view / "gone" / "film").write_bytes(VIDEO)


def points_elsewhere(world: LibraryWorld) -> None:
    (world.films / "film").unlink()
    (world.films / "film").symlink_to(world.view / "other")


@pytest.mark.parametrize("happens", [comes_back, points_elsewhere, away])
async def test_the_half_hour_begins_again_when_a_link_was_good_pointed_elsewhere_or_not_judged(
    tmp_path: Path, happens: Callable[[LibraryWorld], None]
) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.dead("film")
        await scan(world)
        shift(world, LATER_S)
        happens(world)
        await scan(world)
        if happens is comes_back:
            shutil.rmtree(world.view / "gone")
        if happens is away:
            world.mount_again()
        await scan(world)
        assert world.states() == {b"film": "broken"}
        assert unattended(world)[0] == (set() if happens is not away else {b"film"})


def test_reasons_are_given_for_every_state_that_is_no_verdict_on_content() -> None:
    for state in ("small", "wrong kind", "outside", "unknown"):
        assert reason_of(state, None)
    assert reason_of("broken", errno.ENOENT) == "No such file or directory"


async def test_two_looks_that_may_have_read_one_cache_are_no_second_look(tmp_path: Path) -> None:
    """More than the mount's cache time lies between them, or nothing goes."""

    async with LibraryWorld(tmp_path) as world:
        world.film("Film", files=20)
        world.dead("old")
        await scan(world)
        shift(world, LATER_S)
        await scan(world)
        with contextlib.closing(open_reader(world.database)) as connection:
            for seconds, steps in ((86_400.0, 0), (60.0, 1), (0.0, 1)):
                times = {os.fsencode(world.mount): CacheTime(seconds, known=False)}
                stale = functools.partial(why_stale, times)
                roots = [os.fsencode(world.root)]
                plan = plan_unlink(connection, roots, seen_twice=True, why_stale=stale)
                assert len(plan.steps) == steps
