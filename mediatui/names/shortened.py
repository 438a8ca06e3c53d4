"""Names and paths cut to a width so that what tells them apart stays."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

from mediatui.model.cells import ELLIPSIS, CellWidth, cell_width, cut_end, first_cells, last_cells
from mediatui.names.landmarks import Span, landmarks

HEAD: Final = 8
"""Cells of the beginning that are kept before anything but the landmarks is."""
TAIL: Final = 8
"""The longest end, in cells, that is kept whole: a group, an extension."""
WORTH_CUTTING: Final = 3
"""A beginning that names share is cut where that is more than these characters shorter."""
_SHARED_FROM: Final = 24
"""The least width, in cells, in which the beginning that a name shares with others is hinted at."""
_SEPARATORS: Final = " ._-[]()"


def shorten(name: str, cells: int, shared: int = 0, width_of: CellWidth = cell_width) -> str:
    """A name of a file or a release in at most ``cells``: cut where it says least, with an ellipsis.

    What numbers it (``S01E02``, else the year) and the resolution stay whole where they fit, then its end, then as much
    as fits of the title and of what stands between. The first ``shared`` characters are those of every name it is shown
    among: they are cut first.
    """
    if name.isascii():
        width_of = len
    if width_of(name) <= cells:
        return name
    name = unicodedata.normalize("NFC", name)
    body = name.lstrip(" ")
    indent = len(name) - len(body)
    if indent and cells - indent > HEAD:
        return name[:indent] + shorten(body, cells - indent, max(0, shared - indent), width_of)
    marks = landmarks(name)
    shared = min(shared, *(start for start, _ in marks)) if marks else shared
    if shared > HEAD + WORTH_CUTTING and cells >= _SHARED_FROM:
        head = first_cells(name, HEAD, width_of)
        rest = name[shared:]
        room = cells - width_of(head) - 1
        if _needed(name, marks[:2], width_of) <= room:
            return head + ELLIPSIS + shorten(rest, room, 0, width_of).removeprefix(ELLIPSIS)
    return _cut_around(name, _kept(name, marks, cells, width_of), cells, width_of)


def shorten_path(
    path: str, cells: int, shared: int = 0, width_of: CellWidth = cell_width, *, folders: bool = False
) -> str:
    """A path in at most ``cells``: where it does not fit, its last part alone, as ``shorten`` has it, and before one
    that has no number of its own (with ``folders`` before any) the folders that fit. The first ``shared`` characters,
    folders of every path it is shown among, are left out first."""
    if width_of(path) <= cells:
        return path
    own = path[shared:]
    before = f"{ELLIPSIS}/" if 0 < shared < len(path) else ""
    if width_of(before + own) <= cells:
        return before + own
    *above, name = own.split("/")
    if above or before:
        before = f"{ELLIPSIS}/"
    if cells <= HEAD:
        return shorten(name, cells, 0, width_of)
    if folders or not landmarks(unicodedata.normalize("NFC", name)):
        while above and width_of(f"{before}{above[-1]}/{name}") <= cells:
            name = f"{above.pop()}/{name}"
    room = cells - len(before)
    return before + (name if width_of(name) <= room else shorten(name, room, 0, width_of))


def _needed(name: str, marks: Sequence[Span], width_of: CellWidth) -> int:
    """The cells that some parts of a name take with the ellipses around them."""
    return sum(width_of(name[start:end]) for start, end in marks) + len(marks) + 1


def _kept(name: str, marks: Sequence[Span], cells: int, width_of: CellWidth) -> list[Span]:
    """The landmarks that fit, in the order of the name; the third only where a beginning and an end fit, too."""
    kept: list[Span] = []
    for number, mark in enumerate(marks):
        spare = 0 if number < 2 else HEAD + TAIL
        if _needed(name, [*kept, mark], width_of) + spare <= cells:
            kept.append(mark)
    return sorted(kept)


def _cut_around(name: str, kept: Sequence[Span], cells: int, width_of: CellWidth) -> str:
    """The kept parts, and of the gaps before, between and behind them as much as fits: first a little of the beginning
    and the end, then the rest of the beginning, then the gaps from the left."""
    if not kept:
        return _cut_middle(name, cells, width_of)
    edges = [0, *(edge for span in kept for edge in span), len(name)]
    gaps = [name[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
    widths = [width_of(gap) for gap in gaps]
    given = [0] * len(gaps)
    room = cells - sum(width_of(name[start:end]) for start, end in kept)
    last = len(gaps) - 1
    tail = _tail_width(gaps[last], width_of)
    # What one gap takes whole leaves its ellipsis to another: hence a second round.
    left = room - sum(width > 0 for width in widths)  # after an ellipsis for each gap
    for at, want in ((0, HEAD), (last, tail), *enumerate(widths), *enumerate(widths)):
        if given[at] == widths[at]:
            continue
        free = left + given[at]
        if widths[at] <= min(free + 1, want):
            more = widths[at] - given[at]
            left += 1  # its ellipsis
        elif (at, want) != (last, tail) or free >= tail:  # a part of the end says nothing
            more = max(0, min(free, want, widths[at] - 1) - given[at])
        else:
            continue
        given[at] += more
        left -= more
    parts = [_cut_gap(gap, given[at], widths[at], width_of, from_end=at == last) for at, gap in enumerate(gaps)]
    marks = [name[start:end] for start, end in kept]
    return "".join(part + mark for part, mark in zip(parts, [*marks, ""], strict=True))


def _cut_gap(gap: str, cells: int, whole: int, width_of: CellWidth, *, from_end: bool) -> str:
    if cells >= whole:
        return gap
    return ELLIPSIS + last_cells(gap, cells, width_of) if from_end else first_cells(gap, cells, width_of) + ELLIPSIS


def _cut_middle(name: str, cells: int, width_of: CellWidth) -> str:
    """A name without landmarks: its beginning, and a third for its end."""
    if cells <= HEAD:
        return cut_end(name, cells, width_of)
    tail = last_cells(name, max(_tail_width(name, width_of), cells // 3), width_of)
    return first_cells(name, cells - 1 - width_of(tail), width_of) + ELLIPSIS + tail


def _tail_width(text: str, width_of: CellWidth) -> int:
    """The cells of the end that is kept: the group or the extension with what parts it, else the last few."""
    at = max(text[:-1].rfind(separator) for separator in _SEPARATORS) if text else -1
    width = width_of(text[at:]) if at >= 0 else width_of(text)
    return width if width <= TAIL else TAIL - 2
