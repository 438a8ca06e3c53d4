"""How a Sonarr or Radarr lets one in, and the forms in which it says no."""

from __future__ import annotations

import pytest

from tests.contract.server import Server


@pytest.mark.parametrize("key", [None, "0" * 32])
def test_without_its_key_it_says_401_and_nothing_else(server: Server, key: str | None) -> None:
    for path in ("system/status", server.item, "/api"):
        answer = server.ask("GET", path, key=key)
        assert (answer.status, answer.body) == (401, None)


def test_the_status_names_the_program(server: Server) -> None:
    status = server.get("system/status").body
    assert status["appName"] == server.kind.title()
    assert {"version", "urlBase", "instanceName", "isDocker", "osName"} <= set(status)


def test_what_says_which_api_there_is(server: Server) -> None:
    shown = server.get("/api").body
    assert shown["current"] in ("v3", "v5")
    assert ("v3" in shown["deprecated"]) == (shown["current"] == "v5")


def test_a_path_it_does_not_have_is_404_without_a_body(server: Server) -> None:
    other = "movie" if server.kind == "sonarr" else "series"
    for path in ("nonsense", other):
        answer = server.get(path)
        assert (answer.status, answer.body) == (404, None)


def test_a_base_path_it_does_not_have_is_a_problem(server: Server) -> None:
    answer = server.get("/mediatui-nowhere/api/v3/system/status")
    assert (answer.status, answer.body["title"], answer.body["status"]) == (404, "Not Found", 404)


def test_an_item_that_is_not_there(server: Server) -> None:
    answer = server.get(f"{server.item}/99999")
    assert (answer.status, answer.body["title"]) == (404, "Not Found")
    removed = server.delete(f"{server.item}/99999", deleteFiles="false")
    if server.kind == "sonarr":
        assert (removed.status, removed.body["message"]) == (500, "Expected query to return 1 rows but returned 0")
    else:
        assert (removed.status, removed.body["message"]) == (404, "Movie with ID 99999 does not exist")


def test_an_episode_a_file_and_a_command_that_are_not_there(server: Server) -> None:
    """Sonarr's head says it without a word, its released line and Radarr with a problem."""
    silent = server.kind == "sonarr" and not server.released
    paths = ["command/99999", *(["episode/99999", "episodefile/99999"] if server.kind == "sonarr" else [])]
    for path in paths:
        answer = server.get(path)
        assert answer.status == 404
        assert answer.body is None if silent else answer.body["title"] == "Not Found"


def test_a_file_and_a_row_of_the_queue_to_remove_that_are_not_there(server: Server) -> None:
    what = "EpisodeFile" if server.kind == "sonarr" else "MovieFile"
    answer = server.delete(f"{server.file}/99999")
    assert (answer.status, answer.body["message"]) == (404, f"{what} with ID 99999 does not exist")
    gone = server.delete("queue/99999")
    assert (gone.status, gone.body) == (404, {"message": "NotFound"})


def test_a_command_it_does_not_have(server: Server) -> None:
    answer = server.post("command", {"name": "NoSuchThing"})
    assert answer.status == (400 if server.kind == "sonarr" and not server.released else 500)
    assert answer.body["message"] == "Sequence contains no matching element"
