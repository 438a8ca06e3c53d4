"""Filters kept under a name in the settings (``ui.filters``): saved, listed, forgotten."""

from __future__ import annotations

import functools
import json
import string
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from mediatui.model.errors import MediatuiError
from mediatui.model.text import printable
from mediatui.system.threads import in_thread
from mediatui.tui.view import in_background
from mediatui.tui.widgets.menu import Choice, Extra

if TYPE_CHECKING:
    from mediatui.tui.host import Host

KEYS: Final = (string.digits[1:] + string.ascii_lowercase).replace("d", "")
"""The keys of the menu, without the one that forgets a filter."""
REMOVE: Final = "d"


class SavedFilters:
    """The filters of the settings."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def all(self) -> Mapping[str, str]:
        """Each query by its name. Raises SettingsError."""
        return self._host.workspace.settings.ui.filters

    def choose(self, take: Callable[[str], None]) -> None:
        """Opens the menu of them; ``take`` is called with the query of the one that was chosen."""
        saved = self.all()
        keys = [*KEYS, *[""] * max(0, len(saved) - len(KEYS))]
        choices = [Choice(key, name, query) for key, (name, query) in zip(keys, saved.items(), strict=False)]
        self._host.prompt.choose(
            "saved filters",
            choices,
            lambda name: take(saved[name]),
            extras=[Extra(REMOVE, "forget", self.ask_to_forget)],
        )

    def save(self, name: str, query: str) -> None:
        """Keeps a query under a name; asks before another one of that name is replaced."""
        name = printable(name, empty="").strip()
        held = self.all().get(name)
        if not name:
            self._host.prompt.say("Nothing was saved: a filter needs a name.", "warning")
        elif held is None or held == query:
            self._write({**self.all(), name: query}, f"{name!r} is saved: ctrl+o in / picks it.")
        else:
            question = f"{name!r} is /{printable(held)} now. Replace it with /{printable(query)}?"
            filters = {**self.all(), name: query}
            self._host.prompt.ask(question, functools.partial(self._write, filters, f"{name!r} is replaced."), 1)

    def ask_to_forget(self, name: str) -> None:
        """Asks whether to forget a filter."""
        left = {kept: query for kept, query in self.all().items() if kept != name}
        question = f"Forget the filter {printable(name)!r} (/{printable(self.all()[name])})?"
        forget = functools.partial(self._write, left, f"{printable(name)!r} is forgotten.")
        self._host.prompt.ask(question, forget, 1, at_once=True)

    def _write(self, filters: Mapping[str, str], done: str) -> None:
        in_background(self._host, functools.partial(self._write_soon, filters, done), "saved-filters")

    async def _write_soon(self, filters: Mapping[str, str], done: str) -> None:
        from mediatui.settings.edit import set_value

        workspace = self._host.workspace
        try:
            await in_thread(lambda: set_value(workspace.paths.config_file, "ui.filters", json.dumps(dict(filters))))
        except MediatuiError as error:
            self._host.prompt.say(error.sentence, "error")
            return
        workspace.reload_settings(keep_account=True)
        self._host.prompt.say(done)
