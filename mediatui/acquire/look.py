"""What the account's list says of one transfer, and the change that follows from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from mediatui.changes.steps.drop_entry import DropEntry
from mediatui.changes.steps.lacking import ASKED, lacking_unasked, question_of, wanted_of_transfer
from mediatui.changes.steps.staging import links_to_take
from mediatui.changes.steps.torrents import SelectFiles
from mediatui.changes.steps.transfers import steps_in_favour
from mediatui.changes.transfer_in_hand import TransferInHand
from mediatui.model.human import counted, duration
from mediatui.model.plan import Step
from mediatui.model.stuck import sentence_of
from mediatui.model.text import printable
from mediatui.model.torrent import (
    CONVERTING,
    DOWNLOADED,
    PROBLEM_STATUSES,
    UNSELECTED,
    ListedTorrent,
    TorrentDetail,
)
from mediatui.model.transfer import FREE, Event, Hold, HoldKind, State, Transfer
from mediatui.model.transfer_errors import hold_for
from mediatui.runtime.context import Context
from mediatui.services.errors import NotFound, ServiceError
from mediatui.store.torrents.rows import store_details
from mediatui.store.transfers.change import MovedOn, Noted
from mediatui.store.transfers.files import files_of, store_files
from mediatui.store.transfers.rows import note_look
from mediatui.store.transfers.targets import targets_of

GONE_AFTER_S: Final = 60.0
"""An entry is gone once two whole lists, so far apart, lack it."""
LINKS_GRACE_S: Final = 60.0
"""For so long after its end the links of a torrent may still be on the way (NOTES.md 5)."""
CACHED_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of the account, by id, and when it came (epoch seconds); only a whole one shows that something is gone,
    of others only what was asked for alone (``gone``)."""

    rows: Mapping[str, ListedTorrent]
    is_whole: bool
    at: float
    gone: Collection[str] = ()

    def lacks(self, entry: str) -> bool:
        """Whether it shows that the account has not this entry."""
        return self.is_whole or entry in self.gone

    def entry_of(self, transfer: Transfer) -> ListedTorrent | None:
        """The entry of a transfer: the one it has, else, where that is gone, another of its hash that holds as much."""
        row = self.rows.get(transfer.entry_id)
        if row is not None and row.hash == transfer.hash:
            return row
        if not self.lacks(transfer.entry_id):
            return None
        twins = [one for one in self.rows.values() if one.hash == transfer.hash]
        if transfer.state != State.DOWNLOADING:
            twins = [one for one in twins if one.status == DOWNLOADED]
        twins.sort(key=lambda one: (one.status in PROBLEM_STATUSES, one.status != DOWNLOADED, one.id))
        return twins[0] if twins else None


@dataclass(frozen=True, slots=True)
class FollowedByLook:
    """What has to be done about a transfer on the account after a look."""

    remove: DropEntry | None = None
    select: SelectFiles | None = None
    instead: Sequence[Step] = ()


NOTHING_FOLLOWS: Final = FollowedByLook()


async def look_at(ctx: Context, transfer: Transfer, listed: Listed) -> FollowedByLook:
    """Changes a transfer as the list shows it. One that somebody else changes meanwhile is left to them."""
    try:
        return await _Look(ctx, transfer, listed).follow()
    except MovedOn:
        return NOTHING_FOLLOWS


