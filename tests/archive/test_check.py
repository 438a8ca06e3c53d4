"""Looking whether links still open: what each answer makes of a row, and what never makes one dead."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from mediatui.archive.check import LAST, MOST_FAILURES, VERDICT_LIFE_S
from mediatui.demo.faults import Reply, dropped, error, html
from mediatui.demo.seed import SimTorrent
from mediatui.model.problems import SECOND_STRIKE_S
from mediatui.runtime.events import Changed
from mediatui.services.realdebrid.client import DOWNLOADS_A_PAGE, short_link
from mediatui.store.conditions import TorrentCondition
from mediatui.store.redriva import import_redriva
from tests.worlds.account import AccountWorld, MakeWorld, torrent, torrents

UNRESTRICT = "/unrestrict/link"
ABLE_TO_WAIT_S = SECOND_STRIKE_S + 60


async def synced(account_of: MakeWorld, account: Iterable[SimTorrent], **settings: object) -> AccountWorld:
    world = await account_of(account, **settings)
    await world.sync(mode="fast")
    return world


def answer_with(world: AccountWorld, code: int | None, *some: SimTorrent) -> None:
    """The links of these torrents answer with an error code, or open (None)."""
    for one in some:
        known = world.account.find(one.id)
        assert known is not None
        world.account.change(replace(known, link_code=code))


def verdict(world: AccountWorld, one: SimTorrent, position: int = 0) -> tuple[str, int | None] | None:
    rows = world.rows("SELECT verdict, code FROM link_checks WHERE torrent_id = ? AND position = ?", one.id, position)
    return (str(rows[0][0]), rows[0][1]) if rows else None


def verdicts(world: AccountWorld) -> list[tuple[object, ...]]:
    return world.rows("SELECT torrent_id, position, link, verdict, code, at, suspect_at FROM link_checks ORDER BY 1, 2")


def class_of(world: AccountWorld, one: SimTorrent) -> str:
    return str(world.value("SELECT class FROM torrents WHERE id = ?", one.id))


def dead_rows(world: AccountWorld) -> int:
    return int(world.value("SELECT count(*) FROM torrents WHERE health = 'dead'"))


def looks(world: AccountWorld) -> int:
    return world.requests(UNRESTRICT)


def write(world: AccountWorld, statement: str, *parameters: object) -> None:
    with closing(sqlite3.connect(world.path)) as connection, connection:
        connection.execute(statement, parameters)


# One look


async def test_a_good_link_is_ok_and_its_download_row_is_taken_away(account_of: MakeWorld) -> None:
    account = torrents(3)
    world = await synced(account_of, account)
    world.service.writes.downloads = {"SOMEBODYS": "https://real-debrid.com/d/X", "OLDER": account[0].links()[0]}
    run = await world.check()
    assert run.finished.outcome == "done"
    assert (run.counts["looked"], run.counts["opened"], run.counts["requests"]) == (3, 3, 1 + 3 * 2)
    assert [verdict(world, one) for one in account] == [("ok", None)] * 3
    assert [class_of(world, one) for one in account] == ["ok"] * 3
    assert world.value("SELECT min(health) FROM torrents") == "ok"
    assert set(world.service.writes.downloads) == {"SOMEBODYS", "OLDER"}
    assert world.value("SELECT count(*) FROM probe_downloads") == 0


async def test_the_form_of_13_characters_is_what_is_asked_for(account_of: MakeWorld) -> None:
    account = torrents(1)
    world = await synced(account_of, account)
    short = account[0].links()[0]
    write(world, "UPDATE torrent_links SET link = link || 'XYZ'")
    world.fault("/downloads/delete/", error(500, None, "later"), times=99).before = True
    await world.check()
    assert len(short.rpartition("/")[2]) == 13
    assert short_link(short + "XYZ") == short
    assert list(world.service.writes.downloads.values()) == [short]
    assert world.value("SELECT link FROM link_checks") == short


async def test_only_the_first_link_is_opened_unless_a_row_is_named(account_of: MakeWorld) -> None:
    account = [torrent(shape="season", file_count=5), *torrents(2)]
    world = await synced(account_of, account)
    await world.check()
    assert looks(world) == 3
    run = await world.check(ids=(account[0].id,))
    assert (looks(world), run.counts["opened"]) == (5, 5)
    assert world.value("SELECT count(*) FROM link_checks WHERE torrent_id = ?", account[0].id) == 5


async def test_a_download_row_that_was_there_before_is_never_deleted(account_of: MakeWorld) -> None:
    account = torrents(1)
    world = await synced(account_of, account)
    row = b'{"id": "OLDROW", "filename": "f", "link": "l", "download": "d"}'
    world.service.writes.downloads = {"OLDROW": "l"}
    world.fault(UNRESTRICT, lambda reply: Reply(200, row, dict(reply.headers)))
    await world.check()
    assert verdict(world, account[0]) == ("ok", None)
    assert "OLDROW" in world.service.writes.downloads
    assert world.requests("/downloads/delete/OLDROW") == 0


async def test_of_a_long_download_list_every_page_is_read(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(1))
    pages = [[{"id": f"P{page}N{number}"} for number in range(DOWNLOADS_A_PAGE)] for page in (1, 2)] + [[{"id": "L"}]]

    def page_of(reply: Reply) -> Reply:
        return Reply(200, json.dumps(pages.pop(0)).encode(), {"x-total-count": "10001"})

    world.fault("/downloads", page_of, times=3)
    ids = await world.client.download_ids()
    assert len(ids) == 10_001
    assert {"P1N0", "P2N4999", "L"} <= ids


async def test_without_the_whole_download_list_nothing_is_looked_at(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(1))
    world.fault("/downloads", lambda reply: Reply(204, b"", {"x-total-count": "7"}))
    run = await world.check()
    assert (run.finished.outcome, run.finished.exit_code, looks(world)) == ("failed", 3, 0)


# Two strikes


@pytest.mark.parametrize(("code", "name"), [(19, "aged out"), (24, "evicted"), (7, "evicted")])
async def test_a_link_that_fails_twice_hours_apart_is_dead(account_of: MakeWorld, code: int, name: str) -> None:
    account = torrents(3)
    world = await synced(account_of, account)
    answer_with(world, code, account[0])
    if code == 7:
        write(world, "UPDATE torrent_links SET link = 'https://real-debrid.com/d/NOSUCH' WHERE torrent_id = ?",
              account[0].id)  # fmt: skip

    run = await world.check()
    assert verdict(world, account[0]) == ("suspect", code)
    assert (class_of(world, account[0]), run.counts["suspect"]) == ("temporary", 1)

    world.later = SECOND_STRIKE_S - 60
    await world.check()
    assert looks(world) == 0

    world.later = ABLE_TO_WAIT_S
    run = await world.check()
    assert verdict(world, account[0]) == ("dead", code)
    assert (class_of(world, account[0]), run.counts["dead"]) == (name, 1)
    assert dead_rows(world) == 1


ADDRESSES = "https://cdn.invalid/"
ALWAYS = 10**6


def unreachable(reply: Reply) -> Reply:
    raise httpx.ConnectError("no such host")


@pytest.mark.parametrize("status", [404, 410])
async def test_an_address_without_the_file_is_a_failed_check_and_the_second_decides(
    account_of: MakeWorld, status: int
) -> None:
    """The service opens every link; nine of them lead to nothing (decypharr#84)."""
    bad, good = torrent(shape="season", file_count=9), torrent()
    world = await synced(account_of, [bad, good])
    await world.sync(mode="full")
    await world.check(ids=(good.id,))
    lost = world.fault(ADDRESSES, lambda reply: Reply(status), times=ALWAYS)
    run = await world.check(ids=(bad.id,))
    assert (run.counts["looked"], run.counts["opened"], run.counts["suspect"]) == (9, 0, 9)
    assert {verdict(world, bad, position) for position in range(9)} == {("suspect", status)}
    assert class_of(world, bad) == "temporary"
    assert run.counts["requests"] == 1 + 9 * 2, "an address is no request of the API"
    assert not world.service.writes.downloads

    world.service.faults.remove(lost)
    world.later = ABLE_TO_WAIT_S
    await world.check(ids=(good.id,))
    dead = world.fault(ADDRESSES, lambda reply: Reply(status), times=1)
    run = await world.check(ids=(bad.id,))
    assert (dead.met, run.counts["dead"], run.counts["opened"]) == (10, 1, 8), "and a link known to be good"
    assert verdict(world, bad) == ("dead", status)
    assert class_of(world, bad) == "evicted"


async def test_one_byte_of_each_opened_link_is_asked_for_before_its_row_is_deleted(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(2))
    rows: list[int] = []

    def looked(reply: Reply) -> Reply:
        rows.append(len(world.service.writes.downloads))
        return reply

    world.fault(ADDRESSES, looked, times=ALWAYS)
    run = await world.check()
    assert (run.counts["opened"], rows, world.service.writes.downloads) == (2, [1, 1], {})


@pytest.mark.parametrize("status", [503, 403, 302, 0])
async def test_an_address_that_says_nothing_proves_nothing(account_of: MakeWorld, status: int) -> None:
    account = torrents(3)
    world = await synced(account_of, account)
    world.fault(ADDRESSES, (lambda reply: Reply(status)) if status else dropped, times=ALWAYS)
    for world.later in (0, ABLE_TO_WAIT_S):
        run = await world.check()
        assert (run.counts["opened"], run.counts["unknown"], run.counts["suspect"]) == (0, 3, 0)
    assert [class_of(world, one) for one in account] == ["ok"] * 3


async def test_where_no_address_can_be_reached_the_services_word_counts(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(6))
    asked = world.fault(ADDRESSES, unreachable, times=ALWAYS)
    run = await world.check()
    assert run.counts["opened"] == 6
    assert asked.met == 3, "it is not tried for ever"
    assert "6 by the service's word alone" in run.finished.summary


async def test_nothing_is_dead_while_no_address_opens(account_of: MakeWorld) -> None:
    account = torrents(4)
    world = await synced(account_of, account)
    await world.check(ids=tuple(one.id for one in account[1:]))
    world.fault(ADDRESSES, lambda reply: Reply(404), times=ALWAYS)
    await world.check(ids=(account[0].id,))
    world.later = ABLE_TO_WAIT_S
    run = await world.check(ids=(account[0].id,))
    assert run.finished.exit_code == 4
    assert verdict(world, account[0]) == ("suspect", 404)
    assert dead_rows(world) == 0


async def test_failing_twice_within_hours_is_one_strike(account_of: MakeWorld) -> None:
    account = torrents(2)
    world = await synced(account_of, account)
    answer_with(world, 19, account[0])
    for later in (0, 3600, SECOND_STRIKE_S - 60):
        world.later = later
        await world.check(ids=(account[0].id,))
        assert verdict(world, account[0]) == ("suspect", 19)
    world.later = ABLE_TO_WAIT_S
    await world.check(ids=(account[0].id,))
    assert verdict(world, account[0]) == ("dead", 19)


async def test_a_second_look_that_opens_clears_the_strike(account_of: MakeWorld) -> None:
    account = torrents(2)
    world = await synced(account_of, account)
    answer_with(world, 19, account[0])
    await world.check()
    answer_with(world, None, account[0])
    world.later = ABLE_TO_WAIT_S
    await world.check()
    assert (verdict(world, account[0]), class_of(world, account[0])) == (("ok", None), "ok")
    answer_with(world, 19, account[0])
    world.later += VERDICT_LIFE_S + 60
    await world.check()
    assert verdict(world, account[0]) == ("suspect", 19)


async def test_a_dead_link_that_opens_again_is_ok(account_of: MakeWorld) -> None:
    account = torrents(2)
    world = await synced(account_of, account)
    answer_with(world, 24, account[0])
    await world.check()
    world.later = ABLE_TO_WAIT_S
    await world.check()
    assert class_of(world, account[0]) == "evicted"
    answer_with(world, None, account[0])
    await world.check(ids=(account[0].id,))
    assert class_of(world, account[0]) == "ok"


async def test_a_blocked_link_needs_no_second_look_and_is_no_strike(account_of: MakeWorld) -> None:
    account = torrents(2)
    world = await synced(account_of, account)
    answer_with(world, 35, account[0])
    await world.check()
    assert (verdict(world, account[0]), class_of(world, account[0])) == (("dead", 35), "likely blocked")
    answer_with(world, 19, account[0])
    world.later = VERDICT_LIFE_S + 60
    await world.check()
    assert (verdict(world, account[0]), class_of(world, account[0])) == (("suspect", 19), "temporary")


async def test_a_blocked_link_outranks_a_dead_one(account_of: MakeWorld) -> None:
    account = [torrent(shape="season", file_count=3), *torrents(1)]
    world = await synced(account_of, account)
    answer_with(world, 19, account[0])
    world.fault(UNRESTRICT, error(451, 35, "infringing_file"), first=3)
    await world.check(ids=(account[0].id,))
    assert [verdict(world, account[0], position) for position in range(3)] == [
        ("suspect", 19), ("suspect", 19), ("dead", 35),
    ]  # fmt: skip
    assert class_of(world, account[0]) == "likely blocked"


async def test_many_blocked_links_do_not_end_the_run(account_of: MakeWorld) -> None:
    account = torrents(LAST + 5)
    world = await synced(account_of, account)
    answer_with(world, 35, *account)
    run = await world.check()
    assert (run.finished.outcome, run.counts["dead"]) == ("done", LAST + 5)


async def test_another_link_begins_with_no_strike(account_of: MakeWorld) -> None:
    account = torrents(2)
    world = await synced(account_of, account)
    answer_with(world, 19, account[0])
    await world.check()
    other = replace(account[0], hash="f" * 40, link_code=19)
    assert other.links() != account[0].links()
    write(world, "UPDATE torrent_links SET link = ? WHERE torrent_id = ?", other.links()[0], other.id)
    world.account.change(other)
    world.later = ABLE_TO_WAIT_S
    await world.check()
    assert verdict(world, account[0]) == ("suspect", 19)
    world.later *= 2
    await world.check()
    assert verdict(world, account[0]) == ("dead", 19)


async def test_a_sync_that_brings_other_links_forgets_the_verdicts_on_the_old_ones(account_of: MakeWorld) -> None:
    account = [torrent(shape="season", file_count=3), *torrents(2)]
    world = await synced(account_of, account)
    answer_with(world, 19, *account[:2])
    for later in (0, ABLE_TO_WAIT_S):
        world.later = later
        await world.check(ids=tuple(one.id for one in account))
    assert dead_rows(world) == 2
    await world.sync(mode="full")
    assert dead_rows(world) == 2

    world.account.change(replace(account[0], hash="e" * 40))
    await world.sync(mode="full")

    assert (verdict(world, account[0]), verdict(world, account[0], 2)) == (None, None)
    assert world.rows("SELECT class, health, health_at FROM torrents WHERE id = ?", account[0].id) == [
        ("ok", None, None)
    ]
    assert class_of(world, account[1]) == "aged out"
    await world.check()
    assert verdict(world, account[0]) == ("ok", None)


async def test_the_link_that_failed_is_the_one_looked_at_again(account_of: MakeWorld) -> None:
    account = [torrent(shape="season", file_count=4), *torrents(1)]
    world = await synced(account_of, account)
    world.fault(UNRESTRICT, error(503, 19, "hoster_unavailable"), first=3)
    await world.check(ids=(account[0].id,))
    assert verdict(world, account[0], 2) == ("suspect", 19)
    await world.check()
    world.later = ABLE_TO_WAIT_S
    await world.check()
    assert (looks(world), verdict(world, account[0], 2)) == (1, ("ok", None))
    await world.check()
    assert looks(world) == 0


# What is not the link's fault


ELSEWHERE: list[tuple[str, Callable[[Reply], Reply]]] = [
    ("a page instead of an answer", html(503)),
    ("a page that says not found", html(404)),
    ("a page that says blocked", html(451)),
    ("a broken connection", dropped),
    ("500 without a code", error(500, None, "internal")),
    ("the service is unavailable", error(503, 25, "service_unavailable")),
    ("the hoster is in maintenance", error(503, 17, "hoster_maintenance")),
    ("the hoster is not supported", error(503, 16, "unsupported_hoster")),
    ("no slot", error(503, 21, "too_many_active_downloads")),
    ("not JSON", lambda reply: Reply(200, b"<html>", {})),
    ("an answer without an id", lambda reply: Reply(200, b'{"link": "x"}', {})),
    ("an endpoint that is switched off", error(403, 37, "disabled_endpoint")),
]


@pytest.mark.parametrize("change", [case[1] for case in ELSEWHERE], ids=[case[0] for case in ELSEWHERE])
async def test_what_is_not_said_about_the_link_is_never_a_strike(
    account_of: MakeWorld, change: Callable[[Reply], Reply]
) -> None:
    account = torrents(2)
    world = await synced(account_of, account)
    for later in (0, ABLE_TO_WAIT_S, 3 * ABLE_TO_WAIT_S):
        world.later = later
        world.service.faults.clear()
        fault = world.fault(UNRESTRICT, change, times=5)
        fault.before = True
        run = await world.check(ids=(account[0].id,))
        assert fault.met > 0
        assert (run.finished.outcome, run.counts["unknown"]) == ("done", 1)
        found = verdict(world, account[0])
        assert found is not None
        assert found[0] == "unknown"
        assert class_of(world, account[0]) == "ok"
    assert world.value("SELECT health, suspect_at FROM torrents JOIN link_checks ON id = torrent_id") == "unknown"
    assert world.rows("SELECT count(*) FROM link_checks WHERE suspect_at IS NOT NULL") == [(0,)]


async def test_silence_leaves_what_was_known_of_a_failed_link(account_of: MakeWorld) -> None:
    account = torrents(3)
    world = await synced(account_of, account)
    answer_with(world, 19, *account[:2])
    await world.check()
    answer_with(world, None, account[1])
    world.later = ABLE_TO_WAIT_S
    await world.check()
    answer_with(world, 19, account[0])
    known = verdicts(world)
    assert verdict(world, account[0]) == ("dead", 19)
    world.fault(UNRESTRICT, html(502), times=5).before = True
    await world.check(ids=(account[0].id,))
    assert verdicts(world) == known
    assert class_of(world, account[0]) == "aged out"


async def test_what_said_nothing_is_asked_again_after_hours_not_after_days(account_of: MakeWorld) -> None:
    account = torrents(2)
    world = await synced(account_of, account)
    world.fault(UNRESTRICT, html(502), times=5).before = True
    await world.check()
    assert sorted([verdict(world, one) for one in account], key=str) == [("ok", None), ("unknown", None)]
    await world.check()
    assert looks(world) == 0
    world.later = ABLE_TO_WAIT_S
    await world.check()
    assert looks(world) == 1
    assert [verdict(world, one) for one in account] == [("ok", None)] * 2


# When it is the account


@pytest.mark.slow
async def test_too_many_failures_end_the_run_and_mark_nothing(account_of: MakeWorld) -> None:
    account = torrents(40)
    world = await synced(account_of, account)
    answer_with(world, 19, account[3])
    await world.check(limit=20)
    known = verdicts(world)
    classes = world.rows("SELECT id, class FROM torrents ORDER BY id")
    assert len(known) == 20

    answer_with(world, 19, *account)
    world.later = VERDICT_LIFE_S + 60
    run = await world.check()

    assert (run.finished.outcome, run.finished.exit_code) == ("partial", 4)
    assert run.finished.error_kind == "traffic-cap"
    assert looks(world) <= LAST + 3
    assert run.counts["suspect"] == run.counts["dead"] == 0
    assert [row for row in verdicts(world) if row in known] == known
    assert {row[3] for row in verdicts(world) if row not in known} <= {"unknown"}
    assert world.rows("SELECT id, class FROM torrents ORDER BY id") == classes
    assert dead_rows(world) == 0


@pytest.mark.slow
async def test_a_limit_met_in_the_middle_of_a_run_takes_back_its_failures_only(account_of: MakeWorld) -> None:
    account = torrents(40)
    world = await synced(account_of, account)
    answer_with(world, 19, account[0], *account[20:])
    run = await world.check()
    assert run.finished.exit_code == 4
    assert [verdict(world, one) for one in account[1:20]] == [("ok", None)] * 19
    assert looks(world) == 20 + MOST_FAILURES + 1
    assert verdict(world, account[0]) == ("unknown", None)
    assert world.value("SELECT count(*) FROM link_checks WHERE suspect_at IS NOT NULL") == 0
    assert "Nothing was marked" in run.finished.summary
    assert "check" in run.finished.hint


@pytest.mark.slow
async def test_a_few_failures_do_not_end_the_run(account_of: MakeWorld) -> None:
    account = torrents(40)
    world = await synced(account_of, account)
    answer_with(world, 19, *account[:MOST_FAILURES], *account[26 : 26 + MOST_FAILURES])
    run = await world.check()
    assert (run.finished.outcome, run.counts["suspect"], run.counts["opened"]) == ("done", 12, 28)


@pytest.mark.slow
async def test_short_runs_one_after_the_other_do_not_hide_a_limit(account_of: MakeWorld) -> None:
    account = torrents(40)
    world = await synced(account_of, account)
    await world.check(limit=20)
    answer_with(world, 19, *account)
    world.later = 60
    assert (await world.check(limit=5)).finished.exit_code == 0
    world.later = 120
    assert (await world.check(limit=5)).finished.exit_code == 4


@pytest.mark.slow
async def test_many_suspects_are_settled_while_other_links_open(account_of: MakeWorld) -> None:
    account = torrents(32)
    broken = account[::4]
    world = await synced(account_of, account)
    answer_with(world, 19, *broken)
    assert (await world.check()).counts["suspect"] == len(broken) == 8
    world.later = ABLE_TO_WAIT_S
    run = await world.check()
    assert (run.finished.outcome, run.counts["dead"]) == ("done", 8)
    assert {class_of(world, one) for one in broken} == {"aged out"}
    assert world.service.writes.downloads == {}


async def test_no_suspect_dies_while_links_known_to_be_good_do_not_open(account_of: MakeWorld) -> None:
    account = torrents(10)
    world = await synced(account_of, account)
    answer_with(world, 19, account[5])
    await world.check()
    known = verdicts(world)
    answer_with(world, 19, *account)
    world.later = ABLE_TO_WAIT_S
    for _ in range(2):
        run = await world.check()
        assert (run.finished.exit_code, run.finished.error_kind) == (4, "traffic-cap")
        assert verdicts(world) == known
    answer_with(world, None, *account[:5], *account[6:])
    assert (await world.check()).finished.exit_code == 0
    assert verdict(world, account[5]) == ("dead", 19)


@pytest.mark.parametrize(("code", "word"), [(23, "traffic_exhausted"), (36, "fair_usage_limit"), (18, "hoster_limit")])
async def test_a_used_up_allowance_ends_the_run_and_marks_nothing(account_of: MakeWorld, code: int, word: str) -> None:
    account = torrents(6)
    world = await synced(account_of, account)
    answer_with(world, 19, account[0], account[3])
    world.fault(UNRESTRICT, error(503, code, word), first=5, times=9)

    run = await world.check()

    assert (run.finished.outcome, run.finished.exit_code, looks(world)) == ("failed", 3, 5)
    assert [verdict(world, one) for one in account] == [
        ("suspect", 19), ("ok", None), ("ok", None), ("unknown", None), None, None,
    ]  # fmt: skip
    assert dead_rows(world) == 0


async def test_an_allowance_used_up_in_the_middle_of_a_second_look_leaves_the_strike(account_of: MakeWorld) -> None:
    account = torrents(3)
    world = await synced(account_of, account)
    answer_with(world, 19, account[1])
    await world.check()
    known = verdicts(world)
    world.later = ABLE_TO_WAIT_S
    world.fault(UNRESTRICT, error(503, 36, "fair_usage_limit"), first=2, times=9)
    run = await world.check()
    assert (run.finished.exit_code, run.finished.error_kind) == (3, "exhausted")
    assert verdicts(world) == known


@pytest.mark.parametrize(("status", "code"), [(401, 8), (403, 9), (403, 22)])
async def test_a_refusal_ends_the_run_and_marks_nothing(account_of: MakeWorld, status: int, code: int) -> None:
    world = await synced(account_of, torrents(3))
    world.fault(UNRESTRICT, error(status, code, "no"), times=9).before = True
    run = await world.check()
    assert (run.finished.exit_code, run.finished.error_kind, verdicts(world)) == (3, "refused", [])


# What is looked at, in which order


async def test_verdicts_are_fresh_for_seven_days(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(2))
    await world.check()
    world.later = VERDICT_LIFE_S - 60
    await world.check()
    assert looks(world) == 0
    world.later = VERDICT_LIFE_S + 60
    await world.check()
    assert looks(world) == 2


async def test_suspects_come_first_then_what_was_never_looked_at_then_old_verdicts(account_of: MakeWorld) -> None:
    account = torrents(6)
    old, suspect, newest, newer, oldest, unlinked = account
    world = await synced(account_of, account)
    write(world, "DELETE FROM torrent_links WHERE torrent_id = ?", unlinked.id)
    await world.check(ids=(old.id,))
    world.later = VERDICT_LIFE_S - SECOND_STRIKE_S
    answer_with(world, 19, suspect)
    await world.check(ids=(suspect.id,))
    answer_with(world, None, suspect)
    world.later = VERDICT_LIFE_S + 120

    looked = [await _looked_at(world, limit=limit) for limit in (2, None)]

    assert looked == [[suspect.id, newest.id], [newer.id, oldest.id, old.id]]
    assert (await world.check()).finished.summary == "No link is due for a check."


async def _looked_at(world: AccountWorld, limit: int | None) -> list[str]:
    before = {str(row[0]): row[1] for row in world.rows("SELECT id, health_at FROM torrents")}
    await world.check(limit=limit)
    changed = [one for event in world.events if isinstance(event, Changed) for one in event.ids or ()]
    assert all(before[one] != world.value("SELECT health_at FROM torrents WHERE id = ?", one) for one in changed)
    return changed


async def test_only_finished_rows_of_the_account_that_match_are_looked_at(account_of: MakeWorld) -> None:
    account = [torrent(), torrent(filename="Other"), torrent("downloading"), torrent("dead"), torrent()]
    world = await synced(account_of, account)
    world.account.remove(account[4].id)
    await world.sync(mode="torrents")
    run = await world.check(condition=TorrentCondition("filename <> ?", ("Other",)))
    assert run.counts["looked"] == 1
    assert verdict(world, account[0]) == ("ok", None)


# Stopped, and carried on


async def test_a_cancelled_run_keeps_its_verdicts_and_leaves_no_download_row(account_of: MakeWorld) -> None:
    account = torrents(12)
    world = await account_of(account)
    await world.sync(mode="fast")
    world.latency_s = 0.02
    await world.close()
    await world.open()
    job = world.start_check()
    while looks(world) < 5:
        await asyncio.sleep(0.001)
    job.cancel()
    assert (await job.wait()).outcome == "cancelled"

    assert len(verdicts(world)) == looks(world) == 5
    assert world.service.writes.downloads == {}
    run = await world.check()
    assert (run.counts["looked"], looks(world), len(verdicts(world))) == (7, 7, 12)


async def test_a_download_row_left_by_a_killed_run_is_taken_away(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(1))
    await world.check()
    world.service.writes.downloads = {"LEFT": "l", "SOMEBODYS": "m"}
    for left in ("LEFT", "GONE"):
        write(world, "INSERT INTO probe_downloads (id, at) VALUES (?, 0)", left)
    await world.check()
    assert set(world.service.writes.downloads) == {"SOMEBODYS"}
    assert world.value("SELECT count(*) FROM probe_downloads") == 0


async def test_a_download_row_that_cannot_be_deleted_now_waits_for_the_next_run(account_of: MakeWorld) -> None:
    account = torrents(3)
    world = await synced(account_of, account)
    world.fault("/downloads/delete/", html(502), times=10).before = True
    run = await world.check()
    assert (run.finished.outcome, run.counts["opened"]) == ("done", 3)
    assert world.value("SELECT count(*) FROM probe_downloads") == len(world.service.writes.downloads) == 2
    await world.check()
    assert world.service.writes.downloads == {}
    assert world.value("SELECT count(*) FROM probe_downloads") == 0


async def test_a_row_whose_links_are_not_known_costs_nothing(account_of: MakeWorld) -> None:
    world = await account_of(torrents(2))
    await world.sync(mode="torrents")
    write(world, "DELETE FROM torrent_links")
    one = world.value("SELECT id FROM torrents LIMIT 1")
    run = await world.check(ids=(one,))
    assert (run.finished.outcome, run.counts["unknown"], looks(world)) == ("done", 1, 0)
    assert "links are not known" in run.said()


async def test_a_failure_that_redriva_saw_is_decided_by_the_next_check(account_of: MakeWorld, tmp_path: Path) -> None:
    lost, found = torrent(link_code=19), torrent()
    world = await account_of([lost, found])
    source = tmp_path / "redriva.db"
    with closing(sqlite3.connect(source)) as connection, connection:
        connection.execute("CREATE TABLE torrent_details (id, name, status, links, health_error)")
        connection.executemany(
            "INSERT INTO torrent_details VALUES (?, 'name', 'downloaded', ?, '503')",
            [(one.id, one.links()[0]) for one in (lost, found)],
        )
    await import_redriva(world.db, source)
    assert [class_of(world, one) for one in (lost, found)] == ["temporary", "temporary"]
    run = await world.check()
    assert run.counts["looked"] == 2
    assert [class_of(world, one) for one in (lost, found)] == ["aged out", "ok"]
