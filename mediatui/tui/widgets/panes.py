"""Which of three panes there is room for: what one chooses from, a list, and details."""

from __future__ import annotations

from dataclasses import dataclass

WIDE = 110
BESIDE = 120
BY_ITSELF = 160
"""From so many cells the details are open by themselves, and all three panes are shown."""


@dataclass(frozen=True, slots=True)
class Room:
    """Which panes are shown besides the details; ``narrow`` when just one pane fills a line of the screen, ``below``
    when details that are open stand under the list."""

    first: bool
    list: bool
    narrow: bool
    below: bool


def room_for(width: int, *, detail: bool, in_first: bool, in_detail: bool = False) -> Room:
    """What a screen of ``width`` cells shows; 0 is a screen not laid out yet, which shows all.

    Two panes from 110 cells, details beside a list from 120, all three from 160. Where open ``detail`` has no room
    beside the pane in use it stands below it, and in its place while it has the keyboard (``in_detail``).
    """
    width = width or BY_ITSELF
    below = detail and width < BESIDE
    if below:
        return Room(in_first, not in_first and not in_detail, True, True)
    two = width >= WIDE
    first = width >= BY_ITSELF or (two and not detail) or (not two and in_first)
    return Room(first, two or not in_first, not two, False)


def opens(width: int, wanted: bool | None, *, in_first: bool = False) -> bool:
    """Whether details are shown: as was ``wanted``, and as the width says where nothing was. They are about a row of
    the list, so beside what one chooses from (``in_first``) they are shown only where there is room for all three."""
    wide = width >= BY_ITSELF
    return wide if wanted is None else wanted and (wide or not in_first)
