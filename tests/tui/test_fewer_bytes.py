"""Fewer bytes to the terminal, and the same on its screen."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from mediatui.tui.fewer_bytes import shorten
from mediatui.tui.switcher import MainScreen

COLUMNS, LINES = 12, 4
WEIGHTS = st.lists(st.sampled_from(["1", "3", "4", "7"]), unique=True, max_size=3)
COLOURS = st.sampled_from(["", "39", "31", "93", "38;5;74", "38;5;253", "38;2;218;218;218", "38;2;20;23;26"])
BEHIND = st.sampled_from(["", "49", "46", "100", "48;5;17", "48;2;23;54;74", "48;2;95;175;215"])
TEXTS = st.text("ab ▌✓", min_size=1, max_size=5)
RUNS = st.builds(
    lambda weights, colour, behind, text: (";".join(filter(None, (*weights, colour, behind))), text),
    WEIGHTS, COLOURS, BEHIND, TEXTS,
)  # fmt: skip


def as_textual_writes(line: list[tuple[str, str]]) -> str:
    return "".join(f"\x1b[{codes}m{text}\x1b[0m" if codes else text for codes, text in line)


def shown(*written: str) -> list[list[pyte.screens.Char]]:
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.Stream(screen)
    for text in written:
        stream.feed(text)
    return [[as_seen(screen.buffer[y][x]) for x in range(COLUMNS)] for y in range(LINES)]


def as_seen(char: pyte.screens.Char) -> pyte.screens.Char:
    """Of a blank only what is behind it, unless that is drawn too."""
    if char.data != " " or char.reverse or char.underscore or char.strikethrough:
        return char
    return char._replace(fg="default", bold=False, italics=False)


@given(st.lists(st.tuples(st.integers(1, LINES - 1), st.integers(1, 3), st.lists(RUNS, max_size=2)), max_size=6))
def test_the_screen_is_the_same(lines: list[tuple[int, int, list[tuple[str, str]]]]) -> None:
    frames = [f"\x1b[{y};{x}H{as_textual_writes(line)}\n" for y, x, line in lines]
    whole = "".join(frames) + "\x1b[1;3H"
    assert shown(shorten(whole)) == shown(*frames)
    assert shown(*map(shorten, frames)) == shown(*frames)
    assert len(shorten(whole)) <= len(whole)


def test_of_a_style_only_what_is_different_is_written() -> None:
    row = "\x1b[38;2;218;218;218;48;2;20;23;26m  Name  \x1b[0m\x1b[38;2;135;175;135;48;2;20;23;26m✓ ok\x1b[0m"
    cursor = "\x1b[1;38;2;218;218;218;48;2;23;54;74m▌ Name  \x1b[0m"
    assert shorten(f"\x1b[5;1H{row}\n\x1b[6;1H{cursor}\x1b[1;3H") == (
        "\x1b[5H\x1b[38;5;253;48;2;20;23;26m  Name  \x1b[38;5;108m✓ ok"
        "\x1b[6H\x1b[1;38;5;253;48;2;23;54;74m▌ Name  \x1b[0m\x1b[1;3H"
    )


def test_blanks_need_no_colour_and_a_place_nothing_is_written_at_is_left_out() -> None:
    label = "\x1b[38;2;152;162;171;48;2;20;23;26mid\x1b[0m\x1b[38;2;218;218;218;48;2;20;23;26m   \x1b[0m"
    assert shorten(f"\x1b[5;63H{label}\x1b[5;80H\r\n\x1b[6;63H{label}\x1b[0m\x1b[1;2H") == (
        "\x1b[5;63H\x1b[38;2;152;162;171;48;2;20;23;26mid   \x1b[6;63Hid   \x1b[0m\x1b[1;2H"
    )


def test_the_terminals_own_colours_need_no_codes() -> None:
    assert shorten("\x1b[39;49mplain\x1b[0m \x1b[1;39;49mbold\x1b[0m") == "plain \x1b[1mbold\x1b[0m"


def test_what_is_no_style_stays_as_it_is() -> None:
    for text in ("", "\x1b[?1049h", "\x1b]52;c;QUJD\x07", "a\x1b[2Kb", "\x1b[>1u"):
        assert shorten(text) == text


class Asked(Widget):
    """Notes which of its lines it is asked for."""

    def __init__(self, name: str, asked: set[str]) -> None:
        super().__init__(id=name)
        self._asked = asked

    def render_line(self, y: int) -> Strip:
        self._asked.add(f"{self.id} {y}")
        return Strip([Segment((self.id or "") * self.size.width)])


class Overlapping(App[None]):
    """Two widgets side by side, the first line of both below a third."""

    CSS = """
    Screen { layers: default front; layout: horizontal; }
    #a, #b { width: 1fr; height: 100%; }
    #c { layer: front; dock: top; height: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get_default_screen(self) -> MainScreen:
        return MainScreen(id="_default")

    def compose(self) -> ComposeResult:
        yield from (Asked(name, self.asked) for name in "abc")


async def test_a_widget_is_asked_for_what_is_to_be_drawn_and_not_for_what_lies_behind_another() -> None:
    app = Overlapping()
    async with app.run_test(size=(8, 4)) as pilot:
        await pilot.pause()
        widgets = {name: app.query_one(f"#{name}") for name in "abc"}
        for name, dirty, expected in (
            ("a", (), {"a 1", "a 2", "a 3"}),
            ("a", (Region(0, 2, 4, 1),), {"a 2"}),
            ("b", (Region(0, 1, 4, 1), Region(0, 3, 2, 1)), {"b 1", "b 3"}),
            ("a", (Region(0, 0, 4, 2),), {"a 1"}),
            ("c", (), {"c 0"}),
        ):
            app.asked.clear()
            widgets[name].refresh(*dirty)
            await pilot.pause()
            assert app.asked == expected
            lines = ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]
            assert lines == ["c" * 8, *["aaaabbbb"] * 3]
