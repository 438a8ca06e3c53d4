"""The global options of a command line, and how a command begins."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mediatui.model.errors import UsageError

if TYPE_CHECKING:
    from mediatui.commands.parse import Typed
    from mediatui.headless.output import Output
    from mediatui.runtime.invocation import Invocation
    from mediatui.runtime.paths import Paths


@dataclass(slots=True)
class Run:
    """The global options as they are read, before and after the command's name, and what they set up."""

    arguments: Sequence[str]
    headless: bool = False
    json: bool = False
    demo: bool = False
    config: Path | None = None
    data_dir: Path | None = None
    verbose: int = 0
    quiet: bool = False
    output: Output | None = None

    @property
    def on_screen(self) -> bool:
        """Whether the full screen was asked for; ``--json`` is never for a screen."""
        return not (self.headless or self.json)

    def paths(self) -> Paths:
        """Where this run keeps its files."""
        from mediatui.runtime.paths import find_paths

        return find_paths(config=self.config, data_dir=self.data_dir, demo=self.demo)

    def invocation(self, command: str) -> Invocation:
        """What the command is given."""
        from mediatui.runtime.invocation import Invocation

        return Invocation(command, self.paths(), self.demo, self.json, self.verbose, self.quiet, tuple(self.arguments))

    def begin(self, command: str) -> tuple[Invocation, Output]:
        """What a headless command is given; from here on errors end with its result line.

        Raises UsageError when ``--config`` names no file, except for ``config``, whose commands create it.
        """
        from mediatui.headless.output import Output

        invocation = self.invocation(command)
        self.output = Output(invocation)
        self._check_config(command)
        return invocation, self.output

    def open_screen(self, typed: Typed | None) -> int:
        """Opens the full screen on the view of a command, on the first one without; raises UsageError without a
        terminal."""
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise UsageError(
                "The full screen needs a terminal.", "Add --headless (or --json) to run the command without it."
            )
        name = "" if typed is None else typed.command.name
        self._check_config(name)
        from mediatui.tui.launch import run

        return run(self.invocation(name), typed)

    def _check_config(self, command: str) -> None:
        if self.config is None:
            return
        if self.config.exists():
            from mediatui.system.files import kind_of

            if kind := kind_of(self.config.stat().st_mode):
                raise UsageError(f"The config file {self.config} is {kind}, not a file.", "Give a regular file.")
        elif not command.startswith("config"):
            raise UsageError(f"There is no config file {self.config}.", "mediatui config set creates it.")
