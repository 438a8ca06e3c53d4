"""The commands of library maintenance, as a user runs them: what they list, count, change and take back."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.worlds.home import Home

VIDEO = b"v" * 2048
TOOLS = ("integrity", "cleanup", "repair-links", "fix-bad-links", "fix-symlinks", "link-movies")


@dataclass(frozen=True)
class Library:
    """A home with a library of films and series, a mount its links lead to, and no account."""

    home: Home

    @property
    def root(self) -> Path:
        return self.home.folder / "library"

    @property
    def mount(self) -> Path:
        return self.home.folder / "mount"

    def link(self, path: str, file: str, *, missing: bool = False) -> Path:
        """A link of the library to a file on the mount."""
        target = self.mount / file
        if not missing:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(VIDEO)
        link = self.root / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)
        return link

    def links(self) -> dict[str, str]:
        """Every link and where it points."""
        return {str(path): os.readlink(path) for path in self.root.rglob("*") if path.is_symlink()}


@pytest.fixture
def library(home: Home) -> Library:
    found = Library(home)
    found.root.mkdir()
    found.mount.mkdir()
    (found.mount / ".mounted").touch()
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__ROOTS", json.dumps([str(found.root)]))
    mount = {"path": str(found.mount), "sentinel": ".mounted"}
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNTS", json.dumps([mount]))
    return found


@pytest.fixture
def flawed(library: Library) -> Library:
    """One good link, three broken ones, and two orphans."""
    library.link("Films/Action/Good (2001).mkv", "all/Good/Good.mkv")
    for number in range(3):
        library.link(f"Films/Action/Dead {number} (2001).mkv", f"all/Dead/{number}.mkv", missing=True)
    for name in ("One", "Two"):
        library.link(f"Films/{name}.mkv", f"all/{name}/{name}.mkv").unlink()
    return library


def test_integrity_lists_what_it_found_with_true_totals_and_what_to_do(flawed: Library) -> None:
    done = flawed.home.json("integrity")
    rows = [row for row in done.lines if row["type"] == "finding"]
    assert {row["category"] for row in rows} == {"orphan", "broken"}
    assert done.result["categories"] == {"orphan": 2, "broken": 3}
    assert (done.result["links"], done.result["files"], done.result["orphan_bytes"]) == (4, 3, 2 * len(VIDEO))
    assert done.result["looked_through"] >= 7
    for row in rows:
        assert row["reason"]
        assert row["suggestion"]
        assert row["command"].startswith("mediatui --headless ")
        assert row["steps"] == []

    text = flawed.home.run("integrity")
    assert text.code == 0
    for row in rows:
        assert Path(row["path"]).name in text.out
        assert row["command"] in text.out
    assert text.out.rstrip().endswith("Integrity: 3 broken, 2 orphan.")


def test_a_limit_cuts_what_is_printed_and_not_what_is_counted(flawed: Library) -> None:
    done = flawed.home.json("integrity", "--limit", "1")
    assert [row["type"] for row in done.lines].count("finding") == 1
    assert done.result["findings"] == 5
    assert "3 broken, 2 orphan" in flawed.home.run("integrity", "--limit", "1").out


def test_the_exit_code_says_whether_something_was_found_when_asked_to(flawed: Library) -> None:
    assert flawed.home.run("integrity").code == 0
    assert flawed.home.run("integrity", "--exit-code").code == 5
    assert flawed.home.run("integrity", "--only", "ghost", "--exit-code").code == 0
    for name in ("One", "Two"):
        (flawed.mount / "all" / name / f"{name}.mkv").unlink()
    for link in flawed.root.rglob("Dead*"):
        link.unlink()
    done = flawed.home.run("integrity", "--exit-code")
    assert (done.code, done.out) == (0, "Integrity: nothing found.\n")


def test_integrity_says_what_it_cannot_tell_while_the_mount_is_away(flawed: Library) -> None:
    flawed.mount.rename(flawed.home.folder / "elsewhere")
    flawed.mount.mkdir()
    done = flawed.home.run("integrity", "--exit-code")
    assert done.code == 5
    assert "Integrity: 4 unknown." in done.out
    assert "is empty" in done.err
    assert flawed.home.json("integrity").result["unknown"] == 4


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_in_a_library_in_order_finds_nothing_and_has_nothing_to_do(library: Library, tool: str) -> None:
    for letter in "ABC":
        library.link(f"Films/Action/{letter} (2001).mkv", f"all/{letter}/{letter}.mkv")
        show = f"Séries/Drama/{letter} (2001)/Saison 01/{letter} (2001) - S01E01 - x.mkv"
        library.link(show, f"all/{letter} S01/{letter}.S01E01.mkv")
    assert library.home.run("integrity").code == 0  # and so the films are known
    before = library.links()
    apply = [] if tool == "integrity" else ["--apply"]
    done = library.home.json(tool, *apply)
    assert (done.code, done.result["findings"]) == (0, 0)
    assert library.links() == before


@pytest.mark.parametrize("tool", TOOLS)
def test_without_a_library_a_tool_says_how_to_name_one(home: Home, tool: str) -> None:
    done = home.json(tool)
    assert done.code == 2
    assert "library.roots" in done.error["hint"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("integrity", "--only", "nonsense"), "nonsense"),
        (("cleanup", "--only", "ghost"), "ghost"),
        (("cleanup", "--min-score", "49"), "49"),
        (("cleanup", "--min-score", "101"), "101"),
        (("cleanup", "--max-per-dir", "1"), "1"),
        (("cleanup", "--remove-unrepaired"), "--only broken"),
        (("cleanup", "--only", "broken", "--only", "empty", "--remove-unrepaired"), "--only broken"),
        (("repair-links", "--min-score", "10"), "10"),
        (("integrity", "--limit", "99999999999999999999"), "99999999999999999999"),
    ],
)
def test_wrong_input_is_named(flawed: Library, given: tuple[str, ...], said: str) -> None:
    done = flawed.home.json(*given)
    assert done.code == 2
    assert said in done.error["message"]
    assert done.error["hint"]


def test_links_that_would_be_removed_are_counted_by_state(flawed: Library) -> None:
    (flawed.root / "Films" / "Action" / "Loop (2001).mkv").symlink_to("Loop (2001).mkv")
    shown = flawed.home.run("cleanup", "--only", "broken", "--remove-unrepaired").out
    assert "Links it would remove: 3 broken, 1 loop." in shown
    assert "Links it would remove" not in flawed.home.run("cleanup").out


def test_the_commands_that_are_recommended_are_accepted(flawed: Library) -> None:
    rows = flawed.home.json("integrity").lines
    for command in {row["command"] for row in rows if row["type"] == "finding"}:
        assert flawed.home.run(*shlex.split(command)[2:]).code == 0, command


def test_odd_names_are_printed_safely_and_come_whole_in_json(library: Library) -> None:
    folder = os.fsencode(library.root) + b"/Films/Action"
    os.makedirs(folder)
    name = b"Caf\xe9 \x1b[31m(2001).mkv"
    os.symlink(os.fsencode(library.mount) + b"/gone.mkv", folder + b"/" + name)
    text = library.home.run("integrity")
    assert "\x1b" not in text.out
    (row,) = [row for row in library.home.json("integrity").lines if row["type"] == "finding"]
    assert os.fsencode(row["path"]) == folder + b"/" + name


def test_relative_links_are_made_absolute_and_relative_again_by_undo(library: Library) -> None:
    link = library.link("Films/Action/A Film (2001).mkv", "all/A/A.mkv")
    absolute = os.readlink(link)
    link.unlink()
    link.symlink_to(os.path.relpath(absolute, link.parent))
    before = library.links()

    done = library.home.json("fix-symlinks")
    assert done.result["categories"] == {"relative": 1}
    assert library.links() == before

    assert library.home.run("fix-symlinks", "--apply").code == 0
    assert os.readlink(link) == absolute
    assert library.home.run("undo", "--apply").code == 0
    assert library.links() == before
