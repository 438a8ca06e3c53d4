"""The line of the screens that have a key of their own: short names, live counts, always in the same places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from textual import events
from textual.message import Message

from mediatui.tui.widgets.lines import Part, TextLine

MORE_LEFT: Final = "‹"
MORE_RIGHT: Final = "›"
"""Where the row goes on."""
LIT: Final = "$chosen"
QUIET: Final = "$quiet"
GAPS: Final = (2, 1)
"""Blanks between tabs: as many as there is room for."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A screen with a key of its own: its name, that key, its word for people, and what it shows."""

    name: str
    key: str
    word: str = ""
    about: str = ""

    def text(self, count: int | None, *, short: bool = False) -> str:
        """What the tab says, with the count beside it."""
        number = () if count is None else (short_number(count) if short else f"{count:,}",)
        return " ".join(filter(None, (self.key, self.word, *number)))


@dataclass(frozen=True, slots=True)
class TabRow:
    """Tabs ``[first, last)`` and their texts, with so many blanks between; ``more`` when it cannot hold them all."""

    texts: tuple[str, ...]
    first: int
    last: int
    gap: int
    more: bool


def short_number(number: int) -> str:
    """A count in at most four characters below a million: ``999``, ``1.2k``, ``12k``."""
    if number < 1000:
        return f"{number}"
    if number < 10_000:
        return f"{number // 100 / 10:.1f}k"
    return f"{number // 1000}k" if number < 1_000_000 else f"{number // 1_000_000}M"


def fit_tabs(tabs: Sequence[Tab], counts: Mapping[str, int], chosen: str, width: int, first: int = 0) -> TabRow:
    """All tabs where they fit ``width`` cells, counts shortened and blanks left out as far as they have to be. Else as
    many as fit, ``chosen`` among them: from the tab ``first`` on, if that can stay."""
    whole = tuple(tab.text(counts.get(tab.name)) for tab in tabs)
    short = tuple(tab.text(counts.get(tab.name), short=True) for tab in tabs)
    for texts, gap in ((whole, GAPS[0]), (short, GAPS[0]), (short, GAPS[1])):
        if _cells(texts, gap) <= width:
            return TabRow(texts, 0, len(tabs), gap, more=False)
    at = next((number for number, tab in enumerate(tabs) if tab.name == chosen), first)
    gap, room = GAPS[0], width - cell_len(MORE_LEFT + MORE_RIGHT) - 1
    first = max(0, min(first, at, len(tabs) - 1))
    while first < at and _cells(short[first : at + 1], gap) > room:
        first += 1
    last = first + 1
    while last < len(tabs) and _cells(short[first : last + 1], gap) <= room:
        last += 1
    while first and _cells(short[first - 1 : last], gap) <= room:
        first -= 1
    return TabRow(short, first, last, gap, more=True)


def _cells(texts: Iterable[str], gap: int) -> int:
    """How many cells these take, with a blank before the first."""
    return sum(cell_len(text) + gap for text in texts) - gap + 1


class Tabs(TextLine):
    """The line of tabs. Where it cannot hold them all it begins with the one it began with before, for as long as that
    shows the chosen one; ``‹`` and ``›`` say where it goes on, and lead there."""

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, tabs: Sequence[Tab]) -> None:
        super().__init__(id="tabs")
        self._all = tabs
        self._counts: dict[str, int] = {}
        self._chosen = ""
        self._first = 0
        self._spans: list[tuple[int, int, str]] = []

    def count(self, name: str, count: int) -> bool:
        """Takes the count beside a tab; returns whether it changed."""
        changed = self._counts.get(name) != count
        self._counts[name] = count
        return changed

    def show(self, chosen: str, width: int) -> None:
        """Shows the tabs in ``width`` cells, ``chosen`` among them and lit."""
        row = fit_tabs(self._all, self._counts, chosen, width, self._first)
        self._first = row.first
        parts: list[Part] = []
        self._spans = []
        end = 0
        if row.first:
            parts, end = [(MORE_LEFT, "$accent")], 1
            self._spans.append((0, end, self._all[row.first - 1].name))
        elif row.more:
            parts, end = [(" ", "")], 1
        was_lit = False
        for number in range(row.first, row.last):
            lit = self._all[number].name == chosen
            gap = [QUIET] * (row.gap if number > row.first else 1)
            if was_lit:
                gap[0] = LIT
            if lit:
                gap[-1] = LIT
            parts += [(" ", style) for style in gap]
            start = end + len(gap)
            parts.append((row.texts[number], LIT if lit else QUIET))
            end = start + cell_len(row.texts[number])
            self._spans.append((start - 1, end + 1, self._all[number].name))
            was_lit = lit
        parts += [(" ", LIT)] if was_lit else []
        if row.last < len(self._all):
            parts.append((f"{MORE_RIGHT:>{max(1, width - end - was_lit)}}", "$accent"))
            self._spans.append((end + 1, width, self._all[row.last].name))
        self.set_parts(parts)

    def on_click(self, event: events.Click) -> None:
        found = next((name for start, end, name in self._spans if start <= event.x < end), None)
        if found is not None:
            self.post_message(self.Chosen(found))
