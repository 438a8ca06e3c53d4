"""Cleanup, ``misplaced``: links and title folders that lie elsewhere than genre, type or letter say.

The rule. The category folders directly in a kind's folder (``Films/Action``, ``Séries/Animes``) that are called like a
genre are the known genres of that kind. A film or series in a folder of any of its genres is right; one in the folder
of another genre, or loose beside the genres' folders, belongs in the folder of the first of its genres that has one.
A film that is shown in the folder of a second genre too is right in either. Folders of other names are the owner's own
order, and what is in them stays. Where two films have the same title and year, the genres of either are right, and
nothing moves unless both belong in one place.

Within its category a title whose letters are not those of the range folders it is in, or which lies beside the range
folder that holds them, belongs in the range that does; letters are read from the name alone, so they count also without
metadata. An entry of which nothing is known, and which is not called ``Title (Year)``, is never moved. One that leads
to no file is named, and stays.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mediatui.library.maintenance.cleanup.known_genres import GenresOfOne, KnownGenres
from mediatui.library.maintenance.cleanup.layout import SHELVES, Layout
from mediatui.library.maintenance.cleanup.moves import Mover
from mediatui.library.maintenance.cleanup.ranges import place_key
from mediatui.library.maintenance.cleanup.subdivide import range_for
from mediatui.library.maintenance.planned_tree import PlannedFolder, PlannedLink, PlannedTree
from mediatui.library.maintenance.reporter import Reporter
from mediatui.model.finding import Finding
from mediatui.model.text import printable
from mediatui.names.parsed import library_title


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an entry lies: in ``folder``, below ``kind``'s folder, in folders of the genres ``here`` or in the owner's
    own order (``own``), in the range folders ``ranges`` of ``category``."""

    folder: PlannedFolder
    category: PlannedFolder
    kind: PlannedFolder | None = None
    here: frozenset[str] = frozenset()
    own: bool = False
    ranges: tuple[PlannedFolder, ...] = ()

    def inside(self, inner: PlannedFolder, layout: Layout) -> _Place | None:
        """A folder in it as a place; None when entries of that folder have no place by genre or letter."""
        role = layout.role(inner)
        if role == "range":
            return replace(self, folder=inner, ranges=(*self.ranges, inner))
        if role not in SHELVES:
            return None
        if role == "kind":
            return _Place(inner, inner, inner)
        own = self.own or (role == "own" and self.kind is not None)
        return _Place(inner, inner, self.kind, self.here | layout.genres(inner), own)


NO_CATEGORIES = "no folder of the library is called like a genre or a range of letters: make one, and it is looked for"


def has_categories(planned_tree: PlannedTree, layout: Layout) -> bool:
    """Whether the library has any folder whose name says what belongs in it: of a genre, or of a range of letters."""
    return any(layout.role(folder) in ("genre", "range") for folder in planned_tree.all_folders())


def find_misplaced(
    planned_tree: PlannedTree, layout: Layout, mover: Mover, known: KnownGenres, reporter: Reporter
) -> dict[str, int]:
    """Reports what lies in the wrong folder, and moves it in the planned tree. Counts live links the media table does
    not know (``unknown``), those for which it has no genre (``without_genre``), and those whose target is also shown in
    the folder of another genre (``second_genre``), which is normal."""
    entries = [entry for top in planned_tree.tops for entry in _entries(layout, _Place(top, top, _kind(layout, top)))]
    reporter.phase("looking for misplaced links", len(entries))
    known.read(thing.name for thing, _place in entries)
    unknown = without_genre = second = 0
    shown_in = _genre_folders_of_targets(entries)
    for number, (thing, place) in enumerate(entries, 1):
        live = _live(thing)
        if live or isinstance(thing, PlannedLink) or any(True for _ in thing.all_links()):
            entry_genres = _genres_of(thing, layout.kind(place.kind), known)
            unknown += 0 if entry_genres.known else live
            without_genre += live if entry_genres.known and not entry_genres.genres else 0
            if live and place.here and _is_second(thing, shown_in) and _home(place, entry_genres, layout) is not None:
                second += live
            elif belongs := _belongs(thing, place, entry_genres, layout):
                reporter.found(_finding(thing, *belongs, mover) if live else _named(thing, *belongs))
        if number % 1000 == 0:
            reporter.progress(number, len(entries))
    return {"unknown": unknown, "without_genre": without_genre, "second_genre": second}


def _genre_folders_of_targets(
    entries: Sequence[tuple[PlannedLink | PlannedFolder, _Place]],
) -> Mapping[object, set[PlannedFolder]]:
    """The folders of genres in which each target of a live link is shown under the same title; only of targets shown
    in several."""
    first: dict[bytes, PlannedFolder] = {}
    several: set[bytes] = set()
    for link, category in _in_genres(entries):
        if first.setdefault(link.pointed, category) is not category:
            several.add(link.pointed)
    found: dict[object, set[PlannedFolder]] = {}
    for link, category in _in_genres(entries) if several else ():
        if link.pointed in several:
            found.setdefault(_shown_as(link), set()).add(category)
    return found


def _in_genres(
    entries: Sequence[tuple[PlannedLink | PlannedFolder, _Place]],
) -> Iterator[tuple[PlannedLink, PlannedFolder]]:
    """The live links in folders of genres, each with that folder."""
    return ((link, place.category) for thing, place in entries if place.here for link in _live_links(thing))


