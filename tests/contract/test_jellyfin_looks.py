"""What a report sets off at a Jellyfin, and what a look removes: as a real one was recorded, held by the fake. A real
one is not asked: each case takes minutes there."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

from tests.fakes.jellyfin import ADMIN, KEY, FakeJellyfin


class Clock:
    now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fake(tmp_path: Path, clock: Clock) -> FakeJellyfin:
    one = FakeJellyfin(tmp_path, clock=clock, strict=False)
    one.add_film("Alone (2001)")
    for name in ("Aube (2011)", "Nuit (2012)"):
        one.add_film("Drame", name)
    for number in (1, 2):
        one.add_episode("Dust Ferry (2019)", 1, number)
    one.scan()
    one.looker.looks.clear()
    return one


def ask(fake: FakeJellyfin, method: str, path: str, **more: object) -> httpx.Response:
    with httpx.Client(base_url="http://jellyfin.invalid", transport=httpx.MockTransport(fake)) as client:
        client.headers["authorization"] = f'MediaBrowser Token="{KEY}"'
        return client.request(method, path, **more)  # type: ignore[arg-type]  # what a request takes


def report(fake: FakeJellyfin, path: str) -> None:
    body = {"Updates": [{"Path": path, "UpdateType": "Created"}]}
    assert ask(fake, "POST", "/Library/Media/Updated", json=body).status_code == 204


def paths(fake: FakeJellyfin, **asked: str) -> list[str]:
    given = {"recursive": "true", "fields": "Path", "includeItemTypes": "Movie,Episode", "userId": ADMIN, **asked}
    rows = ask(fake, "GET", "/Items", params={name: one for name, one in given.items() if one}).json()["Items"]
    return [row["Path"].rpartition("/")[2] for row in rows]


def lose(fake: FakeJellyfin, name: str) -> None:
    (fake.folder / "mount" / name).unlink()


def test_a_look_comes_after_the_delay_and_each_report_beside_or_below_restarts_it(
    fake: FakeJellyfin, clock: Clock
) -> None:
    for number in range(3):
        fake.add_film(f"New {number} (2020)")
        report(fake, f"/media/Films/New {number} (2020)")
        clock.now += 40.0
        ask(fake, "GET", "/Users")
        assert fake.looker.looks == []
    clock.now += 20.0
    assert "New 0 (2020).mkv" in paths(fake)
    assert fake.looker.looks == ["/media/Films"]


def test_five_new_films_reported_by_their_files_are_five_walks_of_the_library(fake: FakeJellyfin, clock: Clock) -> None:
    for number in range(5):
        fake.add_film(f"New {number} (2020)")
        report(fake, f"/media/Films/New {number} (2020)/New {number} (2020).mkv")
    clock.now += 61.0
    ask(fake, "GET", "/Users")
    assert fake.looker.looks == ["/media/Films"] * 5


def test_of_what_is_known_only_that_is_looked_at(fake: FakeJellyfin, clock: Clock) -> None:
    fake.add_episode("Dust Ferry (2019)", 1, 3)
    fake.add_film("New (2020)")
    report(fake, "/media/Shows/Dust Ferry (2019)/Season 01")
    clock.now += 61.0
    assert "Dust Ferry (2019) - S01E03.mkv" in paths(fake)
    assert "New (2020).mkv" not in paths(fake)


def test_a_look_removes_what_dangles_but_for_a_film_alone_in_its_folder(fake: FakeJellyfin) -> None:
    for name in ("Alone (2001).mkv", "Aube (2011).mkv", "Dust Ferry (2019) - S01E01.mkv"):
        lose(fake, name)
    assert len(paths(fake)) == 5
    fake.scan()
    assert paths(fake) == ["Alone (2001).mkv", "Nuit (2012).mkv", "Dust Ferry (2019) - S01E02.mkv"]


def test_a_location_that_is_empty_or_gone_is_passed_over(fake: FakeJellyfin) -> None:
    shutil.rmtree(fake.folder / "Films")
    (fake.folder / "Films").mkdir()
    fake.scan()
    assert len(paths(fake)) == 5


def test_a_refresh_without_a_mode_makes_items_that_later_looks_do_not_read(fake: FakeJellyfin) -> None:
    fake.add_film("New (2020)")
    library = fake.libraries[0].id
    assert ask(fake, "POST", f"/Items/{library}/Refresh").status_code == 204
    item = fake.item_at("/media/Films/New (2020)/New (2020).mkv")
    assert item is not None
    asked = {"metadataRefreshMode": "Default", "imageRefreshMode": "Default"}
    ask(fake, "POST", f"/Items/{item.id}/Refresh", params=asked)
    fake.scan()
    assert not item.is_read
    ask(fake, "POST", f"/Items/{item.id}/Refresh", params={**asked, "metadataRefreshMode": "FullRefresh"})
    assert item.is_read
    assert ask(fake, "POST", f"/Items/{'0' * 32}/Refresh").status_code == 404


def test_without_a_user_lists_are_those_of_the_last_scan(fake: FakeJellyfin, clock: Clock) -> None:
    fake.add_film("New (2020)")
    report(fake, "/media/Films")
    clock.now += 61.0
    assert "New (2020).mkv" in paths(fake)
    assert "New (2020).mkv" not in paths(fake, userId="")


def test_one_that_starts_says_so_in_two_ways(fake: FakeJellyfin) -> None:
    fake.starting = 2
    assert ask(fake, "GET", "/System/Info/Public").json()["startupWizardCompleted"] is False
    answer = ask(fake, "GET", "/System/Info")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "005")
    assert ask(fake, "GET", "/System/Info").json()["Version"]
