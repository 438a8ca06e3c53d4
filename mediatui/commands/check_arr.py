"""Whether a Sonarr or Radarr can be used, and what its own settings mean for the library: what doctor and the settings
screen say of it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from mediatui.changes.arr_holds import does_hang
from mediatui.commands.checks import Check
from mediatui.commands.path_sides import in_time
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.text import join_words, printable
from mediatui.services.errors import ServiceError
from mediatui.settings.places import configured_path_map, configured_roots
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.links_to_folders import links_to_folders
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mediatui.runtime.invocation import Invocation
    from mediatui.services.arr.activity import Management
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.library import ArrLibrary
    from mediatui.services.arr.path_map import ProposedMap, RootsComparison
    from mediatui.services.arr.records import RootFolder
    from mediatui.settings import Settings
    from mediatui.settings.arr import ArrSettings

START_S: Final = 10.0
"""How many seconds a service that starts up is waited for."""
MOST_NAMED: Final = 3
NO_PAGE: Final = 404
SUBTITLES: Final = (b".srt", b".ass", b".ssa", b".sub", b".idx", b".vtt", b".sup")


async def check_arr(invocation: Invocation, service: ArrSettings, settings: Settings) -> list[Check]:
    """Whether it is reachable with its key, sees the library where we see it, and has what the settings want for what
    is added; and when it does, whether its root folders are as they have to be, and what its own settings do. None of
    its requests changes anything."""
    from mediatui.acquire.adding import what_it_lacks
    from mediatui.commands.connect_arr import make_arr
    from mediatui.services.arr.library import ArrLibrary
    from mediatui.services.arr.path_map import compare_roots
    from mediatui.services.arr.roots import RootFolders

    try:
        arr = make_arr(settings, invocation, service.name, START_S)
    except MediatuiError as error:
        return [Check(service.name, "problem", error.message, error.hint)]
    try:
        began = time.monotonic()
        status = await arr.status()
        latency = (time.monotonic() - began) * 1000
        path_map = configured_path_map(settings, service.name)
        compared = await compare_roots(arr, path_map, [os.fsdecode(root) for root in configured_roots(settings)])
        lacks = await what_it_lacks(arr, service)
        name = printable(status.instance_name or status.app_name)
        text = f"{name} {printable(status.version)} answers in {latency:,.0f} ms"
        if (wrong := _wrong_roots(service, text, compared)) is not None:
            return [wrong]
        checks = [Check(service.name, "ok", f"{text}.")]
        if lacks is not None:
            text = f"{text}, but nothing can be added to it. {lacks.message}"
            checks = [Check(service.name, "warning", text, lacks.hint)]
        folders = RootFolders(settings, lambda name: make_arr(settings, invocation, name))
        library = ArrLibrary(arr, path_map, folders)
        return [*checks, *await _check_more(library, service, settings, compared.roots)]
    except MediatuiError as error:
        return [Check(service.name, "problem", error.message, error.hint)]
    finally:
        await arr.close()


async def _check_more(
    library: ArrLibrary, service: ArrSettings, settings: Settings, roots: Sequence[RootFolder]
) -> list[Check]:
    """Its root folders, what lies in them, and its own settings; of what it does not answer only that, and nothing of
    a page that this version does not have."""
    checks: list[Check] = []
    try:
        if any(root.accessible and root.free_space is None for root in roots) and not await does_hang(library.arr):
            roots = await library.arr.root_folders()  # the first answer was a moment's
        for root in roots:
            checks += await in_time(library.arr.title, root.path, _check_root(library, root))
        ours = [library.path_map.to_ours(root.path) for root in roots]
        checks += await _check_links(service, settings, ours)
        checks.append(await _check_settings(library.arr, service))
        return [*checks, *await _check_clients(library.arr, service)]
    except ServiceError as error:
        if error.status == NO_PAGE:
            return checks
        return [*checks, Check(f"{service.name} media", "problem", error.message, error.hint)]


def _wrong_roots(service: ArrSettings, text: str, compared: RootsComparison) -> Check | None:
    """What is wrong when it sees the library elsewhere, or not at all."""
    if compared.blind:
        roots = ", ".join(printable(root.path) for root in compared.roots)
        return Check(
            service.name, "warning", f"{text}, but none of its root folders ({roots}) is in the library.",
            _other_paths(service, compared.proposal),
        )  # fmt: skip
    if away := [printable(root.path) for root in compared.meeting if not root.accessible]:
        return Check(
            service.name, "warning", f"{text}, but cannot get at its root folder {', '.join(away)}.",
            "It takes a folder that is away for an empty one: mount it there, or give it the right to read it.",
        )  # fmt: skip
    return None


def _other_paths(service: ArrSettings, proposal: ProposedMap | None) -> str:
    """What helps when a service sees the library under other paths."""
    if proposal is None:
        return f"If it sees the library under another path, say so in {service.section}.path_map."
    why = "a folder of that name is there"
    if proposal.found:
        what = "series" if service.kind == "sonarr" else "films"
        why = f"{proposal.found:,} of {proposal.looked_for:,} folders of its {what} searched for are found so"
    return f"It sees the library under another path ({why}): {proposal.command(service.section)}"


async def _check_root(library: ArrLibrary, root: RootFolder) -> list[Check]:
    """What is wrong with a root folder of its: a mount hangs there, or it looks as that of an absent volume does (HR2,
    HR8); nothing when it is well. Raises ServiceError."""
    trouble = await library.trouble_of_root(root)
    if not trouble.why:
        return []
    hint = "Mount it again there; nothing is imported, moved or rescanned in it while it is so."
    return [Check(f"{library.arr.name} roots", "problem", f"{library.arr.title}: {printable(trouble.why)}.", hint)]


async def _check_links(service: ArrSettings, settings: Settings, folders: Sequence[str]) -> list[Check]:
    """Links to folders below its root folders, which it would go through (HR1)."""
    endings = [*settings.library.video_endings, *SUBTITLES]
    found: list[bytes] = []
    for folder in folders:
        path = os.fsencode(folder)
        try:
            found += await in_thread(lambda path=path: ask(links_to_folders, path, endings))  # type: ignore[misc]
        except TimedOut:
            text = f"Whether links below {printable(folder)} lead to folders could not be seen in time."
            return [Check(f"{service.name} links", "warning", text)]
        except OSError:
            continue  # it does not lie here, or the check of the library's roots says why
    if not found:
        return []
    named = [printable(os.fsdecode(one)) for one in found[:MOST_NAMED]]
    more = f" and {len(found) - MOST_NAMED:,} more" if len(found) > MOST_NAMED else ""
    text = f"{counted(len(found), 'link')} below its root folders lead{'s' if len(found) == 1 else ''} to folders: "
    hint = f"{service.title} goes through them when it moves or deletes. Link the files in them, not the folders."
    return [
        Check(
            f"{service.name} links",
            "warning",
            f"{text}{join_words(named) if not more else ', '.join(named)}{more}.",
            hint,
        )
    ]


async def _check_settings(arr: Arr, service: ArrSettings) -> Check:
    """What its own settings do to the library. Raises ServiceError."""
    management, naming = await arr.management(), await arr.naming()
    said = [
        "it renames what it imports" if naming.renames else "what it imports keeps its name",
        f"what it removes goes to {printable(management.recycle_bin)}" if management.recycle_bin else
        "it has no recycle bin: what it removes is gone",
        *_more(management),
    ]  # fmt: skip
    text = f"{service.title}: {'; '.join(said)}."
    if management.set_permissions_linux:
        return Check(
            f"{service.name} media", "warning",
            f"{text} It sets permissions: through a link that changes them on the mount.",
            "Switch it off there: Settings, Media Management, Set Permissions.",
        )  # fmt: skip
    return Check(f"{service.name} media", "ok", text)


async def _check_clients(arr: Arr, service: ArrSettings) -> list[Check]:
    """Which of its download clients do not answer; nothing when all do. Raises ServiceError."""
    if not (away := await arr.clients_away()):
        return []
    text = f"{service.title}: a download client does not answer ({printable(away).rstrip('.')})."
    hint = "What is missing from its queue then says nothing; see its page Settings, Download Clients."
    return [Check(f"{service.name} clients", "warning", text, hint)]


def _more(management: Management) -> list[str]:
    said = []
    if management.unmonitors:
        said.append("what loses its file is no longer monitored")
    if management.delete_empty_folders:
        said.append("it removes folders that have become empty")
    return said
