"""Adding a hash at most once, even when a run breaks off: before an add is made, an earlier one is searched for."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass

from mediatui.changes.step_run import StepRun
from mediatui.changes.steps.entries import (
    FIRST_POLL_S,
    LONGEST_POLL_S,
    NO_FREE_SLOT,
    SLOT_MOST_S,
    SLOT_S,
    NotKnownYet,
    VerificationFailed,
    fetch,
    fetch_added,
    is_listed,
    known_twins,
    newest_entry,
)
from mediatui.model.magnet import magnet_link
from mediatui.model.torrent import UNSELECTED_STATUSES, TorrentDetail
from mediatui.services.errors import BadAnswer, Infringing, NoSlot, ServiceError, Uncertain
from mediatui.store.changes.journal import Line, close_line, open_line, read_lines, unseen_add
from mediatui.store.torrents.listing import torrents_by_id

ADD = "add torrent"
SELECT = "select files"
HOLD_S = 30.0
HOLD_MOST_S = 360.0
"""A refused add (451) may only be a pause of the account: asked again every 30 s, for six minutes
(services/realdebrid/NOTES.md 15)."""
HELD_BACK = (
    f"the service holds the add back (451); it is asked again every {HOLD_S:.0f} s, for {HOLD_MOST_S / 60:.0f} minutes "
    "at most, and ctrl+c ends it"
)
LOOK_S = 8.0
"""How long an add without an answer is searched for: the service may still be working on it."""


NEW_S = 600.0
"""For so long after its add an entry that nobody has seen yet may still come, although the service does not know it."""


@dataclass(frozen=True, slots=True)
class Added:
    """The entry an add was answered with; ``known`` are the ids the archive knew of its hash before. Of one that an
    earlier run has added: when (epoch seconds), whether its add was undone, and whether files of it were
    selected."""

    id: str
    known: frozenset[str]
    at: float = 0.0
    was_undone: bool = False
    was_selected: bool = False

    def is_ours(self, lines: Collection[Line], detail: TorrentDetail) -> bool:
        """Whether the add made the entry; if not, it was there before (NOTES.md 7) and is not ours to take away.

        An entry that is not in the archive can be recognised too: a new one waits for us to select its files.
        """
        if self.id in self.known:
            return False
        return _was_selected(lines, self.id) or self.was_selected or detail.row.status in UNSELECTED_STATUSES


async def begun_add(act: StepRun, info_hash: str, name: str, for_id: str = "") -> Added | None:
    """The entry that an earlier run of this step added, or may have added without learning its id, or that a step of
    another batch added and nobody has seen since; None when there is none, or when it is not on the account any more.
    Raises NotKnownYet."""
    added = await _added_before(act, info_hash) or await _taken_over(act, info_hash, name, for_id)
    if added is None or not await _is_gone(act, added):
        return added
    await release_entry(act, added.id)
    return None


async def _is_gone(act: StepRun, added: Added) -> bool:
    """Whether the entry of an earlier add is not on the account any more, because another program has removed it, or
    an undo has. Raises NotKnownYet when it may only not be known yet."""
    archived = await act.ctx.db.read(torrents_by_id, [added.id])
    if added.was_undone or any(row.gone_at is not None for row in archived):
        return await fetch(act, added.id) is None
    try:
        await fetch_added(act, added.id)
    except NotKnownYet:
        was_seen = archived or added.was_selected
        if await is_listed(act, added.id) or not (was_seen or act.ctx.clock() >= added.at + NEW_S):
            raise
        return True
    return False


async def _taken_over(act: StepRun, info_hash: str, name: str, for_id: str) -> Added | None:
    """The entry of an add of another batch that nobody has seen since: from now on this step's own."""
    line = await act.ctx.db.read(unseen_add, ADD, info_hash)
    if line is None or (line.batch, line.position) == (act.batch, act.position):
        return None
    new_id = str(line.after["id"])
    of_step = await act.ctx.db.read(read_lines, line.batch, line.position)
    record = {"hash": info_hash, "name": name, "known": sorted(_known_in(line)), "for": for_id}
    selected = _was_selected(of_step, new_id)
    async with act.ctx.db.transaction(synced=True) as connection:
        await close_line(connection, line.batch, line.seq, "nothing", {"id": new_id})
        seq = await open_line(connection, act.batch, act.position, ADD, name or info_hash, record, line.at)
        await close_line(connection, act.batch, seq, "done", {"id": new_id, "selected": selected})
    return Added(new_id, _known_in(line), line.at, was_selected=selected)


def _known_in(line: Line) -> frozenset[str]:
    listed = line.before.get("known")
    return frozenset(str(one) for one in listed) if isinstance(listed, list) else frozenset()


