"""What headless commands print: text or JSON lines, progress, results, errors."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from mediatui.headless.output import Output, progress_text
from mediatui.model.errors import Busy, UsageError
from mediatui.runtime.events import Changed, Finished, FoundRow, Phase, Progress, Said, Waiting
from mediatui.runtime.invocation import Invocation
from mediatui.runtime.paths import Paths

PATHS = Paths(Path("/d"), Path("/s"), Path("/c"))


class Terminal(io.StringIO):
    """A stream a person watches."""

    def isatty(self) -> bool:
        return True


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Screen:
    """An Output with what it wrote."""

    def __init__(
        self, *, json: bool = False, verbose: int = 0, quiet: bool = False, err: Callable[[], io.StringIO] = io.StringIO
    ) -> None:
        self.out, self.err, self.clock = io.StringIO(), err(), Clock()
        invocation = Invocation("sync", PATHS, json=json, verbose=verbose, quiet=quiet)
        self.output = Output(invocation, stdout=self.out, stderr=self.err, clock=self.clock)

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.getvalue().splitlines()]

    @property
    def notes(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.err.getvalue().splitlines()]


def test_a_json_row_has_its_type_times_in_utc_and_only_ascii() -> None:
    screen = Screen(json=True)
    fields = {"id": "A", "filename": "Légendes", "added_at": 1_731_405_600, "gone_at": None, "bytes": 5}
    screen.output.row("torrent", {**fields, "speed": math.inf, "path": Path("/a"), "files": [{"at": 0}], "t": ("x",)})
    assert screen.lines == [
        {
            "type": "torrent",
            "id": "A",
            "filename": "Légendes",
            "added_at": "2024-11-12T10:00:00Z",
            "gone_at": None,
            "bytes": 5,
            "speed": None,
            "path": "/a",
            "files": [{"at": "1970-01-01T00:00:00Z"}],
            "t": ["x"],
        }
    ]
    assert screen.out.getvalue().isascii()


def test_a_name_that_is_not_utf_8_is_escaped_in_json_and_replaced_in_text() -> None:
    machine, person = Screen(json=True), Screen()
    machine.output.row("finding", {"path": "/a\udcff"})
    person.output.line("/a\udcff")
    assert "\\udcff" in machine.out.getvalue()
    assert person.out.getvalue() == "/a\ufffd\n"


def test_a_moment_no_calendar_holds_is_null() -> None:
    screen = Screen(json=True)
    screen.output.row("torrent", {"added_at": 10**20})
    assert screen.lines == [{"type": "torrent", "added_at": None}]


def test_text_never_carries_control_characters() -> None:
    screen = Screen()
    screen.output.line("a\x1b[31mb\nc\u202ed")
    screen.output.said("error", "x\x1b]0;t\x07y")
    screen.output.error(UsageError("m\x1b[2J", "h\x9b"))
    assert screen.out.getvalue() == "a[31mb cd\n"
    assert "\x1b" not in screen.err.getvalue()
    assert "\x9b" not in screen.err.getvalue()


def test_the_result_is_the_last_line_with_command_ok_and_counts() -> None:
    screen = Screen(json=True)
    code = screen.output.finished(Finished("done", "3 new", {"new": 3, "type": "no", "ok": "no"}))
    assert code == 0
    assert screen.lines[-1] == {
        "type": "result",
        "command": "sync",
        "ok": True,
        "outcome": "done",
        "summary": "3 new",
        "new": 3,
    }


@pytest.mark.parametrize(
    ("finished", "code", "ok"),
    [
        (Finished("done", ""), 0, True),
        (Finished("done", "", exit_code=5), 5, True),
        (Finished("partial", "2 failed"), 1, False),
        (Finished("cancelled", "", error="Interrupted", error_kind="interrupted"), 130, False),
        (Finished("failed", "", error="No answer", error_kind="unreachable", exit_code=3), 3, False),
    ],
)
def test_the_exit_code_follows_how_the_job_ended(finished: Finished, code: int, ok: bool) -> None:
    screen = Screen(json=True)
    assert screen.output.finished(finished) == code
    assert screen.lines[-1]["ok"] is ok
    assert len(screen.lines) == 1


def test_an_error_is_a_result_line_in_json_and_two_lines_on_stderr_in_text() -> None:
    machine, person = Screen(json=True), Screen()
    error = Busy("The lane is held.", "Wait.")
    assert machine.output.error(error) == person.output.error(error) == 4
    assert machine.lines == [
        {
            "type": "result",
            "command": "sync",
            "ok": False,
            "error": {"kind": "busy", "message": "The lane is held.", "hint": "Wait."},
        }
    ]
    assert machine.err.getvalue() == ""
    assert person.out.getvalue() == ""
    assert person.err.getvalue() == "mediatui: The lane is held.\n  Wait.\n"


def test_a_second_ending_is_not_written() -> None:
    screen = Screen(json=True)
    screen.output.result()
    screen.output.interrupted()
    assert len(screen.lines) == 1


def test_progress_without_a_terminal_is_a_line_every_few_seconds() -> None:
    screen = Screen()
    screen.output.event(Phase("details", 100))
    for done in range(100):
        screen.clock.now += 0.1
        screen.output.event(Progress(done, 100))
    lines = screen.err.getvalue().splitlines()
    assert lines[0] == "details"
    assert 2 <= len(lines) <= 4
    assert "\x1b" not in screen.err.getvalue()
    assert screen.out.getvalue() == ""


def test_progress_on_a_terminal_is_one_line_rewritten_and_gone_before_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    screen = Screen(err=Terminal)
    screen.output.event(Phase("details"))
    for done in range(10):
        screen.clock.now += 1
        screen.output.event(Progress(done, None, "名" * 80))
    written = screen.err.getvalue()
    assert "\n" not in written
    assert all(len(part) <= 39 for part in written.split("\r\x1b[K"))
    screen.output.line("result")
    assert screen.err.getvalue().endswith("\r\x1b[K")


def test_a_wait_says_how_long_and_why_once() -> None:
    screen = Screen()
    screen.output.event(Phase("details"))
    for _ in range(50):
        screen.output.event(Waiting("the budget is used up", 0))
    assert screen.err.getvalue().count("the budget is used up") == 1


def test_json_progress_goes_to_stderr_only_with_verbose() -> None:
    silent, verbose = Screen(json=True), Screen(json=True, verbose=1)
    for screen in (silent, verbose):
        screen.output.event(Phase("details", 2))
        screen.output.event(Waiting("quota", 0.0))
        screen.output.event(Said("info", "hello"))
        screen.output.event(Changed("torrents", None))
    assert silent.err.getvalue() == ""
    assert [note["type"] for note in verbose.notes] == ["phase", "waiting", "log"]
    assert verbose.notes[1]["until"] == "1970-01-01T00:00:00Z"
    assert silent.out.getvalue() == verbose.out.getvalue() == ""


@pytest.mark.parametrize(
    ("verbose", "quiet", "levels"),
    [
        (0, False, ["info", "warning", "error"]),
        (1, False, ["debug", "info", "warning", "error"]),
        (0, True, ["warning", "error"]),
    ],
)
def test_log_lines_follow_verbose_and_quiet(verbose: int, quiet: bool, levels: list[str]) -> None:
    screen = Screen(verbose=verbose, quiet=quiet)
    for level in ("debug", "info", "warning", "error"):
        screen.output.event(Said(level, f"text of {level}"))  # type: ignore[arg-type]
    assert [line.rpartition(" ")[2] for line in screen.err.getvalue().splitlines()] == levels


def test_quiet_leaves_results() -> None:
    screen = Screen(quiet=True)
    screen.output.event(Phase("details"))
    screen.output.event(Progress(1, 2))
    screen.output.finished(Finished("done", "all well"))
    assert (screen.out.getvalue(), screen.err.getvalue()) == ("all well\n", "")


def test_found_rows_are_json_or_described() -> None:
    machine, person, mute = Screen(json=True), Screen(), Screen()
    event = FoundRow("step", {"kind": "x", "outcome": "planned"})
    machine.output.event(event, lambda found: "never")
    person.output.event(event, lambda found: f"{found.row['kind']}: {found.row['outcome']}")
    mute.output.event(event)
    assert machine.lines == [{"type": "step", "kind": "x", "outcome": "planned"}]
    assert person.out.getvalue() == "x: planned\n"
    assert mute.out.getvalue() == ""


def test_progress_reads_like_a_sentence() -> None:
    progress = Progress(812, 1156, "Foundation", rate=3.34, eta_s=103)
    assert progress_text("details", progress) == "details 812/1,156 · 3.3/s · 1m43s left · Foundation"
    assert progress_text("walking", Progress(5)) == "walking 5"
