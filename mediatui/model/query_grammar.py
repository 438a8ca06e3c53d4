"""The grammar of the query language, the same for every list: words, fields, brackets, OR, negations.

    foundation s01 -x265                    words match the name, in any order
    status:problem (size:>10gb OR ext:iso)  fields, brackets, OR; - ! NOT negate

What a word and a field mean, and what becomes of them together, is the list's own (``Parser``).
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from mediatui.model.query_tree import QueryError

MAX_TERMS = 200
MAX_DEPTH = 20

Part = TypeVar("Part")

_FIELD = re.compile(r"([A-Za-z_]+):")
_UNBALANCED = "Brackets group terms; put a bracket of a name in quotes."


class Parser(ABC, Generic[Part]):
    """Recursive descent over the text; ``at`` is the offset of the next character. A subclass makes the parts."""

    def __init__(self, text: str) -> None:
        self.text = text.encode("utf-8", "replace").decode("utf-8")
        self.at = 0
        self.terms = 0

    @abstractmethod
    def everything(self) -> Part:
        """What every row matches: the empty query."""

    @abstractmethod
    def all_of(self, parts: list[Part]) -> Part:
        """What matches all of at least one part."""

    @abstractmethod
    def any_of(self, parts: list[Part]) -> Part:
        """What matches one of several parts."""

    @abstractmethod
    def negated(self, part: Part) -> Part:
        """What a part does not match."""

    @abstractmethod
    def word(self, text: str) -> Part:
        """What matches a word, or a quoted text."""

    @abstractmethod
    def field(self, name: str, value: str, position: int) -> Part:
        """What matches ``name:value``, found at ``position``; the name in small letters. Raises QueryError."""

    def special(self) -> Part | None:
        """What the text at ``at`` is where it is neither word nor field, ``at`` then behind it; None: it is not."""
        return None

    def parse(self) -> Part:
        """The whole query. Raises QueryError."""
        self._skip_blanks()
        if self._ended():
            return self.everything()
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

    def _either(self, depth: int, opened: int) -> Part:
        parts = [self._all(depth, opened)]
        while self._next_is("OR"):
            opened = self.at
            self.at += 2
            parts.append(self._all(depth, opened))
        return parts[0] if len(parts) == 1 else self.any_of(parts)

    def _all(self, depth: int, began: int) -> Part:
        """Terms up to OR, a closing bracket or the end."""
        parts: list[Part] = []
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
        return self.all_of(parts)

    def _one_sided(self, operator: str, position: int) -> QueryError:
        return QueryError(
            f"{operator} at position {position + 1} needs something on both sides.",
            f'To search for the word, put it in quotes: "{operator}".',
            position,
        )

    def _term(self, depth: int) -> Part:
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
        part = self._group(depth) if self.text[self.at] == "(" else self._leaf()
        return self.negated(part) if negated else part

    def _blank_at(self, position: int) -> bool:
        after = self.text[position : position + 1]
        return not after or after.isspace() or after == ")"

    def _group(self, depth: int) -> Part:
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

    def _leaf(self) -> Part:
        began = self.at
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise QueryError(f"More than {MAX_TERMS} terms in one query.", "", began)
        if (found := self.special()) is not None:
            return found
        field = _FIELD.match(self.text, self.at)
        if field is None:
            return self.word(self._next_text())
        self.at = field.end()
        value = "" if self._blank_at(self.at) else self._next_text()
        return self.field(field[1].lower(), value, began)

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
