"""Whether the seedbox answers, and what it takes: what doctor and the settings screen say of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mediatui.commands.checks import Check
from mediatui.model.errors import MediatuiError
from mediatui.model.human import size_text
from mediatui.model.seedbox_address import read_seedbox_address
from mediatui.model.text import printable

if TYPE_CHECKING:
    from mediatui.runtime.invocation import Invocation
    from mediatui.settings import Settings

NAME = "seedbox"


async def check_seedbox(invocation: Invocation, settings: Settings) -> Check:
    """Whether the client of the seedbox is reachable, in which version and by which way, how large a request it takes
    and whether it makes folders; two requests, and nothing is changed there."""
    from mediatui.commands.connect_seedbox import make_seedbox

    try:
        client = make_seedbox(settings, invocation)
    except MediatuiError as error:
        return Check(NAME, "problem", error.message, error.hint)
    try:
        began = time.monotonic()
        facts = await client.facts()
        latency = (time.monotonic() - began) * 1000
        makes_folders = await client.can_make_folders()
    except MediatuiError as error:
        return Check(NAME, "problem", error.message, error.hint, error.kind == "client-refused")
    finally:
        await client.close()
    limit = (
        "does not tell its limit" if facts.most_bytes is None else f"takes requests up to {size_text(facts.most_bytes)}"
    )
    text = f"{facts.program} {printable(facts.version)} answers in {latency:,.0f} ms, by {facts.transport}, {limit}"
    if not makes_folders:
        return Check(
            NAME, "warning", f"{text}, but makes no folders.",
            "Folders that torrents go to have to be there before: in a missing one they stay paused without a word.",
        )  # fmt: skip
    text = f"{text}, makes folders"
    address = read_seedbox_address(settings.seedbox.url)
    if address.way == "tcp" and not address.is_secret:
        return Check(
            NAME, "warning", f"{text}; whoever reaches that port commands it, for SCGI has no login.",
            "Let it listen on 127.0.0.1 or a unix socket, and reach it by ssh -L or https.",
        )  # fmt: skip
    if not address.is_secret and settings.seedbox.password.get_secret_value():
        return Check(
            NAME, "warning", f"{text}; the password travels unencrypted.", "Give seedbox.url an https address."
        )
    return Check(NAME, "ok", f"{text}.")
