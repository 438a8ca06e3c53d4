"""Batches that cross each other (a resume after an undo, two undos of one batch) and answers out of the ordinary: what
went can always come back, once."""

from __future__ import annotations

import dataclasses
import json
import os
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from mediatui.archive.delete import plan_delete
from mediatui.archive.repair import plan_repair
from mediatui.archive.targets import targets_by_id
from mediatui.changes.apply import ApplyOptions
from mediatui.changes.steps import entries
from mediatui.changes.steps.reinsert import ReinsertTorrent
from mediatui.changes.undo import NothingToUndo, plan_undo
from mediatui.commands.job_kinds import APPLY
from mediatui.demo.faults import Reply, dropped, empty_list, error, html, with_rows
from mediatui.demo.seed import SimTorrent
from mediatui.model.plan import Plan
from mediatui.runtime.events import Finished
from mediatui.store.changes.journal import (
    begin_batch,
    close_line,
    open_line,
    recent_batches,
    set_outcome,
    store_plan,
    unfinished_batches,
)
from mediatui.store.jobs import lock_of_batch
from tests.worlds.account import AccountWorld, MakeWorld, torrent, torrents


async def synced(account_of: MakeWorld, account: Sequence[SimTorrent], **settings: object) -> AccountWorld:
    world = await account_of(account, **settings)
    await world.sync(mode="fast")
    world.service.log.clear()
    return world


def season(**facts: Any) -> SimTorrent:
    return torrent(**{"shape": "season", "file_count": 6, **facts})


def content(world: AccountWorld) -> list[tuple[str, tuple[int, ...]]]:
    return sorted(world.on_account().values())


def delete(world: AccountWorld, *rows: SimTorrent) -> Plan:
    return world.plan(lambda c: plan_delete(c, targets_by_id(c, [one.id for one in rows])))


async def stored(world: AccountWorld, plan: Plan) -> int:
    async with world.db.transaction() as connection:
        return await store_plan(connection, plan, time.time())


async def killed_deletion(world: AccountWorld, row: SimTorrent) -> int:
    """A batch whose deletion was written down and never sent."""
    batch = await stored(world, delete(world, row))
    record = {"id": row.id, "hash": row.hash, "name": "x", "selection": [1, 2, 3, 4], "why": ""}
    async with world.db.transaction() as connection:
        await set_outcome(connection, batch, 1, "acting")
        await open_line(connection, batch, 1, "delete torrent", "x", record, 0.0)
    return batch


async def test_what_is_deleted_by_carrying_on_after_an_undo_can_be_undone_too(account_of: MakeWorld) -> None:
    row = season(skipped=2)
    world = await synced(account_of, [row, *torrents(2)])
    before = content(world)
    batch = await killed_deletion(world, row)
    assert (await world.apply(world.plan(plan_undo, batch))).counts["skipped"] == 1

    assert (await world.carry_on(batch)).counts["done"] == 1
    assert content(world) != before

    assert (await world.apply(world.plan(plan_undo, batch))).counts["done"] == 1
    assert content(world) == before


async def test_a_batch_is_undone_once_however_often_that_was_planned(account_of: MakeWorld) -> None:
    account = [season(skipped=2), *torrents(4)]
    world = await synced(account_of, account)
    before = content(world)
    run = await world.apply(delete(world, *account[:3]))
    first, second = world.plan(plan_undo), world.plan(plan_undo)

    assert (await world.apply(first)).counts["done"] == 3
    again = await world.apply(second)

    assert again.steps == [("skipped", "it was undone already")] * 3
    assert content(world) == before
    with pytest.raises(NothingToUndo):
        world.plan(plan_undo, run.counts["batch"])


async def test_an_undo_that_was_stopped_brings_nothing_back_twice(account_of: MakeWorld) -> None:
    account = [season(skipped=2), *torrents(4)]
    world = await synced(account_of, account)
    before = content(world)
    await world.apply(delete(world, *account[:3]))
    stopped = await stored(world, world.plan(plan_undo))
    assert (await world.apply(world.plan(plan_undo))).counts["done"] == 3

    await world.carry_on(stopped)

    assert content(world) == before


