"""The torrents a command is about: ids named by hand, or everything a query finds."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass

from mediatui.archive.query.known_links import Roots, refuse_unanswerable
from mediatui.archive.query.parse import parse
from mediatui.model.errors import UsageError
from mediatui.model.query_tree import HashPrefix
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent
from mediatui.store.conditions import torrents_matching
from mediatui.store.torrents.listing import UnknownTorrent, count_torrents, list_torrents, torrents_by_id


def _no_roots() -> Sequence[bytes]:
    return ()


_LIKE_AN_ID = re.compile(r"[A-Z0-9]{12,20}")
_LIKE_A_HASH = re.compile(r"[0-9a-fA-F]{40}")


@dataclass(frozen=True, slots=True)
class Targets:
    """The torrents, in the order given or newest first; ``looked_at`` is the number of torrents a query chose them
    from, None when each was named by hand."""

    torrents: tuple[Torrent, ...]
    looked_at: int | None


def targets_by_id(connection: sqlite3.Connection, ids: Sequence[str]) -> Targets:
    """The torrents with these ids; raises UnknownTorrent for an id that is not in the archive."""
    wanted = list(dict.fromkeys(ids))
    found = {torrent.id: torrent for torrent in torrents_by_id(connection, wanted)}
    missing = [torrent_id for torrent_id in wanted if torrent_id not in found]
    if missing:
        shown = ", ".join(printable(torrent_id) for torrent_id in missing[:5]) + (", …" if len(missing) > 5 else "")
        raise UnknownTorrent(
            f"Not in the archive: {shown}.", "List ids with: mediatui --headless torrents --json. A sync may be due."
        )
    return Targets(tuple(found[torrent_id] for torrent_id in wanted), None)


def read_targets(
    connection: sqlite3.Connection, words: Sequence[str], roots: Roots = _no_roots, *, default: str = ""
) -> Targets:
    """The torrents that ``words`` mean: ids or info-hashes when each is one, else a query (``default`` when none).

    A word that looks like an id but is none is an error, never a search for names; so are empty words, as from a script
    with an unset variable, and ids together with a query. Raises UsageError, and GuardTripped for a query about links
    before every folder of links (``roots``) was scanned.
    """
    if not "".join(words).strip() and (words or not default):
        raise UsageError("Nothing was named.", "Give ids, or a query such as status:error; see mediatui torrents.")
    if words and all(_LIKE_AN_ID.fullmatch(word) or _LIKE_A_HASH.fullmatch(word) for word in words):
        ids: list[str] = []
        for word in words:
            ids += _ids_of_hash(connection, word) if _LIKE_A_HASH.fullmatch(word) else [word]
        return targets_by_id(connection, ids)
    exact = torrents_by_id(connection, list(words))
    if words and len(exact) == len(set(words)):
        return Targets(tuple(exact), None)
    if exact:
        raise UsageError(
            f"Ids and a query cannot be mixed: {printable(exact[0].id)} is an id, the rest is not.",
            "Give ids only, or a query only (id:… finds an id in a query).",
        )
    tree = parse(" ".join(words) or default)
    refuse_unanswerable(connection, tree, roots)
    condition = torrents_matching(tree, time.time())
    looked_at = count_torrents(connection)
    return Targets(tuple(list_torrents(connection, condition)), looked_at)


def _ids_of_hash(connection: sqlite3.Connection, info_hash: str) -> list[str]:
    rows = list_torrents(connection, torrents_matching(HashPrefix(info_hash.lower())))
    if not rows:
        raise UnknownTorrent(f"No torrent of the account has the hash {info_hash}.", "A sync may be due.")
    return [row.id for row in rows]
