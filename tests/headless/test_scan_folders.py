"""``scan folders``: the first-level folders of the library, with their links by state."""

from __future__ import annotations

import os

from tests.worlds.home import Home
from tests.worlds.link_tree import LinkTree


def test_folders_are_listed_with_their_links_before_and_after_a_scan(home: Home) -> None:
    tree = LinkTree(home)
    for number in range(101):
        tree.both(f"movies/F{number}.mkv", f"__all__/F{number}/F{number}.mkv")
    tree.link("shows/Gone (2001)/a.mkv")
    tree.link("...And Order (1979)/b.mkv")
    tree.link(".Trash-1/c.mkv")

    def rows() -> dict[str, tuple[int, str, dict[str, int], bool]]:
        done = home.json("scan", "folders")
        assert done.code == 0, done.err
        assert (done.result["folders"], done.result["links"]) == (3, 103)
        return {
            os.path.basename(row["path"]): (row["links"], row["class"], row["states"], row["scanned_at"] is not None)
            for row in done.lines
            if row["type"] == "folder"
        }

    assert rows() == {
        "...And Order (1979)": (1, "small", {}, False), "movies": (101, "medium", {}, False),
        "shows": (1, "small", {}, False),
    }  # fmt: skip
    assert home.run("scan").code == 0
    assert rows() == {
        "...And Order (1979)": (1, "small", {"broken": 1}, True), "movies": (101, "medium", {"ok": 101}, True),
        "shows": (1, "small", {"broken": 1}, True),
    }  # fmt: skip
    shown = home.run("scan", "folders").out
    assert "3 folders, 103 links." in shown
    assert "1 broken" in shown


def test_without_a_library_it_says_how_to_name_one(home: Home) -> None:
    done = home.run("scan", "folders")
    assert (done.code, "No library is configured." in done.err) == (2, True)
