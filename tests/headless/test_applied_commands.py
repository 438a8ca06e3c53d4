"""Changes that are made: deleted, guarded, undone, carried on with, mended; interrupted and in each other's way."""

from __future__ import annotations

import signal

import pytest

from tests.worlds.forks import Forks
from tests.worlds.home import Home, Service


def content(service: Service, ids: list[str]) -> list[tuple[str, tuple[int, ...]]]:
    """The hash and the selected files of these entries, in order of the hash."""
    entries = service.entries
    return sorted((entries[one]["hash"], tuple(entries[one]["selected"])) for one in ids)


def outcomes(rows: list[dict[str, object]]) -> list[object]:
    return [row["outcome"] for row in rows if row["type"] == "step"]


@pytest.mark.slow
def test_a_deletion_is_made_journaled_and_undone(changing: Home, account: Service) -> None:
    ids = changing.ids(limit=3)
    before = content(account, ids)
    done = changing.json("delete", *ids, "--apply")
    assert done.code == 0
    assert [row["torrent_id"] for row in done.lines[:-1]] == ids
    assert outcomes(done.lines) == ["done"] * 3
    batch = done.result["batch"]
    assert (done.result["done"], done.result["skipped"], done.result["failed"]) == (3, 0, 0)
    assert f"undo {batch} --apply" in done.result["hint"]
    assert not set(ids) & set(account.entries)
    assert changing.json("torrents", "is:gone").result["count"] == 3

    shown = changing.json("journal").lines[0]
    assert (shown["type"], shown["batch"], shown["done"], shown["undone"]) == ("batch", batch, 3, 0)
    lines = [row for row in changing.json("journal", str(batch)).lines if row["type"] == "line"]
    assert [(row["before"]["id"], row["outcome"]) for row in lines] == [(one, "done") for one in ids]
    text = changing.run("journal", str(batch)).out
    assert len([line for line in text.splitlines() if line.startswith("done     delete_torrent")]) == 3

    back = changing.json("undo", "--apply")
    assert (back.code, outcomes(back.lines)) == (0, ["done"] * 3)
    assert [pair for pair in content(account, list(account.entries)) if pair in before] == before
    assert changing.json("journal").lines[1]["undone"] == 3

    sent = len(account.written)
    for arguments in (("undo",), ("undo", str(batch)), ("undo", str(batch), "--apply")):
        again = changing.json(*arguments)
        assert (again.code, again.error["kind"]) == (2, "nothing-to-undo")
    assert f"Batch {batch} (Delete 3 torrents) was undone already." in again.error["message"]
    assert len(account.written) == sent


@pytest.mark.slow
def test_an_undo_can_be_undone_itself(changing: Home, account: Service) -> None:
    (one,) = changing.ids(limit=1)
    held = account.entries
    changing.json("delete", one, "--apply")
    batch = changing.json("undo", "--apply").result["batch"]
    assert changing.json("undo", str(batch), "--apply").code == 0
    assert set(account.entries) == set(held) - {one}


@pytest.mark.slow
def test_too_much_at_once_is_stopped_by_a_guard_unless_the_number_is_given(changing: Home, account: Service) -> None:
    count = changing.json("torrents", "class:problem").result["count"]
    assert count > 6
    for more in ((), ("--allow", str(count - 1)), ("--allow", "0")):
        refused = changing.json("delete", "class:problem", "--apply", *more)
        assert (refused.code, refused.error["kind"]) == (4, "guard")
        assert "max_delete_share" in refused.error["message"]
        assert f"--allow {count}" in refused.error["hint"]
    one, two = changing.ids(limit=2)
    changing.monkeypatch.setenv("MEDIATUI_LIBRARY__MAX_DELETE_COUNT", "1")
    refused = changing.json("delete", one, two, "--apply")
    assert (refused.code, "max_delete_count" in refused.error["message"]) == (4, True)
    assert account.written == []
    assert changing.json("journal").result["batches"] == 0
    assert "unfinished" not in changing.run("delete", one).err

    assert changing.json("delete", "class:problem", "--apply", "--allow", str(count)).result["done"] == count
    assert changing.json("diagnose").result["problems"] == 0


