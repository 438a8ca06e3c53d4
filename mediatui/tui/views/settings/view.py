"""Settings: groups in plain words, each value with its default, changed where it stands; the services tested and found.

Secrets stay masked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from mediatui.model.errors import MediatuiError
from mediatui.model.human import counted
from mediatui.model.text import printable
from mediatui.settings import SettingKey
from mediatui.settings.entries import has_entries
from mediatui.settings.login import LoginFile
from mediatui.tui.filtering import FilteredView, filter_key, nothing_matches
from mediatui.tui.views.settings.editing import DEMO, EDIT_KEYS, Editing
from mediatui.tui.views.settings.rows import COLUMNS, NOTHING, Line, SettingRows, value_text
from mediatui.tui.views.settings.services import KEYS, ServiceActions
from mediatui.tui.widgets.chips import Chips
from mediatui.tui.widgets.plain_list import PlainList
from mediatui.tui.widgets.row_list import RowList

LONGEST_ALLOWED: Final = 160
"""More of what is allowed is left to the list that enter opens."""


class SettingList(PlainList, inherit_bindings=False):
    """The rows; enter and space change one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,l", "open", "change", id="list.open", tooltip="Change the setting under the cursor"),
        Binding("space", "switch", "switch", id="list.switch", tooltip="Switch on or off, or change"),
        *(one for one in PlainList.BINDINGS if isinstance(one, Binding) and one.id != "list.open"),
    ]

    def action_switch(self) -> None:
        self.action_open()


