"""The badges of releases, from the tables of this machine alone: seven queries, however many releases there are."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mediatui.acquire.search.gather import same_size
from mediatui.acquire.search.wanted import folded_name
from mediatui.model.badges import Known, Marker
from mediatui.model.release import Release
from mediatui.names.extras import extra_alone
from mediatui.names.release_columns import ReleaseColumns
from mediatui.names.titles import FOLDING, title_key
from mediatui.store.releases.known import (
    KnownFile,
    KnownItem,
    files_of_titles,
    hashes_ignored,
    hashes_of_account,
    hashes_refused,
    titles_of_media,
    titles_of_services,
    transfers_sent,
)


@dataclass(slots=True)
class _Held:
    """What the library has of a film or series: whether it has a file of the film, and the episodes with a file by
    season."""

    film: bool = False
    episodes: dict[int, set[int]] = field(default_factory=dict)


def known_of(
    connection: sqlite3.Connection, releases: Sequence[Release], names: Sequence[ReleaseColumns]
) -> list[Known]:
    """What is known of each release, in their order; ``names`` are the columns of each. No request is made."""
    keys = {title_key(columns.title) for columns in names if columns.title}
    items = _items_by_key(connection, keys)
    titles = {item.title for found in items.values() for item in found}
    held = _held_by_item(files_of_titles(connection, titles) if titles else ())
    hashes = {one for release in releases for one in release.hashes}
    account, sent = hashes_of_account(connection, hashes), _Sent(transfers_sent(connection))
    refused, ignored = hashes_refused(connection, hashes), hashes_ignored(connection, hashes)
    found = []
    for release, columns in zip(releases, names, strict=True):
        its = set(release.hashes)
        marks: tuple[tuple[Marker, bool], ...] = (
            ("sent", sent.has(release)), ("on RD", bool(its & account)), ("refused", not its.isdisjoint(refused)),
            ("ignored", bool(its & ignored)), ("new", release.first_seen_at == release.seen_at),
        )  # fmt: skip
        known = _known(columns, items, held, tuple(marker for marker, there in marks if there))
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


def _held_by_item(files: Sequence[KnownFile]) -> dict[tuple[str, str, int | None], _Held]:
    held: dict[tuple[str, str, int | None], _Held] = {}
    for file in files:
        kind = "film" if file.kind == "film" else "series"
        one = held.setdefault((kind, file.title, file.year), _Held())
        if kind == "series" and file.season is not None:
            one.episodes.setdefault(file.season, set()).update(file.episodes)
        elif kind == "film":
            stem = os.path.splitext(os.path.basename(os.fsdecode(file.path)))[0]
            one.film = one.film or not extra_alone(stem)
    return held


def _known(
    columns: ReleaseColumns,
    items: Mapping[str, Sequence[KnownItem]],
    held: Mapping[tuple[str, str, int | None], _Held],
    markers: tuple[Marker, ...],
) -> Known:
    candidates = _candidates(columns, items.get(title_key(columns.title), ()) if columns.title else ())
    if not candidates:
        return Known(markers=markers)
    if _are_several(candidates):
        return Known("unknown?", markers=markers)
    item = candidates[0]
    its = next((held[key] for one in candidates if (key := (one.kind, one.title, one.year)) in held), _Held())
    known = Known("known", 0, markers, item.title, item.year)
    if item.kind == "film":
        return Known("obtained", 0, markers, item.title, item.year) if its.film else known
    return _of_series(columns, its, known)


def _are_several(candidates: Sequence[KnownItem]) -> bool:
    """Whether the candidates are more than one film or series. One without an id, which is known by its name alone, is
    the same as one of its year."""
    with_id = {(one.kind, one.catalog_id) for one in candidates if one.catalog_id}
    years = {one.year for one in candidates if one.catalog_id}
    named = {one.year for one in candidates if not one.catalog_id and one.year is not None}
    several = len(with_id) > 1 or len({one.kind for one in candidates}) > 1
    return several or (bool(named - years) if with_id else len(named) > 1)


def _of_series(columns: ReleaseColumns, its: _Held, known: Known) -> Known:
    """How much of the episodes of a release is here. How many episodes a season has is not known to the tables, so a
    pack is never said to be obtained."""
    if columns.episodes and len(columns.seasons) == 1:
        wanted = set(columns.episodes)
        here = len(wanted & its.episodes.get(columns.seasons[0], set()))
        if here == len(wanted):
            return Known("obtained", 0, known.markers, known.title, known.year)
    else:
        seasons = columns.seasons or (() if columns.absolute or columns.date else tuple(its.episodes))
        here = sum(len(its.episodes.get(season, ())) for season in seasons)
    return Known("part", here, known.markers, known.title, known.year) if here else known


def _candidates(columns: ReleaseColumns, items: Sequence[KnownItem]) -> list[KnownItem]:
    """The films or series a release may be of: of its kind, and of its year where both have one."""
    kind = {"film": "film", "episode": "series", "pack": "series"}.get(columns.kind, "")
    same = [one for one in items if not kind or one.kind == kind]
    if columns.year is None:
        return same
    return [one for one in same if one.year in (None, columns.year)]
