"""One real rTorrent for all tests of a worker, started when the first needs it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.worlds.rtorrent import RealRTorrent


@pytest.fixture(scope="session")
def rtorrent() -> Iterator[RealRTorrent]:
    with RealRTorrent() as box:
        yield box