async def test_a_copy_that_folds_onto_an_entry_with_other_files_can_still_be_brought_back(
    account_of: MakeWorld,
) -> None:
    first = season(skipped=3)
    copy = season(hash=first.hash)
    world = await synced(account_of, [first, copy, *torrents(2)])
    before = content(world)
    await world.apply(delete(world, copy))
    world.behave(first.hash, folds=True)

    ((outcome, reason),) = (await world.apply(world.plan(plan_undo))).steps
    assert (outcome, first.id in reason, "lacks files" in reason) == ("failed", True, True)
    assert world.on_account()[first.id][1] == (1, 2, 3)

    world.behave(first.hash)
    await world.apply(world.plan(plan_undo))
    assert content(world) == before


def changed(change: Callable[[dict[str, Any]], object]) -> Callable[[Reply], Reply]:
    """A fault that changes the details the service sends."""

    def apply(reply: Reply) -> Reply:
        info = json.loads(reply.body)
        change(info)
        return Reply(reply.status, json.dumps(info).encode(), dict(reply.headers))

    return apply


async def test_a_deletion_keeps_the_known_selection_when_the_service_sends_no_files(account_of: MakeWorld) -> None:
    row = season(skipped=2)
    world = await synced(account_of, [row, *torrents(2)])
    before = content(world)
    world.fault(f"/torrents/info/{row.id}", changed(lambda info: info.update(files=None)), times=9)
    await world.apply(delete(world, row))
    await world.apply(world.plan(plan_undo))
    assert content(world) == before


async def test_a_repair_does_not_guess_the_files_of_an_entry_that_has_links(account_of: MakeWorld) -> None:
    old = season(skipped=2, link_code=19)
    world = await synced(account_of, [old, *torrents(2)])
    await world.check(ids=[old.id])
    world.later = 7 * 3600
    await world.check(ids=[old.id])
    world.forget(details=[old.id])
    before = world.on_account()
    world.fault(f"/torrents/info/{old.id}", changed(lambda info: info.update(files=None)), times=9)
    plan = world.plan(lambda c: plan_repair(c, targets_by_id(c, [old.id])))
    steps = [dataclasses.replace(step, selection=None) for step in plan.steps if isinstance(step, ReinsertTorrent)]

    run = await world.apply(dataclasses.replace(plan, steps=tuple(steps)))

    assert [outcome for outcome, _ in run.steps] == ["failed"]
    assert world.on_account() == before


async def test_a_repair_never_takes_the_entry_itself_for_its_new_one(account_of: MakeWorld) -> None:
    old = season(status="magnet_error", ended_at=None, selection=())
    world = await synced(account_of, [old, *torrents(2)])
    before = world.on_account()
    plan = world.plan(lambda c: plan_repair(c, targets_by_id(c, [old.id])))
    world.behave(old.hash, folds=True)
    async with world.db.transaction() as connection:
        await connection.execute("DELETE FROM torrents WHERE id = ?", [old.id])  # as ``clear`` does

    run = await world.apply(plan)

    assert [outcome for outcome, _ in run.steps] == ["skipped"]
    assert world.on_account() == before


async def test_what_failed_is_not_due_again_while_another_program_holds_the_lane(account_of: MakeWorld) -> None:
    row, *_ = account = torrents(3)
    world = await synced(account_of, account)
    world.fault(f"/torrents/delete/{row.id}", error(400, 2, "parameter_bad_value")).before = True
    batch = (await world.apply(delete(world, row))).counts["batch"]
    outcomes = "SELECT outcome, reason <> '' FROM plan_steps WHERE batch = ?"
    assert world.rows(outcomes, batch) == [("failed", 1)]
    async with world.db.transaction() as connection:
        await connection.execute(
            "INSERT INTO job_locks (lane, job_name, host, pid, process_start, since, heartbeat_at) "
            "VALUES ('account', 'sync', ?, ?, '', 0, 0)",
            (socket.gethostname(), os.getppid()),
        )

    assert (await again(world, batch)).exit_code == 4
    assert world.rows(outcomes, batch) == [("failed", 1)]

    async with world.db.transaction() as connection:
        await connection.execute("DELETE FROM job_locks")
    assert (await again(world, batch)).counts["done"] == 1
    assert len(world.on_account()) == 2


async def test_a_batch_that_counts_as_running_is_interrupted_while_no_process_applies_it(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(3))
    async with world.db.transaction() as connection:
        batch = await store_plan(connection, delete(world, *world.account.torrents()[:1]), 1.0)
        await begin_batch(connection, batch, 1.0)
    assert (await world.db.read(recent_batches))[0].state == "interrupted"
    async with world.db.transaction() as connection:
        await connection.execute(
            "INSERT INTO job_locks (lane, job_name, host, pid, process_start, since, heartbeat_at) "
            "VALUES (?, 'apply', ?, ?, '', 0, 0)",
            (lock_of_batch(batch), socket.gethostname(), os.getppid()),
        )
    assert (await world.db.read(recent_batches))[0].state == "running"


