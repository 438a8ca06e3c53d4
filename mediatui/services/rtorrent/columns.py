"""The columns that rTorrent is asked for, and the records they become."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from mediatui.model.seedbox import SeedboxFile, SeedboxPeer, SeedboxTorrent, SeedboxTracker, SeenTorrent
from mediatui.services.rtorrent.scan import Row

NOTE: Final = "mediatui"
"""The name of our own note beside a torrent."""
TRACKERS_OF_ROW: Final = 'cat="$t.multicall=d.hash=,t.url=,cat={#}"'
"""The addresses of a torrent's trackers in one cell, each with ``#`` behind it."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a list, and the kind of their cells (see ``RowScan``)."""

    commands: tuple[str, ...]
    kinds: str


def _columns(*given: str) -> Columns:
    """Columns written as ``s:command`` and ``i:command``."""
    return Columns(tuple(one[2:] for one in given), "".join(one[0] for one in given))


ALL: Final = _columns(
    "s:d.hash=", "s:d.name=", "s:d.directory=", "s:d.base_path=", "i:d.size_bytes=", "i:d.bytes_done=", "i:d.complete=",
    "i:d.hashing=", "i:d.is_open=", "i:d.is_active=", "i:d.state=", "s:d.message=", "i:d.ratio=", "i:d.up.total=",
    "i:d.up.rate=", "i:d.down.rate=", "s:d.custom1=", f"s:d.custom={NOTE}", "i:d.load_date=", "i:d.timestamp.finished=",
    "i:d.is_private=", "i:d.is_meta=", f"s:{TRACKERS_OF_ROW}",
)  # fmt: skip
"""What a row of the list is made of."""
MOVING: Final = _columns(
    "s:d.hash=", "i:d.bytes_done=", "i:d.down.rate=", "i:d.up.rate=", "i:d.complete=", "i:d.is_active=", "s:d.message="
)
"""What changes from one poll to the next."""
SEEN: Final = _columns(
    "s:d.name", "s:d.directory", "s:d.base_path", "i:d.bytes_done", "i:d.complete", "i:d.hashing", "i:d.is_open",
    "i:d.is_active", "i:d.state", "s:d.message", "s:d.custom1", f"s:d.custom={NOTE}", "i:d.is_meta",
)  # fmt: skip
"""What shows whether a torrent is as it was sent: calls on its hash, with a parameter behind ``=``."""
FILES: Final = _columns(
    "s:f.path=", "i:f.size_bytes=", "i:f.completed_chunks=", "i:f.size_chunks=", "i:f.priority="
)  # fmt: skip
TRACKERS: Final = _columns(
    "s:t.url=", "i:t.is_enabled=", "i:t.failed_counter=", "i:t.scrape_complete=", "i:t.scrape_incomplete=",
    "i:t.success_time_last=",
)  # fmt: skip
PEERS: Final = _columns("s:p.address=", "s:p.client_version=", "i:p.completed_percent=", "i:p.down_rate=")


def read_torrent(row: Row) -> SeedboxTorrent:
    """The record of a row of ``ALL``."""
    return SeedboxTorrent(
        row[0].lower(), row[1], row[2], row[3], int(row[4]), int(row[5]), row[6] != "0", row[7] != "0", row[8] != "0",
        row[9] != "0", row[10] != "0", row[11], int(row[12]) / 1000, int(row[13]), int(row[14]), int(row[15]), row[16],
        row[17], int(row[18]), int(row[19]), row[20] != "0", row[21] != "0", tracker_host(row[22]),
    )  # fmt: skip


def read_seen(hash: str, row: Row) -> SeenTorrent:  # noqa: A002 - the word of the whole program
    """The record of what the calls of ``SEEN`` on a hash returned."""
    return SeenTorrent(
        hash, row[0], row[1], row[2], int(row[3]), row[4] != "0", row[5] != "0", row[6] != "0", row[7] != "0",
        row[8] != "0", row[9], row[10], row[11], row[12] != "0",
    )  # fmt: skip


def read_file(index: int, row: Row) -> SeedboxFile:
    """The record of the row of ``FILES`` at this place. A file without bytes is there at once."""
    chunks, of = int(row[2]), int(row[3])
    return SeedboxFile(index, row[0], int(row[1]), min(1.0, chunks / of) if of > 0 else 1.0, int(row[4]))


def read_tracker(row: Row) -> SeedboxTracker:
    """The record of a row of ``TRACKERS``."""
    return SeedboxTracker(
        _without_key(row[0]), row[1] != "0", int(row[2]), max(0, int(row[3])), max(0, int(row[4])), int(row[5])
    )


def read_peer(row: Row) -> SeedboxPeer:
    """The record of a row of ``PEERS``."""
    return SeedboxPeer(row[0], row[1], min(100, max(0, int(row[2]))) / 100, int(row[3]))


@functools.lru_cache(maxsize=4096)
def tracker_host(addresses: str) -> str:
    """The host of the first tracker among addresses that each end in ``#``; empty when there is none. An address may
    hold a key, so nothing else of it is kept."""
    for address in addresses.split("#"):
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.hostname and parts.scheme in ("http", "https", "udp"):
            return parts.hostname
    return ""


def _without_key(address: str) -> str:
    """The scheme, host and port of a tracker's address."""
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "?"
    return f"{parts.scheme}://{parts.hostname}{port}" if parts.hostname else parts.scheme or "?"
