"""Reading the first bytes of the file behind every good link: what cannot be read is an I/O error, not a dead link."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import AsyncIterator

from mediatui.context import Context
from mediatui.events import Event, Phase, Progress, Said
from mediatui.library.calls import Calls, Failed
from mediatui.library.scan_run import STORE_AT, Run, store_states
from mediatui.library.slow_targets import Judged
from mediatui.library.threads import from_thread
from mediatui.services.elsewhere import elsewhere
from mediatui.services.symlinks import absolute, state_of_errno
from mediatui.store.library import good_targets_of_scan

FIRST = 1024
_AWAY = frozenset((errno.ENOTCONN, errno.ETIMEDOUT, errno.ESTALE, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENODEV))
"""Error numbers of a mount that is away. EIO is not among them here: it may be this one file that cannot be read."""
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


def _read(path: bytes) -> None:
    elsewhere(read_first, path)


async def read_first_kb(ctx: Context, run: Run) -> AsyncIterator[Event]:
    """Reads the first KB behind every link a scan found good. One on a mount that stopped answering is unreachable
    or unknown; one nobody may read is unreadable."""
    total, done, after = run.counts["ok"], 0, b""
    yield Phase("reading first bytes", total)
    mounts: dict[bytes, bytes] = {}
    workers = ctx.settings.library.workers
    calls = Calls(_read, lambda path: mounts.get(path, b""), workers, counts_against=_AWAY.__contains__)
    while page := await ctx.db.read(good_targets_of_scan, run.scan, after, STORE_AT):
        after = page[-1][0]
        mounts.clear()
        for path, target in page:
            mount = run.library.mount_of(absolute(path, target))
            mounts[path] = mount.path if mount is not None else b""
        bad: list[Judged] = []
        try:
            async for path, answer in from_thread(lambda: calls.all(list(mounts)), calls.stop):
                if isinstance(answer, Failed):
                    bad.append((path, *_state(answer)))
        finally:
            await store_states(ctx, run, bad, "ok")
        done += len(page)
        yield Progress(done, total, current=run.counters())
    for place, why in calls.paused.items():
        yield Said("warning", f"{os.fsdecode(place) or 'The disk'} was left alone ({why}); files there are unknown.")


def _state(answer: Failed) -> tuple[str, int]:
    code = answer.code
    if code is None or code == errno.ENOENT:  # it was there a moment ago: what became of it is for the next scan
        return "unknown", 0
    if code in _AWAY:
        return "unreachable", code
    return ("unreadable" if state_of_errno(code) == "unreadable" else "io_error"), code
