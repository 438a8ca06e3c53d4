"""Root folders, and what a Sonarr or Radarr sees on disk."""

from __future__ import annotations

import os
from typing import Any

from tests.contract.server import Server


def ours(server: Server) -> dict[str, Any]:
    """Our root folder as it is answered now."""
    rows = [row for row in server.get("rootfolder").body if row["path"] == server.theirs(server.library)]
    assert len(rows) == 1
    row: dict[str, Any] = rows[0]
    return row


def test_a_root_folder_tells_its_space_and_the_folders_that_are_no_items(server: Server) -> None:
    (server.library / "Stray").mkdir()
    row = ours(server)
    assert row["accessible"] is True
    assert row["freeSpace"] > 0
    stray = {"name": "Stray", "path": server.theirs(server.library / "Stray"), "relativePath": "Stray"}
    assert row["unmappedFolders"] == [stray]
    held = server.hold(folder=server.library / "Held")
    assert held.folder.name not in [folder["name"] for folder in ours(server)["unmappedFolders"]]


def test_only_the_head_of_sonarr_tells_the_whole_space(server: Server) -> None:
    assert ("totalSpace" in ours(server)) == (server.kind == "sonarr" and not server.released)


def test_a_root_folder_that_is_gone_is_not_accessible_and_has_no_space(server: Server) -> None:
    with server.root_away(emptied=False):
        row = ours(server)
    assert row["accessible"] is False
    assert not {"freeSpace", "totalSpace", "unmappedFolders"} & set(row)


def test_root_folders_that_are_refused(server: Server) -> None:
    for path, says, rule in (
        (server.theirs(server.library), "Path '{}' is already configured as a root folder", "RootFolderValidator"),
        (server.theirs(server.folder / "nowhere"), "Path '{}' does not exist", "PathExistsValidator"),
        ("relative/tv", "Invalid Path: '{}'", "PathValidator"),
    ):
        answer = server.post("rootfolder", {"path": path})
        assert answer.status == 400
        wrong = answer.body[0]
        assert (wrong["propertyName"], wrong["errorMessage"], wrong["errorCode"]) == ("Path", says.format(path), rule)


def test_a_path_with_a_slash_at_its_end_is_listed_and_without_one_the_folder_above(server: Server) -> None:
    (server.mount / "inner").mkdir()
    (server.mount / "inner" / "a.mkv").write_bytes(b"v" * 10)
    path = server.theirs(server.mount / "inner")
    listed = server.get("filesystem", path=path + "/", includeFiles="true").body
    assert [file["name"] for file in listed["files"]] == ["a.mkv"]
    above = server.get("filesystem", path=path, includeFiles="true").body
    assert ([folder["name"] for folder in above["directories"]], above["files"]) == (["inner"], [])
    also = server.get("filesystem", path=path, includeFiles="true", allowFoldersWithoutTrailingSlashes="true").body
    assert also["files"] == listed["files"]
    beside = server.get("filesystem", path=path + "/a.mkv", includeFiles="true").body
    assert beside["files"] == listed["files"]


def test_a_link_is_listed_with_the_length_of_its_text_also_one_that_dangles(server: Server) -> None:
    target = server.mount / "a.mkv"
    target.write_bytes(b"v" * 4096)
    (server.library / "good.mkv").symlink_to(server.theirs(target))
    (server.library / "dead.mkv").symlink_to(server.theirs(server.mount / "gone.mkv"))
    listed = server.get("filesystem", path=server.theirs(server.library) + "/", includeFiles="true").body
    assert {file["name"]: (file["type"], file["size"]) for file in listed["files"]} == {
        name: ("file", len(os.readlink(server.library / name))) for name in ("good.mkv", "dead.mkv")
    }


def test_what_is_missing_is_an_empty_folder(server: Server) -> None:
    path = server.theirs(server.folder / "nowhere")
    answer = server.get("filesystem", path=path + "/", includeFiles="true")
    assert (answer.status, answer.body["directories"], answer.body["files"]) == (200, [], [])
    assert server.get("filesystem/type", path=path).body == {"type": "folder"}


def test_the_type_of_a_link_that_dangles_is_file(server: Server) -> None:
    (server.library / "dead.mkv").symlink_to(server.theirs(server.mount / "gone.mkv"))
    assert server.get("filesystem/type", path=server.theirs(server.library / "dead.mkv")).body == {"type": "file"}
