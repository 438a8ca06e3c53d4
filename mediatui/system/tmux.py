"""The clipboard of tmux, which answers whether it took a text; a terminal does not."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Final

ANSWERS_IN_S: Final = 2.0
_SENT_ON: Final = ("load-buffer", "-w", "-")
"""Keeps the text, and sends it on to the clipboard of the terminal that tmux runs in."""
_KEPT: Final = ("load-buffer", "-")
"""The same of tmux before 3.2, which sends nothing on."""


def give_to_tmux(text: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """Gives a text to the tmux this runs in. Returns None where it runs in none, an empty text when tmux took it, else
    why it did not. The text is never part of a command line, which other users can see. Blocks for some milliseconds,
    ``ANSWERS_IN_S`` seconds at most."""
    program = shutil.which("tmux", path=environment.get("PATH")) if environment.get("TMUX") else None
    if program is None:
        return None
    why = ""
    for words in (_SENT_ON, _KEPT):
        try:
            done = subprocess.run(
                [program, *words],
                input=text.encode("utf-8", "replace"),
                timeout=ANSWERS_IN_S,
                capture_output=True,
                env=environment,
            )
        except subprocess.TimeoutExpired:
            return f"it did not answer within {ANSWERS_IN_S:.0f} s"
        except OSError as error:
            return error.strerror or type(error).__name__
        if done.returncode == 0:
            return ""
        why = why or done.stderr.decode("utf-8", "replace").strip() or f"exit code {done.returncode}"
    return why
