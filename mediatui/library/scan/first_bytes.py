"""Reads the first bytes of the file behind every good link: a failure is an I/O error, not a dead link."""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

from mediatui.library.playback.first_bytes import read_twice
from mediatui.library.scan.slow_targets import Judged
from mediatui.library.scan.state import STORE_AT, ScanState, store_states
from mediatui.model.human import counted
from mediatui.model.text import printable
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Phase, Progress, Said
from mediatui.store.library.held_up import store_held_up
from mediatui.store.library.links import good_targets_of_scan
from mediatui.system.head_and_tail import AWAY
from mediatui.system.mount_calls import Calls, Failed
from mediatui.system.symlinks import absolute, state_of_errno
from mediatui.system.threads import from_thread

NAMED = 20
"""How many files that could not be read in time are named."""


async def read_first_kb(ctx: Context, run: ScanState) -> AsyncIterator[Event]:
    """Reads the first KB behind every link a scan found good. A file on a mount that stopped answering is unreachable
    or unknown, a file that answered too late is unknown, a file without read permission is unreadable."""
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
        for said in warn_of_unread_files(late):
            yield said
    async for event in report_paused_mounts(ctx, calls):
        yield event


def warn_of_unread_files(files: Sequence[tuple[bytes, int]]) -> Iterator[Said]:
    """Warns of files (path and error number) that could not be read, which leaves their state unknown."""
    for path, code in files[:NAMED]:
        yield Said("warning", f"{printable(os.fsdecode(path))} could not be read ({os.strerror(code)}): it is unknown.")
    if len(files) > NAMED:
        yield Said("warning", f"{counted(len(files) - NAMED, 'more file')} could not be read.")


async def report_paused_mounts(ctx: Context, calls: Calls[Any]) -> AsyncIterator[Event]:
    """Warns of the mounts that were paused, and stores those that late reads hold up now."""
    for place, why in calls.paused.items():
        yield Said("warning", f"{os.fsdecode(place) or 'The disk'} was left alone ({why}); files there are unknown.")
    if calls.late_reads:
        async with ctx.db.transaction() as connection:
            await store_held_up(connection, calls.late_reads, ctx.clock())


def _state(answer: Failed, late: bool) -> tuple[str, int]:
    code = answer.code
    if code is None or code == errno.ENOENT:  # it existed a moment ago: the next scan judges it
        return "unknown", 0
    if code in AWAY and not (late and code != errno.ETIMEDOUT):
        return "unreachable", code
    if late:
        return "unknown", code
    return ("unreadable" if state_of_errno(code) == "unreadable" else "io_error"), code
