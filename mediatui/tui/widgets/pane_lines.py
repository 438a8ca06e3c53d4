"""Lines of a pane made to fit its width: sentences and paths broken where they part, entries of a list on one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len
from textual.content import Content

from mediatui.commands.columns import cut_cell
from mediatui.model.cells import cut_middle, first_cells

GAP = "  "
MOST_CUT_WELL = 100
"""Of more entries than this names are cut in the middle: to read each of them would take too long."""
_HANGING = re.compile(r" *\S+ {2,}|[ →←▾]+")
_MOST_HANGING = 14
_PARTS = (" ", "/"), tuple("._-")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a folder on one line: what stands ``before`` its name, its size (empty: none), and what is left out
    where there is no room for it."""

    before: str
    name: str
    size: str = ""
    more: str = ""


PaneLine = Content | Entry


def fit_lines(lines: Iterable[PaneLine], width: int) -> Iterator[Content]:
    """The lines as they are drawn in ``width`` cells; as they are when that is not known (0)."""
    for is_entry, group in groupby(lines, lambda line: isinstance(line, Entry)):
        if is_entry:
            yield from _entries([line for line in group if isinstance(line, Entry)], width)
        else:
            for line in group:
                if isinstance(line, Content):
                    yield from broken(line, width) if width else (line,)


def _entries(entries: Sequence[Entry], width: int) -> Iterator[Content]:
    """Entries one below the other: names cut to what the sizes leave, these at the right of the longest name."""
    sizes = max(cell_len(entry.size) for entry in entries)
    names = max(cell_len(entry.before + entry.name) for entry in entries)
    more = max(cell_len(entry.more) for entry in entries)
    used = len(GAP) + sizes if sizes else 0
    with_more = not width or names + used + (len(GAP) + more if more else 0) <= width
    room = names if not width else max(1, min(names, width - used))
    for entry in entries:
        own = max(1, room - cell_len(entry.before))
        if len(entries) <= MOST_CUT_WELL:
            name = cut_cell(entry.name, "name", own, 0, cell_len)
        else:
            name = cut_middle(entry.name, own, cell_len)
        text = entry.before + name
        behind = f"{' ' * (room - cell_len(text))}{GAP}{entry.size:>{sizes}}" if entry.size else ""
        yield Content.assemble(text, (behind + (f"{GAP}{entry.more}" if with_more and entry.more else ""), "$quiet"))


def broken(line: Content, width: int) -> Iterator[Content]:
    """A line in lines of ``width`` cells: broken behind a blank or a slash, else behind a point or a hyphen, and only
    where there is none of these within a word. What follows stands below the text, not below its label."""
    match = _HANGING.match(line.plain)
    indent = match.end() if match is not None and match.end() <= min(_MOST_HANGING, width // 3) else 0
    blank = ""
    while cell_len(line.plain) > width - len(blank):
        at = _break_at(line.plain, width - len(blank))
        head, line = line.divide([at])[0], line[at:]
        yield Content.assemble(blank, head.rstrip()) if blank else head.rstrip()
        line = line[len(line.plain) - len(line.plain.lstrip(" ")) :]
        blank = " " * indent
    yield Content.assemble(blank, line) if blank else line


def _break_at(text: str, cells: int) -> int:
    """Where to break a text that is longer than ``cells``."""
    fits = len(first_cells(text, cells, cell_len)) or 1
    for parts in _PARTS:
        at = max(text.rfind(part, 0, fits + (part == " ")) for part in parts) + 1
        if at > fits // 3:
            return min(at, fits + 1)
    return fits