def test_what_was_chosen_by_a_list_that_was_not_whole_is_not_deleted(changing: Home, account: Service) -> None:
    changing.sql("DELETE FROM facts")
    for arguments in (("delete", "class:virus"), ("delete", "class:virus", "--apply"), ("dedupe", "--apply")):
        refused = changing.json(*arguments)
        assert (refused.code, refused.error["kind"]) == (4, "guard")
        assert "sync" in refused.error["hint"]
    assert account.written == []
    assert changing.json("delete", changing.ids(limit=1)[0], "--apply").code == 0


def test_a_plan_older_than_the_world_skips_what_is_gone(changing: Home, account: Service) -> None:
    gone, there = changing.ids(limit=2)
    account.delete(gone)
    done = changing.json("delete", gone, there, "--apply")
    assert done.code == 0
    assert outcomes(done.lines) == ["skipped", "done"]
    assert done.lines[0]["reason"] == "it is not on the account any more"
    assert (done.result["done"], done.result["skipped"]) == (1, 1)
    again = changing.json("delete", gone, there)
    assert [row["outcome"] for row in again.lines[:-1]] == ["skipped", "skipped"]
    assert again.result["steps"] == 0


@pytest.mark.process
def test_an_interrupted_deletion_leaves_a_true_journal_and_is_carried_on(
    changing_slowly: Home, slow_account: Service, forks: Forks
) -> None:
    home, account = changing_slowly, slow_account
    ids = home.ids()[:15]
    assert len(ids) == 15
    with forks.running("--json", "delete", *ids, "--apply") as deletion:
        deletion.wait_for(lambda: len(account.written) >= 3)
        deletion.send(signal.SIGINT)
        done = deletion.end()
    assert done.code == 130
    assert done.error["kind"] == "interrupted"

    left = [one for one in ids if one in account.entries]
    assert 0 < len(left) <= len(ids) - 3
    (batch,) = home.json("journal").lines[:-1]
    assert (batch["state"], batch["steps"], batch["left"]) == ("cancelled", len(ids), len(left))
    lines = [row for row in home.json("journal", str(batch["batch"])).lines if row["type"] == "line"]
    assert {row["before"]["id"] for row in lines if row["outcome"] == "done"} == set(ids) - set(left)
    assert [row for row in lines if row["outcome"] is None] == []
    warned = home.run("delete", left[0]).err
    assert (
        f"Batch {batch['batch']} (Delete {len(ids)} torrents) is unfinished, {len(left)} of {len(ids)} left" in warned
    )

    plan = home.json("resume")
    assert [row["torrent_id"] for row in plan.lines[:-1]] == left
    account.delete(left[0])
    rest = home.json("resume", "--apply")
    assert rest.code == 0
    assert outcomes(rest.lines) == ["skipped"] + ["done"] * (len(left) - 1)
    assert not set(ids) & set(account.entries)
    assert home.json("journal").lines[0]["state"] == "done"
    assert home.json("resume").result["steps"] == 0


@pytest.mark.process
def test_the_second_of_two_that_apply_at_once_ends_and_names_the_first(
    changing_slowly: Home, slow_account: Service, forks: Forks
) -> None:
    home, account = changing_slowly, slow_account
    ids = home.ids()
    first, second = ids[:12], ids[12]
    with forks.running("--json", "delete", *first, "--apply") as deletion:
        deletion.wait_for(lambda: len(account.written) >= 1)
        deletion.send(signal.SIGSTOP)
        try:
            refused = home.json("delete", second, "--apply")
        finally:
            deletion.send(signal.SIGCONT)
        assert (refused.code, refused.error["kind"]) == (4, "busy")
        assert f"pid {deletion.pid}" in refused.error["message"]
        assert "unfinished" not in refused.err, "it is being worked at"
        done = deletion.end()
    assert (done.code, done.result["done"]) == (0, 12)
    assert second in account.entries
    assert [row["title"] for row in home.json("journal").lines[:-1]] == ["Delete 12 torrents"]
    assert home.json("delete", second, "--apply").code == 0


