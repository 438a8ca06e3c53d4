"""Two imports of one transfer at the same time, a run's and a person's: the one that begins it imports it, alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.acquire.importing.job import ImportDue, plan_staged
from mediatui.acquire.importing.plan import ImportOptions, plan_of_imports
from mediatui.changes.steps import import_command
from mediatui.model.transfer import Event, State
from mediatui.store.transfers.change import change
from tests.fakes.arr import FakeArr
from tests.fakes.arr_qualities import named
from tests.worlds.account import MakeWorld
from tests.worlds.arr_importing import ArrImporting, series_target
from tests.worlds.importing import FERN, IMPORT, Importing
from tests.worlds.staging import film, pack
from tests.worlds.transfers import hash_of, states, transfers

SEASON, SECOND = pack(hash_of(2), count=2), pack(hash_of(3), "Tin.Garden.S03.1080p.WEB", count=2)
IMPORTING, DONE = ("importing", "none", ""), ("done", "none", "")


async def with_sonarr(account_of: MakeWorld, folder: Path, **more: object) -> ArrImporting:
    at = ArrImporting(await account_of([]), folder, FakeArr("sonarr"), **more)
    item = at.keeps("Salt Road")
    for number in (1, 2):
        at.sonarr.records.episode(item, 3, number)
    await at.put_in_staging(SEASON, series_target("Salt Road", item))
    return at


async def test_what_another_batch_imports_is_not_sent_again(
    account_of: MakeWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = await with_sonarr(account_of, tmp_path)
    at.sonarr.steps = None
    monkeypatch.setattr(import_command, "MOST_S", 1.0)
    first, second = await at.person_plan(), await at.person_plan()
    await at.world.apply(first)
    assert states(at.world) == [IMPORTING]
    done = await at.world.apply(second)
    assert {outcome for outcome, _ in done.steps} == {"skipped"}
    assert (states(at.world), len(at.sent()), len(at.links())) == ([IMPORTING], 1, 3)
    at.sonarr.finish()
    await at.run(later=400)
    assert (states(at.world), len(at.sent()), at.links()) == ([DONE], 1, {})


async def test_links_of_what_another_batch_imports_are_not_placed(account_of: MakeWorld, tmp_path: Path) -> None:
    torrent = film(hash_of(1))
    world = await account_of([torrent])
    await world.sync(mode="fast")
    at = Importing(world, tmp_path)
    await at.stage({torrent: FERN}, auto="fetch")
    planned, _ = await plan_staged(
        world._context(0), transfers(world), ImportOptions(folder=os.fsencode(at.root / "Films" / "Drama"))
    )
    by = {"batch": 999}
    await world.db.write(change, 1, Event.IMPORT, "job", State.STAGED, State.IMPORTING, facts=by, now=at.now)
    done = await world.apply(plan_of_imports(planned, ()))
    assert {outcome for outcome, _ in done.steps} == {"skipped"}
    assert (states(world), at.tree(), len(at.links())) == ([IMPORTING], {}, 2)


async def test_the_lane_is_kept_until_the_last_of_them(account_of: MakeWorld, tmp_path: Path) -> None:
    """A person's import would begin beside the second one: after the first only Sonarr is still waited for."""
    at = await with_sonarr(account_of, tmp_path, **{"importing.existing": "upgrade"})
    gone = at.library_link("Séries/Drama/Salt Road/Season 3/Salt Road - S03E01.mkv", "Gone/gone.mkv")
    at.sonarr.records.has_file(1, gone, episodes=[(3, 1)])
    for record in at.sonarr.records.files.values():
        record["quality"] = named("sonarr", "HDTV-720p")
    at.sonarr.importing.qualities["Salt.Road.S03E01.mkv"] = "WEBDL-1080p"
    item = at.keeps("Tin Garden")
    for number in (1, 2):
        at.sonarr.records.episode(item, 3, number)
    await at.put_in_staging(SECOND, series_target("Tin Garden", item, tvdb=10))
    job = at.world.runner.start(IMPORT, ImportDue())
    await job.wait()
    assert states(at.world) == [DONE, DONE], at.detail()
    assert ("RescanSeries", 1) in at.sonarr.commands
    assert not job.left_lane
