"""The tools of maintenance limited to folders and links of the library."""

from __future__ import annotations

import os

import pytest

from tests.worlds.home import Home
from tests.worlds.link_tree import LinkTree

A = "movies/Alpha (2001)/Alpha (2001).mkv"
B = "movies/Beta (2002)/Beta (2002).mkv"
C = "shows/Gamma (2003)/Season 01/Gamma (2003) - S01E01.mkv"


@pytest.fixture
def tree(home: Home) -> LinkTree:
    tree = LinkTree(home)
    for name in ("Alpha.2001.1080p", "Beta.2002.1080p", "Gamma.S01E01.1080p"):
        tree.file(f"__all__/{name}/{name}.mkv")
    for path in (A, B, C):
        tree.link(path)
    (tree.root / "movies" / "Empty (2004)").mkdir()
    (tree.root / "shows" / "Empty (2005)").mkdir()
    tree.link("movies/rel (2006).mkv", text="../shows/x.mkv")
    return tree


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("repair-links", "{root}/movies"), {A, B, "movies/rel (2006).mkv"}),
        (("repair-links", "shows"), {C}),
        (("repair-links", "{root}/" + A), {A}),
        (("repair-links", "{root}/" + A, "shows"), {A, C}),
        (("cleanup", "{root}/movies/Alpha (2001)", "--only", "broken"), {A}),
        (("cleanup", "{root}/shows", "--only", "empty"), {"shows/Empty (2005)"}),
        (("integrity", "{root}/shows", "--only", "broken"), {C}),
        (("fix-symlinks", "{root}/shows"), set()),
        (("fix-bad-links", "{root}/shows"), set()),
    ],
)
def test_only_what_lies_there_is_found(tree: LinkTree, words: tuple[str, ...], wanted: set[str]) -> None:
    asked = [word.format(root=tree.root) for word in words]
    done = tree.home.json(*asked)
    assert done.code == 0, done.err
    assert {os.path.relpath(row["path"], tree.root) for row in done.lines if row["type"] == "finding"} == wanted
    assert done.result["findings"] == len(wanted)
    assert {"movies/rel (2006).mkv"} <= {*tree.findings("repair-links")}


def test_only_what_lies_there_is_changed_and_the_share_is_one_of_it(tree: LinkTree) -> None:
    before = tree.links()
    done = tree.home.json("repair-links", str(tree.root / "movies"), "--apply")
    assert done.code == 0, done.err
    changed = {path for path, target in tree.links().items() if target != before[path]}
    assert changed == {A, B}
    assert tree.home.json("repair-links", "shows").result["looked_through"] == 1


@pytest.mark.parametrize("path", ["/etc", "nowhere", "{root}/nowhere", "{root}/../M"])
def test_a_path_outside_the_library_is_refused(tree: LinkTree, path: str) -> None:
    for tool in ("integrity", "cleanup", "repair-links", "fix-bad-links", "fix-symlinks"):
        assert tree.home.run(tool, path.format(root=tree.root)).code == 2, tool
