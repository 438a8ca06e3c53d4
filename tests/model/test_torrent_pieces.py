"""Which bytes each piece of a torrent covers, and whether those that came are the right ones."""

from __future__ import annotations

import hashlib
import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.model.errors import UsageError
from mediatui.model.torrent_pieces import PieceCheck, PieceFile, TorrentPieces, read_torrent_pieces
from tests.worlds.rtorrent import bencode


def torrent_of(sizes: list[int], length: int) -> tuple[TorrentPieces, list[bytes]]:
    """A torrent of files of such sizes, and what is in them."""
    contents = [random.Random(at).randbytes(size) for at, size in enumerate(sizes)]
    whole = b"".join(contents)
    hashes = b"".join(hashlib.sha1(whole[at : at + length]).digest() for at in range(0, len(whole), length))
    starts = itertools.accumulate(sizes, initial=0)
    files = tuple(
        PieceFile((b"%d" % at,), size, start) for (at, size), start in zip(enumerate(sizes), starts, strict=False)
    )
    return TorrentPieces(b"name", length, hashes, files), contents


@given(sizes=st.lists(st.integers(0, 40), min_size=1, max_size=6).filter(any), length=st.integers(1, 16))
def test_each_piece_is_of_one_file_or_of_several_and_its_parts_cover_it(sizes: list[int], length: int) -> None:
    pieces, contents = torrent_of(sizes, length)
    for position in range(len(sizes)):
        inner, borders = pieces.inner(position), pieces.borders(position)
        touched = {
            piece for piece in range(pieces.count) if position in {part.position for part in pieces.parts(piece)}
        }
        assert touched == set(inner) | set(borders)
        assert not set(inner) & set(borders)
    for piece in range(pieces.count):
        parts = list(pieces.parts(piece))
        data = b"".join(contents[part.position][part.offset : part.offset + part.size] for part in parts)
        assert pieces.is_right(piece, hashlib.sha1(data).digest())
        assert len(parts) == 1 or all(piece in pieces.borders(part.position) for part in parts)


@given(
    sizes=st.lists(st.integers(0, 60), min_size=1, max_size=4).filter(any),
    length=st.integers(1, 16),
    cut=st.integers(1, 9),
)
def test_inner_pieces_are_proven_as_bytes_come_however_they_are_cut(sizes: list[int], length: int, cut: int) -> None:
    pieces, contents = torrent_of(sizes, length)
    for position, content in enumerate(contents):
        check = PieceCheck(pieces, position)
        for at in range(0, len(content), cut):
            check.update(content[at : at + cut])
        assert (check.right, check.wrong) == (len(pieces.inner(position)), [])


def test_a_wrong_byte_makes_its_piece_wrong_and_no_other() -> None:
    pieces, (content,) = torrent_of([1000], 64)
    check = PieceCheck(pieces, 0, 128)
    check.update(content[128:300] + b"?" + content[301:])
    assert check.wrong == [4]
    assert check.right == pieces.count - 3


def file_of(**info: object) -> bytes:
    return bencode({"info": {"name": "n", "piece length": 16, "pieces": b"x" * 20, "length": 5, **info}})  # type: ignore[dict-item]


@pytest.mark.parametrize("path", [[".."], ["a", ".."], [""], ["a/b"], ["."], []])
def test_a_path_that_leads_elsewhere_is_refused(path: list[str]) -> None:
    info = {"name": "n", "piece length": 16, "pieces": b"x" * 20, "files": [{"length": 5, "path": path}]}
    with pytest.raises(UsageError):
        read_torrent_pieces(bencode({"info": info}))  # type: ignore[dict-item]


@pytest.mark.parametrize("info", [{"piece length": 0}, {"length": 500}, {"name": ".."}, {"name": "a/b"}])
def test_pieces_that_do_not_fit_the_files_are_refused(info: dict[str, object]) -> None:
    assert read_torrent_pieces(file_of()).files == (PieceFile((b"n",), 5, 0),)
    with pytest.raises(UsageError):
        read_torrent_pieces(file_of(**info))


def test_names_stay_the_bytes_they_are_and_padding_is_known() -> None:
    files = [{"length": 5, "path": [b"\xff.mkv"]}, {"attr": "p", "length": 11, "path": [".pad", "11"]}]
    info = {"name": b"\xfe", "piece length": 16, "pieces": b"x" * 20, "files": files}
    read = read_torrent_pieces(bencode({"info": info}))  # type: ignore[dict-item]
    assert read.name == b"\xfe"
    assert [(one.path, one.padding) for one in read.files] == [((b"\xff.mkv",), False), ((b".pad", b"11"), True)]
