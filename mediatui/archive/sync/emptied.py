"""An account listed as empty that was not empty before: accepted after a second list, or when the user says so.

A service that fails answers 204 with a count of 0, which is also the answer for an empty account
(services/realdebrid/NOTES.md 1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediatui.model.human import counted
from mediatui.runtime.context import Context
from mediatui.store.facts import EMPTY_LIST, forget_facts, read_fact, store_fact
from mediatui.system.machine import clock_mark, seconds_apart

if TYPE_CHECKING:
    from mediatui.archive.sync.listing import ListReport

APART_S = 1800
"""How many seconds two empty lists have to be apart for the second to count, measured by the machine, not by the wall
clock."""


async def judge_empty(ctx: Context, report: ListReport, known_rows: int, *, accept: bool, dry_run: bool) -> str:
    """Why an empty list is not accepted yet (``report`` is then marked as not whole); empty when it is accepted, or the
    list is not empty. ``known_rows`` is how many standing torrents the archive has."""
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
        f"The service lists the account as empty, but it held {counted(known_rows, 'torrent')}: nothing was marked "
        f"gone. The list is accepted if it is still empty in {left} minutes, or at once with sync --accept-empty."
    )
