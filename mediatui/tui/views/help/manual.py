"""What there is to read: the words and signs of the screens, the language of the filter, the commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from mediatui.model.problems import PROBLEM_INFO
from mediatui.tui.view import View

QUERY_HELP = """words match the name in any order · "two words" match as one · -word or NOT leaves out · OR · ( )
class:problem|partial|aged-out|…   status:error   size:>10gb   added:<7d   added:2025-01..2025-03   progress:<100
res:1080p|4k   source:bluray|web-dl|web|hdtv|dvd   lang:multi|french|none
host:  hash:  id:  file:*.rar  ext:mkv  links:0  health:dead|ok|unknown  linked:no
is:incomplete|gone|duplicate|stalled|unlinked"""


MEANINGS: Sequence[tuple[str, str]] = (
    ("archive", "the account as it is kept on this machine; s brings it up to date, and says what each way costs"),
    ("8 wait  44/200", "requests that wait their turn; those of the last minute, of how many the service takes"),
    ("plan", "what would be done, step by step; nothing is done before a yes, and the question says what it costs"),
    ("journal", "every change that was made; u takes the last one back, in Journal (6) any of them"),
    ("library", "the folders of links; a link leads to its target, a file on a mount"),
    ("mount", "the folder in which the account is shown as files; where it is away, no link is judged by it"),
    (
        "wrong",
        "a link whose target is gone, is a loop, or cannot be a video; counted on tab, folder and chip",
    ),
    ("unknown", "a link of which nobody can say whether it is wrong: S scans again"),
    (
        "marks",
        "space marks a row, v marks while moving, a marks all that are shown; keys act on what is marked, else on the "
        "row under the cursor; x writes what is marked to a file, else all that is listed",
    ),
    (
        "copying",
        "y sends the text to the clipboard of the terminal, which does not answer, and some ignore it; tmux is given "
        "it too, and prefix ] pastes it there",
    ),
)
SIGNS: Sequence[tuple[str, str]] = (
    ("▌", "the row under the cursor"),
    ("●", "a marked row"),
    ("✓ ✗ !", "well; broken; wants to be looked at"),
    ("? ~ …", "not known; for a time; under way"),
    ("–", "left alone"),
    ("→ ✗ ·", "of what Tidy found: p changes it; it cannot be watched and nothing is proposed; a look at it is needed"),
    ("+ - → ~", "in a plan: is added; is removed; moves there; points elsewhere"),
)


class ManualView(View):
    """What the words, the signs and the filter mean, and which commands can be typed."""

    NAME = "To read"
    HELP = "What the words and signs on the screen mean."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q,h", "leave", "back", id="manual.back", tooltip="Back to where you were"),
        Binding("j,down", "scroll('scroll_down')", "down", show=False, id="manual.down"),
        Binding("k,up", "scroll('scroll_up')", "up", show=False, id="manual.up"),
        Binding("space,pagedown,ctrl+d", "scroll('page_down')", "next page", id="manual.page-down"),
        Binding("pageup,ctrl+u", "scroll('page_up')", "page before", show=False, id="manual.page-up"),
        Binding("g,home", "scroll('scroll_home')", "first line", show=False, id="manual.top"),
        Binding("G,end", "scroll('scroll_end')", "last line", show=False, id="manual.bottom"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._body = Static("", id="manual-body", markup=False)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="manual-text", can_focus=True):
            yield self._body

    def describe(self, name: str, sentence: str, commands: Iterable[tuple[str, str]]) -> None:
        """Shows the text from its top: first the screen one came from, by name and sentence; ``commands`` are what can
        be typed, with what each does."""
        classes = [(f"{about.sign} {word}", about.meaning) for word, about in PROBLEM_INFO.items() if about.meaning]
        groups = (
            ("Words", MEANINGS), ("Signs", SIGNS), ("Problems", classes),
            ("Commands, after : or in a shell as mediatui --headless COMMAND", commands),
        )  # fmt: skip
        lines = [Content.styled(name, "$title"), Content(sentence), Content("")]
        lines += [Content.styled("Filter, after /", "$heading"), *map(Content, QUERY_HELP.splitlines())]
        rows = [row for title, group in groups for row in (("", ""), (title, ""), *group)]
        self._body.update(Content("\n").join([*lines, *(_line(word, text) for word, text in rows)]))
        self.query_one("#manual-text").scroll_home(animate=False)

    async def on_front(self) -> None:
        """Gives the text the keyboard, so that it scrolls."""
        self.take_keyboard(self.query_one("#manual-text"))

    def action_scroll(self, how: str) -> None:
        getattr(self.query_one("#manual-text", VerticalScroll), f"action_{how}")()

    async def action_leave(self) -> None:
        await self.host.go_back()


def _line(word: str, text: str) -> Content:
    """A word and what it means; a heading where nothing is said of it."""
    return Content.assemble((f"{word:<18}", "$key"), text) if text else Content.styled(word, "$heading")
