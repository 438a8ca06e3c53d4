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
from mediatui.model.query_grammar import MAX_DEPTH, MAX_TERMS, Parser
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


def parse(text: str) -> Node:
    """The tree of a query; the empty query is every row that is not gone. Raises QueryError."""
    return _TorrentQuery(text).parse()


_HASH = re.compile(r"[0-9a-fA-F]{40}|[a-zA-Z2-7]{32}")
_ID = re.compile(r"[A-Z0-9]{13}")
"""An id as Real-Debrid gives it."""


class _TorrentQuery(Parser[Node]):
    """A query of torrents, as a tree."""

    def everything(self) -> Node:
        return EVERYTHING

    def all_of(self, parts: list[Node]) -> Node:
        return conjunction(parts)

    def any_of(self, parts: list[Node]) -> Node:
        return Or(tuple(parts))

    def negated(self, part: Node) -> Node:
        return opposite(part)

    def word(self, text: str) -> Node:
        return _word(text)

    def field(self, name: str, value: str, position: int) -> Node:
        return read_value(name, value, position)

    def special(self) -> Node | None:
        """A magnet link finds its torrent."""
        return self._magnet(self.at) if looks_like_magnet(self.text[self.at :]) else None

    def _magnet(self, began: int) -> Node:
        end = next((at for at in range(began, len(self.text)) if self.text[at].isspace()), len(self.text))
        self.at = end
        try:
            return HashPrefix(read_magnet(self.text[began:end]).hash)
        except UsageError as error:
            raise QueryError(f"{error.message.rstrip('.')} (at position {began + 1}).", error.hint, began) from None


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
