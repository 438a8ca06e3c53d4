"""Sending to the account: once, adopted by its files, and refusals that speak of one name."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import pytest

from mediatui.acquire.grab import GrabOptions, plan_grab, plan_retry, say_slots
from mediatui.changes.steps.begin_transfer import SendTransfer
from mediatui.changes.undo import plan_undo
from mediatui.demo.faults import dropped, error
from mediatui.model.account import ActiveCount
from mediatui.model.errors import UsageError
from mediatui.model.plan import Plan
from mediatui.model.target import MappedTarget, Target, targets_as_text
from mediatui.store.transfers.holds import ignore_hash, refused_at
from tests.worlds.account import MakeWorld, torrent
from tests.worlds.transfers import (
    ADD_MAGNET,
    adds,
    grab,
    hash_of,
    history,
    plan,
    run_pass,
    season,
    states,
    synced,
    transfers,
)

READY = ("ready", "none", "")


async def test_a_hash_is_sent_and_its_history_says_how(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    run = await grab(world, hash_of(1))
    assert run.steps == [("done", "")]
    (transfer,) = transfers(world)
    assert (transfer.state, transfer.entry_is_new) == ("ready", True)
    assert world.on_account()[transfer.entry_id][0] == hash_of(1)
    assert [(one.who, one.event, one.to_state) for one in history(world)] == [
        ("user", "chosen", "wanted"), ("user", "send", "sending"), ("job", "sent", "downloading"),
        ("job", "whole", "ready"),
    ]  # fmt: skip


async def test_what_has_no_target_is_noted_and_sent_once_that_is_wanted(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    run = await grab(world, hash_of(1), without_target=False)
    assert run.steps == [("skipped", "no target yet: noted as transfer 1, not sent")]
    assert (states(world), adds(world)) == ([("wanted", "choice", "target")], 0)
    assert not plan(world, hash_of(1), without_target=False).steps
    await run_pass(world)
    assert adds(world) == 0
    await grab(world, hash_of(1))
    assert (states(world), adds(world)) == ([READY], 1)


async def test_the_same_hash_is_sent_once(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    two = plan(world, hash_of(1), hash_of(1))
    assert two.notes == ((hash_of(1), "it was given twice"),)
    await world.apply(two)
    again = plan(world, hash_of(1))
    assert not again.steps
    assert again.notes[0][1] == "transfer 1 is under way for it (ready)"
    await world.apply(two)
    assert adds(world) == 1


async def test_what_the_account_has_is_taken_over_by_its_files(account_of: MakeWorld) -> None:
    there = season(hash=hash_of(1))
    world = await synced(account_of, [there])
    assert (
        plan(world, hash_of(1)).steps[0].risk == f"it is on the account already ({there.id}): taken over, by its files"
    )
    await grab(world, hash_of(1))
    (transfer,) = transfers(world)
    assert (transfer.entry_id, transfer.entry_is_new, adds(world)) == (there.id, False, 0)
    assert [one.event for one in history(world)][-2:] == ["was there", "whole"]


async def test_what_another_program_added_since_the_last_sync_is_taken_over_too(account_of: MakeWorld) -> None:
    world = await synced(account_of, [torrent()])
    there = torrent(hash=hash_of(1))
    world.account.add(there)
    await grab(world, hash_of(1))
    assert (transfers(world)[0].entry_id, adds(world)) == (there.id, 0)


async def test_an_add_answered_with_the_entry_that_lacks_files_asks_and_deletes_nothing(account_of: MakeWorld) -> None:
    there = season(hash=hash_of(1), selection=(1,))
    world = await synced(account_of, [there])
    world.behave(hash_of(1), folds=True)
    run = await grab(world, hash_of(1))
    assert run.steps[0][0] == "failed"
    assert states(world) == [("wanted", "choice", "partial")]
    assert world.on_account() == {there.id: (hash_of(1), (1,))}


async def test_a_broken_entry_is_not_added_again(account_of: MakeWorld) -> None:
    world = await synced(account_of, [torrent("dead", hash=hash_of(1))])
    await grab(world, hash_of(1))
    assert (states(world), adds(world)) == ([("wanted", "choice", "rd-dead")], 0)


async def test_one_refusal_speaks_of_one_name(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    world.behave(hash_of(2), refusals=99)
    run = await grab(world, *map(hash_of, range(1, 7)))
    assert [outcome for outcome, _ in run.steps] == ["done", "skipped", "done", "done", "done", "done", "failed"]
    assert "Real-Debrid refuses this one" in run.steps[-1][1]
    assert states(world) == [READY, ("wanted", "choice", "refused"), *[READY] * 4]
    with_date = world.plan(refused_at, "realdebrid", hash_of(2))  # type: ignore[arg-type]
    assert with_date is not None
    assert world.value("SELECT count(*) FROM service_holds") == 0
    assert adds(world) == 7
    await run_pass(world, later=3600)
    assert adds(world) == 0


async def test_a_hash_that_was_refused_is_asked_about(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    world.behave(hash_of(2), refusals=2)
    await grab(world, hash_of(1), hash_of(2), hash_of(3))
    assert not plan(world, hash_of(2)).steps
    assert "Real-Debrid refused it on" in plan(world, hash_of(2)).notes[0][1]
    run = await grab(world, hash_of(2), again=True)
    assert run.steps == [("done", "")]
    assert world.plan(refused_at, "realdebrid", hash_of(2)) is None  # type: ignore[arg-type]


async def test_two_refusals_in_a_row_pause_the_adds(account_of: MakeWorld) -> None:
    world = await synced(account_of, window_s=1.0)
    world.behave(hash_of(2), refusals=1)
    world.behave(hash_of(3), refusals=1)
    run = await grab(world, *map(hash_of, range(1, 5)))
    assert "the account takes no adds at the moment (451)" in run.said()
    assert states(world) == [READY] * 4
    assert world.value("SELECT count(*) FROM service_holds") == 0
    assert adds(world) == 6


async def test_a_pause_of_the_account_is_waited_out_for_six_minutes_then_nothing_more_is_asked(
    account_of: MakeWorld,
) -> None:
    world = await synced(account_of, window_s=0.05)
    numbers = range(1, 40)
    for number in numbers:
        world.behave(hash_of(number), refusals=999)
    run = await grab(world, *map(hash_of, numbers))
    assert 2 <= adds(world) < len(numbers)
    assert run.steps[-1][1] == "Real-Debrid takes no adds at the moment: the runs of transfers send it"
    assert world.value("SELECT count(*) FROM refused_hashes") == 0
    assert {state for state, _, _ in states(world)} == {"wanted"}


async def test_without_a_free_slot_all_that_is_left_waits_and_the_next_pass_sends_it(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    world.behave(hash_of(1), no_slots=1)
    run = await grab(world, hash_of(1), hash_of(2))
    assert [outcome for outcome, _ in run.steps] == ["skipped", "skipped"]
    assert "waits for a slot" in run.steps[0][1]
    assert adds(world) == 1
    assert states(world) == [("wanted", "none", "")] * 2
    assert world.rows("SELECT service, code FROM service_holds") == [("realdebrid adds", "no-slot")]
    await run_pass(world, later=3600)
    assert states(world) == [READY] * 2


@pytest.mark.parametrize(("how", "left"), [({"cached": False}, 0), ({"hangs": True}, 0), ({}, 1)])
async def test_only_what_the_service_has_at_hand_is_kept_where_that_is_wanted(
    account_of: MakeWorld, how: dict[str, Any], left: int
) -> None:
    world = await synced(account_of)
    world.behave(hash_of(1), **how)
    run = await grab(world, hash_of(1), cached_only=True)
    assert len(world.on_account()) == left
    assert run.steps == [("done", "")] if left else [("skipped", "not cached at Real-Debrid")]
    assert states(world) == ([READY] if left else [("failed", "none", "not-cached")])


async def test_an_entry_that_was_there_is_not_removed_for_not_being_cached(account_of: MakeWorld) -> None:
    there = torrent("downloading", hash=hash_of(1), progress=10.0)
    world = await synced(account_of, [there])
    await grab(world, hash_of(1), cached_only=True)
    assert list(world.on_account()) == [there.id]
    assert states(world) == [("downloading", "none", "")]


@pytest.mark.parametrize("status", ["dead", "virus", "error"])
async def test_an_entry_that_ends_dead_is_removed_again(account_of: MakeWorld, status: str) -> None:
    world = await synced(account_of)
    world.behave(hash_of(1), fails_as=status)
    run = await grab(world, hash_of(1))
    assert run.steps == [("failed", f"Real-Debrid says: {status}")]
    assert (states(world), world.on_account()) == ([("failed", "none", "rd-dead")], {})
    assert history(world)[-1].event == "cannot go on"


async def test_magnets_without_metadata_are_followed_and_their_files_selected_later(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    world.behave(hash_of(1), converts_for=40)
    run = await grab(world, hash_of(1))
    assert run.steps == [("done", "no metadata yet; its files are selected once it has come")]
    (transfer,) = transfers(world)
    for _ in range(40):
        world.account.info(transfer.entry_id)
    await run_pass(world)
    await run_pass(world)
    assert states(world) == [READY]


async def test_an_account_that_does_not_answer_ends_the_batch_and_marks_no_transfer(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    world.fault(ADD_MAGNET, error(401, 8, "bad_token"))
    run = await grab(world, hash_of(1), hash_of(2))
    assert run.finished.error is not None
    assert states(world) == [("wanted", "none", "")]
    assert world.rows("SELECT service, code FROM service_holds") == [("realdebrid", "client-refused")]
    await run_pass(world)
    assert adds(world) == 0


async def test_an_add_without_an_answer_is_looked_for_before_anything_is_sent_again(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    world.fault(ADD_MAGNET, dropped)
    await grab(world, hash_of(1))
    assert states(world) == [READY]
    assert len(world.on_account()) == 1


async def test_what_failed_in_a_batch_is_sent_again_and_nothing_else(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    world.behave(hash_of(2), refusals=2)
    await grab(world, hash_of(1), hash_of(2), hash_of(3))
    again = world.plan(plan_retry, 1)
    assert [step.what for step in again.steps] == [hash_of(2)]
    run = await world.apply(again)
    assert run.steps == [("done", "")]
    assert states(world) == [READY] * 3
    with pytest.raises(UsageError):
        world.plan(plan_retry, 99)


async def test_undo_removes_what_was_added_and_leaves_what_was_taken_over(account_of: MakeWorld) -> None:
    there = torrent(hash=hash_of(1))
    world = await synced(account_of, [there])
    await grab(world, hash_of(1), hash_of(2))
    assert len(world.on_account()) == 2
    await world.apply(world.plan(plan_undo, 1))
    assert list(world.on_account()) == [there.id]
    assert states(world) == [READY, ("forgotten", "none", "")]
    await run_pass(world, later=3600)
    assert adds(world) == 0


async def test_undo_of_an_entry_with_all_files_brings_back_the_one_with_some(account_of: MakeWorld) -> None:
    there = season(hash=hash_of(1), selection=(1,))
    world = await synced(account_of, [there])
    await grab(world, hash_of(1))
    assert [*world.on_account().values()] == [(hash_of(1), tuple(range(1, 11)))]
    await world.apply(world.plan(plan_undo, 1))
    assert [*world.on_account().values()] == [(hash_of(1), (1,))]


@pytest.mark.parametrize("allowed", [None, 1])
async def test_undo_leaves_an_entry_that_links_lead_into_unless_the_number_is_typed(
    account_of: MakeWorld, allowed: int | None
) -> None:
    world = await synced(account_of)
    await grab(world, hash_of(1))
    entry = transfers(world)[0].entry_id
    async with world.db.transaction() as connection:
        await connection.execute(
            "INSERT INTO library_links (path, target, state, checked_at, torrent_id) VALUES (?, ?, 'ok', 1, ?)",
            (b"/l", b"/m", entry),
        )
    run = await world.apply(world.plan(plan_undo, 1), allowed=allowed)
    assert run.finished.exit_code == (1 if allowed is None else 0)
    assert len(world.on_account()) == (1 if allowed is None else 0)
    if allowed is None:
        assert run.steps[0][1].startswith("1 library link leads into it")
        assert states(world) == [READY]


async def test_what_is_ignored_or_private_or_likely_blocked_is_left_with_the_reason(
    account_of: MakeWorld, tmp_path: Path
) -> None:
    world = await synced(account_of)
    await world.db.write(ignore_hash, hash_of(1), "", 1.0)
    private, _ = torrent_file(tmp_path, "Film", private=True)
    magnet = f"magnet:?xt=urn:btih:{hash_of(3)}&dn=Film.WEB-DL.mkv"
    found = plan(world, hash_of(1), str(private), magnet)
    assert not found.steps
    assert [why for _, why in found.notes] == [
        f"it is ignored; take that back with: transfers unignore {hash_of(1)}",
        "it is private; --route debrid sends it to Real-Debrid all the same",
        "its name holds WEB-DL, which the service filters; --again sends it all the same",
    ]
    assert len(plan(world, str(private), named=True).steps) == 1
    assert len(plan(world, magnet, again=True).steps) == 1


async def test_a_torrent_file_is_kept_and_sent_as_it_is(account_of: MakeWorld, tmp_path: Path) -> None:
    world = await synced(account_of)
    path, info_hash = torrent_file(tmp_path, "Film.mkv")
    (step,) = plan(world, str(path)).steps
    assert getattr(step, "bytes", None) == 1000
    await grab(world, str(path))
    assert transfers(world)[0].hash == info_hash
    assert world.requests("/torrents/addTorrent") == 1
    assert world.value("SELECT count(*) FROM torrent_blobs WHERE hash = ?", info_hash) == 1


def torrent_file(folder: Path, name: str, *, private: bool = False) -> tuple[Path, str]:
    pieces = hashlib.sha1(name.encode()).digest()
    info = f"d6:lengthi1000e4:name{len(name)}:{name}12:piece lengthi16384e6:pieces20:".encode() + pieces
    info += b"7:privatei1ee" if private else b"e"
    path = folder / f"{name}.torrent"
    path.write_bytes(b"d4:info" + info + b"e")
    return path, hashlib.sha1(info).hexdigest()


async def test_it_is_said_when_the_account_was_never_seen_whole(account_of: MakeWorld) -> None:
    world = await account_of([])
    assert "may be added twice" in plan(world, hash_of(1)).says[-1]
    await world.sync(mode="fast")
    assert "may be added twice" not in " ".join(plan(world, hash_of(1)).says)


async def test_a_source_that_is_none_is_named(account_of: MakeWorld) -> None:
    world = await synced(account_of)
    with pytest.raises(UsageError):
        world.plan(plan_grab, ["nonsense"], GrabOptions())


@pytest.mark.parametrize(("busy", "said"), [(23, ""), (24, "24 of 25 slots of the account are busy"), (99, "99 of 25")])
async def test_a_plan_that_may_need_more_slots_than_are_free_says_so(
    account_of: MakeWorld, busy: int, said: str
) -> None:
    world = await synced(account_of)
    says = say_slots(plan(world, hash_of(1), hash_of(2)), ActiveCount(busy, 25)).says
    assert any(said in one for one in says) if said else not any("slots" in one for one in says)


@pytest.mark.parametrize(("again", "sent"), [(False, 1), (True, 2)])
async def test_what_is_on_its_way_for_the_same_by_then_is_not_sent(
    account_of: MakeWorld, again: bool, sent: int
) -> None:
    world = await synced(account_of)
    episode = Target("series", "Harbor Lane", 2018, tvdb_id=7001, season=2, episodes=(3,))
    steps = tuple(
        SendTransfer(what=f"{at}", hash=hash_of(at), targets=targets_as_text([MappedTarget(target)]), again=again)
        for at, target in ((1, dataclasses.replace(episode, episodes=(3, 4))), (2, episode))
    )
    run = await world.apply(Plan("grab", "Send", steps))
    assert adds(world) == sent
    if not again:
        assert run.steps[1] == ("skipped", "transfer 1 is under way for Harbor Lane (2018) S02E03")
        await world.apply(Plan("grab", "Send", (dataclasses.replace(steps[0], targets=steps[1].targets),)))
        assert len(transfers(world)) == 1
