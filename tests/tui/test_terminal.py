"""The full screen in a real terminal: what is written to it, and how it ends when it is told to."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.terminal import Terminal

LEAVES_THE_SCREEN = b"\x1b[?1049l"


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    env = {
        "HOME": str(tmp_path),
        "MEDIATUI_REALDEBRID__TOKEN": "TESTTOKEN123",
        "MEDIATUI_REALDEBRID__BASE_URL": "http://127.0.0.1:9/none",
    }
    with Terminal([sys.executable, "-m", "mediatui", "--data-dir", str(tmp_path / "data")], env=env) as it:
        it.wait_for("The archive is empty.")
        it.drain(quiet_s=0.5)
        yield it


def test_nothing_is_written_while_nothing_happens(terminal: Terminal) -> None:
    assert terminal.idle_bytes(1.5) == 0


def test_a_dropped_connection_ends_it_cleanly(terminal: Terminal) -> None:
    terminal.hang_up()
    assert terminal.process.wait(20) == 0


def test_a_kill_ends_it_cleanly_and_gives_the_terminal_back(terminal: Terminal) -> None:
    terminal.process.send_signal(signal.SIGTERM)
    terminal.drain(quiet_s=1.0)
    assert terminal.process.wait(20) == 0
    assert LEAVES_THE_SCREEN in terminal.raw


def test_q_leaves_with_exit_0(terminal: Terminal) -> None:
    terminal.send("q")
    terminal.drain(quiet_s=1.0)
    assert terminal.process.wait(20) == 0
    assert LEAVES_THE_SCREEN in terminal.raw
