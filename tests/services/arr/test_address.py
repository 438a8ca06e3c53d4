"""What is wrong with the address of a Sonarr or Radarr is said as it is, and no key in it is shown."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from mediatui.model.address import without_keys
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.services.arr.client import Arr
from mediatui.services.arr.http import ArrHttp
from mediatui.services.errors import BadAnswer, StartingUp, Transient, Unreachable
from mediatui.settings import SettingsError
from mediatui.settings.edit import set_value
from tests.fakes.arr import CUT, ELSEWHERE, KEY, STARTING, FakeArr


def client(answer: Callable[[httpx.Request], object], url: str = "http://arr.invalid:8989", **more: float) -> Arr:
    transport = httpx.MockTransport(answer)  # type: ignore[arg-type]  # a fake may answer later
    return Arr(ArrHttp("sonarr", url, SecretStr(KEY), retry_pause_s=0.0001, transport=transport, **more))  # type: ignore[arg-type]  # seconds


async def problem(answer: Callable[[httpx.Request], object], url: str = "http://arr.invalid:8989") -> str:
    """What is said of an address, hint included."""
    with pytest.raises(MediatuiError) as caught:
        await client(answer, url).status()
    return f"{caught.value.message} {caught.value.hint}"


def recorded(status: int, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(status, headers=headers)


@pytest.mark.parametrize(
    "address",
    [
        f"http://h:8989?apikey={KEY}",
        f"http://h:8989/?apikey={KEY}",
        f"http://h:8989/api/v3/system/status?apikey={KEY}",
        f"http://h:8989?a=b&X-Api-Key={KEY}",
        f"http://h:8989/#token={KEY}",
        f"http://user:{KEY}@h:8989",
        f"h:8989?apikey={KEY}",
        f"h:8989?{KEY}",
        f"http://h:port/{KEY}",
    ],
)
def test_an_address_with_a_key_in_it_is_refused_and_the_key_not_shown(address: str, tmp_path: Path) -> None:
    """``?apikey=KEY`` in an address."""
    file = tmp_path / "config.toml"
    with pytest.raises(SettingsError) as caught:
        set_value(file, "sonarr.url", address)
    with pytest.raises(UsageError) as refused:
        client(recorded(200), address)
    for error in (caught.value, refused.value):
        assert KEY not in str(error) + error.hint
        assert "********" in str(error)
    assert not file.exists()


def test_addresses_without_a_key_are_shown_as_they_are() -> None:
    for address in ("http://host:8989/sonarr", "https://[::1]:8989", "not an address"):
        assert without_keys(address) == address


async def test_a_login_page_of_another_host_is_named() -> None:
    """302 to another host's login page."""
    sonarr = FakeArr("sonarr")
    sonarr.fail(ELSEWHERE)
    said = await problem(sonarr)
    assert "a login page at auth.invalid answers" in said
    assert "the address that needs none" in said
    assert "base path" not in said


@pytest.mark.parametrize(
    "location", ["/login?returnUrl=/api/v3/system/status", "/authelia/", "https://arr.invalid:8989/x"]
)
async def test_so_is_one_of_the_same_host(location: str) -> None:
    assert "a login page at arr.invalid:8989" in await problem(recorded(302, location=location))


@pytest.mark.parametrize("location", ["", "http://[", "//", "http:///x"])
async def test_a_redirect_that_leads_nowhere_is_an_error_like_any_other(location: str) -> None:
    assert "sonarr.url" in await problem(recorded(302, location=location))


@pytest.mark.parametrize(
    ("base", "own", "says"),
    [
        ("/sonarr", "", "Its base path is /sonarr: put that at the end of sonarr.url."),
        ("/sonarr", "/radarr", "Its base path is /sonarr, not /radarr: correct the end of sonarr.url."),
        ("/sonarr", "/tv", "Its base path is /sonarr, not /tv"),
        ("/apps/sonarr", "/sonarr", "Its base path is /apps/sonarr, not /sonarr"),
    ],
)
async def test_the_base_path_is_proposed_whatever_stands_there(base: str, own: str, says: str) -> None:
    """Base wrong, the redirect glues both (``sonarr_base_wrong.json``)."""
    assert says in await problem(FakeArr("sonarr", base=base), f"http://arr.invalid:8989{own}")


async def test_a_redirect_to_https_proposes_that() -> None:
    def moved(request: httpx.Request) -> httpx.Response:
        return httpx.Response(301, headers={"location": f"https://arr.invalid{request.url.path}"})

    said = await problem(moved, "http://arr.invalid/sonarr")
    assert "Its address is https://arr.invalid/sonarr: put that into sonarr.url." in said


