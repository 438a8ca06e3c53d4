"""Asking the service's API directly, for what no command does."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.commands.options import flag, text, word
from mediatui.model.errors import UsageError
from mediatui.model.text import printable

if TYPE_CHECKING:
    from mediatui.commands.answer import Answer
    from mediatui.services.http import Method

METHODS: Final[tuple[Method, ...]] = ("GET", "POST", "PUT", "DELETE")
CHANGING: Final = ("disable_access_token",)
"""Paths that change something although they are asked for with GET (services/realdebrid/NOTES.md 29)."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Api:
    """The options of ``api``."""

    method: str = word("GET|POST|PUT|DELETE", "the verb of the request")
    path: str = word("PATH", "a path below realdebrid.base_url")
    form: tuple[str, ...] = text("A field to send with POST or PUT.", "NAME=VALUE", many=True)
    apply: bool = flag("Send it; without this only GET is sent.")


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request as it is sent: ``path`` without a slash before it, the fields of its query and of its form."""

    method: Method
    path: str
    params: dict[str, str]
    form: dict[str, str]

    @property
    def changes(self) -> bool:
        """Whether it may change something."""
        from urllib.parse import unquote

        return self.method != "GET" or unquote(self.path).strip("/") in CHANGING


def read_request(options: Api) -> ApiRequest:
    """The request that is meant; raises UsageError for one that would leave the API, or that cannot be sent."""
    from urllib.parse import parse_qsl, unquote

    method = next((known for known in METHODS if known == options.method.upper()), None)
    if method is None:
        raise UsageError(f"{printable(options.method)} is no verb of a request.", f"Verbs: {', '.join(METHODS)}.")
    path, _, query = options.path.strip().partition("?")
    path = path.lstrip("/") if not path.startswith("//") else path
    segments = unquote(path).split("/")
    if not path or ":" in segments[0] or any(part in ("", ".", "..") for part in segments) or "#" in options.path:
        raise UsageError(
            f"{printable(options.path, empty='an empty text')} is no path of the API.",
            "Give one below realdebrid.base_url, such as user, or torrents?limit=5.",
        )
    if any(ord(char) <= 32 or char == "\\" for char in unquote(path)):
        raise UsageError(f"{printable(options.path)} holds a blank or a control character.", "Write a blank as %20.")
    form = dict(_field(one) for one in options.form)
    if form and method not in ("POST", "PUT"):
        raise UsageError(f"{method} takes no --form.", "Put fields into the path: torrents?limit=5.")
    return ApiRequest(method, path, dict(parse_qsl(query, keep_blank_values=True)), form)


def _field(given: str) -> tuple[str, str]:
    name, sign, value = given.partition("=")
    if not name or not sign:
        raise UsageError(f"{printable(given)} is no field.", "Write --form NAME=VALUE.")
    return name, value


async def ask_api(answer: Answer, options: Api) -> int:
    """Sends a request and shows the answer as JSON. What is no GET is sent with ``--apply`` only."""
    import json

    request = read_request(options)
    what = f"{request.method} /{request.path}"
    counts: dict[str, object] = {"method": request.method, "path": request.path}
    if request.changes and not options.apply:
        answer.row("request", {**counts, "params": request.params, "fields": sorted(request.form)}, what)
        answer.result("Nothing was sent; --apply sends it.", counts={**counts, "sent": False})
        return 0
    async with answer.workspace() as workspace:
        log.info("api: %s is sent", what)
        reply = await workspace.connect().ask(request.method, request.path, request.params, request.form)
    log.info("api: %s: %d", what, reply.status)
    answer.row("answer", {"status": reply.status, "body": reply.content, "total": reply.total})
    if reply.content is not None and not answer.json:
        for line in json.dumps(reply.content, indent=2, ensure_ascii=False).splitlines():
            answer.line(line)
    summary = "" if reply.content is not None else f"HTTP {reply.status}, without a body."
    if request.changes:
        answer.said("info", "It has no undo. A sync, or refresh ID, shows what it changed.")
    answer.result(summary, counts={**counts, "sent": True, "status": reply.status})
    return 0
