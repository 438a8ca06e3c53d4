"""Which alternative titles identify a series or film."""

from __future__ import annotations

import pytest

from mediatui.names.alternative_titles import names_it


@pytest.mark.parametrize(
    ("title", "main", "of_series", "of_a_film"),
    [
        ("La Casa de Papel", "Money Heist", True, True),
        ("Brooklyn 99", "Brooklyn Nine-Nine", True, True),
        ("The Office US", "The Office", True, True),
        ("Money-Heist", "Money Heist", False, False),  # the same title
        ("", "Money Heist", False, False),
        ("The Office", "The Office (US)", False, True),  # others are called so; a film has its year
        ("Lantern Girl II", "Lantern Girl", False, True),  # may be a season
        ("Dune: Part One", "Dune", False, False),
        ("Blade Runner: The Final Cut", "Blade Runner", False, False),
        ("The Making of Alien", "Alien", False, False),
        ("Trailer Park Boys Live", "Trailer Park Boys", True, True),  # the main title says trailer too
    ],
)
def test_an_alternative_title_names_just_it(title: str, main: str, of_series: bool, of_a_film: bool) -> None:
    assert names_it(title, [main], of_series=True) is of_series
    assert names_it(title, [main], of_series=False) is of_a_film


def test_a_number_behind_the_title_is_that_of_the_season_the_title_is_for() -> None:
    assert names_it("Lantern Girl II", ["Lantern Girl"], of_series=True, of_season=True)
