"""When a season is counted otherwise in its release, and when links are simply wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.library.maintenance.other_numbering import Numbered, numbered_otherwise, offset_of
from mediatui.names.episode_numbers import EpisodeNumbers


def links(*pairs: tuple[int, int], season: int = 0) -> list[Numbered]:
    """Links of one season by (episode it says, episode of its file), the file ``season`` seasons further on."""
    return [
        Numbered(
            b"link %d" % at, "season", EpisodeNumbers(1, (says,)), EpisodeNumbers(1 + season, (its,)),
            b"%d %d" % (season, its),
        )
        for at, (says, its) in enumerate(pairs)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("season", "pairs", "offset"),
    [
        (0, [(1, 1), (2, 2)], None),
        (-1, [(1, 1), (2, 2), (3, 3)], (-1, 0)),
        (0, [(1, 2), (2, 3), (3, 4)], (0, 1)),
        (1, [(25, 1), (26, 2)], (1, -24)),
        (0, [(1, 2), (2, 3), (3, 4), (5, 5), (6, 6)], (0, 1)),  # most
        (0, [(1, 2), (2, 3), (3, 3), (4, 4)], None),  # half is not most
        (0, [(1, 2)], None),  # one alone
        (0, [(1, 2), (2, 1)], None),  # exchanged
        (0, [(1, 2), (2, 1), (3, 4), (4, 5), (5, 3)], None),  # exchanged in a pair and a ring
        (0, [(1, 1), (2, 1), (3, 1), (4, 1)], None),  # one file for all
        (0, [(1, 2), (2, 4), (3, 6)], None),  # each by another
    ],
)
def test_most_links_of_a_season_have_to_be_off_by_the_same(
    season: int, pairs: list[tuple[int, int]], offset: tuple[int, int] | None
) -> None:
    assert numbered_otherwise(links(*pairs, season=season)) == ({} if offset is None else {"season": offset})


def test_a_file_that_is_linked_in_two_folders_is_still_one_of_its_own() -> None:
    once = links((1, 2), (2, 3), (3, 4))
    assert numbered_otherwise([*once, *once]) == {"season": (0, 1)}


def test_files_that_right_links_of_another_season_lead_to_are_not_their_own() -> None:
    right = links((1, 1), (2, 2), (3, 3))
    others = [
        Numbered(b"other", "other season", EpisodeNumbers(2, link.says.episodes), link.target, link.file)
        for link in right
    ]
    assert numbered_otherwise(others) == {"other season": (-1, 0)}
    assert numbered_otherwise([*right, *others]) == {}


def test_files_of_several_episodes_are_off_by_one_offset_or_none() -> None:
    assert offset_of(EpisodeNumbers(1, (1, 2)), EpisodeNumbers(2, (3, 4))) == (1, 2)
    assert offset_of(EpisodeNumbers(1, (1, 2)), EpisodeNumbers(1, (2, 4))) is None
    assert offset_of(EpisodeNumbers(1, (1,)), EpisodeNumbers(1, (1, 2))) is None


@given(
    count=st.integers(2, 24), seasons=st.integers(-2, 2), episodes=st.integers(-3, 30), wrong=st.integers(0, 12)
)  # fmt: skip
def test_any_offset_of_most_links_is_found(count: int, seasons: int, episodes: int, wrong: int) -> None:
    """Where both are 0 every link is right; ``wrong`` links of the season lead to files far off."""
    shifted = [(10 + number, 10 + number + episodes) for number in range(count)]
    far = [(100 + number, 200 + 7 * number) for number in range(wrong)]
    found = numbered_otherwise(links(*shifted, *far, season=seasons))
    most = 2 * count > count + wrong and (seasons, episodes) != (0, 0)
    expected = {"season": (seasons, episodes)} if most else {}
    assert found == expected or (wrong > count and not most)
