"""Whether media servers answer and show the library: what doctor and the settings screen say of them."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mediatui.commands.checks import Check
from mediatui.commands.server_reports import unended_texts
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.media_server import SERVER_TITLES, ServerLibrary, ServerName
from mediatui.model.text import join_words, printable
from mediatui.settings.places import configured_roots
from mediatui.store.database import open_reader

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

    return [await _check(invocation, settings, name) for name in (used_servers(settings) if names is None else names)]


def check_reports(database: Path) -> list[Check]:
    """What waits to be reported to media servers, and what they have not taken; no check where nothing does."""
    if not database.exists():
        return []
    with contextlib.closing(open_reader(database)) as connection:
        texts = unended_texts(connection, time.time())
    hint = "The open app and transfers run try again by themselves."
    return [Check("reports", "warning", f"{text[0].upper()}{text[1:]}.", hint) for text in texts]


async def _check(invocation: Invocation, settings: Settings, name: ServerName) -> Check:
    from mediatui.changes.servers.places import ServerPlaces
    from mediatui.commands.connect_media_servers import make_media_server

    try:
        server = make_media_server(settings, invocation, name, START_S)
    except MediatuiError as error:
        return Check(name, "problem", error.message, error.hint)
    try:
        began = time.monotonic()
        about = await server.about()
        took = (time.monotonic() - began) * 1000
        libraries = await server.libraries()
    except MediatuiError as error:
        return Check(name, "problem", error.message, error.hint)
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
        )  # fmt: skip
    places = ServerPlaces.of(settings, name, libraries)
    roots = [os.fsdecode(root) for root in configured_roots(settings)]
    if roots and not any(places.meets(root) for root in roots):
        return Check(
            name, "warning", f"{text}, but none of its libraries ({_titles(libraries)}) shows the library of links.",
            f"Add its folders to a library of {title}, or say where {title} sees them.",
        )  # fmt: skip
    return Check(name, "ok", f"{text}, {counted(len(places.libraries), 'library', 'libraries')} in use.")


def _titles(libraries: Sequence[ServerLibrary]) -> str:
    return ", ".join(printable(one.title) for one in libraries) or "none"
