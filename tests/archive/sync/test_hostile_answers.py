"""What no list or detail can hold is refused, clamped or named; the rest and later syncs go on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mediatui.archive.add import plan_add
from mediatui.demo.faults import Reply, error, with_rows
from tests.worlds.account import INFO, AccountWorld, MakeWorld, torrents

DEEP = b"[" * 200_000
NUMBER = "9" * 400
LONG_NUMBER = "9" * 5000


def body(content: bytes) -> Callable[[Reply], Reply]:
    return lambda reply: Reply(reply.status, content, dict(reply.headers))


def counted(text: str) -> Callable[[Reply], Reply]:
    return lambda reply: Reply(reply.status, reply.body, {**reply.headers, "x-total-count": text})


def replaced(before: str, after: str) -> Callable[[Reply], Reply]:
    return lambda reply: Reply(reply.status, reply.body.replace(before.encode(), after.encode()), dict(reply.headers))


async def assert_well_again(world: AccountWorld) -> None:
    """Without the fault everything is there: nothing that was stored is in the way."""
    world.service.faults.clear()
    run = await world.sync(mode="full")
    assert (run.finished.exit_code, run.counts["list_whole"], run.counts["errors"]) == (0, True, 0)


@pytest.mark.parametrize("digits", [5000, 30, 19])
async def test_a_count_no_list_has_is_no_count(account_of: MakeWorld, digits: int) -> None:
    world = await account_of(torrents(4))
    world.fault("/torrents", counted("9" * digits), times=100)
    run = await world.sync(mode="torrents")
    assert (run.finished.exit_code, run.finished.error, run.counts["new"]) == (4, None, 4)
    assert "no count sent" in run.said()
    await assert_well_again(world)


@pytest.mark.parametrize("value", [NUMBER, LONG_NUMBER, f"-{LONG_NUMBER}", "1e400", f'"{LONG_NUMBER}"'])
async def test_a_number_in_a_row_is_brought_within_reach(account_of: MakeWorld, value: str) -> None:
    world = await account_of(torrents(4))
    world.fault("/torrents", replaced('"bytes": 1000000', f'"bytes": {value}, "speed": {value}, "progress": {value}'),
                times=100)  # fmt: skip
    run = await world.sync(mode="full")
    assert (run.finished.error, run.counts["new"], run.counts["list_whole"]) == (None, 4, True)
    await assert_well_again(world)


@pytest.mark.parametrize(
    "change",
    [
        replaced('"id": 1', f'"id": {10**30}'),
        replaced('"id": 1', f'"id": {NUMBER}'),
        replaced('"id": 1', f'"id": {LONG_NUMBER}'),
        replaced("https://real-debrid.com/d/", "\\ud800"),
        body(DEEP),
        body(b'{"id": ' + DEEP),
        error(404, None, "\ud800"),
        lambda reply: Reply(400, DEEP),
        lambda reply: Reply(400, b'{"error": "no", "error_code": ' + NUMBER.encode() + b"}"),
        lambda reply: Reply(400, b'{"error": "no", "error_code": ' + LONG_NUMBER.encode() + b"}"),
    ],
)
async def test_only_the_detail_that_cannot_be_read_fails_and_is_named(
    account_of: MakeWorld, change: Callable[[Reply], Reply]
) -> None:
    account = torrents(4)
    world = await account_of(account)
    world.fault(f"{INFO}{account[1].id}", change, times=100)
    run = await world.sync(mode="full")
    assert (run.finished.error, run.finished.exit_code) == (None, 1)
    assert (run.counts["details"], run.counts["errors"]) == (3, 1)
    assert account[1].id in run.said()
    await assert_well_again(world)


def _half_pair(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        row["links"] = ["https://real-debrid.com/d/\ud800"]


async def test_half_a_surrogate_in_a_link_of_the_list_costs_no_row(account_of: MakeWorld) -> None:
    world = await account_of(torrents(4), list_page=100)
    world.service.faults.clear()
    world.fault("/torrents", lambda reply: with_rows(_half_pair)(reply) if reply.body[:1] == b"[" else reply, times=100)
    run = await world.sync(mode="torrents")
    assert (run.finished.error, run.counts["new"], run.counts["list_whole"]) == (None, 4, True)
    await assert_well_again(world)


@pytest.mark.parametrize("content", [DEEP, b'[{"id": ' + DEEP, b'[{"id": "A"}, ' + DEEP])
async def test_a_list_nested_without_end_is_a_bad_answer(account_of: MakeWorld, content: bytes) -> None:
    world = await account_of(torrents(4))
    world.fault("/torrents", body(content), times=100)
    run = await world.sync(mode="torrents")
    assert (run.finished.exit_code, run.finished.error_kind) == (3, "bad-answer")
    await assert_well_again(world)


@pytest.mark.parametrize(
    "answer",
    [DEEP, f'{{"id": {NUMBER}}}'.encode(), f'{{"id": {LONG_NUMBER}}}'.encode(), b'{"id": "\\ud800"}', b'{"id": []}'],
)
async def test_an_add_whose_answer_cannot_be_read_is_looked_for(account_of: MakeWorld, answer: bytes) -> None:
    world = await account_of(torrents(2))
    await world.sync(mode="fast")
    world.fault("/torrents/addMagnet", body(answer))
    run = await world.apply(world.plan(plan_add, ["c0ffee" + "0" * 34], "video"))
    assert [outcome for outcome, _ in run.steps] == ["done"]
    assert json.dumps(run.counts)
    assert len(world.on_account()) == 3
