"""A folder there with the files of a torrent, and the fetch of them."""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from mediatui.acquire.fetching.fetch import Fetch
from mediatui.acquire.fetching.gate import Gate
from mediatui.acquire.fetching.one_file import Wanted
from mediatui.acquire.fetching.room import Room
from mediatui.model.torrent_pieces import PieceFile, TorrentPieces
from mediatui.services.remote_files import RemoteFiles
from tests.fakes.remote_files import LocalFiles

LENGTH = 16 * 1024


class There:
    """``root`` is the folder there, ``here`` where its files go; ``pieces`` those of all files."""

    def __init__(self, folder: Path) -> None:
        self.root, self.here = folder / "root", folder / "here"
        self.root.mkdir()
        self.here.mkdir()
        self.files = LocalFiles()
        self.names: list[bytes] = []
        self.contents: list[bytes] = []

    def hold(self, **sizes: int) -> There:
        """Puts files there, which are the torrent from now on."""
        for name, size in sizes.items():
            self.names.append(os.fsencode(name))
            self.contents.append(random.Random(name).randbytes(size))
            self.path(len(self.names) - 1).write_bytes(self.contents[-1])
        return self

    def path(self, position: int) -> Path:
        return self.root / os.fsdecode(self.names[position])

    def final(self, position: int) -> Path:
        return self.here / os.fsdecode(self.names[position])

    @property
    def pieces(self) -> TorrentPieces:
        whole = b"".join(self.contents)
        hashes = b"".join(hashlib.sha1(whole[at : at + LENGTH]).digest() for at in range(0, len(whole), LENGTH))
        files, at = [], 0
        for name, content in zip(self.names, self.contents, strict=True):
            files.append(PieceFile((name,), len(content), at))
            at += len(content)
        return TorrentPieces(b"name", LENGTH, hashes, tuple(files))

    def wanted(self, position: int, *, proven: bool = True) -> Wanted:
        place, size = (position, len(self.contents[position])) if proven else (None, None)
        remote = os.fsencode(self.root) + b"/" + self.names[position]
        return Wanted(remote=remote, name=(os.path.basename(self.names[position]),), position=place, size=size)

    def fetch(
        self, positions: Sequence[int] | None = None, *, proven: bool = True, files: RemoteFiles | None = None,
        keep_free: int = 0, gate: Gate | None = None, unwanted: Mapping[int, bytes] | None = None, parallel: int = 2,
    ) -> Fetch:  # fmt: skip
        chosen = range(len(self.names)) if positions is None else positions
        return Fetch(
            files or self.files, self.here, [self.wanted(one, proven=proven) for one in chosen],
            roots=[os.fsencode(self.root)], room=Room(self.here, keep_free), gate=gate,
            pieces=self.pieces if proven else None, unwanted=unwanted, parallel=parallel, retry_s=0.0,
        )  # fmt: skip

    def same(self, *positions: int) -> bool:
        """Whether these files are here as they are there, and no part is left of any."""
        chosen = positions or range(len(self.names))
        left = [path for path in self.here.rglob("*") if path.suffix in (".part", ".state")]
        return not left and all(self.final(one).read_bytes() == self.contents[one] for one in chosen)


@pytest.fixture
def there(tmp_path: Path) -> There:
    return There(tmp_path)
