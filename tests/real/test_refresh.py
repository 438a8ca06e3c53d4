"""rclone reads views anew before anything is removed, on a real mount."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mediatui.library.links.unlink import plan_unlink
from mediatui.runtime.events import FoundRow
from mediatui.services.rclone import refresh
from mediatui.store.database import open_reader
from tests.fakes.webdav import WebDav
from tests.worlds.mount import DEAD, LINKS, SHOWS, MountWorld, dead_links, show
from tests.worlds.rclone_mount import RcloneMount

pytestmark = pytest.mark.real

NOBODY = "http://127.0.0.1:1"
AN_HOUR_S = 3600


@pytest.fixture
def lasting(tmp_path: Path, service: WebDav) -> Iterator[RcloneMount]:
    """A mount that asks the service again only when it is told to."""
    with RcloneMount(tmp_path / "debrid", service.url, "--dir-cache-time", "9999h") as mount:
        yield mount


async def lose_a_torrent(world: MountWorld) -> None:
    """A season that nobody has any more, seen to be broken by one look."""
    await world.look()
    world.service.gone(show(4))
    world.debrid.forget()
    assert (await world.look()).finished.counts["states"] == {"ok": LINKS - 2, "broken": 2}


def an_hour_goes_by(world: MountWorld) -> None:
    """What was seen was seen an hour ago."""
    with contextlib.closing(sqlite3.connect(world.database)) as connection, connection:
        connection.execute("UPDATE library_links SET bad_since = bad_since - ?, bad_clock = NULL", (AN_HOUR_S,))


async def test_before_a_removal_each_view_concerned_is_read_anew_once(
    tmp_path: Path, service: WebDav, lasting: RcloneMount
) -> None:
    async with MountWorld(tmp_path, service, lasting, rclone_rc=lasting.rc_url) as world:
        await lose_a_torrent(world)
        before = Counter(service.asked)
        done = await world.apply(world.plan())
        assert done.outcomes == {"done"}
        assert Counter(service.asked) - before == {("PROPFIND", "/shows"): 1}
        assert len(world.links()) == LINKS - 2


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, f"the view /shows held {SHOWS - 1} folders before rclone read it again, holds 0"),
        (503, "the view /shows cannot be listed"),
    ],
)
async def test_a_service_that_fails_while_a_view_is_read_anew_removes_nothing(
    tmp_path: Path, service: WebDav, lasting: RcloneMount, status: int, said: str
) -> None:
    """rclone says OK to a 404 and shows nothing from then on: our own refresh did it."""
    async with MountWorld(tmp_path, service, lasting, rclone_rc=lasting.rc_url) as world:
        await lose_a_torrent(world)
        service.status("^/shows$", status)
        before = world.links()
        done = await world.apply(world.plan())
        assert done.finished.exit_code == 4
        assert said in str(done.finished.error)
        service.well()  # walking the links asks the mount
        assert world.links() == before


async def test_a_refresh_that_could_not_be_asked_for_is_said_and_the_views_are_looked_at_as_ever(
    tmp_path: Path, service: WebDav, lasting: RcloneMount
) -> None:
    async with MountWorld(tmp_path, service, lasting, rclone_rc=NOBODY) as world:
        await lose_a_torrent(world)
        done = await world.apply(world.plan())
        assert (
            f"the view /shows of {lasting.folder} was not refreshed: rclone's remote control cannot be reached"
            in done.said()
        )
        assert done.outcomes == {"done"}


@pytest.mark.parametrize(
    ("control", "removed", "said"),
    [
        ({"rclone_rc": ""}, False, "both looks may have been one"),
        ({"rclone_rc": "own"}, True, "2 done"),
        ({"rclone_rc": "own", "rclone_fs": "other:"}, False, "was not refreshed: rclone"),
    ],
    ids=["no rclone_rc", "refreshed", "another mount named"],
)
async def test_unattended_a_second_look_counts_when_the_view_was_read_anew_for_it(
    tmp_path: Path, service: WebDav, lasting: RcloneMount, control: dict[str, str], removed: bool, said: str
) -> None:
    """With --dir-cache-time 9999h both looks were one."""
    own = {name: lasting.rc_url if value == "own" else value for name, value in control.items()}
    mounts = [{"path": str(lasting.folder), **own}]
    async with MountWorld(tmp_path, service, lasting, mounts=mounts) as world:
        await lose_a_torrent(world)
        an_hour_goes_by(world)
        done = await world.command("scan", "--apply")
        assert done.code == 0, done.err
        assert said in done.out + done.err
        assert len(world.links()) == (LINKS - 2 if removed else LINKS)


async def test_unattended_a_view_that_the_scan_itself_emptied_judges_nothing(
    tmp_path: Path, service: WebDav, lasting: RcloneMount
) -> None:
    async with MountWorld(tmp_path, service, lasting, rclone_rc=lasting.rc_url) as world:
        await lose_a_torrent(world)
        an_hour_goes_by(world)
        service.status("^/shows$", 404)
        done = await world.command("scan", "--apply")
        assert done.code == 4
        assert f"the view /shows held {SHOWS - 1} folders before rclone read it again, holds 0" in done.out + done.err
        assert len(world.links()) == LINKS


async def test_unattended_a_file_that_alone_is_missing_is_not_made_fresh_by_its_view(
    tmp_path: Path, service: WebDav, lasting: RcloneMount
) -> None:
    """A refresh reads the names in a view, not those in the folders of its torrents."""
    async with MountWorld(tmp_path, service, lasting, rclone_rc=lasting.rc_url) as world:
        (world.shows / "extra.mkv").symlink_to(lasting.folder / "shows" / show(4) / "Extra.mkv")
        await world.look()
        an_hour_goes_by(world)
        done = await world.command("scan", "--apply")
        assert "both looks may have been one" in done.out + done.err
        assert len(world.links()) == LINKS + 1


async def test_of_several_mounts_of_one_rclone_the_right_one_is_read_anew(
    tmp_path: Path, service: WebDav, lasting: RcloneMount
) -> None:
    """Without a name rclone answers 500; the source in the mount table tells it."""
    second = tmp_path / "second"
    second.mkdir()
    lasting.rc("mount/mount", fs=f":webdav,url='{service.url}':shows", mountPoint=str(second))
    try:
        async with MountWorld(tmp_path, service, lasting, rclone_rc=lasting.rc_url) as world:
            asked = {}
            for place in (lasting.folder, lasting.folder / "movies", second):
                before = Counter(service.asked)
                assert await refresh(world.settings, os.fsencode(place)) == ""
                asked[place] = list(Counter(service.asked) - before)
        assert [paths for (paths,) in asked.values()] == [("PROPFIND", path) for path in ("/", "/movies", "/shows")]
    finally:
        subprocess.run(["fusermount3", "-uz", str(second)], check=True)


async def test_nothing_more_is_removed_once_the_service_answers_404(
    tmp_path: Path, service: WebDav, lasting: RcloneMount
) -> None:
    """49 good links were removed before the look at 50; the root still lists from rclone's cache."""
    async with MountWorld(tmp_path, service, lasting) as world:
        links = dead_links(world)
        await world.look()
        with closing(open_reader(world.database)) as connection, connection:
            plan = plan_unlink(connection, [os.fsencode(world.root)])

        def watch(job: object, event: object) -> None:
            if sum(isinstance(one, FoundRow) and one.type == "step" for one in world.events) == 3:
                service.status("^/.", 404)
                for view in ("movies", "shows", "__all__"):
                    lasting.rc("vfs/forget", dir=view)

        stop = world.runner.observe(watch)
        done = await world.apply(plan)
        stop()
        assert done.finished.exit_code == 4
        assert "the view /movies" in str(done.finished.error)
        assert set(os.listdir(lasting.folder)) == {"movies", "shows", "__all__"}
        assert sum(os.path.lexists(link) for link in links) == DEAD - 3
        outcomes = Counter(one for (one,) in world.rows("SELECT outcome FROM plan_steps"))
        assert outcomes == {"done": 3, "planned": DEAD - 3}
