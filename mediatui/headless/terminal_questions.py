"""Questions a command may ask, on a terminal only."""

from __future__ import annotations

import contextlib
import sys

from mediatui.model.errors import UsageError


def on_terminal() -> bool:
    """Whether a person can be asked: standard input and standard error are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_secret(what: str) -> str:
    """A secret, typed without echo; from a pipe the first line of standard input. Raises UsageError when empty."""
    value = ""
    if on_terminal():
        from getpass import getpass

        with contextlib.suppress(EOFError):
            value = getpass(f"{what}: ", stream=sys.stderr)
    else:
        value = sys.stdin.readline()
    value = value.strip()
    if not value:
        raise UsageError(f"No value was given for {what}.", "Type it when asked, or send it as one line: … < file")
    return value


def ask_word(question: str, word: str, flag: str) -> bool:
    """Whether ``word`` was typed in answer to ``question``; raises UsageError naming ``flag`` without a terminal."""
    if not on_terminal():
        raise UsageError(
            f"This needs {flag} when there is no terminal to ask on.", f"Nothing was changed. Add {flag} to go on."
        )
    print(f"{question} Type {word} to go on: ", end="", file=sys.stderr, flush=True)  # noqa: T201 (a prompt)
    return sys.stdin.readline().strip() == word


def ask_yes(question: str) -> bool:
    """Whether a question was answered with y or yes, on a terminal."""
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)  # noqa: T201 (a prompt)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
