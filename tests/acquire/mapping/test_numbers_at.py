"""Seasons of one catalog are found in the other by the days of their episodes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.acquire.mapping.numbers_at import Dated, same_season


def weekly(season: int, begin: str, count: int, first: int = 1) -> list[Dated]:
    day = date.fromisoformat(begin)
    return [Dated(season, first + at, (day + timedelta(weeks=at)).isoformat()) for at in range(count)]


OLD = [one for season in range(1, 15) for one in weekly(season, f"{2009 + season}-09-07", 10)]
THERE = [*OLD, *weekly(15, "2024-09-03", 10)]
WANTED = weekly(3, "2024-09-03", 10)


def test_a_season_is_found_by_its_days() -> None:
    found = same_season(WANTED, THERE)
    assert found is not None
    assert (found.season, found.equal, found.of, found.is_sure) == (15, 10, 10, True)
    assert found.episodes == {number: number for number in range(1, 11)}


@pytest.mark.parametrize(("differ", "sure"), [(1, True), (2, True), (3, False), (4, False)])
def test_four_of_five_days_have_to_be_equal(differ: int, sure: bool) -> None:
    moved = [one._replace(air_date=f"1999-01-{at:02d}") for at, one in enumerate(WANTED[:differ], 1)]
    found = same_season([*moved, *WANTED[differ:]], THERE)
    assert found is not None
    assert (found.season, found.equal, found.is_sure) == (15, 10 - differ, sure)


def test_half_a_season_there_has_other_episode_numbers() -> None:
    there = [*weekly(1, "2024-09-03", 10), *weekly(1, "2025-01-07", 10, first=11)]
    found = same_season(weekly(2, "2025-01-07", 10), there)
    assert found is not None
    assert (found.season, found.is_sure) == (1, True)
    assert found.episodes[1] == 11


def test_two_of_one_day_belong_together_in_order() -> None:
    day = "2024-09-03"
    found = same_season([Dated(1, 1, day), Dated(1, 2, day)], [Dated(4, 7, day), Dated(4, 6, day)])
    assert found is not None
    assert found.episodes == {1: 6, 2: 7}


def test_what_cannot_be_compared_is_no_season() -> None:
    assert same_season([], THERE) is None
    assert same_season([Dated(3, 1, "")], THERE) is None
    assert same_season(WANTED, OLD) is None
    assert same_season(WANTED, []) is None
    assert same_season(WANTED, [*weekly(1, "2024-09-03", 10), *weekly(2, "2024-09-03", 10)]) is None
    assert same_season(WANTED, [one._replace(season=0) for one in WANTED]) is None


@given(st.integers(1, 30), st.integers(1, 12), st.integers(0, 11))
def test_a_season_is_always_its_own(season: int, count: int, others: int) -> None:
    own = weekly(season, "2020-01-06", count)
    rest = [one for at in range(others) for one in weekly(season + at + 1, f"{2030 + at}-01-06", 5)]
    found = same_season(own, [*own, *rest])
    assert found is not None
    assert (found.season, found.equal) == (season, count)
