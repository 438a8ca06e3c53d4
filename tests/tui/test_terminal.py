"""The full screen in a real terminal: what is written to it, and how it ends when it is told to."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.bench.terminal import Terminal

pytestmark = pytest.mark.real

LEAVES_THE_SCREEN = b"\x1b[?1049l"


FAULT = """
import sys
from mediatui.cli import main
from mediatui.tui.app import MediatuiApp

def undo(self):
    token = self.workspace.settings.realdebrid.token.get_secret_value()
    raise KeyError("what nobody foresaw")

MediatuiApp.action_undo = undo
sys.exit(main())
"""


LOOK = """
import pathlib
import sys
from mediatui.cli import main
from mediatui.tui.app import MediatuiApp

def stands(self):
    (pathlib.Path.home() / "imported").write_text(" ".join(sys.modules))

MediatuiApp._open_workspace = stands
sys.exit(main())
"""


@contextlib.contextmanager
def opened(folder: Path, *program: str, more: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    """The full screen of an empty archive, run by ``program``, with ``more`` in its environment."""
    env = {
        **(more or {}),
        "HOME": str(folder),
        "MEDIATUI_REALDEBRID__TOKEN": "TESTTOKEN123",
        "MEDIATUI_REALDEBRID__BASE_URL": "http://127.0.0.1:9/none",
    }
    with Terminal([sys.executable, *program, "--data-dir", str(folder / "data")], env=env) as it:
        it.wait_for("The archive is empty.")
        it.drain(quiet_s=0.5)
        yield it


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with opened(tmp_path, "-m", "mediatui") as it:
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


def test_an_error_nobody_foresaw_is_one_sentence_behind_the_screen_and_whole_in_the_log(tmp_path: Path) -> None:
    with opened(tmp_path, "-c", FAULT) as terminal:
        terminal.send("u")
        terminal.drain(quiet_s=1.0)
        assert terminal.process.wait(20) == 1
        left = terminal.raw.rpartition(LEAVES_THE_SCREEN)[2]
    assert b"An unexpected error ended mediatui (KeyError)." in left
    assert b"Traceback" not in left
    assert b"TESTTOKEN123" not in left
    (log,) = tmp_path.rglob("mediatui.log")
    assert "what nobody foresaw" in log.read_text()
    assert "TESTTOKEN123" not in log.read_text()


def test_wrong_settings_end_it_with_a_sentence_for_each(tmp_path: Path) -> None:
    with opened(tmp_path, "-m", "mediatui", more={"MEDIATUI_UI__DENSITY": "wide"}) as terminal:
        terminal.drain(quiet_s=1.0)
        assert terminal.process.wait(20) == 2
        left = terminal.raw.rpartition(LEAVES_THE_SCREEN)[2]
    assert b"ui.density" in left
    assert b"compact" in left


def test_the_first_list_stands_before_what_it_does_not_need_is_imported(tmp_path: Path) -> None:
    with opened(tmp_path, "-c", LOOK):
        imported = (tmp_path / "imported").read_text().split()
    assert "mediatui.tui.views.torrents.view" in imported
    later = (
        "pydantic",
        "httpx",
        "aiosqlite",
        "tomlkit",
        "mediatui.settings.model",
        "mediatui.changes.apply",
        "parsett",
    )
    assert [name for name in later if name in imported] == []
