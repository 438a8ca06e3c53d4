"""A paste is one text, whatever bytes are in it, and never keys."""

from __future__ import annotations

import os
import pty
import sys
import time
from pathlib import Path

import pytest
from textual import events
from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from mediatui.tui.terminal_input import BURST, BURST_S, END, PASTE_MOST, START, UNENDED_S, Output, PasteReader
from tests.bench.terminal import Terminal

NOISE = "ab\x1b[31mc\x1b\x1b[q\x00\x1b]52;c;\x07 d\x9b"


class Read:
    """A reader whose time passes when the test says so, and what it made of what it was fed."""

    def __init__(self) -> None:
        self.now = 100.0
        self.reader = PasteReader(lambda: self.now)

    def feed(self, *data: str) -> list[str]:
        """Text for the parser as it is, a paste as ``<text>``."""
        return [_shown(piece) for part in data for piece in self.reader.feed(part)]

    def wait(self, seconds: float) -> list[str]:
        self.now += seconds
        return [_shown(piece) for piece in self.reader.tick()]


def _shown(piece: str | events.Paste) -> str:
    return f"<{piece.text}>" if isinstance(piece, events.Paste) else piece


def test_keys_pass_as_they_come() -> None:
    keys = ["a", "\x1b", "\x1b[A", "\x1b[<35;10;10M" * 100, "é", "\x1b[I"]
    assert Read().feed(*keys) == keys


@pytest.mark.parametrize("size", [3, 5, 1000])
def test_a_paste_is_one_text_whatever_the_pieces_and_keys_around_it_are_keys(size: int) -> None:
    data = f"x{START}one {NOISE} two\nthree{END}y"
    read = Read()
    pieces = read.feed(*(data[start : start + size] for start in range(0, len(data), size)))
    assert pieces == ["x", "<one ab[31mc[q]52;c; d two\nthree>", "y"]


def test_only_so_much_of_a_paste_is_taken() -> None:
    (paste,) = Read().feed(START + "x" * 1_000_000 + END)
    assert len(paste) == PASTE_MOST + 2


def test_a_paste_whose_end_never_comes_is_over_after_a_second() -> None:
    read = Read()
    assert read.feed(START + "abc") == []
    assert read.wait(UNENDED_S + 0.1) == ["<abc>"]
    assert read.feed("q") == ["q"]


def test_a_beginning_that_was_none_is_passed_on() -> None:
    read = Read()
    assert read.feed("\x1b[2") == []
    assert read.wait(0.1) == ["\x1b[2"]


def test_what_no_person_types_at_once_is_a_paste() -> None:
    read = Read()
    assert read.feed("y" * (BURST + 1), "tail\x1b[A") == [f"<{'y' * (BURST + 1)}>", "<tail>"]
    read.wait(BURST_S + 0.1)
    assert read.feed("y") == ["y"]


def test_20_kb_with_raw_escapes_leave_the_filter_at_work(tmp_path: Path) -> None:
    """A paste without brackets is told by its pace alone, which a loaded machine may not keep: that is
    tested above, by a clock."""
    env = {
        "HOME": str(tmp_path),
        "MEDIATUI_REALDEBRID__TOKEN": "TESTTOKEN123",
        "MEDIATUI_REALDEBRID__BASE_URL": "http://127.0.0.1:9/none",
    }
    paste = (NOISE * 2000)[:20_000]
    program = [sys.executable, "-m", "mediatui", "--data-dir", str(tmp_path / "data")]
    with Terminal(program, env=env) as terminal:
        terminal.wait_for("The archive is empty.")
        terminal.press("/")
        began = time.perf_counter()
        terminal.send(f"{START}{paste}{END}")
        terminal.send("ctrl+u")
        terminal.send("zebra")
        terminal.wait_for("zebra")
        assert time.perf_counter() - began < 5, "a loaded machine; alone it takes half a second"


def test_what_is_written_to_a_terminal_that_is_gone_waits_for_nobody() -> None:
    person, terminal = pty.openpty()
    with os.fdopen(terminal, "w") as file:
        writer = WriterThread(Output(file))
        writer.start()
        os.close(person)
        for _ in range(3 * MAX_QUEUED_WRITES):
            writer.write("more\n")
        assert writer.is_alive()
        writer.stop()
        os.dup2(os.open(os.devnull, os.O_WRONLY), terminal)  # what is left in the file goes there
