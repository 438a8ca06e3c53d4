"""Counts the links a scan could not judge, by the mount or view that prevented it and the reason."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mediatui.library.scan.reasons import reason_of
from mediatui.library.scan.state import ScanState
from mediatui.model.link import NOT_JUDGED, NOT_ON_MOUNT, NOT_PROBED
from mediatui.model.path import is_within
from mediatui.model.views import HELD, WITNESSED, unjudged_row, view_label
from mediatui.runtime.context import Context
from mediatui.store.conditions import links_in_states, links_seen_by
from mediatui.store.library.links import LibraryLink, iterate_links
from mediatui.system.symlinks import absolute
from mediatui.system.view_checks import EMPTY


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A number of links in a state, the place responsible (text, may be empty), and the reason, a sentence without its
    full stop. ``is_view``: the place is a view that fails."""

    state: str
    place: str
    reason: str
    is_view: bool
    links: int

    def as_row(self) -> Mapping[str, object]:
        """As a row of output."""
        return unjudged_row(self.state, self.reason, self.links, self.place, is_view=self.is_view)


async def count_unjudged(ctx: Context, run: ScanState) -> Sequence[Unjudged]:
    """The links a completed scan could not judge, the most frequent reason first."""
    if not any(run.counts[state] for state in NOT_JUDGED):
        return []
    condition = links_seen_by(run.scan) & links_in_states(NOT_JUDGED)

    def count(connection: sqlite3.Connection) -> Counter[tuple[str, str, str, bool]]:
        return Counter(_why(run, link) for link in iterate_links(connection, condition))

    found = await ctx.db.read(count)
    return [Unjudged(*why, links) for why, links in found.most_common()]


def _why(run: ScanState, link: LibraryLink) -> tuple[str, str, str, bool]:
    """State, place and reason of a link, and whether the place is a view that fails."""
    pointed = absolute(link.path, link.target)
    view = run.finder.view_of(pointed)
    view_state = None if view is None else run.views.get(view.path)
    if link.state == NOT_ON_MOUNT:
        return (
            link.state,
            "" if view is None else os.fsdecode(view.path),
            WITNESSED.get(link.code or 0, WITNESSED[HELD]),
            False,
        )
    if link.code in NOT_PROBED or link.state in ("unreadable", "unreachable"):
        return link.state, "", reason_of(link.state, link.code), False
    if view_state is not None and view_state.problem:
        return link.state, os.fsdecode(view_state.view.path), view_state.problem, True
    for place, reason in _problems(run):
        if is_within(pointed, place):
            return link.state, os.fsdecode(place), reason, False
    if link.code == EMPTY and view is not None:
        reason = f"folders of torrents in {view_label(view, of_several=run.ambiguous(view))} list empty"
        return link.state, os.fsdecode(view.path), reason, False
    if link.code and link.code != EMPTY:
        return link.state, "", f"the file could not be read ({reason_of(link.state, link.code)})", False
    return link.state, "", "what they lead to could not be checked", False


def _problems(run: ScanState) -> Iterator[tuple[bytes, str]]:
    for mount_state in run.mount_states:
        if mount_state.problem:
            yield mount_state.mount.path, mount_state.problem
    for place, why in run.paused.items():
        yield place, f"{os.fsdecode(place)} was left alone ({why})"
