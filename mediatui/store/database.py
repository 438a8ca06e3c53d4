"""Opening the archive: checks, numbered migrations, one writer, many readers.

Reads are plain functions over a read-only ``sqlite3.Connection``: a headless command calls them directly, async
code through ``Database.read``, which runs them off the event loop. Writes are coroutines over the one writer
connection, inside ``Database.transaction``. asyncio and aiosqlite are imported only by those who write.
"""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec, TypeAlias, TypeVar

from mediatui.model.errors import StoreError
from mediatui.model.text import fold_names
from mediatui.store.writer import run
from mediatui.system.files import kind_of
from mediatui.system.private_files import create_private

if TYPE_CHECKING:
    import asyncio

    import aiosqlite

P = ParamSpec("P")
T = TypeVar("T")
Connection: TypeAlias = "aiosqlite.Connection"
"""The writer connection, inside a transaction."""

SCHEMA_FOLDER = Path(__file__).parent / "schema"
BUSY_TIMEOUT_S = 10.0
READERS = 2
WRITER_PRAGMAS = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA foreign_keys = ON;
PRAGMA temp_store = MEMORY;
"""
_DAMAGED = ("malformed", "not a database", "Could not decode to UTF-8")
_LEFT_ALONE = "It was left untouched. Move it away to start afresh, or put back a copy from the backups folder."
_ANOTHER_DIR = "Move it away, or choose another place with --data-dir."


class DamagedDatabase(StoreError):
    """The file is not a database mediatui can read; it is left as it is."""

    kind = "damaged-database"


class NewerDatabase(StoreError):
    """A newer mediatui wrote the file; it is left as it is."""

    kind = "newer-database"


class LockedDatabase(StoreError):
    """Another program kept the database locked for longer than ``BUSY_TIMEOUT_S``."""

    kind = "locked-database"


NAMES_FOLDED_ANEW: Final = 11
"""The migration with which names are folded by other rules."""


class DiskFull(StoreError):
    """The volume of the data dir has no room left."""

    kind = "disk-full"


def migrations() -> list[tuple[int, Path]]:
    """The numbered schema files, ``(version, path)``, oldest first."""
    return sorted((int(path.name.split("_", 1)[0]), path) for path in SCHEMA_FOLDER.glob("[0-9]*.sql"))


def explain(error: sqlite3.Error, path: Path) -> StoreError:
    """The StoreError that explains an SQLite error on ``path`` to a user."""
    text = str(error)
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_FULL") or "disk is full" in text:
        return DiskFull(f"No space left on the volume of {path}.", "Free some space; what was stored is kept.")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or "locked" in text:
        return LockedDatabase(
            f"{path} is locked by another program.",
            "Wait for the other mediatui to finish, or close the tool that has the database open.",
        )
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")) or any(words in text for words in _DAMAGED):
        return DamagedDatabase(
            f"{path} is not a readable mediatui database ({text}).",
            _LEFT_ALONE,
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")) or "readonly" in text:
        return StoreError(
            f"{path} cannot be written ({text}).",
            "Check the owner and permissions of the data dir, or choose another with --data-dir.",
        )
    if name.startswith("SQLITE_IOERR") or "disk I/O error" in text:
        return StoreError(
            f"{path} cannot be read or written ({text}).",
            "Its disk has a fault, is away, or lies on a network mount without locks. Nothing was changed.",
        )
    return StoreError(f"The database {path} failed: {text}.")


def find_damage(path: Path) -> DamagedDatabase | None:
    """The damage that a check of all pages found; None when it found none, or could not run."""
    try:
        with contextlib.closing(_connect_read_only(path)) as connection:
            verdict = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        found = explain(error, path)
        return found if isinstance(found, DamagedDatabase) else None
    return None if verdict == "ok" else damaged(path, verdict.splitlines()[-1])


def damaged(path: Path, verdict: str) -> DamagedDatabase:
    """The error for the damage that a check of the archive found."""
    return DamagedDatabase(f"{path} is damaged ({verdict}).", _LEFT_ALONE)


def check_file(path: Path) -> None:
    """Raises StoreError when the archive, or a file SQLite keeps beside it, exists and is not a regular file."""
    for file in (path, *(Path(f"{path}{ending}") for ending in ("-wal", "-shm", "-journal"))):
        try:
            kind = kind_of(file.stat().st_mode)
        except FileNotFoundError:
            if not file.is_symlink():
                continue
            kind = "a link that leads nowhere"
        except OSError as error:
            if error.errno != errno.ELOOP:
                return  # opening it will report the reason
            kind = "a link that leads to itself"
        if kind:
            raise StoreError(f"{file} is {kind}, not a database.", f"It was left untouched. {_ANOTHER_DIR}")


def prepare(path: Path) -> None:
    """Makes sure ``path`` is an archive of this version: creates it, or migrates it after copying it aside.

    Raises DamagedDatabase or NewerDatabase (file untouched), or another StoreError when it cannot be written.
    """
    known = migrations()
    newest = known[-1][0]
    check_file(path)
    try:
        if path.exists() and path.stat().st_size:
            with contextlib.closing(_connect_read_only(path)) as connection:
                version = int(connection.execute("PRAGMA user_version").fetchone()[0])
                tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
            if version == newest:
                return
            if version > newest:
                raise NewerDatabase(
                    f"{path} has schema version {version}; this mediatui knows up to {newest}.",
                    "It was left untouched. Install a newer mediatui, or use another --data-dir.",
                )
            if version == 0 and tables:
                raise DamagedDatabase(
                    f"{path} is an SQLite database, but not one of mediatui's.",
                    "It was left untouched. For a Redriva database use: mediatui import-redriva FILE.",
                )
            if version:
                _copy_aside(path, version)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        create_private(path)
        with contextlib.closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            for number, script in known:
                _migrate(connection, number, script)
    except sqlite3.Error as error:
        raise explain(error, path) from error
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror or error}).",
            "Check the owner and permissions of the data dir, or choose another with --data-dir.",
        ) from error


def _migrate(connection: sqlite3.Connection, number: int, script: Path) -> None:
    """Applies one migration in a transaction, unless it (or another process) already did."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if int(connection.execute("PRAGMA user_version").fetchone()[0]) < number:
            for statement in _statements(script.read_text(encoding="utf-8")):
                connection.execute(statement)
            if number == NAMES_FOLDED_ANEW:
                _fold_names(connection)
            connection.execute(f"PRAGMA user_version = {number:d}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _fold_names(connection: sqlite3.Connection) -> None:
    """Folds the names of the archive again: search sees every apostrophe as one since then."""
    rows = connection.execute("SELECT key, filename, original_filename FROM torrents").fetchall()
    connection.executemany(
        "UPDATE torrents SET folded = ? WHERE key = ?",
        [(fold_names(name, original), key) for key, name, original in rows],
    )


def _statements(script: str) -> list[str]:
    """The statements of an SQL file; a statement ends at a line's end."""
    found: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending)
            pending = ""
    return found


