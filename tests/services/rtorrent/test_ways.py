"""The ways in: SCGI over whatever carries bytes, HTTP with the login that is asked for; what stands there instead."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import xmlrpc.client
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from mediatui.model.errors import UsageError
from mediatui.model.seedbox_address import is_private, read_seedbox_address
from mediatui.services.errors import ServiceError
from mediatui.services.rtorrent.client import RTorrent
from mediatui.services.rtorrent.configured import configured_rtorrent
from mediatui.services.rtorrent.http import OverHttp
from mediatui.services.rtorrent.scgi import Scgi, frame, over_tcp, over_unix
from mediatui.services.torrent_client import CallRefused, ClientAway, ClientRefused, TooLarge, addition_of_file
from mediatui.settings.seedbox import SeedboxSettings
from tests.fakes.rtorrent import FakeRTorrent
from tests.worlds.rtorrent import make_torrent

PASSWORD = "tell-nobody"
URL = "https://box.example/RPC2"
RUTORRENT = "https://box.example/plugins/httprpc/action.php"
YES = xmlrpc.client.dumps((1,), methodresponse=True).encode()

# Addresses


@pytest.mark.parametrize(
    ("text", "way", "where"),
    [
        ("scgi://127.0.0.1:5000", "tcp", ("127.0.0.1", 5000, "")),
        ("scgi://[::1]:5000/", "tcp", ("::1", 5000, "")),
        ("scgi:///home/bob/rpc.socket", "unix", ("", 0, "/home/bob/rpc.socket")),
        ("scgi:///home/b%20b/rpc.socket", "unix", ("", 0, "/home/b b/rpc.socket")),
        ("ssh+scgi:///home/bob/.rtorrent.sock", "ssh", ("", 0, "/home/bob/.rtorrent.sock")),
        (" https://box.example/bob/RPC2/ ", "http", ("box.example", 0, "/bob/RPC2")),
        ("http://10.0.0.2:8080/rutorrent/plugins/httprpc/action.php", "http",
         ("10.0.0.2", 8080, "/rutorrent/plugins/httprpc/action.php")),
    ],
)  # fmt: skip
def test_an_address_names_its_way_in(text: str, way: str, where: tuple[str, int, str]) -> None:
    found = read_seedbox_address(text)
    assert (found.way, (found.host, found.port, found.path)) == (way, where)
    assert found.is_httprpc == text.endswith("action.php")


@pytest.mark.parametrize(
    "text",
    [
        "", "scgi://", "scgi://host", "scgi://host:0", "scgi://host:5000/RPC2", "scgi:///", "ssh+scgi://host/sock",
        "https://host", "https:///RPC2", "ftp://host/RPC2", "https://bob:pw@host/RPC2", "https://host/RPC2?key=1",
        "scgi://host:99999", "host:5000", "https://ho st/RPC2", "scgi:///a%00b", "http://[::1/RPC2",
    ],
)  # fmt: skip
def test_what_names_none_is_none(text: str) -> None:
    with pytest.raises(ValueError):
        read_seedbox_address(text)


def test_hosts_of_the_own_network_are_told_from_others() -> None:
    own = (
        "127.0.0.1",
        "::1",
        "10.1.2.3",
        "192.168.0.9",
        "172.31.0.1",
        "100.64.0.1",
        "fd00::1",
        "localhost",
        "box",
        "box.local",
    )
    others = ("172.32.0.1", "8.8.8.8", "198.51.100.7", "2001:db8::1", "box.example", "local.example", "")
    assert [host for host in own if not is_private(host)] == []
    assert [host for host in others if is_private(host)] == []


# SCGI


class Sent:
    """A connection that answers with these pieces; ``came`` is what was sent."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces, self.came, self.closed, self.hangs = list(pieces), b"", False, False

    async def __call__(self) -> tuple[Sent, Sent]:
        return self, self

    async def read(self, n: int = -1, /) -> bytes:
        if self.hangs:
            await asyncio.Event().wait()
        return self.pieces.pop(0) if self.pieces else b""

    def write(self, data: bytes, /) -> None:
        self.came += data

    async def drain(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def scgi(*pieces: bytes) -> tuple[Scgi, Sent]:
    sent = Sent(*pieces)
    return Scgi(sent, "scgi://here", "SCGI"), sent


async def test_whatever_opens_a_connection_carries_scgi_as_an_ssh_login_would() -> None:
    head = b"Status: 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(YES)
    sent = Sent(head[:30], head[30:], YES[:10], YES[10:])
    asked: list[str] = []

    def through_ssh(path: str) -> Callable[[], Awaitable[tuple[Sent, Sent]]]:
        asked.append(path)
        return sent

    section = SeedboxSettings(enabled=True, url="ssh+scgi:///home/bob/rpc.socket")
    client = configured_rtorrent(section, through_ssh=through_ssh)
    assert await client._rpc.call("x") == 1
    assert (asked, sent.closed) == (["/home/bob/rpc.socket"], True)
    assert sent.came.startswith(b"85:CONTENT_LENGTH\x00")
    assert sent.came == frame(xmlrpc.client.dumps((), "x").encode())


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ((), "something else answers"),
        ((b"SSH-2.0-OpenSSH_9.2\r\n",), "something else answers"),
        ((b"HTTP/1.1 400 Bad Request\r\n\r\n<html>",), "something else answers"),
        ((b"Status: 500 Internal Server Error\r\n\r\n",), "something else answers"),
        ((b"Status: 200 OK\r\nContent-Length: 500\r\n\r\n<?xml",), "was cut"),
    ],
)
async def test_what_is_no_whole_answer_of_it_counts_as_away(pieces: tuple[bytes, ...], said: str) -> None:
    way, sent = scgi(*pieces)
    with pytest.raises(ClientAway, match=said):
        await way.send(b"<x/>")
    assert sent.closed


