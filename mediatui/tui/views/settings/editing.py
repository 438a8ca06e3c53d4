"""Changing settings: switched, chosen from a list, typed, and lists entry by entry. What is refused stays in the line,
to be put right, with the reason and what is allowed."""

from __future__ import annotations

import functools
import json
import shlex
from abc import abstractmethod
from collections.abc import Callable, Sequence

from textual.binding import Binding
from textual.timer import Timer

from mediatui.model.errors import MediatuiError, UsageError
from mediatui.settings.entries import asked_for, has_entries, is_one_line, moved, with_new, with_text, without
from mediatui.settings.keys import SettingKey
from mediatui.tui.view import View
from mediatui.tui.views.settings.rows import Line
from mediatui.tui.widgets.lines import pairs
from mediatui.tui.widgets.menu import Choice, choices_of

THEME = "ui.theme"
PREVIEW_S = 0.15
"""How long the cursor rests on a theme before it is shown."""
DEMO = "demo"
"""Where settings come from that the demo makes itself."""
EDIT_KEYS = (
    Binding("e", "edit", "change", show=False, id="settings.edit", tooltip="Change the setting under the cursor"),
    Binding("a", "add", "add", id="settings.add", tooltip="Add an entry to the list under the cursor"),
    Binding("x", "unset", "default", id="settings.unset", tooltip="Back to the default, or remove the entry"),
    Binding("J,shift+down", "shift(1)", show=False, id="settings.later", tooltip="Move the entry down"),
    Binding("K,shift+up", "shift(-1)", show=False, id="settings.earlier", tooltip="Move the entry up"),
)


