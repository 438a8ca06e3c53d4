"""Finds Sonarr and Radarr on this machine: in Docker, on their usual ports, by their config.xml.

A service that is found is proposed, never used automatically. Every proposal has answered at its address. Nothing here
raises: without Docker, without permission or after an odd answer there is nothing to propose.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from mediatui.model.arr import ARR_TITLES, ArrKind
from mediatui.model.foreign_json import parse_json
from mediatui.model.secrets import keep_secret
from mediatui.services.arr.config import ArrConfig, clean_base, read_configs
from mediatui.services.arr.docker import Container, read_containers
from mediatui.services.arr.records import ARR_KINDS
from mediatui.services.http import certificates

if TYPE_CHECKING:
    from mediatui.settings import Settings

PORTS: Final[dict[ArrKind, int]] = {"sonarr": 8989, "radarr": 7878}
HERE: Final = "127.0.0.1"
MOST_BYTES: Final = 64 * 1024
MOST_BYTES_DOCKER: Final = 8 * 1024 * 1024

Source = Literal["docker", "port", "config"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A service that answered at ``url``; ``api_key`` is empty when it could not be read. ``why`` says in a few words
    how it was found; it contains names from outside."""

    kind: ArrKind
    url: str
    api_key: SecretStr
    source: Source
    why: str


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a proposal in the settings: the ``name`` of the service, the address that it ``replaces``, or the
    titles of the services it is added ``beside``."""

    name: str
    replaces: str = ""
    beside: tuple[str, ...] = ()


def place_for(proposal: Proposal, settings: Settings) -> Place:
    """The place of a proposal: the service whose key it has, else the only one of its kind, else a new one."""
    same = [service for service in settings.services if service.kind == proposal.kind]
    key = proposal.api_key.get_secret_value()
    for service in same:
        if len(same) == 1 or (key and service.api_key.get_secret_value() == key) or service.url == proposal.url:
            return Place(service.name, service.url if service.url != proposal.url else "")
    taken = {service.name for service in settings.services}
    name = next(free for number in range(2, len(taken) + 3) if (free := f"{proposal.kind}-{number}") not in taken)
    return Place(name, beside=tuple(service.title for service in same))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A service that may be at one of ``urls``, the likeliest first."""

    kind: ArrKind
    urls: tuple[str, ...]
    api_key: SecretStr
    source: Source
    why: str


@dataclass(frozen=True, slots=True)
class _Reply:
    """A JSON answer; or ``location``, where the answer was a redirect to."""

    answer: object = None
    location: str = ""


async def detect(
    *,
    sockets: Sequence[Path] | None = None,
    ports: Mapping[ArrKind, int] = PORTS,
    configs: Sequence[tuple[ArrKind, Path]] | None = None,
    timeout_s: float = 2.0,
) -> list[Proposal]:
    """The services found, those of Docker first, each once; ``timeout_s`` limits every single request.

    ``sockets`` are Docker's sockets and ``configs`` the places of config.xml; None for the usual ones. ``ports`` are
    the ports of this machine to try, and the ports of a container whose config.xml names none.
    """
    sockets = docker_sockets(os.environ) if sockets is None else sockets
    configs = usual_places() if configs is None else configs
    read = await read_configs([path for _, path in configs], most_s=timeout_s)
    candidates = [
        *await _in_docker(sockets, timeout_s),
        *(
            _Candidate(kind, (f"http://{HERE}:{port}",), SecretStr(""), "port", f"it answers on port {port}")
            for kind, port in ports.items()
        ),
        *(_configured(kind, path, read[path]) for kind, path in configs if path in read),
    ]
    # These are addresses of this machine, so a proxy of the environment is not used.
    async with httpx.AsyncClient(timeout=timeout_s, trust_env=False, verify=certificates()) as client:
        confirmed = await asyncio.gather(*(_confirm(client, candidate, timeout_s) for candidate in candidates))
    return _without_duplicates(proposal for proposal in confirmed if proposal is not None)


def docker_sockets(environment: Mapping[str, str]) -> list[Path]:
    """Where Docker's socket may be: at DOCKER_HOST, else the system's and the user's own."""
    if host := environment.get("DOCKER_HOST", ""):
        return [Path(host.removeprefix("unix://"))] if host.startswith("unix:///") else []
    own = environment.get("XDG_RUNTIME_DIR", "")
    return [Path("/var/run/docker.sock"), *([Path(own, "docker.sock")] if own.startswith("/") else [])]


def usual_places(home: Path | None = None) -> list[tuple[ArrKind, Path]]:
    """Where packages, installers and common container setups keep config.xml; ``home`` is the user's unless given."""
    home = home or Path(os.path.expanduser("~"))
    places: list[tuple[ArrKind, Path]] = []
    for kind in ARR_KINDS:
        names = (ARR_TITLES[kind], kind)
        own = [home / ".config" / name for name in names]
        shared = [Path(parent, name) for parent in ("/var/lib", "/opt", "/srv", "/opt/appdata") for name in names]
        nested = [folder / "config" for folder in (home / kind, home / "docker" / kind, *shared)]
        places += [(kind, folder / "config.xml") for folder in (*own, *shared, *nested)]
    return places


