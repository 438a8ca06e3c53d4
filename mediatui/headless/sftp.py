"""Trusting the host key of a seedbox: asked on a terminal, by its fingerprint without one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from mediatui.commands.sftp import TrustHost, look_at_key
from mediatui.headless.output import Output
from mediatui.headless.terminal_questions import ask_yes, on_terminal

if TYPE_CHECKING:
    from mediatui.runtime.invocation import Invocation


def run_trust(invocation: Invocation, output: Output, options: TrustHost) -> int:
    """Pins the key that the server shows, after a yes; raises HostKeyUnknown where nobody can be asked."""
    from mediatui.services.sftp.connect import host_key_error

    shown = asyncio.run(look_at_key(invocation, options))
    sure = shown.pinned or options.fingerprint is not None
    if not sure and not on_terminal():
        raise host_key_error(shown.section, (), shown.key)
    if not sure and not ask_yes(shown.question):
        output.result("Nothing was pinned.", ok=True, counts={"pinned": 0})
        return 0
    said = shown.pin()
    output.result(said, counts={"pinned": 1, "algorithm": shown.key.algorithm, "fingerprint": shown.key.fingerprint})
    return 0
