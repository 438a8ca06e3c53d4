"""The simulated service: requests in, answers out, for the transport and for the server."""

from __future__ import annotations

import json
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import parse_qsl, unquote

from mediatui.demo import direct
from mediatui.demo.account import SimulatedAccount
from mediatui.demo.faults import JSON_TYPE, Fault, Reply, error
from mediatui.demo.login import PATH, SimulatedLogin
from mediatui.demo.writes import Writes

CAP = 250
"""Requests the service accepts in a window; refused ones count too (API documentation)."""
BASE = "/rest/1.0"


class SimulatedService:
    """Answers for an account, with its token, the cap of requests in a window, and the faults that are switched on.

    ``log`` holds (epoch seconds, method, path, status) of every request; ``refused`` counts the 429s of the cap.
    """

    def __init__(
        self,
        account: SimulatedAccount,
        *,
        token: str | None = None,
        cap: int = CAP,
        window_s: float = 60.0,
        retry_after: bool = False,
        faults: Iterable[Fault] = (),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.account = account
        self.writes = Writes(account, window_s=window_s)
        self.token = token
        self.login = SimulatedLogin(account.clock, takes_unknown=token is None)
        self.cap = cap
        self.window_s = window_s
        self.faults = list(faults)
        self.log: list[tuple[float, str, str, int]] = []
        self.downloads_asked: list[str] = []
        self.refused = 0
        self.peak = 0
        self._retry_after = retry_after
        self._monotonic = monotonic
        self._window: deque[float] = deque()

    def written(self) -> list[tuple[str, str]]:
        """Every request that was no GET, as (method, path)."""
        return [(method, path) for _, method, path, _ in self.log if method != "GET"]

    def count(self, path: str) -> int:
        """How many requests began with ``path``."""
        return sum(1 for _, _, asked, _ in self.log if asked.startswith(path))

    def answer(
        self, method: str, target: str, query: Mapping[str, str], authorization: str, body: bytes = b""
    ) -> Reply:
        """The answer to one request; ``target`` is its path."""
        path = target.removeprefix(BASE)
        reply = (
            self._over_the_cap() or self._refused_before(path) or self._route(method, path, query, authorization, body)
        )
        if reply.status != 429:
            for fault in self.faults:
                if not fault.before and fault.applies(path):
                    reply = fault.change(reply)
        self.log.append((time.time(), method, path, reply.status))
        return reply

    def download(self, address: str, asked_range: str = "", authorization: str = "") -> Reply:
        """The answer of the server of a direct link, which knows no token and must not get one. It is no request of the
        API: the log leaves it out."""
        download_id = address.removeprefix(f"{self.writes.direct}/").partition("/")[0]
        found = self.writes.file_of(download_id)
        reply = direct.expired() if found is None else direct.answer(found[1].bytes, asked_range)
        if authorization:
            reply = Reply(400)
        for fault in self.faults:
            if fault.applies(address):
                reply = fault.change(reply)
        self.downloads_asked.append(address)
        return reply

    def _refused_before(self, path: str) -> Reply | None:
        """The answer of a fault that prevents the request from being carried out."""
        for fault in self.faults:
            if fault.before and fault.applies(path):
                return fault.change(Reply(200))
        return None

    def _over_the_cap(self) -> Reply | None:
        now = self._monotonic()
        while self._window and self._window[0] <= now - self.window_s:
            self._window.popleft()
        self._window.append(now)
        self.peak = max(self.peak, len(self._window))
        if len(self._window) <= self.cap:
            return None
        self.refused += 1
        more = {"retry_after": str(math.ceil(self.window_s))} if self._retry_after else {}
        return error(429, 34, "too_many_requests", **more)(Reply(429))

    def _route(self, method: str, path: str, query: Mapping[str, str], authorization: str, body: bytes) -> Reply:
        if path == "/time/iso":
            return Reply(200, time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime(self.account.clock())).encode())
        if path == "/time":
            return Reply(200, time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self.account.clock())).encode())
        form = dict(parse_qsl(body.decode("utf-8", "replace"))) if method == "POST" else {}
        if path.startswith(PATH):
            return self.login.answer(method, path, query, form)
        given = authorization.removeprefix("Bearer ").strip() or query.get("auth_token", "")
        if not self._accepts(given):
            return error(401, 8, "bad_token")(Reply(401))
        if path == "/disable_access_token":
            self.login.end(given)
            return Reply(204)
        written = self.writes.answer(method, path, form, body)
        if written is not None:
            return written
        if method != "GET":
            return error(405, 4, "method_not_allowed")(Reply(405))
        if path.startswith("/torrents/info/"):
            info = self.account.info(unquote(path.removeprefix("/torrents/info/")))
            return error(404, 7, "unknown_ressource")(Reply(404)) if info is None else _json(info)
        fixed: dict[str, Callable[[], object]] = {
            "/torrents/activeCount": self.account.active,
            "/user": self.account.user,
            "/traffic": dict,
        }
        if path.startswith("/streaming/"):
            return self._streaming(path)
        if path == "/torrents":
            return self._list(query)
        if path == "/downloads":
            return _json(self.writes.list_downloads())
        if path in fixed:
            return _json(fixed[path]())
        return error(404, 3, "unknown_method")(Reply(404))

    def _accepts(self, token: str) -> bool:
        if not token or self.login.has_ended(token):
            return False
        return self.token in (None, token) or self.login.is_given(token)

    def _streaming(self, path: str) -> Reply:
        kind, _, download_id = path.removeprefix("/streaming/").partition("/")
        found = self.writes.file_of(unquote(download_id))
        if found is None:
            return error(404, 7, "unknown_ressource")(Reply(404))
        if kind == "transcode":
            return _json(direct.addresses(self.writes.direct, download_id))
        if kind != "mediaInfos":
            return error(404, 3, "unknown_method")(Reply(404))
        if found[0].shape == "rar":
            return Reply(503, json.dumps({"error": "metadata_not_found"}).encode(), {"content-type": JSON_TYPE})
        return _json(direct.media(*found, self.writes.downloads[download_id]))

    def _list(self, query: Mapping[str, str]) -> Reply:
        limit = min(5000, max(0, _whole(query.get("limit"), 100)))
        first = (max(1, _whole(query["page"], 1)) - 1) * limit if "page" in query else _whole(query.get("offset"), 0)
        rows, total = self.account.page(first, limit, only_active=query.get("filter") == "active")
        headers = {"x-total-count": str(total)}
        return _json(rows, headers) if rows else Reply(204, b"", headers)


def _whole(text: str | None, fallback: int) -> int:
    return int(text) if text is not None and text.isdecimal() else fallback


def _json(value: object, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(200, json.dumps(value).encode(), {"content-type": JSON_TYPE, **(headers or {})})
