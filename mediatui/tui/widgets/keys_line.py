"""The line of keys at the bottom: what can be pressed now, or clicked."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events

from mediatui.tui.widgets.lines import Part, TextLine

GAP = 2


@dataclass(frozen=True, slots=True)
class KeyHint:
    """A key as people write it, its word, and what it does (None: it is only said)."""

    key: str
    word: str
    act: Callable[[], object] | None = None

    @property
    def cells(self) -> int:
        """How wide it is."""
        return cell_len(self.text)

    @property
    def text(self) -> str:
        """Both."""
        return f"{self.key} {self.word}".rstrip()


def fit_hints(hints: Sequence[KeyHint], pinned: KeyHint | None, width: int) -> list[tuple[int, KeyHint]]:
    """The hints that fit ``width`` cells, each with the cell it begins at: the first ones first, a shorter one in place
    of one that is too long; ``pinned`` stands at the right end, whatever else there is room for."""
    room = width if pinned is None else width - pinned.cells - GAP
    placed: list[tuple[int, KeyHint]] = []
    at = 0
    for hint in hints:
        if at + hint.cells <= room:
            placed.append((at, hint))
            at += hint.cells + GAP
    if pinned is not None:
        placed.append((max(0, width - pinned.cells), pinned))
    return placed


class KeysLine(TextLine):
    """Keys and their words; a click on one does what the key does."""

    def __init__(self) -> None:
        super().__init__(id="keys")
        self._placed: list[tuple[int, KeyHint]] = []

    def show(self, hints: Sequence[KeyHint], pinned: KeyHint | None, width: int) -> None:
        """Shows as many of the keys as fit."""
        self._placed = fit_hints(hints, pinned, width)
        parts: list[Part] = []
        end = 0
        for at, hint in self._placed:
            parts += [(" " * (at - end), ""), (hint.key, "$key"), (hint.text[len(hint.key) :], "$quiet")]
            end = at + hint.cells
        self.set_parts(parts)

    async def on_click(self, event: events.Click) -> None:
        event.stop()
        x = event.x - self.gutter.left
        hint = next((one for at, one in self._placed if at <= x < at + one.cells), None)
        if hint is not None and hint.act is not None:
            done = hint.act()
            if inspect.isawaitable(done):
                await done
