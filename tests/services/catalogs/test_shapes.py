"""Fakes and clients of TMDB and TVDB are held to one table of fields, both ways."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import httpx
import pytest
from pydantic import SecretStr

from mediatui.model.foreign_json import parse_json
from mediatui.services.catalog_http import Wire
from mediatui.services.tmdb.client import Tmdb
from mediatui.services.tvdb.client import Tvdb
from tests.fakes.catalogs import CATALOG_SHAPES, TMDB_KEY, TVDB_KEY, FakeTmdb, FakeTvdb, SimEpisode, SimTitle
from tests.fakes.shapes import is_within, leaves, watch_fields

SERIES = SimTitle(
    "series", {"en": "Pilot Show", "fr": "Le Pilote"}, 2021, 900, 81189, 9000001, aliases=("Pilot",), genres=("Drama",),
    overviews={"en": "An overview."},
    episodes=(SimEpisode(1, 1, "2021-09-24", {"en": "One"}, 1), SimEpisode(1, 2, "", {"fr": "Deux"})),
)  # fmt: skip
FILM = SimTitle(
    "film", {"en": "Quiet Harbor"}, 2014, 62, 63, 9000002, aliases=("Harbor",), overviews={"en": "Calm."},
    genres=("Drama",),
)  # fmt: skip
TITLES = (SERIES, FILM, SimTitle("film", {"fr": "Le Port"}, 2001, 64, 65, original="fr"))
CALLS: dict[str, Callable[[Tmdb, Tvdb], Awaitable[object]]] = {
    "tmdb GET search/movie": lambda tmdb, tvdb: tmdb.search("film", "harbor"),
    "tmdb GET search/tv": lambda tmdb, tvdb: tmdb.search("series", "pilot"),
    "tmdb GET movie/{id}": lambda tmdb, tvdb: tmdb.read("film", 62),
    "tmdb GET tv/{id}": lambda tmdb, tvdb: tmdb.read("series", 900),
    "tmdb GET tv/{id}/season/{n}": lambda tmdb, tvdb: tmdb.season(900, 1),
    "tmdb GET find/{id}": lambda tmdb, tvdb: find_both(tmdb),
    "tvdb POST login": lambda tmdb, tvdb: tvdb.check(),
    "tvdb GET search": lambda tmdb, tvdb: tvdb.search("series", "pilot"),
    "tvdb GET search/remoteid/{id}": lambda tmdb, tvdb: find_both_at(tvdb),
    "tvdb GET series/{id}/extended": lambda tmdb, tvdb: tvdb.read("series", 81189),
    "tvdb GET movies/{id}/extended": lambda tmdb, tvdb: tvdb.read("film", 63),
    "tvdb GET series/{id}/episodes/default/{language}": lambda tmdb, tvdb: tvdb.episodes(81189),
}
"""A call of the client for each answer of the table."""
NEVER_SENT = {"data.translations.nameTranslations[].isAlias"}
"""Fields that the fakes leave out, as the services do where they do not hold."""


async def find_both(tmdb: Tmdb) -> None:
    await tmdb.find("tt9000001")
    await tmdb.find("tt9000002")


async def find_both_at(tvdb: Tvdb) -> None:
    await tvdb.find("tt9000001", "series")
    await tvdb.find("tt9000002", "film")


def by_language(place: str) -> str:
    """The place of a field with ``*`` for the language."""
    above, _, name = place.rpartition(".")
    return f"{above}.*" if above.endswith((".translations", ".overviews")) and len(name) == 3 else place


def path_of(shape: str) -> str:
    return shape.rpartition(" ")[2]


@pytest.mark.parametrize("name", list(CATALOG_SHAPES))
async def test_fake_and_client_know_the_same_fields(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shape, read = CATALOG_SHAPES[name], set[str]()
    sent: dict[str, set[type]] = {}

    def noting(answer: Callable[[httpx.Request], httpx.Response], base: str) -> httpx.AsyncBaseTransport:
        def give(request: httpx.Request) -> httpx.Response:
            response = answer(request)
            path = request.url.path.removeprefix(base)
            if response.status_code == 200 and (path == "login") == (name == "tvdb POST login"):
                for place, kind in leaves(json.loads(response.content)):
                    sent.setdefault(by_language(place), set()).add(kind)
            return response

        return httpx.MockTransport(give)

    def parse(body: bytes) -> object:
        value = parse_json(body)
        is_login = isinstance(value, dict) and isinstance(value.get("data"), dict) and "token" in value["data"]
        return watch_fields(value, "", read if is_login == (name == "tvdb POST login") else set())

    monkeypatch.setattr("mediatui.services.catalog_http.parse_json", parse)
    tmdb = Tmdb(SecretStr(TMDB_KEY), ["fr", "en"], Wire(transport=noting(FakeTmdb(TITLES), "/3/")))
    tvdb = Tvdb(SecretStr(TVDB_KEY), SecretStr(""), ["fr", "en"], Wire(transport=noting(FakeTvdb(TITLES), "/v4/")))
    try:
        await CALLS[name](tmdb, tvdb)
    finally:
        await tmdb.close()
        await tvdb.close()
    unknown = {place for place in sent if place not in shape}
    assert not unknown, "the fake sends what the table does not have"
    assert {place for place in shape if place not in sent} <= NEVER_SENT, "the table has what the fake does not send"
    assert all(kinds <= set(shape[place]) for place, kinds in sent.items()), sent
    assert read, "nothing was read"
    assert {field for field in read if not is_within(field, set(shape))} == set(), "the client reads what there is not"


def test_the_check_sees_a_field_that_is_not_in_the_table() -> None:
    read: set[str] = set()
    value = watch_fields({"data": [{"id": 1}]}, "", read)
    value.get("data")[0].get("identifier")
    shape = {"data[].id"}
    assert [field for field in sorted(read) if not is_within(field, shape)] == ["data[].identifier"]
    found = {by_language(place): kind for place, kind in leaves({"data": [{"id": 1, "overviews": {"fra": "x"}}]})}
    assert found == {"data[].id": int, "data[].overviews.*": str}
