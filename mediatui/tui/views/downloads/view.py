"""A folder of downloads: each file with what it is for and what speaks against it, confirmed one by one or from so many
points on, and imported after a yes."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.worker import Worker

from mediatui.acquire.downloads.judge import Row
from mediatui.acquire.downloads.look import Folder, choose, compare_folder, judge_folder, summary
from mediatui.acquire.downloads.plan import plan_rows
from mediatui.acquire.mapping.aim import aim_at, aim_by
from mediatui.commands.find_targets import target_finder
from mediatui.commands.import_folder import FolderImport, accept, judge_options, named_folder, open_folder
from mediatui.commands.job_kinds import APPLY
from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.target import read_target
from mediatui.model.text import cut_middle, printable, printable_path
from mediatui.runtime.events import Event, Finished
from mediatui.runtime.jobs import Job
from mediatui.tui.chipped_view import ChippedView, chip_keys
from mediatui.tui.choosing_target import ChoosesTarget, Choosing
from mediatui.tui.filtering import filter_key, nothing_matches
from mediatui.tui.views.downloads.detail import detail_lines, ways
from mediatui.tui.views.downloads.rows import CHIPS, COLUMNS, chip_counts, fits, row_of
from mediatui.tui.widgets.chips import Chips
from mediatui.tui.widgets.detail_pane import DetailPane
from mediatui.tui.widgets.fixed_rows import FixedRows
from mediatui.tui.widgets.lines import pairs
from mediatui.tui.widgets.list_and_detail import ListAndDetail
from mediatui.tui.widgets.pane_lines import PaneLine
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.trail_line import TrailLine

if TYPE_CHECKING:
    from mediatui.acquire.mapping.aim import Aim
    from mediatui.commands.map import Mapped

POINTS = "download points"
FOLDER = "download folder"
"""The modes of the prompt in which points, and a folder of the library, are typed."""
EMPTY = "No folder of downloads is open.\n: import FOLDER"
LONGEST_NAME = 40
_OF_ROW = {"open": "enter", "target": "m", "skip": "s", "compare": "c"}
"""The keys that not every row takes."""


class DownloadsView(ChoosesTarget, ChippedView):
    """The files of one folder."""

    NAME = "Downloads"
    HELP = (
        "A folder of downloads, file by file: what each is for, how well that fits, what speaks against it. Nothing is "
        "moved before I and a yes; what is not confirmed stays where it is."
    )
    STAYS = True
    FIRST_KEYS = ("open", "target", "skip", "compare", "points", "import", "filter", "undo")
    KEY_WORDS: ClassVar[Mapping[str, str]] = {"open": "take"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "target", "what for", id="downloads.target", tooltip="Choose which film or series it is for"),
        Binding("s", "skip", "skip", id="downloads.skip", tooltip="Leave it, or take that back"),
        Binding("c", "compare", "compare", id="downloads.compare", tooltip="Beside the file it is like"),
        Binding("S", "points", "from points", id="downloads.points", tooltip="Take all from so many points on"),
        Binding("F", "folder", "folder", show=False, id="downloads.folder", tooltip="Where new folders are made"),
        Binding("I", "import", "import", id="downloads.import", tooltip="What is ready, after a yes"),
        Binding("y", "copy", "copy path", show=False, id="downloads.copy", tooltip="Copy the path"),
        Binding("ctrl+r", "look", "look again", show=False, id="downloads.look", tooltip="Read the folder again"),
        *chip_keys("downloads"),
        filter_key("downloads", "Words of the path, or of what it is for"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = FixedRows()
        self._title = TrailLine(id="downloads-title")
        self._chips = Chips(id="downloads-chips")
        self._list = RowList(COLUMNS, self._rows, id="downloads-list")
        self._panes = ListAndDetail(self._list, DetailPane("downloads-detail"), self._lines_of, name="downloads-panes")
        self._path = b""
        self._options = FolderImport()
        self._folder: Folder | None = None
        self._found: Sequence[Row] = ()
        self._is_compared = False
        self._reading: Worker[None] | None = None
        self._sure: set[int] = set()
        self._skipped: set[int] = set()

    def compose(self) -> ComposeResult:
        self._list.empty_text = EMPTY
        yield self._title
        yield self._chips
        yield self._panes

    async def on_front(self) -> None:
        """Gives the files the keyboard."""
        self.take_keyboard(self._list)

    def open_path(self, path: bytes, options: FolderImport) -> None:
        """Reads a folder, or one file. Raises UsageError for options that do not go together."""
        judge_options(options)
        self._path, self._options, self._folder, self._found = path, options, None, ()
        self._sure, self._skipped = {*options.take}, {*options.skip}
        self._chip, self.filter_text = "", ""
        self._read_soon()

    def action_back(self) -> None:
        """Stops reading, else one step back."""
        if self._reading is not None and self._reading.is_running:
            self._reading.cancel()
            self.say("Stopped: which files are the same is not known. ctrl+r reads the folder again.", "warning")
        else:
            super().action_back()

    def on_job_event(self, job: Job, event: Event) -> None:
        """Reads again once something was changed."""
        if (
            isinstance(event, Finished)
            and self.display
            and self._folder is not None
            and job.name == APPLY["library"].name
        ):
            self._read_soon()

    # Reading

    def _read_soon(self) -> None:
        self._reading = self._read()

    @work(group="downloads", exclusive=True, exit_on_error=False)
    async def _read(self) -> None:
        self._list.empty_text = f"Reading {printable_path(self._path)} …"
        self._show()
        known = {} if self._folder is None else self._folder.aims
        numbers = {} if self._folder is None else {one.number: one.path for one in self._folder.downloads}
        try:
            folder = await open_folder(self.workspace, self._path, self._options, self.say_of_row)
            folder.aims |= {key: aim for key, aim in known.items() if key in folder.aims and aim.targets}
            by_path = {one.path: one.number for one in folder.downloads}
            if numbers:  # a file that was imported is gone, and the others have other numbers
                self._sure = {by_path[numbers[one]] for one in self._sure if numbers.get(one) in by_path}
                self._skipped = {by_path[numbers[one]] for one in self._skipped if numbers.get(one) in by_path}
            await accept(self.workspace, folder, self._options, self._sure)
            self._folder, self._is_compared = folder, False
            self._list.empty_text = f"{printable_path(self._path)} holds no file."
            await self._judge()
            self._show()
            await compare_folder(self.workspace.context(), folder, self.say_of_row)
            self._is_compared = True
            await self._judge()
        except MediatuiError as error:
            self._folder, self._found, self._list.empty_text = None, (), printable(error.sentence)
            self._show()
            return
        self.say(" ".join([*map(printable, folder.notes), summary(self._found)]))
        self._show()

    async def _judge(self) -> None:
        assert self._folder is not None
        how = judge_options(self._options)
        self._found = await judge_folder(self.workspace.context(), self._folder, how, self._sure, self._skipped)

    @work(group="downloads-judge", exclusive=True, exit_on_error=False)
    async def _judge_soon(self, taken: Collection[int] = ()) -> None:
        try:
            if taken and self._folder is not None:
                await accept(self.workspace, self._folder, self._options, taken)
            await self._judge()
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self.say(summary(self._found))
        self._show()

    # What is shown

    def show_filtered(self) -> None:
        """Lists what matches chip and filter; the folder is not read again."""
        self._show()

    def _show(self) -> None:
        query = self.filter_text
        rows = [row for row in self._found if fits(row, self._chip, query)]
        self._rows.take([row_of(row) for row in rows])
        counts = chip_counts(self._found, query)
        if self._found and not rows:
            self._list.empty_text = nothing_matches(query) if query else "No file is of that kind.\nesc shows all"
        chips = [(name, f"{word} {counts[name]:,}") for name, word in CHIPS]
        with self.app.batch_update():
            self._title.set_parts([(printable_path(self._path) if self._path else "", "")])
            self._chips.show(chips, self._chip, query=query, found=counts[""])
            self._list.source_changed(anew=self.narrowed_anew())
            if not rows:
                self._list.refresh()
        self._panes.show()
        self.host.prompt.say_found(counted(len(rows), "file"))
        self.host.show_keys()

    @property
    def chips(self) -> Sequence[str]:
        """Those of ``CHIPS``."""
        return [chip for chip, _ in CHIPS]

    @property
    def key_words(self) -> Mapping[str, str]:
        """What the keys would do with the row under the cursor, and where ``tab`` goes."""
        words = {**self.KEY_WORDS, "other_pane": self.tab_word}
        row = self._row(self._list.cursor_key)
        if row is None or self._list.marks:
            return words
        keys = {key for key, _ in ways(row)}
        words |= {action: "" for action, key in _OF_ROW.items() if key not in keys}
        return {**words, "skip": "take back"} if row.download.number in self._skipped else words

    def _row(self, key: int | None) -> Row | None:
        return next((row for row in self._found if row.download.number == key), None)

    def _lines_of(self, key: int | None) -> Iterable[PaneLine]:
        return detail_lines(self._row(key), self._folder)

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()
        self.host.show_keys()

    # What is done

    def _chosen(self) -> list[Row]:
        found = [row for row in map(self._row, self._list.targets()) if row is not None]
        usable = [row for row in found if row.download.key is not None]
        if not usable:
            why = f"It is left: {printable(found[0].why)}." if found else "There is no file here."
            self.say(why, "warning")
        return usable

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        """Takes files, and what fits best for them; of one that cannot be taken the details are shown."""
        row = self._row(self._list.cursor_key)
        if message.into or (row is not None and row.download.key is None and not self._list.marks):
            return
        message.stop()
        message.prevent_default()
        if (chosen := self._chosen()) and self._folder is not None:
            numbers = {row.download.number for row in chosen}
            self._sure |= numbers
            self._skipped -= numbers
            self._list.action_unmark()
            self._judge_soon(numbers)

    def action_skip(self) -> None:
        """Leaves files, or takes that back where all of them are left already."""
        numbers = {row.download.number for row in self._chosen()}
        self._skipped = self._skipped - numbers if numbers <= self._skipped else self._skipped | numbers
        self._sure -= numbers
        self._list.action_unmark()
        if numbers:
            self._judge_soon()

    def action_points(self) -> None:
        """Asks from how many points on files are taken."""
        hint = pairs(("enter", "take"), ("esc", "back"))
        self.host.prompt.open(POINTS, "take all from points (1 to 100): ", hint=hint)

    def action_folder(self) -> None:
        """Asks where the folders of new films and series are made."""
        hint = pairs(("enter", "take"), ("", "empty is where each belongs"), ("esc", "back"))
        given = os.fsdecode(self._options.folder)
        self.host.prompt.open(FOLDER, "new folders are made in: ", given, hint=hint)

    def _take_folder(self, text: str) -> None:
        try:
            folder = named_folder(self.workspace, text.strip())
        except MediatuiError as error:
            self.say(error.sentence, "warning")
            return
        self._options = self._options.in_folder(folder)
        if self._folder is not None:
            self._judge_soon()

    def entered(self, mode: str, text: str) -> bool:
        """Takes points, or a folder."""
        if mode == FOLDER:
            self._take_folder(text)
            return True
        if mode != POINTS:
            return super().entered(mode, text)
        points = int(text) if text.strip().isdecimal() and len(text.strip()) < 4 else 0
        if not 0 < points <= 100:
            self.say("Points go from 1 to 100.", "warning")
        elif self._folder is not None:
            self._options = self._options.with_points(points)
            self._judge_soon()
        return True

    def action_compare(self) -> None:
        """Shows a file beside the one that it is like."""
        row = self._row(self._list.cursor_key)
        if row is None or not row.other:
            self.say("It is like no other file.", "warning")
        else:
            self._compare_soon(row)

    @work(group="downloads-compare", exclusive=True, exit_on_error=False)
    async def _compare_soon(self, row: Row) -> None:
        from mediatui.acquire.downloads.compare import compare
        from mediatui.commands.download_columns import compared_lines
        from mediatui.tui.views.answer.view import AnswerView

        self.say(f"Comparing {printable(cut_middle(row.download.name, LONGEST_NAME))} …")
        try:
            facts = await compare(self.workspace.context(), row.download.file.path, row.other)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        view = await self.host.show_view("answer", load=False)
        assert isinstance(view, AnswerView)
        await self.host.open_view("answer")
        view.show_lines("compare", compared_lines(facts))

    def action_import(self) -> None:
        """Proposes to import what is ready: of the marked files, else of all."""
        marked = self._list.marks
        ready = [row for row in self._found if row.state == "ready" and (not marked or row.download.number in marked)]
        if self._folder is not None and not self._is_compared:
            going = self._reading is not None and self._reading.is_running
            then = "a moment" if going else "ctrl+r reads the folder again"
            self.say(f"Which files are the same is not known yet: {then}.", "warning")
            return
        if not ready or self._folder is None:
            self.say("Nothing is ready: enter takes a file, m says what it is for.", "warning")
            return
        settings, top = self.workspace.settings, self._folder.content.top
        self.host.plans.propose(lambda connection: plan_rows(settings, top, ready))

    def action_look(self) -> None:
        if self._path:
            self._read_soon()

    def action_copy(self) -> None:
        rows = [row for row in map(self._row, self._list.targets()) if row is not None]
        if rows:
            what = "Path" if len(rows) == 1 else f"{len(rows):,} paths"
            self.host.copy_text("\n".join(os.fsdecode(row.download.file.path) for row in rows), what)

    # What they are for

    def action_target(self) -> None:
        """Chooses what files are for: those of the same series follow."""
        if chosen := self._chosen():
            groups = list(dict.fromkeys(row.download.key for row in chosen))
            keys = [next(row for row in chosen if row.download.key == key) for key in groups]
            named = cut_middle(printable(chosen[0].download.name), LONGEST_NAME)
            named = named if len(chosen) == 1 else counted(len(chosen), "file")
            self.choose_target(Choosing(tuple(str(row.download.number) for row in keys), named))

    async def find_aims(
        self, keys: Sequence[str], to: str | None = None, words: str = ""
    ) -> tuple[list[Mapped], list[Aim], list[str]]:
        """What these files may be for."""
        from mediatui.commands.map import Mapped, with_words

        finder = target_finder(self.workspace, self._options.service)
        items = []
        for row in filter(None, (self._row(int(key)) for key in keys)):
            assert row.download.release is not None
            items.append(Mapped(str(row.download.number), row.download.name, row.download.release))
        releases = [with_words(item.release, words) if words else item.release for item in items]
        if to:
            return items, await aim_at(finder, [read_target(to)], releases), finder.notes
        return items, [aim_by(one) for one in await finder.map_releases(releases)], finder.notes

    async def store_choice(self, item: Mapped, aim: Aim) -> None:
        """Notes what all that is mapped together with a file is for."""
        row = self._row(int(item.key))
        if self._folder is not None and row is not None and row.download.key is not None:
            finder = target_finder(self.workspace, self._options.service)
            await choose(finder, self._folder, row.download.key, aim)
            self._sure.add(row.download.number)

    def acted(self) -> None:
        """Takes the marks, and judges anew."""
        self._list.action_unmark()
        self._judge_soon()
