"""The transfers: what waits for a person first, why each is where it is, and the keys that help."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from mediatui.acquire.query import completions, fault_of
from mediatui.commands.transfer_columns import ShownTransfer
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.text import printable
from mediatui.model.transfer import HoldKind, State, Transfer
from mediatui.runtime.events import Event, Finished, FoundRow
from mediatui.runtime.jobs import Job
from mediatui.tui.chipped_view import ChippedView, chip_keys
from mediatui.tui.filtering import filter_key, nothing_matches
from mediatui.tui.parts import PARTS_OF_TRANSFERS, PartsLine, PartView, part_keys
from mediatui.tui.remembered import Value
from mediatui.tui.views.transfers.acts import TransferActs
from mediatui.tui.views.transfers.detail import detail_lines, ways
from mediatui.tui.views.transfers.rows import CHIPS, COLUMNS, Listed, grouped_rows, read_transfers, row_of
from mediatui.tui.widgets.chips import Chips
from mediatui.tui.widgets.detail_pane import DetailPane
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.lines import TextLine
from mediatui.tui.widgets.list_and_detail import ListAndDetail
from mediatui.tui.widgets.pane_lines import PaneLine
from mediatui.tui.widgets.plain_list import DividedList
from mediatui.tui.widgets.row_list import RowList

REFRESH_S = 0.3
AGE_S = 5.0
"""How often what is said of times is said anew."""
_OF_ROW = {"pause": "p", "retry": "r", "target": "m", "import": "I", "end('forget')": "f", "end('done')": "D"}
"""The keys that not every row takes."""
EMPTY = "Nothing is on its way.\n+ sends a magnet, a hash or a .torrent file, 7 searches releases"


class TransfersView(PartView, TransferActs, ChippedView):
    """Every transfer under way, and those that have ended under a chip of their own."""

    NAME = "Transfers"
    KEY = "8"
    HELP = (
        "What was sent and is on its way: where it is, why, and what helps. What waits for you comes first. The open "
        "app looks after them by itself."
    )
    STAYS = True
    PARTS = PARTS_OF_TRANSFERS
    FIRST_KEYS = (
        "open",
        "pause",
        "retry",
        "target",
        "import",
        "play",
        "end('forget')",
        "end('done')",
        "group",
        "filter",
        "mark",
        "undo",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus", "grab", "send", id="transfers.grab", tooltip="Send a magnet, a hash or a .torrent file"),
        Binding("W", "group", "group by why", show=False, id="transfers.group", tooltip="Under a heading each reason"),
        *chip_keys("transfers"),
        *part_keys("transfers"),
        filter_key("transfers", "Words of the name, state:wanted, waits:you …"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = FixedRows()
        self._parts = PartsLine(self.PARTS, "transfers", id="transfer-parts")
        self._chips = Chips(id="transfer-chips")
        self._held = TextLine(id="transfer-holds")
        self._list = DividedList(COLUMNS, self._rows, id="transfer-list")
        self._panes = ListAndDetail(self._list, DetailPane("transfer-detail"), self._lines_of, name="transfers-panes")
        self._chip = ""
        self._grouped = False
        self._shown: dict[int, ShownTransfer] = {}
        self._due: Timer | None = None

    def to_remember(self) -> Mapping[str, Value | None]:
        """The chip, whether reasons have headings, and whether the details were opened."""
        return {"chip": self._chip, "grouped": self._grouped, "details": self._panes.wanted}

    def compose(self) -> ComposeResult:
        self._chip = self.remembered.word("chip", [chip for chip, _ in CHIPS], "")
        self._grouped = self.remembered.flag("grouped") is True
        self._panes.wanted = self.remembered.flag("details")
        yield self._parts
        yield self._chips
        yield self._held
        yield self._panes

    def on_mount(self) -> None:
        self._held.display = False
        self.set_interval(AGE_S, self._read_if_shown)

    async def on_front(self) -> None:
        """Reads the transfers."""
        self.load_rows(self._read_soon)
        self.take_keyboard(self._list)
        self.say_marked(len(self._list.marks))

    def open_query(self, words: Sequence[str], *, why: bool = False) -> None:
        """Lists those that fit a command's words, under their reasons where ``why`` is asked for."""
        self._chip, self.filter_text = "", " ".join(words)
        self._grouped = why or self._grouped
        self.show_filtered()

    def show_filtered(self) -> None:
        """Lists the transfers that match chip and filter."""
        self.load_rows(self._read_soon)

    def on_job_event(self, job: Job, event: Event) -> None:
        """Reads again, a little later, when something may have changed."""
        if isinstance(event, FoundRow | Finished) and self.display and self._due is None:
            self._due = self.set_timer(REFRESH_S, self._read_soon)

    def _read_if_shown(self) -> None:
        if self.display and self._shown:
            self._read_soon()

    @work(group="transfers", exclusive=True, exit_on_error=False)
    async def _read_soon(self) -> None:
        self._due = None
        query = self.filter_text
        try:
            found = await self.workspace.read(read_transfers, self._chip, query, time.time())
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self._shown = {row.transfer.id: row for row in found.rows}
        self._rows.take(list(grouped_rows(found.rows) if self._grouped else map(row_of, found.rows)))
        empty = nothing_matches(query) if query else self._empty
        self._list.empty_text = empty if self._chip else f"{empty}{_also(found)}"
        chips = [(chip, f"{word} {count:,}") for (chip, word), count in zip(CHIPS, found.counts, strict=True)]
        with self.app.batch_update():
            self._parts.show_counts({"transfers": found.open, "staging": found.staged})
            self._chips.show(chips, self._chip, query=query, found=found.counts[0])
            self._held.set_parts([(printable(" · ".join(found.held), empty=""), "$attention")])
            self._held.display = bool(found.held)
            self._list.source_changed(anew=self.narrowed_anew())
            if not found.rows:
                self._list.refresh()
        self._panes.show()
        self.host.prompt.say_found(counted(len(found.rows), "transfer"))

    @property
    def _empty(self) -> str:
        words = dict(CHIPS)[self._chip]
        return f"No transfer {'has ' if words == 'ended' else ''}{words}.\nesc shows all" if self._chip else EMPTY

    # What is typed

    def fault_of(self, text: str) -> str:
        """Why a text is no filter; empty when it is one."""
        return fault_of(text)

    def open_filter(self, text: str) -> None:
        """Opens the field for a filter, whose fields and values are completed."""
        self.host.prompt.open("filter", "/ ", text, hint=self.completed_hint(), complete=completions)

    def action_grab(self) -> None:
        self.host.plans.ask_what_to_grab()

    # What is shown

    @property
    def chips(self) -> Sequence[str]:
        """Those of ``CHIPS``."""
        return [chip for chip, _ in CHIPS]

    def action_group(self) -> None:
        self._grouped = not self._grouped
        self.show_filtered()

    @property
    def key_words(self) -> Mapping[str, str]:
        """What the keys would do with the row under the cursor, and where ``tab`` goes."""
        words = {"other_pane": self.tab_word, "group": "ungroup" if self._grouped else "by why"}
        row = self._shown.get(self._list.cursor_key or 0)
        if self._list.marks:
            return words
        if row is None:
            return words | dict.fromkeys((*_OF_ROW, "play", "open"), "")
        keys = {key for key, _ in ways(row.transfer, row.stuck)}
        words |= {action: "" for action, key in _OF_ROW.items() if key not in keys}
        words["play"] = "play" if row.transfer.state in (State.IMPORTED, State.DONE) else ""
        return {**words, "pause": "go on"} if row.transfer.hold.kind == HoldKind.PAUSED else words

    def _lines_of(self, key: int | None) -> Iterable[PaneLine]:
        return detail_lines(self.workspace.reader, key)

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()
        self.host.show_keys()

    # What is acted on

    def targets(self) -> list[Transfer]:
        """The marked transfers, else the one under the cursor."""
        from mediatui.store.transfers.rows import read_transfer

        found = (read_transfer(self.workspace.reader, key) for key in self._list.targets() if key > 0)
        return [one for one in found if one is not None]

    def acted(self) -> None:
        """Takes the marks, reads again, and has a pass do what follows."""
        self._list.action_unmark()
        self._read_soon()
        self.host.follow_transfers()  # which counts them for the tab too


def _also(found: Listed) -> str:
    """What is said below an empty list of what has ended and matches the filter, and the key that shows it."""
    ended = found.counts[-1]
    return f"\n[ shows {counted(ended, 'transfer')} that {'has' if ended == 1 else 'have'} ended" if ended else ""
