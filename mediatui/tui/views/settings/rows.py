"""The settings as rows: groups, settings with their values, and the entries of lists that are unfolded."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from mediatui.model.text import fold, printable
from mediatui.settings import Loaded, SettingKey
from mediatui.settings.entries import EntryLine, entry_lines, is_one_line, summary
from mediatui.settings.groups import Place, grouped
from mediatui.settings.keys import default_value, plain_value
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.rows import Row

COLUMNS: Final[tuple[AnyColumn, ...]] = (
    Column("Setting"),
    Column("Value", cut="end", least=22, most=30),
    Column("Default", cut="end", least=12, most=12, rank=1),
    Column("What it is", cut="end", least=34, rank=2),
)
VALUE: Final = 1
"""The place of the value among the columns."""
NOTHING: Final = "–"
"""A value that is empty."""
ACCENT: Final = "accent"
"""How a value looks that is not the default."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row: the heading of a group, a setting, or an entry of a list of one."""

    group: str
    place: Place | None = None
    entry: EntryLine | None = None
    value: object = ""
    default: object = ""
    origin: str = ""

    @property
    def key(self) -> SettingKey | None:
        """The setting it is about; None for a heading."""
        return None if self.place is None else self.place.key

    @property
    def changed(self) -> bool:
        """Whether the value is another than the default."""
        return self.value != self.default


def value_text(key: SettingKey, value: object) -> str:
    """A value as it is read."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list) and is_one_line(key):
        return shlex.join(map(str, value)) or NOTHING
    if isinstance(value, list | dict):
        return printable(summary(key, value), empty=NOTHING)
    if isinstance(value, int | float):
        return f"{value:,}" if isinstance(value, int) else f"{value:g}"
    return printable(str(value), empty=NOTHING)


class SettingRows:
    """A RowSource; ``words`` narrow it, ``unfolded`` are the lists whose entries are shown."""

    def __init__(self) -> None:
        self._loaded: Loaded | None = None
        self._lines: list[tuple[int, Line]] = []
        self._positions: dict[int, int] = {}
        self._numbers: dict[tuple[str, str, str], int] = {}
        self.words = ""
        self.unfolded: set[str] = set()
        self.settings = 0
        """How many settings are shown."""
        self.changed = 0
        """How many of them are not the default."""

    def take(self, loaded: Loaded) -> None:
        """Shows these values."""
        self._loaded = loaded
        self.arrange()

    def arrange(self) -> None:
        """Lists what is wanted now."""
        lines = list(self._wanted()) if self._loaded is not None else []
        self._lines = [(self._number(line), line) for line in lines]
        self._positions = {number: position for position, (number, _) in enumerate(self._lines)}
        shown = [line for line in lines if line.place is not None and line.entry is None]
        self.settings, self.changed = len(shown), sum(line.changed for line in shown)

    def _number(self, line: Line) -> int:
        """A number that stays with a row."""
        name = line.key.name if line.key else line.group
        at = f"{line.entry.at} {line.entry.field}" if line.entry else ""
        return self._numbers.setdefault((name, at, line.group), len(self._numbers))

    def _wanted(self) -> Iterator[Line]:
        assert self._loaded is not None
        for group, places in grouped(self._loaded.settings):
            found = [place for place in places if self._matches(group, place)]
            if found:
                yield Line(group)
            for place in found:
                yield from self._of(group, place)

    def _of(self, group: str, place: Place) -> Iterator[Line]:
        assert self._loaded is not None
        key = place.key
        value, default = plain_value(self._loaded.settings, key.name), default_value(key)
        line = Line(group, place, None, value, default, self._loaded.origins.get(key.name, ""))
        yield line
        if key.name in self.unfolded:
            for entry in entry_lines(key, value):
                yield Line(group, place, entry, value, default, line.origin)

    def _matches(self, group: str, place: Place) -> bool:
        assert self._loaded is not None
        key = place.key
        value = value_text(key, plain_value(self._loaded.settings, key.name))
        text = fold(f"{group} {place.title} {key.name} {key.description} {value}")
        return all(word in text for word in fold(self.words).split())

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._lines)

    def line(self, position: int) -> Line | None:
        """What stands at a position."""
        return self._lines[position][1] if 0 <= position < len(self._lines) else None

    def row(self, position: int) -> Row | None:
        """The row at a position."""
        if not 0 <= position < len(self._lines):
            return None
        number, line = self._lines[position]
        if line.place is None:
            return Row(number, (line.group, "", "", ""), heading=True)
        if line.entry is not None:
            text = printable(line.entry.text, empty=NOTHING)
            return Row(number, (f"    {line.entry.title}", text, "", ""))
        key = line.place.key
        value, default, tone = value_text(key, line.value), "", ""
        if line.changed:
            default, tone = "not set" if key.secret else value_text(key, line.default), ACCENT
        elif value == NOTHING:
            tone = "quiet"
        cells = (f"  {line.place.title}", value, default, key.description)
        return Row(number, cells, "quiet", also=((VALUE, tone),))

    def key_at(self, position: int) -> int | None:
        """The key of a row."""
        return self._lines[position][0] if 0 <= position < len(self._lines) else None

    def position_of(self, key: int) -> int | None:
        """The row of a key."""
        return self._positions.get(key)

    def keys(self) -> Iterable[int]:
        """Every key."""
        return [number for number, _ in self._lines]

    def find(self, name: str) -> int | None:
        """The position of the setting of that name."""
        return next(
            (at for at, (_, line) in enumerate(self._lines) if line.key and line.key.name == name and not line.entry),
            None,
        )
