"""The badges of releases, from the tables of this machine alone: eight queries, however many releases there are."""

from __future__ import annotations

import dataclasses
import sqlite3
import time
from collections.abc import Sequence

from mediatui.acquire.search.archived import Archive
from mediatui.acquire.search.gather import same_size
from mediatui.acquire.search.held import Library, held_by_item
from mediatui.acquire.search.wanted import Ids, folded_name
from mediatui.model.badges import Known, Marker
from mediatui.model.release import Release
from mediatui.names.release_columns import ReleaseColumns
from mediatui.names.titles import FOLDING, title_key
from mediatui.store.releases.known import (
    KnownItem,
    archived_items,
    episodes_of_series,
    files_of_titles,
    hashes_left,
    hashes_of_account,
    titles_of_media,
    titles_of_services,
    transfers_sent,
)


def known_of(
    connection: sqlite3.Connection,
    releases: Sequence[Release],
    names: Sequence[ReleaseColumns],
    searched: Ids = Ids(),  # noqa: B008 - it cannot be changed
) -> list[Known]:
    """What is known of each release, in their order; ``names`` are the columns of each. Where a title is of several
    films or series, the one that was ``searched`` by its id is meant. No request is made."""
    now = time.time()
    keys = {title_key(columns.title) for columns in names if columns.title}
    items = _items_by_key(connection, keys)
    titles = {item.title for found in items.values() for item in found}
    held = held_by_item(files_of_titles(connection, titles) if titles else ())
    series = {(one.service, one.service_id) for found in items.values() for one in found if one.kind == "series"}
    episodes = episodes_of_series(connection, {one for one in series if one[0]})
    library = Library(
        items,
        held,
        episodes,
        Archive(archived_items(connection)),
        now,
        {"film": searched.tmdb, "series": searched.tvdb},
    )
    hashes = {one for release in releases for one in release.hashes}
    account, sent = hashes_of_account(connection, hashes), _Sent(transfers_sent(connection))
    refused, ignored = hashes_left(connection, hashes)
    found = []
    for release, columns in zip(releases, names, strict=True):
        its = set(release.hashes)
        marks: tuple[tuple[Marker, bool], ...] = (
            ("sent", sent.has(release)), ("on RD", bool(its & account)), ("refused", not its.isdisjoint(refused)),
            ("ignored", bool(its & ignored)), ("new", release.first_seen_at == release.seen_at),
        )  # fmt: skip
        known = dataclasses.replace(
            library.known(release.first, columns), markers=tuple(marker for marker, there in marks if there)
        )
        at = max((refused[one] for one in its if one in refused), default=None)
        found.append(known if at is None else dataclasses.replace(known, refused_at=at))
    return found


class _Sent:
    """The transfers there are, to find releases among them: by hash, or by name and nearly the same size."""

    def __init__(self, transfers: Sequence[tuple[str, str, int]]) -> None:
        self._hashes = {one for one, _, _ in transfers}
        self._sizes: dict[str, list[int]] = {}
        for _, name, size in transfers:
            if name and size:
                self._sizes.setdefault(folded_name(name), []).append(size)

    def has(self, release: Release) -> bool:
        """Whether one of them is of this release."""
        if not self._hashes.isdisjoint(release.hashes):
            return True
        return any(same_size(release.first.size, size) for size in self._sizes.get(release.folded, ()))


def _items_by_key(connection: sqlite3.Connection, keys: set[str]) -> dict[str, list[KnownItem]]:
    """The films and series of the library that have one of these titles, by its key."""
    found: dict[str, dict[KnownItem, None]] = {}
    for title, item in titles_of_media(connection):
        key = title_key(title)
        if key in keys:
            found.setdefault(key, {})[item] = None
    for key, item in titles_of_services(connection, keys, FOLDING):
        found.setdefault(key, {})[item] = None
    return {key: list(items) for key, items in found.items()}
