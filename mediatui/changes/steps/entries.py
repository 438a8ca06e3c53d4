"""Reading entries of the account, waiting for them, selecting files: what the steps are made of."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence

from mediatui.changes.step_run import StepRun
from mediatui.model.human import counted
from mediatui.model.torrent import CONVERTING, DOWNLOADED, UNSELECTED, ListedTorrent, TorrentDetail
from mediatui.services.errors import BadAnswer, NoSlot, NotFound, ServiceError
from mediatui.store.torrents.listing import entries_of_hash
from mediatui.store.torrents.rows import mark_ids_gone, store_details

CONVERTED_S = 60.0
SELECTED_S = 30.0
SLOT_S = 15.0
SLOT_MOST_S = 300.0
"""With no free slot (509) it is asked again every 15 s, for five minutes."""
UNKNOWN_S = 10.0
"""How long the service may not know an entry (404) that it has just answered an add with: it takes a moment."""
NO_FREE_SLOT = (
    f"the account has no free slot; it is asked again every {SLOT_S:.0f} s, for {SLOT_MOST_S / 60:.0f} minutes "
    "at most, and ctrl+c ends it"
)
FIRST_POLL_S = 0.5
LONGEST_POLL_S = 8.0
NEWEST = 100


class VerificationFailed(Exception):
    """An entry did not become what it has to be; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotKnownYet(VerificationFailed):
    """The service did not know an entry for ``UNKNOWN_S`` that was added; it may come all the same."""

    def __init__(self, torrent_id: str) -> None:
        super().__init__(f"the service does not know the new entry {torrent_id} yet (404)")


class OtherHash(VerificationFailed):
    """The entry an add was answered with holds another torrent, so it must not be changed, however the add ends."""

    def __init__(self, torrent_id: str) -> None:
        super().__init__(f"the service answered with the entry {torrent_id} of another torrent, which was left alone")


async def fetch(act: StepRun, torrent_id: str) -> TorrentDetail | None:
    """The entry as the account has it now, None when it does not."""
    try:
        return await act.account.torrent(torrent_id, interactive=True)
    except NotFound:
        return None


async def fetch_added(act: StepRun, torrent_id: str) -> TorrentDetail:
    """An entry that was added, asked for at growing intervals while the service does not know it. Raises
    NotKnownYet."""
    waited, pause = 0.0, FIRST_POLL_S
    while (detail := await fetch(act, torrent_id)) is None:
        if waited >= UNKNOWN_S:
            raise NotKnownYet(torrent_id)
        act.report_status("not known to the service yet")
        pause = min(pause, UNKNOWN_S - waited)
        await act.pause(pause, scaled=False)
        waited += pause
        pause *= 2
    return detail


async def wait_until(
    act: StepRun,
    torrent_id: str,
    info_hash: str,
    holds: Callable[[TorrentDetail], bool],
    most_s: float,
    otherwise: str = "",
) -> TorrentDetail:
    """The entry that was added for ``info_hash`` once a condition holds of it, read at growing intervals for ``most_s``
    seconds; raises VerificationFailed, NotKnownYet, and at the first read OtherHash when it is an entry of another
    torrent."""
    waited, pause = 0.0, FIRST_POLL_S
    while True:
        detail = await fetch_added(act, torrent_id)
        if detail.row.hash != info_hash:
            raise OtherHash(torrent_id)
        if holds(detail):
            return detail
        if waited >= most_s:
            raise VerificationFailed(otherwise or f"it stayed {detail.row.status} for {most_s:.0f} seconds")
        act.report_status(f"{detail.row.status} {detail.row.progress:g} %")
        await act.pause(pause)
        waited += pause
        pause = min(pause * 2, LONGEST_POLL_S)


def selection(detail: TorrentDetail) -> tuple[int, ...]:
    """The ids of the selected files."""
    return tuple(file.file_id for file in detail.files if file.selected)


def is_whole(detail: TorrentDetail) -> bool:
    """Whether an entry is downloaded, with a link for each of its files."""
    return detail.row.status == DOWNLOADED and 0 < len(selection(detail)) == len(detail.links)


