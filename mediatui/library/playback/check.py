"""The full depth of a scan: checks whether the files behind good links play, by size, head and tail, then ffprobe.

Verdicts are stored by path, size and time of change: a second scan checks only what changed. That a file is readable is
assumed for some days only; then its first bytes are read again.
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
from mediatui.model.link import NOT_PROBED, PROBE_LATE, PROBE_MISSING, PROBE_UNCLEAR
from mediatui.store.database import open_reader
from mediatui.store.library.links import playable_candidates
from mediatui.store.library.probes import Probe, read_probe
from mediatui.system.ffprobe import probe
from mediatui.system.head_and_tail import AWAY, Assessment, check_head_and_tail
from mediatui.system.helper_process import call_in_helper
from mediatui.system.mount_calls import Calls, Failed
from mediatui.system.patience import Patience
from mediatui.system.symlinks import absolute
from mediatui.system.threads import from_thread

CALLS_A_LOOK = 4
"""Calls on its mount that a check of one file makes, one after the other."""
BATCH = 200
GOOD = "playable"
LATE = "it could not be read in time"


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of the file behind a link: the verdict (``unknown`` when it could not be determined), the reason,
    and the facts to store; ``probed`` says that ffprobe was asked, ``unread`` that the file, or its mount, did not
    answer (in time), with the error number where there was one. ``code`` says why a verdict is unknown: an error
    number, or one of ``model.link.NOT_PROBED``."""

    path: bytes
    verdict: str
    reason: str
    remember: Probe | None = None
    probed: bool = False
    unread: int | None = None
    code: int = 0


@dataclass(frozen=True, slots=True)
class FileToCheck:
    """A good link that should be a video, where it points (absolute), its size by its torrent (None: not known), and
    the mount it is on.

    ``service_size`` is the size Sonarr or Radarr saw when they last looked, which may be a day ago: a file of another
    size need not be truncated, but ffprobe has to decide."""

    path: bytes
    target: bytes
    expected: int | None
    mount: bytes
    service_size: int | None = None


@dataclass(frozen=True, slots=True)
class Prober:
    """How ffprobe is run: its path (empty: it is missing), concurrent processes, time limit in seconds; ``everything``
    runs it also for every file that plays by its head and tail."""

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
    """How long a file that was read counts as readable: ``seconds`` back from ``now`` (epoch seconds)."""

    now: float
    seconds: float

    def holds(self, probe: Probe) -> bool:
        """Whether a file was read recently enough."""
        return 0 <= self.now - probe.read_at < self.seconds


class _FileChecks:
    """Checks files, by stored verdicts or by their content; used by several threads at once."""

    def __init__(
        self, candidates: Sequence[FileToCheck], known: Callable[[bytes], Probe | None], belief: Belief,
        patience: Patience, again: bool,
    ) -> None:  # fmt: skip
        self.files = {file.path: file for file in candidates}
        self._known, self._belief, self._patience, self._again = known, belief, patience, again

    def __call__(self, path: bytes) -> tuple[Checked, bool]:
        """The verdict on a file; the flag says that ffprobe has to decide. Raises OSError."""
        file = self.files[path]
        seen = call_in_helper(os.stat, path)
        known = self._known(file.target)
        if known is not None and known.is_of(seen.st_size, seen.st_mtime_ns):
            believed = self._belief.holds(known)
            wanted_again = self._again and known.verdict == GOOD and not known.facts
            if believed and not wanted_again:
                return Checked(path, known.verdict, known.reason), False
            if known.verdict == GOOD and not wanted_again:
                return self._read_again(file, known), False
        found = self._check_file(file)
        remember = Probe(
            file.target, seen.st_size, seen.st_mtime_ns, found.verdict, found.reason, read_at=self._belief.now
        )
        recheck = self._again or file.service_size not in (None, seen.st_size)
        unsure = found.verdict not in ("unknown", "io_error") and (
            not found.sure or (recheck and found.verdict == GOOD)
        )
        return Checked(path, found.verdict, found.reason, remember, code=found.code), unsure

    def _check_file(self, file: FileToCheck) -> Assessment:
        """Checks a file by head and tail, and once more after an error, which may be transient. An error that came late
        says something about what serves the file, not about the file."""
        for _ in range(2):
            begun = time.monotonic()
            found: Assessment = call_in_helper(check_head_and_tail, file.path, expected_bytes=file.expected)
            if found.verdict != "io_error":
                break
            if time.monotonic() - begun > self._patience.limit(file.mount):
                return Assessment("unknown", LATE, "", False)
        return found

    def _read_again(self, file: FileToCheck, known: Probe) -> Checked:
        """The stored verdict of a file that plays, if the file is still readable."""
        try:
            read_twice(file.path)
        except OSError as error:
            if error.errno in AWAY or error.errno == errno.ENOENT:
                raise
            return Checked(file.path, "io_error", f"cannot be read: {error.strerror}")
        return Checked(file.path, known.verdict, known.reason, replace(known, read_at=self._belief.now))


