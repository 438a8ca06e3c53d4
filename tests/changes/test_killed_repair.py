"""kill -9 at every point of a repair: nothing is lost at any moment, and the next run ends it without a trace.

A real process repairs three rows of a simulated account on a real socket. In each of the states its journal can be in
it kills itself, either at once or after the service has done what was begun.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mediatui.archive.repair import plan_repair
from mediatui.archive.targets import targets_by_id
from mediatui.changes.apply import ApplyOptions
from mediatui.changes.steps.reinsert import ReinsertTorrent
from mediatui.changes.steps.stored import read_steps
from mediatui.commands.job_kinds import APPLY
from mediatui.commands.workspace import open_workspace
from mediatui.runtime.events import Finished
from mediatui.runtime.invocation import Invocation
from mediatui.runtime.paths import find_paths
from mediatui.store.changes.journal import read_lines, store_plan
from mediatui.store.database import Database, open_reader
from tests.worlds.here import run_here, serving
from tests.worlds.killed_batch import die_at, lines_of, run_in_process

ROWS = 3
A_ROW = 3
"""Each repair adds, selects and deletes: three lines of the journal."""
STATES = [
    (opened, closed, done)
    for opened in (*range(1, A_ROW + 1), A_ROW + 2, ROWS * A_ROW)
    for closed, done in ((opened - 1, False), (opened - 1, True), (opened, False))
]
"""Lines begun, lines ended, and whether the service has done what the last one began: all of the first row, a row in
the middle, and the end."""
BROKEN = ROWS * (len(STATES) + 5)  # some have a hash that others have too
ANSWER_S = 10.0


@dataclass
class Account:
    """The service, the archive that was synced with it, and the broken rows that no case has used up."""

    address: str
    folder: Path
    fresh: list[dict[str, Any]] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.folder / "mediatui.db"

    def log(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.address}/_sim/log", timeout=ANSWER_S) as answer:
            log: dict[str, Any] = json.load(answer)
        return log

    def entries(self, hashes: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        """What the account holds of these hashes."""
        found: dict[str, list[dict[str, Any]]] = {one: [] for one in hashes}
        for entry in self.log()["entries"]:
            if entry["hash"] in found:
                found[entry["hash"]].append(entry)
        return found

    def writes(self) -> int:
        """How many torrents were added, selected in or deleted so far."""
        return sum(1 for _, path in self.log()["written"] if path.startswith("/torrents/"))

    def environment(self) -> dict[str, str]:
        return {
            "MEDIATUI_REALDEBRID__TOKEN": "SIMULATED",
            "MEDIATUI_REALDEBRID__BASE_URL": f"{self.address}/rest/1.0",
            "MEDIATUI_REALDEBRID__WINDOW_S": "0.5",
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_STATE_HOME": str(self.folder / "state"),
        }


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    folder = tmp_path_factory.mktemp("killed")
    options = ["--count", str(BROKEN + 20), "--broken", str(BROKEN), "--frozen", "--window", "0.5", "--latency", "0"]
    with serving(*options) as address, pytest.MonkeyPatch.context() as monkeypatch:
        made = Account(address, folder)
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        code, _, errors = run_here(["--headless", "--data-dir", str(folder), "sync", "--mode", "fast"])
        assert code == 0, errors
        entries = made.log()["entries"]
        times = Counter(entry["hash"] for entry in entries)
        made.fresh = [entry for entry in entries if entry["status"] == "error" and times[entry["hash"]] == 1]
        yield made


@pytest.mark.process
@pytest.mark.parametrize(("opened", "closed", "done"), STATES)
def test_a_repair_killed_anywhere_loses_nothing_and_is_finished_by_the_next_run(
    account: Account, opened: int, closed: int, done: bool
) -> None:
    rows = [account.fresh.pop() for _ in range(ROWS)]
    hashes = [row["hash"] for row in rows]
    held = len(account.log()["ids"])
    batch = asyncio.run(stored_plan(account, rows))
    before = account.writes()

    run_in_process(apply_and_die, account.folder, batch, dict(os.environ), (opened, closed), done)

    assert lines_of(account.database, batch) == (opened, closed)
    assert account.writes() - before == (opened if done or opened == closed else opened - 1)
    at_kill = account.entries(hashes)
    assert all(at_kill[one] for one in hashes), "an entry was lost"
    finished = apply_batch(account.folder, batch)
    assert finished.outcome == "done", finished.summary
    assert_all_repaired(account, batch, rows, held)


async def stored_plan(account: Account, rows: Sequence[dict[str, Any]]) -> int:
    with contextlib.closing(open_reader(account.database)) as reader:
        plan = plan_repair(reader, targets_by_id(reader, [row["id"] for row in rows]), force=True)
    assert [type(step) for step in plan.steps] == [ReinsertTorrent] * ROWS
    database = await Database.open(account.database)
    async with database.transaction() as connection:
        batch = await store_plan(connection, plan, time.time())
    await database.close()
    return batch


def apply_batch(folder: Path, batch: int) -> Finished:
    """Applies the batch to its end."""

    async def run() -> Finished:
        async with open_workspace(Invocation("resume", find_paths(data_dir=folder)), wait_for_lane=False) as workspace:
            return await workspace.runner.start(APPLY["account"], ApplyOptions(batch)).wait()

    return asyncio.run(run())


def apply_and_die(folder: Path, batch: int, environment: dict[str, str], wanted: tuple[int, int], done: bool) -> None:
    """The process that is killed."""
    os.environ.update(environment)
    die_at(folder / "mediatui.db", batch, wanted, acted=done)
    apply_batch(folder, batch)


def assert_all_repaired(account: Account, batch: int, rows: Sequence[dict[str, Any]], held: int) -> None:
    now = account.entries([row["hash"] for row in rows])
    for row in rows:
        (entry,) = now[row["hash"]]
        assert entry["id"] != row["id"]
        assert (entry["status"], entry["selected"]) == ("downloaded", row["selected"])
    assert len(account.log()["ids"]) == held
    with contextlib.closing(open_reader(account.database)) as reader:
        assert [step.outcome for step in read_steps(reader, batch)] == ["done"] * ROWS
        assert [line for line in read_lines(reader, batch) if line.outcome is None] == []
        for row in rows:
            (entry,) = now[row["hash"]]
            standing = reader.execute(
                "SELECT id, details_at IS NOT NULL FROM torrents WHERE hash = ? AND gone_at IS NULL", (row["hash"],)
            )
            assert [tuple(one) for one in standing] == [(entry["id"], 1)]