async def test_a_socket_nobody_listens_on_and_one_that_hangs_are_away(tmp_path: Path) -> None:
    with pytest.raises(ClientAway, match="No such file"):
        await Scgi(over_unix(str(tmp_path / "none")), "scgi:///none", "SCGI").send(b"")

    for connect in (over_unix("/" + "x" * 200), over_tcp("a" * 70, 5000)):
        with pytest.raises(ClientAway, match="too long"):
            await Scgi(connect, "scgi:///none", "SCGI").send(b"")
    sent = Sent()
    way = Scgi(sent, "scgi:///here", "SCGI", piece_s=0.02)
    sent.hangs = True
    with pytest.raises(ClientAway, match="did not answer within"):
        await way.send(b"<x/>")
    assert sent.closed


# HTTP


def over_http(answer: Callable[[httpx.Request], httpx.Response], url: str = URL, **given: object) -> RTorrent:
    given = {"user": "bob", "password": SecretStr(PASSWORD), **given}
    address = read_seedbox_address(url)
    return RTorrent(OverHttp(address, transport=httpx.MockTransport(answer), **given))  # type: ignore[arg-type]


class Server:
    """A web server before rTorrent that wants a login; ``came`` counts requests, with or without one."""

    def __init__(self, *challenges: str) -> None:
        self.challenges = challenges
        self.came: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        given = request.headers.get("authorization", "")
        self.came.append(given.partition(" ")[0])
        assert PASSWORD not in str(request.url) + given
        if self._is_right(request, given):
            assert request.content
            assert request.headers["content-type"] == "text/xml"
            return httpx.Response(200, content=YES)
        return httpx.Response(401, headers=[("www-authenticate", one) for one in self.challenges])

    def _is_right(self, request: httpx.Request, given: str) -> bool:
        if given.startswith("Basic "):
            return base64.b64decode(given[6:]).decode() == f"bob:{PASSWORD}"
        if not given.startswith("Digest "):
            return False
        fields = dict(part.strip().split("=", 1) for part in given[7:].split(","))
        fields = {name: value.strip('"') for name, value in fields.items()}

        def md5(text: str) -> str:
            return hashlib.md5(text.encode()).hexdigest()

        own = md5(f"bob:rtorrent:{PASSWORD}"), md5(f"POST:{request.url.path}")
        middle = f"{fields['nonce']}:{fields['nc']}:{fields['cnonce']}:{fields['qop']}"
        return fields["response"] == md5(f"{own[0]}:{middle}:{own[1]}")


BASIC = 'Basic realm="rtorrent"'
DIGEST = 'Digest realm="rtorrent", nonce="abc", qop="auth", algorithm=MD5'


