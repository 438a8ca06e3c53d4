"""How many colours the terminal shows, and the app that draws with so many and no others."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from typing import Final, Literal, get_args

from rich.color import ColorSystem
from textual.app import App
from textual.filter import Monochrome, NoColor
from textual.reactive import Reactive
from textual.theme import Theme

from mediatui.tui.colours import Depth
from mediatui.tui.theme import THEME, at_depth

Wanted = Literal["auto", "truecolor", "256", "16", "none"]
"""What the setting ``ui.colors`` may say."""
CODES: Final = {
    "truecolor": ColorSystem.TRUECOLOR,
    "256": ColorSystem.EIGHT_BIT,
    "16": ColorSystem.STANDARD,
    "none": ColorSystem.STANDARD,
}


def depth_of(environment: Mapping[str, str], described: int | None) -> Depth:
    """How many colours a terminal shows, by its environment and what its description (terminfo) says, None without one.

    COLORTERM is not believed inside GNU screen, which inherits it and does not understand such colours; tmux does, and
    turns them into what its own terminal has. A terminal nobody describes has 16 colours.
    """
    term = environment.get("TERM", "").strip().lower()
    if "NO_COLOR" in environment or term in ("dumb", "unknown"):
        return "none"
    in_screen = "STY" in environment and "TMUX" not in environment
    if environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit") and not in_screen:
        return "truecolor"
    if term.endswith("-direct"):
        return "truecolor"
    if "256color" in term or term.endswith("-kitty") or (described or 0) >= 256:
        return "256"
    return "none" if described is not None and described < 8 else "16"


def described_colours(term: str) -> int | None:
    """How many colours the description of a kind of terminal names; None when this machine has none of it."""
    with contextlib.suppress(ImportError):
        import curses

        with contextlib.suppress(curses.error), open(os.devnull, "w") as nowhere:
            curses.setupterm(term, nowhere.fileno())
            return max(0, curses.tigetnum("colors"))
    return None


class ColouredApp(App[int]):
    """An app whose themes are drawn as the terminal can show them."""

    theme: Reactive[str] = Reactive(THEME.name)

    def __init__(self) -> None:
        environment = dict(os.environ)
        self._found = depth_of(environment, described_colours(environment.get("TERM", "")))
        self.depth: Depth = self._found
        self._themes: dict[tuple[str, Depth], Theme | None] = {}
        super().__init__()
        self.register_theme(THEME)
        self._use_codes()

    def begin_with(self, colors: str, theme: str) -> None:
        """Says before the app runs what is configured, checked or not: its first frame is drawn so already, as far as
        there is such a thing."""
        self.depth = next((self._depth(wanted) for wanted in get_args(Wanted) if wanted == colors), self._found)
        self._use_codes()
        if theme in self.available_themes:
            self.set_reactive(App.theme, theme)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_theme(self, theme_name: str) -> Theme | None:
        """The theme of that name with the colours of this terminal. It is asked for with every line that is drawn."""
        key = (theme_name, self.depth)
        if key not in self._themes:
            theme = THEME if theme_name == THEME.name else super().get_theme(theme_name)
            self._themes[key] = None if theme is None else at_depth(theme, self.depth)
        return self._themes[key]

    def register_theme(self, theme: Theme) -> None:
        """Adds a theme, or puts it in place of the one of its name."""
        self._themes.clear()
        super().register_theme(theme)

    def show_theme(self, name: str) -> None:
        """Shows these colours, until others are chosen."""
        if name in self.available_themes:
            self.theme = name

    def force_colours(self, wanted: Wanted) -> None:
        """Draws with so many colours from now on; ``auto``, and NO_COLOR in any case: with what the terminal shows."""
        depth = self._depth(wanted)
        if depth != self.depth:
            self.depth = depth
            self._use_codes()
            self._watch_theme(self.theme)

    def _depth(self, wanted: Wanted) -> Depth:
        return self._found if wanted == "auto" or "NO_COLOR" in os.environ else wanted

    def _use_codes(self) -> None:
        """Has styles written in the codes of the depth."""
        self.console._color_system = CODES[self.depth]
        self.no_color = self.depth == "none"
        self._filters[:] = [one for one in self._filters if not isinstance(one, NoColor | Monochrome)]
        if self.no_color:
            self._filters.append(NoColor())
