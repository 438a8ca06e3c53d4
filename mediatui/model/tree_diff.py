"""Changes to a tree of folders as lines, grouped by folder, for previews of plans. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, overload

ChangeKind = Literal["remove", "add", "move", "relink"]
Sign = Literal["", "-", "+", "→", "~"]
SIGNS: Final[Mapping[ChangeKind, Sign]] = {"remove": "-", "add": "+", "move": "→", "relink": "~"}
_ARROW: Final = "  →  "


class Change(NamedTuple):
    """One change, in text paths with ``/`` between: a move has ``before`` and ``after``, a removal only ``before``, an
    addition only ``after``; a relinked link has its path, its new target and, if known, its ``old_target``. What is
    changed is a link, or a folder (``of_folder``)."""

    kind: ChangeKind
    before: str = ""
    after: str = ""
    old_target: str = ""
    of_folder: bool = False


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of the tree: ``depth`` folders deep, its sign (none for a folder that only holds changes), its text, and
    the kind of its change.

    Signs: ``-`` removed, ``+`` added, ``→`` moved away (the text says where to), ``~`` points elsewhere. Names are as
    on disk; whoever prints them makes them printable.
    """

    depth: int
    sign: Sign
    text: str
    kind: ChangeKind | None = None


class TreeDiff(Sequence[DiffLine]):
    """The lines, made on demand.

    ``len`` is the number of all lines; a slice is a window of them. ``totals`` counts the changes (not the lines) of
    each kind, ``root`` is the common folder of all paths, in which the first line is.
    """

    def __init__(self, root: str, totals: Mapping[ChangeKind, int], rows: Sequence[_Row]) -> None:
        self.root = root
        self.totals = totals
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> DiffLine: ...
    @overload
    def __getitem__(self, place: slice) -> list[DiffLine]: ...
    def __getitem__(self, place: int | slice) -> DiffLine | list[DiffLine]:
        if isinstance(place, slice):
            return [self._line(row) for row in self._rows[place]]
        return self._line(self._rows[place])

    @property
    def depths(self) -> Sequence[int]:
        """How many folders deep each line is."""
        return [depth for depth, _, _ in self._rows]

    def _line(self, row: _Row) -> DiffLine:
        depth, sign, what = row
        if isinstance(what, str):
            return DiffLine(depth, sign, f"{what}/")
        return DiffLine(depth, sign, _name(sign, what) + self._outcome(sign, what), what.kind)

    def _outcome(self, sign: Sign, change: Change) -> str:
        """The text after the name: where it moves to or comes from, and the targets of a link."""
        if change.kind in ("remove", "add"):
            return ""
        if change.kind == "relink":
            return (
                f"{_ARROW}{change.after}" if not change.old_target else f": {change.old_target}{_ARROW}{change.after}"
            )
        if sign == "→":
            return _ARROW + _seen_from(change.before, change.after, self.root)
        return "  (from " + _seen_from(change.after, change.before, self.root) + ")"


_Row = tuple[int, Sign, str | Change]
"""Depth, sign, and the name of a folder or the change of that sign."""


def tree_diff(changes: Iterable[Change]) -> TreeDiff:
    """The lines of ``changes``: folders in order with their changes below them, entries before folders.

    A move has two lines, ``→`` where it was and ``+`` where it will be. Neither depends on the order of the changes.
    """
    places: defaultdict[str, list[tuple[Sign, Change]]] = defaultdict(list)
    totals: Counter[ChangeKind] = Counter()
    for change in changes:
        totals[change.kind] += 1
        for sign in ("→", "+") if change.kind == "move" else (SIGNS[change.kind],):
            places[_path(sign, change).rpartition("/")[0]].append((sign, change))
    folders = sorted((tuple(folder.strip("/").split("/")) if folder else (), folder) for folder in places)
    folders.sort(key=lambda folder: [_in_order(name) for name in folder[0]])
    above = folders[0][0][: _shared(folders[0][0], folders[-1][0])] if folders else ()
    root, shared = "/".join(above), len(above)
    rows: list[_Row] = []
    for parts, folder in folders:
        rows += [(depth - shared, "", parts[depth]) for depth in range(_shared(above, parts), len(parts))]
        inside = sorted(places.pop(folder), key=lambda place: (_in_order(_name(*place)), place))
        rows += [(len(parts) - shared, sign, change) for sign, change in inside]
        above = parts
    return TreeDiff(f"/{root}" if folders and folders[-1][1].startswith("/") else root, totals, rows)


def _path(sign: Sign, change: Change) -> str:
    """The path under which the line of a change with this sign is shown."""
    return change.after if sign == "+" else change.before


def _name(sign: Sign, change: Change) -> str:
    return _path(sign, change).rpartition("/")[2]


def _in_order(name: str) -> tuple[str, str]:
    """Names in the order people expect: without regard to case, then exactly."""
    return name.casefold(), name


def _shared(left: Sequence[str], right: Sequence[str]) -> int:
    """The number of leading folders two paths have in common."""
    same = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        same += 1
    return same


def _seen_from(here: str, there: str, root: str) -> str:
    """The path ``there`` in short beside ``here``: the name alone in the same folder, else the folder below the root,
    with the name if that changes too."""
    folder, _, name = here.rpartition("/")
    other_folder, _, other_name = there.rpartition("/")
    if folder == other_folder:
        return other_name
    below = other_folder[len(root) :].strip("/") if root else other_folder
    below = f"{below}/" if below else "./"
    return below if name == other_name else f"{below.removeprefix('./')}{other_name}"
