"""What is listed of a folder to import, and what is said against it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.contract.importing import QUALITY, Staging
from tests.contract.server import Server


@pytest.fixture
def staging(server: Server) -> Staging:
    """A folder to import for an item with one file."""
    return Staging(server, server.hold())


@pytest.fixture
def faked(fake: Server) -> Staging:
    """The same at a fake, where what a video is can be told."""
    return Staging(fake, fake.hold())


def reasons(entry: dict[str, Any]) -> list[str]:
    """The texts of its rejections."""
    return [one["reason"] for one in entry["rejections"]]


def whole(server: Server) -> str:
    """The field that holds the item of an entry."""
    return "series" if server.kind == "sonarr" else "movie"


def test_a_link_is_listed_with_its_item_and_the_size_of_its_target(server: Server, staging: Staging) -> None:
    link = staging.link(staging.name(2))
    (entry,) = staging.list().body
    assert (entry["path"], entry["relativePath"]) == (server.theirs(link), link.name)
    assert entry["size"] == len(server.video) + 5
    assert entry[whole(server)]["id"] == staging.held.id
    assert "folderName" not in entry
    if server.kind == "sonarr":
        assert [one["id"] for one in entry["episodes"]] == [staging.ids()[2]]


def test_a_file_can_be_listed_by_its_own_path(server: Server, staging: Staging) -> None:
    link, _ = staging.link(staging.name(2)), staging.link(staging.name(3, "720p-X"))
    assert [one["path"] for one in staging.list(link).body] == [server.theirs(link)]


def test_a_folder_that_is_missing_lists_nothing_and_none_at_all_is_an_error(server: Server, staging: Staging) -> None:
    assert (staging.list(server.folder / "nowhere").status, staging.list(server.folder / "nowhere").body) == (200, [])
    assert server.get("manualimport").status == 500


def test_one_dangling_link_hides_the_folder_and_the_others_answer_by_themselves(
    server: Server, staging: Staging
) -> None:
    good, dead = staging.link(staging.name(2)), staging.link(staging.name(3, "720p-X"))
    target = Path(os.readlink(dead))
    (server.mount / "fresh" / dead.name).unlink()
    answer = staging.list()
    assert (answer.status, answer.body["message"]) == (500, f"Could not find file '{target}'.")
    assert staging.list(dead).status == 500
    assert len(staging.list(good).body) == 1


def test_one_name_that_is_not_utf8_hides_the_folder(server: Server, staging: Staging) -> None:
    staging.link(staging.name(2))
    odd = os.fsencode(staging.folder) + b"/" + staging.name(3).encode().replace(b"NEW", b"T\xe9")
    os.symlink(os.fsencode(server.mount / "fresh" / staging.name(2)), odd)
    answer = staging.list()
    assert answer.status == 500
    assert answer.body["message"].startswith("File doesn't exist: ")


def test_above_a_hundred_files_nothing_is_judged(server: Server, staging: Staging) -> None:
    for number in range(101):
        staging.link(staging.name(2, f"1080p.WEB-DL-N{number}"))
    entries = staging.list().body
    assert len(entries) == 101
    assert not any(whole(server) in one or one["rejections"] for one in entries)
    assert {one["quality"]["quality"]["name"] for one in entries} == {"Unknown"}


@pytest.mark.parametrize("ending", ["-trailer", "-SHORT", "-other", "-scene"])
def test_some_endings_and_folders_are_left_out_without_a_word(server: Server, staging: Staging, ending: str) -> None:
    left = staging.link(staging.name(2).replace("-NEW", ending))
    (staging.folder / "Extras").mkdir()
    os.rename(staging.link(staging.name(3)), staging.folder / "Extras" / staging.name(3))
    assert staging.list().body == []
    assert len(staging.list(left).body) == 1


def test_what_nobody_knows_is_unknown(server: Server, staging: Staging) -> None:
    staging.link("a8f3c0de91b24477.mkv")
    (entry,) = staging.list().body
    assert whole(server) not in entry
    assert reasons(entry) == ["Unknown Series" if server.kind == "sonarr" else "Unknown Movie"]


def test_a_folder_named_as_a_release_is_told_and_held_against_its_files(sonarr: Server) -> None:
    staging = Staging(sonarr, sonarr.hold())
    link = staging.link(staging.name(2))
    release = staging.folder / staging.name(3).removesuffix(".mkv")
    release.mkdir()
    os.rename(link, release / link.name)
    (entry,) = staging.list().body
    assert entry["folderName"] == release.name
    assert f"Episode 1x02 was unexpected considering the {release.name} folder name" in reasons(entry)


def test_a_judgement_imports_nothing_and_says_what_was_sent(server: Server, staging: Staging) -> None:
    link = staging.link(staging.name(2))
    before = server.ids(staging.held)
    (judged,) = server.post("manualimport", [{**staging.entry(link, 2), "id": 7}]).body
    assert (judged["id"], judged["path"], judged[server.owner]) == (7, server.theirs(link), staging.held.id)
    assert judged["releaseGroup"] == "NEW"
    assert "size" not in judged
    assert server.ids(staging.held) == before
    assert link.is_symlink()


def test_a_judgement_wants_episodes_and_quality_and_a_file_that_is_there(server: Server, staging: Staging) -> None:
    link = staging.link(staging.name(2))
    entry = staging.entry(link, 2)
    assert server.post("manualimport", [{**entry, "quality": None}]).status == 500
    assert server.post("manualimport", [{**entry, "path": server.theirs(link) + "x"}]).status == 500
    assert server.post("manualimport", [{**entry, server.owner: 99_999}]).status == 404
    if server.kind == "sonarr":
        (judged,) = server.post("manualimport", [{**entry, "episodeIds": []}]).body
        assert reasons(judged) == ["Episodes not selected"]
        assert server.post("manualimport", []).status == (200 if server.released else 400)


# What a video is like cannot be had of a real one without making it: what follows is what they were recorded to say.


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("720p.HDTV-OLD", "Not an upgrade for existing"),
        ("1080p.WEB-DL-SAME", None),
        ("2160p.WEB-DL-BEST", None),
    ],
)
def test_only_what_is_strictly_worse_is_no_upgrade(fake: Server, faked: Staging, name: str, says: str | None) -> None:
    faked.link(faked.name(1, name))
    (entry,) = faked.list().body
    assert [one[: len(says or "")] for one in reasons(entry)] == ([says] if says else [])


def test_a_proper_counts_for_more_than_what_it_mends(fake: Server, faked: Staging) -> None:
    link = faked.link(faked.name(1, "PROPER.1080p.WEB-DL-X"))
    faked.run([faked.entry(link, quality={**QUALITY, "revision": {"version": 2}})])
    faked.link(faked.name(1, "1080p.WEB-DL-Y"))
    (said,) = [reasons(one) for one in faked.list().body if one["path"].endswith("-Y.mkv")]
    assert said[0].startswith("Not a quality revision upgrade")


def test_what_is_wrong_with_a_video_is_said(fake: Server, faked: Staging) -> None:
    assert fake.fake is not None
    told = fake.fake.importing
    names = {what: faked.name(2, f"1080p.WEB-DL-{what}") for what in ("SHORTISH", "MUTE", "BROKEN", "BIG")}
    for name in names.values():
        faked.link(name)
    told.minutes[names["SHORTISH"]] = 4
    told.silent.add(names["MUTE"])
    told.unreadable.add(names["BROKEN"])
    assert {one["name"].rpartition("-")[2]: reasons(one) for one in faked.list().body} == {
        "SHORTISH": ["Sample"],
        "MUTE": ["No audio tracks detected"],
        "BROKEN": ["Unable to determine if file is a sample"],
        "BIG": [],
    }
    told.free = 10
    assert all("Not enough free space" in reasons(one) for one in faked.list().body)
    told.words = lambda text: f"Nein: {text}"
    assert all(text.startswith("Nein: ") for one in faked.list().body for text in reasons(one))


def test_a_file_of_two_episodes_is_more_than_one_of_them(sonarr: Server) -> None:
    if sonarr.fake is None:
        pytest.skip("how long the file of two episodes is matters to a real one")
    held = sonarr.hold(files=2)
    staging = Staging(sonarr, held)
    both = staging.link(staging.name(1).replace("S01E01", "S01E01-E02"))
    staging.run([staging.entry(both, 1, 2)])
    staging.link(staging.name(1, "2160p.WEB-DL-Z"))
    (said,) = [reasons(one) for one in staging.list().body if one["path"].endswith("-Z.mkv")]
    assert said == ["Episode file on disk contains more episodes than this file contains"]


def test_a_radarr_takes_any_file_for_any_film_but_for_a_part_of_one(radarr: Server) -> None:
    held, other = radarr.hold(), radarr.hold()
    staging = Staging(radarr, held)
    link = staging.link(staging.name(1))
    (judged,) = radarr.post("manualimport", [{**staging.entry(link), "movieId": other.id}]).body
    assert not [one for one in reasons(judged) if "movie" in one.lower()]
    staging.link(staging.name(1, "CD1"))
    said = [text for one in staging.list().body for text in reasons(one)]
    assert "File is suspected multi-part file, Radarr doesn't support this" in said


def test_a_mount_that_a_server_does_not_see_is_named_by_the_target(fake: Server, faked: Staging) -> None:
    assert fake.fake is not None
    link = faked.link(faked.name(2))
    fake.fake.importing.blind.append(str(fake.mount))
    listed = fake.get("filesystem", path=f"{fake.theirs(faked.folder)}/", includeFiles="true").body
    assert [one["name"] for one in listed["files"]] == [link.name]
    assert fake.get("filesystem", path=f"{fake.theirs(fake.mount)}/", includeFiles="true").body["directories"] == []
    assert f"'{os.readlink(link)}'" in faked.list().body["message"]


def test_names_that_do_not_speak_for_themselves_are_read_as_told(fake: Server, faked: Staging) -> None:
    assert fake.fake is not None
    number = fake.row(faked.held)["tvdbId" if fake.kind == "sonarr" else "tmdbId"]
    fake.fake.parses["[Grp] Odd - 02 [1080p]"] = (number, [(1, 2)])
    faked.link("[Grp] Odd - 02 [1080p].mkv")
    (entry,) = faked.list().body
    assert entry[whole(fake)]["id"] == faked.held.id
    assert entry["releaseGroup"] == "Grp"
