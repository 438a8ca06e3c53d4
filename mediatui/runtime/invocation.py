"""The parsed command line, for the face that runs the command."""

from __future__ import annotations

from dataclasses import dataclass

from mediatui.runtime.paths import Paths


@dataclass(frozen=True, slots=True)
class Invocation:
    """One run of mediatui: the command (``config show``; empty for the plain full screen) and the global options.

    ``verbose`` counts how often ``-v`` was given; ``arguments`` are all of the command line, for the log.
    """

    command: str
    paths: Paths
    demo: bool = False
    json: bool = False
    verbose: int = 0
    quiet: bool = False
    arguments: tuple[str, ...] = ()
