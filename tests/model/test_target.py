"""A target is read from its text and written as it, or the text is refused with what is allowed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.model.errors import UsageError
from mediatui.model.target import Target, TypedTarget, number_text, read_target


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("tmdb:603", TypedTarget("film", tmdb_id=603)),
        ("TMDB:9100:S03", TypedTarget("series", tmdb_id=9100, season=3)),
        ("tvdb:81189", TypedTarget("series", tvdb_id=81189)),
        ("tvdb:81189:S02", TypedTarget("series", tvdb_id=81189, season=2)),
        ("tvdb:81189:s02e03", TypedTarget("series", tvdb_id=81189, season=2, episodes=(3,))),
        ("tvdb:81189:S02E03-E05", TypedTarget("series", tvdb_id=81189, season=2, episodes=(3, 4, 5))),
        ("tvdb:81189:S02E03E07", TypedTarget("series", tvdb_id=81189, season=2, episodes=(3, 7))),
        ("tvdb:81189:S00E01", TypedTarget("series", tvdb_id=81189, season=0, episodes=(1,))),
        ("tt0133093", TypedTarget(None, imdb_id=133093)),
        ("tt0133093:S01", TypedTarget("series", imdb_id=133093, season=1)),
        (" film:Dune (2021) ", TypedTarget("film", title="Dune", year=2021)),
        ("film:1917", TypedTarget("film", title="1917")),
        ("film:Blade Runner 2049 (2017)", TypedTarget("film", title="Blade Runner 2049", year=2017)),
        ("film:M (1931)", TypedTarget("film", title="M", year=1931)),
        ("series:The Office (US)", TypedTarget("series", title="The Office (US)")),
        ("series:Show (2021) S02E03", TypedTarget("series", title="Show", year=2021, season=2, episodes=(3,))),
        ("series:Foundation:S02", TypedTarget("series", title="Foundation", season=2)),
        ("series:Show: A Story S01", TypedTarget("series", title="Show: A Story", season=1)),
    ],
)  # fmt: skip
def test_a_target_is_read_from_its_text(text: str, wanted: TypedTarget) -> None:
    assert read_target(text) == wanted


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is no target"),
        ("603", "is no target"),
        ("tmdb:", "is no target"),
        ("tmdb:x", "is no target"),
        ("tmdb:0", "no id is 0"),
        ("tmdb:99999999999", "no id is 99999999999"),
        ("tvdb:12:E03", "is no target"),
        ("tvdb:12:S02E05-E03", "E03 does not come behind E05"),
        ("film:", "is no target"),
        ("film: (2021)", "is no target"),
        ("film:Dune S02", "a film has no season"),
        ("anime:Show", "is no target"),
        ("\x1b[2Jfilm", "is no target"),
    ],
)
def test_what_is_no_target_is_refused_with_what_is_allowed(text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_target(text)
    assert says in caught.value.message
    assert "\x1b" not in caught.value.message
    assert "tmdb:603" in caught.value.sentence or "behind" in says


_IDS = st.integers(1, 2**31 - 1)
_NUMBERS = st.tuples(st.integers(0, 99), st.lists(st.integers(0, 999), unique=True, max_size=4))


@given(ids=st.tuples(_IDS, st.booleans()), numbers=_NUMBERS)
def test_the_text_of_a_target_is_read_as_that_target(ids: tuple[int, bool], numbers: tuple[int, list[int]]) -> None:
    number, by_tvdb = ids
    season, episodes = numbers[0], tuple(sorted(numbers[1]))
    target = Target(
        "series", "Any", tvdb_id=number if by_tvdb else 0, imdb_id=0 if by_tvdb else number, season=season,
        episodes=episodes,
    )  # fmt: skip
    read = read_target(target.text)
    assert (read.kind, read.tvdb_id, read.imdb_id) == ("series", target.tvdb_id, target.imdb_id)
    assert (read.season, read.episodes) == (season, episodes)


def test_numbers_of_episodes_are_written_as_releases_have_them() -> None:
    assert number_text(None, (1,)) == ""
    assert number_text(2) == "S02"
    assert number_text(2, (3, 4, 5, 7)) == "S02E03-E05E07"
    assert Target("series", "Foundation", 2021, season=2, episodes=(3,)).shown == "Foundation (2021) S02E03"


_SHOW = Target("series", "Show", 2019, tvdb_id=7, season=2)


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (Target("series", "Other Title", tvdb_id=7, season=2, episodes=(3,)), "S02E03"),
        (Target("series", "Show", tvdb_id=7, season=3), ""),
        (Target("series", "Show", tvdb_id=7), "S02"),
        (Target("series", "Show", 2019, tvdb_id=8, season=2), ""),
        (Target("series", "show", season=2), "S02"),
        (Target("series", "Show", 2005, season=2), ""),
        (Target("film", "Show", 2019, tmdb_id=7), ""),
    ],
)
def test_targets_share_what_both_are_for(other: Target, shared: str) -> None:
    assert _SHOW.shared_with(other) == other.shared_with(_SHOW) == shared


def test_two_films_are_one_by_any_id_both_have() -> None:
    one = Target("film", "Dune", 2021, tmdb_id=1, imdb_id=5)
    assert one.shared_with(Target("film", "Dune: Part One", imdb_id=5)) == "all of it"
    assert one.shared_with(Target("film", "Dune", 1984, tmdb_id=2)) == ""
