"""Faults of the simulated service, which tests switch on one by one."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

JSON_TYPE = "application/json"


@dataclass(slots=True)
class Reply:
    """An answer before it is sent: its body, or the ``extent`` of a simulated file (its first byte, and the one behind
    its last; ``demo.direct``). ``cut`` closes the connection in the middle of the body, ``drop`` before any answer,
    ``delay_s`` is added to the usual time of an answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    drop: bool = False
    delay_s: float = 0.0
    extent: tuple[int, int] | None = None


@dataclass(slots=True)
class Fault:
    """Changes the answers to requests whose path begins with ``path``: those from the ``first`` such request on
    (counted from 1), ``times`` of them. A fault with ``before`` prevents the request from being carried out."""

    path: str
    change: Callable[[Reply], Reply]
    first: int = 1
    times: int = 1
    met: int = 0
    before: bool = False

    def applies(self, path: str) -> bool:
        """Whether the fault applies to this request; counts the request."""
        if not path.startswith(self.path):
            return False
        self.met += 1
        return self.first <= self.met < self.first + self.times


def error(status: int, code: int | None, word: str, **headers: str) -> Callable[[Reply], Reply]:
    """An error of the API; without a code only the word."""
    body = {"error": word} | ({} if code is None else {"error_code": code})
    fixed = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda reply: Reply(status, json.dumps(body).encode(), {"content-type": JSON_TYPE, **fixed})


def no_content(reply: Reply) -> Reply:
    """204 without a body and without a count."""
    return Reply(204)


def empty_list(reply: Reply) -> Reply:
    """An empty list under the count of a full one."""
    return Reply(200, b"[]", dict(reply.headers))


def html(status: int) -> Callable[[Reply], Reply]:
    """A web page from something in front of the API."""
    return lambda reply: Reply(status, b"<html><body><h1>Bad gateway</h1></body></html>", {"content-type": "text/html"})


def short_page(missing: int) -> Callable[[Reply], Reply]:
    """The page without its last rows, under the full count."""
    return lambda reply: Reply(
        200, json.dumps(json.loads(reply.body or b"[]")[:-missing]).encode(), dict(reply.headers)
    )


def not_a_list(reply: Reply) -> Reply:
    """An object where a list is promised."""
    return Reply(200, b'{"torrents": []}', dict(reply.headers))


def cut_body(reply: Reply) -> Reply:
    """The connection breaks in the middle of the body."""
    return Reply(reply.status, reply.body, dict(reply.headers), cut=True)


def dropped(reply: Reply) -> Reply:
    """The connection closes before any answer."""
    return Reply(0, drop=True)


def slow(seconds: float) -> Callable[[Reply], Reply]:
    """The answer comes late."""
    return lambda reply: Reply(reply.status, reply.body, dict(reply.headers), delay_s=seconds)


def with_rows(change: Callable[[list[dict[str, object]]], object]) -> Callable[[Reply], Reply]:
    """A list page after ``change`` has changed its rows in place."""

    def apply(reply: Reply) -> Reply:
        rows = json.loads(reply.body)
        change(rows)
        return Reply(reply.status, json.dumps(rows).encode(), dict(reply.headers))

    return apply
