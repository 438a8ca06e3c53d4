"""An import through Sonarr, cut off while what it brought is noted, ends with the next runs as one that was not: sent
once, each link there, media servers told of each. From the cut on nothing is stored any more, as after a kill -9."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from mediatui.acquire.importing.job import ImportDue
from mediatui.changes.undo import plan_undo
from tests.fakes.arr import FakeArr
from tests.fakes.arr_qualities import named
from tests.worlds.account import AccountWorld
from tests.worlds.arr_importing import ArrImporting, series_target
from tests.worlds.cut_off import cut_off
from tests.worlds.importing import IMPORT
from tests.worlds.staging import pack
from tests.worlds.transfers import hash_of, states

SEASON = pack(hash_of(2), count=2, extras=["Salt.Road.S03E01.fr.srt"])
SETTINGS = {"importing.existing": "upgrade", "jellyfin.enabled": True, "jellyfin.url": "http://127.0.0.1:1"}
REPORTS = "SELECT CAST(path AS TEXT), kind, transfer FROM server_reports ORDER BY path"
JOURNAL = """SELECT kind, what, outcome FROM journal WHERE kind IN ('unlink symlink', 'place link in library')
    ORDER BY kind, what"""
LINKS = "SELECT count(*), sum(state = 'ok') FROM library_links"


@asynccontextmanager
async def world_in(folder: Path) -> AsyncIterator[ArrImporting]:
    """A season in staging, the first episode of which Sonarr has in a worse quality."""
    folder.mkdir()
    world = await AccountWorld(folder, []).open()
    try:
        at = ArrImporting(world, folder, FakeArr("sonarr"), **SETTINGS)
        item = at.keeps("Salt Road", {1: "Salt Road - S03E01.mkv"})
        for record in at.sonarr.records.files.values():
            record["quality"] = named("sonarr", "HDTV-720p")
        at.sonarr.importing.qualities["Salt.Road.S03E01.mkv"] = "WEBDL-1080p"
        for number in (1, 2):
            at.sonarr.records.episode(item, 3, number)
        await at.put_in_staging(SEASON, series_target("Salt Road", item))
        yield at
    finally:
        await world.close()


async def settled(at: ArrImporting) -> tuple[object, ...]:
    """What it comes to once nothing goes on by itself any more, without the folder it is in. The program that was cut
    off is gone, with what it held."""
    async with at.world.db.transaction() as connection:
        await connection.execute("DELETE FROM job_locks")
    await at.run(later=60)
    await at.run(later=60)
    reports = [(str(path).removeprefix(str(at.root)), *more) for path, *more in at.world.rows(REPORTS)]
    journal = [(kind, str(what).removeprefix(str(at.root)), end) for kind, what, end in at.world.rows(JOURNAL)]
    return at.tree(), at.links(), states(at.world), len(at.sent()), reports, journal, at.world.rows(LINKS)


@pytest.mark.slow
async def test_an_import_that_is_cut_off_is_told_and_noted_whole(tmp_path: Path) -> None:
    async with world_in(tmp_path / "whole") as at:
        with cut_off(0) as commits:
            await at.world.runner.start(IMPORT, ImportDue()).wait()
        expected = await settled(at)
        assert expected[2:4] == ([("done", "none", "")], 1)
        assert [(kind, number) for _, kind, number in expected[4]] == [("removed", 1), ("placed", 1), ("placed", 1)]
    for after in range(commits.count * 3 // 8, commits.count * 2 // 3, 2):  # from the command's end to the last look
        async with world_in(tmp_path / f"{after}") as at:
            with cut_off(after):
                await at.world.runner.start(IMPORT, ImportDue()).wait()
            assert await settled(at) == expected, f"cut off after {after} of {commits.count}"


async def test_what_is_proven_by_a_later_look_is_told_and_noted_too(tmp_path: Path) -> None:
    """Sonarr is killed while it imports: its records decide, after it has come back."""
    async with world_in(tmp_path / "world") as at:
        at.sonarr.forced = ("completed", "successful", "Manually imported 2 files")
        await at.run()
        assert states(at.world) == [("staged", "waiting", "not-proven")]
        at.sonarr.forced = None
        await at.world.db.write(lambda connection: connection.execute("DELETE FROM server_reports").rowcount)
        at.sonarr._commands.imports(at.sent()[0], None)
        await at.run(later=700)
        found = await settled(at)
        assert found[2:4] == ([("done", "none", "")], 1)
        assert [(kind, number) for _, kind, number in found[4]] == [("removed", 1), ("placed", 1), ("placed", 1)]
        assert [kind for kind, _, _ in found[5]] == ["place link in library"] * 2 + ["unlink symlink"]
        undone = await at.world.apply(at.world.plan(plan_undo))
        assert undone.finished.error is None
        assert at.tree() == {"Séries/Drama/Salt Road/Season 3/Salt Road - S03E01.mkv": "Old/Salt Road - S03E01.mkv"}


async def test_an_old_link_that_a_killed_run_put_back_is_on_record_and_told_again(tmp_path: Path) -> None:
    """Its name is taken when Sonarr imports: the old link goes, nothing comes, and it is put back."""

    async def cut(folder: Path, after: int) -> tuple[int, tuple[Any, ...]]:
        async with world_in(folder) as at:
            way = at.series / "Salt Road" / "Season 3" / "Salt.Road.S03E01.mkv"
            at.sonarr.importing.before = lambda: os.symlink("/nowhere", way)
            with cut_off(after) as commits:
                await at.world.runner.start(IMPORT, ImportDue()).wait()
            found = await settled(at)
            records = sorted(path.removeprefix(str(at.root)) for path in at.sonarr.paths(1))
            return commits.count, (found[0], found[3], found[4], records)

    count, expected = await cut(tmp_path / "whole", 0)
    assert expected[3] == ["/Séries/Drama/Salt Road/Season 3/Salt Road - S03E01.mkv",
                           "/Séries/Drama/Salt Road/Season 3/Salt.Road.S03E02.mkv"]  # fmt: skip
    for after in range(count // 2, count * 2 // 3, 2):
        assert (await cut(tmp_path / f"{after}", after))[1] == expected, f"cut off after {after} of {count}"
