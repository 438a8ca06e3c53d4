"""What is searched for, and which releases have to do with it."""

from __future__ import annotations

import pytest

from mediatui.acquire.search.wanted import Ids, Wanted, covers, folded_name, is_related, wanted_by_id, wanted_of
from mediatui.model.release import FoundRelease
from mediatui.names.release_columns import columns_of


def wanted(text: str, season: int | None = None, episode: int | None = None) -> Wanted:
    return wanted_of(text, None, season, episode)


@pytest.mark.parametrize(
    ("typed", "title", "related"),
    [
        ("quartz meadow", "Quartz.Meadow.2021.1080p.WEB-AAA", True),
        ("quartz meadow", "Meadow.of.Quartz.2021.1080p.WEB-AAA", True),
        ("quartz meadow", "Quartz.River.2021.1080p.WEB-AAA", False),
        ("quartz meadow", "Quartzes.Meadow.2021", False),
        ("harbor lane S07E06 1080p", "Harbor.Lane.S01E01.720p.WEB.H264-AAA", True),
        ("harbor lane 7x06", "Harbor.Lane.S07E06", True),
        ("blade runner 2049", "Blade.Runner.1982.1080p", True),
        ("1917", "1917.2019.MULTi.1080p", True),
        ("1917", "Dunkirk.2017.MULTi.1080p", False),
        ("été sans fin", "Ete.Sans.Fin.2021.FRENCH", True),
        ("l'été", "L.Ete.2021.FRENCH", True),
        ("baker's yard", "Bakers.Yard.S03.1080p", True),
        ("baker's yard", "Baker's.Yard.S03.1080p", True),
        ("bakers yard", "Baker’s.Yard.S03.1080p", True),
        ("千と千尋", "千と千尋.2001.1080p", True),
        ("M", "M.1931.1080p", True),
        ("the office", "Office.US.S01.1080p", True),
        ("S.W.A.T.", "SWAT.S01.1080p", True),
        ("swat", "S.W.A.T.S01.1080p", True),
        ("tom and jerry", "Tom.&.Jerry.2021.1080p", True),
        ("13 reasons why saison 2", "13.Reasons.Why.S02.FRENCH", True),
        ("fondation intégrale", "Fondation.S01-S03.FRENCH", True),
        ("part two", "Dune.Part.2.2024", True),
        ("harbor", "[markup]\u202eHarbor\n\tLights[/markup]", True),
    ],
)
def test_a_release_is_related_when_it_has_the_words_that_were_typed(typed: str, title: str, related: bool) -> None:
    row = FoundRelease(guid="g", indexer_id=1, indexer="A", title=title)
    assert is_related(wanted(typed), row, folded_name(title)) is related


@pytest.mark.parametrize(
    ("typed", "kind", "numbers", "year"),
    [
        ("foundation", None, "", None),
        ("foundation s02", "series", "S02", None),
        ("foundation S02E03", "series", "S02E03", None),
        ("dune 2021", None, "", 2021),
        ("blade runner 2049 2017", None, "", 2017),
    ],
)
def test_what_was_typed_says_season_episode_and_year(typed: str, kind: str, numbers: str, year: int) -> None:
    found = wanted(typed)
    assert (found.kind, found.numbers, found.year) == (kind, numbers, year)


def test_an_option_counts_more_than_what_was_typed() -> None:
    assert wanted("foundation s02e03", 4).numbers == "S04"


@pytest.mark.parametrize(
    ("name", "covered"),
    [
        ("Harbor.Lane.S07E06.1080p", True),
        ("Harbor.Lane.S07E05E06.1080p", True),
        ("Harbor.Lane.S07.1080p", True),
        ("Harbor.Lane.S06-S08.1080p", True),
        ("Harbor.Lane.S07E05.1080p", False),
        ("Harbor.Lane.S06.1080p", False),
        ("Harbor.Lane.1080p", False),
    ],
)
def test_a_pack_of_the_season_covers_its_episodes(name: str, covered: bool) -> None:
    assert covers(wanted("harbor lane", 7, 6), columns_of(name)) is covered


def test_a_release_of_a_known_film_is_related_by_its_id_or_any_of_its_titles() -> None:
    wanted = wanted_by_id(
        Ids(tmdb=7), ["Quartz Meadow", "La Prairie de Quartz", "quartz-meadow"], 2021, "film", None, None
    )
    assert wanted.titles == ("Quartz Meadow", "La Prairie de Quartz")
    for title, number, related in (
        ("La.Prairie.de.Quartz.2021.FRENCH", 0, True), ("Quartz.Meadow.2021", 0, True), ("Renamed.2021", 7, True),
        ("Renamed.2021", 8, False), ("Prairie.2021", 0, False),
    ):  # fmt: skip
        row = FoundRelease(guid="g", indexer_id=1, indexer="A", title=title, tmdb_id=number)
        assert is_related(wanted, row, folded_name(title)) is related