async def _in_docker(sockets: Iterable[Path], timeout_s: float) -> list[_Candidate]:
    containers: dict[str, Container] = {}
    for socket in sockets:
        # Nothing is encrypted on a socket of this machine, and reading certificates takes long.
        async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(socket), verify=False)) as client:
            reply = await _ask(client, "http://docker/containers/json", timeout_s, MOST_BYTES_DOCKER)
        # The user's own socket may be the system's under another name.
        containers |= {container.id: container for container in read_containers(reply.answer)}
    paths = {container.config: container for container in containers.values() if container.config is not None}
    read = await read_configs(list(paths), most_s=timeout_s)
    return [
        _contained(container, read.get(container.config) if container.config else None)
        for container in containers.values()
    ]


def _contained(container: Container, config: ArrConfig | None) -> _Candidate:
    config, readable = config or ArrConfig(), config is not None
    port = config.port or PORTS[container.kind]
    key = ", key from its config.xml" if config.api_key.get_secret_value() else ""
    unread = "" if readable else ", its config.xml cannot be read"
    return _Candidate(
        container.kind,
        tuple(f"http://{place}{config.url_base}" for place in container.addresses(port)),
        config.api_key,
        "docker",
        f'container "{container.name}" ({container.image}){key}{unread}',
    )


def _configured(kind: ArrKind, path: Path, config: ArrConfig) -> _Candidate:
    address = config.address or HERE
    place = f"[{address}]" if ":" in address else address
    url = f"http://{place}:{config.port or PORTS[kind]}{config.url_base}"
    return _Candidate(kind, (url,), config.api_key, "config", f"its {path}")


async def _confirm(client: httpx.AsyncClient, candidate: _Candidate, timeout_s: float) -> Proposal | None:
    """The proposal for the first address of a candidate that answers; None when none does."""
    for url in candidate.urls:
        base, answers = await _ping(client, url, timeout_s)
        kind, key = candidate.kind, candidate.api_key
        if not answers or not key.get_secret_value():
            page = await _initialise(client, base, timeout_s)
            answers = answers or page is not None
            if page is not None:
                kind, base = _reported_kind(page, kind), _rebased(base, page)
                key = key if key.get_secret_value() else SecretStr(_text_field(page, "apiKey"))
                keep_secret(key.get_secret_value())
        if answers:
            return Proposal(kind, base, key, candidate.source, candidate.why)
    return None


async def _ping(client: httpx.AsyncClient, url: str, timeout_s: float) -> tuple[str, bool]:
    """The service's address, with the base path it redirects to if it has one, and whether it answered there."""
    reply = await _ask(client, f"{url}/ping", timeout_s)
    try:
        target = urlsplit(reply.location)
    except ValueError:
        return url, False
    if target.path.endswith("/ping") and target.netloc in ("", urlsplit(url).netloc):
        base = clean_base(target.path.removesuffix("/ping"))
        url = f"{url.partition('://')[0]}://{urlsplit(url).netloc}{base}"
        reply = await _ask(client, f"{url}/ping", timeout_s)
    return url, isinstance(reply.answer, dict) and _text_field(reply.answer, "status").upper() == "OK"


async def _initialise(client: httpx.AsyncClient, url: str, timeout_s: float) -> dict[str, object] | None:
    """The data of the service for its own web pages, with the key; None when it requires a login first."""
    answer = (await _ask(client, f"{url}/initialize.json", timeout_s)).answer
    return answer if isinstance(answer, dict) and _text_field(answer, "apiRoot").endswith("/api/v3") else None


def _reported_kind(page: dict[str, object], kind: ArrKind) -> ArrKind:
    """The kind in the service's own name; ``kind`` when its owner gave it another name."""
    named: list[ArrKind] = [name for name in ARR_KINDS if name in _text_field(page, "instanceName").casefold()]
    return named[0] if len(named) == 1 else kind


def _rebased(url: str, page: dict[str, object]) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{clean_base(_text_field(page, 'urlBase'))}"


def _text_field(answer: dict[str, object], name: str) -> str:
    value = answer.get(name)
    return value if isinstance(value, str) else ""


async def _ask(client: httpx.AsyncClient, url: str, timeout_s: float, most_bytes: int = MOST_BYTES) -> _Reply:
    """The JSON at ``url``; an empty reply for anything else and after any error."""
    body = bytearray()
    try:
        async with asyncio.timeout(timeout_s), client.stream("GET", url, headers={"Accept": "application/json"}) as got:
            if got.has_redirect_location:
                return _Reply(location=got.headers["location"])
            if got.status_code != 200:
                return _Reply()
            async for chunk in got.aiter_bytes():
                body += chunk
                if len(body) > most_bytes:
                    return _Reply()
        return _Reply(parse_json(bytes(body)))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
        return _Reply()


def _without_duplicates(found: Iterable[Proposal]) -> list[Proposal]:
    """The proposals without duplicates, which have the same address or the same key."""
    kept: list[Proposal] = []
    for proposal in found:
        key = proposal.api_key.get_secret_value()
        for place, known in enumerate(kept):
            same_key = key != "" and known.api_key.get_secret_value() == key
            if known.kind == proposal.kind and (known.url == proposal.url or same_key):
                if key and not known.api_key.get_secret_value():
                    kept[place] = replace(known, api_key=proposal.api_key, why=f"{known.why}, key from {proposal.why}")
                break
        else:
            kept.append(proposal)
    return kept
