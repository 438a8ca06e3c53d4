"""Whether a media server has what was reported to it: no answer to a report says so, so its items are read."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from mediatui.changes.servers.known import read_known
from mediatui.changes.servers.places import ServerPlaces
from mediatui.model.media_server import SERVER_TITLES, ServerItem
from mediatui.model.path import is_within
from mediatui.model.text import printable
from mediatui.runtime.context import Context
from mediatui.runtime.events import Said
from mediatui.store.servers.items import KnownItem, drop_items
from mediatui.store.servers.reports import Report, end_report, note_sent
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from mediatui.services.media_server import MediaServer

AGAIN_S: Final = 60.0
"""How long after its file was to be read anew an item is looked at again."""


async def prove_reports(
    ctx: Context, server: MediaServer, places: ServerPlaces, known: Mapping[bytes, KnownItem], reports: Sequence[Report]
) -> AsyncIterator[Said]:
    """Reads back each of these reports and ends it: the server has it, or it is said that it has not. An item whose
    file was not opened is read anew once. Raises ServiceError."""
    now, title = ctx.clock(), SERVER_TITLES[server.name]
    if server.lists_changes and any(one.kind != "removed" and not _below(known, one.place) for one in reports):
        known = await read_known(ctx, server, places, whole=True)
    missed: dict[str, list[str]] = {}
    for one in reports:
        items = [await server.item(row.item_id) for row in _below(known, one.place)[:2]]
        found = next((item for item in items if item is not None), None)
        if found is None and one.kind != "removed":
            found = await _version(server, known, one.place)
        if one.kind == "removed":
            if found is None:
                await ctx.db.write(drop_items, server.name, [row.path for row in _below(known, one.place)])
            why = f"{title} still shows it" if found is not None else ""
        elif found is None:
            shown = ", ".join(printable(library.title) for library, _ in places.holding(one.reported))
            why = f"{title} has not taken it{f' ({shown})' if shown else ''}"
        elif not found.is_read and not one.reread and await server.read_anew(found):
            await ctx.db.write(note_sent, [one], one.reported, now, now + AGAIN_S, True)
            continue
        else:
            why = "" if found.is_read else f"{title} has it, but could not open its file"
        await ctx.db.write(end_report, one, "missed" if why else "proven", why, now)
        if why:
            missed.setdefault(why, []).append(printable(os.path.basename(os.fsdecode(one.place))))
    for why, names in missed.items():
        shown = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1:,} more"
        yield Said("warning", f"{shown}: {why}.")


def _below(known: Mapping[bytes, KnownItem], path: bytes) -> list[KnownItem]:
    """The item at a path, or those below it."""
    exact = known.get(path)
    if exact is not None and exact.kind in ("film", "episode"):
        return [exact]
    return [one for place, one in known.items() if one.kind in ("film", "episode") and is_within(place, path)]


async def _version(server: MediaServer, known: Mapping[bytes, KnownItem], path: bytes) -> ServerItem | None:
    """The item that has a link as another version of its film: it lies in the same folder, and one of its files is
    called as what the link leads to, or as the link."""
    folder, name = os.path.split(path)
    try:
        leads_to = await in_thread(lambda: os.readlink(path))
    except OSError:
        return None
    names = {os.fsdecode(name), os.fsdecode(os.path.basename(leads_to))}
    for place, one in known.items():
        if one.kind == "film" and os.path.dirname(place) == folder:
            item = await server.item(one.item_id)
            if item is not None and names & {file.replace("\\", "/").rpartition("/")[2] for file in item.files}:
                return item
    return None
