"""What each meaning looks like: the one place that knows colours. Views name a meaning (``$ok``, ``$quiet``), never a
colour.

Every value is chosen for the colours a terminal has: 16,777,216, 256, 16, or none. At 16 they are the named colours of
the terminal's own palette. Other themes than ours give their hues, which are moved until they can be read.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from textual.theme import Theme

from mediatui.tui.colours import Colours, Depth, of_256
from mediatui.tui.other_themes import colours_of

MEANINGS: Final = (
    "ok", "working", "attention", "broken", "quiet", "accent", "title", "heading", "key", "chosen", "filter", "bar",
)  # fmt: skip
"""The words for a style, each a ``$word`` in what a view shows: four for how something is, one for what matters less,
and the one accent; then the first line of a pane that has the keyboard, a heading within a text, a key to press, the
tab or chip that is chosen, a filter that holds, the bar of a chart."""


# Text is in colours that are among the 256, whose codes are half as long: over SSH that counts.
TRUECOLOR: Final = Colours(
    page="#14171a", text="#dadada", quiet="#9e9e9e", accent="#5fafd7", ok="#87af87", attention="#d7af5f",
    broken="#ff8787", bar="#4a83a3", cursor="#17364a", left="#282f36", raised="#252c33",
)  # fmt: skip
OF_256: Final = Colours(
    page=of_256(233), text=of_256(252), quiet=of_256(247), accent=of_256(74), ok=of_256(108), attention=of_256(179),
    broken=of_256(210), bar=of_256(67), cursor=of_256(17), left=of_256(236), raised=of_256(235),
)  # fmt: skip
# Accent and what stands on it, ok, attention, broken. White on blue cannot be read in most palettes of today, black on
# cyan can; the dark red is too dark on black, cyan and yellow are too bright on white.
NAMED: Final = ("ansi_cyan", "ansi_black", "ansi_green", "ansi_yellow", "ansi_bright_red")
NAMED_ON_LIGHT: Final = ("ansi_blue", "ansi_bright_white", "ansi_green", "ansi_magenta", "ansi_red")
THEME: Final = Theme(
    name="mediatui", primary="#3a7ca5", secondary="#5c8d89", accent=TRUECOLOR.accent, foreground=TRUECOLOR.text,
    background=TRUECOLOR.page, surface=TRUECOLOR.raised, success=TRUECOLOR.ok, warning=TRUECOLOR.attention,
    error=TRUECOLOR.broken, dark=True,
)  # fmt: skip


def at_depth(theme: Theme, depth: Depth) -> Theme:
    """The theme as a terminal of that many colours shows it, with a variable for each of ``MEANINGS``."""
    if depth == "none" or depth == "16" or theme.ansi:
        return _named(theme.name, theme.dark, depth == "none")
    if theme.name == THEME.name:
        return _coloured(theme, OF_256 if depth == "256" else TRUECOLOR)
    return _coloured(theme, colours_of(theme, depth))


def _coloured(theme: Theme, colours: Colours) -> Theme:
    """The theme with these colours in place of its own."""
    words = {
        "ok": colours.ok, "working": colours.accent, "attention": f"bold {colours.attention}",
        "broken": f"bold {colours.broken}", "quiet": colours.quiet, "accent": colours.accent,
        "title": f"bold {colours.accent}", "heading": "bold", "key": f"bold {colours.accent}",
        "chosen": f"bold {colours.text} on {colours.raised}", "filter": f"bold {colours.page} on {colours.accent}",
        "bar": colours.bar,
    }  # fmt: skip
    scrollbars = ("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active")
    widgets = {
        **dict.fromkeys((*scrollbars, "scrollbar-corner-color"), colours.page),
        **dict.fromkeys(("scrollbar", "scrollbar-hover", "scrollbar-active"), colours.bar),
        "input-selection-background": colours.cursor, "text": colours.text,
        "text-muted": colours.quiet, "text-accent": colours.accent, "text-primary": colours.accent,
        "text-success": colours.ok, "text-warning": colours.attention, "text-error": colours.broken,
        "quiet-style": "none", "header-style": "bold", "marked-style": "none",
        "border": colours.accent, "border-blurred": colours.left,
        "block-cursor-foreground": colours.text, "block-cursor-background": colours.cursor,
        "block-cursor-text-style": "bold", "block-cursor-blurred-foreground": colours.text,
        "block-cursor-blurred-background": colours.left, "block-cursor-blurred-text-style": "bold",
    }  # fmt: skip
    return Theme(
        name=theme.name, primary=theme.primary, secondary=theme.secondary, accent=colours.accent,
        foreground=colours.text, background=colours.page, surface=colours.raised, panel=colours.raised,
        success=colours.ok, warning=colours.attention, error=colours.broken, dark=theme.dark,
        variables={**theme.variables, **widgets, **words},
    )  # fmt: skip


@lru_cache(maxsize=64)
def _named(name: str, dark: bool, without: bool) -> Theme:
    """A theme of the 16 colours of the terminal's own palette, on its own background, which is dark or not; ``without``
    any of them. What matters less is dim: bright black is the background itself in some palettes."""
    own = "ansi_default"
    accent, on_accent, ok, attention, broken = NAMED if dark else NAMED_ON_LIGHT
    words = {
        "ok": ok, "working": accent, "attention": f"bold {attention}", "broken": f"bold {broken}", "quiet": "dim",
        "accent": accent, "title": f"bold {accent}", "heading": "bold", "key": f"bold {accent}",
        "chosen": "bold reverse", "filter": f"{on_accent} on {accent}", "bar": accent,
    }  # fmt: skip
    widgets = {
        "text-muted": own, "text-disabled": own, "foreground-disabled": own, "surface-active": own,
        "ansi-background": own, "ansi-foreground": own,
        "quiet-style": "dim", "header-style": "bold", "marked-style": "bold",
        "border": accent, "border-blurred": own, "footer-key-foreground": accent,
        "scrollbar": "ansi_blue", "scrollbar-hover": accent, "scrollbar-active": accent, "scrollbar-background": own,
        "scrollbar-background-hover": own, "scrollbar-background-active": own,
        "block-cursor-foreground": on_accent, "block-cursor-background": accent,
        "block-cursor-text-style": "not bold not dim",
        "block-cursor-blurred-foreground": own, "block-cursor-blurred-background": own,
        "block-cursor-blurred-text-style": "bold underline",
        "input-selection-background": accent, "input-selection-foreground": on_accent,
    }  # fmt: skip
    if without:
        words |= {"title": "bold underline", "key": "bold", "filter": "bold reverse"}
        widgets |= {
            "header-style": "bold underline", "block-cursor-foreground": own, "block-cursor-background": own,
            "block-cursor-text-style": "bold reverse",
        }  # fmt: skip
    return Theme(
        name=name, dark=dark, ansi=True, primary=accent, secondary=accent, accent=accent, success=ok, warning=attention,
        error=broken, foreground=own, background=own, surface=own, panel=own, boost=own,
        variables=widgets | words,
    )  # fmt: skip
