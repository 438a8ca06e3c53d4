"""What is known of a Jellyfin: who it is, its refusals, and its items page by page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.contract.real import real_server
from tests.fakes.jellyfin import JELLYFIN_SHAPES, KEY, FakeJellyfin, wrong_fields

CLIENT = 'Client="mediatui", Device="terminal", DeviceId="11111111-2222-3333-4444-555555555555", Version="1.0"'


@pytest.fixture(params=["fake", *(["real"] if real_server("jellyfin") else [])])
def jellyfin(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of the fake with three films and two episodes, or of the real one."""
    fake = FakeJellyfin(tmp_path, strict=False)
    for number in range(3):
        fake.add_film(f"Film {number} (2001) [tmdbid-{number + 990}]")
    for number in (1, 2):
        fake.add_episode("Dust Ferry (2019)", 1, number)
    fake.scan()
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


def test_no_field_is_invented(jellyfin: httpx.Client, request: pytest.FixtureRequest) -> None:
    if request.node.callspec.params["jellyfin"] == "real":
        pytest.skip("what a real one sends more does no harm")
    user = jellyfin.get("/Users").json()[0]["Id"]
    row = jellyfin.get("/Items", params={"userId": user, "includeItemTypes": "Movie"}).json()["Items"][0]["Id"]
    state = {"userId": user}
    jellyfin.post(f"/UserItems/{row}/UserData", params=state, json={"PlaybackPositionTicks": 1_000_000_000})
    asked = {
        "GET /Items": {"userId": user, "recursive": "true", "fields": "Path,ProviderIds,MediaSources,DateCreated"},
        "GET /Items/{id}": state, "GET /UserItems/{id}/UserData": state, "POST /UserPlayedItems/{id}": state,
        "DELETE /UserPlayedItems/{id}": state,
    }  # fmt: skip
    for name, shape in JELLYFIN_SHAPES.items():
        method, path = name.split()
        if (method, path) == ("POST", "/UserItems/{id}/UserData"):
            answer = jellyfin.post(path.replace("{id}", row), params=state, json={"PlayCount": 2})
        else:
            answer = jellyfin.request(method, path.replace("{id}", row), params=asked.get(name))
        assert answer.status_code == 200, name
        assert wrong_fields(answer.json(), shape) == [], name


def test_what_a_user_has_seen_is_set_and_read_back(jellyfin: httpx.Client) -> None:
    """The state of a film as it was is put back at the end."""
    user = {"userId": jellyfin.get("/Users").json()[0]["Id"]}
    rows = items(jellyfin, limit=1)["Items"]
    assert isinstance(rows, list)
    if not rows:
        pytest.skip("the server has no film")
    state, mark = f"/UserItems/{rows[0]['Id']}/UserData", f"/UserPlayedItems/{rows[0]['Id']}"
    before = jellyfin.get(state, params=user).json()
    try:
        seen = jellyfin.post(mark, params={**user, "datePlayed": "2026-01-02T03:04:05Z"}).json()
        assert (seen["Played"], seen["PlaybackPositionTicks"]) == (True, 0)
        assert seen["LastPlayedDate"].startswith("2026-01-02T03:04:05")
        taken = jellyfin.delete(mark, params=user).json()
        assert (taken["Played"], taken["PlayCount"], taken.get("LastPlayedDate")) == (False, 0, None)
        placed = jellyfin.post(state, params=user, json={"PlaybackPositionTicks": 1_000_000_000, "PlayCount": 1}).json()
        assert (placed["Played"], placed["PlaybackPositionTicks"]) == (False, 1_000_000_000)
        assert jellyfin.get(state, params=user).json()["PlaybackPositionTicks"] == 1_000_000_000
        favourite = f"/UserFavoriteItems/{rows[0]['Id']}"
        assert jellyfin.post(favourite, params=user).json()["IsFavorite"] is True
        assert jellyfin.delete(favourite, params=user).json()["IsFavorite"] is False
    finally:
        jellyfin.request("POST" if before["Played"] else "DELETE", mark, params=user)
        if before["IsFavorite"]:
            jellyfin.post(f"/UserFavoriteItems/{rows[0]['Id']}", params=user)
        kept = {
            name: before[name] for name in ("PlaybackPositionTicks", "PlayCount", "LastPlayedDate") if name in before
        }
        if before["PlaybackPositionTicks"] or before["Played"]:
            jellyfin.post(state, params=user, json=kept)


def test_what_is_asked_without_a_user_is_refused(jellyfin: httpx.Client) -> None:
    rows = items(jellyfin, limit=1)["Items"]
    assert isinstance(rows, list)
    number = rows[0]["Id"] if rows else "0" * 32
    assert jellyfin.get(f"/Items/{number}").status_code == 400
    assert jellyfin.post(f"/UserPlayedItems/{number}").status_code == 400
    assert jellyfin.get("/Items", params={"userId": "abc"}).json()["errors"] == {
        "userId": ["The value 'abc' is not valid."]
    }
    assert jellyfin.get("/Items", params={"userId": f"{'0' * 31}1"}).status_code == 404


def test_users_tell_who_is_an_administrator(jellyfin: httpx.Client) -> None:
    users = jellyfin.get("/Users").json()
    assert any(user["Policy"]["IsAdministrator"] for user in users)
    assert all({"Name", "Id", "Policy"} <= set(user) for user in users)
