"""Which panes a width has room for."""

from __future__ import annotations

import pytest

from mediatui.tui.widgets.panes import Room, room_for

BOTH, LIST, FIRST, NONE = (True, True), (False, True), (True, False), (False, False)


@pytest.mark.parametrize(
    ("width", "detail", "in_first", "shown", "narrow"),
    [
        (109, False, True, FIRST, True),
        (109, False, False, LIST, True),
        (109, True, False, NONE, True),
        (110, False, True, BOTH, False),
        (110, False, False, BOTH, False),
        (119, True, False, NONE, True),
        (120, True, False, LIST, False),
        (169, True, True, LIST, False),
        (170, True, False, BOTH, False),
        (0, True, False, BOTH, False),
    ],
)
def test_the_panes_a_width_has_room_for(
    width: int, detail: bool, in_first: bool, shown: tuple[bool, bool], narrow: bool
) -> None:
    assert room_for(width, detail=detail, in_first=in_first) == Room(*shown, narrow)
