"""From a release to its torrent: the next link after one that fails, and never another torrent than was offered."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr

from mediatui.acquire.release_links import PRIVATE, NotFetched, ReleaseLinks
from mediatui.demo.prowlarr import hash_of
from mediatui.model.human import short_moment
from mediatui.model.release import FoundRelease, Release
from mediatui.services.prowlarr.client import Prowlarr
from mediatui.settings.acquisition import AcquireSettings
from mediatui.system.torrent_source import TorrentSource
from tests.fakes.arr import KEY
from tests.fakes.prowlarr import FakeProwlarr, Offer

NAME = "Harbor.Lights.S02.1080p.HDTV.x265-FW"


@pytest.fixture
def fake() -> FakeProwlarr:
    return FakeProwlarr()


@pytest.fixture
async def prowlarr(fake: FakeProwlarr) -> AsyncIterator[Prowlarr]:
    one = Prowlarr("http://prowlarr.invalid", SecretStr(KEY), retry_pause_s=0.0001, transport=fake.transport())
    yield one
    await one.close()


async def rows_at(prowlarr: Prowlarr, number: int) -> list[FoundRelease]:
    return [one async for some in prowlarr.search(number, "harbor") for one in some]


async def release_at(prowlarr: Prowlarr, *numbers: int) -> Release:
    """A release as the first indexer offers it, and the others beside it."""
    offers = []
    for number in numbers:
        async for some in prowlarr.search(number, "harbor"):
            offers += some
    first, *also = offers
    return Release(7, 1, first, tuple(also))


async def test_a_link_that_is_gone_is_followed_by_that_of_another_indexer(
    fake: FakeProwlarr, prowlarr: Prowlarr
) -> None:
    fake.add(1, [Offer(NAME, fate="gone")], name="Alpha")
    fake.add(2, [Offer(NAME)], name="Bravo")
    source = await ReleaseLinks(prowlarr).fetch(await release_at(prowlarr, 1, 2))
    assert isinstance(source, TorrentSource)
    assert source.hash == hash_of(Offer(NAME))
    assert source.facts is not None


async def test_another_torrent_than_was_offered_is_not_taken(fake: FakeProwlarr, prowlarr: Prowlarr) -> None:
    fake.add(1, [Offer(NAME, hash="b" * 40)], name="Alpha")
    found = await ReleaseLinks(prowlarr).fetch(await release_at(prowlarr, 1))
    assert isinstance(found, NotFetched)
    assert "another hash" in found.why
    assert f"grab {'b' * 40} sends it by its hash" in found.why


async def test_what_cannot_be_fetched_is_named_and_the_others_go_on(fake: FakeProwlarr, prowlarr: Prowlarr) -> None:
    fake.add(1, [Offer(NAME, fate="gone")], name="Alpha")
    fake.add(2, [Offer(NAME, fate="magnet", hash="c" * 40)], name="Bravo")
    both = [await release_at(prowlarr, 1), await release_at(prowlarr, 2)]
    sources, left = await ReleaseLinks(prowlarr).fetch_all(both)
    assert [one.hash for _, one in sources] == ["c" * 40]
    assert [what for what, _ in left] == [NAME]
    assert left[0][1].startswith("Alpha: The indexer has no torrent behind its link")


async def test_without_prowlarr_or_a_link_the_hash_does_and_usenet_is_not_sent() -> None:
    offer = FoundRelease("g", 1, "Alpha", NAME, hash="d" * 40, link="1/download?link=a")
    assert await ReleaseLinks(None).fetch(Release(7, 1, offer)) == TorrentSource("d" * 40, NAME)
    bare = FoundRelease("g", 1, "Alpha", NAME)
    assert await ReleaseLinks(None).fetch(Release(7, 1, bare)) == NotFetched(NAME, "its hash is not known")
    usenet = FoundRelease("g", 1, "Alpha", NAME, hash="d" * 40, protocol="usenet")
    assert await ReleaseLinks(None).fetch(Release(7, 1, usenet)) == NotFetched(
        NAME, "it is of usenet, which is not sent"
    )


async def test_a_magnet_of_a_private_indexer_is_sent_only_when_that_is_typed_and_a_generic_one_is_not_believed(
    fake: FakeProwlarr, prowlarr: Prowlarr
) -> None:
    offer = Offer(NAME, fate="magnet", hash="c" * 40)
    fake.add(1, [offer], name="Alpha", privacy="private", definition="alphatracker")
    fake.add(2, [offer], name="Bravo", privacy="private")
    release = await release_at(prowlarr, 1)
    assert await ReleaseLinks(prowlarr).fetch(release) == NotFetched(NAME, PRIVATE)
    for found in (
        await ReleaseLinks(prowlarr, is_named=True).fetch(release),
        await ReleaseLinks(prowlarr).fetch(await release_at(prowlarr, 2)),
    ):
        assert isinstance(found, TorrentSource)
        assert found.hash == "c" * 40


async def test_an_indexer_that_is_paused_by_one_link_is_asked_for_no_other(
    fake: FakeProwlarr, prowlarr: Prowlarr
) -> None:
    names = [f"Harbor.Lights.S0{number}.1080p.HDTV.x265-FW" for number in range(1, 4)]
    fake.add(1, [Offer(names[0], fate="limit"), *(Offer(name) for name in names[1:])], name="Alpha")
    fake.add(2, [Offer(names[1])], name="Bravo")
    (first, second, third), (other,) = await rows_at(prowlarr, 1), await rows_at(prowlarr, 2)
    asked: list[str] = []
    answers = fake.__class__.__call__

    def noting(self: FakeProwlarr, request: httpx.Request) -> httpx.Response:
        asked.extend([request.url.path] if request.url.path.endswith("download") else [])
        return answers(self, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeProwlarr, "__call__", noting)
        releases = [Release(1, 1, first), Release(2, 1, second, (other,)), Release(3, 1, third)]
        sources, left = await ReleaseLinks(prowlarr).fetch_all(releases)
    assert [one.hash for _, one in sources] == [hash_of(Offer(names[1]))]
    assert asked == ["/1/download", "/2/download"]
    until = short_moment(fake.indexers[1].paused_until)  # longer than the 120 s that the indexer itself said
    assert fake.indexers[1].paused_until > time.time() + 200
    assert [what for what, _ in left] == [names[0], names[2]]
    assert all("Alpha: The indexer is paused" in why and f" until {until}; grab it again" in why for _, why in left)


async def test_a_link_is_asked_for_again_when_prowlarr_itself_failed(fake: FakeProwlarr, prowlarr: Prowlarr) -> None:
    fake.add(1, [Offer(NAME)], name="Alpha")
    release = await release_at(prowlarr, 1)
    failures = [httpx.Response(500, text="Object reference not set")] * 2
    answers = fake.__class__.__call__

    def failing(self: FakeProwlarr, request: httpx.Request) -> httpx.Response:
        return failures.pop() if failures else answers(self, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeProwlarr, "__call__", failing)
        found = await ReleaseLinks(prowlarr).fetch(release)
        assert isinstance(found, TorrentSource)
        failures += [httpx.Response(500, text="again")] * 4
        found = await ReleaseLinks(prowlarr).fetch(release)
    assert isinstance(found, NotFetched)
    assert found.why == "Alpha: Prowlarr failed (HTTP 500)"
    assert len(failures) == 1, "three tries"


async def test_what_an_indexer_offers_is_sent_to_the_account_only_where_that_is_its_route_or_typed(
    fake: FakeProwlarr, prowlarr: Prowlarr
) -> None:
    fake.add(1, [Offer(NAME)], name="Alpha")
    fake.add(2, [Offer(NAME)], name="Bravo")
    alone, both = await release_at(prowlarr, 1), await release_at(prowlarr, 1, 2)
    route_of = AcquireSettings(route_by_indexer={"Alpha": "seedbox", "bravo": "debrid"}).route_of
    found = await ReleaseLinks(prowlarr, route_of=route_of).fetch(alone)
    assert isinstance(found, NotFetched)
    assert "sends what Alpha offers to the seedbox; --route debrid" in found.why
    asked = [one.asked for one in fake.indexers.values()]
    for release, named in ((both, False), (alone, True)):
        source = await ReleaseLinks(prowlarr, is_named=named, route_of=route_of).fetch(release)
        assert isinstance(source, TorrentSource)
    assert [one.asked for one in fake.indexers.values()] == asked
