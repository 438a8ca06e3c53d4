"""The client of the seedbox of this run, and the SSH login that its files come through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediatui.model.errors import UsageError

if TYPE_CHECKING:
    from mediatui.runtime.invocation import Invocation
    from mediatui.services.sftp.client import Sftp
    from mediatui.services.torrent_client import TorrentClient
    from mediatui.settings import Settings


def make_seedbox(settings: Settings, invocation: Invocation) -> TorrentClient:
    """A client of the configured seedbox, to be closed. Raises UsageError when its address is unusable, and in the
    demo, which has none and uses no network."""
    from mediatui.services.rtorrent.configured import configured_rtorrent

    if invocation.demo:
        raise UsageError("The demo has no seedbox, and asks none.", "Leave out --demo to reach yours.")
    if not settings.sftp.host:
        return configured_rtorrent(settings.seedbox)
    files = make_sftp(settings, invocation)
    return configured_rtorrent(
        settings.seedbox, through_ssh=files.through_ssh, make_folder=files.make_folder, closing=files.close
    )


def make_sftp(settings: Settings, invocation: Invocation) -> Sftp:
    """The files of the configured seedbox, to be closed; nothing is connected yet. Raises UsageError in the demo, which
    uses no network."""
    from mediatui.services.sftp.client import Sftp
    from mediatui.services.sftp.host_keys import KnownHosts

    if invocation.demo:
        raise UsageError("The demo has no seedbox, and asks none.", "Leave out --demo to reach yours.")
    known = KnownHosts(invocation.paths.known_hosts)
    return Sftp(settings.sftp, known, connections=settings.sftp.connections)
