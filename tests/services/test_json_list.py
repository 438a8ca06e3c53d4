"""A list read piece by piece is the list read whole, and whatever else it is ends with an error."""

from __future__ import annotations

import json
from collections import deque

import pytest

from mediatui.services.json_list import LONGEST_ELEMENT, JsonList, NoList

VALUES = [{"id": "é€𝄞", "n": [1, 2.5, {"a": None}]}, 12345, -7, "a,]b", [], {}, True, None, "x" * 50]


def read(data: bytes, size: int, most: int = 3) -> list[object]:
    elements = JsonList(deque(data[start : start + size] for start in range(0, len(data), size)))
    found: list[object] = []
    while part := elements.read(most):
        found += part
    return found


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mediatui.services.json_list.PIECE", 1)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
@pytest.mark.parametrize("escaped", [True, False], ids=["escaped", "plain"])
def test_it_is_the_same_whatever_the_pieces(size: int, escaped: bool) -> None:
    data = json.dumps(VALUES, ensure_ascii=escaped, indent=1).encode()
    assert read(data, size) == VALUES
    assert read(b"\xef\xbb\xbf \n" + data + b"\r\n", size) == VALUES
    assert read(b" [ ] ", size) == []


@pytest.mark.parametrize(
    "data",
    [b"[1, 2", b"[1 2]", b"[1,]", b"[,1]", b"[1]]", b"[1] x", b"[\xff]", b'["a', b"[" * 200_000, b"[nul]", b'["\n"]',
     b'[{"a": ' + b"[" * 200_000],
)  # fmt: skip
def test_what_is_no_list_is_an_error(data: bytes) -> None:
    for size in (3, 1_000_000):
        with pytest.raises(ValueError):
            read(data, size)


@pytest.mark.parametrize("data", [b"", b"  ", b'{"a": 1}', b"<html>", b"null"])
def test_what_does_not_begin_as_one_is_told_apart(data: bytes) -> None:
    with pytest.raises(NoList):
        read(data, 4)


def test_a_number_without_end_is_read_as_none_sqlite_could_hold() -> None:
    assert read(b"[" + b"9" * 5000 + b", 1]", 100_000) == [float("inf"), 1]


def test_an_element_without_end_is_given_up() -> None:
    piece = b"x" * 1_000_000
    pieces = deque([b'["', *[piece] * (3 * LONGEST_ELEMENT // len(piece))])
    with pytest.raises(ValueError, match="too long"):
        JsonList(pieces).read(1)
    assert len(pieces) > 0
