"""The proof that a file on a mount opens, before a link to it is made.

One file at a time: a file whose link has expired fails at once, one that comes late slows every call of its mount. An
error that is long in coming says nothing of the file.
"""

from __future__ import annotations

import errno
import time
from dataclasses import dataclass
from typing import Final

from mediatui.model.errors import UsageError
from mediatui.model.transfer_file import FileState
from mediatui.runtime.context import Context
from mediatui.system.containers import Assessment
from mediatui.system.ffprobe import find_ffprobe, probe
from mediatui.system.head_and_tail import AWAY, check_head_and_tail
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.threads import in_thread

FIRST_BYTE_S: Final = 10.0
AWAY_NOW: Final = "away"
_BAD: Final = frozenset({"truncated", "zeroed", "not media", "empty"})


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of opening a file: ``proven``, or what is wrong with it; ``away`` when its mount is."""

    state: FileState
    why: str = ""
    away: bool = False


async def prove(ctx: Context, path: bytes) -> Proof:
    """Opens a file of a mount as ``acquire.probe`` says."""
    how = ctx.settings.acquire.probe
    if how == "none":
        return Proof("proven")
    began = time.monotonic()
    try:
        found = await in_thread(lambda: ask(check_head_and_tail, path, seconds=FIRST_BYTE_S))
    except TimedOut:
        return Proof("late", f"no byte came in {FIRST_BYTE_S:.0f} s")
    except OSError as error:
        return Proof("", error.strerror or str(error), away=True)
    took = time.monotonic() - began
    if found.verdict == "io_error" and took > ctx.settings.library.mount_timeout_s:
        return Proof("late", f"{found.reason} after {took:.0f} s")
    proof = judge(found, is_video=path.lower().endswith(ctx.settings.library.video_endings))
    if how == "ffprobe" and proof.state == "proven" and path.lower().endswith(ctx.settings.library.video_endings):
        return await _by_ffprobe(ctx, path)
    return proof


def judge(found: Assessment, *, is_video: bool) -> Proof:
    """What the head and the tail of a file prove."""
    if found.code in AWAY:
        return Proof("", found.reason, away=True)
    if found.code == errno.ENOENT:
        return Proof("missing", found.reason)
    if found.verdict == "io_error":
        return Proof("expired", found.reason)
    if found.verdict == "unknown" or (is_video and found.verdict in _BAD) or found.verdict in ("empty", "zeroed"):
        return Proof("unlike", found.reason)
    return Proof("proven")


async def _by_ffprobe(ctx: Context, path: bytes) -> Proof:
    try:
        ffprobe = find_ffprobe(ctx.settings.scan.ffprobe)
    except UsageError as error:
        return Proof("unlike", error.message)
    found = await probe(ffprobe, path, timeout_s=ctx.settings.scan.probe_timeout_s)
    if found.late:
        return Proof("late", found.reason)
    return Proof("proven") if found.verdict == "playable" else Proof("unlike", found.reason)
