"""When an app has come to rest: nothing in its event loop, nothing in a thread, no timer about to go off.

Textual's pilot waits until the process uses little CPU, which takes some 50 ms a key on an idle machine and seconds on
a busy one. What matters is whether anything is left to happen, and the event loop knows that.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import threading
from collections.abc import Callable
from typing import Any

import aiosqlite
import httpx
import pytest

SOON_S = 0.03
"""A timer due so soon (a repaint, a line that follows the cursor) is waited for."""
PATIENCE_S = 0.25
"""Timers and threads of jobs may go on for ever: they are waited for so long, and no longer."""
ANSWER_S = 2.0
"""A service on a socket of this machine answers by then, or hangs because that is the subject."""
STUCK_S = 20.0
THROTTLES = {
    "mediatui.tui.panes_view": ("FOLLOW_S",),
    "mediatui.tui.views.symlinks.scans": ("REFRESH_S",),
    "mediatui.tui.views.symlinks.view": ("REFRESH_S", "COUNT_S"),
    "mediatui.tui.views.torrents.duplicates": ("DEBOUNCE_S",),
    "mediatui.tui.views.changes.plan": ("REFRESH_S",),
    "mediatui.tui.views.changes.journal": ("REFRESH_S",),
    "mediatui.tui.views.maintenance.view": ("REFRESH_S", "REST_S"),
    "mediatui.tui.views.problems.view": ("REFRESH_S",),
    "mediatui.tui.views.torrents.rows": ("DEBOUNCE_S",),
    "mediatui.tui.views.torrents.view": ("REFRESH_S", "COUNT_S"),
    "mediatui.tui.widgets.job_line": ("REDRAW_S",),
    "mediatui.tui.widgets.list_and_detail": ("FOLLOW_S",),
    "mediatui.tui.widgets.prompt": ("REST_S",),
}
"""How long the screens wait before they read again, so that a person's machine has rest; a test has none."""


class _InFlight:
    count = 0
    requests = 0


def watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts what threads do for event loops, lets the pilot wait for stillness, and makes the throttles short."""
    run_in_executor, execute = asyncio.BaseEventLoop.run_in_executor, aiosqlite.Connection._execute
    handle = httpx.AsyncHTTPTransport.handle_async_request
    _InFlight.count = _InFlight.requests = 0

    async def counted_request(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        _InFlight.requests += 1
        try:
            return await handle(self, request)
        finally:
            _InFlight.requests -= 1

    def counted(self: asyncio.BaseEventLoop, executor: Any, function: Callable[..., Any], *args: Any) -> Any:
        future = run_in_executor(self, executor, function, *args)
        _InFlight.count += 1
        future.add_done_callback(_landed)
        return future

    @functools.wraps(execute)
    async def counted_execute(self: aiosqlite.Connection, function: Any, *args: Any, **kwargs: Any) -> Any:
        _InFlight.count += 1
        try:
            return await execute(self, function, *args, **kwargs)
        finally:
            _InFlight.count -= 1

    async def key_taken(min_sleep: float = 0) -> None:
        await until_still(patience_s=0)

    async def idle(min_sleep: float = 0) -> None:
        await until_still()

    monkeypatch.setattr(asyncio.BaseEventLoop, "run_in_executor", counted)
    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted_execute)
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", counted_request)
    monkeypatch.setattr("textual.app.wait_for_idle", key_taken)
    monkeypatch.setattr("textual.pilot.wait_for_idle", idle)
    for module, names in THROTTLES.items():
        for name in names:
            monkeypatch.setattr(importlib.import_module(module), name, 0.01)


def _landed(future: object) -> None:
    _InFlight.count -= 1


async def until_still(patience_s: float = PATIENCE_S) -> None:
    """Returns when nothing is left to run but what waits for a person, a service or a clock."""
    loop: Any = asyncio.get_running_loop()
    start = loop.time()
    calm = 0
    while calm < 3 and loop.time() < start + STUCK_S:
        await asyncio.sleep(0)
        if _InFlight.count:
            calm = 0
            await asyncio.sleep(0.001)
        elif loop._ready:
            calm = 0
        elif _InFlight.requests and patience_s and loop.time() < start + ANSWER_S:
            calm = 0
            await asyncio.sleep(0.002)
        elif loop.time() < start + patience_s and (rest := _soonest(loop)) is not None:
            calm = 0
            await asyncio.sleep(rest)
        else:
            calm += 1


def _soonest(loop: Any) -> float | None:
    """How long until the next thing happens that is worth waiting for."""
    if any(thread.name == "library" or thread.name.endswith("(work)") for thread in threading.enumerate()):
        return 0.002
    due = min((timer._when for timer in loop._scheduled if not timer._cancelled), default=None)
    if due is None or due - loop.time() > SOON_S:
        return None
    return max(0.0, due - loop.time()) + 0.0005
