"""Finding the torrents of releases: each link is asked of Prowlarr, those of the same release at other indexers after
one that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.model.errors import UsageError
from mediatui.model.magnet import read_magnet
from mediatui.model.release import FoundRelease, Release
from mediatui.model.text import printable
from mediatui.model.torrent_file import read_torrent_file
from mediatui.services.errors import ServiceError
from mediatui.system.torrent_source import TorrentSource

if TYPE_CHECKING:
    from mediatui.services.prowlarr.client import Prowlarr

LONGEST_S: Final = 30.0
"""How long a link is waited for."""


@dataclass(frozen=True, slots=True)
class NotFetched:
    """Why there is no torrent of a release."""

    what: str
    why: str


async def fetch_source(prowlarr: Prowlarr | None, release: Release) -> TorrentSource | NotFetched:
    """The torrent of a release, fetched from the first of its links that has it; by its hash where it has no link, or
    there is no Prowlarr."""
    title = printable(release.first.title)
    if release.first.protocol == "usenet":
        return NotFetched(title, "it is of usenet, which is not sent")
    offers = [one for one in (release.first, *release.also) if one.link] if prowlarr is not None else []
    reasons: list[str] = []
    for offer in offers:
        assert prowlarr is not None
        try:
            async with asyncio.timeout(LONGEST_S):
                return await _fetch(prowlarr, offer)
        except TimeoutError:
            reasons.append(f"{offer.indexer} sent no torrent within {LONGEST_S:.0f} s")
        except (ServiceError, UsageError) as error:
            reasons.append(f"{offer.indexer}: {error.message.rstrip('.')}")
    hashes = release.hashes
    if reasons:
        by_hash = f"; grab {hashes[0]} sends it by its hash" if hashes else ""
        return NotFetched(title, printable("; ".join(dict.fromkeys(reasons))) + by_hash)
    if hashes:
        return TorrentSource(hashes[0], release.first.title)
    return NotFetched(title, "its indexer tells neither a link nor a hash" if prowlarr else "its hash is not known")


async def fetch_sources(
    prowlarr: Prowlarr | None, releases: Sequence[Release]
) -> tuple[list[TorrentSource], list[tuple[str, str]]]:
    """The torrents of releases, one after the other, and which have none, each with the reason."""
    sources: list[TorrentSource] = []
    left: list[tuple[str, str]] = []
    for release in releases:
        found = await fetch_source(prowlarr, release)
        if isinstance(found, NotFetched):
            left.append((found.what, found.why))
        else:
            sources.append(found)
    return sources, left


async def _fetch(prowlarr: Prowlarr, offer: FoundRelease) -> TorrentSource:
    """What stands behind the link of an offer. Raises ServiceError, and UsageError for what is no torrent, or another
    one than the indexer said."""
    linked = await prowlarr.open_link(offer.link)
    if linked.magnet:
        magnet = read_magnet(linked.magnet)
        source = TorrentSource(magnet.hash, magnet.name or offer.title)
    else:
        facts = read_torrent_file(linked.content)
        source = TorrentSource(facts.hash, facts.name, linked.content, facts)
    if offer.hash and offer.hash.lower() != source.hash:
        raise UsageError(f"what it sends is of another hash ({source.hash}) than it said")
    return source
