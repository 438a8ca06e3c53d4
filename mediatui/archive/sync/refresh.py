"""Fetching single rows again, when they are shown."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mediatui.model.torrent import DOWNLOADED, Torrent, TorrentFile
from mediatui.store.database import Database
from mediatui.store.torrents.listing import files_of, links_of
from mediatui.store.torrents.rows import store_details

if TYPE_CHECKING:
    from mediatui.model.account import DebridAccount


async def files_and_links(
    db: Database, account: DebridAccount, torrent: Torrent
) -> tuple[list[TorrentFile], list[str]]:
    """The files and the links of a torrent; those of a finished one whose details the archive lacks are fetched first,
    with one request. Raises ServiceError."""
    if torrent.details_at is None and torrent.status == DOWNLOADED and torrent.gone_at is None:
        await refresh_rows(db, account, [torrent.id])
    return await db.read(files_of, torrent.id), await db.read(links_of, torrent.id)


async def refresh_rows(db: Database, account: DebridAccount, ids: Sequence[str]) -> list[str]:
    """Fetches and stores the details of these torrents, one request each, without queueing behind a running sync.

    Returns the ids that were stored. Raises ServiceError at the first that fails; those before it are kept.
    """
    done: list[str] = []
    for torrent_id in ids:
        detail = await account.torrent(torrent_id, interactive=True)
        async with db.transaction() as connection:
            await store_details(connection, [detail], int(time.time()))
        done.append(torrent_id)
    return done
