"""real.md D: a person reads "2 rescans" in a question, not "2 arr_rescan"; every kind of step has its words."""

from __future__ import annotations

import pytest

from mediatui.model.plan import STEPS
from mediatui.model.step_words import count_steps, step_words


@pytest.mark.parametrize("kind", STEPS)
def test_every_kind_of_step_has_words_for_people(kind: str) -> None:
    for text in (step_words(kind), count_steps(kind, 1), count_steps(kind, 2)):
        assert "_" not in text
        assert kind not in text
        assert "arr" not in text.split()


def test_steps_are_counted_in_words() -> None:
    assert count_steps("arr_rescan", 2) == "2 rescans"
    assert count_steps("unlink_symlink", 1) == "1 link removed"
    assert count_steps("arr_search", 1_234) == "1,234 searches"
