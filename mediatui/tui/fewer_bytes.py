"""What is written to a terminal in fewer bytes: of a style only what is different from the one before, and of a line
only what is to be drawn.

Textual begins each run of one style anew and takes it back behind it, and draws a part of a line from where its widget
begins. Over SSH that is much of what is sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from rich.color import Color
from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip

_STYLE: Final = re.compile(r"\x1b\[([0-9;]*)m")
_NEUTRAL: Final = re.compile(r"(?:\r?\n|\x1b\[\d+;\d+H|\x1b\[\?\d+[hl])+")
"""What no style matters for."""
_BLANK: Final = re.compile(r"(?:\r?\n|\x1b\[\d+;\d+H|\x1b\[\?\d+[hl]| )+")
"""What only shows what is behind it, and weights that are drawn on blanks too."""
_UNSEEN: Final = frozenset({"1", "2", "3"})
"""The weights that are not."""
_PASSED: Final = re.compile(r"(?:\r?\n|\x1b\[\d*(?:;\d+)?H)+(?=\x1b\[\d*(?:;\d+)?H)")
"""Where the cursor is put and nothing written."""
_TO_LINE: Final = re.compile(r"(?:\r?\n)?\x1b\[(\d+);1H")
_OFF: Final = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
"""What takes a weight back."""


class _Style(NamedTuple):
    """What a terminal is told of the text that follows: weights, colour, what is behind it; all as codes."""

    weights: frozenset[str] = frozenset()
    colour: str = ""
    behind: str = ""


_PLAIN: Final = _Style()


class PartsOfLines(ChopsUpdate):
    """Parts of lines, drawn from where they begin."""

    def render_segments(self, console: Console) -> str:
        """What is written to the terminal."""
        out: list[str] = []
        for y, begins, ends in self.spans:
            for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                first, last = max(x, begins), min(end, ends)
                if strip is not None and first < last:
                    out.append(f"\x1b[{y + 1};{first + 1}H{strip.crop(first - x, last - x).render(console)}")
        return "".join(out)


class PartsCompositor(Compositor):
    """Draws no more of a line than what is to be drawn, and asks no widget for a line of which nothing is."""

    _parts: Mapping[int, Sequence[tuple[int, int]]] | None = None
    """From where to where each line is to be drawn, where it is; None: all of them."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """What to write for the parts that changed, None when none did."""
        parts: dict[int, list[tuple[int, int]]] = {}
        for y, begins, ends in self._regions_to_spans(self._dirty_regions):
            parts.setdefault(y, []).append((begins, ends))
        self._parts = parts
        try:
            update = super().render_partial_update()
        finally:
            self._parts = None
        return None if update is None else PartsOfLines(update.chops, update.spans, update.chop_ends)

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """Each run of lines of a widget that are to be drawn, from the widgets in front to those behind."""
        whole = self.size.region if crop is None else crop
        parts = dict.fromkeys(whole.line_range, (whole.column_span,)) if self._parts is None else self._parts
        covered: dict[int, list[tuple[int, int]]] = {}
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            for first, last in _runs(y for y in seen.line_range if _is_wanted(y, seen, parts, covered)):
                lines = Region(seen.x, first, seen.width, last - first)
                yield region, lines, widget.render_lines(lines.translate(-region.offset))


def _is_wanted(
    y: int, seen: Region, parts: Mapping[int, Sequence[tuple[int, int]]], covered: dict[int, list[tuple[int, int]]]
) -> bool:
    """Whether something of what is seen of a widget on a line is to be drawn and not ``covered`` by what is in front
    of it; what is wanted covers what is behind it."""
    begins, ends = seen.column_span
    if not any(first < ends and begins < last for first, last in parts.get(y, ())):
        return False
    before = covered.setdefault(y, [])
    if any(first <= begins and ends <= last for first, last in before):
        return False
    beside = [span for span in before if span[0] <= ends and begins <= span[1]]
    apart = [span for span in before if span not in beside]
    beside.append(seen.column_span)
    covered[y] = [*apart, (min(first for first, _ in beside), max(last for _, last in beside))]
    return True


def _runs(lines: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Lines, in order, as runs ``[first, last)``."""
    first = last = -1
    for y in lines:
        if y != last:
            if last > first:
                yield first, last
            first = y
        last = y + 1
    if last > first:
        yield first, last


def shorten(written: str) -> str:
    """The same for the eye in fewer bytes. No style may hold when it begins, and none does when it ends."""
    parts = _STYLE.split(written)
    if len(parts) == 1:
        return written
    shown = wanted = _PLAIN
    out: list[str] = []
    last = len(parts) - 1
    for at, part in enumerate(parts):
        if at % 2:
            wanted = _after(wanted, part)
        elif part or at == last:
            if wanted != shown and (at == last or not _looks_alike(part, shown, wanted)):
                out.append(f"\x1b[{_change(shown, wanted)}m")
                shown = wanted
            out.append(_TO_LINE.sub("\x1b[\\1H", part) if "\x1b" in part else part)
    return _PASSED.sub("", "".join(out))


def _looks_alike(part: str, one: _Style, other: _Style) -> bool:
    """Whether a part looks the same in both styles."""
    if one.behind == other.behind and one.weights | other.weights <= _UNSEEN:
        return _BLANK.fullmatch(part) is not None
    return _NEUTRAL.fullmatch(part) is not None


@lru_cache(maxsize=4096)
def _after(style: _Style, codes: str) -> _Style:
    """The style once these codes were read."""
    weights, colour, behind = set(style.weights), style.colour, style.behind
    rest = iter((codes or "0").split(";"))
    for code in rest:
        if code in ("38", "48"):
            kind = next(rest, "5")
            value = ";".join([code, kind, *(next(rest, "0") for _ in range(3 if kind == "2" else 1))])
            value = _short_colours().get(value, value)
            colour, behind = (value, behind) if code == "38" else (colour, value)
        elif code in ("", "0"):
            weights, colour, behind = set(), "", ""
        elif code[:-1] in ("3", "9") and code != "39":
            colour = code
        elif code[:-1] in ("4", "10") and code != "49":
            behind = code
        elif code == "39":
            colour = ""
        elif code == "49":
            behind = ""
        else:
            weights.add(code)
    return _Style(frozenset(weights), colour, behind)


@lru_cache(maxsize=4096)
def _change(shown: _Style, wanted: _Style) -> str:
    """The codes that lead from one style to another."""
    gone = shown.weights - wanted.weights
    whole = [*sorted(wanted.weights), *filter(None, (wanted.colour, wanted.behind))]
    if wanted == _PLAIN or not gone <= _OFF.keys() or (gone & {"1", "2"} and wanted.weights & {"1", "2"}):
        return ";".join(["0", *whole])
    codes = sorted({_OFF[weight] for weight in gone}) + sorted(wanted.weights - shown.weights)
    codes += [wanted.colour or "39"] if wanted.colour != shown.colour else []
    codes += [wanted.behind or "49"] if wanted.behind != shown.behind else []
    return min(";".join(codes), ";".join(["0", *whole]), key=len)


@lru_cache(maxsize=1)
def _short_colours() -> dict[str, str]:
    """The shorter codes of colours that are among the 256, but for those that some make their own."""
    short: dict[str, str] = {}
    for number in range(22, 256):
        red, green, blue = Color.from_ansi(number).get_truecolor()
        for kind in ("38", "48"):
            short.setdefault(f"{kind};2;{red};{green};{blue}", f"{kind};5;{number}")
    return short
