"""What lies in staging: whose it is, how big and how old, what was seen of it, and the keys that help."""

from __future__ import annotations

import functools
import os
import shlex
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from mediatui.acquire.acts import act_on
from mediatui.commands.catalog import COMMANDS
from mediatui.commands.staging import Again, Clean, InStaging, read_staging
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted, size_text
from mediatui.model.text import cut_middle, printable
from mediatui.model.transfer import DROPPED, ServiceHold, State, Transfer
from mediatui.runtime.events import Event, Finished
from mediatui.runtime.jobs import Job
from mediatui.store.transfers.files import count_staged
from mediatui.store.transfers.holds import service_holds
from mediatui.store.transfers.rows import under_way
from mediatui.tui.chipped_view import ChippedView, chip_keys
from mediatui.tui.choosing_target import ChoosesTarget, Choosing
from mediatui.tui.filtering import filter_key, nothing_matches
from mediatui.tui.parts import PARTS_OF_TRANSFERS, PartsLine, PartView, part_keys
from mediatui.tui.remembered import Value
from mediatui.tui.view import in_background
from mediatui.tui.views.transfers.staging_detail import detail_lines, ways
from mediatui.tui.views.transfers.staging_rows import CHIPS, COLUMNS, Node, StagingTree, chip_counts, fits
from mediatui.tui.widgets.chips import Chips
from mediatui.tui.widgets.detail_pane import DetailPane
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.list_and_detail import ListAndDetail
from mediatui.tui.widgets.pane_lines import PaneLine
from mediatui.tui.widgets.row_list import RowList

EMPTY = "Nothing lies in staging.\nWhat is whole and goes on by itself passes through here: 8 shows it"
NO_FOLDER = (
    "No folder for staging is set: what is whole rests at Real-Debrid.\n"
    ": config set staging.folder FOLDER   , all settings"
)
_OF_ROW = {"import": "I", "target": "m", "again": "r", "remove": "d"}
"""The keys that not every row takes."""
LONGEST_NAME = 40


