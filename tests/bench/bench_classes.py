"""What classifying an archive costs: ``python -m tests.bench.bench_classes``.

CPU time of one pass over every row, and of the pass after a sync changed a few of them, which only touches those.
Ends with 1 when a limit is exceeded. ``--dir`` keeps the archive for the next time.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from mediatui.store.torrents.classes import class_counts, classify_due, due_count
from tests.bench.bench_requests import Report
from tests.bench.world import archive_of

ROWS = 200_000
CHANGED = 40
ROUNDS = 5


def measure(report: Report, path: Path) -> None:
    """The whole pass, the pass after a few changes, and the question whether anything is due."""
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA synchronous = NORMAL")
        now = time.time()
        whole = [_pass_over(writer, now, "") for _ in range(ROUNDS)]
        few = [_pass_over(writer, now, f"WHERE key % {ROWS // CHANGED} = {number}") for number in range(ROUNDS)]
        began = time.process_time()
        for _ in range(ROUNDS):
            assert due_count(writer, now) == 0
        asked = (time.process_time() - began) / ROUNDS
        classes = len(class_counts(writer))
    report.at_most(f"{ROWS:,} rows in {classes} classes, one pass: CPU", statistics.median(whole), 2, "s")
    ratio = statistics.median(few) / statistics.median(whole)
    report.at_most(f"    {CHANGED} changed rows, of that", 100 * ratio, 1, "%")
    report.at_most("    asking whether any row is due: CPU", 1000 * asked, 5, "ms")


def _pass_over(writer: sqlite3.Connection, now: float, rows: str) -> float:
    """CPU seconds of a pass after the classes of these rows were forgotten."""
    writer.execute(f"UPDATE torrents SET class = NULL, class_due = NULL {rows}")
    due = due_count(writer, now)
    assert due == (CHANGED if rows else ROWS)
    began = time.process_time()
    assert classify_due(writer, now) == due
    return time.process_time() - began


def main() -> int:
    """Runs the measurement; returns 1 when a limit was exceeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path)
    folder = parser.parse_args().dir
    report = Report()
    with tempfile.TemporaryDirectory() as fresh:
        measure(report, archive_of(ROWS, folder or Path(fresh)) / "mediatui.db")
    return 0 if report.met else 1


if __name__ == "__main__":
    sys.exit(main())
