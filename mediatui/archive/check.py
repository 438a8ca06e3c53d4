"""Checks whether links still open: makes one direct link a torrent, asks its address for one byte, judges the answers,
and deletes the download row again.

One failure proves nothing: a link is dead after two failures hours apart that mean the file is gone, the second while a
link known to be good opens. A run in which too many links fail reports it and assumes a limit of the account
(services/realdebrid/NOTES.md 11, 12 and 14).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Literal

from mediatui.changes.owner import check_owner
from mediatui.model.account import Unrestricted
from mediatui.model.human import counted
from mediatui.model.link_codes import BLOCKED
from mediatui.model.problems import SECOND_STRIKE_S, VERDICT_LIFE_S
from mediatui.runtime.context import Context
from mediatui.runtime.events import Changed, Event, Finished, FoundRow, Phase, Progress, Said
from mediatui.services.errors import (
    DeadLink,
    Exhausted,
    Infringing,
    NotFound,
    Refused,
    ServiceError,
    SlowDown,
    Transient,
    Unreachable,
)
from mediatui.store.conditions import STANDING, TorrentCondition
from mediatui.store.torrents.checks import (
    LinkCheck,
    due_for_check,
    forget_probe_download,
    last_failures,
    left_probe_downloads,
    links_known_good,
    note_probe_download,
    read_checks,
    store_checks,
)
from mediatui.store.torrents.listing import links_of

LAST = 20
TOO_MANY = 0.30
"""When more than this share of the last twenty checks fails, the links are not the cause."""
MOST_FAILURES = int(LAST * TOO_MANY)
LOST = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
"""What the address of an opened link answers when the file is gone."""
MOST_UNREACHABLE = 3
"""After so many connections that could not be made the addresses of opened links are no longer asked in this run."""
CONTROLS = 3
"""How many links known to be good are tried before a second failure counts for nothing."""
GRACE_S = 2.0
"""How long an interrupted run waits for the check in flight, in seconds, so that its download row is deleted."""
_Failure = tuple[LinkCheck, LinkCheck | None]
_Untrusted = Literal["", "too many", "nothing opens"]
_Checked = tuple[LinkCheck, _Untrusted]
_ENDS_THE_RUN = (Refused, SlowDown, Exhausted, Unreachable)


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """``condition`` chooses the rows; with ``ids`` every link of those rows is checked instead, even when its verdict
    is fresh. ``limit`` is the largest number of torrents."""

    condition: TorrentCondition = STANDING
    ids: tuple[str, ...] = ()
    limit: int | None = None


@dataclass(slots=True)
class _Tally:
    """The results of a run. ``failures`` are the failed checks, each with the check before it; ``since_opened`` is how
    many of them came after the last link that opened, None while none has. ``not_asked`` counts the opened links whose
    address was not asked, because ``unreachable`` connections to such servers could not be made."""

    not_ours: set[str]
    last: deque[bool]
    looked: int = 0
    ok: int = 0
    suspect: int = 0
    dead: int = 0
    unknown: int = 0
    failures: list[_Failure] = field(default_factory=list)
    since_opened: int | None = None
    unreachable: int = 0
    not_asked: int = 0

    @property
    def too_many_fail(self) -> bool:
        return len(self.last) == LAST and sum(self.last) > MOST_FAILURES

    @property
    def opened_lately(self) -> bool:
        return self.since_opened is not None and self.since_opened <= MOST_FAILURES

    def unproven(self) -> list[_Failure]:
        """The failures after which no link opened."""
        count = len(self.failures)
        return self.failures[count - (count if self.since_opened is None else self.since_opened) :]

    def fail(self, failure: _Failure, *, expected: bool) -> None:
        """Counts a failure; an ``expected`` one proves nothing about the account."""
        self.failures.append(failure)
        if self.since_opened is not None:
            self.since_opened += 1
        if not expected:
            self.last.append(True)

    def count_failures_as_unknown(self) -> None:
        """Counts every failure of the run as unknown."""
        for result, _ in self.failures:
            setattr(self, result.verdict, getattr(self, result.verdict) - 1)
            self.unknown += 1


async def check(ctx: Context, options: CheckOptions) -> AsyncGenerator[Event, None]:
    """The job. Resumable: links with a fresh verdict are not checked again. Raises ServiceError when the service
    refuses, is unreachable, or says that the account's allowance is used up."""
    await check_owner(ctx)
    await _delete_left_downloads(ctx)
    due = await _due(ctx, options)
    yield Phase("opening links", len(due))
    if not due:
        yield Finished("done", "No link is due for a check.", {"looked": 0})
        return
    lately = await ctx.db.read(last_failures, int(ctx.clock()) - SECOND_STRIKE_S, LAST)
    tally = _Tally(await ctx.account.download_ids(), deque(lately, maxlen=LAST))
    for number, torrent_id in enumerate(due, 1):
        links = await ctx.db.read(links_of, torrent_id)
        if not links:
            tally.unknown += 1
            yield Said("debug", f"{torrent_id}: its links are not known; a sync fetches them")
        known = await ctx.db.read(read_checks, torrent_id)
        every = range(len(links))
        for position in every if options.ids else _positions(known, len(links), int(ctx.clock())):
            work = _check_link(ctx, torrent_id, position, links[position], known, tally)
            try:
                result, untrusted = await _run_to_end(work)
            except Exhausted:
                await _revert(ctx, tally.unproven())
                raise
            if untrusted:
                await _revert(ctx, tally.failures)
                tally.count_failures_as_unknown()
                yield Changed("torrents", tuple({failure.torrent_id for failure, _ in tally.failures}))
                yield _too_many(tally, untrusted)
                return
            yield Changed("torrents", (torrent_id,))
            if result.verdict != "ok":
                yield FoundRow("check", _check_fields(result))
        yield Progress(number, len(due), current=torrent_id)
    yield _finished(tally)


