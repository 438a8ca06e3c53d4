"""Running a job for a command: its events, its end, and interruptions."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mediatui.headless.drive import drive_job
from mediatui.headless.output import Output
from mediatui.model.errors import ServiceFailure
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow, Phase
from mediatui.runtime.invocation import Invocation
from mediatui.runtime.jobs import JobKind, JobRunner
from mediatui.runtime.paths import Paths
from mediatui.settings import Settings
from mediatui.store.database import Database
from tests.worlds.places import PROJECT


@dataclass(frozen=True)
class Options:
    fails: bool = False


async def count(ctx: Context, options: Options) -> AsyncGenerator[Event, None]:
    yield Phase("counting", 2)
    yield FoundRow("step", {"what": "one"})
    if options.fails:
        raise ServiceFailure("The service is out of reach.", "Try later.")
    yield Finished("done", "counted", {"steps": 1})


async def driven(tmp_path: Path, options: Options) -> tuple[int, list[dict[str, object]]]:
    """The exit code and the JSON lines of a run of ``count``."""
    db = await Database.open(tmp_path / "mediatui.db")
    try:

        def context(job_id: int) -> Context:
            raise_no_account: list[object] = []
            return Context(db, Settings(), job_id, raise_no_account.pop)  # type: ignore[arg-type]

        out = io.StringIO()
        invocation = Invocation("count", Paths(tmp_path, tmp_path, tmp_path / "c"), json=True)
        output = Output(invocation, stdout=out, stderr=io.StringIO())
        code = await drive_job(JobRunner(db, context), JobKind("count", "free", count), options, output)
    finally:
        await db.close()
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


async def test_a_job_ends_with_its_rows_and_one_result_line(tmp_path: Path) -> None:
    code, lines = await driven(tmp_path, Options())
    assert code == 0
    assert lines[0] == {"type": "step", "what": "one"}
    assert (lines[1]["type"], lines[1]["ok"], lines[1]["steps"]) == ("result", True, 1)
    assert len(lines) == 2


async def test_a_job_that_fails_ends_with_its_error_and_exit_code(tmp_path: Path) -> None:
    code, lines = await driven(tmp_path, Options(fails=True))
    assert code == 3
    expected = {"kind": "service", "message": "The service is out of reach.", "hint": "Try later."}
    assert lines[-1]["error"] == expected


STUBBORN = textwrap.dedent("""
    import asyncio, sys
    from pathlib import Path
    from types import SimpleNamespace
    from mediatui.runtime.events import Finished, Phase
    from mediatui.headless.drive import drive_job
    from mediatui.headless.output import Output
    from mediatui.headless.streams import settle_streams
    from mediatui.runtime.invocation import Invocation
    from mediatui.runtime.jobs import JobKind, JobRunner
    from mediatui.runtime.paths import Paths
    from mediatui.store.database import Database

    stubborn = sys.argv[2] == "stubborn"

    async def wait(ctx, options):
        yield Phase("waiting")
        try:
            await asyncio.sleep(60)
        finally:
            if stubborn:
                await asyncio.sleep(60)

    async def run(folder):
        db = await Database.open(folder / "mediatui.db")
        output = Output(Invocation("wait", Paths(folder, folder, folder / "c"), json=True, verbose=1))
        try:
            runner = JobRunner(db, lambda job: SimpleNamespace())
            return await drive_job(runner, JobKind("wait", "free", wait), None, output)
        finally:
            await db.close()

    code = asyncio.run(run(Path(sys.argv[1])))
    settle_streams()
    sys.exit(code)
""")


def interrupted(tmp_path: Path, kind: str, numbers: list[signal.Signals]) -> tuple[int, str]:
    """The exit code and output of a waiting job that gets these signals, each once the last has been noticed."""
    with subprocess.Popen(
        [sys.executable, "-c", STUBBORN, str(tmp_path), kind],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    ) as process:
        assert process.stderr is not None
        assert "waiting" in process.stderr.readline()
        for left, number in reversed(list(enumerate(reversed(numbers)))):
            os.kill(process.pid, number)
            if left:
                assert "again to stop at once" in process.stderr.readline()
        out, _ = process.communicate(timeout=20)
    return process.returncode, out


@pytest.mark.process
def test_an_interruption_stops_cleanly_with_a_result_line(tmp_path: Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        code, out = interrupted(tmp_path, "polite", [number])
        assert code == 130
        line = json.loads(out)
        assert (line["ok"], line["error"]["kind"]) == (False, "interrupted")


@pytest.mark.process
def test_a_second_interruption_ends_at_once(tmp_path: Path) -> None:
    code, out = interrupted(tmp_path, "stubborn", [signal.SIGINT, signal.SIGINT])
    assert (code, out) == (130, "")
