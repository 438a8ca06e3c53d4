"""Looking whether links still open: one direct link a torrent, judged by the answer, and taken away again.

Absence is not death: only two failures hours apart, of the kinds that mean the file is gone, make a link dead, and a
run in which too many fail says so and takes them for a limit of the account (quirks Q10, Q19, Q22).
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from mediatui.context import Context
from mediatui.events import Changed, Event, Finished, Found, Phase, Progress, Said
from mediatui.model.problems import SECOND_STRIKE_S
from mediatui.model.torrent import short_link
from mediatui.services.errors import (
    DeadLink,
    Exhausted,
    Infringing,
    NotFound,
    Permanent,
    Refused,
    ServiceError,
    SlowDown,
    Unreachable,
)
from mediatui.store.checks import (
    LinkCheck,
    Verdict,
    due_for_check,
    forget_probe_download,
    left_probe_downloads,
    note_probe_download,
    read_checks,
    store_checks,
)
from mediatui.store.listing import links_of

VERDICT_LIFE_S = 7 * 86_400
LAST = 20
TOO_MANY = 0.30
"""When more than this share of the last twenty looks fails, it is not the links."""


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """``where`` and ``parameters`` are the condition on rows; ``ids`` look at every link of these rows instead, also
    when a verdict is fresh. ``limit`` is how many torrents at most."""

    where: str = "gone_at IS NULL"
    parameters: tuple[object, ...] = ()
    ids: tuple[str, ...] = ()
    limit: int | None = None


@dataclass(slots=True)
class _Tally:
    looked: int = 0
    ok: int = 0
    suspect: int = 0
    dead: int = 0
    unknown: int = 0
    last: deque[bool] = field(default_factory=lambda: deque(maxlen=LAST))
    doubtful: deque[tuple[LinkCheck, LinkCheck | None]] = field(default_factory=lambda: deque(maxlen=LAST))

    @property
    def too_many_fail(self) -> bool:
        return len(self.last) == LAST and sum(self.last) > TOO_MANY * LAST


async def check(ctx: Context, options: CheckOptions) -> AsyncGenerator[Event, None]:
    """The job. Resumable: what has a fresh verdict is not looked at again."""
    now = int(ctx.clock())
    if options.ids:
        due: Sequence[str] = options.ids
    else:
        due = await ctx.db.read(
            due_for_check, options.where, options.parameters,
            second_look_before=now - SECOND_STRIKE_S, fresh_since=now - VERDICT_LIFE_S, limit=options.limit,
        )  # fmt: skip
    yield Phase("opening links", len(due))
    if not due:
        yield Finished("done", "No link is due for a look.", {"looked": 0})
        return
    await _clear_left(ctx)
    not_ours = await ctx.realdebrid.download_ids()
    tally = _Tally()
    for number, torrent_id in enumerate(due, 1):
        links = await ctx.db.read(links_of, torrent_id)
        if not links:
            tally.unknown += 1
            yield Said("debug", f"{torrent_id}: its links are not known; a sync fetches them")
        known = await ctx.db.read(read_checks, torrent_id)
        for position, link in enumerate(links if options.ids else links[:1]):
            one = await _look(ctx, torrent_id, position, link, known.get(position), not_ours)
            await _keep(ctx, one, known.get(position), tally)
            yield Changed("torrents", (torrent_id,))
            if one.verdict != "ok":
                yield Found("check", _row(one))
            if tally.too_many_fail:
                await _doubt(ctx, tally)
                yield _too_many(tally)
                return
        yield Progress(number, len(due), current=torrent_id)
    yield _finished(tally)


async def _look(
    ctx: Context, torrent_id: str, position: int, link: str, before: LinkCheck | None, not_ours: set[str]
) -> LinkCheck:
    """What a link says now. Raises what has to end the run: a refusal, no connection, an allowance used up."""
    short = short_link(link)
    now = int(ctx.clock())
    verdict: Verdict = "ok"
    code: int | None = None
    try:
        made = await ctx.realdebrid.unrestrict(short)
    except (DeadLink, NotFound) as error:
        code = error.code or 404
        first = before.suspect_at if before is not None and before.link == short else None
        verdict = "dead" if first is not None and now - first >= SECOND_STRIKE_S else "suspect"
        if before is not None and before.verdict == "dead" and before.link == short:
            verdict = "dead"
        return LinkCheck(torrent_id, position, short, verdict, code, now, first if first is not None else now)
    except Infringing:
        return LinkCheck(torrent_id, position, short, "dead", 35, now, now)
    except (Refused, SlowDown, Exhausted, Unreachable):
        raise
    except Permanent as error:
        code = error.code
        verdict = "unknown"
    except ServiceError:
        verdict = "unknown"
    else:
        await _take_away(ctx, made.id, not_ours)
    return LinkCheck(torrent_id, position, short, verdict, None if verdict == "ok" else code, now, None)


async def _take_away(ctx: Context, download_id: str, not_ours: set[str]) -> None:
    """Deletes the download row our look made; one that was there before is somebody's."""
    if download_id in not_ours:
        return
    async with ctx.db.transaction() as connection:
        await note_probe_download(connection, download_id, ctx.clock())
    await ctx.realdebrid.delete_download(download_id)
    async with ctx.db.transaction() as connection:
        await forget_probe_download(connection, download_id)


