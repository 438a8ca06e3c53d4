"""The query language: text → a small syntax tree. ``store.conditions`` turns it into SQL, ``index`` evaluates it in
memory.

    foundation s01 -x265                    words match the name, in any order
    status:problem (size:>10gb OR ext:iso)  fields, brackets, OR; - ! NOT negate
    C0FFEE…, magnet:?xt=urn:btih:…          a whole hash, id or magnet link finds its torrent

Rows that left the account (``is:gone``) are hidden unless the query mentions ``is:gone`` somewhere.
"""

from __future__ import annotations

import re

from mediatui.archive.query.values import read_value
from mediatui.model.errors import UsageError
from mediatui.model.magnet import looks_like_magnet, read_magnet
from mediatui.model.query_tree import (
    EVERYTHING,
    HashPrefix,
    IdPrefix,
    Node,
    Or,
    QueryError,
    Word,
    conjunction,
    opposite,
)
from mediatui.model.text import fold

__all__ = ["MAX_DEPTH", "MAX_TERMS", "Node", "QueryError", "parse"]

MAX_TERMS = 200
MAX_DEPTH = 20


def parse(text: str) -> Node:
    """The tree of a query; the empty query is every row that is not gone. Raises QueryError."""
    return _Parser(text.encode("utf-8", "replace").decode("utf-8")).parse()


_FIELD = re.compile(r"([A-Za-z_]+):")
_HASH = re.compile(r"[0-9a-fA-F]{40}|[a-zA-Z2-7]{32}")
_ID = re.compile(r"[A-Z0-9]{13}")
"""An id as Real-Debrid gives it."""
_UNBALANCED = "Brackets group terms; put a bracket of a name in quotes."


