"""A new entry that the service does not know for a moment: it is asked for again, and never added twice."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from mediatui.archive.add import plan_add
from mediatui.archive.repair import plan_repair
from mediatui.archive.targets import targets_by_id
from mediatui.changes.steps import adding, entries
from mediatui.changes.undo import plan_undo
from mediatui.demo.faults import Reply, error
from mediatui.demo.seed import SimTorrent
from mediatui.model.plan import Plan
from mediatui.store.changes.journal import plan_again
from tests.worlds.account import INFO, AccountWorld, MakeWorld, Run, torrent

HASH = "c0ffee" + "0" * 34
ALWAYS = 10**6
NOT_FOUND = error(404, 7, "unknown_ressource")


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "UNKNOWN_S", 0.03)
    monkeypatch.setattr(entries, "FIRST_POLL_S", 0.002)


class Late:
    """Answers 404 to ``reads`` of the details of entries that are not ``known``, after ``after`` of them."""

    def __init__(self, world: AccountWorld, known: Sequence[SimTorrent], reads: int, after: int = 0) -> None:
        self.known = {one.id for one in known}
        self.reads = reads
        self.after = after
        self.met = 0
        world.fault(INFO, self.change, times=ALWAYS)

    def change(self, reply: Reply) -> Reply:
        if reply.status != 200 or json.loads(reply.body)["id"] in self.known:
            return reply
        self.met += 1
        return NOT_FOUND(reply) if self.after < self.met <= self.after + self.reads else reply


async def synced(account_of: MakeWorld, *account: SimTorrent) -> AccountWorld:
    world = await account_of(account)
    await world.sync(mode="fast")
    return world


def broken() -> SimTorrent:
    return torrent("error", shape="season", file_count=6, skipped=2, progress=0.0)


def repair(world: AccountWorld, old: SimTorrent) -> Plan:
    return world.plan(lambda c: plan_repair(c, targets_by_id(c, [old.id])))


def of_hash(world: AccountWorld, info_hash: str) -> list[str]:
    """The ids of the entries of a hash."""
    return [one.id for one in world.account.torrents() if one.hash == info_hash]


def statuses(world: AccountWorld, info_hash: str) -> list[str]:
    return sorted(one.status for one in world.account.torrents() if one.hash == info_hash)


async def again(world: AccountWorld, run: Run) -> Run:
    """Tries what failed in a batch once more, as ``resume --failed``."""
    async with world.db.transaction() as connection:
        await plan_again(connection, run.counts["batch"], ["failed"])
    return await world.carry_on(run.counts["batch"])


def adds(world: AccountWorld) -> int:
    return sum(path == "/torrents/addMagnet" for _, path in world.service.written())


@pytest.mark.parametrize(("after", "reads"), [(0, 3), (1, 2), (0, 1)])
async def test_a_repair_waits_for_the_new_entry_to_be_known(account_of: MakeWorld, after: int, reads: int) -> None:
    """Right after the add, and after the selection."""
    old = broken()
    world = await synced(account_of, old)
    late = Late(world, [old], reads, after)
    run = await world.apply(repair(world, old))
    assert late.met > after + reads
    assert run.finished.exit_code == 0
    assert statuses(world, old.hash) == ["downloaded"]
    assert of_hash(world, old.hash) != [old.id]
    assert adds(world) == 1


async def test_a_selection_that_is_not_known_either_is_made_again(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, old)
    world.fault("/torrents/selectFiles/", NOT_FOUND, times=1).before = True
    assert (await world.apply(repair(world, old))).finished.exit_code == 0
    assert statuses(world, old.hash) == ["downloaded"]


@pytest.mark.parametrize("after", [0, 1])
async def test_given_up_it_is_the_entry_the_next_try_goes_on_with(account_of: MakeWorld, after: int) -> None:
    old = broken()
    world = await synced(account_of, old)
    late = Late(world, [old], ALWAYS, after)
    run = await world.apply(repair(world, old))
    assert [(outcome, "not know the new entry" in why) for outcome, why in run.steps] == [("failed", True)]
    ours = set(of_hash(world, old.hash)) - {old.id}
    assert len(ours) == 1
    for _ in range(2):
        again_failed = await again(world, run)
        assert [outcome for outcome, _ in again_failed.steps] == ["failed"]
        assert set(of_hash(world, old.hash)) - {old.id} == ours
    late.reads = 0
    assert (await again(world, run)).finished.exit_code == 0
    assert of_hash(world, old.hash) == [*ours]
    assert statuses(world, old.hash) == ["downloaded"]
    assert adds(world) == 1


@pytest.mark.parametrize("after", [0, 1])
async def test_the_same_command_goes_on_with_it_too_and_undo_knows_it(account_of: MakeWorld, after: int) -> None:
    old = broken()
    world = await synced(account_of, old)
    late = Late(world, [old], ALWAYS, after)
    await world.apply(repair(world, old))
    assert [outcome for outcome, _ in (await world.apply(repair(world, old))).steps] == ["failed"]
    assert len(of_hash(world, old.hash)) == 2
    late.reads = 0
    assert (await world.apply(repair(world, old))).finished.exit_code == 0
    assert statuses(world, old.hash) == ["downloaded"]
    assert adds(world) == 1
    assert world.value("SELECT count(*) FROM journal WHERE kind = 'add torrent' AND outcome = 'done'") == 1


async def test_an_add_waits_goes_on_and_is_undone(account_of: MakeWorld) -> None:
    other = torrent()
    world = await synced(account_of, other)
    late = Late(world, [other], 2)
    run = await world.apply(world.plan(plan_add, [HASH], "all"))
    assert run.finished.exit_code == 0
    assert statuses(world, HASH) == ["downloaded"]
    assert (await world.apply(world.plan(plan_undo))).finished.exit_code == 0
    assert of_hash(world, HASH) == []

    late.met, late.reads = 0, ALWAYS
    run = await world.apply(world.plan(plan_add, [HASH], "all"))
    assert run.finished.exit_code == 1
    await world.apply(world.plan(plan_add, [HASH], "all"))
    assert len(of_hash(world, HASH)) == 1
    late.met, late.reads = 0, 2
    assert (await world.apply(world.plan(plan_undo))).finished.exit_code == 0, "an undo right after it waits as well"
    assert of_hash(world, HASH) == []


async def test_what_never_comes_is_added_anew_later(account_of: MakeWorld) -> None:
    """An entry that nobody saw, that no list shows, and that was added long ago."""
    old = broken()
    world = await synced(account_of, old)
    late = Late(world, [old], ALWAYS)
    run = await world.apply(repair(world, old))
    (new_id,) = set(of_hash(world, old.hash)) - {old.id}
    world.account.remove(new_id)
    assert [outcome for outcome, _ in (await again(world, run)).steps] == ["failed"]
    assert adds(world) == 1
    late.reads = 0
    world.later = adding.NEW_S + 1
    assert (await again(world, run)).finished.exit_code == 0
    assert (adds(world), statuses(world, old.hash)) == (2, ["downloaded"])
