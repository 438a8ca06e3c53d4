"""What a sync makes of a service that fails, refuses or answers nonsense: never a tombstone too many."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mediatui.demo.faults import (
    Reply,
    cut_body,
    dropped,
    empty_list,
    error,
    html,
    no_content,
    not_a_list,
    short_page,
    slow,
    with_rows,
)
from tests.worlds.account import INFO, LIST, AccountWorld, MakeWorld, torrent, torrents

ALWAYS = 10**6
GONE = "SELECT count(*) FROM torrents WHERE gone_at IS NOT NULL"
DETAILS = "SELECT count(*) FROM torrents WHERE details_at IS NOT NULL"


async def synced(account_of: MakeWorld, count: int = 12, **settings: object) -> AccountWorld:
    """A world whose archive holds the account, seven hours ago: the next sync reads the list."""
    world = await account_of(torrents(count), **settings)
    await world.sync(mode="fast")
    world.later += 7 * 3600
    return world


def only_the_list(change: Callable[[Reply], Reply]) -> Callable[[Reply], Reply]:
    """``change`` for answers that carry a list; the counts and details under the same path stay as they are."""
    return lambda reply: change(reply) if reply.body.startswith(b"[") else reply


@pytest.mark.parametrize("change", [no_content, empty_list, short_page(1), short_page(11)])
async def test_a_list_that_stays_short_is_given_up_after_three_attempts_and_marks_nothing_gone(
    account_of: MakeWorld, change: Callable[[Reply], Reply]
) -> None:
    world = await synced(account_of)
    world.fault(LIST, only_the_list(change), times=ALWAYS)

    run = await world.sync()

    assert run.said().count("reading it again") == 2
    assert world.lists() <= 9
    assert world.value(GONE) == 0
    assert run.counts["list_whole"] is False
    assert run.finished.exit_code == 4
    assert "nothing was marked gone" in run.finished.summary
    assert "list not whole" in run.said().lower()


@pytest.mark.parametrize("change", [no_content, empty_list, short_page(5)])
async def test_a_list_that_is_short_once_is_read_again(account_of: MakeWorld, change: Callable[[Reply], Reply]) -> None:
    world = await synced(account_of)
    world.fault(LIST, only_the_list(change))

    run = await world.sync()

    assert run.finished.exit_code == 0
    assert run.counts["list_whole"] is True
    assert run.said().count("reading it again") == 1


async def test_a_short_list_still_updates_what_it_has(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    fresh = torrent()
    world.account.add(fresh)
    world.fault(LIST, only_the_list(short_page(3)), times=ALWAYS)

    run = await world.sync()

    assert run.counts["new"] == 1
    assert world.fetched() == [fresh.id]


async def test_a_torrent_added_while_paging_is_found_and_nothing_is_lost(account_of: MakeWorld) -> None:
    world = await synced(account_of, list_page=4)
    fresh = torrent()

    def someone_adds(reply: Reply) -> Reply:
        world.account.add(fresh)
        return reply

    world.fault(LIST, someone_adds, first=2)
    run = await world.sync()

    assert run.counts["list_whole"] is True
    assert run.counts["new"] == 1
    assert world.value(GONE) == 0


async def test_a_torrent_deleted_while_paging_pushes_none_of_its_neighbours_out(account_of: MakeWorld) -> None:
    world = await synced(account_of, list_page=4)
    first = world.account.torrents()[0]

    def someone_deletes(reply: Reply) -> Reply:
        world.account.remove(first.id)
        return reply

    world.fault(LIST, someone_deletes, first=2)
    run = await world.sync()

    assert run.counts["list_whole"] is True
    assert world.rows("SELECT id FROM torrents WHERE gone_at IS NOT NULL") == [(first.id,)]


async def test_one_torrent_deleted_and_one_added_while_paging_do_not_cancel_out(account_of: MakeWorld) -> None:
    world = await synced(account_of, list_page=4)
    first = world.account.torrents()[0]

    def someone_swaps(reply: Reply) -> Reply:
        world.account.remove(first.id)
        world.account.add(torrent())
        return reply

    world.fault(LIST, someone_swaps, first=2)
    run = await world.sync()

    assert run.counts["list_whole"] is True
    assert world.rows("SELECT id FROM torrents WHERE gone_at IS NOT NULL") == [(first.id,)]


async def test_pages_that_turn_in_a_circle_come_to_an_end(account_of: MakeWorld) -> None:
    world = await synced(account_of, list_page=4)

    def first_page_again(reply: Reply) -> Reply:
        rows, _ = world.account.page(0, 4)
        return Reply(200, json.dumps(rows).encode())

    world.fault(LIST, first_page_again, times=ALWAYS)
    run = await asyncio.wait_for(world.sync(), 20)

    assert run.counts["list_whole"] is False
    assert world.value(GONE) == 0


async def test_an_answer_that_is_no_list_ends_the_sync_and_changes_nothing(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    world.fault(LIST, only_the_list(not_a_list), times=ALWAYS)

    run = await world.sync()

    assert run.finished.exit_code == 3
    assert run.finished.error_kind == "bad-answer"
    assert world.value(GONE) == 0


def without_id(rows: list[dict[str, object]]) -> None:
    del rows[1]["id"]


async def test_a_row_without_an_id_is_an_error_and_not_a_shorter_list(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    world.fault(LIST, only_the_list(with_rows(without_id)), times=ALWAYS)

    run = await world.sync()

    assert run.finished.exit_code == 3
    assert world.value(GONE) == 0


def one_row_twice(rows: list[dict[str, object]]) -> None:
    rows[3] = dict(rows[2])


async def test_a_row_listed_twice_counts_once(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    world.fault(LIST, only_the_list(with_rows(one_row_twice)), times=ALWAYS)

    run = await world.sync()

    assert run.counts["list_whole"] is False
    assert world.value(GONE) == 0


@pytest.mark.parametrize("headers", [{}, {"retry_after": "0"}, {"retry_after": "0.3"}])
@pytest.mark.parametrize("path", [LIST, INFO])
async def test_a_request_to_slow_down_is_obeyed_and_nothing_is_lost(
    account_of: MakeWorld, path: str, headers: dict[str, str]
) -> None:
    world = await account_of(torrents(10))
    world.fault(path, error(429, 34, "too_many_requests", **headers), times=2)

    run = await world.sync()

    assert run.finished.exit_code == 0
    assert world.value(DETAILS) == 10
    assert sum(status == 429 for *_, status in world.service.log) == 2


async def test_a_token_refused_in_the_middle_stops_at_once_and_the_rest_stays_pending(account_of: MakeWorld) -> None:
    world = await account_of(torrents(60), max_concurrent=4)
    refusal = world.fault(INFO, error(401, 8, "bad_token"), first=21, times=ALWAYS)

    run = await world.sync(mode="fast")

    assert run.finished.outcome == "failed"
    assert run.finished.exit_code == 3
    assert run.finished.error_kind == "refused"
    assert run.finished.hint
    assert len(world.fetched()) <= 20 + 2 * 4
    assert world.value(DETAILS) == 20
    assert world.pending() == 40
    assert world.value("SELECT count(*) FROM torrents WHERE error IS NOT NULL") == 0

    world.service.faults.remove(refusal)
    run = await world.sync(mode="fast")
    assert run.finished.exit_code == 0
    assert len(world.fetched()) == 40
    assert (world.value(DETAILS), world.pending()) == (60, 0)


@pytest.mark.parametrize(
    "change",
    [error(503, 25, "service_unavailable"), error(503, None, "oops"), html(502), cut_body, dropped, slow(5)],
    ids=["503 code 25", "503 without code", "HTML", "cut body", "dropped", "too slow"],
)
@pytest.mark.parametrize("path", [LIST, INFO])
async def test_a_passing_failure_is_tried_again(
    account_of: MakeWorld, path: str, change: Callable[[Reply], Reply]
) -> None:
    world = await account_of(torrents(8), timeout_s=0.1)
    world.fault(path, change, times=2)

    run = await world.sync()

    assert run.finished.exit_code == 0
    assert world.value(DETAILS) == 8
    assert world.value("SELECT count(*) FROM requests WHERE outcome = 'transient'") == 2


@pytest.mark.slow
async def test_a_service_that_is_down_ends_the_sync_before_every_row_was_asked(account_of: MakeWorld) -> None:
    world = await account_of(torrents(60))
    outage = world.fault(INFO, html(503), times=ALWAYS)

    run = await world.sync(mode="fast")

    assert run.finished.exit_code == 3
    assert run.finished.error_kind == "transient"
    assert len(set(world.fetched())) < 60

    world.service.faults.remove(outage)
    run = await world.sync(mode="fast")
    assert run.finished.exit_code == 0
    assert world.value(DETAILS) == 60


BLOCKED = (
    b'<!DOCTYPE html><html lang="en-US"><head><title>Attention Required! | Cloudflare</title></head>'
    b"<body>Sorry, you have been blocked</body></html>"
)


@pytest.mark.parametrize("path", [LIST, INFO])
async def test_a_403_from_before_the_api_says_nothing_of_the_account_and_marks_nothing(
    account_of: MakeWorld, path: str
) -> None:
    world = await account_of(torrents(30))
    edge = world.fault(path, lambda reply: Reply(403, BLOCKED, {"content-type": "text/html"}), times=ALWAYS)

    run = await world.sync()

    assert (run.finished.exit_code, run.finished.error_kind) == (3, "refused")
    shown = f"{run.said()} {run.finished.summary} {run.finished.error} {run.finished.hint}"
    assert "network or address" in shown
    assert not any(word in shown.lower() for word in ("premium", "token", "permi", "<", "sorry"))
    assert world.value("SELECT count(*) FROM torrents WHERE error IS NOT NULL OR gone_at IS NOT NULL") == 0

    world.service.faults.remove(edge)
    assert (await world.sync()).finished.exit_code == 0
    assert world.value(DETAILS) == 30


@pytest.mark.parametrize(
    "change",
    [
        error(404, 7, "unknown_ressource"),
        error(503, 19, "hoster_not_available"),
        error(503, 24, "file_unavailable"),
        error(451, 35, "infringing_file"),
        error(400, 2, "bad_parameter"),
    ],
    ids=["404", "503 code 19", "503 code 24", "451", "400"],
)
async def test_a_listed_torrent_that_has_no_details_is_named_and_the_rest_goes_on(
    account_of: MakeWorld, change: Callable[[Reply], Reply]
) -> None:
    account = torrents(9)
    world = await account_of(account)
    missing = account[4]
    world.fault(INFO + missing.id, change, times=ALWAYS)

    run = await world.sync()

    assert (run.finished.outcome, run.finished.exit_code) == ("partial", 1)
    assert run.counts["errors"] == 1
    assert missing.id in run.said()
    assert world.value(DETAILS) == 8
    assert world.value("SELECT error FROM torrents WHERE id = ?", missing.id)
    assert world.pending() == 0


def other_id(reply: Reply) -> Reply:
    answer: dict[str, Any] = json.loads(reply.body)
    return Reply(200, json.dumps(answer | {"id": "ANOTHER"}).encode(), dict(reply.headers))


@pytest.mark.parametrize(
    "change",
    [other_id, lambda reply: Reply(200, b"null"), lambda reply: Reply(200, b"not json"), lambda reply: Reply(204)],
    ids=["another id", "null", "no JSON", "nothing"],
)
async def test_details_that_are_none_are_the_row_s_own_error(
    account_of: MakeWorld, change: Callable[[Reply], Reply]
) -> None:
    account = torrents(3)
    world = await account_of(account)
    world.fault(INFO + account[1].id, change)

    run = await world.sync()

    assert run.finished.exit_code == 1
    assert world.value(DETAILS) == 2
    assert world.value("SELECT count(*) FROM torrents WHERE id = 'ANOTHER'") == 0


async def test_a_download_that_ends_between_list_and_details_is_kept_as_ended(account_of: MakeWorld) -> None:
    one = torrent("downloading")
    world = await account_of([one])

    def it_ends(reply: Reply) -> Reply:
        world.account.change(replace(one, status="downloaded", progress=100.0, ended_at=1_780_000_300.0))
        return reply

    world.fault(LIST, it_ends)
    await world.sync()
    assert world.value("SELECT status FROM torrents WHERE id = ?", one.id) == "downloaded"

    await world.sync()
    assert world.fetched() == []


@pytest.mark.slow
async def test_a_full_disk_ends_the_sync_clearly_and_keeps_what_was_stored(account_of: MakeWorld) -> None:
    season = {"shape": "season", "file_count": 40, "size": 10**9}
    world = await account_of(torrents(120, **season))
    await world.sync(mode="torrents")
    async with world.db.transaction() as connection:
        async with connection.execute("PRAGMA page_count") as cursor:
            row = await cursor.fetchone()
        assert row is not None
    await world.db._writer.execute(f"PRAGMA max_page_count = {row[0] + 30}")

    run = await world.sync(mode="fast")

    assert run.finished.outcome == "failed"
    assert run.finished.exit_code == 2
    assert run.finished.error_kind == "disk-full"
    assert run.finished.error is not None
    assert "No space left" in run.finished.error
    kept = world.value(DETAILS)
    assert 0 < kept < 120
    assert world.value("SELECT count(*) FROM torrent_files WHERE selected = 1") == 40 * kept
    assert world.value("PRAGMA integrity_check") == "ok"

    await world.db._writer.execute("PRAGMA max_page_count = 1000000")
    run = await world.sync(mode="fast")
    assert run.finished.exit_code == 0
    assert len(world.fetched()) == 120 - kept
