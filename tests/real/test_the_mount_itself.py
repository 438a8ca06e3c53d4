"""That the rclone mount of these tests is what a user's is: what it shows, and what it does when the service fails."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest

from mediatui.system.helper_process import TimedOut, ask
from tests.fakes.webdav import Made, WebDav, video
from tests.worlds.mount import FILMS, LINKS, SHOWS, MountWorld, film, show
from tests.worlds.rclone_mount import RcloneMount, is_mounted

pytestmark = pytest.mark.real


def test_it_shows_the_views_and_reads_files_of_any_size(service: WebDav, debrid: RcloneMount) -> None:
    service.tree["movies"] = {"big": {"big.mkv": video(5_000_000_000), "note.txt": b"given bytes"}}
    debrid.forget()
    assert sorted(os.listdir(debrid.folder)) == ["__all__", "movies", "shows"]
    assert len(os.listdir(debrid.folder / "shows")) == SHOWS
    big = debrid.folder / "movies" / "big" / "big.mkv"
    assert big.stat().st_size == 5_000_000_000
    with big.open("rb") as file:
        file.seek(4_999_999_990)
        assert file.read() == b"v" * 10
    assert (big.parent / "note.txt").read_bytes() == b"given bytes"


def test_what_is_read_is_the_file_piece_by_piece() -> None:
    whole = b"".join(video(200_000).bytes(0, 200_000))
    assert len(whole) == 200_000
    for begin, end in ((0, 10), (5, 70_000), (30, 31), (199_999, 200_000)):
        assert b"".join(video(200_000).bytes(begin, end)) == whole[begin:end]
    assert b"".join(Made(10, b"head").bytes(0, 10)) == b"headvvvvvv"


def test_its_inodes_are_above_what_sqlite_holds_and_stay_over_a_remount_while_its_device_may_not(
    debrid: RcloneMount,
) -> None:
    names = [debrid.folder / "movies" / film(number) for number in range(FILMS)]
    before = [path.stat().st_ino for path in names]
    assert max(before) > 2**63 - 1
    debrid.remount()
    assert [path.stat().st_ino for path in names] == before


def test_a_404_or_an_empty_list_comes_through_as_an_empty_folder(service: WebDav, debrid: RcloneMount) -> None:
    service.status("^/movies$", 404)
    service.empty("^/shows$")
    assert os.listdir(debrid.folder / "movies") == []
    assert os.listdir(debrid.folder / "shows") == []
    service.well()
    service.first("^/shows$", 7)
    service.gone(film(3))
    debrid.forget()
    assert len(os.listdir(debrid.folder / "shows")) == 7
    assert len(os.listdir(debrid.folder / "movies")) == FILMS - 1
    service.status("^/movies$", 503)
    debrid.forget()
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        os.listdir(debrid.folder / "movies")


def test_a_link_that_has_expired_is_an_error_at_once_and_a_silent_one_is_late(
    service: WebDav, debrid: RcloneMount
) -> None:
    service.status("Film", 404, "GET")
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        (debrid.folder / "movies" / film(1) / f"{film(1)}.mkv").read_bytes()
    assert service.count("GET", "Film") > 0


def test_it_can_be_frozen_thawed_killed_and_mounted_again(debrid: RcloneMount) -> None:
    place = os.fsencode(debrid.folder)
    debrid.freeze()
    with pytest.raises(TimedOut):
        ask(os.listdir, place, seconds=0.3)
    debrid.thaw()
    assert len(ask(os.listdir, place)) == 3
    debrid.kill()
    with pytest.raises(OSError) as raised:
        ask(os.listdir, place)
    assert raised.value.errno in (errno.ENOTCONN, errno.ECONNABORTED)
    debrid.remount()
    assert len(ask(os.listdir, place)) == 3


@pytest.mark.parametrize("state", ["well", "frozen", "dead"])
def test_it_leaves_neither_a_mount_nor_a_process_behind(tmp_path: Path, service: WebDav, state: str) -> None:
    with RcloneMount(tmp_path / "debrid", service.url) as mount:
        pid = mount.pid
        {"well": lambda: None, "frozen": mount.freeze, "dead": mount.kill}[state]()
    assert not is_mounted(tmp_path / "debrid")
    assert subprocess.run(["kill", "-0", str(pid)], stderr=subprocess.DEVNULL, check=False).returncode
    assert os.listdir(tmp_path / "debrid") == []


async def test_a_library_on_it_is_scanned(tmp_path: Path, service: WebDav, debrid: RcloneMount) -> None:
    service.gone(show(4))
    async with MountWorld(tmp_path, service, debrid) as world:
        done = await world.look()
        assert done.finished.counts["states"] == {"ok": LINKS - 2, "broken": 2}
        said = await world.command("scan", "list")
        assert said.code == 0
        assert str(LINKS) in said.out
