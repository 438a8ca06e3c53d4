"""The pieces that lie in several files: proven once all of those are here, with what is missing read for the proof."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

from mediatui.acquire.fetching.gate import Gate
from mediatui.acquire.fetching.one_file import FileFetch
from mediatui.acquire.fetching.stream import read_range
from mediatui.model.torrent_pieces import Part, TorrentPieces
from mediatui.services.errors import NotFound, Permanent
from mediatui.services.remote_files import RemoteFiles
from mediatui.services.sftp.errors import RemoteChanged
from mediatui.system.threads import in_thread

MOST_EXTRA: Final = 32 * 1024 * 1024
"""So many bytes of files that are not wanted are read at most to prove pieces of those that are."""


class Borders:
    """The shared pieces of one torrent. ``fetches`` are the wanted files by position, ``unwanted`` the paths there of
    the others, where they are known."""

    def __init__(
        self,
        pieces: TorrentPieces,
        files: RemoteFiles,
        gate: Gate,
        fetches: Mapping[int, FileFetch],
        unwanted: Mapping[int, bytes],
    ) -> None:
        self._pieces, self._files, self._gate, self._fetches = pieces, files, gate, fetches
        self._unwanted = unwanted
        self._extra = 0
        self.of_file = {position: pieces.borders(position) for position in fetches}
        """The shared pieces of each wanted file."""
        self.files_of: dict[int, list[int]] = {}
        """The wanted files of each shared piece."""
        for position, shared in self.of_file.items():
            for piece in shared:
                self.files_of.setdefault(piece, []).append(position)

    async def prove(self, piece: int) -> bool | None:
        """Whether a piece is right, fetched once more if it is not; None where what is missing cannot be read. Every
        wanted file of it has to be here. Raises SftpAway, StoreError."""
        right = await self._is_right(piece)
        if right is False:
            await self._fetch_again(piece)
            right = await self._is_right(piece)
        return right

    async def _is_right(self, piece: int) -> bool | None:
        parts = list(self._pieces.parts(piece))
        elsewhere: dict[int, bytes] = {}
        for part in parts:
            if self._pieces.files[part.position].padding:
                elsewhere[part.position] = bytes(part.size)
            elif part.position not in self._fetches:
                data = await self._unwanted_bytes(part)
                if data is None:
                    return None
                elsewhere[part.position] = data

        def pieces() -> Iterator[bytes]:
            for part in parts:
                if part.position in elsewhere:
                    yield elsewhere[part.position]
                else:
                    yield self._fetches[part.position].read_here(part.offset, part.size)

        def digest() -> bytes:
            found = hashlib.sha1(usedforsecurity=False)
            for data in pieces():
                found.update(data)
            return found.digest()

        return self._pieces.is_right(piece, await in_thread(digest))

    async def _unwanted_bytes(self, part: Part) -> bytes | None:
        path = self._unwanted.get(part.position)
        if path is None or self._extra + part.size > MOST_EXTRA:
            return None
        self._extra += part.size
        return await self._read_there(path, part)

    async def _fetch_again(self, piece: int) -> None:
        for part in self._pieces.parts(piece):
            fetch = self._fetches.get(part.position)
            if fetch is None or fetch.is_named:
                continue
            data = await self._read_there(fetch.wanted.remote, part)
            if data is not None:
                await in_thread(lambda fetch=fetch, data=data, at=part.offset: fetch.write_here(data, at))  # type: ignore[misc]

    async def _read_there(self, path: bytes, part: Part) -> bytes | None:
        """Some bytes of a file there; None when it is not there, or too short."""
        try:
            file = await self._files.open(path)
        except (NotFound, Permanent):
            return None
        try:
            return await read_range(file, part.offset, part.size, self._gate)
        except RemoteChanged:
            return None
        finally:
            await file.close()
