"""Answers that would fill the memory end with an error, and lists of any size are read in parts."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest

from mediatui.services.budget import Budget, MemoryLedger
from mediatui.services.errors import BadAnswer, Permanent, ServiceError
from mediatui.services.realdebrid.client import RealDebrid
from mediatui.services.realdebrid.http import Most, realdebrid_http

MOST = Most(list_bytes=2_000_000, answer_bytes=1_000_000)
FAR_TOO_MUCH = 10_000_000


class Sends(httpx.AsyncBaseTransport):
    """Answers every request with these pieces, as they come over a network; ``sent`` counts their bytes."""

    def __init__(self, pieces: Callable[[], Iterator[bytes]], status: int = 200, **headers: str) -> None:
        self._pieces = pieces
        self._status = status
        self._headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.sent = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        outer = self

        class Body(httpx.AsyncByteStream):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                for piece in outer._pieces():
                    outer.sent += len(piece)
                    yield piece

        return httpx.Response(self._status, headers=self._headers, stream=Body(), request=request)

    def client(self) -> RealDebrid:
        budget = Budget(MemoryLedger(), window_s=0.1)
        return RealDebrid(
            realdebrid_http("http://account.invalid", "TOKENTOKEN", budget, most=MOST, transport=self), budget
        )


def endless() -> Iterator[bytes]:
    while True:
        yield b" " * 65_536


def bomb(layers: int) -> Callable[[], Iterator[bytes]]:
    def pack() -> Iterator[bytes]:
        packed = bytes(FAR_TOO_MUCH)
        for _ in range(layers):
            packed = gzip.compress(packed)
        yield packed

    return pack


@pytest.mark.slow
@pytest.mark.parametrize(
    "sends",
    [
        Sends(endless),
        Sends(bomb(1), content_encoding="gzip"),
        Sends(bomb(2), content_encoding="gzip, gzip"),
        Sends(lambda: iter([zlib.compress(bytes(FAR_TOO_MUCH))]), content_encoding="deflate"),
        Sends(lambda: iter([b"no gzip"]), content_encoding="gzip"),
        Sends(lambda: iter([gzip.compress(b"[]")[:-9]]), content_encoding="gzip"),
        Sends(lambda: iter([b"?"]), content_encoding="br"),
    ],
)
async def test_a_body_that_is_too_large_or_cannot_be_unpacked_is_a_bad_answer(sends: Sends) -> None:
    for ask in (lambda c: c.user(), lambda c: c.torrents_page(1, 100), lambda c: c.download_ids()):
        sends.sent = 0
        with pytest.raises(BadAnswer):
            await ask(sends.client())
        assert sends.sent < 2_200_000


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate", ""])
async def test_what_is_packed_as_asked_for_is_read(encoding: str) -> None:
    pack = {"deflate": zlib.compress, "": bytes}.get(encoding, gzip.compress)
    packed = pack(b'[{"id": "A", "filename": "x"}]')
    sends = Sends(lambda: iter([packed[:5], packed[5:]]), **({"content_encoding": encoding} if encoding else {}))
    assert [row.id for row in (await sends.client().torrents_page(1, 100)).rows] == ["A"]


@pytest.mark.parametrize("headers", [{}, {"content_encoding": "gzip"}])
async def test_of_an_error_no_more_than_its_beginning_is_read(headers: dict[str, str]) -> None:
    sends = Sends(bomb(1) if headers else endless, 403, **headers)
    with pytest.raises(ServiceError, match="HTTP 403"):
        await sends.client().user()
    assert sends.sent < 1_000_000
    sends = Sends(lambda: iter([b'{"error": "no_such", ', b'"error_code": 4}']), 400)
    with pytest.raises(Permanent, match="code 4: no_such"):
        await sends.client().user()


@pytest.mark.slow
async def test_more_rows_than_any_page_has_are_not_held_at_once() -> None:
    rows = b",".join(b'{"id": "%d"}' % number for number in range(60_000))
    with pytest.raises(BadAnswer, match="rows for a page of 100"):
        await Sends(lambda: iter([b"[", rows, b"]"])).client().torrents_page(1, 100)
    page = await Sends(lambda: iter([b"[", rows, b"]"])).client().torrents_in_parts(1, 100)
    assert sum([len(part) async for part in page.parts]) == 60_000
