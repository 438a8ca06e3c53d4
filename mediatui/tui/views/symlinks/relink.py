"""Choosing where a broken link is to point: a list of files like its own, or a path that is typed."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from mediatui.library.links.relink import plan_relink
from mediatui.library.roots import configured_library
from mediatui.model.candidate import Candidate
from mediatui.model.errors import MediatuiError
from mediatui.model.human import size_text
from mediatui.model.text import cut_middle, printable
from mediatui.store.library.links import LibraryLink
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.symlinks import absolute
from mediatui.system.threads import in_thread
from mediatui.tui.view import View
from mediatui.tui.widgets.columns import AnyColumn, Column
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.plain_list import PlainList
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.rows import Row
from mediatui.tui.widgets.trail_line import TrailLine

COLUMNS: tuple[AnyColumn, ...] = (
    Column("File", cut="name", least=30),
    Column("Size", right=True, rank=1),
    Column("In torrent", cut="name", least=24, rank=2),
    Column("Why", cut="end", least=18, rank=1),
)
LONGEST = 60


class RelinkView(View):
    """Where the file of one link may be instead."""

    NAME = "Relink"
    HELP = "Files like the one a link should lead to. Enter points the link there after a yes, e takes a typed path."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "type", "type a path", id="relink.type", tooltip="Type where the link is to point"),
        Binding("escape,backspace,h", "leave", "back", id="relink.back", tooltip="Back to the links"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = FixedRows()
        self._list = PlainList(COLUMNS, self._rows, id="relink-list")
        self._title = TrailLine(id="relink-title")
        self._link: LibraryLink | None = None
        self._candidates: dict[int, Candidate] = {}

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._list

    def on_mount(self) -> None:
        self._list.empty_text = "No other file of this name or size is there.\ne takes a typed path"

    async def on_front(self) -> None:
        """Gives the list the keyboard."""
        self.take_keyboard(self._list)

    def offer(self, link: LibraryLink, candidates: Sequence[Candidate]) -> None:
        """Shows the files a link could point at."""
        self._link = link
        self._candidates = dict(enumerate(candidates))
        self._rows.take([_candidate_row(key, one) for key, one in self._candidates.items()])
        name = cut_middle(printable(os.fsdecode(os.path.basename(link.path))), LONGEST)
        self._title.set_parts([(f"where is {name} to point?", "$heading")])
        self._list.source_changed(to_top=True)
        self._list.refresh()

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()
        one = self._candidates.get(-1 if message.key is None else message.key)
        if self.display and one is not None:
            self.say_of_row(f"→ {os.fsdecode(one.path)}")

    async def on_row_list_opened(self, message: RowList.Opened) -> None:
        message.stop()
        if message.key in self._candidates:
            await self._propose(self._candidates[message.key])

    async def _propose(self, one: Candidate) -> None:
        if self._link is not None:
            plan = plan_relink([(self._link, one)])
            await self.host.go_back()
            self.host.plans.propose(lambda connection: plan)

    def action_type(self) -> None:
        """Asks for a path, beginning with where the link points now."""
        if self._link is not None:
            self.host.prompt.open("relink", "point it at: ", printable(os.fsdecode(self._link.target), empty=""))

    def entered(self, mode: str, text: str) -> bool:
        """Takes the typed path."""
        if mode == "relink" and text.strip():
            self._check(os.path.expanduser(text.strip()))
        return mode == "relink"

    @work(group="relink", exclusive=True, exit_on_error=False)
    async def _check(self, text: str) -> None:
        """Proposes a typed path if there is a file, and where the library's targets may be."""
        link = self._link
        if link is None:
            return
        target = os.fsencode(text)
        pointed = absolute(link.path, target)
        try:
            known = configured_library(self.workspace.settings).mount_of(pointed) is not None
            found = await in_thread(lambda: ask(os.stat, pointed))
            size = found.st_size if stat.S_ISREG(found.st_mode) else -1
        except FileNotFoundError:
            self.say(f"There is no file {text}.", "error")
            return
        except (OSError, TimedOut) as error:
            self.say(f"{text} cannot be read: {getattr(error, 'strerror', None) or 'no answer in time'}.", "error")
            return
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        if size < 0:
            self.say(f"There is no file {text}.", "error")
        elif not known:
            self.say(f"Not below a mount of library.mounts: {text}", "error")
        else:
            await self._propose(Candidate(target, 100, "typed by hand", size=size))

    async def action_leave(self) -> None:
        await self.host.go_back()


def _candidate_row(key: int, one: Candidate) -> Row:
    name = os.fsdecode(os.path.basename(one.path))
    return Row(key, (name, size_text(one.size), one.torrent, one.why))
