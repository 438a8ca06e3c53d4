"""Whether the catalogs of films and series answer: what doctor and the settings screen say of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mediatui.commands.checks import Check, State
from mediatui.model.catalog import CATALOG_TITLES, CatalogName
from mediatui.model.errors import MediatuiError

if TYPE_CHECKING:
    from mediatui.runtime.invocation import Invocation
    from mediatui.settings import Settings


def used_catalogs(settings: Settings) -> list[CatalogName]:
    """The catalogs that have a key."""
    section = settings.metadata
    used: tuple[tuple[CatalogName, bool], ...] = (("tmdb", section.has_tmdb), ("tvdb", section.has_tvdb))
    return [name for name, is_used in used if is_used]


async def check_catalogs(invocation: Invocation, settings: Settings) -> list[Check]:
    """Whether each catalog with a key is reachable and accepts it; one request each."""
    from mediatui.commands.connect_catalogs import make_catalogs

    if not settings.metadata.in_use:
        return []
    catalogs = make_catalogs(settings, invocation)
    checks: list[Check] = []
    try:
        for name in used_catalogs(settings):
            began = time.monotonic()
            try:
                client = catalogs.tmdb if name == "tmdb" else catalogs.tvdb
                assert client is not None
                await client.check()
            except MediatuiError as error:
                state: State = "warning" if error.kind == "slow-down" else "problem"
                checks.append(Check(name, state, error.message, error.hint))
            else:
                took = (time.monotonic() - began) * 1000
                checks.append(Check(name, "ok", f"{CATALOG_TITLES[name]} accepts the key, answers in {took:,.0f} ms."))
    finally:
        await catalogs.close()
    return checks
