"""Reading and writing searches and their releases."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Final

from mediatui.model.errors import UsageError
from mediatui.model.release import KEPT_DAYS, KEPT_ROWS, FoundRelease, IndexerAnswer, Release, Search

_SEARCH: Final = "id, text, options, at, indexers, (SELECT count(*) FROM releases WHERE search_id = searches.id)"
_RELEASE: Final = "id, search_id, first, also, folded, parsed, related, first_seen_at, seen_at, target"
_TUPLES: Final = ("categories", "flags")
_EDITED: Final = (ValueError, TypeError, KeyError, AttributeError)
"""What comes of a column that was edited by hand."""


class NoSearch(UsageError):
    """There is no search of this number."""

    kind = "no-search"

    def __init__(self, number: int) -> None:
        super().__init__(
            f"There is no search {number}.",
            f"Searches are kept for {KEPT_DAYS} days. List them with: mediatui --headless search list",
        )


class NoRelease(UsageError):
    """There is no release of this number."""

    kind = "no-release"

    def __init__(self, number: int) -> None:
        super().__init__(
            f"There is no release r{number}.",
            f"Releases are kept for {KEPT_DAYS} days. List them with: mediatui --headless search show SEARCH",
        )


def begin_search(connection: sqlite3.Connection, text: str, options: str, now: float) -> int:
    """Stores a search that begins, drops those that are too old or too many; returns its number."""
    connection.execute("DELETE FROM searches WHERE at < ?", (now - KEPT_DAYS * 86_400,))
    kept = 0
    for number, rows in connection.execute(
        "SELECT search_id, count(*) FROM releases GROUP BY search_id ORDER BY search_id DESC"
    ).fetchall():
        kept += rows
        if kept > KEPT_ROWS:
            connection.execute("DELETE FROM searches WHERE id <= ?", (number,))
            break
    cursor = connection.execute("INSERT INTO searches (text, options, at) VALUES (?, ?, ?)", (text, options, now))
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def store_answers(connection: sqlite3.Connection, search: int, answers: Iterable[IndexerAnswer]) -> None:
    """Notes how the indexers of a search answered."""
    text = json.dumps([dataclasses.asdict(answer) for answer in answers])
    connection.execute("UPDATE searches SET indexers = ? WHERE id = ?", (text, search))


def store_releases(connection: sqlite3.Connection, releases: Sequence[Release]) -> list[Release]:
    """Stores releases, those without a number (0) as new ones; returns them with their numbers, and when each was first
    found by a search that is kept."""
    stored = []
    for release in releases:
        one, also = release.first, [_as_json(offer) for offer in release.also]
        values = (
            one.guid, one.indexer_id, one.indexer, one.title, release.folded, one.size, one.seeders, one.leechers,
            one.published_at, one.protocol, one.hash, release.related, json.dumps(_as_json(one)), json.dumps(also),
            json.dumps(one.categories), json.dumps(one.flags), release.parsed,
        )  # fmt: skip
        if release.number:
            connection.execute(
                "UPDATE releases SET guid = ?, indexer_id = ?, indexer = ?, title = ?, folded = ?, size = ?, "
                "seeders = ?, leechers = ?, published_at = ?, protocol = ?, hash = ?, related = ?, first = ?, "
                "also = ?, categories = ?, flags = ?, parsed = ? WHERE id = ?",
                (*values, release.number),
            )
            stored.append(release)
            continue
        row = connection.execute(
            "SELECT min(first_seen_at) FROM releases WHERE indexer_id = ? AND guid = ?", (one.indexer_id, one.guid)
        ).fetchone()
        first_seen = release.seen_at if row[0] is None else float(row[0])
        cursor = connection.execute(
            "INSERT INTO releases (guid, indexer_id, indexer, title, folded, size, seeders, leechers, published_at, "
            "protocol, hash, related, first, also, categories, flags, parsed, search_id, first_seen_at, seen_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, release.search, first_seen, release.seen_at),
        )
        assert cursor.lastrowid is not None
        stored.append(dataclasses.replace(release, number=cursor.lastrowid, first_seen_at=first_seen))
    return stored


def all_searches(connection: sqlite3.Connection) -> list[Search]:
    """Every search that is kept, the newest first."""
    return [_search(row) for row in connection.execute(f"SELECT {_SEARCH} FROM searches ORDER BY id DESC")]


def find_search(connection: sqlite3.Connection, number: int) -> Search:
    """A search by its number; raises NoSearch."""
    row = connection.execute(f"SELECT {_SEARCH} FROM searches WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NoSearch(number)
    return _search(row)


def search_of(connection: sqlite3.Connection, release: Release) -> Search | None:
    """The search that found a release; None when it is no longer kept."""
    try:
        return find_search(connection, release.search)
    except NoSearch:
        return None


def releases_of(connection: sqlite3.Connection, search: int) -> list[Release]:
    """The releases of a search, in the order in which they were found."""
    rows = connection.execute(f"SELECT {_RELEASE} FROM releases WHERE search_id = ? ORDER BY id", (search,))
    return [_release(row) for row in rows]


def find_releases(connection: sqlite3.Connection, numbers: Sequence[int]) -> list[Release]:
    """Releases by their numbers, in the order given; raises NoRelease."""
    found = []
    for number in dict.fromkeys(numbers):
        row = connection.execute(f"SELECT {_RELEASE} FROM releases WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise NoRelease(number)
        found.append(_release(row))
    return found


def note_hash(connection: sqlite3.Connection, number: int, offer: FoundRelease, info_hash: str) -> None:
    """Notes the hash behind the link of an offer of a release, where its indexer did not tell it."""
    row = connection.execute(f"SELECT {_RELEASE} FROM releases WHERE id = ?", (number,)).fetchone()
    if row is None or offer.hash:
        return
    release = _release(row)
    offers = [
        dataclasses.replace(one, hash=info_hash)
        if (one.indexer_id, one.guid) == (offer.indexer_id, offer.guid)
        else one
        for one in (release.first, *release.also)
    ]
    first, *also = map(_as_json, offers)
    connection.execute(
        "UPDATE releases SET first = ?, also = ?, hash = ? WHERE id = ?",
        (json.dumps(first), json.dumps(also), offers[0].hash, number),
    )


def set_release_target(connection: sqlite3.Connection, number: int, target: str) -> None:
    """Notes what a release is chosen for; an empty text takes that back."""
    connection.execute("UPDATE releases SET target = ? WHERE id = ?", (target, number))


def _search(row: Sequence[Any]) -> Search:
    number, text, options, at, indexers, count = row
    answers: tuple[IndexerAnswer, ...] = ()
    with contextlib.suppress(*_EDITED):
        answers = tuple(IndexerAnswer(**answer) for answer in json.loads(indexers))
    return Search(int(number), str(text), str(options), float(at), answers, int(count))


def _release(row: Sequence[Any]) -> Release:
    number, search, first, also, folded, parsed, related, first_seen, seen, target = row
    others: tuple[FoundRelease, ...] = ()
    offer = FoundRelease("", 0, "", str(folded))  # no link and no hash: nothing of it can be sent
    with contextlib.suppress(*_EDITED):
        offer = _from_json(json.loads(first))
        others = tuple(map(_from_json, json.loads(also)))
    return Release(number, search, offer, others, folded, parsed, bool(related), first_seen, seen, target)


def _as_json(offer: FoundRelease) -> dict[str, object]:
    return {field: getattr(offer, field) for field in FoundRelease.__slots__}


def _from_json(fields: dict[str, Any]) -> FoundRelease:
    for name in _TUPLES:
        fields[name] = tuple(fields[name])
    return FoundRelease(**fields)
