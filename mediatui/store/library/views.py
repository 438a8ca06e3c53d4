"""What the views of the mounts showed in the last scan that passed, and what the archive knows of missing names."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from mediatui.model.views import HeldTorrent, KeptView, LostNames, View, missing_of, view_at, why_not_judged
from mediatui.store.facts import WHOLE_LIST, read_fact
from mediatui.store.library.links import absolute_target

if TYPE_CHECKING:
    import aiosqlite

_BETWEEN = b"/"
"""Between the names of a view: the one byte, besides zero, that no name holds."""


def read_views(connection: sqlite3.Connection) -> dict[bytes, KeptView]:
    """Every view that is kept, by its path."""
    rows = connection.execute("SELECT mount, view, names, was_mount, scan_id, at, refreshed_by FROM mount_views")
    kept = (
        KeptView(
            view_at(bytes(row[0]), bytes(row[1])), frozenset(filter(None, bytes(row[2]).split(_BETWEEN))),
            bool(row[3]), int(row[4]), float(row[5]), row[6],
        )
        for row in rows
    )  # fmt: skip
    return {view.view.path: view for view in kept}


async def keep_view(connection: aiosqlite.Connection, kept: KeptView) -> None:
    """Keeps what a view showed in a scan that passed."""
    await connection.execute(
        "INSERT INTO mount_views (mount, view, names, was_mount, scan_id, at, refreshed_by) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (mount, view) DO UPDATE SET names = excluded.names, was_mount = excluded.was_mount, "
        "scan_id = excluded.scan_id, at = excluded.at, refreshed_by = excluded.refreshed_by",
        (
            kept.view.mount,
            kept.view.name,
            _BETWEEN.join(sorted(kept.names)),
            int(kept.was_mount),
            kept.scan,
            kept.at,
            kept.refreshed_by,
        ),
    )


def read_canaries(connection: sqlite3.Connection, view: View) -> list[bytes]:
    """Targets in a view that were good in the last scan that passed, without those in torrents the archive knows to be
    gone."""
    rows = connection.execute(
        "SELECT target FROM canaries WHERE mount = ? AND view = ? ORDER BY target", (view.mount, view.name)
    )
    targets = [bytes(row[0]) for row in rows]
    gone = known_gone(connection, {view.inside(target) for target in targets})
    return [target for target in targets if view.inside(target) not in gone]


async def keep_canaries(connection: aiosqlite.Connection, view: View, targets: Iterable[bytes], scan: int) -> None:
    """Replaces the canaries of a view."""
    await connection.execute("DELETE FROM canaries WHERE mount = ? AND view = ?", (view.mount, view.name))
    await connection.executemany(
        "INSERT OR REPLACE INTO canaries (mount, view, target, scan_id) VALUES (?, ?, ?, ?)",
        [(view.mount, view.name, target, scan) for target in targets],
    )


def good_targets_below(connection: sqlite3.Connection, view: View, scan: int, limit: int) -> list[bytes]:
    """Targets in a view that a scan found good, of as many torrents as possible, at most ``limit``."""
    absolute = connection.execute(
        "SELECT path, target FROM library_links WHERE seen = ? AND state = 'ok' AND target >= ? AND target < ? "
        "ORDER BY random() LIMIT ?",
        (scan, view.path + b"/", view.path + b"0", limit * 20),
    ).fetchall()
    relative = connection.execute(  # they are few, and their text does not show where they lead
        "SELECT path, target FROM library_links WHERE seen = ? AND state = 'ok' AND NOT (target >= ? AND target < ?)",
        (scan, b"/", b"0"),
    )
    by_torrent: dict[bytes, list[bytes]] = {}
    for path, text in (*absolute, *relative):
        target = absolute_target(bytes(path), bytes(text))
        if view.holds(target):
            by_torrent.setdefault(view.inside(target), []).append(target)
    found: list[bytes] = []
    while by_torrent and len(found) < limit:
        found += [targets.pop() for targets in by_torrent.values()]
        by_torrent = {name: targets for name, targets in by_torrent.items() if targets}
    return list(dict.fromkeys(found))[:limit]


def known_gone(connection: sqlite3.Connection, names: Collection[bytes]) -> set[bytes]:
    """The names whose torrents are all gone from the account, according to the archive."""
    return {name for name in names if (rows := _named(connection, name)) and not any(row[1] for row in rows)}


def still_held(connection: sqlite3.Connection, names: Collection[bytes]) -> set[bytes]:
    """The names of which the account has a finished torrent."""
    return {name for name in names if any(row[1] and row[2] == "downloaded" for row in _named(connection, name))}


def held_torrents(connection: sqlite3.Connection, missing: Mapping[bytes, str | None]) -> dict[bytes, HeldTorrent]:
    """The missing folder names whose torrent the account still has complete: found by that name, by the hash of a
    torrent that had it, else by the id (the value) that the file in it was matched with."""
    found: dict[bytes, HeldTorrent] = {}
    for name, torrent_id in missing.items():
        names: set[bytes] = set()
        for info_hash in {row[3] for row in _named(connection, name)}:
            names |= _names_of(connection, "hash = ?", info_hash)
        by_name = bool(names)
        if not names and torrent_id is not None:
            names = _names_of(connection, "id = ?", torrent_id)
        if names:
            found[name] = HeldTorrent(frozenset(names), by_name)
    return found


def why_lost(connection: sqlite3.Connection, kept: KeptView, names: frozenset[bytes]) -> str:
    """``why_not_judged`` of a view by the names it shows now, and by what the archive knows of those it lost."""
    missing = missing_of(kept.names, names)
    if not missing:
        return ""
    return why_not_judged(
        LostNames(kept.names, names, known_gone(connection, missing), still_held(connection, missing))
    )


def archive_is_older(connection: sqlite3.Connection, kept: KeptView | None) -> bool:
    """Whether the last whole list of the account is older than the last scan in which the view passed."""
    whole = read_fact(connection, WHOLE_LIST)
    return kept is not None and (whole is None or whole[1] < kept.at)


def _named(connection: sqlite3.Connection, name: bytes) -> Sequence[tuple[str, bool, str, str]]:
    """Id, whether the account still has it, status and hash of each torrent with this shown or original name, this id,
    or this hash: mounts may name the folders of torrents after any of them."""
    try:
        text = name.decode()
    except UnicodeDecodeError:
        return []
    return [
        (row[0], bool(row[1]), row[2], row[3])
        for column in ("filename", "original_filename", "id", "hash")
        for row in connection.execute(
            f"SELECT id, gone_at IS NULL, status, hash FROM torrents WHERE {column} = ?", (text,)
        )
    ]


def _names_of(connection: sqlite3.Connection, where: str, value: str) -> set[bytes]:
    rows = connection.execute(
        f"SELECT filename, original_filename, id, hash FROM torrents "
        f"WHERE {where} AND gone_at IS NULL AND status = 'downloaded'",
        (value,),
    )
    return {name.encode("utf-8", "surrogateescape") for row in rows for name in row if name}
