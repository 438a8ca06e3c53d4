"""Adding a broken torrent again, in the order that loses nothing (services/realdebrid/NOTES.md 19).

At every moment the account holds at least what it held: the new entry is made and verified first, one that fails is
removed, and until then the old one is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mediatui.changes.step_run import ENDS_BATCH, Outcome, StepRun
from mediatui.changes.steps.adding import ADD, Added, add, begun_add, misnamed, release_entry
from mediatui.changes.steps.entries import (
    CONVERTED_S,
    NotKnownYet,
    OtherHash,
    VerificationFailed,
    archive_entry,
    close_selections,
    fetch,
    fetch_added,
    is_whole,
    remember,
    remove_entry,
    select,
    selection,
    wait_until,
)
from mediatui.changes.steps.proof import REQUESTS_A_LINK, NotProven, verify
from mediatui.changes.steps.registry import StepKind
from mediatui.changes.steps.torrents import DELETE, GONE, OTHER, remove
from mediatui.model.plan import Step, StepWords
from mediatui.model.selection import choose_files
from mediatui.model.torrent import CONVERTING, DOWNLOADED, PROBLEM_STATUSES, UNSELECTED, TorrentDetail
from mediatui.services.errors import ServiceError
from mediatui.store.changes.journal import Line
from mediatui.store.torrents.listing import torrents_by_id

DISCARD = "discard new entry"
DOWNLOADED_S = 30.0
NOT_AT_HAND = "the service does not have it at hand; --download lets it fetch it first"
_RETRIED = "the old entry was left alone, and a retry goes on with the new one"
_WORKING = ("queued", "downloading", "compressing", "uploading")
_BY_LIST = ("error", "dead", "magnet error", "virus", "stalled", "partial", "rar")
"""Problems that show in the entry itself: when they do not show any more there is nothing to mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinsertTorrent(Step):
    """Adds the hash of a broken torrent again with the same files, and drops the broken entry once the new one is
    verified; expects the broken entry to be there with this hash. ``problem`` is its class when the plan was made,
    ``opens`` how many links of the new entry are opened to prove it."""

    KIND: ClassVar[str] = "reinsert_torrent"
    WORDS: ClassVar[StepWords] = StepWords("re-insert torrent", "torrent re-inserted", "torrents re-inserted")
    BACKUP_BEFORE: ClassVar[bool] = True
    REQUESTS: ClassVar[int] = 8

    id: str
    hash: str
    name: str
    problem: str
    bytes: int = 0
    selection: tuple[int, ...] | None = None
    may_download: bool = False
    """Whether the new entry may stay when the service has to download it first."""
    opens: int = 1

    @property
    def torrent_id(self) -> str:
        return self.id

    @property
    def requests(self) -> int:
        """More where several links are opened."""
        return self.REQUESTS + REQUESTS_A_LINK * (self.opens - 1)


async def reinsert_torrent(act: StepRun, step: ReinsertTorrent) -> Outcome:
    """Adds a broken torrent again with the same files, verifies the new entry, and only then drops the old one."""
    old = await fetch(act, step.id)
    if old is not None and old.row.hash != step.hash:
        return OTHER
    given_up = await _given_up(act, step)
    if given_up is not None:
        return given_up
    try:
        added = await begun_add(act, step.hash, step.name, step.id)
    except NotKnownYet as error:
        return Outcome("failed", f"{error.reason}; {_RETRIED}")
    if added is None:
        if old is None:
            await remove_entry(act, step.id, request=False)
            return GONE
        if await _is_well(act, step, old):
            await remember(act, old)
            return Outcome("skipped", "it is whole again")
        if old.links and not (step.selection or selection(old)):
            return Outcome("failed", "it is not known which of its files were selected; the entry was left alone")
        try:
            added = await add(act, step.hash, step.name, for_id=step.id)
        except VerificationFailed as error:
            return Outcome("failed", f"{error.reason}; the old entry was left alone")
    dropping = [line for line in await act.lines() if line.kind == DELETE and line.before["id"] == step.id]
    if old is None and dropping:
        return await _finish(act, step, added, dropping)
    return await _replace(act, step, old, added, [line.seq for line in dropping if line.outcome is None])


async def _is_well(act: StepRun, step: ReinsertTorrent, old: TorrentDetail) -> bool:
    """Whether the entry has nothing to mend any more: it is whole, and nothing is known against its links."""
    if not is_whole(old):
        return False
    if step.problem in _BY_LIST:
        return True
    known = await act.ctx.db.read(torrents_by_id, [step.id])
    return bool(known) and known[0].health != "dead" and known[0].health_code is None


async def _finish(act: StepRun, step: ReinsertTorrent, added: Added, dropping: Sequence[Line]) -> Outcome:
    """The end of a run that was killed after it had dropped the old entry for the verified new one."""
    await remove_entry(act, step.id, request=False)
    await archive_entry(act, added.id)
    for line in dropping:
        if line.outcome is None:
            await act.after(line.seq, "done", id=step.id)
    return Outcome("done", f"{step.id} is now {added.id}")


