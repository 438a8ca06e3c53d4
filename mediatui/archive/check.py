"""Looking whether links still open: one direct link a torrent, judged by the answer, and taken away again.

Absence is not death: only two failures hours apart, of the kinds that mean the file is gone, make a link dead, and the
second only while a link known to be good opens. A run in which too many fail says so and takes them for a limit of the
account (services/realdebrid/NOTES.md 11, 12 and 14).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from mediatui.changes.owner import check_owner
from mediatui.model.link_codes import BLOCKED
from mediatui.model.problems import SECOND_STRIKE_S
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

VERDICT_LIFE_S = 7 * 86_400
LAST = 20
TOO_MANY = 0.30
"""When more than this share of the last twenty looks fails, it is not the links."""
MOST_FAILURES = int(LAST * TOO_MANY)
CONTROLS = 3
"""So many links known to be good are tried before a second failure is doubted."""
GRACE_S = 2.0
"""How long an interrupted run waits for the look in flight, so that its download row is taken away."""
_Failure = tuple[LinkCheck, LinkCheck | None]
_Doubt = Literal["", "too many", "nothing opens"]
_Looked = tuple[LinkCheck, _Doubt]
_ENDS_THE_RUN = (Refused, SlowDown, Exhausted, Unreachable)


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """``condition`` says which rows; ``ids`` look at every link of these rows instead, also when a verdict is fresh.
    ``limit`` is how many torrents at most."""

    condition: TorrentCondition = STANDING
    ids: tuple[str, ...] = ()
    limit: int | None = None


@dataclass(slots=True)
class _Tally:
    """What a run has seen. ``failures`` are the failed looks with what was known before each; ``since_opened`` is how
    many of them came after the last link that opened, None while none has."""

    not_ours: set[str]
    last: deque[bool]
    looked: int = 0
    ok: int = 0
    suspect: int = 0
    dead: int = 0
    unknown: int = 0
    failures: list[_Failure] = field(default_factory=list)
    since_opened: int | None = None

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
        """Counts a failure; one that was ``expected`` says nothing about the account."""
        self.failures.append(failure)
        if self.since_opened is not None:
            self.since_opened += 1
        if not expected:
            self.last.append(True)

    def doubt_all(self) -> None:
        """Counts every failure of the run as unknown."""
        for one, _ in self.failures:
            setattr(self, one.verdict, getattr(self, one.verdict) - 1)
            self.unknown += 1


async def check(ctx: Context, options: CheckOptions) -> AsyncGenerator[Event, None]:
    """The job. Resumable: what has a fresh verdict is not looked at again. Raises ServiceError when the service
    refuses us, is out of reach, or says that the account's allowance is used up."""
    await check_owner(ctx)
    await _clear_left(ctx)
    due = await _due(ctx, options)
    yield Phase("opening links", len(due))
    if not due:
        yield Finished("done", "No link is due for a look.", {"looked": 0})
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
            look = _look(ctx, torrent_id, position, links[position], known, tally)
            try:
                one, doubted = await _to_its_end(look)
            except Exhausted:
                await _take_back(ctx, tally.unproven())
                raise
            if doubted:
                await _take_back(ctx, tally.failures)
                tally.doubt_all()
                yield Changed("torrents", tuple({failure.torrent_id for failure, _ in tally.failures}))
                yield _too_many(tally, doubted)
                return
            yield Changed("torrents", (torrent_id,))
            if one.verdict != "ok":
                yield FoundRow("check", _row(one))
        yield Progress(number, len(due), current=torrent_id)
    yield _finished(tally)


async def _due(ctx: Context, options: CheckOptions) -> Sequence[str]:
    """The ids of the torrents to look at, in order."""
    if options.ids:
        return options.ids[: options.limit]
    now = int(ctx.clock())
    return await ctx.db.read(
        due_for_check, options.condition,
        second_look_before=now - SECOND_STRIKE_S, fresh_since=now - VERDICT_LIFE_S, limit=options.limit,
    )  # fmt: skip


def _positions(known: dict[int, LinkCheck], count: int, now: int) -> Sequence[int]:
    """Which links of a row to look at: those that wait for a second look, else those that said nothing, else the
    first one."""
    second = [
        position
        for position, one in known.items()
        if one.verdict == "suspect" and one.suspect_at is not None and now - one.suspect_at >= SECOND_STRIKE_S
    ]
    silent = [position for position, one in known.items() if one.verdict == "unknown"]
    return [position for position in sorted(second or silent) if position < count] or range(min(1, count))


async def _to_its_end(look: Coroutine[None, None, _Looked]) -> _Looked:
    """A look and what it leaves, also when the run is cancelled meanwhile."""
    task = asyncio.ensure_future(look)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=GRACE_S)
        raise
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _look(
    ctx: Context, torrent_id: str, position: int, link: str, known: dict[int, LinkCheck], tally: _Tally
) -> _Looked:
    """What a link says now, stored; and whether the failures of the run are to be doubted. Raises what has to end the
    run: a refusal, no connection, an allowance used up."""
    short = ctx.account.lasting_link(link)
    now = int(ctx.clock())
    before = known.get(position)
    before = before if before is not None and before.link == short else None
    made = ""
    try:
        made = (await ctx.account.unrestrict(short)).id
        one = LinkCheck(torrent_id, position, short, "ok", None, now, None)
    except _ENDS_THE_RUN:
        raise
    except ServiceError as error:
        one = _judge(error, LinkCheck(torrent_id, position, short, "unknown", None, now, None), before)
    doubt = await _count(ctx, one, before, tally)
    async with ctx.db.transaction() as connection:
        if made and made not in tally.not_ours:
            await note_probe_download(connection, made, now)
        if not doubt and not (one.verdict == "unknown" and _failed(before)):  # silence changes nothing
            await store_checks(connection, [one], now)
    if made and made not in tally.not_ours:
        await _take_away(ctx, made)
    return one, doubt