def _copy_aside(path: Path, version: int) -> Path:
    """Copies the database into ``backups/`` before a migration; returns the copy."""
    folder = path.parent / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    copy = folder / f"{path.stem}-schema{version}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.db"
    create_private(copy)
    with (
        contextlib.closing(_connect_read_only(path)) as source,
        contextlib.closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    return copy


def _connect_read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )


def open_reader(path: Path) -> sqlite3.Connection:
    """A read-only connection with ``sqlite3.Row`` rows; the archive must have been prepared.

    Raises StoreError.
    """
    try:
        connection = _connect_read_only(path)
        connection.row_factory = sqlite3.Row
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        raise explain(error, path) from error
    return connection


@contextlib.contextmanager
def read_snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything read inside is of one moment, whatever is stored meanwhile. Nested snapshots are one snapshot."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


class Database:
    """The archive open for work: one writer connection (batches queue for it), and readers in threads."""

    def __init__(self, path: Path, writer: aiosqlite.Connection, lock: asyncio.Lock) -> None:
        self.path = path
        self._writer = writer
        self._lock = lock
        self._synced = False
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="archive-reader")

    @classmethod
    async def open(cls, path: Path) -> Database:
        """Prepares and opens ``path``; raises StoreError."""
        import asyncio

        import aiosqlite

        await asyncio.to_thread(prepare, path)
        try:
            writer = await aiosqlite.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        except sqlite3.Error as error:
            raise explain(error, path) from error
        writer.row_factory = sqlite3.Row
        await writer.executescript(WRITER_PRAGMAS)
        return cls(path, writer, asyncio.Lock())

    async def close(self) -> None:
        """Waits for the running batch, ends readers, closes every connection; safe to call twice."""
        for connection in self._opened:
            connection.interrupt()
        self._threads.shutdown(wait=True, cancel_futures=True)
        async with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
            await self._writer.close()

    @contextlib.asynccontextmanager
    async def transaction(self, *, synced: bool = False) -> AsyncIterator[aiosqlite.Connection]:
        """One batch: BEGIN IMMEDIATE, the caller's writes, COMMIT; on any exception nothing is written.

        What was committed survives a crash of the program. With ``synced`` it also survives a crash of the machine: it
        is on the disk, with everything committed before, when this returns. Raises StoreError in place of SQLite's own
        errors.
        """
        async with self._lock:
            try:
                await run(self._writer, self._begin, synced)
                yield self._writer
                await self._writer.execute("COMMIT")
            except BaseException as error:
                await self._roll_back()
                if isinstance(error, sqlite3.Error):
                    raise explain(error, self.path) from error
                raise

    async def write(
        self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """``function(connection, …)`` as one batch, in the writer's thread from its beginning to its end: cheaper than
        ``transaction`` for what is written often. Cancelled, it is written or not, but never in part. Raises
        StoreError in place of SQLite's own errors."""

        def batch(connection: sqlite3.Connection) -> T:
            self._begin(connection, synced=False)
            try:
                result = function(connection, *args, **kwargs)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            return result

        async with self._lock:
            try:
                return await run(self._writer, batch)
            except sqlite3.Error as error:
                raise explain(error, self.path) from error

    def _begin(self, connection: sqlite3.Connection, synced: bool) -> None:
        """Begins a batch; in the writer's thread."""
        if synced != self._synced:  # it cannot be changed inside a transaction
            connection.execute(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
            self._synced = synced
        connection.execute("BEGIN IMMEDIATE")

    async def _roll_back(self) -> None:
        """Rolls back, to the end even when the task is being cancelled.

        It does so even when no transaction seems open: a cancelled BEGIN may still be on its way to the writer's
        thread, and the ROLLBACK follows it there. Without a transaction it does nothing.
        """
        import asyncio

        with contextlib.suppress(sqlite3.Error):
            await asyncio.shield(self._writer.execute("ROLLBACK"))

    async def read(
        self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """``function(connection, …)`` on a read-only connection, off the event loop. Raises StoreError."""
        import asyncio

        def call() -> T:
            connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
            if connection is None:
                connection = open_reader(self.path)
                self._local.connection = connection
                self._opened.append(connection)
            try:
                return function(connection, *args, **kwargs)
            except sqlite3.Error as error:
                raise explain(error, self.path) from error

        return await asyncio.get_running_loop().run_in_executor(self._threads, call)