def _was_selected(lines: Collection[Line], torrent_id: str) -> bool:
    """Whether files of an entry were selected by these lines, or before they took it over."""
    return any(
        (line.kind == SELECT and line.before.get("id") == torrent_id)
        or (line.kind == ADD and line.after.get("id") == torrent_id and line.after.get("selected") is True)
        for line in lines
    )


async def _added_before(act: StepRun, info_hash: str) -> Added | None:
    """The entry that an earlier run of this step added, or may have added without learning its id."""
    lines = await act.lines(undone=True)
    for line in lines:
        if line.kind != ADD:
            continue
        known = _known_in(line)
        found = line.after.get("id")
        if line.outcome == "done" and isinstance(found, str):
            return Added(found, known, line.at, line.undone_at is not None, _was_selected(lines, found))
        if line.outcome is None or line.after.get("uncertain"):
            entry = await newest_entry(act, info_hash, known)
            if entry is not None:
                await act.after(line.seq, "done", id=entry)
                return Added(entry, known, line.at)
            await act.after(line.seq, "nothing")
    return None


async def add(
    act: StepRun, info_hash: str, name: str, torrent: str = "", for_id: str = "", *, waits: bool = True
) -> Added:
    """Adds a hash (or the file ``torrent``, base64), waiting while the service holds adds back or has no slot, unless
    it is not to (``waits``): then Infringing and NoSlot are raised. Raises VerificationFailed when the service does not
    take it. ``for_id`` is the entry the new one is to replace."""
    known = frozenset({*await known_twins(act, info_hash), for_id} - {""})  # the archive may have been cleared since
    record = {"hash": info_hash, "name": name, "known": sorted(known), "for": for_id}
    seq = await act.before(ADD, name or info_hash, record)
    held = slotless = 0.0
    while True:
        act.report_status("adding")
        try:
            new_id = await _send(act, info_hash, torrent)
        except (Uncertain, BadAnswer) as error:
            entry = await _find_added(act, info_hash, known)
            if entry is None:
                await act.after(seq, "failed", reason=error.message, uncertain=True)
                raise VerificationFailed(error.message) from error
            new_id = entry
        except Infringing as error:
            if held >= HOLD_MOST_S or not waits:
                await act.after(seq, "failed", reason=error.message)
                if not waits:
                    raise
                minutes = round(HOLD_MOST_S / 60)
                raise VerificationFailed(
                    f"undecided: the service refused the add for {minutes} minutes (451)"
                ) from error
            act.report_wait(
                f"adds are held back (451), {HOLD_MOST_S / 60:.0f} minutes at most", HOLD_S, "" if held else HELD_BACK
            )
            held += HOLD_S
            await act.pause(HOLD_S)
            continue
        except NoSlot as error:
            if slotless >= SLOT_MOST_S or not waits:
                await act.after(seq, "failed", reason=error.message)
                if not waits:
                    raise
                raise VerificationFailed("no free slot on the account; try again when downloads have ended") from error
            act.report_wait("the account has no free slot", SLOT_S, "" if slotless else NO_FREE_SLOT)
            slotless += SLOT_S
            await act.pause(SLOT_S)
            continue
        except ServiceError as error:
            await act.after(seq, "failed", reason=error.message)
            raise
        await act.after(seq, "done", id=new_id)
        return Added(new_id, known, act.ctx.clock())


async def _send(act: StepRun, info_hash: str, torrent: str) -> str:
    if torrent:
        return await act.account.add_torrent(base64.b64decode(torrent))
    return await act.account.add_magnet(magnet_link(info_hash))


async def _find_added(act: StepRun, info_hash: str, known: frozenset[str]) -> str | None:
    """The entry of an add that was not answered, searched for at growing intervals."""
    waited, pause = 0.0, FIRST_POLL_S
    while True:
        entry = await newest_entry(act, info_hash, known)
        if entry is not None or waited >= LOOK_S:
            return entry
        act.report_status("checking whether it was added")
        await act.pause(pause)
        waited += pause
        pause = min(pause * 2, LONGEST_POLL_S)


async def misnamed(act: StepRun, entry_id: str, reason: str) -> None:
    """Notes that an add was answered with an entry of another torrent. What was asked for may have been added all the
    same: the next run of the step searches for it by its hash."""
    for line in await act.lines(undone=True):
        if line.kind == ADD and line.after.get("id") == entry_id:
            await act.after(line.seq, "failed", reason=reason, uncertain=True)


async def release_entry(act: StepRun, entry_id: str) -> None:
    """Notes in the line of an add that undo must not remove its entry."""
    for line in await act.lines(undone=True):
        if line.kind == ADD and line.after.get("id") == entry_id:
            await act.after(line.seq, "nothing", id=entry_id)