class Editing(View):
    """A view of settings in which they are changed (``EDIT_KEYS``)."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._typing: Callable[[str], None] | None = None
        self._preview: Timer | None = None
        self._asked = ("", "")

    @abstractmethod
    def chosen_line(self) -> Line | None:
        """What is under the cursor."""

    @abstractmethod
    def show_reason(self, text: str) -> None:
        """Shows why a value is refused, while it is put right."""

    @abstractmethod
    def fold(self, name: str, *, unfolded: bool | None = None) -> None:
        """Shows or hides the entries of the list of that name, the other way round unless it is said."""

    @abstractmethod
    def _read_again(self) -> None:
        """Shows the settings as they are now."""

    @abstractmethod
    def written(self) -> None:
        """Called when the config file was changed: applies its settings."""

    # What is wanted

    def action_edit(self) -> None:
        """Changes what is under the cursor in the way its kind is changed."""
        line = self.chosen_line()
        if line is None or line.place is None:
            return
        key = line.place.key
        if line.entry is None and has_entries(key):
            self.fold(key.name)
        elif self._is_of_demo(line):
            return
        elif line.entry is not None:
            self._edit_entry(line, key)
        elif key.kind == "truth":
            self._write(line, key, "false" if line.value else "true")
        elif key.choices:
            self._choose(line, key)
        else:
            text = shlex.join(map(str, _list(line.value))) if is_one_line(key) else str(line.value)
            self._ask(line.place.title, "" if key.secret else text, functools.partial(self._typed, line, key), key)

    def _is_of_demo(self, line: Line) -> bool:
        if line.origin == DEMO and line.place is not None:
            self.say(f"The demo sets this itself: {line.place.title}.", "warning")
        return line.origin == DEMO

    def _choose(self, line: Line, key: SettingKey) -> None:
        assert line.place is not None
        if key.name == THEME:
            themes = [Choice("", name) for name in key.choices]
            prompt, now = self.host.prompt, str(line.value)
            prompt.choose(line.place.title, themes, self._theme_taken, at=now, moved=self._show_theme)
            return
        take = functools.partial(self._write, line, key)
        self.host.prompt.choose(line.place.title, choices_of(key.choices), take, at=str(line.value))

    def _show_theme(self, name: str) -> None:
        """Shows the theme the cursor rests on: all of the screen is drawn again, which takes its time."""
        if self._preview is not None:
            self._preview.stop()
        self._preview = self.set_timer(PREVIEW_S, functools.partial(self.host.show_theme, name))

    def _theme_taken(self, name: str) -> None:
        if self._preview is not None:
            self._preview.stop()
        self.host.keep_theme(name)
        self._read_again()

    # What is typed

    def _ask(self, sign: str, text: str, take: Callable[[str], None], key: SettingKey) -> None:
        """Has something typed; ``take`` raises MediatuiError for what is refused."""
        self._typing = take
        self._asked = ("secret" if key.secret else "setting", f"{sign}: ")
        self._open(text)

    def _open(self, text: str) -> None:
        mode, sign = self._asked
        hint = pairs(("enter", "save"), ("esc", "leave it as it is"))
        self.host.prompt.open(mode, sign, text, hint=hint, moves=_nothing)

    def entered(self, mode: str, text: str) -> bool:
        """Takes what was typed; what is refused is typed on."""
        if mode not in ("setting", "secret") or self._typing is None:
            return False
        take, self._typing = self._typing, None
        try:
            take(text)
        except MediatuiError as error:
            self._typing = take
            self._open(text)
            self.show_reason(error.sentence)
        return True

    def _typed(self, line: Line, key: SettingKey, text: str) -> None:
        if key.secret and not text.strip():  # its field begins empty: enter alone does not mean to remove it
            self.say("Nothing was changed; x takes the secret out of the config file.")
            return
        if is_one_line(key):
            try:
                text = json.dumps(shlex.split(text))
            except ValueError as error:
                raise UsageError(f"The quotes do not match ({error}).") from None
        elif not text.strip() and key.kind in ("whole", "number"):
            raise UsageError(f"A value is missing; allowed is {key.allowed}.", "x, on the row, takes the default.")
        self._save(line, key, text)

    # Lists

    def _edit_entry(self, line: Line, key: SettingKey) -> None:
        entry = line.entry
        assert entry is not None
        assert line.place is not None

        def take(text: str) -> None:
            self._save(line, key, json.dumps(with_text(key, line.value, entry, text)))

        self._ask(f"{line.place.title}, {entry.title.strip()}", entry.text, take, key)

    def action_add(self) -> None:
        """Adds an entry to the list under the cursor; each of its fields that must be there is asked for."""
        line = self.chosen_line()
        if line is None or line.place is None or self._is_of_demo(line):
            return
        if not has_entries(line.place.key):
            self.say("Entries are added to lists; enter changes this one.")
            return
        self._ask_for_new(line, line.place.key, ())

    def _ask_for_new(self, line: Line, key: SettingKey, given: Sequence[str]) -> None:
        wanted = asked_for(key)

        def take(text: str) -> None:
            if not text.strip():
                raise UsageError(f"It cannot be empty; allowed is {key.allowed}.")
            if len(given) + 1 < len(wanted):
                self._ask_for_new(line, key, (*given, text))
                return
            self._save(line, key, json.dumps(with_new(key, line.value, (*given, text))))
            self.fold(key.name, unfolded=True)

        assert line.place is not None
        self._ask(f"{line.place.title}, new {wanted[len(given)][1]}", "", take, key)

    def action_shift(self, by: int) -> None:
        """Moves the entry under the cursor among the others: the first counts before them."""
        line = self.chosen_line()
        if line is None or line.key is None or line.entry is None or self._is_of_demo(line):
            return
        changed = moved(line.value, line.entry.at, by)
        if changed != line.value:
            self._write(line, line.key, json.dumps(changed))

    def action_unset(self) -> None:
        """Removes the entry under the cursor, or takes the setting out of the config file."""
        line = self.chosen_line()
        if line is None or line.place is None or self._is_of_demo(line):
            return
        key = line.place.key
        if line.entry is not None:
            self._write(line, key, json.dumps(without(line.value, line.entry.at)))
            return
        from mediatui.settings.edit import unset_value

        try:
            removed = unset_value(self.workspace.paths.config_file, key.name)
        except MediatuiError as error:
            self.say(error.sentence, "error")
            return
        if not removed:
            where = f"it comes from: {line.origin}" if line.origin else "it is the default"
            self.say(f"{line.place.title} is not set in the config file; {where}.")
            return
        self.written()
        self.say(f"{line.place.title} is taken out of the config file.")

    # Writing

    def _write(self, line: Line, key: SettingKey, text: str) -> None:
        """Saves what cannot be typed wrong."""
        try:
            self._save(line, key, text)
        except MediatuiError as error:
            self.say(error.sentence, "error")

    def _save(self, line: Line, key: SettingKey, text: str) -> None:
        """Writes a value into the config file, and says so; raises MediatuiError when it is refused."""
        from mediatui.settings.edit import set_value

        set_value(self.workspace.paths.config_file, key.name, text)
        self.written()
        title = line.place.title if line.place is not None else key.name
        origin = self.workspace.loaded.origins.get(key.name, "")
        if origin.startswith("environment"):
            self.say(f"Saved; the {origin} comes first: {title}", "warning")
        else:
            self.say(f"{title} is saved.")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _nothing(by: int) -> None:
    """Up and down do nothing: what was typed for another setting is none for this one."""
