"""Counts, sizes, lengths of time and moments as people read them."""

from __future__ import annotations

import time

import pytest

from mediatui.model.human import (
    ago,
    clock_time,
    counted,
    date,
    date_time,
    duration,
    long_day,
    long_moment,
    short_date,
    short_moment,
    size_text,
)


def test_one_of_a_thing_is_in_the_singular() -> None:
    assert counted(1, "link") == "1 link"
    assert [counted(count, "link") for count in (0, 2, 12_345)] == ["0 links", "2 links", "12,345 links"]
    assert [counted(count, "entry", "entries") for count in (1, 3)] == ["1 entry", "3 entries"]


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (15_200_000_000_000, "15.2 TB"),
        (2 * 10**21, "2000.0 EB"),
    ],
)
def test_sizes_are_shown_in_decimal_units(count: int, shown: str) -> None:
    assert size_text(count) == shown


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59.6, "1m00s"), (103, "1m43s"), (3_900, "1h05m"), (90_000, "1d01h"), (-5, "0s")],
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3_599, "59 min ago"),
        (47 * 3_600, "47 h ago"),
        (48 * 3_600, "2 d ago"),
        (86_400 * 1_234, "1,234 d ago"),
    ],
)
def test_an_age_is_in_one_unit(seconds: float, text: str) -> None:
    assert ago(seconds) == text


def test_moments_are_local_and_an_unknown_one_says_so() -> None:
    at = time.mktime((2026, 3, 1, 14, 5, 9, 0, 0, -1))
    assert (date(at), date_time(at)) == ("2026-03-01", "2026-03-01 14:05")
    assert (long_moment(at), short_moment(at), clock_time(at)) == ("01 Mar 2026 14:05", "01 Mar 14:05", "14:05:09")
    assert (short_date(at, at), short_date(at, at + 366 * 86_400)) == ("01 Mar", "Mar 2026")
    assert (long_day(at, at + 5 * 86_400), long_day(at, at)) == ("Sunday 01 March", "Today, Sunday 01 March")
    assert long_day(at, at + 366 * 86_400) == "Sunday 01 March 2026"
    midnight = time.mktime((2026, 3, 2, 0, 0, 1, 0, 0, -1))
    assert (long_day(at, midnight), long_day(midnight, at)) == ("Yesterday, Sunday 01 March", "Monday 02 March")
    assert (date(None), date_time(None), long_moment(None), short_date(None, at)) == ("", "never", "", "")