class _Parser:
    """Recursive descent over the text; ``at`` is the offset of the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.terms = 0

    def parse(self) -> Node:
        self._skip_blanks()
        if self._ended():
            return EVERYTHING
        if self.text[self.at] == ")":
            raise self._unopened()
        tree = self._either(0, 0)
        if not self._ended():
            raise self._unopened()
        return tree

    def _unopened(self) -> QueryError:
        return QueryError(f"The ) at position {self.at + 1} closes nothing.", _UNBALANCED, self.at)

    def _ended(self) -> bool:
        return self.at >= len(self.text)

    def _skip_blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def _next_is(self, keyword: str) -> bool:
        """Whether the next word is an operator (upper case, on its own)."""
        end = self.at + len(keyword)
        after = self.text[end : end + 1]
        return self.text.startswith(keyword, self.at) and (not after or after.isspace() or after in "()")

    def _either(self, depth: int, opened: int) -> Node:
        parts = [self._all(depth, opened)]
        while self._next_is("OR"):
            opened = self.at
            self.at += 2
            parts.append(self._all(depth, opened))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self, depth: int, began: int) -> Node:
        """Terms up to OR, a closing bracket or the end."""
        parts: list[Node] = []
        joined = False
        while True:
            self._skip_blanks()
            if self._ended() or self.text[self.at] == ")" or self._next_is("OR"):
                break
            if self._next_is("AND"):
                if joined or not parts:
                    raise self._one_sided("AND", self.at)
                joined, began = True, self.at
                self.at += 3
                continue
            joined = False
            parts.append(self._term(depth))
        if joined:
            raise self._one_sided("AND", began)
        if not parts:
            if self._next_is("OR") or self.text.startswith("OR", began):
                raise self._one_sided("OR", self.at if self._next_is("OR") else began)
            if self._ended():
                raise self._unclosed(began)
            raise QueryError(f"Nothing inside the brackets at position {began + 1}.", _UNBALANCED, began)
        return conjunction(parts)

    def _one_sided(self, operator: str, position: int) -> QueryError:
        return QueryError(
            f"{operator} at position {position + 1} needs something on both sides.",
            f'To search for the word, put it in quotes: "{operator}".',
            position,
        )

    def _term(self, depth: int) -> Node:
        """One term with its negations; a sign with nothing after it is a word."""
        began = self.at
        negated = False
        while True:
            if self.text[self.at] in "-!" and not self._blank_at(self.at + 1):
                self.at += 1
            elif self._next_is("NOT"):
                self.at += 3
                self._skip_blanks()
                if self._ended() or self.text[self.at] == ")" or self._next_is("OR") or self._next_is("AND"):
                    raise QueryError(
                        f"NOT at position {began + 1} needs something after it.",
                        'To search for the word, put it in quotes: "NOT".',
                        began,
                    )
            else:
                break
            negated = not negated
        node = self._group(depth) if self.text[self.at] == "(" else self._leaf()
        return opposite(node) if negated else node

    def _blank_at(self, position: int) -> bool:
        after = self.text[position : position + 1]
        return not after or after.isspace() or after == ")"

    def _group(self, depth: int) -> Node:
        opened = self.at
        if depth >= MAX_DEPTH:
            raise QueryError(f"More than {MAX_DEPTH} brackets inside each other.", "", opened)
        self.at += 1
        node = self._either(depth + 1, opened)
        if self._ended():
            raise self._unclosed(opened)
        self.at += 1
        return node

    def _unclosed(self, opened: int) -> QueryError:
        return QueryError(f"The ( at position {opened + 1} is never closed.", _UNBALANCED, opened)

    def _leaf(self) -> Node:
        began = self.at
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise QueryError(f"More than {MAX_TERMS} terms in one query.", "", began)
        if looks_like_magnet(self.text[self.at :]):
            return self._magnet(began)
        field = _FIELD.match(self.text, self.at)
        if field is None:
            return _word(self._next_text())
        self.at = field.end()
        value = "" if self._blank_at(self.at) else self._next_text()
        return read_value(field[1].lower(), value, began)

    def _magnet(self, began: int) -> Node:
        end = next((at for at in range(began, len(self.text)) if self.text[at].isspace()), len(self.text))
        self.at = end
        try:
            return HashPrefix(read_magnet(self.text[began:end]).hash)
        except UsageError as error:
            raise QueryError(f"{error.message.rstrip('.')} (at position {began + 1}).", error.hint, began) from None

    def _next_text(self) -> str:
        """The next quoted text, or the characters up to a blank or a bracket that closes a group."""
        if self.text[self.at] == '"':
            return self._quoted()
        began = self.at
        inner = 0
        while not self._ended():
            char = self.text[self.at]
            if char.isspace() or (char == ")" and not inner):
                break
            if char == '"':
                raise QueryError(
                    f"A quote in the middle of a word at position {self.at + 1}.",
                    "Put quotes around all of it.",
                    self.at,
                )
            inner += (char == "(") - (char == ")")
            self.at += 1
        return self.text[began : self.at]

    def _quoted(self) -> str:
        """A quoted text; a backslash escapes a quote or a backslash."""
        opened = self.at
        found: list[str] = []
        self.at += 1
        while not self._ended():
            char = self.text[self.at]
            if char == '"':
                self.at += 1
                return "".join(found)
            if char == "\\" and self.text[self.at + 1 : self.at + 2] in ('"', "\\"):
                self.at += 1
                char = self.text[self.at]
            found.append(char)
            self.at += 1
        raise QueryError(f"The quote at position {opened + 1} is never closed.", 'Close it with another ".', opened)


def _word(text: str) -> Node:
    """The leaf of a word; text that folds to nothing (dots, blanks) matches every name. A whole info-hash (hex or
    base32) or torrent id finds its torrent too."""
    folded = fold(text)
    if not folded:
        return EVERYTHING
    if _HASH.fullmatch(text):
        return Or((Word(folded), HashPrefix(read_magnet(text).hash)))
    if _ID.fullmatch(text):
        return Or((Word(folded), IdPrefix(text)))
    return Word(folded)
