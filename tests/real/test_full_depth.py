"""The full depth of a scan on a real rclone mount: it works, remembers what it read, and tells what it could not."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes.webdav import Made, WebDav, video
from tests.worlds.mount import EPISODES, MountWorld, film, torrents
from tests.worlds.rclone_mount import RcloneMount

pytestmark = pytest.mark.real

DAY = 86_400
FILMS, SHOWS = 12, 4
LINKS = FILMS + SHOWS * EPISODES


@pytest.fixture
def service() -> Iterator[WebDav]:
    """A smaller service: each file that is read takes rclone some hundredths of a second."""
    with WebDav(torrents(FILMS, SHOWS)) as service:
        yield service


async def full(world: MountWorld) -> Counter[str]:
    """The states of the links after a full scan, which must come to its end."""
    done = await world.look(depth="full")
    assert done.finished.outcome == "done", done.finished
    return Counter(world.states().values())


async def test_every_file_is_read_once_and_again_neither_by_a_second_scan_nor_after_a_remount(
    tmp_path: Path, service: WebDav, debrid: RcloneMount
) -> None:
    """rclone's inodes are above 2^63 - 1, and its device number may change."""
    async with MountWorld(tmp_path, service, debrid) as world:
        assert await full(world) == {"ok": LINKS}
        assert service.count("GET", r"\.mkv$") >= LINKS
        assert world.rows("SELECT count(*), max(verdict), max(reason) FROM probes")[0][:2] == (LINKS, "playable")
        for again in (lambda: None, debrid.remount):
            again()
            service.asked.clear()
            assert await full(world) == {"ok": LINKS}
            assert service.count("GET") == 0


async def test_a_file_that_became_another_is_read_again(tmp_path: Path, service: WebDav, debrid: RcloneMount) -> None:
    async with MountWorld(tmp_path, service, debrid) as world:
        await full(world)
        folder = service.at(f"/movies/{film(7)}")
        assert isinstance(folder, dict)
        folder[f"{film(7)}.mkv"] = b"<html>Not found" + bytes(5000)
        debrid.forget()
        assert await full(world) == {"ok": LINKS - 1, "not media": 1}


async def test_a_command_looks_as_deep_and_ends_with_5_for_what_cannot_be_read(
    tmp_path: Path, service: WebDav, debrid: RcloneMount
) -> None:
    """All GETs answer 404, as links do that have expired. Errors at once are found, never removed."""
    async with MountWorld(tmp_path, service, debrid) as world:
        service.status("/movies/.*mkv$", 404, "GET")
        said = await world.command("scan", "--probe", "suspect", "--exit-code")
        assert said.code == 5
        assert f"{FILMS} could not be read" in said.out
        assert "nothing wrong" not in said.out
        assert Counter(world.states().values()) == {"ok": LINKS - FILMS, "io_error": FILMS}
        assert world.plan().steps == ()
        assert world.rows("SELECT count(*) FROM probes") == [(LINKS - FILMS,)]
        service.well()
        debrid.forget()
        assert await full(world) == {"ok": LINKS}


@pytest.mark.parametrize("days", [0, 7])
async def test_that_a_file_can_be_read_is_believed_for_some_days_only(
    tmp_path: Path, service: WebDav, debrid: RcloneMount, days: int
) -> None:
    """``scan.playable_days``. Then its first bytes are read again, not all that was learnt of it."""
    async with MountWorld(tmp_path, service, debrid, **{"scan.playable_days": days}) as world:
        await full(world)
        if days:
            with closing(sqlite3.connect(world.database)) as connection, connection:
                connection.execute("UPDATE probes SET read_at = read_at - ?", (days * DAY,))
        service.status("/movies/.*mkv$", 404, "GET")
        service.asked.clear()
        debrid.remount()
        assert await full(world) == {"ok": LINKS - FILMS, "io_error": FILMS}
        assert service.count("GET", r"\.mkv$") >= LINKS
        service.well()
        service.asked.clear()
        assert await full(world) == {"ok": LINKS}
        assert bool(service.count("GET", "/shows/")) == (not days)
        assert service.count("GET", "/movies/") >= FILMS


async def test_an_error_that_is_long_in_coming_says_nothing_of_the_file(
    tmp_path: Path, service: WebDav, debrid: RcloneMount
) -> None:
    """Late is unknown, never corrupt; it is counted among what could not be read."""
    async with MountWorld(tmp_path, service, debrid, mount_timeout_s=1) as world:
        service.status(film(3), 404, "GET")
        service.delay(film(3), 1.5, "GET")
        done = await world.look(depth="full")
        assert world.states()[os.fsencode(f"{film(3)}.mkv")] == "unknown"
        assert done.finished.counts["could_not_be_read"] == 1
        assert "1 could not be read" in done.finished.summary
        assert film(3) in done.said()
        service.well()
        debrid.forget()
        assert await full(world) == {"ok": LINKS}


def test_the_files_of_these_tests_play_by_their_head_and_tail(tmp_path: Path) -> None:
    from mediatui.system.head_and_tail import check_head_and_tail

    (tmp_path / "good.mkv").write_bytes(b"".join(video(200_000).bytes(0, 200_000)))
    (tmp_path / "text.mkv").write_bytes(b"".join(Made(5000, b"hello").bytes(0, 5000)))
    assert check_head_and_tail(os.fsencode(tmp_path / "good.mkv")).verdict == "playable"
    assert check_head_and_tail(os.fsencode(tmp_path / "text.mkv")).verdict == "not media"
