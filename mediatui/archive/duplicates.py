"""Torrents the account holds more than once: which to keep, and which can be deleted without losing a file."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import PurePosixPath
from typing import Final

from mediatui.model.choices import By, Keep
from mediatui.model.errors import UsageError
from mediatui.model.text import printable
from mediatui.model.torrent import DONE_STATUSES, Torrent
from mediatui.names.quality import quality_of, why_better
from mediatui.names.releases import Release, read_releases
from mediatui.store.torrents.listing import file_selections, standing_names, torrents_by_key, torrents_sharing_hash

_WHY: Final[dict[By, str]] = {"hash": "same info-hash", "title": "same title, season, episode and quality"}
BY_HAND: Final = "chosen by hand"
EQUAL: Final = "the first of equals"
WHOLE: Final = "the only one that is whole"
RULES: Final[dict[Keep, str]] = {
    "newest": "added last", "oldest": "added first", "largest": "the largest", "smallest": "the smallest",
}  # fmt: skip
"""What a rule keeps, where it decides by one value."""
_VIDEOS: Final = frozenset((".avi", ".iso", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".ts", ".webm", ".wmv"))


@dataclass(frozen=True, slots=True)
class Selection:
    """The selected files of a torrent: their ids, and how many are videos (samples do not count)."""

    files: frozenset[int]
    videos: int


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Rows with the same content: ``keeper`` stays, ``others`` can be deleted without losing a file.

    ``name`` is for people (raw: it goes through ``printable``), ``why`` says what the rows share. ``left_out`` are rows
    with files that a keeper chosen by hand lacks: they stay too. ``selections`` holds, by torrent id, the selections of
    the rows whose files are known. ``kept_because`` says in words why the keeper is kept.
    """

    name: str
    why: str
    keeper: Torrent
    others: tuple[Torrent, ...]
    left_out: tuple[Torrent, ...] = ()
    kept_because: str = ""
    selections: Mapping[str, Selection] = field(default_factory=dict, repr=False, compare=False)

    @property
    def unproven(self) -> str:
        """Why nothing is deleted for the keeper; empty when it is whole as far as is known."""
        return "" if _healthy(self.keeper) else "is not known to be whole"

    @property
    def dropped(self) -> tuple[Torrent, ...]:
        """The rows to delete: the others, unless the keeper is not known to be whole."""
        return () if self.unproven else self.others

    @property
    def wasted_bytes(self) -> int:
        """The bytes of what goes together."""
        return sum(torrent.bytes for torrent in self.dropped)

    def keeping(self, torrent_id: str) -> DuplicateGroup:
        """The same group with the row of this id as keeper; rows with files it lacks move to ``left_out``.

        Raises UsageError when the group has no such row.
        """
        rows = (self.keeper, *self.others, *self.left_out)
        chosen = next((torrent for torrent in rows if torrent.id == torrent_id), None)
        if chosen is None:
            raise UsageError(
                f'"{printable(torrent_id, empty="")}" is not one of these duplicates.',
                f"The ids are: {', '.join(printable(torrent.id) for torrent in rows)}.",
            )
        rest = [torrent for torrent in rows if torrent is not chosen]
        others, left_out = _parted(chosen, rest, self.selections)
        because = self.kept_because if chosen is self.keeper else BY_HAND
        return replace(self, keeper=chosen, others=tuple(others), left_out=tuple(left_out), kept_because=because)


@dataclass(frozen=True, slots=True)
class Alike:
    """The standing rows that have something in common, before a rule says which of them are kept: each set of rows with
    its name (empty: that of the keeper), and the selections of those whose files are known."""

    by: By
    named: Sequence[tuple[str, Sequence[Torrent]]] = ()
    selections: Mapping[str, Selection] = field(default_factory=dict, repr=False)


def find_duplicates(
    connection: sqlite3.Connection, by: By, keep: Keep, languages: Sequence[str] = ()
) -> list[DuplicateGroup]:
    """The duplicates among the standing rows, the most wasted bytes first; empty when there are none."""
    return kept_by_rule(find_alike(connection, by), keep, languages)


def find_alike(connection: sqlite3.Connection, by: By) -> Alike:
    """The rows that have the hash in common, or by title what their names say. By title the names are parsed, which
    takes about a millisecond for each different name."""
    alike = _alike_by_hash(connection) if by == "hash" else _alike_by_title(connection)
    named = [(name, rows) for name, rows in alike if len(rows) > 1]
    return Alike(by, named, _selections(connection, (torrent.id for _, rows in named for torrent in rows)))


def kept_by_rule(alike: Alike, keep: Keep, languages: Sequence[str] = ()) -> list[DuplicateGroup]:
    """The groups of which a rule keeps one copy each, the most wasted bytes first.

    The keeper is a finished healthy row when there is one; among several the rule ``keep`` decides. A row with files
    that the keeper lacks is not in its ``others``; such rows are compared among themselves. The best copy is the
    one whose name says the higher resolution, then the better source, codec, HDR, the preferred ``languages``, then the
    larger one.
    """
    selections = alike.selections
    groups = [
        DuplicateGroup(
            name or keeper.filename,
            _WHY[alike.by],
            keeper,
            others,
            (),
            _because(keeper, others, keep, languages),
            selections,
        )
        for name, rows in alike.named
        for keeper, others in _kept_and_others(rows, keep, selections, languages)
    ]
    return sorted(groups, key=lambda group: (-group.wasted_bytes, group.keeper.key))


