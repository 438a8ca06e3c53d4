"""The catalogs of films and series that have a key in the settings."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mediatui.services.http import Transport
    from mediatui.services.tmdb.client import Tmdb
    from mediatui.services.tvdb.client import Tvdb
    from mediatui.settings import Settings


class Catalogs:
    """The clients of TMDB and TVDB, each made when it is first needed; one without a key costs nothing. ``close`` them
    when done. The transports stand in for the network."""

    def __init__(self, settings: Settings, tmdb: Transport | None = None, tvdb: Transport | None = None) -> None:
        self._settings = settings.metadata
        self._tmdb_transport, self._tvdb_transport = tmdb, tvdb

    def __bool__(self) -> bool:
        """Whether one of them has a key."""
        return self._settings.in_use

    @functools.cached_property
    def tmdb(self) -> Tmdb | None:
        """TMDB; None without a key. Raises UsageError for one that cannot be a key."""
        if not self._settings.has_tmdb:
            return None
        from mediatui.services.catalog_http import Wire
        from mediatui.services.tmdb.client import Tmdb

        wire = Wire(transport=self._tmdb_transport)
        return Tmdb(self._settings.tmdb_key, self._settings.languages, wire)

    @functools.cached_property
    def tvdb(self) -> Tvdb | None:
        """TVDB; None without a key. Raises UsageError for one that cannot be a key."""
        if not self._settings.has_tvdb:
            return None
        from mediatui.services.catalog_http import Wire
        from mediatui.services.tvdb.client import Tvdb

        section = self._settings
        wire = Wire(transport=self._tvdb_transport)
        return Tvdb(section.tvdb_key, section.tvdb_pin, section.languages, wire)

    async def close(self) -> None:
        """Closes connections of those that were used."""
        for name in ("tmdb", "tvdb"):
            client = self.__dict__.pop(name, None)
            if client is not None:
                await client.close()
