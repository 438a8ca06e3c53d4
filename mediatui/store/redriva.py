"""Taking over a Redriva database: its torrents and what it knew of their details.

Redriva keeps ``torrents`` (the list) and ``torrent_details`` (links joined by commas, no files). A torrent that is gone
has the status ``deleted`` there; ``health_error`` (503) says that its first link did not open, as does an ``error``
like ``health_503_error`` or ``rd_error_24``; ``health_check_error`` says that this could not be found out. Missing
columns are read as unknown. Nothing is written beside the source: it is read in place, or as a copy when another
program has not written everything back into it yet (``-wal``, ``-journal``).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import re
import shutil
import sqlite3
import threading
import time
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from mediatui.model.errors import UsageError
from mediatui.model.link_codes import BLOCKED, HOSTER_LOST, PROVIDER_LOST
from mediatui.model.problems import SECOND_STRIKE_S
from mediatui.model.text import fold, printable
from mediatui.store.torrents.checks import LinkCheck, LinkVerdict, store_checks
from mediatui.system.files import open_file

if TYPE_CHECKING:
    import aiosqlite

    from mediatui.store.database import Database

BATCH: Final = 500
COPY_AT_ONCE: Final = 1 << 20
CHECK_EVERY: Final = 10_000
"""How many steps SQLite makes between two calls of the progress handler."""
_MAGIC: Final = b"SQLite format 3\0"
_TABLES: Final = ("torrents", "torrent_details")
_WAYS_OUT: Final = "Give the path of Redriva's database file; it is only read."
_LARGEST: Final = 2**63 - 1
GONE: Final = "deleted"
"""Redriva's status of a torrent that is no longer on the account."""
LASTING_CHARACTERS: Final = 13
"""So many characters of a link's id name the file for good (services/realdebrid/NOTES.md 12)."""


class NotRedriva(UsageError):
    """The file is not a Redriva database."""

    kind = "not-redriva"


@dataclass(frozen=True, slots=True)
class RedrivaImport:
    """What an import did, in torrents: ``read`` in the source, ``added``, ``kept`` (the archive knew them already and
    its rows are newer), ``unusable`` (without an id); how many ``links`` came with the added ones, and how many of
    those are ``tombstones`` (gone from the account) or ``suspect`` (a link did not open)."""

    read: int
    added: int
    kept: int
    unusable: int
    links: int
    tombstones: int = 0
    suspect: int = 0


@dataclass(frozen=True, slots=True)
class _Look:
    """A look of Redriva at the first link: it failed with a code, or nothing came of it (None); when, if that is
    known (epoch seconds)."""

    code: int | None
    at: int | None


@dataclass(frozen=True, slots=True)
class _Taken:
    """A torrent read from both tables; ``detailed`` when ``torrent_details`` has it."""

    id: str
    hash: str
    filename: str
    original_filename: str | None
    status: str
    bytes: int
    progress: float
    host: str
    added_on: str
    added_at: int | None
    ended_at: int | None
    files_count: int | None
    links: tuple[str, ...]
    error: str | None
    detailed: bool
    gone: bool
    gone_at: int | None
    look: _Look | None

    @property
    def is_suspect(self) -> bool:
        """Whether it stands, and a link of it did not open."""
        return not self.gone and self.look is not None and self.look.code is not None


@dataclass(slots=True)
class Reading:
    """A source being read: ``stop`` ends it, and ``rows`` is how far it is."""

    stop: threading.Event = field(default_factory=threading.Event)
    rows: int = 0

    def check(self) -> int:
        """The progress handler of SQLite: not 0 when it has to stop."""
        return int(self.stop.is_set())


async def import_redriva(
    db: Database, path: Path, now: float | None = None, reading: Reading | None = None
) -> RedrivaImport:
    """Adds the torrents of the Redriva database ``path`` that the archive does not have, in one transaction. When
    cancelled it ends within a moment; ``reading`` holds its progress.

    Their details count as fetched when the file was last written; the files inside, which Redriva does not keep, come
    with the next sync. Raises NotRedriva (a UsageError) for anything but a Redriva database, StoreError otherwise.
    """
    now = time.time() if now is None else now
    reading = reading or Reading()
    try:
        taken, unusable, written_at = await asyncio.to_thread(_read_source, path, reading)
    except asyncio.CancelledError:
        reading.stop.set()
        raise
    added = links = tombstones = suspect = 0
    async with db.transaction() as connection:
        for first in range(0, len(taken), BATCH):
            new = await _unknown_to(connection, taken[first : first + BATCH])
            await _store(connection, new, int(now), written_at)
            added += len(new)
            await _store_looks(connection, new, int(now), written_at)
            links += sum(len(torrent.links) for torrent in new)
            tombstones += sum(torrent.gone for torrent in new)
            suspect += sum(torrent.is_suspect for torrent in new)
    return RedrivaImport(len(taken) + unusable, added, len(taken) - added, unusable, links, tombstones, suspect)