async def select(act: StepRun, detail: TorrentDetail, files: Sequence[int], *, waits: bool = True) -> TorrentDetail:
    """Selects files and reads the selection back; it may be forgotten (NOTES.md 17) and is then made again. A slot is
    waited for, unless it is not to be (``waits``): then NoSlot is raised."""
    row = detail.row
    missing = sorted(set(files) - {file.file_id for file in detail.files})
    if missing:
        count = len(detail.files)
        there = counted(count, "file")
        raise VerificationFailed(f"it has no file {', '.join(map(str, missing[:5]))}; it has {there}")
    lines = await act.lines(undone=True)
    unended = [line.seq for line in lines if line.kind == "select files" and line.outcome is None]
    record = {"id": row.id, "hash": row.hash, "selection": list(files)}
    seq = unended[0] if unended else await act.before("select files", row.filename, record)
    try:
        now = await _send_selection(act, row.id, files, waits)
    except (ServiceError, VerificationFailed) as error:
        reason = error.message if isinstance(error, ServiceError) else error.reason
        await act.after(seq, "failed", id=row.id, reason=reason)
        raise
    await act.after(seq, "done", id=row.id)
    await remember(act, now)
    return now


async def _send_selection(act: StepRun, torrent_id: str, files: Sequence[int], waits: bool) -> TorrentDetail:
    waited = slotless = 0.0
    pause = FIRST_POLL_S
    while True:
        act.report_status("selecting files")
        try:
            await act.account.select_files(torrent_id, files)
        except NoSlot as error:
            if not waits:
                raise
            if slotless >= SLOT_MOST_S:
                raise VerificationFailed("no free slot on the account; try again when downloads have ended") from error
            act.report_wait("the account has no free slot", SLOT_S, "" if slotless else NO_FREE_SLOT)
            slotless += SLOT_S
            await act.pause(SLOT_S)
            continue
        except NotFound:
            if waited >= SELECTED_S:
                raise
        now = await fetch_added(act, torrent_id)
        if now.row.status not in (UNSELECTED, CONVERTING):
            return now
        if waited >= SELECTED_S:
            raise VerificationFailed("the service does not take the selection")
        await act.pause(pause)
        waited += pause
        pause = min(pause * 2, LONGEST_POLL_S)


async def close_selections(act: StepRun, torrent_id: str) -> None:
    """Ends the lines of selections that a killed run began and the entry shows to have been taken."""
    for line in await act.lines(undone=True):
        if line.kind == "select files" and line.outcome is None and line.before.get("id") == torrent_id:
            await act.after(line.seq, "done", id=torrent_id)


async def remember(act: StepRun, detail: TorrentDetail) -> None:
    """Stores an entry as it is now: the touched row alone, never the whole list."""
    async with act.ctx.db.transaction() as connection:
        await store_details(connection, [detail], int(act.ctx.clock()))
    act.changed([detail.row.id])


async def archive_entry(act: StepRun, torrent_id: str) -> None:
    """Stores an entry as it is now, when it is there and can be asked for."""
    with contextlib.suppress(ServiceError):
        detail = await fetch(act, torrent_id)
        if detail is not None:
            await remember(act, detail)


async def remove_entry(act: StepRun, torrent_id: str, *, request: bool = True) -> None:
    """Removes an entry from the account (unless it is known to be gone) and leaves a tombstone."""
    if request:
        await act.account.delete_torrent(torrent_id)
    async with act.ctx.db.transaction() as connection:
        await mark_ids_gone(connection, [torrent_id], int(act.ctx.clock()))
    act.changed([torrent_id])


async def known_twins(act: StepRun, info_hash: str) -> set[str]:
    """The ids under which the archive knows standing entries of a hash."""
    return {row.id for row in await act.ctx.db.read(entries_of_hash, info_hash)}


async def holds(act: StepRun, info_hash: str, wanted: Sequence[int] | None) -> str:
    """The id of a standing entry of a hash with these files (any, when it is None); empty when there is none."""
    for row in await act.ctx.db.read(entries_of_hash, info_hash):
        if wanted is None or row.selection is None or set(wanted) <= set(row.selection):
            return row.id
    return ""


async def is_listed(act: StepRun, torrent_id: str) -> bool:
    """Whether an entry is among the newest of the account. Raises BadAnswer as ``newest_entry`` does."""
    return any(row.id == torrent_id for row in await _newest(act))


async def newest_entry(act: StepRun, info_hash: str, known: Iterable[object]) -> str | None:
    """The id of an entry of a hash among the newest of the account that is none of ``known``. Raises BadAnswer when
    what came cannot be the newest of the account (NOTES.md 2): an entry that is not in it may be there."""
    before = set(known)
    return next((row.id for row in await _newest(act) if row.hash == info_hash and row.id not in before), None)


async def _newest(act: StepRun) -> Sequence[ListedTorrent]:
    page = await act.account.torrents_page(1, NEWEST)
    if page.total is not None and page.raw_count < min(page.total, NEWEST):
        raise BadAnswer("The service sent only a part of the list of torrents.", "Try again later.")
    return page.rows
