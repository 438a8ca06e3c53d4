"""A real rTorrent on 127.0.0.1: ``with RealRTorrent() as box``; and torrents made by hand.

Tests that need one are skipped with the reason where there is no rtorrent. The process dies with the test run; waits
are bounded, and it is ended by its pid.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import random
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

import pytest

if TYPE_CHECKING:
    from mediatui.services.rtorrent.client import RTorrent
    from mediatui.services.rtorrent.scgi import Scgi


UP_S = 10.0
PIECE = 16_384
ON_MEMORY = Path("/dev/shm")
_DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")

Bencoded = int | bytes | str | list["Bencoded"] | dict[str, "Bencoded"]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class RealRTorrent:
    """An rTorrent in a folder of its own: ``data`` is where torrents go that name no folder. It listens on a unix
    socket, or on a TCP port."""

    def __init__(self, *lines: str, tcp: bool = False) -> None:
        self.lines = lines
        self.folder = Path()
        self.port = free_port() if tcp else 0
        self.peer_port = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> RealRTorrent:
        if shutil.which("rtorrent") is None:
            pytest.skip("a real rTorrent: no rtorrent")
        on_memory = ON_MEMORY if os.access(ON_MEMORY, os.W_OK) else None
        self.folder = Path(tempfile.mkdtemp(prefix="rtorrent-", dir=on_memory))
        self.data.mkdir()
        (self.folder / "session").mkdir()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def socket(self) -> Path:
        return self.folder / "rpc.socket"

    @property
    def url(self) -> str:
        return f"scgi://127.0.0.1:{self.port}" if self.port else f"scgi://{self.socket}"

    @property
    def way(self) -> Scgi:
        """A way in for a client."""
        from mediatui.services.rtorrent.scgi import Scgi, over_tcp, over_unix

        if self.port:
            return Scgi(over_tcp("127.0.0.1", self.port), self.url, "SCGI over TCP")
        return Scgi(over_unix(str(self.socket)), self.url, "SCGI over a unix socket")

    def client(self, **given: object) -> RTorrent:
        """A client of it."""
        from mediatui.services.rtorrent.client import RTorrent

        return RTorrent(self.way, **given)  # type: ignore[arg-type]

    def start(self) -> None:
        """Starts it, again after ``kill``, and waits until it accepts connections."""
        self.peer_port = free_port()
        listens = f"open_port = 127.0.0.1:{self.port}" if self.port else f"open_local = {self.socket}"
        config = self.folder / "rc"
        config.write_text(
            "\n".join(
                (
                    "system.daemon.set = true",
                    f"directory.default.set = {self.data}",
                    f"session.path.set = {self.folder}/session",
                    "network.bind_address.set = 127.0.0.1",
                    "network.local_address.set = 127.0.0.1",
                    f"network.port_range.set = {self.peer_port}-{self.peer_port}",
                    "network.port_random.set = no",
                    "dht.mode.set = disable",
                    "protocol.pex.set = no",
                    "trackers.use_udp.set = no",
                    "network.xmlrpc.size_limit.set = 4M",
                    f"network.scgi.{listens}",
                    *self.lines,
                    "",
                )
            )
        )
        self.socket.unlink(missing_ok=True)
        command = ["rtorrent", "-n", "-o", f"import={config}"]
        with open(self.folder / "out", "wb") as out:
            self._process = subprocess.Popen(
                [*(_DIES_WITH_US if shutil.which("setpriv") else ()), *command],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self.folder, start_new_session=True,
                env={**os.environ, "TERM": "dumb", "HOME": str(self.folder)},
            )  # fmt: skip
        self._await_socket()

    def kill(self) -> None:
        """Ends it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _await_socket(self) -> None:
        where: object = ("127.0.0.1", self.port) if self.port else str(self.socket)
        until = time.monotonic() + UP_S
        while True:
            with socket.socket(socket.AF_INET if self.port else socket.AF_UNIX) as one, contextlib.suppress(OSError):
                one.connect(where)  # type: ignore[arg-type]
                return
            assert self._process is not None
            if self._process.poll() is not None or time.monotonic() > until:
                pytest.fail(f"rTorrent does not start: {(self.folder / 'out').read_text(errors='replace')[-500:]}")
            time.sleep(0.01)


@dataclass(frozen=True)
class MadeTorrent:
    """A torrent made by hand: the .torrent file, its hash in small letters, and its files."""

    content: bytes
    hash: str
    files: tuple[tuple[bytes, bytes], ...]

    def lay(self, folder: Path) -> None:
        """Writes the data into a folder."""
        for path, data in self.files:
            whole = os.path.join(os.fsencode(folder), path)
            os.makedirs(os.path.dirname(whole), exist_ok=True)
            with open(whole, "wb") as file:
                file.write(data)


def make_torrent(
    name: str | bytes,
    sizes: Sequence[int] = (20_000,),
    *,
    paths: Sequence[Sequence[str]] = (),
    tracker: str = "http://127.0.0.1:9/announce",
    padding: int = 0,
    private: bool = True,
) -> MadeTorrent:
    """A torrent of one file, or of several with ``paths`` below its folder; ``padding`` makes its .torrent file larger
    by so many bytes. The clients of a private one hear of each other from the tracker alone."""
    chance = random.Random(repr((name, sizes)))
    parts = [chance.randbytes(size) for size in sizes]
    whole = b"".join(parts)
    pieces = b"".join(hashlib.sha1(whole[at : at + PIECE]).digest() for at in range(0, len(whole), PIECE))
    info: dict[str, Bencoded] = {"name": name, "piece length": PIECE, "pieces": pieces}
    if private:
        info["private"] = 1
    top = name if isinstance(name, bytes) else name.encode()
    if paths:
        listed: list[Bencoded] = [
            {"length": size, "path": list[Bencoded](path)} for size, path in zip(sizes, paths, strict=True)
        ]
        info["files"] = listed
        files = tuple((b"/".join((top, *map(str.encode, path))), part) for path, part in zip(paths, parts, strict=True))
    else:
        info["length"] = sizes[0]
        files = ((top, parts[0]),)
    body: dict[str, Bencoded] = {"announce": tracker, "info": info}
    if padding:
        body["comment"] = "x" * padding
    return MadeTorrent(bencode(body), hashlib.sha1(bencode(info)).hexdigest(), files)


def bencode(value: Bencoded) -> bytes:
    """The bencoded form of a value."""
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, list):
        return b"l%se" % b"".join(map(bencode, value))
    return b"d%se" % b"".join(bencode(key) + bencode(value[key]) for key in sorted(value))


@contextlib.contextmanager
def loopback_tracker() -> Iterator[str]:
    """A tracker on a socket of this machine that tells clients of one another; its address."""
    peers: dict[bytes, set[int]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = urlsplit(self.path).query
            given = dict(parse_qsl(query, encoding="latin-1"))
            key = next(unquote_to_bytes(part[10:]) for part in query.split("&") if part.startswith("info_hash="))
            known, port = peers.setdefault(key, set()), int(given["port"])
            others = b"".join(b"\x7f\0\0\1" + one.to_bytes(2) for one in known if one != port)
            known.discard(port) if given.get("event") == "stopped" else known.add(port)
            body = bencode({"interval": 1800, "min interval": 5, "peers": others})
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/announce"
        finally:
            server.shutdown()


def quickly(times: float = 20) -> Callable[[float], object]:
    """A sleep that is shorter by so many times: for what never comes."""
    return lambda seconds: asyncio.sleep(seconds / times)
