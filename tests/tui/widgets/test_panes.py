"""Which panes a width has room for."""

from __future__ import annotations

import pytest

from mediatui.tui.widgets.panes import Room, opens, room_for

BOTH, LIST, FIRST, NONE = (True, True), (False, True), (True, False), (False, False)


@pytest.mark.parametrize(
    ("width", "detail", "in_first", "in_detail", "shown", "narrow"),
    [
        (109, False, True, False, FIRST, True),
        (109, False, False, False, LIST, True),
        (109, True, False, False, LIST, True),
        (109, True, False, True, NONE, True),
        (109, True, True, False, FIRST, True),
        (110, False, True, False, BOTH, False),
        (110, False, False, False, BOTH, False),
        (119, True, False, True, NONE, True),
        (120, True, False, True, LIST, False),
        (159, True, True, False, LIST, False),
        (160, True, False, False, BOTH, False),
        (0, True, False, False, BOTH, False),
    ],
)
def test_the_panes_a_width_has_room_for(
    width: int, detail: bool, in_first: bool, in_detail: bool, shown: tuple[bool, bool], narrow: bool
) -> None:
    room = room_for(width, detail=detail, in_first=in_first, in_detail=in_detail)
    assert room == Room(*shown, narrow, below=narrow and detail)


@pytest.mark.parametrize(
    ("width", "wanted", "shown"), [(159, None, False), (160, None, True), (80, True, True), (200, False, False)]
)
def test_details_are_open_by_themselves_on_a_wide_screen(width: int, wanted: bool | None, shown: bool) -> None:
    assert opens(width, wanted) is shown


@pytest.mark.parametrize(("width", "shown"), [(80, False), (159, False), (160, True)])
def test_details_leave_what_one_chooses_from_its_room(width: int, shown: bool) -> None:
    assert opens(width, True, in_first=True) is shown
