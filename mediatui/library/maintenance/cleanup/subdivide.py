"""Divides a folder that holds too much: computes which range folder each entry goes to. Pure: names in, moves out.

The rules (cleanup, category ``oversized``): a folder with more than ``max_per_dir`` entries directly in it is divided
into balanced ranges; cuts lie only where the two first letters of the key change, or further letters where one pair
alone is too much; existing range folders keep their names and take what fits them. One that overflows is divided the
same way inside itself. Ranges made next to each other leave no letter between them, so that what comes later finds its
place. Range folders do not count as entries; where more than ``max_per_dir`` of them would be needed, there are fewer,
divided again inside.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from math import ceil, isqrt
from typing import Final, Literal, NamedTuple

from mediatui.library.maintenance.cleanup.ranges import LAST, OTHER, RangeFolder, parse_range, place_key, section_of

MAX_PER_DIR: Final = 50
_EDGES: Final = {"figures": ("0", "9"), "latin": ("a", "z")}


@dataclass(frozen=True, slots=True)
class Shelf:
    """What lies in a folder: its ``entries`` (links and title folders) and its range folders by name. Folders among
    ``ranges`` whose name is no range are ignored."""

    entries: Sequence[str] = ()
    ranges: Mapping[str, Shelf] = field(default_factory=dict)


class Move(NamedTuple):
    """An entry and the folders it goes from and to, below the divided one (``""`` is that one, ``/`` between)."""

    entry: str
    source: str
    folder: str


class Kept(NamedTuple):
    """An entry that stays in ``folder`` although the folder holds too much, and why: its name is taken where it
    belongs, or its key is outside the range it lies in."""

    entry: str
    folder: str
    reason: Literal["name taken", "other range"]


@dataclass(frozen=True, slots=True)
class Moves:
    """The outcome: what moves, the folders that have to be made (parents first), and what stays against the rule."""

    moves: tuple[Move, ...] = ()
    new_folders: tuple[str, ...] = ()
    kept: tuple[Kept, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.moves)


def subdivide(shelf: Shelf, max_per_dir: int = MAX_PER_DIR) -> Moves:
    """The moves after which no folder of ``shelf`` holds more than ``max_per_dir`` entries, unless they have one key.

    Nothing moves where nothing is too full, so a second run moves nothing. Raises ValueError below 2 entries.
    """
    if max_per_dir < 2:
        raise ValueError("a folder has to hold at least 2 entries")
    top = _Folder.of(shelf, "", None)
    landed: list[tuple[_Entry, str]] = []
    kept: list[Kept] = []
    _place_entries(top, [], max_per_dir, landed, kept)
    moves = _without_clashes(sorted(landed, key=lambda pair: (pair[1], *pair[0])), _places(shelf, ""), kept)
    existing = {place for place, _name in _places(shelf, "", folders=True)}
    made = {part for move in moves for part in _with_parents(move.folder)} - existing
    return Moves(tuple(moves), tuple(sorted(made)), tuple(sorted(kept)))


def range_for(shelf: Shelf, name: str) -> str:
    """The innermost range folder an entry of this name belongs to, as a path below the shelf; ``""`` for none."""
    folder, key = _Folder.of(shelf, "", None), place_key(name)
    while (inner := folder.child_for(key)) is not None:
        folder = inner
    return folder.path


class _Entry(NamedTuple):
    key: str
    name: str
    source: str


@dataclass(slots=True, eq=False)
class _Folder:
    path: str
    span: RangeFolder | None
    own: list[_Entry] = field(default_factory=list)
    children: list[_Folder] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    """The names in it, casefolded: a new range folder may not have any of them."""

    @classmethod
    def of(cls, shelf: Shelf, path: str, span: RangeFolder | None) -> _Folder:
        own = [_Entry(place_key(name), name, path) for name in shelf.entries]
        folder = cls(path, span, own, taken={name.casefold() for name in (*shelf.entries, *shelf.ranges)})
        for name, inner in shelf.ranges.items():
            if (inner_span := parse_range(name)) is not None:
                folder.children.append(cls.of(inner, _join(path, name), inner_span))
        folder.sort()
        return folder

    def sort(self) -> None:
        """Children by start, the narrowest last, which is where the search for a key begins."""
        self.children.sort(key=lambda child: (_span(child).start, _reach_down(_span(child).end), child.path))

    def child_for(self, key: str) -> _Folder | None:
        """The range folder a key belongs to: of several that hold it the one that starts last, then the narrowest."""
        place = bisect_right(self.children, key, key=lambda child: _span(child).start)
        return next((child for child in reversed(self.children[:place]) if key in _span(child)), None)

    def add(self, span: RangeFolder) -> _Folder:
        label = span.label_beside(self.taken)
        self.taken.add(label.casefold())
        child = _Folder(_join(self.path, label), span)
        self.children.append(child)
        return child


def _place_entries(
    folder: _Folder, arriving: list[_Entry], limit: int, landed: list[tuple[_Entry, str]], kept: list[Kept]
) -> None:
    """Finds the folder of each entry in ``folder`` and of each that arrives, down through all levels."""
    folder.taken.update(entry.name.casefold() for entry in arriving)
    sent, loose = _route(folder, arriving)
    if len(folder.own) + len(loose) > limit:
        sent, loose = _route(folder, arriving + folder.own)
        fitting = sorted(entry for entry in loose if folder.span is None or entry.key in folder.span)
        kept += [Kept(entry.name, folder.path, "other range") for entry in set(loose).difference(fitting)]
        groups = list(_divide(folder, fitting, limit))
        if len({entry.key for entry in fitting}) == 1 and not folder.children:
            groups = []  # one key has them all: another folder around them would change nothing
        divided = {entry for _span_, group in groups for entry in group}
        loose = [entry for entry in loose if entry not in divided]
        for span, group in groups:
            sent[folder.add(span)] += group
    landed += [(entry, folder.path) for entry in loose if entry.source != folder.path]
    for child in folder.children:
        _place_entries(child, sent[child], limit, landed, kept)


def _route(folder: _Folder, entries: list[_Entry]) -> tuple[defaultdict[_Folder, list[_Entry]], list[_Entry]]:
    """The entries that fit an existing range folder, by that folder, and the entries that fit none."""
    sent: defaultdict[_Folder, list[_Entry]] = defaultdict(list)
    loose: list[_Entry] = []
    for entry in entries:
        child = folder.child_for(entry.key)
        (loose if child is None else sent[child]).append(entry)
    return sent, loose


def _divide(folder: _Folder, entries: list[_Entry], limit: int) -> Iterator[tuple[RangeFolder, list[_Entry]]]:
    """New ranges for ``entries`` (sorted, none fits an existing range), between the existing ranges."""
    needed = ceil(len(entries) / limit)
    if needed > limit:
        limit = ceil(len(entries) / min(limit, isqrt(needed - 1) + 1))
    spans = [_span(child) for child in folder.children]

    def gap(entry: _Entry) -> tuple[str, str, str]:
        below = (span.end for span in spans if span.start <= entry.key)
        above = (span.start for span in spans if span.start > entry.key)
        return section_of(entry.key), max(below, key=_reach, default=""), min(above, default="")

    for (_section, low, high), run in groupby(entries, key=gap):
        yield from _name_groups(_cut(list(run), limit), low, high, folder.span)


def _name_groups(
    groups: list[list[_Entry]], low: str, high: str, around: RangeFolder | None
) -> Iterator[tuple[RangeFolder, list[_Entry]]]:
    """The groups of one gap with ranges that fill it, from after ``low`` to before ``high`` within ``around``."""
    first, last = groups[0][0].key, groups[-1][-1].key
    section = section_of(first)
    low, high = (bound if section_of(bound or "0") == section else "" for bound in (low, high))
    if section == "other" and len(groups) == 1 and not (low or high or around):
        yield OTHER, groups[0]
        return
    start, end = _EDGES.get(section, (first[0], last[0]))
    if around is not None and around != OTHER:
        start = max(start, around.start) if section_of(around.start) == section else start
        end = min(end, around.end, key=_reach) if section_of(around.end) == section else end
    if low:
        start = max(start, _after(low, first))
    for group, following in pairwise(groups):
        key, next_key = group[-1].key, following[0].key
        cut = next_key[: _shared(key, next_key) + 1]
        yield RangeFolder(start, _before(cut, key)), group
        start = cut
    if high:
        end = min(end, _before(high, last), key=_reach)
    yield RangeFolder(start, end), groups[-1]


def _after(end: str, key: str) -> str:
    """The start of a range that follows one up to ``end`` and holds ``key``: the nearest possible (``ci`` → ``cj``)."""
    if end.isascii():
        highest = _EDGES[section_of(end)][1]
        stem = end.rstrip(highest)
        nearest = stem[:-1] + ("a" if stem.endswith("9") else chr(ord(stem[-1]) + 1)) if stem else LAST
        if nearest <= key:
            return nearest
    return key[: _shared(end, key) + 1]


def _before(start: str, key: str) -> str:
    """The end of a range that holds ``key`` and is followed by one from ``start``: the nearest (``cj`` → ``ci``).

    Where ``start`` goes on from ``key`` itself the end holds both; the range that starts last wins then.
    """
    if start.isascii():
        stem = start.rstrip(_EDGES[section_of(start)][0])
        if stem and stem[-1] not in "0a":
            nearest = stem[:-1] + chr(ord(stem[-1]) - 1)
            if key[: len(nearest)] <= nearest:
                return nearest
    return key[: _shared(start, key) + 1]


def _shared(left: str, right: str) -> int:
    """How many letters two keys begin with alike."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(left), len(right)))


