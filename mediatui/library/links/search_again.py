"""Plans to have Sonarr or Radarr search another release in place of a dead link.

They do not notice a dangling link: a rescan lists it as a file (.NET's File.Exists falls back to lstat). So the link is
removed first; then a rescan finds its file missing, and only then can they search for it. Which episode or film the
file belongs to is read before all that, while its record exists. Nothing here writes: the plan does, once applied.
"""

from __future__ import annotations

import functools
import os
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mediatui.changes.steps.arr import can_hold, steps_to_notify
from mediatui.changes.steps.arr_blocklist import ArrBlocklist, UnlinkWhenBlocked, latest_grab
from mediatui.changes.steps.symlinks import UnlinkSymlink
from mediatui.library.links.unlink import unlink_step
from mediatui.library.maintenance.same_series import names_of
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.human import counted
from mediatui.model.kinds import kind_of
from mediatui.model.link import REMOVABLE
from mediatui.model.plan import Plan, Step
from mediatui.model.text import join_words, printable
from mediatui.names.episode_numbers import EpisodeNumbers, episodes_of
from mediatui.services.errors import ServiceError
from mediatui.settings.places import configured_roots
from mediatui.store.conditions import links_below, links_in_states
from mediatui.store.library.links import LibraryLink, iterate_links, read_link

if TYPE_CHECKING:
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.library import Affected, Records
    from mediatui.services.arr.roots import RootFolders
    from mediatui.settings import Settings
    from mediatui.settings.arr import ArrSettings

Connect = Callable[[str], "Arr"]
"""Makes the client of a service by its name."""
Report = Callable[[str], None]
"""Shows the user a sentence while the plan is made."""


def dead_links_at(connection: sqlite3.Connection, words: Sequence[str]) -> list[LibraryLink]:
    """The links at these paths, and the dead ones in these folders, as the last scans left them; raises UsageError for
    a path at which no scan has seen a link."""
    found: dict[bytes, LibraryLink] = {}
    for word in words:
        path = os.path.normpath(os.path.join(os.getcwdb(), os.fsencode(word)))
        link = read_link(connection, path)
        dead_below = links_below(path) & links_in_states(REMOVABLE)
        links = [link] if link else list(iterate_links(connection, dead_below))
        if not links:
            raise UsageError(
                f"No scan has found a dead link at {printable(os.fsdecode(path))}.", "Scan: mediatui --headless scan"
            )
        found |= {link.path: link for link in links}
    return list(found.values())


@dataclass(slots=True)
class _Found:
    """What the services answered: the steps that notify them, those that mark the release of a
    link as failed, the links to remove, why others stay, and the services
    asked for a link, by path; the errors are by the names of services."""

    notify_steps: list[Step] = field(default_factory=list)
    marks: dict[str, ArrBlocklist] = field(default_factory=dict)
    to_remove: set[str] = field(default_factory=set)
    why_not: dict[str, str] = field(default_factory=dict)
    asked: dict[str, list[ArrSettings]] = field(default_factory=dict)
    errors: dict[str, MediatuiError] = field(default_factory=dict)


async def plan_search_again(
    settings: Settings, links: Sequence[LibraryLink], connect: Connect | None = None, report: Report = lambda text: None
) -> Plan:
    """The plan to search another release in place of each of these dead links: the links are removed, their series and
    films rescanned, and just their episodes and films searched. Links that no service has a file at, and whose film or
    episode by name no service misses, stay, with a note.

    Each service that can have one of them is asked once for its list. ``connect`` makes its client, by default from the
    settings; ``report`` is called when an answer takes long. Raises UsageError when no service is enabled, and a
    service's error when because of it nothing can be planned.
    """
    services = [service for service in settings.services if service.enabled]
    if not services:
        raise UsageError(
            "Neither Sonarr nor Radarr is enabled.",
            "Name its address and key: mediatui config set sonarr.url URL, sonarr.api_key, sonarr.enabled true",
        )
    from mediatui.services.arr.client import configured_arr
    from mediatui.services.arr.roots import RootFolders

    make = connect if connect is not None else functools.partial(configured_arr, settings)
    folders = RootFolders(settings, make)
    dead = {os.fsdecode(link.path): link for link in links if link.state in REMOVABLE}
    found = _Found()
    for service in services:
        mine = _can_be_of(settings, service, dead)
        for path in mine:
            found.asked.setdefault(path, []).append(service)
        left = {path: dead[path] for path in mine if path not in found.to_remove}
        if not left:
            continue
        try:
            query = functools.partial(
                _query_service,
                settings=settings,
                folders=folders,
                links={path: dead[path] for path in left},
                found=found,
                report=report,
            )
            await _with(make(service.name), query)
        except (ServiceError, UsageError) as error:
            found.errors[service.name] = error
    if found.errors and not found.notify_steps:
        raise next(iter(found.errors.values()))
    steps: list[Step] = [_removal(dead[path], found.marks.get(path)) for path in dead if path in found.to_remove]
    title = f"Ask for another release of {counted(len(steps), 'link')}"
    return Plan("ask", title, (*found.marks.values(), *steps, *found.notify_steps), tuple(_notes(links, found)))


def _removal(link: LibraryLink, mark: ArrBlocklist | None) -> UnlinkSymlink:
    """The step that removes a dead link; where its release is to be marked first, only once that is done."""
    plain = unlink_step(link)
    if mark is None:
        return plain
    return UnlinkWhenBlocked(
        what=plain.what, path=plain.path, target=plain.target, torrent=plain.torrent, state=plain.state,
        reason=plain.reason, service=mark.service, item=mark.item,
    )  # fmt: skip


