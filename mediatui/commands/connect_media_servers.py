"""The clients of the media servers of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediatui.model.media_server import ServerName

if TYPE_CHECKING:
    from mediatui.runtime.invocation import Invocation
    from mediatui.services.media_server import MediaServer
    from mediatui.settings import Settings


def make_media_server(
    settings: Settings, invocation: Invocation, name: ServerName, start_s: float | None = None
) -> MediaServer:
    """A client of a media server, in the demo of the simulated one; ``start_s`` is how long it is waited for while it
    starts up. Raises UsageError when its address or key is unusable."""
    from mediatui.services.media_servers import configured_server

    transports = None
    if invocation.demo:
        from mediatui.demo.media_servers import server_transports

        transports = server_transports(invocation.paths.database)
    return configured_server(settings, name, transports, start_s)
