"""Reading a ``.torrent`` file from untrusted bytes: its info-hash, name and files (BEP 3).

The info-hash is the SHA-1 of the bytes of the ``info`` dictionary; encoding it again could change it. So the reader
notes where that dictionary begins and ends. It accepts what BEP 3 allows, and also keys out of order, which real files
have and which change nothing here.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final, NoReturn, TypeAlias

from mediatui.model.errors import UsageError

MAX_BYTES: Final = 16 * 1024 * 1024
MAX_DEPTH: Final = 64
# An empty list is two bytes in the file and about sixty in memory: this bounds the memory of a hostile file.
MAX_VALUES: Final = 2_000_000

_ALLOWED: Final = "Allowed is a .torrent file of version 1, or a hybrid one, of at most 16 MiB."
_DAMAGED: Final = "Download the file again, or use the magnet link of the torrent."

# At most 19 digits: what 64 bits hold. Longer ones do not match and are reported as damaged.
_INTEGER: Final = re.compile(rb"i(0|-?[1-9][0-9]{0,18})e")
_LENGTH: Final = re.compile(rb"(0|[1-9][0-9]{0,18}):")

Value: TypeAlias = "int | bytes | list[Value] | dict[bytes, Value]"


@dataclass(frozen=True, slots=True)
class TorrentFileFacts:
    """The content of a ``.torrent`` file.

    ``hash`` is the info-hash in 40 lower-case hex digits; ``bytes`` the size of all files together; ``files`` are
    (path, bytes) in the order of the torrent: the position, counted from 1, is the file's id. Paths begin with
    ``/`` and do not repeat the torrent's name. ``private`` is what the torrent says of itself (BEP 27).
    """

    hash: str
    name: str
    bytes: int
    files: tuple[tuple[str, int], ...]
    private: bool = False


def read_torrent_file(data: bytes) -> TorrentFileFacts:
    """The facts of a ``.torrent`` file. Raises UsageError, and nothing else, whatever the bytes are."""
    if not data:
        raise UsageError("The torrent file is empty.", _ALLOWED)
    if len(data) > MAX_BYTES:
        raise UsageError(f"The torrent file has {len(data):,} bytes, too many to be one.", _ALLOWED)
    if not data.startswith(b"d"):
        raise UsageError("This is not a torrent file: it does not begin with a dictionary.", _ALLOWED)
    reader = _Reader(data)
    top = reader.read()
    info = top.get(b"info")
    if info is None:
        raise UsageError("The torrent file has no info dictionary, so it has no hash.", _ALLOWED)
    if not isinstance(info, dict):
        raise UsageError("The info of the torrent file is not a dictionary, so it has no hash.", _ALLOWED)
    _check_pieces(info)
    name = _name(info)
    files = _files(info, name)
    digest = hashlib.sha1(data[reader.info_start : reader.info_end], usedforsecurity=False)
    return TorrentFileFacts(digest.hexdigest(), name, sum(size for _, size in files), files, info.get(b"private") == 1)


def read_info(data: bytes) -> dict[bytes, Value]:
    """The info dictionary of a ``.torrent`` file, byte for byte. Raises UsageError for what ``read_torrent_file``
    refuses."""
    read_torrent_file(data)
    info = _Reader(data).read()[b"info"]
    assert isinstance(info, dict)
    return info


def _check_pieces(info: dict[bytes, Value]) -> None:
    pieces = info.get(b"pieces")
    if pieces is None and (b"meta version" in info or b"file tree" in info):
        raise UsageError("The torrent file is of version 2 only, which the service cannot use.", _ALLOWED)
    if pieces is None:
        raise UsageError("The torrent file has no pieces.", _ALLOWED)
    if not isinstance(pieces, bytes) or len(pieces) % 20:
        raise UsageError("The pieces of the torrent file are not a row of SHA-1 hashes.", _DAMAGED)


def _name(info: dict[bytes, Value]) -> str:
    for key in (b"name.utf-8", b"name"):
        name = info.get(key)
        if isinstance(name, bytes) and name:
            return name.decode("utf-8", "replace")
    raise UsageError("The torrent file gives the torrent no name.", _DAMAGED)


def _files(info: dict[bytes, Value], name: str) -> tuple[tuple[str, int], ...]:
    """The files in order. Padding files (BEP 47) stay: leaving them out would change the ids of the files after
    them."""
    listed = info.get(b"files")
    if listed is None:
        return ((f"/{name}", _size(info, "the file")),)
    if b"length" in info:
        raise UsageError("The torrent file is of one file and of several at once (length and files).", _DAMAGED)
    if not isinstance(listed, list) or not listed:
        raise UsageError("The torrent file has no list of files.", _DAMAGED)
    return tuple(_file(file, f"file {position}") for position, file in enumerate(listed, start=1))


def _file(file: Value, what: str) -> tuple[str, int]:
    if not isinstance(file, dict):
        raise UsageError(f"The torrent file has no facts for {what}.", _DAMAGED)
    for key in (b"path.utf-8", b"path"):
        path = file.get(key)
        if isinstance(path, list):
            parts = [part.decode("utf-8", "replace") for part in path if isinstance(part, bytes) and part]
            if parts and len(parts) == len(path):
                return "/" + "/".join(parts), _size(file, what)
    raise UsageError(f"The torrent file has no usable path for {what}.", _DAMAGED)


def _size(facts: dict[bytes, Value], what: str) -> int:
    size = facts.get(b"length")
    if not isinstance(size, int) or size < 0:
        raise UsageError(f"The torrent file has no usable size for {what}.", _DAMAGED)
    return size


class _Reader:
    """Reads one bencoded dictionary that fills ``data``, and notes where its ``info`` is."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._values = 0
        self.info_start = 0
        self.info_end = 0

    def read(self) -> dict[bytes, Value]:
        """The top dictionary. Raises UsageError for damaged data and for data after it."""
        self._at = 1
        top = self._dictionary(1)
        if self._at != len(self._data):
            self._damaged("there is more data behind its end")
        return top

    def _value(self, depth: int) -> Value:
        self._values += 1
        if self._values > MAX_VALUES:
            raise UsageError(f"The torrent file has more than {MAX_VALUES:,} values.", _ALLOWED)
        kind = self._data[self._at : self._at + 1]
        if kind == b"i":
            return self._integer()
        if kind.isdigit():
            return self._string()
        if kind not in (b"l", b"d"):
            self._damaged("a value was expected" if kind else "the file ends too early")
        if depth >= MAX_DEPTH:
            self._damaged(f"it is nested deeper than {MAX_DEPTH} levels")
        self._at += 1
        return self._list(depth + 1) if kind == b"l" else self._dictionary(depth + 1)

    def _integer(self) -> int:
        match = _INTEGER.match(self._data, self._at)
        if match is None:
            self._damaged("a number is malformed or too big")
        self._at = match.end()
        return int(match[1])

    def _string(self) -> bytes:
        match = _LENGTH.match(self._data, self._at)
        if match is None:
            self._damaged("the length of a text is malformed or too big")
        start, end = match.end(), match.end() + int(match[1])
        if end > len(self._data):
            self._damaged("a text goes on beyond the end of the file")
        self._at = end
        return self._data[start:end]

    def _list(self, depth: int) -> list[Value]:
        values: list[Value] = []
        while not self._ends():
            values.append(self._value(depth))
        return values

    def _dictionary(self, depth: int) -> dict[bytes, Value]:
        values: dict[bytes, Value] = {}
        while not self._ends():
            if not self._data[self._at : self._at + 1].isdigit():
                self._damaged("a key is not a text" if self._at < len(self._data) else "the file ends too early")
            began = self._at
            key = self._string()
            if key in values:  # readers could disagree which of the two counts, and so find different hashes
                self._at = began
                self._damaged("a key is there twice")
            start = self._at
            values[key] = self._value(depth)
            if depth == 1 and key == b"info":
                self.info_start, self.info_end = start, self._at
        return values

    def _ends(self) -> bool:
        if self._data[self._at : self._at + 1] != b"e":
            return False
        self._at += 1
        return True

    def _damaged(self, why: str) -> NoReturn:
        raise UsageError(f"The torrent file is damaged at byte {self._at:,}: {why}.", _DAMAGED)