def _cut(entries: list[_Entry], limit: int) -> list[list[_Entry]]:
    """Sorted entries in the fewest groups of at most ``limit``, the largest as small as possible; more entries than
    that with one key form a group of their own."""
    groups: list[list[_Entry]] = []
    for too_much, run in groupby(_atoms(entries, 2, limit), key=lambda atom: len(atom) > limit):
        atoms = list(run)
        groups += atoms if too_much else _balance(atoms, limit)
    return groups


def _atoms(entries: list[_Entry], letters: int, limit: int) -> Iterator[list[_Entry]]:
    """What may not be cut: entries of the same first letters, of more of them where those alone are too many."""
    for _prefix, same in groupby(entries, key=lambda entry: entry.key[:letters]):
        atom = list(same)
        if len(atom) <= limit or atom[0].key == atom[-1].key:
            yield atom
        else:
            yield from _atoms(atom, letters + 1, limit)


def _balance(atoms: list[list[_Entry]], limit: int) -> Iterator[list[_Entry]]:
    sizes = [len(atom) for atom in atoms]
    groups = _groups_needed(sizes, limit)[0]
    sure = bisect_left(range(limit), -groups, key=lambda tried: -_groups_needed(sizes, tried)[0])
    needed = _groups_needed(sizes, sure)
    place, left = 0, sum(sizes)
    for more in range(groups - 1, -1, -1):
        begin, size, share = place, 0, left / (more + 1)
        while place < len(sizes) - more and size + sizes[place] <= sure:
            if size and needed[place] <= more and size + sizes[place] / 2 > share:
                break
            size += sizes[place]
            place += 1
        left -= size
        yield [entry for atom in atoms[begin:place] for entry in atom]


