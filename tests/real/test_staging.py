"""Transfers become links on a real rclone mount: what comes late, what has expired, a mount that hangs or fails."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mediatui.demo.seed import SimTorrent
from tests.fakes.webdav import WebDav, video
from tests.worlds.account import MakeWorld
from tests.worlds.rclone_mount import RcloneMount
from tests.worlds.staging import SIZE, Staging, film, pack
from tests.worlds.transfers import hash_of, states, synced, transfers

pytestmark = pytest.mark.real

LATE, SALT = film(hash_of(1), "Late.Film.2020"), pack(hash_of(2), count=2)
READY, STAGED, ASKED = ("ready", "none", ""), ("staged", "none", ""), ("ready", "choice", "files")


@pytest.fixture
def lasting(tmp_path: Path, service: WebDav) -> Iterator[RcloneMount]:
    """A mount that asks the service again only when it is told to."""
    with RcloneMount(tmp_path / "debrid", service.url, "--dir-cache-time", "9999h") as mount:
        yield mount


def comes(service: WebDav, *torrents: SimTorrent) -> None:
    """The service has torrents of the account from now on."""
    shown = service.tree["__all__"]
    assert isinstance(shown, dict)
    for one in torrents:
        shown[one.filename] = {file.path.lstrip("/"): video(file.bytes) for file in one.files() if file.selected}


async def staging(
    account_of: MakeWorld,
    folder: Path,
    mount: RcloneMount,
    *torrents: SimTorrent,
    control: bool = True,
    **settings: object,
) -> Staging:
    """Transfers whose files lie on a real mount, all listings of which are known to rclone."""
    world = await synced(account_of, torrents)
    place: dict[str, object] = {"path": str(mount.folder), **({"rclone_rc": mount.rc_url} if control else {})}
    at = Staging(world, folder, **{"library.mounts": [place], **settings})
    await at.grab(*torrents)
    assert list((mount.folder / "__all__").iterdir())
    return at


async def test_what_comes_late_costs_one_refresh_of_its_view(
    account_of: MakeWorld, tmp_path: Path, service: WebDav, lasting: RcloneMount
) -> None:
    at = await staging(account_of, tmp_path, lasting, LATE, SALT)
    comes(service, LATE, SALT)
    before = Counter(service.asked)
    await at.fetch(20)
    assert states(at.world) == [STAGED, STAGED]
    asked = Counter(service.asked) - before
    assert asked[("PROPFIND", "/__all__")] == 1
    assert not [path for kind, path in asked if kind == "PROPFIND" and "Film.00" in path]
    link = tmp_path / "staging" / f"1-{LATE.filename}" / f"{LATE.filename}.mkv"
    assert link.is_symlink()
    assert link.stat().st_size == SIZE


async def test_without_a_remote_control_it_waits_and_says_how_old_listings_are(
    account_of: MakeWorld, tmp_path: Path, service: WebDav, lasting: RcloneMount
) -> None:
    at = await staging(account_of, tmp_path, lasting, LATE, control=False)
    comes(service, LATE)
    await at.fetch()
    assert states(at.world) == [("ready", "waiting", "not-on-mount")]
    assert transfers(at.world)[0].hold.detail["refreshes"] == "library.rclone_rc"
    lasting.forget()
    await at.fetch(later=700)
    assert states(at.world) == [STAGED]


async def test_a_link_that_has_expired_fails_at_once_and_is_asked_about(
    account_of: MakeWorld, tmp_path: Path, service: WebDav, debrid: RcloneMount
) -> None:
    comes(service, LATE)
    at = await staging(account_of, tmp_path, debrid, LATE)
    service.status(LATE.filename, 404, method="GET")
    await at.fetch(5)
    assert states(at.world) == [ASKED]
    assert transfers(at.world)[0].hold.detail == {"expired": f"{LATE.filename}.mkv"}
    assert at.links() == {}


async def test_a_file_of_which_no_byte_comes_holds_the_mount_and_fails_nothing(
    account_of: MakeWorld, tmp_path: Path, service: WebDav, debrid: RcloneMount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediatui.changes.file_proof.FIRST_BYTE_S", 0.5)
    comes(service, LATE, SALT)
    at = await staging(account_of, tmp_path, debrid, LATE, SALT)
    service.silence(LATE.filename, method="GET")
    await at.fetch(5)
    assert states(at.world) == [READY, READY]
    assert at.hold()[0] == "mount-busy"


async def test_a_mount_that_hangs_keeps_neither_the_loop_nor_the_run(
    account_of: MakeWorld, tmp_path: Path, service: WebDav, debrid: RcloneMount
) -> None:
    comes(service, LATE)
    at = await staging(account_of, tmp_path, debrid, LATE, control=False, **{"library.mount_timeout_s": 1})
    debrid.freeze()
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            begun = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - begun - 0.01)

    watching = asyncio.create_task(watch())
    try:
        await at.fetch(5)
    finally:
        watching.cancel()
        debrid.thaw()
    assert states(at.world) == [READY]
    assert at.hold()[0] == "mount-away"
    assert longest < 0.3  # 50 ms are the aim; the machine of a test is busy
    await at.fetch(5, later=700)
    assert states(at.world) == [STAGED]


@pytest.mark.parametrize("status", [404, 503])
async def test_a_service_that_fails_in_a_refresh_concludes_nothing(
    account_of: MakeWorld, tmp_path: Path, service: WebDav, lasting: RcloneMount, status: int
) -> None:
    at = await staging(account_of, tmp_path, lasting, LATE)
    service.status("/__all__/?$", status)
    await at.fetch(5)
    assert states(at.world) == [READY]
    code, known = at.hold()
    assert code == "mount-away"
    assert known["shows"] == 0 if status == 404 else "cannot be listed" in str(known["problem"])
    assert at.links() == {}


async def test_a_new_size_is_taken_on_by_a_refresh_of_its_folder(
    account_of: MakeWorld, tmp_path: Path, service: WebDav, lasting: RcloneMount
) -> None:
    comes(service, replace(LATE, size=SIZE - 1))
    at = await staging(account_of, tmp_path, lasting, LATE)
    assert len([*(lasting.folder / "__all__" / LATE.filename).iterdir()]) == 1
    comes(service, LATE)
    before = Counter(service.asked)
    await at.fetch(5)
    assert states(at.world) == [STAGED]
    asked = Counter(service.asked) - before
    assert asked[("PROPFIND", f"/__all__/{LATE.filename}")] == 1
