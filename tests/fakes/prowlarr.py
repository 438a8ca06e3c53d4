"""A Prowlarr with its key: the simulated one of the demo, which fails, is slow, keeps silent and refuses as recorded.

    prowlarr = FakeProwlarr()
    prowlarr.add(1, ["Some.Release.1080p"])     # titles or offers it finds, whatever is asked
    prowlarr.add(2, fault="error")              # one that fails
    prowlarr.indexers[1].delay_s = 60           # … and what else an indexer may be

The first search of an indexer that fails is answered as if it had found nothing; from then on it is paused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpx

from mediatui.demo.prowlarr import INDEXER_HOST, Offer, SimulatedIndexer, SimulatedProwlarr
from mediatui.demo.prowlarr import UNAVAILABLE as UNAVAILABLE
from tests.fakes.arr import KEY
from tests.fakes.openapi.check import wrong_request

TYPES = {"search", "tvsearch", "movie", "music", "book"}


class FakeProwlarr(SimulatedProwlarr):
    """See the module. It takes no request that the description of the API does not know, and none that would change
    something."""

    def __init__(self) -> None:
        super().__init__(key=KEY)
        self.strict = True
        """Whether what its description does not know fails the test that asks for it."""
        self.starting = 0
        """How many more requests it answers as while it starts up."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.method == "GET", f"{request.method} {request.url.path}"
        assert KEY not in str(request.url).replace(f"apikey={KEY}&link=", ""), "the key is in the address"
        if self.starting:
            self.starting -= 1
            return httpx.Response(503, json={"message": "Prowlarr is starting up, please try again later"})
        if self.strict and request.url.host != INDEXER_HOST:
            params = request.url.params
            asked = [(name, value) for name, value in params.multi_items() if name != "apikey"]  # of its own links
            assert not (wrong := wrong_request("prowlarr", "GET", request.url.path.strip("/"), asked)), wrong
            assert params.get("type", "search") in TYPES
        return super().__call__(request)

    def add(self, number: int, offers: Iterable[str | Offer] = (), name: str = "", **more: Any) -> SimulatedIndexer:
        """One more indexer, which finds these offers whatever is asked."""
        found = [Offer(one) if isinstance(one, str) else one for one in offers]
        self.indexers[number] = SimulatedIndexer(name or f"Indexer {number}", lambda query: found, **more)
        return self.indexers[number]
