"""Links below folders that are no longer roots of the library: no scan reads them, so nothing is judged by them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence


def drop_links_outside(connection: sqlite3.Connection, roots: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """Forgets the links that lie below none of ``roots``, their canaries, and when such folders were read; returns for
    each former root how many links there were. Without any root nothing is forgotten."""
    if not roots:
        return []
    marks = ", ".join("?" * len(roots))
    connection.execute(f"DELETE FROM roots_read WHERE root NOT IN ({marks})", list(roots))
    inside = " OR ".join("(path >= ? AND path < ?)" for _ in roots)
    values = [end for root in roots for end in (root + b"/", root + b"0")]
    query = f"SELECT root, count(*) FROM library_links WHERE NOT ({inside}) GROUP BY root ORDER BY root"
    dropped = [(bytes(row[0] or b""), int(row[1])) for row in connection.execute(query, values)]
    if dropped:
        targets = "SELECT target FROM library_links WHERE"
        connection.execute(
            f"DELETE FROM canaries WHERE target IN ({targets} NOT ({inside})) AND target NOT IN ({targets} {inside})",
            (*values, *values),
        )
        connection.execute(f"DELETE FROM library_links WHERE NOT ({inside})", values)
    return dropped
