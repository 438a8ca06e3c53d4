"""What TMDB and TVDB are asked, what is made of their answers, and what of their refusals and lies."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from mediatui.model.catalog import CatalogTitle
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.services.budget import Budget, MemoryLedger
from mediatui.services.catalog_http import Wire
from mediatui.services.errors import BadAnswer, NotFound, Permanent, Refused, SlowDown, Transient
from mediatui.services.tmdb.client import Tmdb
from mediatui.services.tvdb.client import Tvdb
from tests.fakes.catalogs import (
    TMDB_KEY,
    TMDB_TOKEN,
    TVDB_KEY,
    TVDB_PIN,
    FakeTmdb,
    FakeTvdb,
    SimEpisode,
    SimTitle,
    slow_down,
)  # fmt: skip

LANGUAGES = ["fr", "en"]
PILOT = SimTitle(
    "series", {"en": "Pilot Show", "fr": "  "}, 2021, 900, 81189, 9000001, aliases=("Le Pilote",),
    overviews={"en": "An overview."},
)  # fmt: skip
HARBOR = SimTitle(
    "film", {"en": "Quiet Harbor", "fr": "Le Port"}, 2014, 62, 63, 9000002, overviews={"fr": "Calme.", "en": "Calm."}
)
NIGHT = SimTitle("film", {"fa": "Shab", "en": "Good Night"}, 2021, 6101, 6100, original="fa")
Answer = Callable[[httpx.Request], httpx.Response]


class Clock:
    """A time that passes when it is slept through."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds))
        self.now += seconds

    def budget(self) -> Budget:
        return Budget(MemoryLedger(), limit=600, clock=lambda: self.now, sleep=self.sleep)


def wire_of(answer: Answer, **more: Any) -> Wire:
    return Wire(0.0001, transport=httpx.MockTransport(answer), **more)


@asynccontextmanager
async def tmdb_of(answer: Answer, key: str = TMDB_KEY, **more: Any) -> AsyncIterator[Tmdb]:
    client = Tmdb(SecretStr(key), LANGUAGES, wire_of(answer, **more))
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def tvdb_of(answer: Answer, key: str = TVDB_KEY, pin: str = "", **more: Any) -> AsyncIterator[Tvdb]:
    client = Tvdb(SecretStr(key), SecretStr(pin), LANGUAGES, wire_of(answer, **more))
    try:
        yield client
    finally:
        await client.close()


async def test_a_blank_text_is_taken_from_the_next_language_and_which_it_was_is_noted() -> None:
    async with tvdb_of(FakeTvdb([PILOT])) as tvdb:
        one = await tvdb.read("series", 81189)
        (found,) = await tvdb.search("series", "pilot")
    for title in (one, found):
        assert (title.title, title.title_from, title.overview, title.overview_from) == (
            "Pilot Show", "en", "An overview.", "en",
        )  # fmt: skip
        assert (title.id, title.tvdb_id, title.tmdb_id, title.imdb_id) == (81189, 81189, 900, 9000001)
        assert (title.kind, title.year, title.aliases) == ("series", 2021, ("Le Pilote",))


async def test_tmdb_is_asked_in_the_next_language_only_where_a_text_is_missing() -> None:
    fake = FakeTmdb([PILOT, HARBOR])
    async with tmdb_of(fake) as tmdb:
        (film,) = await tmdb.search("film", "harbor")
        (series,) = await tmdb.search("series", "pilot", 2021)
    assert (film.title, film.title_from, film.original_title, film.overview_from) == (
        "Le Port", "fr", "Quiet Harbor", "fr",
    )  # fmt: skip
    assert (series.title, series.title_from, series.overview_from) == ("Pilot Show", "en", "en")
    assert fake.asked == [
        "search/movie?query=harbor&language=fr&page=1",
        "search/tv?query=pilot&language=fr&page=1&year=2021",
        "search/tv?query=pilot&language=en&page=1&year=2021",
    ]


async def test_a_film_has_its_original_title_and_ids_elsewhere() -> None:
    async with tmdb_of(FakeTmdb([NIGHT, HARBOR])) as tmdb:
        night, harbor = await tmdb.read("film", 6101), await tmdb.read("film", 62)
        found = await tmdb.find("tt9000002")
    assert night.titles == ("Good Night", "Shab")
    assert (night.original_title, night.original_language) == ("Shab", "fa")
    assert (harbor.titles, harbor.imdb_id, harbor.name) == (("Le Port", "Quiet Harbor"), 9000002, "tmdb:62")
    assert [one.id for one in found] == [62]


