"""What was said last, on one row: cut where it is too long, with the key that shows it whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from mediatui.model.cells import cut_end
from mediatui.model.text import cut_middle, printable
from mediatui.tui.hints import with_keys
from mediatui.tui.widgets.lines import Part, TextLine, pairs

SIGNS: Final = {"info": "", "warning": "! ", "error": "✗ "}
COLOURS: Final = {"info": "", "warning": "$attention", "error": "$broken"}
Whole = Literal["nowhere", "log", "details"]
"""Where a message stands whole already."""
WAYS: Final[dict[Whole, list[Part]]] = {
    "nowhere": pairs(("0", "log")),
    "log": pairs(("0", "log")),
    "details": pairs(("⏎", "details")),
}
LEAST_BEFORE: Final = 0.3
"""How much of the line a last sentence leaves to what comes before it, or it is not kept."""


def signed(text: str, severity: str) -> Content:
    """A message behind the sign of how grave it is, and in its colour."""
    return Content.styled(SIGNS[severity] + printable(text, empty=""), COLOURS[severity])


def cut_before_advice(text: str, cells: int) -> str:
    """A message in at most ``cells``: what is cut is the end of what comes before its last sentence, which says what
    to do; all of it where that would leave too little."""
    before, dot, advice = text.rpartition(". ")
    room = cells - cell_len(advice) - 1
    if dot and room >= cells * LEAST_BEFORE and cell_len(text) > cells:
        return f"{cut_end(before + '.', room, cell_len)} {advice}"
    return cut_end(text, cells, cell_len)


class MessageLine(Horizontal):
    """The message. ``keep`` is called with the severity and text of one that is cut and stands nowhere else."""

    def __init__(self, keep: Callable[[str, str], None], *, id: str) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._keep = keep
        self._text = Static("", id="message-text", markup=False)
        self._way = TextLine(id="message-way")
        self._said: tuple[str, str, Whole] = ("", "info", "nowhere")

    def compose(self) -> ComposeResult:
        yield self._text
        yield self._way

    def say(self, text: str, severity: str, whole: Whole) -> None:
        """Shows a message; nothing is drawn when it is the same."""
        said = (with_keys(text), severity, whole)
        if said != self._said:
            self._said = said
            self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        text, severity, whole = self._said
        content = signed(text, severity)
        width = self.size.width or self.app.size.width - 2
        cut = content.cell_length > width
        room = width - 1 - sum(cell_len(text) for text, _ in WAYS[whole])
        self._way.display = cut
        self._way.set_parts(WAYS[whole] if cut else [])
        if cut and whole == "details":  # about a row: paths are told apart by their ends
            content = Content(cut_middle(content.plain, room))
        elif cut:
            content = Content.styled(cut_before_advice(content.plain, room), COLOURS[severity])
        if content != self._text.content:
            self._text.update(content, layout=False)
        if cut and whole == "nowhere":
            self._said = (text, severity, "log")
            self._keep(severity, text)
