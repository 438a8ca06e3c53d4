"""Setting again what users of media servers had seen of items that got another path.

It is compared once the server is seen to have the new item; what was lost is set by steps of the batch that made the
change, so that undoing it takes that back too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mediatui.changes.apply import ApplyOptions, apply
from mediatui.changes.servers.known import read_known
from mediatui.changes.servers.places import ServerPlaces
from mediatui.changes.servers.watch_state import is_below_any
from mediatui.changes.steps.media_watched import MediaWatched
from mediatui.model.human import counted, duration
from mediatui.model.media_server import SERVER_TITLES, ServerItem, Watched
from mediatui.model.path import is_within
from mediatui.model.text import printable
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, Said
from mediatui.store.changes.journal import append_steps, read_batch
from mediatui.store.servers.items import NotedWatched, drop_watched, watched_before
from mediatui.store.servers.reports import read_back_again, reports_in
from mediatui.store.writer import run

if TYPE_CHECKING:
    from mediatui.services.media_server import MediaServer

AGAIN_S: Final = 60.0
"""When what could not be set is tried again, in seconds."""
SECOND: Final = 1.0
"""Two places within that are one."""


async def put_back_watched(ctx: Context, server: MediaServer, places: ServerPlaces) -> AsyncIterator[Event]:
    """Compares what users had seen of items whose new ones the server is seen to have, and sets again what was lost.
    What cannot be compared or set now is left to a later run. Raises ServiceError."""
    noted = await ctx.db.read(watched_before, server.name)
    reports = await ctx.db.read(reports_in, "proven") if noted else []
    proven = [one for one in reports if one.server == server.name and one.kind != "removed"]
    ready = [one for one in noted if is_below_any(one.path, [report.place for report in proven])]
    if not ready:
        return
    try:
        async for event in _put_back(ctx, server, places, ready):
            yield event
    finally:
        left = [one.path for one in await ctx.db.read(watched_before, server.name)]
        again = [one for one in proven if any(is_within(path, one.place) for path in left)]
        await ctx.db.write(read_back_again, again, ctx.clock() + AGAIN_S)


async def _put_back(
    ctx: Context, server: MediaServer, places: ServerPlaces, ready: Sequence[NotedWatched]
) -> AsyncIterator[Event]:
    known = await read_known(ctx, server, places)
    users = {user.id: user for user in await server.users()}
    steps: dict[int, list[MediaWatched]] = defaultdict(list)
    for one in (replace(noted, user=users.get(noted.user.id, noted.user)) for noted in ready):
        row = known.get(one.path)
        item = None if row is None else await server.item(row.item_id)
        now = None if item is None else await server.watched(one.user, item)
        if item is None or now is None:
            why = f"{SERVER_TITLES[server.name]} does not show it to {printable(one.user.name)} any more"
            yield Said("warning", f"{printable(one.title)}: {why}; what was seen of it cannot be set again.")
            continue
        if lost := _lost_for_good(server, one, now):
            yield Said("warning", lost)
        if _is_lost(server, one.watched, now):
            steps[one.batch].append(_step(server, one, item))
    await ctx.db.write(drop_watched, server.name, {one.path for one in ready if one.batch not in steps})
    for batch, found in steps.items():
        async for event in _apply(ctx, server, batch, found, {one.path for one in ready if one.batch == batch}):
            yield event


def _is_lost(server: MediaServer, before: Watched, now: Watched) -> bool:
    """Whether something was lost that can be set."""
    place = before.position_s - now.position_s > SECOND and not now.played
    more = server.keeps_place and (place or (before.favourite and not now.favourite))
    return (before.played and not now.played) or more


def _lost_for_good(server: MediaServer, noted: NotedWatched, now: Watched) -> str:
    """What was lost and cannot be set, as a sentence."""
    if server.keeps_place or now.played or noted.watched.position_s - now.position_s <= SECOND:
        return ""
    at = duration(noted.watched.position_s)
    title = SERVER_TITLES[server.name]
    return f"{printable(noted.title)}: the place of {printable(noted.user.name)} ({at}) is lost; {title} cannot set it."


def _step(server: MediaServer, noted: NotedWatched, item: ServerItem) -> MediaWatched:
    seen = noted.watched
    return MediaWatched(
        what=f"{SERVER_TITLES[server.name]}: {printable(noted.title)} for {printable(noted.user.name)}",
        server=server.name, item=item.id, title=noted.title, user=noted.user.id, user_name=noted.user.name,
        is_admin=noted.user.is_admin, played=seen.played, position_s=seen.position_s, plays=seen.plays,
        played_at=seen.played_at, favourite=seen.favourite,
    )  # fmt: skip


async def _apply(
    ctx: Context, server: MediaServer, number: int, steps: Sequence[MediaWatched], paths: set[bytes]
) -> AsyncIterator[Event]:
    """Has the steps done as the last of the batch they belong to; one that was undone gets none, one that is at work is
    left to the next run."""
    batch = await ctx.db.read(read_batch, number)
    if batch is not None and batch.ended_at is None:
        return
    if batch is None or (batch.undone and not batch.standing):
        await ctx.db.write(drop_watched, server.name, paths)
        return
    async with ctx.db.transaction() as connection:
        await append_steps(connection, number, steps)
        await run(connection, drop_watched, server.name, paths)
    async for event in apply(ctx, ApplyOptions(number, keeps_lane=True)):
        if not isinstance(event, Finished):
            yield event
    yield Said("info", f"{counted(len(steps), 'watch state')} set again at {SERVER_TITLES[server.name]}.")
