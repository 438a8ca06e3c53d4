"""Deleting through the change door, and taking it back."""

from __future__ import annotations

import asyncio

import pytest

from mediatui.archive.delete import plan_delete
from mediatui.archive.targets import read_targets, targets_by_id
from mediatui.changes.apply import ApplyOptions
from mediatui.changes.undo import NothingToUndo, plan_undo
from mediatui.commands.job_kinds import APPLY
from mediatui.demo.faults import error, short_page
from mediatui.model.errors import GuardTripped
from mediatui.store.changes.journal import store_plan
from mediatui.store.torrents.listing import UnknownTorrent
from tests.worlds.account import AccountWorld, MakeWorld, Run, torrent, torrents


async def synced(account_of: MakeWorld, account: list, **settings: object) -> AccountWorld:
    world = await account_of(account, **settings)
    await world.sync(mode="fast")
    world.service.log.clear()
    return world


def content(world: AccountWorld) -> list[tuple[str, tuple[int, ...]]]:
    return sorted(world.on_account().values())


async def test_a_deleted_torrent_is_a_tombstone_and_comes_back_with_its_selection(account_of: MakeWorld) -> None:
    account = [torrent(shape="season", file_count=6, skipped=2), *torrents(3)]
    world = await synced(account_of, account)
    before = content(world)

    run = await world.apply(world.plan(lambda c: plan_delete(c, targets_by_id(c, [account[0].id]))))

    assert run.finished.outcome == "done"
    assert run.steps == [("done", "")]
    assert account[0].id not in world.on_account()
    assert world.value("SELECT gone_at IS NOT NULL FROM torrents WHERE id = ?", account[0].id) == 1
    assert world.value("SELECT class FROM torrents WHERE id = ?", account[0].id) == "gone"

    run = await world.apply(world.plan(plan_undo))

    assert run.steps == [("done", "")]
    assert content(world) == before
    assert world.value("SELECT count(*) FROM torrents WHERE gone_at IS NULL") == 4
    with pytest.raises(NothingToUndo):
        world.plan(plan_undo)
    with pytest.raises(NothingToUndo, match="undone already"):
        world.plan(plan_undo, 1)


async def test_a_deletion_costs_two_requests(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(5))
    plan = world.plan(lambda c: plan_delete(c, read_targets(c, ["Film"])))
    await world.apply(plan, allowed=5)
    assert len(world.service.log) == plan.requests == 10


async def test_more_than_a_window_takes_are_deleted_and_undone(account_of: MakeWorld) -> None:
    account = [torrent(shape="season", file_count=4, skipped=number % 3) for number in range(30)]
    world = await synced(account_of, account, requests_per_minute=20, window_s=0.05)
    before = content(world)

    run = await world.apply(world.plan(lambda c: plan_delete(c, read_targets(c, ["Film"]))), allowed=30)
    assert (run.counts["done"], len(run.steps), world.on_account()) == (30, 30, {})

    run = await world.apply(world.plan(plan_undo))
    assert (run.counts["done"], run.counts["failed"]) == (30, 0)
    assert content(world) == before


async def test_what_moved_on_since_the_plan_is_skipped(account_of: MakeWorld) -> None:
    account = torrents(4)
    world = await synced(account_of, account)
    plan = world.plan(lambda c: plan_delete(c, targets_by_id(c, [one.id for one in account[:3]])))
    world.account.remove(account[0].id)
    world.account.change(torrent(id=account[1].id, hash="f" * 40))

    run = await world.apply(plan)

    assert [outcome for outcome, _ in run.steps] == ["skipped", "skipped", "done"]
    assert "not on the account" in run.steps[0][1]
    assert "another torrent under this id" in run.steps[1][1]
    assert set(world.on_account()) == {account[1].id, account[3].id}


