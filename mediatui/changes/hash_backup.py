"""The automatic backup before a bulk change: every standing torrent's hash and selection, in one small file.

It is written in the ``dmm`` format of ``export``, so that ``restore`` brings back what is missing from it, and Debrid
Media Manager reads it too.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from mediatui.model.errors import StoreError
from mediatui.model.text import printable
from mediatui.model.torrent import Torrent
from mediatui.store.conditions import WITH_HASH
from mediatui.store.torrents.listing import files_of, iterate_torrents
from mediatui.system.private_files import replacing

KEPT: Final = 20
"""How many of these files stay; those written before them are deleted. Files of other names are left alone."""
_OURS: Final = re.compile(r"hashes-\d{8}T\d{6}\.\d{3}Z(?:-(\d+))?\.json")
"""The time, and after the first in a folder a number: the clock may go back, what is written last is newest."""


def dmm_row(connection: sqlite3.Connection, torrent: Torrent) -> dict[str, object]:
    """``filename`` and ``hash``, which is all Debrid Media Manager reads, plus what a restore needs."""
    return {
        "filename": torrent.filename,
        "hash": torrent.hash,
        "id": torrent.id,
        "original_filename": torrent.original_filename,
        "bytes": torrent.bytes,
        "status": torrent.status,
        "added": torrent.added_on,
        "selected": [file.file_id for file in files_of(connection, torrent.id) if file.selected],
    }


def write_hash_backup(connection: sqlite3.Connection, folder: Path, now: float) -> Path:
    """Writes every standing torrent that has a hash to a new file in ``folder``, readable by its owner only; returns
    the file. The newest twenty such files stay. Raises StoreError, and then leaves no file behind."""
    try:
        path = _free_name(folder, now)
        with replacing(path) as stream:
            count = 0
            for torrent in iterate_torrents(connection, WITH_HASH):
                stream.write(",\n" if count else "[\n")
                stream.write(json.dumps(dmm_row(connection, torrent)))
                count += 1
            stream.write("\n]\n" if count else "[]\n")
    except OSError as error:
        raise StoreError(
            f"The hashes of the account cannot be saved in {printable(str(folder))} ({error.strerror or error}).",
            "Nothing was changed. Make room there, or make the folder writable.",
        ) from error
    _drop_oldest(folder)
    return path


def _ours(folder: Path) -> list[tuple[int, str]]:
    """Number and name of the files in ``folder`` that are backups of hashes, in the order they were written; those
    without a number are the first, by their names."""
    matches = map(_OURS.fullmatch, os.listdir(folder) if folder.is_dir() else ())
    return sorted((int(match[1] or 0), match[0]) for match in matches if match)


def _free_name(folder: Path, now: float) -> Path:
    at = datetime.fromtimestamp(now, UTC)
    before = _ours(folder)
    number = f"-{max(before[-1][0], 1) + 1}" if before else ""
    return folder / f"hashes-{at:%Y%m%dT%H%M%S}.{at.microsecond // 1000:03d}Z{number}.json"


def _drop_oldest(folder: Path) -> None:
    with contextlib.suppress(OSError):  # an old file that cannot go is no reason to stop
        for _, name in _ours(folder)[:-KEPT]:
            (folder / name).unlink(missing_ok=True)
