"""Looking a title up and adding it: what has to be sent, what comes back, and what is refused in which words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.server import Server


@pytest.fixture
def unheld(server: Server) -> dict[str, Any]:
    """What a lookup says of a series or film that the server does not hold."""
    return server.unheld()


def number(server: Server) -> str:
    return "tvdbId" if server.kind == "sonarr" else "tmdbId"


def body(server: Server, found: dict[str, Any], **facts: object) -> dict[str, Any]:
    """The least that adds it."""
    least = {
        number(server): found[number(server)], "title": found["title"], "rootFolderPath": server.theirs(server.library),
        "qualityProfileId": server.get("qualityprofile").body[0]["id"],
    }  # fmt: skip
    return {**least, **facts}


def messages(answer: Any) -> list[tuple[str, str]]:
    return [(one["propertyName"], one["errorMessage"]) for one in answer.body]


def test_a_lookup_by_number_finds_one_with_its_seasons_or_as_no_film_is_to_be_added(
    server: Server, unheld: dict[str, Any]
) -> None:
    assert "id" not in unheld
    assert (type(unheld["title"]), type(unheld["year"]), unheld["qualityProfileId"]) == (str, int, 0)
    if server.kind == "sonarr":
        assert unheld["seasons"]
        assert {"seasonNumber", "monitored"} <= set(unheld["seasons"][0])
        assert "alternateTitles" not in unheld
    else:
        assert (unheld["monitored"], unheld["minimumAvailability"]) == (False, "tba")


def test_a_lookup_that_finds_nothing_is_an_empty_list(server: Server) -> None:
    word = "tvdb" if server.kind == "sonarr" else "tmdb"
    answer = server.get(f"{server.item}/lookup", term=f"{word}:999999999")
    assert (answer.status, answer.body) == (200, [])


def test_one_that_is_there_has_its_id_and_its_folder(server: Server) -> None:
    held = server.hold()
    row = server.row(held)
    word = "tvdb" if server.kind == "sonarr" else "tmdb"
    (found,) = server.get(f"{server.item}/lookup", term=f"{word}:{row[number(server)]}").body
    assert (found["id"], found["path"]) == (held.id, row["path"])


def test_every_season_that_is_said_is_as_said_once_the_refresh_has_ended(sonarr: Server) -> None:
    found = sonarr.unheld()
    seasons = [{"seasonNumber": one["seasonNumber"], "monitored": False} for one in found["seasons"]]
    seasons[-1]["monitored"] = True
    added = sonarr.post("series", body(sonarr, found, monitored=True, seasons=seasons, addOptions={"monitor": "skip"}))
    assert added.status == 201
    sonarr.wait_for_refresh(added.body["id"])
    episodes = sonarr.get("episode", seriesId=added.body["id"]).body
    assert {one["seasonNumber"]: one["monitored"] for one in episodes} == {
        one["seasonNumber"]: one["monitored"] for one in seasons
    }


def test_a_season_that_is_left_out_is_monitored(sonarr: Server) -> None:
    found = sonarr.unheld()
    seasons = [{"seasonNumber": one["seasonNumber"], "monitored": False} for one in found["seasons"]][:-1]
    left_out = found["seasons"][-1]["seasonNumber"]
    added = sonarr.post("series", body(sonarr, found, monitored=True, seasons=seasons, addOptions={"monitor": "skip"}))
    sonarr.wait_for_refresh(added.body["id"])
    episodes = sonarr.get("episode", seriesId=added.body["id"]).body
    assert {one["monitored"] for one in episodes if one["seasonNumber"] == left_out} == {True}


def test_none_switches_the_series_off_too(sonarr: Server) -> None:
    added = sonarr.post("series", body(sonarr, sonarr.unheld(), monitored=True, addOptions={"monitor": "none"}))
    sonarr.wait_for_refresh(added.body["id"])
    assert sonarr.get(f"series/{added.body['id']}").body["monitored"] is False


def test_a_film_is_as_said(radarr: Server) -> None:
    how = {"monitored": False, "minimumAvailability": "inCinemas", "addOptions": {"monitor": "movieOnly"}}
    added = radarr.post("movie", body(radarr, radarr.unheld(), **how))
    assert (added.status, added.body["monitored"], added.body["minimumAvailability"]) == (201, False, "inCinemas")


def test_a_minimum_there_is_not_is_refused_before_all_else(radarr: Server) -> None:
    answer = radarr.post("movie", {"tmdbId": 1, "minimumAvailability": "never"})
    assert (answer.status, [*answer.body["errors"]]) == (400, ["$.minimumAvailability"])


def test_what_is_wanting_is_refused_field_by_field(server: Server, unheld: dict[str, Any]) -> None:
    least = body(server, unheld)
    without = {name: value for name, value in least.items() if name != "rootFolderPath"}
    answer = server.post(server.item, without)
    assert (answer.status, [field for field, _ in messages(answer)]) == (400, ["Path", "RootFolderPath"])
    answer = server.post(server.item, {**least, "qualityProfileId": 9999})
    assert (answer.status, messages(answer)) == (400, [("QualityProfileId", "Quality Profile does not exist")])
    answer = server.post(server.item, {**least, "rootFolderPath": "/nowhere/tv"})
    assert messages(answer) == [("RootFolderPath", "Root folder '/nowhere/tv' does not exist")]
    if server.kind == "sonarr":
        answer = server.post(server.item, {name: value for name, value in least.items() if name != "title"})
        assert messages(answer) == [("Title", "'Title' must not be empty.")]


def test_what_is_there_already_and_what_nobody_knows_is_refused(server: Server) -> None:
    held = server.hold()
    answer = server.post(server.item, body(server, server.row(held)))
    what = "series" if server.kind == "sonarr" else "movie"
    field = "TvdbId" if server.kind == "sonarr" else "TmdbId"
    assert (answer.status, messages(answer)) == (400, [(field, f"This {what} has already been added")])
    answer = server.post(server.item, body(server, {**server.row(held), number(server): 999_999_999, "title": "x"}))
    assert answer.status == 400
    assert messages(answer)[0][1].startswith(f"A {what} with this ID was not found.")


def test_a_removal_without_files_leaves_the_folder(server: Server) -> None:
    held = server.hold()
    assert server.delete(f"{server.item}/{held.id}", deleteFiles="false").status == 200
    assert held.links[0].is_symlink()
    assert server.get(f"{server.item}/{held.id}").status == 404
