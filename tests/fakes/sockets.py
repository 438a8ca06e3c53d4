"""A fake service on a socket of this machine, for programs that run in a process of their own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


class Cut(Exception):
    """Raised by a service for a connection that breaks in the middle of the answer."""


class Hang(Exception):
    """Raised by a service that does not answer."""


@contextlib.contextmanager
def on_socket(service: Callable[[httpx.Request], object]) -> Iterator[str]:
    """Serves ``service`` on a socket; its address."""
    over = threading.Event()
    one_at_a_time = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            url = f"http://{self.headers['host']}{self.path}"
            request = httpx.Request(self.command, url, headers=dict(self.headers), content=content)
            request.extensions["socket"] = True
            try:
                with one_at_a_time:
                    answer = service(request)
            except Hang:
                over.wait()
                return
            except Cut:
                self.send_response(200)
                self.send_header("content-length", "1000")
                self.end_headers()
                self.wfile.write(b"[")
                self.close_connection = True
                return
            assert isinstance(answer, httpx.Response)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name != "content-length":
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the names the server looks for

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            over.set()
            server.shutdown()
