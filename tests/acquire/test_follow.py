"""A pass over the transfers: one request for all of them, and only what a whole list shows."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from mediatui.acquire.acts import act_on
from mediatui.acquire.follow import FollowOptions
from mediatui.demo.faults import Reply, error
from mediatui.demo.seed import SimTorrent
from mediatui.model.transfer import Event, Hold, HoldKind, State
from mediatui.store.transfers.change import NewTransfer, Noted, change, create
from tests.worlds.account import AccountWorld, MakeWorld, torrent, torrents
from tests.worlds.transfers import (
    FOLLOW,
    adds,
    grab,
    hash_of,
    history,
    run_pass,
    season,
    states,
    synced,
    transfers,
)

DOWNLOADING = ("downloading", "none", "")
READY = ("ready", "none", "")
GONE = ("wanted", "choice", "gone")


def entry(world: AccountWorld, number: int = 0) -> SimTorrent:
    found = world.account.find(transfers(world)[number].entry_id)
    assert found is not None
    return found


async def sent(account_of: MakeWorld, *account: SimTorrent, **how: object) -> AccountWorld:
    """A world with a transfer that the account downloads."""
    world = await synced(account_of, account)
    world.behave(hash_of(1), cached=False, **how)
    await grab(world, hash_of(1))
    assert states(world) == [DOWNLOADING]
    return world


async def test_nothing_is_asked_when_no_transfer_waits_on_the_account(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(3))
    run = await run_pass(world)
    assert world.requests() == 0
    assert run.finished.summary == "0 transfers under way."


async def test_two_hundred_transfers_cost_one_list(account_of: MakeWorld) -> None:
    world = await synced(account_of, torrents(200, status="downloading"))
    for row in world.account.torrents():
        made = await world.db.write(create, NewTransfer("debrid", row.hash), "user", now=1.0)
        await world.db.write(change, made, Event.SEND, "user", State.WANTED, State.SENDING, now=2.0)
        noted = Noted(entry_id=row.id)
        await world.db.write(change, made, Event.SENT, "job", State.SENDING, State.DOWNLOADING, noted=noted, now=3.0)
    await run_pass(world)
    world.service.log.clear()
    await run_pass(world)
    assert (world.lists(), world.requests()) == (1, 1)


async def test_what_is_downloaded_with_all_its_links_is_whole(account_of: MakeWorld) -> None:
    world = await sent(account_of)
    await run_pass(world)
    assert states(world) == [DOWNLOADING]
    world.account.change(replace(entry(world), status="downloaded", progress=100.0, ended_at=world.account.clock()))
    run = await run_pass(world)
    assert states(world) == [READY]
    assert transfers(world)[0].size
    assert run.finished.exit_code == 0
    chosen = [file for file in entry(world).files() if file.selected]
    assert world.value("SELECT count(*) FROM transfer_files WHERE wanted") == len(chosen)


async def test_an_archive_in_place_of_the_files_is_asked_about(account_of: MakeWorld) -> None:
    there = season(hash=hash_of(1), shape="rar", ended_at=1.0)
    world = await synced(account_of, [there])
    await grab(world, hash_of(1))
    run = await run_pass(world)
    assert states(world) == [("downloading", "choice", "partial")]
    assert transfers(world)[0].hold.detail == {"archived": 10}
    assert run.finished.exit_code == 1


async def test_links_may_come_within_a_minute_then_they_are_missing(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    there = season(hash=hash_of(1), shape="partial", ended_at=world.account.clock())
    world.account.add(there)
    await grab(world, hash_of(1))
    await run_pass(world)
    assert states(world) == [DOWNLOADING]
    await run_pass(world, later=90)
    assert transfers(world)[0].hold.detail == {"missing": 1, "of": 10}


async def test_an_entry_is_gone_after_two_whole_lists_a_minute_apart(account_of: MakeWorld) -> None:
    world = await sent(account_of, torrent())
    world.account.remove(entry(world).id)
    await run_pass(world)
    await run_pass(world, later=30)
    assert states(world) == [DOWNLOADING]
    await run_pass(world, later=40)
    assert states(world) == [GONE]
    await run_pass(world, later=3600)
    assert adds(world) == 0  # nothing is sent again unasked


async def test_an_entry_that_comes_back_begins_to_count_anew(account_of: MakeWorld) -> None:
    world = await sent(account_of, torrent())
    lost = entry(world)
    world.account.remove(lost.id)
    await run_pass(world)
    world.account.add(lost)
    await run_pass(world, later=70)
    world.account.remove(lost.id)
    await run_pass(world, later=70)
    assert states(world) == [DOWNLOADING]


async def test_a_whole_one_that_vanishes_is_asked_about_where_it_is(account_of: MakeWorld) -> None:
    world = await synced(account_of, [torrent(), torrent(hash=hash_of(1))])
    await grab(world, hash_of(1))
    await run_pass(world)
    assert states(world) == [READY]
    world.account.remove(entry(world).id)
    await run_pass(world)
    await run_pass(world, later=70)
    assert states(world) == [("ready", "choice", "gone")]


async def test_a_whole_one_that_is_gone_is_sent_again_by_a_retry(account_of: MakeWorld) -> None:
    world = await synced(account_of, [torrent(), torrent(hash=hash_of(1))])
    await grab(world, hash_of(1))
    await run_pass(world)
    world.account.remove(entry(world).id)
    await run_pass(world)
    await run_pass(world, later=70)
    assert states(world) == [("ready", "choice", "gone")]
    await world.db.write(act_on, "retry", "1", time.time() + world.later)
    assert states(world) == [("wanted", "none", "")]
    await run_pass(world, later=70)
    assert (states(world)[0][1:], adds(world)) == (("none", ""), 1)


async def test_what_a_page_of_a_big_account_lacks_is_asked_for_alone(
    account_of: MakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await sent(account_of, torrent())
    monkeypatch.setattr("mediatui.acquire.follow.LIST_PAGE", 2)
    for newer in torrents(2):
        world.account.add(newer)
    here = entry(world)
    await run_pass(world)
    assert transfers(world)[0].absent_at is None
    assert world.service.count(f"/torrents/info/{here.id}") == 1
    world.account.remove(here.id)
    world.account.add(torrent())
    await run_pass(world, later=70)
    assert states(world) == [DOWNLOADING]
    await run_pass(world, later=70)
    assert states(world) == [GONE]


@pytest.mark.parametrize("answer", [Reply(204), Reply(200, b"[]", {"x-total-count": "2"})])
async def test_a_list_that_is_not_whole_shows_nothing(account_of: MakeWorld, answer: Reply) -> None:
    world = await sent(account_of, torrent())
    fault = world.fault("/torrents", lambda reply: answer, times=10)
    for _ in range(3):
        await run_pass(world, later=70)
    assert states(world) == [DOWNLOADING]
    world.service.faults.remove(fault)


@pytest.mark.parametrize("status", ["dead", "virus", "error", "magnet_error"])
async def test_what_the_service_gives_up_has_failed_and_its_entry_goes(account_of: MakeWorld, status: str) -> None:
    world = await sent(account_of)
    world.account.change(replace(entry(world), status=status))
    await run_pass(world)
    assert states(world) == [("failed", "none", "rd-dead")]
    assert world.on_account() == {}


async def test_an_entry_that_was_there_or_that_links_lead_into_stays(account_of: MakeWorld) -> None:
    world = await sent(account_of)
    dead = replace(entry(world), status="dead")
    world.account.change(dead)
    await world.sync(mode="fast")
    async with world.db.transaction() as connection:
        await connection.execute(
            "INSERT INTO library_links (path, target, state, checked_at, torrent_id) VALUES (?, ?, 'ok', 1, ?)",
            (b"/l", b"/m", dead.id),
        )
    run = await run_pass(world)
    assert states(world) == [("failed", "none", "rd-dead")]
    assert list(world.on_account()) == [dead.id]
    assert run.steps == [("skipped", "1 library link leads into it, so it stays")]


async def test_no_byte_for_half_an_hour_is_noted_and_asked_about_after_a_day(account_of: MakeWorld) -> None:
    world = await sent(account_of, hangs=True)
    await run_pass(world)
    await run_pass(world, later=1700)
    assert states(world) == [DOWNLOADING]
    await run_pass(world, later=200)
    assert states(world) == [("downloading", "waiting", "stalled")]
    count = len(history(world))
    await run_pass(world, later=10)
    assert len(history(world)) == count
    await run_pass(world, later=86_500)
    assert states(world) == [("downloading", "choice", "stalled")]
    world.account.change(replace(entry(world), progress=50.0))
    await run_pass(world, later=60)
    assert states(world) == [DOWNLOADING]


async def test_what_a_person_has_put_aside_is_left_alone(account_of: MakeWorld) -> None:
    world = await sent(account_of, torrent())
    (transfer,) = transfers(world)
    paused = Hold(HoldKind.PAUSED)
    await world.db.write(change, transfer.id, Event.PAUSE, "user", State.DOWNLOADING, hold=paused, now=5.0)
    world.account.change(replace(entry(world), status="downloaded", progress=100.0))
    await run_pass(world)
    assert world.requests() == 0
    assert states(world) == [("downloading", "paused", "")]


async def test_a_service_that_does_not_answer_is_one_hold_and_marks_no_transfer(account_of: MakeWorld) -> None:
    world = await sent(account_of)
    world.fault("/torrents", error(401, 8, "bad_token"), times=10)
    world.events.clear()
    finished = await world.runner.start(FOLLOW, FollowOptions()).wait()
    assert finished.error_kind == "refused"
    assert states(world) == [DOWNLOADING]
    assert world.rows("SELECT service, code FROM service_holds") == [("realdebrid", "client-refused")]
    run = await run_pass(world, later=3600)
    assert world.requests() == 0  # a person has to put it right
    assert "Real-Debrid is left alone" in run.said()


@pytest.mark.parametrize("is_there", [True, False])
async def test_what_was_being_sent_when_the_program_ended_is_looked_at_before_it_is_sent(
    account_of: MakeWorld, is_there: bool
) -> None:
    world = await synced(account_of, [torrent(hash=hash_of(1))] if is_there else [])
    made = await world.db.write(create, NewTransfer("debrid", hash_of(1), without_target=True), "user", now=1.0)
    await world.db.write(change, made, Event.SEND, "user", State.WANTED, State.SENDING, now=2.0)
    await run_pass(world)
    assert states(world) == [READY]
    assert adds(world) == (0 if is_there else 1)
    assert history(world)[2].event == ("found after a stop" if is_there else "not found after a stop")
    assert len(world.on_account()) == 1


async def test_an_idle_transfer_is_not_written_again(account_of: MakeWorld) -> None:
    world = await synced(account_of, [torrent(hash=hash_of(1))])
    await grab(world, hash_of(1))
    await run_pass(world)
    before = transfers(world)
    await run_pass(world, later=60)
    assert transfers(world) == before


async def test_another_entry_of_the_hash_takes_the_place_of_one_that_is_gone(account_of: MakeWorld) -> None:
    world = await sent(account_of, torrent())
    world.account.remove(entry(world).id)
    twin = torrent(hash=hash_of(1))
    world.account.add(twin)
    await run_pass(world)
    assert (transfers(world)[0].entry_id, transfers(world)[0].entry_is_new) == (twin.id, False)
    assert states(world) == [READY]
