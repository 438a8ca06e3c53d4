"""Fetching files of a torrent from their direct links: resumed where an earlier run ended, kept only when whole.

The links are secrets: neither events, rows nor errors hold one.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import os
import stat
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediatui.archive.links import FileLink, LinkOpener, MisplacedLink, choose_links
from mediatui.archive.sync.refresh import files_and_links
from mediatui.model.errors import Busy, MediatuiError, StoreError, UsageError
from mediatui.model.file_name import safe_file_name
from mediatui.model.human import counted, size_text
from mediatui.model.text import printable
from mediatui.model.torrent import TorrentFile
from mediatui.runtime.context import Context
from mediatui.runtime.events import Event, Finished, FoundRow, JobOutcome, Phase, Progress, Said, Waiting
from mediatui.services.errors import (
    BadAnswer,
    DeadLink,
    Infringing,
    LinkExpired,
    NotFound,
    Permanent,
    SlowDown,
    Transient,
)
from mediatui.store.torrents.listing import find_torrent
from mediatui.system.partial_file import REWIND, PartialFile, make_target_folder
from mediatui.system.threads import in_thread

TRIES: Final = 5
"""So many answers in a row may bring nothing before a file is given up."""
PIECE: Final = 1024 * 1024
"""Bytes that are written at a time."""
REPORT_EVERY_S: Final = 0.25
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 60.0
_OF_ONE_FILE: Final = (DeadLink, NotFound, Infringing, Permanent, BadAnswer, Transient, LinkExpired, SlowDown)
"""Errors that say nothing of the other files."""


@dataclass(frozen=True, slots=True)
class DownloadOptions:
    """Which files of which torrent (an id or a hash, or the beginning of one; no files are all of them), and the folder
    they go to, as an absolute path. ``others`` are fetched after it, each a torrent with its files. ``pause_s`` is the
    first pause before a broken answer is asked for again, doubled each time."""

    torrent: str
    files: tuple[int, ...]
    folder: str
    pause_s: float = _FIRST_PAUSE_S
    others: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(slots=True)
class _Tally:
    """What came of the files so far: how many were wanted and what became of them, and the bytes that were fetched."""

    wanted: int = 0
    done: int = 0
    there: int = 0
    failed: int = 0
    fetched: int = 0
    not_begun: int = 0
    """How many torrents nothing was tried of."""
    ended: MediatuiError | None = None
    """The error that left the rest of the files out."""


async def download(ctx: Context, options: DownloadOptions) -> AsyncGenerator[Event, None]:
    """Fetches each file under its own name into the folder; nothing that is there is replaced. An error that is not
    about one file alone (traffic that is used up, a full disk) ends it, and is reported with what came before.

    Raises UsageError, StoreError, and ServiceError when nothing could be begun.
    """
    folder = Path(options.folder)
    all_wanted = ((options.torrent, options.files), *options.others)
    tally, first = _Tally(), ""
    for number, (torrent, ids) in enumerate(all_wanted, 1):
        try:
            begun = await _begin(ctx, torrent, ids)
            await in_thread(lambda: make_target_folder(folder))
        except MediatuiError as error:
            if len(all_wanted) == 1:
                raise
            tally.wanted += 1
            tally.failed += 1
            tally.ended = None if isinstance(error, UsageError | NotFound) else error
            yield Said("error", error.sentence)
        else:
            first = first or begun.id
            tally.wanted += len(begun.links)
            async with aclosing(_fetch_torrent(ctx, begun, folder, options.pause_s, tally)) as events:
                async for event in events:
                    yield event
        if tally.ended is not None:
            tally.not_begun = len(all_wanted) - number
            break
    yield _finished(first or options.torrent, tally, folder)


@dataclass(frozen=True, slots=True)
class _Begun:
    """A torrent of which files are fetched: all of its files, the links that were chosen, and what opens them."""

    id: str
    files: Sequence[TorrentFile]
    links: Sequence[FileLink]
    opener: LinkOpener


async def _begin(ctx: Context, wanted: str, ids: Sequence[int]) -> _Begun:
    torrent = await ctx.db.read(find_torrent, wanted)
    files, links = await files_and_links(ctx.db, ctx.account, torrent)
    return _Begun(torrent.id, files, choose_links(torrent, files, links, ids), LinkOpener(ctx.account, files, links))


async def _fetch_torrent(
    ctx: Context, begun: _Begun, folder: Path, pause_s: float, tally: _Tally
) -> AsyncGenerator[Event, None]:
    """Fetches the chosen files of a torrent one after the other, and counts what comes of each."""
    names = target_names(begun.files)
    sizes = {file.file_id: file.bytes for file in begun.files}
    for number, link in enumerate(begun.links, 1):
        of = f" ({number:,} of {len(begun.links):,})" if len(begun.links) > 1 else ""
        yield Phase(f"fetching {Path(link.name).name}{of}")
        name = None if link.file_id is None else names[link.file_id]
        one = _File(ctx, begun.opener, link, folder, name, sizes.get(link.file_id or 0, 0), pause_s)
        outcome, reason = "done", ""
        before = tally.fetched
        try:
            async with aclosing(one.fetch()) as events:
                async for event in events:
                    yield event
            outcome = "there" if one.was_there else "done"
        except (*_OF_ONE_FILE, MisplacedLink, UsageError, Busy, _Odd) as error:
            outcome, reason = "failed", error.sentence
        except MediatuiError as error:
            outcome, reason, tally.ended = "failed", error.sentence, error
        tally.fetched = before + one.fetched
        _count(tally, outcome)
        yield _row(begun.id, link, one, outcome, reason)
        if tally.ended is not None:
            return
        if reason:
            yield Said("error", f"{link.name}: {reason}")


def target_names(files: Sequence[TorrentFile]) -> dict[int, str]:
    """The name each selected file gets here: its own, with those of its folders before it where two would be equal."""
    selected = [file for file in files if file.selected]
    parts = {file.file_id: [part for part in file.path.split("/") if part] or ["file"] for file in selected}
    own = {file_id: safe_file_name(names[-1], f"file {file_id}") for file_id, names in parts.items()}
    whole = {
        file_id: own[file_id] if count == 1 else safe_file_name(" - ".join(parts[file_id]), f"file {file_id}")
        for file_id, count in ((file_id, Counter(own.values())[own[file_id]]) for file_id in own)
    }
    counts = Counter(whole.values())
    return {
        file_id: name if counts[name] == 1 else safe_file_name(f"{file_id} - {name}") for file_id, name in whole.items()
    }


class _Odd(MediatuiError):
    """A file that is not what it should be, or a name that is taken."""

    kind = "download"


class _File:
    """One file to be fetched; ``path`` is where it goes, ``size`` its bytes as far as known (0: not yet)."""

    def __init__(
        self, ctx: Context, opener: LinkOpener, link: FileLink, folder: Path, name: str | None, size: int,
        pause_s: float,
    ) -> None:  # fmt: skip
        self._ctx, self._opener, self._link, self._folder = ctx, opener, link, folder
        self._pause_s = pause_s
        self._renewed = False
        self.size = size
        self.path = None if name is None else folder / name
        self.was_there = False
        self.fetched = 0

    async def fetch(self) -> AsyncGenerator[Event, None]:
        """Fetches it. Raises the errors of ``download``, and ``_Odd``."""
        if self.path is not None and await self._is_there(self.path):
            return
        opened = await self._opener.open(self._link)
        if opened.note:
            yield Said("warning", opened.note)
        made = opened.made
        self.size = made.bytes or self.size
        if self.path is None:
            self.path = self._folder / safe_file_name(made.filename, "file")
            if await self._is_there(self.path):
                return
        key = hashlib.sha256(f"{self._ctx.account.lasting_link(self._link.link)} {self.size}".encode()).hexdigest()[:8]
        part = PartialFile(self.path.parent, self.path.name, key)
        try:
            await in_thread(part.open)
            begun = part.have
            if begun:
                good = max(0, begun - REWIND) if begun <= self.size or not self.size else 0
                await in_thread(lambda: part.keep(good))
            if self.size - part.have > await in_thread(lambda: part.free):
                raise StoreError(
                    f"There is no room for {printable(self.path.name)} in {printable(str(self.path.parent))}: "
                    f"it needs {size_text(self.size - part.have)}.",
                    "Make room, or give another folder with -o.",
                )
            if part.have:
                yield Said("info", f"{printable(self.path.name)}: carries on at {size_text(part.have)}.")
            async with aclosing(self._read(part, made.download)) as events:
                async for event in events:
                    yield event
            await in_thread(part.complete)
        finally:
            part.close()
        yield Said("info", f"{printable(str(self.path))} is there, {size_text(part.have)}.")

    async def _is_there(self, path: Path) -> bool:
        """Whether the file is there, whole. Raises ``_Odd`` when something else has its name."""
        try:
            facts = await in_thread(lambda: os.lstat(path))
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreError(f"{printable(str(path))} cannot be looked at ({error.strerror}).") from error
        if self.size and facts.st_size == self.size and stat.S_ISREG(facts.st_mode):
            self.was_there = True
            return True
        raise _Odd(
            f"{printable(str(path))} is there already, and is another file.",
            f"It has {size_text(facts.st_size)}, this one {size_text(self.size) if self.size else 'an unknown size'}.",
        )

    async def _read(self, part: PartialFile, url: str) -> AsyncGenerator[Event, None]:
        """Fills the part to its end: asks again where an answer breaks off, with one fresh link if it has expired."""
        in_vain = 0
        while not self.size or part.have < self.size:
            had = part.have
            try:
                async with aclosing(self._answer(part, url)) as events:
                    async for event in events:
                        yield event
                if not self.size:
                    return  # an answer that ended well is all there is
                error: MediatuiError = _Odd("The connection ended early.")
            except LinkExpired:
                if self._renewed:
                    raise
                self._renewed = True
                url = (await self._opener.renew(self._link)).made.download
                yield Said("info", f"{self._link.name}: the direct link had expired, a fresh one was asked for.")
                continue
            except (Transient, SlowDown) as failure:
                error = failure
            in_vain = 0 if part.have > had else in_vain + 1
            if part.have < self.size or not self.size:
                if in_vain >= TRIES:
                    raise error
                pause = self._pause_of(error, in_vain)
                yield Waiting(error.message, time.time() + pause)
                await asyncio.sleep(pause)

    def _pause_of(self, error: MediatuiError, in_vain: int) -> float:
        asked = error.retry_after if isinstance(error, SlowDown) else None
        return min(_LONGEST_PAUSE_S, asked if asked is not None else self._pause_s * 2.0 ** max(0, in_vain - 1))

    async def _answer(self, part: PartialFile, url: str) -> AsyncGenerator[Event, None]:
        """One answer, from where the part ends, written piece by piece."""
        async with self._ctx.account.read_direct(url, part.have) as body:
            if self.size and body.total is not None and body.total != self.size:
                raise BadAnswer(
                    f"The direct link leads to {size_text(body.total)} ({body.total:,} bytes); "
                    f"the file has {size_text(self.size)} ({self.size:,} bytes)."
                )
            if body.first > part.have:
                raise BadAnswer("The server of the direct link skipped a part of the file.")
            if body.first < part.have:
                await in_thread(lambda: part.keep(body.first))
            self.size = self.size or body.total or 0
            reported = 0.0
            async for data in _in_pieces(body.pieces):
                if self.size and part.have + len(data) > self.size:
                    raise BadAnswer(f"The server of the direct link sent more than the file's {self.size:,} bytes.")
                await in_thread(functools.partial(part.append, data))
                self.fetched += len(data)
                now = time.monotonic()
                if now - reported > REPORT_EVERY_S:
                    reported = now
                    yield Progress(part.have, self.size or None, unit="bytes")
            yield Progress(part.have, self.size or None, unit="bytes")


async def _in_pieces(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in pieces of some size; what came before a connection broke is handed over first."""
    held = bytearray()
    try:
        async for piece in pieces:
            held += piece
            if len(held) >= PIECE:
                yield bytes(held)
                held.clear()
    except Transient:
        if held:
            yield bytes(held)
        raise
    if held:
        yield bytes(held)


