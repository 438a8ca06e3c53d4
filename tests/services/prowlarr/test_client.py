"""What a search of Prowlarr gives: releases without keys, whatever an indexer sends, and refusals in a sentence."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.release import FoundRelease
from mediatui.services.errors import BadAnswer, Refused, Transient
from mediatui.services.prowlarr.client import NobodyAsked, Prowlarr
from tests.fakes.arr import KEY
from tests.fakes.prowlarr import FakeProwlarr, Offer

URL = "http://prowlarr.invalid"


def client(answer: FakeProwlarr | Callable[[httpx.Request], httpx.Response], **more: Any) -> Prowlarr:
    transport = answer.transport() if isinstance(answer, FakeProwlarr) else httpx.MockTransport(answer)
    return Prowlarr(URL, SecretStr(KEY), retry_pause_s=0.0001, transport=transport, **more)


async def found(prowlarr: Prowlarr, number: int = 1, query: str = "harbor", **more: Any) -> list[FoundRelease]:
    return [one async for some in prowlarr.search(number, query, **more) for one in some]


def page_of(rows: list[dict[str, object]]) -> Callable[[httpx.Request], httpx.Response]:
    """A Prowlarr that sends these rows, whatever it is asked."""
    return lambda request: httpx.Response(200, content=json.dumps(rows).encode())


@pytest.fixture
def fake() -> FakeProwlarr:
    return FakeProwlarr()


@pytest.fixture
async def prowlarr(fake: FakeProwlarr) -> AsyncIterator[Prowlarr]:
    one = client(fake)
    yield one
    await one.close()


async def test_a_release_keeps_the_way_to_its_torrent_but_not_the_key(fake: FakeProwlarr, prowlarr: Prowlarr) -> None:
    fake.add(1, [Offer("Harbor.Lights.S02E04.1080p", hash="AB" * 20, flags=("freeleech",))], name="Alpha")
    (one,) = await found(prowlarr)
    assert (one.title, one.indexer, one.hash, one.flags) == (
        "Harbor.Lights.S02E04.1080p", "Alpha", "ab" * 20, ("freeleech",),
    )  # fmt: skip
    assert one.link.startswith("1/download?link=")
    assert one.categories == (5040,)
    assert KEY not in repr(one)
    assert "apikey" not in repr(one)


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"downloadUrl": "https://tracker.invalid/dl?passkey=SECRET0123"}, ""),
        ({"downloadUrl": "magnet:?xt=urn:btih:00"}, ""),
        ({"downloadUrl": f"{URL}/base/7/download?apikey={KEY}&link=a%2Bb&file=x"}, "7/download?link=a%2Bb&file=x"),
        ({"guid": "https://tracker.invalid/dl?id=1&passkey=SECRET0123"}, ""),
        ({"guid": "https://user:SECRET0123@tracker.invalid/1"}, ""),
    ],
)
async def test_addresses_of_others_may_have_keys_and_are_not_kept(fields: dict[str, object], kept: str) -> None:
    prowlarr = client(page_of([{"guid": "g", "title": "A.Film.2010", **fields}]))
    (one,) = await found(prowlarr)
    await prowlarr.close()
    assert one.link == kept
    assert "SECRET0123" not in repr(one)


async def test_guids_that_differ_behind_the_question_mark_stay_different() -> None:
    rows: list[dict[str, object]] = [
        {"guid": f"https://t.invalid/d?id={number}&key=K", "title": "A"} for number in range(3)
    ]
    prowlarr = client(page_of(rows))
    assert len({one.guid for one in await found(prowlarr)}) == 3
    await prowlarr.close()


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("Tom &amp; Jerry &#39;24", "Tom & Jerry '24"),
        ("a &amp;lt; b", "a &lt; b"),
        ("Evil.\u202egnp\n\tLine [red]x[/red]", "Evil.\u202egnp\n\tLine [red]x[/red]"),
        ("x" * 2028, "x" * 2028),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
    ],
)
async def test_a_title_is_unescaped_once_and_otherwise_as_it_came(title: str, read: str) -> None:
    prowlarr = client(page_of([{"guid": "g", "title": title}]))
    (one,) = await found(prowlarr)
    await prowlarr.close()
    assert one.title == read


async def test_rows_that_are_no_releases_are_left_out_and_odd_fields_are_unknown() -> None:
    rows: Any = [
        7, None, {}, {"title": "no guid"}, {"guid": "g", "title": " "},
        {"guid": "g", "title": "ok", "size": 0, "files": 0, "seeders": None, "infoHash": "zz", "publishDate": "soon",
         "categories": [{"id": 100_005}, "x", {"id": None}], "indexerFlags": "no", "tmdbId": -4},
    ]  # fmt: skip
    prowlarr = client(page_of(rows))
    (one,) = await found(prowlarr)
    await prowlarr.close()
    assert (one.size, one.files, one.seeders, one.hash, one.published_at, one.categories, one.flags, one.tmdb_id) == (
        None, None, None, "", None, (100_005,), (), 0,
    )  # fmt: skip


async def test_five_thousand_rows_come_some_at_a_time(fake: FakeProwlarr, prowlarr: Prowlarr) -> None:
    fake.add(1, [f"Harbor.Lights.S01E{number:04}" for number in range(5000)], ignores_limit=True)
    parts = [len(some) async for some in prowlarr.search(1, "harbor")]
    assert sum(parts) == 5000
    assert max(parts) <= 200


async def test_one_that_is_paused_switched_off_or_unknown_was_not_asked(fake: FakeProwlarr, prowlarr: Prowlarr) -> None:
    fake.add(1, fault="error")
    fake.add(2, enabled=False)
    assert await found(prowlarr) == []
    for number in (1, 2, 9):
        with pytest.raises(NobodyAsked):
            await found(prowlarr, number)
    assert [pause.indexer_id for pause in await prowlarr.pauses()] == [1]
    states = [(await prowlarr.look_at(number)).state for number in (1, 2, 9)]
    assert states == ["paused", "switched off", "unknown"]


async def test_a_query_limit_is_told_from_a_pause(fake: FakeProwlarr, prowlarr: Prowlarr) -> None:
    fake.add(1, ["A"], queries_left=0)
    fake.add(2, ["A"])
    state = await prowlarr.look_at(1)
    assert (state.state, state.seconds) == ("at its limit", 85213.0)
    assert state.said.startswith("User configurable Indexer Query Limit of 9")
    assert (await prowlarr.look_at(2)).state == "answers"


async def test_a_search_is_sent_once_even_when_it_fails() -> None:
    asked: list[httpx.Request] = []

    def fail(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(500, json={"message": "database is locked", "description": "a stack\nof frames"})

    prowlarr = client(fail)
    with pytest.raises(Transient, match=r"Prowlarr failed \(HTTP 500: database is locked\)"):
        await found(prowlarr)
    await prowlarr.close()
    assert len(asked) == 1
    assert asked[0].headers["x-api-key"] == KEY


async def test_numbers_and_words_go_into_the_request_as_prowlarr_reads_them(fake: FakeProwlarr) -> None:
    one = fake.add(1, ["A"], tv=("q", "season", "ep", "tvdbid", "tvdbId"))
    asked: list[httpx.Request] = []

    def note(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return fake(request)

    prowlarr = client(note)
    query = "{tvdbid:7}{season:2} L'été & co"
    assert len(await found(prowlarr, 1, query, kind="tvsearch", categories=(5000, 5040))) == 1
    await prowlarr.close()
    params = asked[0].url.params
    assert params.get_list("categories") == ["5000", "5040"]
    assert (params["limit"], params.get_list("indexerIds"), one.asked) == ("100", ["1"], [query])


@pytest.mark.parametrize(
    ("answer", "error", "sentence"),
    [
        (httpx.Response(401), Refused, "Prowlarr does not accept the API key"),
        (
            httpx.Response(200, html="<html>login</html>"),
            BadAnswer,
            "a web page answers instead of",
        ),
        (httpx.Response(404), BadAnswer, "There is no API of Prowlarr"),
        (httpx.Response(307, headers={"location": f"/prowlarr/api/v1/indexer?apikey={KEY}"}), BadAnswer, "/prowlarr"),
        (httpx.Response(200, content=b"{"), BadAnswer, "Prowlarr sent a list of indexers that cannot be read"),
        (httpx.Response(200, json={"a": 1}), BadAnswer, "Prowlarr sent a list of indexers that cannot be read"),
    ],
)
async def test_refusals_are_sentences_without_the_key(
    answer: httpx.Response, error: type[MediatuiError], sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    prowlarr = client(lambda request: answer)
    with pytest.raises(error) as caught:
        await prowlarr.indexers()
    await prowlarr.close()
    assert sentence in caught.value.sentence
    assert KEY not in caught.value.sentence + caplog.text


async def test_another_program_is_named() -> None:
    prowlarr = client(lambda request: httpx.Response(200, json={"appName": "Sonarr", "version": "4"}))
    with pytest.raises(BadAnswer, match=r"prowlarr\.url leads to Sonarr 4, not to Prowlarr"):
        await prowlarr.status()
    await prowlarr.close()


async def test_an_indexer_that_takes_too_long_is_given_up(fake: FakeProwlarr) -> None:
    fake.add(1, ["A"], delay_s=60)
    prowlarr = client(fake, timeout_s=0.05)
    with pytest.raises(Transient, match=r"Prowlarr did not answer within 0\.05 s"):
        await found(prowlarr)
    await prowlarr.close()


@pytest.mark.parametrize("url", ["", "ftp://h", "http://user:pass@h", f"http://h/?apikey={KEY}"])
def test_an_address_that_is_none_is_named_without_what_may_be_secret(url: str) -> None:
    with pytest.raises(UsageError, match=r"is not an address of Prowlarr") as caught:
        Prowlarr(url, SecretStr(KEY))
    assert KEY not in caught.value.sentence
    assert "pass@" not in caught.value.sentence
