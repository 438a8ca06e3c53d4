"""What scanning a link library costs: ``python -m tests.bench.bench_scan [local] [slow] [memory] [screen]``.

``local``: 100,000 links with warm caches beside ``find ROOT -xtype l``, interleaved, each in a process of its own, and
the same broken links found. ``slow``: targets at 10 ms a call, beside one call for each link. ``memory``: a million
links, the peak of the scan's processes together. ``screen``: keys while that scan runs. Without a name all of them.
Libraries are made once under ``--worlds`` and kept. Ends with 1 when a limit is exceeded.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from mediatui.library.scan.slow_targets import SlowTargets, list_in_helper
from tests.bench.bench_requests import Report
from tests.bench.terminal import Terminal, figures
from tests.bench.world import archive_of

LINKS, MANY = 100_000, 1_000_000
TORRENTS, FILES = 20_000, 5
A_FOLDER = 10
ROUNDS = 7
SLOW_LINKS, SLOW_FOLDERS, CALL_S = 9_781, 1_845, 0.010
SAMPLE = 100
WALKED = """
import sys, time
from mediatui.system.walk import Walk, WalkOptions
began = time.perf_counter()
walk = Walk(WalkOptions([sys.argv[1].encode()], small_below=1024, read_targets=len(sys.argv) > 2))
for batch in walk.batches():
    for link in batch:
        if link[2] in ("broken", "loop"):
            sys.stdout.buffer.write(link[0] + b"\\0")
print(time.perf_counter() - began, file=sys.stderr)
"""


def library_of(links: int, folder: Path) -> Path:
    """A library of so many links in folders of ten, into 20,000 torrents of five files; 2 % lead nowhere, and 150 to
    themselves."""
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        view = folder / "mount" / "all"
        for torrent in range(TORRENTS):
            (view / f"Some.Film.{torrent}").mkdir(parents=True)
            for number in range(FILES):
                (view / f"Some.Film.{torrent}" / f"file.{number}.mkv").write_bytes(b"v" * 1500)
        for number in range(links):
            if number % A_FOLDER == 0:
                shelf = folder / "library" / f"Films {number // 100_000}" / f"Film {number // A_FOLDER}"
                shelf.mkdir(parents=True)
            at = number // FILES % TORRENTS
            name = f"Some.Film.{at}" if number % 100 else f"Gone.Film.{at}"
            file = f"file.{number % FILES}.mkv" if number % 100 != 50 else "gone.mkv"
            os.symlink(view / name / file, shelf / f"{number}.mkv")
        for number in range(150):
            os.symlink(f"loop {number}", folder / "library" / f"loop {number}")
        (folder / "done").touch()
    return folder


def timed(command: list[str]) -> tuple[float, set[bytes], float, float]:
    """The wall time of a command, the paths it printed, the time it measured itself (0 when it did not), and the
    processor time of all its processes."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, check=False)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    last = done.stderr.split(b"\n")[-2:-1]
    own = float(last[0]) if last and last[0].replace(b".", b"").isdigit() else 0.0
    return seconds, {*done.stdout.split(b"\0")[:-1]}, own, cpu


def measure_local(report: Report, worlds: Path) -> None:
    """Two walking processes beside ``find``, as the running program starts them and with the start of Python; and the
    whole job. Where other programs run meanwhile only the ratio of processor times says anything."""
    root = library_of(LINKS, worlds / f"links-{LINKS}") / "library"
    ours = [sys.executable, "-c", WALKED, str(root)]
    commands = (ours, ["find", str(root), "-xtype", "l", "-print0"], [*ours, "texts"])
    runs = [[timed(command) for command in commands] for _ in range(ROUNDS + 1)][1:]
    (_, walked, *_), (_, found, *_), (_, with_texts, *_) = runs[0]
    loops = {os.fsencode(root / f"loop {number}") for number in range(150)}
    ratio = statistics.median(walk[2] / find[0] for walk, find, _ in runs)
    report.at_most(f"{LINKS:,} links and their targets, times find -xtype l", ratio, 0.7)
    ratio = statistics.median(walk[0] / find[0] for walk, find, _ in runs)
    report.at_most("    with the start of Python", ratio, 0.85)
    ratio = statistics.median(walk[3] / find[3] for walk, find, _ in runs)
    report.at_most("    processor time (two cores halve it), with the start", ratio, 1.5)
    report.at_most("    with the texts of targets too", statistics.median(t[2] / f[0] for _, f, t in runs), 1.0)
    report.at_most("    seconds", statistics.median(walk[0] for walk, *_ in runs), 2.0, "s")
    report.at_most("    found by one alone (find misses loops)", len(walked ^ (found | loops)), 0)
    report.at_most("    found by one alone, with texts", len(with_texts ^ (found | loops)), 0)
    with data_dir(worlds, root.parent) as command:
        seconds, *_ = timed(command)
        report.at_least("    whole scan, stored and matched: links/s", LINKS / seconds, 10_000, "/s")