async def _decide(prober: Prober, places: asyncio.Semaphore, checked: Checked, unsure: bool) -> Checked:
    """The final verdict on a file, by ffprobe where that is needed."""
    if not unsure:
        return checked
    if not prober.ffprobe:
        return Checked(checked.path, "unknown", NOT_PROBED[PROBE_MISSING], code=PROBE_MISSING)
    async with places:
        probed = await probe(prober.ffprobe, checked.path, timeout_s=prober.timeout_s)
    if probed.verdict == "unknown" or checked.remember is None:
        code = PROBE_LATE if probed.late else PROBE_UNCLEAR
        return Checked(checked.path, "unknown", probed.reason, probed=True, code=code)
    before = checked.remember
    facts = {
        "duration_s": probed.duration_s, "video": probed.video_codec, "audio": list(probed.audio_codecs),
        "width": probed.width, "height": probed.height,
    }  # fmt: skip
    kept = replace(before, verdict=probed.verdict, reason=probed.reason, facts=facts)
    return Checked(checked.path, probed.verdict, probed.reason, kept, probed=True)


class PlayabilityCheck:
    """The verdicts on these links; ``workers`` files are checked at once. A file that does not answer in time is
    unknown, and a mount where two did not is paused (see ``calls``)."""

    def __init__(
        self, candidates: Sequence[FileToCheck], database: str, prober: Prober, workers: int, belief: Belief,
        patience: Patience,
    ) -> None:  # fmt: skip
        self._prober = prober
        self._places = asyncio.Semaphore(prober.workers)
        self._known = _Known(database)
        self._file_checks = _FileChecks(candidates, self._known, belief, patience, prober.everything)
        self.calls = Calls(
            self._file_checks, self._mount_of, workers, patience, reads=True, calls_each=CALLS_A_LOOK
        )  # fmt: skip

    def _mount_of(self, path: bytes) -> bytes:
        return self._file_checks.files[path].mount

    async def batches(self) -> AsyncIterator[list[Checked]]:
        """The results, in the order of the answers; to be iterated once."""
        pending: list[tuple[Checked, bool]] = []
        try:
            async for path, answer in from_thread(
                lambda: self.calls.all(list(self._file_checks.files)), self.calls.stop
            ):
                pending.append(_unread(path, answer) if isinstance(answer, Failed) else self._in_time(answer))
                if len(pending) >= BATCH:
                    yield await self._decided(pending)
                    pending = []
            yield await self._decided(pending)
        finally:
            self._known.close()

    def _in_time(self, answer: tuple[Checked, bool]) -> tuple[Checked, bool]:
        """An answer; an error that came too late says something about what serves the file, not about the file."""
        checked, unsure = answer
        late = checked.reason == LATE or (checked.verdict == "io_error" and checked.path in self.calls.late)
        return (Checked(checked.path, "unknown", LATE, unread=errno.ETIMEDOUT), False) if late else (checked, unsure)

    async def _decided(self, looked: Sequence[tuple[Checked, bool]]) -> list[Checked]:
        """The final verdicts on files. ffprobe is not run on mounts with late reads."""
        slow = self.calls.late_reads
        decisions = (
            _decide(self._prober, self._places, checked, unsure and self._mount_of(checked.path) not in slow)
            for checked, unsure in looked
        )
        return list(await asyncio.gather(*decisions))


def _unread(path: bytes, answer: Failed) -> tuple[Checked, bool]:
    code = 0 if answer.code in (None, errno.ENOENT) else answer.code  # it was there a moment ago: for the next scan
    return Checked(path, "unknown", "the target did not answer", unread=code), False


class _Known:
    """The stored verdicts, read by several threads over one connection."""

    def __init__(self, database: str) -> None:
        self._connection = open_reader(Path(database))
        self._lock = threading.Lock()
        self._closed = False

    def __call__(self, path: bytes) -> Probe | None:
        with self._lock:
            return None if self._closed else read_probe(self._connection, path)

    def close(self) -> None:
        """Closes the connection; an abandoned thread gets no answer any more."""
        with self._lock:
            self._closed = True
            self._connection.close()
