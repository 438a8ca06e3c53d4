"""Folders of Sonarr and Radarr: the one place that decides whether a path of the library may move or be removed.

A folder that is, holds or lies above the folder of a series or film of Sonarr or Radarr moves only together with their
path of it (``changes.steps.arr_paths``): at the old path a rescan drops every record they have. What cannot move so for
certain stays, with the reason. Their root folders never move and never go, empty ones neither.

Planning and applying ask the same ``OwnedFolders``. Every planned or finished move is reported to it (``moved``), so
that its answers hold for the library as it will be, or as it is by now.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from mediatui.model.human import counted
from mediatui.model.path_map import FolderPath, read_folder
from mediatui.model.text import join_words, printable

if TYPE_CHECKING:
    from mediatui.services.arr.folders import ServiceFolders
    from mediatui.services.arr.records import Movie, Series

Key = tuple[str, ...]
ROOT_FOLDER: Final = "root_folder"
KEPT_WORDS: Final = {
    ROOT_FOLDER: "a root folder of Sonarr or Radarr",
    "series_folder": "the folder of a series of Sonarr",
    "film_folder": "the folder of a film of Radarr",
    "owner_unclear": "perhaps a folder of Sonarr or Radarr",
    "owner_unknown": "Sonarr or Radarr cannot be asked whose it is",
}
"""Why empty folders are kept: the keys of the ``kept`` counts, which stay as they are, and their words for people."""
WORDS: Final = {"sonarr": ("series", "series"), "radarr": ("film", "films")}


@dataclass(frozen=True, slots=True)
class FolderOwner:
    """A series or film (``item`` is its id at ``service``, ``path`` its folder as the service writes it), or a root
    folder of the service when ``item`` is 0."""

    service: str
    service_title: str
    kind: str
    item: int
    title: str
    path: str

    @property
    def whose(self) -> str:
        """Its folder in words: "the folder of Harbor Lights in Sonarr", "a root folder of Sonarr"."""
        if not self.item:
            return f"a root folder of {self.service_title}"
        return f"the folder of {printable(self.title)} in {self.service_title}"


@dataclass(frozen=True, slots=True)
class MoveVerdict:
    """Whether a path may move: not with a ``reason``. With an ``owner`` the service's path of that changes along, to
    ``theirs``. ``risk`` says what the move costs at the service."""

    reason: str = ""
    owner: FolderOwner | None = None
    theirs: str = ""
    risk: str = ""


@dataclass(slots=True)
class _Index:
    """Owners by where their folder is, and by that and every folder above it."""

    at: dict[Key, dict[FolderOwner, None]] = field(default_factory=dict)
    inside: dict[Key, dict[FolderOwner, None]] = field(default_factory=dict)

    def add(self, key: Key, owner: FolderOwner) -> None:
        self.at.setdefault(key, {})[owner] = None
        for length in range(1, len(key) + 1):
            self.inside.setdefault(key[:length], {})[owner] = None

    def remove(self, key: Key, owner: FolderOwner) -> None:
        del self.at[key][owner]
        for length in range(1, len(key) + 1):
            del self.inside[key[:length]][owner]

    def holder(self, key: Key) -> FolderOwner | None:
        """The item whose folder a path is or lies in, the innermost of several. One whose folder is a whole disk holds
        nothing: it would hold everything."""
        for length in range(len(key), 1, -1):
            for owner in self.at.get(key[:length], ()):
                if owner.item:
                    return owner
        return None


class _Service:
    """What one service holds, by our paths and by its own. A match by either means that a path may be one of its
    folders; a match by both means that it certainly is."""

    def __init__(self, held: ServiceFolders) -> None:
        self.name, self.title, self.kind, self.problem = held.name, held.title, held.kind, held.problem
        self._map = held.path_map
        owners = [FolderOwner(held.name, held.title, held.kind, 0, "", path) for path in held.roots]
        items: list[Series | Movie] = [*held.series, *held.movies]
        owners += [FolderOwner(held.name, held.title, held.kind, one.id, one.title, one.path) for one in items]
        folders = {owner: folder for owner in owners if (folder := read_folder(owner.path)) is not None}
        # On Windows case does not count, even where our own file system distinguishes it.
        self._folds = any(folder.is_windows for folder in folders.values())
        self._ours, self._theirs = _Index(), _Index()
        self.items: dict[int, FolderOwner] = {}
        for owner in folders:
            self._add(owner)
        self.roots = [owner for owner in folders if not owner.item]
        self.owners = tuple(folders)

    def _add(self, owner: FolderOwner) -> None:
        self._theirs.add(_key(owner.path), owner)
        self._ours.add(self.key_of(owner), owner)
        if owner.item:
            self.items[owner.item] = owner

    def our_path(self, owner: FolderOwner) -> str:
        """The folder of an owner as we see it."""
        return self._map.to_ours(owner.path)

    def key(self, path: str) -> Key:
        """What one of our paths has in common with the folders of this service that are the same."""
        key = _key(path)
        return tuple(part.casefold() for part in key) if self._folds else key

    def key_of(self, owner: FolderOwner) -> Key:
        """The key of the folder of an owner, as we see it."""
        return self.key(self.our_path(owner))

    def inside(self, path: str) -> list[FolderOwner]:
        """The owners whose folders are this one or lie in it."""
        found = (*self._ours.inside.get(self.key(path), ()), *self._theirs.inside.get(self._their_key(path), ()))
        return list(dict.fromkeys(found))

    def holder(self, path: str) -> FolderOwner | None:
        """The item whose folder a path is or lies in."""
        return self._ours.holder(self.key(path)) or self._theirs.holder(self._their_key(path))

    def is_certain(self, owner: FolderOwner, path: str) -> bool:
        """Whether by our paths and by its own the folder of this owner is that one, or lies in it."""
        ours, theirs = self.key(path), self._their_key(path)
        return self.key_of(owner)[: len(ours)] == ours and _key(owner.path)[: len(theirs)] == theirs

    def moved_path(self, owner: FolderOwner, path: str, new: str) -> str:
        """The service's path of an owner whose folder is, or lies in, one that moves from ``path`` to ``new``; empty
        when there is none. What keeps its name keeps it as the service writes it."""
        goal, own = read_folder(self._map.to_theirs(new)), read_folder(owner.path)
        if goal is None or own is None:
            return ""
        kept = len(self.key_of(owner)) - len(self.key(path))
        if os.path.basename(path) == os.path.basename(new) and goal.parts:
            goal, kept = FolderPath(goal.anchor, goal.parts[:-1]), kept + 1
        return goal.with_parts(own.parts[len(own.parts) - kept :])

    def root_of(self, theirs: str) -> str:
        """The root folder a path of the service lies in, the innermost of several; empty when it lies in none."""
        key = _key(theirs)
        keys = ((_key(root.path), root.path) for root in self.roots)
        return max(
            ((len(at), path) for at, path in keys if len(at) < len(key) and key[: len(at)] == at), default=(0, "")
        )[1]

    def meets(self, root: str) -> bool:
        """Whether a root of ours has anything to do with this service."""
        key = self.key(root)
        return bool(self.inside(root)) or any(_touch(key, self.key_of(one)) for one in self.roots)

    def move(self, owner: FolderOwner, theirs: str) -> None:
        """The path of an item is another now."""
        self._theirs.remove(_key(owner.path), owner)
        self._ours.remove(self.key_of(owner), owner)
        self._add(replace(owner, path=theirs))

    def _their_key(self, path: str) -> Key:
        return _key(self._map.to_theirs(path))


class OwnedFolders:
    """What every service holds, and what that means for our paths. ``roots`` are the roots of our library."""

    def __init__(self, services: Sequence[ServiceFolders], roots: Sequence[bytes]) -> None:
        self._services = [_Service(one) for one in services]
        self._roots = [os.fsdecode(root) for root in roots]
        self._elsewhere = dict(self._names_elsewhere())

    def _names_elsewhere(self) -> Iterator[tuple[str, tuple[FolderOwner, _Service]]]:
        """The names of folders that, by the path map, lie in none of our roots. A folder of ours with such a name may
        be the same one, seen under another path."""
        for service in self._services:
            roots = [service.key(root) for root in self._roots]
            for owner in service.owners:
                key = service.key_of(owner)
                if not any(_touch(key, root) for root in roots):
                    yield _name(key[-1]), (owner, service)

    # Questions

    @property
    def problem(self) -> str:
        """Why it is not known whose a folder is: a service cannot be asked. Empty when all could."""
        return next((f"{one.title} cannot be asked: {one.problem}" for one in self._services if one.problem), "")

    def may_move(self, path: bytes, new: bytes, *, link: bool, inner: Iterable[bytes] = ()) -> MoveVerdict:
        """Whether a link or a folder may move from ``path`` to ``new``, and whose path changes along. ``inner`` are the
        folders in it. May read folders outside the library, so it may block."""
        if self.problem:
            return MoveVerdict(f"whose folder it is is not known: {self.problem}")
        old, to = os.fsdecode(path), os.fsdecode(new)
        inside = self._inside(old)
        holder, goal = self._holder(old), self._holder(to)
        if root := next((owner for owner in inside if not owner.item), None):
            return MoveVerdict(f"it is {root.whose}" if self._is_at(root, old) else f"{root.whose} is in it")
        if len(inside) > 1:
            return MoveVerdict(_several(inside))
        if inside and not link:
            return self._along(inside[0], old, to)
        if inside or (holder is not None and goal != holder):
            return MoveVerdict(f"it lies in {(holder or inside[0]).whose}, and does not leave it by itself")
        if holder is None and goal is not None and not link:
            return MoveVerdict(f"it would lie in {goal.whose}")
        left = self._folders_left(old, to) if link else [old, *map(os.fsdecode, inner)]
        if holder is None and (why := self._why_unclear(left)):
            return MoveVerdict(why)
        return MoveVerdict(risk=_record_loss(holder))

    def _along(self, owner: FolderOwner, old: str, new: str) -> MoveVerdict:
        """Whether the path of the one item in a folder can change along."""
        service = self._service(owner)
        if not service.is_certain(owner, old):
            return MoveVerdict(f"it may be {owner.whose}: the path map does not say for certain")
        theirs = service.moved_path(owner, old, new)
        if not theirs or not _is_text(theirs):
            return MoveVerdict(f"it is {owner.whose}, and a name that is not UTF-8 cannot be sent to it")
        if (goal := self._holder(new)) is not None:
            return MoveVerdict(f"it would lie in {goal.whose}")
        if not service.root_of(theirs):
            return MoveVerdict(f"it is {owner.whose}, and would lie in none of its root folders")
        return MoveVerdict(owner=owner, theirs=theirs)

    def may_go(self, path: bytes) -> tuple[str, str]:
        """Why an empty folder has to stay: the key of ``KEPT_WORDS`` to count it by, and the reason. Both are empty
        when it may go. May block as ``may_move`` may."""
        if self.problem:
            return "owner_unknown", f"whose folder it is is not known: {self.problem}"
        name = os.fsdecode(path)
        inside = sorted(self._inside(name), key=lambda owner: bool(owner.item))
        if inside:
            owner = inside[0]
            key = f"{WORDS[owner.kind][0]}_folder" if owner.item else ROOT_FOLDER
            return key, f"it is {owner.whose}" if self._is_at(owner, name) else f"{owner.whose} is in it"
        why = self._why_unclear([name]) if self._holder(name) is None else ""
        return ("owner_unclear", why) if why else ("", "")

    def find(self, service: str, item: int) -> FolderOwner | None:
        """A series or film by its id at a service."""
        return next((one.items.get(item) for one in self._services if one.name == service), None)

    def root_of(self, service: str, theirs: str) -> str:
        """The root folder a path of a service lies in, as the service writes both; empty when it lies in none."""
        return next((one.root_of(theirs) for one in self._services if one.name == service), "")

    def moved(self, owner: FolderOwner, theirs: str) -> None:
        """The service's path of an item is ``theirs`` from now on."""
        self._service(owner).move(owner, theirs)

    def _service(self, owner: FolderOwner) -> _Service:
        return next(one for one in self._services if one.name == owner.service)

    def _inside(self, path: str) -> list[FolderOwner]:
        return [owner for service in self._services for owner in service.inside(path)]

    def _holder(self, path: str) -> FolderOwner | None:
        return next((owner for service in self._services if (owner := service.holder(path)) is not None), None)

    def _is_at(self, owner: FolderOwner, path: str) -> bool:
        service = self._service(owner)
        return service.key_of(owner) == service.key(path)

    def _folders_left(self, old: str, new: str) -> list[str]:
        """The folders below a root that a link lies in and would not lie in any more."""
        left, folder = [], os.path.dirname(old)
        while folder not in (*self._roots, "/", "") and not new.startswith(folder + "/"):
            left.append(folder)
            folder = os.path.dirname(folder)
        return left

    def _why_unclear(self, folders: Sequence[str]) -> str:
        """Why one of these folders of ours may be one of theirs that is seen under another path; empty when none is."""
        for folder in folders:
            found = self._elsewhere.get(_name(os.path.basename(folder)))
            if found is not None and not _are_two(folder, found[1].our_path(found[0])):
                owner, service = found
                return (
                    f"it may be {owner.whose}, which lies at {printable(owner.path)} there; if it is the same, say so "
                    f"in {service.name}.path_map"
                )
        return ""

    # Sentences

    def describe_known_folders(self) -> list[str]:
        """Which service knows what of our roots, as sentences."""
        if not self._services:
            return ["No Sonarr or Radarr is configured: whether a folder is one of theirs cannot be known."]
        said = [self._known_to(service) for service in self._services]
        alone = [root for root in self._roots if not any(service.meets(root) for service in self._services)]
        if alone and not self.problem:
            said.append(f"No service knows anything in {join_words([printable(root) for root in alone])}.")
        return said

    def _known_to(self, service: _Service) -> str:
        if service.problem:
            return f"{service.title} cannot be asked: {service.problem} No folder is moved or removed meanwhile."
        counts = {root: sum(1 for owner in service.inside(root) if owner.item) for root in self._roots}
        parts = [
            f"{counted(count, *WORDS[service.kind])} in {printable(root)}" for root, count in counts.items() if count
        ]
        if parts:
            return f"{service.title} knows {join_words(parts)}."
        return f"{service.title} knows nothing in the library; if it sees it under another path, say so: path_map."


def _key(path: str) -> Key:
    folder = read_folder(path)
    return () if folder is None else folder.key


def _name(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _touch(one: Key, other: Key) -> bool:
    """Whether one of two folders is the other, or lies in it."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _are_two(folder: str, there: str) -> bool:
    """Whether two folders are both there and not the same one."""
    try:
        return os.path.isdir(there) and not os.path.samefile(folder, there)
    except OSError:
        return False


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _several(inside: Sequence[FolderOwner]) -> str:
    """Why a folder with several items stays."""
    services = list(dict.fromkeys(owner.service_title for owner in inside))
    if len(services) > 1:
        return f"{join_words(services)} share it"
    return f"the folders of {len(inside):,} {WORDS[inside[0].kind][1]} of {services[0]} are in it"


def _record_loss(holder: FolderOwner | None) -> str:
    """What a move within the folder of an item costs there."""
    if holder is None:
        return ""
    return f"{holder.service_title} makes a new record of it: release group and PROPER of the old one are lost"
