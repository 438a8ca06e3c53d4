"""The same release from several indexers is one row."""

from __future__ import annotations

from typing import Any

import pytest

from mediatui.acquire.search.gather import Gathered
from mediatui.acquire.search.wanted import wanted_of
from mediatui.model.release import FoundRelease

NAME = "Harbor.Lights.S02.1080p.WEB-GRP"
GB = 1_000_000_000


def offer(indexer: int = 1, **more: Any) -> FoundRelease:
    given: dict[str, Any] = {"guid": f"g{indexer}", "title": NAME, "size": 10 * GB, "seeders": 5, **more}
    return FoundRelease(indexer_id=indexer, indexer=f"Indexer {indexer}", **given)


def gathered(*rows: FoundRelease) -> Gathered:
    found = Gathered(wanted_of("harbor lights", None, None, None), 1, 1000.0)
    for row in rows:
        found.add([row])
    return found


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"title": "Another.Name", "hash": "a" * 40, "size": 1}, True),
        ({"title": "harbor lights s02 1080p web-grp", "size": 10_090_000_000}, True),
        ({"size": 10_200_000_000}, False),
        ({"size": None}, False),
        ({"title": f"{NAME}2"}, False),
        ({"title": f"{NAME}\U0001f6a2"}, True),
    ],
)
def test_rows_are_one_release_by_their_hash_or_by_name_and_size(other: dict[str, Any], same: bool) -> None:
    found = gathered(offer(hash="a" * 40), offer(2, **other))
    assert len(found.releases) == (1 if same else 2)


def test_the_same_row_again_changes_nothing() -> None:
    found = gathered(offer())
    assert found.add([offer(seeders=99)]) == []
    assert found.add([offer(2, guid="g1")]) == [0]


def test_the_offer_with_most_seeders_is_taken_first_then_the_indexer_with_priority() -> None:
    rows = [
        offer(1, seeders=3),
        offer(2, seeders=7, priority=40),
        offer(3, seeders=7, priority=10),
        offer(4, seeders=None),
    ]
    (release,) = gathered(*rows).releases
    assert [one.indexer_id for one in (release.first, *release.also)] == [3, 2, 1, 4]


def test_a_hash_that_a_later_offer_tells_finds_the_release_too() -> None:
    found = gathered(offer(), offer(2, hash="b" * 40), offer(3, title="Renamed", size=1, hash="b" * 40))
    (release,) = found.releases
    assert (len(release.also), release.hashes) == (2, ("b" * 40,))


def test_what_has_nothing_to_do_with_it_is_counted_at_its_indexer() -> None:
    found = gathered(offer(), offer(2, title="Quartz.Meadow.2021"), offer(2, guid="h", title="Quartz.Meadow.2022"))
    assert dict(found.unrelated) == {1: 0, 2: 2}
    assert [release.related for release in found.releases] == [True, False, False]
