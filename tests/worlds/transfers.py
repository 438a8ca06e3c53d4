"""Transfers over a simulated account: sent through the door of changes, followed by passes of the job."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from mediatui.acquire.follow import FollowOptions, follow
from mediatui.acquire.grab import GrabOptions, plan_grab
from mediatui.demo.seed import SimTorrent
from mediatui.model.plan import Plan
from mediatui.model.transfer import Transfer, TransferEvent, replay
from mediatui.runtime.jobs import JobKind
from mediatui.store.database import open_reader
from mediatui.store.transfers.rows import all_transfers, history_of
from tests.worlds.account import AccountWorld, MakeWorld, Run, torrent

FOLLOW = JobKind("transfers run", "account", follow)
ADD_MAGNET = "/torrents/addMagnet"


async def synced(account_of: MakeWorld, account: Sequence[SimTorrent] = (), **settings: object) -> AccountWorld:
    """A world whose archive has seen the account."""
    world = await account_of(account, **settings)
    await world.sync(mode="fast")
    world.service.log.clear()
    return world


def season(**facts: Any) -> SimTorrent:
    """A season of ten episodes."""
    return torrent(**{"shape": "season", "file_count": 10, **facts})


def plan(world: AccountWorld, *hashes: str, without_target: bool = True, **options: Any) -> Plan:
    """The plan to send hashes."""
    return world.plan(plan_grab, hashes, GrabOptions(without_target=without_target, **options))


async def grab(world: AccountWorld, *hashes: str, **options: Any) -> Run:
    """Sends hashes."""
    return await world.apply(plan(world, *hashes, **options))


async def run_pass(world: AccountWorld, later: float = 0.0) -> Run:
    """One pass of the job, some seconds later."""
    world.later += later
    world.events.clear()
    world.service.log.clear()
    finished = await world.runner.start(FOLLOW, FollowOptions()).wait()
    assert finished.error is None, finished.error
    return Run(finished, list(world.events))


def transfers(world: AccountWorld) -> list[Transfer]:
    """Every transfer, the oldest first; the history of each leads to its state."""
    with contextlib.closing(open_reader(world.path)) as connection:
        found = all_transfers(connection)[::-1]
        for one in found:
            assert replay(history_of(connection, one.id)) == one.state
        return found


def history(world: AccountWorld, transfer: int = 1) -> list[TransferEvent]:
    """The history of a transfer."""
    with contextlib.closing(open_reader(world.path)) as connection:
        return history_of(connection, transfer)


def states(world: AccountWorld) -> list[tuple[str, str, str]]:
    """State, hold and code of every transfer, the oldest first."""
    return [(one.state.value, one.hold.kind.value, one.hold.code) for one in transfers(world)]


def adds(world: AccountWorld) -> int:
    """How many adds the service got since the log was cleared."""
    return world.service.count("/torrents/add")


def hash_of(number: int) -> str:
    """An info-hash of its own."""
    return f"f{number:039x}"
