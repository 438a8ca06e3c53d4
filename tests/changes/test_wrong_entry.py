"""An add that is answered with the id of another torrent's entry touches neither that entry nor any other."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mediatui.archive.add import plan_add, plan_restore
from mediatui.archive.delete import plan_delete
from mediatui.archive.repair import plan_repair
from mediatui.archive.restore_file import BackedUp, BackupFile
from mediatui.archive.targets import targets_by_id
from mediatui.changes.undo import NothingToUndo, plan_undo
from mediatui.demo.faults import Reply
from mediatui.demo.seed import SimTorrent
from mediatui.model.plan import Plan
from mediatui.store.changes.journal import plan_again
from tests.worlds.account import AccountWorld, MakeWorld, torrent, torrents

STRANGER = "c0ffee" + "0" * 34
OWN_FILE = b"d4:infod6:lengthi1000e4:name12:Own.Film.mkv12:piece lengthi16384e6:pieces20:" + bytes(20) + b"ee"
WAITS = ("waiting_files_selection", "magnet_conversion", "downloaded", "error")


def answers_with(entry: SimTorrent) -> Callable[[Reply], Reply]:
    return lambda reply: Reply(201, json.dumps({"id": entry.id, "uri": ""}).encode(), dict(reply.headers))


def unrelated(status: str) -> SimTorrent:
    return torrent(status, shape="season", file_count=6)


async def world_of(account_of: MakeWorld, account: Sequence[SimTorrent], other: SimTorrent) -> AccountWorld:
    """An account in which every add is done, but answered with the id of ``other``."""
    world = await account_of([*account, other])
    await world.sync(mode="fast")
    world.service.log.clear()
    world.fault("/torrents/add", answers_with(other), times=100)
    return world


def assert_nothing_was_touched(world: AccountWorld, before: dict[str, tuple[str, tuple[int, ...]]]) -> None:
    """Every entry that was there stands as it was, and none was selected, opened or deleted."""
    after = world.on_account()
    assert {id_: after.get(id_) for id_ in before} == before
    assert {path.split("/")[2] for _, path in world.service.written()} <= {"addMagnet", "addTorrent"}
    assert world.value("SELECT count(*) FROM torrents WHERE gone_at IS NOT NULL") == 0


def plans(tmp_path: Path, world: AccountWorld, kind: str, old: SimTorrent) -> Plan:
    if kind == "repair":
        return world.plan(lambda c: plan_repair(c, targets_by_id(c, [old.id])))
    if kind == "restore":
        backup = BackupFile((BackedUp(STRANGER, "A film", None, None),), ())
        return world.plan(plan_restore, backup, "backup.json")
    file = tmp_path / "own.torrent"
    file.write_bytes(OWN_FILE)
    return world.plan(plan_add, [STRANGER if kind == "add" else str(file)], "video")


@pytest.mark.parametrize("status", WAITS)
@pytest.mark.parametrize("kind", ["repair", "add", "file", "restore"])
async def test_every_add_compares_the_hash_before_anything_else(
    account_of: MakeWorld, tmp_path: Path, kind: str, status: str
) -> None:
    old, other = torrent("error", shape="season", file_count=6, skipped=2), unrelated(status)
    world = await world_of(account_of, [old, *torrents(2)], other)
    before = world.on_account()
    run = await world.apply(plans(tmp_path, world, kind, old))

    ((outcome, reason),) = run.steps
    assert outcome == "failed"
    assert f"the entry {other.id} of another torrent, which was left alone" in reason
    assert_nothing_was_touched(world, before)
    assert world.rows("SELECT 1 FROM journal WHERE outcome IS NULL") == []
    with pytest.raises(NothingToUndo):
        world.plan(plan_undo)


async def test_an_undo_compares_it_too(account_of: MakeWorld) -> None:
    gone, other = torrent(), unrelated("waiting_files_selection")
    world = await world_of(account_of, [gone, *torrents(2)], other)
    await world.apply(world.plan(lambda c: plan_delete(c, targets_by_id(c, [gone.id]))))
    world.service.log.clear()
    before = world.on_account()
    ((outcome, reason),) = (await world.apply(world.plan(plan_undo))).steps
    assert (outcome, other.id in reason) == ("failed", True)
    after = world.on_account()
    assert {id_: after[id_] for id_ in before} == before


async def test_tried_again_it_carries_on_with_what_was_added_all_the_same(account_of: MakeWorld) -> None:
    old, other = torrent("error", shape="season", file_count=6, skipped=2), unrelated("waiting_files_selection")
    world = await world_of(account_of, [old], other)
    before = world.on_account()[other.id]
    await world.apply(world.plan(lambda c: plan_repair(c, targets_by_id(c, [old.id]))))
    world.service.faults.clear()
    async with world.db.transaction() as connection:
        await plan_again(connection, 1, ("failed",))
    run = await world.carry_on(1)

    assert [outcome for outcome, _ in run.steps] == ["done"]
    assert sum(1 for _, path in world.service.written() if path == "/torrents/addMagnet") == 1
    assert [its for its, _ in world.on_account().values()].count(old.hash) == 1
    assert world.on_account()[other.id] == before
