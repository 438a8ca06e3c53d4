"""Undo of a batch that was killed between a change and the note of its end: what became of it is looked at first."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from mediatui.archive.add import plan_add
from mediatui.changes.steps.folders import MakeDir, RemoveEmptyDir
from mediatui.changes.steps.moves import MovePath
from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.changes.undo import plan_undo
from mediatui.model.plan import Plan, Step
from mediatui.store.changes.journal import open_line, store_plan
from tests.worlds.account import AccountWorld, MakeWorld, torrent, torrents
from tests.worlds.maintenance import MaintenanceWorld

HASH = "c" * 40
Begun = tuple[Step, str, Mapping[str, object]]


def relink(world: MaintenanceWorld) -> Begun:
    path, target = str(world.movie("Heat")), os.readlink(world.films / "Action" / "Heat (2001).mkv")
    step = RelinkSymlink(what=path, path=path, target=target, new_target="new")
    return step, "relink symlink", {"path": path, "target": target, "new_target": "new"}


def move(world: MaintenanceWorld) -> Begun:
    path, new = str(world.movie("Heat")), str(world.films / "A" / "B" / "Heat.mkv")
    step = MovePath(what=path, path=path, new_path=new, target=os.readlink(path))
    made = [str(world.films / "A"), str(world.films / "A" / "B")]
    return step, "move path", {"path": path, "new_path": new, "target": os.readlink(path), "made": made}


def rmdir(world: MaintenanceWorld) -> Begun:
    path = world.films / "Empty"
    path.mkdir()
    step = RemoveEmptyDir(what=str(path), path=str(path))
    return step, "remove empty folder", {"path": str(path), "mode": 0o755, "owner": [os.getuid(), os.getgid()]}


def mkdir(world: MaintenanceWorld) -> Begun:
    path = str(world.films / "New")
    return MakeDir(what=path, path=path, mode=0o755), "make folder", {"path": path, "mode": 0o755}


def does(step: Step) -> None:
    """The change itself, by hand."""
    match step:
        case RelinkSymlink():
            os.unlink(step.path)
            os.symlink(step.new_target, step.path)
        case MovePath():
            os.makedirs(os.path.dirname(step.new_path))
            os.rename(step.path, step.new_path)
        case RemoveEmptyDir():
            os.rmdir(step.path)
        case MakeDir():
            os.mkdir(step.path)


@pytest.mark.parametrize("happened", [True, False])
@pytest.mark.parametrize("make", [relink, move, rmdir, mkdir])
async def test_a_begun_step_of_the_library_is_undone_whether_it_was_done_or_not(
    tmp_path: Path, make: Callable[[MaintenanceWorld], Begun], happened: bool
) -> None:
    """The tree is as it was, the exit code says so, and nothing is left to carry on with."""

    async with MaintenanceWorld(tmp_path) as world:
        step, kind, record = make(world)
        before = world.snapshot()
        batch = await begun(world, step, kind, record)
        if happened:
            does(step)
        undone = await world.undo(batch)
        assert undone.finished.exit_code == 0, undone.steps
        assert world.snapshot() == before
        assert world.rows("SELECT count(*) FROM journal WHERE batch = ? AND undone_at IS NULL", batch) == [(0,)]


async def test_a_begun_step_whose_end_cannot_be_told_is_named(tmp_path: Path) -> None:
    """The link leads somewhere else altogether."""

    async with MaintenanceWorld(tmp_path) as world:
        step, kind, record = relink(world)
        batch = await begun(world, step, kind, record)
        os.unlink(str(record["path"]))
        os.symlink("/elsewhere", str(record["path"]))
        undone = await world.undo(batch)
        assert undone.steps == [("skipped", "it points elsewhere now")]
        assert undone.finished.exit_code == 1
        assert os.readlink(str(record["path"])) == "/elsewhere"


async def begun(world: MaintenanceWorld, step: Step, kind: str, record: Mapping[str, object]) -> int:
    """A batch that was killed right after it had written what it was about to do."""
    batch = await world.store(Plan("cleanup", "Change", (step,)))
    async with world.db.transaction() as connection:
        await open_line(connection, batch, 1, kind, step.what, record, 1.0)
        await connection.execute("UPDATE plan_steps SET outcome = 'acting'")
        await connection.execute("UPDATE batches SET state = 'running'")
    return batch


async def added(world: AccountWorld) -> None:
    """An add that was killed right after it had written what it was about to do."""
    await world.sync(mode="fast")
    plan = world.plan(lambda connection: plan_add(connection, [HASH], "video"))
    async with world.db.transaction() as connection:
        batch = await store_plan(connection, plan, 1.0)
        record = {"hash": HASH, "name": "A Film", "known": [], "for": ""}
        await open_line(connection, batch, 1, "add torrent", "A Film", record, 1.0)
        await connection.execute("UPDATE plan_steps SET outcome = 'acting'")


async def test_a_begun_add_is_looked_for_and_taken_off(account_of: MakeWorld) -> None:
    """The entry waits for its files, nobody else has made it."""
    world = await account_of(torrents(3))
    await added(world)
    before = set(world.on_account())
    world.account.add(torrent(hash=HASH, status="waiting_files_selection"))
    run = await world.apply(world.plan(plan_undo))
    assert [outcome for outcome, _ in run.steps] == ["done"]
    assert (run.finished.exit_code, set(world.on_account())) == (0, before)


async def test_a_begun_add_that_never_came_is_undone_by_seeing_that(account_of: MakeWorld) -> None:
    """Nothing is deleted for it."""
    world = await account_of(torrents(3))
    await added(world)
    before = set(world.on_account())
    run = await world.apply(world.plan(plan_undo))
    assert run.steps == [("skipped", "it was not added")]
    assert (run.finished.exit_code, set(world.on_account())) == (0, before)
    assert world.value("SELECT count(*) FROM journal WHERE batch = 1 AND undone_at IS NULL") == 0


async def test_an_entry_that_may_be_anybodys_is_left_and_named(account_of: MakeWorld) -> None:
    """What cannot be settled ends with 1."""
    world = await account_of(torrents(3))
    await added(world)
    other = torrent(hash=HASH)
    world.account.add(other)
    run = await world.apply(world.plan(plan_undo))
    assert [outcome for outcome, _ in run.steps] == ["failed"]
    assert other.id in run.steps[0][1]
    assert run.finished.exit_code == 1
    assert other.id in world.on_account()
