"""A menu of one key: the line of the prompt, or a list above it, from which one key takes one choice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from mediatui.model.text import cut_middle, printable
from mediatui.tui.widgets.columns import fit
from mediatui.tui.widgets.lines import Part, pairs

BACK: Final = ("escape", "backspace", "ctrl+h")
STEPS: Final = {
    "down": 1, "right": 1, "tab": 1, "up": -1, "left": -1, "shift+tab": -1,
    "home": -(10**6), "end": 10**6, "pagedown": 5, "pageup": -5,
}  # fmt: skip
LEFT_FOR_THE_PAGE: Final = 6
"""How many rows of the screen a list leaves to what is behind it, the tabs and the lines below among them."""

MOST_SUGGESTED: Final = 9
"""How many rows of what fits are listed at once."""
LONGEST_BESIDE: Final = 20
"""What is said of a choice stands beside it on one line up to so many characters; sentences make it a list."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: the key that takes it (a character; empty: only arrows and the mouse), its word, what is
    said of it, and the name it is taken by, where that is not the word."""

    key: str
    word: str
    note: str = ""
    name: str = ""

    @property
    def taken_as(self) -> str:
        """What is handed on when it is taken."""
        return self.name or self.word


@dataclass(frozen=True, slots=True)
class Extra:
    """A key that does something else with the choice under the cursor: such as removing it. The menu is closed first,
    unless it ``stays``."""

    key: str
    word: str
    act: Callable[[str], None]
    stays: bool = False


def choices_of(words: Iterable[str], notes: Sequence[str] = ()) -> list[Choice]:
    """Words as choices, each under the first of its letters that no word before it has; ``notes`` stand beside them."""
    taken: set[str] = set()
    choices = []
    for at, word in enumerate(words):
        key = next((letter for letter in word.lower() if letter.isalnum() and letter not in taken), "")
        taken.add(key)
        choices.append(Choice(key, word, notes[at] if at < len(notes) else ""))
    return choices


class ChoiceRows(Widget):
    """Choices one below the other, above the prompt and over what is behind them; one of them has the cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"menu--title", "menu--key", "menu--word", "menu--note", "menu--cursor"}

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._choices: list[Choice] = []
        self._at = 0
        """The choice under the cursor; -1 where none is."""
        self._first = 0

    @property
    def most_rows(self) -> int:
        """How many choices there is room for."""
        return max(1, self.app.size.height - LEFT_FOR_THE_PAGE)

    @property
    def rows(self) -> int:
        """How many choices are in sight at once."""
        return max(1, min(len(self._choices), self.most_rows))

    def set_height(self, height: int) -> None:
        """Takes so many rows; nothing is laid out again when it has them."""
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height

    def show_cursor(self) -> bool:
        """Has the list begin so that the cursor is in it; whether that changed."""
        first = max(self._at - self.rows + 1, min(self._first, max(self._at, 0), len(self._choices) - self.rows), 0)
        changed, self._first = first != self._first, first
        return changed

    def style(self, name: str, *, cursor: bool = False) -> Style:
        """How a part looks."""
        style = self.rich_style + self.get_component_rich_style(f"menu--{name}", partial=True)
        return style + self.get_component_rich_style("menu--cursor", partial=True) if cursor else style

    def draw_edge(self, width: int, text: str = "") -> Strip:
        """The line between the page and the list, with a text at its end."""
        return Strip([Segment("─" * (width - len(text)) + text, self.style("note"))], width)

    def draw_row(self, at: int, width: int) -> Strip:
        """A choice: its key, its word, what is said of it."""
        if not 0 <= at < len(self._choices):
            return Strip.blank(width, self.rich_style)
        one, here = self._choices[at], at == self._at
        words = min(max(cell_len(printable(each.word)) for each in self._choices), width // 2)
        keys = max(len(each.key) for each in self._choices)
        segments = [
            Segment(" ▌" if here else "  ", self.style("key", cursor=here)),
            Segment(f"{one.key:<{keys}}  " if keys else "", self.style("key", cursor=here)),
            Segment(fit(printable(one.word), words, "end") + "  ", self.style("word", cursor=here)),
        ]
        room = max(1, width - sum(segment.cell_length for segment in segments))
        segments.append(Segment(fit(printable(one.note, empty=""), room, "end"), self.style("note", cursor=here)))
        return Strip(segments).adjust_cell_length(width, self.style("word", cursor=here))


class Suggestions(ChoiceRows):
    """What would fit what is being typed. It is walked from the field, or clicked."""

    def __init__(self, take: Callable[[int], None]) -> None:
        """``take`` is called with the number of the one that was clicked."""
        super().__init__(id="suggestions")
        self._few = False
        self._take = take

    def show(self, choices: Sequence[Choice], at: int, *, few: bool) -> None:
        """Lists these, the cursor on one of them (-1: on none), ``few`` in sight at once; without any it goes."""
        self._few = few
        self._choices, self._at = list(choices), at
        if choices:
            self.set_height(self.rows + 1)
            self.show_cursor()
        self.display = bool(choices)
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if event.y:
            self._take(self._first + event.y - 1)

    @property
    def most_rows(self) -> int:
        """How many there is room for."""
        return min(super().most_rows, MOST_SUGGESTED) if self._few else super().most_rows

    def render_line(self, y: int) -> Strip:
        """A line of it."""
        width, rows = self.size.width, len(self._choices)
        if y:
            return self.draw_row(self._first + y - 1, width)
        part = f" {self._first + 1:,}-{self._first + self.rows:,} of {rows:,} " if self.rows < rows else ""
        return self.draw_edge(width, part)


class Menu(ChoiceRows, can_focus=True):
    """What can be chosen, over the prompt: on one line where that holds it all, else as a list whose last line is the
    title. The page behind it stays where it is."""

    def __init__(self, answer: Callable[[str | None, Extra | None], None]) -> None:
        """``answer`` is called at once with the name of what was taken (None: nothing), and the extra key if it was
        one: a message would come behind keys that are already waiting."""
        super().__init__(id="menu")
        self._answer = answer
        self.title = ""
        """What is chosen."""
        self._extras: Sequence[Extra] = ()
        self._moved: Callable[[str], None] | None = None
        self._line: list[tuple[int, int]] = []

    # What is offered

    def offer(
        self,
        title: str,
        choices: Sequence[Choice],
        *,
        at: str = "",
        extras: Sequence[Extra] = (),
        moved: Callable[[str], None] | None = None,
    ) -> None:
        """Offers choices, the cursor on the one that is taken as ``at``; ``moved`` is called with the name of each
        that the cursor comes to, and the list then leaves room for what that shows."""
        self.title = printable(title, empty="")
        self._choices, self._extras, self._moved = list(choices), extras, moved
        self._at = next((number for number, one in enumerate(choices) if one.taken_as == at), 0)
        self._arrange()

    def note(self, notes: Mapping[str, str]) -> None:
        """Says more of the choices of these names, while the menu is open."""
        self._choices = [
            Choice(one.key, one.word, notes.get(one.taken_as, one.note), one.name) for one in self._choices
        ]
        self._arrange()

    def _arrange(self) -> None:
        """One line, or a list."""
        self._line = []
        end = 1 + cell_len(self.title) + 2
        for one in self._choices:
            start, end = end, end + cell_len(_on_line(one)) + 2
            self._line.append((start, end - 2))
        if end - 2 > self.app.size.width - 1 or any(len(one.note) > LONGEST_BESIDE for one in self._choices):
            self._line = []
        self.set_height(1 if self._line else self.rows + 2)
        self.show_cursor()
        self.refresh()

    @property
    def rows(self) -> int:
        """How many choices are in sight at once; few where the page behind shows what the cursor is on."""
        return super().rows if self._moved is None else min(super().rows, max(1, self.most_rows // 3))

    def on_resize(self) -> None:
        if self.display:
            self._arrange()

    @property
    def keys(self) -> list[Part]:
        """What the keys line says while it is open."""
        arrows = "←→" if self._line else "↑↓"
        extras = [(one.key, one.word) for one in self._extras]
        return pairs((arrows, "move"), ("enter", "take"), *extras, ("esc", "back"))

    # Keys and clicks

    def press(self, event: events.Key) -> None:
        """Takes a key, whatever it is: none is for what is behind the menu."""
        event.stop()
        event.prevent_default()
        pressed = event.character if event.is_printable else event.key
        taken = next((one for one in self._choices if one.key and one.key == pressed), None)
        extra = next((one for one in self._extras if one.key in (pressed, event.key)), None)
        here = self._choices[self._at].taken_as if self._choices else None
        if event.key in BACK:
            self._answer(None, None)
        elif taken is not None:
            self._answer(taken.taken_as, None)
        elif event.key == "enter":
            self._answer(here, None)
        elif extra is not None and extra.stays and here is not None:
            extra.act(here)
        elif extra is not None:
            self._answer(here, extra)
        elif event.key in STEPS:
            self._move(STEPS[event.key])

    def _move(self, by: int) -> None:
        last = len(self._choices) - 1
        at = self._at + by
        if abs(by) == 1 and last >= 0:
            at %= last + 1
        before, self._at = self._at, max(0, min(at, last))
        if self._moved is not None and before != self._at:
            self._moved(self._choices[self._at].taken_as)
        if self._line or self.show_cursor():
            self.refresh()
        elif before != self._at:
            self.refresh(*(Region(0, 1 + row - self._first, self.size.width, 1) for row in (before, self._at)))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if self._line:
            found = next((at for at, (start, end) in enumerate(self._line) if start <= event.x < end), None)
        else:
            found = self._first + event.y - 1 if 1 <= event.y <= self.rows else None
        if found is not None and found < len(self._choices):
            self._answer(self._choices[found].taken_as, None)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._move(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._move(-1)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """A line of it."""
        width = self.size.width
        if self._line:
            return self._draw_line(width)
        if y == 0:
            return self.draw_edge(width)
        if y == self.rows + 1:
            return self._draw_title(width)
        return self.draw_row(self._first + y - 1, width)

    def _draw_line(self, width: int) -> Strip:
        segments = [Segment(f" {self.title}  ", self.style("title"))]
        for at, one in enumerate(self._choices):
            here = at == self._at
            segments.append(Segment(one.key, self.style("key", cursor=here)))
            segments.append(Segment(f"{' ' * bool(one.key)}{printable(one.word)}", self.style("word", cursor=here)))
            if one.note:
                segments.append(Segment(f" {printable(one.note)}", self.style("note", cursor=here)))
            segments.append(Segment("  ", self.rich_style))
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _draw_title(self, width: int) -> Strip:
        rows, all_rows = self.rows, len(self._choices)
        part = f"  {self._first + 1:,}-{self._first + rows:,} of {all_rows:,}" if rows < all_rows else ""
        text = f" {cut_middle(self.title, width - 2 - len(part))}{part}"
        return Strip([Segment(set_cell_size(text, width), self.style("title"))], width)


def _on_line(choice: Choice) -> str:
    """A choice as it stands on one line."""
    return " ".join(filter(None, (choice.key, printable(choice.word), printable(choice.note, empty=""))))
