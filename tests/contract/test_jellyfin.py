"""What is known of a Jellyfin: who it is, its refusals, and its items page by page."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.contract.real import real_server
from tests.fakes.arr import KEY
from tests.fakes.jellyfin import FakeJellyfin

CLIENT = 'Client="mediatui", Device="terminal", DeviceId="11111111-2222-3333-4444-555555555555", Version="1.0"'


@pytest.fixture(params=["fake", *(["real"] if real_server("jellyfin") else [])])
def jellyfin(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A client of the fake with three films, or of the real one."""
    fake = FakeJellyfin()
    fake.films = [f"/media/Films/Film {number} (2001)/Film {number} (2001).mkv" for number in range(3)]
    real = real_server("jellyfin")
    if request.param == "real" and real:
        client = httpx.Client(base_url=real.url, timeout=60)
    else:
        client = httpx.Client(base_url="http://jellyfin.invalid", transport=httpx.MockTransport(fake))
    key = real.key if request.param == "real" and real else KEY
    client.headers["authorization"] = f'MediaBrowser Token="{key}", {CLIENT}'
    with client:
        yield client


def items(client: httpx.Client, **asked: object) -> dict[str, object]:
    """A page of the films of the first user."""
    user = client.get("/Users").json()[0]["Id"]
    about = {"userId": user, "recursive": "true", "includeItemTypes": "Movie", "fields": "Path,ProviderIds"}
    answer = client.get("/Items", params={**about, **{name: str(value) for name, value in asked.items()}})
    assert answer.status_code == 200
    page: dict[str, object] = answer.json()
    return page


def test_who_it_is_is_told_without_a_key(jellyfin: httpx.Client) -> None:
    answer = jellyfin.get("/System/Info/Public", headers={"authorization": ""})
    assert answer.status_code == 200
    assert {"Id", "ProductName", "ServerName", "Version", "StartupWizardCompleted"} <= set(answer.json())


@pytest.mark.parametrize("given", ["", f'MediaBrowser Token="WRONG", {CLIENT}', f"Bearer {KEY}"])
def test_without_its_key_it_says_401_and_nothing_else(jellyfin: httpx.Client, given: str) -> None:
    answer = jellyfin.get("/System/Info", headers={"authorization": given})
    assert (answer.status_code, answer.content) == (401, b"")


def test_libraries_tell_where_they_are(jellyfin: httpx.Client) -> None:
    for row in jellyfin.get("/Library/VirtualFolders").json():
        assert {"Name", "Locations", "ItemId"} <= set(row)


def test_items_come_in_pages_with_their_count(jellyfin: httpx.Client) -> None:
    page = items(jellyfin, startIndex=0, limit=2)
    assert set(page) == {"Items", "TotalRecordCount", "StartIndex"}
    rows = page["Items"]
    assert isinstance(rows, list)
    assert len(rows) <= 2
    for row in rows:
        assert {"Id", "Name", "Type", "Path", "ProviderIds", "LocationType"} <= set(row)


def test_a_page_beyond_the_end_is_empty_and_has_the_true_count(jellyfin: httpx.Client) -> None:
    total = items(jellyfin, limit=1)["TotalRecordCount"]
    assert items(jellyfin, startIndex=5_000_000, limit=2) == {
        "Items": [], "TotalRecordCount": total, "StartIndex": 5_000_000,
    }  # fmt: skip


def test_a_path_is_no_parameter_and_the_whole_library_comes_back(jellyfin: httpx.Client) -> None:
    whole = items(jellyfin, limit=1)["TotalRecordCount"]
    assert items(jellyfin, limit=1, path="/media/none.mkv")["TotalRecordCount"] == whole


def test_an_item_there_is_not_and_what_is_no_id(jellyfin: httpx.Client) -> None:
    user = jellyfin.get("/Users").json()[0]["Id"]
    gone = jellyfin.get(f"/Items/{'0' * 31}9", params={"userId": user})
    assert (gone.status_code, gone.json()["title"]) == (404, "Not Found")
    wrong = jellyfin.get("/Items/4711", params={"userId": user})
    assert (wrong.status_code, wrong.json()["errors"]) == (400, {"itemId": ["The value '4711' is not valid."]})


def test_a_report_is_taken_without_a_word_whatever_its_path(jellyfin: httpx.Client) -> None:
    report = {"Updates": [{"Path": "/opt/elsewhere/x.mkv", "UpdateType": "Created"}]}
    answer = jellyfin.post("/Library/Media/Updated", json=report)
    assert (answer.status_code, answer.content) == (204, b"")
    assert jellyfin.put("/Library/Media/Updated", json=report).status_code == 405
