"""What the maintenance tools cost: ``python -m tests.bench.bench_maintenance [LINKS]``.

Integrity and cleanup of 100,000 links and as many files, and the candidates for 2,000 dead links among them, each
beside a bare walk of the same trees in the same run; peak memory of the process and its children; and keys on the
screen meanwhile. Ends with 1 when a limit is exceeded.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from mediatui.commands.job_kinds import MAINTAIN
from mediatui.library.maintenance.tools import ToolOptions
from mediatui.runtime.context import Context
from mediatui.runtime.jobs import JobRunner
from mediatui.settings import load_settings
from mediatui.store.database import Database
from tests.bench.bench_requests import Report
from tests.bench.big_library import make_big_library
from tests.bench.terminal import Terminal
from tests.bench.world import archive_of

LINKS = 100_000
DEAD = 2_000


def bare_walk(*tops: Path) -> float:
    """Seconds for listing every folder and looking at every entry once."""
    began = time.perf_counter()
    for top in tops:
        pending = [os.fsencode(top)]
        while pending:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                    else:
                        entry.stat(follow_symlinks=False)
    return time.perf_counter() - began


async def measure(folder: Path, links: int, report: Report) -> None:
    """Makes the library, runs the tools, and reports."""
    dead = links * DEAD // LINKS
    root, mount = make_big_library(folder, links, dead)
    bare = min(bare_walk(root, mount) for _ in range(3))
    print(f"{links:,} links, {dead:,} of them dead; a bare walk of both trees takes {bare:.2f} s")  # noqa: T201
    settings = load_settings(
        folder / "config.toml", environ={}, folder=folder,
        overrides={"library.roots": [str(root)], "library.mounts": [{"path": str(mount)}]},
    )  # fmt: skip
    db = await Database.open(folder / "mediatui.db")

    def no_account() -> None:
        raise AssertionError("nothing here may ask the account")

    runner = JobRunner(db, lambda job_id: Context(db, settings, job_id, no_account, time.time))  # type: ignore[arg-type,return-value]
    took: dict[str, float] = {}
    try:
        for tool in ("integrity", "cleanup", "repair-links", "repair-links"):
            began = _cpu_s()
            finished = await runner.start(MAINTAIN, ToolOptions(tool)).wait()
            seconds = _cpu_s() - began
            again = " again" if tool in took else ""
            took.setdefault(tool, seconds)
            print(f"  {tool}{again}: {seconds:.1f} s of CPU, {finished.summary}")  # noqa: T201
            if finished.outcome != "done":
                raise SystemExit(f"{tool} failed: {finished.error}")
    finally:
        await runner.stop()
        await db.close()
    analysis = took["integrity"] + took["cleanup"]
    report.at_most("integrity and cleanup, CPU seconds", analysis, 60.0)
    report.at_most("candidates for the dead links, CPU seconds", took["repair-links"], 30.0)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    report.at_most("peak memory of both processes, MB", own + child, 300.0)


def _cpu_s() -> float:
    """The processor time of this process and of the analyses that have ended, in seconds."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, kinds))


def measure_screen(folder: Path, report: Report) -> None:
    """The cursor in the list of torrents while the library made before is cleaned up."""
    archive = archive_of(1_000, folder / "archive")
    shutil.copy(archive / "mediatui.db", folder / "screen.db")
    data = folder / "data"
    data.mkdir()
    os.rename(folder / "screen.db", data / "mediatui.db")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ |= {
        "MEDIATUI_REALDEBRID__TOKEN": "BENCH",
        "MEDIATUI_REALDEBRID__BASE_URL": "http://127.0.0.1:9/none",
        "MEDIATUI_LIBRARY__ROOTS": json.dumps([str(folder / "library")]),
        "MEDIATUI_LIBRARY__MOUNTS": json.dumps([str(folder / "mount")]),
    }
    command = [sys.executable, "-m", "mediatui", "--data-dir", str(data), "cleanup"]
    with Terminal(command, columns=120, rows=40) as terminal:
        terminal.wait_for("reading the library")
        terminal.press("1", quiet_s=1.0)
        answers = [terminal.press("j" if number // 5 % 2 == 0 else "k", quiet_s=0.03) for number in range(110)]
        busy = "cleanup done" not in terminal.text() and "Cleanup:" not in terminal.text()
    answers = answers[10:]
    if not busy or any(answer.frames == 0 for answer in answers):
        raise SystemExit("a key drew nothing, or the cleanup had ended: the figures would mean nothing")
    first = sorted(answer.first_ms for answer in answers)
    report.at_most("a key during a cleanup, p95, to its first frame", first[int(len(first) * 0.95)], 16, "ms")


def main() -> int:
    """Runs all; returns the exit code."""
    report = Report()
    links = int(sys.argv[1]) if len(sys.argv) > 1 else LINKS
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), links, report))
        measure_screen(Path(folder), report)
    return 0 if report.met else 1


if __name__ == "__main__":
    sys.exit(main())
