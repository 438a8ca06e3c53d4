"""What doctor says of mounts and of staging that no test machine has: rclone's remote control, a disk without links."""

from __future__ import annotations

import json

import httpx
import pytest

from mediatui.commands import check_rclone, check_staging
from mediatui.services.rclone import Rclone
from mediatui.settings import Settings
from mediatui.system.mount_table import MountPoint
from mediatui.system.mounts import Mount

PLACE = b"/mnt/remote"
SETTINGS = Settings.model_validate({"library": {"mounts": ["/mnt/remote"]}})


def control(vfses: list[str], *, status: int = 200, source: str = "rd:") -> Rclone:
    """A remote control of several mounts."""

    def answer(request: httpx.Request) -> httpx.Response:
        if status != 200:
            return httpx.Response(status, json={"error": "no"})
        if request.url.path == "/vfs/list":
            return httpx.Response(200, json={"vfses": vfses})
        assert json.loads(request.content)["fs"] in vfses
        return httpx.Response(200, json={"opt": {"DirCacheTime": 300_000_000_000}})

    return Rclone("http://rc", source=source, is_own=False, transport=httpx.MockTransport(answer))


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A network mount is in use."""
    monkeypatch.setattr(check_rclone, "configured_mounts", lambda settings: (Mount(PLACE),))
    monkeypatch.setattr(check_rclone, "mount_points_in", lambda *given: ())
    monkeypatch.setattr(check_rclone, "is_remote", lambda place: True)
    return monkeypatch


@pytest.mark.parametrize(
    ("found", "state", "said"),
    [
        (control(["rd:", "other:"]), "ok", "knows /mnt/remote as rd:, and keeps its listings 5m00s"),
        (control(["one:", "other:"]), "problem", "does not know which mount is meant (one:, other:)"),
        (control([], status=401), "problem", "refuses (HTTP 401)"),
        (None, "warning", "keeps its listings is not known"),
    ],
)
async def test_each_mount_says_whether_rclone_answers_and_knows_it(
    remote: pytest.MonkeyPatch, found: Rclone | None, state: str, said: str
) -> None:
    remote.setattr(check_rclone, "remote_control", lambda *given: None if found is None else (found, ""))
    (check,) = await check_rclone.check_rclone(SETTINGS)
    assert (check.name, check.state, said in check.text) == ("rclone", state, True), check


async def test_a_local_folder_has_no_check_of_rclone(remote: pytest.MonkeyPatch) -> None:
    remote.setattr(check_rclone, "is_remote", lambda place: False)
    assert await check_rclone.check_rclone(SETTINGS) == []


async def test_staging_on_a_disk_that_holds_no_links_is_a_problem(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("staging")
    point = MountPoint(b"/", "exfat", b"/", "/dev/sdb1")
    monkeypatch.setattr(check_staging, "mount_point_of", lambda path: point)
    checks = await check_staging.check_staging(Settings.model_validate({"staging": {"folder": str(folder)}}))
    assert "Its file system (exfat) holds no links." in [check.text for check in checks if check.state == "problem"]
