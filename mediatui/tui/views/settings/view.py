"""Settings: every key, its value and where it comes from; edit, test the services, find Sonarr and Radarr.

Secrets stay masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from mediatui.model.errors import MediatuiError
from mediatui.model.text import printable
from mediatui.settings import Loaded, SettingKey, all_keys, keys_of, load, plain_value
from mediatui.tui.views.settings.services import KEYS, ServiceActions
from mediatui.tui.widgets.columns import Column
from mediatui.tui.widgets.plain_list import PlainList
from mediatui.tui.widgets.row_list import RowList
from mediatui.tui.widgets.rows import Row

COLUMNS = (Column("Setting", 32), Column("Value", 20, flexible=True), Column("From", 24, rank=1))


class SettingRows:
    """The settings as rows; the key of a row is its place."""

    def __init__(self) -> None:
        self._keys: list[SettingKey] = list(all_keys().values())
        self._loaded: Loaded | None = None

    def take(self, loaded: Loaded) -> None:
        """Shows these values."""
        self._loaded = loaded
        self._keys = keys_of(loaded.settings)

    @property
    def count(self) -> int:
        """How many settings there are."""
        return len(self._keys)

    def setting(self, position: int) -> SettingKey:
        """The setting at a position."""
        return self._keys[position]

    def value(self, position: int) -> str:
        """Its value as text, secrets masked."""
        if self._loaded is None:
            return ""
        return printable(str(plain_value(self._loaded.settings, self._keys[position].name)), empty="")

    def row(self, position: int) -> Row | None:
        """The row at a position."""
        key = self._keys[position]
        origin = self._loaded.origins.get(key.name, "default") if self._loaded else ""
        return Row(position, (key.name, self.value(position), printable(origin, empty="")))

    def key_at(self, position: int) -> int | None:
        """The key of a row."""
        return position if 0 <= position < self.count else None

    def position_of(self, key: int) -> int | None:
        """The row of a key."""
        return key

    def keys(self) -> Iterable[int]:
        """Every key."""
        return range(self.count)


class SettingsView(ServiceActions):
    """What is configured, and changing it."""

    NAME = "Settings"
    KEY = "comma"
    HELP = (
        "Every setting. Enter changes one in the config file, x takes it out again. t tests the service of the section "
        "under the cursor, else all. f finds Sonarr and Radarr here, then for path maps that are missing; what is "
        "found is saved only after a yes, and f again proposes the next."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "edit", id="settings.edit", tooltip="Change the setting under the cursor"),
        *KEYS,
        Binding("x", "unset", "unset", id="settings.unset", tooltip="Take the setting out of the config file"),
        Binding("tab", "other_pane", show=False, id="settings.pane", tooltip="Between settings and answers"),
        Binding("escape,backspace,h", "leave", show=False, id="settings.back"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = SettingRows()
        self._read_stamp = -1
        self._list = PlainList(COLUMNS, self._rows, id="settings-list")
        self._note = Static("", id="settings-note", markup=False)

    def compose(self) -> ComposeResult:
        yield self._list
        yield self.answers
        yield self._note

    async def on_front(self) -> None:
        """Reads the settings when the file is another since, and gives the list the keyboard."""
        if self._stamp() != self._read_stamp:
            self._read()
        self.take_keyboard(self._list)

    def _stamp(self) -> int:
        file = self.workspace.paths.config_file
        return file.stat().st_mtime_ns if file.exists() else 0

    def _read(self) -> None:
        self._read_stamp = self._stamp()
        try:
            self._rows.take(load(self.workspace.paths.config_file))
        except MediatuiError as error:
            self.say(error.sentence, "error")
        self._list.source_changed()

    def on_row_list_highlighted(self, message: RowList.Highlighted) -> None:
        message.stop()
        if message.key is None:
            return
        key = self._rows.setting(message.key)
        self._note.update(f"{key.description}. Allowed: {key.allowed}. Environment: {key.environment_name}")

    def on_row_list_opened(self, message: RowList.Opened) -> None:
        message.stop()
        self.action_edit()

    def action_edit(self) -> None:
        key = self._rows.setting(self._list.cursor)
        value = "" if key.secret else self._rows.value(self._list.cursor)
        self.host.prompt.open("secret" if key.secret else "setting", f"{key.name} = ", value)

    def entered(self, mode: str, text: str) -> bool:
        """Writes the value that was typed, when it is allowed."""
        if mode not in ("setting", "secret"):
            return False
        from mediatui.settings.edit import set_value

        if mode == "secret" and not text.strip():  # its field begins empty: enter alone does not mean to remove it
            self.say("Nothing was changed; x takes the secret out of the config file.")
            return True
        self._write(lambda file, name: set_value(file, name, text), "set")
        return True

    def action_unset(self) -> None:
        from mediatui.settings.edit import unset_value

        self._write(unset_value, "taken out of the config file")

    def _write(self, write: Callable[[Path, str], object], done: str) -> None:
        name = self._rows.setting(self._list.cursor).name
        try:
            write(self.workspace.paths.config_file, name)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        self.written()
        self.say(f"{name} {done}.")

    def written(self) -> None:
        """Applies the settings of the config file."""
        self.workspace.reload_settings()
        self._read()
        self.host.settings_changed()

    def chosen_key(self) -> SettingKey:
        """The setting under the cursor."""
        return self._rows.setting(self._list.cursor)

    def action_other_pane(self) -> None:
        """Between the settings and what services answered."""
        if self.answers.display:
            self.take_keyboard(self._list if self.answers.has_focus else self.answers)

    async def action_leave(self) -> None:
        """Closes the answers, else the view."""
        if self.answers.display:
            self.answers.show_checks(())
            self.take_keyboard(self._list)
        else:
            await self.host.go_back()
