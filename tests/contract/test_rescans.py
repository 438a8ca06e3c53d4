"""What a rescan does to the records of an item, and how the command says that it ended."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from tests.contract.server import Held, Server


def ended(end: dict[str, Any]) -> tuple[str, str]:
    """How a command ended."""
    return end["status"], end["result"]


def looked(server: Server, held: Held) -> str:
    """The message of a rescan that looked."""
    return f"{'Scanning' if server.kind == 'sonarr' else 'Scanning disk for'} {held.title}"


def test_a_look_at_what_is_in_order_changes_nothing(server: Server) -> None:
    held = server.hold(files=2)
    before = server.records(held)
    end = server.rescan(held)
    assert ended(end) == ("completed", "successful")
    assert end["message"] == looked(server, held)
    assert {"ended", "duration"} <= set(end)
    assert "exception" not in end
    assert server.records(held) == before


def test_a_link_that_is_gone_loses_its_record(server: Server) -> None:
    held = server.hold(files=2)
    held.links[0].unlink()
    assert ended(server.rescan(held)) == ("completed", "successful")
    assert [record["path"] for record in server.records(held)] == [server.theirs(link) for link in held.links[1:]]
    assert server.marks(held)[0] == (False, True)


def test_a_dangling_link_with_a_record_ends_it_as_failed_and_the_record_stays(server: Server) -> None:
    held = server.hold(files=2)
    held.targets[0].unlink()
    end = server.rescan(held)
    assert ended(end) == ("failed", "unknown")
    assert end["message"] == "Failed"
    gone = server.theirs(held.targets[0])
    assert end["exception"].startswith(f"System.IO.FileNotFoundException: Could not find file '{gone}'.")
    assert len(server.records(held)) == len(held.links)
    assert server.marks(held)[0] == (True, True)


def test_what_was_removed_is_dropped_though_another_link_fails_the_command(sonarr: Server) -> None:
    """The work was done, the end says failed."""
    held = sonarr.hold(files=3)
    held.links[0].unlink()
    held.targets[1].unlink()
    assert ended(sonarr.rescan(held)) == ("failed", "unknown")
    assert [has for has, _ in sonarr.marks(held)[:3]] == [False, True, True]


def test_a_new_link_is_taken_on_though_another_fails_the_command(sonarr: Server) -> None:
    held = sonarr.hold(files=2)
    sonarr.link(held, held.links[0].name.replace("S01E01", "S01E03"))
    held.targets[0].unlink()
    assert ended(sonarr.rescan(held)) == ("failed", "unknown")
    assert len(sonarr.records(held)) == 3


def test_a_dangling_link_without_a_record_does_no_harm_and_is_not_taken(server: Server) -> None:
    """They never take a dead link anew."""
    held = server.hold(files=2)
    text = held.links[0].readlink()
    held.links[0].unlink()
    held.targets[0].unlink()
    server.rescan(held)
    held.links[0].symlink_to(text)
    assert ended(server.rescan(held)) == ("completed", "successful")
    assert len(server.records(held)) == len(held.links) - 1
    assert server.marks(held)[0][0] is False


def test_a_link_that_came_back_is_another_record_without_what_was_known_of_its_release(server: Server) -> None:
    held = server.hold(files=2)
    (number, *rest) = server.ids(held)
    if server.fake:
        server.fake.records.files[number] |= {"sceneName": "Known", "releaseGroup": "KNOWN"}
    text = held.links[0].readlink()
    held.links[0].unlink()
    server.rescan(held)
    held.links[0].symlink_to(text)
    server.rescan(held)
    (record, *others) = server.records(held)
    assert record["id"] not in (number, *rest)
    assert [one["id"] for one in others] == rest
    assert "sceneName" not in record
    assert record.get("releaseGroup") != "KNOWN"


def test_a_link_swapped_in_place_keeps_its_record_and_gets_the_new_size(server: Server) -> None:
    held = server.hold()
    (before,) = server.records(held)
    other = held.targets[0].with_name("other.mkv")
    other.write_bytes(held.targets[0].read_bytes() + bytes(1000))
    fresh = server.folder / "fresh"
    fresh.symlink_to(server.theirs(other))
    fresh.rename(held.links[0])
    server.rescan(held)
    (after,) = server.records(held)
    assert (after["id"], after["size"]) == (before["id"], before["size"] + 1000)


def test_a_folder_that_was_moved_loses_every_record(server: Server) -> None:
    """What made a whole library missing."""
    held = server.hold(files=2)
    held.folder.rename(server.folder / "elsewhere")
    (server.library / "Another").mkdir()
    end = server.rescan(held)
    assert ended(end) == ("completed", "successful")
    assert end["message"] == looked(server, held)
    assert server.records(held) == []
    assert server.row(held)["path"] == server.theirs(held.folder)
    assert {has for has, _ in server.marks(held)} == {False}


@pytest.mark.parametrize("switched", [False, True], ids=["kept", "unmonitored"])
def test_with_unmonitor_deleted_what_lost_its_file_is_off(server: Server, switched: bool) -> None:
    """And it stays off when the file is found again."""
    if switched:
        server.unmonitor_deleted()
    held = server.hold(files=2)
    text = held.links[0].readlink()
    held.links[0].unlink()
    server.rescan(held)
    assert server.marks(held)[0] == (False, not switched)
    held.links[0].symlink_to(text)
    server.rescan(held)
    assert server.marks(held)[0] == (True, not switched)


@pytest.mark.parametrize("emptied", [False, True], ids=["missing", "empty"])
def test_a_root_folder_that_is_missing_or_empty_is_not_looked_at(server: Server, emptied: bool) -> None:
    """Completed and successful, and only the message is not there."""
    held = server.hold(files=2)
    before = server.ids(held)
    with server.root_away(emptied):
        end = server.rescan(held)
        assert ended(end) == ("completed", "successful")
        assert not end.get("message")
        assert server.ids(held) == before
    assert server.rescan(held)["message"] == looked(server, held)
    assert server.ids(held) == before


def test_with_delete_empty_folders_the_folder_goes_and_radarr_then_fails(server: Server) -> None:
    server.set(deleteEmptyFolders=True)
    held = server.hold()
    (server.library / "Another").mkdir()
    held.links[0].unlink()
    end = server.rescan(held)
    assert not held.folder.exists()
    assert server.records(held) == []
    if server.kind == "sonarr":
        assert ended(end) == ("completed", "successful")
        return
    assert ended(end) == ("failed", "unknown")
    missing = server.theirs(held.folder)
    assert end["exception"].startswith(
        f"System.IO.DirectoryNotFoundException: Could not find a part of the path '{missing}'."
    )


def test_a_link_to_a_directory_is_followed(server: Server) -> None:
    """In every recursive act."""
    held = server.hold()
    behind = server.mount / "behind"
    behind.mkdir()
    name = (
        held.links[0].name.replace("S01E01", "S01E02").replace(".mkv", "2.mkv" if server.kind == "radarr" else ".mkv")
    )
    (behind / name).write_bytes(held.targets[0].read_bytes())
    (held.folder / "More").symlink_to(server.theirs(behind))
    server.rescan(held)
    assert server.theirs(held.folder / "More" / name) in [record["path"] for record in server.records(held)]


def test_a_refresh_ends_well_though_a_link_dangles(server: Server) -> None:
    held = server.hold()
    held.targets[0].unlink()
    name, field = ("RefreshSeries", "seriesIds") if server.kind == "sonarr" else ("RefreshMovie", "movieIds")
    assert ended(server.run(name, **{field: [held.id]})) == ("completed", "successful")
    assert len(server.records(held)) == 1


def test_a_second_film_in_the_folder_is_a_second_record(radarr: Server) -> None:
    held = radarr.hold()
    radarr.link(held, held.links[0].name.replace(".mkv", ".again.mkv"))
    radarr.rescan(held)
    assert len(radarr.records(held)) == 2
    assert radarr.row(held)["movieFileId"] in radarr.ids(held)


def test_a_wrong_field_is_about_every_film(radarr: Server) -> None:
    """A client that leaves ``movieId`` out has the whole library looked at, without a word of refusal."""
    mine, other = radarr.hold(), radarr.hold()
    if len(radarr.get("movie").body) > 2:
        pytest.skip("this Radarr holds films that are not ours; they are left alone")
    shutil.rmtree(other.folder)
    end = radarr.run("RescanMovie", movieIds=[mine.id])
    assert ended(end) == ("completed", "successful")
    assert radarr.records(other) == []