async def _unknown_to(connection: aiosqlite.Connection, taken: list[_Taken]) -> list[_Taken]:
    marks = ", ".join("?" * len(taken))
    query = f"SELECT id FROM torrents WHERE id IN ({marks})"
    async with connection.execute(query, [torrent.id for torrent in taken]) as cursor:
        known = {row[0] for row in await cursor.fetchall()}
    return [torrent for torrent in taken if torrent.id not in known]


async def _store(connection: aiosqlite.Connection, new: list[_Taken], now: int, written_at: int) -> None:
    """Inserts torrents; ``details_of`` stays NULL: their files are pending for the next sync."""
    await connection.executemany(
        "INSERT INTO torrents (id, hash, filename, original_filename, folded, status, bytes, progress, host, added_on, "
        "added_at, ended_at, links_count, files_count, first_seen_at, last_seen_at, details_at, error, gone_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                torrent.id,
                torrent.hash,
                torrent.filename,
                torrent.original_filename,
                _folded(torrent),
                torrent.status,
                torrent.bytes,
                torrent.progress,
                torrent.host,
                torrent.added_on,
                torrent.added_at,
                torrent.ended_at,
                len(torrent.links) or None,
                torrent.files_count,
                now,
                written_at,
                written_at if torrent.detailed else None,
                torrent.error,
                (torrent.gone_at or written_at) if torrent.gone else None,
            )
            for torrent in new
        ],
    )
    await connection.executemany(
        "INSERT INTO torrent_links (torrent_id, position, link) VALUES (?, ?, ?)",
        [(torrent.id, position, link) for torrent in new for position, link in enumerate(torrent.links)],
    )


async def _store_looks(connection: aiosqlite.Connection, new: list[_Taken], now: int, written_at: int) -> None:
    """Stores what Redriva found of first links. One that failed counts as a first failure, long enough ago for the next
    check to decide; where no link is known the torrent alone has it."""
    looked = [(torrent, torrent.look) for torrent in new if torrent.look is not None and not torrent.gone]
    checks: list[LinkCheck] = []
    for torrent, look in looked:
        at = min(written_at if look.at is None else look.at, now - SECOND_STRIKE_S)
        verdict: LinkVerdict = "unknown" if look.code is None else "suspect"
        if torrent.links:
            head, _, last = torrent.links[0].rpartition("/")
            lasting = f"{head}/{last[:LASTING_CHARACTERS]}"
            since = None if look.code is None else at
            checks.append(LinkCheck(torrent.id, 0, lasting, verdict, look.code, at, since))
        else:
            await connection.execute(
                "UPDATE torrents SET health = 'unknown', health_code = ?, health_at = ? WHERE id = ?",
                (look.code, at, torrent.id),
            )
    await store_checks(connection, checks, now)


def _folded(torrent: _Taken) -> str:
    names = [torrent.filename]
    if torrent.original_filename and torrent.original_filename != torrent.filename:
        names.append(torrent.original_filename)
    return "\n".join(map(fold, names))


def _read_source(path: Path, reading: Reading) -> tuple[list[_Taken], int, int]:
    """The torrents of the source, newest first, how many rows had no id, and when it was last written (epoch)."""
    shown = printable(str(path))
    try:
        with open_file(path) as file:
            magic = file.read(len(_MAGIC))
            written_at = int(os.fstat(file.fileno()).st_mtime)
        if magic != _MAGIC:
            raise NotRedriva(f"{shown} is not an SQLite database.", _WAYS_OUT)
        with _readable(path, reading) as source, contextlib.closing(sqlite3.connect(source, uri=True)) as connection:
            connection.set_progress_handler(reading.check, CHECK_EVERY)
            taken, unusable = _read_tables(connection, shown, reading)
    except OSError as error:
        raise NotRedriva(f"{shown} cannot be read ({error.strerror or error}).", _WAYS_OUT) from error
    except sqlite3.Error as error:
        raise NotRedriva(f"{shown} is not a readable SQLite database ({error}).", _WAYS_OUT) from error
    return taken, unusable, written_at


@contextlib.contextmanager
def _readable(path: Path, reading: Reading) -> Iterator[str]:
    """An SQLite address of the source that makes SQLite write nothing beside it."""
    beside = [Path(f"{path}{ending}") for ending in ("-wal", "-journal")]
    beside = [file for file in beside if file.exists()]
    if not beside:
        yield f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        return
    with TemporaryDirectory(prefix="mediatui-") as folder:
        needed, room = path.stat().st_size, shutil.disk_usage(folder).free
        if needed > room:
            raise OSError(errno.ENOSPC, f"a copy of {needed / 1e9:,.1f} GB does not fit into {folder}")
        copy = Path(folder) / "redriva.db"
        for source, target in (
            (path, copy),
            *((file, Path(f"{copy}{file.name[len(path.name) :]}")) for file in beside),
        ):
            with open_file(source) as stream, target.open("wb") as into:
                while not reading.stop.is_set() and (data := stream.read(COPY_AT_ONCE)):
                    into.write(data)
        yield copy.as_uri()


