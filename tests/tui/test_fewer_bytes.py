"""Fewer bytes to the terminal, and the same on its screen."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st

from mediatui.tui.fewer_bytes import shorten

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
