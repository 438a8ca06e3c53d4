"""How soon rows of a search are on the screen, in a real pty: ``python -m tests.bench.bench_first_rows``.

Milliseconds from the answer of the first indexer to its first row on the terminal, while another indexer never answers:
with few rows, and with many. Ends with 1 when a limit is exceeded.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.bench.bench_requests import Report
from tests.bench.terminal import Terminal
from tests.fakes.arr import KEY
from tests.fakes.prowlarr import FakeProwlarr
from tests.fakes.sockets import Hang, on_socket

TIMES = 5
LIMIT_MS = 300.0
COUNTS = (100, 1_000)


class TimedProwlarr(FakeProwlarr):
    """A Prowlarr of one indexer that answers at once, and says when, and one that never does."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        names = [f"Zephyr.Quay.S{at % 9 + 1:02d}E{at % 97:02d}.MULTi.1080p.WEB.x264-GRP{at}" for at in range(rows)]
        self.add(1, names, ignores_limit=True)
        self.add(2, name="Silent")
        self.answered = 0.0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/search") and "2" in request.url.params.get_list("indexerIds"):
            raise Hang
        answer = super().__call__(request)
        if request.url.path.endswith("/search"):
            self.answered = time.perf_counter()
        return answer


def first_row_ms(folder: Path, rows: int) -> float:
    """Milliseconds from the answer of the indexer to the first of its rows on the terminal."""
    prowlarr = TimedProwlarr(rows)
    with on_socket(prowlarr) as address:
        config = folder / "config.toml"
        config.write_text(f'[prowlarr]\nenabled = true\nurl = "{address}"\napi_key = "{KEY}"\n')
        config.chmod(0o600)
        command = (sys.executable, "-m", "mediatui", "--config", str(config), "--data-dir", str(folder / "data"))
        with Terminal((*command, "search", "list"), columns=120, rows=40) as terminal:
            terminal.wait_for("Nothing was searched yet.")
            terminal.drain(quiet_s=1.5)
            for key in (":", "search zephyr quay"):
                terminal.press(key)
            terminal.send("enter")
            terminal.wait_for("Zephyr.", limit_s=60.0)
            return (time.perf_counter() - prowlarr.answered) * 1000


def main() -> int:
    """Runs the measurement; returns 1 when a limit was exceeded."""
    report = Report()
    for rows in COUNTS:
        found = []
        for _ in range(TIMES):
            with tempfile.TemporaryDirectory() as folder:
                found.append(first_row_ms(Path(folder), rows))
        report.at_most(f"first of {rows:,} rows on the screen", statistics.median(found), LIMIT_MS, "ms")
    return 0 if report.met else 1


if __name__ == "__main__":
    sys.exit(main())
