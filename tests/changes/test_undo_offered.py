"""An undo is offered where something can be undone, and the plan, the end of a batch and undo itself say the same."""

from __future__ import annotations

import contextlib

import pytest

from mediatui.archive.delete import plan_delete
from mediatui.archive.repair import plan_repair
from mediatui.archive.targets import targets_by_id
from mediatui.changes.undo import plan_undo, undoable
from mediatui.demo.seed import SimTorrent
from mediatui.model.plan import Plan
from mediatui.store.database import open_reader
from tests.worlds.account import AccountWorld, MakeWorld, torrent


def waiting() -> SimTorrent:
    return torrent("waiting_files_selection", progress=0.0)


async def synced(account_of: MakeWorld, *account: SimTorrent) -> AccountWorld:
    world = await account_of(account)
    await world.sync()
    return world


def repair(world: AccountWorld, *rows: SimTorrent) -> Plan:
    return world.plan(lambda c: plan_repair(c, targets_by_id(c, [one.id for one in rows])))


def delete(world: AccountWorld, *rows: SimTorrent) -> Plan:
    return world.plan(lambda c: plan_delete(c, targets_by_id(c, [one.id for one in rows])))


async def test_selections_offer_no_undo_and_say_why(account_of: MakeWorld) -> None:
    rows = [waiting(), waiting()]
    world = await synced(account_of, *rows)
    run = await world.apply(repair(world, *rows))
    assert run.counts["done"] == 2
    assert run.finished.hint == "It cannot be undone: a selection cannot be undone."
    plan = world.plan(plan_undo, 1)
    assert (plan.steps, len(plan.notes)) == ((), 2)


async def test_a_repair_that_replaced_the_entry_offers_no_undo(account_of: MakeWorld) -> None:
    old = torrent("error", progress=0.0)
    world = await synced(account_of, old)
    run = await world.apply(repair(world, old))
    assert run.counts["done"] == 1
    assert "undo 1" not in run.finished.hint
    assert world.plan(plan_undo, 1).steps == ()


async def test_of_some_it_says_how_many_of_how_many(account_of: MakeWorld) -> None:
    rows = [torrent("virus"), torrent(), torrent()]
    world = await synced(account_of, *rows)
    plan = delete(world, *rows)
    assert len(plan.not_undoable) == 1
    run = await world.apply(plan)
    assert run.finished.hint == "Undo 2 of 3: mediatui --headless undo 1 --apply"
    undo = world.plan(plan_undo, 1)
    assert (len(undo.steps), [why for _, why in undo.notes]) == (2, ["the service will not accept it again"])


@pytest.mark.parametrize("status", ["dead", "magnet_error", "error", "downloaded"])
async def test_what_undo_adds_again_is_undoable_from_the_question_on(account_of: MakeWorld, status: str) -> None:
    rows = [torrent(status), torrent(status)]
    world = await synced(account_of, *rows)
    plan = delete(world, *rows)
    assert plan.not_undoable == []
    assert any("no peers" in step.risk for step in plan.steps) == (status == "dead")
    run = await world.apply(plan)
    assert run.finished.hint == "Undo: mediatui --headless undo 1 --apply"
    with contextlib.closing(open_reader(world.path)) as reader:
        assert (undoable(reader, 1).steps, undoable(reader, 1).of) == (2, 2)
    undone = await world.apply(world.plan(plan_undo, 1))
    assert undone.counts["done"] == 2
    assert undone.counts["undoes"] == 1
    with contextlib.closing(open_reader(world.path)) as reader:
        assert undoable(reader, 1).steps == 0
