"""Whether an entry of the account that is to stay for another one holds what that one holds."""

from __future__ import annotations

import sqlite3
from typing import Final

from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.entries import VerificationFailed, fetch, is_whole, remember, selection
from mediatui.changes.steps.proof import REQUESTS_A_LINK, open_link
from mediatui.model.problems import VERDICT_LIFE_S
from mediatui.model.torrent import TorrentDetail
from mediatui.store.torrents.checks import LinkCheck, failed_links, read_checks, store_checks

REQUESTS_OF_PROOF: Final = 1 + REQUESTS_A_LINK
"""The list of downloads, and opening one link."""


def is_known_to_open(connection: sqlite3.Connection, keeper_id: str, other_id: str, now: float) -> bool:
    """Whether the checks of the last week prove already that the links of the entry that stays open: one did, none
    failed, and none of the other entry failed, whose file would have to be opened in this one."""
    checks = read_checks(connection, keeper_id).values()
    opened = any(one.verdict == "ok" and now - one.at < VERDICT_LIFE_S for one in checks)
    return opened and all(one.verdict == "ok" for one in checks) and not failed_links(read_checks(connection, other_id))


async def why_not_kept(
    act: StepRun, detail: TorrentDetail, keeper_id: str, *, proven: bool, lately: bool
) -> Outcome | None:
    """Why the entry that is to stay does not replace this one; None when it does. Where it is gone this one is the only
    one, so there is nothing left to undo. ``proven``: a link of it has to open; ``lately``: one that opened at a check
    of the last week will do, and what is not whole stays for nothing, however little this one holds."""
    keeper = await fetch(act, keeper_id)
    if keeper is None:
        why = f"{keeper_id}, which was to stay for it, is not on the account any more"
        return Outcome("skipped", why, already=True)
    await remember(act, keeper)
    if not is_whole(keeper) and (lately or is_whole(detail) or len(keeper.links) < len(detail.links)):
        return Outcome("skipped", f"{keeper_id}, which was to stay for it, is not whole any more")
    if keeper.row.hash == detail.row.hash and not set(selection(detail)) <= set(selection(keeper)):
        return Outcome("skipped", f"{keeper_id}, which was to stay for it, lacks files of it")
    if not (proven or lately):
        return None
    now = act.ctx.clock()
    if lately and await act.ctx.db.read(is_known_to_open, keeper_id, detail.row.id, now):
        return None
    try:
        if not keeper.links:
            raise VerificationFailed("it has no link")
        position = await _place_that_proves(act, detail, keeper)
        await open_link(act, keeper.links[position], may_be_open=True)
    except VerificationFailed as error:
        return Outcome("failed", f"{keeper_id}, which was to stay for it: {error.reason}; nothing was deleted")
    link = act.account.lasting_link(keeper.links[position])
    async with act.ctx.db.transaction() as connection:
        await store_checks(connection, [LinkCheck(keeper_id, position, link, "ok", None, int(now), None)], int(now))
    return None


async def _place_that_proves(act: StepRun, detail: TorrentDetail, keeper: TorrentDetail) -> int:
    """The position of the link of the entry that stays whose file did not open in this one, else of its first."""
    if keeper.row.hash != detail.row.hash:
        return 0
    failed, files = failed_links(await act.ctx.db.read(read_checks, detail.row.id)), selection(detail)
    kept = {file: position for position, file in enumerate(selection(keeper)[: len(keeper.links)])}
    return next((kept[files[at]] for at in failed if at < len(files) and files[at] in kept), 0)
