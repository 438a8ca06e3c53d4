"""Two files side by side: what each is, by its name and by what ffprobe and the file system say."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mediatui.acquire.downloads.same import Digests
from mediatui.model.errors import UsageError
from mediatui.model.human import duration, long_moment, size_text
from mediatui.model.text import printable_path
from mediatui.names.quality import quality_of
from mediatui.system.ffprobe import Probed, find_ffprobe, probe
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.mount_table import is_remote
from mediatui.system.threads import in_thread

if TYPE_CHECKING:
    from mediatui.runtime.context import Context

MOST_DIGITS = 16
"""So much of a digest is shown."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A fact about two files; ``same`` says that it is equal, None that one of them is not known."""

    what: str
    one: str
    other: str

    @property
    def same(self) -> bool | None:
        """Whether both are equal; None where one is not known."""
        return self.one == self.other if self.one and self.other else None


async def compare(ctx: Context, one: bytes, other: bytes) -> list[Compared]:
    """Two files or links side by side. The content is read where both are of one size and lie on this machine; what
    cannot be found out is empty. Raises UsageError for a file that is not there."""
    first, second = await _facts(ctx, one), await _facts(ctx, other)
    rows = [Compared(what, a, b) for (what, a), (_, b) in zip(first, second, strict=True)]
    is_equal = next(row.same for row in rows if row.what == "size")
    places = await in_thread(lambda: _here(one, other)) if is_equal else []
    if places:
        stop = threading.Event()
        try:
            digests = await in_thread(lambda: [Digests(stop.is_set).of(place) for place in places])
        finally:
            stop.set()
        rows.append(Compared("content", *(f"BLAKE2b {text[:MOST_DIGITS]}" if text else "" for text in digests)))
    return rows


def _here(*paths: bytes) -> list[bytes]:
    """Where these lie, all links resolved; empty unless all of that is on this machine."""
    if any(map(is_remote, paths)):
        return []
    places = [os.path.realpath(path) for path in paths]
    return [] if any(map(is_remote, places)) else places


async def _facts(ctx: Context, path: bytes) -> Sequence[tuple[str, str]]:
    try:
        seen: os.stat_result = await in_thread(lambda: ask(os.stat, path, seconds=ctx.settings.library.mount_timeout_s))
    except TimedOut:
        raise UsageError(f"{printable_path(path)} does not answer.") from None
    except OSError as error:
        raise UsageError(f"{printable_path(path)} cannot be read ({error.strerror}).") from None
    if not stat.S_ISREG(seen.st_mode):
        raise UsageError(f"{printable_path(path)} is no file.")
    probed = await _probed(ctx, path)
    target = await in_thread(lambda: os.fsdecode(os.readlink(path)) if os.path.islink(path) else "")
    named = quality_of(os.path.splitext(os.path.basename(target or os.fsdecode(path)))[0])
    pixels = f"{probed.width}×{probed.height}" if probed is not None and probed.width else ""
    return (
        ("path", printable_path(path)), ("leads to", printable_path(os.fsencode(target)) if target else ""),
        ("size", f"{size_text(seen.st_size)} ({seen.st_size:,} bytes)"),
        ("resolution", pixels or _said(named.shown[0])),
        ("video", (probed.video_codec if probed is not None else "") or _said(named.shown[2])),
        ("audio", ", ".join(probed.audio_codecs) if probed is not None else ""),
        ("length", duration(probed.duration_s) if probed is not None and probed.duration_s else ""),
        ("source", _said(named.shown[1])), ("changed", long_moment(seen.st_mtime)),
    )  # fmt: skip


async def _probed(ctx: Context, path: bytes) -> Probed | None:
    """What ffprobe says of a file; None where there is no ffprobe or it says nothing."""
    try:
        ffprobe = find_ffprobe(ctx.settings.scan.ffprobe)
    except UsageError:
        return None
    found = await probe(ffprobe, path, timeout_s=ctx.settings.scan.probe_timeout_s)
    return found if found.verdict in ("playable", "no video") else None


def _said(word: str) -> str:
    """What a name says; empty where it says nothing."""
    return "" if word in ("unknown", "no resolution") else word
