"""What the full screen costs at 1,000 and 200,000 torrents, in a real pty: ``python -m tests.bench.bench_screen``.

Prints each figure beside what it must reach: ratios to a bare Textual app, or to the screen at 1,000 torrents, wherever
they say it better than milliseconds of a machine, which are printed too, with the time of a loop on it. What is
compared is measured in turns. Archives are made once under ``--worlds`` and kept. Times are from the key to the last
byte the terminal got, of a new view to the first frame, which holds it whole; bytecode is cached, as on a user's.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from mediatui.demo.seed import make_torrents
from tests.bench.bare_app import READY
from tests.bench.bench_table import Measured, measure, report
from tests.bench.terminal import Answer, Terminal, figures
from tests.bench.world import archive_of

FEW, MANY = COUNTS = (1_000, 200_000)
SIZES = ((120, 40), (80, 24))
WORD = "station 1080p web"
VIEWS = ("3", "1", "0", "1", ",", "1")
SHOWN = make_torrents(1)[0].filename[:12]
"""The beginning of the newest torrent's name: the first row."""
BARE = (sys.executable, "-m", "tests.bench.bare_app")
LOOP = 2_000_000
FOLLOWS_S = 0.3
"""Longer than the details wait for the cursor to rest: what they draw belongs to the move."""


@contextlib.contextmanager
def in_terminal(command: Sequence[str], shown: str) -> Iterator[Terminal]:
    """A command at 120x40, once it shows a text and is quiet."""
    with Terminal(command, columns=120, rows=40) as terminal:
        terminal.wait_for(shown)
        terminal.drain(quiet_s=2.5)
        yield terminal


def forget_screens(worlds: Path) -> None:
    """Has the screens begin as new ones do: what a run opened is remembered otherwise."""
    for file in worlds.glob("*/screen.json"):
        file.unlink()


def loop_ms() -> float:
    """Milliseconds of an empty loop of 2,000,000: how fast this machine is just now, the best of five."""
    return min(_loop() for _ in range(5)) * 1000


def _loop() -> float:
    began = time.perf_counter()
    for _ in range(LOOP):
        pass
    return time.perf_counter() - began


def filter_keys(command: Sequence[str]) -> float:
    """A word typed into the filter and taken back, key by key, once the index is loaded: p95 milliseconds."""
    with in_terminal(command, SHOWN) as terminal:
        answers = []
        for _ in range(3):
            terminal.press("/")
            answers += [terminal.press(key) for key in WORD]
            terminal.press("escape", quiet_s=0.3)
            terminal.press("escape", quiet_s=0.3)
        return figures(answers).p95_ms


def first_paints(commands: Mapping[str, tuple[Sequence[str], str]], times: int) -> dict[str, float]:
    """Milliseconds from spawning each program to its text on the screen, the median of several warm starts in turns."""
    found: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(times):
        for name, (command, shown) in commands.items():
            with Terminal(command, columns=120, rows=40) as terminal:
                found[name].append(terminal.wait_for(shown) * 1000)
    return {name: statistics.median(several) for name, several in found.items()}


def view_switches(command: Sequence[str], times: int) -> tuple[list[float], list[float]]:
    """Milliseconds from the key to the new view, of the screen (each view was shown before) and of a bare app with two
    pages, in turns; sorted."""
    with in_terminal(command, SHOWN) as screen, in_terminal(BARE, READY) as bare:
        for key in VIEWS:
            screen.press(key, quiet_s=4.0)
        ours, bares = [], []
        for _ in range(times):
            for number, key in enumerate(VIEWS):
                ours.append(screen.press(key, quiet_s=0.2))
                bares.append(bare.press("21"[number % 2], quiet_s=0.2))
    if any(answer.frames == 0 for answer in (*ours, *bares)):
        raise SystemExit("a view switch drew nothing: the figures would mean nothing")
    return sorted(one.first_ms for one in ours), sorted(one.first_ms for one in bares)


