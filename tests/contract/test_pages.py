"""History, the queue and what is missing: lists that come in pages."""

from __future__ import annotations

from tests.contract.server import Server

PAGE = {"page", "pageSize", "sortKey", "sortDirection", "totalRecords", "records"}


def test_lists_that_come_in_pages_have_one_shape(server: Server) -> None:
    for path in ("history", "queue", "wanted/missing"):
        page = server.get(path, page=1, pageSize=2).body
        assert set(page) == PAGE
        assert (page["page"], page["pageSize"]) == (1, 2)
        assert len(page["records"]) <= 2


def test_a_page_beyond_the_end_of_the_history_is_empty(server: Server) -> None:
    assert server.get("history", page=9_999, pageSize=10).body["records"] == []


def test_a_file_that_went_missing_is_a_row_of_history_and_one_that_was_found_is_none(server: Server) -> None:
    held = server.hold()
    text = held.links[0].readlink()
    held.links[0].unlink()
    server.rescan(held)
    path = "history/series" if server.kind == "sonarr" else "history/movie"
    rows = server.get(path, **{server.owner: held.id}).body
    (dropped,) = [row for row in rows if row["eventType"].endswith("FileDeleted")]
    assert dropped["sourceTitle"] == server.theirs(held.links[0])
    assert dropped["data"]["reason"] == "MissingFromDisk"
    held.links[0].symlink_to(text)
    server.rescan(held)
    assert len(server.get(path, **{server.owner: held.id}).body) == len(rows)


def test_history_since_a_moment_is_a_bare_list(server: Server) -> None:
    answer = server.get("history/since", date="2020-01-01T00:00:00Z")
    assert answer.status == 200
    assert isinstance(answer.body, list)


def test_the_queue_with_all_of_its_rows_is_a_bare_list(server: Server) -> None:
    answer = server.get("queue/details")
    assert answer.status == 200
    assert isinstance(answer.body, list)


def test_what_is_monitored_and_has_no_file_is_wanted(server: Server) -> None:
    held = server.hold()
    field = "seriesId" if server.kind == "sonarr" else "id"

    def wanted() -> int:
        rows = server.get("wanted/missing", page=1, pageSize=10_000).body["records"]
        return sum(row[field] == held.id for row in rows)

    before = wanted()
    held.targets[0].unlink()
    server.rescan(held)
    assert wanted() == before, "a link that dangles is a file to it"
    held.links[0].unlink()
    server.rescan(held)
    assert wanted() == before + 1
