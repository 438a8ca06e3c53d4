"""A server made far away: ``with DelayProxy(port, 0.04) as proxy`` holds back what comes and goes by half of that."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import socket
from types import TracebackType


class DelayProxy:
    """Listens on 127.0.0.1, in a process of its own so that it takes no time from whom it delays; ``round_trip_s`` is
    what a question and its answer take longer."""

    def __init__(self, port: int, round_trip_s: float) -> None:
        self._to, self._half = port, round_trip_s / 2
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._process = multiprocessing.get_context("fork").Process(target=self._run, daemon=True)

    def __enter__(self) -> DelayProxy:
        self._process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.join(10)
        self._socket.close()

    def _run(self) -> None:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._accept, sock=self._socket)
        await server.serve_forever()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        await asyncio.gather(self._pass(reader, back), self._pass(there, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        async def send() -> None:
            while True:
                due, data = await waiting.get()
                if due > (now := loop.time()):
                    await asyncio.sleep(due - now)
                if not data:
                    writer.close()
                    return
                writer.write(data)
                await writer.drain()

        sending = asyncio.create_task(send())
        with contextlib.suppress(OSError):
            while data := await reader.read(256 * 1024):
                waiting.put_nowait((loop.time() + self._half, data))
        waiting.put_nowait((loop.time() + self._half, b""))
        with contextlib.suppress(OSError):
            await sending
