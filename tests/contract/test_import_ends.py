"""How imports end when something comes between, and what else they do: all that a real server does in its own time."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest

from tests.contract.importing import Staging, all_went_well, ended
from tests.contract.server import Server
from tests.fakes.arr import FakeArr


@pytest.fixture
def staging(fake: Server) -> Staging:
    """A folder to import at a fake, for an item with one file."""
    return Staging(fake, fake.hold())


@pytest.fixture
def arr(fake: Server) -> FakeArr:
    """The fake itself."""
    assert fake.fake is not None
    return fake.fake


def send(staging: Staging, *files: dict[str, Any], mode: str = "copy") -> int:
    """An import that is sent; its id."""
    body = {"name": "ManualImport", "files": list(files), "importMode": mode}
    return int(staging.server.post("command", body).body["id"])


def episodes(staging: Staging) -> tuple[int, ...]:
    """What to import two files of: Radarr takes one file a film."""
    return (2, 3) if staging.server.kind == "sonarr" else (2,)


@pytest.mark.parametrize("done", [0, 1])
def test_a_restart_orphans_what_runs_be_it_half_done(staging: Staging, arr: FakeArr, done: int) -> None:
    arr.steps = None
    files = [staging.entry(staging.link(staging.name(one)), one) for one in episodes(staging)]
    number = send(staging, *files)
    before = len(staging.server.records(staging.held))
    arr.restart(done)
    end = staging.server.get(f"command/{number}").body
    assert (end["status"], end["result"], "message" in end) == ("orphaned", "unknown", False)
    replaced = arr.kind == "radarr"
    assert len(staging.server.records(staging.held)) == before + (0 if replaced else done)


def test_what_was_queued_runs_after_a_restart_under_its_id_cancelled_or_not(staging: Staging, arr: FakeArr) -> None:
    arr.busy = True
    number = send(staging, staging.entry(staging.link(staging.name(2)), 2))
    assert staging.server.delete(f"command/{number}").status == 200
    assert staging.server.get(f"command/{number}").body["status"] == "queued"
    arr.restart()
    assert ended(staging.server.get(f"command/{number}").body) == all_went_well(1)
    assert staging.record(2)["relativePath"].endswith(staging.name(2))


def test_a_server_may_forget_what_ran(staging: Staging, arr: FakeArr) -> None:
    arr.steps = None
    number = send(staging, staging.entry(staging.link(staging.name(2)), 2))
    arr.restart(forgets=True)
    assert staging.server.get(f"command/{number}").status == 404


def test_a_target_that_hangs_keeps_every_command_on_disk_waiting(staging: Staging, arr: FakeArr) -> None:
    link = staging.link(staging.name(2))
    arr.importing.hanging.add(link.name)
    number = send(staging, staging.entry(link, 2))
    server = staging.server
    body = {"name": server.rescan_name, server.owner: staging.held.id}
    waits = server.post("command", body).body["id"]
    other = server.run("RefreshMonitoredDownloads")
    assert [server.get(f"command/{one}").body["status"] for one in (number, waits)] == ["started", "queued"]
    assert other["status"] == "completed"
    arr.restart()
    assert [server.get(f"command/{one}").body["status"] for one in (number, waits)] == ["orphaned", "completed"]


def test_a_server_can_lie_about_what_it_did(staging: Staging, arr: FakeArr) -> None:
    link = staging.link(staging.name(2))
    arr.importing.says = ("failed", "unknown", "Failed")
    assert ended(staging.run([staging.entry(link, 2)])) == ("failed", "unknown", "Failed")
    assert staging.record(2)["relativePath"].endswith(link.name)
    arr.importing.says = None
    arr.forced = all_went_well(1)
    other = staging.link(staging.name(3, "1080p-X"))
    assert ended(staging.run([staging.entry(other, 3)])) == all_went_well(1)
    assert not any(other.name in row["relativePath"] for row in staging.server.records(staging.held))


def test_messages_may_be_in_another_language(staging: Staging, arr: FakeArr) -> None:
    arr.importing.words = lambda text: text.replace("Manually imported", "Manuell importiert:")
    end = staging.run([staging.entry(staging.link(staging.name(2)), 2)])
    assert end["message"] == "Manuell importiert: 1 files"


def test_a_move_out_of_a_folder_it_may_not_write_costs_the_old_file_and_a_copy_does_not(
    staging: Staging, arr: FakeArr
) -> None:
    arr.importing.cannot_move = True
    link = staging.link(staging.name())
    assert ended(staging.run([staging.entry(link)], "move")) == all_went_well(1)
    assert link.is_symlink()
    assert not staging.held.links[0].is_symlink()
    assert staging.server.records(staging.held) == []
    staging.run([staging.entry(link)])
    assert staging.record()["relativePath"].endswith(link.name)


def test_a_name_that_appears_between_a_look_and_the_command_costs_the_old_file(staging: Staging, arr: FakeArr) -> None:
    link = staging.link(staging.name())
    folder = staging.held.folder / ("Season 1" if arr.kind == "sonarr" else ".")
    folder.mkdir(exist_ok=True)
    arr.importing.before = lambda: (folder / link.name).touch()
    assert ended(staging.run([staging.entry(link)])) == all_went_well(1)
    assert not staging.held.links[0].is_symlink()
    (rescan,) = [one for one in arr.records.history if one["eventType"] != "downloadFolderImported"]
    assert dict(rescan["data"])["reason"] == "Upgrade"  # type: ignore[call-overload]
    assert staging.server.records(staging.held)[0]["relativePath"].endswith(link.name)


def test_a_bare_mount_point_takes_the_link_and_the_next_rescan_drops_the_rest(staging: Staging, arr: FakeArr) -> None:
    server = staging.server
    other = server.hold() if arr.kind == "radarr" else None
    link = staging.link(staging.name(2, "1080p-X"))
    with server.root_away(emptied=True):
        assert ended(staging.run([staging.entry(link, 2)])) == all_went_well(1)
        rescan = server.run("RescanMovie") if other else server.rescan(staging.held)
        assert rescan["status"] == "completed"
        assert [link.name in row["relativePath"] for row in server.records(staging.held)] == [True]
        assert other is None or server.records(other) == []
        for name in os.listdir(server.library):
            shutil.rmtree(server.library / name)


def test_the_subtitles_of_what_was_replaced_go_and_fresh_ones_of_its_name_seconds_later(
    staging: Staging, arr: FakeArr
) -> None:
    server, held = staging.server, staging.held
    server.set(importExtraFiles=True)
    arr.importing.cleans_fresh_subtitles = True
    for kind in (".en.srt", ".fr.srt"):
        held.links[0].with_suffix(kind).write_bytes(b"1")
    trailer = held.links[0].with_name(held.links[0].stem + "-trailer.mkv")
    trailer.write_bytes(b"v")
    server.rescan(held)
    link = staging.link(held.links[0].name)
    link.with_suffix(".fr.srt").write_bytes(b"2")
    staging.run([staging.entry(link)])
    place = staging.ours(staging.record())
    assert [place.with_suffix(one).exists() for one in (".fr.srt", ".en.srt")] == [True, False]
    arr.pass_time(2)
    assert place.with_suffix(".fr.srt").exists() is (arr.kind == "sonarr")  # in a season folder it has another place
    assert trailer.exists()


def test_a_recycle_bin_keeps_what_was_replaced_as_a_link(staging: Staging, arr: FakeArr) -> None:
    server, held = staging.server, staging.held
    server.set(recycleBin=server.theirs(server.folder / "bin"))
    text = os.readlink(held.links[0])
    staging.run([staging.entry(staging.link(staging.name()))])
    kept = server.folder / "bin" / held.folder.name / held.links[0].name
    assert os.readlink(kept) == text


def test_of_two_files_for_one_episode_the_later_stays(staging: Staging) -> None:
    links = [staging.link(staging.name(1, f"1080p-N{number}")) for number in (1, 2)]
    assert ended(staging.run([staging.entry(link) for link in links])) == all_went_well(2)
    assert staging.record()["relativePath"].endswith(links[1].name)
    assert len(staging.server.records(staging.held)) == 1


def test_with_renaming_on_a_file_gets_a_name_of_theirs(staging: Staging, arr: FakeArr) -> None:
    arr.naming["renameEpisodes" if arr.kind == "sonarr" else "renameMovies"] = True
    arr.naming |= {
        "standardMovieFormat": "{Movie Title}",
        "standardEpisodeFormat": "{Series Title} S{season:00}E{episode:00}",
    }
    staging.run([staging.entry(staging.link(staging.name(2)), 2)])
    title = staging.server.row(staging.held)["title"]
    wanted = f"Season 1/{title} S01E02.mkv" if arr.kind == "sonarr" else f"{title}.mkv"
    assert staging.record(2)["relativePath"] == wanted


def test_a_rename_deletes_what_stands_under_the_new_name(staging: Staging, arr: FakeArr) -> None:
    server, held = staging.server, staging.held
    arr.naming |= {"renameEpisodes": True, "renameMovies": True, "standardMovieFormat": "{Movie Title}"}
    (row,) = server.get("rename", **{server.owner: held.id}).body
    taken = held.folder / row["newPath"]
    taken.parent.mkdir(exist_ok=True)
    taken.write_bytes(b"stray")
    (file,) = server.ids(held)
    end = server.run("RenameFiles", **{server.owner: held.id}, files=[file])
    assert end["message"].startswith("0 selected ")
    assert (taken.exists(), held.links[0].is_symlink()) == (False, True)
    assert server.run("RenameFiles", **{server.owner: held.id}, files=[file])["message"].startswith("1 selected ")
    assert os.readlink(taken)


def test_what_is_known_of_a_release_can_be_corrected(server: Server) -> None:
    held = server.hold()
    (record,) = server.records(held)
    told = {**record, "releaseGroup": "OTHER", "sceneName": "Known.Release-OTHER"}
    answer = server.put(f"{server.file}/{record['id']}", told)
    assert (answer.status, answer.body["releaseGroup"], answer.body["size"]) == (202, "OTHER", record["size"])
    if server.kind == "radarr":
        several = server.put("moviefile/editor", {"movieFileIds": [record["id"]], "releaseGroup": "THIRD"})
    else:
        several = server.put("episodefile/bulk", [{"id": record["id"], "releaseGroup": "THIRD"}])
    assert several.status == 202
    assert [(one["releaseGroup"], one["sceneName"]) for one in server.records(held)] == [("THIRD", told["sceneName"])]
