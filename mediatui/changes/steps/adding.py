"""Adding a hash at most once, even when a run breaks off: before an add is made, an earlier one is searched for."""

from __future__ import annotations

import base64
from collections.abc import Collection
from dataclasses import dataclass

from mediatui.changes.step_run import StepRun
from mediatui.changes.steps.entries import (
    FIRST_POLL_S,
    LONGEST_POLL_S,
    SLOT_MOST_S,
    SLOT_S,
    VerificationFailed,
    known_twins,
    newest_entry,
)
from mediatui.model.magnet import magnet_link
from mediatui.model.torrent import UNSELECTED_STATUSES, TorrentDetail
from mediatui.services.errors import BadAnswer, Infringing, NoSlot, ServiceError, Uncertain
from mediatui.store.changes.journal import Line

ADD = "add torrent"
SELECT = "select files"
HOLD_S = 30.0
HOLD_MOST_S = 360.0
"""A refused add (451) may only be a pause of the account: asked again every 30 s, for six minutes
(services/realdebrid/NOTES.md 15)."""
LOOK_S = 8.0
"""How long an add without an answer is searched for: the service may still be working on it."""


@dataclass(frozen=True, slots=True)
class Added:
    """The entry an add was answered with; ``known`` are the ids the archive knew of its hash before."""

    id: str
    known: frozenset[str]

    def is_ours(self, lines: Collection[Line], detail: TorrentDetail) -> bool:
        """Whether the add made the entry; if not, it was there before (NOTES.md 7) and is not ours to take away.

        An entry that is not in the archive can be recognised too: a new one waits for us to select its files.
        """
        if self.id in self.known:
            return False
        selected = any(line.kind == SELECT and line.before.get("id") == self.id for line in lines)
        return selected or detail.row.status in UNSELECTED_STATUSES


async def begun_add(act: StepRun, info_hash: str) -> Added | None:
    """The entry that an earlier run of this step added, or may have added without learning its id; None when there
    is none."""
    for line in await act.lines(taken_back=True):
        if line.kind != ADD:
            continue
        listed = line.before.get("known")
        known = frozenset(str(one) for one in listed) if isinstance(listed, list) else frozenset()
        found = line.after.get("id")
        if line.outcome == "done" and isinstance(found, str):
            return Added(found, known)
        if line.outcome is None or line.after.get("uncertain"):
            entry = await newest_entry(act, info_hash, known)
            if entry is not None:
                await act.after(line.seq, "done", id=entry)
                return Added(entry, known)
            await act.after(line.seq, "nothing")
    return None


async def add(act: StepRun, info_hash: str, name: str, torrent: str = "", for_id: str = "") -> Added:
    """Adds a hash (or the file ``torrent``, base64), waiting while the service holds adds back or has no slot; raises
    VerificationFailed when it does not take it. ``for_id`` is the entry the new one is to replace."""
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
            if held >= HOLD_MOST_S:
                await act.after(seq, "failed", reason=error.message)
                minutes = round(HOLD_MOST_S / 60)
                raise VerificationFailed(
                    f"undecided: the service refused the add for {minutes} minutes (451)"
                ) from error
            held += HOLD_S
            act.report_status("the service holds adds back (451)")
            await act.pause(HOLD_S)
            continue
        except NoSlot as error:
            if slotless >= SLOT_MOST_S:
                await act.after(seq, "failed", reason=error.message)
                raise VerificationFailed("no free slot on the account; try again when downloads have ended") from error
            slotless += SLOT_S
            act.report_status("waits for a free slot")
            await act.pause(SLOT_S)
            continue
        except ServiceError as error:
            await act.after(seq, "failed", reason=error.message)
            raise
        await act.after(seq, "done", id=new_id)
        return Added(new_id, known)


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
    for line in await act.lines(taken_back=True):
        if line.kind == ADD and line.after.get("id") == entry_id:
            await act.after(line.seq, "failed", reason=reason, uncertain=True)


async def release_entry(act: StepRun, entry_id: str) -> None:
    """Notes in the line of an add that undo must not remove its entry."""
    for line in await act.lines(taken_back=True):
        if line.kind == ADD and line.after.get("id") == entry_id:
            await act.after(line.seq, "nothing", id=entry_id)
