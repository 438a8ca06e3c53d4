"""The tree of a query as an SQL condition on the ``torrents`` table; every value is a bound parameter.

No condition is ever NULL (an unknown value does not match), so that NOT is the true complement.
"""

from __future__ import annotations

import time

from mediatui.archive.query.tree import (
    EVERYTHING,
    NOT_GONE,
    Age,
    And,
    ClassIn,
    FileLike,
    Flag,
    HashPrefix,
    HealthIn,
    Host,
    IdPrefix,
    Is,
    Leaf,
    Linked,
    Node,
    Not,
    Or,
    Range,
    StatusIn,
    Word,
    hiding_gone,
    leaves,
)
from mediatui.model.torrent import STATUSES

Sql = tuple[str, list[object]]

STALLED_DOWNLOAD_S = 20 * 60
STALLED_CONVERSION_S = 10 * 60
"""Spec: a download that has no seeders or no speed after 20 minutes, a magnet not converted after 10."""

_STANDING = "gone_at IS NULL"

_FLAGS: dict[Flag, str] = {
    # Not all there: still under way, or finished with fewer links than selected files.
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
    # Where no scan has looked there is no answer.
    "unlinked": (
        "(id NOT IN (SELECT torrent_id FROM library_links WHERE torrent_id IS NOT NULL) "
        "AND (EXISTS (SELECT 1 FROM library_links) OR EXISTS (SELECT 1 FROM scans WHERE status = 'done')))"
    ),
}
# A link whose folder could not be looked into, or whose disk was away, is marked by a negative number (drop_unseen).
_LINKED = "id IN (SELECT torrent_id FROM library_links WHERE torrent_id IS NOT NULL AND coalesce(seen, 0) >= 0)"


def to_sql(tree: Node, now: float | None = None) -> Sql:
    """The WHERE condition of a query seen at ``now`` (epoch seconds; default the present), and its parameters.

    Tombstones are left out unless the query mentions ``is:gone``.
    """
    condition, parameters = _node(hiding_gone(tree), time.time() if now is None else now)
    if tree != EVERYTHING and not any(isinstance(leaf, StatusIn) for leaf in leaves(tree)):
        # Nearly every row stands: keep SQLite from walking the index of standing rows unless it narrows by status.
        condition = condition.replace(_STANDING, f"+{_STANDING}", 1)
    return condition, parameters


def leaf_to_sql(leaf: Leaf, now: float) -> Sql:
    """The condition of one leaf alone, tombstones included."""
    return _leaf(leaf, now)


def _node(node: Node, now: float) -> Sql:
    if node == NOT_GONE:
        return _STANDING, []  # in this form an index answers it
    if isinstance(node, Not):
        condition, parameters = _node(node.part, now)
        return f"NOT ({condition})", parameters
    if isinstance(node, And):
        return _joined(" AND ", node.parts, now) if node.parts else ("1", [])
    if isinstance(node, Or):
        return _joined(" OR ", node.parts, now)
    return _leaf(node, now)


def _joined(operator: str, parts: tuple[Node, ...], now: float) -> Sql:
    conditions: list[str] = []
    parameters: list[object] = []
    for part in parts:
        condition, its = _node(part, now)
        conditions.append(condition)
        parameters += its
    return f"({operator.join(conditions)})", parameters


def _leaf(leaf: Leaf, now: float) -> Sql:
    match leaf:
        case Word(text):
            return "instr(folded, ?) > 0", [text]
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
        case Linked():
            return _LINKED, []
        case Host(text):
            return "instr(lower(host), lower(?)) > 0", [text]
        case HashPrefix(prefix):
            return "(hash >= ? AND hash < ?)", [prefix, f"{prefix}g"]
        case IdPrefix(prefix):
            return "instr(lower(id), lower(?)) = 1", [prefix]
        case FileLike(pattern):
            return (
                "(id IN (SELECT torrent_id FROM torrent_files WHERE path LIKE ? ESCAPE '\\') "
                "OR (files_count IS NULL AND '/' || filename LIKE ? ESCAPE '\\'))",
                [pattern, pattern],
            )


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
    """Few rows have a problem: an index knows them, but not those that are well or gone."""
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
