"""The pane of details as it is drawn."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.content import Content

from mediatui.tui.widgets.detail_pane import DetailPane


class Alone(App[None]):
    """The pane alone."""

    CSS = "DetailPane { width: 40; height: 6; padding: 0 1; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }"

    def compose(self) -> ComposeResult:
        """Draws it."""
        yield DetailPane("pane")


@pytest.mark.parametrize("count", [1, 3])
async def test_no_line_runs_below_the_bar_beside_it(count: int) -> None:
    app = Alone()
    async with app.run_test(size=(60, 10)) as pilot:
        pane = app.query_one(DetailPane)
        pane.show("a thing", [Content("x" * 100)] * count)
        await pilot.pause()
        assert pane.show_vertical_scrollbar == (count == 3)
        first = pane.render_line(0).text
        assert first == "x" * 37  # of 40 cells two are padding, one is the bar
        assert pane.scrollable_content_region.width == len(first)
