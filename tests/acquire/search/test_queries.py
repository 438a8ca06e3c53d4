"""What an indexer is asked, and what it is not."""

from __future__ import annotations

import pytest

from mediatui.acquire.search.queries import queries_for
from mediatui.acquire.search.wanted import WantedKind, wanted_of
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
