"""The big table: what it draws, where its cursor goes, what it marks."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from textual.app import ComposeResult
from textual.geometry import Offset, Region
from textual.message import Message
from textual.pilot import Pilot
from textual.strip import Strip

import mediatui.tui
from mediatui.tui.colour_depth import ColouredApp
from mediatui.tui.theme import TRUECOLOR
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.marks import Marks
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.rows import Row

M = TypeVar("M", bound=Message)

COLUMNS: tuple[AnyColumn, ...] = (
    Column("Name", cut="name", least=20, sort="name"),
    Column("Size", right=True, rank=1, sort="size"),
    Column("Files", right=True, rank=2),
    Column("Status"),
)
HOSTILE = (
    "[b]bold[/b] [@click=app.quit]x[/]",
    "unclosed [/ bracket [",
    "\x1b]0;owned\x07title \x1b[31mred\x9b32m",
    "right\u202eto\u2066left\u200bzero",
    "שלום.עולם.2160p مرحبا",
    "千と千尋の神隠し.2001.2160p.UHD.BluRay.REMUX." * 3,
    "🎬👨\u200d👩\u200d👧🇫🇷.Film.🎞️" * 6,
    "x" * 300,
    "two\nlines\tand a tab",
    "e\u0301te\u0301" * 40,
    "bad \udcff bytes",
    "",
)


@dataclass
class ListedRows:
    """A source over a list that a test may change; remembers which rows were asked for."""

    rows: list[Row]
    asked: set[int] = field(default_factory=set)

    @property
    def count(self) -> int:
        return len(self.rows)

    def row(self, position: int) -> Row | None:
        self.asked.add(position)
        return self.rows[position] if 0 <= position < len(self.rows) else None

    def key_at(self, position: int) -> int | None:
        return self.rows[position].key if 0 <= position < len(self.rows) else None

    def position_of(self, key: int) -> int | None:
        return next((at for at, row in enumerate(self.rows) if row.key == key), None)

    def keys(self) -> Iterable[int]:
        return (row.key for row in self.rows)


def numbered(count: int) -> list[Row]:
    """Rows ``Row.0`` … with keys from 100; no column is alike in all of them."""
    return [
        Row(
            100 + number, (f"Row.{number}", f"{number % 9}.0 GB", f"{number % 7}", "✓ ok" if number % 5 else "… queued")
        )
        for number in range(count)
    ]


class WatchedList(RowList):
    """The table, noting which lines are drawn anew (it keeps the others)."""

    drawn: set[int]

    def render_lines(self, crop: Region) -> list[Strip]:
        self.drawn.update(y for y in crop.line_range if y not in self._current)
        return super().render_lines(crop)


class TableApp(ColouredApp):
    """The table alone, in the colours of the app."""

    CSS_PATH = Path(mediatui.tui.__file__).with_name("app.tcss")

    def __init__(self, source: ListedRows) -> None:
        super().__init__()
        self.table = WatchedList(COLUMNS, source)
        self.table.drawn = set()

    def compose(self) -> ComposeResult:
        yield self.table


@dataclass
class Table:
    """What a test does with the table."""

    pilot: Pilot[None]
    list: WatchedList
    source: ListedRows
    heard: Sequence[Message]

    def messages(self, kind: type[M]) -> Sequence[M]:
        """The messages of a kind, each once, though every parent heard it too."""
        return tuple({id(one): one for one in self.heard if isinstance(one, kind)}.values())

    def lines(self) -> list[str]:
        """The screen as text."""
        strips = self.pilot.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in line) for line in strips]

    def top(self) -> int:
        """The first row on the screen."""
        return round(self.list.scroll_offset.y)

    async def change(self, rows: Sequence[Row]) -> set[int]:
        """Gives the source other rows; returns the lines of the screen that are drawn again."""
        self.lines()
        self.source.rows = list(rows)
        self.list.drawn.clear()
        self.list.source_changed()
        self.lines()
        drawn = set(self.list.drawn)
        await self.pilot.pause()
        return drawn


@contextlib.asynccontextmanager
async def table(rows: Sequence[Row], size: tuple[int, int] = (80, 24)) -> AsyncIterator[Table]:
    source = ListedRows(list(rows))
    messages: list[Message] = []
    app = TableApp(source)
    app.begin_with("truecolor", "")
    async with app.run_test(size=size, message_hook=messages.append) as pilot:
        app.table.focus()
        await pilot.pause()
        yield Table(pilot, app.table, source, messages)


# What is drawn


async def test_every_line_fills_the_width_whatever_the_names_hold() -> None:
    states = ("✓ ok", "? select files")
    rows = [Row(number, (name, f"{number} GB", "3", states[number % 2])) for number, name in enumerate(HOSTILE)]
    for width in (80, 140, 40, 61):
        async with table(rows, (width, 24)) as it:
            lines = it.lines()
            assert {cell_len(line) for line in lines} == {width}
            assert all(line.rstrip().endswith(states) for line in lines[1 : len(HOSTILE) + 1])
            text = "".join(lines)
            assert not any(char in text for char in "\x1b\x07\x9b\u202e\u2066\u200b\n\t\udcff")


def looks(it: Table, line: int, text: str) -> Style:
    """How a text on a line of the screen looks."""
    segments = it.pilot.app.screen._compositor.render_strips()[line]
    return next(one.style for one in segments if one.style is not None and text in one.text)


async def test_colour_belongs_to_the_value_that_means_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    rows = [
        Row(-1, ("a group", "", "", "r repair"), heading=True),
        Row(1, ("plain", "1.0 GB", "3", "a word")),
        Row(2, ("one", "2.0 GB", "4", "✗ dead"), "broken"),
        Row(3, ("two", "3.0 GB", "5", "just now"), "quiet", also=((1, "broken"),)),
    ]
    async with table(rows) as it:
        app = it.pilot.app
        red, grey, own = (Color.parse(one) for one in (TRUECOLOR.broken, TRUECOLOR.quiet, TRUECOLOR.text))
        assert [looks(it, 2, text).color for text in ("plain", "1.0 GB", "a word")] == [own] * 3
        assert [looks(it, 3, text).color for text in ("one", "2.0 GB", "✗ dead")] == [own, own, red]
        assert [looks(it, 4, text).color for text in ("two", "3.0 GB", "5", "just now")] == [own, red, own, grey]
        assert looks(it, 1, "a group").bold
        assert looks(it, 0, "Name").color == Color.parse(TRUECOLOR.accent)
        assert looks(it, 1, "a group").bgcolor == Color.parse(TRUECOLOR.cursor)

        app.set_focus(None)
        await it.pilot.pause()
        assert looks(it, 0, "Name").color == grey
        assert looks(it, 1, "a group").bgcolor == Color.parse(TRUECOLOR.left)


async def test_brackets_are_text() -> None:
    async with table([Row(1, (HOSTILE[0], "", "", "✓ ok")), Row(2, (HOSTILE[1], "", "", "✓ ok"))]) as it:
        assert HOSTILE[0] in it.lines()[1]
        assert HOSTILE[1] in it.lines()[2]


async def test_columns_give_way_from_the_highest_rank_and_the_status_word_stays() -> None:
    headings = {}
    rows = [replace(row, cells=("A.Name.Of.Some.Length." + row.cells[0], *row.cells[1:])) for row in numbered(3)]
    for width in (140, 46, 36):
        async with table(rows, (width, 24)) as it:
            headings[width] = it.lines()[0].split()
            assert it.lines()[1].split()[-2:] == ["…", "queued"]
    assert headings == {
        140: ["Name", "Size", "Files", "Status"],
        46: ["Name", "Size", "Status"],
        36: ["Name", "Status"],
    }


async def test_a_long_name_is_cut_in_the_middle_so_that_its_end_shows() -> None:
    name = "Beginning." + "x" * 200 + ".ENDING"
    async with table([Row(1, (name, "1.0 GB", "3", "✓ ok"))]) as it:
        assert "Beginning." in it.lines()[1]
        assert "…" in it.lines()[1]
        assert ".ENDING" in it.lines()[1]


async def test_only_rows_in_sight_are_asked_for() -> None:
    async with table(numbered(5_000)) as it:
        await it.pilot.press("G", "g", "pagedown")
        assert len(it.source.asked) < 200


async def test_the_arrow_stands_beside_the_sorted_column() -> None:
    async with table(numbered(3)) as it:
        it.list.set_sort("Size", True)
        await it.pilot.pause()
        assert "Size↓" in it.lines()[0]
        it.list.set_sort("Name", False)
        await it.pilot.pause()
        assert "Name↑" in it.lines()[0]
        assert "Size↓" not in it.lines()[0]


async def test_no_rows_and_any_key_is_no_error() -> None:
    async with table([]) as it:
        await it.pilot.press("j", "k", "pagedown", "G", "g", "space", "v", "v", "a", "i", "enter", "ctrl+d")
        assert it.list.cursor_key is None
        assert it.list.targets() == []
        assert not it.messages(RowList.Opened)


async def test_a_screen_of_one_line_is_no_error() -> None:
    async with table(numbered(50), (40, 1)) as it:
        await it.pilot.press("j", "j", "pagedown", "G")
        assert it.list.cursor == 49
        await it.pilot.resize_terminal(40, 10)
        await it.pilot.pause()
        assert any("▌ Row.49" in line for line in it.lines())


# The cursor


@pytest.mark.parametrize(
    ("keys", "at"),
    [
        (["j", "j", "down"], 3),
        (["j", "j", "k", "up"], 0),
        (["G"], 99),
        (["end", "k"], 98),
        (["G", "g"], 0),
        (["end", "home"], 0),
        (["pagedown"], 22),
        (["pagedown", "pageup"], 0),
        (["ctrl+d"], 11),
        (["ctrl+d", "ctrl+u"], 0),
        (["k"], 0),
        (["G", "j"], 99),
    ],
)
async def test_keys_move_the_cursor(keys: list[str], at: int) -> None:
    async with table(numbered(100)) as it:
        await it.pilot.press(*keys)
        assert it.list.cursor == at
        assert it.list.cursor_key == 100 + at
        assert next(line for line in it.lines() if line.startswith("▌")).split()[1] == f"Row.{at}"


async def test_moving_past_the_edge_jumps_half_a_page() -> None:
    async with table(numbered(100)) as it:
        await it.pilot.press(*["j"] * 22)
        assert it.top() == 0
        await it.pilot.press("j")
        assert (it.list.cursor, it.top()) == (23, 12)


async def test_the_wheel_scrolls_and_leaves_the_cursor_until_the_next_key() -> None:
    async with table(numbered(100)) as it:
        it.list.scroll_to(y=50, animate=False)
        await it.pilot.pause()
        assert (it.list.cursor, it.top()) == (0, 50)
        await it.pilot.press("j")
        assert it.list.cursor == 1
        assert any(line.startswith("▌") for line in it.lines())


async def test_a_click_moves_the_cursor_and_a_second_one_opens() -> None:
    async with table(numbered(100)) as it:
        await it.pilot.click(offset=Offset(5, 4))
        assert it.list.cursor == 3
        await it.pilot.click(offset=Offset(5, 6), times=2)
        opened = [one.key for one in it.messages(RowList.Opened)]
        assert opened == [105]


async def test_a_click_on_a_heading_asks_for_its_order() -> None:
    async with table(numbered(3)) as it:
        await it.pilot.click(offset=Offset(4, 0))
        await it.pilot.pause()
        assert [one.sort for one in it.messages(RowList.SortRequested)] == ["name"]


async def test_the_cursor_stays_on_its_row_and_line_when_rows_come_above() -> None:
    async with table(numbered(100)) as it:
        await it.pilot.press(*["pagedown"] * 2, "j")
        key, line = it.list.cursor_key, it.list.cursor - it.top()
        await it.change([Row(number, (f"New.{number}", "", "", "✓ ok")) for number in range(7)] + numbered(100))
        assert it.list.cursor_key == key
        assert it.list.cursor - it.top() == line


async def test_a_row_that_leaves_hands_the_cursor_to_the_one_in_its_place() -> None:
    async with table(numbered(10)) as it:
        await it.pilot.press("j", "j")
        await it.change([row for row in numbered(10) if row.key != 102])
        assert it.list.cursor_key == 103
        await it.change(numbered(1))
        assert (it.list.cursor, it.list.cursor_key) == (0, 100)


async def test_a_move_made_while_the_source_is_ahead_is_not_taken_back() -> None:
    async with table(numbered(10)) as it:
        it.source.rows = [Row(1, ("New", "", "", "✓ ok")), *numbered(10)]
        await it.pilot.press("j")
        key = it.list.cursor_key
        it.list.source_changed()
        assert (it.list.cursor_key, it.lines()[it.list.cursor + 1][0]) == (key, "▌")


async def test_the_cursor_stays_on_the_first_row_until_it_is_moved() -> None:
    async with table(numbered(100)) as it:
        new = [Row(number, (f"New.{number}", "", "", "✓ ok")) for number in range(30)]
        await it.change(new + numbered(100))
        assert (it.list.cursor, it.top(), it.list.cursor_key) == (0, 0, 0)
        await it.pilot.press("j", "k")
        await it.change(numbered(100)[50:] + new + numbered(100)[:50])
        assert it.list.cursor_key == 0
        assert it.list.cursor == 50


# What is drawn again


async def test_a_change_out_of_sight_draws_no_more_than_the_count() -> None:
    async with table(numbered(100)) as it:
        assert await it.change([*numbered(99), numbered(200)[150]]) == set()
        assert await it.change(numbered(99)) == {0}
        assert "of 99" in it.lines()[0]
        assert it.list.max_scroll_y == 100 - 24


async def test_a_changed_row_alone_is_drawn() -> None:
    async with table(numbered(100)) as it:
        rows = numbered(100)
        rows[3] = replace(rows[3], cells=("Row.3", "2.0 GB", "3", "! error"), tone="broken")
        assert await it.change(rows) == {4}
        assert "! error" in it.lines()[4]


async def test_fewer_rows_than_lines_leave_blank_lines() -> None:
    async with table(numbered(100)) as it:
        await it.pilot.press("G")
        await it.change(numbered(4))
        assert [line.strip() for line in it.lines()[5:]] == [""] * 19
        assert (it.top(), it.list.cursor) == (0, 3)


# Marks


async def test_space_marks_and_moves_on() -> None:
    async with table(numbered(10)) as it:
        await it.pilot.press("space", "space", "k", "space")
        assert list(it.list.marks) == [100]
        assert it.lines()[1].startswith(" ●Row.0")
        assert it.list.targets() == [100]


async def test_the_rows_of_a_range_are_marked_while_it_is_open() -> None:
    async with table(numbered(30)) as it:
        await it.pilot.press("space", "v", "j", "j")
        assert [line[1] for line in it.lines()[1:6]] == ["●", "●", "●", "●", " "]
        assert it.list.targets() == [100, 101, 102, 103]
        await it.pilot.press("k", "k", "k")
        assert [line[1] for line in it.lines()[1:6]] == ["●", "●", " ", " ", " "]
        assert it.messages(RowList.MarksChanged)[-1].count == 2
        await it.pilot.press("j", "j", "v", "j", "j")
        assert list(it.list.marks) == [100, 101, 102]


async def test_a_range_takes_back_only_marks_it_gave() -> None:
    async with table(numbered(30)) as it:
        await it.pilot.press("j", "j", "space", "g", "v", "j", "j", "j", "g", "v")
        assert list(it.list.marks) == [100, 102]
        await it.pilot.press("A", "g", "v", "j", "k", "space", "k", "v")
        assert list(it.list.marks) == []


async def test_all_none_and_the_other_way_round() -> None:
    async with table(numbered(5)) as it:
        await it.pilot.press("a", "space")
        assert list(it.list.marks) == [101, 102, 103, 104]
        await it.pilot.press("i")
        assert list(it.list.marks) == [100]
        await it.pilot.press("A")
        await it.pilot.pause()
        assert it.list.targets() == [101]
        counts = [one.count for one in it.messages(RowList.MarksChanged)]
        assert counts == [5, 4, 1, 0]


async def test_marks_survive_rows_that_are_filtered_away() -> None:
    async with table(numbered(10)) as it:
        await it.pilot.press("space", "space")
        await it.change(numbered(10)[5:])
        await it.pilot.press("a")
        assert list(it.list.marks) == [100, 101, *range(105, 110)]
        await it.change(numbered(10))
        assert [line[1] for line in it.lines()[1:4]] == ["●", "●", " "]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("toggle"), st.integers(0, 20)),
            st.tuples(st.sampled_from(["add", "invert"]), st.lists(st.integers(0, 20), unique=True)),
            st.tuples(st.just("clear"), st.none()),
        )
    )
)
def test_marks_are_a_set_of_keys(steps: list[tuple[str, object]]) -> None:
    marks, wanted = Marks(), set()
    for verb, value in steps:
        if verb == "toggle":
            marks.toggle(value)
            wanted ^= {value}
        elif verb == "add":
            marks.add(value)
            wanted |= set(value)
        elif verb == "invert":
            marks.invert(value)
            wanted ^= set(value)
        else:
            marks.clear()
            wanted.clear()
        assert (list(marks), len(marks)) == (sorted(wanted), len(wanted))
        assert {key for key in range(21) if key in marks} == wanted


async def test_a_list_that_comes_back_looks_as_what_has_the_keyboard_makes_it() -> None:
    async with table(numbered(5)) as it:
        focused = looks(it, 0, "Name")
        it.list.blur()
        await it.pilot.pause()
        left = looks(it, 0, "Name")
        assert left != focused
        for with_keyboard, look in ((True, focused), (False, left)):
            it.list.focus()
            await it.pilot.pause()
            it.list.display = False
            await it.pilot.pause()
            assert not it.list.has_focus
            it.list.display = True
            if with_keyboard:
                it.list.focus()
            await it.pilot.pause()
            assert (it.list.has_focus, looks(it, 0, "Name")) == (with_keyboard, look)
