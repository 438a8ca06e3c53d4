"""How much memory a list answer of the account takes on its way into the archive, beside its own size.

``python -m tests.bench.bench_list_memory [--mb 200] [--name-chars 60]`` reads one page of so many megabytes in this
process, which does nothing else, and prints the ratio (at most 1.5).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx

from mediatui.archive.sync.listing import ListReport, read_list, store_in_batches
from mediatui.commands.connect_account import make_client
from mediatui.runtime.context import Context
from mediatui.services.budget import Budget, MemoryLedger
from mediatui.settings import load_settings
from mediatui.store.database import Database

PIECE = 65_536


def row(number: int, name_chars: int) -> bytes:
    """One row of the list."""
    at = "2026-05-04T11:22:33.000Z"
    facts = {
        "id": f"R{number:012d}", "filename": f"Film.{number:07d}.".ljust(name_chars, "x"), "hash": f"{number:040x}",
        "bytes": 4_000_000_000 + number, "host": "real-debrid.com", "split": 2000, "progress": 100,
        "status": "downloaded", "added": at, "links": [], "ended": at,
    }  # fmt: skip
    return json.dumps(facts).encode()


def rows(count: int, name_chars: int) -> Iterator[bytes]:
    """The bytes of a list of ``count`` rows, a row a piece."""
    for number in range(count):
        yield (b"," if number else b"[") + row(number, name_chars)
    yield b"]"


class OneList(httpx.AsyncBaseTransport):
    """Answers every request with that list, made as it is sent."""

    def __init__(self, size: int, name_chars: int) -> None:
        self._count, self._name_chars = size // len(row(0, name_chars)), name_chars
        self.sent = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        outer = self

        class Body(httpx.AsyncByteStream):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                held = bytearray()
                for piece in rows(outer._count, outer._name_chars):
                    held += piece
                    outer.sent += len(piece)
                    if len(held) >= PIECE:
                        yield bytes(held)
                        held.clear()
                yield bytes(held)

        headers = {"x-total-count": str(self._count)}
        return httpx.Response(200, headers=headers, stream=Body(), request=request)


def peak_bytes() -> int:
    """The most memory this process has had resident so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


async def measure(size: int, name_chars: int, folder: Path) -> dict[str, float]:
    """Reads one list of ``size`` bytes into an archive of its own."""
    overrides = {"realdebrid.token": "BENCHMARKTOKEN", "realdebrid.base_url": "http://account.invalid"}
    settings = load_settings(folder / "none", environ={}, folder=folder, overrides=overrides)
    db = await Database.open(folder / "mediatui.db")
    transport = OneList(size, name_chars)
    client = make_client(settings, Budget(MemoryLedger()), transport)
    ctx = Context(db, settings, 0, lambda: client)
    report = ListReport()
    before, began = peak_bytes(), time.process_time()
    async for _ in read_list(ctx, report, store_in_batches(ctx), 1):
        pass
    took = time.process_time() - began
    await client.close()
    await db.close()
    return {
        "size": transport.sent, "rows": len(report.ids), "before": before, "peak": peak_bytes(), "cpu_s": took,
        "ratio": peak_bytes() / transport.sent, "added_ratio": (peak_bytes() - before) / transport.sent,
    }  # fmt: skip


def main() -> None:
    """Measures once and prints it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=float, default=200)
    parser.add_argument("--name-chars", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(int(options.mb * 1e6), options.name_chars, Path(folder)))
    print(json.dumps(found))  # noqa: T201 - what this program is asked to tell


if __name__ == "__main__":
    main()
