"""The rTorrent of the settings, by the way that its address names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx

from mediatui.model.address import without_keys
from mediatui.model.errors import UsageError
from mediatui.model.seedbox_address import SeedboxAddress, read_seedbox_address
from mediatui.services.rtorrent.client import Closing, RTorrent
from mediatui.services.rtorrent.rpc import Transport
from mediatui.services.rtorrent.scgi import Connect, Scgi, over_tcp, over_unix

if TYPE_CHECKING:
    from mediatui.services.rtorrent.adding import MakeFolder
    from mediatui.settings.seedbox import SeedboxSettings

ThroughSsh = Callable[[str], Connect]
"""Connections through an SSH login to a unix socket on the seedbox, by its path, or to ``host:port`` as the seedbox
sees it. They may raise a ServiceError."""


def configured_rtorrent(
    section: SeedboxSettings,
    *,
    through_ssh: ThroughSsh | None = None,
    make_folder: MakeFolder | None = None,
    closing: Closing | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> RTorrent:
    """A client of the configured rTorrent; nothing is asked yet. ``through_ssh`` is the SSH login, where there is one,
    ``make_folder`` makes folders at the seedbox where rTorrent may not, ``closing`` ends that login, ``transport``
    stands in for HTTP. Raises UsageError for an address that is none or leads through a login that is not there."""
    try:
        address = read_seedbox_address(section.url)
    except ValueError:
        shown = f'"{without_keys(section.url)}" is no address of rTorrent' if section.url else "seedbox.url is not set"
        raise UsageError(
            f"{shown}.", "Such as scgi://127.0.0.1:5000, scgi:///path/of/socket, https://host/RPC2."
        ) from None
    return RTorrent(_way(address, section, through_ssh, transport), make_folder=make_folder, closing=closing)


def _way(
    address: SeedboxAddress,
    section: SeedboxSettings,
    through_ssh: ThroughSsh | None,
    transport: httpx.AsyncBaseTransport | None,
) -> Transport:
    if address.way == "tcp":
        return Scgi(over_tcp(address.host, address.port), address.text, "SCGI over TCP")
    if address.way == "unix":
        return Scgi(over_unix(address.path), address.text, "SCGI over a unix socket")
    if address.way == "ssh":
        if through_ssh is None:
            raise UsageError(
                "seedbox.url leads through an SSH login, and sftp.host is not set.",
                "mediatui --headless config set sftp.host HOST",
            )
        return Scgi(through_ssh(address.path or f"{address.host}:{address.port}"), address.text, "SCGI through SSH")
    from mediatui.services.rtorrent.http import OverHttp  # httpx is needed for this way only

    return OverHttp(
        address, section.user, section.password, verify_tls=section.verify_tls, allow_http=section.allow_http,
        transport=transport,
    )  # fmt: skip
