"""Removing links: only links, only dead ones, and every one of them can be brought back as it was."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mediatui.changes import ahead, apply
from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.model.plan import Plan
from mediatui.model.text import printable
from mediatui.runtime.events import Event, FoundRow
from mediatui.runtime.jobs import Job
from mediatui.store.changes.journal import open_line
from tests.worlds.library import SENTINEL, VIDEO, LibraryWorld, Run, removal_of, run

as_user = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
ODD = b"odd \xff\xfe \n \x1b[31m name.mkv"


async def test_only_links_in_a_removable_state_go_and_no_file_is_touched(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        good = world.film("Good", files=30)
        dead = world.dead("gone.mkv", ODD)
        (world.films / "a.mkv").symlink_to(world.films / "b.mkv")
        (world.films / "b.mkv").symlink_to(world.films / "a.mkv")
        (world.view / "empty.mkv").touch()
        (world.films / "empty.mkv").symlink_to(world.view / "empty.mkv")
        (world.films / "outside.mkv").symlink_to(tmp_path / "nowhere.mkv")
        (world.films / "real.mkv").write_bytes(VIDEO)
        os.mkfifo(world.view / "fifo")
        (world.films / "fifo.mkv").symlink_to(world.view / "fifo")
        files = world.real_files()
        await world.scan()
        done = await world.apply(world.plan())

        assert done.steps == [("done", "")] * 5
        left = {os.path.basename(path) for path in world.links()}
        assert left == {os.fsencode(path.name) for path in good} | {b"outside.mkv", b"fifo.mkv"}
        assert world.real_files() == files
        assert not world.rows("SELECT 1 FROM library_links WHERE path = ?", dead[1])


async def test_undo_brings_back_the_very_same_bytes_and_overwrites_nothing(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.film("Good", files=30)
        world.dead("one.mkv", ODD, "taken.mkv", "linked.mkv")
        relative = b"../../mount/all/./gone//" + ODD
        os.symlink(relative, os.path.join(os.fsencode(world.films), b"relative.mkv"))
        before = world.links()
        await world.scan()
        assert (await world.apply(world.plan())).outcomes == {"done"}
        assert len(world.links()) == 30
        (world.films / "taken.mkv").write_bytes(b"mine")
        (world.films / "linked.mkv").symlink_to("elsewhere")
        undone = await world.undo()

        assert sorted(undone.steps) == [("done", "")] * 3 + [("skipped", "something else is at its path now")] * 2
        after = world.links()
        assert (world.films / "taken.mkv").read_bytes() == b"mine"
        assert os.readlink(world.films / "linked.mkv") == "elsewhere"
        for name in (b"taken.mkv", b"linked.mkv"):
            path = os.path.join(os.fsencode(world.films), name)
            before.pop(path)
            after.pop(path, None)
        assert after == before


def replaced(world: LibraryWorld, path: bytes) -> None:
    os.unlink(path)
    Path(os.fsdecode(path)).write_bytes(b"a real file")


def elsewhere(world: LibraryWorld, path: bytes) -> None:
    os.unlink(path)
    os.symlink(b"/somewhere/else", path)


def mended(world: LibraryWorld, path: bytes) -> None:
    target = Path(os.fsdecode(os.readlink(path)))
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(VIDEO)


def removed(world: LibraryWorld, path: bytes) -> None:
    os.unlink(path)


def a_folder(world: LibraryWorld, path: bytes) -> None:
    os.unlink(path)
    os.mkdir(path)


def moved_outside(world: LibraryWorld, path: bytes) -> None:
    """The folder of the link is swapped for a symlink to one outside the root, which holds the same link."""
    os.rename(world.films, world.folder / "moved")
    world.films.symlink_to(world.folder / "moved")


def not_configured(world: LibraryWorld, path: bytes) -> None:
    """Its mount is no longer one, so that nobody knows whether it is away."""
    other = world.folder / "other"
    other.mkdir()
    (other / "something").touch()
    moved = world.settings.library.mounts[0].model_copy(update={"path": other, "sentinel": None})
    world.settings.library.mounts[:] = [moved]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (replaced, "it is not a symlink any more"),
        (elsewhere, "it points elsewhere now"),
        (mended, "its target is ok now"),
        (removed, "it is not there any more (No such file or directory)"),
        (a_folder, "it is not a symlink any more"),
        (moved_outside, "it does not lie in a library root"),
        (not_configured, "its target is on no mount that is configured"),
    ],
)
async def test_a_link_of_which_the_world_has_moved_on_is_left_alone(
    tmp_path: Path, change: Callable[[LibraryWorld, bytes], None], reason: str
) -> None:
    async with LibraryWorld(tmp_path) as world:
        (path,) = world.dead("gone.mkv")
        plan = removal_of(path)
        change(world, path)
        before, files = world.links(), world.real_files()
        done = await world.apply(plan)

        assert done.steps == [("skipped", reason)]
        assert world.links() == before
        assert world.real_files() == files
        assert os.path.lexists(path) == (change is not removed)
        assert world.journal() == []


async def test_what_undo_brought_back_is_not_removed_again_once_it_works(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        path, other = world.dead("gone.mkv", "other.mkv")
        await world.apply(removal_of(path, other))
        await world.undo(1)
        mended(world, path)
        done = await world.undo(2)

        assert sorted(done.steps) == [("done", ""), ("skipped", "its target is ok now")]
        assert set(world.links()) == {path}


def guarded(tmp_path: Path, prepare: Callable[[LibraryWorld], Plan], allowed: int | None = 10**6) -> Run:
    """Applies the plan ``prepare`` makes; whatever comes, no link may go."""

    async def go() -> Run:
        async with LibraryWorld(tmp_path) as world:
            world.film("Good", files=30)
            world.dead("gone.mkv", "other.mkv")
            await world.scan()
            plan = prepare(world)
            before = world.links()
            done = await world.apply(plan, allowed=allowed)
            assert world.links() == before
            assert world.journal() == []
            return done

    found: Run = run(go())
    assert found.finished.outcome == "failed"
    assert (found.finished.error_kind, found.finished.exit_code) == ("guard", 4)
    return found


def test_nothing_goes_when_no_mount_is_configured(tmp_path: Path) -> None:
    def prepare(world: LibraryWorld) -> Plan:
        world.settings.library.mounts.clear()
        return world.plan()

    assert "No mount is configured" in guarded(tmp_path, prepare).finished.summary


def test_nothing_goes_when_the_mount_is_away(tmp_path: Path) -> None:
    def prepare(world: LibraryWorld) -> Plan:
        plan = world.plan()
        world.unmount()
        return plan

    assert "is empty" in guarded(tmp_path, prepare).finished.summary


def test_nothing_goes_when_the_folder_of_the_mount_is_gone(tmp_path: Path) -> None:
    def prepare(world: LibraryWorld) -> Plan:
        plan = world.plan()
        shutil.rmtree(world.mount)
        return plan

    assert "cannot be listed" in guarded(tmp_path, prepare).finished.summary


def test_nothing_goes_when_the_sentinel_is_missing(tmp_path: Path) -> None:
    def prepare(world: LibraryWorld) -> Plan:
        (world.mount / SENTINEL).unlink()
        return world.plan()

    assert "sentinel" in guarded(tmp_path, prepare).finished.summary


def test_nothing_goes_when_two_canaries_are_dead(tmp_path: Path) -> None:
    def prepare(world: LibraryWorld) -> Plan:
        shutil.rmtree(world.view / "Good")
        return world.plan()

    assert "looks half mounted" in guarded(tmp_path, prepare).finished.summary


async def test_links_that_were_renamed_since_the_scan_are_no_dead_canaries(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.film("Good", files=30)
        (path,) = world.dead("gone.mkv")
        await world.scan()
        os.rename(world.films / "Good", world.films / "Good (2001)")
        assert (await world.apply(world.plan())).steps == [("done", "")]
        assert path not in world.links()


def test_nothing_goes_when_a_chain_of_links_ends_on_a_mount_that_is_away(tmp_path: Path) -> None:
    def prepare(world: LibraryWorld) -> Plan:
        (world.films / "chain.mkv").symlink_to(world.films / "Good" / "Good.0.mkv")
        world.unmount()
        return removal_of(os.fsencode(world.films / "chain.mkv"))

    assert "is empty" in guarded(tmp_path, prepare).finished.summary


async def test_nothing_goes_when_a_folder_of_real_files_is_away(tmp_path: Path) -> None:
    storage = tmp_path / "storage"

    async with LibraryWorld(tmp_path, storage=[str(storage)]) as world:
        (world.films / "kept.mkv").symlink_to(storage / "kept.mkv")
        storage.mkdir()
        done = await world.apply(removal_of(os.fsencode(world.films / "kept.mkv")))
        assert done.finished.error_kind == "guard"
        assert len(world.links()) == 1


async def test_more_than_the_count_allowed_needs_the_number(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path, max_delete_count=3, max_delete_share=1.0) as world:
        world.dead(*(f"{number}.mkv" for number in range(5)))
        plan = removal_of(*world.links())
        for allowed in (None, 4):
            refused = await world.apply(plan, allowed=allowed)
            assert refused.finished.exit_code == 4
            assert "--allow 5" in refused.finished.hint
            assert len(world.links()) == 5
        assert (await world.apply(plan, allowed=5)).outcomes == {"done"}
        assert world.links() == {}


async def test_the_share_is_counted_for_each_root_alone(tmp_path: Path) -> None:
    """3 of 103 links are less than a tenth, 3 of the 3 links of a root are not."""
    other = tmp_path / "other"

    async with LibraryWorld(tmp_path, roots=[str(tmp_path / "library"), str(other)]) as world:
        world.film("Good", files=100)
        other.mkdir()
        for number in range(3):
            (other / f"{number}.mkv").symlink_to(world.view / f"gone.{number}")
        await world.scan()
        refused = await world.apply(world.plan(world.root, other), allowed=None)

        assert refused.finished.exit_code == 4
        assert "3 of the 3 links" in refused.finished.summary
        assert len(world.links()) == 100
        assert len(os.listdir(other)) == 3
        assert (await world.apply(world.plan(world.root, other), allowed=3)).outcomes == {"done"}


@pytest.mark.parametrize("after", [1, 4, 7, 11])
async def test_a_mount_that_goes_away_in_the_middle_ends_the_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """What is mended when the mount comes back stays, whatever the plan says. The mount goes with the first step, with
    the last one whose line was written together with the first, later, and between two checks of the guard."""
    monkeypatch.setattr(ahead, "AT_ONCE", 5)
    monkeypatch.setattr(apply, "GUARD_EVERY", 10)

    async with LibraryWorld(tmp_path) as world:
        world.film("Good", files=10)
        dead = world.dead(*(f"{number:03}.mkv" for number in range(30)))
        late = dead[20:]
        targets = [os.readlink(path) for path in late]
        await world.scan()

        def removed_now() -> int:
            return 30 - sum(map(os.path.lexists, dead))

        def unmount(job: Job, event: Event) -> None:
            if isinstance(event, FoundRow) and event.type == "step" and removed_now() == after:
                world.unmount()

        stop = world.runner.observe(unmount)
        finished = await world.start(await world.store(removal_of(*dead))).wait()
        stop()

        assert finished.error_kind == "guard"
        assert removed_now() == after
        assert sum(1 for line in world.journal() if line.outcome == "done") == after
        assert not [line for line in world.journal() if line.outcome is None]

        world.mount_again()
        for target in targets:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            Path(os.fsdecode(target)).write_bytes(VIDEO)
        kept = [path for path in late if os.path.lexists(path)]
        carried_on = await _carry_on(world)
        assert carried_on.finished.outcome == "done"
        assert len(kept) == 10
        assert all(os.path.lexists(path) for path in kept)
        assert not any(os.path.lexists(path) for path in dead[:20])


async def _carry_on(world: LibraryWorld, batch: int = 1) -> Run:
    finished = await world.start(batch).wait()
    return Run(finished, list(world.events))


@as_user
async def test_a_folder_that_may_not_be_written_fails_with_the_reason(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        (path,) = world.dead("gone.mkv")
        world.films.chmod(0o555)
        done = await world.apply(removal_of(path))
        world.films.chmod(0o755)

        assert done.steps == [("failed", "Permission denied")]
        assert [line.outcome for line in world.journal()] == ["failed"]
        assert os.path.lexists(path)


def relink(path: bytes, new: str) -> Plan:
    name = os.fsdecode(path)
    step = RelinkSymlink(what=printable(name), path=name, target=os.fsdecode(os.readlink(path)), new_target=new)
    return Plan("scan", "Relink", (step,))


@pytest.mark.slow
async def test_a_link_is_never_missing_while_it_is_pointed_elsewhere_and_undo_points_it_back(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        (path,) = world.dead(ODD)
        before = os.readlink(path)
        new = os.fsdecode(os.fsencode(world.view) + b"/new \xff.mkv")
        seen: set[bytes] = set()
        stop = threading.Event()

        def watch() -> None:
            while not stop.is_set():
                seen.add(os.readlink(path))

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        for _ in range(4):
            assert (await world.apply(relink(path, new))).steps == [("done", "")]
            assert os.readlink(path) == os.fsencode(new)
            assert (await world.undo()).steps == [("done", "")]
        stop.set()
        await asyncio.to_thread(thread.join)

        assert seen == {before, os.fsencode(new)}
        assert world.links() == {path: before}


async def test_relinking_touches_nothing_that_is_in_its_way(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        (path,) = world.dead("gone.mkv")
        in_the_way = world.films / ".mediatui-1-1"
        in_the_way.write_bytes(b"mine")
        done = await world.apply(relink(path, "new"))

        assert done.outcomes == {"skipped"}
        assert in_the_way.read_bytes() == b"mine"
        assert os.readlink(path) != b"new"


async def test_a_file_that_took_the_place_of_the_link_is_not_replaced(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        (path,) = world.dead("gone.mkv")
        plan = relink(path, "new")
        replaced(world, path)
        assert (await world.apply(plan)).steps == [("skipped", "it is not a symlink any more")]
        assert Path(os.fsdecode(path)).read_bytes() == b"a real file"


async def test_a_restored_link_never_leaves_the_library(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        (path,) = world.dead("gone.mkv")
        await world.apply(removal_of(path))
        moved_outside(world, path)
        undone = await world.undo()
        assert undone.steps == [("failed", "it does not lie in a library root")]
        assert undone.finished.exit_code == 1
        assert list((tmp_path / "moved").iterdir()) == []


async def test_a_link_comes_back_with_the_folders_that_were_removed_meanwhile(tmp_path: Path) -> None:
    """Sonarr and Radarr remove empty folders; nobody journals that."""

    async with LibraryWorld(tmp_path) as world:
        os.chmod(world.films, 0o2775)
        (path,) = (os.fsencode(one) for one in world.film("Heat/cd 1", missing=1))
        before = world.links()
        await world.apply(removal_of(path))
        shutil.rmtree(world.films / "Heat")
        assert (await world.undo()).steps == [("done", "")]
        assert world.links() == before
        made = os.stat(os.path.dirname(path))
        assert stat.S_IMODE(made.st_mode) == 0o2775, "whoever works in the folder above can work in it"
        # Taken back too, the folders go with it.
        assert (await world.undo(2)).outcomes == {"done"}
        assert not (world.films / "Heat").exists()


async def test_folders_are_made_again_up_to_the_root_only(tmp_path: Path) -> None:
    """A root that is not there is a mount that is away, or a wrong setting."""

    async with LibraryWorld(tmp_path) as world:
        (path,) = world.dead("gone.mkv")
        await world.apply(removal_of(path))
        shutil.rmtree(world.root)
        undone = await world.undo()
        assert (undone.finished.exit_code, undone.steps) == (4, [])
        assert "is not there" in undone.finished.summary
        assert not world.root.exists()
        world.films.mkdir(parents=True)
        assert (await world.undo()).steps == [("done", "")], "what failed can be tried again"


async def test_a_restored_link_killed_after_its_folders_were_made_is_carried_on(tmp_path: Path) -> None:
    """Killed in the middle: the folders are of its line, not left behind."""

    async with LibraryWorld(tmp_path) as world:
        (path,) = (os.fsencode(one) for one in world.film("Heat/cd 1", missing=1))
        target = os.fsdecode(os.readlink(path))
        await world.apply(removal_of(path))
        shutil.rmtree(world.films / "Heat")
        batch = await world.store(world.undo_plan())
        made = [str(world.films / "Heat"), str(world.films / "Heat" / "cd 1")]
        record = {"path": os.fsdecode(path), "target": target, "made": made}
        async with world.db.transaction() as connection:
            await open_line(connection, batch, 1, "restore symlink", "", record, 1.0)
        (world.films / "Heat").mkdir()  # and then it was killed
        assert (await world.start(batch).wait()).outcome == "done"
        assert os.path.islink(path)
        assert (await world.undo(batch)).outcomes == {"done"}
        assert not (world.films / "Heat").exists()
