"""Which items a media server has, by our paths: read whole once a day, and in between what changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mediatui.changes.servers.places import ServerPlaces
from mediatui.model.media_server import ServerItem
from mediatui.runtime.context import Context
from mediatui.store.facts import read_fact, store_fact
from mediatui.store.servers.items import KnownItem, items_of, store_items

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mediatui.services.media_server import MediaServer

WHOLE_S: Final = 86_400.0
"""How old what was read whole may be."""
OVERLAP_S: Final = 60.0
"""What changed shortly before the last reading is read again: clocks differ."""


async def read_known(
    ctx: Context, server: MediaServer, places: ServerPlaces, *, whole: bool = False
) -> Mapping[bytes, KnownItem]:
    """The items of a server as they are now; while it reads its libraries, as they were known before. Raises
    ServiceError."""
    now = ctx.clock()
    name = f"server_items.{server.name}"
    fact = await ctx.db.read(read_fact, name)
    at = None if fact is None else fact[0].get("whole_at")
    whole = whole or not isinstance(at, int | float) or now - at > WHOLE_S
    is_scanning = await server.is_scanning()
    if fact is not None and is_scanning:
        return await ctx.db.read(items_of, server.name)
    since = None if whole or fact is None else fact[1] - OVERLAP_S
    found: list[KnownItem] = []
    for library in places.libraries:
        async for page in server.items(library, since):
            found += [one for item in page if (one := _known(item, places)) is not None]
    if is_scanning:
        return {one.path: one for one in found}
    await ctx.db.write(store_items, server.name, found, now, whole=whole)
    async with ctx.db.transaction() as connection:
        await store_fact(connection, name, {"whole_at": now if whole else at}, now)
    return await ctx.db.read(items_of, server.name)


def _known(item: ServerItem, places: ServerPlaces) -> KnownItem | None:
    ours = places.ours(item.path)
    return None if ours is None else KnownItem(ours, item.id, item.kind, item.library)
