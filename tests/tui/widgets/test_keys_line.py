"""The line of keys: which have room, and what a click on one does."""

from __future__ import annotations

from mediatui.tui.keys import pressed
from mediatui.tui.widgets.keys_line import KeyHint, fit_hints
from tests.worlds.screen import Open

HELP = KeyHint("?", "help")


def test_the_first_keys_come_first_and_the_help_stands_at_the_right_end() -> None:
    hints = [KeyHint("a", "word"), KeyHint("b", "a long sentence"), KeyHint("c", "short")]
    assert [(at, hint.key) for at, hint in fit_hints(hints, HELP, 24)] == [(0, "a"), (8, "c"), (18, "?")]
    assert [(at, hint.key) for at, hint in fit_hints(hints, HELP, 60)] == [(0, "a"), (8, "b"), (27, "c"), (54, "?")]
    assert [(at, hint.key) for at, hint in fit_hints(hints, None, 6)] == [(0, "a")]


def test_keys_of_a_question_are_pressed_by_the_name_they_have() -> None:
    assert [*map(pressed, ("esc", "y", "^s", "↑"))] == ["escape", "y", "ctrl+s", "up"]
    assert pressed("134 enter") == pressed("←→") == ""


async def test_a_click_on_a_key_does_what_the_key_does(open_app: Open) -> None:
    async with open_app() as screen:

        async def click(word: str) -> None:
            line = screen.text().splitlines()[-1]
            await screen.pilot.click(offset=(line.index(word) + 1, screen.app.size.height - 1))
            await screen.settle()

        assert screen.text().splitlines()[-1].endswith("? help")
        await click("space mark")
        assert "1 marked" in screen.text()
        await click("d delete")
        await screen.until(lambda: "Delete 1 torrent" in screen.text())
        assert screen.text().splitlines()[-1].split() == ["y", "yes", "n", "no", "p", "plan"]
        await click("n no")
        assert "Nothing was done" in screen.text()
        await click("? help")
        assert "What it does" in screen.text()
