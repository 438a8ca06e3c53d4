"""What lies in staging, whose it is, and what is of use no more."""

from __future__ import annotations

import os
from pathlib import Path

from mediatui.acquire.acts import act_on
from mediatui.acquire.mount.cleaning import owners, plan_clean
from mediatui.changes.undo import plan_undo
from mediatui.system.staged_links import staged_entries
from tests.worlds.account import MakeWorld
from tests.worlds.staging import Staging, film, pack
from tests.worlds.transfers import hash_of, synced

FERN, SALT = film(hash_of(1)), pack(hash_of(2), count=2)


async def test_the_links_of_ended_transfers_go_and_come_back(account_of: MakeWorld, tmp_path: Path) -> None:
    world = await synced(account_of, [FERN, SALT])
    at = Staging(world, tmp_path)
    await at.grab(FERN, SALT)
    at.show(FERN)
    at.show(SALT)
    await at.fetch()
    strange = at.folder / "notes.txt"
    strange.write_text("mine")
    entries = staged_entries(os.fsencode(at.folder))
    assert len(entries) == 4
    assert sorted(one.id for one in world.plan(owners).values()) == [1, 2, 2]  # type: ignore[attr-defined]
    assert world.plan(plan_clean, entries).steps == ()
    await world.db.write(act_on, "forget", "2", at.now)
    plan = world.plan(plan_clean, entries)
    assert plan.title == "Take 2 links out of staging"
    assert plan.notes == ((str(strange), "no transfer placed it there"),)
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
