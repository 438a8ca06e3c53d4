"""A tool of maintenance as a job: its process, its reports, and the plans that are made of them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediatui.commands.job_kinds import SCAN
from mediatui.library.maintenance.integrity import find
from mediatui.library.maintenance.job import EXPIRES_S, find_places
from mediatui.library.maintenance.reporter import Reporter
from mediatui.library.maintenance.snapshot import LibrarySnapshot
from mediatui.library.maintenance.tools import TOOLS, ToolOptions
from mediatui.library.scan.job import ScanOptions
from mediatui.model.errors import UsageError
from mediatui.runtime.events import Phase, Progress
from mediatui.runtime.jobs import Job
from mediatui.store.database import open_reader
from mediatui.store.library.reports import KEPT
from tests.fakes.fuse_mount import FuseMount
from tests.worlds.maintenance import MaintenanceWorld
from tests.worlds.places import PROJECT

NOBODY = 65534
ANALYSIS = b"mediatui.library.maintenance.process"


def analyses() -> list[int]:
    """The processes of this one that analyse."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                stat = Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()
                command = Path("/proc", entry, "cmdline").read_bytes()
                if int(stat[1]) == os.getpid() and stat[0] != "Z" and ANALYSIS in command:
                    found.append(int(entry))
    return found


async def until(job: Job, condition: object) -> None:
    """Waits until a condition holds or the job has ended."""
    assert callable(condition)
    async with asyncio.timeout(20):
        while not condition() and job.running:
            await asyncio.sleep(0.01)


def relative_links(world: MaintenanceWorld, count: int = 3) -> None:
    for number in range(count):
        file = world.file(f"Films/{number}/{number}.mkv")
        world.link(f"Films/Action/F{number} (2001).mkv", os.path.relpath(file, world.films / "Action"))


async def test_a_data_dir_whose_name_means_something_in_an_address_is_only_a_name(tmp_path: Path) -> None:
    folder = tmp_path / "50%25 of #1?mode=rwc"
    folder.mkdir()
    async with MaintenanceWorld(folder) as world:
        relative_links(world, 2)
        assert (await world.run("fix-symlinks")).finished.outcome == "done"
        assert len(world.found("fix-symlinks")) == 2
        assert [entry.name for entry in tmp_path.iterdir()] == [folder.name]


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that other users can get at too."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def without_rights(*holes: Path) -> Iterator[None]:
    """Folders that may not be read, and nobody here who may read everything."""
    for hole in holes:
        hole.chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        for hole in holes:
            hole.chmod(0o755)


