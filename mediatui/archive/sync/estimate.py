"""The cost of each mode of sync, from the archive alone: for the menu on screen and for advice."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.archive.sync.job import SyncOptions, list_requests
from mediatui.model.choices import SYNC_MODES, SyncMode
from mediatui.store.torrents.listing import count_torrents
from mediatui.store.torrents.pending_details import select_pending

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
    standing = count_torrents(connection)
    found = []
    for mode in SYNC_MODES:
        reasons = SyncOptions(mode).reasons(settings.sync.old)
        most = settings.sync.old_per_run
        rows = len(select_pending(connection, reasons, since=now, now=now, most_old_finished=most))
        requests = rows + list_requests(mode, standing, budget.list_page)
        found.append(Estimate(mode, rows, requests, requests * budget.window_s / budget.requests_per_minute))
    return found
