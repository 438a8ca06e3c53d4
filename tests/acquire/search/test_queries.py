"""What an indexer is asked, and what it is not."""

from __future__ import annotations

import pytest

from mediatui.acquire.search.queries import queries_for, words_of_title
from mediatui.acquire.search.wanted import Ids, WantedKind, covers, folded_name, is_related, wanted_by_id, wanted_of
from mediatui.model.release import FoundRelease
from mediatui.names.release_columns import columns_of
from mediatui.services.prowlarr.records import Indexer

ALL = frozenset({2000, 2040, 5000, 5040})


def asked(
    text: str,
    kind: WantedKind | None = None,
    season: int | None = None,
    episode: int | None = None,
    *,
    categories: tuple[int, ...] = (),
    has: frozenset[int] = ALL,
) -> list[tuple[str, str, tuple[int, ...]]]:
    indexer = Indexer(1, "Alpha", categories=has)
    queries = queries_for(indexer, wanted_of(text, kind, season, episode), categories)
    return [(query.text, query.type, query.categories) for query in queries]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (asked("harbor lights"), [("harbor lights", "search", ())]),
        (asked("harbor lights", "film"), [("harbor lights", "movie", (2000,))]),
        (asked("harbor lights", "series", 2), [("harbor lights S02", "tvsearch", (5000,))]),
        (
            asked("harbor lights", "series", 2, 3),
            [("harbor lights S02E03", "tvsearch", (5000,)), ("harbor lights S02", "tvsearch", (5000,))],
        ),
        (asked("harbor lights s02e03"), [("harbor lights s02e03", "tvsearch", (5000,))]),
        (asked("harbor", "film", categories=(2040, 7000)), [("harbor", "movie", (2040,))]),
        (asked("harbor", categories=(7000,)), []),
        (asked("harbor", "film", has=frozenset({5000})), []),
        (asked("harbor", "film", has=frozenset()), [("harbor", "movie", ())]),
    ],
)
def test_an_indexer_is_asked_for_words_in_the_categories_it_has(found: object, expected: object) -> None:
    assert found == expected


def by_id(able: str, ids: Ids, kind: WantedKind, *titles: str, numbers: tuple[int, int] | None = None) -> list[str]:
    """What an indexer that can be asked by these names is asked; the queries that are a rest in brackets."""
    params = frozenset(able.split())
    indexer = Indexer(1, "Alpha", tv_params=params, movie_params=params)
    season, episode = numbers or (None, None)
    wanted = wanted_by_id(ids, titles, 1999, kind, season, episode)
    return [f"({query.text})" if query.rest else query.text for query in queries_for(indexer, wanted, ())]


def test_an_id_is_asked_for_first_where_the_indexer_can_and_words_are_the_rest() -> None:
    tvdb = Ids(tvdb=7001)
    assert by_id("q season ep tvdbid", tvdb, "series", "Harbor Lane", numbers=(7, 6)) == [
        "{tvdbid:7001}{season:7}{episode:6}", "(Harbor Lane S07E06)", "(Harbor Lane S07)",
    ]  # fmt: skip
    assert by_id("q season ep", tvdb, "series", "Harbor Lane", numbers=(7, 6)) == [
        "Harbor Lane S07E06", "(Harbor Lane S07)",
    ]  # fmt: skip
    assert by_id("q tvdbid", tvdb, "series", "Harbor Lane", numbers=(7, 6))[0] == "{tvdbid:7001}"
    assert by_id("q imdbid", Ids(imdb=133093), "film", "The Matrix") == ["{imdbid:tt0133093}", "(The Matrix 1999)"]
    assert by_id("q tmdbid", Ids(tmdb=603), "film", "The Matrix")[0] == "{tmdbid:603}"


def test_every_title_is_asked_for_in_at_most_four_queries() -> None:
    titles = ("Money Heist", "La casa de papel", "money heist", "Haus des Geldes", "A Casa", "Fifth")
    assert by_id("q", Ids(tvdb=1), "series", *titles, numbers=(2, 3)) == [
        "Money Heist S02E03", "La casa de papel S02E03", "Haus des Geldes S02E03", "(Money Heist S02)",
    ]  # fmt: skip
    assert by_id("q tvdbid", Ids(tvdb=1), "series", *titles) == [
        "{tvdbid:1}", "(Money Heist)", "(La casa de papel)", "(Haus des Geldes)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Dune: Part Two", "Dune Part Two"),
        ("Dune : Deuxième partie", "Dune Deuxième partie"),
        ("Ocean’s Eleven", "Oceans Eleven"),
        ("L'Été de Kikujiro", "L Été de Kikujiro"),
        ("Salt & Stone", "Salt Stone"),
        ("Mr. Robot", "Mr Robot"),
        ("S.W.A.T.", "S.W.A.T"),
        ("Spider-Man - Homecoming", "Spider-Man Homecoming"),
        ("Where Is She?! (2019)", "Where Is She 2019"),
        ("千と千尋の神隠し", "千と千尋の神隠し"),
        ("???", "???"),
    ],
)
def test_titles_are_asked_for_without_the_signs_that_releases_leave_out(title: str, words: str) -> None:
    assert words_of_title(title) == words
    assert by_id("q", Ids(tvdb=1), "series", title, numbers=(2, 3))[0] == f"{words} S02E03"


def test_words_that_are_typed_are_asked_for_as_they_are() -> None:
    assert asked("dune: part two")[0][0] == "dune: part two"


def test_a_season_that_two_catalogs_count_otherwise_is_asked_for_by_both_numbers() -> None:
    wanted = wanted_by_id(Ids(tmdb=9100, tvdb=81900), ["Baker's Yard", "Yard"], 2010, "series", 15, None, (3, None))
    indexer = Indexer(1, "Alpha", tv_params=frozenset({"q", "season", "tvdbid"}))
    assert [query.text for query in queries_for(indexer, wanted, ())] == [
        "{tvdbid:81900}{season:15}", "Bakers Yard S15", "Bakers Yard S03", "Yard S15",
    ]  # fmt: skip
    fits = {name: covers(wanted, columns_of(name)) for name in ("Yard.S15.1080p", "Yard.S03E02.1080p", "Yard.S04.720p")}
    assert list(fits.values()) == [True, True, False]


def test_a_title_without_words_makes_nothing_related() -> None:
    wanted = wanted_by_id(Ids(tmdb=1), ["Quiet Harbor", "???", "!"], 2014, "film", None, None)
    offers = [FoundRelease("g", 1, "Alpha", name) for name in ("Quiet.Harbor.2014.1080p", "Another.Film.2019.1080p")]
    assert [is_related(wanted, one, folded_name(one.title)) for one in offers] == [True, False]