class StagingView(PartView, ChoosesTarget, ChippedView):
    """The part of Transfers that lists staging, as a tree."""

    NAME = "Staging"
    KEY = "8"
    HELP = (
        "What lies in the folder of staging on its way into the library, and what is left over there: of transfers "
        "that have ended, or of none and old. Nothing is asked of a mount."
    )
    STAYS = True
    PARTS = PARTS_OF_TRANSFERS
    FIRST_KEYS = ("open", "import", "target", "again", "remove", "copy", "filter", "mark", "undo")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("I", "import", "import", id="staging.import", tooltip="Into the library, after a yes"),
        Binding("m", "target", "what for", id="staging.target", tooltip="Choose which film or episode it is for"),
        Binding("r", "again", "fetch again", id="staging.again", tooltip="Its links go, the mount is looked at anew"),
        Binding("d", "remove", "remove", id="staging.remove", tooltip="Take it out of staging, after a yes"),
        Binding("y", "copy", "copy path", show=False, id="staging.copy", tooltip="Copy the path"),
        Binding("ctrl+r", "look", "look again", show=False, id="staging.look", tooltip="Look at the folder again"),
        *chip_keys("staging"),
        *part_keys("staging"),
        filter_key("staging", "Words of the path or of the transfer"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = FixedRows()
        self._tree = StagingTree()
        self._parts = PartsLine(self.PARTS, "staging", id="staging-parts")
        self._chips = Chips(id="staging-chips")
        self._list = RowList(COLUMNS, self._rows, id="staging-list")
        self._panes = ListAndDetail(self._list, DetailPane("staging-detail"), self._lines_of, name="staging-panes")
        self._chip = ""
        self._found: InStaging | None = None
        self._holds: Mapping[str, ServiceHold] = {}
        self._counts: Mapping[str, int] = {}

    def to_remember(self) -> Mapping[str, Value | None]:
        """The chip, and whether the details were opened."""
        return {"chip": self._chip, "details": self._panes.wanted}

    def compose(self) -> ComposeResult:
        self._chip = self.remembered.word("chip", [chip for chip, _ in CHIPS], "")
        self._panes.wanted = self.remembered.flag("details")
        yield self._parts
        yield self._chips
        yield self._panes

    async def on_front(self) -> None:
        """Looks at the folder."""
        self.load_rows(self._read_soon)
        self.take_keyboard(self._list)
        self.say_marked(len(self._list.marks))

    def on_job_event(self, job: Job, event: Event) -> None:
        """Looks again once a job has ended, which may have brought something or taken it away."""
        if isinstance(event, Finished) and self.display:
            self._read_soon()

    @work(group="staging", exclusive=True, exit_on_error=False)
    async def _read_soon(self) -> None:
        self._holds = await self.workspace.read(service_holds)
        going, staged = len(await self.workspace.read(under_way)), await self.workspace.read(count_staged)
        self._counts = {"transfers": going, "staging": staged}
        try:
            self._found = await read_staging(self.workspace)
            self._list.empty_text = EMPTY
        except MediatuiError as error:
            self._found = None
            no_folder = self.workspace.settings.staging.folder is None
            self._list.empty_text = NO_FOLDER if no_folder else printable(error.sentence)
        self._show()

    def show_filtered(self) -> None:
        """Lists what matches chip and filter; the folder is not looked at again."""
        self._show()

    def open_leftovers(self) -> None:
        """Lists what is left over."""
        self._chip, self.filter_text = "left", ""
        self._show()

    def _show(self) -> None:
        found, query = self._found, self.filter_text
        items = [] if found is None else [one for one in found.items if fits(one, self._chip, query)]
        self._rows.take([] if found is None else self._tree.rows(found.folder, items, time.time()))
        counts = chip_counts([] if found is None else found.items, query)
        chips = [(name, f"{word} {counts[name]:,}") for name, word in CHIPS]
        room = "" if found is None else f"{size_text(found.free)} free"
        if found is not None and not items and (query or self._chip):
            self._list.empty_text = nothing_matches(query) if query else "Nothing of that lies there.\nesc shows all"
        with self.app.batch_update():
            self._parts.show_counts(self._counts)
            self._chips.show(chips, self._chip, query=query, found=counts[""], text=room)
            self._list.source_changed(anew=self.narrowed_anew())
            if not items:
                self._list.refresh()
        self._panes.show()
        self.host.prompt.say_found(counted(len(items), "entry", "entries"))
        self.host.show_keys()

    # What is shown

    @property
    def chips(self) -> Sequence[str]:
        """Those of ``CHIPS``."""
        return [chip for chip, _ in CHIPS]

    @property
    def key_words(self) -> Mapping[str, str]:
        """What the keys would do with the row under the cursor, and where ``tab`` goes."""
        words = {"other_pane": self.tab_word}
        node = self._tree.nodes.get(self._list.cursor_key or 0)
        if node is None or self._list.marks:
            return words
        keys = {key for key, _ in ways(node)}
        words |= {action: "" for action, key in _OF_ROW.items() if key not in keys}
        return {**words, "open": "fold"} if node.is_folder else words

    def _lines_of(self, key: int | None) -> Iterable[PaneLine]:
        return detail_lines(self._tree.nodes.get(key or 0), self._holds)

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()
        self.host.show_keys()

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        """Folds a folder, or shows what it holds; of anything else the details."""
        node = self._tree.nodes.get(self._list.cursor_key or 0)
        if node is not None and node.is_folder and not message.into:
            message.stop()
            message.prevent_default()
            self._tree.turn(node.path)
            self._show()

    # What is done

    def _chosen(self) -> list[Node]:
        found = self._tree.chosen(self._list.targets())
        if not found:
            self.say("There is nothing here.", "warning")
        return found

    def _owners(self, *states: State) -> list[Transfer]:
        """The transfers of what is chosen that are in one of these states; says it where there is none."""
        chosen = self._chosen()
        owners = {one.id: one for node in chosen for one in node.owners if one.state in states}
        if chosen and not owners:
            words = " or ".join(state.value for state in states)
            known = sorted({one.state.value for node in chosen for one in node.owners})
            why = f"its transfer is {', '.join(known)}" if known else "it is no transfer's"
            self.say(f"Only of what is {words}: {why}.", "warning")
        return list(owners.values())

    def acted(self) -> None:
        """Takes the marks, and looks again."""
        self._list.action_unmark()
        self._read_soon()
        self.host.follow_transfers()

    def action_look(self) -> None:
        self._read_soon()

    def action_target(self) -> None:
        """Chooses what the transfers are for."""
        if owners := self._owners(State.STAGED):
            self.choose_target(Choosing(tuple(str(one.id) for one in owners), _named(owners)))

    def action_import(self) -> None:
        """Proposes to bring into the library what is staged, one that has ended is taken up first; shows what is no
        transfer's as a folder of downloads."""
        chosen = self._tree.chosen(self._list.targets())
        if len(chosen) == 1 and not chosen[0].owners:
            line = f"import {shlex.quote(os.fsdecode(chosen[0].path))}"
            in_background(self, functools.partial(self.host.run_command, line), "staging-import", exclusive=True)
        elif owners := self._owners(State.STAGED, *sorted(DROPPED)):
            self._import_soon(owners)

    @work(group="staging-act", exit_on_error=False)
    async def _import_soon(self, owners: Sequence[Transfer]) -> None:
        numbers = []
        for one in owners:
            try:
                taken = one if one.state == State.STAGED else await self.workspace.db.write(
                    act_on, "retry", str(one.id), time.time())  # fmt: skip
            except MediatuiError as error:
                self.say(error.sentence, "warning")
                continue
            if isinstance(taken, Transfer) and taken.state == State.STAGED:
                numbers.append(one.id)
            else:
                self.say(f"{_named([one])} is taken up, and has to come into staging first.")
        if numbers:
            self.host.plans.import_staged(numbers)

    def action_again(self) -> None:
        """Proposes to have transfers fetched again."""
        if owners := self._owners(State.STAGED):
            self.host.plans.propose_command(COMMANDS["staging again"], Again(tuple(str(one.id) for one in owners)))

    def action_remove(self) -> None:
        """Proposes to take out of staging what is chosen."""
        if chosen := self._chosen():
            paths = tuple(os.fsdecode(node.path) for node in chosen)
            self.host.plans.propose_command(COMMANDS["staging clean"], Clean(paths))

    def action_copy(self) -> None:
        if chosen := self._chosen():
            what = "Path" if len(chosen) == 1 else f"{len(chosen):,} paths"
            self.host.copy_text("\n".join(os.fsdecode(node.path) for node in chosen), what)


def _named(transfers: Sequence[Transfer]) -> str:
    """One by its name, several by their number."""
    if len(transfers) == 1:
        return cut_middle(printable(transfers[0].name or transfers[0].hash), LONGEST_NAME)
    return counted(len(transfers), "transfer")
