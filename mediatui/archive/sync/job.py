"""Bringing the archive up to date: five modes, each resumable; none deletes a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, get_args

from mediatui.archive.stats import recommend
from mediatui.archive.sync.details import DetailTally, fetch_details
from mediatui.archive.sync.emptied import judge_empty
from mediatui.archive.sync.listing import (
    ListReport,
    Store,
    pages_of,
    pages_worth_sweeping,
    read_list,
    store_in_batches,
    sweep_links,
)
from mediatui.changes.owner import check_owner, read_owner
from mediatui.model.choices import SYNC_MODES, OldDetails, SyncMode
from mediatui.model.errors import UsageError
from mediatui.model.human import counted, short_moment
from mediatui.model.text import printable
from mediatui.model.torrent import STATUSES, ListedTorrent
from mediatui.runtime.context import Context
from mediatui.runtime.events import Changed, Event, Finished, FoundRow, Phase, Said
from mediatui.store import writer
from mediatui.store.facts import SHORT_LIST, WHOLE_LIST, read_fact, store_fact
from mediatui.store.jobs import drop_items, take_over_items, unfinished_with_items
from mediatui.store.torrents.listing import count_torrents, torrents_by_id
from mediatui.store.torrents.pending_details import (
    PendingDetail,
    drop_fetched,
    has_working,
    lacking_links_uncommitted,
    read_pending,
    select_pending,
    select_pending_uncommitted,
    store_pending,
)
from mediatui.store.torrents.rows import ListOutcome, mark_gone, store_listed

EXAMPLES = 5
LIST_NOT_WHOLE = 4
"""Exit code when the list was not whole: a guard stopped what needs a whole list."""
WHOLE_LIST_LIFE_S = 6 * 3600
"""The fingerprint cannot see a deletion and an addition that cancel out, so a whole list is read this often."""


SWEEPING: Final = ("smart", "fast")
"""Modes that read links from small pages, for rows whose details they do not fetch."""


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """The options of a sync (``mediatui sync --help`` explains each)."""

    mode: SyncMode = SYNC_MODES[0]
    statuses: tuple[str, ...] = ()
    dry_run: bool = False
    all_examples: bool = False
    status_changes_only: bool = False
    include_active: bool = False
    skip_error_retry: bool = False
    resume: bool = True
    accept_empty: bool = False
    old: OldDetails | None = None
    """Whose details are fetched again once they are seven days old; None is what the settings say."""

    def reasons(self, old: OldDetails) -> tuple[str, ...]:
        """Why a row's details may be pending in this mode, in the order they are fetched; ``old`` is what the settings
        say of old details."""
        if self.mode == "torrents":
            return ()
        if self.mode in ("full", "details"):
            return ("every",)
        if self.mode == "fast":
            return ("new", "status changed", "error retry", "missing")
        reasons = ["new", "status changed"]
        if not self.status_changes_only:
            reasons += ["active"] if self.include_active else []
            reasons += [] if self.skip_error_retry else ["error retry"]
            reasons += ["missing", "old"]
            reasons += ["old finished"] if (self.old or old) == "all" else []
        return tuple(reasons)


def read_options(given: Mapping[str, Any]) -> SyncOptions:
    """The options in ``given``; raises UsageError for a mode or status that does not exist."""
    options = SyncOptions(**{**given, "statuses": tuple(given.get("statuses", ()))})
    if options.mode not in SYNC_MODES:
        raise UsageError(f"There is no sync mode {printable(options.mode)}.", f"Modes: {', '.join(SYNC_MODES)}.")
    if options.statuses and options.mode != "details":
        raise UsageError(
            f"--status goes with --mode details; {options.mode} reads rows of every status.", "Add --mode details."
        )
    if options.old is not None and options.old not in get_args(OldDetails):
        raise UsageError(
            f"--old does not take {printable(options.old)}.", f"Allowed: {', '.join(get_args(OldDetails))}."
        )
    if options.old is not None and options.mode != "smart":
        raise UsageError(f"--old goes with --mode smart, not {options.mode}.")
    for status in options.statuses:
        if status not in STATUSES:
            raise UsageError(f"There is no status {printable(status)}.", f"Statuses: {', '.join(STATUSES)}.")
    return options


@dataclass(slots=True)
class _Run:
    """The state of a running sync."""

    since: int
    report: ListReport = field(default_factory=ListReport)
    listed: bool = False
    active: int | None = None
    gone: list[str] = field(default_factory=list)
    resumed: list[PendingDetail] = field(default_factory=list)
    tally: DetailTally = field(default_factory=DetailTally)
    owner_checked: bool = False


async def sync(ctx: Context, options: SyncOptions) -> AsyncGenerator[Event, None]:
    """The job. Raises ServiceError when the service refuses or is unreachable; what was done is kept, and pending
    details are fetched by the next sync of the same mode."""
    run = _Run(since=int(ctx.clock()))
    if options.dry_run:
        await check_owner(ctx, remember=False)
        async for event in _dry_run(ctx, options, run):
            yield event
        return
    async for event in _carry_on(ctx, options, run):
        yield event
    if options.mode != "details":
        async for event in _list(ctx, options, run):
            yield event
    pending = await _plan(ctx, options, run)
    if pending:
        await _expect_owner(ctx, run)
    if options.mode in SWEEPING and run.listed:
        due = {item.torrent_id for item in pending}
        async for event in sweep_links(ctx, run.report, due, store_in_batches(ctx)):
            yield event
    if pending:
        async for event in fetch_details(ctx, pending, run.tally):
            yield event
    now = ctx.clock()
    for advice in await ctx.db.read(recommend, now, now):
        yield Said("info", f"{advice.text} {advice.command}")
    yield _finished(run, pending)


async def _expect_owner(ctx: Context, run: _Run) -> None:
    """Raises OtherAccount when the token is of another account than the archive. The service is asked once, before
    anything is stored. When a smart sync found the newest entry of the list in the archive, it need not ask: no two
    accounts share an id.
    """
    if not run.owner_checked:
        await check_owner(ctx)
        run.owner_checked = True


async def _carry_on(ctx: Context, options: SyncOptions, run: _Run) -> AsyncGenerator[Event, None]:
    """Takes over the pending details of an unfinished sync of this mode, or reports those of another mode; a dry run
    only reports."""
    async with ctx.db.transaction() as connection:
        await drop_fetched(connection)
    unfinished = await ctx.db.read(unfinished_with_items, "sync", ctx.job_id)
    if not options.resume:
        if unfinished and not options.dry_run:
            async with ctx.db.transaction() as connection:
                await writer.run(connection, drop_items, "sync", ctx.job_id)
            yield Said(
                "info", f"Starts afresh: {sum(pending for _, pending in unfinished):,} pending details forgotten."
            )
        return
    for job, pending in unfinished:
        since = short_moment(job.started_at)
        if _carries_on(options, job.options) and not run.resumed:
            run.resumed = await ctx.db.read(read_pending, job.id)
            if not options.dry_run:
                async with ctx.db.transaction() as connection:
                    await writer.run(connection, take_over_items, job.id, ctx.job_id)
            would = "Would carry" if options.dry_run else "Carries"
            yield Said("info", f"{would} on with {pending:,} details of the sync begun {since}.")
        else:
            mode = job.options.get("mode")
            yield Said("info", f"The {mode} sync begun {since} has {pending:,} pending details: sync --mode {mode}.")


def _carries_on(options: SyncOptions, begun: Mapping[str, object]) -> bool:
    """Whether the pending details of a sync begun with the options ``begun`` are part of what is asked for now."""
    same = (begun.get("mode"), begun.get("statuses")) == (options.mode, list(options.statuses))
    return same and (not options.status_changes_only or bool(begun.get("status_changes_only")))


async def _list(ctx: Context, options: SyncOptions, run: _Run) -> AsyncGenerator[Event, None]:
    """Reads the list unless a fingerprint shows nothing new; marks rows missing from a whole list as gone."""
    if options.mode == "smart":
        yield Phase("looking for changes")
        if await _nothing_new(ctx, run):
            yield Said("info", "Nothing new on the account since the last whole list.")
            return
    await _expect_owner(ctx, run)
    async for event in _read_whole(ctx, options, run, store_in_batches(ctx)):
        yield event
    run.listed = True
    if not run.report.whole:
        async with ctx.db.transaction() as connection:
            await store_fact(connection, SHORT_LIST, {"rows": len(run.report.ids)}, ctx.clock())
        return
    if run.active is None:
        run.active = (await ctx.account.active_count()).nb
    async with ctx.db.transaction() as connection:
        run.gone = await mark_gone(connection, run.report.ids, int(ctx.clock()))
        fact = {"total": run.report.total, "first_id": run.report.first_id, "active": run.active}
        await store_fact(connection, WHOLE_LIST, fact, ctx.clock())
    if run.gone:
        yield Changed("torrents", tuple(run.gone))


async def _read_whole(ctx: Context, options: SyncOptions, run: _Run, store: Store) -> AsyncGenerator[Event, None]:
    """Reads the list into ``store``; a suddenly empty list does not count as whole until it is accepted."""
    known = await ctx.db.read(count_torrents)
    async for event in read_list(ctx, run.report, store, known):
        yield event
    warning = await judge_empty(ctx, run.report, known, accept=options.accept_empty, dry_run=options.dry_run)
    if warning:
        yield Said("warning", warning)


async def _nothing_new(ctx: Context, run: _Run) -> bool:
    """Compares two small requests with the fingerprint of the last whole list; makes no request when there is none."""
    fact = await ctx.db.read(read_fact, WHOLE_LIST)
    if fact is None or ctx.clock() - fact[1] > WHOLE_LIST_LIFE_S:
        return False
    page = await ctx.account.torrents_page(1, 1)
    known = await ctx.db.read(torrents_by_id, [row.id for row in page.rows])
    run.owner_checked = bool(known) and await ctx.db.read(read_owner) is not None
    run.active = (await ctx.account.active_count()).nb
    seen = {"total": page.total, "first_id": page.rows[0].id if page.rows else "", "active": run.active}
    return seen == fact[0] and not await ctx.db.read(has_working)


async def _plan(ctx: Context, options: SyncOptions, run: _Run) -> list[PendingDetail]:
    """The details to fetch now: those an interrupted sync left, then those this one found; stored before fetching."""
    found = await ctx.db.read(
        select_pending,
        _reasons(ctx, options, run),
        since=run.since,
        now=int(ctx.clock()),
        statuses=options.statuses,
        most_old_finished=ctx.settings.sync.old_per_run,
    )
    standing = await ctx.db.read(select_pending, ("every",), since=0, now=0) if run.resumed else ()
    pending = _merge_pending(run, found, standing)
    async with ctx.db.transaction() as connection:
        await store_pending(connection, ctx.job_id, pending)
    return pending


def _reasons(ctx: Context, options: SyncOptions, run: _Run) -> tuple[str, ...]:
    """Why a row is pending in addition to what was left; a resumed sync of everything adds only what is new."""
    reasons = options.reasons(ctx.settings.sync.old)
    return ("new", "status changed") if run.resumed and reasons == ("every",) else reasons


def _merge_pending(run: _Run, found: Sequence[PendingDetail], standing: Sequence[PendingDetail]) -> list[PendingDetail]:
    """The details an interrupted sync left for torrents that are not gone, then the others that were found."""
    stand = {item.torrent_id for item in standing}
    resumed = {item.torrent_id for item in run.resumed}
    return [
        *(item for item in run.resumed if item.torrent_id in stand),
        *(item for item in found if item.torrent_id not in resumed),
    ]


def _finished(run: _Run, pending: Sequence[PendingDetail]) -> Finished:
    outcome = run.report.outcome
    status_changed = len(set(outcome.status_changed))
    counts: dict[str, object] = {
        "new": len(set(outcome.new)),
        "changed": len(set(outcome.changed)),
        "status_changed": status_changed,
        "gone": len(run.gone),
        "revived": len(set(outcome.revived)),
        "details": run.tally.fetched,
        "errors": len(run.tally.failed),
        "list_whole": run.report.whole if run.listed else None,
        "pending": dict(Counter(item.reason for item in pending)),
    }
    parts = [
        f"{counts['new']:,} new",
        f"{status_changed:,} changed status",
        f"{len(run.gone):,} gone",
        f"{run.tally.fetched:,} details",
    ]
    if counts["revived"]:
        parts.append(f"{counts['revived']:,} revived")
    if run.tally.failed:
        parts.append(f"{len(run.tally.failed):,} failed (the next sync tries them again)")
    code = 1 if run.tally.failed else 0
    if run.listed and not run.report.whole:
        parts.append("list not whole: nothing was marked gone")
        code = LIST_NOT_WHOLE
    return Finished("partial" if code else "done", ", ".join(parts), counts, exit_code=code)


class _RollBack(Exception):
    """Leaves a transaction without keeping anything."""


async def _dry_run(ctx: Context, options: SyncOptions, run: _Run) -> AsyncGenerator[Event, None]:
    """Reads only the list, and reports what a sync would fetch; the archive is left unchanged."""
    rows: dict[str, ListedTorrent] = {}

    async def collect(page: Sequence[ListedTorrent]) -> ListOutcome:
        rows.update((row.id, row) for row in page)
        return ListOutcome()

    async for event in _carry_on(ctx, options, run):
        yield event
    if options.mode != "details":
        async for event in _read_whole(ctx, options, run, collect):
            yield event
    pending: list[PendingDetail] = []
    outcome = ListOutcome()
    gone: list[str] = []
    sweep = 0
    try:
        async with ctx.db.transaction() as connection:
            now = int(ctx.clock())
            outcome = await store_listed(connection, list(rows.values()), now)
            if run.report.whole:
                gone = await mark_gone(connection, run.report.ids, now)
            found = await select_pending_uncommitted(
                connection,
                _reasons(ctx, options, run),
                since=run.since,
                now=now,
                statuses=options.statuses,
                most_old_finished=ctx.settings.sync.old_per_run,
            )
            pending = _merge_pending(
                run, found, await select_pending_uncommitted(connection, ("every",), since=0, now=0)
            )
            if options.mode in SWEEPING:
                lacking = await lacking_links_uncommitted(connection) - {item.torrent_id for item in pending}
                sweep = len(pages_worth_sweeping(run.report, lacking))
            raise _RollBack
    except _RollBack:
        pass
    by_reason: dict[str, list[str]] = {reason: [] for reason in options.reasons(ctx.settings.sync.old)}
    for item in pending:
        by_reason.setdefault(item.reason, []).append(item.torrent_id)
    by_reason["gone"] = gone
    for reason, ids in by_reason.items():
        shown = ids if options.all_examples else ids[:EXAMPLES]
        yield FoundRow("plan", {"reason": reason, "count": len(ids), "ids": shown})
    requests = len(pending) + sweep + list_requests(options.mode, len(rows), ctx.settings.account.list_page)
    counts: dict[str, object] = {reason.replace(" ", "_"): len(ids) for reason, ids in by_reason.items()}
    counts |= {"dry_run": True, "status_changed_rows": len(outcome.status_changed), "would_cost_requests": requests}
    seconds = seconds_for(requests, ctx)
    yield Finished(
        "done",
        f"Dry run: {counted(len(pending), 'detail')} to fetch, {counted(requests, 'request')}, about {seconds:,.0f} s.",
        counts,
    )


def list_requests(mode: SyncMode, rows: int, page_size: int) -> int:
    """The requests of a mode for a list of ``rows`` rows: its pages, the first one again when there are several, the
    count of active torrents, and in smart mode the row of the fingerprint."""
    if mode == "details":
        return 0
    pages = pages_of(rows, page_size)
    return pages + (pages > 1) + 1 + (mode == "smart")


def seconds_for(requests: int, ctx: Context) -> float:
    """How long so many requests take at the configured rate, in seconds."""
    settings = ctx.settings.account
    return requests * settings.window_s / settings.requests_per_minute
