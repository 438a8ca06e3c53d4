"""Series and films: what is answered about them, and what changes when they are put."""

from __future__ import annotations

import pytest

from tests.contract.server import Server

LEANED_ON = {
    "id", "title", "year", "path", "rootFolderPath", "monitored", "tags", "qualityProfileId", "tmdbId",
    "alternateTitles",
}  # fmt: skip
OF_SERIES = LEANED_ON | {"tvdbId", "seriesType", "seasons", "statistics", "genres"}
OF_FILMS = LEANED_ON | {"hasFile", "movieFileId", "movieFile", "minimumAvailability", "originalTitle", "genres"}


def test_an_item_tells_what_the_program_leans_on(server: Server) -> None:
    held = server.hold()
    row = server.row(held)
    assert (OF_SERIES if server.kind == "sonarr" else OF_FILMS) <= set(row)
    assert row["path"] == server.theirs(held.folder)
    assert row["rootFolderPath"] == server.theirs(server.library)
    assert row["monitored"] is True
    (listed,) = [one for one in server.get(server.item).body if one["id"] == held.id]
    assert {name: listed[name] for name in LEANED_ON} == {name: row[name] for name in LEANED_ON}


def test_alternative_titles_are_rows_with_a_title_and_at_sonarr_a_season(server: Server) -> None:
    for row in server.row(server.hold())["alternateTitles"]:
        assert row["title"]
        if server.kind == "sonarr":
            assert (type(row["seasonNumber"]), type(row["sceneSeasonNumber"])) == (int, int)
    if server.fake is not None:
        titles = ["Harbour Lights", "Hafenlichter"] if server.kind == "sonarr" else ["Quiet Harbour", "Stiller Hafen"]
        assert [row["title"] for row in server.get(server.item).body[0]["alternateTitles"]] == titles


def test_a_list_by_its_number_is_a_list_of_one(server: Server) -> None:
    held = server.hold()
    name = "tvdbId" if server.kind == "sonarr" else "tmdbId"
    rows = server.get(server.item, **{name: server.row(held)[name]}).body
    assert [row["id"] for row in rows] == [held.id]


def test_a_path_put_without_moving_keeps_every_record(server: Server) -> None:
    """The folder was moved, then the whole object is put with its new path, then they look."""
    held = server.hold(files=2)
    before, row = server.ids(held), server.row(held)
    moved = server.library / "A-M" / held.folder.name
    moved.parent.mkdir()
    held.folder.rename(moved)
    answer = server.put(f"{server.item}/{held.id}", {**row, "path": server.theirs(moved)}, moveFiles="false")
    assert answer.status == 202
    assert (answer.body["path"], answer.body["id"]) == (server.theirs(moved), held.id)
    again = server.row(held)
    assert (again["path"], again["rootFolderPath"]) == (server.theirs(moved), server.theirs(server.library))
    assert server.rescan(held)["status"] == "completed"
    assert server.ids(held) == before
    assert all(record["path"].startswith(server.theirs(moved)) for record in server.records(held))
    assert set(server.marks(held)[: len(before)]) == {(True, True)}


def test_a_path_that_was_put_keeps_every_record_though_another_link_dangles(sonarr: Server) -> None:
    """The rescan after it ends as failed; the records stay all the same."""
    held = sonarr.hold(files=2)
    before, row = sonarr.ids(held), sonarr.row(held)
    held.targets[0].unlink()
    moved = sonarr.library / "A-M" / held.folder.name
    moved.parent.mkdir()
    held.folder.rename(moved)
    assert sonarr.put(f"series/{held.id}", {**row, "path": sonarr.theirs(moved)}, moveFiles="false").status == 202
    assert sonarr.rescan(held)["status"] == "failed"
    assert sonarr.ids(held) == before


def test_what_is_put_is_what_comes_back(server: Server) -> None:
    held = server.hold()
    row = server.row(held)
    answer = server.put(f"{server.item}/{held.id}", row, moveFiles="false")
    assert answer.status == 202
    assert {name: answer.body[name] for name in LEANED_ON} == {name: row[name] for name in LEANED_ON}
    assert server.row(held) == row


def test_a_path_is_required_and_may_not_be_taken(server: Server) -> None:
    first, second = server.hold(), server.hold()
    row = server.row(first)
    without = server.put(f"{server.item}/{first.id}", {name: row[name] for name in row if name != "path"})
    assert without.status == 400
    assert "Path" in [one["propertyName"] for one in without.body]
    taken = server.put(f"{server.item}/{first.id}", {**row, "path": server.theirs(second.folder)})
    what = "series" if server.kind == "sonarr" else "movie"
    assert taken.status == 400
    assert taken.body[0]["propertyName"] == "Path"
    assert taken.body[0]["errorMessage"].endswith(f"is already configured for another {what}")
    assert server.row(first)["path"] == row["path"]


def test_radarr_wipes_what_a_put_leaves_out(radarr: Server) -> None:
    held = radarr.hold()
    row = radarr.row(held)
    whole = {**row, "minimumAvailability": "announced", "tags": [77]}
    assert radarr.put(f"movie/{held.id}", whole).body["tags"] == [77]
    part = {name: row[name] for name in ("id", "path", "qualityProfileId", "monitored", "tmdbId", "title")}
    answer = radarr.put(f"movie/{held.id}", part)
    assert answer.status == 202
    assert radarr.row(held)["tags"] == []
    assert radarr.row(held)["minimumAvailability"] != "announced"


