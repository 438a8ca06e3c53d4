"""Titles: folding, similarity, order."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mediatui.names.titles import FOLDING, fold_title, folded_similarity, similarity, sort_key, title_key
from tests.worlds.any_text import any_text

ANY = any_text(max_size=40) | st.text("aàlLIVXsS.' -&12", max_size=20)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Matrix", "Matrix"),
        ("L'Été meurtrier", "L.Ete.meurtrier"),
        ("Ocean’s Eleven", "Oceans Eleven"),
        ("S.W.A.T.", "SWAT"),
        ("Fast & Furious", "Fast and Furious"),
        ("Dune: Part Two", "Dune Part 2"),
        ("Rocky II", "Rocky 2"),
        ("Œdipe", "Oedipe"),
        ("Le Seigneur des anneaux : La Communauté de l'anneau", "Le.Seigneur.des.anneaux.Communaute.de.l.anneau"),
        ("E\u0301te\u0301", "Été"),
    ],
)
def test_spellings_of_one_title_are_equal(one: str, other: str) -> None:
    assert fold_title(one) == fold_title(other)
    assert similarity(one, other) == 100


@pytest.mark.parametrize(
    ("one", "other"),
    [("Rocky II", "Rocky III"), ("Blade Runner", "Blade Runner 2049"), ("Part One", "Part Two"), ("1917", "1918")],
)
def test_titles_with_other_numbers_are_never_near(one: str, other: str) -> None:
    assert similarity(one, other) <= 60


def test_an_article_said_twice_belongs_to_the_title() -> None:
    assert fold_title("La La Land") == "la la land"
    assert fold_title("Land") == fold_title("The Land") == "land"
    assert sort_key("La La Land") == "lalaland"
    assert similarity("La La Land", "The La La Land") == 100


def test_similarity_falls_with_the_distance() -> None:
    near, far = similarity("Breaking Bad", "Braking Bad"), similarity("Breaking Bad", "Better Call Saul")
    assert 90 <= near < 100
    assert far < 60
    assert similarity("abc", "xyz") == 0
    assert similarity("", "") == similarity("", "a") == 0


def test_titles_of_articles_alone_keep_one() -> None:
    assert fold_title("The The") == "the the"
    assert fold_title("Les") == "les"
    assert fold_title("!!!") == ""


@example("ŉ")
@given(ANY)
def test_folding_twice_changes_nothing(title: str) -> None:
    assert fold_title(fold_title(title)) == fold_title(title)


def _slow_similarity(a: str, b: str) -> int:
    """The longest common subsequence by the table every textbook has."""
    above = [0] * (len(b) + 1)
    for one in a:
        row = [0]
        for at, other in enumerate(b):
            row.append(above[at] + 1 if one == other else max(above[at + 1], row[-1]))
        above = row
    return min(99, 200 * above[-1] // (len(a) + len(b)))


@given(st.text("abcd ", min_size=1, max_size=70), st.text("abcd ", min_size=1, max_size=70))
def test_similarity_is_the_longest_common_subsequence_over_the_lengths(a: str, b: str) -> None:
    if a != b:
        assert folded_similarity(a, b) == _slow_similarity(a, b)


@given(ANY, ANY, st.integers(0, 100))
def test_similarity_is_symmetric_and_its_short_cut_only_drops_what_is_below(a: str, b: str, at_least: int) -> None:
    alike = similarity(a, b)
    assert 0 <= alike <= 100
    assert alike == similarity(b, a)
    assert folded_similarity(fold_title(a), fold_title(b), at_least) in ({alike} if alike >= at_least else {alike, 0})


def test_titles_are_ordered_without_articles_and_accents() -> None:
    titles = [
        "The Zoo",
        "Été",
        "L'Avare",
        "Le Cid",
        "Das Boot",
        "El Topo",
        "I, Robot",
        "Iceland",
        "2012",
        "Émile",
        "An Elk",
    ]
    ordered = [
        "2012",
        "L'Avare",
        "Das Boot",
        "Le Cid",
        "An Elk",
        "Émile",
        "Été",
        "Iceland",
        "I, Robot",
        "El Topo",
        "The Zoo",
    ]
    assert sorted(titles, key=sort_key) == ordered
    assert sort_key("...") == ""


def test_keys_of_titles_change_only_with_the_version_of_their_rules() -> None:
    """Stored keys are compared with those made now: other keys need another FOLDING."""
    titles = ("Spider-Man", "Le Seigneur des anneaux", "Fast & Furious", "S.W.A.T.", "Rocky II", "Œdipe", "La La Land")
    keys = ("spiderman", "seigneurdesanneaux", "fastfurious", "swat", "rocky2", "oedipe", "lalaland")
    assert (FOLDING, tuple(map(title_key, titles))) == (1, keys)
    assert title_key("And") == "and"
