"""Where a film or series that the library does not have yet belongs, by the rules that cleanup moves things by."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from mediatui.library.maintenance.cleanup.known_genres import Genres
from mediatui.library.maintenance.cleanup.layout import Layout
from mediatui.library.maintenance.cleanup.misplaced import first_home, in_range
from mediatui.library.maintenance.planned_tree import PlannedFolder, PlannedTree
from mediatui.model.kinds import EITHER
from mediatui.model.text import fold


@dataclass(frozen=True, slots=True)
class Belongs:
    """The ``folder`` that the entry of a new title belongs in, and the ``category`` (of its genre, else of its kind)
    that is in; where none can be chosen the folder is empty, and ``why`` says so."""

    folder: bytes = b""
    category: PlannedFolder | None = None
    why: str = ""


def place_of_new(
    planned_tree: PlannedTree, layout: Layout, kind: str, name: str, genres: Collection[Genres]
) -> Belongs:
    """Where a new title of a kind (``film``, ``episode``) and of this name (``Title (Year)``) belongs; ``genres`` are
    those of each film or series that it may be."""
    kinds = _of_kind([*_kind_folders(planned_tree, layout)], layout, kind, genres)
    if len(kinds) != 1:
        word = "films" if kind == "film" else "series"
        some = (
            f"{len(kinds)} folders hold {word}" if kinds else f"no folder of the library is called like one of {word}"
        )
        return Belongs(why=some)
    (folder,) = kinds
    inner = [folder.folders[name] for name in sorted(folder.folders)]
    homes = [one for one in inner if layout.role(one) == "genre"]
    if homes:
        found = {first_home(homes, some, layout) for some in genres}
        if len(found) != 1 or (home := found.pop()) is None:
            why = "its genre has no folder" if genres else "its genre is not known"
            return Belongs(why=why)
        folder = home
    elif not layout.entries(folder) and any(layout.role(one) == "own" for one in inner):
        return Belongs(why="the folders it may be in are the owner's own order")
    return Belongs(in_range(folder, name, layout), folder)


def _kind_folders(planned_tree: PlannedTree, layout: Layout) -> Iterator[PlannedFolder]:
    """The folders of kinds: the roots, or what lies in them in no folder of a kind, genre or title."""
    pending = list(planned_tree.tops)
    while pending:
        folder = pending.pop(0)
        role = layout.role(folder)
        if role == "kind":
            yield folder
        elif role in ("top", "own"):
            pending += [folder.folders[name] for name in sorted(folder.folders)]


def _of_kind(
    folders: Collection[PlannedFolder], layout: Layout, kind: str, genres: Collection[Genres]
) -> list[PlannedFolder]:
    """Those of a kind. Where some are of animes, they hold what is one, and the others what is none."""
    found = [one for one in folders if layout.kind(one) == kind and not one.unread]
    anime = [one for one in found if fold(_name(one)).strip() in EITHER]
    if not anime or len(anime) == len(found):
        return found
    is_anime = any("anime" in some for some in genres)
    return anime if is_anime else [one for one in found if one not in anime]


def _name(folder: PlannedFolder) -> str:
    return folder.name.rpartition(b"/")[2].decode("utf-8", "replace")
