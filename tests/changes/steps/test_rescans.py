"""What the end of a rescan or a search means: the records say it, whatever the command says of itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from pathlib import Path

import httpx
import pytest

from mediatui.changes.notify import notified_services
from mediatui.changes.steps.arr import ArrFind
from mediatui.changes.steps.arr_rescan import ArrRescan
from mediatui.changes.steps.arr_search import ArrSearch
from mediatui.changes.steps.moves import MovePath
from mediatui.changes.steps.stored import read_steps
from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.commands.job_kinds import SCAN
from mediatui.library.scan.job import ScanOptions
from mediatui.model.plan import Plan
from mediatui.runtime.events import Said
from mediatui.services.arr import client as arr_module
from mediatui.store.changes.journal import unfinished_batches
from tests.fakes.arr import BROKEN, CUT, HANG, LOGIN_PAGE, STARTING, Failure, FakeArr
from tests.worlds.arr import ArrWorld, ends, has_file, of_services, plan, shows
from tests.worlds.library import VIDEO

SEARCH = {"sonarr.after_change": "search", "radarr.after_change": "search"}

NOTHING_SAID = "it says nothing of the disk (it skips a root folder that is empty or not there)"


async def test_a_rescan_that_fails_because_of_another_dead_link_has_done_its_work(tmp_path: Path) -> None:

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **SEARCH) as world:
        (_, dead, _), _ = shows(world, sonarr)
        done = await world.apply(plan(dead))
        assert done.finished.exit_code == 0
        assert ends(done) == [
            ("done", "Sonarr could not read S01E03's link"),
            ("done", "asked, nothing found"),
        ]
        assert sonarr.commands == [("RescanSeries", 1), ("EpisodeSearch", [102])]
        assert has_file(sonarr)[102] is False
        assert has_file(sonarr)[103] is True
        # Undo too: what comes back is taken on before the look ends at the other.
        (world.view / "Dark.S01" / "dark.s01e02.mkv").write_bytes(VIDEO)
        undone = await world.undo()
        assert ends(undone) == [("done", "Sonarr could not read S01E03's link")]
        assert has_file(sonarr)[102] is True


@pytest.mark.parametrize("kind", ["sonarr", "radarr"])
async def test_a_rescan_that_says_nothing_did_not_look(tmp_path: Path, kind: str) -> None:
    """Completed, successful, without a message; the records are as before."""

    service = FakeArr(kind)  # type: ignore[arg-type]
    async with ArrWorld(tmp_path, {kind: service}) as world:
        folder = world.series if kind == "sonarr" else world.films
        links = world.show("Dark", episodes=2, missing=1) if kind == "sonarr" else world.film("Heat", missing=1)
        service.hold("It", folder / links[0].parent.name, links)
        world.film("Enough", files=40)
        service.forced = ("completed", "successful", "")
        done = await world.apply(plan(links[-1]))
        title = kind.title()
        ((outcome, reason),) = ends(done)
        assert outcome == "skipped"
        assert reason.startswith(f"{title} still holds the file at ")
        assert reason.endswith(f": it did not rescan, {NOTHING_SAID}")
        assert done.finished.exit_code == 0
        assert len(service.paths(1)) == len(links)


async def test_what_was_relinked_in_place_is_not_done_when_nobody_looked(tmp_path: Path) -> None:
    """Where the records prove nothing: the same file is on record before and after."""

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        (good, dead, _), _ = shows(world, sonarr)
        name, target = str(dead), os.readlink(dead)
        step = RelinkSymlink(what=name, path=name, target=target, new_target=os.readlink(good))
        sonarr.forced = ("completed", "successful", "")
        done = await world.apply(Plan("repair", "Relink", (step,)))
        assert ends(done) == [("skipped", f"Sonarr did not rescan: {NOTHING_SAID}")]
        sonarr.forced = None
        step = RelinkSymlink(what=name, path=name, target=step.new_target, new_target=os.readlink(good) + ".")
        os.link(os.readlink(good), os.readlink(good) + ".")
        done = await world.apply(Plan("repair", "Relink", (step,)))
        assert ends(done) == [("done", "Sonarr could not read S01E03's link")]


@pytest.mark.parametrize(
    ("end", "says"),
    [
        (("failed", "unknown", "Disk is gone"), "it ended the rescan as failed, unknown: Disk is gone"),
        (("completed", "unsuccessful", "Failed"), "it ended the rescan as completed, unsuccessful: Failed"),
        (("orphaned", "unknown", ""), "it ended the rescan as orphaned, unknown"),
        (("aborted", "unknown", ""), "it ended the rescan as aborted, unknown"),
        (("completed", "successful", "Scanning Dark"), ""),
    ],
)
async def test_records_that_are_not_right_fail_it_whatever_the_end(
    tmp_path: Path, end: tuple[str, str, str], says: str
) -> None:
    """Not as they should be is failed, and tried again the service is notified again."""

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        (_, dead, _), _ = shows(world, sonarr)
        sonarr.forced = end
        done = await world.apply(plan(dead))
        still = f"Sonarr still holds the file at {dead.name}"
        assert ends(done) == [("failed", f"{still}; {says}" if says else still)]
        assert done.finished.exit_code == 1
        sonarr.forced = None
        again = await world.retry(1)
        assert ends(again) == [("done", "Sonarr could not read S01E03's link")]
        assert sonarr.commands == [("RescanSeries", 1)] * 2


async def test_a_rescan_that_ended_badly_is_done_when_the_records_are_right(tmp_path: Path) -> None:
    """The service looked by itself before we asked again; nothing is sent twice."""

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        (_, dead, _), _ = shows(world, sonarr)
        sonarr.forced = ("failed", "unknown", "database is locked")
        await world.apply(plan(dead))
        sonarr.forced = None
        sonarr._disk._drop_missing(1, {})  # its own look, once a day
        again = await world.retry(1)
        why = "Sonarr ended the rescan as failed, unknown: database is locked; its records are right"
        assert ends(again) == [("done", why)]
        assert sonarr.commands == [("RescanSeries", 1)]


async def test_a_film_whose_empty_folder_radarr_removed_is_done(tmp_path: Path) -> None:
    """The command fails over the folder that it has just removed; undo makes it anew."""

    radarr = FakeArr("radarr")
    radarr.settings["deleteEmptyFolders"] = True
    async with ArrWorld(tmp_path, {"radarr": radarr}) as world:
        (dead,) = world.film("Heat", missing=1)
        good = world.film("Enough", files=40)
        radarr.hold("Heat", dead.parent, [dead])
        radarr.hold("Enough", world.films / "Enough", good[:1])
        before = world.links()
        done = await world.apply(plan(dead))
        assert [outcome for outcome, _ in ends(done)] == ["done"]
        assert not dead.parent.exists()
        assert radarr.paths(1) == []
        undone = await world.undo()
        assert undone.outcomes == {"done"}
        assert world.links() == before


async def test_a_removed_folder_that_the_command_fails_over_is_no_failure(tmp_path: Path) -> None:
    """As recorded: DirectoryNotFoundException."""

    radarr = FakeArr("radarr")
    async with ArrWorld(tmp_path, {"radarr": radarr}) as world:
        (dead,) = world.film("Heat", missing=1)
        world.film("Enough", files=40)
        radarr.hold("Heat", dead.parent, [dead])
        rescan = radarr._disk.rescan

        def failing(item: int) -> str:
            from tests.fakes.arr_disk import NO_FOLDER, Failed

            rescan(item)
            raise Failed(NO_FOLDER.format(dead.parent))

        radarr._disk.rescan = failing  # type: ignore[method-assign]
        done = await world.apply(plan(dead))
        assert ends(done) == [("done", f"Radarr removed the empty folder {dead.parent}")]


FAILURES = {"500": BROKEN, "503": STARTING, "cut": CUT, "login page": LOGIN_PAGE}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
@pytest.mark.parametrize("failed", [False, True], ids=["resume", "resume --failed"])
async def test_a_search_waits_for_its_rescan_and_resume_does_both(
    tmp_path: Path, failure: Failure, failed: bool
) -> None:

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **SEARCH) as world:
        (_, dead, _), _ = shows(world, sonarr)
        before = dict(sonarr.records.files)
        await world.apply(plan(dead))
        await world.undo()
        sonarr.records.files.update(before)
        sonarr.records.episode(1, 1, 2).update(hasFile=True, episodeFileId=1002)
        sonarr.bodies.clear()
        batch = await world.store(plan(dead))
        sonarr.fail(failure, only="command")
        await world.start(batch).wait()
        sonarr.well()
        steps = {type(one.step): one.outcome for one in await world.db.read(read_steps, batch)}
        assert steps[ArrRescan] == "failed"
        assert steps[ArrSearch] == "planned"
        (offered,) = await world.db.read(unfinished_batches)
        assert offered.batch == batch
        again = await world.retry(batch, failed=failed)
        assert [outcome for outcome, _ in ends(again)] == ["done", "done"]
        assert sonarr.commands == [("RescanSeries", 1), ("EpisodeSearch", [102])]


async def test_until_the_rescan_is_done_a_batch_with_a_search_ends_with_1(tmp_path: Path) -> None:

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **SEARCH) as world:
        (_, dead, _), _ = shows(world, sonarr)
        sonarr.fail(BROKEN, only="command")
        done = await world.apply(plan(dead))
        assert done.finished.exit_code == 1
        assert "1 failed, 1 left" in done.finished.summary
        assert done.finished.hint == "Try the failed again: mediatui --headless resume 1 --failed --apply"
        again = await world.retry(1)
        assert again.finished.exit_code == 1
        sonarr.well()
        again = await world.retry(1, failed=False)
        assert (again.finished.exit_code, sonarr.commands[-1]) == (0, ("EpisodeSearch", [102]))


async def test_a_lost_answer_is_looked_for_among_their_commands(tmp_path: Path) -> None:
    """The command runs, only its answer was lost; it is not sent a second time."""

    sonarr = FakeArr("sonarr")

    def losing(request: httpx.Request) -> object:
        answer = sonarr(request)
        if request.method == "POST":
            raise httpx.ReadTimeout("lost")
        return answer

    async with ArrWorld(tmp_path, {"sonarr": losing}, **SEARCH) as world:
        (_, dead, _), _ = shows(world, sonarr)
        done = await world.apply(plan(dead))
        assert [outcome for outcome, _ in ends(done)] == ["done", "done"]
        assert sonarr.commands == [("RescanSeries", 1), ("EpisodeSearch", [102])]


async def test_a_command_that_is_forgotten_after_a_day_is_told_by_the_records(tmp_path: Path) -> None:
    """404 of the command."""

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        (_, dead, _), _ = shows(world, sonarr)
        await world.apply(plan(dead))
        with contextlib.closing(sqlite3.connect(world.database)) as connection, connection:
            connection.execute("UPDATE batches SET state = 'running'")
            connection.execute("UPDATE plan_steps SET outcome = 'acting' WHERE kind = 'arr_rescan'")
        sonarr._commands.all.clear()
        again = await world.retry(1, failed=False)
        assert ends(again) == [("done", "Sonarr does not know its command any more. Its records are right")]
        assert sonarr.commands == [("RescanSeries", 1)]


@pytest.mark.parametrize(("finds", "says"), [("Dark.S01E02.720p-X", "Sonarr fetches Dark.S01E02.720p-X"), ("", "")])
async def test_what_a_search_found_is_read_from_queue_and_history(tmp_path: Path, finds: str, says: str) -> None:

    sonarr = FakeArr("sonarr")
    if finds:
        sonarr.finds[102] = finds
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **SEARCH) as world:
        (_, dead, _), _ = shows(world, sonarr)
        done = await world.apply(plan(dead))
        assert ends(done)[-1] == ("done", says or "asked, nothing found")
        assert done.finished.counts.get("nothing_found") == (None if finds else 1)
        assert ("1 asked, nothing found" in done.finished.summary) is not bool(finds)


async def test_a_missing_row_proves_nothing_and_neither_does_the_number(tmp_path: Path) -> None:
    """The client is away, and its rows with it; the history has the grab. The number may be wrong."""

    radarr = FakeArr("radarr")
    radarr.finds[1] = "Heat.1995.1080p-X"
    radarr.client_away = True
    async with ArrWorld(tmp_path, {"radarr": radarr}, **SEARCH) as world:
        (dead,) = world.film("Heat", missing=1)
        radarr.hold("Heat", dead.parent, [dead])
        world.film("Enough", files=40)
        grab = radarr._commands._grab
        radarr._commands._grab = lambda asked: grab(asked) * 0  # type: ignore[method-assign]
        done = await world.apply(plan(dead))
        assert ends(done)[-1] == ("done", "Radarr fetches Heat.1995.1080p-X")


async def test_a_grab_of_long_ago_is_not_what_this_search_found(tmp_path: Path) -> None:

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **SEARCH) as world:
        (_, dead, _), _ = shows(world, sonarr)
        sonarr.records.note("grabbed", 1, "Dark.S01E02.old", {}, 102)
        done = await world.apply(plan(dead))
        assert ends(done)[-1] == ("done", "asked, nothing found")


@pytest.mark.slow
async def test_a_dead_link_that_came_back_is_noted_once_its_target_is_back(tmp_path: Path) -> None:
    """They never take a dangling link anew; the next applied scan that finds it good notifies them."""

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        (_, dead, other), _ = shows(world, sonarr)
        target = Path(os.readlink(dead))
        await world.apply(plan(dead, other))
        undone = await world.undo()
        assert ends(undone) == [
            ("done", f"Sonarr takes {other.name}, {dead.name} again when its target is back"),
        ]
        assert has_file(sonarr)[102] is False
        await world.scan()
        assert [step.KIND for step in world.pending_plan().steps] == []
        target.write_bytes(VIDEO)
        await world.scan()
        pending = world.pending_plan()
        assert [(step.KIND, step.what) for step in pending.steps] == [
            ("arr_find", "Sonarr: a link whose target is back")
        ]
        done = await world.apply(pending)
        assert has_file(sonarr)[102] is True
        assert has_file(sonarr)[103] is False
        assert ends(done) == [("done", "")]
        assert world.pending_plan().steps == (), "notified once"


async def test_a_search_that_takes_long_keeps_no_scan_from_the_library(tmp_path: Path) -> None:

    sonarr = FakeArr("sonarr")
    # The scan has to fit into the time the rescan is waited for, also on a busy machine.
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **SEARCH, **{"realdebrid.window_s": 3}) as world:
        (_, dead, _), _ = shows(world, sonarr)
        sonarr.steps = None
        job = world.start(await world.store(plan(dead)))
        async with asyncio.timeout(30):
            while not sonarr.bodies:
                await asyncio.sleep(0.01)
            scan = await world.runner.start(SCAN, ScanOptions()).wait()
            assert scan.outcome == "done"
            assert job.running
            assert await world.db.read(unfinished_batches) == [], "it is being worked at"
            sonarr.finish()
            while ("EpisodeSearch", [102]) not in sonarr.commands:
                await asyncio.sleep(0.01)
            assert (await world.runner.start(SCAN, ScanOptions()).wait()).outcome == "done"
            sonarr.finish()
            assert (await job.wait()).outcome == "done"


async def test_stopping_does_not_wait_for_the_service_and_the_next_run_follows_what_was_sent(tmp_path: Path) -> None:
    """A sent command cannot be called back, so nothing is sent a second time."""

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **{"realdebrid.window_s": 60}) as world:
        shows(world, sonarr)
        await world.scan()
        sonarr.steps = None
        job = world.start(await world.store(world.plan()))
        async with asyncio.timeout(10):
            while not sonarr.bodies:
                await asyncio.sleep(0.01)
            job.cancel()
            assert (await job.wait()).outcome == "cancelled"
        steps = await world.db.read(read_steps, 1)
        assert [one.outcome for one in steps if isinstance(one.step, ArrFind)] == ["done"]
        assert [one.outcome for one in steps if isinstance(one.step, ArrRescan)] == ["planned", "planned"]
        sonarr.finish()
        sonarr.steps = 0
        again = await world.retry(1, failed=False)
        assert again.finished.outcome == "done"
        assert sonarr.commands == [("RescanSeries", 1), ("RescanSeries", 2)]


async def test_a_stop_is_obeyed_while_the_service_does_not_answer_and_it_is_said_who_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arr_module, "PATIENCE_S", 0.01)

    sonarr = FakeArr("sonarr")
    sonarr.fail(HANG)
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        (_, dead, _), _ = shows(world, sonarr)
        job = world.start(await world.store(plan(dead)))
        async with asyncio.timeout(10):
            while Said("info", "waiting for Sonarr") not in world.events:
                await asyncio.sleep(0.01)
            job.cancel()
            assert (await job.wait()).outcome == "cancelled"


async def test_only_monitored_episodes_are_searched_and_the_rest_are_counted(tmp_path: Path) -> None:

    sonarr, radarr = FakeArr("sonarr"), FakeArr("radarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr, "radarr": radarr}, **SEARCH) as world:
        (_, two, three), _ = shows(world, sonarr)
        sonarr.records.episode(1, 1, 2)["monitored"] = False
        (film,) = world.film("Heat", missing=1)
        radarr.hold("Heat", film.parent, [film], monitored=False)
        done = await world.apply(plan(two, three, film))
        assert ("arr_find", "done", "1 series; 1 not monitored, so not searched for") in of_services(done)
        assert ("arr_find", "done", "1 film; 1 not monitored, so not searched for") in of_services(done)
        assert sonarr.commands == [("RescanSeries", 1), ("EpisodeSearch", [103])]
        assert radarr.commands == [("RescanMovie", 1)]


async def test_a_removed_link_without_a_record_is_counted(tmp_path: Path) -> None:
    """Nobody is left to believe that it is searched for."""

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **SEARCH) as world:
        (_, two, three), _ = shows(world, sonarr)
        sonarr.records.drop(sonarr.records.files[1002], "Manual")
        done = await world.apply(plan(two, three))
        why = "1 series; no record of 1 of the files, so nothing is searched in their place"
        assert ("arr_find", "done", why) in of_services(done)
        assert sonarr.commands == [("RescanSeries", 1), ("EpisodeSearch", [103])]


async def test_what_a_rescan_unmonitors_is_monitored_again_before_it_is_searched(tmp_path: Path) -> None:
    """With "unmonitor deleted" on, what was monitored before is asked for, and stays so."""

    sonarr = FakeArr("sonarr")
    sonarr.settings["autoUnmonitorPreviouslyDownloadedEpisodes"] = True
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **SEARCH) as world:
        (_, dead, _), _ = shows(world, sonarr)
        await world.apply(plan(dead))
        assert sonarr.commands == [("RescanSeries", 1), ("EpisodeSearch", [102])]
        assert sonarr.records.episode(1, 1, 2)["monitored"] is True


@pytest.mark.parametrize("kind", ["sonarr", "radarr"])
async def test_undo_puts_back_the_marks_that_a_rescan_took_and_says_what_is_lost(tmp_path: Path, kind: str) -> None:
    """With "unmonitor deleted" on, what was monitored would be off for good."""

    service = FakeArr(kind)  # type: ignore[arg-type]
    what = "Episodes" if kind == "sonarr" else "Movies"
    service.settings[f"autoUnmonitorPreviouslyDownloaded{what}"] = True
    async with ArrWorld(tmp_path, {kind: service}) as world:
        links = world.show("Dark", episodes=2, missing=2) if kind == "sonarr" else world.film("Heat", missing=1)
        service.hold("It", links[0].parent, links)
        world.film("Enough", files=40)
        if kind == "sonarr":
            service.records.episode(1, 1, 2)["monitored"] = False
        before = [row["monitored"] for row in (*service.records.episodes, *service.records.items.values())]
        title = kind.title()
        says = f"{title} is notified of what changed; of removed files it forgets release group and revision."
        assert notified_services(world.settings, plan(*links)) == says
        await world.apply(plan(*links))
        row = service.records.episode(1, 1, 1) if kind == "sonarr" else service.records.items[1]
        assert row["monitored"] is False
        undo = world.undo_plan()
        why = "its records are new ones, without release group, scene name and revision (PROPER)"
        assert (f"{title}: It", why) in undo.notes
        undone = await world.apply(undo)
        assert undone.finished.outcome == "done"
        of = "S01E01" if kind == "sonarr" else "it"
        assert ("done", f"{title} monitors {of} again") in ends(undone)
        after = [row["monitored"] for row in (*service.records.episodes, *service.records.items.values())]
        assert after == before


async def test_marks_that_are_still_there_are_left_alone(tmp_path: Path) -> None:
    """Another episode, or one the user has switched on since, is not touched."""

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        (_, dead, _), _ = shows(world, sonarr)
        await world.apply(plan(dead))
        assert not any(step.KIND == "arr_monitor" for step in world.undo_plan().steps)
        assert sonarr.writes == []


# Before any service is notified


async def test_nothing_is_told_while_their_root_looks_empty(tmp_path: Path) -> None:
    """A volume that is away for them looks like an empty root; the search waits for another day."""

    away: list[str] = []
    sonarr = FakeArr("sonarr", ours=lambda path: path + ".away" if away else path)
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **SEARCH) as world:
        (_, dead, _), _ = shows(world, sonarr)
        (world.root / "Series.away").mkdir()
        batch = await world.store(plan(dead))
        away.append("now")
        finished = await world.start(batch).wait()
        why = f"Sonarr was not asked to rescan: its root folder is empty ({world.series})"
        steps = {type(one.step): (one.outcome, one.reason) for one in await world.db.read(read_steps, batch)}
        assert steps[ArrRescan] == ("planned", why)
        assert steps[ArrSearch] == ("planned", "it waits for the rescan")
        assert finished.exit_code == 1
        assert sonarr.commands == []
        away.clear()
        again = await world.retry(batch, failed=False)
        assert again.finished.outcome == "done"
        assert sonarr.commands == [("RescanSeries", 1), ("EpisodeSearch", [102])]


def root_missing(world: ArrWorld, sonarr: FakeArr) -> str:
    sonarr.records._ours = lambda path: "/nowhere" + path
    return f"its root folder is not there ({world.series})"


def root_of_others(world: ArrWorld, sonarr: FakeArr) -> str:
    (world.folder / "other" / "Stray").mkdir(parents=True)
    sonarr.records._ours = lambda path: path.replace(str(world.series), str(world.folder / "other"))
    return f"its root folder holds none of the folders it has files in ({world.series})"


def mount_hangs_there(world: ArrWorld, sonarr: FakeArr) -> str:
    sonarr.mount_hangs = True
    return f"a mount hangs where it runs: it reports no free space of its root folder ({world.series})"


def folder_unseen(world: ArrWorld, sonarr: FakeArr) -> str:
    shutil_view = world.folder / "view"
    (shutil_view / "Fargo").mkdir(parents=True)
    sonarr.records._ours = lambda path: path.replace(str(world.series), str(shutil_view))
    return f"it does not see {world.series / 'Dark'}"


def our_mount_away(world: ArrWorld, sonarr: FakeArr) -> str:
    def answer(request: httpx.Request) -> object:
        if not (world.folder / "elsewhere").exists():  # after the links were changed
            world.unmount()
        return sonarr(request)

    world._fakes = {"sonarr": answer}  # type: ignore[dict-item]
    return f"{world.mount} is empty"


@pytest.mark.parametrize("trouble", [root_missing, root_of_others, mount_hangs_there, folder_unseen, our_mount_away])
async def test_nothing_is_told_while_somebody_cannot_see(tmp_path: Path, trouble: object) -> None:
    """A hold with its sentence, never an error of the item."""

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        (good, _, _), _ = shows(world, sonarr)
        name = str(good)
        moved = MovePath(what=name, path=name, new_path=f"{name}.mkv", target=os.readlink(name))
        batch = await world.store(Plan("fix-symlinks", "Move", (moved,)))
        why = trouble(world, sonarr)  # type: ignore[operator]
        finished = await world.start(batch).wait()
        step = (await world.db.read(read_steps, batch))[-1]
        assert (step.outcome, step.reason) == ("skipped", f"Sonarr was not asked to rescan: {why}")
        assert finished.exit_code == 0
        assert sonarr.commands == []


async def test_a_link_to_a_folder_keeps_them_from_removing_what_is_behind_it(tmp_path: Path) -> None:
    """While they remove empty folders the item is refused and named, the others go on."""

    sonarr = FakeArr("sonarr")
    sonarr.settings["deleteEmptyFolders"] = True
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        (_, dead, _), (_, other) = shows(world, sonarr)
        behind = world.view / "Extras"
        behind.mkdir()
        (world.series / "Dark" / "Extras").symlink_to(behind)
        done = await world.apply(plan(dead, other))
        why = f"it removes empty folders, and {world.series / 'Dark' / 'Extras'} is a link to a folder"
        assert ends(done) == [
            ("skipped", f"Sonarr was not asked to rescan: {why}: those behind it would go too"),
            ("done", ""),
        ]
        assert sonarr.commands == [("RescanSeries", 2)]
        assert behind.exists()


async def test_a_moved_link_has_to_be_on_record_at_its_new_place(tmp_path: Path) -> None:
    """Made, relinked or moved = a record at that path."""

    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}) as world:
        links = world.show("Dark", episodes=2)
        sonarr.hold("Dark", world.series / "Dark", links)
        name = str(links[0])
        moved = MovePath(what=name, path=name, new_path=name.replace(".mkv", ".v2.mkv"), target=os.readlink(name))
        sonarr.forced = ("failed", "unknown", "no")
        done = await world.apply(Plan("fix-symlinks", "Move", (moved,)))
        ((outcome, reason),) = ends(done)
        assert outcome == "failed"
        assert reason.startswith(
            "Sonarr still holds the file at Dark.S01E01.mkv; Sonarr has no file at Dark.S01E01.v2.mkv"
        )
        sonarr.forced = None
        assert ends(await world.retry(1)) == [("done", "")]
