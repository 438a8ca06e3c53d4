"""Steps that change the account: delete, select files, add.

Every request that changes something stands between a journal line written before and its outcome written after, so
that a run killed between any two of them can be resumed: it reads what the journal says, and what the account says.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from mediatui.changes.step_run import ENDS_BATCH, Outcome, StepRun
from mediatui.changes.steps.adding import ADD, SELECT, Added, add, begun_add, misnamed, release_entry
from mediatui.changes.steps.entries import (
    CONVERTED_S,
    NotKnownYet,
    OtherHash,
    VerificationFailed,
    archive_entry,
    close_selections,
    fetch,
    fetch_added,
    holds,
    known_twins,
    newest_entry,
    remember,
    remove_entry,
    select,
    selection,
    wait_until,
)
from mediatui.changes.steps.entry_users import forget_of_entry, why_entry_stays
from mediatui.changes.steps.keeper import REQUESTS_OF_PROOF, why_not_kept
from mediatui.changes.steps.registry import UNENDED, StepKind
from mediatui.model.plan import Step, StepWords
from mediatui.model.selection import choose_files
from mediatui.model.text import printable
from mediatui.model.torrent import (
    CONVERTING,
    DOWNLOADED,
    PROBLEM_STATUSES,
    UNSELECTED,
    UNSELECTED_STATUSES,
    TorrentDetail,
)
from mediatui.services.errors import ServiceError, Transient
from mediatui.store.changes.journal import Line
from mediatui.store.torrents.listing import torrents_by_id

DELETE = "delete torrent"
GONE = Outcome("skipped", "it is not on the account any more", already=True)
OTHER = Outcome("skipped", "the account has another torrent under this id now")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteTorrent(Step):
    """Removes a torrent from the account; expects it to be there with this hash. ``selection`` are the ids of the
    selected files as the archive knows them (None: not known), ``links`` how many library links point at it, ``reason``
    why it is to go; ``keeper`` is the entry that stays for it, of which a link has to open first where it has to be
    ``proven``; where that was to be seen ``lately``, a check of the last week is enough. ``unused``: it takes an add
    back, so it stays where something uses the entry by now."""

    KIND: ClassVar[str] = "delete_torrent"
    WORDS: ClassVar[StepWords] = StepWords("delete torrent", "torrent deleted", "torrents deleted")
    BACKUP_BEFORE: ClassVar[bool] = True
    REMOVES: ClassVar[bool] = True
    REQUESTS: ClassVar[int] = 2

    id: str
    hash: str
    name: str
    bytes: int = 0
    selection: tuple[int, ...] | None = None
    links: int = 0
    reason: str = ""
    keeper: str = ""
    proven: bool = False
    lately: bool = False
    unused: bool = False

    @property
    def torrent_id(self) -> str:
        return self.id

    @property
    def requests(self) -> int:
        """One more when the entry that stays is checked, and those of the proof."""
        return self.REQUESTS + bool(self.keeper) + (REQUESTS_OF_PROOF if self.proven else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAdded(Step):
    """Removes from the account what an add made whose end a killed run did not see: an entry of this hash that is
    none of ``known``, and of which no files were selected. ``takes_back`` is the line of that add, ``keeper`` the entry
    it was to replace."""

    KIND: ClassVar[str] = "take_off_added"
    WORDS: ClassVar[StepWords] = StepWords("remove added torrent", "added torrent removed", "added torrents removed")
    REMOVES: ClassVar[bool] = True
    REQUESTS: ClassVar[int] = 3

    hash: str
    name: str
    known: tuple[str, ...] = ()
    keeper: str = ""
    takes_back: int = 0

    @property
    def reverses(self) -> int | None:
        return self.takes_back or None


async def delete_torrent(act: StepRun, step: DeleteTorrent) -> Outcome:
    """Removes a torrent from the account, after noting what brings it back."""
    detail = await fetch(act, step.id)
    begun = [line for line in await act.lines() if line.kind == DELETE and line.outcome != "failed"]
    if detail is None and not begun and not await act.ctx.db.read(torrents_by_id, [step.id]):
        with contextlib.suppress(NotKnownYet):
            detail = await fetch_added(act, step.id)  # the undo of an add, right after it
    if detail is None:
        await remove_entry(act, step.id, request=False)
        for line in begun:
            if line.outcome is None:
                await act.after(line.seq, "done", id=step.id)
        return Outcome("done") if begun else GONE
    if detail.row.hash != step.hash:
        return OTHER
    if step.keeper and (left := await why_not_kept(act, detail, step.keeper, proven=step.proven, lately=step.lately)):
        return left
    if step.unused and not begun and (used := await why_entry_stays(act, step.id)):
        return Outcome("failed", f"{used}; it goes once the number of what may go is given (--allow 1)")
    unended = [line.seq for line in begun if line.outcome is None]
    await remove(act, detail, unended[0] if unended else None)
    if step.unused:
        await act.ctx.db.write(forget_of_entry, step.id, act.ctx.clock())
    return Outcome("done")


async def remove_added(act: StepRun, step: RemoveAdded) -> Outcome:
    """Removes from the account what an add made that was cut off, when it is sure to be of that add: one that
    waits for its files. What another program added since is left, and named."""
    begun = [str(line.before["id"]) for line in await act.lines() if line.kind == DELETE]
    entry = begun[0] if begun else await newest_entry(act, step.hash, step.known)
    if entry is None:
        entry = next(iter(sorted(await known_twins(act, step.hash) - {*step.known})), None)
    detail = None
    with contextlib.suppress(NotKnownYet):
        detail = None if entry is None else await (fetch(act, entry) if begun else fetch_added(act, entry))
    if entry is None or (detail is None and not begun):
        return Outcome("skipped", "it was not added", already=True)
    if detail is not None and not begun and detail.row.status not in UNSELECTED_STATUSES:
        why = f"the entry {entry} is of the same hash; whether it was added then is not known"
        return Outcome("failed", f"{why}. Delete it by hand if it is one too many")
    return await delete_torrent(
        act, DeleteTorrent(what=step.what, id=entry, hash=step.hash, name=step.name, keeper=step.keeper)
    )


async def remove(
    act: StepRun, detail: TorrentDetail, seq: int | None = None, why: str = "", kind: str = DELETE
) -> None:
    """One deletion between its two journal lines (``seq`` is the first, when a killed run wrote it). A line whose
    deletion may have happened stays open: any of its tries may have been done without an answer. For the same reason
    an entry that was just there and is not any more counts as deleted by us."""
    row = detail.row
    if seq is None:
        chosen = selection(detail)
        if not detail.files and isinstance(act.step, DeleteTorrent):
            chosen = (
                act.step.selection or ()
            )  # details without files say nothing; what the archive knows brings it back
        record = {
            "id": row.id, "hash": row.hash, "name": detail.original_filename or row.filename,
            "selection": list(chosen), "bytes": row.bytes, "status": row.status, "why": why,
            "cannot_undo": act.step.cannot_undo if isinstance(act.step, DeleteTorrent) else "",
        }  # fmt: skip
        seq = await act.before(kind, row.filename, record)
    act.report_status("deleting")
    try:
        await remove_entry(act, row.id)
    except ServiceError as error:
        if not isinstance(error, (Transient, *ENDS_BATCH)):
            await act.after(seq, "failed", reason=error.message)
        raise
    await act.after(seq, "done", id=row.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectFiles(Step):
    """Selects files of a torrent that waits for it; expects it to wait still. Whether it ``waits`` for a slot."""

    KIND: ClassVar[str] = "select_files"
    WORDS: ClassVar[StepWords] = StepWords("select files", "selection of files", "selections of files")
    REQUESTS: ClassVar[int] = 3

    id: str
    hash: str
    name: str
    selection: tuple[int, ...] | None = None
    select: str = "video"
    waits: bool = True

    @property
    def torrent_id(self) -> str:
        return self.id


async def select_files(act: StepRun, step: SelectFiles) -> Outcome:
    """Selects files of a torrent that waits for it."""
    detail = await fetch(act, step.id)
    if detail is None:
        return GONE
    if detail.row.hash != step.hash:
        return OTHER
    if detail.row.status != UNSELECTED:
        begun = any(line.kind == SELECT and line.outcome != "failed" for line in await act.lines())
        await close_selections(act, step.id)
        await remember(act, detail)
        if begun:
            return _now(detail, "now")
        return Outcome("skipped", f"it does not wait for a selection any more ({detail.row.status})")
    wanted = choose_files(detail.files, step.selection, step.select)
    if not wanted:
        return Outcome("failed", "none of its files is a video; choose by hand, or all")
    try:
        detail = await select(act, detail, wanted, waits=step.waits)
    except VerificationFailed as error:
        return Outcome("failed", error.reason)
    return _now(detail, "now")


def _now(detail: TorrentDetail, what: str) -> Outcome:
    """How a step ends that selected files: not done where the entry has failed."""
    if detail.row.status in PROBLEM_STATUSES:
        return Outcome("failed", f"{what} {detail.row.status}")
    return Outcome("done", "" if detail.row.status == DOWNLOADED else f"{what} {detail.row.status}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTorrent(Step):
    """Adds a hash (or the file ``torrent``, base64) and selects files: the ids of ``selection``, or what ``select``
    names (``video``, ``all``, or ``none``, which leaves it waiting). Unless it is a ``copy`` nothing is added when the
    same is there already."""

    KIND: ClassVar[str] = "add_torrent"
    WORDS: ClassVar[StepWords] = StepWords("add torrent", "torrent added", "torrents added")
    REQUESTS: ClassVar[int] = 4

    hash: str
    name: str = ""
    selection: tuple[int, ...] | None = None
    select: str = "video"
    torrent: str = ""
    copy: bool = False
    stands_for: str = ""
    """The id of the deleted entry that this one replaces, when the step takes a deletion back."""
    maybe_there: bool = False
    """Whether the end of that deletion is not known: then nothing is added when the old id is still there."""

    @property
    def reverses(self) -> str | None:
        return self.stands_for or None


async def add_torrent(act: StepRun, step: AddTorrent) -> Outcome:
    """Adds a hash and selects its files; nothing is added when the same is there already."""
    try:
        added = await begun_add(act, step.hash, step.name)
    except NotKnownYet as error:
        return Outcome("failed", f"{error.reason}; a retry goes on with it")
    if added is None:
        if step.maybe_there and await fetch(act, step.stands_for) is not None:
            return Outcome("skipped", f"it was not removed from the account ({step.stands_for})", already=True)
        if not step.copy and (there := await holds(act, step.hash, step.selection)):
            return Outcome("skipped", f"it is on the account already ({there})")
        if step.maybe_there:
            await remove_entry(act, step.stands_for, request=False)
        try:
            added = await add(act, step.hash, step.name, step.torrent)
        except VerificationFailed as error:
            return Outcome("failed", error.reason)
    try:
        return await _complete(act, step, added)
    except OtherHash as error:
        await misnamed(act, added.id, error.reason)
        return Outcome("failed", error.reason)
    except NotKnownYet as error:
        return Outcome("failed", f"{error.reason}; a retry goes on with it")
    except VerificationFailed as error:
        reason = error.reason
    except ENDS_BATCH:
        raise
    except ServiceError as error:
        reason = error.message.rstrip(".")
    await archive_entry(act, added.id)
    return Outcome("failed", f"{reason}; the entry {added.id} was left as it is")


async def _complete(act: StepRun, step: AddTorrent, added: Added) -> Outcome:
    """Selects the files of an added entry, unless it is another's; returns how the step ends. Raises
    VerificationFailed."""
    detail = await wait_until(
        act,
        added.id,
        step.hash,
        lambda one: step.select == "none" or one.row.status != CONVERTING,
        CONVERTED_S,
    )
    if not added.is_ours(await act.lines(undone=True), detail):
        await release_entry(act, added.id)
        await remember(act, detail)
        there = f"the service counts it as the entry that is there ({added.id})"
        if set(step.selection or ()) <= set(selection(detail)):
            return Outcome("skipped", there, already=True)
        return Outcome("failed", f"{there}, which lacks files of it")
    if detail.row.status == UNSELECTED and step.select != "none":
        wanted = choose_files(detail.files, step.selection, step.select) or choose_files(detail.files, None, "all")
        detail = await select(act, detail, wanted)
    else:
        await close_selections(act, added.id)
        await remember(act, detail)
    now = _now(detail, f"{added.id} is")
    return replace(now, ended="done") if step.stands_for else now  # it is back, as it is


def _undo_delete(line: Line, lines: Sequence[Line]) -> Sequence[Step] | str:
    if why := line.text("why"):  # an entry that another one replaced
        if line.outcome:
            return f"the old entry is gone, its content is there ({why})"
        return "" if _was_added(line, lines) else UNENDED
    if cannot := line.text("cannot_undo"):
        return cannot
    return [_add_again(line)] if line.text("hash") else "it had no info-hash to add again"


def _undo_add(line: Line, lines: Sequence[Line]) -> Sequence[Step] | str:
    return "" if was_replaced(line, lines) else [_removal_of_added(line)]


def _undo_select(line: Line, lines: Sequence[Line]) -> Sequence[Step] | str:
    if was_replaced(line, lines) or _was_added(line, lines):
        return ""
    return "a selection cannot be undone"


def was_replaced(line: Line, lines: Sequence[Line]) -> bool:
    """Whether the step of a line has dropped an entry for a new one: then the new entry is the only one."""
    of_step = [one for one in lines if one.position == line.position]
    return any(one.kind == DELETE and one.text("why") and one.outcome for one in of_step)


def _was_added(line: Line, lines: Sequence[Line]) -> bool:
    return any(one.kind == ADD for one in lines if one.position == line.position)


def _add_again(line: Line) -> AddTorrent:
    chosen = line.before.get("selection")
    name = line.text("name")
    return AddTorrent(
        what=printable(name or line.what),
        hash=line.text("hash"),
        name=name,
        selection=tuple(int(file) for file in chosen) if isinstance(chosen, list) and chosen else None,
        select="none" if line.text("status") in UNSELECTED_STATUSES else "video",
        copy=True,
        stands_for=line.text("id"),
        maybe_there=line.outcome is None,
    )


def _removal_of_added(line: Line) -> Step:
    what, info_hash, name = printable(line.what), line.text("hash"), line.text("name")
    keeper, new_id = line.text("for"), line.after.get("id")
    if isinstance(new_id, str) and new_id:
        return DeleteTorrent(what=what, id=new_id, hash=info_hash, name=name, keeper=keeper, unused=not keeper)
    listed = line.before.get("known")
    known = tuple(str(one) for one in listed) if isinstance(listed, list) else ()
    return RemoveAdded(what=what, hash=info_hash, name=name, keeper=keeper, known=known, takes_back=line.seq)


STEPS = (
    StepKind(DeleteTorrent, delete_torrent, {DELETE: _undo_delete}),
    StepKind(RemoveAdded, remove_added),
    StepKind(SelectFiles, select_files, {SELECT: _undo_select}),
    StepKind(AddTorrent, add_torrent, {ADD: _undo_add}),
)
