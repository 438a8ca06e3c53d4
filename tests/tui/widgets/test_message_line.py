"""What is cut of a message: never what it says to do, where that has room."""

from __future__ import annotations

from mediatui.tui.widgets.message_line import cut_before_advice


def test_the_last_sentence_stays_and_what_comes_before_it_is_cut() -> None:
    text = "✗ integrity failed: No library is configured. Name its folders: library.roots"
    assert cut_before_advice(text, 80) == text
    assert cut_before_advice(text, 60) == "✗ integrity failed: No libr… Name its folders: library.roots"
    assert cut_before_advice(text, 40) == "✗ integrity failed: No library is confi…", "it would leave too little"
    assert cut_before_advice("one long sentence without an end", 10) == "one long …"
