"""Finding the torrents of releases: each link is asked of Prowlarr, those of the same release at other indexers after
one that fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.model.errors import UsageError
from mediatui.model.human import short_moment
from mediatui.model.magnet import read_magnet
from mediatui.model.release import FoundRelease, Release
from mediatui.model.text import printable
from mediatui.model.torrent_file import read_torrent_file
from mediatui.services.errors import ServiceError, SlowDown
from mediatui.system.torrent_source import TorrentSource

if TYPE_CHECKING:
    from mediatui.services.prowlarr.client import Prowlarr

LONGEST_S: Final = 30.0
"""How long a link is waited for."""
ACCOUNT: Final = "debrid"
"""The route to the account."""
ROUTE_WORDS: Final = {"": "elsewhere", "seedbox": "to the seedbox", "arr": "to Sonarr or Radarr"}
PRIVATE: Final = "its indexer is private; --route debrid sends it to Real-Debrid all the same"


@dataclass(frozen=True, slots=True)
class NotFetched:
    """Why there is no torrent of a release."""

    what: str
    why: str


class ReleaseLinks:
    """Fetches the torrents of releases from ``prowlarr``, where there is one. ``is_named`` says that they were asked to
    be sent to the account: else neither private ones are, nor those whose indexer has another route (``route_of``, by
    its name). An indexer that is paused, or at its limit, is asked for nothing more. ``kept`` gives the .torrent of a
    hash that was fetched before, empty for none: such a one is not asked for again."""

    def __init__(
        self,
        prowlarr: Prowlarr | None,
        *,
        is_named: bool = False,
        route_of: Callable[[str], str] = lambda indexer: ACCOUNT,
        kept: Callable[[str], Awaitable[bytes]] | None = None,
    ) -> None:
        self._prowlarr, self._is_named, self._route_of, self._kept = prowlarr, is_named, route_of, kept
        self.offers: dict[str, FoundRelease] = {}
        """The offer each torrent came from, by its hash."""
        self._private: frozenset[int] | None = None
        self._paused: dict[int, str] = {}

    async def fetch_all(
        self, releases: Sequence[Release], begun: Callable[[str], None] = lambda text: None
    ) -> tuple[list[tuple[Release, TorrentSource]], list[tuple[str, str]]]:
        """Releases with their torrents, one after the other, and which have none, each with the reason; ``begun`` is
        told of each before it is fetched."""
        sources: list[tuple[Release, TorrentSource]] = []
        left: list[tuple[str, str]] = []
        for number, release in enumerate(releases, 1):
            of = f" {number:,} of {len(releases):,}" if len(releases) > 1 else ""
            begun(f"Fetching torrent{of} from the indexers: {printable(release.first.title)}")
            found = await self.fetch(release)
            if isinstance(found, NotFetched):
                left.append((found.what, found.why))
            else:
                sources.append((release, found))
        return sources, left

    async def fetch(self, release: Release) -> TorrentSource | NotFetched:
        """The torrent of a release, fetched from the first of its links that has it; by its hash where it has no link,
        or there is no Prowlarr."""
        title = printable(release.first.title)
        if release.first.protocol == "usenet":
            return NotFetched(title, "it is of usenet, which is not sent")
        reasons: list[str] = []
        offers = [offer for offer in (release.first, *release.also) if self._goes_to_account(offer)]
        if not offers:
            return NotFetched(title, self._why_elsewhere(release.first))
        for offer in offers:
            if self._prowlarr is None or not offer.link:
                continue
            if (before := await self._fetched_before(offer)) is not None:
                self.offers[before.hash] = offer
                return before
            if offer.indexer_id in self._paused:
                reasons.append(self._paused[offer.indexer_id])
                continue
            try:
                async with asyncio.timeout(LONGEST_S):
                    source = await _fetch(self._prowlarr, offer)
                    is_private = source.facts is None and await self._is_private(offer)
                    self.offers[source.hash] = offer
            except TimeoutError:
                reasons.append(f"{offer.indexer} sent no torrent within {LONGEST_S:.0f} s")
            except SlowDown as error:
                self._paused[offer.indexer_id] = _paused_text(offer, error, await self._paused_until(offer, error))
                reasons.append(self._paused[offer.indexer_id])
            except (ServiceError, UsageError) as error:
                reasons.append(f"{offer.indexer}: {error.message.rstrip('.')}")
            else:
                return NotFetched(title, PRIVATE) if is_private else source
        hashes = release.hashes
        if reasons:
            by_hash = f"; grab {hashes[0]} sends it by its hash" if hashes else ""
            return NotFetched(title, printable("; ".join(dict.fromkeys(reasons))) + by_hash)
        if not hashes:
            without = "its indexer tells neither a link nor a hash" if self._prowlarr else "its hash is not known"
            return NotFetched(title, without)
        try:
            is_private = await self._is_private(offers[0])
        except ServiceError as error:
            return NotFetched(title, f"whether its indexer is private is not known: {printable(error.message)}")
        first = release.first
        return NotFetched(title, PRIVATE) if is_private else TorrentSource(hashes[0], first.title, size=first.size or 0)

    async def _fetched_before(self, offer: FoundRelease) -> TorrentSource | None:
        """The torrent of an offer as it was fetched before; None when it was not, or is not kept."""
        content = await self._kept(offer.hash) if self._kept is not None and offer.hash else b""
        if not content:
            return None
        try:
            facts = read_torrent_file(content)
        except UsageError:
            return None
        if facts.hash != offer.hash.lower():
            return None
        return TorrentSource(facts.hash, facts.name, content, facts, size=offer.size or 0)

    async def _paused_until(self, offer: FoundRelease, error: SlowDown) -> float | None:
        """Until when (epoch seconds) an indexer that refused a link is asked for nothing: as Prowlarr lists it, which
        may be longer than the indexer said; None when neither says."""
        assert self._prowlarr is not None, "it has just refused a link"
        said = None if error.retry_after is None else time.time() + error.retry_after
        try:
            async with asyncio.timeout(LONGEST_S):
                listed = {one.indexer_id: one.until for one in await self._prowlarr.pauses()}
        except (ServiceError, TimeoutError):
            return said
        return max(filter(None, (said, listed.get(offer.indexer_id))), default=None)

    def _goes_to_account(self, offer: FoundRelease) -> bool:
        return self._is_named or self._route_of(offer.indexer) == ACCOUNT

    def _why_elsewhere(self, offer: FoundRelease) -> str:
        route = self._route_of(offer.indexer)
        alone = "grab it without those of other routes, or " if route == "arr" else ""
        return (
            f"the route of the settings sends what {printable(offer.indexer)} offers {ROUTE_WORDS[route]}; "
            f"{alone}--route {ACCOUNT} sends it to Real-Debrid all the same"
        )

    async def _is_private(self, offer: FoundRelease) -> bool:
        """Whether what does not say so itself is private, because its indexer is. Raises ServiceError."""
        if self._is_named or self._prowlarr is None:
            return False
        if self._private is None:
            self._private = frozenset(one.id for one in await self._prowlarr.indexers() if one.private)
        return offer.indexer_id in self._private


def _paused_text(offer: FoundRelease, error: SlowDown, until: float | None) -> str:
    """Why an indexer is asked for nothing, and until when (epoch seconds)."""
    when = "; grab it again later" if until is None else f" until {short_moment(until)}; grab it again after that"
    return f"{printable(offer.indexer)}: {error.message.rstrip('.')}{when}"


async def _fetch(prowlarr: Prowlarr, offer: FoundRelease) -> TorrentSource:
    """What stands behind the link of an offer. Raises ServiceError, and UsageError for what is no torrent, or another
    one than the indexer said."""
    linked = await prowlarr.open_link(offer.link)
    if linked.magnet:
        magnet = read_magnet(linked.magnet)
        source = TorrentSource(magnet.hash, magnet.name or offer.title, magnet=linked.magnet, size=offer.size or 0)
    else:
        facts = read_torrent_file(linked.content)
        source = TorrentSource(facts.hash, facts.name, linked.content, facts, size=offer.size or 0)
    if offer.hash and offer.hash.lower() != source.hash:
        raise UsageError(f"what it sends is of another hash ({source.hash}) than it said")
    return source
