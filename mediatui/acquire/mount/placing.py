"""Placing the links of a transfer, through the door of changes."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mediatui.acquire.mount.staging_names import folder_name, link_paths
from mediatui.changes.apply import ApplyOptions, apply
from mediatui.changes.in_root_dir import reads
from mediatui.changes.steps.staging import PlaceLink
from mediatui.changes.steps.stored import read_steps
from mediatui.model.plan import Plan
from mediatui.model.text import printable
from mediatui.model.transfer import Transfer
from mediatui.runtime.context import Context
from mediatui.runtime.events import FoundRow
from mediatui.settings.places import staging_folder
from mediatui.store.changes.journal import set_outcome, store_plan, unfinished_batches
from mediatui.store.transfers.targets import targets_of
from mediatui.store.writer import run
from mediatui.system.symlinks import absolute
from mediatui.system.threads import in_thread

COMMAND: Final = "transfers fetch"
"""The command of the batches that place links."""
FULL: Final = frozenset(os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT))
"""What the system says where there is no room."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The links of a transfer: their ``folder`` and ``batch``; the path (in the torrent) of a file that could not be
    linked, and ``why``."""

    folder: str
    batch: int
    lacking: str = ""
    why: str = ""

    @property
    def is_full(self) -> bool:
        """Whether there was no room for a link."""
        return self.why in FULL


async def place_links(
    ctx: Context, transfer: Transfer, remote: Mapping[str, bytes], sizes: Mapping[str, int]
) -> Placed:
    """Places links to these files of a mount, by their paths in the torrent; looks at every one of them afterwards.
    Raises GuardTripped."""
    targets = await ctx.db.read(targets_of, transfer.id)
    seasons = {target.target.season for target in targets if target.target.season is not None}
    folder = os.path.join(
        staging_folder(ctx.settings) or b"", os.fsencode(folder_name(transfer.id, transfer.name or transfer.hash))
    )
    links = {path: os.path.join(folder, below) for path, below in link_paths(remote, seasons).items()}
    texts = {path: absolute(links[path], place) for path, place in remote.items()}
    steps = tuple(
        PlaceLink(
            what=printable(os.fsdecode(os.path.basename(link))), transfer=transfer.id, file=path,
            path=os.fsdecode(link), target=os.fsdecode(texts[path]), size=sizes[path],
        )
        for path, link in links.items()
    )  # fmt: skip
    title = f"Links in staging for {printable(transfer.name or transfer.hash)}"
    async with ctx.db.transaction() as connection:
        batch = await store_plan(connection, Plan(COMMAND, title, steps), ctx.clock())
    why = await apply_links(ctx, batch)
    seen = await in_thread(lambda: {path: reads(link) for path, link in links.items()})
    lacking = next((path for path, text in texts.items() if seen[path] != text), "")
    return Placed(os.fsdecode(folder), batch, lacking, why)


async def apply_links(ctx: Context, batch: int) -> str:
    """Applies a batch of links; returns why one was not placed, empty when all were. Raises GuardTripped."""
    why = ""
    try:
        async for event in apply(ctx, ApplyOptions(batch, keeps_lane=True)):
            if isinstance(event, FoundRow) and event.row["outcome"] != "done" and not why:
                why = str(event.row["reason"])
    finally:  # what is left is not the batch's to carry on: the next run places what is due then
        async with ctx.db.transaction() as connection:
            for stored in await run(connection, read_steps, batch, ("planned",)):
                await set_outcome(connection, batch, stored.position, "skipped", "left to the next run")
    return why


async def carry_on_placing(ctx: Context) -> None:
    """Ends the batches of links that a killed run left. Raises GuardTripped."""
    for batch in await ctx.db.read(unfinished_batches):
        if batch.command == COMMAND and batch.undoes is None:
            await apply_links(ctx, batch.batch)
