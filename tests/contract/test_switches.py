"""What can be switched at the fakes: the failures of a real server that cannot be had when wanted."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.fakes.arr import BROKEN, CUT, ELSEWHERE, HANG, KEY, LOGIN_PAGE, STARTING, FakeArr
from tests.fakes.sockets import on_socket


@pytest.fixture
def fake(tmp_path: Path) -> FakeArr:
    """A Sonarr with a series of one link."""
    fake = FakeArr("sonarr")
    folder = tmp_path / "tv" / "Dark"
    folder.mkdir(parents=True)
    (tmp_path / "1.mkv").touch()
    (folder / "1.mkv").symlink_to(tmp_path / "1.mkv")
    fake.hold("Dark", folder, [folder / "1.mkv"])
    return fake


async def ask(fake: FakeArr, path: str = "/api/v3/system/status", wait_s: float = 5) -> httpx.Response:
    """A request through the transport of tests."""
    async with httpx.AsyncClient(transport=fake.transport(), base_url="http://arr.invalid") as client:
        return await client.get(path, headers={"X-Api-Key": KEY}, timeout=wait_s)


@pytest.mark.parametrize(
    ("failure", "status", "form"),
    [
        (BROKEN, 500, "application/json"),
        (STARTING, 503, "application/json"),
        (LOGIN_PAGE, 200, "text/html; charset=utf-8"),
        (ELSEWHERE, 302, None),
        (httpx.Response(429), 429, None),
    ],
)
async def test_a_failure_is_answered_as_often_as_wanted(
    fake: FakeArr, failure: httpx.Response, status: int, form: str | None
) -> None:
    fake.fail(failure, times=2)
    for expected in (status, status, 200):
        assert (await ask(fake)).status_code == expected
    fake.fail(failure, only="series")
    assert (await ask(fake)).status_code == 200
    answer = await ask(fake, "/api/v3/series")
    assert (answer.status_code, answer.headers.get("content-type")) == (status, form)
    fake.well()
    assert (await ask(fake, "/api/v3/series")).status_code == 200


async def test_a_connection_is_cut_and_a_server_hangs(fake: FakeArr) -> None:
    fake.fail(CUT, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        await ask(fake)
    fake.fail(HANG, times=1)
    with pytest.raises(httpx.ReadTimeout):
        await ask(fake, wait_s=0.001)
    assert (await ask(fake)).status_code == 200


def test_the_same_on_a_socket(fake: FakeArr) -> None:
    with on_socket(fake) as address, httpx.Client(base_url=address, headers={"X-Api-Key": KEY}) as client:
        assert client.get("/api/v3/series").json() == [fake.item(1)]
        assert client.put("/api/v3/series/1", json={**fake.item(1), "monitored": False}).status_code == 202
        assert client.delete("/api/v3/episodefile/1001").content == b""
        fake.fail(CUT, times=1)
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/api/v3/series")
        fake.fail(HANG)  # however late the request reaches it
        with pytest.raises(httpx.ReadTimeout):
            client.get("/api/v3/series", timeout=0.001)
        fake.well()
        assert client.get("/api/v3/series").status_code == 200
    assert fake.writes[0][:2] == ("PUT", "series/1")


async def test_a_base_is_redirected_to_whatever_was_asked(fake: FakeArr) -> None:
    """A wrong base is glued to the right one."""
    fake.base = "/sonarr"
    for path in ("/api/v3/system/status", "/tv/api/v3/system/status"):
        answer = await ask(fake, path)
        assert (answer.status_code, answer.headers["location"]) == (307, f"/sonarr{path}")
    assert (await ask(fake, "/sonarr/api/v3/system/status")).json()["urlBase"] == "/sonarr"


async def test_a_mount_that_hangs_takes_the_space_of_root_folders_away(fake: FakeArr) -> None:
    fake.mount_hangs = True
    (row,) = (await ask(fake, "/api/v3/rootfolder")).json()
    assert (row["accessible"], set(row)) == (True, {"path", "accessible", "id"})


async def test_a_queue_whose_client_is_away_is_empty_and_a_page_beyond_its_end_an_earlier_one(fake: FakeArr) -> None:
    fake.records.queue += [
        {"id": number, "seriesId": 1, "title": str(number), "downloadId": "A"} for number in range(1, 6)
    ]
    fake.records.queue.append({"id": 9, "title": "no series", "downloadId": "B"})
    page = (await ask(fake, "/api/v3/queue?page=30&pageSize=3")).json()
    assert (page["page"], page["totalRecords"], [row["id"] for row in page["records"]]) == (2, 5, [4, 5])
    assert len((await ask(fake, "/api/v3/queue/details")).json()) == 6
    assert (await ask(fake, "/api/v3/queue?includeUnknownSeriesItems=true")).json()["totalRecords"] == 6
    fake.client_away = True
    assert (await ask(fake, "/api/v3/queue/details")).json() == []


@pytest.mark.parametrize(
    "body",
    [
        {"name": "RescanSeries"},
        {"name": "RescanSeries", "seriesId": [1]},
        {"name": "RescanSeries", "seriesIds": [1]},
        {"name": "EpisodeSearch", "episodeIds": []},
        {"name": "MissingEpisodeSearch"},
    ],
)
def test_a_strict_one_refuses_what_goes_over_a_whole_library(fake: FakeArr, body: dict[str, object]) -> None:
    with httpx.Client(transport=fake.transport(), base_url="http://arr.invalid") as client:
        assert client.post("/api/v3/command", json=body, headers={"X-Api-Key": KEY}).status_code == 400
    assert fake.bodies == []


async def test_a_strict_one_refuses_parameters_there_are_not(fake: FakeArr) -> None:
    assert (await ask(fake, "/api/v3/episode?seriesId=1&includeFiles=true")).status_code == 400
    assert (await ask(fake, f"/api/v3/series?apikey={KEY}")).status_code == 400


async def test_how_long_a_command_runs_and_how_it_ends_can_be_said(fake: FakeArr) -> None:
    fake.steps = 1
    async with httpx.AsyncClient(transport=fake.transport(), base_url="http://arr.invalid") as client:
        client.headers["X-Api-Key"] = KEY

        async def looks(number: int) -> list[str]:
            return [(await client.get(f"/api/v3/command/{number}")).json()["status"] for _ in range(2)]

        async def send() -> int:
            sent = await client.post("/api/v3/command", json={"name": "RescanSeries", "seriesId": 1})
            return int(sent.json()["id"])

        assert await looks(await send()) == ["started", "completed"]
        fake.forced = ("aborted", "unknown", "Disk is gone")
        assert await looks(await send()) == ["started", "aborted"]
        fake.forced, fake.steps = None, None
        number = await send()
        assert await looks(number) == ["started", "started"]
        fake.finish()
        assert await looks(number) == ["completed", "completed"]
    assert fake.commands == [("RescanSeries", 1)] * 3


async def test_a_listing_of_what_hangs_is_never_answered_and_everything_else_is(fake: FakeArr, tmp_path: Path) -> None:
    folder = tmp_path / "staging"
    folder.mkdir()
    (folder / "Dark.S01E02.mkv").symlink_to(tmp_path / "1.mkv")
    path = f"/api/v3/manualimport?folder={folder}&filterExistingFiles=false"
    fake.strict = False  # which no client of ours asks
    for fails in (fake.importing.hanging.add, lambda _: setattr(fake, "mount_hangs", True)):
        fails("Dark.S01E02.mkv")
        with pytest.raises(httpx.ReadTimeout):
            await ask(fake, path, wait_s=0.01)
        assert (await ask(fake, "/api/v3/series")).status_code == 200
        fake.importing.hanging.clear()
    assert "freeSpace" not in (await ask(fake, "/api/v3/rootfolder")).json()[0]
