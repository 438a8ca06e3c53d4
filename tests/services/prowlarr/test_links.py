"""What stands behind the links of releases, and why there may be nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr

from mediatui.demo.prowlarr import Fate, hash_of, torrent_of
from mediatui.services.errors import BadAnswer, ServiceError, SlowDown, Transient
from mediatui.services.prowlarr.client import Prowlarr
from mediatui.services.prowlarr.links import LinkGone
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
        (httpx.Response(301, headers={"location": "http://tracker.invalid/dl?passkey=SECRET0123"}), LinkGone),
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
    assert len(asked) == 1


async def test_the_hash_of_an_offer_is_that_of_its_torrent(fake: FakeProwlarr, prowlarr: Prowlarr) -> None:
    from mediatui.model.torrent_file import read_torrent_file

    assert read_torrent_file(torrent_of(Offer(NAME))).hash == hash_of(Offer(NAME))
