"""A simulated Prowlarr, which answers as real ones were recorded: its silence about indexers that fail included.

The first search of an indexer that fails is answered as if it had found nothing, and pauses it: ``indexerstatus`` lists
it, further searches in it alone are refused, and so are its links. What an indexer cannot be asked by is answered with
nothing at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import quote

import httpx

UNAVAILABLE: Final = "Search failed due to all selected indexers being unavailable"
STEPS_S: Final = (60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400)
"""How long an indexer is paused after its first failure, its second, and so on."""
_TOKEN: Final = re.compile(r"\{(\w+):([^{}]*)\}")
_NAMES: Final = {
    "tvdbid": "tvdbId", "tmdbid": "tmdbId", "imdbid": "imdbId", "season": "season", "episode": "ep", "year": "year",
}  # fmt: skip
"""The names of parameters by the words that stand for them in a query."""
_XML: Final = {"content-type": "application/rss+xml"}
INDEXER_HOST: Final = "indexer.invalid"
Fate = Literal["torrent", "magnet", "redirect", "gone", "limit", "page"]
"""What comes of the link of a release: a torrent, a redirect to a magnet or to the indexer's own address, the indexer's
404 or 429, or a page."""
Fault = Literal["", "error", "limit", "page"]
"""What is wrong with an indexer: it answers 500, 429, or a page instead of its XML."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A release of an indexer: ``size`` in bytes (0: not said), ``age_h`` in hours, an empty ``hash`` is not said. Its
    torrent has ``files`` of one size, or one file of its title."""

    title: str
    size: int = 2_147_483_648
    seeders: int = 25
    age_h: float = 24.5
    hash: str = ""
    fate: Fate = "torrent"
    flags: tuple[str, ...] = ()
    categories: tuple[int, ...] = (5040,)
    tmdb_id: int = 0
    tvdb_id: int = 0
    files: tuple[str, ...] = ()


@dataclass(slots=True)
class SimulatedIndexer:
    """An indexer. ``finds`` gives its offers for the words of a query; ``tv`` and ``movie`` are what it can be asked by
    beside words; it answers after ``delay_s`` seconds, and as many searches and downloads as are left to it (None: any
    number). One that ``ignores_limit`` sends all it finds."""

    name: str
    finds: Callable[[str], Sequence[Offer]]
    enabled: bool = True
    protocol: str = "torrent"
    privacy: str = "public"
    definition: str = "Torznab"
    priority: int = 25
    tv: tuple[str, ...] = ("q", "season", "ep")
    movie: tuple[str, ...] = ("q",)
    categories: tuple[int, ...] = (2000, 2040, 5000, 5040)
    delay_s: float = 0.0
    fault: Fault = ""
    queries_left: int | None = None
    grabs_left: int | None = None
    ignores_limit: bool = False
    asked: list[str] = field(default_factory=list)
    """The query of every search that reached it."""
    paused_until: float = 0.0
    failures: int = 0


class SimulatedProwlarr:
    """Answers requests for its ``indexers`` (by id); ``key`` is the only API key it takes, empty for any."""

    def __init__(
        self,
        indexers: dict[int, SimulatedIndexer] | None = None,
        *,
        key: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.indexers = {} if indexers is None else indexers
        self.key = key
        self._clock = clock
        self.sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
        """How time passes while an answer is waited for."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request, at once; also of an indexer at its own address."""
        if request.url.host == INDEXER_HOST:
            return self._at_indexer(request)
        given = request.headers.get("x-api-key", "")
        if not given or (self.key and given != self.key):
            return httpx.Response(401)
        path = request.url.path.strip("/")
        match path.split("/"):
            case ["api", "v1", "system", "status"]:
                version = {"version": "10.0.0.28349", "urlBase": ""}
                return _json({"appName": "Prowlarr", "instanceName": "Prowlarr", **version})
            case ["api", "v1", "indexer"]:
                return _json([_row(number, one) for number, one in self.indexers.items()])
            case ["api", "v1", "indexerstatus"]:
                return _json([self._pause(number) for number in sorted(self.paused)])
            case ["api", "v1", "search"]:
                return self._search(request)
            case [number, "api"] if number.isdecimal():
                return self._caps(int(number))
            case [number, "download"] if number.isdecimal():
                return self._download(int(number), request.url.params.get("link", ""))
        return httpx.Response(404)

    def delay_of(self, request: httpx.Request) -> float:
        """How long a request takes (seconds): a search as long as the slowest of its indexers."""
        if not request.url.path.endswith("/search"):
            return 0.0
        asked = [one for text in request.url.params.get_list("indexerIds") if (one := self._find(text)) is not None]
        return max((one.delay_s for one in asked if not self._is_paused(one)), default=0.0)

    @property
    def paused(self) -> set[int]:
        """The ids of the indexers that are paused now."""
        return {number for number, one in self.indexers.items() if self._is_paused(one)}

    def transport(self) -> httpx.AsyncBaseTransport:
        """A transport for a client, with the time answers take."""
        return _Transport(self)

    def fail(self, indexer: SimulatedIndexer, least_s: float = 0.0) -> None:
        """Notes a failure of an indexer, which pauses it."""
        step = next(
            (step for step in STEPS_S[min(indexer.failures, len(STEPS_S) - 1) :] if step >= least_s), STEPS_S[-1]
        )
        indexer.failures += 1
        indexer.paused_until = self._clock() + step

    def _find(self, text: str) -> SimulatedIndexer | None:
        return self.indexers.get(int(text)) if text.isdecimal() else None

    def _is_paused(self, indexer: SimulatedIndexer) -> bool:
        return indexer.paused_until > self._clock()

    def _pause(self, number: int) -> dict[str, object]:
        now = _iso(self._clock())
        return {
            "indexerId": number, "disabledTill": _iso(self.indexers[number].paused_until), "mostRecentFailure": now,
            "initialFailure": now,
        }  # fmt: skip

    # Searches

    def _search(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        given = params.get_list("indexerIds")
        if wrong := [one for one in given if not one.isdecimal()]:
            problem = {"title": "One or more validation errors occurred.", "status": 400}
            return _json({**problem, "errors": {"indexerIds": [f"The value '{wrong[0]}' is not valid."]}}, 400)
        asked = [int(one) for one in given] or list(self.indexers)
        able = [number for number in asked if self._is_able(number)]
        if given and not able:
            about = f"NzbDrone.Core.Exceptions.NzbDroneClientException: {UNAVAILABLE}"
            return _json({"message": UNAVAILABLE, "description": about}, 400)
        rows = [row for number in able for row in self._found(number, params)]
        return _json(rows)

    def _is_able(self, number: int) -> bool:
        one = self.indexers.get(number)
        return one is not None and one.enabled and not self._is_paused(one)

    def _found(self, number: int, params: httpx.QueryParams) -> Iterable[dict[str, object]]:
        """The rows of one indexer; none when it lacks what it is asked by, fails, or is at its limit."""
        one, query = self.indexers[number], params.get("query", "")
        kind = params.get("type", "search")
        able = {"tvsearch": one.tv, "movie": one.movie}.get(kind, ("q",))
        categories = {int(text) for text in params.get_list("categories") if text.isdecimal()}
        if any(_NAMES.get(token, token) not in able for token, _ in _TOKEN.findall(query)):
            return []
        if categories and not categories & set(one.categories):
            return []
        if one.queries_left == 0:
            return []
        if one.queries_left is not None:
            one.queries_left -= 1
        one.asked.append(query)
        if one.fault:
            self.fail(one, 90.0 if one.fault == "limit" else 0.0)
            return []
        offers = list(one.finds(query))
        if not one.ignores_limit:
            start = int(params.get("offset", "0"))
            offers = offers[start : start + int(params.get("limit", "0"))]
        return [self._release(number, one, offer) for offer in offers]

    def _release(self, number: int, one: SimulatedIndexer, offer: Offer) -> dict[str, object]:
        sealed = f"apikey={self.key or 'KEY'}&link={_link_of(offer)}&file={quote(offer.title)}"
        link = f"http://prowlarr.invalid/{number}/download?{sealed}"
        page = f"https://indexer.invalid/{number}/{_link_of(offer)}"
        row: dict[str, object] = {
            "guid": page, "infoUrl": page, "commentUrl": f"{page}#comments", "age": int(offer.age_h // 24),
            "ageHours": offer.age_h, "ageMinutes": offer.age_h * 60, "size": offer.size, "files": 0, "grabs": 11,
            "indexerId": number, "indexer": one.name, "title": offer.title, "sortTitle": offer.title.lower(),
            "imdbId": 0, "tmdbId": offer.tmdb_id, "tvdbId": offer.tvdb_id, "tvMazeId": 0,
            "publishDate": _iso(self._clock() - offer.age_h * 3600), "indexerFlags": list(offer.flags),
            "categories": [{"id": id_, "name": f"C/{id_}", "subCategories": []} for id_ in offer.categories],
            "infoHash": offer.hash, "seeders": offer.seeders, "leechers": 4, "protocol": one.protocol,
            "fileName": f"{offer.title}.torrent", "downloadUrl": link,
        }  # fmt: skip
        return row | ({"magnetUrl": link} if offer.fate == "magnet" else {})

    # What one indexer is asked at Prowlarr

    def _caps(self, number: int) -> httpx.Response:
        one = self.indexers.get(number)
        if one is None:
            return httpx.Response(404, content=_error(404, "Indexer not found"), headers=_XML)
        if not one.enabled:
            return httpx.Response(410, content=_error(410, "Indexer is disabled"), headers=_XML)
        if self._is_paused(one):
            return self._too_many(one)
        if one.queries_left == 0:
            said = "User configurable Indexer Query Limit of 9 in last 24 hour(s) reached."
            return httpx.Response(429, content=_error(429, said), headers={**_XML, "retry-after": "85213"})
        return httpx.Response(200, content=b'<?xml version="1.0"?>\n<caps>\n</caps>', headers=_XML)

    def _too_many(self, one: SimulatedIndexer) -> httpx.Response:
        """The answer for an indexer that is paused."""
        left = math.ceil(one.paused_until - self._clock())
        till = time.strftime("%m/%d/%Y %H:%M:%S", time.gmtime(one.paused_until))
        said = f"Indexer is disabled till {till} due to recent failures."
        return httpx.Response(429, content=_error(429, said), headers={**_XML, "retry-after": f"{left}"})

    def _download(self, number: int, link: str) -> httpx.Response:
        one = self.indexers.get(number)
        if one is None or not one.enabled:
            return httpx.Response(410, content=_error(410, "Indexer is disabled"), headers=_XML)
        if self._is_paused(one):
            return self._too_many(one)
        if one.grabs_left == 0:
            said = "User configurable Indexer Grab Limit of 5 in last 24 hour(s) reached."
            return httpx.Response(429, content=_error(429, said), headers={**_XML, "retry-after": "85213"})
        if one.grabs_left is not None:
            one.grabs_left -= 1
        offer = next((offer for offer in one.finds("") if _link_of(offer) == link), None)
        if offer is None:
            return _json({"message": "Failed to normalize provided link", "description": ""}, 500)
        if offer.fate == "magnet":
            magnet = f"magnet:?xt=urn:btih:{hash_behind(offer)}"
            return httpx.Response(301, headers={"location": f"{magnet}&dn={quote(offer.title)}"})
        if offer.fate == "redirect":
            return httpx.Response(
                301, headers={"location": f"https://{INDEXER_HOST}/{number}/{link}?passkey=SECRET0123"}
            )
        if offer.fate == "gone":
            return httpx.Response(410, content=_error(410, "Download failed"), headers=_XML)
        if offer.fate == "page":
            said = "Invalid torrent file contents. Reason: Invalid torrent file specified"
            return httpx.Response(500, content=_error(500, said), headers=_XML)
        if offer.fate == "limit":
            self.fail(one, 120.0)
            return httpx.Response(429, content=_error(429, "Download failed"), headers={**_XML, "retry-after": "120"})
        return httpx.Response(200, content=torrent_of(offer), headers={"content-type": "application/x-bittorrent"})

    def _at_indexer(self, request: httpx.Request) -> httpx.Response:
        """The torrent, for who has the key of the indexer, and nothing else."""
        number, link = request.url.path.strip("/").split("/")
        offers = self.indexers[int(number)].finds("") if number.isdecimal() and int(number) in self.indexers else ()
        offer = next((offer for offer in offers if _link_of(offer) == link), None)
        if offer is None or "x-api-key" in request.headers or request.url.params.get("passkey") != "SECRET0123":
            return httpx.Response(403)
        return httpx.Response(200, content=torrent_of(offer), headers={"content-type": "application/x-bittorrent"})


class _Transport(httpx.AsyncBaseTransport):
    def __init__(self, prowlarr: SimulatedProwlarr) -> None:
        self._prowlarr = prowlarr

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        delay = self._prowlarr.delay_of(request)
        patience = request.extensions.get("timeout", {}).get("read")
        if patience is not None and delay > patience:
            await self._prowlarr.sleep(patience)
            raise httpx.ReadTimeout("no answer in time", request=request)
        if delay:
            await self._prowlarr.sleep(delay)
        answer = self._prowlarr(request)
        answer.request = request
        return answer


def torrent_of(offer: Offer) -> bytes:
    """The torrent of a release."""
    return b"d4:info%se" % _info_of(offer)


def hash_of(offer: Offer) -> str:
    """The info-hash of the torrent of a release."""
    return hashlib.sha1(_info_of(offer)).hexdigest()


def hash_behind(offer: Offer) -> str:
    """The info-hash of what the link of a release leads to."""
    if offer.fate != "magnet":
        return hash_of(offer)
    return offer.hash or hashlib.sha1(_link_of(offer).encode()).hexdigest()


def _info_of(offer: Offer) -> bytes:
    name = (offer.title if offer.files else f"{offer.title}.mkv").encode()
    pieces = hashlib.sha1(name).digest() * max(1, -(-offer.size // 16_777_216))
    if offer.files:
        each = offer.size // len(offer.files)
        files = b"".join(b"d6:lengthi%de4:pathl%d:%see" % (each, len(one), one) for one in map(str.encode, offer.files))
        return b"d5:filesl%se4:name%d:%s12:piece lengthi16777216e6:pieces%d:%se" % (
            files, len(name), name, len(pieces), pieces,
        )  # fmt: skip
    return b"d6:lengthi%de4:name%d:%s12:piece lengthi16777216e6:pieces%d:%se" % (
        offer.size, len(name), name, len(pieces), pieces,
    )  # fmt: skip


def _row(number: int, one: SimulatedIndexer) -> dict[str, object]:
    categories = [{"id": id_, "name": f"C/{id_}", "subCategories": []} for id_ in one.categories]
    able = {
        "limitsMax": 100, "limitsDefault": 100, "categories": categories, "supportsRawSearch": False,
        "searchParams": ["q"], "tvSearchParams": list(one.tv), "movieSearchParams": list(one.movie),
    }  # fmt: skip
    return {
        "id": number, "name": one.name, "enable": one.enabled, "protocol": one.protocol, "privacy": one.privacy,
        "priority": one.priority, "definitionName": one.definition, "implementation": "Torznab", "redirect": False,
        "supportsSearch": True, "supportsRss": True, "supportsPagination": True, "capabilities": able,
    }  # fmt: skip


def _link_of(offer: Offer) -> str:
    """The sealed link of a release, which says nothing to people."""
    return hashlib.sha256(f"{offer.title} {offer.size}".encode("utf-8", "replace")).hexdigest()[:12]


def _iso(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def _error(code: int, said: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<error code="{code}" description="{said}" />'.encode()


def _json(value: object, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=json.dumps(value).encode(), headers={"content-type": "application/json"})
