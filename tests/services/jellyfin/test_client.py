"""What a client of Jellyfin makes of its answers: rows that do not fit are left out, and three troubles are three."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.media_server import ServerItem, Watched
from mediatui.services.errors import BadAnswer, Permanent, Refused, StartingUp, Unreachable
from mediatui.services.jellyfin.client import Jellyfin
from tests.fakes.jellyfin import ADMIN, ANN, BOB, KEY, FakeJellyfin

URL = "http://jellyfin.invalid"


def client(answer: FakeJellyfin | Callable[[httpx.Request], httpx.Response], **more: Any) -> Jellyfin:
    given = {"retry_pause_s": 0.0001, "start_s": 0.01, **more}
    return Jellyfin(URL, given.pop("key", SecretStr(KEY)), transport=httpx.MockTransport(answer), **given)


@pytest.fixture
def fake(tmp_path: Path) -> FakeJellyfin:
    one = FakeJellyfin(tmp_path)
    one.add_film("Old Oak (2010) [tmdbid-990008]")
    one.add_film("Tin Pier (2001)")
    one.add_episode("Dust Ferry (2019)", 1, 3)
    one.scan()
    return one


@pytest.fixture
async def jellyfin(fake: FakeJellyfin) -> AsyncIterator[Jellyfin]:
    one = client(fake)
    yield one
    await one.close()


async def listed(jellyfin: Jellyfin, number: int = 0, since: float | None = None) -> list[ServerItem]:
    library = (await jellyfin.libraries())[number]
    return [item async for page in jellyfin.items(library, since) for item in page]


async def test_films_and_episodes_have_their_links_and_folders_as_paths(jellyfin: Jellyfin) -> None:
    films = await listed(jellyfin)
    assert [(one.path, one.kind, one.is_read) for one in films] == [
        (f"/media/Films/{folder}/{folder}.mkv", "film", True)
        for folder in ("Old Oak (2010) [tmdbid-990008]", "Tin Pier (2001)")
    ]
    assert [one.kind for one in await listed(jellyfin, 1)] == ["series", "season", "episode"]
    found = await jellyfin.item(films[0].id)
    assert found is not None
    assert found.files[0].endswith("mount/Old Oak (2010) [tmdbid-990008].mkv")
    assert await jellyfin.item("0" * 32) is None


async def test_only_what_changed_since_is_listed(fake: FakeJellyfin, jellyfin: Jellyfin) -> None:
    fake.clock = fake.looker._clock = lambda: 4_000_000_000.0
    fake.add_film("New Light (2026)")
    fake.scan()
    assert [one.title for one in await listed(jellyfin, since=3_999_999_999.0)] == ["New Light (2026)"]


async def test_what_a_user_has_seen_is_set_place_and_all(fake: FakeJellyfin, jellyfin: Jellyfin) -> None:
    admin, ann, bob = await jellyfin.users()
    assert [(one.id, one.is_admin) for one in (admin, ann, bob)] == [(ADMIN, True), (ANN, False), (BOB, False)]
    film = (await listed(jellyfin))[0]
    assert await jellyfin.watched(ann, film) == Watched()
    seen = Watched(played=True, plays=2, played_at=1_767_323_045.0, favourite=True)
    await jellyfin.set_watched(ann, film, seen)
    await jellyfin.set_watched(bob, film, Watched(position_s=720.0, plays=1))
    assert (await jellyfin.watched(ann, film), await jellyfin.watched(bob, film)) == (
        seen, Watched(position_s=720.0, plays=1),
    )  # fmt: skip
    assert await jellyfin.seen_by(ann) == {film.id: seen}
    assert await jellyfin.seen_by(bob) == {film.id: Watched(position_s=720.0, plays=1)}
    await jellyfin.set_watched(ann, film, Watched())
    assert await jellyfin.watched(ann, film) == Watched()
    fake.users[2].libraries = ["Shows"]
    assert await jellyfin.watched(bob, film) is None


async def test_a_report_is_of_a_folder_and_what_is_read_anew_is_one_item(
    fake: FakeJellyfin, jellyfin: Jellyfin
) -> None:
    library = (await jellyfin.libraries())[0]
    await jellyfin.report("/media/Films/Tin Pier (2001)", library)
    assert fake.reported == ["/media/Films/Tin Pier (2001)"]
    assert await jellyfin.read_anew((await listed(jellyfin))[1])
    assert fake.looker.looks[-1] == "/media/Films/Tin Pier (2001)"
    assert await jellyfin.looks_after_s() == 60.0
    assert not await jellyfin.is_scanning()


async def test_rows_that_were_not_asked_for_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    """A filter that is passed over is answered with everything."""

    def answer(request: httpx.Request) -> httpx.Response:
        rows = [
            {"Id": f"{number:032x}", "Type": kind, "Path": path, "Name": "x", "RunTimeTicks": 1}
            for number, (kind, path) in enumerate((
                ("Movie", "/media/Films/A (2001)/A.mkv"), ("Movie", "/elsewhere/B.mkv"),
                ("Movie", "/media/Films2/C.mkv"), ("Episode", "/media/Films/D.mkv"), ("Folder", "/media/Films"),
                ("Movie", None), ("Movie", 7),
            ))
        ]  # fmt: skip
        answers = {
            "/Users": [{"Id": ADMIN, "Name": "admin", "Policy": {"IsAdministrator": True}}],
            "/Library/VirtualFolders": [{"Name": "Films", "ItemId": "a" * 32, "CollectionType": "movies",
                                         "Locations": ["/media/Films"]}],
            "/Items": {"Items": [*rows, 3, None], "TotalRecordCount": 9},
            f"/Items/{'b' * 32}": rows[0],
        }  # fmt: skip
        return httpx.Response(200, content=json.dumps(answers[request.url.path]).encode())

    jellyfin = client(answer)
    assert [one.path for one in await listed(jellyfin)] == ["/media/Films/A (2001)/A.mkv"]
    assert "Jellyfin listed 4 items that were not asked for" in caplog.text
    assert await jellyfin.item("b" * 32) is None
    await jellyfin.close()


async def test_a_start_is_waited_for_and_is_no_wrong_address_or_key(fake: FakeJellyfin) -> None:
    fake.starting = 3
    jellyfin = client(fake, start_s=60.0)
    said: list[str] = []
    jellyfin.on_wait(said.append)
    assert await jellyfin.about() == "Jellyfin 10.11.11"
    assert said == ["Jellyfin is starting up, waiting for it"] * 3
    fake.starting = 10_000
    with pytest.raises(StartingUp, match="starting up"):
        await client(fake).about()
    early = {"version": "10.11.11", "productName": "Jellyfin Server", "startupWizardCompleted": False}
    with pytest.raises(StartingUp):
        await client(lambda request: httpx.Response(200, json=early)).about()


def refused(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("[Errno 111] Connection refused")


def unknown(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("[Errno -2] Name or service not known")


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (refused, StartingUp, "cannot be reached at http://jellyfin.invalid"),
        (unknown, Unreachable, "Name or service not known"),
        (lambda request: httpx.Response(401), Refused, "does not accept the API key"),
        (lambda request: httpx.Response(403), Refused, "a user's; make an API key"),
        (lambda request: httpx.Response(401, json="Unauthorized access"), Permanent, "Unauthorized access"),
        (lambda request: httpx.Response(403, text="Forbidden"), Permanent, "another user's data"),
        (lambda request: httpx.Response(200, html="<html>"), BadAnswer, "a web page answers"),
        (lambda request: httpx.Response(404), BadAnswer, "no API of Jellyfin"),
        (lambda request: httpx.Response(200, json={"Version": "4", "ProductName": "Emby"}), BadAnswer, "leads to Emby"),
        (lambda request: httpx.Response(200, content=b"{"), BadAnswer, "cannot be read"),
        (lambda request: httpx.Response(302, headers={"location": "http://login.invalid/"}), BadAnswer, "login page"),
    ],
)
async def test_each_trouble_is_named(
    answer: Callable[[httpx.Request], httpx.Response], error: type[MediatuiError], said: str
) -> None:
    jellyfin = client(answer)
    with pytest.raises(error, match=said) as raised:
        await jellyfin.about()
    assert KEY not in raised.value.sentence
    await jellyfin.close()


async def test_a_users_key_is_told_from_an_api_key_by_the_libraries(fake: FakeJellyfin) -> None:
    fake.user_keys["c" * 32] = ANN
    jellyfin = client(fake, key=SecretStr("c" * 32))
    await jellyfin.about()
    with pytest.raises(Refused, match="denies GET /Library/VirtualFolders"):
        await jellyfin.libraries()
    await jellyfin.close()


async def test_the_user_is_the_one_that_is_named(fake: FakeJellyfin) -> None:
    assert (await client(fake, user="Ann").own_user()).id == ANN
    with pytest.raises(UsageError, match="no user carl") as raised:
        await client(fake, user="carl").own_user()
    assert "admin, ann, bob" in raised.value.hint


@pytest.mark.parametrize(("url", "key"), [("jellyfin:8096", KEY), (URL, ""), (URL, 'a"b'), (URL, "a b")])
def test_an_address_or_key_that_cannot_be_one_is_refused(url: str, key: str) -> None:
    with pytest.raises(UsageError):
        Jellyfin(url, SecretStr(key))