@pytest.mark.process
def test_a_reader_that_stops_early_does_not_stop_what_was_begun(changing: Home, account: Service, forks: Forks) -> None:
    ids = changing.ids(limit=8)
    done = forks.run("--headless", "delete", *ids, "--apply", lines=1)
    assert done.code == 0
    assert "rror" not in done.err
    assert not set(ids) & set(account.entries)
    (batch,) = changing.json("journal").lines[:-1]
    assert (batch["state"], batch["done"]) == ("done", 8)


def test_what_the_service_refuses_ends_the_batch_and_can_be_carried_on(changing: Home, account: Service) -> None:
    ids = changing.ids(limit=2)
    with_token = changing.monkeypatch
    with with_token.context() as wrong:
        wrong.setenv("MEDIATUI_REALDEBRID__TOKEN", "NOT-THE-TOKEN")
        refused = changing.json("delete", *ids, "--apply")
        assert (refused.code, account.written) == (3, [])
        assert "token" in refused.error["message"]
    warned = changing.run("delete", ids[0]).err
    assert "resume 1 --apply" in warned
    assert "undo" not in warned
    assert changing.json("undo").error["kind"] == "nothing-to-undo"
    assert changing.json("resume", "1", "--apply").result["done"] == 2
    assert not set(ids) & set(account.entries)


@pytest.mark.slow
def test_broken_torrents_are_mended_within_the_requests_that_were_shown(home: Home, broken_account: Service) -> None:
    home.use(broken_account).run("sync")
    (first, *_) = broken = [row["torrent_id"] for row in home.json("repair", "class:error").lines[:-1]]
    assert len(broken) >= 1
    before = content(broken_account, broken)
    requests = broken_account.log()["requests"]

    done = home.json("repair", "class:error", "--apply")
    assert done.code == 0
    assert outcomes(done.lines) == ["done"] * len(broken)
    assert broken_account.log()["requests"] - requests <= 8 * len(broken) + 1  # and whose account it is
    assert not set(broken) & set(broken_account.entries)
    new = [one for one, entry in broken_account.entries.items() if entry["hash"] in dict(before)]
    assert content(broken_account, new) == before
    assert {broken_account.entries[one]["status"] for one in new} == {"downloaded"}
    assert broken_account.ask("/downloads") == b"[]"

    assert first in done.lines[0]["reason"]
    notes = [row for row in home.json("undo").lines if row["type"] == "step"]
    assert {(row["outcome"], "its content is there" in row["reason"]) for row in notes} == {("skipped", True)}
    assert home.json("repair", first).lines[0]["reason"].startswith("it is on the account again (")


@pytest.mark.slow
def test_duplicates_are_dropped_by_rule(changing: Home, account: Service) -> None:
    for by, keep in (
        ("hash", "newest"),
        ("hash", "oldest"),
        ("title", "largest"),
        ("title", "smallest"),
        ("hash", "best"),
    ):
        done = changing.json("dedupe", "--by", by, "--keep", keep)
        groups = [row for row in done.lines if row["type"] == "group"]
        steps = [row["torrent_id"] for row in done.lines if row["type"] == "step" and row["outcome"] == "planned"]
        assert len(groups) >= 1
        assert [one for row in groups for one in row["others"]] == steps
        assert not {row["keeper"] for row in groups} & set(steps)
    assert account.written == []

    (group,) = [row for row in changing.json("dedupe").lines if row["type"] == "group"]
    done = changing.json("dedupe", "--apply")
    assert done.code == 0
    assert outcomes(done.lines) == ["done"]
    assert set(group["others"]) & set(account.entries) == set()
    assert group["keeper"] in account.entries
    assert changing.json("dedupe").result["steps"] == 0
