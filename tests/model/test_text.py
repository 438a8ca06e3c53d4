"""Names from outside are data: nothing in them reaches the terminal as a command, and search sees through them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.model.text import cut_middle, fold, printable


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
    ],
)
def test_printable(raw: str, shown: str) -> None:
    assert printable(raw) == shown


@given(st.text())
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
    ],
)
def test_fold_sees_no_case_accent_or_separator(left: str, right: str) -> None:
    assert fold(left) == fold(right)


@given(st.text(), st.integers(0, 40))
def test_cut_middle_fits_and_keeps_both_ends(text: str, width: int) -> None:
    cut = cut_middle(text, width)
    assert len(cut) <= max(width, 0) or cut == text
    if len(text) > width >= 3:
        assert cut[0] == text[0]
        assert cut[-1] == text[-1]
        assert "…" in cut