def _judge(error: ServiceError, silent: LinkCheck, before: LinkCheck | None) -> LinkCheck:
    """What a failed look means. Only the service's own word for a lost file is a strike: a 404 or 451 without its code
    comes from something in between."""
    if isinstance(error, Infringing) and error.code is not None:
        return replace(silent, verdict="dead", code=BLOCKED)
    if not isinstance(error, (DeadLink, NotFound)) or error.code is None:
        return replace(silent, code=error.code)
    first = before.suspect_at if before is not None and _failed(before) else None
    if before is None or first is None:
        return replace(silent, verdict="suspect", code=error.code, suspect_at=silent.at)
    dead = before.verdict == "dead" or silent.at - first >= SECOND_STRIKE_S
    return replace(silent, verdict="dead" if dead else "suspect", code=error.code, suspect_at=first)


def _failed(one: LinkCheck | None) -> bool:
    return one is not None and one.verdict in ("suspect", "dead")


async def _count(ctx: Context, one: LinkCheck, before: LinkCheck | None, tally: _Tally) -> _Doubt:
    """Counts a look; returns why the failures of the run are to be doubted, if they are."""
    tally.looked += 1
    setattr(tally, one.verdict, getattr(tally, one.verdict) + 1)
    if one.verdict == "ok":
        tally.since_opened = 0
    if one.verdict == "ok" or one.code == BLOCKED:
        tally.last.append(False)
        return ""
    if one.verdict == "unknown":
        tally.last.append(True)
    else:
        expected = _failed(before)
        if one.verdict == "dead" and before is not None and before.verdict == "suspect" and not tally.opened_lately:
            opens = await _something_opens(ctx, tally)
            if opens is False:
                tally.fail((one, before), expected=False)
                return "nothing opens"
            expected = opens is True
        tally.fail((one, before), expected=expected)
    return "too many" if tally.too_many_fail else ""


async def _something_opens(ctx: Context, tally: _Tally) -> bool | None:
    """Whether a link known to be good opens now; None when none is known."""
    links = await ctx.db.read(links_known_good, CONTROLS)
    for link in links:
        try:
            made = (await ctx.account.unrestrict(link)).id
        except _ENDS_THE_RUN:
            raise
        except ServiceError:
            continue
        tally.since_opened = 0
        if made not in tally.not_ours:
            async with ctx.db.transaction() as connection:
                await note_probe_download(connection, made, ctx.clock())
            await _take_away(ctx, made)
        return True
    return False if links else None


async def _take_away(ctx: Context, download_id: str) -> None:
    """Deletes a download row our look made; one that cannot be deleted now stays noted for the next run."""
    try:
        await ctx.account.delete_download(download_id)
    except _ENDS_THE_RUN:
        raise
    except ServiceError:
        return
    async with ctx.db.transaction() as connection:
        await forget_probe_download(connection, download_id)


async def _clear_left(ctx: Context) -> None:
    """Takes away the rows an interrupted run left."""
    for download_id in await ctx.db.read(left_probe_downloads):
        await _take_away(ctx, download_id)


async def _take_back(ctx: Context, failures: Sequence[_Failure]) -> None:
    """Takes back failures: what was known before them is what is known."""
    undone = {
        (one.torrent_id, one.position): before or replace(one, verdict="unknown", code=None, suspect_at=None)
        for one, before in reversed(failures)
    }
    async with ctx.db.transaction() as connection:
        await store_checks(connection, list(undone.values()), int(ctx.clock()))


def _row(one: LinkCheck) -> dict[str, object]:
    return {
        "torrent_id": one.torrent_id,
        "position": one.position,
        "verdict": one.verdict,
        "code": one.code,
        "second_look_at": one.suspect_at + SECOND_STRIKE_S if one.suspect_at and one.verdict == "suspect" else None,
    }


def _counts(tally: _Tally) -> dict[str, object]:
    """What the run came to. ``opened``, because ``ok`` in a result line says how the command ended."""
    rest = {name: getattr(tally, name) for name in ("suspect", "dead", "unknown")}
    return {"looked": tally.looked, "opened": tally.ok, **rest}


def _too_many(tally: _Tally, doubt: _Doubt) -> Finished:
    text = (
        f"{sum(tally.last)} of the last {LAST} links did not open: a limit of the account is likelier than so many "
        "dead links."
        if doubt == "too many"
        else "Links known to be good do not open either: a limit of the account is likelier than dead links."
    )
    return Finished(
        "partial", f"{text} Nothing was marked by this run.", _counts(tally), error=text, error_kind="traffic-cap",
        hint="Nothing was marked broken. Try again tomorrow: mediatui --headless check", exit_code=4,
    )  # fmt: skip


def _finished(tally: _Tally) -> Finished:
    parts = [f"{tally.looked:,} links looked at: {tally.ok:,} ok"]
    if tally.dead:
        parts.append(f"{tally.dead:,} dead")
    if tally.suspect:
        hours = SECOND_STRIKE_S // 3600
        parts.append(f"{tally.suspect:,} failed once (a second check after {hours} hours decides)")
    if tally.unknown:
        parts.append(f"{tally.unknown:,} unknown")
    return Finished("done", ", ".join(parts) + ".", _counts(tally))
