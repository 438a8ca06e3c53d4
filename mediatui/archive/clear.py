"""Emptying the archive; the account is not touched."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from mediatui.model.human import counted
from mediatui.runtime.context import Context
from mediatui.runtime.events import Changed, Event, Finished, Phase
from mediatui.store.torrents.rows import clear_archive


async def clear(ctx: Context, options: None) -> AsyncGenerator[Event, None]:
    """The job: forgets torrents, jobs and facts; the request window, the library and the journal stay."""
    yield Phase("clearing the archive")
    async with ctx.db.transaction() as connection:
        count = await clear_archive(connection)
    yield Changed("torrents", None)
    yield Finished("done", f"{counted(count, 'torrent')} cleared from the archive.", {"cleared": count})
