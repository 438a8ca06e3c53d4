"""Asking Sonarr or Radarr for another release in place of a dead link.

They do not notice a dangling link: a rescan lists it as a file (.NET's File.Exists falls back to lstat). So the link
has to go first, then the rescan finds its file missing, and only then is there something to search for. What the file
was the file of is asked before all that, while its record is there. Nothing here writes: the plan does, once applied.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mediatui.changes.arr import steps_to_tell
from mediatui.library.unlink import unlink_step
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.link import REMOVABLE
from mediatui.model.plan import Plan, Step
from mediatui.model.text import join_words, printable
from mediatui.services.errors import ServiceError
from mediatui.store.library import LibraryLink, iterate_links, read_link

if TYPE_CHECKING:
    from mediatui.services.arr import Arr
    from mediatui.services.arr_library import Affected
    from mediatui.settings import Settings

Connect = Callable[[str], "Arr"]
"""Makes the client of the service of a name."""


def asked_links(connection: sqlite3.Connection, words: Sequence[str]) -> list[LibraryLink]:
    """The links at these paths, and the dead ones in these folders, as the last scans left them; raises UsageError for
    a path at which no scan has seen a link."""
    found: dict[bytes, LibraryLink] = {}
    marks = ", ".join("?" * len(REMOVABLE))
    for word in words:
        path = os.path.normpath(os.path.join(os.getcwdb(), os.fsencode(word)))
        link = read_link(connection, path)
        where = f"path >= ? AND path < ? AND state IN ({marks})"
        links = [link] if link else list(iterate_links(connection, where, (path + b"/", path + b"0", *REMOVABLE)))
        if not links:
            raise UsageError(
                f"No scan has found a dead link at {printable(os.fsdecode(path))}.", "Scan: mediatui --headless scan"
            )
        found |= {link.path: link for link in links}
    return list(found.values())


@dataclass(slots=True)
class _Found:
    """What the services said: steps that tell them, links to remove, and why others stay, by path."""

    tells: list[Step] = field(default_factory=list)
    going: set[str] = field(default_factory=set)
    why_not: dict[str, str] = field(default_factory=dict)
    errors: list[MediatuiError] = field(default_factory=list)


async def plan_ask(settings: Settings, links: Sequence[LibraryLink], connect: Connect | None = None) -> Plan:
    """The plan that has another release looked for in place of each of these dead links: they are removed, their series
    and films rescanned, and just their episodes and films searched. Links no service has a file at stay, with a note.

    Each service is asked once for its list. ``connect`` makes its client; None: as the settings say. Raises UsageError
    when neither is enabled, and what a service raised when for that there is nothing to plan.
    """
    services = [service for service in settings.services if service.enabled]
    if not services:
        raise UsageError(
            "Neither Sonarr nor Radarr is enabled.",
            "Name its address and key: mediatui config set sonarr.url URL, sonarr.api_key, sonarr.enabled true",
        )
    dead = {os.fsdecode(link.path): link for link in links if link.state in REMOVABLE}
    found = _Found()
    for service in services:
        left = [path for path in dead if path not in found.going]
        try:
            await _with(settings, service.name, connect, lambda arr, left=left: _look(settings, arr, left, found))  # type: ignore[misc]  # bound at once
        except (ServiceError, UsageError) as error:
            found.errors.append(error)
    if found.errors and not found.tells:
        raise found.errors[0]
    steps: list[Step] = [unlink_step(dead[path]) for path in dead if path in found.going]
    title = f"Ask for another release of {len(steps):,} link{'' if len(steps) == 1 else 's'}"
    return Plan(
        "ask", title, (*steps, *found.tells), tuple(_notes(links, found, [service.title for service in services]))
    )


async def _with(settings: Settings, name: str, connect: Connect | None, work: Callable[[Arr], Awaitable[None]]) -> None:
    from mediatui.services.arr import configured_arr

    arr = connect(name) if connect is not None else configured_arr(settings, name)
    try:
        await work(arr)
    finally:
        await arr.close()


async def _look(settings: Settings, arr: Arr, paths: Sequence[str], found: _Found) -> None:
    from mediatui.services.arr_library import ArrLibrary, configured_path_map

    library = ArrLibrary(arr, configured_path_map(settings, arr.name))
    held: list[tuple[Affected, dict[str, tuple[int, ...]]]] = []
    for one in await library.affected(paths):
        ids_at = await library.held(one, one.paths)
        if ids_at:
            held.append((one, ids_at))
        found.going |= ids_at.keys()
        for path in set(one.paths) - ids_at.keys():
            found.why_not[path] = f"{arr.title} knows {printable(one.title)}, but has no file at this path"
    found.tells += steps_to_tell(arr, [one for one, _ in held], held)


def _notes(links: Sequence[LibraryLink], found: _Found, names: Sequence[str]) -> list[tuple[str, str]]:
    """Why links are left alone."""
    nobody = f"{names[0]} does not know it" if len(names) == 1 else f"neither {join_words(names, 'nor')} knows it"
    failed = " ".join(error.message for error in found.errors)
    notes = []
    for link in links:
        path = os.fsdecode(link.path)
        if link.state not in REMOVABLE:
            notes.append((printable(path), f"it is {link.state}: that is not removed"))
        elif path not in found.going:
            notes.append((printable(path), found.why_not.get(path) or failed or nobody))
    return notes
