"""The rows a range marks while the cursor moves."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from mediatui.tui.widgets.marks import MarkedRange, Marks

KEYS = (-1, 10, 11, -2, *range(12, 200))


def key_at(position: int) -> int | None:
    return KEYS[position] if 0 <= position < len(KEYS) else None


@given(
    st.sets(st.sampled_from([key for key in KEYS if key >= 0])),
    st.lists(st.integers(0, len(KEYS) - 1), min_size=1, max_size=6),
)
def test_an_open_range_holds_the_rows_between_its_ends_without_headings(before: set[int], moves: list[int]) -> None:
    marks = Marks()
    marks.add(before)
    range_ = MarkedRange(marks, key_at)
    range_.begin(moves[0])
    for at, to in itertools.pairwise(moves):
        range_.stretch(at, to)
    low, high = sorted((moves[0], moves[-1]))
    assert set(marks) == before | {key for key in KEYS[low : high + 1] if key >= 0}


def test_a_range_goes_on_from_its_first_row_and_ends_when_that_is_gone() -> None:
    marks = Marks()
    range_ = MarkedRange(marks, key_at)
    range_.begin(1)
    range_.follow({10: 1}.get)
    assert range_.is_open
    range_.follow({11: 1}.get)
    assert not range_.is_open
    range_.follow({10: 1}.get)
    assert not range_.is_open
    range_.stretch(1, 5)
    assert list(marks) == [10]
