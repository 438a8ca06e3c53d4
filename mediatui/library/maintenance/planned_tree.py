"""The library as it will be: its folders, links and files, changed in memory as steps are proposed.

What a later category of the cleanup proposes depends on what the earlier ones do; each reads the planned tree as it is
by then. Nothing on disk is looked at or changed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from mediatui.library.maintenance.snapshot import Tree
from mediatui.model.path import is_within


@dataclass(slots=True, eq=False)
class PlannedLink:
    """A symlink; ``target``, ``pointed`` and ``state`` are as in ``snapshot.TreeLink``."""

    name: bytes
    folder: PlannedFolder
    target: bytes
    pointed: bytes
    state: str

    @property
    def path(self) -> bytes:
        """Its path in the planned tree."""
        return self.folder.path + b"/" + self.name


@dataclass(slots=True, eq=False)
class PlannedFolder:
    """A folder; without a parent its name is its whole path. ``unread``: its content is unknown. ``fixed``: it is a
    root, or a mount or storage lies in it, so it is never moved and never removed. ``hidden``: its name is hidden
    (``model.hidden_names``), or it lies in such a folder. Hidden links count as files."""

    name: bytes
    parent: PlannedFolder | None = None
    folders: dict[bytes, PlannedFolder] = field(default_factory=dict)
    links: dict[bytes, PlannedLink] = field(default_factory=dict)
    files: frozenset[bytes] = frozenset()
    unread: bool = False
    fixed: bool = False
    hidden: bool = False

    @property
    def path(self) -> bytes:
        """Its path in the planned tree."""
        return self.name if self.parent is None else self.parent.path + b"/" + self.name

    def holds(self, name: bytes) -> bool:
        """Whether anything of that name is directly in it."""
        return name in self.folders or name in self.links or name in self.files

    def all_folders(self) -> Iterator[PlannedFolder]:
        """This folder and all below it, parents first, in the order of their names."""
        pending = [self]
        while pending:
            folder = pending.pop()
            yield folder
            pending += [folder.folders[name] for name in sorted(folder.folders, reverse=True)]

    def all_links(self) -> Iterator[PlannedLink]:
        """Every link in it and below."""
        return chain.from_iterable(folder.links.values() for folder in self.all_folders())


class PlannedTree:
    """The planned state. ``tops`` are the roots that lie in no other root, ``entered`` the folders something moved
    into."""

    def __init__(self, tree: Tree, fixed: tuple[bytes, ...] = ()) -> None:
        self._at: dict[bytes, PlannedFolder] = {}
        unread = {path for path, _number in tree.unread}
        by_path = tree.by_path
        for path in sorted(tree.folders):
            names, links, files = tree.folders[path]
            folder = self._at.setdefault(path, PlannedFolder(path, unread=path in unread))
            folder.files = frozenset([*files, *(name for name in links if path + b"/" + name in tree.hidden)])
            for name in links:
                if name in folder.files:
                    continue
                seen = by_path[path + b"/" + name]
                folder.links[name] = PlannedLink(name, folder, seen.target, seen.pointed, seen.state)
            for name in names:
                inner = path + b"/" + name
                gone = inner in unread or inner not in tree.folders
                self._at[inner] = folder.folders[name] = PlannedFolder(
                    name, folder, unread=gone, hidden=inner in tree.hidden
                )
        kept = (*tree.roots, *fixed)
        for path, folder in self._at.items():
            folder.fixed = any(is_within(place, path) for place in kept)
        self.entered: dict[PlannedFolder, None] = {}
        self.tops = [folder for folder in self._at.values() if folder.parent is None]

    def folder(self, path: bytes) -> PlannedFolder | None:
        """The folder at a path in the planned tree, None when there is none."""
        for top in self.tops:
            if is_within(path, top.name):
                found: PlannedFolder | None = top
                for name in path[len(top.name) + 1 :].split(b"/") if path != top.name else ():
                    found = found.folders.get(name) if found is not None else None
                return found
        return None

    def all_folders(self) -> Iterator[PlannedFolder]:
        """Every folder, parents first, in the order of their names."""
        return chain.from_iterable(top.all_folders() for top in self.tops)

    def make(self, parent: PlannedFolder, name: bytes) -> PlannedFolder:
        """Adds a folder and returns it."""
        made = parent.folders[name] = PlannedFolder(name, parent)
        return made

    def move(self, thing: PlannedLink | PlannedFolder, goal: PlannedFolder) -> None:
        """Puts a link or a folder into another folder, under its name."""
        self.remove(thing)
        self.entered[goal] = None
        if isinstance(thing, PlannedLink):
            goal.links[thing.name] = thing
            thing.folder = goal
        else:
            goal.folders[thing.name] = thing
            thing.parent = goal

    def remove(self, thing: PlannedLink | PlannedFolder) -> None:
        """Removes a link or a folder."""
        if isinstance(thing, PlannedLink):
            del thing.folder.links[thing.name]
        elif thing.parent is not None:
            del thing.parent.folders[thing.name]
