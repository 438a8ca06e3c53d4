"""What a sync is said to cost beforehand, and that clearing forgets the archive and nothing else."""

from __future__ import annotations

import time

import pytest

from mediatui.archive.clear import clear
from mediatui.archive.sync.estimate import estimates
from mediatui.runtime.jobs import JobKind
from tests.worlds.account import AccountWorld, MakeWorld, torrent, torrents


async def said(world: AccountWorld) -> dict[str, int]:
    """Requests by mode, from the archive alone."""
    found = await world.db.read(estimates, world.settings, int(time.time()))
    for one in found:
        rate = world.settings.realdebrid.requests_per_minute / world.settings.realdebrid.window_s
        assert one.seconds == pytest.approx(one.requests / rate)
    return {one.mode: one.requests for one in found}


@pytest.mark.slow
async def test_a_mode_costs_what_it_is_said_to_cost(account_of: MakeWorld) -> None:
    account = torrents(40)
    world = await account_of(account)
    await world.sync(mode="fast")
    world.forget(details=[one.id for one in account[:10]])
    beforehand = await said(world)
    assert beforehand == {"smart": 13, "fast": 12, "full": 42, "torrents": 2, "details": 40}

    await world.sync(mode="details")
    assert world.requests() == beforehand["details"]

    world.forget(details=[one.id for one in account[:10]])
    await world.sync(mode="fast")
    assert world.requests() == beforehand["fast"]

    world.forget(details=[one.id for one in account[:10]])
    world.account.add(torrent())
    await world.sync(mode="smart")
    assert world.requests() == beforehand["smart"] + 1


async def test_the_list_alone_costs_its_pages_and_two_requests_at_most(account_of: MakeWorld) -> None:
    world = await account_of(torrents(250))
    await world.sync(mode="torrents")
    async with world.db.transaction() as connection:
        await connection.execute("UPDATE torrents SET links_count = NULL")

    assert (await said(world))["torrents"] == 2
    await world.sync(mode="torrents")
    assert world.requests() == 2


async def test_clearing_forgets_torrents_and_jobs_and_keeps_the_request_window(account_of: MakeWorld) -> None:
    world = await account_of(torrents(5))
    await world.sync(mode="fast")
    sent = world.value("SELECT count(*) FROM requests")

    finished = await world.runner.start(JobKind("clear", "account", clear), None).wait()

    assert finished.counts["cleared"] == 5
    for table in ("torrents", "torrent_files", "torrent_links", "facts", "job_items"):
        assert world.value(f"SELECT count(*) FROM {table}") == 0
    assert world.value("SELECT count(*) FROM requests") == sent
    run = await world.sync()
    assert run.counts["new"] == 5