def _read_tables(connection: sqlite3.Connection, shown: str, reading: Reading) -> tuple[list[_Taken], int]:
    connection.row_factory = sqlite3.Row
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    columns = {table: _columns(connection, table) for table in _TABLES}
    if "folded" in columns["torrents"]:
        raise NotRedriva(f"{shown} is an archive of mediatui, not a Redriva database.", _WAYS_OUT)
    if not any("id" in names for names in columns.values()):
        raise NotRedriva(
            f"{shown} is not a Redriva database: it has no table torrents or torrent_details with an id.", _WAYS_OUT
        )
    for table in _TABLES:
        row = connection.execute("SELECT type, rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        if row is not None and (row["type"] != "table" or not row["rootpage"]):  # a virtual table has no page
            raise NotRedriva(f"{table} in {shown} is no table that holds rows: it computes them.", _WAYS_OUT)
    unusable = 0
    rows: dict[str, dict[str, Mapping[str, object]]] = {}
    for table in _TABLES:
        if "id" not in columns[table]:
            continue
        for row in connection.execute(f"SELECT * FROM {table}"):
            reading.rows += 1
            torrent_id = _normalized(row["id"]).strip()
            if torrent_id:
                rows.setdefault(torrent_id, {})[table] = {name.lower(): row[name] for name in row.keys()}  # noqa: SIM118
            else:
                unusable += 1
    taken = [
        _take(torrent_id, tables.get("torrents", {}), tables.get("torrent_details", {}))
        for torrent_id, tables in rows.items()
    ]
    return sorted(taken, key=lambda torrent: -(torrent.added_at or 0)), unusable


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {str(row["name"]).lower() for row in connection.execute(f"PRAGMA table_info({table})")}


def _take(torrent_id: str, listed: Mapping[str, object], detail: Mapping[str, object]) -> _Taken:
    """One torrent out of its two rows. The list comes first: every sync refreshed it, but not the details."""

    def first(*names: str) -> object:
        return next(_known(source.get(name) for source in (listed, detail) for name in names), None)

    gone = any(_normalized(source.get("status")).strip().lower() == GONE for source in (listed, detail))
    statuses = [_normalized(source.get("status")).strip() for source in (listed, detail)]
    status = next((one for one in statuses if one and one.lower() != GONE), GONE if gone else "unknown")
    progress = _number(first("progress"))
    added_on = _normalized(first("added_on", "added"))
    info_hash = _normalized(first("hash")).strip().lower()
    return _Taken(
        id=torrent_id,
        hash=info_hash if re.fullmatch(r"[0-9a-f]{40}", info_hash) else "",
        filename=_normalized(first("filename", "name")),
        original_filename=_normalized(first("original_filename")) or None,
        status=status,
        bytes=_whole(first("bytes", "size")) or 0,
        progress=(100.0 if status == "downloaded" else 0.0) if progress is None else progress,
        host=_normalized(first("host")),
        added_on=added_on,
        added_at=_epoch(added_on),
        ended_at=_epoch(_normalized(first("ended"))),
        files_count=_whole(first("files_count")),
        links=tuple(link.strip() for link in _normalized(first("links")).split(",") if link.strip()),
        error=_normalized(first("error")) or None,
        detailed=bool(detail),
        gone=gone,
        gone_at=_epoch(_normalized(first("deleted_at", "deleted_on"))),
        look=_look_of(
            _normalized(first("health_error")).strip(),
            _normalized(first("health_check_error")).strip(),
            _normalized(first("error")),
            _epoch(
                _normalized(first("health_checked_at", "health_check_at", "health_check_date", "last_health_check"))
            ),
        ),
    )


def _look_of(failure: str, check_failure: str, error: str, at: int | None) -> _Look | None:
    """What Redriva found of the first link, from its two columns and its ``error``; None when it did not look."""
    if failure.lower() not in ("", "0", "none", "ok"):
        return _Look(_link_code(failure), at)
    if "health_503_error" in error or "rd_error_" in error:
        return _Look(_link_code(error), at)
    return _Look(None, at) if check_failure or "health_check_error" in error else None


def _link_code(text: str) -> int | None:
    """The code of a link that did not open: the one that is named, or with 503 that of a link its hoster dropped, which
    the service answers so; None when the text names another failure, which says nothing of the link."""
    named = {int(number) for number in re.findall(r"(?<!\d)\d{1,3}(?!\d)", text)}
    return next(
        (code for code in (BLOCKED, PROVIDER_LOST, HOSTER_LOST) if code in named), HOSTER_LOST if 503 in named else None
    )


def _known(values: Iterable[object]) -> Iterator[object]:
    return (value for value in values if value is not None and value != "")


def _normalized(value: object) -> str:
    """A value as text in NFC; blobs are read as UTF-8."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return "" if value is None else unicodedata.normalize("NFC", str(value))


def _number(value: object) -> float | None:
    try:
        number = float(_normalized(value))
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _whole(value: object) -> int | None:
    if isinstance(value, int):
        return value if 0 <= value <= _LARGEST else None
    number = _number(value)
    return None if number is None or number > _LARGEST else min(int(number), _LARGEST)


def _epoch(text: str) -> int | None:
    """Epoch seconds of a date as the service sent it (UTC), None when it cannot be read."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
