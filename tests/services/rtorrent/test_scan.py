"""Reading answers: what is well-formed as the standard library reads it, and what is not, as far as it can be."""

from __future__ import annotations

import contextlib
import xmlrpc.client

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.services.rtorrent.scan import ROWS_AT_ONCE, FaultAnswer, RowScan, Unreadable, fault_in, read_answer

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\r\n<methodResponse>\r\n<params>\r\n<param><value>'
TAIL = "</value></param>\r\n</params>\r\n</methodResponse>\r\n"
# XML 1.0 without the carriage return, which a parser turns into another sign
WELL_FORMED = st.text(
    st.characters(min_codepoint=32, blacklist_categories=("Cs",), blacklist_characters="\ufffe\uffff")
    | st.sampled_from("\t\n&<>")
)
NUMBERS = st.integers(-(2**31), 2**31 - 1)
VALUES = st.recursive(
    WELL_FORMED | NUMBERS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WELL_FORMED, inner, max_size=3),
    max_leaves=12,
)


def answer(*rows: str) -> bytes:
    """A list as rTorrent writes it, of rows that are written already."""
    return f"{HEAD}<array><data>\r\n{''.join(rows)}</data></array>{TAIL}".encode("utf-8", "surrogateescape")


def row(*cells: str | int) -> str:
    written = (
        f"<value><i8>{cell}</i8></value>\r\n"
        if isinstance(cell, int)
        else f"<value><string>{cell}</string></value>\r\n"
        for cell in cells
    )
    return f"<value><array><data>\r\n{''.join(written)}</data></array></value>\r\n"


def rows_of(body: bytes, kinds: str = "si") -> tuple[list[tuple[str, ...]], int]:
    scan = RowScan(body, kinds)
    return [one for batch in scan for one in batch], scan.unread


@given(VALUES)
def test_well_formed_values_are_read_as_the_standard_library_reads_them(value: object) -> None:
    body = xmlrpc.client.dumps((value,), methodresponse=True).encode()
    if fault_in(value) is None:  # type: ignore[arg-type]
        assert read_answer(body) == xmlrpc.client.loads(body)[0][0]


@given(st.lists(st.tuples(WELL_FORMED, NUMBERS), max_size=6))
def test_well_formed_rows_are_too(rows: list[tuple[str, int]]) -> None:
    body = xmlrpc.client.dumps((rows,), methodresponse=True).encode()
    read = [tuple(map(str, one)) for one in xmlrpc.client.loads(body)[0][0]]  # type: ignore[attr-defined]
    assert rows_of(body) == (read, 0)


@given(st.text(st.characters(blacklist_categories=("Cs",))), NUMBERS)
def test_any_text_at_all_comes_through_a_row(text: str, number: int) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert rows_of(answer(row(escaped, number), row("next", 1))) == ([(text, str(number)), ("next", "1")], 0)


@given(st.binary(max_size=60))
def test_no_bytes_at_all_raise_anything_but_that_they_are_unreadable(body: bytes) -> None:
    for whole in (body, HEAD.encode() + body + TAIL.encode()):
        for read in (read_answer, rows_of):
            with contextlib.suppress(Unreadable, FaultAnswer):
                read(whole)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("\x1b[31mred\x07", "\x1b[31mred\x07"),
        ("\x00", "\x00"),
        ("Caf\udce9.mkv", "Caf\ufffd.mkv"),
        ("\udced\udca0\udc80 lone", "\ufffd\ufffd\ufffd lone"),
        ("&lt;b&gt; &amp;amp; &quot;&apos;", "<b> &amp; \"'"),
        ("&#x0d;&#27;&#xD800;&#9999999;", "\r\x1b\ufffd\ufffd"),
        ("&eacute; & &;", "&eacute; & &;"),
        (
            "<![CDATA[a <b> & </string></value></data></array></value> ]]> c",
            "a <b> & </string></value></data></array></value>  c",
        ),
        ("\u202egnp.exe", "\u202egnp.exe"),
    ],
)
def test_a_hostile_name_breaks_no_list(cell: str, text: str) -> None:
    found, unread = rows_of(answer(row("before", 1), row(cell, 2), row("after", 3)))
    assert (found, unread) == ([("before", "1"), (text, "2"), ("after", "3")], 0)


def test_other_ways_to_write_a_row_are_read_too() -> None:
    odd = (
        "<value><array><data><value>plain</value><value><int> 7 </int></value></data></array></value>"
        "<value> <array> <data>\n<value><string/></value>\n<value><i4>-8</i4></value> </data> </array> </value>"
        "<!-- nothing --><value><array><data><value/><value><i8>9</i8></value></data></array></value>"
    )
    assert rows_of(answer(row("x", 1), odd)) == ([("x", "1"), ("plain", "7"), ("", "-8"), ("", "9")], 0)


def test_rows_of_other_kinds_are_counted_and_left_out() -> None:
    short, nested = row("only"), "<value><string>no row</string></value>"
    assert rows_of(answer(row("a", 1), short, row(1, "a"), nested, row("b", 2))) == ([("a", "1"), ("b", "2")], 3)


def test_long_lists_come_in_batches_and_in_pieces_of_whole_rows() -> None:
    rows = [row("é" * 500, at) for at in range(5 * ROWS_AT_ONCE + 1)]
    batches = list(RowScan(answer(*rows), "si"))
    assert [len(batch) for batch in batches] == [ROWS_AT_ONCE] * 5 + [1]
    assert batches[5] == [("é" * 500, str(5 * ROWS_AT_ONCE))]
    assert len(answer(*rows)) > 1 << 20
    odd = answer(*(row("é" * 500, at).replace("i8", "int") + "\n" for at in range(5 * ROWS_AT_ONCE + 1)))
    assert list(RowScan(odd, "si")) == batches


def test_a_list_without_rows_is_one() -> None:
    assert rows_of(answer()) == ([], 0)
    assert rows_of(f"{HEAD}<array><data/></array>{TAIL}".encode()) == ([], 0)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"false", b"<html><body>Login</body></html>", answer(row("a", 1))[:-40], answer(row("a", 1))[:200],
        answer(row("a", 1)) + b"more", answer("<value><array><data>" * 50), f"{HEAD}<string>x</string>{TAIL}".encode(),
        answer(row("a", 1), "stray text"), answer("<value><i8>12a</i8></value>"),
    ],
)  # fmt: skip
def test_what_is_no_whole_list_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        rows_of(body)


def test_a_fault_is_raised_with_its_number_and_text() -> None:
    body = xmlrpc.client.dumps(xmlrpc.client.Fault(-501, "Could not <find> it."), methodresponse=True).encode()
    for read in (read_answer, rows_of):
        with pytest.raises(FaultAnswer) as caught:
            read(body)
        assert (caught.value.code, caught.value.text) == (-501, "Could not <find> it.")
