"""A library beside a Sonarr and a Radarr that hold it: they drop a file from their records when a rescan misses it."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
from pydantic import SecretStr

from mediatui.context import Context
from mediatui.services.arr import Arr
from mediatui.services.arr_records import Kind
from mediatui.store.journal import plan_again
from tests.library.library_world import LibraryWorld, Run
from tests.services.arr_contract import Endpoint
from tests.services.arr_simulated import KEY, Rows, Service

Answer = Callable[[httpx.Request], httpx.Response]


class Shelf(Service):
    """A simulated service whose items are folders of a library. ``theirs`` turns our path into its own."""

    def __init__(self, kind: Kind, theirs: Callable[[str], str] = lambda path: path) -> None:
        super().__init__(kind)
        self._theirs = theirs
        self.items: Rows = []
        self.files: dict[int, dict[str, object]] = {}
        self.episodes: Rows = []
        self._ours: dict[int, Path] = {}
        self._ended: dict[int, tuple[str, str, str]] = {}

    def hold(self, title: str, folder: Path, files: Sequence[Path] = ()) -> int:
        """A series or film with these files; episode (or film) ids are 100 times its id plus a number from 1."""
        item = len(self.items) + 1
        self.items.append({"id": item, "title": title, "year": 0, "path": self._theirs(str(folder)), "monitored": True})
        for number, file in enumerate(files, 1):
            file_id = 1000 * item + number
            owner = "seriesId" if self.kind == "sonarr" else "movieId"
            self._ours[file_id] = file
            self.files[file_id] = {"id": file_id, owner: item, "path": self._theirs(str(file)), "size": 2048}
            self.episodes.append(
                {"id": 100 * item + number, "seriesId": item, "seasonNumber": 1, "episodeNumber": number}
                | {"title": None, "hasFile": True, "episodeFileId": file_id, "monitored": True}
            )
        return item

    @property
    def commands(self) -> list[tuple[str, object]]:
        """What it was told: the command and its id or ids."""
        return [
            (str(body["name"]), next(value for name, value in body.items() if name != "name")) for body in self.bodies
        ]

    def lists(self) -> int:
        """How often it was asked for the list of all it holds."""
        return sum(path in ("/api/v3/series", "/api/v3/movie") for _, path in self.seen)

    def _answer(self, endpoint: Endpoint, request: httpx.Request, path: str) -> object:
        asked = request.url.params
        match endpoint.method, endpoint.path.removeprefix("/api/v3/"):
            case "GET", "series" | "movie":
                return self.items
            case "GET", "episode":
                return [row for row in self.episodes if row["seriesId"] == int(asked["seriesId"])]
            case "GET", "episodefile":
                return [row for row in self.files.values() if row["seriesId"] == int(asked["seriesId"])]
            case "GET", "moviefile":
                return [row for row in self.files.values() if row["movieId"] == int(asked["movieId"])]
            case "POST", "command":
                self._rescan(json.loads(request.content))
        return super()._answer(endpoint, request, path)

    def _queue(self, body: dict[str, object]) -> object:
        answer = super()._queue(body)
        return {**answer, "id": 900 + len(self.bodies)} if isinstance(answer, dict) else answer

    def _look(self, command_id: int) -> object:
        """A command ends once, whatever later ones come to."""
        state = self._ended.get(command_id) or self.course[min(self.looks, len(self.course) - 1)]
        self.looks += 1
        if state[0] != "started":
            self._ended[command_id] = state
        return {"id": command_id, **dict(zip(("status", "result", "message"), state, strict=True))}

    def _rescan(self, body: Mapping[str, object]) -> None:
        """A dangling link is a file to it; one that is gone is not."""
        item = body.get("seriesId", body.get("movieId"))
        for file_id in [number for number, path in self._ours.items() if not os.path.lexists(path)]:
            if file_id in self.files and item == file_id // 1000:
                del self.files[file_id]
                for row in self.episodes:
                    if row["episodeFileId"] == file_id:
                        row |= {"episodeFileId": 0, "hasFile": False}


@contextlib.contextmanager
def on_socket(service: Service) -> Iterator[str]:
    """A simulated service on a socket of this machine; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            url = f"http://{self.headers['host']}{self.path}"
            answer = service(httpx.Request(self.command, url, headers=dict(self.headers), content=content))
            self.send_response(answer.status_code)
            self.send_header("content-type", answer.headers.get("content-type", ""))
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_GET  # noqa: N815 - the name the server looks for

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class ArrWorld(LibraryWorld):
    """A library whose changes Sonarr and Radarr hear of; ``answers`` stand in for the services."""

    def __init__(self, folder: Path, answers: Mapping[str, Answer], **settings: object) -> None:
        self._answers = answers
        overrides: dict[str, object] = {
            "realdebrid.base_url": "http://account.invalid/rest/1.0",
            "realdebrid.window_s": 0.1,
        }
        for kind in answers:
            overrides |= {f"{kind}.enabled": True, f"{kind}.url": f"http://{kind}.invalid", f"{kind}.api_key": KEY}
        super().__init__(folder, **{**overrides, **settings})

    def _context(self, job_id: int) -> Context:
        def account() -> object:
            raise AssertionError("nothing here may ask the account")

        return Context(self.db, self.settings, job_id, account, time.time, self.connect_arr)  # type: ignore[arg-type]

    def connect_arr(self, name: str) -> Arr:
        """A client of the simulated service of this name."""
        section = self.settings.arr(name)
        transport = httpx.MockTransport(self._answers[section.name])
        key = SecretStr(section.api_key.get_secret_value())
        return Arr(section.kind, section.url, key, name=section.name, retry_pause_s=0.001, transport=transport)

    async def retry(self, batch: int) -> Run:
        """Tries what failed in a batch again."""
        async with self.db.transaction() as connection:
            await plan_again(connection, batch, ("failed",))
        finished = await self.start(batch).wait()
        return Run(finished, list(self.events))
