"""Reading a backup: the formats json, dmm and magnets of ``export``, and lists made by other programs.

A broken row does not affect the others: it is reported with its position and the reason.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from mediatui.model.errors import UsageError
from mediatui.model.foreign_json import without_surrogates
from mediatui.model.magnet import looks_like_magnet, read_magnet
from mediatui.model.text import printable
from mediatui.system.files import open_file

MAX_BYTES: Final = 256 * 1024 * 1024

_ALLOWED: Final = (
    "Allowed are exports in the formats json, dmm and magnets, backups of Debrid Media Manager, and text files with "
    "one magnet link or hash a line. A CSV export cannot be read back."
)
_LARGEST_ID: Final = 2**31 - 1
_LARGEST_SIZE: Final = 2**63 - 1
_Raw = TypeVar("_Raw")
_BLANK: Final = re.compile(r"[ \t\r\n]*")
# Not ``splitlines``, which also splits at characters that names may contain.
_LINE: Final = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class BackedUp:
    """One torrent of a backup.

    ``hash`` is 40 lower-case hex digits; ``name`` is the original name, else the shown one, empty when the backup has
    none; ``selected`` are the ids of its selected files, ascending: None when the backup does not say, empty when none
    was selected; ``bytes`` is the size of the selected files, None when the backup does not say.
    """

    hash: str
    name: str
    selected: tuple[int, ...] | None
    bytes: int | None


@dataclass(frozen=True, slots=True)
class BackupFile:
    """The content of a backup: ``rows`` in its order, and ``broken`` rows as (position, reason).

    The position counts from 1: entries in a JSON list, lines in a text file.
    """

    rows: tuple[BackedUp, ...]
    broken: tuple[tuple[int, str], ...]


def read_backup(path: Path) -> BackupFile:
    """The rows of the backup at ``path``; a hash with the same selection counts once, the first one.

    Raises UsageError, which names the file, when it cannot be read or is no backup at all.
    """
    text = _read_text(path)
    start = _after_blanks(text, 0)
    if start == len(text):
        raise _refused(path, "is empty")
    if text[start] == "[":
        try:
            return _collect(enumerate(_entries(text, start), start=1), _read_entry)
        except (ValueError, RecursionError) as error:
            line = f", line {error.lineno:,}" if isinstance(error, json.JSONDecodeError) else ""
            raise _refused(path, f"is damaged: it begins as a JSON list but does not go on as one{line}") from error
    if text[start] == "{":
        raise _refused(path, "is no backup: it holds a JSON object, not a list")
    if not any(looks_like_magnet(line) or _is_hash(line) for _, line in _lines(text)):
        raise _refused(path, "is no backup: no line of it is a magnet link or a hash")
    return _collect(_lines(text), _read_line)


def _refused(path: Path, why: str) -> UsageError:
    return UsageError(f"{printable(str(path))} {why}.", _ALLOWED)


def _read_text(path: Path) -> str:
    try:
        with open_file(path) as stream:
            too_large = os.fstat(stream.fileno()).st_size > MAX_BYTES
            data = b"" if too_large else stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        why = error.strerror if isinstance(error, OSError) else None
        raise _refused(path, f"cannot be read ({why or error})") from error
    if too_large or len(data) > MAX_BYTES:
        raise _refused(path, "is larger than 256 MiB, too large for a backup")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(path, "is no backup: it is not UTF-8 text") from error
    if "\0" in text:
        raise _refused(path, "is no backup: it is not text")
    return text


def _collect(numbered: Iterable[tuple[int, _Raw]], read: Callable[[_Raw], BackedUp]) -> BackupFile:
    rows: dict[tuple[str, tuple[int, ...] | None], BackedUp] = {}
    broken: list[tuple[int, str]] = []
    for position, raw in numbered:
        try:
            row = read(raw)
        except UsageError as error:
            broken.append((position, error.message))
        else:
            rows.setdefault((row.hash, row.selected), row)
    return BackupFile(tuple(rows.values()), tuple(broken))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are neither blank nor a comment, with their numbers."""
    for number, match in enumerate(_LINE.finditer(text), start=1):
        line = match[1].strip()
        if line and not line.startswith("#"):
            yield number, line


def _is_hash(line: str) -> bool:
    try:
        read_magnet(line)
    except UsageError:
        return False
    return True


def _read_line(line: str) -> BackedUp:
    magnet = read_magnet(line)
    return BackedUp(magnet.hash, magnet.name, None, None)


def _entries(text: str, start: int) -> Iterator[object]:
    """The entries of the JSON list that begins at ``start``, decoded one at a time, so that a big backup is in memory
    only once.

    Raises ValueError, or RecursionError, when the text is not one JSON list.
    """
    decoder = json.JSONDecoder()
    at = _after_blanks(text, start + 1)
    if text[at : at + 1] == "]":
        at += 1
    else:
        while True:
            entry, at = decoder.raw_decode(text, at)
            yield entry
            at = _after_blanks(text, at)
            end = text[at : at + 1]
            if end not in (",", "]"):
                raise json.JSONDecodeError("Expecting ',' or ']'", text, at)
            at += 1
            if end == "]":
                break
            at = _after_blanks(text, at)
    at = _after_blanks(text, at)
    if at != len(text):
        raise json.JSONDecodeError("Extra data", text, at)


def _after_blanks(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _read_entry(entry: object) -> BackedUp:
    """One entry of a list; raises UsageError that says what is wrong with it."""
    if not isinstance(entry, dict):
        raise UsageError("It is not an object with a hash.")
    raw_hash = entry.get("hash")
    if raw_hash is None or raw_hash == "":
        raise UsageError("It has no hash.")
    if not isinstance(raw_hash, str):
        raise UsageError("Its hash is not a text.")
    names = (entry.get("original_filename"), entry.get("filename"))
    name = next((name for name in names if isinstance(name, str) and name), "")
    size = entry.get("bytes")
    known = type(size) is int and 0 <= size <= _LARGEST_SIZE
    return BackedUp(read_magnet(raw_hash).hash, without_surrogates(name), _selection(entry), size if known else None)


def _selection(entry: dict[str, object]) -> tuple[int, ...] | None:
    selected = entry.get("selected")
    if selected is not None:
        if not isinstance(selected, list):
            raise UsageError("Its selection is not a list of file ids.")
        # The dmm format writes an empty list also when the files are not known, so it means nothing.
        return _ids(selected) or None
    files = entry.get("files")
    if files is None or files == []:
        return None
    if not isinstance(files, list) or not all(isinstance(file, dict) for file in files):
        raise UsageError("Its files are not a list of objects.")
    marks = [file.get("selected") for file in files]
    if not all(mark is None or isinstance(mark, bool) for mark in marks):
        raise UsageError("The selection of a file is not true, false or null.")
    ids = _ids([file.get("id") for file, mark in zip(files, marks, strict=True) if mark])
    return None if None in marks else ids


def _ids(values: list[object]) -> tuple[int, ...]:
    ids: set[int] = set()
    for value in values:
        if type(value) is not int or not 1 <= value <= _LARGEST_ID:
            raise UsageError("Its selection has a file id that is not a number from 1.")
        ids.add(value)
    return tuple(sorted(ids))
