"""Looking again for another file in place of dead links, for which there was none when a person asked for one."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import Final

from mediatui.acquire.mount.views import MountViews
from mediatui.acquire.replacing.dead_links import DeadLink, read_dead_links, why_kept
from mediatui.acquire.replacing.plan import find_replacements, plan_replacements
from mediatui.changes.apply import ApplyOptions, apply
from mediatui.changes.steps.look_again import LookAgain, note_look
from mediatui.changes.steps.stored import read_steps
from mediatui.model.human import counted
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow, Phase
from mediatui.settings import Settings
from mediatui.store.changes.journal import set_outcome, store_plan
from mediatui.store.library.links import LibraryLink, read_link
from mediatui.store.transfers.replaced import drop_wanted, note_why, replacements_due, transfers_replacing
from mediatui.store.writer import run

MOST_AT_ONCE: Final = 5
"""For so many links it is looked in one run: the indexers, and the lane of the account, are shared."""


@dataclass(frozen=True, slots=True)
class LookOptions:
    """The options of a run: it has none."""


def is_look_due(connection: sqlite3.Connection, settings: Settings, now: float) -> bool:
    """Whether it is to be looked again by now."""
    return bool(settings.library.roots) and bool(replacements_due(connection, now))


async def look_again_due(ctx: Context, options: LookOptions) -> AsyncGenerator[Event, None]:
    """The job. What it finds and is sure of is taken: that was said when a person asked for it."""
    now = ctx.clock()
    if away := await MountViews(ctx).why_away():
        counts = {"looked_again": 0, "replacements": 0}
        yield Finished("done", f"{away[0].upper()}{away[1:]}: nothing is looked for.", counts)
        return
    dead = await ctx.db.write(_take_due, ctx.settings, now)
    yield Phase(f"looking again for {counted(len(dead), 'file')}")
    found = await find_replacements(ctx, dead, {}, {}, lambda text: None)
    plan = await ctx.db.read(plan_replacements, ctx.settings, found, (), ())
    taken = tuple(step for step in plan.steps if not isinstance(step, LookAgain))
    for step in plan.steps:
        if isinstance(step, LookAgain):
            await ctx.db.write(note_why, os.fsencode(step.path), step.reason)
    if taken:
        async with ctx.db.transaction() as connection:
            batch = await store_plan(connection, replace(plan, steps=taken), now)
        async for event in _apply(ctx, batch):
            yield event
    said = f"{counted(len(taken), 'replacement')} found" if taken else "nothing found yet"
    yield Finished(
        "done", f"Looked again for {counted(len(dead), 'dead link')}: {said}.",
        {"looked_again": len(dead), "replacements": len(taken)},
    )  # fmt: skip


def _take_due(connection: sqlite3.Connection, settings: Settings, now: float) -> list[DeadLink]:
    """The links that are looked for now, and when next, whatever comes of it; those that need it no more are
    forgotten."""
    due = replacements_due(connection, now)
    under_way = transfers_replacing(connection, due)
    links: list[LibraryLink] = []
    for path in due:
        link = read_link(connection, path)
        if link is None or path in under_way or why_kept(connection, link):
            drop_wanted(connection, path)
        elif len(links) < MOST_AT_ONCE:
            links.append(link)
            note_look(connection, path, "", now)
    return read_dead_links(connection, links, settings)


async def _apply(ctx: Context, batch: int) -> AsyncGenerator[Event, None]:
    """Applies a batch; what a stop or a guard leaves of it is left to the next look."""
    try:
        async for event in apply(ctx, ApplyOptions(batch, keeps_lane=True)):
            if isinstance(event, FoundRow):
                yield event
    finally:
        async with ctx.db.transaction() as connection:
            for stored in await run(connection, read_steps, batch, ("planned",)):
                await set_outcome(connection, batch, stored.position, "skipped", "left to the next look")
