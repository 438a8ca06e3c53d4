"""A page that is drawn line by line, and of which only lines that look different are drawn again."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
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
        self._styles: dict[str, Style] = {}
        """What was looked up of how things look."""
        self._look: tuple[str, Style] | None = None
        """What lines are drawn with: theme, and style of the page."""
        self._styled_with_focus = False

    def _forget_strips(self, at_cursor: bool) -> None:
        """Called when lines look different now: all of them, or (``at_cursor``) those that say where the cursor is."""

    def notify_style_update(self) -> None:
        """Forgets looked-up styles when theme or CSS changes. That the keyboard came or went, which is the same to
        Textual, changes what says where the cursor is."""
        super().notify_style_update()
        self._styles.clear()
        self._styled_with_focus = self.has_focus
        look = (self.app.theme, self.rich_style) if self.is_attached else None
        self._forget_strips(at_cursor=look is not None and look == self._look)
        self._look = look

    def watch_has_focus(self, has_focus: bool) -> None:
        """Applies the styles of a page with the keyboard, or without; not while it lies behind another view, for most
        often it has the keyboard when it comes back."""
        behind = not all(node.display for node in self.ancestors_with_self)
        if has_focus != self._styled_with_focus and (has_focus or not behind):
            super().watch_has_focus(has_focus)

    def on_show(self) -> None:
        """Looks as one without the keyboard when it came back so."""
        self.watch_has_focus(self.has_focus)

    def _look_at(self, lines: Sequence[int]) -> list[Strip]:
        """What these visible lines look like now."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """One visible line."""
        return self.render_lines(Region(0, y, self.size.width, 1))[0]

    def render_lines(self, crop: Region) -> list[Strip]:
        """Some of the visible lines: those that were drawn before, unless they are to be drawn again."""
        stale = [y for y in crop.line_range if y not in self._current]
        self._drawn.update(zip(stale, self._look_at(stale), strict=True))
        self._current.update(stale)
        strips = [self._drawn[y] for y in crop.line_range]
        background = self.background_colors[1]
        for each in self.get_line_filters():
            strips = [strip.apply_filter(each, background) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _draw_changed(self) -> None:
        """Draws the lines that look different from what was drawn last."""
        width, height = self.size
        now = enumerate(self._look_at(range(height)))
        if changed := [Region(0, y, width, 1) for y, strip in now if strip != self._drawn.get(y)]:
            self.refresh(*changed)

    def _set_dirty(self, *regions: Region) -> None:
        super()._set_dirty(*regions)
        if regions:
            self._current.difference_update(*(region.line_range for region in regions))
        else:
            self._current.clear()
