"""The part of Prowlarr's API (v1) that mediatui needs: its indexers, how they are, and searches in one of them.

A search that finds nothing answers ``200 []``, and so does one in which the indexer failed, was at its limit, or lacked
what it was asked by. So an indexer is asked alone, and after an empty answer ``pauses`` and ``look_at`` say why.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeVar
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from mediatui.model.foreign_json import parse_json
from mediatui.model.release import FoundRelease
from mediatui.services.arr.http import START_S, TRIES, ArrFailures, ServarrHttp, checked_address, is_here
from mediatui.services.arr.refusals import ArrAddress
from mediatui.services.errors import BadAnswer, Permanent, ServiceError, Transient
from mediatui.services.http import Call, Param, retry_after
from mediatui.services.json_list import JsonList
from mediatui.services.prowlarr.links import DOWNLOAD, Linked, is_good, link_call, link_refusal, read_linked
from mediatui.services.prowlarr.records import (
    Indexer,
    Pause,
    ProwlarrStatus,
    read_indexers,
    read_pauses,
    read_release,
    read_status,
)
from mediatui.services.redaction import excerpt

if TYPE_CHECKING:
    from mediatui.settings import Settings

TITLE: Final = "Prowlarr"
API: Final = "/api/v1"
PORT: Final = 9696
ROWS_AT_ONCE: Final = 200
SearchType = Literal["search", "tvsearch", "movie"]
_CAPS: Final = "GET caps"
_SEARCH: Final = "GET /search"
_DESCRIPTION: Final = re.compile(r'description="([^"]*)"')
_LIMIT: Final = re.compile(r"limit of \d+", re.IGNORECASE)
Record = TypeVar("Record")


class NobodyAsked(Permanent):
    """Prowlarr asked no indexer: those that were named are paused, switched off or unknown."""

    kind = "nobody-asked"


@dataclass(frozen=True, slots=True)
class IndexerState:
    """How an indexer is at present: it ``answers``, is ``paused``, ``at its limit``, ``switched off`` or ``unknown``;
    what Prowlarr said of it, and for how many seconds it stays so."""

    state: Literal["answers", "paused", "at its limit", "switched off", "unknown"]
    said: str = ""
    seconds: float | None = None


class Prowlarr:
    """One Prowlarr. Every call raises ServiceError when it fails or refuses; ``close`` it when done."""

    def __init__(
        self,
        url: str,
        api_key: SecretStr,
        *,
        timeout_s: float = 60.0,
        retry_pause_s: float = 0.5,
        start_s: float = START_S,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """``timeout_s`` is how long a whole answer may take. Raises UsageError for an invalid address or key."""
        address = checked_address(TITLE, "prowlarr", url, API, PORT)
        self._transport = transport
        self._http = ServarrHttp(
            address,
            api_key,
            timeout_s=timeout_s,
            patience_s=timeout_s,
            retry_pause_s=retry_pause_s,
            start_s=start_s,
            tries=_tries,
            failures=_Failures(address, timeout_s),
            transport=transport,
        )

    async def close(self) -> None:
        """Closes connections."""
        await self._http.close()

    def on_wait(self, say: Callable[[str], None]) -> None:
        """Has ``say`` called with a text for people while a call waits for Prowlarr to start up."""
        self._http.on_wait = say

    async def status(self) -> ProwlarrStatus:
        """Which program answers. Raises BadAnswer when it is not Prowlarr."""
        status = await self._read("system/status", read_status, "a status")
        if status.app_name and status.app_name.casefold() != TITLE.casefold():
            raise BadAnswer(
                f"prowlarr.url leads to {excerpt(status.app_name)} {excerpt(status.version)}, not to {TITLE}.",
                f"Check the port in prowlarr.url ({TITLE} listens on {PORT}, unless changed).",
            )
        return status

    async def indexers(self) -> list[Indexer]:
        """Every indexer, switched off or not."""
        return await self._read("indexer", read_indexers, "a list of indexers")

    async def pauses(self) -> list[Pause]:
        """The indexers that it does not ask at present, because they failed."""
        return await self._read("indexerstatus", read_pauses, "a list of paused indexers")

    async def look_at(self, indexer_id: int) -> IndexerState:
        """How an indexer is: asked of Prowlarr alone, it costs the indexer nothing."""
        answer = await self._http.request(
            Call("GET", f"{indexer_id:d}/api", "interactive", _CAPS, params={"t": "caps"}, about="")
        )
        text = answer.body.decode("utf-8", "replace")
        match = _DESCRIPTION.search(text)
        said = excerpt(match[1]).rstrip(".") if match else ""
        seconds = retry_after(answer.headers)
        match answer.status:
            case 429:
                return IndexerState("at its limit" if _LIMIT.search(said) else "paused", said, seconds)
            case 410:
                return IndexerState("switched off", said)
            case 404:
                return IndexerState("unknown", said)
            case 200:
                return IndexerState("answers")
        raise BadAnswer(f"{TITLE} does not say how the indexer {indexer_id} is (HTTP {answer.status}).", said)

    async def search(
        self,
        indexer_id: int,
        query: str,
        kind: SearchType = "search",
        categories: tuple[int, ...] = (),
        limit: int = 100,
    ) -> AsyncIterator[list[FoundRelease]]:
        """The releases that one indexer finds, some at a time. It may send more than ``limit``. Raises NobodyAsked when
        it is paused, switched off or unknown; none at all may mean that it failed (see the module)."""
        given = f"query={quote(query, safe='')}&type={kind}&indexerIds={indexer_id:d}&limit={limit:d}&offset=0"
        given += "".join(f"&categories={number:d}" for number in categories)
        call = Call("GET", f"{API.strip('/')}/search?{given}", "interactive", _SEARCH, about="the search")
        answer = await self._http.request(call)
        rows = JsonList(answer.pieces)
        while True:
            try:
                read = rows.read(ROWS_AT_ONCE)
            except ValueError as error:
                raise BadAnswer(f"{TITLE} sent a list of releases that cannot be read ({error}).") from error
            if not read:
                return
            yield [found for value in read if (found := read_release(value)) is not None]
            await asyncio.sleep(0)  # a long list lets others have their turn

    async def open_link(self, link: str) -> Linked:
        """What stands behind the link of a release, at Prowlarr or where it leads to from there. Raises LinkGone where
        there is nothing, SlowDown where the indexer is paused or at its limit."""
        found = read_linked(await self._http.request(link_call(link)))
        if isinstance(found, Linked):
            return found
        from mediatui.services.prowlarr.redirects import follow

        return await follow(found, may_be_here=is_here(self._http.address), transport=self._transport)

    async def _read(self, path: str, read: Callable[[object], Record], what: str, **params: Param) -> Record:
        body = await self._http.get(path, **params)
        try:
            return read(parse_json(body))
        except ValueError as error:
            raise BadAnswer(f"{TITLE} sent {what} that cannot be read ({error}).") from error


def _tries(call: Call, error: Transient) -> int:
    """How often a call is tried: a search or a link once, for each costs the indexer a request and may pause it; a link
    again when Prowlarr itself failed."""
    if call.what == DOWNLOAD and error.status == 500:
        return TRIES
    return 1 if call.what in (_SEARCH, DOWNLOAD) else TRIES


class _Failures(ArrFailures):
    """Explains the answers of Prowlarr; those about how an indexer is are answers of any status, in XML."""

    def __init__(self, address: ArrAddress, timeout_s: float) -> None:
        super().__init__(address, timeout_s)

    async def refusal(self, call: Call, response: httpx.Response) -> ServiceError | None:
        await response.aread()
        if call.what == DOWNLOAD:
            refused = link_refusal(response)
            return refused if refused is not None or is_good(response) else await super().refusal(call, response)
        if call.what == _CAPS and response.content.lstrip().startswith((b"<?xml", b"<caps", b"<error")):
            return None
        refused = await super().refusal(call, response)
        if response.status_code == 400 and isinstance(refused, Permanent) and b'"errors"' not in response.content:
            return NobodyAsked(refused.message, refused.hint, status=400)
        return refused


def configured_prowlarr(
    settings: Settings, transport: httpx.AsyncBaseTransport | None = None, start_s: float | None = None
) -> Prowlarr:
    """A client of the configured Prowlarr; raises UsageError when its address or key is invalid."""
    section = settings.prowlarr
    return Prowlarr(
        section.url,
        section.api_key,
        timeout_s=section.timeout_s,
        start_s=START_S if start_s is None else start_s,
        transport=transport,
    )
