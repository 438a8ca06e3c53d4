"""An account that held torrents and is answered as empty is not believed at once."""

from __future__ import annotations

import pytest

from mediatui.demo.faults import Reply
from mediatui.system.machine import uptime
from tests.worlds.account import LIST, AccountWorld, MakeWorld, torrent, torrents

STANDING = "SELECT count(*) FROM torrents WHERE gone_at IS NULL"
EMPTY = [Reply(204, b"", {"x-total-count": "0"}), Reply(200, b"[]", {"x-total-count": "0"})]


async def emptied(account_of: MakeWorld, reply: Reply = EMPTY[0]) -> AccountWorld:
    """An archive of thirty torrents, and a service that from now on answers with an empty list."""
    world = await account_of(torrents(30))
    await world.sync(mode="torrents")
    world.fault(LIST, lambda real: reply if real.body[:1] in (b"[", b"") else real, times=10**6)
    return world


def let_pass(world: AccountWorld, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """So many seconds have passed since the world began, by the wall clock and by the machine's own."""
    world.later = seconds
    monkeypatch.setattr("mediatui.system.machine.uptime", lambda: uptime() + seconds)


@pytest.mark.parametrize("reply", EMPTY, ids=["204", "no rows"])
async def test_two_empty_lists_in_a_row_mark_nothing_gone(account_of: MakeWorld, reply: Reply) -> None:
    world = await emptied(account_of, reply)
    for _ in range(2):
        run = await world.sync(mode="full")
        assert (run.finished.exit_code, run.counts["gone"], world.value(STANDING)) == (4, 0, 30)
        assert "lists the account as empty, but it held 30 torrents" in run.said()
        assert "--accept-empty" in run.said()


async def test_it_is_believed_half_an_hour_later(account_of: MakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    world = await emptied(account_of)
    await world.sync(mode="full")
    let_pass(world, monkeypatch, 1700)
    assert (await world.sync(mode="full")).counts["gone"] == 0
    let_pass(world, monkeypatch, 1900)
    run = await world.sync(mode="full")
    assert (run.counts["gone"], run.finished.exit_code, world.value(STANDING)) == (30, 0, 0)


async def test_a_clock_that_is_set_forward_is_no_half_an_hour(account_of: MakeWorld) -> None:
    world = await emptied(account_of)
    await world.sync(mode="full")
    world.later = 2000.0
    assert (await world.sync(mode="full")).counts["gone"] == 0


async def test_it_is_believed_at_once_when_a_person_says_so(account_of: MakeWorld) -> None:
    world = await emptied(account_of)
    run = await world.sync(mode="full", accept_empty=True)
    assert (run.counts["gone"], run.finished.exit_code) == (30, 0)


@pytest.mark.slow
async def test_a_list_that_holds_something_in_between_begins_the_wait_anew(
    account_of: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await emptied(account_of)
    await world.sync(mode="full")
    faults, world.service.faults[:] = list(world.service.faults), []
    await world.sync(mode="full")
    world.service.faults[:] = faults
    let_pass(world, monkeypatch, 2000)
    assert (await world.sync(mode="full")).counts["gone"] == 0


async def test_a_dry_run_shows_nothing_as_gone(account_of: MakeWorld) -> None:
    world = await emptied(account_of)
    run = await world.sync(dry_run=True)
    assert run.plan()["gone"]["count"] == 0
    assert world.rows("SELECT 1 FROM facts WHERE name = 'list.empty'") == []


async def test_an_account_that_was_always_empty_is_believed(account_of: MakeWorld) -> None:
    world = await account_of([])
    assert (await world.sync()).finished.exit_code == 0
    world.account.add(torrent())
    assert (await world.sync(mode="full")).counts["new"] == 1
