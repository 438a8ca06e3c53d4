"""What an entry of the account holds: the names it may have on a mount, and the files that are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mediatui.acquire.mount.fit import WantedFile
from mediatui.model.torrent import TorrentDetail
from mediatui.model.transfer import Transfer
from mediatui.runtime.context import Context
from mediatui.services.errors import NotFound
from mediatui.store.torrents.listing import torrents_by_id
from mediatui.store.torrents.rows import store_details
from mediatui.store.transfers.files import files_of, store_files


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: its own name and that of its torrent, its files, and the place that a person picked of several."""

    names: tuple[str, str]
    wanted: Sequence[WantedFile]
    picked: str = ""


async def read_entry(ctx: Context, transfer: Transfer) -> Entry | None:
    """The entry of a transfer as the archive has it, asked for (one request) where that does not know its files or
    names; None when the account has it not."""
    files = [file for file in await ctx.db.read(files_of, transfer.id) if file.wanted]
    known = next(iter(await ctx.db.read(torrents_by_id, [transfer.entry_id])), None)
    if files and known is not None and known.original_filename is not None:
        names = (known.filename, known.original_filename)
    else:
        detail = await _ask(ctx, transfer)
        if detail is None:
            return None
        files = [file for file in await ctx.db.read(files_of, transfer.id) if file.wanted]
        names = (detail.row.filename, detail.original_filename or "")
    picked = next((file.why for file in files if file.state == "picked"), "")
    return Entry(names, [WantedFile(file.path, file.size) for file in files], picked)


async def _ask(ctx: Context, transfer: Transfer) -> TorrentDetail | None:
    try:
        detail = await ctx.account.torrent(transfer.entry_id)
    except NotFound:
        return None
    async with ctx.db.transaction() as connection:
        await store_details(connection, [detail], int(ctx.clock()))
    await ctx.db.write(store_files, transfer.id, detail.files)
    return detail