def _groups_needed(sizes: list[int], limit: int) -> list[int]:
    """How many groups of at most ``limit`` the atoms from each place on need; very many when one is larger."""
    needed = [0] * (len(sizes) + 1)
    size, stop = 0, len(sizes)
    for place in range(len(sizes) - 1, -1, -1):
        size += sizes[place]
        while size > limit and stop > place + 1:
            stop -= 1
            size -= sizes[stop]
        needed[place] = needed[stop] + (1 if sizes[place] <= limit else len(sizes) + 1)
    return needed


def _without_clashes(landed: list[tuple[_Entry, str]], taken: set[tuple[str, str]], kept: list[Kept]) -> list[Move]:
    """The moves whose name is free where they go; the others are kept where they are."""
    moves: list[Move] = []
    for entry, folder in landed:
        if (folder, entry.name) in taken:
            kept.append(Kept(entry.name, entry.source, "name taken"))
        else:
            taken.add((folder, entry.name))
            moves.append(Move(entry.name, entry.source, folder))
    return moves


def _places(shelf: Shelf, path: str, *, folders: bool = False) -> set[tuple[str, str]]:
    """Every name below a shelf as (folder, name), or its range folders as (their path, "")."""
    places = {(path, "")} if folders else {(path, name) for name in (*shelf.entries, *shelf.ranges)}
    for name, inner in shelf.ranges.items():
        places |= _places(inner, _join(path, name), folders=folders)
    return places


def _with_parents(folder: str) -> Iterator[str]:
    parts = folder.split("/")
    return ("/".join(parts[: depth + 1]) for depth in range(len(parts)))


def _join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def _span(folder: _Folder) -> RangeFolder:
    """The range of a range folder."""
    if folder.span is None:
        raise TypeError("the top folder has no range")
    return folder.span


def _reach(end: str) -> str:
    """Ends by how far they hold: ``c`` goes further than ``ci``."""
    return end + LAST


def _reach_down(end: str) -> tuple[int, ...]:
    """Sorts ends that hold further first."""
    return tuple(-ord(char) for char in _reach(end))
