"""The client against the simulated service and its faults: lenient, strict where it matters, patient."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from mediatui.demo.account import SimulatedAccount
from mediatui.demo.faults import Fault, Reply, cut_body, dropped, error, html, no_content, not_a_list, slow, with_rows
from mediatui.demo.seed import make_torrents
from mediatui.demo.service import SimulatedService
from mediatui.demo.transport import SimulatedTransport
from mediatui.model.errors import UsageError
from mediatui.services.budget import Budget, MemoryLedger
from mediatui.services.errors import BadAnswer, DeadLink, NotFound, Refused, Transient, Unreachable
from mediatui.services.realdebrid.client import RealDebrid, clean_token
from mediatui.services.realdebrid.http import check_base_url, realdebrid_http
from mediatui.services.realdebrid.schemas import epoch, read_detail

TOKEN = "GOODTOKEN77"


class World:
    """A client before a simulated service."""

    def __init__(self, *faults: Fault, count: int = 120, token: str = TOKEN, timeout_s: float = 5.0) -> None:
        self.service = SimulatedService(
            SimulatedAccount(make_torrents(count), frozen=True), token=TOKEN, window_s=0.5, faults=faults
        )
        self.budget = Budget(MemoryLedger(), limit=200, window_s=0.5)
        http = realdebrid_http(
            "http://simulated.invalid/rest/1.0/",
            token,
            self.budget,
            timeout_s=timeout_s,
            transport=SimulatedTransport(self.service),
        )
        self.client = RealDebrid(http, self.budget)


async def test_a_page_a_detail_and_the_account() -> None:
    world = World()
    page = await world.client.torrents_page(1, 50)
    assert (len(page.rows), page.raw_count, page.total) == (50, 50, 120)
    first = page.rows[0]
    detail = await world.client.torrent(first.id)
    assert detail.row.hash == first.hash
    assert len(detail.files) >= 1
    assert (await world.client.active_count()).limit == 20
    account = await world.client.user()
    assert (account.username, account.premium_days) == ("demo", 180)
    assert abs(await world.client.clock_skew()) < 5
    assert await world.client.traffic() == ()
    await world.client.close()


async def test_links_of_big_pages_say_nothing() -> None:
    world = World()
    assert all(row.links is None for row in (await world.client.torrents_page(1, 120)).rows)
    assert any(row.links for row in (await world.client.torrents_page(1, 100)).rows)


async def test_a_page_past_the_end_is_empty_with_the_count() -> None:
    page = await World().client.torrents_page(9, 100)
    assert (page.rows, page.total) == ((), 120)


@pytest.mark.parametrize(
    "change",
    [html(503), html(502), error(503, 25, "service_unavailable"), error(500, -1, "internal"), cut_body, dropped],
)
async def test_what_fails_in_passing_is_tried_again(change: Callable[[Reply], Reply]) -> None:
    world = World(Fault("/torrents", change, times=3))
    assert len((await world.client.torrents_page(1, 50)).rows) == 50
    assert world.service.count("/torrents") == 4


async def test_after_five_tries_the_failure_is_raised() -> None:
    world = World(Fault("/torrents", html(503), times=100))
    with pytest.raises(Transient, match="503"):
        await world.client.torrents_page(1, 50)
    assert world.service.count("/torrents") == 5


async def test_a_slow_answer_times_out() -> None:
    world = World(Fault("/torrents", slow(30), times=100), timeout_s=0.02)
    with pytest.raises(Transient, match="did not answer in time"):
        await world.client.torrents_page(1, 50)


class Dripping(httpx.AsyncBaseTransport):
    """Sends a blank now and then, and never an end."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        class Body(httpx.AsyncByteStream):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                while True:
                    yield b" "
                    await asyncio.sleep(0.001)

        return httpx.Response(200, stream=Body(), request=request)


async def test_an_answer_that_drips_in_for_ever_times_out() -> None:
    budget = Budget(MemoryLedger(), window_s=0.1)
    http = realdebrid_http("http://account.invalid", TOKEN, budget, timeout_s=0.02, transport=Dripping())
    with pytest.raises(Transient, match="did not answer in time"):
        await RealDebrid(http, budget).user()
    await http.close()


