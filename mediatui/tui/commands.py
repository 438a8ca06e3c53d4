"""The ``:`` line: the headless commands, typed on the screen."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textual.suggester import SuggestFromList

from mediatui.archive.sync import MODES, SyncOptions
from mediatui.model.errors import UsageError
from mediatui.model.text import printable

NAMES = ("sync", "torrents", "show", "stats", "settings", "activity", "help", "quit")
_SYNC_FLAGS: Mapping[str, tuple[str, bool]] = {
    "--dry-run": ("dry_run", True),
    "--status-changes-only": ("status_changes_only", True),
    "--include-active-downloads": ("include_active", True),
    "--skip-error-retry": ("skip_error_retry", True),
    "--no-resume": ("resume", False),
}
_VALUED = ("--mode", "--status")


@dataclass(frozen=True, slots=True)
class Typed:
    """A command that was typed: its name, and the text or the sync options that go with it."""

    name: str
    text: str = ""
    sync: SyncOptions | None = None


def suggestions() -> SuggestFromList:
    """What completes a command line."""
    lines = [*NAMES, *(f"sync --mode {mode}" for mode in MODES), *(f"sync {flag}" for flag in _SYNC_FLAGS)]
    return SuggestFromList([*lines, "torrents status:problem", "torrents is:duplicate"])


def read_command(line: str) -> Typed:
    """The command in a line; raises UsageError that names what is wrong and what there is."""
    name, _, rest = line.strip().partition(" ")
    if name == "q":
        name = "quit"
    if name not in NAMES:
        raise UsageError(f"There is no command {printable(name)!r} here.", f"Commands: {', '.join(NAMES)}.")
    if name == "sync":
        return Typed(name, sync=_read_sync(rest))
    return Typed(name, rest.strip())


def _read_sync(text: str) -> SyncOptions:
    from mediatui.archive.sync import read_options

    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"The command cannot be read: {error}.") from None
    options: dict[str, Any] = {}
    statuses: list[str] = []
    while words:
        word = words.pop(0)
        if word in _SYNC_FLAGS:
            field, value = _SYNC_FLAGS[word]
            options[field] = value
        elif word in _VALUED and words:
            given = words.pop(0)
            if word == "--mode":
                options["mode"] = given
            else:
                statuses.append(given)
        else:
            raise UsageError(
                f"sync does not take {printable(word)!r}.", f"It takes {', '.join((*_VALUED, *_SYNC_FLAGS))}."
            )
    return read_options({**options, "statuses": statuses})
