"""What the big table costs at 1,000 and 200,000 rows, through a pty: ``python -m tests.bench.bench_table``.

Another program can be measured instead: everything after ``--`` is its command, ``{rows}`` in it the number of rows.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.terminal import Figures, Terminal, figures

SIZES = ((120, 40), (80, 24))
COUNTS = (1_000, 200_000)
OWN = (sys.executable, "-m", "tests.bench.table_app", "{rows}")
WARM_UP = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: figures of a move inside the window, of ``j`` held past its edge, of pages; idle bytes; memory."""

    columns: int
    lines: int
    rows: int
    first_paint_ms: float
    move: Figures
    held: Figures
    page: Figures
    idle_bytes: int
    rss_mb: float


def measure(
    command: Sequence[str], rows: int, columns: int, lines: int, *, moves: int = 60, shown: str = "Name"
) -> Measured:
    """Runs ``command`` in a terminal and measures it once it shows ``shown`` and is quiet."""
    filled = [part.format(rows=rows) for part in command]
    with Terminal(filled, columns=columns, rows=lines) as terminal:
        first_paint = terminal.wait_for(shown) * 1000
        terminal.drain(quiet_s=1.0)
        for key in ("j", "k") * WARM_UP:
            terminal.press(key)
        move = [terminal.press("j" if number // 5 % 2 == 0 else "k") for number in range(moves)]
        page = [terminal.press("pagedown") for _ in range(max(10, moves // 3))]
        terminal.press("home")
        for _ in range(lines):
            terminal.press("j", quiet_s=0.01)
        held = [terminal.press("j", quiet_s=0.03) for _ in range(moves * 2)]
        idle = terminal.idle_bytes(3.0)
        rss = terminal.rss_mb()
    return Measured(columns, lines, rows, first_paint, figures(move), figures(held), figures(page), idle, rss)


def report(results: Sequence[Measured]) -> str:
    """A table for people."""
    head = (
        f"{'size':>7} {'rows':>8} {'shown':>7} {'move p50':>9} {'p95':>6} {'bytes':>6} "
        f"{'held p95':>9} {'bytes':>6} {'page p95':>9} {'bytes':>6} {'idle':>5} {'RSS':>7}"
    )
    lines = [head]
    lines += [
        f"{run.columns:>3}x{run.lines:<3} {run.rows:>8,} {run.first_paint_ms:>5.0f}ms {run.move.p50_ms:>7.1f}ms "
        f"{run.move.p95_ms:>6.1f} {run.move.bytes:>6.0f} {run.held.p95_ms:>9.1f} {run.held.bytes:>6.0f} "
        f"{run.page.p95_ms:>9.1f} {run.page.bytes:>6.0f} {run.idle_bytes:>5} {run.rss_mb:>5.0f}MB"
        for run in results
    ]
    return "\n".join(lines)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, action="append", help="numbers of rows (several times)")
    parser.add_argument("--moves", type=int, default=60, help="keys for each figure")
    parser.add_argument("--shown", default="Name", help="text that says the program is ready")
    parser.add_argument("command", nargs="*", help="another program to measure")
    options = parser.parse_args()
    command = options.command or OWN
    results = [
        measure(command, rows, columns, lines, moves=options.moves, shown=options.shown)
        for columns, lines in SIZES
        for rows in options.rows or COUNTS
    ]
    sys.stdout.write(report(results) + "\n")


if __name__ == "__main__":
    main()