@pytest.mark.parametrize(
    ("challenges", "came"),
    [
        ((BASIC,), ["", "Basic", "Basic"]),
        ((DIGEST,), ["", "", "Digest", "Digest"]),
        ((BASIC, DIGEST), ["", "", "Digest", "Digest"]),
    ],
)
async def test_the_login_is_sent_as_it_is_asked_for_and_not_before(
    challenges: tuple[str, ...], came: list[str]
) -> None:
    server = Server(*challenges)
    client = over_http(server)
    for _ in range(2):
        assert await client._rpc.call("x") == 1
    assert server.came == came
    assert PASSWORD not in repr(client.__dict__)


@pytest.mark.parametrize(
    ("response", "url", "kind", "said"),
    [
        (httpx.Response(401, headers={"www-authenticate": BASIC}), URL, ClientRefused, "does not accept the login"),
        (httpx.Response(403), URL, ClientRefused, "denies access"),
        (httpx.Response(502, text="<html>bad gateway"), URL, ClientAway, "does not reach rTorrent"),
        (httpx.Response(503), URL, ClientAway, "does not reach rTorrent"),
        (httpx.Response(404, text="<html>"), URL, ClientAway, "there is no rTorrent"),
        (httpx.Response(302, headers={"location": "/login"}), URL, ClientAway, "a redirect answers"),
        (httpx.Response(500, text="<html>"), URL, ClientAway, "there is no rTorrent"),
        (httpx.Response(500, text="refused"), RUTORRENT, CallRefused, "does not pass this"),
        (httpx.Response(200, text="false"), RUTORRENT, ClientAway, "rTorrent behind it does not"),
        (httpx.Response(200, text="<html>Log in"), URL, ClientAway, "is not rTorrent"),
        (httpx.Response(200, text=""), URL, ClientAway, "is not rTorrent"),
        (httpx.Response(413), URL, TooLarge, "HTTP 413"),
        (httpx.ConnectError("refused"), URL, ClientAway, "cannot be reached"),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed (_ssl.c:1)"), URL,
         ClientAway, "certificate"),
        (httpx.ReadTimeout("late"), URL, ClientAway, "did not answer"),
        (httpx.RemoteProtocolError("cut"), URL, ClientAway, "was cut"),
    ],
)  # fmt: skip
async def test_what_stands_there_instead_is_named(
    response: httpx.Response | Exception, url: str, kind: type[ServiceError], said: str
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if isinstance(response, Exception):
            raise response
        return response

    with pytest.raises(kind, match=said) as caught:
        await over_http(answer, url).facts()
    assert PASSWORD not in caught.value.sentence


async def test_whole_conversations_go_over_http_too_and_a_413_is_the_failure_of_one_addition() -> None:
    box = FakeRTorrent(most_bytes=16 << 20)

    async def answer(request: httpx.Request) -> httpx.Response:
        if len(request.content) > 1 << 20:  # what nginx takes unless it is told otherwise
            return httpx.Response(413)
        return httpx.Response(200, content=await box.send(request.content))

    way = OverHttp(read_seedbox_address(URL), transport=httpx.MockTransport(answer))
    client = RTorrent(way, sleep=lambda seconds: asyncio.sleep(0))
    small, large = make_torrent("Small"), make_torrent("Large", padding=900 << 10)
    found = await client.add([addition_of_file(small.content, label="tv"), addition_of_file(large.content)])
    assert [one.outcome for one in found] == ["added", "failed"]
    assert isinstance(found[1].error, TooLarge)
    assert "client_max_body_size" in found[1].error.hint


def test_a_password_travels_unencrypted_only_in_the_own_network_or_where_that_is_allowed() -> None:
    def way(url: str, **given: object) -> object:
        return configured_rtorrent(SeedboxSettings(url=url, user="bob", password=PASSWORD, **given))  # type: ignore[arg-type]

    with pytest.raises(UsageError, match="travel unencrypted to box") as caught:
        way("http://box.example/RPC2")
    assert PASSWORD not in caught.value.sentence
    for url in ("https://box.example/RPC2", "http://127.0.0.1/RPC2", "http://box/RPC2", "http://192.168.1.2:80/RPC2"):
        way(url)
    way("http://box.example/RPC2", allow_http=True)
    configured_rtorrent(SeedboxSettings(url="http://box.example/RPC2"))
