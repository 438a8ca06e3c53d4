"""What the playability checks cost: ``python -m tests.bench.bench_playable``.

The head-and-tail check over local files beside a bare open and fstat of the same files, interleaved, best of several
rounds; then ffprobe with as many processes at once as there are cores. Ends with 1 when a limit is exceeded.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mediatui.system.ffprobe import find_ffprobe, probe
from mediatui.system.head_and_tail import check_head_and_tail
from tests.bench.bench_requests import Report
from tests.worlds.samples import make_samples

FILES = 2_000
ROUNDS = 7
PROBES = 60
GOOD = ("good.mkv", "moov-first.mp4", "moov-last.mp4", "good.avi", "good.ts")


def bare(path: bytes) -> None:
    """What every look must do at least."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    os.fstat(file)
    os.close(file)


def playable(path: bytes) -> None:
    """One look, which must find what the file is."""
    found = check_head_and_tail(path)
    assert found.verdict == "playable", found


def rate(paths: list[bytes], visit: Callable[[bytes], None]) -> float:
    """Files a second."""
    began = time.perf_counter()
    for path in paths:
        visit(path)
    return len(paths) / (time.perf_counter() - began)


async def probe_rate(paths: list[bytes], workers: int) -> float:
    """Files a second with ``workers`` processes at once."""
    ffprobe, waiting = find_ffprobe(""), iter(paths)

    async def work() -> None:
        for path in waiting:
            found = await probe(ffprobe, path, timeout_s=60)
            assert found.verdict == "playable", found

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(workers)))
    return len(paths) / (time.perf_counter() - began)


def copies(folder: Path) -> list[bytes]:
    """``FILES`` files of their own content on disk, of five containers."""
    samples, target = folder / "samples", folder / "files"
    samples.mkdir()
    target.mkdir()
    make_samples(samples)
    paths = [target / f"{number} {GOOD[number % len(GOOD)]}" for number in range(FILES)]
    for number, path in enumerate(paths):
        shutil.copyfile(samples / GOOD[number % len(GOOD)], path)
    return [os.fsencode(path) for path in paths]


def main() -> int:
    """Runs the measurement; returns 1 when a limit was exceeded."""
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        paths = copies(Path(folder))
        pairs = [(rate(paths, bare), rate(paths, playable)) for _ in range(ROUNDS)]
        least, looked = max(one for one, _ in pairs), max(one for _, one in pairs)
        report.at_least(f"{FILES:,} files, head and tail", looked, 20_000, "/s")
        report.at_most("    times a bare open and fstat", least / looked, 8)
        cores = os.cpu_count() or 1
        probed = asyncio.run(probe_rate(paths[:PROBES], cores))
        report.at_least(f"{PROBES} files, ffprobe, {cores} at once", probed, 5, "/s")
        report.at_most("    times a bare open and fstat", least / probed, 100_000)
    return 0 if report.met else 1


if __name__ == "__main__":
    sys.exit(main())
