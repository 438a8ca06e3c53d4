"""Commands: how they are sent, followed and ended, and what a search says."""

from __future__ import annotations

import pytest

from tests.contract.server import Server


def test_a_command_is_answered_with_201_and_where_it_is(server: Server) -> None:
    held = server.hold()
    sent = server.post("command", {"name": server.rescan_name, server.owner: held.id})
    assert sent.status == 201
    assert sent.body["name"] == server.rescan_name
    assert sent.body["body"][server.owner] == held.id
    assert sent.body["result"] == "unknown"
    assert sent.body["status"] in ("queued", "started")
    end = server.end_of(sent.body["id"])
    assert end["id"] == sent.body["id"]
    (listed,) = [row for row in server.get("command").body if row["id"] == end["id"]]
    assert (listed["name"], listed["body"][server.owner]) == (server.rescan_name, held.id)


def test_the_same_command_after_its_end_is_a_new_one(server: Server) -> None:
    held = server.hold()
    assert server.rescan(held)["id"] != server.rescan(held)["id"]


def test_a_search_says_in_its_message_how_many_it_found(server: Server) -> None:
    """Completed and successful, also when there was nothing."""
    end = server.search(server.hold())
    assert (end["status"], end["result"]) == ("completed", "successful")
    if server.kind == "sonarr":
        assert end["message"] == "Episode search completed. 0 reports downloaded."
    else:
        assert end["message"] == "Completed search for 1 movies. 0 reports downloaded."


def test_radarr_fails_a_search_without_its_list(radarr: Server) -> None:
    held = radarr.hold()
    if radarr.get("indexer").body:
        pytest.skip("this server has indexers: a search could download something")
    assert radarr.run("MoviesSearch", movieId=held.id)["status"] == "failed"


# A real server ends a rescan in milliseconds: what follows is what it was recorded to do with slow ones.


def test_the_same_command_while_it_waits_or_runs_is_the_same_one(fake: Server) -> None:
    assert fake.fake is not None
    held = fake.hold()
    body = {"name": fake.rescan_name, fake.owner: held.id}
    fake.fake.busy, fake.fake.steps = True, None
    first = fake.post("command", body).body
    assert (first["status"], fake.post("command", body).body["id"]) == ("queued", first["id"])
    fake.fake.busy = False
    fake.get("command")
    assert fake.get(f"command/{first['id']}").body["status"] == "started"
    assert fake.post("command", body).body["id"] == first["id"]


def test_a_restart_orphans_what_runs_and_runs_what_waits(fake: Server) -> None:
    assert fake.fake is not None
    held = fake.hold()
    fake.fake.steps = None
    runs = fake.post("command", {"name": fake.rescan_name, fake.owner: held.id}).body["id"]
    fake.fake.busy = True
    waits = fake.post("command", {"name": "RefreshMonitoredDownloads"}).body["id"]
    cancelled = fake.delete(f"command/{waits}")
    assert (cancelled.status, cancelled.body) == (200, None)
    late = fake.delete(f"command/{runs}")
    assert (late.status, late.body["message"]) == (409, "Unable to cancel task")
    fake.fake.busy = False
    assert fake.get(f"command/{waits}").body["status"] == "queued"
    fake.fake.restart()
    orphan = fake.get(f"command/{runs}").body
    assert (orphan["status"], orphan["result"], "message" in orphan) == ("orphaned", "unknown", False)
    assert fake.get(f"command/{waits}").body["status"] == "completed"


def test_what_a_search_grabs_is_in_the_queue_and_the_history(fake: Server) -> None:
    assert fake.fake is not None
    held = fake.hold()
    number = fake.episodes(held)[0]["id"] if fake.kind == "sonarr" else held.id
    fake.fake.finds[number] = "Some.Release.1080p"
    end = fake.search(held)
    assert end["message"].endswith(" 1 reports downloaded.")
    (row,) = fake.get("queue/details").body
    assert (row["title"], row[fake.owner], row["status"]) == ("Some.Release.1080p", held.id, "downloading")
    (grabbed,) = fake.get("history", eventType=1).body["records"]
    assert (grabbed["eventType"], grabbed["downloadId"]) == ("grabbed", row["downloadId"])
    assert grabbed in fake.get(f"history/{fake.item}", **{fake.owner: held.id}).body
