"""Proving that an entry holds what it has to: its files are complete, and its links open, down to their addresses.

A direct link proves nothing yet (services/realdebrid/NOTES.md 14), so one byte of its address is asked for. 404 and 410
there mean that the file is gone; 5xx, a connection that breaks and one that takes too long mean nothing, and the entry
stays unproven. Where no connection to the server can be made from this machine the word of the service counts.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Sequence
from http import HTTPStatus
from typing import Final

from mediatui.changes.step_run import StepRun
from mediatui.changes.steps.entries import VerificationFailed, selection
from mediatui.model.account import Unrestricted
from mediatui.model.human import counted
from mediatui.model.torrent import DOWNLOADED, TorrentDetail
from mediatui.services.errors import DeadLink, Infringing, NotFound, ServiceError, Transient, Unreachable
from mediatui.store.torrents.checks import failed_links, forget_probe_download, note_probe_download, read_checks

REQUESTS_A_LINK: Final = 2
"""Opening a link, and removing the row that this makes; the address is none of the API's."""
MOST_OPENED: Final = 3
ADDRESS_TRIES: Final = 3
TRY_AGAIN_S: Final = 2.0
LOST: Final = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
BY_ITS_WORD: Final = "by the service's word alone: the server of its link cannot be reached from here"


class NotProven(VerificationFailed):
    """Whether a link opens could not be found out; that may be tried again."""


def links_to_open(failed: Collection[int], links: int) -> Sequence[int]:
    """The positions of the links that prove an entry: those that did not open before, at most MOST_OPENED; else the
    first."""
    return sorted(position for position in failed if position < links)[:MOST_OPENED] or (0,)


async def verify(
    act: StepRun, detail: TorrentDetail, wanted: Sequence[int] | None, old: TorrentDetail | None, old_id: str
) -> str:
    """Verifies a finished entry that is to replace another: the files that were asked for, a link for each, and links
    that open, those that did not open before among them. Returns what may be said against the proof, mostly nothing;
    raises VerificationFailed, and NotProven."""
    selected = selection(detail)
    if wanted is not None and set(selected) != set(wanted):
        raise VerificationFailed(f"it holds {len(selected):,} of {counted(len(wanted), 'file')}")
    if detail.row.status != DOWNLOADED:
        raise VerificationFailed(f"it is {detail.row.status}")
    if not detail.links or len(detail.links) != len(selected):
        raise VerificationFailed(f"it has {counted(len(detail.links), 'link')} for {counted(len(selected), 'file')}")
    failed: Collection[int] = ()
    if old is not None and selection(old) == selected:
        failed = failed_links(await act.ctx.db.read(read_checks, old_id))
    short = act.account.lasting_link
    held = () if old is None else tuple(map(short, old.links))
    said = ""
    for position in links_to_open(failed, len(detail.links)):
        link = detail.links[position]
        said = await open_link(act, link, may_be_open=short(link) in held) or said
    return said


async def open_link(act: StepRun, link: str, *, may_be_open: bool) -> str:
    """Opens a link and asks its address for one byte; returns what may be said against the proof, mostly nothing.

    The row this makes in the account's download list is removed again; ``may_be_open`` says that there may have been
    one before, which stays: that takes one request more. Raises VerificationFailed, and NotProven.
    """
    act.report_status("opening a link")
    before = await act.account.download_ids() if may_be_open else set[str]()
    try:
        made = await act.account.unrestrict(link)
    except (DeadLink, NotFound) as error:
        raise VerificationFailed(f"its links are dead ({error.code or 404})") from error
    except Infringing as error:
        raise VerificationFailed("its links are blocked (35)") from error
    if made.id in before:
        return await _ask_address(act, made)
    async with act.ctx.db.transaction() as connection:
        await note_probe_download(connection, made.id, act.ctx.clock())
    try:
        return await _ask_address(act, made)
    finally:
        # A row that cannot be removed now is noted, and the next check of links removes it.
        with contextlib.suppress(ServiceError):
            await act.account.delete_download(made.id)
            async with act.ctx.db.transaction() as connection:
                await forget_probe_download(connection, made.id)


async def _ask_address(act: StepRun, made: Unrestricted) -> str:
    status: int | None = None
    for number in range(ADDRESS_TRIES):
        if number:
            act.report_status("its address does not answer yet")
            await act.pause(TRY_AGAIN_S)
        try:
            status = await act.account.download_status(made)
        except Unreachable:
            return BY_ITS_WORD
        except Transient:
            continue
        if status in LOST:
            raise VerificationFailed(f"its link opens, but leads to nothing ({status:d})")
        if status < 300 or status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            return ""
    answer = "did not answer" if status is None else f"answered {status:d}"
    raise NotProven(f"whether it plays is not known, the server of its link {answer}")