class SettingsView(ServiceActions, Editing, FilteredView):
    """What is configured, and changing it."""

    NAME = "Settings"
    KEY = "comma"
    HELP = (
        "Every setting by what it is for; what is not the default stands in colour, with the default beside it. Enter "
        "or space changes one: a switch at once, a choice from a list, a list entry by entry (a adds, x removes, J K "
        "move one). x takes a setting back to its default. / narrows. t tests the service the cursor is at, f finds "
        "Sonarr and Radarr here, then path maps that are missing; what is found is saved only after a yes."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        *EDIT_KEYS,
        *KEYS,
        filter_key("settings", "Show only settings that hold these words"),
        Binding("tab", "other_pane", "other pane", show=False, id="settings.pane", tooltip="Settings, answers"),
        Binding("escape,backspace,h", "leave", "back", show=False, id="settings.back", tooltip="Where you were"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = SettingRows()
        self._read_stamp = (-1, -1)
        self._title = Chips(id="settings-title")
        self._list = SettingList(COLUMNS, self._rows, id="settings-list")
        self._note = Static("", id="settings-note", markup=False)

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._list
        yield self.answers
        yield self._note

    async def on_front(self) -> None:
        """Reads the settings when a file is another since, and gives the list the keyboard."""
        if self._stamp() != self._read_stamp:
            first = self._read_stamp == (-1, -1)
            self.workspace.reload_settings()
            self._read_again()
            if first:
                self._list.move_to(1)  # the first row is a heading
        self.take_keyboard(self._list)

    def _stamp(self) -> tuple[int, int]:
        config_file = self.workspace.paths.config_file
        files = (config_file, LoginFile(config_file).path)
        return tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files)  # type: ignore[return-value]

    def _read_again(self) -> None:
        self._read_stamp = self._stamp()
        try:
            self._rows.take(self.workspace.loaded)
        except MediatuiError as error:
            self.say(error.sentence, "error")
        self._arranged()

    def _arranged(self, *, to_top: bool = False) -> None:
        """Shows what the rows hold now."""
        self._list.empty_text = nothing_matches(self.filter_text)
        with self.app.batch_update():
            self._list.source_changed(to_top=to_top)
            if to_top:
                self._list.move_to(1)
            self._show_title()
            self._explain(self.chosen_line())

    def _show_title(self) -> None:
        count = self._rows.settings
        text = f"{counted(count, 'setting')}, {self._rows.changed:,} not the default"
        self._title.show((), "", query=self.filter_text, found=count, text=text)

    # What is under the cursor

    def chosen_line(self) -> Line | None:
        """What is under the cursor."""
        return self._rows.line(self._list.cursor)

    def chosen_key(self) -> SettingKey | None:
        """The setting under the cursor, at a heading the first below it; None when none is shown."""
        line = self._rows.line(self._list.cursor)
        if line is not None and line.key is None:
            line = self._rows.line(self._list.cursor + 1)
        return None if line is None else line.key

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()
        self._explain(self.chosen_line())

    def _explain(self, line: Line | None) -> None:
        self._note.update(Content("\n").join(self._explanation(line)) if line is not None else "")

    def _explanation(self, line: Line) -> Iterator[Content]:
        """What a row is, what is allowed, where its value comes from, and which keys do something with it."""
        tests = self.tested_from(line.key or self.chosen_key())
        if line.place is None:
            yield Content.styled(line.group, "$heading")
            yield Content(f"t tests {tests}. f searches this machine for Sonarr and Radarr.")
            return
        key = line.place.key
        about = printable(key.description) if line.entry is None else printable(line.entry.text, empty=NOTHING)
        yield Content.assemble((key.name, "$heading"), f"  {about}")
        if key.choices and len(key.allowed) > LONGEST_ALLOWED:
            allowed = f"one of {len(key.choices):,}, which enter lists"
        else:
            allowed = key.allowed
        yield Content(f"{_ways(line, key)}t tests {tests}.")
        yield Content.styled(f"Allowed: {printable(allowed)}. Default: {value_text(key, line.default)}.", "$quiet")
        where = f"Comes from the {printable(line.origin)}." if line.origin else "The default holds."
        else_by = "" if key.environment_name in line.origin else f" Environment: {key.environment_name}"
        yield Content.styled(f"{where}{else_by}", "$quiet")

    def show_reason(self, text: str) -> None:
        """Shows why a value is refused, above the line it is put right on."""
        self._note.update(Content.styled(f"✗ {printable(text)}", "$broken"))

    # Changing

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        message.stop()
        self.action_edit()

    def fold(self, name: str, *, unfolded: bool | None = None) -> None:
        """Shows or hides the entries of a list."""
        if unfolded if unfolded is not None else name not in self._rows.unfolded:
            self._rows.unfolded.add(name)
        else:
            self._rows.unfolded.discard(name)
        self._rows.arrange()
        self._arranged()

    def written(self) -> None:
        """Applies the settings of the config file."""
        self.workspace.reload_settings()
        self._read_again()
        self.host.settings_changed()

    # The filter

    def show_filtered(self) -> None:
        """Shows only the settings that hold the words of the filter."""
        self._rows.words = self.filter_text.strip()
        self._rows.arrange()
        self._arranged(to_top=True)
        self.host.prompt.say_found(counted(self._rows.settings, "setting"))

    # Panes

    def action_other_pane(self) -> None:
        """Between the settings and what services answered."""
        if self.answers.display:
            self.take_keyboard(self._list if self.answers.has_focus else self.answers)

    async def action_leave(self) -> None:
        """Closes the answers, clears the filter, else leaves the view."""
        if self.answers.display:
            self.answers.show_checks(())
            self.take_keyboard(self._list)
        elif not self.clear_filter():
            await self.host.go_back()


def _ways(line: Line, key: SettingKey) -> str:
    """Which keys change a row."""
    if line.origin == DEMO:
        return "The demo sets this itself. "
    if line.entry is not None:
        return "enter changes, x removes, a adds, J K move it. "
    if has_entries(key):
        return "enter shows the entries, a adds one. "
    back = "x takes the default. " if line.origin.startswith("config file") else ""
    if key.name == "realdebrid.token":
        return f":login logs in with a code, :logout ends that. {back}"
    return ("space switches it. " if key.kind == "truth" else "enter changes it. ") + back
