"""Who is notified of a batch: what is put at its end for Sonarr and Radarr, and what is said of that before."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from mediatui.changes.servers.note import changed_links, told_servers
from mediatui.changes.steps.arr import KNOWS_NONE, ArrFind, can_hold, services_to_notify
from mediatui.changes.steps.arr_blocklist import ArrBlocklist, UnlinkWhenBlocked
from mediatui.changes.steps.arr_rescan import ArrRescan
from mediatui.changes.steps.arr_search import ArrSearch
from mediatui.changes.steps.stored import read_steps_of_kind
from mediatui.changes.steps.symlinks import UnlinkSymlink
from mediatui.model.media_server import SERVER_TITLES
from mediatui.model.plan import Plan, StoredStep
from mediatui.model.text import join_words
from mediatui.runtime.context import Context
from mediatui.store.changes.journal import Batch, append_steps, plan_steps_again
from mediatui.store.changes.rescans import links_that_came_back

if TYPE_CHECKING:
    from mediatui.settings import Settings


SWAPS_SEEN: Final = 20
"""From more swapped links on it is said that they count as added again."""


def notified_services(settings: Settings, plan: Plan) -> str:
    """Which services and media servers are notified once a plan was applied, in sentences; empty when none is."""
    return " ".join(filter(None, (_notified_arrs(settings, plan), _told_servers(settings, plan))))


def _told_servers(settings: Settings, plan: Plan) -> str:
    """Which media servers are told of it; empty when none is."""
    changes = [change for step in plan.steps if changed_links(settings, step) and (change := step.tree_change)]
    titles = [SERVER_TITLES[name] for name in told_servers(settings)] if changes else []
    if not titles:
        return ""
    told = f"{join_words(titles)} {'is' if len(titles) == 1 else 'are'} told of it."
    swaps = sum(change.kind == "relink" for change in changes)
    if swaps > SWAPS_SEEN and SERVER_TITLES["jellyfin"] in titles:
        told += f" In {SERVER_TITLES['jellyfin']} {swaps:,} items change their date and stand under recently added."
    return told


def _notified_arrs(settings: Settings, plan: Plan) -> str:
    """Which services are notified; empty when none is, or when the plan lists rescans of its own."""
    if any(isinstance(step, ArrRescan) for step in plan.steps):
        return ""
    paths = [path for step in plan.steps for path in step.library_paths]
    names = [service.title for service in services_to_notify(settings) if can_hold(settings, service, paths)]
    if not names:
        return ""
    notified = f"{join_words(names)} {'is' if len(names) == 1 else 'are'} notified of what changed"
    removes = any(isinstance(step, UnlinkSymlink) for step in plan.steps)
    forgets = "it forgets" if len(names) == 1 else "they forget"
    return f"{notified}; of removed files {forgets} release group and revision." if removes else f"{notified}."


async def append_notify_steps(ctx: Context, batch: Batch, due: Sequence[StoredStep]) -> bool:
    """Puts an ``ArrFind`` for each service to notify at the end of a batch that is about to change links; returns
    whether it did. A batch that has rescans of all its links already gets none."""
    paths = {path for stored in due for path in stored.step.library_paths}
    rescanned = {path for stored in due if isinstance(stored.step, ArrRescan) for path in stored.step.paths}
    waiting = {stored.step.service for stored in due if isinstance(stored.step, ArrFind)}
    if paths <= rescanned:
        return False
    steps = [
        ArrFind(what=one.title, service=one.name)
        for one in services_to_notify(ctx.settings)
        if one.name not in waiting and can_hold(ctx.settings, one, paths)
    ]
    if steps:
        async with ctx.db.transaction() as connection:
            await append_steps(connection, batch.batch, steps)
    return bool(steps)


def with_links_that_came_back(connection: sqlite3.Connection, settings: Settings, plan: Plan) -> Plan:
    """The plan, with a notification of each service that waits for links whose targets the last scan found again."""
    services = {one.name: one.title for one in services_to_notify(settings)}
    steps = []
    for name, paths in links_that_came_back(connection, list(services)).items():
        several = f"{len(paths):,} links whose targets are" if len(paths) > 1 else "a link whose target is"
        steps.append(ArrFind(what=f"{services[name]}: {several} back", service=name))
    title = plan.title if plan.steps or not steps else "Notify of links whose targets are back"
    return dataclasses.replace(plan, title=title, steps=(*plan.steps, *steps))


async def plan_waited_for_again(ctx: Context, batch: int, due: Sequence[StoredStep]) -> bool:
    """Makes due again what steps that are due wait for, or what waits for them: the rescan before a search, what
    follows a mark as failed, and the other services where one that knew nothing is asked again. Returns whether there
    was anything."""
    searches = {(one.step.service, one.step.item) for one in due if isinstance(one.step, ArrSearch)}
    asked = any(isinstance(one.step, ArrFind) for one in due)
    again = [
        one.position
        for one in await ctx.db.read(read_steps_of_kind, batch, ArrRescan.KIND)
        if isinstance(one.step, ArrRescan) and (one.step.service, one.step.item) in searches
        and one.outcome in ("failed", "skipped")
    ]  # fmt: skip
    again += [
        one.position
        for one in await ctx.db.read(read_steps_of_kind, batch, ArrFind.KIND)
        if asked and one.outcome == "skipped" and KNOWS_NONE in one.reason
    ]
    marked = {(one.step.service, one.step.item) for one in due if isinstance(one.step, ArrBlocklist)}
    for kind in (UnlinkWhenBlocked.KIND, ArrRescan.KIND, ArrSearch.KIND) if marked else ():
        again += [
            one.position
            for one in await ctx.db.read(read_steps_of_kind, batch, kind)
            if isinstance(one.step, UnlinkWhenBlocked | ArrRescan | ArrSearch)
            and (one.step.service, one.step.item) in marked and one.outcome == "skipped"
        ]  # fmt: skip
    if again:
        async with ctx.db.transaction() as connection:
            await plan_steps_again(connection, batch, again)
    return bool(again)
