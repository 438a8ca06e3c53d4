"""Fetching from a real sshd against OpenSSH's sftp, lftp and rsync: ``python -m tests.bench.bench_sftp [PART ...]``.

Parts: ``large`` (1 GiB on loopback, pieces proven), ``far`` (100 MiB at 40 ms round trip), ``small`` (1,000 files of
20 KiB at 40 ms), ``resume`` (cut at 90 %). Each is measured in turns, and the best of each counts; ratios are within
one run. Needs sshd, sftp, lftp and rsync; what is missing is left out and said.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import asyncio
import contextlib
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mediatui.acquire.fetching.fetch import Fetch, FetchProgress
from mediatui.acquire.fetching.one_file import Wanted
from mediatui.acquire.fetching.room import Room
from mediatui.model.torrent_pieces import PieceFile, TorrentPieces
from tests.worlds.delay import DelayProxy
from tests.worlds.sshd import RealSshd

MIB = 1024 * 1024
PIECE = 4 * MIB
ROUND_TRIP_S = 0.040
USUAL = {"large": 3, "far": 3, "small": 1, "resume": 1}


class Bench:
    """One sshd, its files, and where fetched ones go."""

    def __init__(self, server: RealSshd, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.number = 0

    def target(self) -> Path:
        """A new folder."""
        self.number += 1
        made = self.folder / f"to-{self.number}"
        made.mkdir()
        return made

    def ours(self, names: Sequence[str], port: int, pieces: TorrentPieces | None) -> FetchProgress:
        """Fetches files with mediatui."""
        return asyncio.run(self._ours(names, port, pieces, self.target()))

    async def _ours(self, names: Sequence[str], port: int, pieces: TorrentPieces | None, target: Path) -> FetchProgress:
        from mediatui.services.sftp.client import Sftp

        self.server.pin(port)
        files = Sftp(self.server.section(port=port), self.server.known)
        root = os.fsencode(self.server.root)
        wanted = [
            Wanted(
                remote=root + b"/" + os.fsencode(name), name=(os.fsencode(name),), size=size_of(self.server, name),
                position=at if pieces is not None else None,
            )
            for at, name in enumerate(names)
        ]  # fmt: skip
        held = asyncio.create_task(longest_hold())
        try:
            fetch = Fetch(
                files, target, wanted, roots=[os.fsencode(self.server.folder)], room=Room(target, 0), pieces=pieces
            )
            done = await fetch.run()
        finally:
            await files.close()
            held.cancel()
        assert done.whole, [(one.state, one.error) for one in done.files if one.state != "done"][:3]
        self.held = max(getattr(self, "held", 0.0), max(HOLDS, default=0.0))
        return done

    def command(self, *words: str) -> Callable[[], None]:
        """Runs a command to its end."""

        def run() -> None:
            done = subprocess.run(words, capture_output=True, timeout=900)
            assert done.returncode == 0, (words, done.stderr[-500:])

        return run

    def ssh(self, port: int) -> str:
        """ssh with the key of this server, and no questions."""
        return (
            f"ssh -F none -p {port} -i {self.server.key} -o IdentitiesOnly=yes -o StrictHostKeyChecking=no "
            "-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
        )

    def sftp(self, port: int, name: str) -> Callable[[], None]:
        user = self.server.section().user
        words = self.ssh(port).split()[1:]
        words[words.index("-p")] = "-P"
        return self.command(
            "sftp", *words, "-q", f"{user}@127.0.0.1:{self.server.root}/{name}", str(self.target()) + "/"
        )

    def rsync(self, port: int, name: str) -> Callable[[], None]:
        user = self.server.section().user
        source = f"{user}@127.0.0.1:{self.server.root}/{name}"
        return self.command("rsync", "-W", "-e", self.ssh(port), source, str(self.target()) + "/")

    def lftp(self, port: int, line: str) -> Callable[[], None]:
        user = self.server.section().user
        script = (
            f"set sftp:connect-program '{self.ssh(port)} -a -x'; open -u {user}, sftp://127.0.0.1:{port}; {line}; bye"
        )
        return self.command("lftp", "--norc", "-c", script)


HOLDS: list[float] = []


async def longest_hold() -> None:
    """Notes how long the event loop worked between two looks of 5 ms: in time of its own thread, for on a busy machine
    others take turns meanwhile."""
    while True:
        began = time.thread_time()
        await asyncio.sleep(0.005)
        HOLDS.append(time.thread_time() - began)


def size_of(server: RealSshd, name: str) -> int:
    return (server.root / name).stat().st_size


def make_file(path: Path, size: int, seed: int) -> None:
    """A file of bytes that cannot be packed."""
    block = random.Random(seed).randbytes(MIB)
    with open(path, "wb") as stream:
        for number in range(-(-size // MIB)):
            stream.write((number.to_bytes(8, "big") + block[8:])[: size - number * MIB])


def pieces_of(server: RealSshd, names: Sequence[str]) -> TorrentPieces:
    """The pieces of files as a torrent would have them."""
    at, files, hashes, digest, room = 0, [], bytearray(), hashlib.sha1(), PIECE
    for name in names:
        size = size_of(server, name)
        files.append(PieceFile((name.encode(),), size, at))
        at += size
        with open(server.root / name, "rb") as stream:
            while data := stream.read(room):
                digest.update(data)
                room -= len(data)
                if not room:
                    hashes += digest.digest()
                    digest, room = hashlib.sha1(), PIECE
    if room < PIECE:
        hashes += digest.digest()
    return TorrentPieces(b"bench", PIECE, bytes(hashes), tuple(files))


def best(turns: int, ways: dict[str, Callable[[], Callable[[], object] | None]]) -> dict[str, float]:
    """The shortest time of each way, measured in turns."""
    times: dict[str, float] = {}
    for _ in range(turns):
        for name, make in ways.items():
            run = make()
            if run is None:
                continue
            began = time.perf_counter()
            run()
            times[name] = min(times.get(name, 1e9), time.perf_counter() - began)
    return times


def report(title: str, size: int, times: dict[str, float], must: dict[str, float]) -> None:
    """Prints rates, and ratios beside what they must reach."""
    print(f"\n{title}")
    ours = times["mediatui"]
    for name, seconds in times.items():
        ratio, least = seconds / ours, must.get(name)
        said = "" if name == "mediatui" else f"   {ratio:5.2f} x"
        said += "" if least is None else f" (must be >= {least:.1f}: {'yes' if ratio >= least else 'NO'})"
        print(f"  {name:<22} {seconds:7.2f} s {size / MIB / seconds:8.1f} MiB/s{said}")
    for name in must:
        if name not in times:
            print(f"  {name:<22} not installed")


def has(program: str) -> bool:
    return shutil.which(program) is not None


def large(bench: Bench, turns: int) -> None:
    make_file(bench.server.root / "large.bin", 1024 * MIB, 1)
    pieces, port = pieces_of(bench.server, ["large.bin"]), bench.server.port
    path = f"{bench.server.root}/large.bin"

    def clean(make: Callable[[], Callable[[], object]]) -> Callable[[], Callable[[], object]]:
        def made() -> Callable[[], object]:
            for old in bench.folder.glob("to-*"):
                shutil.rmtree(old)
            return make()

        return made

    ways: dict[str, Callable[[], Callable[[], object] | None]] = {
        "mediatui": clean(lambda: lambda: bench.ours(["large.bin"], port, pieces)),
        "mediatui, no proof": clean(lambda: lambda: bench.ours(["large.bin"], port, None)),
    }
    if has("sftp"):
        ways["sftp"] = clean(lambda: bench.sftp(port, "large.bin"))
    if has("lftp"):
        ways["lftp get"] = clean(lambda: bench.lftp(port, f"get {path} -o {bench.target()}/large.bin"))
    report(
        "1 GiB on loopback", 1024 * MIB, best(turns, ways), {"sftp": 1.0, "lftp get": 1.2, "mediatui, no proof": 0.85}
    )
    (bench.server.root / "large.bin").unlink()


def far(bench: Bench, turns: int) -> None:
    make_file(bench.server.root / "far.bin", 100 * MIB, 2)
    pieces, path = pieces_of(bench.server, ["far.bin"]), f"{bench.server.root}/far.bin"
    with DelayProxy(bench.server.port, ROUND_TRIP_S) as proxy:
        port = proxy.port
        ways: dict[str, Callable[[], Callable[[], object] | None]] = {
            "mediatui": lambda: lambda: bench.ours(["far.bin"], port, pieces)
        }
        if has("sftp"):
            ways["sftp"] = lambda: bench.sftp(port, "far.bin")
        if has("lftp"):
            ways["lftp pget -n 4"] = lambda: bench.lftp(port, f"pget -n 4 {path} -o {bench.target()}/far.bin")
        if has("rsync"):
            ways["rsync -W"] = lambda: bench.rsync(port, "far.bin")
        times = best(turns, ways)
    report("100 MiB at 40 ms", 100 * MIB, times, {"sftp": 1.5, "lftp pget -n 4": 1.5, "rsync -W": 1.5})


def small(bench: Bench, turns: int) -> None:
    names = [f"small-{number:04}.bin" for number in range(1000)]
    folder = bench.server.root
    for number, name in enumerate(names):
        (folder / name).write_bytes(random.Random(number).randbytes(20 * 1024))
    pieces = pieces_of(bench.server, names)
    with DelayProxy(bench.server.port, ROUND_TRIP_S) as proxy:
        port = proxy.port
        ways: dict[str, Callable[[], Callable[[], object] | None]] = {
            "mediatui": lambda: lambda: bench.ours(names, port, pieces)
        }
        if has("lftp"):
            mirror = f"mirror --parallel=4 -I small-* {folder}"
            ways["lftp mirror -P 4"] = lambda: bench.lftp(port, f"{mirror} {bench.target()}")
        times = best(turns, ways)
    report("1,000 files of 20 KiB at 40 ms", 1000 * 20 * 1024, times, {"lftp mirror -P 4": 1.0})


def resume(bench: Bench, turns: int) -> None:
    size = 512 * MIB
    make_file(bench.server.root / "resume.bin", size, 3)
    pieces, target = pieces_of(bench.server, ["resume.bin"]), bench.target()
    code = (
        "import asyncio,sys;from tests.bench import bench_sftp as b;from tests.worlds.sshd import RealSshd;"
        "from pathlib import Path;b.fetch_for_a_kill(*sys.argv[1:])"
    )
    del turns
    began = subprocess.Popen(
        [sys.executable, "-c", code, str(bench.server.folder), str(bench.server.port), str(target)], cwd=Path.cwd()
    )
    until = time.monotonic() + 120
    part = None
    while time.monotonic() < until and began.poll() is None:
        part = next(target.glob("[!.]*.part"), None)
        if part is not None and part.stat().st_size >= size * 0.9:
            break
        time.sleep(0.002)
    began.kill()
    began.wait(10)
    had = part.stat().st_size if part is not None and part.exists() else 0
    done = asyncio.run(bench._ours(["resume.bin"], bench.server.port, pieces, target))
    again = done.came - (size - had)
    print(f"\nkilled with {had / MIB:,.1f} of {size / MIB:,.0f} MiB here")
    enough = "yes" if again <= 64 * MIB + PIECE else "NO"
    print(f"  read again {again / MIB:.1f} MiB (must be <= {64 + PIECE / MIB:.0f}: {enough})")
    same = hashlib.file_digest(open(target / "resume.bin", "rb"), "sha1").digest()  # noqa: SIM115
    assert same == hashlib.file_digest(open(bench.server.root / "resume.bin", "rb"), "sha1").digest()  # noqa: SIM115


def fetch_for_a_kill(folder: str, port: str, target: str) -> None:
    """In a process of its own: fetches until it is killed."""
    server = RealSshd()
    server.folder, server.port = Path(folder), int(port)
    bench = Bench(server, Path(target).parent)
    asyncio.run(bench._ours(["resume.bin"], int(port), pieces_of(server, ["resume.bin"]), Path(target)))


def most_memory() -> float:
    """The most memory that this process had, in MiB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextlib.contextmanager
def world() -> Iterator[Bench]:
    with RealSshd() as server:
        folder = Path(tempfile.mkdtemp(prefix="bench-sftp-", dir=server.folder.parent))
        try:
            yield Bench(server, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", choices=[*USUAL, []], default=list(USUAL))
    parser.add_argument("--turns", type=int, help="how often each is measured")
    given = parser.parse_args()
    parts = {"large": large, "far": far, "small": small, "resume": resume}
    assert threading.active_count() == 1
    with world() as bench:
        for name in given.parts:
            parts[name](bench, given.turns or USUAL[name])
        print(f"\nmost memory {most_memory():.0f} MiB (must be <= 150)")
        print(f"longest hold of the event loop {1000 * getattr(bench, 'held', 0.0):.0f} ms (must be <= 50)")


if __name__ == "__main__":
    main()
