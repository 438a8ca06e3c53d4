"""What queries about links into torrents may answer: nothing until a scan has read every folder of links to its end."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence

from mediatui.model.errors import GuardTripped
from mediatui.model.query_tree import Node, asks_for_links, without_links
from mediatui.model.text import join_words, printable
from mediatui.store.library.roots_read import roots_not_read

SCAN_FIRST = "Scan first: mediatui --headless scan"
_NAMED = 3

Roots = Callable[[], Sequence[bytes]]
"""The configured folders of links; only called when they are needed, since settings take a while to read."""


def answerable(connection: sqlite3.Connection, tree: Node, roots: Roots) -> tuple[Node, str]:
    """The query as far as it can be answered now, and a sentence why not in whole (empty when it can): while it is not
    known what links to a torrent, no condition on that matches anything."""
    if not asks_for_links(tree):
        return tree, ""
    why = _why_not_known(connection, roots())
    return (without_links(tree), f"{why} {SCAN_FIRST}") if why else (tree, "")


def refuse_unanswerable(connection: sqlite3.Connection, tree: Node, roots: Roots) -> None:
    """Raises GuardTripped when changes would be chosen by a query that cannot be answered now."""
    if asks_for_links(tree) and (why := _why_not_known(connection, roots())):
        raise GuardTripped(f"{why} So nothing is chosen by it.", SCAN_FIRST)


def _why_not_known(connection: sqlite3.Connection, roots: Sequence[bytes]) -> str:
    if not roots:
        return "What links to a torrent is not known: library.roots names no folder of links."
    missing = roots_not_read(connection, roots)
    if not missing:
        return ""
    named = [printable(os.fsdecode(root)) for root in missing[:_NAMED]]
    more = [f"{len(missing) - _NAMED:,} more"] if len(missing) > _NAMED else []
    return f"What links to a torrent is not known: no scan has read {join_words([*named, *more])} to the end."
