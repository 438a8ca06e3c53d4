"""Exporting the archive: rows as JSON, CSV, magnets, or a backup that Debrid Media Manager can read.

An export holds names, hashes, selections and the account's own links; direct (unrestricted) links are never stored, so
they cannot leak. Rows are streamed: an export of any size holds a few of them in memory.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final, TextIO

from mediatui.changes.hash_backup import dmm_row
from mediatui.model.choices import EXPORT_FORMATS, ExportFormat
from mediatui.model.errors import StoreError, UsageError
from mediatui.model.magnet import magnet_link
from mediatui.model.text import one_line, printable
from mediatui.model.torrent import Torrent
from mediatui.store.conditions import TorrentCondition
from mediatui.store.database import read_snapshot
from mediatui.store.torrents.listing import files_of, iterate_by_key, iterate_torrents, links_of
from mediatui.system.private_files import replacing

_FACTS: Final = {field.name.rstrip("_"): field.name for field in fields(Torrent) if field.name != "key"}
"""The names of the database, and those of the record."""
_CSV_COLUMNS: Final = (
    "id",
    "hash",
    "filename",
    "original_filename",
    "status",
    "bytes",
    "progress",
    "host",
    "added_on",
    "files_count",
    "selected_count",
    "links_count",
    "health",
    "gone_at",
    "error",
)
_FORMULA_STARTS: Final = ("=", "+", "-", "@")


def read_format(name: str) -> ExportFormat:
    """The format called ``name``; raises UsageError that lists the formats."""
    for known in EXPORT_FORMATS:
        if known == name:
            return known
    raise UsageError(f'Unknown export format "{printable(name)}".', f"Formats: {', '.join(EXPORT_FORMATS)}.")


def export_to_file(
    connection: sqlite3.Connection, path: Path, format_: ExportFormat, which: TorrentCondition | Sequence[int]
) -> int:
    """Writes rows to ``path``, completely or not at all; returns how many: those that match, newest first, or those
    with these keys, in this order.

    A file at ``path`` is replaced once the export is complete (``paths.replacing``). The file is readable by its owner
    only. Raises StoreError.
    """
    try:
        with replacing(path) as stream:
            return export_to_stream(connection, stream, format_, which)
    except OSError as error:
        raise StoreError(
            f"{printable(str(path))} cannot be written ({error.strerror or error}).",
            "Choose another file with -o; what was there before is untouched.",
        ) from error


def export_to_stream(
    connection: sqlite3.Connection, stream: TextIO, format_: ExportFormat, which: TorrentCondition | Sequence[int]
) -> int:
    """Writes the rows of ``export_to_file`` to ``stream``; returns how many. Raises what the stream raises.

    The rows are a snapshot: what a sync stores meanwhile is not in it.
    """
    with read_snapshot(connection):
        if isinstance(which, TorrentCondition):
            torrents = iterate_torrents(connection, which)
        else:
            torrents = iterate_by_key(connection, which)
        return _WRITERS[format_](connection, stream, torrents)


def magnet(torrent: Torrent) -> str:
    """The magnet of a torrent: its info-hash and its original name, else its shown name."""
    return magnet_link(torrent.hash, torrent.original_filename or torrent.filename)


def _write_json(connection: sqlite3.Connection, stream: TextIO, torrents: Iterator[Torrent]) -> int:
    """Writes a list of rows with the column names of the database, each with its ``files`` and ``links``."""

    def row(torrent: Torrent) -> dict[str, object]:
        facts: dict[str, object] = {name: getattr(torrent, field) for name, field in _FACTS.items()}
        return facts | {"files": _files(connection, torrent), "links": links_of(connection, torrent.id)}

    return _write_list(stream, torrents, row)


def _write_dmm(connection: sqlite3.Connection, stream: TextIO, torrents: Iterator[Torrent]) -> int:
    """Writes a list of rows in the format of the automatic backups."""
    return _write_list(stream, torrents, lambda torrent: dmm_row(connection, torrent))


def _files(connection: sqlite3.Connection, torrent: Torrent) -> list[dict[str, object]]:
    return [
        {"id": file.file_id, "path": file.path, "bytes": file.bytes, "selected": file.selected}
        for file in files_of(connection, torrent.id)
    ]


def _write_list(stream: TextIO, torrents: Iterator[Torrent], row: Callable[[Torrent], dict[str, object]]) -> int:
    """Writes a JSON list with one row a line, in ASCII, so that no name can act on a terminal."""
    count = 0
    for torrent in torrents:
        stream.write(",\n" if count else "[\n")
        stream.write(json.dumps(row(torrent)))
        count += 1
    stream.write("\n]\n" if count else "[]\n")
    return count


def _write_csv(connection: sqlite3.Connection, stream: TextIO, torrents: Iterator[Torrent]) -> int:
    """Writes a line of column names and one row a torrent, for spreadsheets (RFC 4180)."""
    writer = csv.writer(stream)
    writer.writerow(_CSV_COLUMNS)
    count = 0
    for torrent in torrents:
        writer.writerow([_cell(getattr(torrent, column)) for column in _CSV_COLUMNS])
        count += 1
    return count


def _cell(value: object) -> object:
    """A value as a one-line CSV cell; what a spreadsheet would run as a formula (``= + - @``) gets a ``'`` in front."""
    if isinstance(value, str):
        value = one_line(value, empty="")
        return f"'{value}" if value.lstrip().startswith(_FORMULA_STARTS) else value
    return "" if value is None else value


def _write_magnets(connection: sqlite3.Connection, stream: TextIO, torrents: Iterator[Torrent]) -> int:
    """Writes one magnet a line; rows without a hash are left out."""
    count = 0
    for torrent in torrents:
        if torrent.hash:
            stream.write(f"{magnet(torrent)}\n")
            count += 1
    return count


_WRITERS: Final[dict[ExportFormat, Callable[[sqlite3.Connection, TextIO, Iterator[Torrent]], int]]] = {
    "json": _write_json,
    "csv": _write_csv,
    "magnets": _write_magnets,
    "dmm": _write_dmm,
}
