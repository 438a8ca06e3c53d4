"""Steps that change the account: delete, select files, add, and re-insert by the safe order of the API reference.

Every request that changes something stands between a journal line written before and its outcome written after, so
that a run killed between any two of them can be carried on: it looks what the journal says, and what the account says.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Literal

from mediatui.changes.act import Act, Outcome
from mediatui.changes.entries import (
    CONVERTED_S,
    Unfit,
    fetch,
    holds,
    known_twins,
    newest_entry,
    prove,
    remember,
    select,
    take_off,
    wait_until,
)
from mediatui.model.magnet import magnet_link
from mediatui.model.plan import AddTorrent, DeleteTorrent, ReinsertTorrent, SelectFiles
from mediatui.model.selection import choose_files
from mediatui.model.torrent import PROBLEM_STATUSES, TorrentDetail
from mediatui.services.errors import Infringing, NoSlot, Uncertain

HOLD_S = 30.0
HOLD_MOST_S = 360.0
"""A refused add (451) may only be a pause of the account: asked again every 30 s, for six minutes (quirk Q11)."""
SLOT_S = 15.0
SLOT_MOST_S = 300.0
DOWNLOADED_S = 30.0
FINISHED = ("error", "dead", "magnet error", "virus", "stalled", "partial", "rar")
"""Problems that show in the list itself: when they do not show any more there is nothing to mend."""


async def delete_torrent(act: Act, step: DeleteTorrent) -> Outcome:
    """Takes a torrent off the account, after noting what brings it back."""
    detail = await fetch(act, step.id)
    begun = [line for line in await act.lines() if line.kind == "delete torrent"]
    if detail is None:
        for line in begun:
            await act.after(line.seq, "done", id=step.id)
        if begun:
            await take_off(act, step.id, request=False)
            return Outcome("done")
        await take_off(act, step.id, request=False)
        return Outcome("skipped", "it is not on the account any more")
    if detail.row.hash != step.hash:
        return Outcome("skipped", "the account has another torrent under this id now")
    await _delete(act, detail, begun[0].seq if begun else None)
    return Outcome("done")


async def _delete(
    act: Act, detail: TorrentDetail, seq: int | None = None, why: str = "", kind: str = "delete torrent"
) -> None:
    """One deletion between its two journal lines."""
    row = detail.row
    if seq is None:
        selection = [file.file_id for file in detail.files if file.selected]
        record = {
            "id": row.id, "hash": row.hash, "name": detail.original_filename or row.filename,
            "selection": selection, "bytes": row.bytes, "status": row.status, "why": why,
        }  # fmt: skip
        seq = await act.before(kind, row.filename, record)
    act.tell("deleting")
    there = await take_off(act, row.id)
    await act.after(seq, "done" if there else "nothing", id=row.id)


async def select_files(act: Act, step: SelectFiles) -> Outcome:
    """Selects files of a torrent that waits for it."""
    detail = await fetch(act, step.id)
    if detail is None:
        return Outcome("skipped", "it is not on the account any more")
    if detail.row.hash != step.hash:
        return Outcome("skipped", "the account has another torrent under this id now")
    if detail.row.status != "waiting_files_selection":
        return Outcome("skipped", f"it does not wait for a selection any more ({detail.row.status})")
    wanted = choose_files(detail.files, step.selection, step.select)
    if not wanted:
        return Outcome("failed", "none of its files is a video; choose by hand, or all")
    try:
        detail = await select(act, detail, wanted)
    except Unfit as error:
        return Outcome("failed", error.reason)
    return Outcome("done", "" if detail.row.status == "downloaded" else f"now {detail.row.status}")


async def add_torrent(act: Act, step: AddTorrent) -> Outcome:
    """Adds a hash and selects its files; nothing is added when the same is there already."""
    if not step.copy and (there := await holds(act, step.hash, step.selection)):
        return Outcome("skipped", f"it is on the account already ({there})")
    new_id, old = await _add(act, step.hash, step.name, step.torrent)
    if new_id is None:
        return Outcome("failed", old)
    known = new_id in await known_twins(act, step.hash, but=new_id)
    try:
        detail = await wait_until(act, new_id, lambda one: one.row.status != "magnet_conversion", CONVERTED_S)
        if detail.row.status == "waiting_files_selection":
            wanted = choose_files(detail.files, step.selection, step.select) or choose_files(detail.files, None, "all")
            detail = await select(act, detail, wanted)
    except Unfit as error:
        return Outcome("failed", f"{error.reason}; the entry {new_id} was left as it is")
    await remember(act, detail)
    if known:
        return Outcome("done", f"the service counts it as the entry that is there ({new_id})")
    return Outcome("done", "" if detail.row.status == "downloaded" else f"{new_id} is {detail.row.status}")


async def _add(act: Act, info_hash: str, name: str, torrent: str = "", old_id: str = "") -> tuple[str | None, str]:
    """The id of an entry for a hash, by an add of this run or of one that was killed; None and why when there is none.

    An add that may have happened without an answer is looked for among the newest entries before it is repeated.
    """
    begun = [line for line in await act.lines() if line.kind == "add torrent"]
    for line in begun:
        found = line.after.get("id")
        if line.outcome == "done" and isinstance(found, str):
            return found, ""
        if line.outcome is None:
            known = line.before.get("known")
            entry = await newest_entry(act, info_hash, known if isinstance(known, list) else [])
            if entry is not None:
                await act.after(line.seq, "done", id=entry)
                return entry, ""
            await act.after(line.seq, "nothing")
    known_ids = sorted(await known_twins(act, info_hash))
    record = {"hash": info_hash, "name": name, "known": known_ids, "for": old_id}
    seq = await act.before("add torrent", name or info_hash, record)
    waited: dict[Literal["held", "slot"], float] = {"held": 0.0, "slot": 0.0}
    while True:
        act.tell("adding")
        try:
            client = act.client
            if torrent:
                new_id = await client.add_torrent(base64.b64decode(torrent))
            else:
                new_id = await client.add_magnet(magnet_link(info_hash))
        except Uncertain as error:
            entry = await newest_entry(act, info_hash, known_ids)
            if entry is None:
                await act.after(seq, "failed", reason=error.message)
                return None, error.message
            new_id = entry
        except Infringing as error:
            if not await _hold(act, waited, "held", HOLD_S, HOLD_MOST_S, "the service holds adds back (451)"):
                await act.after(seq, "failed", reason=error.message)
                return None, "undecided: the service refused it for six minutes (451); the old entry was left alone"
            continue
        except NoSlot:
            if not await _hold(act, waited, "slot", SLOT_S, SLOT_MOST_S, "waits for a free slot"):
                await act.after(seq, "failed", reason="no slot")
                return None, "no free slot on the account; try again when downloads have ended"
            continue
        except Exception as error:
            await act.after(seq, "failed", reason=str(error))
            raise
        await act.after(seq, "done", id=new_id)
        return new_id, ""


async def _hold(
    act: Act,
    waited: dict[Literal["held", "slot"], float],
    why: Literal["held", "slot"],
    pause_s: float,
    most_s: float,
    status: str,
) -> bool:
    """Waits before another try; False when it has waited long enough."""
    if waited[why] >= most_s:
        return False
    waited[why] += pause_s
    act.tell(status)
    await act.pause(pause_s)
    return True


async def reinsert_torrent(act: Act, step: ReinsertTorrent) -> Outcome:
    """Adds a broken torrent again with the same files, proves the new entry, and only then drops the old one.

    At every moment the account holds at least what it held: a new entry that does not prove itself is taken away, the
    old one is left alone.
    """
    old = await fetch(act, step.id)
    finishing = [line for line in await act.lines() if line.kind == "delete torrent" and line.before["id"] == step.id]
    if old is None and not finishing:
        return Outcome("skipped", "it is not on the account any more")
    if old is not None:
        if old.row.hash != step.hash:
            return Outcome("skipped", "the account has another torrent under this id now")
        if not await act.lines() and step.problem in FINISHED and _is_whole(old):
            await remember(act, old)
            return Outcome("skipped", "it is whole again")
    twins = await known_twins(act, step.hash, but=step.id)
    new_id, why = await _add(act, step.hash, step.name, old_id=step.id)
    if new_id is None:
        return Outcome("failed", why)
    if new_id == step.id or new_id in twins:
        await _unmake_line(act, new_id)
        return Outcome("skipped", f"the service answered with the entry that is there ({new_id}); nothing was deleted")
    try:
        detail = await _build_up(act, step, old, new_id)
    except Unfit as error:
        return await _give_up(act, step, new_id, error.reason)
    if detail.row.status != "downloaded":
        await remember(act, detail)
        return Outcome("done", f"{new_id} is being downloaded; the old entry stays until it is whole")
    if old is not None:
        await _delete(act, old, finishing[0].seq if finishing else None, why=f"replaced by {new_id}")
    elif finishing:
        await act.after(finishing[0].seq, "done", id=step.id)
        await take_off(act, step.id, request=False)
    await remember(act, detail)
    return Outcome("done", f"{step.id} is now {new_id}")


async def _build_up(act: Act, step: ReinsertTorrent, old: TorrentDetail | None, new_id: str) -> TorrentDetail:
    """The new entry, downloaded and proven (or downloading where that is allowed); raises Unfit."""
    detail = await wait_until(act, new_id, lambda one: one.row.status != "magnet_conversion", CONVERTED_S)
    wanted = step.selection
    if old is not None and (chosen := tuple(file.file_id for file in old.files if file.selected)):
        wanted = chosen
    if detail.row.status == "waiting_files_selection":
        files: Sequence[int] = choose_files(detail.files, wanted, "video")
        if not files:
            raise Unfit("the same files cannot be selected again")
        detail = await select(act, detail, files)
    if detail.row.status in PROBLEM_STATUSES:
        raise Unfit(f"the new entry ended as {detail.row.status}")
    if detail.row.status != "downloaded":
        if step.may_download:
            return detail
        detail = await wait_until(
            act, new_id, lambda one: one.row.status not in ("queued", "downloading", "compressing", "uploading"),
            DOWNLOADED_S, "the service does not have it at hand; --download lets it fetch it first",
        )  # fmt: skip
    await prove(act, detail, wanted)
    return detail


def _is_whole(detail: TorrentDetail) -> bool:
    selected = sum(1 for file in detail.files if file.selected)
    return detail.row.status == "downloaded" and selected > 0 and len(detail.links) == selected


async def _give_up(act: Act, step: ReinsertTorrent, new_id: str, reason: str) -> Outcome:
    """Takes the new entry away again and leaves the old one alone."""
    if await fetch(act, step.id) is None:
        return Outcome("failed", f"{reason}; the old entry is gone, so the new one ({new_id}) was kept")
    detail = await fetch(act, new_id)
    if detail is not None:
        await _delete(act, detail, why="did not prove itself", kind="discard new entry")
        await _unmake_line(act, new_id)
    return Outcome("failed", f"{reason}; the old entry was left alone")


async def _unmake_line(act: Act, new_id: str) -> None:
    """Notes that the entry an add line speaks of is not one to be taken back."""
    for line in await act.lines():
        if line.kind == "add torrent" and line.after.get("id") == new_id:
            await act.after(line.seq, "nothing", id=new_id)