def _is_second(thing: PlannedLink | PlannedFolder, shown_in: Mapping[object, set[PlannedFolder]]) -> bool:
    """Whether all that an entry leads to is shown in the folder of another genre too."""
    return bool(shown_in) and all(len(shown_in.get(_shown_as(link), ())) > 1 for link in _live_links(thing))


def _shown_as(link: PlannedLink) -> object:
    """What a link shows: its target, under a title."""
    return link.pointed, library_title(os.fsdecode(link.name)) or link.name


def _live_links(thing: PlannedLink | PlannedFolder) -> list[PlannedLink]:
    links = [thing] if isinstance(thing, PlannedLink) else thing.all_links()
    return [link for link in links if link.state == "ok"]


def _kind(layout: Layout, top: PlannedFolder) -> PlannedFolder | None:
    return top if layout.role(top) == "kind" else None


def _entries(layout: Layout, place: _Place) -> Iterator[tuple[PlannedLink | PlannedFolder, _Place]]:
    """Every link and every title's folder that lies in a category or a range of it."""
    folder = place.folder
    for name in sorted(folder.folders):
        inner = folder.folders[name]
        if layout.role(inner) == "title":
            yield inner, place
        elif (further := place.inside(inner, layout)) is not None:
            yield from _entries(layout, further)
    for name in sorted(folder.links):
        yield folder.links[name], place


def _live(thing: PlannedLink | PlannedFolder) -> int:
    return len(_live_links(thing))


def _genres_of(thing: PlannedLink | PlannedFolder, kind: str, known: KnownGenres) -> GenresOfOne:
    return known.of_link(thing, kind) if isinstance(thing, PlannedLink) else known.of_folder(thing, kind)


def _belongs(
    thing: PlannedLink | PlannedFolder, place: _Place, entry_genres: GenresOfOne, layout: Layout
) -> tuple[bytes, str] | None:
    """The folder an entry belongs in and why, None when it is right where it is."""
    name = os.fsdecode(thing.name)
    if not entry_genres.known and library_title(name) is None:
        return None
    home = None if place.own or place.kind is None else _home(place, entry_genres, layout)
    if home is not None:
        genre = sorted(layout.genres(home) & {word for genres in entry_genres.genres for word in genres})[0]
        lies = f"it lies in {_shown(place.category)}" if place.here else "it lies beside the folders of genres"
        return in_range(home, name, layout), f"it is {genre}, {lies}"
    key = place_key(name)
    spans = [layout.span(folder) for folder in place.ranges]
    if all(span is not None and key in span for span in spans):
        deeper = in_range(place.folder, name, layout)
        return None if deeper == place.folder.path else (deeper, "it lies beside the folder of its letters")
    goal = in_range(place.category, name, layout)
    return None if goal == place.folder.path else (goal, f"its letters are not those of {_shown(place.folder)}")


def _home(place: _Place, entry_genres: GenresOfOne, layout: Layout) -> PlannedFolder | None:
    """The genre's folder an entry belongs in, None when it is in a right one or none can be chosen."""
    if place.here & {word for genres in entry_genres.genres for word in genres} or place.kind is None:
        return None
    folders = [place.kind.folders[name] for name in sorted(place.kind.folders)]
    homes = [folder for folder in folders if layout.role(folder) == "genre"]
    found = {first_home(homes, genres, layout) for genres in entry_genres.genres}
    return found.pop() if len(found) == 1 else None


def first_home(homes: Sequence[PlannedFolder], genres: Sequence[str], layout: Layout) -> PlannedFolder | None:
    """Of folders of genres that of the first of these genres that has one."""
    return next((home for genre in genres for home in homes if genre in layout.genres(home)), None)


def in_range(folder: PlannedFolder, name: str, layout: Layout) -> bytes:
    """The innermost range folder below a folder that a name belongs in, else the folder itself."""
    if not layout.ranges(folder):
        return folder.path
    inner = range_for(layout.shelf(folder, entries=False), name)
    return folder.path + b"/" + os.fsencode(inner) if inner else folder.path


def _shown(folder: PlannedFolder) -> str:
    return printable(os.path.basename(os.fsdecode(folder.name)))


def _named(thing: PlannedLink | PlannedFolder, goal: bytes, why: str) -> Finding:
    """What is said of links in the wrong folder none of which leads to a file: nothing moves that may be about to be
    replaced where it is."""
    target = thing.target if isinstance(thing, PlannedLink) else b""
    facts = {"belongs_in": os.fsdecode(goal)}
    return Finding("misplaced", thing.path, f"{why}; it stays while it leads to no file", target, facts)


def _finding(thing: PlannedLink | PlannedFolder, goal: bytes, why: str, mover: Mover) -> Finding:
    path, target = thing.path, thing.target if isinstance(thing, PlannedLink) else b""
    facts = {"belongs_in": os.fsdecode(goal)}
    refusal = mover.refusal(thing, goal)
    if refusal:
        return Finding("misplaced", path, f"{why}; it stays: {refusal}", target, facts)
    return Finding("misplaced", path, why, target, facts, tuple(mover.move(thing, goal, why)))
