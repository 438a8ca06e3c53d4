"""What the archive notes of a link that was placed by an import, without a scan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.store.library.media import Media, store_media

if TYPE_CHECKING:
    import aiosqlite


@dataclass(frozen=True, slots=True)
class ImportedLink:
    """A link, the text of its target and the size of that in bytes, the root it lies in, the transfer it is from; and
    the film or episodes it is of (without a title: of none, as subtitles)."""

    path: bytes
    target: bytes
    size: int
    root: bytes | None
    transfer: int
    title: str
    year: int | None = None
    season: int | None = None
    episodes: tuple[int, ...] = ()
    tmdb_id: int = 0
    tvdb_id: int = 0
    genres: tuple[str, ...] = ()


async def note_imported(connection: aiosqlite.Connection, link: ImportedLink, now: int) -> None:
    """Stores a link as one that is good, seen by the last scan of its root, into the torrent of its transfer, and the
    film or episode it is of."""
    await connection.execute(
        "INSERT INTO library_links (path, target, state, size, root, seen, checked_at, torrent_id) "
        "VALUES (?1, ?2, 'ok', ?3, ?4, (SELECT max(seen) FROM library_links WHERE root = ?4), ?5, "
        "(SELECT torrents.id FROM torrents JOIN transfers ON torrents.id = entry_id WHERE transfers.id = ?6)) "
        "ON CONFLICT (path) DO UPDATE SET target = excluded.target, state = 'ok', size = excluded.size, code = NULL, "
        "bad_since = NULL, bad_clock = NULL, verdict = NULL, checked_at = excluded.checked_at, "
        "torrent_id = excluded.torrent_id",
        (link.path, link.target, link.size, link.root, now, link.transfer),
    )
    if not link.title:  # subtitles are of the film or episode beside them
        return
    kind = "film" if link.season is None else "episode"
    media = Media(
        kind, link.title, link.year, link.season, link.episodes[0] if link.episodes else None,
        link.tmdb_id or None, link.tvdb_id or None, link.target, link.path, genres=link.genres,
        more_episodes=link.episodes[1:],
    )  # fmt: skip
    known = await connection.execute("SELECT source FROM media WHERE link_path = ?", (link.path,))
    if (row := await known.fetchone()) is not None and row[0] != "tree":  # what a service says of it stays
        await connection.execute("UPDATE media SET file_path = ? WHERE link_path = ?", (link.target, link.path))
    else:
        await store_media(connection, [media.as_row()])


async def forget_imported(connection: aiosqlite.Connection, path: bytes) -> None:
    """Forgets a link that was taken back, and what only its name said."""
    await connection.execute("DELETE FROM library_links WHERE path = ?", (path,))
    await connection.execute("DELETE FROM media WHERE link_path = ? AND source = 'tree'", (path,))
