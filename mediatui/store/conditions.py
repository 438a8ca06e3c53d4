"""Conditions on rows, as typed values. SQL text is made here and in the files of the tables, nowhere else.

Every value is a bound parameter. The condition of a query is never NULL (an unknown value does not match), so that NOT
is the true complement.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from mediatui.model.query_tree import (
    EVERYTHING,
    NOT_GONE,
    Age,
    And,
    ClassIn,
    Detailed,
    FileLike,
    Flag,
    HashPrefix,
    HealthIn,
    HostLike,
    IdPrefix,
    Is,
    Leaf,
    Linked,
    Node,
    Not,
    Or,
    Range,
    Says,
    StatusIn,
    Word,
    hiding_gone,
    leaves,
)
from mediatui.model.release_words import AFTER_LANGUAGE, FACTS, NOT_NAMED, SHOWN_AS, all_words
from mediatui.model.text import APOSTROPHES, plain_apostrophes
from mediatui.model.torrent import STATUSES

Sql = tuple[str, list[object]]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the rows of a table: ``text`` with a ``?`` for each of ``values``."""

    text: str
    values: tuple[object, ...] = ()

    def __and__(self, other: Self) -> Self:
        """Both at once."""
        return type(self)(f"({self.text}) AND ({other.text})", self.values + other.values)


class TorrentCondition(Condition):
    """A condition on rows of ``torrents``."""

    __slots__ = ()


class LinkCondition(Condition):
    """A condition on rows of ``library_links``."""

    __slots__ = ()


_STANDING = "gone_at IS NULL"

EVERY_TORRENT: Final = TorrentCondition("1")
"""Every row, tombstones included."""
STANDING: Final = TorrentCondition(_STANDING)
"""The torrents the account still has."""
WITH_HASH: Final = TorrentCondition(f"{_STANDING} AND hash <> ''")
"""The torrents the account still has and that can be added again by their hash."""
EVERY_LINK: Final = LinkCondition("1")
NOT_OK: Final = LinkCondition("state <> 'ok'")


def links_below(folder: bytes) -> LinkCondition:
    """The links below a folder."""
    return LinkCondition("path >= ? AND path < ?", (folder + b"/", folder + b"0"))


def links_in_states(states: Sequence[str]) -> LinkCondition:
    """The links in one of these states. Few links are not well, and an index knows those."""
    named = LinkCondition(f"state IN ({_marks(len(states))})", tuple(states))
    return named if "ok" in states else NOT_OK & named


def links_seen_by(scan: int) -> LinkCondition:
    """The links a scan saw."""
    return LinkCondition("seen = ?", (scan,))


STALLED_DOWNLOAD_S = 20 * 60
STALLED_CONVERSION_S = 10 * 60
"""Spec: a download that has no seeders or no speed after 20 minutes, a magnet not converted after 10."""

_FLAGS: dict[Flag, str] = {
    # Still under way, or finished with fewer links than selected files.
    "incomplete": (
        "(progress < 100 OR (links_count IS NOT NULL AND selected_count IS NOT NULL AND links_count < selected_count))"
    ),
    "gone": "gone_at IS NOT NULL",
    # The first condition is answered by an index alone and leaves few rows for the second.
    "duplicate": (
        "(+gone_at IS NULL AND hash IN (SELECT hash FROM torrents WHERE hash <> '' GROUP BY hash HAVING count(*) > 1) "
        "AND EXISTS (SELECT 1 FROM torrents AS twin WHERE twin.hash = torrents.hash "
        "AND twin.key <> torrents.key AND twin.gone_at IS NULL))"
    ),
    # The + keeps SQLite from walking its index of dates for what is a few rows of two statuses.
    "stalled": (
        "(+added_at IS NOT NULL AND ((status = 'downloading' AND +added_at <= ? "
        "AND (coalesce(seeders, 1) = 0 OR coalesce(speed, 1) = 0)) "
        "OR (status = 'magnet_conversion' AND +added_at <= ?)))"
    ),
    # Before the first scan there is no answer, and none on what came after the last one that read everything: its links
    # were matched with the torrents that were there. Whether every root was read is known to archive.query.known_links.
    "unlinked": (
        "(id NOT IN (SELECT torrent_id FROM library_links WHERE torrent_id IS NOT NULL) "
        "AND (EXISTS (SELECT 1 FROM library_links) OR EXISTS (SELECT 1 FROM scans WHERE status = 'done')) "
        "AND first_seen_at <= coalesce((SELECT min(at) FROM roots_read), first_seen_at))"
    ),
}
# A link whose folder could not be read, or whose disk was away, is marked by a negative number (drop_unseen).
_LINKED = "id IN (SELECT torrent_id FROM library_links WHERE torrent_id IS NOT NULL AND coalesce(seen, 0) >= 0)"


