"""The Real-Debrid REST API, as far as the archive needs it: parsed leniently, strictly where it matters."""

from __future__ import annotations

import asyncio
import json
import re
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from mediatui.model.errors import UsageError
from mediatui.model.torrent import ListedTorrent, TorrentDetail, TorrentFile
from mediatui.services.budget import Budget, Lane
from mediatui.services.errors import BadAnswer
from mediatui.services.http import Answer, HttpClient

LINKS_UP_TO = 100
"""Pages larger than this come with empty ``links`` (quirk Q3), which then say nothing."""
SLICE = 500
SLICE_PAUSE_S = 0.001
_TOKEN = re.compile(r"[A-Za-z0-9_\-.~+/=]+")


def clean_token(text: str) -> str:
    """The token without blanks and control characters at its ends; raises UsageError that names what is wrong."""
    token = text.strip("".join(map(chr, range(33))) + "\x7f\u200b\ufeff\u00a0")
    where = "Take it from the API token page of your account: mediatui config set realdebrid.token"
    if not token:
        raise UsageError("There is no Real-Debrid token.", where)
    if any(char in token for char in "\r\n"):
        raise UsageError("The Real-Debrid token has a line break inside; it is one word.", where)
    if not _TOKEN.fullmatch(token):
        raise UsageError("The Real-Debrid token has characters no token has (letters, digits, - _ . ~ + / =).", where)
    return token


def _text(value: object) -> object:
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else "" if value is None else value


def _number(value: object) -> object:
    """Numbers that came as text, and floats where whole numbers are promised."""
    if value is None or value == "":
        return 0
    if isinstance(value, str):
        value = float(value)
    return int(value) if isinstance(value, float) else value


def _percent(value: object) -> object:
    return 0.0 if value is None else value


