"""The plan that has Sonarr or Radarr replace dead links by their own search. The links go last, and only when what
takes their place is in the queue there."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mediatui.changes.steps.arr import can_hold
from mediatui.changes.steps.arr_replace import ArrReplace, UnlinkWhenFetched
from mediatui.library.links.unlink import unlink_step
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.human import counted
from mediatui.model.plan import Plan, Step
from mediatui.model.text import printable
from mediatui.services.errors import ServiceError
from mediatui.store.library.links import LibraryLink

if TYPE_CHECKING:
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.library import Affected, ArrLibrary, Records
    from mediatui.settings import Settings
    from mediatui.settings.arr import ArrSettings

Connect = Callable[[str], "Arr"]
NO_RECORD = "neither Sonarr nor Radarr has it on record"


@dataclass(slots=True)
class _Found:
    searches: list[Step] = field(default_factory=list)
    unlinks: list[Step] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    errors: list[MediatuiError] = field(default_factory=list)


async def plan_through_arr(
    settings: Settings, links: Sequence[LibraryLink], connect: Connect, notes: Sequence[tuple[str, str]]
) -> Plan:
    """The plan for these dead links; those that no service has on record are among its notes. Each service is asked
    once for its list. Raises UsageError when no service is enabled, and a service's error when because of it nothing
    can be planned."""
    from mediatui.services.arr.library import ArrLibrary
    from mediatui.services.arr.roots import RootFolders
    from mediatui.settings.places import configured_path_map

    services = [service for service in settings.services if service.enabled]
    if not services:
        raise UsageError(
            "Neither Sonarr nor Radarr is enabled.", "Without --through-arr another file is looked for by mediatui."
        )
    folders = RootFolders(settings, connect)
    found = _Found()
    by_path = {os.fsdecode(link.path): link for link in links}
    for service in services:
        arr = connect(service.name)
        try:
            library = ArrLibrary(arr, configured_path_map(settings, arr.name), folders)
            await _ask(settings, service, library, by_path, found)
        except ServiceError as error:
            found.errors.append(error)
        finally:
            await arr.close()
    if found.errors and not found.searches:
        raise found.errors[0]
    left = [(printable(path), _why_left(found)) for path in by_path if path not in found.known]
    steps = (*found.searches, *found.unlinks)
    title = f"Have another release searched for {counted(len(found.unlinks), 'dead link')}"
    says = ("A link goes only once what takes its place is in the queue there; until then it stays.",)
    return Plan("replace", title, steps, (*notes, *left), says=says if steps else ())


def _why_left(found: _Found) -> str:
    return found.errors[0].message.rstrip(".") if found.errors else NO_RECORD


async def _ask(
    settings: Settings, service: ArrSettings, library: ArrLibrary, by_path: dict[str, LibraryLink], found: _Found
) -> None:
    mine = [path for path in can_hold(settings, service, by_path) if path not in found.known]
    for item in await library.affected(mine):
        records = await library.records(item.item)
        for path in item.paths:
            ids = records.at(path)
            if ids:
                found.known.add(path)
                _plan_one(library.arr, item, records, by_path[path], ids, found)


def _plan_one(
    arr: Arr, item: Affected, records: Records, link: LibraryLink, ids: tuple[int, ...], found: _Found
) -> None:
    name = f"{arr.title}: {printable(item.title)} {records.names(ids)}".rstrip()
    path = os.fsdecode(link.path)
    found.searches.append(
        ArrReplace(
            what=name, service=arr.name, item=item.item, title=item.title, ids=ids, path=path,
            reason="the release that died is blocklisted first, if it was grabbed there",
        )
    )  # fmt: skip
    plain = unlink_step(link)
    found.unlinks.append(
        UnlinkWhenFetched(
            what=plain.what, path=path, target=plain.target, torrent=plain.torrent, state=plain.state,
            reason="once the other release is in the queue", service=arr.name, item=item.item, title=item.title,
            ids=ids,
        )
    )  # fmt: skip