async def _clear_left(ctx: Context) -> None:
    """Takes away the rows an interrupted run left."""
    for download_id in await ctx.db.read(left_probe_downloads):
        await ctx.realdebrid.delete_download(download_id)
        async with ctx.db.transaction() as connection:
            await forget_probe_download(connection, download_id)


async def _keep(ctx: Context, one: LinkCheck, before: LinkCheck | None, tally: _Tally) -> None:
    tally.looked += 1
    setattr(tally, one.verdict, getattr(tally, one.verdict) + 1)
    failed = one.verdict in ("suspect", "dead") and one.code != 35
    tally.last.append(failed)
    if failed:
        tally.doubtful.append((one, before))
    async with ctx.db.transaction() as connection:
        await store_checks(connection, [one], one.at)


async def _doubt(ctx: Context, tally: _Tally) -> None:
    """Takes back the failures of the run: what was known before them is what is known."""
    undone = [
        before
        if before is not None and before.link == one.link
        else LinkCheck(one.torrent_id, one.position, one.link, "unknown", None, one.at, None)
        for one, before in tally.doubtful
    ]
    async with ctx.db.transaction() as connection:
        await store_checks(connection, undone, int(ctx.clock()))


def _row(one: LinkCheck) -> dict[str, object]:
    return {
        "torrent_id": one.torrent_id,
        "position": one.position,
        "verdict": one.verdict,
        "code": one.code,
        "second_look_at": one.suspect_at + SECOND_STRIKE_S if one.suspect_at and one.verdict == "suspect" else None,
    }


def _counts(tally: _Tally) -> dict[str, object]:
    return {name: getattr(tally, name) for name in ("looked", "ok", "suspect", "dead", "unknown")}


def _too_many(tally: _Tally) -> Finished:
    failed = sum(tally.last)
    text = f"{failed} of the last {LAST} links failed: a limit of the account is likelier than so many dead links."
    return Finished(
        "partial", f"{text} Nothing was marked by them.", _counts(tally), error=text, error_kind="traffic-cap",
        hint="Nothing was marked broken by them. Try again tomorrow: mediatui --headless check", exit_code=4,
    )  # fmt: skip


def _finished(tally: _Tally) -> Finished:
    parts = [f"{tally.looked:,} links looked at: {tally.ok:,} ok"]
    if tally.dead:
        parts.append(f"{tally.dead:,} dead")
    if tally.suspect:
        hours = SECOND_STRIKE_S // 3600
        parts.append(f"{tally.suspect:,} failed once (a second look after {hours} hours decides)")
    if tally.unknown:
        parts.append(f"{tally.unknown:,} unknown")
    return Finished("done", ", ".join(parts) + ".", _counts(tally))
