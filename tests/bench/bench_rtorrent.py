"""What the client of rTorrent costs: ``python -m tests.bench.bench_rtorrent``.

Reading 10,000 rows beside ``xmlrpc.client.loads`` of the same bytes, the longest hold of the event loop; on a real
rTorrent 100 adds with their proof beside a bare loop of ``load.raw_start``, and the bytes of a poll beside those of the
whole list. Ends with 1 when a limit is exceeded.
"""

from __future__ import annotations

import asyncio
import gc
import shutil
import statistics
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape

from mediatui.model.seedbox import SeedboxTorrent
from mediatui.services.rtorrent.client import RTorrent
from mediatui.services.rtorrent.columns import ALL, MOVING, read_torrent
from mediatui.services.rtorrent.scan import RowScan
from mediatui.services.torrent_client import addition_of_file
from tests.bench.bench_requests import Report
from tests.worlds.rtorrent import MadeTorrent, RealRTorrent, make_torrent

ROWS = 10_000
COLUMNS = 20
ADDS = 100
ROUNDS = 7


def rows() -> Iterator[tuple[str | int, ...]]:
    """Rows as a list has them, some with names that have to be unescaped."""
    for number in range(ROWS):
        name = f"Some.Release.{number}.1080p.WEB.H264-GROUP" if number % 10 else f"Größe & <Name> {number} \u2013 ép"
        folder = f"/home/bob/data/tv/{name}"
        yield (
            f"{number:040X}", name, folder, folder, 10**9 + number, 10**8 * (number % 10), number % 2, 0, 1, 1, 1, "",
            number % 3000, number * 10**6, number % 10**5, 0, "sonarr", str(number), 1_700_000_000, 1_700_000_100, 1, 0,
            f"https://tracker{number % 5}.example/{number % 5:032x}/announce#",
        )  # fmt: skip


def written(width: int) -> bytes:
    """The answer of rTorrent with the first columns of the rows."""

    def cell(value: str | int) -> str:
        if isinstance(value, int):
            return f"<value><i8>{value}</i8></value>\r\n"
        return f"<value><string>{escape(value)}</string></value>\r\n"

    body = "".join(
        f"<value><array><data>\r\n{''.join(map(cell, row[:width]))}</data></array></value>\r\n" for row in rows()
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\r\n<methodResponse>\r\n<params>\r\n<param><value><array><data>\r\n'
    tail = "</data></array></value></param>\r\n</params>\r\n</methodResponse>\r\n"
    return (head + body + tail).encode()


def cpu(function: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    began = time.process_time()
    function()
    return time.process_time() - began


def measure_reading(report: Report) -> None:
    """Rows of 20 columns, and whole rows as records, each beside the standard library with the same bytes."""
    for width, what, read in (
        (COLUMNS, "as cells", lambda row: row),
        (len(ALL.kinds), "as records", read_torrent),
    ):
        body = written(width)
        ratios = []
        for _ in range(ROUNDS):
            theirs = cpu(lambda body=body: xmlrpc.client.loads(body))  # type: ignore[misc]
            ours = cpu(lambda: [read(row) for batch in RowScan(body, ALL.kinds[:width]) for row in batch])  # noqa: B023
            ratios.append(ours / theirs)
        median = statistics.median(ratios)
        report.at_most(f"{ROWS:,} rows x {width} columns {what}: of xmlrpc's CPU", median, 0.25)
        print(f"        {len(body) / 1e6:.1f} MB, {ours * 1000:.0f} ms beside {theirs * 1000:.0f} ms")  # noqa: T201


class Canned:
    """A way that answers every list with these bytes."""

    name, passes_all = "canned", True

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def send(self, body: bytes) -> bytes:
        return self.body

    async def close(self) -> None:
        pass


async def longest_hold(body: bytes) -> float:
    """How long the event loop was held at most while a list was read (CPU seconds: what others take is not ours)."""
    longest, last, over = 0.0, time.process_time(), False

    async def watch() -> None:
        nonlocal longest, last
        while not over:
            await asyncio.sleep(0)
            now = time.process_time()
            longest, last = max(longest, now - last), now

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    await RTorrent(Canned(body)).torrents()
    over = True
    await watching
    return longest


async def measure_adds(report: Report) -> None:
    """A poll and a list, and adds with proof beside a bare loop, by turns."""
    with RealRTorrent() as box:
        client = box.client()
        await client.facts()
        ratios, both = [], (0.0, 0.0)
        for turn in range(ROUNDS):
            bare = await seconds(_bare(client, _made(f"Some.Release.{turn}")))
            ours = await seconds(_proven(client, box, _made(f"Another.Release.{turn}")))
            ratios.append(ours / bare)
            both = bare, ours
        report.at_most(f"{ADDS} adds with proof: of a bare loop's time", statistics.median(ratios), 2)
        print(f"        {both[1] * 1000:.0f} ms beside {both[0] * 1000:.0f} ms")  # noqa: T201
        sizes = []
        for columns in (MOVING.commands, ALL.commands[:COLUMNS]):
            body = xmlrpc.client.dumps(("", "main", *columns), "d.multicall2").encode()
            sizes.append(len(await box.way.send(body)))
        report.at_most(f"a poll: of the bytes of {COLUMNS} columns", sizes[0] / sizes[1], 0.4)


def _made(name: str) -> list[MadeTorrent]:
    return [make_torrent(f"{name}.S01E{number:02}.1080p.WEB.H264-GROUP.mkv") for number in range(ADDS)]


async def _bare(client: RTorrent, made: list[MadeTorrent]) -> None:
    for one in made:
        await client._rpc.call("load.raw_start", "", one.content)


async def _proven(client: RTorrent, box: RealRTorrent, made: list[MadeTorrent]) -> None:
    sent = [addition_of_file(one.content, folder=f"{box.data}/tv", label="tv", note="17") for one in made]
    assert all(one.outcome == "added" for one in await client.add(sent))


async def seconds(work: object) -> float:
    began = time.perf_counter()
    await work  # type: ignore[misc]
    return time.perf_counter() - began


def main() -> int:
    """Runs the measurements; returns 1 when a limit was exceeded."""
    report = Report()
    measure_reading(report)
    whole = written(len(ALL.kinds))
    gc.collect()
    gc.freeze()  # as the app does before its first frame: what is imported is not looked through for garbage
    holds = [asyncio.run(longest_hold(whole)) for _ in range(9)]
    report.at_most("the event loop is held at most: CPU", max(holds) * 1000, 50, "ms")
    assert isinstance(read_torrent(next(iter(RowScan(whole, ALL.kinds)))[0]), SeedboxTorrent)
    if shutil.which("rtorrent") is None:
        print("No rtorrent is installed: adds were not measured.")  # noqa: T201
        return 1
    asyncio.run(measure_adds(report))
    return 0 if report.met else 1


if __name__ == "__main__":
    sys.exit(main())
