"""What is known of a Prowlarr: its refusals, and how it keeps silent about indexers that fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mediatui.demo.prowlarr import Fate, Fault, Offer
from tests.contract.real import real_server
from tests.fakes.arr import KEY
from tests.fakes.prowlarr import UNAVAILABLE, FakeProwlarr

NOWHERE = 999_999


@pytest.fixture
def fake() -> FakeProwlarr:
    """One good indexer and one that fails."""
    fake = FakeProwlarr()
    fake.strict = False
    fake.add(1, ["Harbor.Lights.S02E04.1080p.WEB-DL.x264-GRP"])
    fake.add(3, fault="error")
    return fake


@pytest.fixture(params=["fake", *(["real"] if real_server("prowlarr") else [])])
def prowlarr(request: pytest.FixtureRequest, fake: FakeProwlarr) -> Iterator[httpx.Client]:
    """A client of the fake, or of the real one."""
    real = real_server("prowlarr")
    if request.param == "real" and real:
        client = httpx.Client(base_url=real.url, headers={"X-Api-Key": real.key}, timeout=120)
    else:
        transport = httpx.MockTransport(fake)
        client = httpx.Client(base_url="http://prowlarr.invalid", headers={"X-Api-Key": KEY}, transport=transport)
    with client:
        yield client


@pytest.mark.parametrize("key", ["", "0" * 32])
def test_without_its_key_it_says_401_and_nothing_else(prowlarr: httpx.Client, key: str) -> None:
    answer = prowlarr.get("/api/v1/system/status", headers={"X-Api-Key": key})
    assert (answer.status_code, answer.content) == (401, b"")


def test_the_status_names_the_program(prowlarr: httpx.Client) -> None:
    status = prowlarr.get("/api/v1/system/status").json()
    assert status["appName"] == "Prowlarr"
    assert {"version", "urlBase"} <= set(status)


def test_an_indexer_tells_its_name_and_whether_it_is_on(prowlarr: httpx.Client) -> None:
    for row in prowlarr.get("/api/v1/indexer").json():
        assert {"id", "name", "enable", "protocol", "privacy", "priority", "supportsSearch"} <= set(row)


def test_an_indexer_there_is_not_is_called_unavailable(prowlarr: httpx.Client) -> None:
    answer = prowlarr.get("/api/v1/search", params={"query": "harbor", "indexerIds": NOWHERE})
    assert (answer.status_code, answer.json()["message"]) == (400, UNAVAILABLE)


def test_indexers_are_named_one_by_one(prowlarr: httpx.Client) -> None:
    answer = prowlarr.get("/api/v1/search", params={"query": "harbor", "indexerIds": "7,9"})
    assert answer.status_code == 400
    assert answer.json()["errors"] == {"indexerIds": ["The value '7,9' is not valid."]}


def test_the_list_of_paused_indexers_says_until_when(prowlarr: httpx.Client) -> None:
    for row in prowlarr.get("/api/v1/indexerstatus").json():
        assert {"indexerId", "disabledTill", "mostRecentFailure"} <= set(row)
        assert "id" not in row


def ask(fake: FakeProwlarr, path: str, params: httpx.QueryParams | None = None) -> httpx.Response:
    """A request with the key."""
    with httpx.Client(base_url="http://prowlarr.invalid", transport=httpx.MockTransport(fake)) as client:
        return client.get(path, params=params, headers={"X-Api-Key": KEY})


def search(fake: FakeProwlarr, *indexers: int, query: str = "harbor", **more: str | int) -> httpx.Response:
    """A search in these indexers."""
    asked = httpx.QueryParams({"query": query, "type": "search", "limit": 100, **more})
    for one in indexers:
        asked = asked.add("indexerIds", one)
    return ask(fake, "/api/v1/search", asked)


def caps(fake: FakeProwlarr, number: int) -> tuple[int, str]:
    """What is said of an indexer when its capabilities are asked for."""
    answer = ask(fake, f"/{number}/api", httpx.QueryParams({"t": "caps"}))
    return answer.status_code, answer.text


# Of a real one this would cost its indexers requests, and one of them its standing.


@pytest.mark.parametrize("fault", ["error", "limit", "page"])
def test_the_first_failure_of_an_indexer_looks_as_if_it_had_found_nothing(fake: FakeProwlarr, fault: Fault) -> None:
    fake.indexers[3].fault = fault
    first, again = search(fake, 3), search(fake, 3)
    assert (first.status_code, first.json()) == (200, [])
    assert (again.status_code, again.json()["message"]) == (400, UNAVAILABLE)
    assert fake.paused == {3}
    (row,) = ask(fake, "/api/v1/indexerstatus").json()
    assert (row["indexerId"], "id" in row) == (3, False)
    status, said = caps(fake, 3)
    assert (status, "Indexer is disabled till " in said) == (429, True)


def test_beside_a_good_one_nothing_is_said_of_those_that_fail(fake: FakeProwlarr) -> None:
    for _ in range(2):
        answer = search(fake, 1, 3)
        assert answer.status_code == 200
        (row,) = answer.json()
        assert row["indexerId"] == 1
        assert {"guid", "title", "size", "infoHash", "seeders", "publishDate", "downloadUrl", "protocol"} <= set(row)
        assert "magnetUrl" not in row


@pytest.mark.parametrize(
    "more",
    [
        {"type": "tvsearch", "query": "{tvdbid:900001}{season:2}"},
        {"type": "movie", "query": "quiet harbor {year:2014}"},
        {"categories": 7000},
    ],
)
def test_what_an_indexer_lacks_is_answered_with_nothing_and_asked_of_nobody(
    fake: FakeProwlarr, more: dict[str, Any]
) -> None:
    answer = search(fake, 1, **more)
    assert (answer.status_code, answer.json(), fake.indexers[1].asked) == (200, [], [])
    assert caps(fake, 1)[0] == 200


def test_an_indexer_that_can_be_asked_by_id_is(fake: FakeProwlarr) -> None:
    fake.indexers[1].tv = ("q", "season", "ep", "tvdbId")
    query = "{tvdbid:900001}{season:2}{episode:3}"
    assert len(search(fake, 1, query=query, type="tvsearch").json()) == 1
    assert fake.indexers[1].asked == [query]


def test_at_its_query_limit_an_indexer_is_silent_and_its_capabilities_say_so(fake: FakeProwlarr) -> None:
    fake.indexers[1].queries_left = 1
    assert len(search(fake, 1).json()) == 1
    assert search(fake, 1).json() == []
    assert ask(fake, "/api/v1/indexerstatus").json() == []
    status, said = caps(fake, 1)
    assert (status, "Indexer Query Limit of" in said) == (429, True)


def test_switched_off_and_unknown_indexers_are_told_apart_by_their_capabilities(fake: FakeProwlarr) -> None:
    fake.indexers[1].enabled = False
    assert search(fake, 1).status_code == 400
    assert [caps(fake, number)[0] for number in (1, NOWHERE)] == [410, 404]


def test_an_indexer_may_send_more_than_it_was_asked_for(fake: FakeProwlarr) -> None:
    one = fake.add(4, [f"Harbor.Lights.S01E{number:04}" for number in range(500)])
    assert len(search(fake, 4).json()) == 100
    one.ignores_limit = True
    assert len(search(fake, 4).json()) == 500


def links(fake: FakeProwlarr, *fates: Fate) -> list[httpx.Response]:
    """What comes of the links of releases with these fates, one after the other."""
    fake.add(5, [Offer(f"Harbor.Lights.S02E0{at}", fate=fate) for at, fate in enumerate(fates)])
    rows = search(fake, 5).json()
    return [ask(fake, row["downloadUrl"]) for row in rows]


def test_links_lead_to_a_torrent_a_magnet_or_say_that_there_is_none(fake: FakeProwlarr) -> None:
    torrent, magnet, gone, page, redirect = links(fake, "torrent", "magnet", "gone", "page", "redirect")
    assert (torrent.status_code, torrent.content[:7]) == (200, b"d4:info")
    assert (magnet.status_code, magnet.headers["location"][:20]) == (301, "magnet:?xt=urn:btih:")
    assert (gone.status_code, "Download failed" in gone.text) == (410, True)
    assert (page.status_code, "Invalid torrent file contents" in page.text) == (500, True)
    assert (redirect.status_code, redirect.headers["location"][:24]) == (301, "https://indexer.invalid/")
    unknown = ask(fake, "/5/download", httpx.QueryParams({"link": "AAAA", "file": "x"}))
    assert (unknown.status_code, unknown.json()["message"]) == (500, "Failed to normalize provided link")


def test_one_link_at_its_limit_pauses_every_link_and_the_searches_of_its_indexer(fake: FakeProwlarr) -> None:
    limited, after = links(fake, "limit", "torrent")
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "120")
    assert (after.status_code, int(after.headers["retry-after"]) > 120) == (429, True)
    assert search(fake, 5).status_code == 400
