"""Whether a Sonarr or Radarr sees the library under the same paths, and if not, the path map that would fit.

Its root folders are compared with the roots of the library. If none overlaps, folders of ours are searched that end
like its root folders and contain the folders of its series or films: the more of those are found, the surer. Nothing
here writes.
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
from mediatui.model.path_proposal import common_tail, shortened
from mediatui.system.helper_process import TimedOut, ask

if TYPE_CHECKING:
    from mediatui.services.arr.client import Arr
    from mediatui.services.arr.records import RootFolder
    from mediatui.settings import Settings

SOUGHT: Final = 40
"""How many folders of series or films are looked for in a candidate."""
MOST_INSIDE: Final = 200
"""A root with more folders than this holds titles, not categories, so its folders are no candidates."""
SEARCH_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class ProposedMap:
    """Pairs (ours, theirs), and how many of the folders of series and films that were looked for exist with this
    map."""

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
class RootsComparison:
    """The root folders of a service (their paths): all, and those that overlap the roots of the library. If none does,
    ``proposal`` is the map with which they would, if one was found."""

    roots: tuple[RootFolder, ...]
    meeting: tuple[RootFolder, ...]
    proposal: ProposedMap | None = None

    @property
    def blind(self) -> bool:
        """Whether it has root folders and none of them overlaps the library."""
        return bool(self.roots) and not self.meeting


async def compare_roots(arr: Arr, path_map: PathMap, our_roots: Sequence[str]) -> RootsComparison:
    """Asks a service for its root folders and, if none overlaps ``our_roots``, for its series or films. Raises
    ServiceError."""
    roots = await arr.root_folders()
    meeting = tuple(root for root in roots if meets(path_map.to_ours(root.path), our_roots))
    if not roots or meeting or not our_roots:
        return RootsComparison(roots, meeting)
    items = await (arr.series() if arr.kind == "sonarr" else arr.movies())
    folders = [item.path for item in items if item.path]
    try:
        proposal = await asyncio.to_thread(
            ask, propose_map, [root.path for root in roots], folders, list(our_roots), seconds=SEARCH_S
        )
    except (TimedOut, OSError):
        proposal = None
    return RootsComparison(roots, meeting, proposal)


def meets(path: str, our_roots: Iterable[str]) -> bool:
    """Whether a folder is one of ``our_roots``, lies in one, or contains one."""
    folder = read_folder(path)
    if folder is None:
        return False
    keys = [root.key for our_root in our_roots if (root := read_folder(our_root)) is not None]
    return any(folder.key[: len(key)] == key or key[: len(folder.key)] == folder.key for key in keys)


def propose_map(their_roots: Sequence[str], folders: Sequence[str], our_roots: Sequence[str]) -> ProposedMap | None:
    """The map with which ``their_roots``, and the ``folders`` of their series or films, are existing folders of ours;
    None when no folder supports one. Blocks."""
    places: list[tuple[FolderPath, str]] = []
    found = looked_for = 0
    for text in their_roots:
        root = read_folder(text)
        if root is None or not root.parts:
            continue
        below = _below(root, folders)
        best, existing = None, 0
        for place in _candidates(root, our_roots):
            hits = sum(_is_there(place, parts) for parts in below)
            if best is None or (hits, _tail(root, place)) > (existing, _tail(root, best)):
                best, existing = place, hits
        if best is not None and (existing or _tail(root, best)):
            places.append((root, best))
            found, looked_for = found + existing, looked_for + len(below)
    return ProposedMap(_pairs(places), found, looked_for) if places else None


def _pairs(places: Sequence[tuple[FolderPath, str]]) -> tuple[tuple[str, str], ...]:
    """The shortest map that puts each root folder of theirs at its place."""
    short = tuple(dict.fromkeys(shortened(place, root.with_parts(())) for root, place in places))
    path_map = PathMap(short)
    if all(path_map.to_ours(root.with_parts(())) == place for root, place in places):
        return short
    return tuple((place, root.with_parts(())) for root, place in places)


def _is_there(place: str, parts: Sequence[str]) -> bool:
    """Whether there is such a folder, in the Unicode form of the service or in the decomposed form of other systems."""
    forms = (parts, [unicodedata.normalize("NFD", part) for part in parts])
    return any(os.path.isdir(os.path.join(place, *form)) for form in forms)


def _below(root: FolderPath, folders: Sequence[str]) -> list[tuple[str, ...]]:
    """The paths of some of the folders below a root folder of theirs: a sample, spread evenly."""
    read = (read_folder(folder) for folder in folders)
    inside = [
        folder.parts[len(root.parts) :]
        for folder in read
        if folder is not None and len(folder.key) > len(root.key) and folder.key[: len(root.key)] == root.key
    ]
    return inside[:: max(1, len(inside) // SOUGHT)][:SOUGHT]


def _candidates(root: FolderPath, our_roots: Sequence[str]) -> list[str]:
    """Folders of ours that may be a root folder of theirs: the library's roots, the two folders above each, the folders
    in it, and those that end like theirs."""
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
    """The number of trailing names two paths have in common."""
    own = read_folder(place)
    return 0 if own is None else common_tail(own, root)


async def missing_map(settings: Settings, name: str) -> ProposedMap | None:
    """The map for the service of this name if it sees the library under other paths; None when it sees the same paths,
    or no map fits. Raises ServiceError, and UsageError for invalid settings."""
    from mediatui.services.arr.client import configured_arr
    from mediatui.settings.places import configured_path_map, configured_roots

    path_map = configured_path_map(settings, name)
    arr = configured_arr(settings, name)
    try:
        return (await compare_roots(arr, path_map, list(map(os.fsdecode, configured_roots(settings))))).proposal
    finally:
        await arr.close()
