"""Whether media servers answer and show the library: what doctor and the settings screen say of them."""

from __future__ import annotations

import contextlib
import functools
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mediatui.commands.checks import Check
from mediatui.commands.server_reports import missed_texts, waiting_text
from mediatui.library.series_layout import homes_of_series
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.media_server import SERVER_TITLES, ServerLibrary, ServerName
from mediatui.model.text import join_words, printable
from mediatui.settings.places import configured_roots
from mediatui.store.database import open_reader
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from mediatui.runtime.invocation import Invocation
    from mediatui.settings import Settings

START_S = 10.0
"""How many seconds a server that starts up is waited for."""


async def check_media_servers(
    invocation: Invocation, settings: Settings, names: Sequence[ServerName] | None = None
) -> list[Check]:
    """How each of these servers is, or each that is in use; some requests each."""
    from mediatui.services.media_servers import used_servers

    found = []
    for name in used_servers(settings) if names is None else names:
        found += await _check(invocation, settings, name)
    return found


def check_reports(database: Path) -> list[Check]:
    """What waits to be reported to media servers, and what they have not taken; no check where nothing does."""
    if not database.exists():
        return []
    with contextlib.closing(open_reader(database)) as connection:
        waiting, missed = waiting_text(connection), missed_texts(connection, time.time())
    again = "The open app and transfers run try again by themselves."
    look = "Whether the server sees it: mediatui --headless paths test PATH"
    found = [(waiting, again)] if waiting else []
    return [Check("reports", "warning", f"{text}.", hint) for text, hint in (*found, *((one, look) for one in missed))]


async def layout_checks(settings: Settings, name: ServerName, libraries: Sequence[ServerLibrary]) -> list[Check]:
    """What of the folders of its libraries Jellyfin would take for series although series lie below it."""
    from mediatui.changes.servers.places import ServerPlaces

    if name != "jellyfin":
        return []
    title, places = SERVER_TITLES[name], ServerPlaces.of(settings, name, libraries)
    found = []
    for library in places.libraries:
        for location in library.locations if library.kind == "series" else ():
            ours = places.ours(location)
            homes = () if ours is None else await in_thread(functools.partial(homes_of_series, ours))
            if any(one != ours for one in homes):
                shown = f"{printable(location)} ({printable(library.title)})"
                text = f"{title} takes folders in {shown} for series that are none"
                hint = f"Folders to have in that library: {', '.join(printable(places.theirs(one)) for one in homes)}."
                found.append(Check(name, "warning", f"{text}.", hint))
    return found


async def _check(invocation: Invocation, settings: Settings, name: ServerName) -> list[Check]:
    """How one server is."""
    found, libraries = await _reach(invocation, settings, name)
    return [found, *await layout_checks(settings, name, libraries)]


async def _reach(invocation: Invocation, settings: Settings, name: ServerName) -> tuple[Check, Sequence[ServerLibrary]]:
    """Whether a server answers and shows the library; its libraries, none where it was not asked."""
    from mediatui.changes.servers.places import ServerPlaces
    from mediatui.commands.connect_media_servers import make_media_server

    try:
        server = make_media_server(settings, invocation, name, START_S)
    except MediatuiError as error:
        return Check(name, "problem", error.message, error.hint), ()
    try:
        began = time.monotonic()
        about = await server.about()
        took = (time.monotonic() - began) * 1000
        libraries = await server.libraries()
    except MediatuiError as error:
        return Check(name, "problem", error.message, error.hint), ()
    finally:
        await server.close()
    title = SERVER_TITLES[name]
    text = f"{printable(about)} answers in {took:,.0f} ms"
    known = {one.title.casefold() for one in libraries}
    named = (*settings.media_server(name).libraries, *settings.media_server(name).ignore)
    if missing := [printable(one) for one in named if one.casefold() not in known]:
        return Check(
            name, "problem", f"{text}; it has no library {join_words(missing, 'or')}.",
            f"Correct {name}.libraries and {name}.ignore. There are: {_titles(libraries)}.",
        ), ()  # fmt: skip
    places = ServerPlaces.of(settings, name, libraries)
    roots = [os.fsdecode(root) for root in configured_roots(settings)]
    if roots and not any(places.meets(root) for root in roots):
        return Check(
            name, "warning", f"{text}, but none of its libraries ({_titles(libraries)}) shows the library of links.",
            f"Add its folders to a library of {title}, or say where {title} sees them.",
        ), ()  # fmt: skip
    return Check(name, "ok", f"{text}, {counted(len(places.libraries), 'library', 'libraries')} in use."), libraries


def _titles(libraries: Sequence[ServerLibrary]) -> str:
    return ", ".join(printable(one.title) for one in libraries) or "none"