async def test_an_answer_over_a_second_is_logged_as_slow(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "mediatui")
    await World(Fault("/user", slow(1.05))).client.user()
    assert [record.getMessage()[:15] for record in caplog.records if "slow" in record.getMessage()] == [
        "slow: GET /user"
    ]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (error(503, 19, "hoster_unavailable"), DeadLink),
        (error(404, 7, "unknown_ressource"), NotFound),
        (error(401, 8, "bad_token"), Refused),
    ],
)
async def test_what_will_not_change_is_asked_once(change: Callable[[Reply], Reply], kind: type[Exception]) -> None:
    world = World(Fault("/torrents", change, times=100))
    with pytest.raises(kind):
        await world.client.torrent("X")
    assert world.service.count("/torrents") == 1


@pytest.mark.parametrize("headers", [{}, {"retry_after": "0.05"}])
async def test_asked_to_slow_down_it_waits_and_goes_on(headers: dict[str, str]) -> None:
    world = World(Fault("/torrents", error(429, 34, "too_many_requests", **headers), times=2))
    waits: list[str] = []
    world.budget.on_wait = lambda reason, until: waits.append(reason)
    assert len((await world.client.torrents_page(1, 50)).rows) == 50
    assert "the service asked to slow down" in waits


async def test_a_wrong_token_is_refused_and_never_shown() -> None:
    world = World(token="WRONGTOKEN99")
    with pytest.raises(Refused) as caught:
        await world.client.user()
    assert "does not accept the token" in caught.value.message
    assert "WRONGTOKEN99" not in f"{caught.value.message}{caught.value.hint}{caught.value!r}"


@pytest.mark.parametrize(
    "change",
    [
        not_a_list,
        lambda reply: Reply(200, b"no json", reply.headers),
        with_rows(lambda rows: rows[3].pop("id")),
        with_rows(lambda rows: rows[3].update(id="")),
        with_rows(lambda rows: rows.append("text")),  # type: ignore[arg-type]
    ],
)
async def test_a_page_that_is_none_is_an_error_not_an_empty_list(change: Callable[[Reply], Reply]) -> None:
    with pytest.raises(BadAnswer):
        await World(Fault("/torrents", change, times=100)).client.torrents_page(1, 50)


async def test_no_content_is_empty_without_a_count() -> None:
    page = await World(Fault("/torrents", no_content)).client.torrents_page(1, 50)
    assert (page.rows, page.total) == ((), None)


async def test_odd_rows_are_read_leniently() -> None:
    odd = {
        "filename": unicodedata.normalize("NFD", "Été"),
        "hash": "ABCDEF",
        "progress": 33.333,
        "status": "transmuting",
        "bytes": "12345",
        "split": None,
        "added": "not a date",
        "seeders": None,
    }

    def change(rows: list[dict[str, object]]) -> None:
        rows[0] = {"id": rows[0]["id"], **odd}
        rows[1] = {"id": 77}

    page = await World(Fault("/torrents", with_rows(change))).client.torrents_page(1, 50)
    row = page.rows[0]
    assert (row.filename, row.hash, row.progress, row.status) == ("Été", "abcdef", 33.333, "transmuting")
    assert (row.bytes, row.split, row.added, row.added_at) == (12345, 0, "not a date", None)
    assert (page.rows[1].id, page.rows[1].status) == ("77", "unknown")


NOT_READABLE = {
    "filename": {"a": 1},
    "hash": 7,
    "bytes": "abc",
    "progress": "",
    "status": None,
    "added": 5,
    "ended": [],
    "seeders": 3.5,
    "speed": "fast",
    "links": [None, "https://real-debrid.com/d/AAAAAAAAAAAAA"],
}


@pytest.mark.parametrize("field", NOT_READABLE)
async def test_one_field_that_cannot_be_read_costs_neither_the_row_nor_the_page(field: str) -> None:
    def change(rows: list[dict[str, object]]) -> None:
        rows[1][field] = NOT_READABLE[field]

    page = await World(Fault("/torrents", with_rows(change))).client.torrents_page(1, 50)
    assert len(page.rows) == page.raw_count
    assert page.rows[1].id
    if field == "links":
        assert page.rows[1].links is None
    if field == "status":
        assert page.rows[1].status == "unknown"


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", str(10**30), str(-(10**30))])
async def test_numbers_sqlite_cannot_hold_are_brought_within_reach(number: str) -> None:
    fields = ("bytes", "progress", "split", "seeders", "speed")
    numbers = "".join(f', "{name}": {number}' for name in fields)
    row = read_detail(json.loads('{"id": "A"' + numbers + "}")).row
    assert 0 <= row.bytes < 2**63
    assert 0 <= row.split < 2**63
    assert 0 <= (row.seeders or 0) < 2**63
    assert 0 <= (row.speed or 0) < 2**63
    assert 0 <= row.progress <= 100


