"""The key bindings as the footer, the help and the palette show them, all from one table."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import key_to_character

if TYPE_CHECKING:
    from textual.app import App


WITHOUT_VIM_KEYS: Mapping[str, str] = {
    "list.down": "down",
    "list.up": "up",
    "list.top": "home",
    "list.bottom": "end",
    "list.open": "enter",
    "torrents.back": "escape,backspace",
}


HELP_ACTION = "help"


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done: its name, a sentence, its keys, and what does it."""

    name: str
    about: str
    keys: str
    run: Callable[[], object]


def is_letter(key: str) -> bool:
    """Whether a field takes the key as text."""
    character = key_to_character(key)
    return character is not None and character.isprintable()


def bindings_of(source: DOMNode) -> Iterator[Binding]:
    """Every binding of a node, one for each of its keys."""
    for bindings in source._bindings.key_to_bindings.values():
        yield from bindings


class Keys:
    """The keys of the app as they are now, remapped as the settings say."""

    def __init__(self, app: App[int]) -> None:
        self._app = app
        self._remapped: dict[str, str] = {}

    def remap(self, keymap: Mapping[str, str], *, vim_keys: bool) -> dict[str, str]:
        """Takes over the settings; returns the keymap for Textual."""
        self._remapped = {**({} if vim_keys else WITHOUT_VIM_KEYS), **keymap}
        return self._remapped

    def text(self, binding: Binding) -> str:
        """The key of a binding as people write it."""
        return self._remapped.get(binding.id or "") or self._app.get_key_display(binding)

    def described(self, source: DOMNode) -> list[tuple[str, str]]:
        """Keys and what they do, each action once."""
        rows: dict[str, tuple[str, str]] = {}
        for binding in bindings_of(source):
            text = binding.tooltip or binding.description
            if text and binding.id:  # Textual's own scroll keys have none
                keys = rows.get(binding.action, ("", ""))[0]
                key = self.text(binding)
                rows[binding.action] = (keys if key in keys.split() else f"{keys} {key}".strip(), text)
        return list(rows.values())

    def footer(self, sources: Sequence[DOMNode], width: int, *, typing: bool = False) -> list[tuple[str, str]]:
        """The keys line in at most ``width`` cells, as texts and styles: those of the first source come first. While
        one is ``typing``, letters are not among them, for they go into the field; keys that come before it are. The way
        to the help stands at the right end, whatever else there is room for."""
        parts: list[tuple[str, str]] = []
        last = [] if typing else self._way_to_help(sources)
        seen = {HELP_ACTION} if last else set()
        room = width - sum(cell_len(text) for text, _ in last)
        taken: set[str] = set()
        for source in sources:
            own: set[str] = set()
            for binding in bindings_of(source):
                if typing and is_letter(binding.key):
                    continue
                own.add(binding.key)
                shown = binding.show or (typing and binding.priority)
                if shown and binding.description and binding.action not in seen and binding.key not in taken:
                    seen.add(binding.action)
                    key, text = self.text(binding), f" {binding.description}  "
                    room -= cell_len(key + text)
                    if room >= (0 if last else -2):  # the blanks behind the last one need no room at the end
                        parts += [(key, "$key"), (text, "$quiet")]
            taken |= own
        if last:
            used = sum(cell_len(text) for text, _ in (*parts, *last))
            parts.append((" " * max(0, width - used), ""))
        return parts + last

    def _way_to_help(self, sources: Sequence[DOMNode]) -> list[tuple[str, str]]:
        """The key that opens the help, and its word."""
        found = (one for source in sources for one in bindings_of(source) if one.action == HELP_ACTION and one.show)
        binding = next(found, None)
        return [] if binding is None else [(self.text(binding), "$key"), (f" {binding.description}", "$quiet")]

    def commands(self, sources: Iterable[DOMNode]) -> Iterator[Command]:
        """Every action with a key, each once, for the palette."""

        for source in sources:
            seen: set[str] = set()
            for binding in bindings_of(source):
                if binding.id and (binding.tooltip or binding.description) and binding.action not in seen:
                    seen.add(binding.action)
                    yield Command(
                        binding.description or binding.id.partition(".")[2].replace("-", " "),
                        binding.tooltip or "",
                        self.text(binding),
                        functools.partial(self._app.run_action, binding.action, source),
                    )
