"""Records in the answers of Prowlarr (API v1), read leniently: a row that names no release is left out."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from mediatui.model.release import FoundRelease
from mediatui.services.fields import as_text, epoch, whole, whole_or_none

OWN_KEY: Final = "apikey"
_HASH: Final = re.compile(r"[0-9A-Fa-f]{40}")
_DOWNLOAD: Final = re.compile(r"/([0-9]+/download)$")


@dataclass(frozen=True, slots=True)
class ProwlarrStatus:
    """Which program answered, and its version."""

    app_name: str
    version: str


_GENERIC: Final = ("", "Torznab", "Newznab")
"""Definitions of any indexer of a protocol."""


@dataclass(frozen=True, slots=True)
class Indexer:
    """An indexer of Prowlarr. ``categories`` are those it has, none when that is not known; ``tv_params`` and
    ``movie_params`` what it can be asked by, in small letters; the lower its ``priority``, the sooner it is used.
    ``private`` is what its own definition says: a generic Torznab always says so, and is not believed."""

    id: int
    name: str
    enabled: bool = True
    protocol: str = "torrent"
    priority: int = 25
    can_search: bool = True
    categories: frozenset[int] = frozenset()
    tv_params: frozenset[str] = frozenset()
    movie_params: frozenset[str] = frozenset()
    private: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """An indexer that Prowlarr does not ask at present, and until when (epoch seconds; None: not said)."""

    indexer_id: int
    until: int | None


def read_status(value: object) -> ProwlarrStatus:
    """The record of ``system/status``; raises ValueError."""
    fields = _fields(value)
    return ProwlarrStatus(_text(fields, "appName"), _text(fields, "version"))


def read_indexers(value: object) -> list[Indexer]:
    """The records of ``indexer``; raises ValueError."""
    return [_indexer(fields) for fields in _rows(value) if whole(fields.get("id"))]


def read_pauses(value: object) -> list[Pause]:
    """The records of ``indexerstatus``, which lists only indexers that are paused; raises ValueError."""
    return [
        Pause(number, epoch(fields.get("disabledTill")))
        for fields in _rows(value)
        if (number := whole(fields.get("indexerId")))
    ]


def read_release(value: object) -> FoundRelease | None:
    """A row of ``search``; None for one that is no release."""
    if not isinstance(value, dict):
        return None
    title = html.unescape(_text(value, "title")).strip()
    guid = _text(value, "guid") or _text(value, "downloadUrl")
    if not title or not guid:
        return None
    found = _text(value, "infoHash").strip()
    return FoundRelease(
        guid=_without_key(guid),
        indexer_id=whole(value.get("indexerId")),
        indexer=_text(value, "indexer"),
        title=str(as_text(title)),
        size=whole(value.get("size")) or None,
        seeders=whole_or_none(value.get("seeders")),
        leechers=whole_or_none(value.get("leechers")),
        grabs=whole_or_none(value.get("grabs")),
        files=whole(value.get("files")) or None,
        published_at=epoch(value.get("publishDate")),
        protocol="usenet" if value.get("protocol") == "usenet" else "torrent",
        hash=found.lower() if _HASH.fullmatch(found) else "",
        categories=tuple(_ids(value.get("categories"))),
        flags=tuple(str(flag).lower() for flag in _list(value.get("indexerFlags")) if isinstance(flag, str)),
        link=_link(_text(value, "magnetUrl")) or _link(_text(value, "downloadUrl")),
        tmdb_id=whole(value.get("tmdbId")),
        tvdb_id=whole(value.get("tvdbId")),
        imdb_id=whole(value.get("imdbId")),
    )


def _link(address: str) -> str:
    """The path of a link of Prowlarr's own, without its key; empty for any other address, which may have the key of an
    indexer in it."""
    parts = urlsplit(address)
    match = _DOWNLOAD.search(parts.path)
    if match is None:
        return ""
    query = [(name, text) for name, text in parse_qsl(parts.query) if name.lower() != OWN_KEY]
    return f"{match[1]}?{urlencode(query)}"


def _without_key(guid: str) -> str:
    """The id of a release; of an address the part behind ``?``, which may have a key in it, as a digest."""
    address, mark, secret = guid.partition("?")
    if not mark and "@" not in guid:
        return guid
    digest = hashlib.sha256((secret or guid).encode("utf-8", "replace")).hexdigest()[:16]
    return f"{address.rpartition('@')[2]}#{digest}"


def _indexer(fields: Mapping[str, object]) -> Indexer:
    able = fields.get("capabilities")
    able = able if isinstance(able, dict) else {}
    number = whole(fields.get("id"))
    return Indexer(
        id=number,
        name=_text(fields, "name") or f"indexer {number}",
        enabled=fields.get("enable") is not False,
        protocol=_text(fields, "protocol") or "torrent",
        priority=whole(fields.get("priority")) or 25,
        can_search=fields.get("supportsSearch") is not False,
        categories=frozenset(_ids(able.get("categories"))),
        tv_params=_params(able.get("tvSearchParams")),
        movie_params=_params(able.get("movieSearchParams")),
        private=_text(fields, "privacy") == "private" and _text(fields, "definitionName") not in _GENERIC,
    )


def _params(value: object) -> frozenset[str]:
    return frozenset(str(name).lower() for name in _list(value))


def _ids(categories: object) -> Iterator[int]:
    """The numbers of categories and of those below them."""
    for category in _list(categories):
        if isinstance(category, dict):
            if number := whole(category.get("id")):
                yield number
            yield from _ids(category.get("subCategories"))


def _fields(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError("it is no object")
    return value


def _rows(value: object) -> Iterator[Mapping[str, object]]:
    if not isinstance(value, list):
        raise ValueError("it is no list")
    return (row for row in value if isinstance(row, dict))


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _text(fields: Mapping[str, object], name: str) -> str:
    return str(as_text(fields.get(name)))
