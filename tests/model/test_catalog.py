"""A text in the wanted language, else in the next one that has it, for each field alone."""

from __future__ import annotations

import pytest

from mediatui.model.catalog import choose_text
from mediatui.model.languages import LONG, short_language

OF_ALL = {"fr": "Le Pilote", "en": "Pilot Show", "ja": "パイロット", "es": "El piloto"}


@pytest.mark.parametrize(
    ("texts", "languages", "original", "base", "chosen"),
    [
        (OF_ALL, ["fr", "en"], "ja", "b", ("Le Pilote", "fr")),
        (OF_ALL, ["es"], "ja", "b", ("El piloto", "es")),
        (OF_ALL, ["de", "es", "fr"], "ja", "b", ("El piloto", "es")),
        (OF_ALL, ["de"], "ja", "b", ("Pilot Show", "en")),
        ({**OF_ALL, "fr": "  ", "en": ""}, ["fr", "en"], "ja", "b", ("パイロット", "ja")),
        ({**OF_ALL, "fr": "TBA"}, ["fr"], "", "b", ("Pilot Show", "en")),
        ({"fr": " tba\n"}, ["fr"], "ja", "Base", ("Base", "")),
        ({"fr": "\t Le Pilote "}, ["fr"], "", "", ("Le Pilote", "fr")),
        ({}, ["fr"], "", " Base ", ("Base", "")),
        ({}, ["fr"], "", "TBA", ("", "")),
        ({}, [], "", "", ("", "")),
        ({"ko": "x"}, [], "ja", "Base", ("Base", "")),
        ({"fr": "TBA is a title"}, ["fr"], "", "", ("TBA is a title", "fr")),
    ],
)
def test_each_field_has_the_first_language_that_has_it(
    texts: dict[str, str], languages: list[str], original: str, base: str, chosen: tuple[str, str]
) -> None:
    assert tuple(choose_text(texts, languages, original, base)) == chosen


@pytest.mark.parametrize(
    ("code", "short"),
    [("fra", "fr"), ("eng", "en"), ("fr-FR", "fr"), ("PT_br", "pt"), ("zho", "zh"), ("zhtw", "zhtw"), ("", "")],
)
def test_languages_have_codes_of_two_letters(code: str, short: str) -> None:
    assert short_language(code) == short


def test_every_language_has_a_code_of_its_own() -> None:
    assert len(LONG) == len(set(LONG.values())) == 184
