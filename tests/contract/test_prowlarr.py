"""What is known of a Prowlarr: its refusals, and how it keeps silent about indexers that fail."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.contract.real import real_server
from tests.fakes.arr import KEY
from tests.fakes.prowlarr import UNAVAILABLE, FakeProwlarr

NOWHERE = 999_999


@pytest.fixture
def fake() -> FakeProwlarr:
    """One good indexer and one that fails."""
    fake = FakeProwlarr()
    fake.indexers = {1: ["Harbor.Lights.S02E04.1080p.WEB-DL.x264-GRP"], 3: None}
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


def search(fake: FakeProwlarr, *indexers: int) -> httpx.Response:
    """A search in these indexers."""
    with httpx.Client(base_url="http://prowlarr.invalid", transport=httpx.MockTransport(fake)) as client:
        asked = httpx.QueryParams({"query": "harbor", "type": "search"})
        for one in indexers:
            asked = asked.add("indexerIds", one)
        return client.get("/api/v1/search", params=asked, headers={"X-Api-Key": KEY})


# Of a real one this would cost its indexers requests, and one of them its standing.


def test_the_first_failure_of_an_indexer_looks_as_if_it_had_found_nothing(fake: FakeProwlarr) -> None:
    first, again = search(fake, 3), search(fake, 3)
    assert (first.status_code, first.json()) == (200, [])
    assert (again.status_code, again.json()["message"]) == (400, UNAVAILABLE)
    assert fake.paused == {3}


def test_beside_a_good_one_nothing_is_said_of_those_that_fail(fake: FakeProwlarr) -> None:
    for _ in range(2):
        answer = search(fake, 1, 3)
        assert answer.status_code == 200
        (row,) = answer.json()
        assert row["indexerId"] == 1
        assert {"guid", "title", "size", "infoHash", "seeders", "publishDate", "downloadUrl", "protocol"} <= set(row)
        assert "magnetUrl" not in row
