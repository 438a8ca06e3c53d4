"""Counts the links in folders that were never scanned, in the background and without looking at their targets."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence

from mediatui.model.hidden_names import MARKS
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.mounts import MountTable
from mediatui.system.symlinks import is_hidden

BIG, MEDIUM = 1000, 100
SIZE_CLASSES = ("big", "medium", "small")


def size_class(links: int) -> str:
    """``big`` (more than 1,000 links), ``medium`` (100 to 1,000) or ``small``."""
    return "big" if links > BIG else "medium" if links >= MEDIUM else "small"


def count_symlinks(folders: Sequence[bytes], stop: threading.Event) -> Iterator[tuple[bytes, int]]:
    """Each folder with the number of links below it; hidden folders are left out, as in the scan. Blocks, and ends soon
    after ``stop`` is set: call it in a thread. A folder on a mount that does not answer in time counts as empty."""
    table = MountTable()
    for folder in folders:
        found = 0
        pending = [folder]
        while pending:
            if stop.is_set():
                return
            place = pending.pop()
            try:
                inside, links = ask(_read_folder, place) if table.remote_at(place) else _read_folder(place)
            except (OSError, TimedOut):
                continue
            pending += inside
            found += links
        yield folder, found


def _read_folder(folder: bytes) -> tuple[list[bytes], int]:
    """The folders directly in a folder, and the number of links; a folder that cannot be read counts as empty."""
    inside: list[bytes] = []
    links = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                is_link = entry.is_symlink()
                if not is_link and not entry.is_dir(follow_symlinks=False):
                    continue
                if entry.name.startswith(MARKS) and is_hidden(entry.path, is_link=is_link):
                    continue
                if is_link:
                    links += 1
                else:
                    inside.append(entry.path)
    except OSError:
        return inside, links
    return inside, links
