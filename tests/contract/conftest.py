"""The servers each case is tried on: the fakes, and the real ones the environment names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.real import real_server
from tests.contract.server import Server

FAKES = ["sonarr", "sonarr-4.0", "radarr"]
REAL = [f"real-{kind}" for kind in ("sonarr", "radarr") if real_server(kind)]


def _open(which: str, folder: Path) -> Server:
    if which.startswith("real-"):
        kind = which.removeprefix("real-")
        real = real_server(kind)
        assert real is not None
        return Server.of_real("sonarr" if kind == "sonarr" else "radarr", real)
    return Server.of_fake("radarr" if which == "radarr" else "sonarr", folder, released=which == "sonarr-4.0")


def _served(which: str, folder: Path) -> Iterator[Server]:
    server = _open(which, folder)
    try:
        server.open()
        yield server
    finally:
        server.close()


@pytest.fixture(params=[*FAKES, *REAL])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """Each Sonarr and each Radarr in turn."""
    yield from _served(request.param, tmp_path / "shared")


@pytest.fixture(params=[one for one in (*FAKES, *REAL) if "sonarr" in one])
def sonarr(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """Each Sonarr in turn."""
    yield from _served(request.param, tmp_path / "shared")


@pytest.fixture(params=[one for one in (*FAKES, *REAL) if "radarr" in one])
def radarr(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """Each Radarr in turn."""
    yield from _served(request.param, tmp_path / "shared")


@pytest.fixture(params=FAKES)
def fake(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """Each fake in turn: for what a real one does too soon, or more of, to be held to."""
    yield from _served(request.param, tmp_path / "shared")
