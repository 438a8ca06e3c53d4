"""The plan that replaces dead links: what each is of, every way to another file, the one that is taken, and what is
done then. A link is never absent: it leads to the old file until the new one is proven."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from mediatui.acquire.grab import plan_grab
from mediatui.acquire.mapping.aim import Aim
from mediatui.acquire.mount.views import MountViews
from mediatui.acquire.replacing.dead_links import DeadLink
from mediatui.acquire.replacing.find import HOW, Found, Report, find_files, find_releases_for
from mediatui.acquire.replacing.tried import read_tried
from mediatui.acquire.replacing.ways import SURE, Way
from mediatui.acquire.target_guard import Offered
from mediatui.changes.steps.begin_transfer import SendTransfer
from mediatui.changes.steps.look_again import FIRST_S, LookAgain
from mediatui.changes.steps.replace_link import ReplaceLink
from mediatui.model.errors import GuardTripped
from mediatui.model.human import counted, duration
from mediatui.model.plan import Plan, Step
from mediatui.model.text import printable
from mediatui.names.scene_name import scene_name
from mediatui.runtime.context import Context
from mediatui.settings import Settings
from mediatui.store.torrents.listing import torrents_by_id

COMMAND: Final = "replace"
STATES: Final = {"broken": "broken", "loop": "loop", "small": "small", "not on mount": "broken"}
"""The state a link must still be in when it is replaced, by its stored one."""


async def find_replacements(
    ctx: Context,
    dead: Sequence[DeadLink],
    repaired: Mapping[bytes, Way],
    left: Mapping[bytes, str],
    report: Report,
    *,
    any_quality: bool = False,
) -> list[Found]:
    """What is found for each of these links; raises GuardTripped while a mount is away, for then it is not known what
    is dead, and what the account has for it. ``repaired`` are the links whose own torrent is repaired, ``left`` why
    that of others is not; with ``any_quality`` a release may have another resolution than there was."""
    if dead and (away := await MountViews(ctx).why_away()):
        raise GuardTripped(f"{away}; nothing is replaced while it is so.", "Mount it, then scan again.")
    tried = await ctx.db.read(read_tried, ctx.clock())
    found = [Found(one, tried, any_quality) for one in dead]
    for one in found:
        if way := repaired.get(one.dead.link.path):
            one.ways.append(way)
            one.take(way)
        elif why := left.get(one.dead.link.path):
            one.left.append(f"its own torrent: {why}")
    await find_files(ctx, found, report)
    await find_releases_for(ctx, found, report)
    for one in found:
        one.take_last()
    return found


def plan_replacements(
    connection: sqlite3.Connection, settings: Settings, found: Sequence[Found], repairs: Sequence[Step],
    notes: Sequence[tuple[str, str]],
) -> Plan:  # fmt: skip
    """The plan for what was found; ``repairs`` are the steps that repair torrents and mend their links."""
    swaps = [_swap(connection, one) for one in found if one.chosen is not None and one.chosen.candidate is not None]
    sent = [one for one in found if one.source is not None and one.offered is not None]
    sends, refused = _sends(connection, settings, sent)
    without = [one for one in found if one.chosen is None or one.dead.link.path in refused]
    again = [
        LookAgain(what=printable(one.dead.path), path=one.dead.path, reason=_why_none(one, refused))
        for one in without if one.may_come
    ]  # fmt: skip
    more = [(printable(one.dead.path), _why_none(one, refused)) for one in without if not one.may_come]
    steps = (*repairs, *swaps, *sends, *again)
    says = [line for one in found for line in said_of(one, refused.get(one.dead.link.path, ""))]
    count = len(found) - len(without)
    title = f"Replace {counted(count, 'dead link')}" if count or not again else "Look again later"
    return Plan(COMMAND, title, steps, (*notes, *more), says=tuple(says))


def _why_none(one: Found, refused: Mapping[bytes, str]) -> str:
    """Why nothing takes the place of what a link led to."""
    why = refused.get(one.dead.link.path) or "; ".join(one.left) or "no way is sure"
    return f"nothing was found ({why}); the link stays"


def _swap(connection: sqlite3.Connection, one: Found) -> ReplaceLink:
    assert one.chosen is not None
    assert one.chosen.candidate is not None
    link, candidate = one.dead.link, one.chosen.candidate
    torrents = torrents_by_id(connection, [candidate.torrent_id]) if candidate.torrent_id else []
    names = [torrent.original_filename or torrent.filename for torrent in torrents if candidate.score < SURE]
    return ReplaceLink(
        what=printable(one.dead.path), path=one.dead.path, target=os.fsdecode(link.target),
        torrent=candidate.torrent_id or None, new_target=os.fsdecode(candidate.path), size=candidate.size or None,
        state=STATES.get(link.state, ""), reason=f"{one.dead.shown}: {one.chosen.shown}",
        release=scene_name(names[0], os.fsdecode(candidate.path)) if names else "",
    )  # fmt: skip


def _sends(
    connection: sqlite3.Connection, settings: Settings, found: Sequence[Found]
) -> tuple[list[SendTransfer], dict[bytes, str]]:
    """The steps that send the releases that were taken, each once for all links it replaces; and by the paths of links
    why that of others cannot be."""
    if found and settings.staging.folder is None:
        why = "a release is fetched through staging: set staging.folder"
        return [], {one.dead.link.path: why for one in found}
    by_hash: dict[str, list[Found]] = {}
    for one in found:
        assert one.source is not None
        by_hash.setdefault(one.source.hash, []).append(one)
    sources = [group[0].source for group in by_hash.values() if group[0].source is not None]
    offered = {name: _offered_for(group) for name, group in by_hash.items()}
    plan = plan_grab(connection, sources, HOW, (), offered)
    steps = []
    for step in plan.steps:
        assert isinstance(step, SendTransfer)
        steps.append(_with_links(step, by_hash.pop(step.hash)))
    whys = dict(plan.notes)
    return steps, {
        one.dead.link.path: whys.get(one.source.what, "it cannot be sent")
        for group in by_hash.values() for one in group if one.source is not None
    }  # fmt: skip


def _offered_for(group: Sequence[Found]) -> Offered:
    """What a release is sent for: all that the links are of which it replaces."""
    offered = group[0].offered
    assert offered is not None
    (first,) = offered.aim.targets
    if first.target.season is None or len(group) == 1:
        return offered
    episodes = {number for one in group if one.dead.target is not None for number in one.dead.target.episodes}
    target = dataclasses.replace(first.target, episodes=tuple(sorted(episodes)), episode_ids=(), air_dates=())
    mapped = dataclasses.replace(first, target=target, reasons=(f"in place of {counted(len(group), 'dead link')}",))
    return dataclasses.replace(offered, aim=Aim((mapped,)))


def _with_links(step: SendTransfer, group: Sequence[Found]) -> SendTransfer:
    replaces = tuple(
        (one.dead.path, os.fsdecode(one.dead.link.target), one.dead.target.season, one.dead.target.episodes)
        for one in group if one.dead.target is not None
    )  # fmt: skip
    names = ", ".join(printable(os.path.basename(path)) for path, *_ in replaces)
    risk = "; ".join(filter(None, (step.risk, f"then {names} leads to it, in its place and under its name")))
    return dataclasses.replace(step, replaces=replaces, risk=risk)


def said_of(one: Found, refused: str = "") -> list[str]:
    """The lines about one link: what it is of, its place, the ways in order, and why there are no more."""
    lines = [f"{one.dead.shown} keeps its place: {printable(one.dead.path)}"]
    for number, way in enumerate(one.in_order, 1):
        mark = "→" if way is one.chosen and not refused else " "
        lines.append(f" {mark} {number}. {way.shown}")
    lines += [f"   {why}" for why in (*one.left, *filter(None, [refused]))]
    if one.chosen is None or refused:
        later = f", and it is looked for again, first in {duration(FIRST_S)}" if one.may_come else ""
        lines.append(f"   nothing was found: the link stays{later}")
    return lines


def rows_of(one: Found, refused: str = "") -> list[dict[str, object]]:
    """The ways for a program."""
    target = one.dead.target
    return [
        {
            "path": one.dead.path, "for": None if target is None else target.text, "way": way.kind, "name": way.name,
            "score": way.score, "why": way.why, "sure": way.is_sure,
            "release": None if way.release is None else way.release.release.name,
            "target": None if way.candidate is None else os.fsdecode(way.candidate.path),
            "taken": way is one.chosen and not refused,
        }
        for way in one.in_order
    ]  # fmt: skip