def _count(tally: _Tally, outcome: str) -> None:
    setattr(tally, outcome, getattr(tally, outcome) + 1)


def _row(torrent_id: str, link: FileLink, one: _File, outcome: str, reason: str) -> FoundRow:
    where = None if one.path is None else str(one.path)
    return FoundRow(
        "download",
        {
            "torrent_id": torrent_id, "file": link.file_id, "name": link.name, "path": where, "bytes": one.size,
            "fetched": one.fetched, "outcome": outcome, "reason": reason,
        },
    )  # fmt: skip


def _finished(torrent_id: str, tally: _Tally, folder: Path) -> Finished:
    """How it ended."""
    ended, left = tally.ended, tally.wanted - tally.done - tally.there - tally.failed
    counts = {
        "torrent_id": torrent_id, "done": tally.done, "there": tally.there, "failed": tally.failed, "left": left,
        "bytes": tally.fetched, "folder": str(folder),
    }  # fmt: skip
    parts = [f"{counted(tally.done, 'file')} ({size_text(tally.fetched)}) in {printable(str(folder))}"]
    if tally.there:
        parts.append(f"{tally.there:,} there before")
    if tally.failed:
        parts.append(f"{tally.failed:,} failed")
    if left:
        parts.append(f"{left:,} left")
    if tally.not_begun:
        parts.append(f"{counted(tally.not_begun, 'torrent')} not begun")
    summary = ", ".join(parts) + "."
    outcome: JobOutcome = "failed" if tally.failed == tally.wanted else "partial" if tally.failed else "done"
    if ended is None:
        return Finished(outcome, summary, counts)
    outcome = "partial" if tally.done or tally.there else "failed"
    return Finished(
        outcome, ended.message, counts, error=ended.message, error_kind=ended.kind,
        hint=f"{ended.hint} {summary} Asked for again, it carries on.".strip(), exit_code=ended.exit_code,
    )  # fmt: skip
