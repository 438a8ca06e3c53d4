"""What a command is: its name, what it is for, where its options are declared, and what runs it in each face."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

Makes = Literal["rows", "plan", "job", "settings"]


class Command(NamedTuple):
    """A command. References are ``module:name``: ``options``, ``plan`` and ``answer`` below ``mediatui.commands``,
    ``headless`` and ``screen`` below those packages.

    A command with a ``plan`` has it shown, asked about and applied by either face; one with an ``answer`` has its lines
    shown by either; others are run by their own function in each face. Without a ``view`` a command that is not typed
    on the screen runs headless in any case. ``more`` follows the one-line help. A plan that is made ``at_once`` is
    applied without ``--apply`` by the headless face."""

    name: str
    about: str
    makes: Makes
    options: str = "options:NoOptions"
    view: str = ""
    plan: str = ""
    answer: str = ""
    headless: str = ""
    screen: str = ""
    more: str = ""
    at_once: bool = False

    def options_class(self) -> type[Any]:
        """The dataclass of its options."""
        found: type[Any] = load(f"commands.{self.options}")
        return found


def load(reference: str) -> Any:
    """What ``module:name`` below mediatui stands for, imported now."""
    import importlib

    module, _, name = reference.partition(":")
    return getattr(importlib.import_module(f"mediatui.{module}"), name)


def function_of(command: Command, face: Literal["headless", "screen"]) -> Callable[..., Any] | None:
    """What runs a command in a face by itself, None where the face does it by the plan or the answer."""
    reference = command.headless if face == "headless" else command.screen
    if not reference:
        return None
    found: Callable[..., Any] = load(f"{'headless' if face == 'headless' else 'tui'}.{reference}")
    return found
