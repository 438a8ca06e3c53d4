"""Whether a Sonarr or Radarr sees the library where we see it, and if not, the path map that would fit.

What it calls its root folders is compared with the roots of the library. Where none meets, folders of ours are looked
for that end as its root folders do, and that hold the folders of its series or films: the more of those are found, the
surer. Nothing here writes.
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from mediatui.model.path_map import FolderPath, PathMap, read_folder
from mediatui.system.helper_process import TimedOut, ask

if TYPE_CHECKING:
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.records import RootFolder
    from mediatui.settings import Settings

LOOKED_FOR: Final = 40
"""So many folders of series or films are looked for in a candidate."""
MOST_INSIDE: Final = 200
"""A root with more folders than these holds titles, not categories: those are no candidates."""
LOOK_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class ProposedMap:
    """Pairs (ours, theirs), and how many of the folders of series and films that were looked for are there so."""

    pairs: tuple[tuple[str, str], ...]
    found: int
    looked_for: int

    @property
    def as_json(self) -> str:
        """The value of ``path_map``."""
        return json.dumps([{"ours": ours, "theirs": theirs} for ours, theirs in self.pairs], ensure_ascii=False)

    def command(self, section: str) -> str:
        """The command that sets it for the service whose settings are in ``section``."""
        return f"mediatui config set {section}.path_map {shlex.quote(self.as_json)}"


@dataclass(frozen=True, slots=True)
class RootsLook:
    """The root folders of a service (their paths): all, and those that meet the roots of the library; ``proposal`` is
    the map with which they would, where none does and one was found."""

    roots: tuple[RootFolder, ...]
    meeting: tuple[RootFolder, ...]
    proposal: ProposedMap | None = None

    @property
    def blind(self) -> bool:
        """Whether it has root folders, and none of them has anything to do with the library."""
        return bool(self.roots) and not self.meeting


async def look_at_roots(arr: Arr, path_map: PathMap, our_roots: Sequence[str]) -> RootsLook:
    """Asks a service for its root folders; where none meets ``our_roots``, also for what it holds. Raises
    ServiceError."""
    roots = await arr.root_folders()
    meeting = tuple(root for root in roots if meets(path_map.to_ours(root.path), our_roots))
    if not roots or meeting or not our_roots:
        return RootsLook(roots, meeting)
    items = await (arr.series() if arr.kind == "sonarr" else arr.movies())
    folders = [item.path for item in items if item.path]
    try:
        proposal = await asyncio.to_thread(
            ask, propose_map, [root.path for root in roots], folders, list(our_roots), seconds=LOOK_S
        )
    except (TimedOut, OSError):
        proposal = None
    return RootsLook(roots, meeting, proposal)


def meets(path: str, our_roots: Iterable[str]) -> bool:
    """Whether a folder is one of ``our_roots``, lies in one, or holds one."""
    folder = read_folder(path)
    if folder is None:
        return False
    keys = [root.key for one in our_roots if (root := read_folder(one)) is not None]
    return any(folder.key[: len(key)] == key or key[: len(folder.key)] == folder.key for key in keys)


def propose_map(their_roots: Sequence[str], folders: Sequence[str], our_roots: Sequence[str]) -> ProposedMap | None:
    """The map with which ``their_roots``, and the ``folders`` of their series or films, lie where there are such
    folders for us; None where nothing speaks for one. Blocks."""
    places: list[tuple[FolderPath, str]] = []
    found = looked_for = 0
    for text in their_roots:
        root = read_folder(text)
        if root is None or not root.parts:
            continue
        below = _below(root, folders)
        best, there = None, 0
        for place in _candidates(root, our_roots):
            hits = sum(_is_there(place, parts) for parts in below)
            if best is None or (hits, _tail(root, place)) > (there, _tail(root, best)):
                best, there = place, hits
        if best is not None and (there or _tail(root, best)):
            places.append((root, best))
            found, looked_for = found + there, looked_for + len(below)
    return ProposedMap(_pairs(places), found, looked_for) if places else None


def _pairs(places: Sequence[tuple[FolderPath, str]]) -> tuple[tuple[str, str], ...]:
    """The shortest map that has each root folder of theirs at its place."""
    short = tuple(dict.fromkeys(_shortened(root, place) for root, place in places))
    path_map = PathMap(short)
    if all(path_map.to_ours(root.with_parts(())) == place for root, place in places):
        return short
    return tuple((place, root.with_parts(())) for root, place in places)


def _is_there(place: str, parts: Sequence[str]) -> bool:
    """Whether there is such a folder, in the form of Unicode it was told in or the decomposed one of other systems."""
    forms = (parts, [unicodedata.normalize("NFD", part) for part in parts])
    return any(os.path.isdir(os.path.join(place, *form)) for form in forms)


def _below(root: FolderPath, folders: Sequence[str]) -> list[tuple[str, ...]]:
    """Where some of the folders lie below a root folder of theirs, spread over all of them."""
    read = (read_folder(one) for one in folders)
    inside = [
        one.parts[len(root.parts) :]
        for one in read
        if one is not None and len(one.key) > len(root.key) and one.key[: len(root.key)] == root.key
    ]
    return inside[:: max(1, len(inside) // LOOKED_FOR)][:LOOKED_FOR]


def _candidates(root: FolderPath, our_roots: Sequence[str]) -> list[str]:
    """Folders of ours that may be a root folder of theirs: the library's roots, the two folders above each, the folders
    in it, and what ends as theirs does."""
    found: dict[str, None] = {}
    for ours in our_roots:
        above = [ours, os.path.dirname(ours), os.path.dirname(os.path.dirname(ours))]
        names = sorted(entry.name for entry in os.scandir(ours) if entry.is_dir()) if os.path.isdir(ours) else []
        inside = [os.path.join(ours, name) for name in names] if len(names) <= MOST_INSIDE else []
        tails = [
            os.path.join(place, *root.parts[-count:]) for place in above for count in range(1, len(root.parts) + 1)
        ]
        for place in (*above, *inside, *tails):
            if place.strip("/") and place not in found and os.path.isdir(place):
                found[place] = None
    return list(found)


def _tail(root: FolderPath, place: str) -> int:
    """How many names at their ends two paths have in common."""
    own = read_folder(place)
    if own is None:
        return 0
    ends = zip(reversed(own.parts), reversed(root.parts), strict=False)
    return next((count for count, (one, other) in enumerate(ends) if _fold(one) != _fold(other)),
                min(len(own.parts), len(root.parts)))  # fmt: skip


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _shortened(root: FolderPath, place: str) -> tuple[str, str]:
    """The pair (ours, theirs) without the names both end with, as far as something is left of both."""
    own = read_folder(place)
    assert own is not None
    cut = min(_tail(root, place), len(own.parts) - 1, len(root.parts) - 1)
    ours = FolderPath(own.anchor, own.parts[: len(own.parts) - cut])
    theirs = FolderPath(root.anchor, root.parts[: len(root.parts) - cut])
    return ours.with_parts(()), theirs.with_parts(())


async def missing_map(settings: Settings, name: str) -> ProposedMap | None:
    """The map that would fit the service of this name, where it sees the library under other paths; None where it sees
    it, or nothing speaks for one. Raises ServiceError, and UsageError for settings that cannot be."""
    from mediatui.services.arr.client import configured_arr
    from mediatui.settings.places import configured_path_map, configured_roots

    path_map = configured_path_map(settings, name)
    arr = configured_arr(settings, name)
    try:
        return (await look_at_roots(arr, path_map, list(map(os.fsdecode, configured_roots(settings))))).proposal
    finally:
        await arr.close()
