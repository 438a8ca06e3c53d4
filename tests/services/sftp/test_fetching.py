"""Fetching over a real SSH server: what comes is what is there, however it is cut."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
from pathlib import Path

import pytest

from mediatui.acquire.fetching.fetch import Fetch
from mediatui.acquire.fetching.one_file import Wanted
from mediatui.acquire.fetching.room import Room
from mediatui.model.torrent_pieces import PieceFile, TorrentPieces
from mediatui.services.sftp.client import Sftp
from tests.worlds.sshd import RealSshd

pytestmark = pytest.mark.real
PIECE = 1024 * 256
ODD = b"odd \xff\xfe\\name.mkv"


def hold(sshd: RealSshd, name: bytes, size: int) -> tuple[bytes, TorrentPieces]:
    """A file there, and its pieces."""
    content = random.Random(name).randbytes(size)
    path = os.fsencode(sshd.root) + b"/" + name
    Path(os.fsdecode(path)).write_bytes(content)
    hashes = b"".join(hashlib.sha1(content[at : at + PIECE]).digest() for at in range(0, size, PIECE))
    return path, TorrentPieces(name, PIECE, hashes, (PieceFile((name,), size, 0),), single=True)


def fetch_of(files: Sftp, sshd: RealSshd, here: Path, path: bytes, pieces: TorrentPieces) -> Fetch:
    [file] = pieces.files
    wanted = Wanted(remote=path, name=file.path, position=0, size=file.size)
    return Fetch(files, here, [wanted], roots=[os.fsencode(sshd.root)], room=Room(here, 0), pieces=pieces, retry_s=0)


async def test_a_connection_that_is_cut_is_carried_on_and_a_name_that_is_no_utf8_stays(
    sshd: RealSshd, tmp_path: Path
) -> None:
    path, pieces = hold(sshd, ODD, 12 * PIECE + 5)
    files = sshd.files(connections=2)
    fetch = fetch_of(files, sshd, tmp_path, path, pieces)
    fetch.gate.rate = 32 * PIECE
    running = asyncio.create_task(fetch.run())
    async with asyncio.timeout(20):
        while fetch.progress.came < 4 * PIECE:
            await asyncio.sleep(0.005)
    sshd.cut_sessions()
    fetch.gate.rate = 0
    async with asyncio.timeout(20):
        done = await running
    assert done.whole, done.files[0].error
    assert files.opened == 2
    assert done.files[0].proven == 13
    assert (tmp_path / os.fsdecode(ODD)).read_bytes() == Path(os.fsdecode(path)).read_bytes()
    assert done.came < 2 * (12 * PIECE + 5)
    await files.close()


async def test_a_fetch_that_is_stopped_leaves_the_connection_usable_and_the_next_goes_on_from_the_part(
    sshd: RealSshd, tmp_path: Path
) -> None:
    path, pieces = hold(sshd, b"down.mkv", 8 * PIECE)
    files = sshd.files()
    fetch = fetch_of(files, sshd, tmp_path, path, pieces)
    fetch.gate.rate = 32 * PIECE
    running = asyncio.create_task(fetch.run())
    async with asyncio.timeout(20):
        while fetch.progress.came < 4 * PIECE:
            await asyncio.sleep(0.005)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await files.lstat(path)).size == 8 * PIECE
    assert files.opened == 1, "the connection stays usable"
    assert not (tmp_path / "down.mkv").exists()
    again = fetch_of(files, sshd, tmp_path, path, pieces)
    done = await again.run()
    assert done.whole
    assert done.came <= 5 * PIECE
    assert (tmp_path / "down.mkv").read_bytes() == Path(os.fsdecode(path)).read_bytes()
    await files.close()
