"""Fetching single rows again, when they are shown."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mediatui.store.database import Database
from mediatui.store.torrents.rows import store_details

if TYPE_CHECKING:
    from mediatui.model.account import DebridAccount


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