class _Look(TransferInHand):
    def __init__(self, ctx: Context, transfer: Transfer, listed: Listed) -> None:
        super().__init__(ctx, transfer)
        self._listed = listed

    async def follow(self) -> FollowedByLook:
        row = self._listed.entry_of(self._transfer)
        if row is None:
            return await self._absent()
        if row.id != self._transfer.entry_id:
            noted = Noted(entry_id=row.id, entry_is_new=False)
            await self._change(Event.RELEASED, None, why=f"the account has it as {row.id} now", noted=noted)
        if row.status in PROBLEM_STATUSES and self._transfer.state in (State.DOWNLOADING, State.READY):
            return await self._dead(row)
        if self._transfer.state != State.DOWNLOADING:
            await self._note(row, self._transfer.progress_at)
            return NOTHING_FOLLOWS
        if row.status == DOWNLOADED:
            return await self._whole(row)
        return await self._on_its_way(row)

    async def _absent(self) -> FollowedByLook:
        """The list lacks its entry: gone, once a second whole list lacks it a minute later. The links that led to it
        are taken out of staging then."""
        transfer, now = self._transfer, self._listed.at
        if not self._listed.lacks(transfer.entry_id):
            return NOTHING_FOLLOWS
        if transfer.absent_at is None or now < transfer.absent_at:
            await self._ctx.db.write(
                note_look, transfer.id, transfer.status, transfer.progress, transfer.seeders, transfer.progress_at, now
            )
            return NOTHING_FOLLOWS
        if now - transfer.absent_at < GONE_AFTER_S:
            return NOTHING_FOLLOWS
        hold = Hold(HoldKind.CHOICE, "gone", since=now)
        why = f"the account does not list it any more ({transfer.entry_id})"
        if transfer.state == State.DOWNLOADING:
            await self._change(Event.VANISHED, State.WANTED, hold=hold, why=why)
        else:
            await self._change(Event.ENTRY_VANISHED, State.READY, hold=hold, why=why)
        return FollowedByLook(instead=links_to_take(transfer.id, await self._ctx.db.read(files_of, transfer.id)))

    async def _dead(self, row: ListedTorrent) -> FollowedByLook:
        """The service has given it up. The entry is removed where we added it."""
        transfer = self._transfer
        known = {"status": row.status}
        await self._change(
            Event.PERMANENT, State.FAILED, hold=Hold(HoldKind.CHOICE, "rd-dead", known),
            why=f"Real-Debrid says: {row.status} ({row.id})",
        )  # fmt: skip
        return FollowedByLook(remove=self._drop(row, row.status)) if transfer.entry_is_new else NOTHING_FOLLOWS

    def _drop(self, row: ListedTorrent, reason: str) -> DropEntry:
        what = printable(row.filename or row.hash)
        return DropEntry(
            what=what, id=row.id, hash=row.hash, name=row.filename, transfer=self._transfer.id, reason=reason
        )

    async def _selection(self, row: ListedTorrent) -> SelectFiles:
        step = SelectFiles(
            what=printable(row.filename or row.hash), id=row.id, hash=row.hash, name=row.filename, waits=False
        )
        if self._transfer.select == step.select or (detail := await self._detail(row.id)) is None:
            return step
        chosen = await self._ctx.db.read(wanted_of_transfer, self._transfer, detail.files)
        return replace(step, selection=chosen)

    async def _on_its_way(self, row: ListedTorrent) -> FollowedByLook:
        transfer, now = self._transfer, self._listed.at
        moved = transfer.progress is None or row.progress > transfer.progress or row.status != transfer.status
        progress_at = now if moved or transfer.progress_at is None else transfer.progress_at
        if row.status == UNSELECTED:
            await self._note(row, progress_at)
            if not transfer.is_due(now) or await self._asks_what_it_lacks(row):
                return NOTHING_FOLLOWS
            return FollowedByLook(select=await self._selection(row))
        if transfer.cached_only and transfer.entry_is_new and row.status != CONVERTING and self._is_late():
            why = "not cached at Real-Debrid"
            await self._change(Event.PERMANENT, State.FAILED, hold=Hold(HoldKind.CHOICE, "not-cached"), why=why)
            return FollowedByLook(remove=self._drop(row, "not cached"))
        quiet = now - progress_at
        if quiet >= 60 * self._ctx.settings.acquire.stalled_min:
            if transfer.is_due(now):
                hold = hold_for("stalled", transfer.hold, now, detail={"quiet": duration(quiet)})
                await self._change(Event.HELD, None, hold=hold, why=f"no byte for {duration(quiet)}")
        elif transfer.hold != FREE:
            await self._change(Event.RELEASED, None, why="it goes on")
        await self._note(row, progress_at)
        return NOTHING_FOLLOWS

    async def _asks_what_it_lacks(self, row: ListedTorrent) -> bool:
        """Whether a person has to say first what becomes of it, because what is wanted is not all in it."""
        transfer, now = self._transfer, self._listed.at
        if not await self._ctx.db.read(targets_of, transfer.id):
            return False
        detail = await self._detail(row.id)
        found = () if detail is None else await self._ctx.db.read(lacking_unasked, transfer.id, detail.files, now)
        if detail is None or not found:
            return False
        await self._ctx.db.write(store_files, transfer.id, detail.files)
        known = question_of(found)
        hold = Hold(HoldKind.CHOICE, "partial", known, since=now)
        why = sentence_of("partial", known, now)
        await self._change(Event.HELD, None, hold=hold, why=why, facts={ASKED: known["lacks"]})
        return True

    def _is_late(self) -> bool:
        return self._listed.at - self._transfer.changed_at >= CACHED_S

    async def _whole(self, row: ListedTorrent) -> FollowedByLook:
        """The service has all of it: it is whole when there is a link for each of its files."""
        detail = await self._detail(row.id)
        if detail is None:
            return NOTHING_FOLLOWS
        instead: Sequence[Step] = ()
        files, links = sum(bool(file.selected) for file in detail.files), len(detail.links)
        await self._ctx.db.write(store_files, self._transfer.id, detail.files)
        if files == links > 0:
            size = sum(file.bytes for file in detail.files if file.selected)
            name = detail.original_filename or detail.row.filename
            noted = Noted(name=name or None, size=size)
            why = f"a link for each of its {counted(files, 'file')}"
            await self._change(Event.WHOLE, State.READY, why=why, noted=noted)
            instead = await self._ctx.db.read(steps_in_favour, self._transfer)
        elif self._listed.at - (detail.row.ended_at or 0) >= LINKS_GRACE_S:
            is_archive = links == 1 and files > 1
            known: dict[str, object] = {"archived": files} if is_archive else {"missing": files - links, "of": files}
            hold = Hold(HoldKind.CHOICE, "partial", known, since=self._listed.at)
            await self._change(Event.HELD, None, hold=hold, why=f"{counted(files, 'file')}, {counted(links, 'link')}")
        await self._note(detail.row)
        return FollowedByLook(instead=instead)

    async def _detail(self, entry: str) -> TorrentDetail | None:
        try:
            detail = await self._ctx.account.torrent(entry)
        except NotFound:
            return None
        except ServiceError:
            return None  # the next pass asks again
        async with self._ctx.db.transaction() as connection:
            await store_details(connection, [detail], int(self._listed.at))
        return detail

    async def _note(self, row: ListedTorrent, progress_at: float | None = None) -> None:
        at, now = self._listed.at if progress_at is None else progress_at, self._transfer
        known = (now.status, now.progress, now.seeders, now.progress_at, now.absent_at)
        if known == (row.status, row.progress, row.seeders, at, None):
            return
        await self._ctx.db.write(note_look, self._transfer.id, row.status, row.progress, row.seeders, at, None)
