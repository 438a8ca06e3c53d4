"""Undo while the library is away, or something lies in its way: what was not undone is there for a later undo."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mediatui.changes.steps.folders import MakeDir, RemoveEmptyDir
from mediatui.changes.steps.media import SetMediaFile
from mediatui.changes.steps.moves import MovePath
from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.changes.undo import NothingToUndo
from mediatui.model.plan import Plan, Step
from mediatui.store.changes.journal import failed_undos, read_batch, unfinished_batches
from mediatui.store.database import open_reader
from mediatui.store.library.media import Media
from tests.worlds.library import removal_of as removal_of
from tests.worlds.maintenance import MaintenanceWorld


def relinks(world: MaintenanceWorld) -> Plan:
    links = [world.movie("Heat", 1990 + number) for number in range(3)]
    return Plan("fix-symlinks", "Fix", tuple(
        RelinkSymlink(what=str(link), path=str(link), target=os.readlink(link), new_target=f"new {link.name}")
        for link in links
    ))  # fmt: skip


def moves(world: MaintenanceWorld) -> Plan:
    links = [world.movie("Heat", 1990 + number) for number in range(3)]
    return Plan("cleanup", "Move", tuple(
        MovePath(what=str(link), path=str(link), new_path=str(world.films / "Outdated" / link.name),
                 target=os.readlink(link))
        for link in links
    ))  # fmt: skip


def removals(world: MaintenanceWorld) -> Plan:
    world.movie("Stays")
    links = [world.movie("Heat", 1990 + number, missing=True) for number in range(3)]
    return removal_of(*map(os.fsencode, links))


def folders(world: MaintenanceWorld) -> Plan:
    world.movie("Stays")
    paths = [world.films / f"Empty {number}" for number in range(3)]
    for path in paths:
        path.mkdir()
    made = world.films / "Made"
    steps: list[Step] = [RemoveEmptyDir(what=str(path), path=str(path)) for path in paths]
    return Plan("cleanup", "Folders", (*steps, MakeDir(what=str(made), path=str(made), mode=0o755)))


PLANS: list[Callable[[MaintenanceWorld], Plan]] = [relinks, moves, removals, folders]


def standing(world: MaintenanceWorld, batch: int = 1) -> int:
    with contextlib.closing(open_reader(world.database)) as connection:
        found = read_batch(connection, batch)
    assert found is not None
    return found.standing


def goes_away(world: MaintenanceWorld) -> None:
    os.rename(world.root, world.folder / "unplugged")


def leaves_its_mount_point(world: MaintenanceWorld) -> None:
    goes_away(world)
    world.root.mkdir()


def comes_back(world: MaintenanceWorld) -> None:
    with contextlib.suppress(FileNotFoundError):
        world.root.rmdir()
    os.rename(world.folder / "unplugged", world.root)


@pytest.mark.parametrize("away", [goes_away, leaves_its_mount_point])
@pytest.mark.parametrize("made", PLANS)
async def test_with_the_disk_of_the_library_away_nothing_counts_as_undone(
    tmp_path: Path, made: Callable[[MaintenanceWorld], Plan], away: Callable[[MaintenanceWorld], None]
) -> None:
    """The guard ends the undo, ``resume`` finds it, and so does a later undo."""

    async with MaintenanceWorld(tmp_path) as world:
        plan = made(world)
        await world.scan()
        before = world.snapshot()
        assert (await world.apply(plan)).outcomes == {"done"}
        changed, count = world.snapshot(), standing(world)

        away(world)
        undone = await world.undo(1)
        assert undone.finished.exit_code == 4
        assert os.fsdecode(world.root) in undone.finished.summary
        assert standing(world) == count
        assert not world.root.exists() or os.listdir(world.root) == []
        comes_back(world)
        assert world.snapshot() == changed
        with contextlib.closing(open_reader(world.database)) as connection:
            assert [batch.batch for batch in unfinished_batches(connection)] == [2]

        assert (await world.undo(1)).finished.exit_code == 0
        assert world.snapshot() == before
        with pytest.raises(NothingToUndo):
            world.undo_plan(1)
        with contextlib.closing(open_reader(world.database)) as connection:
            assert unfinished_batches(connection) == []


@pytest.mark.parametrize("made", PLANS)
async def test_outside_the_roots_undo_fails_and_can_be_tried_again(
    tmp_path: Path, made: Callable[[MaintenanceWorld], Plan]
) -> None:
    """``library.roots`` was changed meanwhile."""

    async with MaintenanceWorld(tmp_path) as world:
        plan = made(world)
        before = world.snapshot()
        await world.apply(plan)
        count, roots = standing(world), list(world.settings.library.roots)
        world.settings.library.roots[:] = [tmp_path / "storage"]
        undone = await world.undo(1)
        assert undone.outcomes == {"failed"}
        assert {reason for _, reason in undone.steps} == {"it does not lie in a library root"}
        assert (undone.finished.exit_code, standing(world)) == (1, count)
        with contextlib.closing(open_reader(world.database)) as connection:
            assert [batch.batch for batch in failed_undos(connection)] == [2]

        world.settings.library.roots[:] = roots
        assert (await world.undo(1)).finished.exit_code == 0
        assert world.snapshot() == before
        with contextlib.closing(open_reader(world.database)) as connection:
            assert failed_undos(connection) == []


async def test_what_lies_in_the_way_is_named_and_a_later_undo_takes_up_the_rest(tmp_path: Path) -> None:
    """Nothing is overwritten, nothing is forgotten."""

    async with MaintenanceWorld(tmp_path) as world:
        plan = removals(world)
        before = world.snapshot()
        await world.apply(plan)
        in_the_way = Path(plan.steps[0].path)  # type: ignore[attr-defined]
        in_the_way.write_bytes(b"mine")
        undone = await world.undo(1)
        assert sorted(undone.steps) == [
            ("done", ""), ("done", ""), ("skipped", "something else is at its path now")
        ]  # fmt: skip
        assert undone.finished.exit_code == 1
        assert "undo 1 --apply" in undone.finished.hint
        in_the_way.unlink()
        again = await world.undo(1)
        assert (again.steps, again.finished.exit_code) == ([("done", "")], 0)
        assert world.snapshot() == before


async def test_what_somebody_took_back_by_hand_is_seen_to_be_back(tmp_path: Path) -> None:
    """Verified to be back already counts as undone."""

    async with MaintenanceWorld(tmp_path) as world:
        for number, made in enumerate([relinks, moves, folders], start=1):
            plan = made(world)
            await world.apply(plan)
            for step in reversed(plan.steps):
                match step:
                    case RelinkSymlink():
                        os.unlink(step.path)
                        os.symlink(step.target, step.path)
                    case MovePath():
                        os.rename(step.new_path, step.path)
                    case RemoveEmptyDir():
                        os.mkdir(step.path)
                    case MakeDir():
                        os.rmdir(step.path)
            if made is moves:
                (world.films / "Outdated").rmdir()
            undone = await world.undo(number * 2 - 1)
            assert undone.finished.exit_code == 0, undone.steps
            assert standing(world, number * 2 - 1) == 0
            for link in world.links():
                os.unlink(link)


async def test_a_note_of_a_film_that_is_known_otherwise_now_stands(tmp_path: Path) -> None:
    """A film whose file was noted."""

    async with MaintenanceWorld(tmp_path) as world:
        file = world.file("Heat.mkv")
        await world.media(Media("film", "Heat", 1995))
        step = SetMediaFile(what="Heat", path=str(file), media=1, title="Heat", year=1995)
        await world.apply(Plan("link-movies", "Note", (step,)))
        async with world.db.transaction() as connection:
            await connection.execute("UPDATE media SET file_path = CAST('/elsewhere' AS BLOB)")
        undone = await world.undo(1)
        assert undone.steps == [("skipped", "what the library has on record of it has changed")]
        assert (undone.finished.exit_code, standing(world)) == (1, 1)
        async with world.db.transaction() as connection:
            await connection.execute("UPDATE media SET file_path = NULL")
        assert (await world.undo(1)).finished.exit_code == 0
        assert standing(world) == 0
