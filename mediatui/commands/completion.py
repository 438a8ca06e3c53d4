"""Completion of command lines in shells: the script that asks mediatui what fits, and the answer to it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.commands.answer import Answer
from mediatui.commands.options import word

if TYPE_CHECKING:
    import click

VARIABLE: Final = "_MEDIATUI_COMPLETE"
"""Set by the script when a shell wants to know what fits, to how it asks (as ``bash_complete``)."""
SHELLS: Final = ("bash", "zsh", "fish")


@dataclass(frozen=True, slots=True)
class Completion:
    """The options of ``completion``."""

    shell: str = word("SHELL", "", choices=SHELLS)


def completion(answer: Answer, options: Completion) -> int:
    """Prints the script for a shell, as click writes it."""
    import click
    from click.shell_completion import get_completion_class

    kind = get_completion_class(options.shell)
    assert kind is not None, "click knows every shell of SHELLS"
    # bash is not asked for its version as kind.source() does: the script may be made for another machine.
    made = kind(click.Command("mediatui"), {}, "mediatui", VARIABLE)
    script = made.source_template % made.source_vars()
    answer.row("script", {"shell": options.shell, "script": script})
    if not answer.json:
        answer.raw(script.rstrip() + "\n")
    answer.result()
    return 0


def complete(commands: click.Command) -> int:
    """Answers the script of a shell, whose question is in the environment; returns the exit code. Nothing fits behind
    a command that does not exist."""
    from click import UsageError
    from click.shell_completion import shell_complete

    with contextlib.suppress(UsageError):
        return shell_complete(commands, {}, "mediatui", VARIABLE, os.environ[VARIABLE])
    return 0
