"""Which pair of folders would make a path of this side one of the other, by what both end with."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from mediatui.model.path_map import FolderPath, read_folder

Pair = tuple[str, str]
"""A folder of this side, and the same one of the other."""


def common_tail(one: FolderPath, other: FolderPath) -> int:
    """How many names at their ends two paths have in common, whatever their case and Unicode form."""
    count = 0
    for own_name, name in zip(reversed(one.parts), reversed(other.parts), strict=False):
        if _fold(own_name) != _fold(name):
            break
        count += 1
    return count


def shortened(ours: str, theirs: str) -> Pair:
    """Both without the names at their ends that they have in common, as long as neither becomes empty; raises
    ValueError for a path that is not absolute."""
    own, other = read_folder(ours), read_folder(theirs)
    if own is None or other is None:
        raise ValueError(f"{ours} or {theirs} is not an absolute path")
    cut = max(min(common_tail(own, other), len(own.parts) - 1, len(other.parts) - 1), 0)
    short, short_other = (FolderPath(one.anchor, one.parts[: len(one.parts) - cut]) for one in (own, other))
    return short.with_parts(()), short_other.with_parts(())


def anchored(source: str, path: str, place: str) -> Pair | None:
    """The pair that begins at ``source``, a folder ``path`` lies in, and makes it ``place``; None when what follows in
    both is not the same."""
    begin, own, other = read_folder(source), read_folder(path), read_folder(place)
    if begin is None or own is None or other is None:
        return None
    below = len(own.parts) - len(begin.parts)
    if below > len(other.parts) or own.parts[len(begin.parts) :] != other.parts[len(other.parts) - below :]:
        return None
    return source, FolderPath(other.anchor, other.parts[: len(other.parts) - below]).with_parts(())


def aligned_pairs(path: str, folders: Iterable[str]) -> list[Pair]:
    """Pairs with which ``path`` lies in one of the ``folders`` of the other side, because one above it ends as that
    does; the one with most names in common first."""
    own = read_folder(path)
    found: dict[Pair, tuple[int, int]] = {}
    if own is None:
        return []
    for folder in filter(None, map(read_folder, folders)):
        for length in range(1, len(own.parts) + 1):
            above = FolderPath(own.anchor, own.parts[:length])
            if count := common_tail(above, folder):
                pair = shortened(above.with_parts(()), folder.with_parts(()))
                found[pair] = max(found.get(pair, (0, 0)), (count, length))
    return sorted((pair for pair in found if pair[0] != pair[1]), key=lambda pair: found[pair], reverse=True)


def tail_places(path: str, folders: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Where the end of ``path`` may stand on the other side: a folder (one of ``folders``, or one above those), the
    first name of that end, and the whole place; the longest end first. Whether it is there has to be asked."""
    own = read_folder(path)
    bases: dict[tuple[str, ...], FolderPath] = {}
    for folder in filter(None, map(read_folder, folders)):
        for length in range(len(folder.parts), -1, -1):
            base = FolderPath(folder.anchor, folder.parts[:length])
            bases.setdefault(base.key, base)
    for cut in range(0 if own is None else len(own.parts)):
        for base in bases.values():
            end = () if own is None else own.parts[cut:]
            yield base.with_parts(()), end[0], base.with_parts(end)


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
