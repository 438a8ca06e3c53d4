"""What the Real-Debrid API answers: parsed leniently, strictly where it matters."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from mediatui.model.torrent import ListedTorrent, TorrentDetail, TorrentFile
from mediatui.services.errors import BadAnswer
from mediatui.services.http import Answer

LINKS_UP_TO = 100
"""Pages larger than this come with empty ``links`` (quirk Q3), which then say nothing."""


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


class UserAnswer(BaseModel):
    id: int = 0
    username: Text = ""
    email: Text = ""
    type: Text = ""
    premium: Whole = 0
    expiration: Text = ""


class AddedAnswer(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = Field(min_length=1)


class UnrestrictedAnswer(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    filename: Text = ""
    filesize: Whole = 0
    link: Text = ""
    download: Text = ""
    streamable: Whole = 0


class ActiveAnswer(BaseModel):
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


@dataclass(frozen=True, slots=True)
class Unrestricted:
    """A direct link: ``id`` is its row in the download list, ``bytes`` 0 when not known. ``download`` is a secret."""

    id: str
    filename: str
    bytes: int
    link: str
    download: str = field(repr=False)
    streamable: bool


def read_detail(answer: object) -> TorrentDetail:
    """The detail in a decoded answer; raises BadAnswer."""
    try:
        info = _Info.model_validate(answer)
    except ValidationError as error:
        raise BadAnswer(f"Real-Debrid sent details that cannot be read ({where_wrong(error)}).") from error
    links = tuple(info.links or ())
    files = tuple(TorrentFile(file.id, file.path, file.bytes, bool(file.selected)) for file in info.files or ())
    row = _asread_rows(info, links)
    return TorrentDetail(row, info.original_filename or info.filename, info.original_bytes, files, links)


def total_of(answer: Answer) -> int | None:
    text = answer.headers.get("x-total-count", "")
    return int(text) if text.isdecimal() else None


def decode(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError as error:
        raise BadAnswer("Real-Debrid sent something that is not JSON.", "Try again later.") from error


def read_object(answer: Answer, model: type[Model], what: str) -> Model:
    """The answer as ``model``; raises BadAnswer that names ``what`` was asked."""
    try:
        return model.model_validate(decode(answer))
    except ValidationError as error:
        raise BadAnswer(f"Real-Debrid sent a {what} that cannot be read ({where_wrong(error)}).") from error


def where_wrong(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def read_rows(items: Sequence[object], limit: int) -> list[ListedTorrent]:
    try:
        rows = _ROWS.validate_python(items)
    except ValidationError as error:
        raise BadAnswer(f"Real-Debrid sent a list row that cannot be read ({where_wrong(error)}).") from error
    return [_asread_rows(row, _list_links(row, limit)) for row in rows]


def _list_links(row: _Row, limit: int) -> tuple[str, ...] | None:
    if row.links is None or (limit > LINKS_UP_TO and not row.links):
        return None
    return tuple(row.links)


def _asread_rows(row: _Row, links: tuple[str, ...] | None) -> ListedTorrent:
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
