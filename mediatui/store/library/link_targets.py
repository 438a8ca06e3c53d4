"""Where the links of the library lead, for guards that distinguish a dead link from a mount that is away."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator


def count_links_to(connection: sqlite3.Connection, prefix: bytes) -> int:
    """How many links are known to lead below a folder by the text of their targets; relative ones are not counted."""
    query = "SELECT count(*) FROM library_links WHERE target >= ? AND target < ?"
    return int(connection.execute(query, (prefix + b"/", prefix + b"0")).fetchone()[0])


def iterate_targets(connection: sqlite3.Connection) -> Iterator[tuple[bytes, bytes]]:
    """Path and target text of every known link."""
    for path, target in connection.execute("SELECT path, target FROM library_links"):
        yield bytes(path), bytes(target)


def targets_below(connection: sqlite3.Connection, folder: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Path and target text of every known link below a folder."""
    rows = connection.execute(
        "SELECT path, target FROM library_links WHERE path >= ? AND path < ?", (folder + b"/", folder + b"0")
    )
    for path, target in rows:
        yield bytes(path), bytes(target)


def some_good_targets(connection: sqlite3.Connection, prefix: bytes, limit: int) -> list[bytes]:
    """A few targets below ``prefix`` that were good when last seen, from anywhere among them; fast, for every step."""
    query = "SELECT target FROM library_links WHERE state = 'ok' AND target >= ? AND target < ? {} LIMIT ?"
    for sample in ("AND random() & 31 = 0", ""):
        rows = connection.execute(query.format(sample), (prefix + b"/", prefix + b"0", limit)).fetchall()
        if rows:
            return [bytes(row[0]) for row in rows]
    return []


def good_targets(connection: sqlite3.Connection, prefix: bytes, limit: int) -> list[bytes]:
    """Targets below ``prefix`` that were good when last seen: canaries. A link itself may have been renamed since."""
    rows = connection.execute(
        "SELECT DISTINCT target, checked_at FROM library_links WHERE state = 'ok' AND target >= ? AND target < ? "
        "ORDER BY checked_at DESC, random() LIMIT ?",
        (prefix + b"/", prefix + b"0", limit),
    )
    return [bytes(row[0]) for row in rows]
