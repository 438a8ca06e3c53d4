"""One pass over the transfers: one list of the account for all of them, and every change that follows from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mediatui.acquire.follow_arr import look_at_queues, pushes_due
from mediatui.acquire.look import FollowedByLook, Listed, look_at
from mediatui.acquire.rows import as_row
from mediatui.changes.account_holds import ACCOUNT_SERVICE, note_account_away
from mediatui.changes.apply import ApplyOptions, apply
from mediatui.changes.owner import check_owner
from mediatui.changes.steps.begin_transfer import SendTransfer
from mediatui.changes.steps.drop_entry import DropEntry
from mediatui.changes.steps.stored import read_steps
from mediatui.model.human import counted
from mediatui.model.plan import Plan, Step
from mediatui.model.stuck import ADDS, Group, why_stuck
from mediatui.model.text import printable
from mediatui.model.transfer import HoldKind, State, Transfer
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow, Phase, Said
from mediatui.services.errors import NotFound, ServiceError
from mediatui.store.changes.journal import set_outcome, store_plan
from mediatui.store.database import Database
from mediatui.store.transfers.holds import release_service, service_holds
from mediatui.store.transfers.rows import forgotten_unselected, transfers_by_id, under_way
from mediatui.store.transfers.targets import targets_of
from mediatui.store.writer import run

AT_CLIENT: Final = frozenset({State.DOWNLOADING, State.READY, State.FETCHING, State.STAGED})
"""The states in which a transfer waits on what the account lists."""
LOOKED_AT_WHILE_ASKED: Final = frozenset({"stalled"})
"""Questions that answer themselves when things go on."""
LIST_PAGE: Final = 5000
ASKED_ALONE: Final = 20
"""So many entries beyond the one page of a bigger account are asked for one by one."""


@dataclass(frozen=True, slots=True)
class FollowOptions:
    """The options of a pass: it has none."""


@dataclass(slots=True)
class _Pass:
    """What a pass has found: the steps it needs."""

    removals: list[Step] = field(default_factory=list)
    selections: list[Step] = field(default_factory=list)
    replacements: list[Step] = field(default_factory=list)

    def add(self, found: FollowedByLook) -> None:
        if found.remove is not None:
            self.removals.append(found.remove)
        if found.select is not None:
            self.selections.append(found.select)
        self.replacements += found.instead


async def follow(ctx: Context, options: FollowOptions) -> AsyncGenerator[Event, None]:
    """The job of one pass. Ends with exit code 1 when something waits for a person."""
    transfers = await ctx.db.read(under_way, "debrid")
    known = {one.id: one for one in await ctx.db.read(under_way)}
    async for event in look_at_queues(ctx):
        yield event
    async for event in _do(ctx, await pushes_due(ctx)):
        yield event
    now = ctx.clock()
    held = await ctx.db.read(service_holds)
    account = held.get(ACCOUNT_SERVICE)
    is_away = account is not None and not account.is_over(now)
    waiting = [one for one in transfers if one.state in AT_CLIENT and is_looked_at(one)]
    found = _Pass()
    if waiting and account is not None and is_away:
        said = printable(str(account.detail.get("said", account.code)))
        then = f"Once it is put right: mediatui --headless transfers retry {waiting[0].id}"
        yield Said("warning", f"Real-Debrid is left alone. {said} {then if account.retry_at is None else ''}".rstrip())
    elif waiting:
        yield Phase("transfers", len(waiting))
        listed = await _list(ctx, now, waiting)
        for transfer in waiting:
            found.add(await look_at(ctx, transfer, listed))
    dropped = () if is_away else await _dropped(ctx)
    steps = [*found.removals, *dropped, *found.selections, *found.replacements, *await _sends(ctx, is_away)]
    async for event in _do(ctx, steps):
        yield event
    holds = await ctx.db.read(service_holds)
    for one in await ctx.db.read(transfers_by_id, known):
        if (known[one.id].state, known[one.id].hold) != (one.state, one.hold):
            yield FoundRow("transfer", as_row(one, holds, ctx.clock(), await ctx.db.read(targets_of, one.id)))
    yield await how_it_stands(ctx.db, ctx.clock())


def is_looked_at(transfer: Transfer) -> bool:
    """Whether a pass looks at what the account says of a transfer: not of one that a person has put aside."""
    hold = transfer.hold
    return hold.kind in (HoldKind.NONE, HoldKind.WAITING) or (
        hold.kind == HoldKind.CHOICE and hold.code in LOOKED_AT_WHILE_ASKED
    )


async def _list(ctx: Context, now: float, waiting: Sequence[Transfer]) -> Listed:
    """The account's list, in one request; it is whole when it has as many rows as the service counts. Where the account
    has more than one page holds, what is downloading and not on it (the newest come first) is asked for alone."""
    try:
        await check_owner(ctx)
        page = await ctx.account.torrents_page(1, LIST_PAGE)
        rows = {row.id: row for row in page.rows}
        is_whole = page.total is not None and len(rows) >= page.total
        gone: set[str] = set()
        if not is_whole and page.total is not None and len(rows) >= LIST_PAGE:
            asked = [one.entry_id for one in waiting if one.state == State.DOWNLOADING and one.entry_id not in rows]
            for entry in filter(None, asked[:ASKED_ALONE]):
                try:
                    rows[entry] = (await ctx.account.torrent(entry)).row
                except NotFound:
                    gone.add(entry)
    except ServiceError as error:
        await ctx.db.write(note_account_away, error, now)
        raise
    await ctx.db.write(release_service, ACCOUNT_SERVICE)
    return Listed(rows, is_whole=is_whole, at=now, gone=gone)


async def _dropped(ctx: Context) -> Sequence[Step]:
    """The steps that remove what was added for a transfer that was forgotten before any of its files was selected."""
    return [
        DropEntry(
            what=printable(one.name or one.hash), id=one.entry_id, hash=one.hash, name=one.name, transfer=one.id,
            reason="forgotten before its files were selected",
        )
        for one in await ctx.db.read(forgotten_unselected)
    ]  # fmt: skip


async def _sends(ctx: Context, is_away: bool) -> Sequence[Step]:
    """The steps that send what is wanted and due, oldest first; none while the account takes nothing."""
    now = ctx.clock()
    adds = (await ctx.db.read(service_holds)).get(ADDS)
    if is_away or (adds is not None and adds.retry_at is not None and not adds.is_over(now)):
        return ()
    return [
        SendTransfer(
            what=printable(one.name or one.hash), hash=one.hash, name=one.name, bytes=one.size or 0,
            without_target=one.without_target, cached_only=one.cached_only, by="job",
        )
        for one in await ctx.db.read(under_way, "debrid")
        if one.state in (State.WANTED, State.SENDING) and one.may_be_sent and one.is_due(now)
    ]  # fmt: skip


async def _do(ctx: Context, steps: Sequence[Step]) -> AsyncGenerator[Event, None]:
    """Does the steps of a pass through the door of changes, as a batch of its own."""
    if not steps:
        return
    counts = Counter(type(step) for step in steps)
    title = "Transfers: " + ", ".join(kind.counted(count) for kind, count in counts.items())
    plan = Plan("transfers run", title, tuple(steps))
    async with ctx.db.transaction() as connection:
        batch = await store_plan(connection, plan, ctx.clock())
    try:
        async for event in apply(ctx, ApplyOptions(batch, keeps_lane=True)):
            if not isinstance(event, Finished):
                yield event
    finally:  # what is left is not the batch's to carry on: the next pass does what is due then
        async with ctx.db.transaction() as connection:
            for stored in await run(connection, read_steps, batch, ("planned",)):
                await set_outcome(connection, batch, stored.position, "skipped", "left to the next run of transfers")


async def how_it_stands(db: Database, now: float) -> Finished:
    """How a pass ends: how many transfers there are, and what they wait for."""
    held = await db.read(service_holds)
    stuck = [why_stuck(one, held, now) for one in await db.read(under_way)]
    groups = Counter(one.group for one in stuck)
    words: Mapping[Group, str] = {"you": "for you", "time": "for time"}
    parts = [
        f"{groups[group]:,} wait{'s' if groups[group] == 1 else ''} {words[group]}" for group in words if groups[group]
    ]
    if groups["works"]:
        parts.append(f"{groups['works']:,} at work")
    summary = f"{counted(len(stuck), 'transfer')} under way{': ' if parts else ''}{', '.join(parts)}."
    asked = sum(one.hold.kind == HoldKind.CHOICE for one in await db.read(under_way))
    counts = {
        "transfers": len(stuck), "waits_for_you": groups["you"], "choices": asked, "waits_for_time": groups["time"],
        "works": groups["works"],
    }  # fmt: skip
    return Finished("partial" if asked else "done", summary, counts, exit_code=int(asked > 0))
