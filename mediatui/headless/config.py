"""Setting a value, which may have to be asked for."""

from __future__ import annotations

from mediatui.commands.config import ConfigSet, secret_to_ask, set_value
from mediatui.headless.output import Output
from mediatui.headless.terminal_questions import ask_secret
from mediatui.runtime.invocation import Invocation


def run_set(invocation: Invocation, output: Output, options: ConfigSet) -> int:
    """Sets one setting; a secret without a value is asked for."""
    secret = secret_to_ask(options)
    text = ask_secret(secret) if secret else options.value or ""
    return set_value(output, options.key, text, typed=not secret)
