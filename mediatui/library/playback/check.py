"""The full depth of a scan: do the files behind good links play? Size on record, then head and tail, then ffprobe.

Verdicts are remembered by path, size and time of change: a second scan looks only at what changed. That a file can be
read is believed for some days only; then its first bytes are read again.
"""

from __future__ import annotations

import asyncio
import errno
import os
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mediatui.library.playback.first_bytes import read_twice
from mediatui.library.playback.head_and_tail import AWAY, Look, look
from mediatui.store.database import open_reader
from mediatui.store.library.links import playable_candidates
from mediatui.store.library.probes import Probe, read_probe
from mediatui.system.ffprobe import probe
from mediatui.system.helper_process import elsewhere
from mediatui.system.mount_calls import Calls, Failed
from mediatui.system.patience import Patience
from mediatui.system.symlinks import absolute
from mediatui.system.threads import from_thread

CALLS_A_LOOK = 4
"""A look asks its mount several things, one after the other."""
BATCH = 200
GOOD = "playable"
LATE = "it could not be read in time"


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of the file behind a link: the verdict (``unknown`` when it could not be told), why, and the facts
    to remember; ``probed`` says that ffprobe was asked, ``unread`` that the file, or its mount, did not answer (in
    time), with the error number where there was one."""

    path: bytes
    verdict: str
    reason: str
    remember: Probe | None = None
    probed: bool = False
    unread: int | None = None


@dataclass(frozen=True, slots=True)
class FileToCheck:
    """A good link that should be a video, where it points (absolute), the size its torrent gives it (None: not known),
    the mount it is on.

    ``told`` is the size Sonarr or Radarr saw when they last looked, which may be a day ago: a file of another size is
    not truncated for that, but ffprobe has to decide."""

    path: bytes
    target: bytes
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
    connection: sqlite3.Connection, scan: int, extensions: Sequence[str], mount_of: Callable[[bytes], bytes]
) -> list[FileToCheck]:
    """The good links of a scan that should be videos."""
    wanted = tuple(f".{extension.lower()}".encode() for extension in extensions)
    found = []
    for path, target, size in playable_candidates(connection, scan):
        if path.lower().endswith(wanted) or target.lower().endswith(wanted):
            pointed = absolute(path, target)
            found.append(FileToCheck(path, pointed, size, mount_of(pointed)))
    return found


@dataclass(frozen=True, slots=True)
class Belief:
    """How long it is believed that a file can be read: ``seconds`` from ``now`` (epoch seconds) back."""

    now: float
    seconds: float

    def holds(self, probe: Probe) -> bool:
        """Whether what is remembered of a file was read lately."""
        return 0 <= self.now - probe.read_at < self.seconds


class _Looks:
    """Looks at files, each remembered or looked into; meant for several threads at once."""

    def __init__(
        self, candidates: Sequence[FileToCheck], known: Callable[[bytes], Probe | None], belief: Belief,
        patience: Patience, again: bool,
    ) -> None:  # fmt: skip
        self.of = {one.path: one for one in candidates}
        self._known, self._belief, self._patience, self._again = known, belief, patience, again

    def __call__(self, path: bytes) -> tuple[Checked, bool]:
        """What a file is; the flag says that ffprobe has to decide. Raises OSError."""
        one = self.of[path]
        seen = elsewhere(os.stat, path)
        known = self._known(one.target)
        if known is not None and known.is_of(seen.st_size, seen.st_mtime_ns):
            believed = self._belief.holds(known)
            wanted_again = self._again and known.verdict == GOOD and not known.facts
            if believed and not wanted_again:
                return Checked(path, known.verdict, known.reason), False
            if known.verdict == GOOD and not wanted_again:
                return self._read_again(one, known), False
        found = self._look(one)
        remember = Probe(
            one.target, seen.st_size, seen.st_mtime_ns, found.verdict, found.reason, read_at=self._belief.now
        )
        doubted = self._again or one.told not in (None, seen.st_size)
        unsure = found.verdict not in ("unknown", "io_error") and (
            not found.sure or (doubted and found.verdict == GOOD)
        )
        return Checked(path, found.verdict, found.reason, remember), unsure

    def _look(self, one: FileToCheck) -> Look:
        """A look into a file, and another one where the first met an error: it may have been one in passing. An error
        that was long in coming tells of what serves the file, not of the file."""
        for _ in range(2):
            begun = time.monotonic()
            found: Look = elsewhere(look, one.path, expected_bytes=one.expected)
            if found.verdict != "io_error":
                break
            if time.monotonic() - begun > self._patience.limit(one.mount):
                return Look("unknown", LATE, "", False)
        return found

    def _read_again(self, one: FileToCheck, known: Probe) -> Checked:
        """What plays by what is remembered, if it can be read still."""
        try:
            read_twice(one.path)
        except OSError as error:
            if error.errno in AWAY or error.errno == errno.ENOENT:
                raise
            return Checked(one.path, "io_error", f"cannot be read: {error.strerror}")
        return Checked(one.path, known.verdict, known.reason, replace(known, read_at=self._belief.now))


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
    kept = replace(before, verdict=said.verdict, reason=said.reason, facts=facts)
    return Checked(checked.path, said.verdict, said.reason, kept, probed=True)


class PlayabilityCheck:
    """The verdicts on these links; ``workers`` files are looked into at once. A file that does not answer in time is
    unknown, and a mount where two did not is left alone. ``calls`` tells which."""

    def __init__(
        self, candidates: Sequence[FileToCheck], database: str, prober: Prober, workers: int, belief: Belief,
        patience: Patience,
    ) -> None:  # fmt: skip
        self._prober = prober
        self._places = asyncio.Semaphore(prober.workers)
        self._known = _Known(database)
        self._looks = _Looks(candidates, self._known, belief, patience, prober.everything)
        self.calls = Calls(
            self._looks, self._mount_of, workers, patience, reads=True, calls_each=CALLS_A_LOOK
        )  # fmt: skip

    def _mount_of(self, path: bytes) -> bytes:
        return self._looks.of[path].mount

    async def batches(self) -> AsyncIterator[list[Checked]]:
        """What is known of each, in the order of the answers; to be asked for once."""
        pending: list[tuple[Checked, bool]] = []
        try:
            async for path, answer in from_thread(lambda: self.calls.all(list(self._looks.of)), self.calls.stop):
                pending.append(_unread(path, answer) if isinstance(answer, Failed) else self._in_time(answer))
                if len(pending) >= BATCH:
                    yield await self._decided(pending)
                    pending = []
            yield await self._decided(pending)
        finally:
            self._known.close()

    def _in_time(self, answer: tuple[Checked, bool]) -> tuple[Checked, bool]:
        """An answer; an error that came too late tells of what serves the file, not of the file."""
        checked, unsure = answer
        late = checked.reason == LATE or (checked.verdict == "io_error" and checked.path in self.calls.late)
        return (Checked(checked.path, "unknown", LATE, unread=errno.ETIMEDOUT), False) if late else (checked, unsure)

    async def _decided(self, looked: Sequence[tuple[Checked, bool]]) -> list[Checked]:
        """The last words on files. Where reads are late ffprobe does not read too."""
        slow = self.calls.late_reads
        asked = ((one, unsure and self._mount_of(one.path) not in slow) for one, unsure in looked)
        return list(await asyncio.gather(*(_decide(self._prober, self._places, one, unsure) for one, unsure in asked)))


def _unread(path: bytes, answer: Failed) -> tuple[Checked, bool]:
    code = 0 if answer.code in (None, errno.ENOENT) else answer.code  # it was there a moment ago: for the next scan
    return Checked(path, "unknown", "the target did not answer", unread=code), False


class _Known:
    """What is remembered of files, asked by several threads over one connection."""

    def __init__(self, database: str) -> None:
        self._connection = open_reader(Path(database))
        self._lock = threading.Lock()
        self._closed = False

    def __call__(self, path: bytes) -> Probe | None:
        with self._lock:
            return None if self._closed else read_probe(self._connection, path)

    def close(self) -> None:
        """Ends it; a thread that was left behind gets no answer any more."""
        with self._lock:
            self._closed = True
            self._connection.close()
