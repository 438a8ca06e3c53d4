"""The cost of each mode of sync, from the archive alone: for the menu on screen and for advice."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.archive.sync.job import SyncOptions, list_requests
from mediatui.archive.sync.listing import LINKS_PAGE, pages_of
from mediatui.model.choices import SYNC_MODES, SyncMode
from mediatui.store.torrents.listing import count_torrents
from mediatui.store.torrents.pending_details import lacking_links, select_pending

if TYPE_CHECKING:
    from mediatui.settings import Settings


@dataclass(frozen=True, slots=True)
class Estimate:
    """The cost of a mode: details to fetch, requests in all, and seconds at the configured rate.

    Rows that the archive has not seen yet come on top; only the list shows them.
    """

    mode: SyncMode
    rows: int
    requests: int
    seconds: float


def estimates(connection: sqlite3.Connection, settings: Settings, now: int) -> list[Estimate]:
    """One estimate for each mode, in the order of ``SYNC_MODES``; ``now`` is epoch seconds."""
    budget = settings.account
    standing, _ = count_torrents(connection)
    found = []
    for mode in SYNC_MODES:
        rows = len(select_pending(connection, SyncOptions(mode).reasons(), since=now, now=now))
        requests = rows + list_requests(mode, standing, budget.list_page)
        if mode == "torrents":
            lacking = len(lacking_links(connection))
            sweep = pages_of(standing, LINKS_PAGE)
            requests += sweep if lacking > LINKS_PAGE and sweep < lacking else 0
        found.append(Estimate(mode, rows, requests, requests * budget.window_s / budget.requests_per_minute))
    return found
