"""What the Real-Debrid API answers: parsed leniently, strictly where it matters."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from mediatui.model.foreign_json import parse_json, without_surrogates
from mediatui.model.torrent import ListedTorrent, TorrentDetail, TorrentFile
from mediatui.services.errors import BadAnswer
from mediatui.services.http import Answer

LINKS_UP_TO = 100
"""Pages larger than this come with empty ``links`` (quirk Q3), which then say nothing."""
LARGEST = 2**63 - 1
"""The largest number SQLite holds."""
LONGEST_ID = 255


def _text(value: object) -> object:
    """Text as it can be kept: normalised, half a surrogate pair replaced, nothing for what is no text at all."""
    if isinstance(value, str):
        if value.isascii():
            return value
        return unicodedata.normalize("NFC", without_surrogates(value))
    return str(value) if isinstance(value, int | float) else ""


def _status(value: object) -> object:
    return _text(value) or "unknown"


def _number(value: object) -> float | int | None:
    """A number that may have come as text; None for what is none."""
    if isinstance(value, str):
        try:
            value = int(value) if value.isdecimal() else float(value)
        except ValueError:
            return None
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return None


def whole(value: object) -> int:
    """A whole number from 0 that SQLite can hold; 0 for what is none."""
    return _whole_or_none(value) or 0


def _whole_or_none(value: object) -> int | None:
    number = _number(value)
    return None if number is None else min(max(int(number), 0), LARGEST)


def _percent(value: object) -> float:
    return float(min(max(_number(value) or 0.0, 0.0), 100.0))


def _sequence(value: object) -> object:
    """A list that came as an object with numbers for names, as PHP writes some; None for one that is empty text."""
    if isinstance(value, dict):
        return list(value.values())
    return value if value != "" else None


def _row_links(value: object) -> object:
    """Links of a row of the list; None (not known) when they cannot be read: its details tell."""
    links = _sequence(value)
    readable = isinstance(links, list) and all(isinstance(link, str) and _is_storable(link) for link in links)
    return links if readable else None


def _is_storable(text: str) -> bool:
    try:
        _storable(text)
    except ValueError:
        return False
    return True


def _id(value: object) -> object:
    """An id as text; what is a number may be one that SQLite holds."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST:
        return str(value)
    return value


def _storable(text: str) -> str:
    text.encode()  # half a surrogate pair fits neither SQLite nor an address; what it raises is a ValueError
    return text


Id = Annotated[str, BeforeValidator(_id), Field(min_length=1, max_length=LONGEST_ID), AfterValidator(_storable)]
Link = Annotated[str, AfterValidator(_storable)]
Text = Annotated[str, BeforeValidator(_text)]
Whole = Annotated[int, BeforeValidator(whole)]
MaybeWhole = Annotated[int | None, BeforeValidator(_whole_or_none)]


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
    links: Annotated[list[Link] | None, BeforeValidator(_sequence)] = None
    files: Annotated[list[_File] | None, BeforeValidator(_sequence)] = None


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


def where_wrong(error: ValidationError) -> str:
    """Where the first thing wrong is and what, without the value, which may be a secret."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else first["msg"]


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
