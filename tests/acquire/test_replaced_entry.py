"""An entry with some of the files goes in favour of the one with all of them, and no library link is left dead."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from mediatui.changes.undo import plan_undo
from mediatui.demo.seed import SimTorrent
from mediatui.store.database import open_reader
from mediatui.store.library.links import read_link
from tests.changes.test_mend_links import Shelf
from tests.worlds.account import AccountWorld, MakeWorld
from tests.worlds.transfers import grab, hash_of, plan, run_pass, season, states, synced, transfers

READY = ("ready", "none", "")


async def shelved(account_of: MakeWorld, folder: Path, **behaviour: object) -> tuple[AccountWorld, SimTorrent, Path]:
    """An account with one episode of a season, and a library link to that."""
    old = season(hash=hash_of(1), selection=(1,))
    world = await synced(account_of, [old])
    await world.sync(mode="details")
    shelf = Shelf(folder, world)
    link = shelf.shelve(old)
    await shelf.scan()
    world.behave(hash_of(1), **behaviour)
    return world, old, link


async def test_what_is_at_hand_takes_the_place_of_the_entry_with_fewer_files(
    account_of: MakeWorld, tmp_path: Path
) -> None:
    world, _, link = await shelved(account_of, tmp_path)
    (step,) = plan(world, hash_of(1)).steps
    assert "there, with 1 of 10 files" in getattr(step, "risk", "")
    run = await grab(world, hash_of(1))
    assert [outcome for outcome, _ in run.steps] == ["done", "done", "done"]
    (transfer,) = transfers(world)
    assert world.on_account() == {transfer.entry_id: (hash_of(1), tuple(range(1, 11)))}
    assert link.exists()
    with closing(open_reader(world.path)) as connection:
        row = read_link(connection, os.fsencode(link))
        assert row is not None
        assert row.torrent_id == transfer.entry_id
        undo = plan_undo(connection, 1)
    await world.apply(undo)  # a link leads into the new one by now, so both are there
    assert set(world.on_account().values()) == {(hash_of(1), (1,)), (hash_of(1), tuple(range(1, 11)))}


async def test_what_comes_later_takes_its_place_in_the_pass_that_finds_it_whole(
    account_of: MakeWorld, tmp_path: Path
) -> None:
    world, old, link = await shelved(account_of, tmp_path, cached=False)
    await grab(world, hash_of(1))
    (transfer,) = transfers(world)
    new = world.account.find(transfer.entry_id)
    assert new is not None
    await run_pass(world)
    assert old.id in world.on_account()
    world.account.change(replace(new, status="downloaded", progress=100.0))
    await run_pass(world)
    assert states(world) == [READY]
    assert set(world.on_account()) == {new.id}
    assert link.exists()


@pytest.mark.parametrize("fate", ["dead link", "lacks files"])
async def test_the_entry_that_was_there_stays_while_the_new_one_is_not_proven(
    account_of: MakeWorld, tmp_path: Path, fate: str
) -> None:
    world, old, link = await shelved(account_of, tmp_path, cached=False)
    await grab(world, hash_of(1))
    (transfer,) = transfers(world)
    new = world.account.find(transfer.entry_id)
    assert new is not None
    changes: dict[str, object] = {"link_code": 24} if fate == "dead link" else {"selection": (2, 3)}
    world.account.change(replace(new, status="downloaded", progress=100.0, **changes))
    await run_pass(world)
    assert old.id in world.on_account()
    assert link.exists()