async def test_episodes_have_days_and_titles_of_the_first_language_that_has_them() -> None:
    episodes = tuple(
        SimEpisode(1, at, f"2024-09-{at % 28 + 1:02d}", {"en": f"Chapter {at}"} | ({"fr": "Un"} if at == 1 else {}), at)
        for at in range(1, 503)
    )
    show = SimTitle("series", {"en": "Long"}, 2020, 91, 92, episodes=episodes)
    fake, tmdb_fake = FakeTvdb([show]), FakeTmdb([show])
    async with tvdb_of(fake) as tvdb, tmdb_of(tmdb_fake) as tmdb:
        found = await tvdb.episodes(92)
        at_tmdb, whole = await tmdb.season(91, 1), await tmdb.read("series", 91)
        with pytest.raises(NotFound, match="TVDB does not know the series 93"):
            await tvdb.episodes(93)
    assert (len(found), found[0].title, found[1].title) == (502, "Un", "Chapter 2")
    assert [found[0].air_date, found[0].absolute, found[0].season] == ["2024-09-02", 1, 1]
    assert sum("page=1" in path for path in fake.asked) == 2
    assert [one.air_date for one in at_tmdb] == [one.air_date for one in found]
    assert [(one.number, one.episodes) for one in whole.seasons] == [(1, 502)]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"data": {"name": "Nameless"}}, "it has no id"),
        ({"data": {"id": 0}}, "it has no id"),
        ({"data": []}, "it has no id"),
        ({}, "it has no id"),
        ([], "no object"),
    ],
)
async def test_a_record_without_an_id_is_an_error(body: object, said: str) -> None:
    fake = FakeTvdb()

    def answer(request: httpx.Request) -> httpx.Response:
        return fake(request) if request.url.path.endswith("login") else httpx.Response(200, json=body)

    async with tvdb_of(answer) as tvdb:
        with pytest.raises(BadAnswer, match=said):
            await tvdb.read("series", 5)


@pytest.mark.parametrize(
    "row",
    [
        {}, {"id": None, "title": "x"}, {"id": "x"}, {"id": True, "title": []}, {"id": -4}, 7, None, "text",
        {"tvdb_id": "0", "name": "x"},
    ],
)  # fmt: skip
async def test_a_row_without_an_id_is_left_out(row: object) -> None:
    whole = {"id": 3, "tvdb_id": "3", "title": "Third", "name": "Third", "overview": "x"}
    async with tmdb_of(lambda request: httpx.Response(200, json={"results": [row, whole]})) as tmdb:
        found: list[CatalogTitle] = await tmdb.search("film", "third")
    fake = FakeTvdb()

    def answer(request: httpx.Request) -> httpx.Response:
        return fake(request) if request.url.path.endswith("login") else httpx.Response(200, json={"data": [row, whole]})

    async with tvdb_of(answer) as tvdb:
        found += await tvdb.search("series", "third")
    assert [(one.id, one.title) for one in found if one.id != 1] == [(3, "Third"), (3, "Third")]


