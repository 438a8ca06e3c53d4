"""Repairing: the broken entry goes only once a proven new one is there; whatever goes wrong, nothing is lost."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from mediatui.archive.repair import plan_repair
from mediatui.archive.targets import targets_by_id
from mediatui.changes.apply import ApplyOptions
from mediatui.changes.steps.reinsert import ReinsertTorrent
from mediatui.changes.steps.torrents import DeleteTorrent, SelectFiles
from mediatui.commands.job_kinds import APPLY
from mediatui.demo.faults import Reply, cut_body, dropped, error
from mediatui.demo.seed import SimTorrent
from mediatui.model.plan import Plan
from mediatui.runtime.events import Said, Waiting
from mediatui.store.changes.journal import plan_again, store_plan
from tests.worlds.account import AccountWorld, MakeWorld, Run, torrent, torrents

ADD_MAGNET = "/torrents/addMagnet"


async def synced(account_of: MakeWorld, account: Sequence[SimTorrent], **settings: object) -> AccountWorld:
    world = await account_of(account, **settings)
    await world.sync(mode="fast")
    world.service.log.clear()
    return world


def broken(status: str = "error", **facts: Any) -> SimTorrent:
    """A season of six of which four are selected."""
    return torrent(status, **({"shape": "season", "file_count": 6, "skipped": 2} | facts))


def plan(world: AccountWorld, rows: Sequence[SimTorrent], **how: Any) -> Plan:
    return world.plan(lambda c: plan_repair(c, targets_by_id(c, [one.id for one in rows]), **how))


async def repair(world: AccountWorld, *rows: SimTorrent, **how: Any) -> Run:
    return await world.apply(plan(world, rows, **how))


def entries(world: AccountWorld, of: SimTorrent) -> dict[str, tuple[int, ...]]:
    """What the account holds of a hash: id to selection."""
    return {id_: chosen for id_, (its, chosen) in world.on_account().items() if its == of.hash}


def meanwhile_gone(world: AccountWorld, of: SimTorrent) -> Callable[[Reply], Reply]:
    """A fault in which another program deletes an entry just after the request was done."""

    def change(reply: Reply) -> Reply:
        world.account.remove(of.id)
        return reply

    return change


def adds(world: AccountWorld) -> int:
    return sum(1 for _, path in world.service.written() if path == ADD_MAGNET)


def deletes(world: AccountWorld) -> list[str]:
    prefix = "/torrents/delete/"
    return [path.removeprefix(prefix) for _, path in world.service.written() if path.startswith(prefix)]


def assert_replaced(world: AccountWorld, old: SimTorrent, selection: tuple[int, ...] = (1, 2, 3, 4)) -> None:
    """One new entry with that selection is there, the old one is gone, and the archive knows both."""
    ((new_id, chosen),) = entries(world, old).items()
    assert (new_id != old.id, chosen) == (True, selection)
    assert world.rows(
        "SELECT status, details_at IS NOT NULL, gone_at, selected_count, links_count FROM torrents WHERE id = ?", new_id
    ) == [("downloaded", 1, None, len(selection), len(selection))]
    held = world.rows("SELECT file_id FROM torrent_files WHERE torrent_id = ? AND selected ORDER BY file_id", new_id)
    assert tuple(row[0] for row in held) == selection
    assert world.rows("SELECT gone_at IS NOT NULL, class FROM torrents WHERE id = ?", old.id) == [(1, "gone")]


def assert_left_alone(world: AccountWorld, old: SimTorrent) -> None:
    """The old entry is there as it was, no other one of its hash, and nothing of the old was asked to be deleted."""
    assert entries(world, old) == {old.id: tuple(file.file_id for file in old.files() if file.selected)}
    assert old.id not in deletes(world)
    assert world.value("SELECT gone_at FROM torrents WHERE id = ?", old.id) is None


def assert_journal_is_complete(world: AccountWorld) -> None:
    assert world.rows("SELECT kind, what FROM journal WHERE outcome IS NULL") == []
    assert world.service.writes.downloads == {}


async def test_a_repair_costs_eight_requests_and_keeps_the_selection(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old, *torrents(3)])
    wanted = plan(world, [old])

    run = await world.apply(wanted)

    assert [outcome for outcome, _ in run.steps] == ["done"]
    assert len(world.service.log) <= 8 == wanted.requests
    assert_replaced(world, old)
    assert_journal_is_complete(world)
    assert len(world.on_account()) == 4


@pytest.mark.slow
async def test_many_repairs_cost_eight_requests_each(account_of: MakeWorld) -> None:
    olds = [broken() for _ in range(6)]
    world = await synced(account_of, [*olds, *torrents(3)])

    run = await repair(world, *olds)

    assert run.counts["done"] == 6
    assert len(world.service.log) <= 8 * 6
    for old in olds:
        assert_replaced(world, old)
    assert_journal_is_complete(world)


async def test_the_old_entry_goes_after_the_new_one_is_proven(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    await repair(world, old)
    order = [path.split("/")[2] if "/torrents/" in path else path for _, path in world.service.written()]
    assert order.index("/unrestrict/link") < order.index("delete")
    assert deletes(world) == [old.id]


@pytest.mark.parametrize("status", ["error", "dead", "magnet_error"])
async def test_what_the_service_failed_at_is_added_again(account_of: MakeWorld, status: str) -> None:
    old = broken(status)
    world = await synced(account_of, [old])
    assert (await repair(world, old)).counts["done"] == 1
    assert_replaced(world, old)


async def test_a_partial_set_is_added_again(account_of: MakeWorld) -> None:
    old = broken("downloaded", shape="partial", skipped=0)
    world = await synced(account_of, [old])
    assert (await repair(world, old)).counts["done"] == 1
    assert_replaced(world, old, (1, 2, 3, 4, 5, 6))


def write_dead(world: AccountWorld, of: SimTorrent, code: int = 19) -> None:
    """What two looks at its links, hours apart, leave in the archive."""
    connection = sqlite3.connect(world.path)
    connection.execute(
        "UPDATE torrents SET health = 'dead', health_code = ?, health_at = added_at WHERE id = ?", (code, of.id)
    )
    connection.commit()
    connection.close()


async def test_an_aged_out_row_is_added_again(account_of: MakeWorld) -> None:
    old = broken("downloaded", link_code=19)
    world = await synced(account_of, [old])
    write_dead(world, old)
    wanted = plan(world, [old])
    assert [step.problem for step in wanted.steps if isinstance(step, ReinsertTorrent)] == ["aged out"]

    assert (await world.apply(wanted)).counts["done"] == 1
    assert_replaced(world, old)


async def test_a_dead_row_whose_links_opened_again_since_the_plan_is_left(account_of: MakeWorld) -> None:
    old = broken("downloaded")
    world = await synced(account_of, [old])
    write_dead(world, old)
    wanted = plan(world, [old])
    connection = sqlite3.connect(world.path)
    connection.execute("UPDATE torrents SET health = 'ok', health_code = NULL")
    connection.commit()
    connection.close()

    assert (await world.apply(wanted)).steps == [("skipped", "it is whole again")]
    assert world.service.written() == []


async def test_a_slow_conversion_is_waited_for(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.behave(old.hash, converts_for=4)
    assert (await repair(world, old)).counts["done"] == 1
    assert_replaced(world, old)


async def test_a_conversion_without_end_is_given_up(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.behave(old.hash, converts_for=10_000)
    (step,) = (await repair(world, old)).steps
    assert step == ("failed", "it stayed magnet_conversion for 60 seconds; the old entry was left alone")
    assert_left_alone(world, old)
    assert_journal_is_complete(world)


async def test_an_ignored_selection_is_made_again(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.behave(old.hash, ignores_selects=2)
    assert (await repair(world, old)).counts["done"] == 1
    assert_replaced(world, old)
    assert sum(1 for _, path in world.service.written() if "selectFiles" in path) == 3


async def test_a_selection_that_never_takes_is_given_up(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.behave(old.hash, ignores_selects=10_000)
    (step,) = (await repair(world, old)).steps
    assert step == ("failed", "the service does not take the selection; the old entry was left alone")
    assert_left_alone(world, old)
    assert_journal_is_complete(world)


async def test_that_files_are_selected_already_is_no_error(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.fault("/torrents/selectFiles/", error(202, None, "already"))
    assert (await repair(world, old)).counts["done"] == 1
    assert_replaced(world, old)


async def test_a_full_account_at_the_selection_is_waited_for(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.fault("/torrents/selectFiles/", error(503, 21, "too_many_active_downloads"), times=3).before = True
    assert (await repair(world, old)).counts["done"] == 1
    assert_replaced(world, old)


async def test_held_back_adds_are_tried_again(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.behave(old.hash, refusals=2)
    assert (await repair(world, old)).counts["done"] == 1
    assert_replaced(world, old)
    assert adds(world) == 3


async def test_an_add_that_stays_refused_is_undecided_and_loses_nothing(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.behave(old.hash, refusals=10_000)

    (step,) = (await repair(world, old)).steps

    assert step == (
        "failed",
        "undecided: the service refused the add for 6 minutes (451); the old entry was left alone",
    )
    assert_left_alone(world, old)
    assert adds(world) == 13
    assert_journal_is_complete(world)


async def test_a_slot_is_waited_for(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.behave(old.hash, no_slots=3)
    assert (await repair(world, old)).counts["done"] == 1
    assert_replaced(world, old)


async def test_without_a_slot_nothing_is_done(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.behave(old.hash, no_slots=10_000)
    ((outcome, reason),) = (await repair(world, old)).steps
    assert (outcome, "no free slot" in reason) == ("failed", True)
    assert_left_alone(world, old)
    assert_journal_is_complete(world)


async def test_an_add_that_folds_onto_the_entry_deletes_nothing(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.behave(old.hash, folds=True)
    ((outcome, reason),) = (await repair(world, old)).steps
    assert (outcome, old.id in reason, "nothing was deleted" in reason) == ("skipped", True, True)
    assert_left_alone(world, old)
    assert deletes(world) == []


async def test_an_entry_the_archive_does_not_know_is_not_taken_for_ours(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    stranger = broken("downloaded", hash=old.hash, short_by=2)
    world.account.add(stranger)
    world.behave(old.hash, folds=True)

    ((outcome, reason),) = (await repair(world, old)).steps

    assert (outcome, stranger.id in reason) == ("skipped", True)
    assert set(entries(world, old)) == {old.id, stranger.id}
    assert deletes(world) == []


async def test_what_hangs_is_taken_away_again(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.behave(old.hash, hangs=True)
    ((outcome, reason),) = (await repair(world, old)).steps
    assert (outcome, "does not have it at hand" in reason) == ("failed", True)
    assert_left_alone(world, old)
    assert_journal_is_complete(world)


async def test_a_download_that_is_allowed_keeps_both(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.behave(old.hash, cached=False)
    ((outcome, reason),) = (await repair(world, old, may_download=True)).steps
    assert (outcome, "is being downloaded" in reason) == ("done", True)
    assert len(entries(world, old)) == 2
    assert old.id in entries(world, old)
    assert deletes(world) == []
    assert world.value("SELECT count(*) FROM torrents WHERE hash = ? AND gone_at IS NULL", old.hash) == 2


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"dead_code": 24}, "its links are dead (24)"),
        ({"dead_code": 19}, "its links are dead (19)"),
        ({"dead_code": 35}, "its links are blocked (35)"),
        ({"loses_links": 1}, "it has 3 links for 4 files"),
        ({"loses_links": 4}, "it has 0 links for 4 files"),
        ({"fails_as": "error"}, "the new entry ended as error"),
        ({"fails_as": "virus"}, "the new entry ended as virus"),
    ],
)
async def test_a_new_entry_that_does_not_prove_itself_goes(
    account_of: MakeWorld, how: dict[str, Any], why: str
) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.behave(old.hash, **how)
    run = await repair(world, old)
    assert run.steps == [("failed", f"{why}; the old entry was left alone")]
    assert_left_alone(world, old)
    assert_journal_is_complete(world)


@pytest.mark.parametrize("path", ["/torrents/selectFiles/", "/unrestrict/link"])
async def test_a_service_that_fails_in_the_middle_leaves_no_orphan(account_of: MakeWorld, path: str) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.fault(path, error(400, 2, "parameter_bad_value"), times=99).before = True
    ((outcome, reason),) = (await repair(world, old)).steps
    assert (outcome, "the old entry was left alone" in reason) == ("failed", True)
    assert_left_alone(world, old)
    assert_journal_is_complete(world)


async def test_a_probe_row_that_does_not_go_away_is_no_reason_to_fail(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.fault("/downloads/delete/", error(503, None, "busy"), times=99).before = True
    assert (await repair(world, old)).counts["done"] == 1
    assert_replaced(world, old)
    assert [row[0] for row in world.rows("SELECT id FROM probe_downloads")] == list(world.service.writes.downloads)


async def test_adds_are_paced_when_the_service_asks_for_it(account_of: MakeWorld) -> None:
    olds = [broken() for _ in range(6)]
    world = await synced(account_of, olds)
    world.service.writes.adds_a_window, world.service.writes.window_s = 2, 0.04
    world.fault(ADD_MAGNET, error(429, 34, "too_many_requests"), first=2, times=4).before = True
    run = await repair(world, *olds)
    assert run.counts["done"] == 6
    for old in olds:
        assert_replaced(world, old)
    assert sum(status == 429 for _, _, path, status in world.service.log if path == ADD_MAGNET) >= 4


@pytest.mark.parametrize("lost", [dropped, cut_body, error(500, None, "oops")])
async def test_an_add_whose_answer_is_lost_is_found_and_not_made_twice(account_of: MakeWorld, lost: Any) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.fault(ADD_MAGNET, lost)
    assert (await repair(world, old)).counts["done"] == 1
    assert_replaced(world, old)
    assert adds(world) == 1


async def test_an_answer_without_an_id_is_looked_into(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.fault(ADD_MAGNET, error(201, None, "created"))
    assert (await repair(world, old)).counts["done"] == 1
    assert_replaced(world, old)
    assert adds(world) == 1


async def test_an_add_that_was_never_done_is_not_made_twice(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.fault(ADD_MAGNET, dropped).before = True
    run = await repair(world, old)
    ((outcome, reason),) = run.steps
    assert (outcome, "not known whether" in reason) == ("failed", True)
    assert_left_alone(world, old)
    assert adds(world) == 1

    await try_again(world, run)
    assert_replaced(world, old)


@pytest.mark.parametrize(
    ("how", "said"),
    [({"refusals": 3}, "(451); it is asked again every 30 s, for 6 minutes"), ({"no_slots": 2}, "no free slot")],
    ids=["held back", "no slot"],
)
async def test_a_wait_is_said_at_once_and_its_end_is_known(
    account_of: MakeWorld, how: dict[str, int], said: str
) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.behave(old.hash, **how)
    run = await repair(world, old)
    lines = [one for one in run.events if isinstance(one, Said) and one.level == "info" and said in one.text]
    assert len(lines) == 1, "once, at the first refusal"
    assert "ctrl+c ends it" in lines[0].text
    reasons = ("adds are held back (451), 6 minutes at most", "the account has no free slot")
    waits = [one for one in run.events if isinstance(one, Waiting) and one.reason in reasons]
    assert len(waits) == sum(how.values())
    assert run.counts["done"] == 1


async def try_again(world: AccountWorld, run: Run) -> Run:
    """Applies what failed in a run once more."""
    batch = run.counts["batch"]
    async with world.db.transaction() as connection:
        await plan_again(connection, batch, ["failed"])
    return await world.carry_on(batch)


async def test_an_uncertain_add_that_came_late_is_found_when_tried_again(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.fault(ADD_MAGNET, dropped).before = True
    run = await repair(world, old)
    late = broken("waiting_files_selection", hash=old.hash, selection=())
    world.account.add(late)

    run = await try_again(world, run)

    assert run.counts["done"] == 1
    assert list(entries(world, old)) == [late.id]
    assert adds(world) == 1


async def test_a_failed_repair_is_tried_again_from_the_start(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.behave(old.hash, dead_code=24)
    run = await repair(world, old)
    assert_left_alone(world, old)
    world.behave(old.hash)
    assert (await try_again(world, run)).counts["done"] == 1
    assert_replaced(world, old)
    assert_journal_is_complete(world)


async def test_the_new_entry_stays_when_another_program_deletes_the_old_one(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.fault("/unrestrict/link", meanwhile_gone(world, old))
    assert (await repair(world, old)).counts["done"] == 1
    assert_replaced(world, old)


async def test_an_unfit_new_entry_stays_when_the_old_one_is_gone(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    world.behave(old.hash, loses_links=1)
    world.fault("/torrents/selectFiles/", meanwhile_gone(world, old))
    ((outcome, reason),) = (await repair(world, old)).steps
    assert (outcome, "was kept" in reason) == ("failed", True)
    assert len(entries(world, old)) == 1


async def test_what_is_gone_is_not_brought_back(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    wanted = plan(world, [old])
    world.account.remove(old.id)
    assert (await world.apply(wanted)).steps == [("skipped", "it is not on the account any more")]
    assert world.service.written() == []
    assert world.value("SELECT class FROM torrents WHERE id = ?", old.id) == "gone"


async def test_what_is_whole_again_is_left(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old])
    wanted = plan(world, [old])
    world.account.change(broken("downloaded", id=old.id, hash=old.hash))
    assert (await world.apply(wanted)).steps == [("skipped", "it is whole again")]
    assert world.service.written() == []
    assert world.value("SELECT class FROM torrents WHERE id = ?", old.id) == "ok"


async def test_with_a_healthy_twin_the_broken_row_is_dropped(account_of: MakeWorld) -> None:
    old = broken()
    twin = broken("downloaded", hash=old.hash, skipped=1)
    world = await synced(account_of, [old, twin])
    wanted = plan(world, [old])
    assert [type(step) for step in wanted.steps] == [DeleteTorrent]

    assert (await world.apply(wanted)).steps == [("done", "")]
    assert entries(world, old) == {twin.id: (1, 2, 3, 4, 5)}


async def test_a_broken_row_stays_when_its_twin_vanished_since_the_plan(account_of: MakeWorld) -> None:
    old = broken()
    twin = broken("downloaded", hash=old.hash)
    world = await synced(account_of, [old, twin])
    wanted = plan(world, [old])
    world.account.remove(twin.id)

    ((outcome, reason),) = (await world.apply(wanted)).steps

    assert (outcome, twin.id in reason) == ("skipped", True)
    assert_left_alone(world, old)


async def test_a_twin_that_lacks_files_is_no_reason_to_drop_a_row(account_of: MakeWorld) -> None:
    old = broken()
    twin = broken("downloaded", hash=old.hash, skipped=3)
    world = await synced(account_of, [old, twin])
    assert (await repair(world, old)).counts["done"] == 1
    left = entries(world, old)
    assert (len(left), left.pop(twin.id), list(left.values())) == (2, (1, 2, 3), [(1, 2, 3, 4)])


async def test_a_virus_is_never_added_again(account_of: MakeWorld) -> None:
    old = broken("virus")
    world = await synced(account_of, [old])
    wanted = plan(world, [old], force=True, may_download=True)
    assert (wanted.steps, "virus" in wanted.notes[0][1]) == ((), True)


async def test_a_name_the_service_filters_is_only_tried_by_force(account_of: MakeWorld) -> None:
    old = broken(filename="Some.Show.WEB-DL", original_filename="Some.Show.WEB-DL")
    world = await synced(account_of, [old])
    wanted = plan(world, [old])
    assert (wanted.steps, "--force" in wanted.notes[0][1]) == ((), True)

    forced = plan(world, [old], force=True)
    assert "WEB-DL" in forced.steps[0].risk
    assert (await world.apply(forced)).counts["done"] == 1
    assert_replaced(world, old)


async def test_what_waits_for_a_selection_gets_its_videos_only(account_of: MakeWorld) -> None:
    waiting = broken(
        "waiting_files_selection", file_count=2, skipped=0, selection=(), extras=("Show-sample.mkv", "Show.nfo")
    )
    world = await synced(account_of, [waiting])
    wanted = plan(world, [waiting])
    assert [type(step) for step in wanted.steps] == [SelectFiles]

    assert (await world.apply(wanted)).steps == [("done", "")]
    assert entries(world, waiting) == {waiting.id: (1, 2)}
    assert len(world.service.log) <= wanted.requests
    assert world.value("SELECT class FROM torrents WHERE id = ?", waiting.id) == "ok"


async def test_a_rar_is_added_again_with_its_videos_only(account_of: MakeWorld) -> None:
    old = broken("downloaded", file_count=3, skipped=0, extras=("Show.nfo", "Show.sample.mkv"))
    world = await synced(account_of, [old])
    assert world.value("SELECT class FROM torrents WHERE id = ?", old.id) == "rar"
    assert (await repair(world, old)).counts["done"] == 1
    assert_replaced(world, old, (1, 2, 3))


async def test_a_rar_without_a_video_is_left(account_of: MakeWorld) -> None:
    old = broken("downloaded", shape="rar", skipped=0)
    world = await synced(account_of, [old])
    wanted = plan(world, [old])
    assert (wanted.steps, "no video" in wanted.notes[0][1]) == ((), True)


async def test_an_allowance_that_is_used_up_ends_the_batch_and_the_next_run_finishes_it(account_of: MakeWorld) -> None:
    olds = [broken() for _ in range(3)]
    world = await synced(account_of, olds)
    world.fault("/unrestrict/link", error(503, 36, "fair_usage_limit"), first=2).before = True

    run = await repair(world, *olds)

    assert (run.finished.outcome, run.finished.error_kind) == ("failed", "exhausted")
    assert deletes(world) == [olds[0].id]
    assert {one.id for one in olds[1:]} <= set(world.on_account())

    run = await world.carry_on(1)
    assert run.counts["done"] == 2
    for old in olds:
        assert_replaced(world, old)
    assert (len(world.on_account()), adds(world)) == (3, 3)
    assert_journal_is_complete(world)


async def test_an_unknown_selection_is_asked_of_the_account(account_of: MakeWorld) -> None:
    old = broken()
    world = await account_of([old])
    await world.sync(mode="torrents")
    assert (await repair(world, old)).counts["done"] == 1
    assert_replaced(world, old)


async def test_a_row_of_which_no_file_was_ever_selected_gets_its_videos(account_of: MakeWorld) -> None:
    old = broken("magnet_error", selection=(), skipped=0)
    world = await synced(account_of, [old])
    assert (await repair(world, old)).counts["done"] == 1
    assert_replaced(world, old, (1, 2, 3, 4, 5, 6))


async def test_a_repair_that_only_waits_stops_at_once_and_is_carried_on_with(account_of: MakeWorld) -> None:
    old = broken()
    world = await synced(account_of, [old, *torrents(2)], window_s=60.0)
    world.behave(old.hash, refusals=1)
    async with world.db.transaction() as connection:
        batch = await store_plan(connection, plan(world, [old]), 0.0)
    job = world.runner.start(APPLY["account"], ApplyOptions(batch))
    while not adds(world):
        await asyncio.sleep(0.001)
    job.cancel()
    async with asyncio.timeout(15):  # the pause it is in would take thirty seconds
        assert (await job.wait()).outcome == "cancelled"
    assert_left_alone(world, old)
    assert world.rows("SELECT outcome FROM plan_steps") == [("planned",)]

    assert (await world.carry_on(batch)).counts["done"] == 1
    assert_replaced(world, old)
    assert_journal_is_complete(world)
