"""The full depth of a scan: do the files behind good links play? Size on record, then head and tail, then ffprobe.

Verdicts are remembered by file (device, inode, size, time of change): a second scan looks only at what changed.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from mediatui.library.playable import look
from mediatui.library.threads import from_thread
from mediatui.services.ffprobe import probe
from mediatui.services.mounts import TimedOut, call
from mediatui.store.library import Probe, playable_candidates, read_probe

LOOK_S = 20.0
BATCH = 200
GOOD = "playable"


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of the file behind a link: the verdict (``unknown`` when it could not be told), why, and the facts
    to remember; ``fresh`` says that it was looked at now, not remembered, ``probed`` that ffprobe was asked."""

    path: bytes
    verdict: str
    reason: str
    remember: Probe | None = None
    probed: bool = False


def to_check(connection: sqlite3.Connection, scan: int, extensions: Sequence[str]) -> list[tuple[bytes, int | None]]:
    """The good links of a scan that should be videos, and the size their torrent gives them (None: not known)."""
    wanted = tuple(f".{extension.lower()}".encode() for extension in extensions)
    return [
        (path, size)
        for path, target, size in playable_candidates(connection, scan)
        if path.lower().endswith(wanted) or target.lower().endswith(wanted)
    ]


def _looks(links: Sequence[tuple[bytes, int | None]], database: str) -> Iterator[list[tuple[Checked, bool]]]:
    """Each link looked at (or remembered), in batches; the flag says that ffprobe has to decide. For a thread."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    batch: list[tuple[Checked, bool]] = []
    try:
        for path, expected in links:
            batch.append(_look(connection, path, expected))
            if len(batch) >= BATCH:
                yield batch
                batch = []
        yield batch
    finally:
        connection.close()


def _look(connection: sqlite3.Connection, path: bytes, expected: int | None) -> tuple[Checked, bool]:
    try:
        seen = call(lambda: os.stat(path), LOOK_S)
    except (OSError, TimedOut):
        return Checked(path, "unknown", "the target did not answer"), False
    known = read_probe(connection, seen.st_dev, seen.st_ino)
    if known is not None and (known.size, known.mtime) == (seen.st_size, seen.st_mtime_ns):
        return Checked(path, known.verdict, known.reason), False
    try:
        found = call(lambda: look(path, expected_bytes=expected), LOOK_S)
    except TimedOut:
        return Checked(path, "unknown", "the target did not answer"), False
    remember = Probe(seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, found.verdict, found.reason)
    return Checked(path, found.verdict, found.reason, remember), not found.sure and found.verdict != "unknown"


async def check_playable(
    links: Sequence[tuple[bytes, int | None]], database: str, ffprobe: str, workers: int, timeout_s: float
) -> AsyncIterator[list[Checked]]:
    """The verdicts on these links, in batches. Without an ``ffprobe`` what only it could tell stays unknown."""
    places = asyncio.Semaphore(workers)

    async def decide(checked: Checked, unsure: bool) -> Checked:
        if not unsure:
            return checked
        if not ffprobe:
            return Checked(checked.path, "unknown", "only ffprobe could tell")
        async with places:
            said = await probe(ffprobe, checked.path, timeout_s=timeout_s)
        if said.verdict == "unknown" or checked.remember is None:
            return Checked(checked.path, "unknown", said.reason, probed=True)
        before = checked.remember
        facts = {
            "duration_s": said.duration_s, "video": said.video_codec, "audio": list(said.audio_codecs),
            "width": said.width, "height": said.height,
        }  # fmt: skip
        kept = Probe(before.device, before.inode, before.size, before.mtime, said.verdict, said.reason, facts)
        return Checked(checked.path, said.verdict, said.reason, kept, probed=True)

    async for batch in from_thread(lambda: _looks(links, database), lambda: None):
        if batch:
            yield list(await asyncio.gather(*(decide(checked, unsure) for checked, unsure in batch)))
