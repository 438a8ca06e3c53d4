"""What the colours of a theme are for, and what is asked of them: that they can be read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from rich.color import Color as RichColor
from textual.color import Color

Depth = Literal["truecolor", "256", "16", "none"]
"""How many colours a terminal shows."""
READABLE: Final = 4.5
"""The least contrast of text and what is behind it (WCAG 2)."""


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of one theme, for text, for the ``bar`` of a chart or a scrollbar, and for what is behind text:
    ``cursor`` behind the row under the cursor of the
    list that has the keyboard, ``left`` behind that of a list it has left, ``raised`` behind fields and what is
    chosen."""

    page: str
    text: str
    quiet: str
    accent: str
    ok: str
    attention: str
    broken: str
    bar: str
    cursor: str
    left: str
    raised: str

    @property
    def behind(self) -> tuple[str, ...]:
        """What text with a meaning is shown on."""
        return self.page, self.cursor, self.left, self.raised

    @property
    def said(self) -> tuple[str, ...]:
        """What text is shown in."""
        return self.text, self.quiet, self.accent, self.ok, self.attention, self.broken


def of_256(number: int) -> str:
    """What to ask for so that the terminal is sent the colour of that number (16 to 255): greys are rounded on the
    way to it."""
    if number >= 232:
        grey = round((number - 231) / 25 * 255)
        return f"#{grey:02x}{grey:02x}{grey:02x}"
    return RichColor.from_ansi(number).get_truecolor().hex


def contrast(one: Color, other: Color) -> float:
    """The contrast of two colours as WCAG 2 counts it, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=1024)
def _luminance(colour: Color) -> float:
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
