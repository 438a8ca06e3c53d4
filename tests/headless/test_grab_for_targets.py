"""grab with targets: each release is mapped, what is unclear is noted and not sent, and what speaks against is said."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import Any

import httpx
import pytest

from mediatui.model.arr_items import ArrEpisode, ArrItem, ArrSeason
from mediatui.model.target import Target
from mediatui.store.arr.items import store_item
from mediatui.store.watch_archive import Watched, note_watched
from tests.fakes.arr import FakeArr
from tests.worlds.home import Home, Service

SEASON = "Harbor.Lane.S02.1080p.BluRay.x265-AAA"
EPISODE = "Harbor.Lane.S02E03.1080p.BluRay.x265-AAA"
OTHER = "Harbor.Lane.S02E03.720p.HDTV-CCC"
NEW = "Twofold.S01.1080p.BluRay.x265-AAA"
UNCLEAR = "The.Office.S01.1080p.BluRay.x265-AAA"


def magnet(name: str, number: int) -> str:
    return f"magnet:?xt=urn:btih:{number:040x}&dn={name}"


@pytest.fixture
def sonarr(sonarr: FakeArr) -> FakeArr:
    """That Sonarr, and series it can look up."""
    sonarr.world.update({73244: ("The Office (US)", 2005), 78107: ("The Office (UK)", 2001)})
    sonarr.world[900_009] = ("Twofold", 2022)
    return sonarr


def planned(home: Home, *arguments: str) -> list[dict[str, Any]]:
    rows = home.json("grab", *arguments).lines
    return [row for row in rows if row["type"] == "step" and row["outcome"] == "planned"]


def left(home: Home, *arguments: str) -> list[tuple[str, str]]:
    rows = home.json("grab", *arguments).lines
    return [(row["what"], row["reason"]) for row in rows if row["type"] == "step" and row["outcome"] == "skipped"]


def transfers(home: Home) -> list[tuple[str, str, list[str]]]:
    rows = home.json("transfers").lines[:-1]
    return [(row["state"], row["code"] or "", row["targets"]) for row in rows[::-1]]


def write(home: Home, function: Any, *arguments: Any) -> None:
    with contextlib.closing(sqlite3.connect(home.database)) as connection:
        function(connection, *arguments)
        connection.commit()


def test_a_plan_says_what_each_is_for_its_points_its_route_and_its_place(sending: Home) -> None:
    shown = sending.run("grab", magnet(SEASON, 1), magnet(UNCLEAR, 2))
    assert shown.code == 0, shown.err
    head, first, second, *rest = shown.out.splitlines()
    assert head.split() == ["target", "score", "route", "lands", "in", "size", "what", "to", "know"]
    assert first.startswith("Harbor Lane (2018) S02")
    assert all(part in first for part in ("  86  ", "debrid", "/tv/Harbor Lane"))
    assert "two fit: The Office (UK) (2001) S01 78, The Office (US) (2005) S01 78" in second
    assert "1 torrent can be sent to Real-Debrid." in rest
    assert rest[-1].startswith("Take on 2 torrents: 5 requests")  # what is only noted needs none
    steps = planned(sending, magnet(SEASON, 1))
    assert (steps[0]["targets"], steps[0]["score"]) == (["tvdb:7001:S02"], 86)
    assert steps[0]["reasons"] == ["title equal", "S02 exists", "in the library", "monitored"]


def test_what_is_clear_is_sent_for_its_target_and_the_rest_waits_for_a_choice(sending: Home, account: Service) -> None:
    sent = sending.json("grab", magnet(EPISODE, 1), magnet(UNCLEAR, 2), "--apply")
    assert sent.code == 0
    (first, second) = transfers(sending)
    assert first[2] == ["tvdb:7001:S02E03"]
    assert first[0] in ("downloading", "ready")
    assert second == ("wanted", "target", [])
    assert len([one for one in account.entries.values() if one["hash"] == f"{2:040x}"]) == 0
    assert "two targets fit equally: The Office (UK) (2001) S01 78" in sending.run("transfers", "--why").out
    assert sending.run("map", "2", "--to", "tvdb:7001").code == 0
    sending.run("transfers", "run", "--once")
    assert len([one for one in account.entries.values() if one["hash"] == f"{2:040x}"]) == 1


def test_a_target_that_is_named_counts_for_all(sending: Home) -> None:
    steps = planned(sending, magnet(EPISODE, 1), magnet("Any.Name.S01", 2), "--for", "tvdb:7001")
    assert [step["targets"] for step in steps] == [["tvdb:7001:S02E03"], ["tvdb:7001:S01"]]
    refused = sending.run("grab", magnet(EPISODE, 1), "--for", "tvdb:7001", "--no-target")
    assert (refused.code, "--for and --no-target" in refused.err) == (2, True)


def test_a_second_release_for_the_same_episode_asks(sending: Home) -> None:
    assert sending.run("grab", magnet(EPISODE, 1), "--apply").code == 0
    ((_, why),) = left(sending, magnet(OTHER, 2))
    assert why == "transfer 1 is under way for Harbor Lane (2018) S02E03; --again sends it as well"
    assert len(planned(sending, magnet(OTHER, 2), "--again")) == 1
    (pack,) = planned(sending, magnet(SEASON, 3))
    assert "S02E03 is under way (transfer 1)" in pack["reason"]


def test_of_two_for_one_episode_in_a_batch_the_better_is_sent(sending: Home) -> None:
    both = (magnet(OTHER, 1), magnet(EPISODE, 2))
    assert [step["what"] for step in planned(sending, *both)] == [EPISODE]
    assert left(sending, *both) == [(OTHER, f"it is for Harbor Lane (2018) S02E03, as {EPISODE}, which is sent")]


def test_what_the_library_has_in_the_same_quality_asks(sending: Home) -> None:
    item = ArrItem(
        "sonarr", 1, "series", "Harbor Lane", "harborlane", tvdb_id=7001, year=2018, monitored=True,
        seasons=(ArrSeason(2, True, 2, 1),),
    )  # fmt: skip
    have = [ArrEpisode("sonarr", 1, 1, 2, 3, has_file=True), ArrEpisode("sonarr", 1, 2, 2, 4)]
    write(sending, store_item, item, have)
    ((_, why),) = left(sending, magnet(EPISODE, 1))
    assert why == "the library has Harbor Lane (2018) S02E03; --again sends it all the same"
    assert planned(sending, magnet(SEASON, 1))[0]["reason"].endswith("; 1 of 2 episodes of S02 are missing here")
    assert len(planned(sending, magnet(EPISODE, 1), "--again")) == 1


def test_what_was_rejected_asks(sending: Home) -> None:
    write(sending, note_watched, Watched(Target("series", "Harbor Lane", 2018, tvdb_id=7001, season=2), "rejected"))
    ((_, why),) = left(sending, magnet(EPISODE, 1))
    assert why == "Harbor Lane (2018) S02 was rejected; --again sends it all the same"


def test_a_series_that_is_not_there_is_added_before_anything_is_sent(sending: Home, sonarr: FakeArr) -> None:
    steps = planned(sending, magnet(NEW, 1))
    assert [step["kind"] for step in steps] == ["add_series", "send_transfer"]
    assert "Twofold (2022) is added, S01 monitored" in sending.run("grab", magnet(NEW, 1)).out
    assert not sonarr.writes
    assert "S01 monitored" not in sending.run("grab", magnet(NEW, 1), "--monitor", "none").out
    ((_, why),) = left(sending, magnet(NEW, 1), "--profile", "Nothing Such")
    assert "no quality profile Nothing Such" in why
    assert sending.run("grab", magnet(NEW, 1), "--apply").code == 0
    assert [path for _, path, _ in sonarr.writes] == ["series"]
    shown = sending.json("transfers", "show", "1").lines[0]
    assert (shown["targets"], shown["state"] in ("downloading", "ready")) == (["tvdb:900009:S01"], True)


def test_nothing_is_sent_for_what_cannot_be_added(sending: Home, sonarr: FakeArr, account: Service) -> None:
    before = account.entries
    sonarr.fail(httpx.Response(401), only="qualityprofile")
    ((_, why),) = left(sending, magnet(NEW, 1))
    assert "Sonarr" in why
    assert sending.run("grab", magnet(NEW, 1), "--apply").code == 1
    assert len(planned(sending, magnet(EPISODE, 1))) == 1  # known here: nothing has to be added
    assert account.entries == before
    assert not sonarr.writes


def test_nothing_is_sent_when_the_addition_itself_fails(
    sending: Home, sonarr: FakeArr, account: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, answer = account.entries, FakeArr.__call__

    def refusing(self: FakeArr, request: httpx.Request) -> Any:
        if request.method == "POST" and request.url.path.endswith("/series"):
            return httpx.Response(400, json=[{"propertyName": "Path", "errorMessage": "Path is taken"}])
        return answer(self, request)

    monkeypatch.setattr(FakeArr, "__call__", refusing)
    sent = sending.json("grab", magnet(NEW, 1), "--apply")
    outcomes = [(row["kind"], row["outcome"]) for row in sent.lines if row["type"] == "step"]
    assert outcomes == [("add_series", "failed"), ("send_transfer", "failed")]
    assert sent.code == 1
    assert account.entries == before
    assert transfers(sending) == []
    monkeypatch.setattr(FakeArr, "__call__", answer)
    again = sending.json("grab", "--retry-failed", "1", "--apply")
    assert [row["outcome"] for row in again.lines if row["type"] == "step"] == ["done", "done"]
    assert transfers(sending)[0][2] == ["tvdb:900009:S01"]


def test_what_is_chosen_later_and_not_there_is_added_before_it_is_sent(sending: Home, sonarr: FakeArr) -> None:
    assert sending.run("grab", magnet("Any.Other.Name.S01.1080p", 1), "--apply").code == 0
    stored = sending.run("map", "1", "--to", "tvdb:900009")
    assert "Twofold (2022) is not in Sonarr yet. To add it and send:" in stored.out
    sending.run("transfers", "run", "--once")
    assert (transfers(sending), sonarr.writes) == ([("wanted", "target", ["tvdb:900009:S01"])], [])
    helps = str(sending.json("transfers", "show", "1").lines[0]["helps"]).split()
    assert sending.run(*helps).code == 0
    assert [path for _, path, _ in sonarr.writes] == ["series"]
    assert transfers(sending)[0][0] in ("downloading", "ready")
