"""Settings: every key, its value and where it comes from; edit, test the services, find Sonarr and Radarr.

Secrets stay masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from mediatui.model.arr import ARR_TITLES, arr_section, arr_title
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.text import join_words, printable
from mediatui.settings import Key, Loaded, all_keys, keys_of, load, plain_value
from mediatui.tui.view import View
from mediatui.tui.widgets.columns import Column
from mediatui.tui.widgets.plain_list import PlainList
from mediatui.tui.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from mediatui.checkup import Check
    from mediatui.services.detect_arr import Place, Proposal

COLUMNS = (Column("Setting", 32), Column("Value", 20, flexible=True), Column("From", 24, rank=1))


class SettingRows:
    """The settings as rows; the key of a row is its place."""

    def __init__(self) -> None:
        self._keys: list[Key] = list(all_keys().values())
        self._loaded: Loaded | None = None

    def take(self, loaded: Loaded) -> None:
        """Shows these values."""
        self._loaded = loaded
        self._keys = keys_of(loaded.settings)

    @property
    def count(self) -> int:
        """How many settings there are."""
        return len(self._keys)

    def setting(self, position: int) -> Key:
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
        return Row(position, (key.name, self.value(position), printable(origin, empty="")), "ok")

    def key_at(self, position: int) -> int | None:
        """The key of a row."""
        return position if 0 <= position < self.count else None

    def position_of(self, key: int) -> int | None:
        """The row of a key."""
        return key

    def keys(self) -> Iterable[int]:
        """Every key."""
        return range(self.count)


class SettingsView(View):
    """What is configured, and changing it."""

    NAME = "Settings"
    KEY = "comma"
    HELP = (
        "Every setting. Enter changes one in the config file, x takes it out again. t tests the service of the section "
        "under the cursor, else all. f looks for Sonarr and Radarr here; what is found is saved only after a yes, and "
        "f again proposes the next."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "edit", id="settings.edit", tooltip="Change the setting under the cursor"),
        Binding("t", "test", "test", id="settings.test", tooltip="Test the services with what is configured"),
        Binding("f", "find", "find", id="settings.find", tooltip="Look for Sonarr and Radarr here"),
        Binding("x", "unset", "unset", id="settings.unset", tooltip="Take the setting out of the config file"),
        Binding("escape,backspace,h", "leave", show=False, id="settings.back"),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own parameter name
        super().__init__(id=id)
        self._rows = SettingRows()
        self._read_stamp = -1
        self._offered: set[str] = set()
        self._list = PlainList(COLUMNS, self._rows, id="settings-list")
        self._note = Static("", id="settings-note", markup=False)

    def compose(self) -> ComposeResult:
        yield self._list
        yield self._note

    async def shown(self) -> None:
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
            self.say(f"{error.message} {error.hint}".strip(), "error")
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
        self.main.prompt.open("secret" if key.secret else "setting", f"{key.name} = ", value)

    def entered(self, mode: str, text: str) -> bool:
        """Writes the value that was typed, when it is allowed."""
        if mode not in ("setting", "secret"):
            return False
        from mediatui.settings.edit import set_value

        if mode == "secret" and not text.strip():  # its field begins empty: enter alone is no wish to lose it
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
            self.say(f"{error.message} {error.hint}".strip(), "error")
            return
        self._written()
        self.say(f"{name} {done}.")

    def _written(self) -> None:
        """What now stands in the config file is in force."""
        self.workspace.reload_settings()
        self._read()
        self.main.settings_changed()

    def action_test(self) -> None:
        self.say("Asking …")
        self._test(self._rows.setting(self._list.cursor))

    @work(group="settings-test", exclusive=True, exit_on_error=False)
    async def _test(self, key: Key) -> None:
        """Tests the service a setting belongs to; all that are in use when it is not that of a service."""
        try:
            checks = await self._checks(key)
        except MediatuiError as error:
            self.say(f"{error.message} {error.hint}".strip(), "error")
            return
        text = " · ".join(f"{check.name} {check.state}: {check.text} {check.hint}".strip() for check in checks)
        self.say(text, "error" if any(check.state == "problem" for check in checks) else "info")

    async def _checks(self, key: Key) -> list[Check]:
        from mediatui.checkup import check_arr, check_realdebrid

        settings = self.workspace.settings
        if key.section in ARR_TITLES:
            service = settings.arr(key.service or key.section)
            if self.workspace.demo:
                raise UsageError(f"The demo has no {service.title}.")
            return [await check_arr(service)]
        checks = [await check_realdebrid(self.workspace.invocation, settings)]
        if key.section != "realdebrid":
            checks += [await check_arr(service) for service in settings.services if service.enabled]
        return checks

    # Finding Sonarr and Radarr

    def action_find(self) -> None:
        self.say("Looking for Sonarr and Radarr: in Docker, on their usual ports, by their config.xml …")
        self._find()

    @work(group="settings-find", exclusive=True, exit_on_error=False)
    async def _find(self) -> None:
        """Proposes the first that was found and is neither configured nor proposed already."""
        from mediatui.services.detect_arr import detect, place_for

        try:
            settings = self.workspace.settings
        except MediatuiError as error:
            self.say(f"{error.message} {error.hint}".strip(), "error")
            return
        found = await detect()
        known = {(service.kind, service.url) for service in settings.services if service.enabled}
        new = [one for one in found if (one.kind, one.url) not in known]
        left = [one for one in new if one.url not in self._offered]
        if not left:
            self._offered.clear()
            self.say(_nothing_new(len(found), len(new)), "info" if found else "warning")
            return
        proposal = left[0]
        self._offered.add(proposal.url)
        place = place_for(proposal, settings)
        self.main.prompt.ask(_question(proposal, place, len(left) - 1), lambda: self._take(proposal, place.name), 1)

    def _take(self, proposal: Proposal, name: str) -> None:
        """Writes what was found into the config file, as the service of this name. Without a key it cannot be enabled
        yet."""
        from mediatui.settings.edit import find_key, set_value

        section, key = arr_section(proposal.kind, name), proposal.api_key.get_secret_value()
        values = {"url": proposal.url, **({"api_key": key, "enabled": "true"} if key else {})}
        try:
            for field, value in values.items():
                set_value(self.workspace.paths.config_file, f"{section}.{field}", value)
        except MediatuiError as error:
            self.say(f"{error.message} {error.hint}".strip(), "error")
            return
        self._written()
        if key:
            self.say(f"{proposal.url} is saved; asking it …")
            self._test(find_key(f"{section}.url"))
        else:
            self.say(f"{proposal.url} is saved. Type its key into {section}.api_key, then set {section}.enabled.")

    async def action_leave(self) -> None:
        await self.main.go_back()


def _question(proposal: Proposal, place: Place, more: int) -> str:
    """What is asked before something that was found is saved; the key itself is never shown."""
    key = "with its key" if proposal.api_key.get_secret_value() else "its key has to be typed"
    also = f" ({more:,} more: f again)" if more else ""
    where = ""
    if place.replaces:
        where = f" in place of {place.replaces}, which it replaces"
    elif place.beside:
        where = f" beside {join_words(place.beside)}, as {arr_title(proposal.kind, place.name)}"
    return f"{ARR_TITLES[proposal.kind]} at {proposal.url}: {printable(proposal.why)}. Save it{where}, {key}?{also}"


def _nothing_new(found: int, new: int) -> str:
    if new:
        return "That was all that was found; f begins anew."
    if found:
        return "Only what is configured already was found."
    return "Neither Sonarr nor Radarr was found here; type sonarr.url and sonarr.api_key."
