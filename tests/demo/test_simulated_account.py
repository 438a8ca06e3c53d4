"""The simulated account: the same for the same seed, whole of odd cases, changing as time passes."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from mediatui.demo.account import DOWNLOAD_S, SimulatedAccount
from mediatui.demo.archive import fill_demo
from mediatui.demo.indexers import offered_in
from mediatui.demo.prowlarr import Offer, SimulatedIndexer, SimulatedProwlarr, hash_behind
from mediatui.demo.seed import UNKNOWN_STATUS, make_torrents
from mediatui.demo.server import SimulatedServer
from mediatui.demo.service import SimulatedService
from mediatui.demo.transport import SimulatedTransport
from mediatui.model.torrent import STATUSES
from mediatui.runtime.invocation import Invocation
from mediatui.store.database import open_reader
from tests.worlds.small_demo import SMALL

NOW = 1_790_000_000.0


@pytest.mark.slow
def test_a_seed_makes_the_same_account_and_every_kind_of_torrent() -> None:
    torrents = make_torrents(4245, now=NOW)
    assert torrents == make_torrents(4245, now=NOW)
    assert torrents != make_torrents(4245, seed=8, now=NOW)
    assert len({torrent.id for torrent in torrents}) == 4245
    assert {torrent.status for torrent in torrents} == {*STATUSES, UNKNOWN_STATUS}
    assert len({torrent.hash for torrent in torrents}) < 4245
    shapes = {torrent.shape for torrent in torrents}
    assert {"rar", "partial"} <= shapes
    assert any(torrent.filename != torrent.original_filename for torrent in torrents)
    assert [torrent.added_at for torrent in torrents] == sorted((t.added_at for t in torrents), reverse=True)


def test_links_follow_the_shape() -> None:
    for torrent in make_torrents(2000, now=NOW):
        selected = sum(1 for file in torrent.files() if file.selected)
        if torrent.status != "downloaded":
            assert torrent.links() == []
        elif torrent.shape == "rar":
            assert len(torrent.links()) == 1 < selected
        elif torrent.shape == "partial":
            assert len(torrent.links()) < selected
        else:
            assert len(torrent.links()) == selected


def test_time_brings_progress_arrivals_and_a_departure() -> None:
    moment = NOW
    account = SimulatedAccount(birth=NOW, clock=lambda: moment)
    before = {torrent.id for torrent in account.torrents()}
    downloading = next(torrent for torrent in account.torrents() if torrent.status == "downloading")
    moment += 20
    assert account.now_of(downloading).progress > downloading.progress
    moment += DOWNLOAD_S
    finished = account.now_of(downloading)
    assert (finished.status, finished.progress) == ("downloaded", 100.0)
    after = {torrent.id for torrent in account.torrents()}
    assert len(after - before) >= 2
    assert len(before - after) == 1
    other = SimulatedAccount(birth=NOW, clock=lambda: moment)
    assert [torrent.id for torrent in other.torrents()] == [torrent.id for torrent in account.torrents()]


async def test_the_cap_is_enforced_and_refused_requests_count() -> None:
    moment = 0.0
    service = SimulatedService(SimulatedAccount(make_torrents(5), frozen=True), cap=3, monotonic=lambda: moment)
    async with httpx.AsyncClient(transport=SimulatedTransport(service), base_url="http://x/rest/1.0") as client:
        headers = {"Authorization": "Bearer T"}
        answers = [(await client.get("/user", headers=headers)).status_code for _ in range(5)]
        assert answers == [200, 200, 200, 429, 429]
        moment = 59.0
        assert (await client.get("/user", headers=headers)).json()["error_code"] == 34
        moment = 60.5
        assert (await client.get("/user", headers=headers)).status_code == 200
        assert service.refused == 3


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("/torrents/info/NOSUCH", 404, 7), ("/nothing", 404, 3)],
)
async def test_errors_are_those_of_the_api(path: str, status: int, code: int) -> None:
    service = SimulatedService(SimulatedAccount(make_torrents(5), frozen=True), token="T")
    async with httpx.AsyncClient(transport=SimulatedTransport(service), base_url="http://x/rest/1.0") as client:
        answer = await client.get(path, headers={"Authorization": "Bearer T"})
        assert (answer.status_code, answer.json()["error_code"]) == (status, code)
        assert (await client.get("/user")).json()["error_code"] == 8
        assert (await client.get("/user", headers={"Authorization": "Bearer U"})).status_code == 401


async def test_paging_gives_every_row_once_and_then_nothing() -> None:
    service = SimulatedService(SimulatedAccount(make_torrents(25), frozen=True))
    ids: list[str] = []
    async with httpx.AsyncClient(transport=SimulatedTransport(service), base_url="http://x/rest/1.0") as client:
        for page in range(1, 5):
            answer = await client.get("/torrents", params={"page": page, "limit": 10, "auth_token": "T"})
            assert answer.headers["x-total-count"] == "25"
            ids += [row["id"] for row in answer.json()] if answer.content else []
    assert answer.status_code == 204
    assert len(ids) == len(set(ids)) == 25


async def test_the_same_service_speaks_over_a_socket() -> None:
    server = SimulatedServer(SimulatedService(SimulatedAccount(make_torrents(30), frozen=True)))
    address = await server.start()
    serving = asyncio.create_task(server.serve())
    async with httpx.AsyncClient(base_url=address) as client:
        rows = (await client.get("/rest/1.0/torrents", headers={"Authorization": "Bearer T"})).json()
        assert len(rows) == 30
        await client.get(f"/rest/1.0/torrents/info/{rows[0]['id']}", headers={"Authorization": "Bearer T"})
        log = (await client.get("/_sim/log")).json()
        assert log["details_served"] == {rows[0]["id"]: 1}
        assert log["requests"] == 2
    serving.cancel()
    await server.stop()


@pytest.mark.slow
def test_the_demos_archive_is_filled_once_and_a_little_behind(made: Invocation) -> None:
    archive = made.paths.database.with_name("as made")
    content = archive.read_bytes()
    fill_demo(archive)
    assert archive.read_bytes() == content
    connection = open_reader(archive)
    count, detailed = connection.execute("SELECT count(*), count(details_at) FROM torrents").fetchone()
    connection.close()
    assert 0 < SMALL - count < 45
    assert 0 < count - detailed < 100


def test_what_an_indexer_offers_is_what_the_account_then_holds() -> None:
    pack = Offer(
        "Harbor.Lights.S02.1080p-FW", 2_000_000_000, files=("Harbor.Lights.S02E01.mkv", "Harbor.Lights.S02E02.mkv")
    )
    film = Offer("A.Film.2019.1080p-FW", 500, fate="magnet")
    account = SimulatedAccount([], frozen=True)
    account.offered = offered_in(lambda: SimulatedProwlarr({1: SimulatedIndexer("One", lambda query: [pack, film])}))
    service = SimulatedService(account)
    for offer in (pack, film):
        magnet = f"magnet=magnet:?xt=urn:btih:{hash_behind(offer)}".encode()
        service.answer("POST", "/torrents/addMagnet", {}, "Bearer x", magnet)
    held = [(one.filename, [file.path for file in one.files()], one.files()[0].bytes) for one in account.torrents()]
    assert held == [
        (film.title, ["/A.Film.2019.1080p-FW.mkv"], 500),
        (pack.title, ["/Harbor.Lights.S02E01.mkv", "/Harbor.Lights.S02E02.mkv"], 1_000_000_000),
    ]
