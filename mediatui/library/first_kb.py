"""Reading the first bytes of the file behind every good link: what cannot be read is an I/O error, not a dead link."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from mediatui.context import Context
from mediatui.events import Event, Phase, Progress, Said
from mediatui.library.calls import Calls, Failed
from mediatui.library.playable import AWAY
from mediatui.library.scan_run import STORE_AT, Run, store_states
from mediatui.library.slow_targets import Judged
from mediatui.library.threads import from_thread
from mediatui.model.text import printable
from mediatui.services.elsewhere import elsewhere
from mediatui.services.symlinks import absolute, state_of_errno
from mediatui.store.held_up import store_held_up
from mediatui.store.library import good_targets_of_scan

FIRST = 1024
NAMED = 20
"""So many files that could not be read in time are named."""
# O_NONBLOCK: what became a FIFO meanwhile opens at once instead of waiting for its writer.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


def read_first(path: bytes) -> None:
    """Reads the first KB of a file; nothing of what is no file. Raises OSError. Blocks."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        return
    file = os.open(path, _FLAGS)
    try:
        os.read(file, FIRST)
    finally:
        os.close(file)


def read_twice(path: bytes) -> None:
    """``read_first`` where it may hang, and again when it fails: an error in passing says nothing. Raises OSError."""
    try:
        elsewhere(read_first, path)
    except OSError as error:
        if error.errno in AWAY or error.errno == errno.ENOENT:
            raise
        elsewhere(read_first, path)


async def read_first_kb(ctx: Context, run: Run) -> AsyncIterator[Event]:
    """Reads the first KB behind every link a scan found good. One on a mount that stopped answering is unreachable
    or unknown, one whose answer came too late is unknown, one nobody may read is unreadable."""
    total, done, after = run.counts["ok"], 0, b""
    yield Phase("reading first bytes", total)
    mounts: dict[bytes, bytes] = {}
    calls = Calls(
        read_twice, lambda path: mounts.get(path, b""), ctx.settings.library.workers, run.patience, AWAY.__contains__,
        reads=True,
    )  # fmt: skip
    while page := await ctx.db.read(good_targets_of_scan, run.scan, after, STORE_AT):
        after = page[-1][0]
        mounts.clear()
        for path, target in page:
            mounts[path] = run.place_of(absolute(path, target))
        bad: list[Judged] = []
        try:
            async for path, answer in from_thread(lambda: calls.all(list(mounts)), calls.stop):
                if isinstance(answer, Failed):
                    bad.append((path, *_state(answer, path in calls.late)))
        finally:
            await store_states(ctx, run, bad, "ok")
        late = [(path, code) for path, state, code in bad if state == "unknown" and code]
        run.unread += len(late)
        yield Progress(done := done + len(page), total, current=run.counters())
        for said in could_not_be_read(late):
            yield said
    async for event in left_alone(ctx, calls):
        yield event


def could_not_be_read(files: Sequence[tuple[bytes, int]]) -> Iterator[Said]:
    """Names files (path and error number) of which that they could not be read says nothing."""
    for path, code in files[:NAMED]:
        yield Said("warning", f"{printable(os.fsdecode(path))} could not be read ({os.strerror(code)}): it is unknown.")
    if len(files) > NAMED:
        yield Said("warning", f"{len(files) - NAMED:,} more files could not be read.")


async def left_alone(ctx: Context, calls: Calls[Any]) -> AsyncIterator[Event]:
    """Says which mounts were not read from to the end, and notes those that late reads hold up now."""
    for place, why in calls.paused.items():
        yield Said("warning", f"{os.fsdecode(place) or 'The disk'} was left alone ({why}); files there are unknown.")
    if calls.late_reads:
        async with ctx.db.transaction() as connection:
            await store_held_up(connection, calls.late_reads, ctx.clock())


def _state(answer: Failed, late: bool) -> tuple[str, int]:
    code = answer.code
    if code is None or code == errno.ENOENT:  # it was there a moment ago: what became of it is for the next scan
        return "unknown", 0
    if code in AWAY and not (late and code != errno.ETIMEDOUT):
        return "unreachable", code
    if late:
        return "unknown", code
    return ("unreadable" if state_of_errno(code) == "unreadable" else "io_error"), code
