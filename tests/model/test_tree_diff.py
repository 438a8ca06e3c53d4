"""The preview of a plan as a tree: every change has its lines, below its folder, and a window keeps the totals."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from mediatui.changes.steps.folders import MakeDir, RemoveEmptyDir
from mediatui.changes.steps.moves import MovePath
from mediatui.changes.steps.symlinks import RelinkSymlink, RestoreSymlink, UnlinkSymlink
from mediatui.changes.steps.torrents import AddTorrent
from mediatui.model.plan import library_changes
from mediatui.model.tree_diff import SIGNS, Change, DiffLine, TreeDiff, tree_diff

NAMES = st.text("abAÉ é.", min_size=1, max_size=3)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(lambda names: "/lib/" + "/".join(names))
CHANGES = st.one_of(
    st.builds(Change, st.sampled_from(("remove",)), PATHS),
    st.builds(Change, st.just("add"), st.just(""), PATHS),
    st.builds(Change, st.sampled_from(("move", "relink")), PATHS, PATHS),
)


def shown(diff: TreeDiff) -> list[str]:
    return ["  " * line.depth + (f"{line.sign} " if line.sign else "") + line.text for line in diff]


def places_of(diff: TreeDiff) -> Counter[tuple[str, str, str]]:
    """What the lines say, read back from their depths: sign, folder and the text behind it."""
    folders: list[str] = []
    places: Counter[tuple[str, str, str]] = Counter()
    for line in diff:
        assert line.depth <= len(folders)
        del folders[line.depth :]
        if line.sign:
            places[line.sign, "/".join([diff.root, *folders]), line.text] += 1
        else:
            folders.append(line.text.removesuffix("/"))
    return places


def test_a_plan_of_every_kind_of_change() -> None:
    diff = tree_diff(
        [
            Change("relink", "/lib/Séries/A/Saison 01/e.mkv", "/mnt/new.mkv", "/mnt/old.mkv"),
            Change("move", "/lib/Films/SF/Alien.mkv", "/lib/Films/SF/A-Ci/Alien.mkv"),
            Change("move", "/lib/Films/SF/x.mkv", "/lib/Films/SF/y.mkv"),
            Change("move", "/lib/Films/Drama/D.mkv", "/lib/Films/SF/D2.mkv"),
            Change("remove", "/lib/Films/SF/dup.mkv"),
            Change("add", after="/lib/Films/SF/back.mkv"),
            Change("remove", "/lib/Films/Empty"),
        ]
    )
    assert diff.root == "/lib"
    assert shown(diff) == [
        "Films/",
        "  - Empty",
        "  Drama/",
        "    → D.mkv  →  Films/SF/D2.mkv",
        "  SF/",
        "    → Alien.mkv  →  Films/SF/A-Ci/",
        "    + back.mkv",
        "    + D2.mkv  (from Films/Drama/D.mkv)",
        "    - dup.mkv",
        "    → x.mkv  →  y.mkv",
        "    + y.mkv  (from x.mkv)",
        "    A-Ci/",
        "      + Alien.mkv  (from Films/SF/)",
        "Séries/",
        "  A/",
        "    Saison 01/",
        "      ~ e.mkv: /mnt/old.mkv  →  /mnt/new.mkv",
    ]
    assert diff.totals == {"move": 3, "remove": 2, "relink": 1, "add": 1}


def test_moves_out_of_and_into_the_common_folder_name_it() -> None:
    diff = tree_diff([Change("move", "/lib/a.mkv", "/lib/A/a.mkv"), Change("move", "/lib/B/b.mkv", "/lib/b.mkv")])
    assert shown(diff) == [
        "→ a.mkv  →  A/",
        "+ b.mkv  (from B/)",
        "A/",
        "  + a.mkv  (from ./)",
        "B/",
        "  → b.mkv  →  ./",
    ]


def test_a_target_that_was_not_known_is_not_invented() -> None:
    assert shown(tree_diff([Change("relink", "a.mkv", "/mnt/a.mkv")])) == ["~ a.mkv  →  /mnt/a.mkv"]


def test_no_change_has_no_line() -> None:
    diff = tree_diff([])
    assert len(diff) == 0
    assert diff.root == ""
    assert diff[:10] == []


def test_a_window_is_part_of_the_lines_and_the_totals_stay_those_of_all() -> None:
    diff = tree_diff(Change("remove", f"/lib/G{number % 40}/T{number:05}") for number in range(2_000))
    assert diff.totals["remove"] == 2_000
    assert len(diff) == 2_040
    assert diff[1_000:1_030] == [diff[place] for place in range(1_000, 1_030)]
    assert diff[-1] == DiffLine(1, "-", "T01969", "remove")
    assert diff[2_030:2_100] == list(diff)[2_030:]


@given(st.lists(CHANGES, max_size=8))
def test_every_change_has_its_lines_in_its_folder(changes: list[Change]) -> None:
    diff = tree_diff(changes)
    expected: Counter[tuple[str, str]] = Counter()
    for change in changes:
        ends = [(SIGNS[change.kind], change.after if change.kind == "add" else change.before)]
        if change.kind == "move":
            ends.append(("+", change.after))
        expected.update((sign, path.rpartition("/")[0]) for sign, path in ends)
    found: Counter[tuple[str, str]] = Counter()
    for (sign, folder, _text), times in places_of(diff).items():
        found[sign, folder] += times
    assert found == expected
    assert diff.totals == Counter(change.kind for change in changes)


@given(st.lists(CHANGES, max_size=8))
def test_no_folder_is_opened_twice_and_the_order_of_changes_does_not_matter(changes: list[Change]) -> None:
    diff = tree_diff(changes)
    opened: list[tuple[str, ...]] = []
    folders: list[str] = []
    for line in diff:
        if not line.sign:
            folders[line.depth :] = [line.text]
            opened.append(tuple(folders))
    assert len(opened) == len(set(opened))
    assert list(tree_diff(changes[::-1])) == list(diff)


def test_the_steps_of_a_plan_become_changes() -> None:
    steps = (
        MovePath(what="a", path="/lib/a", new_path="/lib/A/a"),
        RelinkSymlink(what="b", path="/lib/b", target="/mnt/old", new_target="/mnt/new"),
        UnlinkSymlink(what="c", path="/lib/c", target="/mnt/c", state="broken"),
        RemoveEmptyDir(what="d", path="/lib/d"),
        RestoreSymlink(what="e", path="/lib/e", target="/mnt/e"),
        MakeDir(what="f", path="/lib/f", mode=0o755),
        AddTorrent(what="g", hash="0" * 40),
    )
    assert list(library_changes(steps)) == [
        Change("move", "/lib/a", "/lib/A/a", of_folder=True),
        Change("relink", "/lib/b", "/mnt/new", "/mnt/old"),
        Change("remove", "/lib/c"),
        Change("remove", "/lib/d", of_folder=True),
        Change("add", after="/lib/e"),
        Change("add", after="/lib/f", of_folder=True),
    ]
