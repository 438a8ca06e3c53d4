"""The account that torrents are on, as jobs and steps use it: what a provider has to offer, and what it answers.

Every call of ``DebridAccount`` raises ServiceError (``services.errors``). A provider's client translates its own
statuses, error codes and forms of links into those of the archive: ``model.torrent`` has the statuses,
``model.link_codes`` the codes.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from mediatui.model.stream import DirectBody, MediaInfo, StreamAddress
from mediatui.model.torrent import ListedTorrent, TorrentDetail


@dataclass(frozen=True, slots=True)
class Account:
    """Who the token belongs to; ``premium_seconds`` left, 0 for a free account."""

    id: int
    username: str
    email: str
    type: str
    premium_seconds: int
    expiration: str

    @property
    def premium_days(self) -> int:
        """Whole premium days left."""
        return self.premium_seconds // 86_400


@dataclass(frozen=True, slots=True)
class ActiveCount:
    """Active torrents now, and the slots of the account."""

    nb: int
    limit: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of the list: its rows, the account's count (None when the service sent none), and the page's own."""

    rows: tuple[ListedTorrent, ...]
    total: int | None
    raw_count: int


@dataclass(frozen=True, slots=True)
class PageInParts:
    """A page of the list: the account's count (None when the service sent none), and its rows to be read once, part
    by part; reading them raises BadAnswer."""

    total: int | None
    parts: AsyncIterator[list[ListedTorrent]]


@dataclass(frozen=True, slots=True)
class Unrestricted:
    """A direct link: ``id`` is its row in the download list, ``bytes`` 0 when not known. ``download`` is a secret."""

    id: str
    filename: str
    bytes: int
    link: str
    download: str = field(repr=False)
    streamable: bool


class DebridAccount(Protocol):
    """An account of a debrid service, within its budget of requests."""

    async def account(self) -> Account:
        """Who the account belongs to, asked once for as long as this client lives."""
        ...

    async def active_count(self) -> ActiveCount:
        """How many torrents are active, and how many may be."""
        ...

    async def torrents_page(self, page: int, limit: int) -> ListPage:
        """Page ``page`` (from 1) of the list, newest first, ``limit`` rows (at most 5000) a page."""
        ...

    async def torrents_in_parts(self, page: int, limit: int, *, only_active: bool = False) -> PageInParts:
        """The same page, to be read part by part, however many rows the service puts into it."""
        ...

    async def torrent(self, torrent_id: str, *, interactive: bool = False) -> TorrentDetail:
        """One torrent, whole; ``interactive`` requests do not queue behind a running sync. Raises NotFound."""
        ...

    async def add_magnet(self, magnet: str) -> str:
        """Adds a magnet; returns the id of the entry. Raises Infringing for a blocked name or an account whose adds
        are paused, NoSlot when too many are active, Uncertain when it may have been added."""
        ...

    async def add_torrent(self, content: bytes) -> str:
        """Adds a .torrent file; returns and raises like ``add_magnet``."""
        ...

    async def select_files(self, torrent_id: str, files: Sequence[int] | None) -> None:
        """Selects files by id (None: all of them); that they already are is no error."""
        ...

    async def delete_torrent(self, torrent_id: str) -> bool:
        """Takes a torrent off the account; False when it was not there any more."""
        ...

    async def unrestrict(self, link: str) -> Unrestricted:
        """A direct link for one of the account's links. Raises DeadLink, Infringing, Exhausted."""
        ...

    async def download_status(self, made: Unrestricted) -> int:
        """The HTTP status of a direct link, asked for without any credentials. Raises Unreachable when no connection to
        its server can be made, Transient when that does not answer."""
        ...

    async def stream_addresses(self, download_id: str) -> tuple[StreamAddress, ...]:
        """Where the service streams a file that was unrestricted, by the id of its row in the download list."""
        ...

    async def media_info(self, download_id: str) -> MediaInfo | None:
        """Tracks, codecs and length of a file that was unrestricted; None when the service knows nothing of it."""
        ...

    def read_direct(self, url: str, first: int = 0) -> AbstractAsyncContextManager[DirectBody]:
        """What a direct link leads to, from the byte ``first`` on where its server skips. Raises LinkExpired when a
        fresh link may lead there, DeadLink, Exhausted, SlowDown, Transient, BadAnswer."""
        ...

    async def download_ids(self) -> set[str]:
        """The ids of the account's download list, all of it. Raises BadAnswer when what came is not the whole list."""
        ...

    async def delete_download(self, download_id: str) -> bool:
        """Takes a row off the download list; False when it was not there any more."""
        ...

    def lasting_link(self, link: str) -> str:
        """The form of a link that names the file for good, and for every account."""
        ...