def torrents_matching(tree: Node, now: float | None = None) -> TorrentCondition:
    """The torrents that match a query seen at ``now`` (epoch seconds; default the present).

    Tombstones are left out unless the query mentions ``is:gone``.
    """
    condition, parameters = _node(hiding_gone(tree), time.time() if now is None else now)
    if tree != EVERYTHING and not any(isinstance(leaf, StatusIn) for leaf in leaves(tree)):
        # Nearly every row is standing: keep SQLite from walking the index of standing rows unless it narrows by status.
        condition = condition.replace(_STANDING, f"+{_STANDING}", 1)
    return TorrentCondition(condition, tuple(parameters))


def torrents_matching_leaf(leaf: Leaf, now: float) -> TorrentCondition:
    """The torrents that match one leaf alone, tombstones included."""
    condition, parameters = _leaf(leaf, now)
    return TorrentCondition(condition, tuple(parameters))


def _node(node: Node, now: float) -> Sql:
    if node == NOT_GONE:
        return _STANDING, []  # in this form an index answers it
    if isinstance(node, Not):
        condition, parameters = _node(node.part, now)
        return f"NOT ({condition})", parameters
    if isinstance(node, And):
        return _joined(" AND ", node.parts, now) if node.parts else ("1", [])
    if isinstance(node, Or):
        return _joined(" OR ", node.parts, now) if node.parts else ("0", [])
    return _leaf(node, now)


def _joined(operator: str, parts: tuple[Node, ...], now: float) -> Sql:
    conditions: list[str] = []
    parameters: list[object] = []
    for part in parts:
        condition, values = _node(part, now)
        conditions.append(condition)
        parameters += values
    return f"({operator.join(conditions)})", parameters


def _leaf(leaf: Leaf, now: float) -> Sql:
    match leaf:
        case Word(text):
            return "instr(folded, ?) > 0", [text]
        case Says():
            return _says(leaf)
        case StatusIn():
            return _status(leaf)
        case ClassIn(classes):
            return _class(classes)
        case Range():
            return _range(leaf)
        case Age():
            return _range(leaf.at(now))
        case HealthIn(verdicts):
            verdict = "CASE WHEN health IN ('dead', 'ok') THEN health ELSE 'unknown' END"
            return f"{verdict} IN ({_marks(len(verdicts))})", [*sorted(verdicts)]
        case Is(flag):
            ages = [int(now) - STALLED_DOWNLOAD_S, int(now) - STALLED_CONVERSION_S] if flag == "stalled" else []
            return _FLAGS[flag], [*ages]
        case Detailed():
            return "details_at IS NOT NULL", []
        case Linked():
            return _LINKED, []
        case HostLike(text):
            return "instr(lower(host), lower(?)) > 0", [text]
        case HashPrefix(prefix):
            return "(hash >= ? AND hash < ?)", [prefix, f"{prefix}g"]
        case IdPrefix(prefix):
            return "instr(lower(id), lower(?)) = 1", [prefix]
        case FileLike(pattern):
            path, name = "path", "filename"
            if plain_apostrophes(pattern) != pattern or "'" in pattern:
                pattern, path, name = plain_apostrophes(pattern), _one_apostrophe(path), _one_apostrophe(name)
            return (
                f"(id IN (SELECT torrent_id FROM torrent_files WHERE {path} LIKE ? ESCAPE '\\') "
                f"OR (files_count IS NULL AND '/' || {name} LIKE ? ESCAPE '\\'))",
                [pattern, pattern],
            )


