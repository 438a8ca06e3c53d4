"""A sync that is stopped keeps what it has, and the next one of its mode carries on."""

from __future__ import annotations

import pytest

from tests.worlds.account import AccountWorld, MakeWorld, torrent, torrents

DETAILS = "SELECT count(*) FROM torrents WHERE details_at IS NOT NULL"
LAST_JOB = "SELECT state FROM jobs ORDER BY id DESC LIMIT 1"


def some_details(world: AccountWorld, count: int = 10) -> bool:
    return len(world.account.details_served) >= count and int(world.value(DETAILS)) >= count


@pytest.mark.slow
async def test_a_cancelled_sync_keeps_every_answer_and_carries_on_without_fetching_twice(
    account_of: MakeWorld,
) -> None:
    world = await account_of(torrents(60), latency_s=0.02)

    run = await world.cancel_once(lambda: some_details(world), mode="fast")

    assert run.finished.outcome == "cancelled"
    assert run.finished.exit_code == 130
    asked = set(world.fetched())
    assert 10 <= len(asked) < 60
    assert world.value(DETAILS) == len(asked), "an answer that was paid for was dropped"
    assert world.pending() == 60 - len(asked)
    assert world.value(LAST_JOB) == "cancelled"

    run = await world.sync(mode="fast")

    assert run.finished.exit_code == 0
    assert "Carries on with" in run.said()
    assert asked.isdisjoint(world.fetched())
    assert (world.value(DETAILS), world.pending()) == (60, 0)


@pytest.mark.slow
async def test_cancelling_at_any_moment_leaves_a_whole_archive(account_of: MakeWorld) -> None:
    world = await account_of(torrents(30), latency_s=0.005, list_page=7)
    for stop_at in range(1, 26, 3):
        await world.cancel_once(lambda limit=stop_at: world.requests() >= limit, mode="full", resume=False)  # type: ignore[misc]
        assert world.value("PRAGMA integrity_check") == "ok"

    run = await world.sync(mode="fast")

    assert run.finished.exit_code == 0
    assert world.value(DETAILS) == 30
    assert world.value("SELECT count(*) FROM torrents WHERE gone_at IS NOT NULL") == 0


@pytest.mark.slow
async def test_a_full_sync_that_was_stopped_fetches_only_the_rest(account_of: MakeWorld) -> None:
    world = await account_of(torrents(50), latency_s=0.02)
    await world.sync(mode="fast")
    await world.cancel_once(lambda: len(world.account.details_served) > 10, mode="full")
    asked = set(world.fetched())

    await world.sync(mode="full")

    assert asked.isdisjoint(world.fetched())
    assert len(asked) + len(world.fetched()) == 50


@pytest.mark.slow
async def test_a_dry_run_counts_what_a_stopped_sync_left_and_leaves_it(account_of: MakeWorld) -> None:
    world = await account_of(torrents(50), latency_s=0.02)
    await world.sync(mode="fast")
    await world.cancel_once(lambda: len(world.account.details_served) > 10, mode="full")
    pending = world.pending()
    fresh = torrent()
    world.account.add(fresh)

    run = await world.sync(mode="full", dry_run=True)

    assert {reason: row["count"] for reason, row in run.plan().items()} == {
        "every": pending, "new": 1, "gone": 0,
    }  # fmt: skip
    assert f"Would carry on with {pending} details" in run.said()
    assert world.pending() == pending
    would_cost = run.counts["would_cost_requests"]
    run = await world.sync(mode="full")
    assert run.counts["requests"] == would_cost
    run = await world.sync(mode="full", dry_run=True, resume=False)
    assert run.plan()["every"]["count"] == 51


@pytest.mark.slow
async def test_status_changes_only_does_not_carry_on_with_the_rest_of_a_whole_sync(account_of: MakeWorld) -> None:
    world = await account_of(torrents(60), latency_s=0.02)
    await world.cancel_once(lambda: some_details(world), mode="smart")
    pending = world.pending()
    world.later += 60

    run = await world.sync(mode="smart", status_changes_only=True)

    assert f"has {pending} pending details" in run.said()
    assert world.fetched() == []
    assert world.pending() == pending


@pytest.mark.slow
async def test_what_came_to_the_account_meanwhile_is_fetched_too(account_of: MakeWorld) -> None:
    world = await account_of(torrents(60), latency_s=0.02)
    await world.cancel_once(lambda: some_details(world), mode="full")
    fresh = torrent()
    world.account.add(fresh)

    await world.sync(mode="full")

    assert fresh.id in world.fetched()
    assert world.value(DETAILS) == 61


async def test_another_mode_says_what_is_left_of_the_stopped_one(account_of: MakeWorld) -> None:
    world = await account_of(torrents(60), latency_s=0.02)
    await world.cancel_once(lambda: some_details(world), mode="fast")
    pending = world.pending()

    run = await world.sync(mode="torrents")

    assert f"has {pending} pending details: sync --mode fast" in run.said()
    assert world.pending() == pending


async def test_what_another_mode_fetched_is_no_longer_pending(account_of: MakeWorld) -> None:
    world = await account_of(torrents(60), latency_s=0.02)
    await world.cancel_once(lambda: some_details(world), mode="fast")
    world.later += 60
    await world.sync(mode="smart")
    assert world.value(DETAILS) == 60

    run = await world.sync(mode="fast")

    assert "Carries on" not in run.said()
    assert world.fetched() == []
    assert world.pending() == 0


@pytest.mark.slow
async def test_without_resuming_a_stopped_sync_is_forgotten_and_begun_afresh(account_of: MakeWorld) -> None:
    account = torrents(60)
    world = await account_of(account, latency_s=0.02)
    await world.cancel_once(lambda: some_details(world), mode="full")

    run = await world.sync(mode="full", resume=False)

    assert "Starts afresh" in run.said()
    assert sorted(world.fetched()) == sorted(one.id for one in account)
    assert world.pending() == 0


@pytest.mark.slow
async def test_a_torrent_deleted_meanwhile_is_not_asked_for(account_of: MakeWorld) -> None:
    account = torrents(60)
    world = await account_of(account, latency_s=0.02)
    await world.cancel_once(lambda: some_details(world), mode="fast")
    lost = account[-1]
    assert lost.id not in world.fetched()
    world.account.remove(lost.id)

    run = await world.sync(mode="fast")

    assert run.finished.exit_code == 0
    assert lost.id not in world.fetched()


async def test_each_mode_resumes_its_own_statuses_only(account_of: MakeWorld) -> None:
    world = await account_of([*torrents(40, "dead"), *torrents(40)], latency_s=0.02)
    await world.sync(mode="torrents")
    await world.cancel_once(lambda: some_details(world), mode="details", statuses=("dead",))
    asked = set(world.fetched())

    await world.sync(mode="details", statuses=("dead",))

    assert len(asked) + len(world.fetched()) == 40
