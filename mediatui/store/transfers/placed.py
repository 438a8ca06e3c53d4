"""The links of the library that lead into what a transfer brought."""

from __future__ import annotations

import sqlite3

from mediatui.model.transfer import Transfer
from mediatui.store.library.links import LibraryLink, links_into


def placed_links(connection: sqlite3.Connection, transfer: Transfer) -> list[LibraryLink]:
    """The links that lead into the entry of a transfer, those that are well first, else by path; none while it has no
    entry."""
    found = links_into(connection, transfer.entry_id) if transfer.entry_id else []
    return sorted(found, key=lambda link: (link.state != "ok", link.path))
