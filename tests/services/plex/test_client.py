"""Plex as a media server: sections and their folders, a report of a folder, its files, and what users have seen."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr

from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.media_server import ServerItem, ServerLibrary, ServerUser, Watched
from mediatui.services.errors import (
    BadAnswer,
    NotFound,
    Permanent,
    Refused,
    ServiceError,
    StartingUp,
    Transient,
    Unreachable,
)
from mediatui.services.media_server import MediaServer
from mediatui.services.plex.client import Plex
from tests.fakes.plex import TOKEN, FakePlex, User

ROAD = "/data/Films/SF & Co/Été (2001).mkv"


def client(fake: FakePlex) -> Plex:
    return Plex(
        "http://plex.invalid:32400/web", SecretStr(TOKEN), retry_pause_s=0, start_s=0, transport=fake.transport()
    )


@pytest.fixture(params=["json", "xml"])
def fake(request: pytest.FixtureRequest) -> FakePlex:
    """A Plex of case A-27, which answers in either form."""
    fake = FakePlex()
    fake.xml = request.param == "xml"
    fake.section("1", "Films", "movie", "/data/Films")
    fake.section("2", "Séries", "show", "/data/TV", "/data/Animé")
    fake.section("3", "Songs", "artist", "/data/Songs")
    fake.section("5", "SF", "movie", "/data/Films/SF & Co")
    fake.section("6", "Old", "movie", "/data/FilmsOld")
    return fake


@pytest.fixture
async def plex(fake: FakePlex) -> AsyncIterator[Plex]:
    one = client(fake)
    yield one
    await one.close()


async def test_sections_tell_what_they_hold_and_where(plex: Plex) -> None:
    server: MediaServer = plex
    found = await server.libraries()
    assert [(one.key, one.title, one.kind) for one in found][:3] == [
        ("1", "Films", "films"), ("2", "Séries", "series"), ("3", "Songs", "other"),
    ]  # fmt: skip
    assert found[1].locations == ("/data/TV", "/data/Animé")
    assert (await server.looks_after_s(), server.looks_at_all, server.keeps_place) == (0.0, False, False)


async def test_it_is_scanning_while_a_section_is_refreshing(plex: Plex, fake: FakePlex) -> None:
    assert not await plex.is_scanning()
    fake.sections["2"].refreshing = True
    assert await plex.is_scanning()


async def test_a_folder_is_reported_encoded_and_only_where_a_section_holds_it(plex: Plex, fake: FakePlex) -> None:
    folder = ROAD.rpartition("/")[0]
    for library in await plex.libraries():
        if library.key in ("1", "5"):
            await plex.report(folder, library)
        else:
            with pytest.raises(Permanent, match="no folder of"):
                await plex.report(folder, library)
    assert fake.refreshed == [("1", folder), ("5", folder)]
    told = [request.url.raw_path.decode() for request in fake.asked if "refresh?" in str(request.url)]
    assert told[0] == "/library/sections/1/refresh?path=%2Fdata%2FFilms%2FSF%20%26%20Co"


@pytest.mark.parametrize("folder", ["/data/Été+1 #2?", "/data/100%25", "/data/a=b;c"])
async def test_whatever_a_folder_is_called_it_arrives_as_it_is(plex: Plex, fake: FakePlex, folder: str) -> None:
    library = ServerLibrary("1", "Films", "films", ("/data",))
    await plex.report(folder, library)
    assert fake.refreshed == [("1", folder)]


async def test_a_refresh_is_no_proof_but_its_files_are(plex: Plex, fake: FakePlex) -> None:
    films = (await plex.libraries())[0]
    await plex.report("/data/Films/SF & Co", films)
    assert [item async for page in plex.items(films) for item in page] == []
    fake.finds.add(ROAD)
    await plex.report("/data/Films/SF & Co", films)
    (item,) = [item async for page in plex.items(films) for item in page]
    assert (item.kind, item.path, item.files, item.library) == ("film", ROAD, (ROAD,), "1")
    assert item.is_read


async def test_a_section_is_read_page_by_page_of_what_has_files(plex: Plex, fake: FakePlex) -> None:
    for number in range(401):
        fake.file("2", f"/data/TV/Show/S01E{number:03}.mkv")
    series = (await plex.libraries())[1]
    pages = [page async for page in plex.items(series, since=0.0)]
    assert [len(page) for page in pages] == [200, 200, 1]
    assert {item.kind for page in pages for item in page} == {"episode"}
    songs = (await plex.libraries())[2]
    assert [page async for page in plex.items(songs)] == []


async def test_an_item_that_is_gone_is_none(plex: Plex, fake: FakePlex) -> None:
    key = fake.file("1", ROAD)
    found = await plex.item(key)
    assert found is not None
    assert (found.path, await plex.read_anew(found)) == (ROAD, False)
    assert await plex.item("4711") is None


async def test_what_each_user_has_seen_is_read_and_marked_with_that_users_token(plex: Plex, fake: FakePlex) -> None:
    fake.users += [User(2, "bob", token="bobs-token-1234"), User(3, "cyd", protected=True, token="cyds-token-1234"),
                   User(4, "dan")]  # fmt: skip
    key = fake.file("1", ROAD)
    bobs = fake.state("bobs-token-1234", key)
    bobs.offset_ms, bobs.at = 720_000, 1_700_000_000
    item = await plex.item(key)
    assert item is not None
    ann, bob, cyd, dan = await plex.users()
    assert [user.name for user in (ann, bob, cyd, dan)] == ["ann", "bob", "cyd", "dan"]
    assert await plex.watched(ann, item) == Watched()
    assert await plex.watched(bob, item) == Watched(False, 720.0, 0, 1_700_000_000.0)
    assert [await plex.watched(one, item) for one in (cyd, dan)] == [None, None]
    for _ in range(2):
        await plex.set_watched(bob, item, Watched(True))
    assert (bobs.plays, fake.state(TOKEN, key).plays) == (1, 0)
    assert (await plex.watched(bob, item) or Watched()).played
    await plex.set_watched(bob, item, Watched(False))
    assert bobs.plays == 0
    with pytest.raises(Permanent, match="dan"):
        await plex.set_watched(dan, item, Watched(True))


PAGE = httpx.Response(200, html="<html>log in</html>")
XML = {"content-type": "application/xml"}
REFUSALS = [
    (httpx.Response(401, html="<html></html>"), Refused, "does not accept the token"),
    (httpx.Response(403), Refused, "denies"),
    (httpx.Response(404), BadAnswer, "does not answer at http://plex.invalid:32400"),
    (PAGE, BadAnswer, "a web page answers"),
    (httpx.Response(302, headers={"location": "https://login.invalid/"}), BadAnswer, "login"),
    (httpx.Response(503, content=b'<Response code="503"/>', headers=XML), StartingUp, "starting up"),
    (httpx.Response(500), Transient, "failed"),
    (httpx.Response(400), Permanent, "refused"),
    (httpx.Response(200, text="{"), BadAnswer, "cannot be read"),
    (httpx.Response(200, json=[1]), BadAnswer, "cannot be read"),
    (httpx.Response(200, json={"MediaContainer": []}), BadAnswer, "cannot be read"),
    (httpx.Response(200, content=b"<Other/>", headers=XML), BadAnswer, "cannot be read"),
    (httpx.Response(200, content=b"<a><b></a>", headers=XML), BadAnswer, "cannot be read"),
    (httpx.Response(200, content=b"\xff\xfe<", headers=XML), BadAnswer, "cannot be read"),
    (httpx.Response(200, content=b'<!DOCTYPE a [<!ENTITY x "y">]><MediaContainer/>', headers=XML), BadAnswer, "type"),
    (httpx.Response(200, content=b"<MediaContainer>" + b"<a>" * 50 + b"</a>" * 50 + b"</MediaContainer>", headers=XML),
     BadAnswer, "nested"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "kind", "text"), REFUSALS)
async def test_what_is_no_answer_of_plex_is_said_in_one_sentence(
    answer: httpx.Response, kind: type[ServiceError], text: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fake = FakePlex()
    fake.lies.extend([answer] * 3)
    plex = client(fake)
    with pytest.raises(MediatuiError, match=text) as caught:
        await plex.libraries()
    await plex.close()
    assert type(caught.value) is kind
    assert TOKEN not in f"{caught.value.sentence}{caught.value!r}{caplog.text}"


@pytest.mark.parametrize(
    "rows",
    [
        [{"ratingKey": None, "type": "movie", "Media": [{"Part": [{"file": "/x"}]}]}],
        [{"ratingKey": "1", "type": "clip", "Media": [{"Part": [{"file": "/x"}]}]}],
        [{"ratingKey": "1", "type": "movie", "Media": [{"Part": [{"file": 5}]}]}, "x", None],
        [{"ratingKey": "1", "type": "movie", "Media": {"Part": []}}],
        {"0": 1},
        None,
    ],
)
async def test_rows_that_are_none_are_left_out(rows: object) -> None:
    fake = FakePlex()
    fake.lies.append(httpx.Response(200, json={"MediaContainer": {"size": "many", "Metadata": rows}}))
    plex = client(fake)
    library = ServerLibrary("1", "Films", "films", ("/data",))
    assert [item async for page in plex.items(library) for item in page] == []
    await plex.close()


async def test_nobody_at_the_address_is_unreachable_and_names_the_setting() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("connection refused")

    plex = Plex("http://plex.invalid", SecretStr(TOKEN), retry_pause_s=0, transport=httpx.MockTransport(away))
    with pytest.raises(Unreachable, match=r"cannot be reached at http://plex\.invalid") as caught:
        await plex.about()
    await plex.close()
    assert "plex.url" in caught.value.hint


@pytest.mark.parametrize(
    ("url", "token", "text"),
    [("plex.invalid", TOKEN, "is not an address"), ("http://p", "", "no token"), ("http://p", "a b", "characters")],
)
def test_an_address_or_a_token_that_is_none_is_said_before_anything_is_asked(url: str, token: str, text: str) -> None:
    with pytest.raises(UsageError, match=text):
        Plex(url, SecretStr(token))


async def test_an_item_that_went_is_said_when_it_is_marked() -> None:
    plex = client(FakePlex())
    gone = ServerItem("9", "film", "Dust Road", ROAD)
    with pytest.raises(NotFound, match="Dust Road"):
        await plex.set_watched(ServerUser("1", "ann", is_admin=True), gone, Watched(True))
    await plex.close()


async def test_plex_tv_that_is_away_is_named_and_no_setting_blamed() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        if request.url.host == "plex.tv":
            raise httpx.ConnectError("no route")
        raise AssertionError(request.url)

    plex = Plex("http://plex.invalid", SecretStr(TOKEN), retry_pause_s=0, transport=httpx.MockTransport(away))
    with pytest.raises(Unreachable, match=r"plex\.tv cannot be reached") as caught:
        await plex.users()
    await plex.close()
    assert "plex.url" not in caught.value.sentence
    assert "users of the home" in caught.value.hint
