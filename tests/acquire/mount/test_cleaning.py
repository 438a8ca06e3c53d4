"""What lies in staging, whose it is, and what is of use no more."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from mediatui.acquire.acts import act_on
from mediatui.acquire.mount.cleaning import plan_again, plan_clean, plan_remove
from mediatui.acquire.mount.staged import StagedItem, staged_items
from mediatui.changes.steps import symlinks
from mediatui.changes.undo import plan_undo
from mediatui.system.staged_links import staged_entries
from tests.worlds.account import MakeWorld
from tests.worlds.staging import SIZE, Staging, film, pack
from tests.worlds.transfers import hash_of, synced

FERN, SALT = film(hash_of(1)), pack(hash_of(2), count=2)


def in_staging(at: Staging, days: int = 7) -> list[StagedItem]:
    """What lies in staging now, as its list has it."""
    folder = os.fsencode(at.folder)
    found: list[StagedItem] = at.world.plan(staged_items, folder, staged_entries(folder), days, at.now)  # type: ignore[assignment]  # any reading goes
    return found


async def test_the_links_of_ended_transfers_go_and_come_back(account_of: MakeWorld, tmp_path: Path) -> None:
    world = await synced(account_of, [FERN, SALT])
    at = Staging(world, tmp_path)
    await at.grab(FERN, SALT)
    at.show(FERN)
    at.show(SALT)
    await at.fetch()
    strange = at.folder / "notes.txt"
    strange.write_text("mine")
    items = in_staging(at)
    assert sorted(0 if one.owner is None else one.owner.id for one in items) == [0, 1, 2, 2]
    assert [one.size for one in items] == [SIZE, SIZE, SIZE, 4]
    assert [one.proof for one in items] == ["opened", "opened", "opened", "not known"]
    assert plan_clean(os.fsencode(at.folder), items).steps == ()
    await world.db.write(act_on, "forget", "2", at.now)
    plan = plan_clean(os.fsencode(at.folder), in_staging(at))
    assert plan.title == "Take 2 links out of staging"
    assert plan.notes == (("notes.txt", "no transfer placed it there"),)
    strange.unlink()
    before = at.links()
    await world.apply(plan)
    assert [name for name in at.links() if name.startswith("2-")] == []
    await world.apply(world.plan(plan_undo, world.value("SELECT max(batch) FROM batches")))
    assert at.links() == before


def test_nothing_is_gone_through_and_no_mount_is_asked(tmp_path: Path) -> None:
    (tmp_path / "1-a").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "1-a" / "folder").symlink_to(tmp_path)
    (tmp_path / "1-a" / "dead.mkv").symlink_to("/nowhere/at/all")
    found = {Path(os.fsdecode(one.path)): one.target for one in staged_entries(os.fsencode(tmp_path))}
    assert found == {
        tmp_path / "1-a" / "folder": os.fsencode(tmp_path), tmp_path / "1-a" / "dead.mkv": b"/nowhere/at/all",
        tmp_path / "empty": b"",
    }  # fmt: skip


async def test_what_is_named_goes_a_link_comes_back_a_file_does_not(account_of: MakeWorld, tmp_path: Path) -> None:
    world = await synced(account_of, [FERN])
    at = Staging(world, tmp_path)
    folder = os.fsencode(at.folder)
    await at.grab(FERN)
    at.show(FERN)
    await at.fetch()
    strange = at.folder / "left" / "film.mkv"
    strange.parent.mkdir()
    strange.symlink_to("/mnt/away/film.mkv")
    (at.folder / "left" / "film.mkv.part").write_bytes(b"12345")
    before = at.folder.rglob("*")
    before_names = sorted(str(path.relative_to(at.folder)) for path in before)
    assert [one.is_leftover for one in in_staging(at)] == [False, False, False]
    assert [one.below for one in in_staging(at, days=0) if one.is_leftover] == ["left/film.mkv", "left/film.mkv.part"]
    plan = plan_remove(folder, in_staging(at), [os.fsencode(strange.parent)])
    assert plan.title == "Take 1 link and 1 file out of staging"
    assert [step.cannot_undo != "" for step in plan.steps] == [False, True, False]
    await world.apply(plan)
    assert not strange.parent.exists()
    await world.apply(world.plan(plan_undo, world.value("SELECT max(batch) FROM batches")))
    names = sorted(str(path.relative_to(at.folder)) for path in at.folder.rglob("*"))
    assert names == [name for name in before_names if not name.endswith(".part")]


async def test_a_file_that_grew_since_it_was_seen_stays(account_of: MakeWorld, tmp_path: Path) -> None:
    world = await synced(account_of, [FERN])
    at = Staging(world, tmp_path)
    part = at.folder / "film.mkv.part"
    part.write_bytes(b"12345")
    plan = plan_remove(os.fsencode(at.folder), in_staging(at), [os.fsencode(part)])
    part.write_bytes(b"123456")
    run = await world.apply(plan)
    assert part.read_bytes() == b"123456"
    assert ("skipped", "it has changed since") in run.steps


async def test_what_is_staged_is_fetched_again(account_of: MakeWorld, tmp_path: Path) -> None:
    world = await synced(account_of, [FERN])
    at = Staging(world, tmp_path)
    await at.grab(FERN)
    at.show(FERN)
    await at.fetch()
    before = at.links()
    await world.apply(world.plan(plan_again, [1]))
    assert (at.links(), world.value("SELECT state || hold FROM transfers")) == ({}, "readynone")
    await at.fetch()
    assert (at.links(), world.value("SELECT state FROM transfers")) == (before, "staged")


async def test_the_links_of_a_transfer_that_is_taken_out_wait_for_a_person(
    account_of: MakeWorld, tmp_path: Path
) -> None:
    world = await synced(account_of, [FERN])
    at = Staging(world, tmp_path)
    await at.grab(FERN)
    at.show(FERN)
    await at.fetch()
    folder = next(at.folder.iterdir())
    plan = plan_remove(os.fsencode(at.folder), in_staging(at), [os.fsencode(folder)])
    assert plan.says == ("1 transfer is put aside then, until resumed.",)
    await world.apply(plan)
    assert (at.links(), world.value("SELECT state || hold FROM transfers")) == ({}, "readypaused")


async def test_where_staging_is_full_every_fetch_waits_and_nothing_is_asked(
    account_of: MakeWorld, tmp_path: Path
) -> None:
    world = await synced(account_of, [FERN])
    at = Staging(world, tmp_path, **{"staging.keep_free_gb": 1_000_000})
    await at.grab(FERN)
    at.show(FERN)
    run = await at.fetch()
    assert at.links() == {}
    assert at.hold() == ("no-space", {"needed": 4096, "free": 0})
    assert "staging.keep_free_gb" in run.finished.summary
    assert world.value("SELECT state || hold FROM transfers") == "readynone"
    again = Staging(world, tmp_path, **{"staging.keep_free_gb": 0})
    await again.fetch(later=3_700)
    assert (again.hold(), world.value("SELECT state FROM transfers")) == (("", {}), "staged")


async def test_a_file_system_that_takes_no_more_names_is_said_to(
    account_of: MakeWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Staging(await synced(account_of, [FERN]), tmp_path)
    await at.grab(FERN)
    at.show(FERN)
    monkeypatch.setattr("mediatui.acquire.mount.away.room_in", no_names)
    run = await at.fetch()
    assert f"staging.folder {at.folder} takes no more names" in run.finished.summary
    assert at.hold()[0] == "no-storage"


def no_names(folder: bytes) -> tuple[int, bool]:
    return 10**12, False


async def test_a_link_that_has_no_room_holds_all_of_them(
    account_of: MakeWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await synced(account_of, [FERN])
    at = Staging(world, tmp_path)
    await at.grab(FERN)
    at.show(FERN)

    def full(*args: object, **how: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(symlinks, "make_folders", full)
    await at.fetch()
    assert at.hold()[0] == "no-space"
    assert world.value("SELECT state || hold FROM transfers") == "readynone"
