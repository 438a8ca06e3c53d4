"""The backup before a bulk change: complete, private, readable by restore, and not piling up."""

from __future__ import annotations

import json
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from mediatui.archive.add import plan_restore
from mediatui.archive.backup import export_to_file
from mediatui.archive.delete import plan_delete
from mediatui.archive.repair import plan_repair
from mediatui.archive.restore_file import read_backup
from mediatui.archive.targets import targets_by_id
from mediatui.changes.hash_backup import write_hash_backup
from mediatui.changes.undo import plan_undo
from mediatui.demo.seed import SimTorrent
from mediatui.model.errors import StoreError
from mediatui.store.conditions import STANDING
from tests.worlds.account import AccountWorld, MakeWorld, torrent, torrents

NOON = 1_780_000_000.25


async def synced(account_of: MakeWorld, account: Sequence[SimTorrent]) -> AccountWorld:
    world = await account_of(account)
    await world.sync(mode="fast")
    world.service.log.clear()
    return world


def backups(world: AccountWorld) -> list[Path]:
    return sorted((world.path.parent / "backups").glob("hashes-*"))


def backup(world: AccountWorld, folder: Path, now: float = NOON) -> Path:
    return world.plan(write_hash_backup, folder, now)  # type: ignore[arg-type,return-value]


@pytest.mark.slow
async def test_a_deleted_account_comes_back_from_the_backup_of_its_deletion(account_of: MakeWorld) -> None:
    account = [torrent(shape="season", file_count=5, skipped=number % 3) for number in range(12)]
    world = await synced(account_of, account)
    before = sorted(world.on_account().values())

    run = await world.apply(world.plan(lambda c: plan_delete(c, targets_by_id(c, [one.id for one in account]))))

    assert world.on_account() == {}
    (file,) = backups(world)
    assert str(file) in run.said()
    plan = world.plan(plan_restore, read_backup(file), str(file))
    assert (await world.apply(plan)).counts["done"] == 12
    assert sorted(world.on_account().values()) == before


async def test_one_deletion_and_adds_need_no_backup(account_of: MakeWorld) -> None:
    account = torrents(4)
    world = await synced(account_of, account)
    await world.apply(world.plan(lambda c: plan_delete(c, targets_by_id(c, [account[0].id]))))
    assert backups(world) == []
    await world.apply(world.plan(lambda c: plan_delete(c, targets_by_id(c, [one.id for one in account[1:]]))))
    assert len(backups(world)) == 1
    await world.apply(world.plan(plan_undo))
    assert len(backups(world)) == 1


async def test_repairs_have_a_backup_too(account_of: MakeWorld) -> None:
    account = torrents(2, "error")
    world = await synced(account_of, account)
    await world.apply(world.plan(lambda c: plan_repair(c, targets_by_id(c, [one.id for one in account]))))
    (file,) = backups(world)
    assert {row["id"] for row in json.loads(file.read_text())} == {one.id for one in account}


async def test_it_holds_every_standing_row_as_the_export_does_and_is_private(
    account_of: MakeWorld, tmp_path: Path
) -> None:
    account = torrents(7)
    world = await synced(account_of, account)
    await world.apply(world.plan(lambda c: plan_delete(c, targets_by_id(c, [account[0].id]))))

    file = backup(world, tmp_path / "some" / "backups")

    assert file.name == "hashes-20260528T202640.250Z.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {row["id"] for row in json.loads(file.read_text())} == {one.id for one in account[1:]}
    exported = tmp_path / "export.json"
    world.plan(lambda c: export_to_file(c, exported, "dmm", STANDING))  # type: ignore[arg-type,return-value]
    assert exported.read_bytes() == file.read_bytes()
    assert list(file.parent.iterdir()) == [file]


async def test_the_newest_twenty_stay_and_other_files_are_left_alone(account_of: MakeWorld, tmp_path: Path) -> None:
    world = await synced(account_of, torrents(1))
    own = tmp_path / "hashes-mine.json"
    own.write_text("[]")
    made = [backup(world, tmp_path, NOON + number // 2) for number in range(25)]
    assert len(set(made)) == 25
    assert set(tmp_path.glob("hashes-*")) == {own, *made[-20:]}


async def test_what_was_just_written_stays_when_the_clock_went_back(account_of: MakeWorld, tmp_path: Path) -> None:
    """Twenty backups of later dates are there."""
    world = await synced(account_of, torrents(1))
    later = [backup(world, tmp_path, NOON + 86_400 + number) for number in range(20)]
    now = [backup(world, tmp_path, NOON - number) for number in range(3)]
    assert set(tmp_path.glob("hashes-*")) == {*later[3:], *now}


async def test_backups_of_an_earlier_version_are_the_oldest(account_of: MakeWorld, tmp_path: Path) -> None:
    """Their names are times alone."""
    world = await synced(account_of, torrents(1))
    before = [tmp_path / f"hashes-203001{day:02d}T000000.000Z.json" for day in range(1, 21)]
    for path in before:
        path.write_text("[]")
    assert set(tmp_path.glob("hashes-*")) == {*before}
    now = backup(world, tmp_path)
    assert set(tmp_path.glob("hashes-*")) == {*before[1:], now}


async def test_nothing_is_changed_when_it_cannot_be_written(account_of: MakeWorld) -> None:
    account = torrents(3)
    world = await synced(account_of, account)
    (world.path.parent / "backups").write_text("a file where the folder is to be")
    run = await world.apply(world.plan(lambda c: plan_delete(c, targets_by_id(c, [one.id for one in account]))))
    assert (run.finished.outcome, run.finished.error_kind) == ("failed", "store")
    assert world.service.written() == []
    with pytest.raises(StoreError):
        backup(world, world.path.parent / "backups")
