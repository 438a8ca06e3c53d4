"""Help for the screen one came from: its keys, then those that work everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mediatui.tui.view import View

QUERY_HELP = """words match the name in any order · "two words" match as one · -word or NOT leaves out · OR · ( )
class:problem|partial|aged-out|…   status:error   size:>10gb   added:<7d   added:2025-01..2025-03   progress:<100
res:1080p|4k   source:bluray|web-dl|web|hdtv|dvd   lang:multi|french|none
host:  hash:  id:  file:*.rar  ext:mkv  links:0  health:dead|ok|unknown  linked:no
is:incomplete|gone|duplicate|stalled|unlinked"""


class HelpView(View):
    """The keys, read from the tables that make them work."""

    NAME = "Help"
    HELP = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,question_mark,h", "leave", "back", id="help.back"),
        Binding("j,down", "scroll('scroll_down')", show=False),
        Binding("k,up", "scroll('scroll_up')", show=False),
        Binding("pagedown,ctrl+d", "scroll('page_down')", show=False),
        Binding("pageup,ctrl+u", "scroll('page_up')", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._body = Static("", id="help-body", markup=False)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help", can_focus=True):
            yield self._body

    def describe(
        self,
        name: str,
        sentence: str,
        groups: Sequence[tuple[str, Iterable[tuple[str, str]]]],
        commands: Iterable[tuple[str, str]],
    ) -> None:
        """Shows the help of the view ``name``: a sentence, groups of ``(keys, what)``, and ``(command, what)``."""
        lines = [Content.styled(name, "$heading"), Content(sentence), Content("")]
        for title, rows in groups:
            lines.append(Content.styled(title, "$heading"))
            lines += [Content.assemble((f"  {keys:<22}", "$key"), what) for keys, what in rows]
            lines.append(Content(""))
        lines += [Content.styled("Filter", "$heading"), *(Content(f"  {line}") for line in QUERY_HELP.splitlines())]
        lines += [Content(""), Content.styled("Commands, after :", "$heading")]
        lines += [Content.assemble((f"  {command:<22}", "$key"), what) for command, what in commands]
        self._body.update(Content("\n").join(lines))

    async def on_front(self) -> None:
        """Gives the text the keyboard, so that it scrolls."""
        self.take_keyboard(self.query_one("#help"))

    def action_scroll(self, how: str) -> None:
        getattr(self.query_one("#help", VerticalScroll), f"action_{how}")()

    async def action_leave(self) -> None:
        await self.host.go_back()
