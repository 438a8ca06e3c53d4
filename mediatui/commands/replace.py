"""Replacing dead links: each gets another file, and is never absent."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import flag, to_allow, to_apply, words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from mediatui.acquire.replacing.ways import Way
    from mediatui.commands.answer import Answer
    from mediatui.commands.workspace import Workspace
    from mediatui.model.plan import Plan, Step
    from mediatui.store.library.links import LibraryLink


@dataclass(frozen=True, slots=True)
class Replace:
    """The options of ``replace``."""

    paths: tuple[str, ...] = words("PATH...", required=True)
    any_quality: bool = flag("Take a release of another resolution too, where none has that which was there.")
    through_arr: bool = flag("Let Sonarr or Radarr search and fetch it; the link goes once that is in their queue.")
    apply: bool = to_apply()
    allow: int | None = to_allow()


async def make_plan(workspace: Workspace, options: Replace, answer: Answer) -> Plan:
    """The plan that replaces the dead links at these paths, and those in these folders; raises UsageError."""
    from mediatui.acquire.replacing.dead_links import links_at
    from mediatui.model.errors import UsageError

    links = await workspace.read(links_at, options.paths)
    if not options.through_arr:
        return await plan_links(workspace, links, answer, any_quality=options.any_quality)
    if options.any_quality:
        raise UsageError("--any-quality and --through-arr do not go together.", "Sonarr and Radarr choose themselves.")
    from mediatui.acquire.replacing.through_arr import plan_through_arr
    from mediatui.library.scan.history import require_typed_count

    dead, notes = await _sort(workspace, links)
    plan = await plan_through_arr(workspace.settings, dead, workspace.arr, notes)
    return await workspace.read(require_typed_count, workspace.settings, plan)


async def plan_links_into(workspace: Workspace, ids: Sequence[str], answer: Answer) -> Plan:
    """The plan that replaces the dead links into these torrents; raises UsageError where no link into them is dead."""
    from mediatui.acquire.replacing.dead_links import why_kept
    from mediatui.model.errors import UsageError
    from mediatui.store.library.links import links_into

    def read(connection: sqlite3.Connection) -> list[LibraryLink]:
        found = [link for torrent in ids for link in links_into(connection, torrent)]
        return [link for link in found if not why_kept(connection, link)]

    links = await workspace.read(read)
    if not links:
        raise UsageError(
            "No link into it is known to be dead.", "A scan of the links says which are: mediatui --headless scan"
        )
    return await plan_links(workspace, links, answer)


async def plan_links(
    workspace: Workspace, links: Sequence[LibraryLink], answer: Answer, *, any_quality: bool = False
) -> Plan:
    """The plan that replaces these links as far as they are dead; with ``any_quality`` also by a release of another
    resolution."""
    from mediatui.acquire.replacing.dead_links import read_dead_links
    from mediatui.acquire.replacing.plan import find_replacements, plan_replacements, rows_of

    dead, notes = await _sort(workspace, links)
    known = await workspace.read(read_dead_links, dead, workspace.settings)
    repairs, repaired, left = await workspace.read(_plan_repairs, dead)

    def report(text: str) -> None:
        answer.said("info", text)

    found = await find_replacements(workspace.context(), known, repaired, left, report, any_quality=any_quality)
    for one in found:
        for row in rows_of(one):
            answer.row("candidate", row)
    return await workspace.read(plan_replacements, workspace.settings, found, repairs, notes)


async def _sort(workspace: Workspace, links: Sequence[LibraryLink]) -> tuple[list[LibraryLink], list[tuple[str, str]]]:
    """The links that are to be replaced, and which are not, each with the reason."""
    from mediatui.acquire.replacing.dead_links import why_kept
    from mediatui.model.text import printable
    from mediatui.store.transfers.replaced import transfers_replacing

    under_way = await workspace.read(transfers_replacing, [link.path for link in links])
    notes: list[tuple[str, str]] = []
    dead: list[LibraryLink] = []
    for link in links:
        name = printable(os.fsdecode(link.path))
        if why := await workspace.read(why_kept, link):
            notes.append((name, why))
        elif number := under_way.get(link.path):
            notes.append((name, f"transfer {number} is under way for it"))
        else:
            dead.append(link)
    return dead, notes


def _plan_repairs(
    connection: sqlite3.Connection, links: Sequence[LibraryLink]
) -> tuple[list[Step], dict[bytes, Way], dict[bytes, str]]:
    """The steps that repair the torrents of links and mend these, the links that are, and why others are not. A torrent
    that is well cannot be repaired: its link leads elsewhere, or its file went."""
    from mediatui.acquire.replacing.tried import read_tried
    from mediatui.acquire.replacing.ways import Way
    from mediatui.archive.targets import Targets
    from mediatui.changes.steps.mend_link import MendLink
    from mediatui.commands.repair import plan_mend
    from mediatui.model.errors import MediatuiError
    from mediatui.model.text import printable
    from mediatui.store.torrents.listing import torrents_by_id

    ids = list(dict.fromkeys(link.torrent_id for link in links if link.torrent_id is not None))
    tried = read_tried(connection, time.time()).repairs
    torrents = {one.id: one for one in torrents_by_id(connection, ids) if one.class_ != "ok"}
    left = {
        link.path: f"a repair failed lately ({tried[torrents[link.torrent_id].hash]})"
        for link in links if link.torrent_id in torrents and torrents[link.torrent_id].hash in tried
    }  # fmt: skip
    mine = [link for link in links if link.torrent_id in torrents and link.path not in left]
    torrents = {one: torrents[one] for one in dict.fromkeys(link.torrent_id or "" for link in mine)}
    if not mine:
        return [], {}, left
    try:
        plan = plan_mend(connection, Targets(tuple(torrents.values()), None), mine)
    except MediatuiError as error:
        return [], {}, left | {link.path: error.message.rstrip(".") for link in mine}
    mended = {os.fsencode(step.path) for step in plan.steps if isinstance(step, MendLink)}
    whys = dict(plan.notes)
    ways: dict[bytes, Way] = {}
    for link in mine:
        name = torrents[link.torrent_id or ""].filename
        if link.path in mended:
            ways[link.path] = Way("repair", name, 100, f"it is {torrents[link.torrent_id or ''].class_}")
        else:
            left[link.path] = whys.get(printable(name), "it cannot be repaired")
    return list(plan.steps), ways, left
