"""What holds for every test."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import shutil
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from mediatui.demo.seed import SimTorrent
from mediatui.library.maintenance import job
from mediatui.library.maintenance.repair_links import search_by_title
from mediatui.model import secrets
from mediatui.store import database
from mediatui.system import own_process
from tests.fakes.openapi.check import WRONG
from tests.worlds.account import AccountWorld, MakeWorld
from tests.worlds.archive import Archive
from tests.worlds.forks import Forks
from tests.worlds.here import messages_of, run_in_thread
from tests.worlds.rtorrent import RealRTorrent
from tests.worlds.sshd import RealSshd

settings.register_profile(
    "suite",
    max_examples=40,
    deadline=None,  # a busy machine is no error
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("thorough", settings.get_profile("suite"), max_examples=1000)
settings.load_profile("suite")

ON_MEMORY = Path("/dev/shm")
ENOUGH_BYTES = 2 << 30
WHOLE_WORLDS = {"open_app", "account_of", "home"}
WHOLE_FOLDERS = {"changes", "demo", "headless", "links", "maintenance", "scan"}
REAL_FIXTURES = {"samples", "video", "debrid", "lasting", "terminal", "rtorrent", "sshd"}
WAYS_BACK = {
    "ffmpeg": "install ffmpeg",
    "ffprobe": "install ffmpeg",
    "rclone": "install rclone and fuse3, and let FUSE mount",
    "FUSE": "install fuse3, and let FUSE mount",
    "tmpfs": "run as root where mounting is allowed",
    "mount": "run as root where mounting is allowed",
    "takes root": "run as root",
    "root may": "run as a user that is not root",
    "namespace": "run as root where unshare is allowed",
    "bash": "install bash",
    "no rtorrent": "install rtorrent",
    "no sshd": "install openssh-server",
    "strace": "install strace, and allow ptrace",
}
"""A word of the reason, and what makes the tests run."""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Each worker of a whole run compiles its share of the tests first, and finds those of the others compiled: else
    each would compile them all."""
    worker: dict[str, Any] | None = getattr(session.config, "workerinput", None)
    if worker is None or session.config.args != session.config.getini("testpaths"):
        return
    folder = session.config.rootpath / "tests"
    files = sorted(file for file in folder.rglob("test_*.py") if folder / "bench" not in file.parents)
    for file in files[int(worker["workerid"].removeprefix("gw")) :: worker["workercount"]]:
        importlib.import_module(".".join(file.relative_to(session.config.rootpath).with_suffix("").parts))


def pytest_configure(config: pytest.Config) -> None:
    """Nothing that is collected is garbage, so nobody looks for any until that is over.

    Folders of tests lie in memory where there is room: what they hold is written and thrown away by the thousand.
    Programs that tests start find compiled modules, also where the environment keeps Python from writing them.
    Hypothesis does not read the constants of all modules, to draw some of them, unless a profile is asked for: that
    takes each worker of a first run some seconds."""
    gc.disable()
    if config.getoption("hypothesis_profile", None) is None and hasattr(providers, "_get_local_constants"):
        providers._get_local_constants = lambda: providers._local_constants
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    with contextlib.suppress(OSError):
        if os.access(ON_MEMORY, os.W_OK) and shutil.disk_usage(ON_MEMORY).free > ENOUGH_BYTES:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(ON_MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses a real mount, real videos or a real terminal is ``real``; what opens the app, or works on a whole
    account, library or home, is ``slow``.

    The real ones come first: they wait for other programs, and the others use the processor meanwhile."""
    for item in items:
        if WHOLE_WORLDS.intersection(getattr(item, "fixturenames", ())) or WHOLE_FOLDERS & {*item.path.parts}:
            item.add_marker(pytest.mark.slow)
        if REAL_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.real)
    items.sort(key=lambda item: item.get_closest_marker("real") is None)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """A request that the description of a service's API does not know fails the test that made it."""
    if WRONG:
        found = "\n".join(dict.fromkeys(WRONG))
        WRONG.clear()
        raise AssertionError(f"requests that the service would not know, or that lose something there:\n{found}")


def pytest_collection_finish() -> None:
    """What is there by now stays: it is not looked through again for garbage, of which there is little."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Names the order of the run, and counts what was skipped by its reason, with what would bring it back."""
    seed = terminalreporter.config.getoption("randomly_seed", None)
    if isinstance(seed, int):
        terminalreporter.write_line(f"in random order: --randomly-seed={seed} repeats it")
    reasons = Counter(
        report.longrepr[2].removeprefix("Skipped: ")
        for report in terminalreporter.getreports("skipped")
        if isinstance(report.longrepr, tuple)
    )
    if not reasons:
        return
    terminalreporter.section(f"{reasons.total()} skipped")
    for reason, count in reasons.most_common():
        way = next((way for word, way in WAYS_BACK.items() if word in reason), "")
        terminalreporter.write_line(f"{count:5}  {reason}{f' ({way})' if way else ''}")


@pytest.fixture(autouse=True)
def own_secrets() -> Iterator[None]:
    """A test leaves no secret behind: a key called "another" would be taken out of the texts of later tests."""
    before = dict(secrets._known)
    yield
    secrets._known.clear()
    secrets._known.update(before)


@pytest.fixture
def analyses_in_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tools of maintenance analyse in a thread, and imports are planned in one."""
    for module in (job, search_by_title):
        monkeypatch.setattr(module, "messages_of", messages_of)
    monkeypatch.setattr(own_process, "run_apart", run_in_thread)


@pytest.fixture(autouse=True)
def analyses_here(request: pytest.FixtureRequest) -> None:
    """Tools of maintenance analyse in a thread; in a test marked ``process`` in a process, as the program does, unless
    that asks for ``analyses_in_thread`` itself."""
    if request.node.get_closest_marker("process") is None:
        request.getfixturevalue("analyses_in_thread")


@pytest.fixture(scope="session")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of an archive as it is made, to be copied: making one takes as long as many a test."""
    path = tmp_path_factory.mktemp("empty") / "mediatui.db"
    database.prepare(path)
    return path.read_bytes()


@pytest.fixture(autouse=True)
def archives_are_copies(request: pytest.FixtureRequest, empty_archive: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new archive begins as a copy of an empty one; where the store itself is tested it is made by its schema."""
    create = database.create_private

    def create_filled(path: Path) -> None:
        create(path)
        if path.suffix == ".db" and not path.stat().st_size:
            path.write_bytes(empty_archive)

    if request.path.parent.name != "store":
        monkeypatch.setattr(database, "create_private", create_filled)


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Runs commands in processes of their own that have imported the program already."""
    with Forks() as forks:
        yield forks


@pytest.fixture(scope="session")
def rtorrent() -> Iterator[RealRTorrent]:
    """A real rTorrent for all tests of a worker, started when the first needs it; skipped where there is none."""
    with RealRTorrent() as box:
        yield box


@pytest.fixture(scope="session")
def sshd() -> Iterator[RealSshd]:
    """A real SSH server for all tests of a worker, started when the first needs it; skipped where there is none."""
    with RealSshd() as server:
        yield server


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
