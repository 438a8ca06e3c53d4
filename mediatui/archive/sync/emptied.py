"""An account that is answered as empty though it was not: believed at a second look, or when a person says so.

A service that has lost its place answers 204 with a count of 0, which is what an empty account answers too
(services/realdebrid/NOTES.md 1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediatui.runtime.context import Context
from mediatui.store.facts import EMPTY_LIST, forget_facts, read_fact, store_fact
from mediatui.system.machine import clock_mark, seconds_apart

if TYPE_CHECKING:
    from mediatui.archive.sync.listing import ListReport

APART_S = 1800
"""How far apart two looks have to be for the second to count, in seconds of the machine, not of a clock that is set."""


async def judge_empty(ctx: Context, report: ListReport, known_rows: int, *, accept: bool, dry_run: bool) -> str:
    """Why an empty list is not believed yet, and ``report`` is then not whole; empty when it is, or holds something.
    ``known_rows`` is how many torrents the archive has standing."""
    now = ctx.clock()
    mark = clock_mark(now)
    if report.ids or not (report.whole and known_rows):
        if report.ids and not dry_run:
            async with ctx.db.transaction() as connection:
                await forget_facts(connection, (EMPTY_LIST,))
        return ""
    first = await ctx.db.read(read_fact, EMPTY_LIST)
    apart = -1.0 if first is None else seconds_apart(first[1], str(first[0].get("clock", "")), now, mark)
    if accept or apart >= APART_S:
        return ""
    report.whole = False
    if apart < 0 and not dry_run:
        async with ctx.db.transaction() as connection:
            await store_fact(connection, EMPTY_LIST, {"clock": mark}, now)
    left = round((APART_S - max(apart, 0.0)) / 60)
    return (
        f"The account is answered as empty, and held {known_rows:,} torrents: nothing was marked gone. It is believed "
        f"when it is still so in {left} minutes, or at once with sync --accept-empty."
    )
