"""What users of media servers have seen, read before links get other paths: an item with another path is a new one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from mediatui.changes.servers.known import read_known
from mediatui.changes.servers.note import told_servers
from mediatui.changes.servers.places import ServerPlaces
from mediatui.model.errors import MediatuiError
from mediatui.model.media_server import SERVER_TITLES, ServerItem
from mediatui.model.path import is_within
from mediatui.runtime.context import Context
from mediatui.store.servers.items import KnownItem, NotedWatched, note_watched

FEW: Final = 20
"""Of more items than that a server is asked what a user has seen of everything, where it can be."""
SOON_S: Final = 5.0
"""How long a batch waits for a server that is starting up, in seconds."""

if TYPE_CHECKING:
    from mediatui.services.media_server import MediaServer


async def keep_watched(ctx: Context, batch: int, paths: Iterable[bytes]) -> list[str]:
    """Notes what all users have seen of what lies at or below these paths, which are about to change by this batch.
    Returns what could not be noted, in sentences: nothing waits for a media server."""
    wanted, warnings = sorted(set(paths)), []
    for name in told_servers(ctx.settings) if wanted else ():
        title = SERVER_TITLES[name]
        try:
            server = ctx.media_server(name, SOON_S)
        except MediatuiError as error:
            warnings.append(f"What users of {title} have seen is not kept: {error.sentence}")
            continue
        try:
            noted = await _read(ctx, server, batch, wanted)
        except MediatuiError as error:
            warnings.append(f"What users of {title} have seen is not kept: {error.sentence}")
        else:
            await ctx.db.write(note_watched, noted, ctx.clock())
        finally:
            await server.close()
    return warnings


async def _read(ctx: Context, server: MediaServer, batch: int, paths: Sequence[bytes]) -> list[NotedWatched]:
    places = ServerPlaces.of(ctx.settings, server.name, await server.libraries())
    known = await read_known(ctx, server, places)
    items = [one for one in known.values() if one.kind in ("film", "episode") and is_below_any(one.path, paths)]
    noted = []
    for user in await server.users() if items else ():
        seen = await server.seen_by(user) if len(items) > FEW else None
        for one in items:
            if seen is None:
                watched = await server.watched(user, _as_item(one, places))
            else:
                watched = seen.get(one.item_id)
            if watched is not None and not watched.is_nothing:
                noted.append(NotedWatched(server.name, one.path, user, _name(one.path), watched, batch))
    return noted


def is_below_any(path: bytes, paths: Sequence[bytes]) -> bool:
    """Whether a path is one of these, or lies below one."""
    return any(is_within(path, one) for one in paths)


def _as_item(one: KnownItem, places: ServerPlaces) -> ServerItem:
    return ServerItem(one.item_id, one.kind, _name(one.path), places.theirs(one.path), one.library)


def _name(path: bytes) -> str:
    return os.fsdecode(os.path.splitext(os.path.basename(path))[0])