Text = Annotated[str, BeforeValidator(_text)]
Whole = Annotated[int, BeforeValidator(_number)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    filename: Text = ""
    hash: Text = ""
    bytes: Whole = 0
    host: Text = ""
    split: Whole = 0
    progress: Annotated[float, BeforeValidator(_percent)] = 0.0
    status: Text = "unknown"
    added: Text = ""
    links: list[str] | None = None
    ended: str | None = None
    speed: int | float | None = None
    seeders: int | None = None


class _File(BaseModel):
    id: int
    path: Text = ""
    bytes: Whole = 0
    selected: Whole = 0


class _Info(_Row):
    original_filename: Text = ""
    original_bytes: Whole = 0
    files: list[_File] | None = None


class _User(BaseModel):
    id: int = 0
    username: Text = ""
    email: Text = ""
    type: Text = ""
    premium: Whole = 0
    expiration: Text = ""


class _Active(BaseModel):
    nb: Whole = 0
    limit: Whole = 0


_ROWS = TypeAdapter(list[_Row])
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of the list: its rows, the account's count (None when the service sent none), and the page's own."""

    rows: tuple[ListedTorrent, ...]
    total: int | None
    raw_count: int


@dataclass(frozen=True, slots=True)
class ActiveCount:
    """Active torrents now, and the slots of the account."""

    nb: int
    limit: int


@dataclass(frozen=True, slots=True)
class Account:
    """Who the token belongs to; ``premium_seconds`` left, 0 for a free account."""

    id: int
    username: str
    email: str
    type: str
    premium_seconds: int
    expiration: str

    @property
    def premium_days(self) -> int:
        """Whole premium days left."""
        return self.premium_seconds // 86_400


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a limited hoster leaves: ``left`` and ``limit`` in the units of ``type`` (links, gigabytes, bytes)."""

    host: str
    left: int
    limit: int
    type: str
    reset: str


class RealDebrid:
    """The account behind a token. Every call raises ServiceError; ``close`` when done."""

    def __init__(self, http: HttpClient, budget: Budget) -> None:
        self._http = http
        self.budget = budget

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    async def torrents_page(self, page: int, limit: int, *, only_active: bool = False) -> ListPage:
        """Page ``page`` (from 1) of the list, newest first, ``limit`` rows (at most 5000) a page."""
        params: dict[str, str | int] = {"page": page, "limit": limit}
        if only_active:
            params["filter"] = "active"
        answer = await self._http.get("torrents", "list", "GET /torrents", **params)
        total = _total(answer)
        if answer.status == 204 or not answer.body.strip():
            return ListPage((), total, 0)
        items = await asyncio.to_thread(_json, answer)
        if not isinstance(items, list):
            raise BadAnswer("Real-Debrid sent something that is not a list of torrents.", "Try again later.")
        rows: list[ListedTorrent] = []
        for start in range(0, len(items), SLICE):
            part = items[start : start + SLICE]
            if len(items) > SLICE:
                rows += await asyncio.to_thread(_listed, part, limit)
                await asyncio.sleep(SLICE_PAUSE_S)
            else:
                rows += _listed(part, limit)
        return ListPage(tuple(rows), total, len(items))

    async def torrent(self, torrent_id: str, *, interactive: bool = False) -> TorrentDetail:
        """One torrent, whole; ``interactive`` requests do not queue behind a running sync."""
        lane: Lane = "interactive" if interactive else "details"
        answer = await self._http.get(f"torrents/info/{_segment(torrent_id)}", lane, "GET /torrents/info/{id}")
        detail = read_detail(_json(answer))
        if detail.row.id != torrent_id:
            raise BadAnswer(f"Real-Debrid sent the details of {detail.row.id!r} for {torrent_id!r}.")
        return detail

    async def active_count(self) -> ActiveCount:
        """How many torrents are active, and how many may be."""
        active = await self._object("torrents/activeCount", _Active)
        return ActiveCount(active.nb, active.limit)

    async def user(self) -> Account:
        """Who the token belongs to."""
        user = await self._object("user", _User)
        return Account(user.id, user.username, user.email, user.type, user.premium, user.expiration)

    async def clock_skew(self) -> float:
        """Seconds our clock is ahead of the service's (positive) or behind (negative)."""
        answer = await self._http.get("time/iso", "interactive", "GET /time/iso")
        try:
            theirs = datetime.fromisoformat(answer.body.decode().strip().strip('"'))
        except ValueError as error:
            raise BadAnswer("Real-Debrid sent a time that cannot be read.") from error
        return time.time() - theirs.timestamp()

    async def traffic(self) -> tuple[Traffic, ...]:
        """What the limited hosters leave."""
        answer = await self._http.get("traffic", "interactive", "GET /traffic")
        hosts = _json(answer) if answer.body.strip() else {}
        if not isinstance(hosts, dict):
            raise BadAnswer("Real-Debrid sent something that is not a traffic table.")
        return tuple(
            Traffic(
                host,
                int(row.get("left") or 0),
                int(row.get("limit") or 0),
                str(row.get("type") or ""),
                str(row.get("reset") or ""),
            )
            for host, row in hosts.items()
            if isinstance(row, dict)
        )

    async def _object(self, path: str, model: type[Model]) -> Model:
        answer = await self._http.get(path, "interactive", f"GET /{path}")
        try:
            return model.model_validate(_json(answer))
        except ValidationError as error:
            raise BadAnswer(f"Real-Debrid sent a /{path} that cannot be read ({_where(error)}).") from error


def read_detail(answer: object) -> TorrentDetail:
    """The detail in a decoded answer; raises BadAnswer."""
    try:
        info = _Info.model_validate(answer)
    except ValidationError as error:
        raise BadAnswer(f"Real-Debrid sent details that cannot be read ({_where(error)}).") from error
    links = tuple(info.links or ())
    files = tuple(TorrentFile(file.id, file.path, file.bytes, bool(file.selected)) for file in info.files or ())
    row = _as_listed(info, links)
    return TorrentDetail(row, info.original_filename or info.filename, info.original_bytes, files, links)


def _segment(torrent_id: str) -> str:
    """An id as one piece of a path, whatever is in it."""
    return quote(torrent_id, safe="")


def _total(answer: Answer) -> int | None:
    text = answer.headers.get("x-total-count", "")
    return int(text) if text.isdecimal() else None


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError as error:
        raise BadAnswer("Real-Debrid sent something that is not JSON.", "Try again later.") from error


def _where(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _listed(items: Sequence[object], limit: int) -> list[ListedTorrent]:
    try:
        rows = _ROWS.validate_python(items)
    except ValidationError as error:
        raise BadAnswer(f"Real-Debrid sent a list row that cannot be read ({_where(error)}).") from error
    return [_as_listed(row, _list_links(row, limit)) for row in rows]


def _list_links(row: _Row, limit: int) -> tuple[str, ...] | None:
    if row.links is None or (limit > LINKS_UP_TO and not row.links):
        return None
    return tuple(row.links)


def _as_listed(row: _Row, links: tuple[str, ...] | None) -> ListedTorrent:
    return ListedTorrent(
        id=row.id,
        hash=row.hash.lower(),
        filename=row.filename,
        status=row.status,
        bytes=row.bytes,
        progress=row.progress,
        host=row.host,
        split=row.split,
        added=row.added,
        added_at=epoch(row.added),
        ended=row.ended,
        ended_at=epoch(row.ended),
        speed=None if row.speed is None else int(row.speed),
        seeders=row.seeders,
        links=links,
    )


def epoch(text: str | None) -> int | None:
    """Epoch seconds of a date of the API (documented as UTC), None for none or one that cannot be read."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