async def _due(ctx: Context, options: CheckOptions) -> Sequence[str]:
    """The ids of the torrents to check, in order."""
    if options.ids:
        return options.ids[: options.limit]
    now = int(ctx.clock())
    return await ctx.db.read(
        due_for_check, options.condition,
        second_check_before=now - SECOND_STRIKE_S, fresh_since=now - VERDICT_LIFE_S, limit=options.limit,
    )  # fmt: skip


def _positions(known: dict[int, LinkCheck], count: int, now: int) -> Sequence[int]:
    """The positions of the links of a row to check: those that wait for a second check, else those with an unknown
    verdict, else the first one."""
    second = [
        position
        for position, result in known.items()
        if result.verdict == "suspect" and result.suspect_at is not None and now - result.suspect_at >= SECOND_STRIKE_S
    ]
    silent = [position for position, result in known.items() if result.verdict == "unknown"]
    return [position for position in sorted(second or silent) if position < count] or range(min(1, count))


async def _run_to_end(work: Coroutine[None, None, _Checked]) -> _Checked:
    """Runs a check to its end, with its clean-up, even when the run is cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=GRACE_S)
        raise
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _check_link(
    ctx: Context, torrent_id: str, position: int, link: str, known: dict[int, LinkCheck], tally: _Tally
) -> _Checked:
    """Checks a link and stores the result; returns it, and why the failures of the run cannot be trusted, if so. Raises
    the errors that end the run: a refusal, no connection, an allowance used up."""
    short = ctx.account.lasting_link(link)
    now = int(ctx.clock())
    before = known.get(position)
    before = before if before is not None and before.link == short else None
    silent = LinkCheck(torrent_id, position, short, "unknown", None, now, None)
    made = ""
    try:
        opened = await ctx.account.unrestrict(short)
        made = opened.id
        result = _judge_answer(await _ask_address(ctx, opened, tally), silent, before)
    except _ENDS_THE_RUN:
        raise
    except ServiceError as error:
        result = _judge(error, silent, before)
    untrusted = await _count(ctx, result, before, tally)
    async with ctx.db.transaction() as connection:
        if made and made not in tally.not_ours:
            await note_probe_download(connection, made, now)
        if not untrusted and not (result.verdict == "unknown" and _failed(before)):  # no answer changes nothing
            await store_checks(connection, [result], now)
    if made and made not in tally.not_ours:
        await _delete_download(ctx, made)
    return result, untrusted


def _judge(error: ServiceError, silent: LinkCheck, before: LinkCheck | None) -> LinkCheck:
    """The verdict of a failed check. Only the service's own code for a lost file counts as a failure: a 404 or 451
    without it comes from something in between."""
    if isinstance(error, Infringing) and error.code is not None:
        return replace(silent, verdict="dead", code=BLOCKED)
    if not isinstance(error, (DeadLink, NotFound)) or error.code is None:
        return replace(silent, code=error.code)
    return _failed_check(error.code, silent, before)


async def _ask_address(ctx: Context, opened: Unrestricted, tally: _Tally) -> int | None:
    """The HTTP status of the address of an opened link; None when it did not answer. Where no connection to its server
    can be made from here, as behind some proxies, the service's word counts: 200."""
    if tally.unreachable < MOST_UNREACHABLE:
        try:
            return await ctx.account.download_status(opened)
        except Unreachable:
            tally.unreachable += 1
        except Transient:
            return None
    tally.not_asked += 1
    return 200


