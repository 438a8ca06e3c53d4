"""What is said when Sonarr or Radarr cannot or will not answer, and what is tried again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from mediatui.model.errors import UsageError
from mediatui.services.arr.client import Arr
from mediatui.services.errors import (
    BadAnswer,
    Permanent,
    Refused,
    ServiceError,
    SlowDown,
    Transient,
    Uncertain,
    Unreachable,
)
from mediatui.services.redaction import redact
from tests.fakes.arr import KEY
from tests.worlds.arr_client import client, stocked

LOGIN = "<!doctype html><title>Log in</title>"


def always(*replies: httpx.Response | Exception) -> tuple[Callable[[httpx.Request], httpx.Response], list[str]]:
    """A service that gives these replies in turn, the last one for ever; and the methods it was asked with."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.method)
        reply = replies[min(len(asked), len(replies)) - 1]
        if isinstance(reply, Exception):
            raise reply
        return reply

    return answer, asked


async def test_a_wrong_key_is_named_and_never_shown() -> None:
    wrong = "ffffffffffffffffffffffffffffffff"
    service = stocked()
    with pytest.raises(Refused, match="Sonarr does not accept the API key") as caught:
        await client(service, key=wrong).status()
    assert "sonarr.api_key" in caught.value.hint
    assert len(service.seen) == 1
    assert wrong not in redact(f"sent {wrong}")
    assert wrong not in str(caught.value) + caught.value.hint


async def test_the_key_is_not_in_the_address() -> None:
    service = stocked()
    await client(service).series()
    assert all(KEY not in path for _, path in service.seen)


@pytest.mark.parametrize("key", ["", "  ", "with space", "schlüssel", "two\nlines"])
async def test_keys_that_cannot_be_one(key: str) -> None:
    with pytest.raises(UsageError, match="API key for Sonarr"):
        client(key=key)


@pytest.mark.parametrize("url", ["", "arr.invalid:8989", "ftp://arr.invalid", "http://"])
async def test_addresses_that_cannot_be_one(url: str) -> None:
    with pytest.raises(UsageError, match="address of Sonarr"):
        client(url=url)


async def test_a_base_path() -> None:
    service = stocked(base="/sonarr")
    arr = client(service, url="http://arr.invalid:8989/sonarr/")
    assert len(await arr.series()) == 2
    assert service.seen == [("GET", "/sonarr/api/v3/series")]


async def test_a_base_path_that_is_missing_is_proposed() -> None:
    with pytest.raises(BadAnswer, match=r"Sonarr .* redirect") as caught:
        await client(stocked(base="/sonarr")).status()
    assert "/sonarr: put that at the end of sonarr.url" in caught.value.hint


async def test_a_base_path_that_is_wrong() -> None:
    with pytest.raises(BadAnswer, match="There is no API of Sonarr") as caught:
        await client(url="http://arr.invalid:8989/wrong").status()
    assert "sonarr.url" in caught.value.hint


async def test_another_program_behind_the_address() -> None:
    with pytest.raises(BadAnswer, match=r"sonarr\.url leads to Radarr 10\.0\.0\.28341, not to Sonarr"):
        await client(stocked("radarr")).status()
    with pytest.raises(BadAnswer, match="There is no API of Sonarr"):
        await client(stocked("radarr")).series()


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        (httpx.Response(200, html=LOGIN), BadAnswer, "web page"),
        (httpx.Response(200, content=b"\n " + LOGIN.encode()), BadAnswer, "web page"),
        (httpx.Response(200, content=b"fine"), BadAnswer, "cannot be read"),
        (httpx.Response(200, json={"records": []}), BadAnswer, "cannot be read"),
        (httpx.Response(200, json=[{"title": "no id"}]), BadAnswer, "0.id"),
        (
            httpx.Response(302, headers={"location": "https://auth.invalid/?rd=x"}),
            BadAnswer,
            "a login page at auth.invalid answers",
        ),
        (httpx.Response(401, headers={"www-authenticate": "Basic realm=x"}), Refused, "proxy before Sonarr"),
        (httpx.Response(403, html="<h1>Forbidden</h1>"), Refused, "denies access"),
        (httpx.Response(404), BadAnswer, "no API of Sonarr"),
        (httpx.Response(404, html="<h1>nginx</h1>"), BadAnswer, "no API of Sonarr"),
        (httpx.Response(409, json={"message": "root folder is missing"}), Permanent, "root folder is missing"),
        (httpx.Response(429), SlowDown, "slow down"),
        (httpx.Response(502, html="<h1>Bad Gateway</h1>"), Transient, "A proxy before Sonarr cannot reach it"),
        (httpx.Response(500, json={"message": "database is locked"}), Transient, "database is locked"),
        (httpx.ConnectError("refused"), Unreachable, "cannot be reached"),
        (httpx.ReadTimeout("slow"), Transient, "within 30 s"),
        (httpx.RemoteProtocolError("cut"), Transient, "was cut before its answer was whole"),
        (httpx.ReadError(""), Transient, "was cut before its answer was whole"),
        (httpx.DecodingError("zlib"), Transient, "is damaged"),
        (httpx.ProxyError("407 auth"), Unreachable, "The proxy of the environment does not lead to Sonarr"),
        (httpx.Response(407), Refused, "wants a login"),
        (
            httpx.Response(400, text="Client sent an HTTP request to an HTTPS server."),
            BadAnswer,
            "speaks https, not http",
        ),
        (httpx.Response(504, html="<h1>nginx</h1>"), Transient, "A proxy before Sonarr cannot reach it"),
    ],
)
async def test_every_failure_is_one_of_ours_and_names_the_service(
    reply: httpx.Response | Exception, error: type[ServiceError], says: str
) -> None:
    service, _ = always(reply)
    with pytest.raises(error, match="Sonarr") as caught:
        await client(service).series()
    assert type(caught.value) is error
    assert says in caught.value.message


async def test_a_missing_series_behind_a_wrong_base_path_is_not_called_unknown() -> None:
    service, _ = always(httpx.Response(404, html="<h1>nginx</h1>"))
    with pytest.raises(BadAnswer, match="no API of Sonarr"):
        await client(service).episode_files(1)


async def test_what_the_service_says_is_shown_without_its_secrets() -> None:
    service, _ = always(httpx.Response(400, json={"message": f"bad key {KEY}"}))
    with pytest.raises(Permanent) as caught:
        await client(service).series()
    assert KEY not in caught.value.message


async def test_reads_are_tried_again() -> None:
    service, asked = always(httpx.Response(503), httpx.ReadTimeout("slow"), httpx.Response(200, json=[{"id": 1}]))
    assert len(await client(service).series()) == 1
    assert asked == ["GET"] * 3
    service, asked = always(httpx.Response(503))
    with pytest.raises(Transient):
        await client(service).series()
    assert asked == ["GET"] * 3


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (httpx.Response(500), Uncertain),
        (httpx.ReadTimeout("slow"), Uncertain),
        (httpx.RemoteProtocolError("cut"), Uncertain),
        (httpx.ConnectError("refused"), Unreachable),
        (httpx.Response(409, json={"message": "empty root"}), Permanent),
        (httpx.Response(200, html=LOGIN), BadAnswer),
    ],
)
async def test_writes_are_made_once(reply: httpx.Response | Exception, error: type[ServiceError]) -> None:
    calls: tuple[Callable[[Arr], Awaitable[int]], ...] = (lambda arr: arr.rescan(4), lambda arr: arr.search([11]))
    for call in calls:
        service, asked = always(reply)
        with pytest.raises(error, match="Sonarr"):
            await call(client(service))
        assert len(asked) == 1
