"""Plans the removal of links whose targets are gone, as the last scans left them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence

from mediatui.changes.steps.symlinks import UnlinkSymlink
from mediatui.library.scan.job import reason_of
from mediatui.model.errors import UsageError
from mediatui.model.human import counted
from mediatui.model.link import REMOVABLE, State
from mediatui.model.plan import Plan
from mediatui.model.text import printable
from mediatui.store.conditions import links_below, links_in_states
from mediatui.store.library.links import LibraryLink, count_links, iterate_links


def parse_removable_states(words: Sequence[str]) -> tuple[State, ...]:
    """The removable states among ``words``, or all of them when there are none; raises UsageError for any other
    word."""
    for word in words:
        if word not in REMOVABLE:
            raise UsageError(
                f"Links that are {printable(word)} are never removed.", f"Allowed: {', '.join(REMOVABLE)}."
            )
    return tuple(state for state in REMOVABLE if not words or state in words)


APART_S = 30 * 60
"""Unattended, a link is removed only when two looks this far apart found it bad: a mount may be rebuilding its list."""
NOT_YET = "a second look at least 30 minutes later removes it"


def plan_unlink(
    connection: sqlite3.Connection,
    roots: Sequence[bytes],
    states: Sequence[State] = REMOVABLE,
    *,
    seen_twice: bool = False,
    why_stale: Callable[[LibraryLink], str] = lambda link: "",
) -> Plan:
    """The plan that removes the links below ``roots`` which the last scan found in one of ``states``. With
    ``seen_twice`` two kinds of links stay, with a note: those first found bad less than half an hour before the last
    look, and those for which ``why_stale`` says that nothing fresh was read in between."""
    steps: list[UnlinkSymlink] = []
    notes: list[tuple[str, str]] = []
    looked_at = 0
    for root in roots:
        looked_at += count_links(connection, root)
        for link in iterate_links(connection, links_below(root) & links_in_states(states)):
            if seen_twice and (why := _once(link) if not _seen_twice(link) else why_stale(link)):
                notes.append((printable(os.fsdecode(link.path)), why))
            else:
                steps.append(unlink_step(link))
    title = f"Remove {counted(len(steps), 'link')}"
    return Plan("scan", title, tuple(steps), notes=tuple(notes), looked_at=looked_at)


def _seen_twice(link: LibraryLink) -> bool:
    return link.bad_for_s is not None and link.bad_for_s >= APART_S


def _once(link: LibraryLink) -> str:
    if link.bad_for_s is None or link.bad_since == link.checked_at:
        return f"seen {link.state} for the first time; {NOT_YET}"
    return f"first seen {link.state} {max(0, round(link.bad_for_s)) // 60} min before; {NOT_YET}"


def unlink_step(link: LibraryLink) -> UnlinkSymlink:
    """The step that removes a link."""
    path = os.fsdecode(link.path)
    return UnlinkSymlink(
        what=printable(path), path=path, target=os.fsdecode(link.target), torrent=link.torrent_id, state=link.state,
        reason=f"{link.state}: {reason_of(link.state, link.code)}",
    )  # fmt: skip
