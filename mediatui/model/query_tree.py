"""The syntax tree of a query: frozen nodes made by ``archive.query.parse`` and evaluated in two places, by the database
(``store.conditions``) and in memory (``archive.query.index``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mediatui.model.errors import UsageError
from mediatui.model.release_words import ReleaseFact
from mediatui.model.text import printable

NumberColumn = Literal["bytes", "progress", "links_count", "added_at", "gone_at", "changed_at"]
TimeColumn = Literal["added_at", "gone_at", "changed_at"]
Flag = Literal["incomplete", "gone", "duplicate", "stalled", "unlinked"]
Health = Literal["dead", "ok", "unknown"]


class QueryError(UsageError):
    """The query cannot be read; ``position`` is the offset of the error (characters, from 0)."""

    kind = "bad-query"

    def __init__(self, message: str, hint: str = "", position: int = 0) -> None:
        super().__init__(message, hint)
        self.position = position


@dataclass(frozen=True, slots=True)
class Word:
    """The folded text is somewhere in one of the torrent's names."""

    text: str


@dataclass(frozen=True, slots=True)
class Says:
    """The names say this of the release (``model.release_words``); ``none``: they say nothing of it."""

    fact: ReleaseFact
    value: str


@dataclass(frozen=True, slots=True)
class StatusIn:
    """The status is one of these; ``unknown`` adds every status the API does not document."""

    statuses: frozenset[str]
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class ClassIn:
    """The class (``model.problems``) is one of these; a row not classified yet counts as ok."""

    classes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Range:
    """A number between two bounds (None: no bound; ``open``: the bound itself is outside). An unknown number never
    matches."""

    column: NumberColumn
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class Age:
    """A time so many seconds before now; bounds as in Range."""

    low: int | None = None
    high: int | None = None
    low_open: bool = False
    high_open: bool = False
    column: TimeColumn = "added_at"

    def at(self, now: float) -> Range:
        """The same as a range of times, seen at ``now`` (epoch seconds)."""
        start = None if self.high is None else int(now) - self.high
        end = None if self.low is None else int(now) - self.low
        return Range(self.column, start, end, low_open=self.high_open, high_open=self.low_open)


@dataclass(frozen=True, slots=True)
class HealthIn:
    """The last health verdict is one of these; ``unknown`` is also a row never checked."""

    verdicts: frozenset[Health]


@dataclass(frozen=True, slots=True)
class Is:
    """The row has this flag; ``store.conditions`` says what each means in columns."""

    flag: Flag


@dataclass(frozen=True, slots=True)
class Detailed:
    """Its details were fetched."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A link of the library leads into it. Its opposite is ``Is("unlinked")``; neither matches when the links that led
    into it could not be read."""


@dataclass(frozen=True, slots=True)
class HostLike:
    """The host contains this text."""

    text: str


@dataclass(frozen=True, slots=True)
class HashPrefix:
    """The info-hash begins with these lower-case hex digits."""

    prefix: str


@dataclass(frozen=True, slots=True)
class IdPrefix:
    """The torrent id begins with this text."""

    prefix: str


@dataclass(frozen=True, slots=True)
class FileLike:
    """A file inside (while no files are known: the name) matches an SQL LIKE pattern escaped with a backslash.

    Paths begin with ``/``.
    """

    pattern: str


@dataclass(frozen=True, slots=True)
class Not:
    """Every row that its part does not match."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """Rows that match all parts; no parts: every row."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Rows that match one of the parts; no parts: none."""

    parts: tuple[Node, ...]


Leaf = (
    Word
    | Says
    | StatusIn
    | ClassIn
    | Range
    | Age
    | HealthIn
    | Is
    | Detailed
    | Linked
    | HostLike
    | HashPrefix
    | IdPrefix
    | FileLike
)
Node = Leaf | Not | And | Or

EVERYTHING = And(())
NOTHING = Or(())
NOT_GONE = Not(Is("gone"))


def opposite(node: Node) -> Node:
    """The negation of a node. Leaves whose value may be unknown become their opposites, wherever they stand in it, so
    that unknown rows never match."""
    if node == Is("unlinked"):
        return Linked()
    if node == Linked():
        return Is("unlinked")
    if isinstance(node, And | Or) and asks_for_links(node):
        parts = tuple(map(opposite, node.parts))
        return Or(parts) if isinstance(node, And) else And(parts)
    return node.part if isinstance(node, Not) and asks_for_links(node) else Not(node)


def asks_for_links(tree: Node) -> bool:
    """Whether a query is about links of the library into torrents."""
    return any(leaf in (Linked(), Is("unlinked")) for leaf in leaves(tree))


def without_links(tree: Node) -> Node:
    """``tree`` while nothing is known about links: no condition on them matches, and neither does its negation."""
    if tree in (Linked(), Is("unlinked")):
        return NOTHING
    if isinstance(tree, Not) and asks_for_links(tree):
        return without_links(opposite(tree.part))
    if isinstance(tree, And | Or):
        return type(tree)(tuple(map(without_links, tree.parts)))
    return tree


def leaves(node: Node) -> Iterator[Leaf]:
    """The leaves of a tree, left to right."""
    if isinstance(node, Not):
        yield from leaves(node.part)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves(part)
    else:
        yield node


def hiding_gone(tree: Node) -> Node:
    """``tree`` without tombstones, unless it mentions them (``is:gone``, ``class:gone``, ``gone:<7d``). Both evaluators
    use it."""
    if any(map(_of_tombstones, leaves(tree))):
        return tree
    return conjunction([NOT_GONE, tree])


def _of_tombstones(leaf: Leaf) -> bool:
    if isinstance(leaf, Age | Range):
        return leaf.column == "gone_at"
    return leaf == Is("gone") or (isinstance(leaf, ClassIn) and "gone" in leaf.classes)


def conjunction(parts: list[Node]) -> Node:
    """A node that matches all of ``parts``, without needless nesting."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, And) else (part,))
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def quoted(value: str) -> str:
    """A given text as error messages quote it."""
    return f'"{printable(value, empty="")}"'
