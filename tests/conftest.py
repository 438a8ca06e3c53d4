"""What holds for every test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import pytest

from mediatui.demo.seed import SimTorrent
from mediatui.model import secrets
from tests.worlds.account import AccountWorld, MakeWorld
from tests.worlds.archive import Archive


@pytest.fixture(autouse=True)
def own_secrets() -> Iterator[None]:
    """A test leaves no secret behind: a key called "another" would be taken out of the texts of later tests."""
    before = dict(secrets._known)
    yield
    secrets._known.clear()
    secrets._known.update(before)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    made = Archive(tmp_path)
    yield made
    made.close()


@pytest.fixture
async def account_of(tmp_path: Path) -> AsyncIterator[MakeWorld]:
    """``await account_of(torrents, list_page=…)``: an open AccountWorld with an empty archive."""
    opened: list[AccountWorld] = []

    async def make(torrents: Iterable[SimTorrent], *, latency_s: float = 0.0, **settings: object) -> AccountWorld:
        world = AccountWorld(tmp_path, torrents, **settings)
        world.latency_s = latency_s
        opened.append(await world.open())
        return world

    yield make
    for world in opened:
        await world.close()
