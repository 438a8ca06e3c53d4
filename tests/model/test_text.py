"""Names from outside are data: nothing in them reaches the terminal as a command, and search sees through them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.model.cells import cell_width
from mediatui.model.text import cut_middle, fold, one_line, printable
from tests.worlds.any_text import any_text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Foundation.S01", "Foundation.S01"),
        ("", "(no name)"),
        (" \t ", "(no name)"),
        ("\u200b\u202e", "(no name)"),
        ("a\x1b]0;owned\x07b", "a]0;ownedb"),
        ("a\x9b31mb", "a31mb"),
        ("one\ntwo\ttab", "one two tab"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("[b]bold[/b]", "[b]bold[/b]"),
        ("千と千尋の神隠し", "千と千尋の神隠し"),
        ("not utf-8 \udcff", "not utf-8 \ufffd"),
        ("שלום", "שלום"),
        ("🎬 film", "🎬 film"),
        ("Warn \u26a0\ufe0f 2001", "Warn \u26a0 2001"),
        ("Keycap 1\ufe0f\u20e3 \u270d\ufe0e", "Keycap 1 \u270d"),
        ("Pirate \U0001f3f4\u200d\u2620\ufe0f flag", "Pirate \U0001f3f4\u2620 flag"),
        ("\ufe0f\u20e3", "(no name)"),
        ("Thai กำลังใจ", "Thai กำลังใจ"),
        ("Flag 🇫🇷 fr", "Flag 🇫🇷 fr"),
    ],
)
def test_printable(raw: str, shown: str) -> None:
    assert printable(raw) == shown


@given(any_text())
def test_printable_never_lets_a_control_character_through(text: str) -> None:
    shown = printable(text)
    assert shown.strip()
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in shown)
    assert printable(shown) == shown


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Le.Bureau.des.Légendes", "le bureau des legendes"),
        ("FOO__bar", "foo bar"),
        ("Straße", "STRASSE"),
        ("É\u0301", "e"),
        ("l'a", "l\u2019a"),
        ("l'a", "l\u2018a"),
        ("l'a", "l\u02bca"),
        ("l'a", "l`a"),
        ("l'a", "l\u00b4a"),
        ("l'\u00c9a", "l\u00b4ea"),
        ("Warn \u26a0\ufe0f", "warn \u26a0"),
    ],
)
def test_fold_sees_no_case_accent_or_separator(left: str, right: str) -> None:
    assert fold(left) == fold(right)


def test_what_goes_into_a_file_keeps_the_signs_that_only_a_terminal_must_not_see() -> None:
    assert one_line("Warn \u26a0\ufe0f\x1b 1\ufe0f\u20e3\n2") == "Warn \u26a0\ufe0f 1\ufe0f\u20e3 2"


@given(any_text(without="…"), st.integers(0, 40))
def test_cut_middle_fits_and_keeps_both_ends(text: str, width: int) -> None:
    cut = cut_middle(text, width)
    assert cell_width(cut) <= width or cut == text
    if cell_width(text) > width >= 5:  # room for two cells on either side
        assert cut[0] == text[0]
        assert cut[-1] == text[-1]
        assert "…" in cut
