"""What the Real-Debrid API answers: parsed leniently, strictly where it matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from mediatui.model.foreign_json import parse_json
from mediatui.model.torrent import ListedTorrent, TorrentDetail, TorrentFile
from mediatui.services.errors import BadAnswer
from mediatui.services.fields import (
    LARGEST,
    Id,
    LinkText,
    MaybeWhole,
    Text,
    Whole,
    as_number,
    as_sequence,
    as_text,
    is_storable,
    where_wrong,
)
from mediatui.services.http import Answer

LINKS_UP_TO = 100
"""Pages larger than this come with empty ``links`` (NOTES.md 3), which then say nothing."""


def _status(value: object) -> object:
    return as_text(value) or "unknown"


def _percent(value: object) -> float:
    return float(min(max(as_number(value) or 0.0, 0.0), 100.0))


def _row_links(value: object) -> object:
    """Links of a row of the list; None (not known) when they cannot be read: its details have them."""
    links = as_sequence(value)
    readable = isinstance(links, list) and all(isinstance(link, str) and is_storable(link) for link in links)
    return links if readable else None


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: Id
    filename: Text = ""
    hash: Text = ""
    bytes: Whole = 0
    host: Text = ""
    split: Whole = 0
    progress: Annotated[float, BeforeValidator(_percent)] = 0.0
    status: Annotated[str, BeforeValidator(_status)] = "unknown"
    added: Text = ""
    links: Annotated[list[str] | None, BeforeValidator(_row_links)] = None
    ended: Text = ""
    speed: MaybeWhole = None
    seeders: MaybeWhole = None


class _File(BaseModel):
    id: Annotated[int, Field(ge=0, le=LARGEST)]
    path: Text = ""
    bytes: Whole = 0
    selected: Whole = 0


class _Info(_Row):
    original_filename: Text = ""
    original_bytes: Whole = 0
    links: Annotated[list[LinkText] | None, BeforeValidator(as_sequence)] = None
    files: Annotated[list[_File] | None, BeforeValidator(as_sequence)] = None


class UserAnswer(BaseModel):
    """The account: ``premium`` is the seconds left, ``expiration`` the day it ends as the service writes it."""

    id: Whole = 0
    username: Text = ""
    email: Text = ""
    type: Text = ""
    premium: Whole = 0
    expiration: Text = ""


class AddedAnswer(BaseModel):
    """What an add is answered with: the id of the new entry, which is needed."""

    id: Id


class UnrestrictedAnswer(BaseModel):
    """A link opened: ``id`` is its row in the download list, ``download`` the direct link, ``filesize`` bytes."""

    id: Id
    filename: Text = ""
    filesize: Whole = 0
    link: Text = ""
    download: Text = ""
    streamable: Whole = 0


class ActiveAnswer(BaseModel):
    """How many torrents are active now, and how many may be."""

    nb: Whole = 0
    limit: Whole = 0


_ROWS = TypeAdapter(list[_Row])
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a limited hoster leaves: ``left`` and ``limit`` in the units of ``type`` (links, gigabytes, bytes)."""

    host: str
    left: int
    limit: int
    type: str
    reset: str


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """An answer as it came: HTTP status, its content (None: no body) and the count of a list (None: not given)."""

    status: int
    content: object
    total: int | None


def read_plain(body: bytes) -> object:
    """A body as JSON, as text when it is none; None when there is none."""
    if not body.strip():
        return None
    try:
        return parse_json(body)
    except ValueError:
        return body.decode("utf-8", "replace")


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
    """How many rows the whole list has (``X-Total-Count``); None when the service does not say, or no list has them."""
    text = answer.headers.get("x-total-count", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def decode(answer: Answer) -> object:
    """The body read as JSON; raises BadAnswer."""
    try:
        return parse_json(answer.body)
    except ValueError as error:
        raise no_json(error) from error


def no_json(error: ValueError) -> BadAnswer:
    """What is raised for an answer that is no JSON."""
    return BadAnswer(
        f"Real-Debrid sent something that cannot be read as JSON ({error}).",
        "Try again later; if it stays so, check realdebrid.base_url.",
    )


def read_object(answer: Answer, model: type[Model], what: str) -> Model:
    """The answer as ``model``; raises BadAnswer that names ``what`` was asked."""
    try:
        return model.model_validate(decode(answer))
    except ValidationError as error:
        raise BadAnswer(f"Real-Debrid sent a {what} that cannot be read ({where_wrong(error)}).") from error


def read_rows(items: Sequence[object], limit: int) -> list[ListedTorrent]:
    """The rows of a page that was asked for with ``limit``: big pages come without links, which are then None.
    Raises BadAnswer."""
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
        ended=row.ended or None,
        ended_at=epoch(row.ended),
        speed=row.speed,
        seeders=row.seeders,
        links=links,
    )


def epoch(text: str | None) -> int | None:
    """Epoch seconds of a date of the API (documented as UTC), None for none or one that cannot be read."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None
