"""Addresses of a torrent client on a seedbox: the ways in, and which of them stay on this machine or its network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

Way = Literal["tcp", "unix", "ssh", "http"]
"""SCGI over TCP, over a unix socket, over a socket or a port of the seedbox through an SSH login; HTTP."""
_SCHEMES: Final = {"scgi": "tcp", "ssh+scgi": "ssh", "http": "http", "https": "http"}
_PRIVATE_NAMES: Final = (".localhost", ".local", ".internal", ".home.arpa")
_PRIVATE_NETWORKS: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
"""Networks that are led to from nowhere outside (RFC 1918, 6598, 4193)."""
HTTPRPC: Final = "action.php"
"""How the address of ruTorrent's own way in ends."""


@dataclass(frozen=True, slots=True)
class SeedboxAddress:
    """Where a client listens: ``text`` is the whole address, ``path`` that of the socket, or what comes behind the
    host."""

    text: str
    way: Way
    host: str = ""
    port: int = 0
    path: str = ""

    @property
    def is_httprpc(self) -> bool:
        """Whether it is the way in of ruTorrent, which passes on a part of all calls only."""
        return self.way == "http" and self.path.endswith(HTTPRPC)

    @property
    def is_secret(self) -> bool:
        """Whether what is sent stays unread: over https, through SSH, on this machine or its private network."""
        return self.way in ("unix", "ssh") or self.text.startswith("https:") or is_private(self.host)


def read_seedbox_address(text: str) -> SeedboxAddress:
    """The address that a text means. Raises ValueError for one that is none, that has a login in it, or that has no
    port or path where one is needed."""
    text = text.strip().rstrip("/")
    parts = urlsplit(text)
    way = _SCHEMES.get(parts.scheme)
    if way is None or any(char.isspace() for char in text):
        raise ValueError("not an address")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("an address with a login or a query")
    path = unquote(parts.path)
    if way == "http":
        if not parts.hostname or not path.strip("/"):
            raise ValueError("an address without a path")
        return SeedboxAddress(text, "http", parts.hostname, parts.port or 0, parts.path)
    if not parts.netloc:
        if not path.startswith("/") or len(path) < 2 or "\0" in path:
            raise ValueError("not the path of a socket")
        return SeedboxAddress(text, "ssh" if way == "ssh" else "unix", path=path)
    if not parts.hostname or not parts.port or path:
        raise ValueError("not a host with a port")
    return SeedboxAddress(text, "ssh" if way == "ssh" else "tcp", parts.hostname, parts.port)


def is_private(host: str) -> bool:
    """Whether a host is this machine or in its private network, as far as its name tells."""
    import ipaddress  # imported late: every command reads the settings, and most have no seedbox

    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = host.lower().rstrip(".")
        return bool(name) and ("." not in name or name.endswith(_PRIVATE_NAMES))
    networks = map(ipaddress.ip_network, _PRIVATE_NETWORKS)
    return address.is_loopback or address.is_link_local or any(address in network for network in networks)