def _says(leaf: Says) -> Sql:
    """Names that say a value and, but for a language, none of those before it in the list of its fact."""
    known = list(FACTS[leaf.fact])
    patterns: list[object] = []

    def said(values: Sequence[str]) -> str:
        """SQL for names that say one of these values."""
        if not values:
            return "0"
        words = [
            (word, of_titles) for fact, value, word, of_titles in all_words() if fact == leaf.fact and value in values
        ]
        conditions = []
        for word, of_titles in words:
            found = _globs(word, of_titles)
            patterns.extend([word.partition("_")[0], *found])
            conditions.append(
                f"(instr(folded, ?) AND ({' OR '.join(['(char(32) || folded || char(32)) GLOB ?'] * len(found))}))"
            )
        return f"({' OR '.join(conditions)})"

    if leaf.value == NOT_NAMED:
        return f"NOT {said(known)}", patterns
    if leaf.fact == "language":
        return said([leaf.value]), patterns
    found = []
    for at, value in enumerate(known):
        if SHOWN_AS.get(value, value) == leaf.value:
            found.append(f"({said([value])} AND NOT {said(known[:at])})")
    return f"({' OR '.join(found)})", patterns


def _globs(word: str, of_titles: bool) -> list[str]:
    """Patterns that find a word on its own in a name with a blank before and behind it."""
    between = "[^a-z0-9]"
    word = word.replace("_", between)
    if not of_titles:
        return [f"*{between}{word}{between}*"]
    beside = [f"*[0-9]{between}{word}{between}*", f"*{between}{word}{between}[0-9]*"]
    return beside + [f"*{between}{word}{between}{after}{between}*" for after in AFTER_LANGUAGE.split()]


def _one_apostrophe(column: str) -> str:
    """A column whose text is read with every apostrophe as the plain one."""
    for char in APOSTROPHES:
        column = f"replace({column}, char({ord(char)}), char(39))"
    return column


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _status(leaf: StatusIn) -> Sql:
    conditions: list[str] = []
    parameters: list[object] = []
    if leaf.statuses:
        conditions.append(f"status IN ({_marks(len(leaf.statuses))})")
        parameters += sorted(leaf.statuses)
    if leaf.unknown:
        conditions.append(f"status NOT IN ({_marks(len(STATUSES))})")
        parameters += STATUSES
    return f"({' OR '.join(conditions)})", parameters


def _class(classes: frozenset[str]) -> Sql:
    """Few rows have a problem: an index holds them, but not the rows that are well or gone."""
    named = f"IN ({_marks(len(classes))})"
    parameters: list[object] = [*sorted(classes)]
    if classes & {"ok", "gone"}:
        return f"coalesce(class, 'ok') {named}", parameters
    return f"(class IS NOT NULL AND class NOT IN ('ok', 'gone') AND class {named})", parameters


def _range(leaf: Range) -> Sql:
    conditions = [f"{leaf.column} IS NOT NULL"]
    parameters: list[object] = []
    if leaf.low is not None:
        conditions.append(f"{leaf.column} {'>' if leaf.low_open else '>='} ?")
        parameters.append(leaf.low)
    if leaf.high is not None:
        conditions.append(f"{leaf.column} {'<' if leaf.high_open else '<='} ?")
        parameters.append(leaf.high)
    return f"({' AND '.join(conditions)})", parameters
