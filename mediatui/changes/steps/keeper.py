"""Whether an entry of the account that is to stay for another one holds what that one holds."""

from __future__ import annotations

from typing import Final

from mediatui.changes.step_run import Outcome, StepRun
from mediatui.changes.steps.entries import VerificationFailed, fetch, is_whole, selection
from mediatui.changes.steps.proof import REQUESTS_A_LINK, open_link
from mediatui.model.torrent import TorrentDetail
from mediatui.store.torrents.checks import failed_links, read_checks

REQUESTS_OF_PROOF: Final = 1 + REQUESTS_A_LINK
"""The list of downloads, and opening one link."""


async def why_not_kept(act: StepRun, detail: TorrentDetail, keeper_id: str, *, proven: bool) -> Outcome | None:
    """Why the entry that is to stay does not replace this one; None when it does. Where it is gone this one is the only
    one, so there is nothing left to undo. ``proven``: a link of it has to open."""
    keeper = await fetch(act, keeper_id)
    if keeper is None:
        why = f"{keeper_id}, which was to stay for it, is not on the account any more"
        return Outcome("skipped", why, already=True)
    if not is_whole(keeper) and (is_whole(detail) or len(keeper.links) < len(detail.links)):
        return Outcome("skipped", f"{keeper_id}, which was to stay for it, is not whole any more")
    if keeper.row.hash == detail.row.hash and not set(selection(detail)) <= set(selection(keeper)):
        return Outcome("skipped", f"{keeper_id}, which was to stay for it, lacks files of it")
    if not proven:
        return None
    try:
        if not keeper.links:
            raise VerificationFailed("it has no link")
        await open_link(act, await _link_that_proves(act, detail, keeper), may_be_open=True)
    except VerificationFailed as error:
        return Outcome("failed", f"{keeper_id}, which was to stay for it: {error.reason}; nothing was deleted")
    return None


async def _link_that_proves(act: StepRun, detail: TorrentDetail, keeper: TorrentDetail) -> str:
    """The link of the entry that stays whose file did not open in this one, else its first."""
    failed, files = failed_links(await act.ctx.db.read(read_checks, detail.row.id)), selection(detail)
    kept = dict(zip(selection(keeper), keeper.links, strict=False))
    return next((kept[files[at]] for at in failed if at < len(files) and files[at] in kept), keeper.links[0])