async def test_a_failed_step_does_not_end_the_batch(account_of: MakeWorld) -> None:
    account = torrents(3)
    world = await synced(account_of, account)
    world.fault(f"/torrents/delete/{account[1].id}", error(400, 2, "bad"), times=99).before = True

    run = await world.apply(world.plan(lambda c: plan_delete(c, targets_by_id(c, [one.id for one in account]))))

    assert [outcome for outcome, _ in run.steps] == ["done", "failed", "done"]
    assert (run.finished.outcome, run.finished.exit_code) == ("partial", 1)
    assert list(world.on_account()) == [account[1].id]
    assert world.value("SELECT gone_at FROM torrents WHERE id = ?", account[1].id) is None


@pytest.mark.slow
async def test_too_many_at_once_needs_the_number(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(60))
    plan = world.plan(lambda c: plan_delete(c, read_targets(c, ["Film"])))

    refused = await world.apply(plan)
    assert (refused.finished.error_kind, refused.finished.exit_code) == ("guard", 4)
    assert "max_delete_count" in refused.finished.summary
    few = await world.apply(
        world.plan(lambda c: plan_delete(c, read_targets(c, ["progress:100", "size:>1"]))), allowed=59
    )
    assert few.finished.exit_code == 4
    assert world.service.written() == []

    assert (await world.apply(plan, allowed=60)).counts["done"] == 60


async def test_a_share_that_is_too_large_needs_the_number(account_of: MakeWorld) -> None:
    account = [torrent(filename=f"Other.{number}") for number in range(20)] + torrents(4)
    world = await synced(account_of, account)
    chosen = world.plan(lambda c: plan_delete(c, read_targets(c, ["Film"])))
    assert "max_delete_share" in (await world.apply(chosen)).finished.summary
    by_hand = world.plan(lambda c: plan_delete(c, targets_by_id(c, [one.id for one in account[-4:]])))
    assert (await world.apply(by_hand)).counts["done"] == 4


async def test_nothing_is_chosen_by_a_list_that_was_not_whole(account_of: MakeWorld) -> None:
    account = torrents(5)
    world = await synced(account_of, account)
    world.fault("/torrents", short_page(2), times=99)
    assert (await world.sync(mode="torrents")).finished.exit_code == 4

    with pytest.raises(GuardTripped, match="not whole"):
        world.plan(lambda c: plan_delete(c, read_targets(c, ["status:downloaded"])))
    assert world.plan(lambda c: plan_delete(c, targets_by_id(c, [account[0].id]))).removals == 1


async def test_unknown_ids_are_named(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(2))
    with pytest.raises(UnknownTorrent, match="NOSUCHTORRENT"):
        world.plan(lambda c: plan_delete(c, read_targets(c, ["NOSUCHTORRENT"])))


@pytest.mark.slow
async def test_a_cancel_in_the_middle_leaves_what_is_true(account_of: MakeWorld) -> None:
    account = torrents(30)
    world = await account_of(account, latency_s=0.01, window_s=0.1)
    await world.sync(mode="fast")
    plan = world.plan(lambda c: plan_delete(c, targets_by_id(c, [one.id for one in account])))
    async with world.db.transaction() as connection:
        batch = await store_plan(connection, plan, 0.0)
    job = world.runner.start(APPLY["account"], ApplyOptions(batch))
    while len(world.on_account()) > 20:
        await asyncio.sleep(0.001)
    job.cancel()
    finished = await job.wait()

    left = set(world.on_account())
    assert 0 < len(left) <= 20
    assert (finished.outcome, finished.counts["done"]) == ("cancelled", 30 - len(left))
    assert Run(finished, world.events).steps == [("done", "")] * (30 - len(left))
    assert {row[0] for row in world.rows("SELECT id FROM torrents WHERE gone_at IS NULL")} == left
    assert world.value("SELECT count(*) FROM plan_steps WHERE outcome = 'done'") == 30 - len(left)

    run = await world.carry_on(batch)
    assert run.counts["done"] == len(left)
    assert world.on_account() == {}
