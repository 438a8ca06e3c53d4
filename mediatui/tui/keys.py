"""The key bindings as the keys line, the help and the palette show them, all from one table."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import key_to_character

from mediatui.tui.widgets.keys_line import KeyHint

if TYPE_CHECKING:
    from textual.app import App


WITHOUT_VIM_KEYS: Mapping[str, str] = {
    "list.down": "down",
    "list.up": "up",
    "list.top": "home",
    "list.bottom": "end",
    "list.into": "right",
    "torrents.back": "escape,backspace",
    "stats.down": "down",
    "stats.up": "up",
    "stats.left": "left",
    "stats.right": "right",
    "stats.first": "home",
    "stats.last": "end",
}


HELP_ACTION = "help"
MOVING = ("move", "page", "half", "top", "bottom", "page_down", "page_up")
"""Actions that only go to another row or line."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done: its name, a sentence, its keys, what does it, and whether it only moves the
    cursor."""

    name: str
    about: str
    keys: str
    run: Callable[[], object]
    moves: bool = False


PRESSED: Mapping[str, str] = {"esc": "escape", "↑": "up", "↓": "down", "←": "left", "→": "right"}
"""Keys as a question names them, and as they are pressed."""


def pressed(shown: str) -> str:
    """The name of a key from what is shown for it; empty when it names several keys, or an answer to be typed."""
    name = PRESSED.get(shown, shown)
    if name.startswith("^") and len(name) == 2:
        return f"ctrl+{name[1]}"
    return "" if " " in name or any(sign in name[1:] for sign in "↑↓←→") else name


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

    def hints(
        self,
        sources: Sequence[DOMNode],
        first: Sequence[str] = (),
        words: Mapping[str, str] = MappingProxyType({}),
        *,
        typing: bool = False,
    ) -> tuple[list[KeyHint], KeyHint | None]:
        """What the keys line offers, and the way to the help, which is pinned to its end: the actions named ``first``
        in their order, then those of the first source, and so on; ``words`` stand in place of their own. While one is
        ``typing``, letters are not among them, for they go into the field; keys that come before it are."""
        found: dict[str, KeyHint] = {}
        taken: set[str] = set()
        for source in sources:
            own: set[str] = set()
            for binding in bindings_of(source):
                if typing and is_letter(binding.key):
                    continue
                own.add(binding.key)
                action, word = binding.action, words.get(binding.action, binding.description)
                shown = binding.show or (typing and binding.priority) or action in first
                if shown and word and action not in found and binding.key not in taken:
                    act = functools.partial(self._app.run_action, action, source)
                    found[action] = KeyHint(self.text(binding), word, act)
            taken |= own
        pinned = found.pop(HELP_ACTION, None)
        for action in reversed(first):
            if action in found:
                found = {action: found.pop(action), **found}
        return list(found.values()), pinned

    def commands(
        self, source: DOMNode, words: Mapping[str, str] = MappingProxyType({}), first: Sequence[str] = ()
    ) -> list[Command]:
        """Every action of a node that has a word, once, with all its keys, those named ``first`` in their order before
        the others, as on the keys line; ``words`` stand in place of their own."""
        found: dict[str, Command] = {}
        for binding in bindings_of(source):
            action, key = binding.action, self.text(binding)
            word = words.get(action) or binding.description
            if not binding.id or not word or action == HELP_ACTION:  # Textual's own keys have no id
                continue
            known = found[action].keys.split() if action in found else []
            keys = known if key in known else sorted([*known, key], key=lambda one: one.startswith("^"))
            run = functools.partial(self._app.run_action, action, source)
            moves = action.partition("(")[0] in MOVING or action.startswith("scroll")
            found[action] = Command(word, binding.tooltip or "", " ".join(keys), run, moves)
        return [*(found.pop(action) for action in first if action in found), *found.values()]
