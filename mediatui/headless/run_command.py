"""Running any command of the catalog headless."""

from __future__ import annotations

from typing import Any

from mediatui.commands.command import Command, function_of, load
from mediatui.headless.output import Output
from mediatui.runtime.invocation import Invocation


def run_command(invocation: Invocation, output: Output, command: Command, options: Any) -> int:
    """Runs a command to its end and returns the exit code."""
    code: int
    run = function_of(command, "headless")
    if run is not None:
        code = run(invocation, output, options)
        return code
    if command.plan:
        from mediatui.headless.changes import run_plan

        return run_plan(invocation, output, command, options)
    ended = load(f"commands.{command.answer}")(output, options)
    if isinstance(ended, int):
        return ended
    import asyncio

    code = asyncio.run(ended)
    return code
