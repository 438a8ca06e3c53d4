"""A small HTTP server of fixed pages, and the config.xml of a Sonarr or Radarr."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

KEY = "aaaabbbbccccddddeeeeffff00001111"


PING = {"/ping": '{"status": "OK"}'}


def config(key: str = KEY, port: int | str = 8989, base: str = "", more: str = "") -> str:
    return (
        f"<Config>\n  <BindAddress>*</BindAddress>\n  <Port>{port}</Port>\n  <UrlBase>{base}</UrlBase>\n"
        f"  <ApiKey>{key}</ApiKey>\n  <AuthenticationMethod>Forms</AuthenticationMethod>{more}\n</Config>\n"
    )


class Pages:
    """A small HTTP server: ``pages`` by path; a page beginning with ``>`` is a redirect; everything else is a 404."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = request.split(" ")[1]
        self.asked.append(request)
        body = self.pages.get(path)
        head = "HTTP/1.1 404 Not Found"
        if body is not None and body.startswith(">"):
            head, body = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {body[1:]}", ""
        elif body is not None:
            head = "HTTP/1.1 200 OK\r\nContent-Type: application/json"
        data = (body or "").encode()
        writer.write(f"{head}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n".encode() + data)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def listening(pages: Pages | dict[str, str]) -> AsyncIterator[int]:
    """A port of this machine with a server behind it."""
    server = await asyncio.start_server(pages if isinstance(pages, Pages) else Pages(pages), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def written(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.xml").write_text(text)
    return folder
