"""Bringing whole transfers into staging: waits until a mount shows every file, opens each, and places the links.

All of them are looked for together, with pauses that grow; what is not there after a while waits for its next try.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Final

from mediatui.acquire.mount.away import (
    Away,
    about_cache,
    end_for_lost_names,
    end_for_mount,
    end_for_room,
    expect_mounts,
    expect_places,
    expect_room,
    expect_staging,
    guarded,
)
from mediatui.acquire.mount.entry import Entry, read_entry
from mediatui.acquire.mount.fit import hostile_name
from mediatui.acquire.mount.holds import present_hold
from mediatui.acquire.mount.placing import carry_on_placing, place_links
from mediatui.acquire.mount.views import FoundOnMount, MountViews
from mediatui.acquire.rows import as_row
from mediatui.changes.account_holds import ACCOUNT_SERVICE
from mediatui.changes.file_proof import prove
from mediatui.model.human import counted
from mediatui.model.stuck import MOUNT
from mediatui.model.text import printable
from mediatui.model.transfer import FREE, Hold, HoldKind, State, Transfer
from mediatui.model.transfer import Event as Happened
from mediatui.model.transfer_errors import hold_for
from mediatui.model.views import View
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow, JobOutcome, Phase, Progress, Said, Waiting
from mediatui.settings.places import staging_folder
from mediatui.store.transfers.change import MovedOn, change
from mediatui.store.transfers.files import note_file
from mediatui.store.transfers.holds import release_service, service_holds
from mediatui.store.transfers.rows import read_transfer, under_way
from mediatui.store.transfers.targets import targets_of

FIRST_PAUSE_S, LONGEST_PAUSE_S, LATER_PAUSE_S = 0.1, 2.0, 5.0
QUICK_S: Final = 30.0
"""For so long an arrival is looked for every two seconds at most, then every five."""
PATIENCE_S: Final = 600.0
"""For so long a transfer is looked for before it waits for its next try."""
STOPPED_S: Final = 60.0
"""When one is looked for again after a stop."""
AGAIN_S: Final = 30.0
"""When a transfer is looked for again whose looks ended early."""
LISTINGS_S: Final = 30.0
"""How often names that are spelt otherwise are looked for."""
VIEWS_REFRESHED: Final = 6


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """For how many seconds a run looks for what a mount does not show yet."""

    patience_s: float = PATIENCE_S


@dataclass(slots=True)
class _Looked:
    """A transfer that is being fetched: what its entry is, since when (monotonic seconds) and how often it was looked
    for, whether the folder of a file of another size was refreshed, and which files are not shown."""

    transfer: Transfer
    entry: Entry
    since: float
    looks: int = 0
    refreshed: bool = False
    missing: Sequence[str] = ()


async def fetch(ctx: Context, options: FetchOptions) -> AsyncGenerator[Event, None]:
    """The job. Ends with exit code 1 when something waits for a person, or nothing can be fetched."""
    if staging_folder(ctx.settings) is None:
        yield Finished("done", "Nothing is fetched: staging.folder is not set.")
        return
    run_of = _Fetching(ctx, options)
    try:
        async for event in run_of.run():
            yield event
    except Away as away:
        run_of.away = str(away)
    except (asyncio.CancelledError, GeneratorExit):
        run_of.is_stopped = True
        raise
    finally:
        await run_of.put_back()
    yield run_of.finished()


@dataclass(slots=True)
class _Fetching:
    """One run."""

    ctx: Context
    options: FetchOptions
    waiting: dict[int, _Looked] = field(default_factory=dict)
    staged: int = 0
    asked: int = 0
    held: int = 0
    files: int = 0
    done: int = 0
    is_stopped: bool = False
    away: str = ""
    moved: list[Transfer] = field(default_factory=list)
    _views: MountViews = field(init=False)

    def __post_init__(self) -> None:
        self._views = MountViews(self.ctx)

    async def run(self) -> AsyncGenerator[Event, None]:
        ctx = self.ctx
        if (hold := await ctx.db.read(present_hold, ctx.clock())) is not None:
            raise Away(f"Nothing is fetched now: {printable(str(hold.detail.get('problem', hold.code)))}.")
        await self._carry_on()
        listed_at = 0.0
        while await self._take_due():
            if not self.files:
                yield Phase("looking for files on the mount")
            self.files = self.done + sum(len(one.entry.wanted) for one in self.waiting.values())
            yield Progress(self.done, self.files, current=next(iter(self.waiting.values())).transfer.name, steady=False)
            now = time.monotonic()
            listing = now - listed_at >= LISTINGS_S
            listed_at = now if listing else listed_at
            async for event in self._round(listing=listing):
                yield event
            await self._give_up()
            holds = await ctx.db.read(service_holds) if self.moved else {}
            for one in self.moved:
                yield FoundRow("transfer", as_row(one, holds, ctx.clock(), await ctx.db.read(targets_of, one.id)))
            self.moved.clear()
            if not self.waiting:
                continue
            read_again, warnings = await self._refresh()
            for warning in warnings:
                yield Said("warning", warning)
            if read_again:
                listed_at = 0.0
                continue
            pause = pause_s(time.monotonic() - max(one.since for one in self.waiting.values()))
            if pause >= 1:
                yield Waiting("the mount does not show all of it yet", time.time() + pause)
            await asyncio.sleep(pause)

    # What was left, and what is due

    async def _carry_on(self) -> None:
        """Ends what a killed run left: its batches first, then its transfers are looked for anew."""
        ctx = self.ctx
        await guarded(ctx, carry_on_placing(ctx))
        for one in await ctx.db.read(under_way, "debrid"):
            if one.state == State.FETCHING:
                await ctx.db.write(
                    change, one.id, Happened.FETCH_STOPPED, "start", State.FETCHING, State.READY,
                    hold=one.hold, why="the program ended while it was fetched", now=ctx.clock(),
                )  # fmt: skip

    async def _take_due(self) -> bool:
        """Takes on what is due, drops what somebody has taken away; returns whether anything is looked for."""
        ctx, now = self.ctx, self.ctx.clock()
        for number in list(self.waiting):
            present = await ctx.db.read(read_transfer, number)
            if present is None or present.state != State.FETCHING:
                del self.waiting[number]
            elif present.hold.kind != HoldKind.NONE:
                await self._stop(number, present.hold, "put aside")
        due = [
            one for one in await ctx.db.read(under_way, "debrid")
            if one.state == State.READY and one.is_fetched and one.is_due(now) and one.id not in self.waiting
        ]  # fmt: skip
        if due:
            await expect_places(ctx, self._views)
        for one in due:
            await self._take_on(one)
        return bool(self.waiting)

    async def _take_on(self, transfer: Transfer) -> None:
        ctx = self.ctx
        entry = await read_entry(ctx, transfer)
        if entry is None:
            return
        # Known before it is changed: a stop in between puts back what was changed.
        self.waiting[transfer.id] = _Looked(transfer, entry, time.monotonic())
        try:
            await ctx.db.write(change, transfer.id, Happened.FETCH, "job", State.READY, State.FETCHING, now=ctx.clock())
        except MovedOn:
            del self.waiting[transfer.id]
            return
        if bad := hostile_name(entry.wanted, *entry.names):
            await self._ask(transfer.id, {"hostile": printable(bad, empty="an empty name")}, "a name that is none")

    # One look at each

    async def _round(self, *, listing: bool) -> AsyncGenerator[Event, None]:
        """A look at every transfer; places the links of those whose files all open."""
        await expect_mounts(self.ctx, self._views)
        views = await self._all_views()
        for one in list(self.waiting.values()):
            one.looks += 1
            found = await guarded(self.ctx, self._views.find(views, one.entry, listing=listing))
            if found.fit.found:
                async for event in self._bring(one, found):
                    yield event
            elif found.fit.doubled:
                await self._several(one, found)
            elif found.fit.resized and found.view is not None:
                await self._resized(one, found)
            else:
                one.missing = found.fit.missing

    async def _all_views(self) -> Sequence[View]:
        return await guarded(self.ctx, self._views.views())

    async def _several(self, one: _Looked, found: FoundOnMount) -> None:
        places = [printable(os.fsdecode(found.path(place))) for place in found.fit.doubled]
        await self._ask(one.transfer.id, {"places": places}, f"{counted(len(places), 'place')} fit")

    async def _resized(self, one: _Looked, found: FoundOnMount) -> None:
        """A file of another size: its folder is read again, and only then it is asked about."""
        if not one.refreshed:
            one.refreshed = True
            await guarded(self.ctx, self._views.refresh_folder(found.path(found.fit.folder)))
            return
        for path, size in found.fit.resized.items():
            why = f"{size:,} bytes on the mount"
            await self.ctx.db.write(note_file, one.transfer.id, path, "resized", why)
        path = next(iter(found.fit.resized))
        await self._ask(one.transfer.id, {"file": _name(path)}, f"{_name(path)} has another size on the mount")

    async def _bring(self, one: _Looked, found: FoundOnMount) -> AsyncGenerator[Event, None]:
        """Opens every file, one after the other, and places the links."""
        ctx, number = self.ctx, one.transfer.id
        remote = {path: found.path(below) for path, below in found.fit.found.items()}
        for path, place in remote.items():
            yield Progress(self.done, self.files, current=_name(path))
            proof = await prove(ctx, place)
            if proof.away:
                await end_for_mount(self.ctx, "mount-away", {"problem": f"the mount failed: {proof.why}"})
            await ctx.db.write(note_file, number, path, proof.state, proof.why, remote=place)
            if proof.state == "late":
                await end_for_mount(self.ctx, "mount-busy", {"file": _name(path)})
            if proof.state == "missing":
                return
            if proof.state == "expired":
                await self._ask(number, {"expired": _name(path)}, f"{_name(path)} could not be read: {proof.why}")
                return
            if proof.state == "unlike":
                known: dict[str, object] = {"unlike": _name(path), "said": printable(proof.why)}
                await self._ask(number, known, f"{_name(path)}: {proof.why}")
                return
            self.done += 1
        await ctx.db.write(release_service, MOUNT)
        async for event in self._place(one, remote):
            yield event

    async def _place(self, one: _Looked, remote: dict[str, bytes]) -> AsyncGenerator[Event, None]:
        """Places the links through the door of changes; the transfer is staged once every one of them is seen."""
        ctx, number = self.ctx, one.transfer.id
        sizes = {file.path: file.size for file in one.entry.wanted}
        await expect_room(ctx, len(remote))
        placed = await guarded(ctx, place_links(ctx, one.transfer, remote, sizes))
        if placed.lacking:
            await expect_staging(ctx, self._views)
            if placed.is_full:
                await end_for_room(ctx, len(remote))
            name = _name(placed.lacking)
            await self._ask(number, {"in_way": name, "said": printable(placed.why)}, f"{name}: {placed.why}")
            return
        facts = {"batch": placed.batch, "folder": placed.folder, "files": len(remote)}
        why = f"{counted(len(remote), 'link')} in {printable(os.path.basename(placed.folder))}"
        self.waiting.pop(number, None)
        with contextlib.suppress(MovedOn):
            changed = await ctx.db.write(
                change, number, Happened.FETCHED, "job", State.FETCHING, State.STAGED,
                why=why, facts=facts, now=ctx.clock(),
            )  # fmt: skip
            self.staged += 1
            targets = await ctx.db.read(targets_of, number)
            yield FoundRow("transfer", as_row(changed, await ctx.db.read(service_holds), ctx.clock(), targets))
        yield Progress(self.done, self.files)

    # What keeps a transfer, or all of them

    async def _refresh(self) -> tuple[bool, Sequence[str]]:
        """Has rclone read the views again where that is due; returns whether one was read, and what went wrong, once
        for each view in a run of the program."""
        ctx = self.ctx
        if ACCOUNT_SERVICE in await ctx.db.read(service_holds):
            return False, ()  # while the service fails, a refresh throws a good listing away
        read_again, warnings = False, []
        for view in (await self._all_views())[:VIEWS_REFRESHED]:
            seen = await guarded(self.ctx, self._views.refresh(view))
            if seen is not None and seen.harmed:
                await end_for_lost_names(self.ctx, view, seen.held, seen.shows)
            read_again |= seen is not None and not seen.failed
            if seen is not None and seen.failed and self._views.is_news(view):
                warnings.append(f"{seen.warning[0].upper()}{seen.warning[1:]} The looks go on.")
        return read_again, warnings

    async def _ask(self, number: int, known: dict[str, object], why: str) -> None:
        """Leaves a transfer to a person: its files are not what they have to be."""
        self.asked += 1
        changed = await self._stop(number, Hold(HoldKind.CHOICE, "files", known, since=self.ctx.clock()), why)
        self.moved += [changed] if changed is not None else []

    async def _stop(self, number: int, hold: Hold | None, why: str) -> Transfer | None:
        """Puts a transfer back where it was whole; returns it as it is then, None when somebody else was faster."""
        self.waiting.pop(number, None)
        with contextlib.suppress(MovedOn):
            return await self.ctx.db.write(
                change, number, Happened.FETCH_STOPPED, "job", State.FETCHING, State.READY,
                hold=hold, why=why, now=self.ctx.clock(),
            )  # fmt: skip
        return None

    async def _give_up(self) -> None:
        """What was looked for long enough waits for its next try."""
        now = time.monotonic()
        for one in [one for one in self.waiting.values() if now - one.since >= self.options.patience_s]:
            hold = await self._hold_of(one)
            for path in one.missing:
                await self.ctx.db.write(note_file, one.transfer.id, path, "missing")
            changed = await self._stop(one.transfer.id, hold, f"not on the mount after {one.looks:,} looks")
            self.held += 1
            if changed is not None and changed.hold.kind == HoldKind.CHOICE:
                self.moved.append(changed)

    async def _hold_of(self, one: _Looked) -> Hold | None:
        now, before = self.ctx.clock(), one.transfer.hold
        again = before.code == "not-on-mount" and before.kind == HoldKind.WAITING
        since = min(before.since or now, now) if again else now
        looks = one.looks + (int(str(before.detail.get("looks", 0))) if again else 0)
        detail: dict[str, object] = {"looks": looks, **await about_cache(self.ctx)}
        if (now - since) + (time.monotonic() - one.since) < PATIENCE_S:
            begun = since if again else now - (time.monotonic() - one.since)
            return Hold(HoldKind.WAITING, "not-on-mount", detail, before.tries if again else 0, begun, now + AGAIN_S)
        return hold_for("not-on-mount", before, now, detail=detail)

    async def put_back(self) -> None:
        """Puts what is still being fetched back where it was, when the run ends before that; after a stop it is looked
        for again a little later, not at once."""
        for one in list(self.waiting.values()):
            hold = None if one.transfer.hold == FREE else one.transfer.hold
            if self.is_stopped:
                now = self.ctx.clock()
                again = one.transfer.hold if one.transfer.hold.code == "not-on-mount" else None
                looks = one.looks + (0 if again is None else int(str(again.detail.get("looks", 0))))
                since, tries = (now, 0) if again is None else (again.since, again.tries)
                known: dict[str, object] = {"looks": looks}
                hold = Hold(HoldKind.WAITING, "not-on-mount", known, tries, since, now + STOPPED_S)
            await self._stop(one.transfer.id, hold, "the run ended before it was there")

    def finished(self) -> Finished:
        """How the run ended, in words."""
        parts = [f"{counted(self.staged, 'transfer')} staged"] if self.staged else []
        parts += [f"{self.held:,} not on the mount yet"] if self.held else []
        parts += [f"{self.asked:,} to be looked at"] if self.asked else []
        counts = {"staged": self.staged, "not_on_mount": self.held, "asked": self.asked}
        said = f"{', '.join(parts) or 'nothing fetched'}." if parts or not self.away else ""
        summary = f"{said[:1].upper()}{said[1:]} {self.away}".strip()
        needs_somebody = bool(self.asked or self.away)
        outcome: JobOutcome = "partial" if needs_somebody or self.held else "done"
        return Finished(outcome, summary, counts, exit_code=int(needs_somebody))


def pause_s(age: float) -> float:
    """Seconds until the next look at what has been looked for so long: doubled with each look at first, then every five
    seconds."""
    return min(max(age, FIRST_PAUSE_S), LONGEST_PAUSE_S) if age < QUICK_S else LATER_PAUSE_S


def _name(path: str) -> str:
    return printable(path.rpartition("/")[2])
