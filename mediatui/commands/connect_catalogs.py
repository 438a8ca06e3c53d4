"""The catalogs of films and series of this run: TMDB and TVDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mediatui.runtime.invocation import Invocation
    from mediatui.services.catalogs import Catalogs
    from mediatui.settings import Settings


def make_catalogs(settings: Settings, invocation: Invocation) -> Catalogs:
    """The catalogs that have a key, in the demo the simulated ones. Nothing is asked yet."""
    from mediatui.services.catalogs import Catalogs

    if not invocation.demo:
        return Catalogs(settings)
    from mediatui.demo.catalog_titles import demo_transports

    return Catalogs(settings, *demo_transports(invocation.paths.database))
