"""Moving links and folders, removing empty folders, making them again: nothing is overwritten, all can be undone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.changes.steps.bases import LibraryStep
from mediatui.changes.steps.folders import MakeDir, RemoveEmptyDir
from mediatui.changes.steps.moves import MovePath
from mediatui.model.plan import Plan
from mediatui.model.text import printable
from mediatui.store.changes.journal import open_line
from tests.worlds.killed_batch import kill_at
from tests.worlds.library import run
from tests.worlds.maintenance import MaintenanceWorld, Snapshot
from tests.worlds.volumes import as_root, tmpfs

ODD = b"odd \xff\xfe \n name.mkv"


def plan_of(*steps: LibraryStep) -> Plan:
    return Plan("cleanup", "Cleanup", steps)


def move(path: Path | bytes, new: Path | bytes) -> MovePath:
    text = os.fsdecode(path)
    target = os.readlink(text) if os.path.islink(text) else ""
    return MovePath(what=printable(text), path=text, new_path=os.fsdecode(new), target=target)


def remove(path: Path) -> RemoveEmptyDir:
    return RemoveEmptyDir(what=printable(str(path)), path=str(path))


async def test_links_and_folders_move_with_all_that_is_in_them_and_back(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        link, first = world.movie("Alien"), world.episode("Show", 1, 1)
        show = first.parents[1]
        os.chmod(show, 0o2750)
        before = world.snapshot()
        plan = plan_of(
            move(link, world.films / "A-C" / "A" / link.name), move(show, world.series / "Comédie" / show.name)
        )

        ran = await world.apply(plan)

        assert ran.steps == [("done", "")] * 2
        assert (world.films / "A-C" / "A" / link.name).is_symlink()
        assert (world.series / "Comédie" / show.name / first.parent.name / first.name).is_symlink()
        assert not show.exists()
        undone = await world.undo()
        assert undone.outcomes == {"done"}
        assert world.snapshot() == before
        again = await world.undo(2)
        assert again.outcomes == {"done"}
        assert (world.films / "A-C" / "A" / link.name).is_symlink()


async def test_names_that_are_not_utf_8_move_and_come_back(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        link = os.path.join(os.fsencode(world.films), b"Dr\xe2me", ODD)
        world.link(link, os.fsencode(world.file(ODD)))
        before = world.snapshot()
        new = os.path.join(os.fsencode(world.films), b"A\xc7", ODD)

        ran = await world.apply(plan_of(move(link, new), remove(Path(os.fsdecode(os.path.dirname(link))))))

        assert ran.outcomes == {"done"}
        assert os.readlink(new) == os.path.join(os.fsencode(world.view), ODD)
        await world.undo()
        assert world.snapshot() == before


async def test_rows_of_links_and_items_follow_a_moved_folder(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        link = world.episode("Show", 1, 2)
        other = world.episode("Show 2", 1, 2)  # begins with the same letters
        await world.scan()
        show = link.parents[1]
        new = world.series / "Autre" / show.name

        await world.apply(plan_of(move(show, new)))

        paths = {path for (path,) in world.rows("SELECT path FROM library_links")}
        assert paths == {os.fsencode(new / link.parent.name / link.name), os.fsencode(other)}


@pytest.mark.parametrize("kind", ["file", "folder", "link", "dangling link"])
async def test_a_name_in_the_way_is_never_overwritten(tmp_path: Path, kind: str) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        link = world.movie("Alien")
        new = world.films / "SF" / link.name
        new.parent.mkdir()
        if kind == "file":
            new.write_bytes(b"mine")
        elif kind == "folder":
            new.mkdir()
        else:
            world.link(new, world.file("other.mkv") if kind == "link" else world.view / "nothing")
        before = world.snapshot()

        ran = await world.apply(plan_of(move(link, new)))

        assert ran.steps == [("skipped", "something of that name is there already")]
        assert world.snapshot() == before


async def test_what_is_not_as_planned_stays_where_it_is_and_says_why(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        film = world.movie("Alien")
        relative = world.link("Films/Action/rel.mkv", os.path.relpath(film, film.parent))
        show = world.episode("Show", 1, 1).parents[1]
        (show / "poster.mkv").symlink_to("../../Other/poster.mkv")
        gone, another, turned = world.movie("Gone"), world.movie("Another"), world.movie("Turned")
        full = world.root / "Films" / "Full"
        full.mkdir()
        (full / ".hidden").touch()
        in_way = world.films / "file"
        in_way.touch()
        sf = world.films / "SF"
        steps = {
            move(relative, sf / "rel.mkv"): "its target is relative to its folder",
            move(show, world.series / "X" / show.name): "a link in it is relative and leads out of it",
            move(world.films, world.films / "in" / "itself"): "a folder cannot be moved into itself",
            move(world.root, tmp_path / "elsewhere"): "it is a library root",
            move(film, tmp_path / "outside" / film.name): "it does not lie in a library root",
            move(film, in_way / film.name): "something that is no folder is in its way",
            move(gone, sf / gone.name): "it is not there any more",
            move(another, sf / another.name): "it points elsewhere now",
            move(turned, sf / turned.name): "it is not a symlink any more",
            remove(full): "it is not empty any more",
            remove(world.root): "it is a library root",
            remove(world.films / "never"): "it is not there any more",
            remove(in_way): "it is not a folder any more",
            remove(tmp_path / "storage2"): "it does not lie in a library root",
            MakeDir(what="x", path=str(in_way), mode=0o755): "something is at its path now",
            MakeDir(what="x", path=str(tmp_path / "x"), mode=0o755): "it does not lie in a library root",
        }
        (tmp_path / "storage2").mkdir()
        gone.unlink()
        another.unlink()
        another.symlink_to(world.view / "other.mkv")
        turned.unlink()
        turned.write_bytes(b"real")
        before = world.snapshot()

        ran = await world.apply(plan_of(*steps))

        for (outcome, reason), expected in zip(ran.steps, steps.values(), strict=True):
            assert (outcome, expected in reason) == ("skipped", True), reason
        assert world.snapshot() == before
        assert not (tmp_path / "outside").exists()


async def test_a_folder_that_holds_a_root_or_a_mount_never_moves_and_an_empty_mount_never_goes(tmp_path: Path) -> None:
    inner = tmp_path / "library" / "Films" / "Disk" / "storage"
    inner.mkdir(parents=True)
    root = tmp_path / "library" / "Films"
    async with MaintenanceWorld(tmp_path, storage=[str(inner)], roots=[str(tmp_path / "library"), str(root)]) as world:
        steps = (
            move(world.films / "Disk", world.films / "Elsewhere"),
            move(world.films, world.root / "Movies"),
            remove(inner),
        )

        ran = await world.apply(plan_of(*steps))

        assert ran.steps == [
            ("skipped", "a mount is there"),
            ("skipped", "it is a library root"),
            ("skipped", "a mount is there"),
        ]
        assert inner.is_dir()


async def test_an_empty_folder_comes_back_with_its_permissions_and_owner(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        outer = world.films / "Empty"
        inner = outer / "Inner"
        inner.mkdir(parents=True)
        if os.geteuid() == 0:
            os.chown(inner, 1234, 4321)
        os.chmod(inner, 0o3755)
        os.chmod(outer, 0o700)
        before, owner = world.snapshot(), os.stat(inner)

        ran = await world.apply(plan_of(remove(inner), remove(outer)))

        assert ran.outcomes == {"done"}
        assert not outer.exists()
        await world.undo()
        assert world.snapshot() == before
        assert (os.stat(inner).st_uid, os.stat(inner).st_gid) == (owner.st_uid, owner.st_gid)


@as_root
async def test_a_move_across_file_systems_is_refused_with_the_reason_and_leaves_no_folder_behind(
    tmp_path: Path,
) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        link, show = world.movie("Alien"), world.episode("Show", 1, 1).parents[1]
        with tmpfs(world.films / "Other", "1m"):
            before = world.snapshot()

            ran = await world.apply(
                plan_of(
                    move(link, world.films / "Other" / "A" / "B" / link.name),
                    move(show, world.films / "Other" / show.name),
                )
            )

            assert ran.steps == [("failed", "it would go to another file system; moves stay on one")] * 2
            assert world.snapshot() == before


@as_root
async def test_a_full_volume_stops_a_move_and_leaves_no_folder_behind(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    with tmpfs(tmp_path / "library", "256k,nr_inodes=12"):
        async with MaintenanceWorld(tmp_path) as world:
            link = world.movie("Alien")
            filled = 0
            while True:
                try:
                    (world.root / f"fill{filled}").mkdir()
                except OSError:
                    break
                filled += 1
            (world.root / "fill0").rmdir()  # room for one folder, the move needs three
            before = world.snapshot()

            ran = await world.apply(plan_of(move(link, world.films / "A" / "B" / "C" / link.name)))

            assert ran.steps == [("failed", "No space left on device")]
            assert world.snapshot() == before


async def test_a_move_that_was_killed_after_making_folders_leaves_none_when_it_is_then_refused(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        link = world.movie("Alien")
        before = world.snapshot()
        made = [world.films / "A", world.films / "A" / "B"]
        step = move(link, made[1] / link.name)
        batch = await world.store(plan_of(step))
        record = {"path": step.path, "new_path": step.new_path, "target": step.target}
        async with world.db.transaction() as connection:
            await open_line(
                connection, batch, 1, "move path", step.what, {**record, "made": [str(one) for one in made]}, 1.0
            )
        made[1].mkdir(parents=True)
        target = os.readlink(link)
        link.unlink()
        link.symlink_to("/elsewhere")

        await world.start(batch).wait()

        link.unlink()
        link.symlink_to(target)
        assert world.snapshot() == before


STATES = [
    (opened, closed, acted)
    for opened in range(1, 6)
    for closed, acted in ((opened - 1, opened % 2 == 1), (opened, False))
]
"""Lines begun, lines ended, and whether what the last one began is done."""


@pytest.mark.process
@pytest.mark.parametrize(("opened", "closed", "acted"), STATES)
def test_killed_anywhere_moves_and_removals_are_carried_on_to_the_end_and_undone(
    tmp_path: Path, opened: int, closed: int, acted: bool
) -> None:
    batch, before = run(_batch_to_kill(tmp_path))
    assert kill_at(MaintenanceWorld(tmp_path), batch, opened, closed, acted=acted) == (opened, closed)
    run(_carry_on(tmp_path, batch, before))


async def _batch_to_kill(folder: Path) -> tuple[int, Snapshot]:
    async with MaintenanceWorld(folder) as world:
        link, show = world.movie("Alien"), world.episode("Show", 1, 1).parents[1]
        inner = world.films / "Empty" / "Inner"
        inner.mkdir(parents=True)
        os.chmod(inner, 0o700)
        before = world.snapshot()
        plan = plan_of(
            move(link, world.films / "A-C" / "A" / link.name),
            move(show, world.series / "A-C" / show.name),
            remove(link.parent),
            remove(inner),
            remove(inner.parent),
        )
        return await world.store(plan), before


async def _carry_on(folder: Path, batch: int, before: Snapshot) -> None:
    async with MaintenanceWorld(folder) as world:
        finished = await world.start(batch).wait()
        assert finished.outcome == "done", finished.summary
        outcomes = {outcome for (outcome,) in world.rows("SELECT outcome FROM plan_steps WHERE batch = ?", batch)}
        assert outcomes == {"done"}
        assert not [line for line in world.journal(batch) if line.outcome is None]
        assert (world.films / "A-C" / "A" / "Alien (2001).mkv").is_symlink()
        assert not (world.films / "Empty").exists()
        undone = await world.undo(batch)
        assert undone.outcomes == {"done"}, undone.steps
        assert world.snapshot() == before
