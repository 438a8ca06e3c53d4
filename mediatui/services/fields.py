"""Fields in the answers of services, read leniently: any content becomes a value that the archive can store."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from mediatui.model.foreign_json import without_surrogates

LARGEST: Final = 2**63 - 1
"""The largest number SQLite holds."""
LONGEST_ID: Final = 255
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR: Final = re.compile(r"(?:1[89]|2[01])[0-9]{2}")
_IMDB: Final = re.compile(r"tt([0-9]{1,10})", re.IGNORECASE)


def as_text(value: object) -> object:
    """Text that can be stored: normalised, lone surrogates replaced; empty for anything else."""
    if isinstance(value, str):
        if value.isascii():
            return value
        return unicodedata.normalize("NFC", without_surrogates(value))
    return str(value) if isinstance(value, int | float) else ""


def as_number(value: object) -> float | int | None:
    """A number, which may be sent as text; None for anything else."""
    if isinstance(value, str):
        try:
            value = int(value) if value.isdecimal() else float(value)
        except ValueError:
            return None
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return None


def whole(value: object) -> int:
    """A whole number from 0 that SQLite can hold; 0 for anything else."""
    return whole_or_none(value) or 0


def whole_or_none(value: object) -> int | None:
    """A whole number from 0 that SQLite can hold; None for anything else."""
    number = as_number(value)
    return None if number is None else min(max(int(number), 0), LARGEST)


def epoch(value: object) -> int | None:
    """A time as services write it (ISO 8601) as epoch seconds; None for anything else."""
    try:
        return int(datetime.fromisoformat(value).timestamp()) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None


def objects(value: object) -> Iterator[Mapping[str, object]]:
    """The objects of a list; none for anything else."""
    return (row for row in value if isinstance(row, dict)) if isinstance(value, list) else iter(())


def day(value: object) -> str:
    """A day as ``2024-09-03``, of a text that begins with one; empty for anything else."""
    match = _DAY.match(value) if isinstance(value, str) else None
    return match[0] if match else ""


def year_of(value: object) -> int | None:
    """The year that a text begins with (``2021``, ``2021-09-24``), or of a number; None for anything else."""
    match = _YEAR.match(str(value)) if isinstance(value, str | int) else None
    return int(match[0]) if match else None


def imdb_number(value: object) -> int:
    """The number of an id at IMDb (``tt0133093``); 0 for anything else."""
    match = _IMDB.fullmatch(value.strip()) if isinstance(value, str) else None
    return int(match[1]) if match else 0


def as_sequence(value: object) -> object:
    """A list, also one sent as an object with numbers for names, as PHP writes some; None for an empty text."""
    if isinstance(value, dict):
        return list(value.values())
    return value if value != "" else None


def is_storable(text: str) -> bool:
    """Whether SQLite and an address can hold a text."""
    try:
        storable(text)
    except ValueError:
        return False
    return True


def _id(value: object) -> object:
    """An id as text; a number is accepted when SQLite can hold it."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST:
        return str(value)
    return value


def storable(text: str) -> str:
    """The text; raises ValueError when SQLite or an address cannot hold it."""
    text.encode()  # raises a ValueError for a lone surrogate, which neither SQLite nor an address can hold
    return text


Id = Annotated[str, BeforeValidator(_id), Field(min_length=1, max_length=LONGEST_ID), AfterValidator(storable)]
LinkText = Annotated[str, AfterValidator(storable)]
Text = Annotated[str, BeforeValidator(as_text)]
Whole = Annotated[int, BeforeValidator(whole)]
MaybeWhole = Annotated[int | None, BeforeValidator(whole_or_none)]


def where_wrong(error: ValidationError) -> str:
    """The place and the kind of the first error, without the value, which may be a secret."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else first["msg"]


def genres_in(value: Mapping[str, object]) -> tuple[str, ...]:
    """The names of the genres in a record of a catalog."""
    names = (one.get("name") for one in objects(value.get("genres")))
    return tuple(name.strip() for name in names if isinstance(name, str) and name.strip())
