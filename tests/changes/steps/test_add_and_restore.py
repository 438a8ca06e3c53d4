"""Adding, restoring, and taking either back: exactly what was added, and nothing that was there before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mediatui.archive.add import plan_add, plan_restore
from mediatui.archive.backup import export_to_file
from mediatui.archive.dedupe import plan_dedupe
from mediatui.archive.delete import plan_delete
from mediatui.archive.duplicates import find_duplicates
from mediatui.archive.repair import plan_repair
from mediatui.archive.restore_file import read_backup
from mediatui.archive.targets import targets_by_id
from mediatui.changes.steps.torrents import AddTorrent
from mediatui.changes.undo import NothingToUndo, plan_undo
from mediatui.demo.faults import Reply, dropped, error
from mediatui.demo.seed import SimTorrent
from mediatui.model.choices import ExportFormat
from mediatui.model.errors import GuardTripped, UsageError
from mediatui.model.plan import Plan, Step
from mediatui.store.changes.journal import open_line, plan_again, store_plan
from mediatui.store.conditions import STANDING
from tests.worlds.account import AccountWorld, MakeWorld, torrent, torrents

STRANGER = "c0ffee" + "0" * 34
ADD_MAGNET = "/torrents/addMagnet"


async def synced(account_of: MakeWorld, account: Sequence[SimTorrent], **settings: object) -> AccountWorld:
    world = await account_of(account, **settings)
    await world.sync(mode="fast")
    world.service.log.clear()
    return world


def season(**facts: Any) -> SimTorrent:
    return torrent(**{"shape": "season", "file_count": 6, **facts})


def knows(world: AccountWorld, *contents: SimTorrent) -> None:
    """Lets the service know what is behind hashes that are not on the account."""
    for one in contents:
        world.account.add(one)
        world.account.remove(one.id)


def content(world: AccountWorld) -> list[tuple[str, tuple[int, ...]]]:
    return sorted(world.on_account().values())


def selections(world: AccountWorld, info_hash: str) -> list[tuple[int, ...]]:
    return [chosen for its, chosen in world.on_account().values() if its == info_hash]


def add(world: AccountWorld, *sources: str, select: str = "video") -> Plan:
    return world.plan(plan_add, sources, select)


def delete(world: AccountWorld, rows: Iterable[SimTorrent]) -> Plan:
    return world.plan(lambda c: plan_delete(c, targets_by_id(c, [one.id for one in rows])))


def torrent_file(folder: Path, name: str) -> tuple[Path, str]:
    """A .torrent file of one file, and its info-hash."""
    pieces = hashlib.sha1(name.encode()).digest()
    info = f"d6:lengthi1000e4:name{len(name)}:{name}12:piece lengthi16384e6:pieces20:".encode() + pieces + b"e"
    path = folder / f"{name}.torrent"
    path.write_bytes(b"d4:info" + info + b"e")
    return path, hashlib.sha1(info).hexdigest()


async def test_a_magnet_a_hash_and_a_file_are_added(account_of: MakeWorld, tmp_path: Path) -> None:
    world = await synced(account_of, torrents(2))
    film, series = torrent(), season()
    knows(world, film, series)
    path, its_hash = torrent_file(tmp_path, "Own.Film.mkv")

    plan = add(world, f"magnet:?xt=urn:btih:{film.hash.upper()}&dn=A+Film", series.hash, str(path))
    assert [step.what for step in plan.steps] == ["A Film", series.hash, "Own.Film.mkv"]
    run = await world.apply(plan)

    assert [outcome for outcome, _ in run.steps] == ["done"] * 3
    assert selections(world, film.hash) == [(1,)]
    assert selections(world, series.hash) == [(1, 2, 3, 4, 5, 6)]
    assert len(selections(world, its_hash)) == 1
    assert ("PUT", "/torrents/addTorrent") in world.service.written()
    assert len(world.service.log) <= plan.requests
    assert world.value("SELECT count(*) FROM torrents WHERE gone_at IS NULL AND details_at IS NOT NULL") == 5
    assert world.rows("SELECT 1 FROM journal WHERE outcome IS NULL") == []


async def test_what_is_there_or_given_twice_is_noted(account_of: MakeWorld) -> None:
    account = torrents(2)
    world = await synced(account_of, account)
    plan = add(world, account[0].hash, STRANGER, STRANGER.upper())
    assert len(plan.steps) == 1
    assert [account[0].id in plan.notes[0][1], plan.notes[1][1]] == [True, "it was given twice"]


async def test_what_came_meanwhile_is_not_added_again(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(2))
    plan = add(world, STRANGER)
    world.account.add(torrent(hash=STRANGER))
    await world.sync(mode="torrents")
    world.service.log.clear()
    ((outcome, reason),) = (await world.apply(plan)).steps
    assert (outcome, "already" in reason) == ("skipped", True)
    assert world.service.written() == []


@pytest.mark.parametrize(
    ("select", "chosen"),
    [("video", (1, 2, 3)), ("all", (1, 2, 3, 4, 5)), ("2-3", (2, 3)), ("5,1", (1, 5))],
)
async def test_the_files_that_are_wanted_are_selected(
    account_of: MakeWorld, select: str, chosen: tuple[int, ...]
) -> None:
    world = await synced(account_of, torrents(2))
    new = season(file_count=3, extras=("Show-sample.mkv", "Show.nfo"))
    knows(world, new)
    assert (await world.apply(add(world, new.hash, select=select))).counts["done"] == 1
    assert selections(world, new.hash) == [chosen]


async def test_a_torrent_without_videos_is_selected_whole(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(2))
    new = season(shape="rar", file_count=4)
    knows(world, new)
    assert (await world.apply(add(world, new.hash))).counts["done"] == 1
    assert selections(world, new.hash) == [(1, 2, 3, 4)]


async def test_files_that_do_not_exist_fail_and_name_the_entry(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(2))
    new = season()
    knows(world, new)
    run = await world.apply(add(world, new.hash, select="4-9"))
    ((outcome, reason),) = run.steps
    (new_id,) = [id_ for id_, (its, _) in world.on_account().items() if its == new.hash]
    assert (outcome, new_id in reason, "no file 7, 8, 9" in reason) == ("failed", True, True)
    assert world.value("SELECT status FROM torrents WHERE id = ?", new_id) == "waiting_files_selection"

    undone = await world.apply(world.plan(plan_undo))
    assert undone.steps == [("done", "")]
    assert new_id not in world.on_account()


async def test_a_stranger_becomes_an_entry_with_its_videos(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(2))
    world.behave(STRANGER, converts_for=3)
    assert (await world.apply(add(world, STRANGER))).counts["done"] == 1
    (chosen,) = selections(world, STRANGER)
    assert chosen
    assert world.value("SELECT class FROM torrents WHERE hash = ?", STRANGER) == "ok"


async def test_what_has_to_be_downloaded_is_done_and_says_so(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(2))
    world.behave(STRANGER, cached=False)
    ((outcome, reason),) = (await world.apply(add(world, STRANGER))).steps
    assert (outcome, "downloading" in reason) == ("done", True)


@pytest.mark.parametrize("source", ["~nobody-at-all/x", "x" * 5000, "nul\0byte", "nowhere.torrent", "", "."])
async def test_a_source_that_is_none_is_a_usage_error(account_of: MakeWorld, source: str) -> None:
    world = await account_of(torrents(1))
    with pytest.raises(UsageError):
        add(world, source)


async def test_a_lost_answer_makes_no_second_entry(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(2))
    world.fault(ADD_MAGNET, dropped)
    assert (await world.apply(add(world, STRANGER))).counts["done"] == 1
    assert len(selections(world, STRANGER)) == 1
    assert sum(1 for _, path in world.service.written() if path == ADD_MAGNET) == 1


async def test_an_add_that_ended_early_is_carried_on_with(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(2))
    world.fault("/torrents/selectFiles/", error(401, 8, "bad_token")).before = True
    run = await world.apply(add(world, STRANGER))
    assert run.finished.error_kind == "refused"
    run = await world.carry_on(1)
    assert [outcome for outcome, _ in run.steps] == ["done"]
    assert len(selections(world, STRANGER)) == 1
    assert world.rows("SELECT 1 FROM journal WHERE outcome IS NULL") == []


async def test_undo_of_an_add_takes_off_what_was_added_and_nothing_else(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(3))
    before = content(world)
    await world.apply(add(world, STRANGER, "d" * 40))
    assert len(world.on_account()) == 5

    run = await world.apply(world.plan(plan_undo))

    assert [outcome for outcome, _ in run.steps] == ["done", "done"]
    assert content(world) == before
    with pytest.raises(NothingToUndo):
        world.plan(plan_undo)


@pytest.mark.parametrize("known_to_the_archive", [True, False])
async def test_undo_of_an_add_that_was_folded_leaves_the_entry_that_was_there(
    account_of: MakeWorld, known_to_the_archive: bool
) -> None:
    world = await synced(account_of, torrents(2))
    plan = add(world, STRANGER, "d" * 40)
    there = torrent(hash=STRANGER)
    world.account.add(there)
    world.behave(STRANGER, folds=True)
    if known_to_the_archive:
        plan = Plan("add", "Add", tuple(_copies(plan)))
        await world.sync(mode="torrents")

    run = await world.apply(plan)
    assert run.steps[0] == ("skipped", f"the service counts it as the entry that is there ({there.id})")
    assert run.steps[1][0] == "done"

    run = await world.apply(world.plan(plan_undo))
    assert [outcome for outcome, _ in run.steps] == ["done"]
    assert there.id in world.on_account()
    assert len(world.on_account()) == 3


def _copies(plan: Plan) -> Iterable[Step]:
    return [replace(step, copy=True) for step in plan.steps if isinstance(step, AddTorrent)]


@pytest.mark.parametrize("format_", ["json", "dmm", "magnets"])
async def test_a_backup_puts_back_what_is_missing_with_its_selection(
    account_of: MakeWorld, tmp_path: Path, format_: ExportFormat
) -> None:
    lost = [season(skipped=2), torrent()]
    account = [*lost, *torrents(4)]
    world = await synced(account_of, account)
    before = content(world)
    file = tmp_path / f"backup.{format_}"
    world.plan(lambda c: export_to_file(c, file, format_, STANDING))  # type: ignore[arg-type,return-value]
    await world.apply(delete(world, lost))

    plan = world.plan(plan_restore, read_backup(file), str(file))
    assert len(plan.steps) == 2
    assert sum("already" in why for _, why in plan.notes) == 4
    assert (await world.apply(plan)).counts["done"] == 2

    if format_ == "magnets":  # a magnet tells no selection
        assert selections(world, lost[0].hash) == [(1, 2, 3, 4, 5, 6)]
    else:
        assert content(world) == before

    run = await world.apply(world.plan(plan_undo))
    assert run.counts["done"] == 2
    assert set(world.on_account()) == {one.id for one in account[2:]}


async def test_a_plain_list_is_restored_and_broken_rows_are_noted(account_of: MakeWorld, tmp_path: Path) -> None:
    account = torrents(2)
    world = await synced(account_of, account)
    file = tmp_path / "list.txt"
    file.write_text(f"{account[0].hash}\nnot a hash\n{STRANGER}\n")
    plan = world.plan(plan_restore, read_backup(file), str(file))
    assert (len(plan.steps), len(plan.notes), plan.notes[0][0]) == (1, 2, "row 2")
    assert (await world.apply(plan)).counts["done"] == 1
    assert len(selections(world, STRANGER)) == 1


async def test_nothing_is_restored_while_it_is_not_known_what_the_account_holds(
    account_of: MakeWorld, tmp_path: Path
) -> None:
    world = await account_of(torrents(2))
    file = tmp_path / "hashes.txt"
    file.write_text(f"{STRANGER}\n")
    with pytest.raises(GuardTripped, match="what it lacks is not known"):
        world.plan(plan_restore, read_backup(file), str(file))
    await world.sync(mode="torrents")
    assert len(world.plan(plan_restore, read_backup(file), str(file)).steps) == 1


async def test_two_selections_of_one_hash_come_back_as_two_entries(account_of: MakeWorld, tmp_path: Path) -> None:
    first = season(selection=(1, 2))
    second = season(hash=first.hash, selection=(3, 4))
    world = await synced(account_of, [first, second])
    before = content(world)
    file = tmp_path / "backup.json"
    world.plan(lambda c: export_to_file(c, file, "dmm", STANDING))  # type: ignore[arg-type,return-value]
    await world.apply(delete(world, [first, second]))
    assert (await world.apply(world.plan(plan_restore, read_backup(file), str(file)))).counts["done"] == 2
    assert content(world) == before


async def test_undo_of_an_undo_deletes_again(account_of: MakeWorld) -> None:
    account = [season(skipped=3), *torrents(2)]
    world = await synced(account_of, account)
    before = content(world)
    await world.apply(delete(world, account[:1]))
    await world.apply(world.plan(plan_undo))
    assert content(world) == before

    run = await world.apply(world.plan(plan_undo, 2))
    assert run.steps == [("done", "")]
    assert len(world.on_account()) == 2

    await world.apply(world.plan(plan_undo, 3))
    assert content(world) == before


async def test_undo_of_a_deletion_leaves_what_waits_waiting(account_of: MakeWorld) -> None:
    waiting = season(status="waiting_files_selection", selection=(), progress=0.0)
    world = await synced(account_of, [waiting, *torrents(2)])
    before = content(world)
    await world.apply(delete(world, [waiting]))
    await world.apply(world.plan(plan_undo))
    assert content(world) == before
    assert [one.status for one in world.account.torrents() if one.hash == waiting.hash] == ["waiting_files_selection"]


async def test_undo_of_a_deletion_selects_nothing_of_what_was_still_being_converted(account_of: MakeWorld) -> None:
    converting = season(status="magnet_conversion", selection=(), progress=0.0, ended_at=None)
    world = await synced(account_of, [converting, *torrents(2)])
    before = content(world)
    await world.apply(delete(world, [converting]))
    world.behave(converting.hash, converts_for=10_000)
    assert (await world.apply(world.plan(plan_undo))).counts["done"] == 1
    assert content(world) == before


async def test_undo_of_a_repair_says_it_cannot_be_and_changes_nothing(account_of: MakeWorld) -> None:
    old = season(status="error", ended_at=None)
    world = await synced(account_of, [old, *torrents(2)])
    await world.apply(world.plan(lambda c: plan_repair(c, targets_by_id(c, [old.id]))))
    after = world.on_account()

    plan = world.plan(plan_undo)

    assert plan.steps == ()
    assert [why for _, why in plan.notes if "its content is there" in why]
    assert world.on_account() == after


async def test_undo_of_a_repair_never_takes_the_only_entry(account_of: MakeWorld) -> None:
    old = season(status="error", ended_at=None)
    world = await synced(account_of, [old, *torrents(2)])
    world.behave(old.hash, cached=False)
    await world.apply(world.plan(lambda c: plan_repair(c, targets_by_id(c, [old.id]), may_download=True)))
    world.account.remove(old.id)

    run = await world.apply(world.plan(plan_undo))

    assert [outcome for outcome, _ in run.steps] == ["skipped"]
    assert len(selections(world, old.hash)) == 1
    with pytest.raises(NothingToUndo):
        world.plan(plan_undo)


async def test_undo_of_a_repair_leaves_the_new_entry_when_somebody_else_deleted_the_old_one(
    account_of: MakeWorld,
) -> None:
    old = season(status="error", ended_at=None)
    world = await synced(account_of, [old, *torrents(2)])

    def meanwhile_gone(reply: Reply) -> Reply:
        world.account.remove(old.id)
        return reply

    world.fault("/unrestrict/link", meanwhile_gone)
    assert (await world.apply(world.plan(lambda c: plan_repair(c, targets_by_id(c, [old.id]))))).counts["done"] == 1
    assert world.plan(plan_undo).steps == ()
    assert len(selections(world, old.hash)) == 1


async def test_undo_of_a_repair_that_still_downloads_takes_the_new_entry_off(account_of: MakeWorld) -> None:
    old = season(status="error", ended_at=None)
    world = await synced(account_of, [old, *torrents(2)])
    before = world.on_account()
    world.behave(old.hash, cached=False)
    await world.apply(world.plan(lambda c: plan_repair(c, targets_by_id(c, [old.id]), may_download=True)))
    assert len(world.on_account()) == 4
    assert (await world.apply(world.plan(plan_undo))).counts["done"] == 1
    assert world.on_account() == before


async def test_undo_of_a_dedupe_brings_the_copies_back(account_of: MakeWorld) -> None:
    first = season()
    copies = [season(hash=first.hash, skipped=1), season(hash=first.hash, skipped=2)]
    world = await synced(account_of, [first, *copies, *torrents(20)])
    before = content(world)
    await world.apply(world.plan(lambda c: plan_dedupe(c, find_duplicates(c, "hash", "newest"))))
    assert selections(world, first.hash) == [(1, 2, 3, 4, 5, 6)]
    assert (await world.apply(world.plan(plan_undo))).counts["done"] == 2
    assert content(world) == before


async def test_undo_of_a_dedupe_says_when_the_service_folds_the_copies(account_of: MakeWorld) -> None:
    first = season()
    copy = season(hash=first.hash, skipped=1)
    world = await synced(account_of, [first, copy, *torrents(20)])
    await world.apply(world.plan(lambda c: plan_dedupe(c, find_duplicates(c, "hash", "newest"))))
    world.behave(first.hash, folds=True)
    run = await world.apply(world.plan(plan_undo))
    assert run.steps == [("skipped", f"the service counts it as the entry that is there ({first.id})")]
    assert selections(world, first.hash) == [(1, 2, 3, 4, 5, 6)]
    with pytest.raises(NothingToUndo):
        world.plan(plan_undo)


@pytest.mark.parametrize("was_deleted", [True, False])
async def test_undo_of_a_killed_deletion_looks_what_came_of_it(account_of: MakeWorld, was_deleted: bool) -> None:
    account = [season(skipped=2), *torrents(2)]
    world = await synced(account_of, account)
    before = content(world)
    plan = delete(world, account[:1])
    async with world.db.transaction() as connection:
        batch = await store_plan(connection, plan, 0.0)
        record = {"id": account[0].id, "hash": account[0].hash, "name": "x", "selection": [1, 2, 3, 4], "why": ""}
        await open_line(connection, batch, 1, "delete torrent", "x", record, 0.0)
    if was_deleted:
        world.account.remove(account[0].id)

    run = await world.apply(world.plan(plan_undo))

    assert [outcome for outcome, _ in run.steps] == ["done" if was_deleted else "skipped"]
    assert content(world) == before
    with pytest.raises(NothingToUndo):
        world.plan(plan_undo)


async def test_a_failed_add_can_be_tried_again(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(2))
    world.behave(STRANGER, no_slots=10_000)
    run = await world.apply(add(world, STRANGER))
    assert [outcome for outcome, _ in run.steps] == ["failed"]
    world.behave(STRANGER)
    async with world.db.transaction() as connection:
        await plan_again(connection, run.counts["batch"], ["failed"])
    assert (await world.carry_on(run.counts["batch"])).counts["done"] == 1
    assert len(selections(world, STRANGER)) == 1
