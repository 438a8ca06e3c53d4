"""Guards: what has to hold before a plan runs, and again every fifty steps. One that trips ends the run, exit 4."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from mediatui.model.errors import GuardTripped
from mediatui.store.facts import SHORT_LIST, WHOLE_LIST, read_fact

if TYPE_CHECKING:
    from mediatui.settings import Settings

GUARD_EVERY = 50


def check_removals(removals: int, looked_at: int | None, settings: Settings, allowed: int | None) -> None:
    """Raises GuardTripped when more would go than the settings allow and no person has typed the number.

    ``looked_at`` is what the share is taken of; None when each thing was named by hand.
    """
    if removals == 0 or (allowed is not None and removals <= allowed):
        return
    limits = settings.library
    raise_it = f"To go on, give the number: --allow {removals} (on screen it is asked for)."
    if removals > limits.max_delete_count:
        raise GuardTripped(
            f"{removals:,} would go; library.max_delete_count allows {limits.max_delete_count:,} in one run.", raise_it
        )
    if looked_at and removals > limits.max_delete_share * looked_at:
        raise GuardTripped(
            f"{removals:,} of {looked_at:,} would go; library.max_delete_share allows {limits.max_delete_share:.0%}.",
            raise_it,
        )


def check_list_was_whole(connection: sqlite3.Connection) -> None:
    """Raises GuardTripped when the last list of the account was not whole, or never seen: what was chosen to go by
    comparing rows could rest on rows that are missing."""
    whole = read_fact(connection, WHOLE_LIST)
    short = read_fact(connection, SHORT_LIST)
    if whole is None or (short is not None and short[1] > whole[1]):
        raise GuardTripped(
            "The last list of the account was not whole, so nothing is chosen for deletion by it.",
            "Bring the archive up to date first: mediatui --headless sync --mode torrents",
        )
