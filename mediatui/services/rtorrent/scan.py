"""Reading the answers of rTorrent: a scan of tokens in place of an XML parser.

A torrent's name may hold a control character, which rTorrent sends as it is. That is no XML, and a strict parser would
refuse the whole list for it (NOTES.md 4). Here such a character stays in the text. Bytes that are no UTF-8 become
U+FFFD.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Final, TypeAlias

ROWS_AT_ONCE: Final = 250
"""So many rows are read at a time: some milliseconds of work."""
_PIECE: Final = 1024 * 1024
_DEPTH: Final = 32
"""Values are not nested deeper than this."""

Value: TypeAlias = "str | int | list[Value] | dict[str, Value]"
Row = tuple[str, ...]

_TOKEN: Final = re.compile(
    r"<!\[CDATA\[(?P<raw>.*?)\]\]>|<(?P<end>/?)(?P<name>[A-Za-z][\w.]*)\s*(?P<empty>/?)>|(?P<text>[^<]+)"
    r"|<\?[^>]*>|<!--.*?-->",
    re.DOTALL,
)
_ENTITY: Final = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6}));")
_ENTITIES: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_INTEGER: Final = re.compile(r"\s*([+-]?[0-9]{1,20})\s*")
_WHOLE: Final = re.compile(rb"</methodResponse>\s*\Z")
_LIST: Final = re.compile(r"\s*(?:<\?xml[^>]*>)?\s*<methodResponse>\s*<params>\s*<param>\s*<value>\s*<array>\s*<data>")
_LIST_END: Final = re.compile(r"\s*</data>\s*</array>\s*</value>\s*</param>\s*</params>\s*</methodResponse>\s*\Z")
_SIMPLE: Final = re.compile(
    r"\s*<value>(<array><data>\s*<value>)?<(?:string>([^<]*)</string|i(?:[48]|nt)>(-?[0-9]{1,20})</i(?:[48]|nt))></value>"
    r"(?(1)\s*</data></array></value>)"
)
"""A value as nearly all are written, alone or the only one of a list."""
_BLANKS: Final = re.compile(r"\s*\Z")
_CELLS: Final = {
    "s": r"<value><string>([^<]*)</string></value>\s*",
    "i": r"<value><i(?:[48]|nt)>(-?[0-9]{1,20})</i(?:[48]|nt)></value>\s*",
}


class Unreadable(ValueError):
    """An answer is not one of rTorrent's, or not whole."""


