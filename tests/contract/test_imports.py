"""What an import of links makes of them, and what its end says: that all went well, whatever it came to."""

from __future__ import annotations

from pathlib import Path

from tests.contract.importing import Staging, all_went_well, ended, text
from tests.contract.server import Server


def test_a_copied_link_is_a_link_of_the_same_text_and_the_record_is_of_its_target(server: Server) -> None:
    staging = Staging(server, server.hold())
    link = staging.link(staging.name(2))
    end = staging.run([staging.entry(link, 2, folderName="Known.Release-NEW")])
    assert ended(end) == all_went_well(1)
    record = staging.record(2)
    assert record["relativePath"].endswith(link.name)
    assert (record["size"], record["releaseGroup"]) == (len(server.video) + 5, "NEW")
    assert record["sceneName"] == "Known.Release-NEW"
    assert text(staging.ours(record)) == text(link)


def test_without_the_name_of_its_folder_a_record_has_no_name_of_a_release(server: Server) -> None:
    staging = Staging(server, server.hold())
    staging.run([staging.entry(staging.link(staging.name(2)), 2)])
    assert "sceneName" not in staging.record(2)


def test_a_moved_link_is_gone_where_it_was(server: Server) -> None:
    staging = Staging(server, server.hold())
    link = staging.link(staging.name(2))
    said = text(link)
    staging.run([staging.entry(link, 2)], "move")
    assert text(staging.ours(staging.record(2))) == said
    assert not link.is_symlink()
    assert staging.folder.is_dir()


def test_what_is_replaced_goes_and_its_target_stays(server: Server) -> None:
    held = server.hold()
    staging = Staging(server, held)
    (old,) = server.ids(held)
    staging.run([staging.entry(staging.link(staging.name()))])
    fresh = staging.record()["id"]
    assert fresh != old
    assert server.ids(held) == [fresh]
    assert not held.links[0].is_symlink()
    assert held.targets[0].exists()


def test_the_history_tells_where_a_file_came_from_and_which_record_it_became(server: Server) -> None:
    staging = Staging(server, server.hold())
    link = staging.link(staging.name())
    staging.run([staging.entry(link)])
    record = staging.record()
    rows = server.get("history", eventType=3, pageSize=5).body["records"]
    data = next(row["data"] for row in rows if row["data"].get("droppedPath") == server.theirs(link))
    assert (data["fileId"], data["importedPath"]) == (str(record["id"]), record["path"])


def test_a_root_folder_that_is_missing_lets_nothing_in_and_says_all_went_well(server: Server) -> None:
    staging = Staging(server, server.hold())
    link = staging.link(staging.name(2))
    with server.root_away(emptied=False):
        assert ended(staging.run([staging.entry(link, 2)], "move")) == all_went_well(1)
    assert link.is_symlink()


def test_a_name_that_is_taken_costs_what_was_there_and_brings_nothing(radarr: Server) -> None:
    held = radarr.hold()
    staging = Staging(radarr, held)
    link = staging.link(staging.name())
    (held.folder / link.name).symlink_to(text(link))
    assert ended(staging.run([staging.entry(link)])) == all_went_well(1)
    assert not held.links[0].is_symlink()


def test_a_dangling_old_link_is_replaced_but_not_with_a_recycle_bin(server: Server) -> None:
    held = server.hold()
    staging = Staging(server, held)
    held.targets[0].unlink()
    recycled = server.folder / "bin"
    recycled.mkdir()
    recycled.chmod(0o777)
    before = server.setting("recycleBin")
    server.set(recycleBin=server.theirs(recycled))
    entry = staging.entry(staging.link(staging.name()))
    assert ended(staging.run([entry])) == all_went_well(1)
    assert server.records(held)[0]["relativePath"] == held.links[0].name
    assert held.links[0].is_symlink()
    server.set(recycleBin=before)
    staging.run([entry])
    assert not held.links[0].is_symlink()


def test_a_file_that_vanished_ends_it_and_what_follows_is_not_tried(sonarr: Server) -> None:
    staging = Staging(sonarr, sonarr.hold())
    links = [staging.link(staging.name(number)) for number in (2, 3, 4)]
    links[1].unlink()
    end = staging.run([staging.entry(link, number) for number, link in enumerate(links, 2)])
    assert ended(end) == ("failed", "unknown", "Failed")
    assert f"File doesn't exist: {sonarr.theirs(links[1])}" in end["exception"]
    assert [staging.file_of(number) is not None for number in (2, 3, 4)] == [True, False, False]


def test_a_link_that_dangles_ends_it_and_is_named_by_its_target(server: Server) -> None:
    staging = Staging(server, server.hold())
    link = staging.link(staging.name(2))
    (server.mount / "fresh" / link.name).unlink()
    end = staging.run([staging.entry(link, 2)])
    assert ended(end) == ("failed", "unknown", "Failed")
    assert f"Could not find file '{text(link)}'" in end["exception"]


def test_an_unknown_id_ends_it_as_failed_without_a_file_named(server: Server) -> None:
    staging = Staging(server, server.hold())
    link = staging.link(staging.name(2))
    end = staging.run([{**staging.entry(link, 2), server.owner: 99_999}])
    assert ended(end) == ("failed", "unknown", "Failed")
    assert "with ID 99999 does not exist" in end["exception"]
    if server.kind == "sonarr":
        assert staging.run([{**staging.entry(link), "episodeIds": [99_999]}])["status"] == "failed"


def test_without_episodes_the_released_line_says_all_went_well(sonarr: Server) -> None:
    staging = Staging(sonarr, sonarr.hold())
    link = staging.link(staging.name(2))
    end = staging.run([{**staging.entry(link), "episodeIds": []}])
    assert ended(end) == (all_went_well(1) if sonarr.released else ("failed", "unknown", "Failed"))
    assert staging.file_of(2) is None


def test_a_file_without_quality_is_placed_and_has_no_record(server: Server) -> None:
    staging = Staging(server, server.hold())
    link = staging.link(staging.name(2))
    entry = staging.entry(link, 2)
    del entry["quality"]
    assert ended(staging.run([entry], "move")) == all_went_well(1)
    assert not link.is_symlink()
    assert [one["relativePath"] for one in server.records(staging.held) if link.name in one["relativePath"]] == []


def test_subtitles_beside_it_come_along_when_extras_are_imported(server: Server) -> None:
    server.set(importExtraFiles=True, extraFileExtensions="srt")
    staging = Staging(server, server.hold())
    link = staging.link(staging.name(2))
    subtitle = link.with_suffix(".fr.srt")
    subtitle.symlink_to(server.theirs(_written(server.mount / "fr.srt")))
    staging.run([staging.entry(link, 2)])
    record = staging.record(2)
    assert text(staging.ours(record).with_suffix(".fr.srt")) == text(subtitle)


def test_a_relative_text_is_joined_as_it_stands(server: Server) -> None:
    """It leads through staging, and nowhere once that is gone."""
    staging = Staging(server, server.hold())
    target = _written(server.mount / "x.mkv", server.video)
    link = staging.folder / staging.name(2)
    link.symlink_to(Path("../../mount") / target.name)
    staging.run([staging.entry(link, 2)])
    record = staging.record(2)
    assert text(staging.ours(record)) == f"{server.theirs(staging.folder)}/../../mount/x.mkv"


def _written(path: Path, content: bytes = b"1\n") -> Path:
    path.write_bytes(content)
    return path
