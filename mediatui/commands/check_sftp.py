"""Whether the SSH login of the seedbox works, and what it may do: what doctor and the settings screen say of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mediatui.commands.checks import Check
from mediatui.model.errors import MediatuiError
from mediatui.model.human import size_text
from mediatui.model.text import join_words, printable
from mediatui.services.errors import NotFound, Permanent

if TYPE_CHECKING:
    from mediatui.runtime.invocation import Invocation
    from mediatui.services.sftp.client import Sftp
    from mediatui.settings import Settings

NAME = "sftp"


async def check_sftp(invocation: Invocation, settings: Settings) -> Check:
    """Whether the server is the pinned one and lets us in, how much room it tells of, and whether the roots are folders
    there that may be written in; nothing is changed there."""
    from mediatui.commands.connect_seedbox import make_sftp

    try:
        files = make_sftp(settings, invocation)
    except MediatuiError as error:
        return Check(NAME, "problem", error.message, error.hint)
    try:
        began = time.monotonic()
        home = await files.home()
        latency = (time.monotonic() - began) * 1000
        text = f"The host key is trusted, the login answers in {latency:,.0f} ms and begins in {_shown(home)}"
        return await _check_roots(files, settings.seedbox.roots, home, text)
    except MediatuiError as error:
        return Check(NAME, "problem", error.message, error.hint, error.kind in ("client-refused", "host-key"))
    finally:
        await files.close()


async def _check_roots(files: Sftp, roots: list[str], home: bytes, text: str) -> Check:
    paths = [root.encode("utf-8", "surrogateescape") for root in roots]
    missing, closed = [], []
    for path in paths:
        try:
            facts = await files.lstat(await files.real_path(path))
            if facts.kind != "folder":
                missing.append(_shown(path))
            elif not facts.writable:
                closed.append(_shown(path))
        except (NotFound, Permanent):
            missing.append(_shown(path))
    if missing:
        return Check(
            NAME, "problem", f"{text}; it sees no folder {join_words(missing, 'or')}.",
            "Give seedbox.roots as SFTP sees them, which need not be how rTorrent calls them.",
        )  # fmt: skip
    text = f"{text}; {await _room(files, [*paths, home][0])}"
    if closed:
        return Check(
            NAME, "warning", f"{text}; {join_words(closed)} cannot be written in.",
            "Files can be fetched, but nothing can be removed there.",
        )  # fmt: skip
    if not roots:
        return Check(NAME, "warning", f"{text}; seedbox.roots names no folder.", "Nothing is removed until it does.")
    return Check(NAME, "ok", f"{text}, {join_words([_shown(path) for path in paths])} can be written in.")


async def _room(files: Sftp, path: bytes) -> str:
    try:
        space = await files.space(path)
    except Permanent:
        return "it does not tell its room"
    return f"{size_text(space.free)} of {size_text(space.total)} free"


def _shown(path: bytes) -> str:
    return printable(path.decode("utf-8", "surrogateescape"))