def moves_with_details(commands: Mapping[int, Sequence[str]], times: int) -> dict[int, list[Answer]]:
    """What moves of the cursor cost with the details open and following, at each number of rows, in turns."""
    found: dict[int, list[Answer]] = {rows: [] for rows in commands}
    with contextlib.ExitStack() as stack:
        terminals = {rows: stack.enter_context(in_terminal(command, SHOWN)) for rows, command in commands.items()}
        for terminal in terminals.values():
            for key in ("enter", *"jk" * 5):
                terminal.press(key, quiet_s=FOLLOWS_S)
        for number in range(times):
            for rows, terminal in terminals.items():
                found[rows].append(terminal.press("jk"[number // 10 % 2], quiet_s=FOLLOWS_S))
    return found


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=Path, default=Path(tempfile.gettempdir()) / "mediatui-bench")
    parser.add_argument("--times", type=int, default=5, help="rounds of starts and switches")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["MEDIATUI_REALDEBRID__TOKEN"] = "BENCH"
    os.environ["MEDIATUI_REALDEBRID__BASE_URL"] = "http://127.0.0.1:9/none"
    commands: dict[int, list[str]] = {}
    for rows in COUNTS:
        folder = archive_of(rows, options.worlds / str(rows))
        commands[rows] = [sys.executable, "-m", "mediatui", "--data-dir", str(folder)]
    sys.stdout.write(f"an empty loop of {LOOP:,}: {loop_ms():.0f} ms\n")
    forget_screens(options.worlds)
    _judge_ratios(commands, options.times)
    forget_screens(options.worlds)
    tables = {
        (size, rows): measure(commands[rows], rows, *size, moves=150, shown=SHOWN) for size in SIZES for rows in COUNTS
    }
    sys.stdout.write(report(list(tables.values())) + "\n")
    _judge_moves(tables)
    sys.stdout.write(f"an empty loop of {LOOP:,}: {loop_ms():.0f} ms\n")


def _judge_ratios(commands: Mapping[int, Sequence[str]], times: int) -> None:
    starts = {"few": (commands[FEW], SHOWN), "many": (commands[MANY], SHOWN), "bare": (BARE, READY)}
    paint = first_paints(starts, times + 2)
    ours, bare = view_switches(commands[MANY], times)
    filtering = filter_keys(commands[MANY])
    details = moves_with_details(commands, times * 20)
    last = {rows: p95([answer.first_ms for answer in answers]) for rows, answers in details.items()}
    lines = [
        ("first paint, times that of a bare app", paint["many"] / paint["bare"], 2.0),
        ("first paint, times that at 1,000 rows", paint["many"] / paint["few"], 1.2),
        ("first paint, ms", paint["many"], 600.0),
        ("view switch, p50, times that of a bare app", statistics.median(ours) / statistics.median(bare), 1.3),
        ("view switch, p95, times that of a bare app", p95(ours) / p95(bare), 1.6),
        ("view switch, p95 ms", p95(ours), 20.0),
        ("cursor key with details, p95, times 1,000 rows", last[MANY] / last[FEW], 1.2),
        ("bytes a move with details, 120x40", statistics.mean(one.bytes for one in details[MANY]), 1200.0),
        ("filter key, p95 ms", filtering, 60.0),
    ]
    _print(lines)


def _judge_moves(tables: Mapping[tuple[tuple[int, int], int], Measured]) -> None:
    wide, narrow = SIZES
    big = tables[wide, MANY]
    lines = [
        ("cursor key, p95 ms", max(tables[size, MANY].move.p95_ms for size in SIZES), 16.0),
        ("cursor key, p95, times that at 1,000 rows", big.move.p95_ms / tables[wide, FEW].move.p95_ms, 1.2),
        ("memory, MB", max(tables[size, MANY].rss_mb for size in SIZES), 150.0),
        ("bytes a move, 120x40", big.move.bytes, 520.0),
        ("bytes a move, 80x24", tables[narrow, MANY].move.bytes, 360.0),
        ("bytes a key, j held", big.held.bytes, 1300.0),
        ("bytes idle, 3 s", max(tables[size, MANY].idle_bytes for size in SIZES), 0.0),
    ]
    _print(lines)


def _print(lines: Sequence[tuple[str, float, float]]) -> None:
    for name, figure, most in lines:
        verdict = "ok  " if figure <= most else "MISS"
        sys.stdout.write(f"{verdict} {name:<46} {figure:>8.2f}  (at most {most:g})\n")


if __name__ == "__main__":
    main()
