"""A user's home, and the simulated service on a real socket."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.headless.home import PROJECT, TOKEN, Home, Service

SERVER = ("-m", "mediatui.demo.server", "--port", "0", "--window", "1", "--frozen", "--token", TOKEN)


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """An account of 60 torrents that answers quickly."""
    yield from _serve("--count", "60", "--latency", "0.001")


@pytest.fixture
def slow_service() -> Iterator[Service]:
    """An account of 400 torrents whose answers take so long that a sync of it can be interrupted."""
    yield from _serve("--count", "400", "--latency", "0.03")


@pytest.fixture
def strict_service() -> Iterator[Service]:
    """An account of ten torrents that takes no more than six requests in two seconds."""
    yield from _serve("--count", "10", "--latency", "0.001", "--cap", "6", "--window", "2")


def _serve(*arguments: str) -> Iterator[Service]:
    command = [sys.executable, *SERVER, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:
        assert process.stdout is not None
        yield Service(process.stdout.readline().split()[-1].rstrip("/"))
        process.terminate()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A user without any mediatui file; standard input is no terminal."""
    for name in list(os.environ):
        if name.startswith(("MEDIATUI_", "RD_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    for kind in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind.lower()))
    monkeypatch.chdir(tmp_path)
    return Home(tmp_path, monkeypatch)
