"""A page that is drawn line by line, and of which only lines that look different are drawn again."""

from __future__ import annotations

from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip


class DrawnLines(ScrollView):
    """Keeps the lines as they were drawn last. It has no border and no room around its lines, so that they need not go
    through what Textual does about these."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._drawn: dict[int, Strip] = {}
        self._current: set[int] = set()
        """The lines of ``_drawn`` that are not to be drawn again."""

    def _strip(self, y: int) -> Strip:
        """What a visible line looks like now."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """One visible line."""
        strip = self._drawn[y] = self._strip(y)
        return strip

    def render_lines(self, crop: Region) -> list[Strip]:
        """Some of the visible lines: those that were drawn before, unless they are to be drawn again."""
        strips = [self._drawn[y] if y in self._current else self.render_line(y) for y in crop.line_range]
        self._current.update(crop.line_range)
        background = self.background_colors[1]
        for each in self.get_line_filters():
            strips = [strip.apply_filter(each, background) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _draw_changed(self) -> None:
        """Draws the lines that look different from what was drawn last."""
        width, height = self.size
        changed = [Region(0, y, width, 1) for y in range(height) if self._strip(y) != self._drawn.get(y)]
        if changed:
            self.refresh(*changed)

    def _set_dirty(self, *regions: Region) -> None:
        super()._set_dirty(*regions)
        if regions:
            self._current.difference_update(*(region.line_range for region in regions))
        else:
            self._current.clear()
