"""The first-level folders of the library, as scans left them."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.commands.options import NoOptions
from mediatui.commands.scan_columns import FOLDER_COLUMNS, ShownFolder
from mediatui.model.human import counted
from mediatui.model.text import printable

if TYPE_CHECKING:
    from mediatui.commands.answer import Answer
    from mediatui.library.roots import Library


@dataclass(frozen=True, slots=True)
class _Known:
    """What the archive knows of a folder: its links by state, and the last scan of all of it (epoch seconds)."""

    states: Mapping[str, int]
    scanned_at: float | None
    depth: str


async def list_folders(answer: Answer, options: NoOptions) -> int:
    """Lists the folders directly in the roots: how many links are in each, in which states, and how large that is. The
    links of a folder that was never scanned are counted on disk, and not judged."""
    from mediatui.library.roots import configured_library
    from mediatui.library.scan.counting import size_class

    async with answer.workspace() as workspace:
        library = configured_library(workspace.settings)
        folders, silent = await asyncio.to_thread(_first_levels, library)
        for root in silent:
            answer.said("warning", f"{printable(os.fsdecode(root))} does not answer: its folders are unknown.")
        known = await workspace.db.read(_known_folders, folders)
    unseen = [folder for folder in folders if known[folder].scanned_at is None and not known[folder].states]
    on_disk = await asyncio.to_thread(_count, unseen)
    rows: list[ShownFolder] = []
    total = 0
    for folder in folders:
        facts = known[folder]
        links = on_disk.get(folder, sum(facts.states.values()))
        total += links
        answer.row(
            "folder",
            {
                "path": os.fsdecode(folder), "links": links, "class": size_class(links), "states": dict(facts.states),
                "scanned_at": facts.scanned_at, "depth": facts.depth or None,
            },
        )  # fmt: skip
        name, states = printable(os.fsdecode(os.path.basename(folder))), facts.states
        wrong = sum(count for state, count in states.items() if state != "ok")
        rows.append(ShownFolder(name, links, states, wrong, size_class(links), facts.scanned_at, facts.depth))
    answer.table(FOLDER_COLUMNS, rows)
    summary = f"{counted(len(folders), 'folder')}, {counted(total, 'link')}."
    answer.result(summary, counts={"folders": len(folders), "links": total})
    return 0


def _first_levels(library: Library) -> tuple[list[bytes], list[bytes]]:
    """The folders directly in the roots, and the roots that did not answer in time."""
    from mediatui.library.roots import first_level
    from mediatui.system.helper_process import TimedOut, ask

    found: list[bytes] = []
    silent: list[bytes] = []
    for root in library.roots:
        try:
            found += [os.path.join(root, name) for name in ask(first_level, root, seconds=library.timeout_s)]
        except TimedOut:
            silent.append(root)
    return found, silent


def _known_folders(connection: sqlite3.Connection, folders: Sequence[bytes]) -> dict[bytes, _Known]:
    from mediatui.library.scan.history import last_scan_of
    from mediatui.store.library.scan_history import states_below
    from mediatui.store.library.scans import EVERY_SCAN, read_scans

    scans = read_scans(connection, EVERY_SCAN)
    found = {}
    for folder in folders:
        scan = last_scan_of(scans, folder)
        states = states_below(connection, folder)
        found[folder] = _Known(states, None if scan is None else scan.started_at, "" if scan is None else scan.depth)
    return found


def _count(folders: Sequence[bytes]) -> dict[bytes, int]:
    from mediatui.library.scan.counting import count_symlinks

    return dict(count_symlinks(folders, threading.Event()))