async def _replace(
    act: StepRun, step: ReinsertTorrent, old: TorrentDetail | None, added: Added, dropping: Sequence[int]
) -> Outcome:
    """Builds up the new entry and drops the old one for it; ``dropping`` are open lines of that drop."""
    try:
        detail = await wait_until(act, added.id, step.hash, lambda one: one.row.status != CONVERTING, CONVERTED_S)
        if not added.is_ours(await act.lines(undone=True), detail):
            await release_entry(act, added.id)
            await remember(act, detail)
            there = f"the service answered with an entry that was there ({added.id})"
            return Outcome("skipped", f"{there}; nothing was deleted")
        detail, proof = await _build_up(act, step, old, detail)
    except OtherHash as error:
        await misnamed(act, added.id, error.reason)
        return Outcome("failed", f"{error.reason}, as was the old one")
    except (NotKnownYet, NotProven) as error:
        return Outcome("failed", f"{error.reason}; {_RETRIED}")
    except VerificationFailed as error:
        return await _give_up(act, step, added.id, error.reason)
    except ENDS_BATCH:
        raise  # the allowance is used up, say: the new entry stays, and the next run goes on with it
    except ServiceError as error:
        return await _give_up(act, step, added.id, error.message.rstrip("."))
    if detail.row.status != DOWNLOADED:
        await remember(act, detail)
        return Outcome("done", f"{added.id} is being downloaded; the old entry stays until it is whole")
    await remember(act, detail)
    if old is None:
        await remove_entry(act, step.id, request=False)
        return Outcome("done", _with(f"the old entry was gone already; {added.id} is there", proof))
    await remove(act, old, dropping[0] if dropping else None, why=f"replaced by {added.id}")
    return Outcome("done", _with(f"{step.id} is now {added.id}", proof))


def _with(said: str, proof: str) -> str:
    return f"{said}, {proof}" if proof else said


async def _build_up(
    act: StepRun, step: ReinsertTorrent, old: TorrentDetail | None, detail: TorrentDetail
) -> tuple[TorrentDetail, str]:
    """The new entry, downloaded and verified (or downloading where that is allowed), and what may be said against the
    proof; raises VerificationFailed."""
    wanted = step.selection or None
    if step.problem != "rar" and old is not None and (chosen := selection(old)):
        wanted = chosen  # what the account says outranks the archive, but the files of a RAR are not to come again
    if detail.row.status == UNSELECTED:
        files = choose_files(detail.files, wanted, "video")
        if not files:
            raise VerificationFailed("no file of it is known to have been selected, and none is a video")
        detail = await select(act, detail, files)
    else:
        await close_selections(act, detail.row.id)
    if detail.row.status in PROBLEM_STATUSES:
        raise VerificationFailed(f"the new entry ended as {detail.row.status}")
    if detail.row.status != DOWNLOADED:
        if step.may_download:
            return detail, ""
        detail = await wait_until(
            act, detail.row.id, step.hash, lambda one: one.row.status not in _WORKING, DOWNLOADED_S, NOT_AT_HAND
        )
    return detail, await verify(act, detail, wanted, old, step.id)


async def _given_up(act: StepRun, step: ReinsertTorrent) -> Outcome | None:
    """The end of a run that was killed while it took a new entry away again; None when there was none."""
    lines = await act.lines(undone=True)
    standing = {line.after.get("id") for line in lines if line.kind == ADD and line.outcome == "done"}
    for line in lines:
        if line.kind == DISCARD and line.before["id"] in standing and line.outcome in (None, "done"):
            seq = line.seq if line.outcome is None else None
            return await _give_up(act, step, str(line.before["id"]), str(line.before["why"]), seq)
    return None


async def _give_up(act: StepRun, step: ReinsertTorrent, new_id: str, reason: str, seq: int | None = None) -> Outcome:
    """Takes the new entry away again and leaves the old one alone; ``seq`` is the line of a killed run that began."""
    try:
        return await _take_away(act, step, new_id, reason, seq)
    except ENDS_BATCH:
        raise
    except ServiceError as error:
        why = f"the new entry {new_id} could not be removed ({error.message.rstrip('.')})"
        return Outcome("failed", f"{reason}; {why}; a retry goes on with it")


async def _take_away(act: StepRun, step: ReinsertTorrent, new_id: str, reason: str, seq: int | None) -> Outcome:
    """When the old entry is gone meanwhile the new one is all there is, and stays."""
    if await fetch(act, step.id) is None:
        if seq is not None:
            await act.after(seq, "nothing")
        await remove_entry(act, step.id, request=False)
        await archive_entry(act, new_id)
        return Outcome("failed", f"{reason}; the old entry is gone, so the new one ({new_id}) was kept")
    try:
        detail = await fetch_added(act, new_id) if seq is None else await fetch(act, new_id)
    except NotKnownYet as error:
        return Outcome("failed", f"{reason}; {error.reason}; {_RETRIED}")
    if detail is not None and detail.row.hash != step.hash:
        return Outcome("failed", f"{OtherHash(new_id).reason}, as was the old one")
    if detail is not None:
        await close_selections(act, new_id)
        await remove(act, detail, seq, why=reason, kind=DISCARD)
    elif seq is not None:
        await act.after(seq, "done", id=new_id)
        await remove_entry(act, new_id, request=False)
    await release_entry(act, new_id)
    return Outcome("failed", f"{reason}; the old entry was left alone")


def _undo_discard(line: Line, lines: Sequence[Line]) -> str:
    return ""  # its add says which entry to search for


STEPS = (StepKind(ReinsertTorrent, reinsert_torrent, {DISCARD: _undo_discard}),)
