"""The demo's link library: something for every tool to find, the same for the same account, and all of it undone."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import time
from collections import Counter
from pathlib import Path

import pytest

from mediatui.changes.apply import ApplyOptions
from mediatui.changes.undo import plan_undo
from mediatui.commands.job_kinds import APPLY, MAINTAIN
from mediatui.commands.workspace import Workspace, open_workspace
from mediatui.demo.account import SimulatedAccount
from mediatui.demo.archive import fill_demo
from mediatui.demo.library import keep_mount, library_folders
from mediatui.demo.library_cases import plan_library
from mediatui.demo.library_plan import VIEW, Folders, is_linkable, selected_files
from mediatui.demo.seed import SimTorrent
from mediatui.demo.writes import Writes
from mediatui.library.maintenance.job import plan_report
from mediatui.library.maintenance.stored_findings import iterate_findings
from mediatui.library.maintenance.tools import TOOLS, ToolOptions
from mediatui.model.plan import Plan
from mediatui.runtime.invocation import Invocation
from tests.worlds.staging import film

NOW = 1_790_000_000.0


async def run_tool(workspace: Workspace, tool: str) -> tuple[Counter[str], Plan]:
    """What a tool finds by category, and what it proposes."""
    finished = await workspace.runner.start(MAINTAIN, ToolOptions(tool)).wait()
    assert finished.outcome == "done", finished
    report = finished.counts["report"]
    assert isinstance(report, int)
    found = await workspace.read(lambda connection: [one.finding for one in iterate_findings(connection, report)])
    return Counter(finding.category for finding in found), await workspace.read(plan_report, tool, (), report)


async def apply(workspace: Workspace, plan: Plan) -> None:
    batch = await workspace.store_plan(plan, allowed=10**6)
    finished = await workspace.runner.start(APPLY["library"], ApplyOptions(batch)).wait()
    assert finished.outcome == "done", finished


def everything(demo: Invocation) -> dict[bytes, tuple[int, bytes | None]]:
    """Every path of library, mount and storage: its mode, and the text of its target when it is a link."""
    found: dict[bytes, tuple[int, bytes | None]] = {}
    for top in library_folders(demo.paths.database.parent):
        for folder, folders, names in os.walk(os.fsencode(top)):
            for path in (os.path.join(folder, name) for name in (*folders, *names)):
                found[path] = os.lstat(path).st_mode, os.readlink(path) if os.path.islink(path) else None
    return found


def links_of(demo: Invocation) -> dict[bytes, bytes]:
    """The text of the target of every link."""
    return {path: target for path, (_, target) in everything(demo).items() if target is not None}


NEVER = {"error", "moved", "not there"}
"""Nothing in the demo may fail, and no mount of it moved: these are never found."""


@pytest.mark.slow
@pytest.mark.parametrize("tool", TOOLS)
async def test_what_a_tool_finds_is_mended_and_undo_brings_the_same_tree(tool: str, demo: Invocation) -> None:
    """It finds something of each of its categories, nothing is left of it once it is mended, and all comes back."""
    async with open_workspace(demo) as workspace:
        found, plan = await run_tool(workspace, tool)
        assert set(TOOLS[tool].categories) - set(found) <= NEVER
        assert bool(plan.steps) == (tool != "integrity")
        if tool in ("integrity", "link-movies"):
            return
        before = everything(demo)
        await apply(workspace, plan)
        mended = everything(demo)
        _, again = await run_tool(workspace, tool)
        await apply(workspace, await workspace.read(plan_undo, None))
    assert mended != before
    assert again.steps == ()
    assert everything(demo) == before


def test_the_plan_is_the_same_for_the_same_account(tmp_path: Path) -> None:
    first, second = (SimulatedAccount(birth=NOW, clock=lambda: NOW) for _ in range(2))
    places = Folders(tmp_path / "library", tmp_path / "mount", tmp_path / "storage")
    library = plan_library(places, first.torrents())
    assert library == plan_library(places, second.torrents())
    assert len(library.plan.links) > 2_000


def test_nothing_leads_out_of_the_data_folder_but_links_to_an_old_mount(demo: Invocation) -> None:
    data_dir = os.fsencode(demo.paths.database.parent)
    links = links_of(demo)
    away = {
        target for path, target in links.items()
        if not os.path.normpath(os.path.join(os.path.dirname(path), target)).startswith(data_dir + b"/")
    }  # fmt: skip
    assert len(links) > 1_500
    assert {os.path.dirname(target) for target in away} == {b"/mnt/old"}


def test_about_two_in_a_hundred_links_are_broken(demo: Invocation) -> None:
    links = links_of(demo)
    broken = sum(not os.path.exists(path) for path in links)
    assert 0.015 < broken / len(links) < 0.04


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["dead torrent", "pipe"])
async def test_a_torrent_that_is_added_again_brings_its_files_back(kind: str, demo: Invocation) -> None:
    data_dir = demo.paths.database.parent
    account = SimulatedAccount(birth=fill_demo(demo.paths.database), frozen=True)
    torrent, path = _hurt(kind, account, data_dir)
    keep_mount(data_dir, account, late_s=0)
    writes = Writes(account)

    writes.answer("POST", "/torrents/addMagnet", {"magnet": f"magnet:?xt=urn:btih:{torrent.hash}"}, b"")
    added = next(one for one in account.torrents() if one.hash == torrent.hash and one.id != torrent.id)
    assert not path.is_file()
    writes.answer("POST", f"/torrents/selectFiles/{added.id}", {"files": "all"}, b"")
    writes.answer("DELETE", f"/torrents/delete/{torrent.id}", {}, b"")

    assert path.stat().st_size >= torrent.size // torrent.file_count
    _hurt_again(path, kind)


def test_what_is_whole_appears_on_the_mount_a_little_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mediatui.demo.library.LOOK_S", 0.01)
    account = SimulatedAccount([], frozen=True)
    keep_mount(tmp_path, account, late_s=0.05)
    account.add(film("a" * 40))
    shown = library_folders(tmp_path).mount / VIEW / film("a" * 40).filename
    assert not shown.exists()
    deadline = time.monotonic() + 10
    while not list(shown.glob("*.mkv")) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [path.name for path in shown.iterdir()] == [f"{shown.name}.mkv"]


def _hurt(kind: str, account: SimulatedAccount, data_dir: Path) -> tuple[SimTorrent, Path]:
    """A torrent the library links to, one of whose files is gone or no file, and that file."""
    plan = plan_library(library_folders(data_dir), account.torrents()).plan
    for torrent in account.torrents():
        for name, _size in selected_files(torrent) if is_linkable(torrent) else ():
            path = library_folders(data_dir).mount / VIEW / torrent.filename / name
            is_linked = str(path) in plan.links.values()
            if is_linked and (path.is_fifo() if kind == "pipe" else torrent.link_code is not None):
                return torrent, path
    raise AssertionError("the library has none")


def _hurt_again(path: Path, kind: str) -> None:
    if kind == "pipe":
        path.unlink()
        os.mkfifo(path)
    else:
        shutil.rmtree(path.parent)


def test_an_older_demo_is_made_anew(demo: Invocation, tmp_path: Path) -> None:
    database = tmp_path / "demo.db"
    shutil.copy(demo.paths.database, database)
    birth = fill_demo(database)
    for folder in library_folders(tmp_path):
        folder.mkdir()
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE facts SET value = json_set(value, '$.edition', 1) WHERE name = 'demo'")
    assert fill_demo(database) > birth
    assert not any(folder.exists() for folder in library_folders(tmp_path))
