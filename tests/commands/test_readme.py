"""The README says what the program takes."""

from __future__ import annotations

from tests.make_readme import README, with_tables


def test_the_readme_lists_the_commands_as_they_are() -> None:
    text = README.read_text("utf-8")
    assert text == with_tables(text), "write it anew: python -m tests.make_readme"
