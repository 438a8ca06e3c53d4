"""``api``, ``refresh``, ``select`` and ``torrents --offset``: one request each, and nothing that was not asked for."""

from __future__ import annotations

import json

import pytest

from mediatui.commands.api import Api, read_request
from mediatui.model.errors import UsageError
from tests.worlds.home import Home, Service


def test_api_shows_an_answer_as_json_and_logs_the_request(changing: Home) -> None:
    text = changing.run("api", "get", "/torrents?limit=2&page=1")
    assert text.code == 0
    assert [row["status"] for row in json.loads(text.out)] == ["downloaded", "downloaded"]
    row, result = changing.json("api", "GET", "user").lines
    assert (row["type"], row["status"], row["body"]["username"]) == ("answer", 200, "demo")
    assert (result["method"], result["path"], result["sent"]) == ("GET", "user", True)
    assert '"api: GET /torrents: 200"' in changing.log_file.read_text().replace("\\", "")
    assert changing.json("api", "GET", "time").lines[0]["body"].startswith("2")


def test_api_sends_another_verb_only_when_it_is_told_to(changing: Home, account: Service) -> None:
    (wanted,) = changing.ids(limit=1)
    asked = ("api", "DELETE", f"torrents/delete/{wanted}")
    done = changing.json(*asked)
    assert (done.code, done.result["sent"], account.written) == (0, False, [])
    assert changing.json("api", "GET", "/disable%5Faccess_token").result["sent"] is False
    assert changing.json("api", "GET", "user").result["sent"] is True
    done = changing.run(*asked, "--apply")
    assert (done.code, "HTTP 204, without a body." in done.out) == (0, True)
    assert wanted not in account.entries
    (waiting,) = changing.ids("waiting_files_selection", 1)
    form = ("--form", "files=all")
    assert changing.run("api", "POST", f"torrents/selectFiles/{waiting}", *form, "--apply").code == 0
    assert account.entries[waiting]["status"] == "downloaded"
    again = changing.json(*asked, "--apply")
    assert (again.code, again.error["kind"]) == (3, "not-found")
    lines = [json.loads(line)["text"] for line in changing.log_file.read_text().splitlines()]
    what = f"api: DELETE /torrents/delete/{wanted}"
    assert [line for line in lines if line.startswith(what)] == [f"{what} is sent", f"{what}: 204", f"{what} is sent"]
    assert "does not know this id" in lines[-2]


@pytest.mark.parametrize(
    ("method", "path", "form", "said"),
    [
        ("FETCH", "user", (), "no verb"),
        ("GET", "https://elsewhere.invalid/user", (), "no path of the API"),
        ("GET", "//elsewhere.invalid/user", (), "no path of the API"),
        ("GET", "/../oauth/v2/token", (), "no path of the API"),
        ("GET", "torrents/%2e%2e/%2e%2e/x", (), "no path of the API"),
        ("GET", "", (), "an empty text"),
        ("GET", "user#x", (), "no path of the API"),
        ("GET", "us er", (), "holds a blank"),
        ("GET", "user\r\nX", (), "holds a blank"),
        ("GET", "user", ("a=b",), "takes no --form"),
        ("POST", "user", ("a",), "is no field"),
    ],
)
def test_a_request_that_would_leave_the_api_is_refused(
    method: str, path: str, form: tuple[str, ...], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        read_request(Api(method, path, form))


def test_refresh_costs_one_request_each_and_names_what_fails(changing: Home, account: Service) -> None:
    one, two, gone = changing.ids(limit=3)
    account.delete(gone)
    before = account.log()["requests"]
    done = changing.json("refresh", one, two, gone, "NOBODYS")
    assert (done.code, done.result["done"], done.result["failed"]) == (1, 2, 2)
    assert account.log()["requests"] == before + 3
    assert [row["torrent_id"] for row in done.lines if row["type"] == "refreshed"] == [one, two]
    assert {row["torrent_id"] for row in done.lines if row["type"] == "failure"} == {gone, "NOBODYS"}
    assert changing.sql("SELECT gone_at FROM torrents WHERE id = ?", gone) == [(None,)]
    text = changing.run("refresh", one)
    assert text.out.startswith(f"{one}  downloaded 100%  ok  ")
    assert text.out.endswith("1 torrent refreshed.\n")


def test_refresh_takes_over_what_is_true_now(changing: Home, account: Service) -> None:
    (waiting,) = changing.ids("waiting_files_selection", 1)
    assert changing.run("select", waiting, "--files", "all", "--apply").code == 0
    changing.sql("SELECT 1")
    assert changing.run("refresh", waiting).code == 0
    assert changing.sql("SELECT status FROM torrents WHERE id = ?", waiting) == [("downloaded",)]


def test_select_takes_ids_videos_or_all(changing: Home, account: Service) -> None:
    (waiting,) = changing.ids("waiting_files_selection", 1)
    count = len(changing.sql("SELECT 1 FROM torrent_files WHERE torrent_id = ?", waiting))
    shown = changing.json("select", waiting, "--files", "1")
    assert (shown.code, shown.result["steps"], shown.result["applied"], account.written) == (0, 1, False, [])
    for wrong, said in (("77", "has no file 77"), ("one", "selects no files"), ("", "selects no files")):
        refused = changing.json("select", waiting, "--files", wrong, "--apply")
        assert (refused.code, said in refused.error["message"]) == (2, True)
    done = changing.run("select", waiting, "--files", f"1-{count}", "--apply")
    assert done.code == 0
    assert account.entries[waiting]["selected"] == list(range(1, count + 1))
    again = changing.json("select", waiting, "--files", "video", "--apply")
    assert (again.code, "is downloaded: only a torrent that waits" in again.error["message"]) == (2, True)


def test_torrents_can_be_listed_page_by_page(changing: Home) -> None:
    whole = [row["id"] for row in changing.json("torrents").lines[:-1]]
    pages = [
        row["id"]
        for offset in (0, 25, 50)
        for row in changing.json("torrents", "--limit", "25", "--offset", str(offset)).lines[:-1]
    ]
    assert pages == whole
    past = changing.json("torrents", "--offset", "1000")
    assert (past.code, past.result["shown"], past.result["count"]) == (0, 0, len(whole))
