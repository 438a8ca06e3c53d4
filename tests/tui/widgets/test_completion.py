"""Tab: as far as all agrees, then each in turn."""

from __future__ import annotations

from mediatui.model.completion import Completion
from mediatui.tui.widgets.completion import Completing

WORDS = ("status:", "stalled", "size:", "added:")


def known(text: str) -> list[Completion]:
    return [Completion(word, word) for word in WORDS if word.startswith(text)]


def test_what_only_one_thing_fits_is_completed_at_once() -> None:
    completing = Completing(known)
    assert completing.step("a", 1) == "added:"
    assert not completing.found


def test_what_several_things_fit_goes_as_far_as_they_agree_then_takes_each_in_turn() -> None:
    completing = Completing(known)
    assert completing.step("s", 1) == "s"
    assert [one.word for one in completing.found] == ["status:", "stalled", "size:"]
    assert completing.at == -1
    assert [completing.step(text, 1) for text in ("s", "status:", "stalled", "size:")] == [
        "status:", "stalled", "size:", "status:",
    ]  # fmt: skip
    assert completing.step("status:", -1) == "size:"
    assert Completing(known).step("st", 1) == "sta"


def test_going_back_from_the_start_takes_the_last_and_other_text_begins_anew() -> None:
    completing = Completing(known)
    completing.step("s", 1)
    assert completing.step("s", -1) == "size:"
    assert completing.step("sta", 1) == "sta"
    assert [one.word for one in completing.found] == ["status:", "stalled"]


def test_what_nothing_fits_stays() -> None:
    completing = Completing(known)
    assert completing.step("x", 1) == "x"
    assert not completing.found


def test_a_list_is_walked_with_arrows_and_back_to_what_was_typed() -> None:
    completing = Completing(known, listed=True)
    assert completing.typed("s")
    assert [one.word for one in completing.found] == ["status:", "stalled", "size:"]
    assert completing.walk("s", -1) is None, "up from what is typed is no way in the list"
    assert [completing.walk("s", by) for by in (1, 1, 1, 1, -1, -1, -1)] == [
        "status:", "stalled", "size:", "size:", "stalled", "status:", "s",
    ]  # fmt: skip
    assert completing.step("s", 1) == "status:", "what all have in common is typed: tab takes the first"
    assert not completing.typed("x") or not completing.found