def measure_slow(report: Report, worlds: Path) -> None:
    """Targets at 10 ms a call: grouped by folder beside one by one."""
    mount = library_of(LINKS, worlds / f"links-{LINKS}") / "mount"
    view = os.fsencode(mount / "all")
    wanted = [
        (b"%d" % number, view + b"/Some.Film.%d/file.%d.mkv" % (number % SLOW_FOLDERS, number // SLOW_FOLDERS % FILES))
        for number in range(SLOW_LINKS)
    ]

    def slowly(call: Callable[[bytes], object]) -> Callable[[bytes], object]:
        def wait(path: bytes) -> object:
            time.sleep(CALL_S)
            return call(path)

        return wait

    began = time.perf_counter()
    for _, target in wanted[:SAMPLE]:
        slowly(os.stat)(target)
    one_by_one = (time.perf_counter() - began) / SAMPLE * SLOW_LINKS
    targets = SlowTargets([os.fsencode(mount)], list_folder=slowly(list_in_helper))  # type: ignore[arg-type]
    began = time.perf_counter()
    batches = targets.judge([*wanted, *((b"gone%d" % one, view + b"/Gone.%d/x.mkv" % one) for one in range(100))])
    first = next(batches)
    torrent_level = time.perf_counter() - began
    states = {state for batch in batches for _, state, _ in batch}
    seconds = time.perf_counter() - began
    assert (first[0][1], states) == ("broken", {"ok", "broken"})
    report.at_least(f"{SLOW_LINKS:,} links at 10 ms, times faster than a stat each", one_by_one / seconds, 50)
    report.at_most("    seconds", seconds, 2.5, "s")
    report.at_most(f"    calls for {SLOW_FOLDERS:,} folders", targets.calls, SLOW_FOLDERS + 20)
    report.at_most("    torrents that are gone are known after", torrent_level, 2.0, "s")


@contextlib.contextmanager
def data_dir(worlds: Path, library: Path, rows: int = 1_000) -> Iterator[list[str]]:
    """The command of a scan of a library, headless, in a data dir of its own."""
    archive = archive_of(rows, worlds / str(rows))
    with tempfile.TemporaryDirectory(dir=worlds) as folder:
        shutil.copy(archive / "mediatui.db", folder)
        os.environ["MEDIATUI_LIBRARY__ROOTS"] = json.dumps([str(library / "library")])
        os.environ["MEDIATUI_LIBRARY__MOUNTS"] = json.dumps([str(library / "mount")])
        yield [sys.executable, "-m", "mediatui", "--data-dir", folder, "--json", "scan"]


def peak_mb(pid: int) -> float:
    """The peak memory of a process so far in MB, 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def family(pid: int) -> list[int]:
    """A process and its children."""
    found = [pid]
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    return found


def measure_memory(report: Report, worlds: Path) -> None:
    """A scan of a million links: the peaks of all its processes, added up."""
    library = library_of(MANY, worlds / f"links-{MANY}")
    with data_dir(worlds, library) as command, subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        peaks: dict[int, float] = {}
        began = time.perf_counter()
        while process.poll() is None:
            for pid in family(process.pid):
                peaks[pid] = max(peaks.get(pid, 0.0), peak_mb(pid))
            time.sleep(0.2)
        seconds = time.perf_counter() - began
    report.at_most(f"{MANY:,} links: peak memory of all processes", sum(peaks.values()), 300, "MB")
    report.at_least("    links/s", MANY / seconds, 5_000, "/s")


def measure_screen(report: Report, worlds: Path) -> None:
    """The cursor in the list of torrents while a million links are scanned."""
    library = library_of(MANY, worlds / f"links-{MANY}")
    with data_dir(worlds, library) as command:
        command = [word for word in command if word != "--json"]
        with Terminal(command, columns=120, rows=40) as terminal:
            terminal.wait_for("walking the library")
            terminal.press("1", quiet_s=1.0)
            for key in ("j", "k") * 5:
                terminal.press(key, quiet_s=0.05)
            answers = [terminal.press("j" if number // 5 % 2 == 0 else "k", quiet_s=0.05) for number in range(150)]
            scanning = terminal.process.poll() is None
        if not scanning or any(answer.frames == 0 for answer in answers):
            raise SystemExit("a key drew nothing, or the scan ended: the figures would mean nothing")
    first = sorted(answer.first_ms for answer in answers)
    report.at_most("a key while scanning, p95, to its first frame", first[int(len(first) * 0.95)], 16, "ms")
    report.at_most("    p50, to its last byte", figures(answers).p50_ms, 16, "ms")


MEASURES = {"local": measure_local, "slow": measure_slow, "memory": measure_memory, "screen": measure_screen}


def main() -> int:
    """Runs the measurements; returns 1 when a limit was exceeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=Path, default=Path(tempfile.gettempdir()) / "mediatui-bench")
    parser.add_argument("names", nargs="*", choices=[[], *MEASURES], metavar="|".join(MEASURES))
    options = parser.parse_args()
    options.worlds.mkdir(parents=True, exist_ok=True)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["MEDIATUI_REALDEBRID__TOKEN"] = "BENCH"
    os.environ["MEDIATUI_REALDEBRID__BASE_URL"] = "http://127.0.0.1:9/none"
    report = Report()
    for name in options.names or MEASURES:
        MEASURES[name](report, options.worlds)
    return 0 if report.met else 1


if __name__ == "__main__":
    sys.exit(main())
