"""Guards of numbers: how much a plan may remove, before it runs and again every fifty steps. One that trips ends the
run, exit 4. Typing the number lifts these guards, but not those of the mounts (``mount_guard``)."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mediatui.model.errors import GuardTripped
from mediatui.model.path import is_below
from mediatui.settings.places import configured_mounts, configured_roots
from mediatui.store.facts import SHORT_LIST, WHOLE_LIST, read_fact
from mediatui.store.library.link_targets import count_links_to, iterate_targets
from mediatui.store.library.links import count_links
from mediatui.system.mounts import mount_of
from mediatui.system.symlinks import absolute

if TYPE_CHECKING:
    from mediatui.changes.steps.symlinks import UnlinkSymlink
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


def check_shares(
    connection: sqlite3.Connection, settings: Settings, steps: Sequence[UnlinkSymlink], allowed: int | None
) -> None:
    """Raises GuardTripped when of the links of one root, or of those that lead to one mount, a greater share would go
    than the settings allow, and no person has typed the number."""
    links = [link for link in steps if not link.keeper]  # one that has a keeper shows that its mount is there
    check_roots(connection, settings, [os.fsencode(link.path) for link in links], allowed)
    check_shares_of_mounts(connection, settings, [pointed(link) for link in links], allowed)


def pointed(link: UnlinkSymlink) -> bytes:
    """Where the link to remove points, absolute."""
    return absolute(os.fsencode(link.path), os.fsencode(link.target))


def check_roots(
    connection: sqlite3.Connection, settings: Settings, paths: Sequence[bytes], allowed: int | None
) -> None:
    """Raises GuardTripped when of the links of one root a greater share would go than the settings allow, and no person
    has typed the number: what happened to one root must not hide among the links of all."""
    if allowed is not None and len(paths) <= allowed:
        return
    share = settings.library.max_delete_share
    for root in configured_roots(settings):
        going = sum(1 for path in paths if is_below(path, root))
        known = count_links(connection, root) if going else 0
        if going > share * known:
            raise GuardTripped(
                f"{going:,} of the {known:,} links in {os.fsdecode(root)} would go; library.max_delete_share allows "
                f"{share:.0%}. This looks like a problem of a mount.",
                f"To go on, give the number: --allow {len(paths)} (on screen it is asked for).",
            )


def check_shares_of_mounts(
    connection: sqlite3.Connection, settings: Settings, targets: Sequence[bytes], allowed: int | None
) -> None:
    """Raises GuardTripped when of the links that lead to one mount a greater share would go than the settings allow,
    and no person has typed the number: a mount that lists, and holds nothing of what it held, looks alive."""
    if allowed is not None and len(targets) <= allowed:
        return
    share, mounts = settings.library.max_delete_share, configured_mounts(settings)
    going = Counter(mount for target in targets if (mount := mount_of(mounts, target)) is not None)
    for mount, number in going.items():
        if number <= share * count_links_to(connection, mount.path):
            continue
        known = sum(mount_of(mounts, absolute(*link)) == mount for link in iterate_targets(connection))
        if number > share * known:
            raise GuardTripped(
                f"{number:,} of the {known:,} links that lead to {os.fsdecode(mount.path)} would go; "
                f"library.max_delete_share allows {share:.0%}. This looks like a problem of this mount.",
                f"To go on, give the number: --allow {len(targets)} (on screen it is asked for).",
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
