"""The client of the seedbox of this run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediatui.model.errors import UsageError

if TYPE_CHECKING:
    from mediatui.runtime.invocation import Invocation
    from mediatui.services.torrent_client import TorrentClient
    from mediatui.settings import Settings


def make_seedbox(settings: Settings, invocation: Invocation) -> TorrentClient:
    """A client of the configured seedbox, to be closed. Raises UsageError when its address is unusable, and in the
    demo, which has none and uses no network."""
    from mediatui.services.rtorrent.configured import configured_rtorrent

    if invocation.demo:
        raise UsageError("The demo has no seedbox, and asks none.", "Leave out --demo to reach yours.")
    return configured_rtorrent(settings.seedbox)