@pytest.mark.parametrize(
    ("lie", "error", "said"),
    [
        (httpx.Response(401, json={"status_code": 7}), Refused, "does not accept the key"),
        (httpx.Response(404, json={}), NotFound, "TMDB does not know the film 62"),
        (httpx.Response(307, headers={"location": "http://x/"}), BadAnswer, "a redirect"),
        (httpx.Response(200, headers={"content-type": "text/html"}, text="<html>"), BadAnswer, "a web page"),
        (httpx.Response(200, text="[]"), BadAnswer, "no object"),
        (httpx.Response(200, text="{"), BadAnswer, "cannot be read"),
        (httpx.Response(200, content=b"[" * 100_000), BadAnswer, "cannot be read"),
        (httpx.Response(422, json={"status_message": "query must be given"}), Permanent, "query must be given"),
        (httpx.Response(200, content=b" " * (9 * 1024 * 1024)), BadAnswer, "more than an answer may have"),
    ],
)  # fmt: skip
async def test_what_is_no_answer_is_said_in_a_sentence_without_the_key(
    lie: httpx.Response, error: type[MediatuiError], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    fake = FakeTmdb([HARBOR])
    fake.lies.append(lie)
    caplog.set_level(logging.DEBUG, logger="mediatui")
    async with tmdb_of(fake) as tmdb:
        with pytest.raises(error, match=said) as caught:
            await tmdb.read("film", 62)
    assert TMDB_KEY not in f"{caught.value.sentence} {caplog.text}"


async def test_what_fails_for_a_moment_is_asked_again() -> None:
    fake = FakeTmdb([HARBOR])
    fake.lies.extend([httpx.Response(502), httpx.Response(503)])
    async with tmdb_of(fake) as tmdb:
        assert (await tmdb.read("film", 62)).id == 62
        fake.lies.extend([httpx.Response(500)] * 3)
        with pytest.raises(Transient, match=r"TMDB failed \(HTTP 500\)"):
            await tmdb.read("film", 62)
        assert not fake.lies


async def test_a_catalog_that_fails_again_and_again_is_left_alone_for_a_while() -> None:
    fake, clock = FakeTmdb([HARBOR]), Clock()
    async with tmdb_of(fake, clock=lambda: clock.now, budget=clock.budget()) as tmdb:

        async def fails(said: str, requests: int) -> None:
            fake.lies.extend([httpx.Response(500)] * requests)
            with pytest.raises(Transient, match=said):
                await tmdb.read("film", 62)
            assert not fake.lies

        for _ in range(5):
            await fails("HTTP 500", 3)
        for pause_s in (60.0, 120.0, 240.0):
            clock.now += pause_s - 1
            await fails("times in a row and is left alone", 0)
            clock.now += 2
            await fails("HTTP 500", 3)
        clock.now += 500
        assert (await tmdb.read("film", 62)).id == 62
        await fails("HTTP 500", 3)
        assert (await tmdb.read("film", 62)).id == 62


async def test_a_request_waits_as_long_as_the_catalog_asks_and_no_longer_than_a_minute() -> None:
    tmdb_fake, tvdb_fake, clock = FakeTmdb([HARBOR]), FakeTvdb([PILOT]), Clock()
    tmdb_fake.lies.extend([slow_down(7), slow_down()])
    async with tmdb_of(tmdb_fake, budget=clock.budget()) as tmdb:
        assert (await tmdb.read("film", 62)).id == 62
        assert clock.slept[0] == 7
        assert 8 <= clock.slept[1] <= 20  # ten seconds, twice that for the second in a row
        tmdb_fake.lies.append(slow_down(900))
        with pytest.raises(SlowDown, match="slow down") as caught:
            await tmdb.read("film", 62)
        asked = len(tmdb_fake.asked)
        with pytest.raises(SlowDown):
            await tmdb.read("film", 62)
    assert caught.value.retry_after == 900
    assert len(tmdb_fake.asked) == asked, "it was asked while it is to be left alone"
    tvdb_fake.lies.extend([slow_down(), slow_down()])  # at the login
    clock = Clock()
    async with tvdb_of(tvdb_fake, budget=clock.budget()) as tvdb:
        assert (await tvdb.read("series", 81189)).id == 81189
    assert 24 <= clock.slept[0] <= 30
    assert 48 <= clock.slept[1] <= 60


async def test_there_is_one_login_and_another_once_the_token_has_ended() -> None:
    days = 0.0
    fake = FakeTvdb([PILOT], pin=TVDB_PIN, clock=lambda: days * 86_400)
    async with tvdb_of(fake, pin=TVDB_PIN) as tvdb:
        await tvdb.check()
        days = 29
        await tvdb.read("series", 81189)
        assert fake.asked.count("login") == 1
        days = 31
        assert (await tvdb.read("series", 81189)).id == 81189
        assert fake.asked.count("login") == 2
        fake.key = "other"
        fake.end_tokens()
        with pytest.raises(Refused) as caught:
            await tvdb.read("series", 81189)
    assert "metadata.tvdb_key" in caught.value.sentence
    assert TVDB_KEY not in caught.value.sentence


async def test_a_token_that_is_refused_at_once_says_that_key_or_pin_is_wrong() -> None:
    fake = FakeTvdb([PILOT])

    def answer(request: httpx.Request) -> httpx.Response:
        return fake(request) if request.url.path.endswith("login") else httpx.Response(401, json={"message": "no"})

    async with tvdb_of(answer) as tvdb:
        with pytest.raises(Refused, match="does not accept the key") as caught:
            await tvdb.read("series", 81189)
    assert "metadata.tvdb_pin" in caught.value.hint
    assert fake.asked.count("login") == 2


@pytest.mark.parametrize("key", ["", "  ", "two words", "clé", "a\nb"])
def test_what_cannot_be_a_key_is_refused_before_anything_is_asked(key: str) -> None:
    with pytest.raises(UsageError, match="API key for TMDB") as caught:
        Tmdb(SecretStr(key), LANGUAGES)
    assert "metadata.tmdb_key" in caught.value.hint
    with pytest.raises(UsageError, match="API key for TVDB"):
        Tvdb(SecretStr(key), SecretStr(""), LANGUAGES)


async def test_a_read_access_token_goes_into_a_header() -> None:
    fake = FakeTmdb([HARBOR], key=TMDB_TOKEN)
    async with tmdb_of(fake, key=f" {TMDB_TOKEN}\n") as tmdb:
        await tmdb.check()
    assert fake.asked == ["find/tt0133093?external_source=imdb_id&language=fr"]
