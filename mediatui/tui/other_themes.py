"""The colours of a theme that is not ours: its hues, moved until they can be read on everything they are shown on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from textual.color import Color
from textual.theme import Theme

from mediatui.tui.colours import READABLE, Colours, Depth, contrast, of_256

SEEN: Final = {"raised": 45.0, "left": 65.0, "cursor": 80.0}
"""How far what is behind some text is from the page, at least."""
APART: Final = 60.0
"""How far the accent is from a colour with a meaning, at least, when the theme has one that is."""
GREY: Final = 0.3
"""A colour of less saturation is a grey."""
HUES: Final = ("background", "foreground", "primary", "secondary", "accent", "warning", "error", "success")


def colours_of(theme: Theme, depth: Depth) -> Colours:
    """The colours of a theme at ``truecolor`` or ``256``."""
    values = theme.to_color_system().generate()
    return _moved(depth == "256", theme.dark, tuple(values[name] for name in HUES))


@lru_cache(maxsize=64)
def _moved(few: bool, dark: bool, values: tuple[str, ...]) -> Colours:
    of = dict(zip(HUES, map(Color.parse, values), strict=True))
    page = _nearest(of["background"], _all_256()) if few else of["background"]
    far = Color.parse("#ffffff" if dark else "#000000")

    def seen(tint: Color, least: float) -> Color:
        """A tint laid over the page until it is seen there."""
        for share in range(3, 50):
            colour = page.blend(tint, share / 50)
            colour = _nearest(colour, _all_256()) if few else colour
            if _distance(colour, page) >= least:
                break
        return colour

    left, raised = seen(of["foreground"], SEEN["left"]), seen(of["foreground"], SEEN["raised"])
    cursor = seen(of["primary"], SEEN["cursor"])
    if few:
        seen_there = [one for one in _all_256() if _distance(one, page) >= SEEN["cursor"] and contrast(one, page) < 1.5]
        apart = [one for one in seen_there if _distance(one, left) >= SEEN["raised"]]
        cursor = _nearest_hue(cursor, of["primary"], apart)
    behind = (page, left, raised, cursor)
    few_readable = [one for one in _all_256() if _least_contrast(one, behind) >= READABLE] if few else []

    def readable(colour: Color) -> str:
        if few:
            return _nearest_hue(colour, colour, few_readable).hex6
        steps = (colour.blend(far, step / 20) for step in range(20))
        return next((one for one in steps if _least_contrast(one, behind) >= READABLE), far).hex6

    meant = [of["warning"], of["error"], of["success"]]
    accents = [of["accent"], of["primary"], of["secondary"]]
    accent = next((one for one in accents if all(_distance(one, other) > APART for other in meant)), of["primary"])
    bar = page.blend(Color.parse(readable(accent)), 0.7)
    bar = _nearest(bar, _all_256()) if few else bar
    return Colours(
        page=page.hex6, text=readable(of["foreground"]), quiet=readable(of["foreground"].blend(page, 0.3)),
        accent=readable(accent), ok=readable(of["success"]), attention=readable(of["warning"]),
        broken=readable(of["error"]), bar=bar.hex6, cursor=cursor.hex6, left=left.hex6, raised=raised.hex6,
    )  # fmt: skip


def _least_contrast(colour: Color, behind: Iterable[Color]) -> float:
    return min(contrast(colour, one) for one in behind)


@lru_cache(maxsize=1)
def _all_256() -> tuple[Color, ...]:
    return tuple(Color.parse(of_256(number)) for number in range(16, 256))


def _nearest(colour: Color, among: Sequence[Color]) -> Color:
    """The one that looks most like a colour."""
    return min(among, key=lambda one: _distance(one, colour))


def _nearest_hue(colour: Color, hue: Color, among: Sequence[Color]) -> Color:
    """The one that looks most like a colour, of those of a hue if that is one and there are any."""
    wanted = hue.hsl
    if wanted.s < GREY:
        return _nearest(colour, among)
    of_hue = [one for one in among if one.hsl.s >= GREY and abs((one.hsl.h - wanted.h + 0.5) % 1 - 0.5) <= 1 / 12]
    return _nearest(colour, of_hue or among)


def _distance(one: Color, other: Color) -> float:
    """How far apart two colours look, 0 to 765 (redmean)."""
    red = (one.r + other.r) / 2
    parts = ((2 + red / 256, one.r - other.r), (4, one.g - other.g), (2 + (255 - red) / 256, one.b - other.b))
    return math.sqrt(sum(weight * by * by for weight, by in parts))