async def again(world: AccountWorld, batch: int) -> Finished:
    return await world.runner.start(APPLY["account"], ApplyOptions(batch, retry_failed=True)).wait()


async def test_what_a_stopped_undo_has_begun_is_left_to_it(
    account_of: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "UNKNOWN_S", 0.02)
    row, *_ = account = [season(skipped=2), *torrents(2)]
    world = await synced(account_of, account)
    before = content(world)
    await world.apply(delete(world, row))
    world.behave(row.hash, converts_for=10_000)
    stopped = await world.apply(world.plan(plan_undo))
    assert [outcome for outcome, _ in stopped.steps] == ["failed"]
    number = stopped.counts["batch"]

    plan = world.plan(plan_undo)

    assert (plan.steps, [f"batch {number}" in why for _, why in plan.notes]) == ((), [True])
    (its_id,) = {one for one, (its_hash, _) in world.on_account().items() if its_hash == row.hash}
    world.behave(row.hash)
    world.account.remove(its_id)
    assert (await again(world, number)).counts["done"] == 1
    assert content(world) == before


@pytest.mark.parametrize("whole", [True, False])
async def test_a_repair_that_is_carried_on_with_after_an_undo_ends_with_one_entry(
    account_of: MakeWorld, whole: bool
) -> None:
    """The undo of a stopped repair takes an unfit new entry off; one that is whole stays beside the broken one."""
    old = season(status="error", skipped=2, ended_at=None)
    world = await synced(account_of, [old, *torrents(2)])
    path = "/unrestrict/link" if whole else "/torrents/selectFiles/"
    world.fault(path, error(503, 36, "fair_usage_limit")).before = True
    stopped = await world.apply(world.plan(lambda c: plan_repair(c, targets_by_id(c, [old.id]))))
    assert stopped.finished.error_kind == "exhausted"
    undone = await world.apply(world.plan(plan_undo, 1))
    assert [outcome for outcome, _ in undone.steps] == ["skipped" if whole else "done"]

    assert (await world.carry_on(1)).counts["done"] == 1

    ((new_id, (_, chosen)),) = [one for one in world.on_account().items() if one[1][0] == old.hash]
    assert (new_id != old.id, chosen) == (True, (1, 2, 3, 4))


async def test_a_new_entry_that_cannot_be_taken_away_is_named_and_carried_on_with(account_of: MakeWorld) -> None:
    old = season(status="error", skipped=2, ended_at=None)
    world = await synced(account_of, [old, *torrents(2)])
    for path in ("/torrents/selectFiles/", "/torrents/delete/"):
        world.fault(path, error(400, 2, "parameter_bad_value")).before = True
    run = await world.apply(world.plan(lambda c: plan_repair(c, targets_by_id(c, [old.id]))))
    (new_id,) = {one for one, (its, _) in world.on_account().items() if its == old.hash} - {old.id}
    ((outcome, reason),) = run.steps
    assert (outcome, new_id in reason) == ("failed", True)

    assert (await again(world, run.counts["batch"])).counts["done"] == 1

    assert [one for one, (its, _) in world.on_account().items() if its == old.hash] == [new_id]


async def test_a_list_that_cannot_be_whole_is_no_sign_that_nothing_was_added(account_of: MakeWorld) -> None:
    old = season(status="error", skipped=2, ended_at=None)
    world = await synced(account_of, [old, *torrents(2)])
    batch = await stored(world, world.plan(lambda c: plan_repair(c, targets_by_id(c, [old.id]))))
    world.fault("/torrents/addMagnet", dropped)
    world.fault("/torrents", lambda reply: empty_list(reply) if reply.body.startswith(b"[") else reply, times=3)
    assert (await world.carry_on(batch)).counts["failed"] == 1
    assert (await again(world, batch)).counts["done"] == 1
    assert [chosen for its, chosen in world.on_account().values() if its == old.hash] == [(1, 2, 3, 4)]


