"""What is known of a Plex: its refusals, its sections, their files page by page, and how it takes a report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.contract.real import real_server
from tests.fakes.plex import TOKEN, FakePlex

HEADERS = {
    "X-Plex-Client-Identifier": "11111111-2222-3333-4444-555555555555", "X-Plex-Product": "mediatui",
    "Accept": "application/json",
}  # fmt: skip
GONE = 999_999_999


@pytest.fixture(params=["fake", *(["real"] if real_server("plex") else [])])
def plex(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A client of the fake with three films, or of the real one."""
    real = real_server("plex")
    if request.param == "real" and real:
        client = httpx.Client(base_url=real.url, headers={**HEADERS, "X-Plex-Token": real.key}, timeout=60)
    else:
        fake = FakePlex()
        fake.section("1", "Films", "movie", "/media/Films")
        for number in range(3):
            fake.file("1", f"/media/Films/Film {number} (2001)/Film {number} (2001).mkv")
        transport = httpx.MockTransport(fake)
        client = httpx.Client(
            base_url="http://plex.invalid", headers={**HEADERS, "X-Plex-Token": TOKEN}, transport=transport
        )
    with client:
        yield client


def container(client: httpx.Client, path: str, **headers: str) -> dict[str, Any]:
    """The MediaContainer at a path."""
    answer = client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()["MediaContainer"]
    return found


def films(client: httpx.Client) -> str:
    """The key of the first section of films."""
    rows = [row for row in container(client, "/library/sections")["Directory"] if row["type"] == "movie"]
    if not rows:
        pytest.skip("this server has no section of films")
    return str(rows[0]["key"])


def page(client: httpx.Client, start: int, size: int) -> dict[str, Any]:
    """Some films of the first section of films."""
    path = f"/library/sections/{films(client)}/all?type=1&includeGuids=1"
    return container(client, path, X_Plex_Container_Start=str(start), X_Plex_Container_Size=str(size))


@pytest.mark.parametrize("token", ["", "wrong-token-12345678"])
def test_without_its_token_it_says_401(plex: httpx.Client, token: str) -> None:
    assert plex.get("/library/sections", headers={"X-Plex-Token": token}).status_code == 401


def test_it_tells_which_server_it_is(plex: httpx.Client) -> None:
    assert {"machineIdentifier", "version"} <= set(container(plex, "/"))


def test_sections_tell_what_they_hold_and_where(plex: httpx.Client) -> None:
    for row in container(plex, "/library/sections")["Directory"]:
        assert {"key", "type", "title", "refreshing", "Location"} <= set(row)
        assert all(place["path"] for place in row["Location"])


def test_films_come_in_pages_with_their_count_and_files(plex: httpx.Client) -> None:
    found = page(plex, 0, 2)
    assert found["size"] == len(found.get("Metadata", [])) <= 2
    assert found["totalSize"] >= found["size"]
    for row in found.get("Metadata", []):
        assert {"ratingKey", "type", "title", "Media"} <= set(row)
        assert all(part["file"] for media in row["Media"] for part in media["Part"])


def test_a_page_beyond_the_end_is_empty(plex: httpx.Client) -> None:
    assert page(plex, 5_000_000, 2)["size"] == 0


def test_an_item_there_is_not_is_404(plex: httpx.Client) -> None:
    assert plex.get(f"/library/metadata/{GONE}").status_code == 404


def test_a_report_is_taken_whatever_its_folder(plex: httpx.Client) -> None:
    answer = plex.get(f"/library/sections/{films(plex)}/refresh", params={"path": "/opt/elsewhere"})
    assert (answer.status_code, answer.content) == (200, b"")