def _can_be_of(settings: Settings, service: ArrSettings, paths: Iterable[str]) -> list[str]:
    """The paths that can belong to a service, by their folders, and by their names where folders say nothing. A service
    is not asked, nor waited for, about the others."""
    roots = configured_roots(settings)
    mine = can_hold(settings, service, paths)
    if service.kind == "sonarr":
        return mine
    return [path for path in mine if kind_of(os.fsencode(path), roots) or _numbers(path) is None]


def _numbers(path: str) -> EpisodeNumbers | None:
    """Season and episodes of a link by the strict rule."""
    return episodes_of(os.path.basename(path), names_of(os.fsencode(os.path.dirname(path))))


async def _with(arr: Arr, work: Callable[[Arr], Awaitable[None]]) -> None:
    try:
        await work(arr)
    finally:
        await arr.close()


async def _query_service(
    arr: Arr,
    *,
    settings: Settings,
    folders: RootFolders,
    links: Mapping[str, LibraryLink],
    found: _Found,
    report: Report,
) -> None:
    from mediatui.services.arr.library import ArrLibrary
    from mediatui.settings.places import configured_path_map

    arr.on_wait = report
    library = ArrLibrary(arr, configured_path_map(settings, arr.name), folders)
    wanted: list[tuple[Affected, dict[str, tuple[int, ...]]]] = []
    unmonitored: dict[int, int] = {}
    affected = await library.affected([*links])
    if not affected and not await library.meets(map(os.fsdecode, configured_roots(settings))):
        why = f"{arr.title} has no root folder in the library: is {settings.arr(arr.name).section}.path_map right?"
        found.why_not.update(dict.fromkeys(links, why))
    for item in affected:
        records = await library.records(item.item)
        ids_at: dict[str, tuple[int, ...]] = {}
        for path in item.paths:
            ids = records.at(path) or ()
            if not ids:
                ids, why = _by_name(arr, item, records, path)
                if why:
                    found.why_not[path] = f"{arr.title} knows {printable(item.title)}, but {why}"
                    continue
            ids_at[path] = ids
        if ids_at:
            wanted.append((item, ids_at))
            unmonitored[item.item] = len({i for ids in ids_at.values() for i in ids} - records.monitored)
        found.to_remove |= ids_at.keys()
        found.marks |= await _marks(arr, item, records, [(links[path], ids) for path, ids in ids_at.items()])
    found.notify_steps += steps_to_notify(arr, [item for item, _ in wanted], wanted, unmonitored=unmonitored)


async def _marks(
    arr: Arr, item: Affected, records: Records, links: Sequence[tuple[LibraryLink, tuple[int, ...]]]
) -> dict[str, ArrBlocklist]:
    """The steps that mark the releases these links are from as failed, by path: those that the service has grabbed."""
    grabs = await arr.grabs(item.item)
    found: dict[str, ArrBlocklist] = {}
    for link, ids in links:
        grab, path = latest_grab(grabs, ids), os.fsdecode(link.path)
        if grab is not None:
            found[path] = ArrBlocklist(
                what=f"{arr.title}: {printable(item.title)} {records.names(ids)}".rstrip(), service=arr.name,
                item=item.item, title=item.title, ids=ids, event=grab.id, release=grab.source_title, path=path,
                target=os.fsdecode(link.target), state=link.state, torrent=link.torrent_id,
                reason=f"{printable(grab.source_title)} died, so that no search brings it again",
            )  # fmt: skip
    return found


def _by_name(arr: Arr, item: Affected, records: Records, path: str) -> tuple[tuple[int, ...], str]:
    """The episodes or film of a link without a record, by the strict rule of its name, if they are monitored and
    missing; else the reason why they are not searched."""
    no_file = "has no file at this path"
    if arr.kind == "radarr":
        if records.files:
            return (), no_file
        return ((item.item,), "") if records.monitored else ((), f"{no_file}, and does not monitor it")
    numbers = _numbers(path)
    if numbers is None:
        return (), f"{no_file}, and its name has no episode number"
    episode_ids = [
        episode.id
        for episode in records.episodes
        if episode.season_number == numbers.season and episode.episode_number in numbers.episodes
    ]
    if not episode_ids:
        return (), f"{no_file}, and no {numbers}"
    missing = [episode_id for episode_id in episode_ids if episode_id in records.bare]
    if monitored := tuple(episode_id for episode_id in missing if episode_id in records.monitored):
        return monitored, ""
    if missing:
        return (), f"{no_file}, and does not monitor {numbers}"
    return (), f"{no_file}: it has another one of {numbers}"


def _notes(links: Sequence[LibraryLink], found: _Found) -> list[tuple[str, str]]:
    """The links that stay, each with the reason."""
    notes = []
    for link in links:
        path = os.fsdecode(link.path)
        if link.state not in REMOVABLE:
            notes.append((printable(path), f"it is {link.state}: that is not removed"))
        elif path not in found.to_remove:
            notes.append((printable(path), found.why_not.get(path) or _who_does_not(found, path)))
    return notes


def _who_does_not(found: _Found, path: str) -> str:
    """Why no service searches for a link that none is known to have."""
    asked = found.asked.get(path, [])
    failed = " ".join(found.errors[service.name].message for service in asked if service.name in found.errors)
    names = [service.title for service in asked]
    if not names:
        return "by its folders it belongs to no enabled service"
    return failed or (
        f"{names[0]} does not know it" if len(names) == 1 else f"neither {join_words(names, 'nor')} knows it"
    )
