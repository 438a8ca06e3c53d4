"""The full depth of a scan: do the files behind good links play? Size on record, then head and tail, then ffprobe.

Verdicts are remembered by file (device, inode, size, time of change): a second scan looks only at what changed.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mediatui.library.calls import Calls, Failed
from mediatui.library.playable import Look, look
from mediatui.library.threads import from_thread
from mediatui.services.elsewhere import elsewhere
from mediatui.services.ffprobe import probe
from mediatui.services.mounts import Mount
from mediatui.services.symlinks import absolute
from mediatui.store.database import open_reader
from mediatui.store.library import Probe, playable_candidates, read_probe

LOOK_S = 20.0
BATCH = 200
GOOD = "playable"


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of the file behind a link: the verdict (``unknown`` when it could not be told), why, and the facts
    to remember; ``probed`` says that ffprobe was asked."""

    path: bytes
    verdict: str
    reason: str
    remember: Probe | None = None
    probed: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A good link that should be a video, the size its torrent gives it (None: not known), the mount it is on.

    ``told`` is the size Sonarr or Radarr saw when they last looked, which may be a day ago: a file of another size is
    not truncated for that, but ffprobe has to decide."""

    path: bytes
    expected: int | None
    mount: bytes
    told: int | None = None


@dataclass(frozen=True, slots=True)
class Prober:
    """How ffprobe is asked: its path (empty: it is missing), so many at once, so long; ``everything`` asks it about
    every file that plays by its head and tail, too."""

    ffprobe: str
    workers: int
    timeout_s: float
    everything: bool = False


def to_check(
    connection: sqlite3.Connection, scan: int, extensions: Sequence[str], mount_of: Callable[[bytes], Mount | None]
) -> list[Candidate]:
    """The good links of a scan that should be videos."""
    wanted = tuple(f".{extension.lower()}".encode() for extension in extensions)
    found = []
    for path, target, size in playable_candidates(connection, scan):
        if path.lower().endswith(wanted) or target.lower().endswith(wanted):
            mount = mount_of(absolute(path, target))
            found.append(Candidate(path, size, mount.path if mount is not None else b""))
    return found


class _Looks:
    """Looks at files, each remembered or looked into; meant for several threads at once."""

    def __init__(self, candidates: Sequence[Candidate], known: Callable[[int, int], Probe | None], again: bool) -> None:
        self.of = {one.path: one for one in candidates}
        self._known, self._again = known, again

    def __call__(self, path: bytes) -> tuple[Checked, bool]:
        """What a file is; the flag says that ffprobe has to decide. Raises OSError."""
        seen = elsewhere(os.stat, path)
        known = self._known(seen.st_dev, seen.st_ino)
        if known is not None and (known.size, known.mtime) == (seen.st_size, seen.st_mtime_ns):
            wanted_again = self._again and known.verdict == GOOD and not known.facts
            if not wanted_again:
                return Checked(path, known.verdict, known.reason), False
        found: Look = elsewhere(look, path, expected_bytes=self.of[path].expected)
        remember = Probe(seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, found.verdict, found.reason)
        doubted = self._again or self.of[path].told not in (None, seen.st_size)
        unsure = found.verdict != "unknown" and (not found.sure or (doubted and found.verdict == GOOD))
        return Checked(path, found.verdict, found.reason, remember), unsure


async def _decide(prober: Prober, places: asyncio.Semaphore, checked: Checked, unsure: bool) -> Checked:
    """The last word on a file, ffprobe's when that is needed."""
    if not unsure:
        return checked
    if not prober.ffprobe:
        return Checked(checked.path, "unknown", "only ffprobe could tell")
    async with places:
        said = await probe(prober.ffprobe, checked.path, timeout_s=prober.timeout_s)
    if said.verdict == "unknown" or checked.remember is None:
        return Checked(checked.path, "unknown", said.reason, probed=True)
    before = checked.remember
    facts = {
        "duration_s": said.duration_s, "video": said.video_codec, "audio": list(said.audio_codecs),
        "width": said.width, "height": said.height,
    }  # fmt: skip
    kept = Probe(before.device, before.inode, before.size, before.mtime, said.verdict, said.reason, facts)
    return Checked(checked.path, said.verdict, said.reason, kept, probed=True)


async def check_playable(
    candidates: Sequence[Candidate], database: str, prober: Prober, workers: int
) -> AsyncIterator[list[Checked]]:
    """The verdicts on these links, in batches; ``workers`` files are looked into at once. A file that does not answer
    is unknown, and a mount where two did not is left alone."""
    places = asyncio.Semaphore(prober.workers)
    known = _Known(database)
    looks = _Looks(candidates, known, prober.everything)
    calls = Calls(looks, lambda path: looks.of[path].mount, workers, LOOK_S)
    pending: list[tuple[Checked, bool]] = []
    try:
        async for path, answer in from_thread(lambda: calls.all(list(looks.of)), calls.stop):
            silent = Checked(path, "unknown", "the target did not answer"), False
            pending.append(silent if isinstance(answer, Failed) else answer)
            if len(pending) >= BATCH:
                yield await _decide_all(prober, places, pending)
                pending = []
        yield await _decide_all(prober, places, pending)
    finally:
        known.close()


async def _decide_all(
    prober: Prober, places: asyncio.Semaphore, looked: Sequence[tuple[Checked, bool]]
) -> list[Checked]:
    return list(await asyncio.gather(*(_decide(prober, places, checked, unsure) for checked, unsure in looked)))


class _Known:
    """What is remembered of files, asked by several threads over one connection."""

    def __init__(self, database: str) -> None:
        self._connection = open_reader(Path(database))
        self._lock = threading.Lock()
        self._closed = False

    def __call__(self, device: int, inode: int) -> Probe | None:
        with self._lock:
            return None if self._closed else read_probe(self._connection, device, inode)

    def close(self) -> None:
        """Ends it; a thread that was left behind gets no answer any more."""
        with self._lock:
            self._closed = True
            self._connection.close()
