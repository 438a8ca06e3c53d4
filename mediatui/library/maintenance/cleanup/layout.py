"""Determines what each folder of the library is for: a kind, a genre, a range of letters, a title, a season.

The name and the content of a folder decide, in this order. A hidden folder is ignored. Below a root the first folder
named like a kind (``Films``, ``Séries``) is the folder of that kind. A folder directly in it that is named like a genre
is that genre's folder. A range folder is what ``ranges.is_range_folder`` accepts. A title's folder is called ``Title
(Year)``, or has season folders, or holds nothing but links that begin with its name or name episodes. A folder named
like a range of a few letters (``A-Ci``) is a range folder, whatever lies in it. Every other folder is the owner's own
order (``own``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from typing import Literal

from mediatui.library.maintenance.cleanup.ranges import RangeFolder, is_range_folder, parse_range
from mediatui.library.maintenance.cleanup.subdivide import Shelf
from mediatui.library.maintenance.planned_tree import PlannedFolder
from mediatui.model.kinds import KIND_WORDS
from mediatui.model.text import fold
from mediatui.names.episode_numbers import episodes_of
from mediatui.names.genres import genres_of_folder
from mediatui.names.parsed import library_title
from mediatui.names.seasons import season_of_folder

Role = Literal["top", "kind", "genre", "own", "range", "title", "season", "inside", "hidden", "unread"]
SHELVES = ("top", "kind", "genre", "own")
"""Folders that are divided into ranges when they hold too much."""
_SEASON = re.compile(r"(?:(?:saison|season|staffel|temporada|stagione)\b|s[0-9]{1,4}$|specials?$|speciaux$)")
_RANGE = re.compile(r"[^\W_]{1,3} ?[-–—] ?[^\W_]{1,3}")


class Layout:
    """The roles of folders, each determined once; ``known_genres`` are the genres the services report."""

    def __init__(self, known_genres: Collection[str] = ()) -> None:
        self._known = known_genres
        self._roles: dict[PlannedFolder, Role] = {}
        self._genres: dict[PlannedFolder, frozenset[str]] = {}
        self._spans: dict[PlannedFolder, RangeFolder | None] = {}

    def role(self, folder: PlannedFolder) -> Role:
        """What a folder is for."""
        if (role := self._roles.get(folder)) is None:
            role = self._roles[folder] = self._work_out_role(folder)
        return role

    def _work_out_role(self, folder: PlannedFolder) -> Role:
        name = os.fsdecode(os.path.basename(folder.name))
        above = None if folder.parent is None else self.role(folder.parent)
        if folder.unread:
            return "unread"
        if above is None:
            return "kind" if _kind_word(name) else "top"
        if folder.hidden or above == "hidden":
            return "hidden"
        if above == "title":
            return "season" if season_of_folder(name) is not None else "inside"
        if above in ("season", "inside"):
            return "inside"
        if above in ("top", "own") and _kind_word(name) and not self.kind(folder.parent):
            return "kind"
        if above == "kind" and self.genres(folder):
            return "genre"
        inside = [os.fsdecode(entry) for entry in (*folder.folders, *folder.links)]
        if is_range_folder(name, inside):
            return "range"
        if _is_title(folder, name):
            return "title"
        return "range" if _RANGE.fullmatch(name) and parse_range(name) is not None else "own"

    def kind(self, folder: PlannedFolder | None) -> str:
        """``film`` or ``episode`` by the folders above, empty when they do not say."""
        while folder is not None:
            if self.role(folder) == "kind":
                return _kind_word(os.fsdecode(os.path.basename(folder.name)))
            folder = folder.parent
        return ""

    def genres(self, folder: PlannedFolder) -> frozenset[str]:
        """The genres in a folder's name."""
        if folder not in self._genres:
            self._genres[folder] = genres_of_folder(os.fsdecode(folder.name), self._known)
        return self._genres[folder]

    def span(self, folder: PlannedFolder) -> RangeFolder | None:
        """The range of a range folder."""
        if folder not in self._spans:
            self._spans[folder] = parse_range(os.fsdecode(folder.name))
        return self._spans[folder]

    def ranges(self, folder: PlannedFolder) -> Mapping[str, PlannedFolder]:
        """The range folders directly in a folder."""
        return {os.fsdecode(name): inner for name, inner in folder.folders.items() if self.role(inner) == "range"}

    def shelf(self, folder: PlannedFolder, *, entries: bool = True) -> Shelf:
        """A folder as the planner of ranges sees it, or only its range folders. Real files and hidden files are no
        entries, and neither are the categories directly in a root or a kind's folder."""
        return Shelf(
            [os.fsdecode(name) for name in self.entries(folder)] if entries else (),
            {name: self.shelf(inner, entries=entries) for name, inner in self.ranges(folder).items()},
        )

    def entries(self, folder: PlannedFolder) -> list[bytes]:
        """The names of links and folders in a folder that are placed by their letters."""
        categories = self.role(folder) in ("top", "kind")
        inner = [name for name, below in folder.folders.items() if self._is_entry(below, categories)]
        return sorted([*inner, *folder.links])

    def _is_entry(self, folder: PlannedFolder, categories: bool) -> bool:
        """Whether a folder is placed by its letters; a decade (``1990-1999``) is not."""
        role = self.role(folder)
        return role == "title" or (role == "own" and not categories and self.span(folder) is None)


def _kind_word(name: str) -> str:
    return KIND_WORDS.get(fold(name).strip(), "")


def _is_title(folder: PlannedFolder, name: str) -> bool:
    if library_title(name):
        return True
    if any(_SEASON.match(fold(os.fsdecode(inner))) for inner in folder.folders):
        return True
    if not folder.links or any(not inner.hidden for inner in folder.folders.values()):
        return False
    return all(_is_of(os.fsdecode(link), fold(name), len(folder.links) == 1) for link in folder.links)


def _is_of(link: str, folded: str, alone: bool) -> bool:
    """Whether a link's name is of the title that names its folder."""
    if fold(link).startswith(folded):
        return True
    return library_title(link) is None and (alone or episodes_of(link) is not None)
