"""Titles that begin with dots are media in every tool; what other programs hide is left out, counted and reported."""

from __future__ import annotations

import pytest

from tests.worlds.home import Home
from tests.worlds.link_tree import LinkTree

JUSTICE = "Films/...And Order for All (1979)/...And Order for All (1979).mkv"
HACK = "Series/.hack SIGN (2002)/Season 01/.hack SIGN (2002) - S01E01.mkv"
PLAIN = "Films/Plain (2001)/Plain (2001).mkv"
BARE = "Series/.hack/Season 01/.hack - S01E02.mkv"
LOOSE = "Films/.45 (2006).mkv"
HIDDEN = (
    "Films/.Trash-1000/Old (2001)/Old (2001).mkv", "Films/@eaDir/Thumb (2002).mkv", "lost+found/Lost (2003).mkv",
    ".stversions/Films/...Version (2004)/...Version (2004).mkv", "Films/Plain (2001)/._Plain (2001).mkv",
    ".cache/entry", "Films/.current",
)  # fmt: skip
NAMES = {
    ".Trash-1000": 1, "@eaDir": 1, "lost+found": 1, ".stversions": 1, "._Plain (2001).mkv": 1, ".cache": 1,
    ".current": 1,
}  # fmt: skip


@pytest.fixture
def tree(home: Home) -> LinkTree:
    tree = LinkTree(home)
    tree.file("__all__/...And.Order.for.All.1979.1080p/...And.Order.for.All.1979.1080p.mkv")
    tree.file("__all__/.hack.SIGN.S01.1080p/.hack.SIGN.S01E01.1080p.mkv")
    tree.file("__all__/.hack/.hack.S01E02.mkv")
    tree.file("__all__/.45.2006.1080p.mkv")
    tree.file("__all__/.Trash-0/Old.2001/Old.2001.mkv")
    tree.file("__all__/Thumb.2002/._Thumb.2002.mkv")
    for path in (JUSTICE, HACK, PLAIN, BARE, LOOSE):
        tree.link(path)
    return tree


def test_they_are_scanned_and_relinked_and_hidden_names_are_left_out_and_counted(tree: LinkTree) -> None:
    for path in HIDDEN:
        tree.link(path)
    scanned = tree.home.json("scan")
    found = {row["path"].removeprefix(f"{tree.root}/") for row in scanned.lines if row["type"] == "finding"}
    assert found == {JUSTICE, HACK, PLAIN, BARE, LOOSE}
    assert (scanned.result["links"], scanned.result["states"]) == (5, {"broken": 5})
    assert scanned.result["left_out"] == NAMES
    assert "Left out, as its name is hidden: " in tree.home.run("scan").err
    assert {*tree.findings("repair-links")} == found
    cleaned = tree.home.json("cleanup", "--only", "broken")
    assert {row["path"].removeprefix(f"{tree.root}/") for row in cleaned.lines if row["type"] == "finding"} == found
    left_out = cleaned.result["left_out"]
    assert {name: left_out[name] for name in NAMES} == NAMES
    assert {name: left_out[name] for name in left_out if name not in NAMES} == {
        ".Trash-0": 1, "._Thumb.2002.mkv": 1,
    }  # fmt: skip

    links = tree.relinked()
    assert links[JUSTICE].endswith("/...And.Order.for.All.1979.1080p.mkv")
    assert links[HACK].endswith("/.hack.SIGN.S01E01.1080p.mkv")
    assert links[BARE] == "__all__/.hack/.hack.S01E02.mkv"
    assert links[LOOSE] == "__all__/.45.2006.1080p.mkv"
    gone = {path: f"__all__/gone/{path.rpartition('/')[2]}" for path in (PLAIN, *HIDDEN)}
    assert {path: links[path] for path in gone} == gone
    assert tree.home.run("scan", "Series").code == 0


def test_they_are_emptied_moved_and_named_like_other_titles(tree: LinkTree) -> None:
    for name in ("...Gone (2001)", ".hack", ".Gone 2 (2002)", ".marker", "Plain 3 (2003)/@eaDir"):
        (tree.root / "Films" / name).mkdir(parents=True)
    assert {*tree.findings("cleanup", "--only", "empty")} == {
        "Films/...Gone (2001)", "Films/.Gone 2 (2002)", "Films/Plain 3 (2003)", "Films/Plain 3 (2003)/@eaDir",
    }  # fmt: skip
    orphans = {row["path"] for row in tree.home.json("integrity").lines if row.get("category") == "orphan"}
    assert not any(".Trash" in path or "/._" in path for path in orphans)


def test_what_media_servers_and_a_nas_put_beside_media_makes_no_findings(home: Home) -> None:
    tree = LinkTree(home)
    show = tree.root / "shows" / "Blue Dog (2018) {imdb-tt0000001}"
    tree.both(
        f"shows/{show.name}/Season 01/Blue Dog (2018) - s01e01 - Xylo.mkv", "__all__/Blue.Dog.S01/Blue.Dog.S01E01.mkv"
    )
    for name in ("theme.mp3", "tvshow.nfo", ".plexmatch", "Season 01/Blue Dog (2018) - s01e01 - Xylo.en.srt"):
        (show / name).touch()
    (show / "Season 01" / "@eaDir").mkdir()
    tree.both("movies/Trail (2001)/Trail (2001).mkv", "__all__/Trail.2001/Trail.2001.mkv")
    tree.link("movies/Leaving Soon/Trail (2001).mkv", text="../../movies/Trail (2001)/Trail (2001).mkv")
    for command in ("scan", "cleanup", "repair-links", "fix-bad-links", "integrity", "link-movies"):
        done = home.json(command)
        assert done.code == 0, command
        steps = {row["kind"] for row in done.lines if row["type"] == "step"}
        assert steps <= ({"remove_empty_dir"} if command == "cleanup" else set()), command
