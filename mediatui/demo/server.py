"""The simulated service on a real socket: ``python -m mediatui.demo.server --port 0`` prints its address.

Besides the API, ``/_sim/log`` reports the requests: details served by id, 429s, the fullest window, writes, and what
the account holds now. ``/_sim/type-in`` types in every code that a login waits for.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from mediatui.demo.account import SimulatedAccount
from mediatui.demo.direct import pieces
from mediatui.demo.faults import JSON_TYPE, Reply
from mediatui.demo.seed import SimTorrent, make_torrents
from mediatui.demo.service import SimulatedService

LOG = "/_sim/log"
TYPE_IN = "/_sim/type-in"
LONGEST_HEAD = 65_536


class SimulatedServer:
    """Speaks HTTP/1.1 with keep-alive for a SimulatedService, on the loopback address only."""

    def __init__(self, service: SimulatedService, *, latency_s: float = 0.0, serves_files: bool = False) -> None:
        """With ``serves_files`` its direct links lead to itself."""
        self.service = service
        self._serves_files = serves_files
        self._latency_s = latency_s
        self._server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> str:
        """Listens; returns the address, such as ``http://127.0.0.1:41234``."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", port, limit=LONGEST_HEAD)
        address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        if self._serves_files:
            self.service.writes.direct = f"{address}/d"
        return address

    async def serve(self) -> None:
        """Answers until cancelled."""
        assert self._server is not None
        await self._server.serve_forever()

    async def stop(self) -> None:
        """Stops listening."""
        if self._server is not None:
            self._server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._answer_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers one request; False when the connection is to end."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        request, *lines = head.split("\r\n")
        method, target, _ = request.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        content = await reader.readexactly(int(headers.get("content-length", "0")))
        parts = urlsplit(target)
        if parts.path == LOG:
            reply = Reply(200, json.dumps(self._log()).encode(), {"content-type": JSON_TYPE})
        elif parts.path == TYPE_IN:
            self.service.login.type_in()
            reply = Reply(204)
        else:
            query = dict(parse_qsl(parts.query))
            token = headers.get("authorization", "")
            if parts.path.startswith("/d/"):
                address = self.service.writes.direct + parts.path.removeprefix("/d")
                reply = self.service.download(address, headers.get("range", ""), token)
            else:
                reply = self.service.answer(method, parts.path, query, token, content)
            await asyncio.sleep(self._latency_s + reply.delay_s)
        if reply.drop:
            return False
        first, end = reply.extent or (0, len(reply.body))
        fields = {**reply.headers, "content-length": str(end - first)}
        lines = [f"HTTP/1.1 {reply.status} -", *(f"{name}: {value}" for name, value in fields.items())]
        end = first + (end - first) // 2 if reply.cut else end
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        for piece in [reply.body[:end]] if reply.extent is None else pieces(first, end):
            writer.write(piece)
            await writer.drain()
        return not reply.cut

    def _log(self) -> dict[str, object]:
        service = self.service
        return {
            "requests": len(service.log),
            "refused": service.refused,
            "peak": service.peak,
            "written": service.written(),
            "details_served": dict(service.account.details_served),
            "ids": [torrent.id for torrent in service.account.torrents()],
            "entries": [
                {"id": torrent.id, "hash": torrent.hash, "status": torrent.status, "selected": _selected(torrent)}
                for torrent in service.account.torrents()
            ],
        }


def _selected(torrent: SimTorrent) -> list[int]:
    return [file.file_id for file in torrent.files() if file.selected]


def _torrents(options: argparse.Namespace) -> list[SimTorrent]:
    """The account's torrents; the newest ``--broken`` are in error, and succeed when they are added again."""
    made = make_torrents(options.count, options.seed)
    if options.file_bytes:
        made = [replace(torrent, size=options.file_bytes * (torrent.file_count - torrent.skipped)) for torrent in made]
    broken = [
        replace(
            torrent,
            status="error",
            progress=40.0,
            ended_at=None,
            shape="film" if torrent.file_count == 1 else "season",
        )
        for torrent in made[: options.broken]
    ]
    return [*broken, *made[options.broken :]]


def arguments() -> argparse.ArgumentParser:
    """The parser of the command line."""
    parser = argparse.ArgumentParser(description="A simulated Real-Debrid account on the loopback address.")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--count", type=int, default=4245, help="torrents on the account")
    parser.add_argument("--broken", type=int, default=0, help="the newest so many are in error")
    parser.add_argument("--file-bytes", type=int, default=0, help="bytes of each file, which it then serves")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--window", type=float, default=60.0, help="seconds of the request window")
    parser.add_argument("--cap", type=int, default=250, help="requests in a window")
    parser.add_argument("--latency", type=float, default=0.05, help="seconds an answer takes")
    parser.add_argument("--token", default=None, help="the only token accepted; any when left out")
    parser.add_argument("--typed-after", type=int, help="a login's code is typed in once it was asked about so often")
    parser.add_argument("--frozen", action="store_true", help="nothing changes as time passes")
    return parser


def make_server(options: argparse.Namespace) -> SimulatedServer:
    """The server of an account as ``arguments`` describe it."""
    account = SimulatedAccount(_torrents(options), seed=options.seed, frozen=options.frozen)
    service = SimulatedService(account, token=options.token, window_s=options.window, cap=options.cap)
    service.login.typed_after = options.typed_after
    return SimulatedServer(service, latency_s=options.latency, serves_files=bool(options.file_bytes))


async def _main(options: argparse.Namespace) -> None:
    server = make_server(options)
    address = await server.start(options.port)
    print(f"listening on {address}/", flush=True)  # noqa: T201 - the output of this program
    await server.serve()


def main() -> None:
    """Runs the server until interrupted."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main(arguments().parse_args()))


if __name__ == "__main__":
    main()
