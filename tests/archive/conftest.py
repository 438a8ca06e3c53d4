from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from pathlib import Path

import pytest

from mediatui.demo.seed import SimTorrent
from tests.archive.account_world import AccountWorld
from tests.archive.world import Archive

MakeWorld = Callable[..., Awaitable[AccountWorld]]


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