def test_half_a_surrogate_pair_in_a_name_is_replaced_and_in_an_id_refused() -> None:
    assert read_detail({"id": "A", "filename": "bad \ud800 name"}).row.filename == "bad \ufffd name"
    with pytest.raises(BadAnswer, match="id"):
        read_detail({"id": "\ud800"})


def test_lists_written_as_objects_are_read_in_their_order_and_others_are_an_error() -> None:
    links = {"0": "https://real-debrid.com/d/A", "2": "https://real-debrid.com/d/B"}
    detail = read_detail({"id": "A", "links": links, "files": {}})
    assert (detail.links, detail.files) == (tuple(links.values()), ())
    with pytest.raises(BadAnswer, match="links"):
        read_detail({"id": "A", "links": [None]})


async def test_details_of_another_torrent_are_not_taken() -> None:
    world = World()
    ids = [row.id for row in (await world.client.torrents_page(1, 2)).rows]
    other = world.service.account.info(ids[1])
    world.service.faults.append(
        Fault("/torrents/info", lambda reply: Reply(200, httpx.Response(200, json=other).content, reply.headers))
    )
    with pytest.raises(BadAnswer, match=ids[1]):
        await world.client.torrent(ids[0])


async def test_a_redirect_is_not_followed() -> None:
    moved = Fault("/user", lambda reply: Reply(302, b"", {"location": "http://elsewhere.invalid/"}))
    with pytest.raises(BadAnswer, match="redirect"):
        await World(moved).client.user()


@pytest.mark.parametrize("change", [html(404), error(404, 3, "unknown_method")])
async def test_an_address_without_the_api_is_named(change: Callable[[Reply], Reply]) -> None:
    with pytest.raises(BadAnswer, match="There is no Real-Debrid API at http") as caught:
        await World(Fault("/torrents", change)).client.torrents_page(1, 1)
    assert "base_url" in caught.value.hint


async def test_a_host_that_is_not_there_is_named() -> None:
    budget = Budget(MemoryLedger(), window_s=0.1)
    client = RealDebrid(realdebrid_http("http://127.0.0.1:9/rest", TOKEN, budget), budget)
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9 cannot be reached"):
        await client.user()
    await client.close()


@pytest.mark.parametrize("url", ["", "ftp://x", "api.real-debrid.com", "http://", "nonsense"])
def test_a_wrong_base_address_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError, match="not a base address"):
        check_base_url(url)


@pytest.mark.parametrize(
    ("given", "token"), [("ABC123", "ABC123"), ("  ABC123 \n", "ABC123"), ("\t\x00ABC-1_2\x7f", "ABC-1_2")]
)
def test_a_token_is_cleaned_at_its_ends(given: str, token: str) -> None:
    assert clean_token(given) == token


@pytest.mark.parametrize(
    ("given", "wrong"),
    [("", "no Real-Debrid token"), (" \n", "no Real-Debrid token"), ("AB\nCD", "line break"), ("AB CD", "a blank at"),
     ("tökèn", "not ASCII at character 2 of 5"), ("<token>", "a sign that does not belong there at character 1 of 7")],
)  # fmt: skip
def test_an_odd_token_is_named_as_what_is_wrong_with_it(given: str, wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong):
        clean_token(given)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-05-04T11:22:33.000Z", 1777893753),
        ("2026-05-04 11:22:33", 1777893753),
        ("", None),
        (None, None),
        ("x", None),
    ],
)
def test_dates_are_utc(text: str | None, seconds: int | None) -> None:
    assert epoch(text) == seconds


def test_a_detail_without_files_or_links_is_a_detail() -> None:
    detail = read_detail({"id": "A", "filename": "x", "files": None, "links": None})
    assert (detail.files, detail.links, detail.original_filename) == ((), (), "x")
