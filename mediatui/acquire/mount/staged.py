"""What lies in staging, joined with the transfers that put it there: whose it is, how big, how far proven."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.acquire.mount.staging_names import folder_name
from mediatui.model.transfer import Transfer
from mediatui.model.transfer_file import WORDS, TransferFile
from mediatui.store.transfers.files import files_by_link
from mediatui.store.transfers.rows import all_transfers
from mediatui.system.staged_links import StagedEntry

PART: Final = b".part"
"""How the name of a file ends that is not whole yet."""
DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class StagedItem:
    """Something in staging: its path ``below`` that, the transfer that ``owner`` is (None: nobody's), its file there
    (None: not known), and whether it ``is_leftover``: of a transfer that has ended, or nobody's and old."""

    entry: StagedEntry
    below: str
    owner: Transfer | None
    file: TransferFile | None
    is_leftover: bool

    @property
    def is_part(self) -> bool:
        """Whether it is the beginning of a file."""
        return self.entry.kind == "file" and self.entry.path.endswith(PART)

    @property
    def size(self) -> int | None:
        """Its bytes: of a file its own, of a link those of the file it leads to; None where that is not known."""
        if self.entry.kind == "file":
            return self.entry.size
        return None if self.file is None else self.file.size

    @property
    def proof(self) -> str:
        """What was seen of it, in a word or two."""
        if self.entry.kind in ("folder", "other"):
            return "empty" if self.entry.kind == "folder" else "no file"
        if self.is_part:
            return "not whole"
        if self.file is None:
            return "not known"
        if self.entry.kind == "link" and self.entry.target != self.file.remote:
            return "leads elsewhere"
        return WORDS["proven"] if self.file.state == "linked" else self.file.word


def staged_items(
    connection: sqlite3.Connection, folder: bytes, entries: Sequence[StagedEntry], leftover_days: int, now: float
) -> list[StagedItem]:
    """What lies in the ``folder`` of staging, in the order of the paths."""
    known = {one.id: one for one in all_transfers(connection)}
    files = files_by_link(connection)
    of_folder = _owners_of_folders(known, {number: path for path, (number, _) in files.items()}, folder)
    found = []
    for entry in entries:
        below = entry.path[len(folder) + 1 :]
        number, file = files.get(entry.path, (0, None))
        owner = known.get(number) or of_folder.get(below.partition(b"/")[0])
        if owner is None:
            is_leftover = now - entry.changed_at >= leftover_days * DAY_S
        else:
            is_leftover = owner.ended_at is not None
        found.append(StagedItem(entry, os.fsdecode(below), owner, file, is_leftover))
    return found


def owner_below(connection: sqlite3.Connection, folder: bytes, below: bytes) -> Transfer | None:
    """The transfer that has put something into the ``folder`` of staging, by its path ``below`` that; None for
    nobody's."""
    known = {one.id: one for one in all_transfers(connection)}
    links = files_by_link(connection)
    if found := links.get(os.path.join(folder, below)):
        return known.get(found[0])
    owners = _owners_of_folders(known, {number: path for path, (number, _) in links.items()}, folder)
    return owners.get(below.partition(b"/")[0])


def _owners_of_folders(
    known: Mapping[int, Transfer], links: Mapping[int, bytes], folder: bytes
) -> Mapping[bytes, Transfer]:
    """The transfers by the names of their folders in staging: as they are made, or as a link of theirs lies in one."""
    named = {os.fsencode(folder_name(one.id, one.name or one.hash)): one for one in known.values()}
    for number, link in links.items():
        name = link[len(folder) + 1 :].partition(b"/")[0]
        if number in known and link.startswith(folder + b"/") and name.startswith(b"%d-" % number):
            named[name] = known[number]
    return named
