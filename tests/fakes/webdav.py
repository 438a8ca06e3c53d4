"""A WebDAV service of torrents as folders, on loopback, that tests can make slow, failing, silent or forgetful.

It answers what rclone asks: PROPFIND of depth 0 and 1, HEAD, and GET with a range. Files are made as they are read, so
they may be of any size. What it does otherwise than well is told by rules: a regular expression that is searched in the
path (``/movies/Film (2001)``, the root is ``/``), and what happens there. The newest rule that fits holds.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

CHUNK = 1 << 16
STATUS, DELAY, SILENT, EMPTY, FIRST, GONE = "status", "delay", "silent", "empty", "first", "gone"


@dataclass(frozen=True)
class Made:
    """A file of ``size`` bytes that begins with ``head`` and goes on with one letter."""

    size: int
    head: bytes = b""

    def bytes(self, begin: int, end: int) -> Iterator[bytes]:
        """What lies between two offsets, piece by piece."""
        while begin < end:
            upto = min(end, begin + CHUNK)
            yield self.head[begin:upto] + b"v" * (upto - max(begin, len(self.head)))
            begin = upto


def video(size: int = 1 << 20) -> Made:
    """A Matroska file that is whole by its head and tail: its segment ends where the file does."""
    header = b"\x1a\x45\xdf\xa3\x80"  # an empty EBML header (RFC 8794)
    track = b"\x16\x54\xae\x6b\x85\xae\x83\x83\x81\x01"  # Tracks with one entry of type video (RFC 9559)
    segment = b"\x18\x53\x80\x67\x01" + (size - len(header) - 12).to_bytes(7, "big")
    return Made(size, header + segment + track)


Tree = dict[str, "Tree | Made | bytes"]
"""Names and what they are: a folder, or a file."""


@dataclass(frozen=True)
class Rule:
    """What happens to requests of a ``method`` (empty: any) whose path has ``pattern`` in it."""

    pattern: re.Pattern[str]
    method: str
    kind: str
    value: float = 0


@dataclass
class WebDav:
    """The service: ``with WebDav(tree) as service``. ``tree`` may be changed at any time; ``asked`` are the requests so
    far, as method and path."""

    tree: Tree = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    _rules: list[Rule] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> WebDav:
        service = self

        class Handler(_Handler):
            dav = service

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True, name="webdav").start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    # The switches.

    def status(self, pattern: str, code: int, method: str = "PROPFIND") -> None:
        """Requests of a method are answered with a status alone."""
        self._rule(pattern, method, STATUS, code)

    def delay(self, pattern: str, seconds: float, method: str = "") -> None:
        """Answers begin so much later."""
        self._rule(pattern, method, DELAY, seconds)

    def silence(self, pattern: str = "", method: str = "") -> None:
        """Nothing is ever answered."""
        self._rule(pattern, method, SILENT)

    def empty(self, pattern: str) -> None:
        """Folders list nothing."""
        self._rule(pattern, "PROPFIND", EMPTY)

    def first(self, pattern: str, count: int) -> None:
        """Folders list only so many of their names, in the order of the tree."""
        self._rule(pattern, "PROPFIND", FIRST, count)

    def gone(self, pattern: str) -> None:
        """Paths are not there: 404 for themselves, and their folder does not list them."""
        self._rule(pattern, "", GONE)

    def well(self) -> None:
        """Everything is answered as it should be again; who waits for an answer goes on waiting."""
        self._rules = []

    def count(self, method: str, pattern: str = "") -> int:
        """How many requests of a method there were for paths like this."""
        return sum(one == method and bool(re.search(pattern, path)) for one, path in list(self.asked))

    def _rule(self, pattern: str, method: str, kind: str, value: float = 0) -> None:
        self._rules = [*self._rules, Rule(re.compile(pattern), method, kind, value)]

    # What the answers are made of.

    def rule(self, method: str, path: str, *kinds: str) -> Rule | None:
        """The newest rule of these kinds for a request."""
        for rule in reversed(self._rules):
            if rule.kind in kinds and rule.method in ("", method) and rule.pattern.search(path):
                return rule
        return None

    def at(self, path: str) -> Tree | Made | bytes | None:
        """What is at a path; None where nothing is."""
        found: Tree | Made | bytes | None = self.tree
        for name in path.strip("/").split("/") if path.strip("/") else ():
            found = found.get(name) if isinstance(found, dict) else None
        return found

    def names(self, path: str, folder: Tree) -> list[str]:
        """What a folder lists now."""
        names = [name for name in list(folder) if not self.rule("PROPFIND", f"{path.rstrip('/')}/{name}", GONE)]
        rule = self.rule("PROPFIND", path, EMPTY, FIRST)
        return names if rule is None else names[: int(rule.value)]

    def wait(self, seconds: float | None) -> None:
        """Waits, or for ever, but not longer than the service is there."""
        self._over.wait(seconds)


class _Handler(BaseHTTPRequestHandler):
    dav: WebDav
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Nothing is printed."""

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(6, 1, 1)  # TCP_NODELAY: an answer is two writes

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True  # who asked is gone

    def do_PROPFIND(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, found = self._begin()
        if found is None:
            return
        shown = [(path, found)]
        if isinstance(found, dict) and self.headers.get("Depth") != "0":
            names = self.dav.names(path, found)
            shown += [(f"{path.rstrip('/')}/{name}", found[name]) for name in names if name in found]
        body = "".join(self._response(*one) for one in shown)
        self._send(207, f'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">{body}</D:multistatus>'.encode())

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        _, found = self._begin()
        if found is None:
            return
        if isinstance(found, dict):
            self._send(405)
            return
        size = _size(found)
        begin, end = self._range(size)
        if begin >= end and size:
            self._send(416)
            return
        partial = "Range" in self.headers
        self.send_response(206 if partial else 200)
        self.send_header("Content-Length", str(end - begin))
        self.send_header("Content-Type", "video/x-matroska")
        self.send_header("Accept-Ranges", "bytes")
        if partial:
            self.send_header("Content-Range", f"bytes {begin}-{end - 1}/{size}")
        self.end_headers()
        if self.command == "GET":
            for piece in [found[begin:end]] if isinstance(found, bytes) else found.bytes(begin, end):
                self.wfile.write(piece)

    def _begin(self) -> tuple[str, Tree | Made | bytes | None]:
        """The path that is asked for and what is there; None when the answer is given already."""
        path = unquote(self.path.partition("?")[0], errors="surrogateescape").rstrip("/") or "/"
        dav, method = self.dav, self.command
        dav.asked.append((method, path))
        if dav.rule(method, path, SILENT):
            dav.wait(None)
            self.close_connection = True
            return path, None
        if slow := dav.rule(method, path, DELAY):
            dav.wait(slow.value)
        if status := dav.rule(method, path, STATUS):
            self._send(int(status.value))
            return path, None
        found = None if dav.rule(method, path, GONE) else dav.at(path)
        if found is None:
            self._send(404)
        return path, found

    def _response(self, path: str, found: Tree | Made | bytes) -> str:
        href = quote(path if path == "/" or not isinstance(found, dict) else path + "/", errors="surrogateescape")
        kind = "<D:collection/>" if isinstance(found, dict) else ""
        length = "" if isinstance(found, dict) else f"<D:getcontentlength>{_size(found)}</D:getcontentlength>"
        return (
            f"<D:response><D:href>{escape(href)}</D:href><D:propstat><D:prop><D:resourcetype>{kind}</D:resourcetype>"
            f"{length}<D:getlastmodified>{formatdate(MTIME, usegmt=True)}</D:getlastmodified></D:prop>"
            "<D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
        )

    def _range(self, size: int) -> tuple[int, int]:
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", "").strip())
        if asked is None:
            return 0, size
        first, last = asked.groups()
        if not first:
            return max(0, size - int(last or 0)), size
        return int(first), min(size, int(last) + 1 if last else size)

    def _send(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/xml; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)


MTIME = int(time.time()) - 86_400
"""When every file was changed, epoch seconds."""


def _size(file: Made | bytes) -> int:
    return len(file) if isinstance(file, bytes) else file.size
