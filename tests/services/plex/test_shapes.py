"""The fake and the client of Plex are held to one table of fields, both ways."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
from pydantic import SecretStr

from mediatui.model.foreign_json import parse_json
from mediatui.model.media_server import ServerUser
from mediatui.services.plex.answers import read_container, read_xml
from mediatui.services.plex.client import Plex
from tests.fakes.plex import MACHINE, PLEX_SHAPES, TOKEN, FakePlex, User
from tests.fakes.shapes import is_within, leaves, watch_fields

BOB = ServerUser("2", "bob")


async def read_section(plex: Plex) -> None:
    films = (await plex.libraries())[0]
    async for _ in plex.items(films):
        pass


async def read_item(plex: Plex) -> None:
    item = await plex.item("101")
    assert item is not None
    await plex.watched(ServerUser("1", "ann", is_admin=True), item)
    await plex.watched(BOB, item)


async def read_sections(plex: Plex) -> None:
    await plex.libraries()
    await plex.is_scanning()


CALLS: dict[str, Callable[[Plex], Awaitable[object]]] = {
    "GET ": lambda plex: plex.about(),
    "GET library/sections": read_sections,
    "GET library/sections/{key}/all": read_section,
    "GET library/metadata/{key}": read_item,
    "plex.tv GET api/v2/home/users": lambda plex: plex.users(),
    "plex.tv GET api/servers/{machine}/shared_servers": read_item,
}
"""A call of the client for each answer of the table."""


def world() -> FakePlex:
    fake = FakePlex()
    fake.users.append(User(2, "bob", token="bobs-token-1234"))
    fake.section("1", "Films", "movie", "/data/Films")
    state = fake.state("bobs-token-1234", fake.file("1", "/data/Films/Dust Road (2001).mkv"))
    state.plays, state.offset_ms, state.at = 1, 5_000, 1_700_000_000
    return fake


def name_of(request: httpx.Request) -> str:
    """The row of the table that a request belongs to."""
    path = re.sub(r"(?<=sections/)\w+(?=/)|(?<=metadata/)\w+", "{key}", request.url.path.strip("/"))
    path = path.replace(MACHINE, "{machine}")
    return f"{'plex.tv ' if request.url.host == 'plex.tv' else ''}{request.method} {path}"


@pytest.mark.parametrize("name", list(PLEX_SHAPES))
async def test_fake_and_client_know_the_same_fields(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shape, read = PLEX_SHAPES[name], set[str]()
    sent: dict[str, set[type]] = {}
    fake, asked = world(), [""]

    def answer(request: httpx.Request) -> httpx.Response:
        response = fake(request)
        asked[0] = name_of(request)
        if asked[0] == name and response.content:
            is_xml = response.content.startswith(b"<")
            value = read_xml(response.content)[1] if is_xml else parse_json(response.content)
            for place, kind in leaves(value.get("MediaContainer", value) if isinstance(value, dict) else value):
                sent.setdefault(place, set()).add(kind)
        return response

    def noted(value: object) -> object:
        return watch_fields(value, "", read if asked[0] == name else set())

    monkeypatch.setattr("mediatui.services.plex.http.read_container", lambda *given: noted(read_container(*given)))
    monkeypatch.setattr("mediatui.services.plex.home.parse_json", lambda body: noted(parse_json(body)))
    monkeypatch.setattr("mediatui.services.plex.home.read_xml", lambda body: ("", noted(read_xml(body)[1])))
    plex = Plex("http://plex.invalid", SecretStr(TOKEN), transport=httpx.MockTransport(answer))
    try:
        await CALLS[name](plex)
    finally:
        await plex.close()
    assert set(sent) == set(shape), "the fake sends what the table does not have, or not what it has"
    assert all(kinds <= set(shape[place]) for place, kinds in sent.items()), sent
    assert {field for field in read if not is_within(field, set(shape))} == set(), "the client reads what there is not"
    assert set(shape) <= read, "the table has what the client does not read"


def test_every_answer_that_a_client_reads_stands_in_the_table() -> None:
    assert set(CALLS) == set(PLEX_SHAPES)