async def test_details_without_files_do_not_make_the_archive_forget_a_selection(account_of: MakeWorld) -> None:
    row = season(skipped=2)
    world = await synced(account_of, [row, *torrents(2)])
    world.fault(f"/torrents/info/{row.id}", changed(lambda info: info.update(files=None)), times=9)
    await world.sync(mode="full")
    chosen = world.rows("SELECT file_id FROM torrent_files WHERE torrent_id = ? AND selected", row.id)
    assert [file for (file,) in chosen] == [1, 2, 3, 4]
    assert world.rows("SELECT files_count, selected_count FROM torrents WHERE id = ?", row.id) == [(6, 4)]


async def test_a_deleted_entry_without_a_hash_is_said_not_to_come_back(account_of: MakeWorld) -> None:
    row = season()
    world = await synced(account_of, [row, *torrents(2)])
    batch = await stored(world, delete(world, row))
    async with world.db.transaction() as connection:
        seq = await open_line(connection, batch, 1, "delete torrent", "x", {"id": row.id, "hash": ""}, 0.0)
        await close_line(connection, batch, seq, "done", {"id": row.id})
    plan = world.plan(plan_undo)
    assert (plan.steps, [why for _, why in plan.notes]) == ((), ["it had no info-hash to add again"])


async def test_a_list_without_hashes_does_not_make_the_archive_forget_them(account_of: MakeWorld) -> None:
    row = season(skipped=2)
    world = await synced(account_of, [row, *torrents(2)])

    def without_hashes(rows: list[dict[str, Any]]) -> None:
        for one in rows:
            one.update(hash=None, progress=99)

    world.fault(
        "/torrents", lambda reply: with_rows(without_hashes)(reply) if reply.body[:1] == b"[" else reply, times=9
    )
    await world.sync(mode="torrents")
    assert world.value("SELECT hash FROM torrents WHERE id = ? AND progress = 99", row.id) == row.hash


async def test_a_batch_that_was_undone_half_done_is_not_offered_again(account_of: MakeWorld) -> None:
    account = torrents(4)
    world = await synced(account_of, account)
    before = content(world)
    world.fault(f"/torrents/delete/{account[1].id}", error(401, 8, "bad_token")).before = True
    stopped = await world.apply(delete(world, *account[:3]))
    assert (stopped.finished.error_kind, len(world.on_account())) == ("refused", 3)
    (offered,) = await world.db.read(unfinished_batches)
    assert (offered.left, offered.standing) == (2, 2)  # the refused one may have been done too

    await world.apply(world.plan(plan_undo))

    assert content(world) == before
    assert await world.db.read(unfinished_batches) == []


async def test_what_an_undo_could_not_bring_back_is_still_offered(account_of: MakeWorld) -> None:
    """A deletion that failed and was tried again has two lines, which count as one thing undone."""
    first, second, *_ = account = torrents(4)
    world = await synced(account_of, account)
    before = content(world)
    world.fault(f"/torrents/delete/{first.id}", error(400, 2, "parameter_bad_value")).before = True
    batch = (await world.apply(delete(world, first, second))).counts["batch"]
    assert (await again(world, batch)).counts["done"] == 1
    world.behave(second.hash, no_slots=10_000)
    undone = await world.apply(world.plan(plan_undo))
    assert (undone.counts["done"], undone.counts["failed"]) == (1, 1)

    world.behave(second.hash)
    await world.apply(world.plan(plan_undo))

    assert content(world) == before


@pytest.mark.parametrize("lost", [dropped, html(502)])
async def test_a_deletion_whose_answer_was_lost_can_be_undone(
    account_of: MakeWorld, lost: Callable[[Reply], Reply]
) -> None:
    """It is asked for again, and the service says that there is no such entry: it was ours all the same."""
    row = season(skipped=2)
    world = await synced(account_of, [row, *torrents(2)])
    before = content(world)
    world.fault(f"/torrents/delete/{row.id}", lost)
    assert (await world.apply(delete(world, row))).counts["done"] == 1
    assert len(world.on_account()) == 2

    await world.apply(world.plan(plan_undo))

    assert content(world) == before


async def test_a_deletion_that_was_done_before_the_service_went_away_can_be_undone(account_of: MakeWorld) -> None:
    row = season(skipped=2)
    world = await synced(account_of, [row, *torrents(2)])
    before = content(world)
    path = f"/torrents/delete/{row.id}"
    world.fault(path, dropped)
    world.fault(path, error(401, 8, "bad_token"), first=2, times=9).before = True
    run = await world.apply(delete(world, row))
    assert (run.finished.error_kind, len(world.on_account())) == ("refused", 2)

    assert (await world.carry_on(1)).counts["done"] == 1
    await world.apply(world.plan(plan_undo))

    assert content(world) == before
