"""grab --route arr: sent by the download client of Sonarr, looked for, followed."""

from __future__ import annotations

import httpx

from tests.fakes.arr import KEY, FakeArr
from tests.fakes.prowlarr import FakeProwlarr
from tests.fakes.sockets import on_socket
from tests.worlds.home import Home

EPISODE = "Harbor.Lane.S02E03.1080p.WEB-AAA"
NEW = "Twofold.S01E02.1080p.WEB-AAA"


def magnet(name: str, number: int) -> str:
    return f"magnet:?xt=urn:btih:{number:040x}&dn={name}&tr=http%3A%2F%2Ftracker"


def pushed(sonarr: FakeArr) -> list[str]:
    return [str(body["title"]) for _, path, body in sonarr.writes if path == "release/push"]


def test_a_release_is_shown_sent_and_followed(sending: Home, sonarr: FakeArr) -> None:
    shown = sending.run("grab", magnet(EPISODE, 1), "--route", "arr")
    assert "Harbor Lane (2018) S02E03" in shown.out
    assert "arr: sonarr" in shown.out
    assert "1 release can be sent through Sonarr." in shown.out
    assert pushed(sonarr) == []
    assert sending.run("grab", magnet(EPISODE, 1), "--route", "arr", "--apply").code == 0
    assert pushed(sonarr) == [EPISODE]
    (row,) = sending.json("transfers").lines[:-1]
    assert (row["route"], row["service"], row["state"]) == ("arr", "sonarr", "downloading")
    assert row["targets"] == ["tvdb:7001:S02E03"]
    sonarr.records.queue[0]["sizeleft"] = 0
    sonarr.records.queue[0]["status"] = "completed"
    assert sending.run("transfers", "run", "--once").code == 0
    assert "whole there" in sending.run("transfers").out
    assert pushed(sonarr) == [EPISODE]


def test_a_series_it_lacks_is_added_first_and_without_it_nothing_is_sent(sending: Home, sonarr: FakeArr) -> None:
    sonarr.world[900_009] = ("Twofold", 2022)
    planned = sending.json("grab", magnet(NEW, 2), "--route", "arr", "--for", "tvdb:900009:S01E02").lines
    assert [row["kind"] for row in planned if row["type"] == "step"] == ["add_series", "push_release"]
    messages = [{"errorMessage": "'Path' must not be empty."}, {"errorMessage": "Title is too long"}]
    sonarr.next_failure["add_item"] = httpx.Response(400, json=messages)
    failed = sending.run("grab", magnet(NEW, 2), "--route", "arr", "--for", "tvdb:900009:S01E02", "--apply")
    assert failed.code == 1
    assert "'Path' must not be empty; Title is too long" in failed.out
    assert "Twofold (2022) was not added, so nothing is sent for it" in failed.out
    assert pushed(sonarr) == []
    assert sending.run("grab", magnet(NEW, 2), "--route", "arr", "--for", "tvdb:900009:S01E02", "--apply").code == 0
    assert pushed(sonarr) == [NEW]
    assert [row["title"] for row in sonarr.records.items.values()] == ["Harbor Lane", "Twofold"]


def test_what_goes_only_by_the_account_is_refused(sending: Home) -> None:
    result = sending.run("grab", magnet(EPISODE, 1), "--route", "arr", "--cached-only")
    assert (result.code, "--cached-only is about the account" in result.err) == (2, True)


def test_what_an_indexer_offers_goes_the_way_the_settings_name_for_it(sending: Home, sonarr: FakeArr) -> None:
    prowlarr = FakeProwlarr()
    prowlarr.add(1, [EPISODE], name="Alpha")
    with on_socket(prowlarr) as address:
        config = sending.folder / "config" / "mediatui" / "config.toml"
        config.write_text(
            f'{config.read_text()}[prowlarr]\nenabled = true\nurl = "{address}"\napi_key = "{KEY}"\n'
            '[acquire.route_by_indexer]\nAlpha = "arr"\n'
        )
        assert sending.run("search", "harbor lane").code == 0
        assert "1 release can be sent through Sonarr." in sending.run("grab", "r1").out
        mixed = sending.run("grab", "r1", magnet(NEW, 2), "--no-target")
        assert "sends what Alpha offers to Sonarr or Radarr; grab it without those of other routes" in mixed.out
        config.write_text(config.read_text().replace('Alpha = "arr"', 'Alpha = "seedbox"'))
        assert "sends what Alpha offers to the seedbox; --route debrid sends it" in sending.run("grab", "r1").out
        by_indexer = '[acquire.route_by_indexer]\nAlpha = "seedbox"'
        config.write_text(config.read_text().replace(by_indexer, '[acquire]\nroute = "arr"'))
        assert "1 release can be sent through Sonarr." in sending.run("grab", "r1").out
    assert pushed(sonarr) == []
