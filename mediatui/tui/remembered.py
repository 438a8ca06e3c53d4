"""What is remembered of the screens between starts: order, chip, open details, folder, and which was in front.

A small JSON file beside the archive. What is in it is a convenience: a file that is damaged, or of another version, is
left unread, and one that cannot be written is logged; neither is an error.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar, cast

from mediatui.model.errors import MediatuiError
from mediatui.system.private_files import write_private

Value = str | bool
Word = TypeVar("Word", bound=str)
VERSION: Final = 1
LONGEST: Final = 64 * 1024
"""Characters of a file that is still read."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is remembered of one screen, by name."""

    values: Mapping[str, Value] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A text; empty when there is none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def word(self, name: str, allowed: Collection[Word], otherwise: Word) -> Word:
        """One of the words there are; ``otherwise`` when it is not one of them."""
        value = self.values.get(name)
        return cast(Word, value) if value in allowed else otherwise

    def flag(self, name: str) -> bool | None:
        """Yes or no; None when nothing is remembered."""
        value = self.values.get(name)
        return value if isinstance(value, bool) else None


class RememberedScreens:
    """What is remembered of every screen, and its file; without a file nothing is."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        self.front = ""
        """The screen that was in front; empty when none is remembered."""
        self.unread = ""
        """Why the file was not read, for the log; empty when it was, or when there is none yet."""
        self._screens: dict[str, Mapping[str, Value]] = {}
        if file is not None:
            try:
                self._take(_read(file))
            except FileNotFoundError:
                pass
            except (OSError, ValueError, RecursionError) as error:
                self.unread = f"What was remembered of the screens was not read: {file}: {error}"
        self._written = self._text()

    def _take(self, held: object) -> None:
        if not isinstance(held, dict) or held.get("version") != VERSION:
            raise ValueError(f"it is not of version {VERSION}")
        screens, front = held.get("screens"), held.get("front")
        if not isinstance(screens, dict):
            raise ValueError("it has no screens")
        self.front = front if isinstance(front, str) else ""
        for name, values in screens.items():
            if isinstance(values, dict):
                self._screens[name] = {key: value for key, value in values.items() if isinstance(value, Value)}

    def _text(self) -> str:
        held = {"version": VERSION, "front": self.front, "screens": self._screens}
        return json.dumps(held, indent=1, sort_keys=True) + "\n"

    def of(self, screen: str) -> Remembered:
        """What is remembered of a screen."""
        return Remembered(self._screens.get(screen, {}))

    def remember(self, front: str, screens: Mapping[str, Mapping[str, Value | None]]) -> None:
        """Takes what these screens are like now; what is None is forgotten, screens not named stay as they were."""
        self.front = front
        for name, values in screens.items():
            kept = {key: value for key, value in values.items() if value is not None}
            if kept or name in self._screens:
                self._screens[name] = kept

    async def write(self) -> None:
        """Writes what is remembered, in a thread, unless the file says so already."""
        text = self._text()
        if self.file is None or text == self._written:
            return
        self._written = text
        try:
            await asyncio.to_thread(write_private, self.file, text)
        except MediatuiError as error:
            log.warning("What is remembered of the screens was not written: %s", error.message)


def _read(file: Path) -> object:
    """What a file of JSON holds; raises OSError and ValueError."""
    if file.exists() and not file.is_file():
        raise ValueError("it is not a file")
    with file.open(encoding="utf-8") as stream:
        text = stream.read(LONGEST + 1)
    if len(text) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST:,} characters")
    return json.loads(text)
