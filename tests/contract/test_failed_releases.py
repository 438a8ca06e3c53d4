"""What marking a release as failed was seen to do, and the blocklist after it (no real server is asked: it would
search)."""

from __future__ import annotations

import httpx
import pytest

from tests.fakes.arr import KEY, FakeArr

BLOCKED = {
    "seriesId", "episodeIds", "sourceTitle", "languages", "quality", "customFormats", "date", "protocol", "indexer",
    "message", "series", "id",
}  # fmt: skip


def had(released: bool = False) -> FakeArr:
    """A Sonarr that has grabbed and imported an episode."""
    fake = FakeArr("sonarr", released=released)
    fake.hold("Dark", "/tv/Dark", ["/tv/Dark/S01E01.mkv"])
    for event in ("grabbed", "downloadFolderImported"):
        fake.records.note(event, 1, "Dark.S01E01.720p-GRP", {}, 101, "A" * 40)
    return fake


async def ask(fake: FakeArr, method: str, path: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=fake.transport(), base_url="http://arr.invalid") as client:
        return await client.request(method, f"/api/v3/{path}", headers={"X-Api-Key": KEY})


async def test_a_grab_that_failed_is_on_the_blocklist() -> None:
    fake = had()
    answer = await ask(fake, "POST", "history/failed/1")
    assert (answer.status_code, answer.content) == (200, b"")
    page = (await ask(fake, "GET", "blocklist?pageSize=2&sortKey=date&sortDirection=descending")).json()
    assert set(page) == {"page", "pageSize", "sortKey", "sortDirection", "totalRecords", "records"}
    assert [set(row) for row in page["records"]] == [BLOCKED]


@pytest.mark.parametrize(
    ("event", "status", "message"),
    [
        (2, 400, "Unable to mark download as failed, history item was not grabbed and has no download ID"),
        (99_999, 404, "EpisodeHistory with ID 99999 does not exist"),
    ],
)
async def test_what_is_no_grab_is_refused(event: int, status: int, message: str) -> None:
    answer = await ask(had(), "POST", f"history/failed/{event}")
    assert (answer.status_code, answer.json()["message"]) == (status, message)


async def test_the_released_line_takes_anything_and_searches() -> None:
    fake = had(released=True)
    assert (await ask(fake, "POST", "history/failed/2")).status_code == 200
    assert (await ask(fake, "GET", "blocklist?pageSize=2")).json()["records"] == []
    assert [one["name"] for one in (await ask(fake, "GET", "command")).json()] == ["EpisodeSearch"]
