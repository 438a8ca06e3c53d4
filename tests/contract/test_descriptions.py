"""The check of requests against the descriptions of the services' APIs: what it lets through, and what it does not."""

from __future__ import annotations

import pytest

from mediatui.services.arr.bodies import film_body, push_body, series_body
from tests.fakes.arr_requests import ENDPOINTS
from tests.fakes.openapi.check import WRONG, note_request, wrong_request

SERIES = series_body(
    tvdb_id=7, title="T", profile=1, root="/tv", series_type="anime", season_folder=True, tags=[3], seasons=(0, 1, 2),
    wanted={2}, monitor="this",
)  # fmt: skip
FILM = film_body(tmdb_id=7, title="T", year=2000, profile=1, root="/f", minimum="inCinemas", tags=[], monitored=True)
LINK = push_body(title="T.S01E01", published="2026-01-01T00:00:00Z", indexer="Alpha", link="http://p/1")
PUSH = {**LINK, "tvdbId": 7}


@pytest.mark.parametrize("kind", ["sonarr", "radarr"])
def test_every_endpoint_of_the_fakes_is_described(kind: str) -> None:
    for one in ENDPOINTS["sonarr" if kind == "sonarr" else "radarr"]:
        path = one.path.replace("{id}", "1")
        assert "has no" not in wrong_request(kind, one.method, path), one.path


@pytest.mark.parametrize(
    ("kind", "method", "path", "body"),
    [
        ("sonarr", "POST", "series", SERIES),
        ("radarr", "POST", "movie", FILM),
        ("sonarr", "POST", "release/push", PUSH),
        ("radarr", "POST", "release/push", {**LINK, "tmdbId": 7}),
        ("sonarr", "POST", "command", {"name": "RescanSeries", "seriesId": 7}),
        ("radarr", "POST", "command", {"name": "MoviesSearch", "movieIds": [7]}),
        ("sonarr", "DELETE", "series/7", None),
    ],
)
def test_what_we_send_is_let_through(kind: str, method: str, path: str, body: object) -> None:
    assert wrong_request(kind, method, path, (), body) == ""


@pytest.mark.parametrize(
    ("kind", "method", "path", "query", "body", "wrong"),
    [
        ("sonarr", "GET", "serie", [], None, "sonarr has no serie"),
        ("sonarr", "PATCH", "series/7", [], None, "sonarr has no PATCH series/{id}"),
        ("prowlarr", "GET", "api/v1/search", [("cat", "2000")], None, "GET api/v1/search has no parameter cat"),
        ("prowlarr", "GET", "api/v1/search", [("indexerIds", "7,9")], None, "indexerIds of GET api/v1/search is no"),
        ("prowlarr", "GET", "7/download", [("url", "x")], None, "GET {id}/download has no parameter url"),
        ("sonarr", "GET", "series", [("tmdbId", "7")], None, "GET series has no parameter tmdbId"),
        ("sonarr", "GET", "series", [("tvdbId", "tvdb:7")], None, "tvdbId of GET series is no number"),
        ("sonarr", "DELETE", "series/7", [("deleteFiles", "1")], None, "deleteFiles of DELETE series/{id} is neither"),
        ("sonarr", "POST", "series", [], {**SERIES, "tmdbid": 1}, "POST series has no field tmdbid"),
        ("sonarr", "POST", "series", [], {**SERIES, "tvdbId": "7"}, "POST series.tvdbId is no integer"),
        ("sonarr", "POST", "series", [], {**SERIES, "monitored": 1}, "POST series.monitored is no boolean"),
        ("sonarr", "POST", "series", [], {**SERIES, "tags": "vu"}, "POST series.tags is no list"),
        ("sonarr", "POST", "series", [], {**SERIES, "seriesType": "cartoon"}, "POST series.seriesType is none of"),
        (
            "sonarr",
            "POST",
            "series",
            [],
            {**SERIES, "addOptions": {"monitor": "this"}},
            "POST series.addOptions.monitor",
        ),
        (
            "radarr",
            "POST",
            "movie",
            [],
            {**FILM, "addOptions": {"monitored": True}},
            "POST movie.addOptions has no field",
        ),
        ("radarr", "POST", "command", [], {"name": "RescanMovie", "movieIds": [7]}, "POST command is none of"),
        ("sonarr", "POST", "command", [], {"name": "EpisodeSearch"}, "POST command is none of"),
        ("sonarr", "GET", "tag", [], {"a": 1}, "GET tag takes no body"),
    ],
)
def test_what_a_service_would_not_know_is_found(
    kind: str, method: str, path: str, query: list[tuple[str, str]], body: object, wrong: str
) -> None:
    assert wrong_request(kind, method, path, query, body).startswith(wrong)


def test_a_request_that_is_wrong_fails_its_test_and_what_the_service_told_is_no_wrong() -> None:
    assert note_request("sonarr", "PUT", "series/7", (), {"id": 7, "later": {"a": 1}}, ["later"]) == ""
    assert note_request("sonarr", "PUT", "series/7", (), {"id": 7, "later": {"a": 1}}).endswith("has no field later")
    assert WRONG == ["sonarr: PUT series/{id} has no field later"]
    WRONG.clear()