def _judge_answer(status: int | None, silent: LinkCheck, before: LinkCheck | None) -> LinkCheck:
    """The verdict on a link that the service opened, by the HTTP status of the address it was given for it."""
    if status in LOST:
        return _failed_check(status, silent, before)
    opens = status is not None and (status < 300 or status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
    return replace(silent, verdict="ok" if opens else "unknown")


def _failed_check(code: int, silent: LinkCheck, before: LinkCheck | None) -> LinkCheck:
    """The verdict after an answer that means the file is gone: the second one, hours after the first, decides."""
    first = before.suspect_at if before is not None and _failed(before) else None
    if before is None or first is None:
        return replace(silent, verdict="suspect", code=code, suspect_at=silent.at)
    dead = before.verdict == "dead" or silent.at - first >= SECOND_STRIKE_S
    return replace(silent, verdict="dead" if dead else "suspect", code=code, suspect_at=first)


def _failed(result: LinkCheck | None) -> bool:
    return result is not None and result.verdict in ("suspect", "dead")


async def _count(ctx: Context, result: LinkCheck, before: LinkCheck | None, tally: _Tally) -> _Untrusted:
    """Counts a check; returns why the failures of the run cannot be trusted, if so."""
    tally.looked += 1
    setattr(tally, result.verdict, getattr(tally, result.verdict) + 1)
    if result.verdict == "ok":
        tally.since_opened = 0
    if result.verdict == "ok" or result.code == BLOCKED:
        tally.last.append(False)
        return ""
    if result.verdict == "unknown":
        tally.last.append(True)
    else:
        expected = _failed(before)
        if result.verdict == "dead" and before is not None and before.verdict == "suspect" and not tally.opened_lately:
            opens = await _something_opens(ctx, tally)
            if opens is False:
                tally.fail((result, before), expected=False)
                return "nothing opens"
            expected = opens is True
        tally.fail((result, before), expected=expected)
    return "too many" if tally.too_many_fail else ""


async def _something_opens(ctx: Context, tally: _Tally) -> bool | None:
    """Whether a link known to be good opens now; None when none is known."""
    links = await ctx.db.read(links_known_good, CONTROLS)
    for link in links:
        try:
            opened = await ctx.account.unrestrict(link)
            status = await _ask_address(ctx, opened, tally)
        except _ENDS_THE_RUN:
            raise
        except ServiceError:
            continue
        if opened.id not in tally.not_ours:
            async with ctx.db.transaction() as connection:
                await note_probe_download(connection, opened.id, ctx.clock())
            await _delete_download(ctx, opened.id)
        if status is not None and status < 300:
            tally.since_opened = 0
            return True
    return False if links else None


async def _delete_download(ctx: Context, download_id: str) -> None:
    """Deletes a download row that a check made; one that cannot be deleted now stays noted for the next run."""
    try:
        await ctx.account.delete_download(download_id)
    except _ENDS_THE_RUN:
        raise
    except ServiceError:
        return
    async with ctx.db.transaction() as connection:
        await forget_probe_download(connection, download_id)


async def _delete_left_downloads(ctx: Context) -> None:
    """Deletes the download rows that an interrupted run left."""
    for download_id in await ctx.db.read(left_probe_downloads):
        await _delete_download(ctx, download_id)


async def _revert(ctx: Context, failures: Sequence[_Failure]) -> None:
    """Reverts failures to the verdicts before them."""
    undone = {
        (result.torrent_id, result.position): before or replace(result, verdict="unknown", code=None, suspect_at=None)
        for result, before in reversed(failures)
    }
    async with ctx.db.transaction() as connection:
        await store_checks(connection, list(undone.values()), int(ctx.clock()))


def _check_fields(result: LinkCheck) -> dict[str, object]:
    again = result.suspect_at + SECOND_STRIKE_S if result.suspect_at and result.verdict == "suspect" else None
    return {
        "torrent_id": result.torrent_id,
        "position": result.position,
        "verdict": result.verdict,
        "code": result.code,
        "second_look_at": again,
    }


def _counts(tally: _Tally) -> dict[str, object]:
    """The counts of the result line. ``opened`` and not ``ok``, which says in a result line how the command ended."""
    rest = {name: getattr(tally, name) for name in ("suspect", "dead", "unknown")}
    return {"looked": tally.looked, "opened": tally.ok, **rest}


def _too_many(tally: _Tally, untrusted: _Untrusted) -> Finished:
    text = (
        f"{sum(tally.last)} of the last {LAST} links did not open: a limit of the account is more likely "
        "than so many dead links."
        if untrusted == "too many"
        else "Links known to be good do not open either: a limit of the account is more likely than dead links."
    )
    return Finished(
        "partial", f"{text} Nothing was marked by this run.", _counts(tally), error=text, error_kind="traffic-cap",
        hint="Nothing was marked broken. Try again tomorrow: mediatui --headless check", exit_code=4,
    )  # fmt: skip


def _finished(tally: _Tally) -> Finished:
    parts = [f"{counted(tally.looked, 'link')} checked: {tally.ok:,} ok"]
    if tally.dead:
        parts.append(f"{tally.dead:,} dead")
    if tally.suspect:
        hours = SECOND_STRIKE_S // 3600
        parts.append(f"{tally.suspect:,} failed once (a second check after {hours} hours decides)")
    if tally.unknown:
        parts.append(f"{tally.unknown:,} unknown")
    if tally.not_asked:
        parts.append(f"{tally.not_asked:,} by the service's word alone (their servers cannot be reached from here)")
    return Finished("done", ", ".join(parts) + ".", _counts(tally))