def _alike_by_hash(connection: sqlite3.Connection) -> Iterator[tuple[str, list[Torrent]]]:
    for _, rows in groupby(torrents_sharing_hash(connection), key=lambda torrent: torrent.hash):
        yield "", list(rows)


def _alike_by_title(connection: sqlite3.Connection) -> Iterator[tuple[str, list[Torrent]]]:
    names = standing_names(connection)
    releases = read_releases(name for _, name in names)
    keys: dict[Release, list[int]] = defaultdict(list)
    for key, name in names:
        if name in releases:
            keys[releases[name]].append(key)
    shared = {release: alike for release, alike in keys.items() if len(alike) > 1}
    rows = {row.key: row for row in torrents_by_key(connection, [key for alike in shared.values() for key in alike])}
    for release, alike in shared.items():
        yield release.label, [rows[key] for key in alike if key in rows]


def _selections(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, Selection]:
    return {
        torrent_id: Selection(frozenset(number for number, _ in files), sum(_is_video(path) for _, path in files))
        for torrent_id, files in file_selections(connection, ids).items()
    }


def _is_video(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in _VIDEOS and "sample" not in path.lower()


def _kept_and_others(
    rows: Sequence[Torrent], keep: Keep, selections: Mapping[str, Selection], languages: Sequence[str]
) -> Iterator[tuple[Torrent, tuple[Torrent, ...]]]:
    """The keeper with the rows it replaces; then the same among the rows it does not replace."""
    remaining = sorted(rows, key=lambda torrent: _rank(torrent, keep, languages))
    while len(remaining) > 1:
        keeper = remaining[0]
        others, remaining = _parted(keeper, remaining[1:], selections)
        if others:
            yield keeper, tuple(others)


def _parted(
    keeper: Torrent, rows: Iterable[Torrent], selections: Mapping[str, Selection]
) -> tuple[list[Torrent], list[Torrent]]:
    others: list[Torrent] = []
    left_out: list[Torrent] = []
    for torrent in rows:
        (others if _stands_for(keeper, torrent, selections) else left_out).append(torrent)
    return others, left_out


def _stands_for(keeper: Torrent, other: Torrent, selections: Mapping[str, Selection]) -> bool:
    """Whether ``other`` can be deleted without losing a file, as far as is known.

    Rows of one hash hold the same files, so their selections are compared file by file; when one is unknown, equal
    counts and bytes show that they are the same. Files of two hashes cannot be compared: a keeper does not replace a
    row with more videos (the whole season beside half of it).
    """
    kept, dropped = selections.get(keeper.id), selections.get(other.id)
    if keeper.hash == other.hash != "":
        if kept is not None and dropped is not None:
            return dropped.files <= kept.files
        counts = {count for count in (keeper.selected_count, other.selected_count) if count is not None}
        return len(counts) <= 1 and keeper.links_count == other.links_count and keeper.bytes == other.bytes
    return kept is None or dropped is None or dropped.videos <= kept.videos


def _rank(torrent: Torrent, keep: Keep, languages: Sequence[str]) -> tuple[bool, tuple[int, ...], bool, float, int]:
    """The sort key of a row, smallest for the row to keep; unknown values come last under every rule."""
    value = _value(torrent, keep)
    known = value or 0
    quality = quality_of(torrent.filename).rank(languages) if keep == "best" else ()
    size = known if keep in ("oldest", "smallest") else -known
    return not _healthy(torrent), quality, value is None, size, torrent.key


def _value(torrent: Torrent, keep: Keep) -> float | None:
    """What a rule compares, bytes or epoch seconds; None when it is not known."""
    return torrent.added_at if keep in ("newest", "oldest") else torrent.bytes


def _because(keeper: Torrent, others: Sequence[Torrent], keep: Keep, languages: Sequence[str]) -> str:
    """Why the rule keeps this one and not the next best."""
    second = others[0]
    if _healthy(keeper) and not _healthy(second):
        return WHOLE
    if keep != "best":
        value, other = _value(keeper, keep), _value(second, keep)
        return RULES[keep] if value is not None and value != other else EQUAL
    better = why_better(keeper.filename, second.filename, languages)
    return better or ("the larger one" if keeper.bytes > second.bytes else EQUAL)


def _healthy(torrent: Torrent) -> bool:
    """Whether the row is finished, has as many links as selected files, and no known problem; a link that failed once
    is one."""
    links, selected = torrent.links_count, torrent.selected_count
    whole = links is None or selected is None or links >= selected
    opens = torrent.health != "dead" and torrent.health_code is None
    return torrent.status in DONE_STATUSES and opens and torrent.error is None and whole
