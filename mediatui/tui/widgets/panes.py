"""Which of three panes side by side there is room for: what one chooses from, a list, and details."""

from __future__ import annotations

from dataclasses import dataclass

WIDE = 110
BESIDE = 120
ALL_THREE = 170


@dataclass(frozen=True, slots=True)
class Room:
    """Which panes are shown besides the details; ``narrow`` when just one pane fills the screen."""

    first: bool
    list: bool
    narrow: bool


def room_for(width: int, *, detail: bool, in_first: bool) -> Room:
    """What a screen of ``width`` cells shows; 0 is a screen not laid out yet, which shows all.

    Two panes from 110 cells, details beside a list from 120, all three from 170; below, the pane in use alone:
    ``detail`` when details are open, which then cover the rest, ``in_first`` when the first pane is in use.
    """
    width = width or ALL_THREE
    beside = detail and width >= BESIDE
    shown = beside or not detail
    two = width >= WIDE
    first = width >= ALL_THREE or (two and not detail) or (not two and in_first)
    return Room(shown and first, shown and (two or not in_first), not two or (detail and not beside))
