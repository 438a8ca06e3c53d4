"""What the account dropped comes back by ``repair``: from its hash, with the files that were selected."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mediatui.archive.repair import plan_repair
from mediatui.archive.targets import targets_by_id
from mediatui.changes.undo import plan_undo
from mediatui.demo.seed import SimTorrent
from mediatui.model.errors import GuardTripped
from mediatui.model.plan import Plan
from tests.worlds.account import AccountWorld, MakeWorld, torrent

SEASON = {"shape": "season", "file_count": 6, "skipped": 2}


async def dropped(account_of: MakeWorld, *gone: SimTorrent, stay: Sequence[SimTorrent] = ()) -> AccountWorld:
    """A world whose archive knows torrents that the account has dropped since."""
    world = await account_of([*gone, torrent("downloaded"), *stay])
    await world.sync(mode="fast")
    for one in gone:
        world.account.remove(one.id)
    await world.sync(mode="fast")
    world.service.log.clear()
    return world


def plan(world: AccountWorld, *rows: SimTorrent) -> Plan:
    return world.plan(lambda c: plan_repair(c, targets_by_id(c, [one.id for one in rows])))


async def test_a_dropped_torrent_is_added_again_with_its_selection_and_undo_takes_it_away(
    account_of: MakeWorld,
) -> None:
    old = torrent("downloaded", **SEASON)
    world = await dropped(account_of, old)
    assert world.value("SELECT class FROM torrents WHERE id = ?", old.id) == "gone"
    wanted = plan(world, old)
    assert (wanted.title, wanted.requests, wanted.not_undoable) == ("Add 1 torrent again", 4, [])

    run = await world.apply(wanted)

    assert [outcome for outcome, _ in run.steps] == ["done"]
    assert len(world.service.log) <= 4
    ((new_id, chosen),) = [(id_, files) for id_, (its, files) in world.on_account().items() if its == old.hash]
    assert chosen == (1, 2, 3, 4)
    again = plan(world, old)
    assert again.steps == ()
    assert again.notes == ((old.filename, f"it is on the account again ({new_id})"),)

    await world.apply(world.plan(plan_undo, 1))
    assert old.hash not in {its for its, _ in world.on_account().values()}


async def test_what_is_gone_as_a_virus_stays_away_and_what_waited_waits_again(account_of: MakeWorld) -> None:
    virus, waited = torrent("virus"), torrent("waiting_files_selection")
    world = await dropped(account_of, virus, waited)
    wanted = plan(world, virus, waited)
    assert [(note[0], "virus" in note[1]) for note in wanted.notes] == [(virus.filename, True)]
    await world.apply(wanted)
    assert [chosen for its, chosen in world.on_account().values() if its == waited.hash] == [()]
    assert virus.hash not in {its for its, _ in world.on_account().values()}


async def test_the_same_files_are_added_once_and_a_problem_beside_them_is_repaired(account_of: MakeWorld) -> None:
    first = torrent("downloaded", **SEASON)
    second = torrent("downloaded", hash=first.hash, filename=first.filename, **SEASON)
    ill = torrent("error", **SEASON)
    world = await dropped(account_of, first, second, stay=[ill])
    wanted = plan(world, first, second, ill)
    assert wanted.title == "Repair 1 torrent and add 1 torrent again"
    assert wanted.notes == ((second.filename, "the same torrent with the same files is added already"),)


async def test_nothing_is_added_while_it_is_not_known_what_the_account_holds(account_of: MakeWorld) -> None:
    old = torrent("downloaded")
    world = await dropped(account_of, old)
    async with world.db.transaction() as connection:
        await connection.execute("DELETE FROM facts")
    with pytest.raises(GuardTripped):
        plan(world, old)
