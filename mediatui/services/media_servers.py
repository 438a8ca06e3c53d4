"""The media servers of the settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mediatui.model.media_server import SERVER_TITLES, ServerName

if TYPE_CHECKING:
    from mediatui.services.http import Transport
    from mediatui.services.media_server import MediaServer
    from mediatui.settings import Settings


def used_servers(settings: Settings) -> list[ServerName]:
    """The media servers that are in use."""
    return [name for name in SERVER_TITLES if settings.media_server(name).enabled]


def configured_server(
    settings: Settings,
    name: ServerName,
    transports: Mapping[ServerName, Transport] | None = None,
    start_s: float | None = None,
) -> MediaServer:
    """A client of a media server, to be closed by the caller. ``transports`` stand in for the network; ``start_s`` is
    how long it is waited for while it starts up. Raises UsageError when its address or key is unusable."""
    transport = (transports or {}).get(name)
    if name == "plex":
        from mediatui.services.plex.client import configured_plex

        return configured_plex(settings, transport, start_s=start_s)
    from mediatui.services.jellyfin.client import configured_jellyfin

    return configured_jellyfin(settings, transport, start_s=start_s)
