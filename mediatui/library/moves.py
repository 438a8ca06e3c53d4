"""Proposing moves within the library: whether a link or folder may go somewhere, and the steps that take it there."""

from __future__ import annotations

import os
from bisect import bisect_left

from mediatui.library.shape import Folder, Link, Shape
from mediatui.library.world import Tree
from mediatui.model.plan import MovePath, RelinkSymlink, Step
from mediatui.model.text import printable

TAKEN = "something of that name is there already"


class Mover:
    """Moves in a picture of the library; what it says is possible it does there too."""

    def __init__(self, shape: Shape, tree: Tree) -> None:
        self._shape = shape
        # A link that is reached through another one must not move: links to it would be dead.
        self._reached = sorted({link.pointed for link in tree.links if tree.root_of(link.pointed) is not None})
        self._devices: dict[bytes, int] = {}

    def leads_through(self, path: bytes) -> bool:
        """Whether a link of the library points at this path or below it."""
        at = bisect_left(self._reached, path)
        while at < len(self._reached) and self._reached[at].startswith(path):
            if self._reached[at] == path or self._reached[at][len(path) : len(path) + 1] == b"/":
                return True
            at += 1
        return False

    def refusal(self, thing: Link | Folder, goal: bytes) -> str:
        """Why a link or folder cannot move into the folder at ``goal``, which need not be there; empty when it can."""
        if why := self._no_way(goal, thing.name):
            return why
        path = thing.path
        if (goal + b"/").startswith(path + b"/"):
            return "a folder cannot be moved into itself"
        if self.leads_through(path):
            return "other links lead through it"
        held = _held_link(thing) if isinstance(thing, Link) else _held_folder(thing, path)
        if held:
            return held
        if self._device_at(path if isinstance(thing, Folder) else os.path.dirname(path)) != self._device_at(goal):
            return "it would go to another file system"
        return ""

    def _no_way(self, goal: bytes, name: bytes) -> str:
        folder = self._shape.folder(goal)
        if folder is not None:
            if folder.unread:
                return "the folder it belongs in could not be read"
            return TAKEN if folder.holds(name) else ""
        above = self._shape.folder(os.path.dirname(goal))
        if above is not None and above.holds(os.path.basename(goal)):
            return "something that is no folder has the name of the folder it belongs in"
        return self._no_way(os.path.dirname(goal), os.path.basename(goal)) if above is None else ""

    def _device_at(self, path: bytes) -> int:
        """The number of the file system a folder is on, or the nearest above it that is there."""
        if path not in self._devices:
            try:
                self._devices[path] = os.stat(path).st_dev
            except OSError:
                above = os.path.dirname(path)
                self._devices[path] = -1 if above == path else self._device_at(above)
        return self._devices[path]

    def move(self, thing: Link | Folder, goal: bytes, reason: str) -> list[Step]:
        """The steps that move it into the folder at ``goal``; in the picture it is there afterwards. A relative link is
        made absolute first."""
        path, steps = os.fsdecode(thing.path), list[Step]()
        if isinstance(thing, Link) and not thing.target.startswith(b"/"):
            absolute = os.fsdecode(thing.pointed)
            steps.append(
                RelinkSymlink(
                    what=printable(path), path=path, target=os.fsdecode(thing.target), new_target=absolute,
                    reason="a relative link cannot move",
                )
            )  # fmt: skip
            thing.target = thing.pointed
        target = os.fsdecode(thing.target) if isinstance(thing, Link) else ""
        new = os.fsdecode(goal + b"/" + thing.name)
        steps.append(MovePath(what=printable(path), path=path, new_path=new, target=target, reason=reason))
        self._shape.move(thing, self._folder_at(goal))
        return steps

    def _folder_at(self, path: bytes) -> Folder:
        found = self._shape.folder(path)
        if found is None:
            found = self._shape.make(self._folder_at(os.path.dirname(path)), os.path.basename(path))
        return found


def _held_link(link: Link) -> str:
    """Why a link has to stay where it is."""
    if link.state != "ok":
        return "its target cannot be seen"
    if not link.target.startswith(b"/") and not os.path.exists(link.pointed):
        return "it is relative, and where it leads cannot be told without it"
    stem = link.name.rpartition(b".")[0] or link.name
    if any(file.startswith(stem) for file in link.folder.files):
        return "real files of its name lie beside it and would stay behind"
    return ""


def _held_folder(folder: Folder, path: bytes) -> str:
    """Why a folder has to stay where it is."""
    if folder.fixed:
        return "a library root or a mount is in it"
    if any(inner.unread for inner in folder.all_folders()):
        return "a folder in it could not be read"
    for link in folder.all_links():
        if not link.target.startswith(b"/") and not link.pointed.startswith(path + b"/"):
            return "a link in it is relative and leads out of it"
    return ""
