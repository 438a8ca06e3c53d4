"""On a real rclone mount: one view that is lost removes nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mediatui.runtime.events import FoundRow
from tests.fakes.webdav import WebDav
from tests.worlds.mount import FILMS, LINKS, MountWorld, film, show
from tests.worlds.rclone_mount import RcloneMount

pytestmark = pytest.mark.real


def count(world: MountWorld, state: str) -> int:
    return sum(1 for one in world.states().values() if one == state)


def lose_by_404(service: WebDav) -> None:
    service.status("^/movies$", 404)


def lose_by_empty(service: WebDav) -> None:
    service.empty("^/movies$")


@pytest.mark.parametrize("lose", [lose_by_404, lose_by_empty])
@pytest.mark.parametrize("archived", [True, False], ids=["in the account", "no archive"])
async def test_a_view_that_lists_empty_removes_nothing_whatever_number_is_typed(
    tmp_path: Path, service: WebDav, debrid: RcloneMount, lose: Callable[[WebDav], None], archived: bool
) -> None:
    """40 good links were removed."""
    async with MountWorld(tmp_path, service, debrid) as world:
        if archived:
            for number in range(FILMS):
                world.torrent(f"T{number}", film(number), [(f"{film(number)}.mkv", 1 << 20)])
        await world.look()
        before = world.links()
        lose(service)
        debrid.forget()
        for _ in range(2):
            done = await world.command("scan", "--apply", "--allow", "5000")
            assert done.code == 4
            assert f"{FILMS} links unknown: the view /movies held {FILMS} folders, holds 0" in done.out
            assert "Film.00" not in done.out
            assert "scan --accept-view /movies" in done.err
        assert world.links() == before
        assert count(world, "unknown") == FILMS
        service.well()
        debrid.forget()
        assert (await world.look()).finished.counts["states"] == {"ok": LINKS}


async def test_in_json_a_lost_view_is_one_row_and_exit_code_says_that_not_all_was_judged(
    tmp_path: Path, service: WebDav, debrid: RcloneMount
) -> None:
    """Absence is not success: pipes are not flooded."""
    async with MountWorld(tmp_path, service, debrid) as world:
        await world.look()
        service.empty("^/movies$")
        debrid.forget()
        done = await world.command("--json", "scan", "--exit-code")
        rows = [json.loads(line) for line in done.out.splitlines()]
        assert done.code == 5
        assert [row["type"] for row in rows] == ["unjudged", "result"]
        assert (rows[0]["links"], rows[0]["state"]) == (FILMS, "unknown")
        assert rows[0]["place"] == str(debrid.folder / "movies")
        assert (await world.command("scan")).code == 0


@pytest.mark.parametrize("witness", ["account", "another view"])
async def test_a_torrent_that_its_view_lacks_is_not_on_mount_while_a_witness_has_it(
    tmp_path: Path, service: WebDav, debrid: RcloneMount, witness: str
) -> None:
    """/shows lists one folder short."""
    async with MountWorld(tmp_path, service, debrid) as world:
        await world.look()
        before = world.links()
        if witness == "account":
            world.torrent("T4", show(4))
            service.gone(show(4))
        else:
            service.gone(f"^/shows/{show(4)}")
        debrid.forget()
        done = await world.look()
        assert done.finished.counts["states"] == {"ok": LINKS - 2, "not on mount": 2}
        rows = [event.row for event in done.events if isinstance(event, FoundRow) and event.type == "finding"]
        reason = "the account has its torrent" if witness == "account" else "another view of the mount still shows"
        assert len(rows) == 2
        assert all(reason in str(row["reason"]) or "the archive has its torrent" in str(row["reason"]) for row in rows)
        applied = await world.command("scan", "--apply", "--allow", "5000")
        assert applied.code == 4
        assert "2 links not on mount" in applied.out
        assert "efresh or restart the mount" in applied.out
        assert world.links() == before


async def test_links_of_a_torrent_that_nobody_has_are_broken_and_go(
    tmp_path: Path, service: WebDav, debrid: RcloneMount
) -> None:
    """Where neither the account nor another view has it."""
    async with MountWorld(tmp_path, service, debrid) as world:
        for number in range(10):
            (world.shows / f"{number}.mkv").symlink_to(debrid.folder / "shows" / show(4) / "Show.04.S01E01.mkv")
        await world.look()
        world.torrent("T4", show(4), gone_at=5)
        service.gone(show(4))
        debrid.forget()
        done = await world.command("scan", "--apply", "--allow", "12")
        assert done.code == 0, done.err
        assert "12 done" in done.out
        assert len(world.links()) == LINKS - 2


async def test_a_view_is_accepted_as_it_is_when_its_name_is_typed(
    tmp_path: Path, service: WebDav, debrid: RcloneMount
) -> None:
    """The way out: a lasting refusal."""
    async with MountWorld(tmp_path, service, debrid) as world:
        await world.look()
        service.gone("Film")
        debrid.forget()
        wrong = await world.command("scan", "--accept-view", "/films")
        assert wrong.code == 2
        assert "/movies" in wrong.err
        assert count(world, "unknown") == 0
        done = await world.command("scan", "--accept-view", "movies")
        assert done.code == 0
        assert count(world, "broken") == FILMS
        assert (await world.look()).finished.counts["states"] == {"ok": LINKS - FILMS, "broken": FILMS}
        removed = await world.command("scan", "--apply", "--allow", str(FILMS))
        assert removed.code == 0, removed.err
        assert len(world.links()) == LINKS - FILMS


async def test_a_scan_that_does_not_pass_changes_neither_names_nor_canaries(
    tmp_path: Path, service: WebDav, debrid: RcloneMount
) -> None:
    async with MountWorld(tmp_path, service, debrid) as world:
        await world.look()
        kept = world.rows("SELECT mount, view, names FROM mount_views ORDER BY view")
        canaries = world.rows("SELECT view, count(*) FROM canaries GROUP BY view ORDER BY view")
        assert [row[:2] for row in kept] == [
            (os.fsencode(debrid.folder), b"/movies"),
            (os.fsencode(debrid.folder), b"/shows"),
        ]
        assert [(view, number >= 3) for view, number in canaries] == [(b"/movies", True), (b"/shows", True)]
        service.first("^/movies$", FILMS // 2)
        debrid.forget()
        await world.look()
        assert world.rows("SELECT mount, view, names FROM mount_views ORDER BY view") == kept
        assert world.rows("SELECT DISTINCT scan_id FROM canaries WHERE view = ?", b"/movies") == [(1,)]


@pytest.mark.parametrize("place", ["root", "parent"])
async def test_a_mount_point_that_is_none_any_more_removes_nothing(
    tmp_path: Path, service: WebDav, debrid: RcloneMount, place: str
) -> None:
    """The folder above the mount is configured, rclone is unmounted, the number is typed."""
    mounts = [{"path": str(debrid.folder if place == "root" else tmp_path)}]
    async with MountWorld(tmp_path, service, debrid, mounts=mounts) as world:
        await world.look()
        before = world.links()
        assert len(before) == LINKS
        debrid.unmount()
        done = await world.command("scan", "--apply", "--allow", "5000")
        assert done.code == 4
        assert world.links() == before
        assert count(world, "unknown") == LINKS


@pytest.mark.parametrize("tool", ["cleanup", "repair-links"])
async def test_no_tool_points_links_of_a_lost_view_at_another_one(
    tmp_path: Path, service: WebDav, debrid: RcloneMount, tool: str
) -> None:
    """40 links were repointed from /movies to /__all__; also where one torrent alone is away."""
    async with MountWorld(tmp_path, service, debrid) as world:
        await world.look()
        before = world.links()
        service.gone(f"^/shows/{show(4)}")
        service.empty("^/movies$")
        debrid.forget()
        done = await world.command(tool, "--apply", "--allow", "5000")
        assert done.code == 4, done.out + done.err
        assert f"{FILMS} links unknown: the view /movies held {FILMS} folders, holds 0" in done.out
        assert "2 links not on mount" in done.out
        assert world.links() == before


async def test_nothing_is_moved_while_rclone_is_dead(tmp_path: Path, service: WebDav, debrid: RcloneMount) -> None:
    """100 folders were moved, all their links unknown."""
    async with MountWorld(tmp_path, service, debrid) as world:
        await world.look()
        before = world.links()
        debrid.kill()
        done = await world.command("cleanup", "--apply", "--max-per-dir", "5", "--allow", "5000")
        assert done.code == 4, done.out + done.err
        assert world.links() == before


async def test_folders_that_list_empty_below_a_view_that_lists_are_unknown(
    tmp_path: Path, service: WebDav, debrid: RcloneMount
) -> None:
    """The root and the views still list from the cache, every folder below answers 404."""
    async with MountWorld(tmp_path, service, debrid) as world:
        await world.look()
        before = world.links()
        service.status("^/[^/]+/[^/]+", 404)
        debrid.forget()
        done = await world.command("scan", "--apply", "--allow", "5000")
        assert done.code == 4
        assert world.links() == before
        assert count(world, "unknown") == LINKS


@pytest.mark.parametrize(("kept", "said"), [("5m", "istings can be 5 min old"), ("9999h", "does not ask its service")])
async def test_a_scan_says_how_old_a_listing_can_be(tmp_path: Path, service: WebDav, kept: str, said: str) -> None:
    """With the service down and all in the cache; in cron two looks at one cache are one."""
    with RcloneMount(tmp_path / "debrid", service.url, "--dir-cache-time", kept) as debrid:
        async with MountWorld(tmp_path, service, debrid, rclone_rc=debrid.rc_url) as world:
            done = await world.command("scan")
            assert "nothing wrong" in done.out
            assert said in done.out
