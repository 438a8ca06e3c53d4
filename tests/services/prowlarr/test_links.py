"""What stands behind the links of releases, and why there may be nothing."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr

from mediatui.demo.prowlarr import Fate, hash_of, torrent_of
from mediatui.services.errors import BadAnswer, ServiceError, SlowDown, Transient
from mediatui.services.prowlarr.client import Prowlarr
from mediatui.services.prowlarr.links import Linked, LinkGone
from mediatui.services.prowlarr.redirects import is_here
from tests.fakes.arr import KEY
from tests.fakes.prowlarr import FakeProwlarr, Offer

NAME = "Harbor.Lights.S02.1080p.WEB.x265-FW"


def client(transport: httpx.AsyncBaseTransport) -> Prowlarr:
    return Prowlarr("http://prowlarr.invalid", SecretStr(KEY), retry_pause_s=0.0001, transport=transport)


async def link_of(prowlarr: Prowlarr) -> str:
    (found,) = [one async for some in prowlarr.search(1, "harbor") for one in some]
    return found.link


@pytest.fixture
def fake() -> FakeProwlarr:
    return FakeProwlarr()


@pytest.fixture
async def prowlarr(fake: FakeProwlarr) -> AsyncIterator[Prowlarr]:
    one = client(fake.transport())
    yield one
    await one.close()


async def test_a_torrent_comes_as_it_is_and_a_redirect_to_a_magnet_as_that(
    fake: FakeProwlarr, prowlarr: Prowlarr
) -> None:
    offer = Offer(NAME)
    fake.add(1, [offer])
    linked = await prowlarr.open_link(await link_of(prowlarr))
    assert (linked.content, linked.magnet) == (torrent_of(offer), "")
    fake.add(1, [Offer(NAME, fate="magnet", hash="a" * 40)])
    linked = await prowlarr.open_link(await link_of(prowlarr))
    assert linked.content == b""
    assert linked.magnet.startswith(f"magnet:?xt=urn:btih:{'a' * 40}")


@pytest.mark.parametrize(("fate", "said"), [("gone", "Download failed"), ("page", "Invalid torrent file contents")])
async def test_what_is_gone_or_no_torrent_is_said_to_be(
    fake: FakeProwlarr, prowlarr: Prowlarr, fate: Fate, said: str
) -> None:
    fake.add(1, [Offer(NAME, fate=fate)])
    with pytest.raises(LinkGone, match=said):
        await prowlarr.open_link(await link_of(prowlarr))


async def test_an_indexer_that_is_paused_says_for_how_long(fake: FakeProwlarr, prowlarr: Prowlarr) -> None:
    fake.add(1, [Offer(NAME, fate="limit")])
    with pytest.raises(SlowDown, match="is paused") as paused:
        await prowlarr.open_link(await link_of(prowlarr))
    assert paused.value.retry_after == 120
    fake.add(1, [Offer(NAME)], grabs_left=0)
    with pytest.raises(SlowDown, match="limit of grabs"):
        await prowlarr.open_link(await link_of(prowlarr))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(301), LinkGone),
        (httpx.Response(302, headers={"location": "ftp://tracker.invalid/dl?passkey=SECRET0123"}), LinkGone),
        (httpx.Response(302, headers={"location": "file:///etc/passwd?SECRET0123"}), LinkGone),
        (httpx.Response(302, headers={"location": "http://127.0.0.1:8080/?SECRET0123"}), LinkGone),
        (httpx.Response(302, headers={"location": "http://[::ffff:169.254.1.1]/?SECRET0123"}), LinkGone),
        (httpx.Response(302, headers={"location": "http://a.localhost./?SECRET0123"}), LinkGone),
        (httpx.Response(302, headers={"location": "http://[::1/?SECRET0123"}), ServiceError),
        (httpx.Response(200, content=b"Sorry"), LinkGone),
        (httpx.Response(200, content=b"d" + b"0" * 17_000_000), BadAnswer),
        (httpx.Response(200, html="<!doctype html><title>Log in</title>"), ServiceError),
        (httpx.Response(500, content=b"oops"), Transient),
    ],
)
async def test_other_answers_are_errors_that_tell_no_key(answer: httpx.Response, error: type[ServiceError]) -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return answer

    prowlarr = client(httpx.MockTransport(handle))
    with pytest.raises(error) as raised:
        await prowlarr.open_link("1/download?link=a&file=b")
    await prowlarr.close()
    assert "SECRET0123" not in f"{raised.value.message} {raised.value.hint}"
    assert len(asked) == (3 if error is Transient else 1)  # only a failure of Prowlarr itself passes


async def test_the_hash_of_an_offer_is_that_of_its_torrent(fake: FakeProwlarr, prowlarr: Prowlarr) -> None:
    from mediatui.model.torrent_file import read_torrent_file

    assert read_torrent_file(torrent_of(Offer(NAME))).hash == hash_of(Offer(NAME))


Answers = dict[str, httpx.Response | Exception]


async def opened(answers: Answers, prowlarr: str = "http://prowlarr.invalid") -> tuple[Linked, list[httpx.Request]]:
    """What a link leads to whose indexer answers these addresses (the first is where Prowlarr leads to), and what was
    asked of it."""
    asked: list[httpx.Request] = []
    first = next(iter(answers))

    def handle(request: httpx.Request) -> httpx.Response:
        if "download" in request.url.path:
            return httpx.Response(301, headers={"location": first})
        asked.append(request)
        answer = answers[str(request.url)]
        if isinstance(answer, Exception):
            raise answer
        return answer

    client = Prowlarr(prowlarr, SecretStr(KEY), retry_pause_s=0.0001, transport=httpx.MockTransport(handle))
    try:
        return await client.open_link("1/download?link=a&file=b"), asked
    finally:
        await client.close()


def to(location: str) -> httpx.Response:
    return httpx.Response(302, headers={"location": location})


ONE, TWO, THREE, FOUR = (f"https://tracker.invalid/{number}?passkey=SECRET0123" for number in range(1, 5))
TORRENT = torrent_of(Offer(NAME))


async def test_a_redirect_past_prowlarr_is_followed_without_its_key(fake: FakeProwlarr, prowlarr: Prowlarr) -> None:
    fake.add(1, [Offer(NAME, fate="redirect")])
    assert (await prowlarr.open_link(await link_of(prowlarr))).content == TORRENT
    whole = httpx.Response(200, content=TORRENT)
    found: list[tuple[Answers, Linked]] = [
        ({ONE: whole}, Linked(TORRENT)),
        (
            {ONE: to("/2?passkey=SECRET0123"), TWO: to(THREE), THREE: httpx.Response(200, content=TORRENT)},
            Linked(TORRENT),
        ),
        ({ONE: to("magnet:?xt=urn:btih:" + "a" * 40)}, Linked(magnet="magnet:?xt=urn:btih:" + "a" * 40)),
    ]
    for answers, linked in found:
        came, asked = await opened(answers)
        assert came == linked
        assert len(asked) == len(answers)
        assert all("x-api-key" not in one.headers and KEY not in str(one.url) for one in asked)
    here = "http://127.0.0.1:8080/x"
    assert (await opened({here: httpx.Response(200, content=TORRENT)}, "http://127.0.0.1:9696"))[0].content == TORRENT


@pytest.mark.parametrize(
    ("answers", "error", "said"),
    [
        (
            {ONE: to(TWO), TWO: to(THREE), THREE: to(FOUR), FOUR: httpx.Response(200, content=TORRENT)},
            LinkGone,
            "3 times",
        ),
        ({ONE: to("http://localhost/")}, LinkGone, "which is this machine"),
        ({ONE: httpx.Response(200, html="<TITLE> Log&nbsp;in </TITLE>")}, LinkGone, r"a page \(Log in\)"),
        ({ONE: httpx.Response(404)}, LinkGone, "no torrent behind the link"),
        ({ONE: httpx.Response(429, headers={"retry-after": "90"})}, SlowDown, "slow down"),
        ({ONE: httpx.Response(502)}, Transient, "failed"),
        ({ONE: httpx.Response(200, content=b"d" * 17_000_000)}, BadAnswer, "more than"),
        ({ONE: httpx.ConnectError(f"no route to {ONE}")}, Transient, "cannot be reached"),
        ({ONE: httpx.ReadTimeout(f"late: {ONE}")}, Transient, "did not answer within"),
    ],
)
async def test_what_an_indexer_answers_instead_is_said_without_its_key(
    answers: Answers, error: type[ServiceError], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="mediatui")
    with pytest.raises(error, match=said) as raised:
        await opened(answers)
    assert "SECRET0123" not in f"{raised.value.sentence} {caplog.text}"
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True), ("::1", True), ("169.254.169.254", True), ("fe80::1%eth0", True), ("0.0.0.0", True),
        ("::ffff:127.0.0.1", True), ("LOCALHOST", True), ("192.168.1.2", False), ("tracker.invalid", False),
        ("2001:db8::1", False),
    ],
)  # fmt: skip
def test_this_machine_has_many_names(host: str, here: bool) -> None:
    assert is_here(host) is here
