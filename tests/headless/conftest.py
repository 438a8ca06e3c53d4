"""A user's home, and the simulated service on a real socket."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.arr import KEY, FakeArr
from tests.fakes.sockets import on_socket
from tests.worlds.here import serving
from tests.worlds.home import TOKEN, Home, Service, move_in


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """An account of 60 torrents that answers quickly."""
    yield from _serve("--count", "60", "--latency", "0.001")


@pytest.fixture
def slow_service() -> Iterator[Service]:
    """An account of 40 torrents whose answers take so long that a sync of it can be interrupted."""
    yield from _serve("--count", "40", "--latency", "0.05")


@pytest.fixture
def strict_service() -> Iterator[Service]:
    """An account of ten torrents that takes no more than six requests in two seconds."""
    yield from _serve("--count", "10", "--latency", "0.001", "--cap", "6", "--window", "1")


@pytest.fixture
def account() -> Iterator[Service]:
    """An account of 60 torrents, for one test to change."""
    yield from _serve("--count", "60", "--latency", "0.001")


@pytest.fixture
def slow_account() -> Iterator[Service]:
    """The same account, with answers so slow that what changes it can be met in the middle."""
    yield from _serve("--count", "60", "--latency", "0.03")


@pytest.fixture
def broken_account() -> Iterator[Service]:
    """An account of 60 torrents, the newest three of them in error: added again they come out well."""
    yield from _serve("--count", "60", "--broken", "3", "--latency", "0.001")


def _serve(*options: str) -> Iterator[Service]:
    with serving("--window", "1", "--frozen", "--token", TOKEN, *options) as address:
        yield Service(address)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A user without any mediatui file; standard input is no terminal."""
    return move_in(tmp_path, monkeypatch)


@pytest.fixture(scope="session")
def synced_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a home whose archive holds the account of 60 torrents, to be copied."""
    folder = tmp_path_factory.mktemp("synced")
    with pytest.MonkeyPatch.context() as monkeypatch:
        home = move_in(folder, monkeypatch)
        for service in _serve("--count", "60", "--latency", "0.001"):
            assert home.use(service).run("sync").code == 0
    return home.database.parent


@pytest.fixture
def changing(home: Home, account: Service, synced_files: Path) -> Home:
    """A home whose archive holds ``account`` as it is."""
    shutil.copytree(synced_files, home.database.parent)
    return home.use(account)


@pytest.fixture
def changing_slowly(home: Home, slow_account: Service, synced_files: Path) -> Home:
    """A home whose archive holds ``slow_account`` as it is."""
    shutil.copytree(synced_files, home.database.parent)
    return home.use(slow_account)


@pytest.fixture
def sonarr(tmp_path: Path) -> FakeArr:
    """A Sonarr with two seasons of one series."""
    (tmp_path / "tv").mkdir()
    sonarr = FakeArr("sonarr")
    sonarr.hold("Harbor Lane", tmp_path / "tv/Harbor Lane", tvdbId=7001, year=2018)
    for season in (1, 2):
        for episode in range(1, 6):
            sonarr.records.episode(1, season, episode)
    return sonarr


@pytest.fixture
def sending(changing: Home, sonarr: FakeArr) -> Iterator[Home]:
    """A home with that Sonarr, whose series are read."""
    with on_socket(sonarr) as address:
        config = changing.folder / "config" / "mediatui" / "config.toml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(
            f'[sonarr]\nenabled = true\nurl = "{address}"\napi_key = "{KEY}"\n[radarr]\nenabled = false\n'
        )
        config.chmod(0o600)
        assert changing.run("library", "refresh").code == 0
        yield changing
