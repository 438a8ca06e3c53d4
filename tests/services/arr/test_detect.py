"""Finding Sonarr and Radarr: a Docker socket, local ports and config.xml files, all of them real ones of the test."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from mediatui.model.arr import ArrKind
from mediatui.services.arr.config import MOST_BYTES, parse_config, read_config
from mediatui.services.arr.detect import Proposal, detect, docker_sockets, usual_places
from mediatui.services.redaction import redact
from tests.fakes.pages import KEY, PING, Pages, config, listening, written

OTHER = "99998888777766665555444433332222"
NOWHERE: dict[ArrKind, int] = {}


@pytest.fixture
def socket() -> Iterator[Path]:
    """Where a socket may be: its path must be short."""
    with tempfile.TemporaryDirectory(prefix="mt") as folder:
        yield Path(folder, "docker.sock")


@asynccontextmanager
async def docker(socket: Path, containers: object) -> AsyncIterator[None]:
    """A Docker that lists ``containers``; text is sent as it is."""
    text = containers if isinstance(containers, str) else json.dumps(containers)
    server = await asyncio.start_unix_server(Pages({"/containers/json": text}), socket)
    async with server:
        yield


def container(
    name: str = "sonarr",
    image: str = "lscr.io/linuxserver/sonarr:latest",
    ports: list[dict[str, object]] | None = None,
    source: Path | None = None,
    network: str = "bridge",
    ip: str = "",
) -> dict[str, object]:
    mounts = [{"Type": "bind", "Source": str(source), "Destination": "/config", "RW": True}] if source else []
    return {
        "Id": f"id of {name}",
        "Names": [f"/{name}"],
        "Image": image,
        "Ports": ports or [],
        "Mounts": mounts,
        "HostConfig": {"NetworkMode": network},
        "NetworkSettings": {"Networks": {network: {"IPAddress": ip}}},
        "State": "running",
    }


def mapped(inside: int, outside: int, ip: str = "0.0.0.0") -> dict[str, object]:
    return {"IP": ip, "PrivatePort": inside, "PublicPort": outside, "Type": "tcp"}


async def found_in(socket: Path, containers: object) -> list[Proposal]:
    async with docker(socket, containers):
        return await detect(sockets=[socket], ports=NOWHERE, configs=[], timeout_s=5)


async def test_a_container_with_a_mapped_port(socket: Path, tmp_path: Path) -> None:
    folder = written(tmp_path, config(base="/sonarr"))
    async with listening({"/sonarr/ping": PING["/ping"]}) as port:
        (found,) = await found_in(socket, [container(ports=[mapped(9898, 1), mapped(8989, port)], source=folder)])
    assert (found.kind, found.source, found.url) == ("sonarr", "docker", f"http://127.0.0.1:{port}/sonarr")
    assert found.api_key.get_secret_value() == KEY
    assert '"sonarr" (lscr.io/linuxserver/sonarr:latest), key from its config.xml' in found.why


async def test_the_key_is_not_shown(socket: Path, tmp_path: Path) -> None:
    async with listening(PING) as port:
        found = await found_in(socket, [container(ports=[mapped(8989, port)], source=written(tmp_path, config()))])
    assert KEY not in repr(found)
    assert KEY not in redact(f"found {KEY}")


async def test_a_container_without_a_mapped_port_by_its_own_address(socket: Path, tmp_path: Path) -> None:
    async with listening(PING) as port:
        folder = written(tmp_path, config(port=port))
        (found,) = await found_in(socket, [container("tv", source=folder, ip="127.0.0.1")])
    assert found.url == f"http://127.0.0.1:{port}"


async def test_a_container_in_the_hosts_network(socket: Path, tmp_path: Path) -> None:
    async with listening(PING) as port:
        folder = written(tmp_path, config(port=port))
        (found,) = await found_in(socket, [container("films", "hotio/radarr", source=folder, network="host")])
    assert (found.kind, found.url) == ("radarr", f"http://127.0.0.1:{port}")


async def test_a_mapped_port_that_does_not_answer_leaves_the_containers_own_address(
    socket: Path, tmp_path: Path
) -> None:
    async with listening(PING) as port, listening({}) as dead:
        folder = written(tmp_path, config(port=port))
        (found,) = await found_in(socket, [container(ports=[mapped(port, dead)], source=folder, ip="127.0.0.1")])
    assert found.url == f"http://127.0.0.1:{port}"


async def test_a_container_whose_config_cannot_be_read(socket: Path, tmp_path: Path) -> None:
    async with listening(PING) as port:
        (found,) = await found_in(socket, [container(ports=[mapped(8989, port)], source=tmp_path / "none")])
    assert found.api_key.get_secret_value() == ""
    assert "its config.xml cannot be read" in found.why


@pytest.mark.parametrize(
    ("name", "image", "kind"),
    [
        ("stack-sonarr-1", "linuxserver/radarr", "radarr"),
        ("radarr-tools-sonarr-1", "linuxserver/sonarr:4@sha256:00", "sonarr"),
        ("Films", "registry.invalid:5000/own/Radarr-4k:radarr", "radarr"),
        ("radarr4k", "own/arr", "radarr"),
        ("sonarr-radarr-sync", "own/sync", None),
        ("tv", "sonarr.invalid/own/player", None),
        ("plex", "linuxserver/plex", None),
    ],
)
async def test_which_service_a_container_runs(socket: Path, name: str, image: str, kind: ArrKind | None) -> None:
    async with listening(PING) as port:
        found = await found_in(socket, [container(name, image, [mapped(8989, port), mapped(7878, port)])])
    assert [each.kind for each in found] == ([kind] if kind else [])


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "not json",
        "<html>",
        "{}",
        "null",
        '[null, 5, "x", {}, {"Id": 5}, {"Id": "x"}, {"Id": "y", "Names": 3}]',
        '[{"Id": "x", "Names": ["/sonarr"], "Image": null, "Ports": null, "Mounts": null, "NetworkSettings": null}]',
        '[{"Id": "x", "Names": ["/sonarr"], "NetworkSettings": {"Networks": {"n": {"IPAddress": "not one"}}}}]',
        '[{"Id": "x", "Names": ["/sonarr"], "Mounts": [{"Source": "/a\\u0000b", "Destination": "/config"}]}]',
        '[{"Id": "x", "Names": ["/sonarr"], "Ports": [{"PrivatePort": 8989, "PublicPort": 99999999}]}]',
        "[" * 50_000,
    ],
)
async def test_odd_answers_of_docker_propose_nothing(socket: Path, answer: str) -> None:
    assert await found_in(socket, answer) == []


async def test_no_docker_proposes_nothing(tmp_path: Path, socket: Path) -> None:
    (tmp_path / "file").write_text("")
    too_long = tmp_path / ("x" * 200)
    sockets = [tmp_path / "none", tmp_path / "file", tmp_path, too_long, Path("/a\0b")]
    assert await detect(sockets=sockets, ports=NOWHERE, configs=[], timeout_s=5) == []


async def test_a_docker_that_hangs_is_given_up(socket: Path) -> None:
    held = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    async with await asyncio.start_unix_server(hang, socket), asyncio.timeout(20):
        assert await detect(sockets=[socket], ports=NOWHERE, configs=[], timeout_s=0.05) == []
        held.set()


async def test_a_port_that_answers() -> None:
    async with listening(PING) as sonarr, listening({"/ping": "pong"}) as other:
        found = await detect(sockets=[], ports={"sonarr": sonarr, "radarr": other}, configs=[], timeout_s=5)
    (only,) = found
    assert (only.kind, only.url, only.source) == ("sonarr", f"http://127.0.0.1:{sonarr}", "port")
    assert only.api_key.get_secret_value() == ""


async def test_a_service_that_tells_its_key_and_base_path() -> None:
    key = "told0told1told2told3"
    page = {"apiRoot": "/movies/api/v3", "apiKey": key, "instanceName": "Radarr 4K", "urlBase": "/movies"}
    pages = Pages(
        {"/ping": ">/movies/ping", "/movies/ping": PING["/ping"], "/movies/initialize.json": json.dumps(page)}
    )
    async with listening(pages) as port:
        (found,) = await detect(sockets=[], ports={"sonarr": port}, configs=[], timeout_s=5)
    assert (found.kind, found.url) == ("radarr", f"http://127.0.0.1:{port}/movies")
    assert found.api_key.get_secret_value() == key
    assert key not in redact(f"found {key}")


@pytest.mark.parametrize(
    "pages",
    [
        {"/ping": ">https://elsewhere.invalid/ping"},
        {"/ping": ">https://elsewhere.invalid/tv/ping", "/tv/ping": PING["/ping"]},
        {"/ping": ">http://[broken/ping"},
        {"/ping": ">/ping"},
        {"/ping": '{"status": 5}', "/initialize.json": "[]"},
        {"/ping": "[1]", "/initialize.json": '{"apiKey": "x"}'},
        {"/ping": '{"status": "OK", "filler": "' + "x" * 70_000 + '"}'},
    ],
)
async def test_odd_answers_of_a_port_propose_nothing(pages: dict[str, str]) -> None:
    async with listening(pages) as port, asyncio.timeout(20):
        assert await detect(sockets=[], ports={"sonarr": port}, configs=[], timeout_s=5) == []


async def test_a_config_file_counts_while_its_service_answers(tmp_path: Path) -> None:
    async with listening(PING) as port, listening({}) as dead:
        live = written(tmp_path / "live", config(port=port)) / "config.xml"
        stale = written(tmp_path / "stale", config(OTHER, port=dead)) / "config.xml"
        (found,) = await detect(sockets=[], ports=NOWHERE, configs=[("sonarr", stale), ("sonarr", live)], timeout_s=5)
    assert (found.url, found.source) == (f"http://127.0.0.1:{port}", "config")
    assert (found.api_key.get_secret_value(), found.why) == (KEY, f"its {live}")


async def test_what_is_found_twice_is_proposed_once_with_the_key(socket: Path, tmp_path: Path) -> None:
    async with listening(PING) as port:
        place = written(tmp_path, config(port=port)) / "config.xml"
        listed = [container(ports=[mapped(8989, port)])]
        async with docker(socket, listed):
            (found,) = await detect(
                sockets=[socket, socket], ports={"sonarr": port}, configs=[("sonarr", place)], timeout_s=5
            )
    assert (found.source, found.url) == ("docker", f"http://127.0.0.1:{port}")
    assert found.api_key.get_secret_value() == KEY
    assert f"key from its {place}" in found.why


async def test_the_key_is_not_sent_while_looking(tmp_path: Path) -> None:
    pages = Pages(PING)
    async with listening(pages) as port:
        place = written(tmp_path, config(port=port)) / "config.xml"
        assert await detect(sockets=[], ports={"sonarr": port}, configs=[("sonarr", place)], timeout_s=5)
    assert pages.asked
    assert all(KEY not in request for request in pages.asked)


def test_a_config_file() -> None:
    read = parse_config(config(base="sonarr/", port=8990).encode())
    assert read is not None
    assert (read.api_key.get_secret_value(), read.port, read.url_base, read.address) == (KEY, 8990, "/sonarr", "")


@pytest.mark.parametrize(
    ("text", "key", "port", "base", "address"),
    [
        (f"<Config><ApiKey>{KEY}</ApiKey></Config>", KEY, 0, "", ""),
        (f"\ufeff<?xml version='1.0'?><Config><ApiKey> {KEY}\n</ApiKey></Config>", KEY, 0, "", ""),
        ("<Config><ApiKey>a b</ApiKey><Port>x</Port></Config>", "", 0, "", ""),
        ("<Config><Port>70000</Port></Config>", "", 0, "", ""),
        ("<Config><Port>٨٩٨٩</Port></Config>", "", 0, "", ""),
        ("<Config><Port>80</Port><UrlBase>/a b?c=d</UrlBase></Config>", "", 80, "", ""),
        ("<Config><Port>80</Port><UrlBase>/tv/4k</UrlBase></Config>", "", 80, "/tv/4k", ""),
        ("<Config><Port>80</Port><BindAddress>192.168.1.4</BindAddress></Config>", "", 80, "", "192.168.1.4"),
        ("<Config><Port>80</Port><BindAddress>evil/@x</BindAddress></Config>", "", 80, "", ""),
        (f"<Config><Deep><ApiKey>{OTHER}</ApiKey></Deep><ApiKey>{KEY}</ApiKey></Config>", KEY, 0, "", ""),
    ],
)
def test_config_files_in_all_shapes(text: str, key: str, port: int, base: str, address: str) -> None:
    read = parse_config(text.encode())
    assert read is not None
    assert (read.api_key.get_secret_value(), read.port, read.url_base, read.address) == (key, port, base, address)


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
) + f"]><Config><ApiKey>{KEY}</ApiKey><Port>&i;</Port></Config>"


@pytest.mark.parametrize(
    "data",
    [
        BOMB.encode(),
        BOMB.encode("utf-16"),
        f'<!DOCTYPE x SYSTEM "file:///etc/passwd"><Config><ApiKey>{KEY}</ApiKey></Config>'.encode(),
        f'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><Config><ApiKey>{KEY}&f;</ApiKey></Config>'.encode(),
        f"<!DOCTYPE x><Config><ApiKey>{KEY}</ApiKey></Config>".encode(),
        f"<Config><ApiKey>{KEY}</ApiKey>{' ' * MOST_BYTES}</Config>".encode(),
        f"<Config><ApiKey>{KEY}".encode(),
        f"<Other><ApiKey>{KEY}</ApiKey></Other>".encode(),
        b"<?xml version='1.0' encoding='no-such'?><Config><Port>1</Port></Config>",
        b"<Config/>",
        b"",
        b"\0\xff",
    ],
)
def test_config_files_that_are_refused(data: bytes) -> None:
    assert parse_config(data) is None


def test_a_config_in_another_encoding_is_still_read() -> None:
    read = parse_config(("<?xml version='1.0' encoding='utf-16'?>" + config()).encode("utf-16"))
    assert read is not None
    assert read.api_key.get_secret_value() == KEY


def test_config_files_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    os.mkfifo(tmp_path / "full pipe")
    end = os.open(tmp_path / "full pipe", os.O_RDWR)
    os.write(end, config().encode())
    for path in (tmp_path / "none", tmp_path, tmp_path / "pipe", tmp_path / "full pipe", Path("/dev/zero")):
        assert read_config(path) is None
    assert read_config(Path("/a\0b")) is None
    os.close(end)


def test_where_docker_and_the_files_may_be() -> None:
    assert docker_sockets({"DOCKER_HOST": "unix:///run/own.sock"}) == [Path("/run/own.sock")]
    assert docker_sockets({"DOCKER_HOST": "tcp://far.invalid:2375"}) == []
    assert docker_sockets({"XDG_RUNTIME_DIR": "/run/user/5"}) == [
        Path("/var/run/docker.sock"),
        Path("/run/user/5/docker.sock"),
    ]
    places = usual_places(Path("/home/me"))
    assert ("sonarr", Path("/home/me/.config/Sonarr/config.xml")) in places
    assert ("radarr", Path("/var/lib/radarr/config.xml")) in places