def test_an_editor_changes_what_is_named_and_nothing_else(server: Server) -> None:
    held = server.hold()
    before = server.row(held)
    ids = "seriesIds" if server.kind == "sonarr" else "movieIds"
    answer = server.put(f"{server.item}/editor", {ids: [held.id], "monitored": False})
    assert answer.status == 202
    assert [(row["id"], row["monitored"]) for row in answer.body] == [(held.id, False)]
    assert server.row(held) == {**before, "monitored": False}


def test_an_editor_puts_a_mark_back(server: Server) -> None:
    """Undo puts the monitored marks back."""
    held = server.hold()
    ids = "seriesIds" if server.kind == "sonarr" else "movieIds"
    for mark in (False, True):
        assert server.put(f"{server.item}/editor", {ids: [held.id], "monitored": mark}).status == 202
        assert server.row(held)["monitored"] is mark
    marked = server.marks(held)
    assert marked[0] == (True, True), "a series' own mark leaves those of its episodes"


def test_an_editor_takes_no_root_folder_there_is_not(server: Server) -> None:
    held = server.hold()
    nowhere = server.theirs(server.folder / "nowhere")
    ids = "seriesIds" if server.kind == "sonarr" else "movieIds"
    answer = server.put(f"{server.item}/editor", {ids: [held.id], "rootFolderPath": nowhere, "moveFiles": False})
    assert answer.status == 400
    assert answer.body[0]["errorMessage"] == f"Root folder '{nowhere}' does not exist"


def test_marks_of_episodes_are_put_together_and_all_must_be_there(sonarr: Server) -> None:
    held = sonarr.hold(files=2)
    ids = [row["id"] for row in sonarr.episodes(held) if row["seasonNumber"] == 1]
    answer = sonarr.put("episode/monitor", {"episodeIds": ids[:1], "monitored": False})
    assert (answer.status, [row["monitored"] for row in answer.body]) == (202, [False])
    wrong = sonarr.put("episode/monitor", {"episodeIds": [ids[1], 99_999_999], "monitored": False})
    assert (wrong.status, wrong.body["message"]) == (500, "Expected query to return 2 rows but returned 1")
    assert [sonarr.get(f"episode/{one}").body["monitored"] for one in ids[:2]] == [False, True]


def test_a_season_that_is_put_switches_its_episodes(sonarr: Server) -> None:
    held = sonarr.hold()
    row = sonarr.row(held)
    for season in row["seasons"]:
        season["monitored"] = season["seasonNumber"] != 1
    assert sonarr.put(f"series/{held.id}", row).status == 202
    marked = {(one["seasonNumber"] == 1): one["monitored"] for one in sonarr.episodes(held) if one["seasonNumber"]}
    assert marked[True] is False
    assert marked.get(False, True) is True


@pytest.mark.parametrize("given", [{}, {"title": "x"}])
def test_what_an_addition_needs(server: Server, given: dict[str, str]) -> None:
    answer = server.post(server.item, given)
    assert answer.status == 400
    wanting = {one["propertyName"] for one in answer.body}
    number = "TvdbId" if server.kind == "sonarr" else "TmdbId"
    assert wanting == {"QualityProfileId", "Path", "RootFolderPath", number} | ({"Title"} - set(map(str.title, given)))


def test_an_item_that_is_there_is_not_added_again(server: Server) -> None:
    held = server.hold()
    row = server.row(held)
    answer = server.post(server.item, {**row, "path": server.theirs(server.library / "Again")})
    what = "series" if server.kind == "sonarr" else "movie"
    assert answer.status == 400
    assert f"This {what} has already been added" in [one["errorMessage"] for one in answer.body]


def test_a_lookup_knows_what_is_held_and_nothing_of_what_is_not(server: Server) -> None:
    held = server.hold()
    row = server.row(held)
    word = f"tvdb:{row['tvdbId']}" if server.kind == "sonarr" else f"tmdb:{row['tmdbId']}"
    (found,) = server.get(f"{server.item}/lookup", term=word).body
    assert (found["id"], found["path"]) == (held.id, row["path"])


def test_removing_an_item_leaves_its_files(server: Server) -> None:
    held = server.hold()
    answer = server.delete(f"{server.item}/{held.id}", deleteFiles="false")
    assert (answer.status, answer.body) == (200, None)
    assert server.get(f"{server.item}/{held.id}").status == 404
    assert held.links[0].is_symlink()


def test_a_calendar_of_all_time_has_every_episode_with_a_date(sonarr: Server) -> None:
    """Read so, all episodes of a library take one request."""
    held = sonarr.hold(files=2)
    rows = sonarr.get("calendar", start="1900-01-01", end="2200-01-01", unmonitored="true").body
    own = {row["id"] for row in rows if row["seriesId"] == held.id}
    assert own == {row["id"] for row in sonarr.episodes(held) if row.get("airDateUtc")}
    counted = sum(season["statistics"]["totalEpisodeCount"] for season in sonarr.row(held)["seasons"])
    assert counted == len(sonarr.episodes(held))
