"""Fetching a file or a folder of the seedbox that no torrent names: proven by its size and time alone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import posixpath
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediatui.acquire.fetching.choose import Candidate, left_out
from mediatui.acquire.fetching.fetch import Fetch
from mediatui.acquire.fetching.gate import Gate
from mediatui.acquire.fetching.one_file import FileProgress, Wanted, is_below
from mediatui.acquire.fetching.room import Room
from mediatui.model.errors import MediatuiError, UsageError
from mediatui.model.human import counted, size_text
from mediatui.model.text import printable
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow, JobOutcome, Phase, Progress, Said
from mediatui.services.remote_files import RemoteFiles
from mediatui.services.sftp.errors import RemoteRefused
from mediatui.settings import Settings
from mediatui.system.private_files import make_folder
from mediatui.system.threads import in_thread

REPORT_S: Final = 0.25
DEEPEST: Final = 32
MOST_ENTRIES: Final = 100_000
GB: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class FetchPath:
    """What is fetched, as SFTP names it (bytes that are no UTF-8 as surrogates), and the folder here that it goes into
    under its own name."""

    path: str
    folder: str


async def fetch_path(ctx: Context, options: FetchPath) -> AsyncGenerator[Event, None]:
    """Fetches what lies at a path below ``seedbox.roots``; what is there already stays. Nothing there is changed.

    Raises UsageError, StoreError, and ServiceError when nothing could be begun."""
    settings, folder, path = ctx.settings, Path(options.folder), os.fsencode(options.path)
    files = ctx.files()
    try:
        yield Phase("looking at what is there")
        wanted, left = await _wanted(files, path, settings)
        for name, why in left:
            yield Said("info", f"{name} is left there: {why}.")
        await in_thread(lambda: make_folder(folder, "folder", "Set staging.folder, or give another one with -o."))
        room = Room(folder, int(settings.staging.keep_free_gb * GB))
        fetch = Fetch(
            files, folder, wanted, roots=roots_of(settings), room=room, parallel=settings.sftp.parallel,
            gate=Gate(settings.sftp.limit_kib_s * 1024),
        )  # fmt: skip
        yield Phase(f"fetching {_shown(posixpath.basename(path))}")
        async with contextlib.aclosing(_run(fetch)) as events:
            async for event in events:
                yield event
        yield _finished(fetch, folder)
    finally:
        await files.close()


def roots_of(settings: Settings) -> list[bytes]:
    """The folders of the seedbox that may be looked into. Raises UsageError while none is set."""
    if not settings.seedbox.roots:
        raise UsageError(
            "seedbox.roots names no folder.", "mediatui --headless config set seedbox.roots '[\"/home/bob/data\"]'"
        )
    return [root.encode("utf-8", "surrogateescape") for root in settings.seedbox.roots]


async def _run(fetch: Fetch) -> AsyncGenerator[Event, None]:
    """Runs a fetch and says how far it is; however this ends, it does not run any more."""
    running = asyncio.create_task(fetch.run())
    said: set[FileProgress] = set()
    try:
        while True:
            await asyncio.wait((running,), timeout=REPORT_S)
            progress = fetch.progress
            fetching = next((file for file in progress.files if file.state == "fetching"), None)
            current = "" if fetching is None else _shown(fetching.wanted.name[-1])
            yield Progress(progress.done, progress.total, current=current, unit="bytes")
            for file in progress.files:
                if file.state in ("done", "there", "failed") and file not in said:
                    said.add(file)
                    yield FoundRow("file", _row(file))
            if running.done():
                running.result()
                return
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def _wanted(files: RemoteFiles, path: bytes, settings: Settings) -> tuple[list[Wanted], list[tuple[str, str]]]:
    """The files at a path, and what of them is left there, with why."""
    roots = roots_of(settings)
    if posixpath.normpath(path) != path or not is_below(path, roots):
        raise UsageError(f"{_shown(path)} is not below seedbox.roots.", f"Such as {_shown(roots[0])}/NAME.")
    name = posixpath.basename(path)
    facts = await files.lstat(path)
    if facts.kind != "folder":
        return [Wanted(remote=path, name=(name,), size=facts.size if facts.kind == "file" else None)], []
    found = await _walk(files, path, name)
    candidates = [Candidate(one.name, one.size or 0) for one in found]
    skipped = left_out(
        candidates, video_endings=settings.library.video_endings,
        sample_below=settings.importing.sample_max_mb * 1_000_000, keep_extras=settings.sftp.keep_extras,
    )  # fmt: skip
    left = [(_shown(found[at].name[-1]), why) for at, why in skipped.items()]
    return [one for at, one in enumerate(found) if at not in skipped], left


async def _walk(files: RemoteFiles, path: bytes, name: bytes) -> list[Wanted]:
    """The files below a folder; links and what is no file are tried too, and said when they are refused."""
    found: list[Wanted] = []
    waiting: list[tuple[bytes, tuple[bytes, ...]]] = [(path, (name,))]
    while waiting:
        folder, names = waiting.pop()
        if len(names) > DEEPEST:
            raise RemoteRefused(f"{_shown(path)} is nested deeper than {DEEPEST} levels.", "Fetch a part of it.")
        for entry in sorted(await files.listing(folder, MOST_ENTRIES), key=lambda one: one.name):
            inside, parts = posixpath.join(folder, entry.name), (*names, entry.name)
            if entry.facts.kind == "folder":
                waiting.append((inside, parts))
            else:
                size = entry.facts.size if entry.facts.kind == "file" else None
                found.append(Wanted(remote=inside, name=parts, size=size))
        if len(found) + len(waiting) > MOST_ENTRIES:
            raise RemoteRefused(f"{_shown(path)} has more than {MOST_ENTRIES:,} entries.", "Fetch a part of it.")
    return found


def _row(file: FileProgress) -> dict[str, object]:
    path = os.fsdecode(b"/".join(file.wanted.name))
    error = file.error
    reason = error.sentence if isinstance(error, MediatuiError) else str(error or file.note)
    return {"path": path, "size": file.size, "fetched": file.came, "outcome": file.state, "reason": reason}


def _finished(fetch: Fetch, folder: Path) -> Finished:
    progress = fetch.progress
    count = {state: sum(file.state == state for file in progress.files) for state in ("done", "there", "failed")}
    seconds = max(time.monotonic() - progress.began, 0.001)
    parts = [f"{counted(count['done'], 'file')} ({size_text(progress.came)}) in {printable(str(folder))}"]
    parts += [f"{count['there']:,} there before"] if count["there"] else []
    parts += [f"{count['failed']:,} failed"] if count["failed"] else []
    counts = {**count, "bytes": progress.came, "rate": int(progress.came / seconds), "folder": str(folder)}
    summary = f"{', '.join(parts)}; not proven by pieces."
    outcome: JobOutcome = "done" if not count["failed"] else "partial" if count["done"] or count["there"] else "failed"
    return Finished(outcome, summary, counts)


def _shown(name: bytes) -> str:
    return printable(name.decode("utf-8", "surrogateescape"))
