"""Moving files to where the library keeps real files, on one volume and across two."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from mediatui.changes.apply import ApplyOptions
from mediatui.changes.steps.store_file import StoreFile
from mediatui.commands.job_kinds import APPLY
from mediatui.model.plan import Plan
from mediatui.runtime.events import Progress
from mediatui.store.changes.journal import store_plan
from mediatui.system import file_mover
from tests.worlds.killed_batch import run_in_process
from tests.worlds.maintenance import MaintenanceWorld

CONTENT = bytes(range(256)) * 40


def step_for(world: MaintenanceWorld, content: bytes = CONTENT, name: str = "Fern.2019.mkv") -> StoreFile:
    """A file in a folder of downloads, on its way to the storage."""
    source = world.folder / "downloads/Fern" / name
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(content)
    goal = world.storage / "Fern (2019)" / name
    return StoreFile(
        what=name, path=str(goal), source=str(source), top=str(world.storage),
        source_top=str(world.folder / "downloads"), size=len(content), mtime_ns=source.stat().st_mtime_ns,
    )  # fmt: skip


def files(world: MaintenanceWorld) -> dict[str, bytes]:
    """Every file among the downloads and in the storage."""
    found = [path for top in ("downloads", "storage") for path in (world.folder / top).rglob("*") if path.is_file()]
    return {str(path.relative_to(world.folder)): path.read_bytes() for path in found if path.name != "readme.txt"}


BEFORE, AFTER = {"downloads/Fern/Fern.2019.mkv": CONTENT}, {"storage/Fern (2019)/Fern.2019.mkv": CONTENT}


@pytest.fixture(params=["one volume", "two volumes"])
def volumes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways a file can move."""
    if request.param == "two volumes":
        two_volumes(monkeypatch.setattr)


def two_volumes(patch: Any) -> None:
    """Renames from a folder to another are refused, as across file systems."""

    def refused(*names: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    patch(file_mover, "_rename", refused)


async def test_a_file_is_stored_and_goes_back(tmp_path: Path, volumes: None) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        step = step_for(world)
        run = await world.apply(Plan("import", "Import", (step,)))
        assert run.outcomes == {"done"}
        assert files(world) == AFTER
        assert os.stat(step.path).st_mtime_ns == step.mtime_ns
        undone = await world.undo()
        assert undone.outcomes == {"done"}
        assert files(world) == BEFORE
        assert not (world.storage / "Fern (2019)").exists()


@pytest.mark.parametrize("what", ["grown", "gone", "another is there", "a link", "elsewhere"])
async def test_what_has_changed_stays(tmp_path: Path, volumes: None, what: str) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        step = step_for(world)
        source, goal = Path(step.source), Path(step.path)
        if what == "grown":
            source.write_bytes(CONTENT + b"more")
        elif what == "gone":
            source.unlink()
        elif what == "another is there":
            goal.parent.mkdir()
            goal.write_bytes(b"another")
        elif what == "a link":
            source.rename(source.with_suffix(".real"))
            source.symlink_to(source.with_suffix(".real"))
        else:
            (world.folder / "else").mkdir()
            goal.parent.symlink_to(world.folder / "else")
        before = files(world)
        run = await world.apply(Plan("import", "Import", (step,)))
        assert run.outcomes == {"skipped"}, run.steps
        assert files(world) == before


async def test_without_room_it_is_left_for_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two_volumes(monkeypatch.setattr)
    async with MaintenanceWorld(tmp_path) as world:
        step = step_for(world)
        with monkeypatch.context() as full:
            full.setattr(file_mover, "KEPT_FREE", 10**18)
            run = await world.apply(Plan("import", "Import", (step,)))
        assert run.steps[0][0] == "planned"
        assert run.steps[0][1].startswith("no space: 1.0 EB needed below ")
        assert files(world) == BEFORE
        again = await world.runner.start(APPLY["library"], ApplyOptions(1)).wait()
        assert again.outcome == "done"
        assert files(world) == AFTER


async def test_an_empty_storage_that_held_something_is_away(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        step = step_for(world)
        target = world.storage / "old.mkv"
        target.write_bytes(CONTENT)
        world.link("Films/Old (2001).mkv", target)
        await world.scan()
        target.unlink()
        (world.storage / "readme.txt").unlink()
        run = await world.apply(Plan("import", "Import", (step,)))
        assert run.finished.exit_code == 4
        assert files(world) == BEFORE


async def test_bytes_are_told_beside_the_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two_volumes(monkeypatch.setattr)
    async with MaintenanceWorld(tmp_path) as world:
        run = await world.apply(Plan("import", "Import", (step_for(world),)))
        told = [event for event in run.events if isinstance(event, Progress)]
        assert "copied 10.2 kB of 10.2 kB" in [event.current for event in told]
        assert {event.total for event in told} == {1}


@pytest.mark.parametrize("why", ["may not go", "changed meanwhile"])
async def test_a_file_that_cannot_go_leaves_no_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    two_volumes(monkeypatch.setattr)
    real = file_mover.rename_aside

    def refused(name: bytes, aside: bytes, folder: int) -> None:
        if why == "may not go":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        os.utime(name, ns=(1, 1), dir_fd=folder)
        real(name, aside, folder)

    async with MaintenanceWorld(tmp_path) as world:
        step = step_for(world)
        monkeypatch.setattr(file_mover, "rename_aside", refused)
        run = await world.apply(Plan("import", "Import", (step,)))
        assert run.steps == [
            ("failed", "Permission denied") if why == "may not go" else ("skipped", "it has changed since")
        ]
        assert files(world) == BEFORE
        assert not (world.storage / "Fern (2019)").exists()


POINTS = ["_write", "rename_exclusive", "rename_aside", "_take_away", "unlinked"]


@pytest.mark.slow
@pytest.mark.parametrize("turn", [0, 1])
async def test_a_copy_that_is_killed_anywhere_ends_as_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turn: int
) -> None:
    two_volumes(monkeypatch.setattr)
    for number, point in enumerate(POINTS):
        for when in ("before", "after")[(number + turn) % 2 :][:1]:
            folder = tmp_path / f"{point}-{when}"
            folder.mkdir()
            async with MaintenanceWorld(folder) as world:
                plan = Plan("import", "Import", (step_for(world),))
                async with world.db.transaction() as connection:
                    batch = await store_plan(connection, plan, 1.0)
            assert run_in_process(_die_at, folder, batch, point, when) == -signal.SIGKILL
            async with MaintenanceWorld(folder) as world:
                if turn:
                    ended = await world.runner.start(APPLY["library"], ApplyOptions(batch)).wait()
                    expected = AFTER
                else:
                    ended, expected = (await world.undo()).finished, BEFORE
                assert ended.exit_code == 0, (point, when, ended)
                assert files(world) == expected, (point, when)


def _die_at(folder: Path, batch: int, point: str, when: str) -> None:
    """Applies a batch between two volumes and dies at a point of the copy."""
    import asyncio

    two_volumes(setattr)
    owner, name = (file_mover.os, "unlink") if point == "unlinked" else (file_mover, point)
    real = getattr(owner, name)

    def dying(*words: Any, **more: Any) -> Any:
        mine = point != "unlinked" or bytes(words[0]).endswith(b".moved")
        if mine and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*words, **more)
        if mine:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dying)

    async def run() -> None:
        async with MaintenanceWorld(folder) as world:
            await world.runner.start(APPLY["library"], ApplyOptions(batch)).wait()

    asyncio.run(run())
