"""A list of log lines, broken where they are too long: only what is visible is drawn, nothing is parsed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from mediatui.model.text import fold, printable
from mediatui.tui.widgets.pane_lines import broken

KEPT = 5000
STYLES = {"debug": "$quiet", "info": "", "warning": "$attention", "error": "$broken"}
LETTERS = {"debug": "D", "info": "I", "warning": "W", "error": "E"}
GAP = "  "
NARROWEST = 20
"""Cells a text is never broken below."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line: local time as text, level word, and the text (already safe for a terminal)."""

    at: str
    level: str
    text: str


class LogLines(ScrollView, can_focus=True):
    """The newest lines at the bottom; follows the end until one scrolls away from it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", "down", show=False, id="lines.down"),
        Binding("k,up", "scroll_up", "up", show=False, id="lines.up"),
        Binding("pagedown,ctrl+d", "page_down", "page down", show=False, id="lines.page-down"),
        Binding("pageup,ctrl+u", "page_up", "page up", show=False, id="lines.page-up"),
        Binding("g,home", "scroll_home", "first line", show=False, id="lines.top"),
        Binding("G,end", "follow_end", "follow", id="log.follow", tooltip="Go to the newest line and follow it"),
    ]
    follow: reactive[bool] = reactive(True, repaint=False)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._lines: deque[LogLine] = deque(maxlen=KEPT)
        self._shown: list[LogLine] = []
        self._rows: list[tuple[LogLine, str, bool]] = []
        """What is shown, row by row: the line, the text on this row, and whether it is the first of its rows."""
        self._wanted: list[str] = []
        self._least = 0
        self._laid_out = Size(0, 0)
        self._styles: dict[str, Style] = {}
        self._levels: set[str] = set()
        self._moment = 0
        self._counts = dict.fromkeys(self.LEVELS, 0)

    LEVELS: ClassVar[tuple[str, ...]] = ("debug", "info", "warning", "error")

    def write(self, line: LogLine) -> None:
        """Adds a line; while it is filtered out nothing is drawn."""
        safe = LogLine(line.at, line.level, printable(line.text, empty=""))
        if len(self._lines) == KEPT:
            self._counts[self._lines[0].level] -= self._holds(self._lines[0])
        self._lines.append(safe)
        self._counts[safe.level] += self._holds(safe)
        if not self._matches(safe):
            return
        self._shown.append(safe)
        layout = self._layout
        self._fit([safe])
        if len(self._shown) > KEPT:
            del self._shown[: len(self._shown) - KEPT]
        if self._layout != layout or len(self._shown) == KEPT:
            self._break_lines()
        else:
            self._rows += self._broken(safe)
        self._measure()

    @property
    def room(self) -> int:
        """How many more lines are kept."""
        return KEPT - len(self._lines)

    def write_earlier(self, lines: Iterable[LogLine]) -> None:
        """Puts lines (oldest first; no more than there is ``room`` for) above the others and shows the last of them."""
        earlier = [LogLine(line.at, line.level, printable(line.text, empty="")) for line in lines]
        self._lines.extendleft(reversed(earlier))
        self._count()
        shown = [line for line in earlier if self._matches(line)]
        self._shown[:0] = shown
        self._fit(shown)
        self.follow = False
        self._break_lines()
        self._measure()
        rows = sum(len(list(self._broken(line))) for line in shown)
        self.scroll_to(y=max(0, rows - self.size.height), animate=False, immediate=True)

    def clear(self) -> None:
        """Forgets every line shown here (the log file keeps them)."""
        self._lines.clear()
        self._shown.clear()
        self._fit_anew()
        self._count()
        self._measure()
        self.refresh()

    def filter(self, text: str, least: str) -> int:
        """Shows only lines that hold every word of ``text`` and are at least as grave as ``least``; how many."""
        self._wanted = fold(text).split()
        self._least = self.LEVELS.index(least)
        self._count()
        self._shown = [line for line in self._lines if self._matches(line)]
        self._fit_anew()
        self._measure()
        self.refresh()
        return len(self._shown)

    def _fit_anew(self) -> None:
        self._levels, self._moment = set(), 0
        self._fit(self._shown)
        self._break_lines()

    def _fit(self, lines: Iterable[LogLine]) -> None:
        """Takes more lines into account for the width of times and levels: a level that all have is not shown."""
        for line in lines:
            self._levels.add(line.level)
            self._moment = max(self._moment, len(line.at))

    @property
    def _layout(self) -> tuple[int, bool]:
        """The cells of the times, and whether the levels are shown."""
        return self._moment, len(self._levels) > 1

    def _break_lines(self) -> None:
        self._rows = [row for line in self._shown for row in self._broken(line)]

    def _broken(self, line: LogLine) -> Iterator[tuple[LogLine, str, bool]]:
        """The rows of a line."""
        moment, levels = self._layout
        width = self.size.width - moment - len(GAP) - (1 + len(GAP)) * levels
        if width < NARROWEST or cell_len(line.text) <= width:
            yield line, line.text, True
            return
        for number, part in enumerate(broken(Content(line.text), width)):
            yield line, part.plain, not number

    @property
    def counts(self) -> dict[str, int]:
        """How many lines hold the words, by level: of this one or a graver one."""
        left = sum(self._counts.values())
        found = {}
        for level in self.LEVELS:
            found[level] = left
            left -= self._counts[level]
        return found

    def _count(self) -> None:
        self._counts = dict.fromkeys(self.LEVELS, 0)
        for line in self._lines:
            self._counts[line.level] += self._holds(line)

    def _holds(self, line: LogLine) -> bool:
        if not self._wanted:
            return True
        text = fold(line.text)
        return all(word in text for word in self._wanted)

    def _matches(self, line: LogLine) -> bool:
        return self.LEVELS.index(line.level) >= self._least and self._holds(line)

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._rows))
        if self.follow:
            self.scroll_end(animate=False, immediate=True, x_axis=False)
        self.refresh()

    def on_resize(self) -> None:
        """Breaks the lines for the new width; not when the log is only shown again."""
        if self.size != self._laid_out:
            self._laid_out = self.size
            self._break_lines()
            self._measure()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.follow = new_value >= self.max_scroll_y - 1

    def action_page_down(self) -> None:
        self.scroll_relative(y=self.size.height - 1, animate=False)

    def action_page_up(self) -> None:
        self.scroll_relative(y=1 - self.size.height, animate=False)

    def action_follow_end(self) -> None:
        self.follow = True
        self.scroll_end(animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """One visible line."""
        index = round(self.scroll_offset.y) + y
        width = self.size.width
        if index >= len(self._rows):
            return Strip.blank(width, self._style())
        line, text, first = self._rows[index]
        moment, levels = self._layout
        before = f"{line.at if first else '':<{moment}}{GAP}"
        level = f"{LETTERS[line.level] if first else ' '}{GAP}" if levels else ""
        parts = (before, self._style()), (level, self._style(STYLES[line.level])), (text, self._style())
        return Strip([Segment(*part) for part in parts]).adjust_cell_length(width, self._style())

    def notify_style_update(self) -> None:
        """Forgets looked-up styles when theme or CSS changes."""
        super().notify_style_update()
        self._styles.clear()

    def _style(self, meaning: str = "") -> Style:
        """How text with a meaning looks, or the log itself."""
        style = self._styles.get(meaning)
        if style is None:
            style = self.rich_style
            if meaning:
                style += self.app.stylesheet.parse_style(meaning).rich_style
            self._styles[meaning] = style
        return style