@pytest.mark.parametrize("end", ["/", "//", "/api/v3", "/api/v3/", "/api", "/sonarr/", "/sonarr/api/v3"])
async def test_slashes_and_the_path_of_the_api_at_the_end_do_no_harm(end: str) -> None:
    sonarr = FakeArr("sonarr", base="/sonarr" if "sonarr" in end else "")
    status = await client(sonarr, f"http://arr.invalid:8989{end}").status()
    assert status.app_name == "Sonarr"


async def test_an_address_of_ipv6_works() -> None:
    assert (await client(FakeArr("sonarr"), "http://[::1]:8989").status()).app_name == "Sonarr"
    for wrong in ("http://::1:8989", "http://[::1", "http://host:99999"):
        with pytest.raises(UsageError, match="is not an address of Sonarr"):
            client(recorded(200), wrong)


@asynccontextmanager
async def plain_server(reply: bytes) -> AsyncIterator[int]:
    """A server on this machine that sends these bytes to whoever writes to it, and hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(reply)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "reply", [b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", b"nonsense, and not of TLS"]
)
async def test_https_on_an_http_port_is_called_that(reply: bytes) -> None:
    """Https on an http port."""
    async with plain_server(reply) as port:
        arr = Arr(ArrHttp("sonarr", f"https://127.0.0.1:{port}", SecretStr(KEY), retry_pause_s=0.0001))
        with pytest.raises(Unreachable, match="speaks http, not https") as caught:
            await arr.status()
        await arr.close()
    assert "sonarr.url begins with http://" in caught.value.hint


async def test_a_certificate_that_is_not_accepted_is_named_with_the_reason() -> None:
    said = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)"

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(said)

    text = await problem(refuse, "https://arr.invalid")
    assert "The certificate at https://arr.invalid is not accepted: self-signed certificate." in text
    assert "SSL_CERT_FILE" in text


async def test_an_answer_that_is_cut_is_read_again() -> None:
    """A connection cut in the answer."""
    sonarr = FakeArr("sonarr")
    sonarr.fail(CUT, times=2)
    assert (await client(sonarr).status()).app_name == "Sonarr"
    sonarr.fail(CUT)
    with pytest.raises(Transient, match=r"^The connection to Sonarr was cut before its answer was whole\.$"):
        await client(sonarr).status()
    async with plain_server(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") as port:
        arr = Arr(ArrHttp("sonarr", f"http://127.0.0.1:{port}", SecretStr(KEY), retry_pause_s=0.0001))
        with pytest.raises(Transient, match="was cut before its answer was whole"):
            await arr.status()
        await arr.close()


async def test_a_service_that_starts_up_is_waited_for_and_that_is_said() -> None:
    """503 "is starting up"."""
    sonarr = FakeArr("sonarr")
    item = sonarr.hold("A Show", "/library/tv/A Show")
    sonarr.fail(STARTING, times=5)
    arr = client(sonarr)
    reported: list[str] = []
    arr.on_wait = reported.append
    assert (await arr.status()).app_name == "Sonarr"
    assert set(reported) == {"Sonarr is starting up, waiting for it"}
    sonarr.fail(STARTING, times=5)  # it begins nothing before it has started, so a command may be sent again
    await arr.rescan(item)
    assert len(sonarr.bodies) == 1


async def test_it_is_not_waited_for_without_an_end() -> None:
    sonarr = FakeArr("sonarr")
    sonarr.fail(STARTING)
    for call in (lambda arr: arr.status(), lambda arr: arr.rescan(1)):
        arr = client(sonarr, start_s=0.001)
        with pytest.raises(StartingUp, match="Sonarr is starting up"):
            await call(arr)  # type: ignore[no-untyped-call]  # either call
    assert sonarr.bodies == []


@pytest.mark.slow
async def test_a_proxy_of_the_environment_is_not_asked_for_addresses_of_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    body = json.dumps({"appName": "Sonarr"}).encode()
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    async with plain_server(reply) as port:
        for host in ("127.0.0.1", "localhost"):
            arr = Arr(ArrHttp("sonarr", f"http://{host}:{port}", SecretStr(KEY), retry_pause_s=0.0001))
            assert (await arr.status()).app_name == "Sonarr"
            await arr.close()


async def test_a_web_page_at_the_address_is_named_without_what_may_be_a_key() -> None:
    with pytest.raises(BadAnswer, match="a web page answers instead of the API of Sonarr"):
        await client(lambda _: httpx.Response(200, html="<p>hello"), "http://arr.invalid").status()
