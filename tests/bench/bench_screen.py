"""What the full screen costs at 1,000 and 200,000 torrents, in a real pty: ``python -m tests.bench.bench_screen``.

Prints each figure beside what it must reach. Archives are made once under ``--worlds`` and kept. Times are from the key
to the last byte the terminal got; bytecode is cached, as on a user's machine.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

from mediatui.demo.seed import make_torrents
from tests.bench.bench_table import Measured, measure, report
from tests.bench.terminal import Figures, Terminal, figures
from tests.bench.world import archive_of

COUNTS = (1_000, 200_000)
SIZES = ((120, 40), (80, 24))
WORD = "station 1080p web"
VIEWS = ("3", "1", "0", "1", ",", "1")
SHOWN = make_torrents(1)[0].filename[:12]
"""The beginning of the newest torrent's name: the first row."""


def _command(worlds: Path) -> list[str]:
    return [sys.executable, "-m", "mediatui", "--data-dir", str(worlds / "{rows}")]


def filter_keys(command: list[str], rows: int) -> Figures:
    """A word typed into the filter and taken back, key by key, once the index is loaded."""
    with Terminal([part.format(rows=rows) for part in command], columns=120, rows=40) as terminal:
        terminal.wait_for(SHOWN)
        terminal.drain(quiet_s=2.5)
        answers = []
        for _ in range(3):
            terminal.press("/")
            answers += [terminal.press(key) for key in WORD]
            terminal.press("escape", quiet_s=0.3)
            terminal.press("escape", quiet_s=0.3)
        return figures(answers)


def view_switches(command: list[str], rows: int) -> list[float]:
    """Milliseconds from the key to the first frame, which holds the whole new view (a later one moves the focus),
    once each view was shown; sorted."""
    with Terminal([part.format(rows=rows) for part in command], columns=120, rows=40) as terminal:
        terminal.wait_for(SHOWN)
        terminal.drain(quiet_s=2.5)
        for key in VIEWS:
            terminal.press(key, quiet_s=4.0)
        answers = [terminal.press(key, quiet_s=0.2) for _ in range(5) for key in VIEWS]
    if any(answer.frames == 0 for answer in answers):
        raise SystemExit("a view switch drew nothing: the figures would mean nothing")
    return sorted(answer.first_ms for answer in answers)


def first_paint(command: list[str], rows: int, times: int = 7) -> float:
    """Milliseconds from spawning the program to rows on the screen: the median of several warm starts."""
    found = []
    for _ in range(times):
        with Terminal([part.format(rows=rows) for part in command], columns=120, rows=40) as terminal:
            found.append(terminal.wait_for(SHOWN) * 1000)
    return statistics.median(found)


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=Path, default=Path(tempfile.gettempdir()) / "mediatui-bench")
    options = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["MEDIATUI_REALDEBRID__TOKEN"] = "BENCH"
    os.environ["MEDIATUI_REALDEBRID__BASE_URL"] = "http://127.0.0.1:9/none"
    for rows in COUNTS:
        archive_of(rows, options.worlds / str(rows))
    command = _command(options.worlds)
    tables = {(size, rows): measure(command, rows, *size, moves=150, shown=SHOWN) for size in SIZES for rows in COUNTS}
    sys.stdout.write(report(list(tables.values())) + "\n")
    _judge(command, tables)


def _judge(command: list[str], tables: dict[tuple[tuple[int, int], int], Measured]) -> None:
    few, many = COUNTS
    wide, narrow = SIZES
    paint = {rows: first_paint(command, rows) for rows in COUNTS}
    typed, switched = filter_keys(command, many), view_switches(command, many)
    big = tables[wide, many]
    lines = [
        ("cursor key, p95 ms", max(tables[size, many].move.p95_ms for size in SIZES), 16.0),
        ("cursor key, p95, times that at 1,000 rows", big.move.p95_ms / tables[wide, few].move.p95_ms, 1.2),
        ("filter key, p95 ms", typed.p95_ms, 60.0),
        ("view switch, p50 ms", statistics.median(switched), 20.0),
        ("view switch, p95 ms", switched[int(len(switched) * 0.95)], 20.0),
        ("first paint, ms", paint[many], 600.0),
        ("first paint, times that at 1,000 rows", paint[many] / paint[few], 1.2),
        ("memory, MB", max(tables[size, many].rss_mb for size in SIZES), 150.0),
        ("bytes a move, 120x40", big.move.bytes, 520.0),
        ("bytes a move, 80x24", tables[narrow, many].move.bytes, 360.0),
        ("bytes a key, j held", big.held.bytes, 1300.0),
        ("bytes idle, 3 s", max(tables[size, many].idle_bytes for size in SIZES), 0.0),
    ]
    for name, figure, most in lines:
        verdict = "ok  " if figure <= most else "MISS"
        sys.stdout.write(f"{verdict} {name:<44} {figure:>8.1f}  (at most {most:g})\n")


if __name__ == "__main__":
    main()
