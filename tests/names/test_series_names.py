"""Whose series a file is, by its own name and that of its folder."""

from __future__ import annotations

import pytest

from mediatui.names.parsed import parse_name
from mediatui.names.series_names import Show, has_own_title, is_abbreviation, is_named, named_series


@pytest.mark.parametrize(
    ("own", "above", "year", "named"),
    [
        ("Harbour.S01E02.mkv", "Harbour.S01.1080p", 2001, True),
        ("Harbour.S01E02.mkv", "Copper (1999)", 2001, True),
        ("Copper.S01E02.mkv", "Harbour (2001)", 2001, False),
        ("Harbour.and.Sea.S01E02.mkv", "Harbour (2001)", 2001, False),
        ("Harbour.1978.S01E02.mkv", "Harbour (2001)", 2001, False),
        ("Harbour.S01E02.mkv", "Harbour (1978)", 2001, False),
        ("S01E02.mkv", "Harbour (2001)", 2001, True),
        ("S01E02.mkv", "Harbour (1978)", 2001, False),
    ],
)
def test_the_title_of_a_files_own_name_decides(own: str, above: str, year: int, named: bool) -> None:
    name = parse_name(own) if has_own_title(own) else None
    found = named_series(name, parse_name(above))
    assert is_named(found, Show("harbour", year), year_needed=False) is named


def test_a_year_may_belong_to_the_title() -> None:
    found = named_series(parse_name("Space.1999.S01E02.mkv"), None)
    assert is_named(found, Show("space 1999", 1975), year_needed=False)
    assert not is_named(found, Show("space 1999", 1975), year_needed=True)


@pytest.mark.parametrize(
    ("name", "has"),
    [
        ("Harbour.S01E02.mkv", True), ("S01E02 - Harbour.mkv", False), ("03 - Harbour.mkv", False),
        ("Harbour.2024.01.05.mkv", True), ("2024-01-05 - Guest.mkv", False), ("[GRP] Harbour - 02.mkv", True),
    ],
)  # fmt: skip
def test_a_title_stands_in_front_of_numbers_or_a_date(name: str, has: bool) -> None:
    assert has_own_title(name) is has


@pytest.mark.parametrize(
    ("short", "title", "same"),
    [
        ("got", "Game of Thrones", True), ("grp-tbbt", "The Big Bang Theory", True),
        ("bbt", "The Big Bang Theory", True),
        ("dark", "Daybreak", False), ("d", "Dark", False), ("24", "Harbour", False), ("", "Harbour", False),
    ],
)  # fmt: skip
def test_initials_abbreviate_a_title(short: str, title: str, same: bool) -> None:
    assert is_abbreviation(short, title) is same
