"""Pushing a release: what is answered, and what is in the queue then. A real server is only pushed what it refuses."""

from __future__ import annotations

from typing import Any

from tests.contract.server import Held, Server

HASH = "a2" * 20
ANSWER = """age ageHours ageMinutes approved customFormatScore customFormats downloadAllowed guid indexerFlags indexerId
    languages magnetUrl protocol publishDate quality qualityWeight rejected rejections releaseGroup releaseHash
    releaseWeight sceneSource size temporarilyRejected title"""
SERIES = """absoluteEpisodeNumbers episodeNumbers episodeRequested fullSeason isAbsoluteNumbering isDaily
    isPossibleSpecialEpisode languageWeight mappedAbsoluteEpisodeNumbers mappedEpisodeInfo mappedEpisodeNumbers
    seasonNumber seriesTitle special tvRageId tvdbId"""
FILM = "edition imdbId movieRequested movieTitles tmdbId"


def release(server: Server, held: Held, **facts: object) -> dict[str, Any]:
    """A release of the item, by a magnet with a tracker."""
    dotted = held.title.replace(" ", ".")
    row = server.row(held)
    title = f"{dotted}.S01E01" if server.kind == "sonarr" else f"{dotted}.{row['year']}"
    return {
        "title": f"{title}.1080p.WEB-DL.x264-OK", "protocol": "torrent", "publishDate": "2026-01-02T03:04:05Z",
        "magnetUrl": f"magnet:?xt=urn:btih:{HASH}&tr=http%3A%2F%2F127.0.0.1%3A9%2Fannounce", **facts,
    }  # fmt: skip


def test_what_is_wanting_is_refused_field_by_field(server: Server) -> None:
    answer = server.post(
        "release/push", {"title": "T.S01E01.2001.1080p", "protocol": "torrent", "publishDate": "2026-01-01"}
    )
    assert (answer.status, [one["propertyName"] for one in answer.body]) == (400, ["DownloadUrl", "MagnetUrl"])


def test_a_title_that_cannot_be_read_is_refused(server: Server) -> None:
    given = release(server, server.hold(), title="blah blah")
    answer = server.post("release/push", given)
    assert (answer.status, [one["errorMessage"] for one in answer.body]) == (400, ["Unable to parse"])


def test_a_title_that_nobody_has_is_rejected_in_a_good_answer(server: Server) -> None:
    given = release(server, server.hold(), title="Totally.Unknown.Show.S01E01.2001.1080p.WEB-DL.x264-GRP")
    (row,) = server.post("release/push", given).body
    assert (row["approved"], row["rejected"], row["temporarilyRejected"]) == (False, True, False)
    assert row["rejections"][0].startswith("Unknown Series" if server.kind == "sonarr" else "Unknown Movie")


def test_an_answer_has_the_fields_it_has(server: Server) -> None:
    given = release(server, server.hold(), title="Totally.Unknown.Show.S01E01.2001.1080p.WEB-DL.x264-GRP")
    (row,) = server.post("release/push", given).body
    assert {*row} >= {*ANSWER.split(), *(SERIES if server.kind == "sonarr" else FILM).split()}


def test_what_fits_is_approved_with_its_hash_and_in_the_queue(fake: Server) -> None:
    held = fake.hold()
    (row,) = fake.post("release/push", release(fake, held)).body
    assert (row["approved"], row["rejected"], row["infoHash"]) == (True, False, HASH.upper())
    (queued,) = fake.get("queue/details").body
    assert (queued["downloadId"], queued["trackedDownloadState"]) == (HASH.upper(), "downloading")
    (again,) = fake.post("release/push", release(fake, held)).body
    assert again["rejections"] == ["Recent grab event in history already meets cutoff: WEBDL-1080p v1"]


def test_yes_is_said_to_a_dead_link_and_to_a_magnet_that_is_none(fake: Server) -> None:
    held = fake.hold()
    for link in ({"magnetUrl": "magnet:?xt=urn:btih:nohash"}, {"magnetUrl": None, "downloadUrl": "http://h/404"}):
        (row,) = fake.post("release/push", release(fake, held, **link)).body
        assert (row["approved"], "infoHash" in row) == (True, False)
    assert fake.get("queue/details").body == []


def test_while_the_client_is_away_yes_is_said_and_only_the_newer_sonarr_holds_it(fake: Server) -> None:
    assert fake.fake is not None
    held = fake.hold()
    fake.fake.client_away = True
    assert fake.post("downloadclient/testall").status == 400
    (row,) = fake.post("release/push", release(fake, held)).body
    assert (row["approved"], row["infoHash"]) == (True, HASH.upper())
    rows = fake.get("queue/details").body
    if fake.kind == "radarr" or fake.released:
        assert rows == []
        return
    assert [(one["status"], "downloadId" in one, "statusMessages" in one) for one in rows] == [
        ("downloadClientUnavailable", False, False)
    ]
    assert fake.post(f"queue/grab/{rows[0]['id']}").body == {}


def test_a_delay_is_neither_yes_nor_no(fake: Server) -> None:
    assert fake.fake is not None
    fake.fake.sending.delays = True
    (row,) = fake.post("release/push", release(fake, fake.hold())).body
    assert (row["approved"], row["rejected"], row["temporarilyRejected"]) == (False, False, True)
    assert [one["status"] for one in fake.get("queue/details").body] == ["delay"]


def test_an_id_maps_a_foreign_title(fake: Server) -> None:
    held = fake.hold()
    name = "tvdbId" if fake.kind == "sonarr" else "tmdbId"
    given = release(fake, held, title="Le.Bac.Du.Nord.S01E01.2001.FRENCH.1080p", **{name: fake.row(held)[name]})
    (row,) = fake.post("release/push", given).body
    assert row["approved"] is True
