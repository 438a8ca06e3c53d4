"""Subdividing a folder: every entry has one place, no folder holds too much, and a second run finds nothing to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.library.maintenance.cleanup.ranges import (
    FIGURES,
    OTHER,
    RangeFolder,
    is_range_folder,
    parse_range,
    place_key,
    section_of,
)
from mediatui.library.maintenance.cleanup.subdivide import Kept, Move, Moves, Shelf, range_for, subdivide
from tests.worlds.any_text import any_text

TITLES = st.one_of(
    st.text("abc", min_size=1, max_size=4),
    st.text("aàszZ09 -.'", min_size=1, max_size=5),
    st.text("жкя千기α", min_size=1, max_size=3),
    st.sampled_from(
        ("M", "A-C", "Other", "0-9", "The Thing (1982)", "The Thing (2011)", "L'Avventura", "???", "Œdipe")
    ),
    any_text(without="/\x00", min_size=1, max_size=6),
)
LISTINGS = st.lists(TITLES, unique=True, max_size=40)
LIMITS = st.integers(2, 9)
RANGES = st.dictionaries(
    st.sampled_from(("A-C", "B - D", "A", "C-E", "0-9", "#", "Ab-Bz", "S-Z", "Other", "Autres", "Ж-Я", "Best of")),
    LISTINGS.map(Shelf),
    max_size=5,
)


def applied(shelf: Shelf, moves: Moves) -> Shelf:
    """The shelf after the moves."""
    places = dict(contents(shelf))
    for folder in moves.new_folders:
        assert folder not in places
        places[folder] = set()
    for move in moves.moves:
        assert move.entry not in places[move.folder]
        places[move.source].remove(move.entry)
        places[move.folder].add(move.entry)
    return shelf_of(places, "")


def contents(shelf: Shelf, path: str = "") -> Iterator[tuple[str, set[str]]]:
    """The folders of a shelf with the entries directly in them."""
    yield path, set(shelf.entries)
    for name, inner in shelf.ranges.items():
        yield from contents(inner, f"{path}/{name}" if path else name)


def shelf_of(places: dict[str, set[str]], path: str) -> Shelf:
    inner = [folder for folder in places if folder and folder.rpartition("/")[0] == path]
    ranges = {folder.rpartition("/")[2]: shelf_of(places, folder) for folder in inner}
    return Shelf(tuple(sorted(places[path])), ranges)


def entries_of(shelf: Shelf) -> Counter[str]:
    return Counter(name for _folder, names in contents(shelf) for name in names)


def spans_to(folder: str) -> list[RangeFolder]:
    spans = [parse_range(part) for part in folder.split("/")]
    assert None not in spans
    return [span for span in spans if span]


@given(LISTINGS, LIMITS)
def test_no_folder_holds_too_much_unless_one_key_does(names: list[str], limit: int) -> None:
    shelf = Shelf(names)
    after = applied(shelf, subdivide(shelf, limit))
    assert entries_of(after) == entries_of(shelf)
    for _folder, held in contents(after):
        assert len(held) <= limit or len({place_key(name) for name in held}) == 1


@given(LISTINGS, RANGES, LIMITS)
def test_every_entry_lands_in_one_folder_whose_name_holds_its_key(
    names: list[str], ranges: dict[str, Shelf], limit: int
) -> None:
    shelf = Shelf(names, ranges)
    moves = subdivide(shelf, limit)
    assert entries_of(applied(shelf, moves)) == entries_of(shelf)
    assert len({(move.source, move.entry) for move in moves.moves}) == len(moves.moves)
    for move in moves.moves:
        assert all(place_key(move.entry) in span for span in spans_to(move.folder))
        assert move.folder.startswith(move.source)


@given(LISTINGS, RANGES, LIMITS)
def test_a_second_run_changes_nothing(names: list[str], ranges: dict[str, Shelf], limit: int) -> None:
    shelf = Shelf(names, ranges)
    after = applied(shelf, subdivide(shelf, limit))
    again = subdivide(after, limit)
    assert not again
    assert again.new_folders == ()


@given(LISTINGS, RANGES, LIMITS)
def test_ranges_that_are_there_stay_and_take_what_fits(names: list[str], ranges: dict[str, Shelf], limit: int) -> None:
    shelf = Shelf(names, ranges)
    moves = subdivide(shelf, limit)
    before, after = dict(contents(shelf)), dict(contents(applied(shelf, moves)))
    assert set(before) <= set(after)
    for move in moves.moves:
        belongs = range_for(shelf, move.entry) if move.source == "" else move.source
        assert move.folder == belongs or belongs == "" or move.folder.startswith(f"{belongs}/")
    if len(names) <= limit:
        assert not any(move.source == "" for move in moves.moves)
    else:
        stayed = {kept.entry for kept in moves.kept if kept.folder == ""}
        same_key = len({place_key(name) for name in names}) == 1 and not any(map(parse_range, ranges))
        assert after[""] == stayed or same_key


@given(st.lists(LISTINGS, max_size=6), LIMITS)
def test_a_folder_grown_step_by_step_keeps_its_ranges_and_its_limit(steps: list[list[str]], limit: int) -> None:
    shelf = Shelf()
    for names in steps:
        new = [name for name in names if name not in entries_of(shelf)]
        shelf = Shelf((*shelf.entries, *new), shelf.ranges)
        folders = {folder for folder, _held in contents(shelf)}
        shelf = applied(shelf, subdivide(shelf, limit))
        after = dict(contents(shelf))
        assert folders <= set(after)
        for held in after.values():
            assert len(held) <= limit or len({place_key(name) for name in held}) == 1
        assert not subdivide(shelf, limit)


@given(LISTINGS, LIMITS)
def test_folders_next_to_each_other_hold_different_keys(names: list[str], limit: int) -> None:
    moves = subdivide(Shelf(names), limit)
    held: dict[str, set[str]] = {}
    for move in moves.moves:
        held.setdefault(place_key(move.entry), set()).add(move.folder)
    assert all(len(folders) == 1 for folders in held.values())
    for move in moves.moves:
        assert len({section_of(span.start) for span in spans_to(move.folder)}) == 1


@given(st.lists(st.integers(1, 5), min_size=3, max_size=9), st.integers(5, 7))
def test_groups_are_the_fewest_and_the_largest_is_as_small_as_can_be(sizes: list[int], limit: int) -> None:
    names = [f"{'abcdefghi'[place]}{number}" for place, size in enumerate(sizes) for number in range(size)]
    names = [f"{name[0]}x{name[1]}" for name in names]
    if not limit < sum(sizes) <= limit * limit:
        return
    groups = Counter(move.folder for move in subdivide(Shelf(names), limit).moves)
    cuts = list(_ways(sizes, limit))
    fewest = min(len(way) for way in cuts)
    assert len(groups) == fewest
    assert max(groups.values()) == min(max(way) for way in cuts if len(way) == fewest)


def _ways(sizes: list[int], limit: int) -> Iterator[list[int]]:
    """Every way to cut sizes into runs of at most ``limit``, as the sums of the runs."""
    if not sizes:
        yield []
    for stop in range(1, len(sizes) + 1):
        if sum(sizes[:stop]) <= limit:
            for rest in _ways(sizes[stop:], limit):
                yield [sum(sizes[:stop]), *rest]


@given(st.integers(51, 600))
def test_different_titles_are_shared_out_evenly(many: int) -> None:
    pairs = [a + b for a in "abcdefghijklmnopqrstuvwxyz" for b in "abcdefghijklmnopqrstuvwxyz"]
    groups = Counter(move.folder for move in subdivide(Shelf(pairs[:many])).moves)
    assert len(groups) == -(-many // 50)
    assert max(groups.values()) - min(groups.values()) <= 1


def test_the_example_of_a_film_folder() -> None:
    names = [f"{first}{second}{number} (2001)" for first in "ABCDEF" for second in "aeinou" for number in range(2)]
    moves = subdivide(Shelf([*names, "The Zebra", "Été", "2012 (2009)", "Сталкер", "千と千尋の神隠し"]))
    assert moves.new_folders == ("0-9", "A-Dd", "De-Z", "Other")
    folders = {move.entry: move.folder for move in moves.moves}
    assert folders["The Zebra"] == folders["Été"] == "De-Z"
    assert folders["2012 (2009)"] == "0-9"
    assert folders["Сталкер"] == folders["千と千尋の神隠し"] == "Other"


def test_ranges_cut_inside_a_letter_leave_no_letter_between() -> None:
    names = ["Abel", "Bones", "Cato", "Cimarron", "Cube", "Dune", "Eden", "Frida"]
    assert subdivide(Shelf(names), 4).new_folders == ("A-Ct", "Cu-Z")


def test_a_pair_of_letters_that_is_too_much_is_cut_by_further_letters() -> None:
    names = [f"Star {word} ({year})" for word in ("Trek", "Wars") for year in range(2000, 2030)]
    moves = subdivide(Shelf(names))
    assert moves.new_folders == ("A-Starv", "Starw-Z")
    assert Counter(move.folder for move in moves.moves) == {"A-Starv": 30, "Starw-Z": 30}


def test_titles_of_one_key_stay_together_however_many() -> None:
    same = [f"Thing{'!' * number}" for number in range(60)]
    assert subdivide(Shelf(same)) == Moves()
    moves = subdivide(Shelf([*same, "Alien"]))
    assert Counter(move.folder for move in moves.moves) == {"A-S": 1, "T-Z": 60}


def test_a_range_that_overflows_is_divided_inside_itself() -> None:
    inside = [f"A{letter}{number}" for letter in "bdfhj" for number in range(10)]
    shelf = Shelf([], {"A-C": Shelf([*inside, "Ca"])})
    moves = subdivide(shelf)
    assert moves.new_folders == ("A-C/A-Ag", "A-C/Ah-C")
    assert range_for(applied(shelf, moves), "The Ajax") == "A-C/Ah-C"


def test_what_comes_later_goes_to_the_ranges_there_and_only_when_there_is_too_much() -> None:
    shelf = Shelf(["Alien", "Zorro"], {"A-M": Shelf(), "N-Z": Shelf()})
    assert not subdivide(shelf, 2)
    moves = subdivide(Shelf([*shelf.entries, "7 Days"], shelf.ranges), 2)
    assert moves.moves == (Move("7 Days", "", "0-9"), Move("Alien", "", "A-M"), Move("Zorro", "", "N-Z"))
    assert moves.new_folders == ("0-9",)


def test_a_new_range_fills_the_gap_between_those_there() -> None:
    shelf = Shelf(["Hulk", "Ivan", "Jaws"], {"A-Ci": Shelf(), "M-Z": Shelf()})
    assert subdivide(shelf, 2).new_folders == ("Cj-I", "J-L")


def test_a_name_that_is_taken_where_it_belongs_stays_and_is_said() -> None:
    shelf = Shelf(["Alien", "Aliens", "Zen", "Zorro"], {"A-M": Shelf(["Alien"]), "N-Z": Shelf()})
    moves = subdivide(shelf, 3)
    assert moves.kept == (Kept("Alien", "", "name taken"),)
    assert {move.entry for move in moves.moves} == {"Aliens", "Zen", "Zorro"}


def test_a_title_of_another_range_stays_where_it_was_put() -> None:
    shelf = Shelf([], {"A-C": Shelf(["Alien", "Brazil", "Zorro"])})
    assert subdivide(shelf, 2).kept == (Kept("Zorro", "A-C", "other range"),)


def test_a_title_called_like_the_new_range_gets_no_folder_of_its_own_name() -> None:
    moves = subdivide(Shelf(["A-M", "n-z", "Beta", "Gamma", "Omega"]), 3)
    assert "A-Z" not in moves.new_folders
    assert {name.casefold() for name in moves.new_folders}.isdisjoint({"a-m", "n-z"})


def test_a_library_of_thousands_gets_ranges_of_ranges() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [f"{a}{b}{c}{d}" for a in letters for b in letters for c in "aimr" for d in "xyz"][:5_656]
    moves = subdivide(Shelf(names))
    tops = {folder for folder in moves.new_folders if "/" not in folder}
    assert len(tops) <= 50
    assert max(Counter(move.folder for move in moves.moves).values()) <= 50


def test_a_limit_below_two_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        subdivide(Shelf(["a"]), 1)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("The Matrix (1999)", "matrix1999"),
        ("the.matrix.1999.mkv", "matrix1999mkv"),
        ("L’Été meurtrier", "etemeurtrier"),
        ("A.I. Artificial", "aiartificial"),
        ("The (2010)", "the2010"),
        ("'71", "71"),
        ("[REC]", "rec"),
        ("Œdipe", "oedipe"),
        ("Łódź", "lodz"),
        ("???", "0"),
        ("7人の侍", "7"),
        ("٣ أيام", "3"),
        ("기생충", "기생충"),
        ("not utf-8 \udcff", "notutf8"),
    ],
)
def test_the_key_of_a_title(name: str, key: str) -> None:
    assert place_key(name) == key


@given(any_text(), any_text(), st.integers(1, 24), st.integers(1, 24))
def test_the_name_of_a_range_says_that_range(left: str, right: str, cut: int, other_cut: int) -> None:
    start, end = sorted((place_key(left)[:cut], place_key(right)[:other_cut]))
    span = RangeFolder(start, end)
    assert parse_range(span.label) == span
    assert parse_range(span.label_beside({span.label.casefold()})) == span
    assert len(span.label.encode()) <= 255


def test_range_names_people_give() -> None:
    assert parse_range("a – c") == RangeFolder("a", "c")
    assert parse_range("M") == RangeFolder("m", "m")
    assert parse_range("#") == parse_range("0-9") == FIGURES
    assert parse_range("Autres") == parse_range("Other") == OTHER
    for name in ("Up", "X-Men", "Alien (1979)", "A-B-C", "Best of", "", "-", "Saison 01"):
        assert parse_range(name) is None


def test_the_folder_of_a_title_is_no_range_folder() -> None:
    assert is_range_folder("A-C", ["Alien (1979)", "Acid", "Brazil (1985)"])
    assert is_range_folder("M", ["M (1931)", "Matrix"])
    assert is_range_folder("A-Ci", [])
    assert not is_range_folder("Ant-Man", ["Ant-Man (2015).mkv"])
    assert not is_range_folder("M", ["M.1931.mkv"])
    assert not is_range_folder("1990-1999", ["Heat (1995)", "Alien 3 (1992)"])
    assert not is_range_folder("9-1-1", ["Season 1"])
    assert not is_range_folder("A-L", ["Season 1", "Season 2"])
