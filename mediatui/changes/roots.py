"""Whether a root of the library, and the category folder right in it, is there: each may be a disk of its own.

What is left of a disk that is away is an empty folder, or none. What is missing on it is not gone, and what is made
there now is hidden once it is back.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mediatui.changes.in_root_dir import run_on_mount
from mediatui.changes.step_run import StepRun
from mediatui.model.errors import GuardTripped
from mediatui.model.human import counted
from mediatui.model.path import is_below
from mediatui.model.text import printable
from mediatui.settings.places import configured_roots
from mediatui.store.library.links import count_links, folders_with_links
from mediatui.store.library.mounts_seen import was_mount_point
from mediatui.system.helper_process import TimedOut, ask


@dataclass(frozen=True, slots=True)
class PlaceState:
    """A root or a category folder as it is now."""

    is_there: bool
    is_empty: bool
    is_mount: bool


def check_place(folder: bytes) -> PlaceState:
    """A folder as it is now; raises OSError when it is there and cannot be read."""
    try:
        with os.scandir(folder) as entries:
            is_empty = next(entries, None) is None
    except (FileNotFoundError, NotADirectoryError):
        return PlaceState(False, True, False)
    return PlaceState(True, is_empty, os.path.ismount(folder))


def places_of(path: bytes, roots: Sequence[bytes]) -> tuple[bytes, ...]:
    """The root a path lies in and the folder right in that, each without the path itself."""
    inside = [root for root in roots if is_below(path, root)]
    if not inside:
        return ()
    root = max(inside, key=len)
    first, below, _ = path[len(root) + 1 :].partition(b"/")
    return (root, os.path.join(root, first)) if below else (root,)


def why_away(connection: sqlite3.Connection, folder: bytes, state: PlaceState, *, is_root: bool) -> str:
    """Why a root or a category folder seems away, as a part of a sentence; empty when it does not. A category folder
    that is not there may have been removed, and an empty one cleared of its dead links."""
    was_mount = was_mount_point(connection, folder)
    if not state.is_there:
        return "is not there" if is_root or was_mount else ""
    if was_mount and not state.is_mount:
        return "is not mounted"
    held = count_links(connection, folder, removable=is_root) if state.is_empty else 0
    return f"is empty; it held {counted(held, 'link')}" if held else ""


def check_places(
    connection: sqlite3.Connection, places: Iterable[bytes], roots: Sequence[bytes]
) -> Iterator[tuple[bytes, str, bool]]:
    """Each of these roots and category folders, why it seems away (empty when it does not), and whether something is
    mounted there. Blocks until each answered or ``ask`` timed out."""
    for place in places:
        try:
            state = ask(check_place, place)
        except (OSError, TimedOut) as error:
            yield place, f"cannot be read ({getattr(error, 'strerror', None) or 'it does not answer'})", False
        else:
            yield place, why_away(connection, place, state, is_root=place in roots), state.is_mount


def categories(connection: sqlite3.Connection, root: bytes) -> list[bytes]:
    """The folders right in a root: those that are there, and those in which links are known."""
    try:
        there = ask(_folders_in, root)
    except (OSError, TimedOut):
        there = []
    return sorted({*there, *folders_with_links(connection, root)})


def _folders_in(root: bytes) -> list[bytes]:
    with os.scandir(root) as entries:
        return [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]


async def expect_places(act: StepRun, paths: Iterable[str]) -> None:
    """Raises GuardTripped when the root of one of these paths, or its category folder, seems away."""
    roots = configured_roots(act.ctx.settings)
    for place in dict.fromkeys(place for path in paths for place in places_of(os.fsencode(path), roots)):
        try:
            state: PlaceState = await run_on_mount(act, check_place, place)
        except OSError as error:
            why = f"cannot be read ({error.strerror or error})"
        else:
            why = await act.ctx.db.read(why_away, place, state, is_root=place in roots)
        if why:
            raise GuardTripped(
                f"{printable(os.fsdecode(place))} {why}: nothing is changed in it.",
                "Mount its disk and carry on, or scan with --accept-mounts if that is as it should be.",
            )