class FaultAnswer(Exception):
    """rTorrent answered with a fault; numbers differ by version, ``text`` is what it says."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def read_answer(body: bytes) -> Value:
    """The value of an answer. Raises FaultAnswer for a fault, Unreadable for anything that is no whole answer."""
    _check_end(body)
    reader = _Reader(body.decode("utf-8", "replace"))
    reader.open("methodResponse")
    if reader.next_is("fault"):
        reader.open("fault")
        raise fault_in(reader.value()) or Unreadable("a fault without its reason")
    reader.open("params")
    reader.open("param")
    return reader.value()


def _check_end(body: bytes) -> None:
    """Raises Unreadable for an answer that was cut."""
    if not _WHOLE.search(body, max(0, len(body) - 1_000)):
        raise Unreadable("the answer has no end")


def fault_in(value: Value) -> FaultAnswer | None:
    """The fault that a value is; None when it is none."""
    if not isinstance(value, dict) or "faultCode" not in value:
        return None
    code = value["faultCode"]
    return FaultAnswer(code if isinstance(code, int) else 0, str(value.get("faultString", "")))


class RowScan:
    """The rows of a list whose cells are texts (``s``) and whole numbers (``i``), as ``kinds`` says: iterate over it
    for batches of at most ``ROWS_AT_ONCE``. Every cell is a text; that of a number can be read as one.

    ``unread`` counts the rows so far that are not of these kinds: they are left out. Raises what ``read_answer`` does.
    """

    def __init__(self, body: bytes, kinds: str) -> None:
        self.unread = 0
        self._body = body
        self._kinds = kinds

    def __iter__(self) -> Iterator[list[Row]]:
        _check_end(self._body)
        pieces = _pieces(self._body)
        text = next(pieces)
        begin = _LIST.match(text)
        if begin is None:
            if read_answer(self._body) == []:
                return
            raise Unreadable("the answer is no list")
        at, match, rows = begin.end(), _row_pattern(self._kinds).match, list[Row]()
        while True:
            found = match(text, at)
            if found is not None:
                cells, end = found.groups(), found.end()
                escaped = text.find("&", at, end) >= 0
                rows.append(tuple([_unescaped(one) if "&" in one else one for one in cells]) if escaped else cells)
                at = end
            elif _BLANKS.match(text, at) and (more := next(pieces, None)) is not None:
                text, at = more, 0
                continue
            elif _LIST_END.match(text, at):
                break
            else:
                row, at = self._odd_row(text, at)
                rows += [] if row is None else [row]
            if len(rows) >= ROWS_AT_ONCE:
                yield rows
                rows = []
        if rows:
            yield rows

    def _odd_row(self, text: str, at: int) -> tuple[Row | None, int]:
        """A row that is not written as rTorrent 0.9.8 writes it, and where it ends; None for one of other kinds."""
        reader = _Reader(text, at)
        value = reader.value()
        if isinstance(value, list) and len(value) == len(self._kinds):
            kinds = "".join("s" if isinstance(cell, str) else "i" if isinstance(cell, int) else "" for cell in value)
            if kinds == self._kinds:
                return tuple(map(str, value)), reader.at
        self.unread += 1
        return None, reader.at


@functools.lru_cache(maxsize=16)
def _row_pattern(kinds: str) -> re.Pattern[str]:
    cells = "".join(_CELLS[kind] for kind in kinds)
    return re.compile(rf"\s*<value><array><data>\s*{cells}</data></array></value>\s*")


def _pieces(body: bytes) -> Iterator[str]:
    """The answer in pieces of whole rows; in one where a text may hold what looks like the end of a row."""
    if b"<![CDATA[" in body:
        yield body.decode("utf-8", "replace")
        return
    end = b"</array></value>"
    at = 0
    while at < len(body):
        found = body.find(end, at + _PIECE)
        until = len(body) if found < 0 else found + len(end)
        # what comes behind a row belongs to its piece: the next one begins with a row, or with the end of the list
        while until < len(body) and body[until] in b"\r\n\t ":
            until += 1
        yield body[at:until].decode("utf-8", "replace")
        at = until


def _unescaped(text: str) -> str:
    return _ENTITY.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    if name:
        return _ENTITIES[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return "\ufffd" if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF else chr(code)


class _Reader:
    """Reads values of any shape from ``at`` on."""

    def __init__(self, text: str, at: int = 0) -> None:
        self._text = text
        self.at = at

    def open(self, name: str) -> None:
        """Reads the beginning of an element."""
        found = self._tag()
        if found["name"] != name or found["end"] or found["empty"]:
            raise Unreadable(f"<{name}> was expected")

    def next_is(self, name: str) -> bool:
        """Whether the next element is this one; it is not read yet."""
        before = self.at
        found = self._tag()
        self.at = before
        return found["name"] == name and not found["end"]

    def value(self, depth: int = 0) -> Value:
        """The value in the next ``<value>``."""
        if depth > _DEPTH:
            raise Unreadable("the values are nested too deep")
        simple = _SIMPLE.match(self._text, self.at)
        if simple is not None:
            self.at = simple.end()
            value: Value = _unescaped(simple[2]) if simple[3] is None else int(simple[3])
            return [value] if simple[1] else value
        found = self._tag()
        if found["name"] != "value" or found["end"]:
            raise Unreadable("<value> was expected")
        if found["empty"]:
            return ""
        text = self._characters()
        found = self._tag()
        if found["end"]:  # without a type it is a text
            return self._ended(found, "value", text)
        return self._typed(found, depth)

    def _typed(self, found: re.Match[str], depth: int) -> Value:
        name = str(found["name"])
        value: Value
        if name in ("array", "struct"):
            read = self._array if name == "array" else self._struct
            value = read(depth) if not found["empty"] else [] if name == "array" else {}
        else:
            text = "" if found["empty"] else self._characters()
            if not found["empty"]:
                self._close(name)
            value = _number(text) if name in ("i4", "i8", "int") else text
        self._close("value")
        return value

    def _array(self, depth: int) -> Value:
        values: list[Value] = []
        found = self._tag()
        if found["name"] != "data" or found["end"]:
            raise Unreadable("<data> was expected")
        if not found["empty"]:
            while self.next_is("value"):
                values.append(self.value(depth + 1))
            self._close("data")
        self._close("array")
        return values

    def _struct(self, depth: int) -> Value:
        members: dict[str, Value] = {}
        while self.next_is("member"):
            self.open("member")
            self.open("name")
            name = self._characters()
            self._close("name")
            members[name] = self.value(depth + 1)
            self._close("member")
        self._close("struct")
        return members

    def _characters(self) -> str:
        """The text from here to the next element."""
        parts: list[str] = []
        while (found := _TOKEN.match(self._text, self.at)) is not None and not found["name"]:
            parts.append(found["raw"] or _unescaped(found["text"] or ""))
            self.at = found.end()
        return "".join(parts)

    def _tag(self) -> re.Match[str]:
        """The next beginning or end of an element."""
        while (found := _TOKEN.match(self._text, self.at)) is not None:
            self.at = found.end()
            if found["name"]:
                return found
            if found["raw"] or (found["text"] or "").strip():
                break
        raise Unreadable(f"an element was expected at character {self.at:,}")

    def _close(self, name: str) -> None:
        self._ended(self._tag(), name, "")

    def _ended(self, found: re.Match[str], name: str, value: str) -> str:
        if found["name"] != name or not found["end"]:
            raise Unreadable(f"</{name}> was expected")
        return value


def _number(text: str) -> int:
    found = _INTEGER.fullmatch(text)
    if found is None:
        raise Unreadable("a number was expected")
    return int(found[1])
