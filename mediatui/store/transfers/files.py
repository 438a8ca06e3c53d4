"""The files of transfers as rows."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Final

from mediatui.model.secrets import mask_secrets
from mediatui.model.torrent import TorrentFile
from mediatui.model.transfer_file import FileState, TransferFile

_COLUMNS: Final = "path, size, wanted, state, why, remote, link"


def store_files(connection: sqlite3.Connection, transfer_id: int, files: Sequence[TorrentFile]) -> None:
    """Notes the files of a transfer, and which of them are wanted."""
    connection.execute("DELETE FROM transfer_files WHERE transfer_id = ?", (transfer_id,))
    connection.executemany(
        "INSERT OR REPLACE INTO transfer_files (transfer_id, path, size, wanted) VALUES (?, ?, ?, ?)",
        [(transfer_id, os.fsencode(file.path), file.bytes, bool(file.selected)) for file in files],
    )


def files_of(connection: sqlite3.Connection, transfer_id: int) -> list[TransferFile]:
    """The files of a transfer; empty while they are not known."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM transfer_files WHERE transfer_id = ? ORDER BY path", (transfer_id,)
    )
    return [_file(row) for row in rows]


def files_by_link(connection: sqlite3.Connection) -> dict[bytes, tuple[int, TransferFile]]:
    """The transfer and the file of each link in staging that is known, by the path of the link."""
    rows = connection.execute(f"SELECT transfer_id, {_COLUMNS} FROM transfer_files WHERE link != x''")
    return {file.link: (int(number), file) for number, *row in rows for file in [_file(row)]}


def count_staged(connection: sqlite3.Connection) -> int:
    """How many transfers have a link in staging."""
    row = connection.execute("SELECT count(DISTINCT transfer_id) FROM transfer_files WHERE link != x''").fetchone()
    return int(row[0])


def _file(row: Iterable[object]) -> TransferFile:
    path, size, wanted, state, why, remote, link = tuple(row)
    return TransferFile(
        os.fsdecode(_raw(path)), int(str(size)), bool(wanted), str(state), str(why), _raw(remote), _raw(link)
    )


def _raw(value: object) -> bytes:
    """A path as bytes, also where the table was edited by hand."""
    return value if isinstance(value, bytes) else os.fsencode(str(value or ""))


def note_file(
    connection: sqlite3.Connection,
    transfer_id: int,
    path: str,
    state: FileState,
    why: str = "",
    *,
    remote: bytes = b"",
    link: bytes | None = None,
) -> None:
    """Notes how far a file has come, and where it is on the mount; ``link`` None leaves its link in staging."""
    connection.execute(
        "UPDATE transfer_files SET state = ?, why = ?, remote = ?, link = coalesce(?, link) "
        "WHERE transfer_id = ? AND path = ?",
        (state, mask_secrets(why), remote, link, transfer_id, os.fsencode(path)),
    )
