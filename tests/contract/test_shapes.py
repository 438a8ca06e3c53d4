"""The fakes answer with the fields the real ones were seen to send, all of them and no other, and with their types.

What was seen is in ``tests.fakes.recorded``, of the newer head where the released line does not differ. A real server
is not asked: what it sends more does no harm.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.importing import Staging
from tests.contract.server import Server
from tests.fakes.recorded.shapes import differences, merged, shape_of, table_of

NEWER = {
    "userRejectedExtensions",
    "seasonPackUpgrade",
    "seasonPackUpgradeThreshold",
    "totalSpace",
    "isContainerized",
    "id",
}


def unlike(fake: Server, kind: str, *rows: dict[str, Any]) -> list[str]:
    """How rows of a fake differ from those of their kind that were recorded; what the released line lacks aside."""
    assert rows
    kinds = table_of(fake.kind)["kinds"]
    wrong = differences(kinds[kind], merged(map(shape_of, rows)))
    may_lack = (
        {name.rstrip("?") for name in kinds["item"] if name.endswith("?")} if kind.startswith("entry's") else set()
    )
    may_lack |= NEWER if fake.released else set()
    return [one for one in wrong if one.split()[0].strip(".") not in may_lack]


def test_an_item_its_episodes_and_files_are_as_they_were_seen(fake: Server) -> None:
    held = fake.hold(files=2)
    assert unlike(fake, "item", fake.row(held)) == []
    assert unlike(fake, "file", *fake.records(held)) == []
    if fake.kind == "sonarr":
        assert unlike(fake, "episode", *fake.episodes(held)) == []


def test_what_stands_in_the_queue_is_as_it_was_seen(fake: Server) -> None:
    assert fake.fake is not None
    held = fake.hold()
    fake.fake.finds[fake.episodes(held)[0]["id"] if fake.kind == "sonarr" else held.id] = "Some.Release"
    fake.search(held)
    assert unlike(fake, "queue row", *fake.get("queue/details").body) == []


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("root folder", "rootfolder"),
        ("naming", "config/naming"),
        ("media management", "config/mediamanagement"),
        ("status", "system/status"),
    ],
)
def test_what_a_server_tells_of_itself_is_as_it_was_seen(fake: Server, kind: str, path: str) -> None:
    shown = fake.get(path).body
    assert unlike(fake, kind, *(shown if isinstance(shown, list) else [shown])) == []


def test_a_refusal_and_what_a_rename_would_do_are_as_they_were_seen(fake: Server) -> None:
    assert fake.fake is not None
    held = fake.hold()
    fake.fake.naming |= {"renameEpisodes": True, "renameMovies": True}
    rows = fake.get("rename", **{fake.owner: held.id}).body
    assert unlike(fake, "rename", *rows) == []
    paths = (fake.theirs(fake.library), fake.theirs(fake.folder / "nowhere"), "relative/tv")
    assert unlike(fake, "refusal", *(fake.post("rootfolder", {"path": path}).body[0] for path in paths)) == []


def test_a_profile_lists_its_qualities_in_their_order(fake: Server) -> None:
    profile = fake.get("qualityprofile").body[0]
    items = profile.pop("items")
    assert unlike(fake, "profile", profile) == []
    names = [one["quality"]["name"] if "quality" in one else one["name"] for one in items]
    assert names.index("HDTV-720p") < names.index("WEB 1080p") < names.index("Bluray-2160p")


def test_a_listing_and_an_error_are_as_they_were_seen(fake: Server) -> None:
    (fake.mount / "inner").mkdir()
    (fake.mount / "a.mkv").touch()
    listed = fake.get("filesystem", path=f"{fake.theirs(fake.mount)}/", includeFiles="true").body
    assert unlike(fake, "listing", listed) == []
    assert unlike(fake, "error", fake.get("manualimport").body) == []


def test_an_import_is_as_it_was_seen_from_its_list_to_its_history(fake: Server) -> None:
    held = fake.hold()
    staging = Staging(fake, held)
    links = [staging.link(staging.name(number, f"1080p.WEB-DL-N{number}")) for number in (1, 2)]
    staging.link("zzz-unheard.of.mkv")
    entries = staging.list().body
    known = [one for one in entries if "zzz" not in one["path"]]
    whole = "series" if fake.kind == "sonarr" else "movie"
    assert unlike(fake, f"entry's {whole}", *(one[whole] for one in known)) == []
    if fake.kind == "sonarr":
        assert unlike(fake, "entry's episode", *(one["episodes"][0] for one in known)) == []
    cut = (whole, "episodes")
    assert unlike(fake, "entry", *({name: one[name] for name in one if name not in cut} for one in entries)) == []
    judged = fake.post("manualimport", [{**staging.entry(links[0]), "id": 7}]).body
    assert unlike(fake, "judged entry", *({name: one[name] for name in one if name not in cut} for one in judged)) == []
    assert fake.fake is not None
    fake.fake.steps = 2
    sent = fake.post("command", {"name": "ManualImport", "files": [staging.entry(links[0])], "importMode": "copy"}).body
    fake.fake.steps = 0
    running = fake.get(f"command/{sent['id']}").body
    ends = [fake.end_of(sent["id"]), staging.run([{**staging.entry(links[1], 2), fake.owner: 999}])]
    for command in (running, *ends):
        assert command.pop("body")["importMode"] == "copy"
    assert unlike(fake, "command that was sent", running) == []
    assert unlike(fake, "command that ended", *ends) == []
    rows = fake.get("history").body["records"]
    assert unlike(fake, "line of an import", *(row for row in rows if row["data"].get("droppedPath"))) == []
    assert unlike(fake, "line of a removal", *(row for row in rows if row["data"].get("reason"))) == []
    assert unlike(fake, "file", staging.record()) == []


def test_what_lies_beside_a_film_is_as_it_was_seen(radarr: Server) -> None:
    held = radarr.hold()
    for name in (held.links[0].with_suffix(".fr.srt").name, "poster.jpg", "notes.txt", "x-trailer.mkv"):
        (held.folder / name).write_bytes(b"1")
    radarr.rescan(held)
    rows = radarr.get("extrafile", movieId=held.id).body
    assert {row["relativePath"] for row in rows} == {
        held.links[0].with_suffix(".fr.srt").name,
        "poster.jpg",
        "notes.txt",
    }
    if radarr.fake:
        assert unlike(radarr, "extra file", *rows) == []


def test_the_released_line_lacks_what_it_lacks(sonarr: Server) -> None:
    newer = NEWER - {"totalSpace", "isContainerized", "id"}
    settings = set(sonarr.get("config/mediamanagement").body)
    assert newer & settings == (set() if sonarr.released else newer)
    assert ("isContainerized" in sonarr.get("system/status").body) is not sonarr.released


def test_the_statuses_of_what_goes_wrong_are_those_that_were_seen(fake: Server) -> None:
    """By the names of the recordings."""
    known = table_of(fake.kind)["statuses"]
    staging = Staging(fake, fake.hold())
    link = staging.link(staging.name(2))
    entry = staging.entry(link, 2)
    seen = {
        "manualimport_missing_folder": staging.list(fake.folder / "nowhere").status,
        "manualimport_post_judge": fake.post("manualimport", [entry]).status,
        "command_import_move_sent": fake.post(
            "command", {"name": "ManualImport", "files": [entry], "importMode": "copy"}
        ).status,
    }
    (fake.mount / "fresh" / link.name).unlink()
    seen["manualimport_dangling_500" if fake.kind == "sonarr" else "manualimport_dangling"] = staging.list().status
    assert seen == {name: known[name] for name in seen}