async def test_a_run_leaves_a_report_with_its_options_its_counts_and_its_findings(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        relative_links(world)
        began = time.time()
        ran = await world.run("fix-symlinks", only=("relative",))
        report = world.report("fix-symlinks")
        assert (report.status, report.summary) == ("done", "3 relative.")
        assert report.options["only"] == ["relative"]
        assert report.counts["categories"] == {"relative": 3}
        assert report.ended_at is not None
        assert began <= report.started_at <= report.ended_at
        assert ran.finished.counts["report"] == report.id
        assert any(isinstance(event, Phase) for event in ran.events)
        assert analyses() == []


async def test_a_plan_holds_the_steps_of_the_categories_that_are_asked_for(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        relative_links(world, 2)
        world.movie("Dead", missing=True)
        await world.run("fix-symlinks")
        plan = world.plan_for("fix-symlinks")
        assert [step.KIND for step in plan.steps] == ["relink_symlink"] * 2
        assert plan.looked_at == 3
        assert world.plan_for("fix-symlinks", ["leaf"]).steps == ()


async def test_findings_without_steps_are_noted_in_the_plan(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        link = world.movie("Dead", missing=True)
        await world.run("integrity")
        plan = world.plan_for("integrity")
        assert (plan.steps, plan.notes) == ((), ((str(link), "its target is gone"),))


async def test_there_is_no_plan_of_a_tool_that_was_not_run(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        with pytest.raises(UsageError, match="not run yet"):
            world.plan_for("cleanup")


async def test_a_plan_that_is_too_old_is_refused(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        relative_links(world)
        await world.run("fix-symlinks")
        async with world.db.transaction() as connection:
            await connection.execute("UPDATE reports SET ended_at = ended_at - ?", (EXPIRES_S - 60,))
        assert len(world.plan_for("fix-symlinks").steps) == 3
        async with world.db.transaction() as connection:
            await connection.execute("UPDATE reports SET ended_at = ended_at - 61")
        with pytest.raises(UsageError, match="older than 10 minutes"):
            world.plan_for("fix-symlinks")


async def test_a_step_whose_link_has_changed_since_is_skipped_and_the_others_are_done(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        relative_links(world)
        await world.run("fix-symlinks")
        plan = world.plan_for("fix-symlinks")
        changed = world.films / "Action" / "F0 (2001).mkv"
        changed.unlink()
        changed.symlink_to("elsewhere.mkv")
        (world.films / "Action" / "F1 (2001).mkv").unlink()
        ran = await world.apply(plan)
        assert sorted(outcome for outcome, _ in ran.steps) == ["done", "skipped", "skipped"]
        assert os.readlink(changed) == "elsewhere.mkv"


async def test_reports_are_kept_but_the_findings_of_old_ones_go(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        world.movie("Dead", missing=True)
        for _ in range(KEPT + 2):
            await world.run("integrity")
        await world.run("fix-symlinks")
        held = world.rows("SELECT report, count(*) FROM report_findings GROUP BY report")
        assert held == [(number, 1) for number in range(3, KEPT + 3)]
        assert world.rows("SELECT count(*) FROM reports") == [(KEPT + 3,)]


@pytest.mark.process
async def test_cancelling_ends_the_process_at_once_and_no_plan_is_made_of_half_a_report(tmp_path: Path) -> None:
    tree = {"all": {f"T{number}": {"a.mkv": 5} for number in range(200)}}
    with FuseMount(tmp_path / "fuse", tree) as mount:
        async with MaintenanceWorld(tmp_path, mounts=[str(tmp_path / "fuse")]) as world:
            relative_links(world)
            mount.delay(0.1)
            job = world.begin("fix-symlinks")
            await until(job, lambda: any(isinstance(event, Phase) for event in world.events))
            (process,) = analyses()
            began = time.monotonic()
            job.cancel()
            finished = await job.wait()
            assert finished.outcome == "cancelled"
            await until(job, lambda: process not in analyses())
            assert time.monotonic() - began < 5
            assert process not in analyses()
            assert world.report("fix-symlinks").status == "cancelled"
            with pytest.raises(UsageError, match="was cancelled"):
                world.plan_for("fix-symlinks")


@pytest.mark.process
async def test_cancelling_does_not_wait_for_a_mount_that_fell_silent(tmp_path: Path) -> None:
    tree = {"all": {f"T{number}": {"a.mkv": 5} for number in range(50)}}
    with FuseMount(tmp_path / "fuse", tree) as mount:
        async with MaintenanceWorld(tmp_path, mounts=[str(tmp_path / "fuse")]) as world:
            mount.delay(0.1)
            job = world.begin("integrity")
            await until(job, lambda: any(isinstance(event, Phase) for event in world.events))
            mount.silence()
            began = time.monotonic()
            job.cancel()
            assert (await job.wait()).outcome == "cancelled"
            assert time.monotonic() - began < 5
            mount.unmount()
            async with asyncio.timeout(20):  # now the process can end, and is seen off
                while any(thread.name.startswith("asyncio-waitpid") for thread in threading.enumerate()):
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)


@pytest.mark.process
async def test_a_process_that_is_killed_is_an_error_that_says_so(tmp_path: Path) -> None:
    tree = {"all": {f"T{number}": {"a.mkv": 5} for number in range(200)}}
    with FuseMount(tmp_path / "fuse", tree) as mount:
        async with MaintenanceWorld(tmp_path, mounts=[str(tmp_path / "fuse")]) as world:
            mount.delay(0.05)
            job = world.begin("integrity")
            await until(job, lambda: any(isinstance(event, Phase | Progress) for event in world.events))
            os.kill(analyses()[0], signal.SIGKILL)
            finished = await job.wait()
            assert finished.outcome == "failed"
            assert "was killed" in (finished.error or "")
            assert finished.exit_code == 1
            assert world.report("integrity").status == "failed"
            with pytest.raises(UsageError, match="failed"):
                world.plan_for("integrity")


@pytest.mark.process
async def test_a_process_that_breaks_off_is_an_error_with_its_last_words(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        relative_links(world)
        async with world.db.transaction() as connection:  # what it reads there is no JSON
            await connection.execute("INSERT INTO media (kind, title, genres) VALUES ('film', 'A Film', 'not JSON')")
        finished = (await world.run("integrity")).finished
        assert finished.outcome == "failed"
        assert "JSONDecodeError" in (finished.error or "")
        assert "Traceback" not in (finished.error or "")
        assert analyses() == []


async def test_a_mount_that_goes_away_meanwhile_fails_the_run(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        for number in range(3):
            world.movie(f"Film {number}")

        def unmount(job: Job, event: object) -> None:
            if isinstance(event, Phase) and not (tmp_path / "elsewhere").exists():
                world.unmount()

        world.runner.observe(unmount)
        finished = (await world.run("integrity")).finished
        assert finished.outcome == "failed"
        assert "went away meanwhile" in (finished.error or "")
        with pytest.raises(UsageError, match="failed"):
            world.plan_for("integrity")


@pytest.mark.process
async def test_one_job_of_the_library_runs_at_a_time(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        relative_links(world)
        most = 0

        def count(job: Job, event: object) -> None:
            nonlocal most
            most = max(most, len(analyses()))

        world.runner.observe(count)
        jobs = [world.begin("integrity"), world.begin("fix-symlinks"), world.runner.start(SCAN, ScanOptions())]
        assert [(await job.wait()).outcome for job in jobs] == ["done"] * 3
        assert most == 1


async def test_findings_come_in_their_order_however_many_there_are(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        for number in range(412):  # more than two batches of the reporter
            world.link(f"Films/Action/F{number:03d} (2001).mkv", world.view / "gone" / f"{number}.mkv")
        ran = await world.run("integrity")
        assert ran.finished.counts["categories"] == {"broken": 412}
        names = [os.path.basename(one.path) for one in world.findings("integrity")]
        assert names == sorted(names)
        assert len(names) == 412


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"tool": "tidy"}, "tidy"),
        ({"tool": "cleanup", "only": ("ghost",)}, "ghost"),
        ({"tool": "cleanup", "min_score": 49}, "49"),
        ({"tool": "cleanup", "max_per_dir": 1}, "1"),
        ({"tool": "cleanup", "remove_unrepaired": True}, "--only broken"),
    ],
)
async def test_options_that_cannot_be_are_refused_before_anything_starts(
    tmp_path: Path, options: dict[str, object], said: str
) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        finished = (await world.run(**options)).finished  # type: ignore[arg-type]
        assert (finished.outcome, finished.exit_code) == ("failed", 2)
        assert said in (finished.error or "")
        assert world.rows("SELECT count(*) FROM reports") == [(0,)]


async def test_folders_that_may_not_be_read_are_said_and_nothing_is_concluded_from_them(shared: Path) -> None:
    async with MaintenanceWorld(shared) as world:
        hidden = world.movie("Hidden", genre="Closed")
        world.movie("Seen")
        world.file("Films/Orphan/Orphan.mkv")
        locked = world.view / "Films" / "Locked"
        world.link("Films/Action/Locked (2001).mkv", world.file("Films/Locked/Locked.mkv"))
        await world.scan()
        await world.run("integrity")
        assert world.found("integrity") == ["Orphan.mkv"]
        messages: list[tuple[str, object]] = []
        with contextlib.closing(open_reader(world.database)) as connection:
            places, _ = await find_places(world._context(1))
            snapshot = LibrarySnapshot(
                places, connection, Reporter(lambda kind, content: messages.append((kind, content)))
            )
            for path in (*shared.rglob("*"), shared):
                if not path.is_symlink():
                    os.chown(path, NOBODY, NOBODY)
            with without_rights(hidden.parent, locked):
                counts = find(snapshot, ToolOptions("integrity"))
                snapshot.reporter.flush()
                lines_by_tool: dict[str, list[str]] = {tool: [] for tool in TOOLS}
                for tool, lines in lines_by_tool.items():
                    reporter = Reporter(lambda kind, content, lines=lines: lines.append(str(content)))  # type: ignore[misc]
                    TOOLS[tool].find()(LibrarySnapshot(places, connection, reporter), ToolOptions(tool))
        for tool, lines in lines_by_tool.items():
            assert any(f"{hidden.parent} could not be read" in line for line in lines), tool
        said = [str(content) for kind, content in messages if kind == "said"]
        assert any(f"{hidden.parent} could not be read (Permission denied)" in line for line in said)
        assert any(f"{locked} could not be read (Permission denied)" in line for line in said)
        found = [finding for kind, content in messages if kind == "found" for finding in content]  # type: ignore[attr-defined]
        assert [os.path.basename(one.path) for one in found] == [b"Orphan.mkv"]
        assert counts["unknown"] == 2  # what is in the folder of the library, and the link into that of the mount


@pytest.mark.process
def test_the_process_ends_when_its_reader_is_gone(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", ANALYSIS.decode()], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, cwd=PROJECT,
    )  # fmt: skip
    with process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) != 0
