"""Proposes moves within the library: whether a link or folder may move somewhere, and the steps that move it.

A folder moves together with its paths in Sonarr and Radarr, or it stays (``changes.owned_folders``).
"""

from __future__ import annotations

import os
from bisect import bisect_left

from mediatui.changes.owned_folders import FolderOwner, MoveVerdict, OwnedFolders
from mediatui.changes.steps.moves import ArrPath, MovePath
from mediatui.changes.steps.symlinks import RelinkSymlink
from mediatui.library.maintenance.planned_tree import PlannedFolder, PlannedLink, PlannedTree
from mediatui.library.maintenance.reading import Reader, device_of, exists
from mediatui.library.maintenance.snapshot import Tree
from mediatui.model.path import is_below, is_within
from mediatui.model.plan import Step
from mediatui.model.text import printable

TAKEN = "something of that name is there already"


class Mover:
    """Proposes moves and carries them out in the planned tree."""

    def __init__(self, planned_tree: PlannedTree, tree: Tree, owned: OwnedFolders) -> None:
        self._planned_tree = planned_tree
        self._owned = owned
        # A link that is reached through another one must not move: links to it would be dead.
        self._reached = sorted({link.pointed for link in tree.links if tree.root_of(link.pointed) is not None})
        self._devices: dict[bytes, int] = {}
        self._reader = tree.reader

    def leads_through(self, path: bytes) -> bool:
        """Whether a link of the library points at this path or below it."""
        at = bisect_left(self._reached, path)
        while at < len(self._reached) and self._reached[at].startswith(path):
            if self._reached[at] == path or self._reached[at][len(path) : len(path) + 1] == b"/":
                return True
            at += 1
        return False

    def refusal(self, thing: PlannedLink | PlannedFolder, goal: bytes) -> str:
        """Why a link or folder cannot move into the folder at ``goal``, which need not exist; empty when it can."""
        if why := self._no_way(goal, thing.name):
            return why
        path = thing.path
        if is_within(goal, path):
            return "a folder cannot be moved into itself"
        if self.leads_through(path):
            return "other links lead through it"
        held = _held_link(thing, self._reader) if isinstance(thing, PlannedLink) else _held_folder(thing, path)
        if held:
            return held
        if self._device_at(path if isinstance(thing, PlannedFolder) else os.path.dirname(path)) != self._device_at(
            goal
        ):
            return "it would go to another file system"
        return self._verdict(thing, goal).reason

    def _verdict(self, thing: PlannedLink | PlannedFolder, goal: bytes) -> MoveVerdict:
        inner = (
            (folder.path for folder in thing.all_folders() if folder is not thing)
            if isinstance(thing, PlannedFolder)
            else ()
        )
        return self._owned.may_move(
            thing.path, goal + b"/" + thing.name, link=isinstance(thing, PlannedLink), inner=inner
        )

    def _no_way(self, goal: bytes, name: bytes) -> str:
        folder = self._planned_tree.folder(goal)
        if folder is not None:
            if folder.unread:
                return "the folder it belongs in could not be read"
            return TAKEN if folder.holds(name) else ""
        above = self._planned_tree.folder(os.path.dirname(goal))
        if above is not None and above.holds(os.path.basename(goal)):
            return "something that is no folder has the name of the folder it belongs in"
        return self._no_way(os.path.dirname(goal), os.path.basename(goal)) if above is None else ""

    def _device_at(self, path: bytes) -> int:
        """The device number of a folder, or of the nearest folder above it that exists."""
        if path not in self._devices:
            try:
                self._devices[path] = self._reader.ask(device_of, path)
            except OSError:
                above = os.path.dirname(path)
                self._devices[path] = -1 if above == path else self._device_at(above)
        return self._devices[path]

    def move(self, thing: PlannedLink | PlannedFolder, goal: bytes, reason: str) -> list[Step]:
        """The steps that move it into the folder at ``goal``; the planned tree moves it too. A relative link is made
        absolute first; a service's path of a folder changes right after."""
        path, steps, verdict = os.fsdecode(thing.path), list[Step](), self._verdict(thing, goal)
        if isinstance(thing, PlannedLink) and not thing.target.startswith(b"/"):
            absolute = os.fsdecode(thing.pointed)
            steps.append(
                RelinkSymlink(
                    what=printable(path), path=path, target=os.fsdecode(thing.target), new_target=absolute,
                    reason="a relative link cannot move",
                )
            )  # fmt: skip
            thing.target = thing.pointed
        target = os.fsdecode(thing.target) if isinstance(thing, PlannedLink) else ""
        new = os.fsdecode(goal + b"/" + thing.name)
        move = MovePath(what=printable(path), path=path, new_path=new, target=target, reason=reason, risk=verdict.risk)
        steps.append(move)
        if verdict.owner is not None:
            steps.append(path_change(move, verdict.owner, verdict.theirs))
            self._owned.moved(verdict.owner, verdict.theirs)
        self._planned_tree.move(thing, self._folder_at(goal))
        return steps

    def _folder_at(self, path: bytes) -> PlannedFolder:
        found = self._planned_tree.folder(path)
        if found is None:
            found = self._planned_tree.make(self._folder_at(os.path.dirname(path)), os.path.basename(path))
        return found


def path_change(move: MovePath, owner: FolderOwner, theirs: str) -> ArrPath:
    """The step after the move of a folder: the service's path of the series or film in it becomes ``theirs``."""
    return ArrPath(
        what=f"{owner.service_title}'s path of {printable(owner.title)} changes",
        reason=f"from {printable(owner.path)} to {printable(theirs)}",
        service=owner.service, service_title=owner.service_title, item=owner.item, title=owner.title,
        path=move.path, new_path=move.new_path, theirs=owner.path, new_theirs=theirs,
    )  # fmt: skip


def _held_link(link: PlannedLink, reader: Reader) -> str:
    """Why a link has to stay where it is."""
    if link.state != "ok":
        return "its target cannot be seen"
    if not link.target.startswith(b"/") and not _is_there(link.pointed, reader):
        return "it is relative, and its absolute target cannot be determined"
    stem = link.name.rpartition(b".")[0] or link.name
    if any(file.startswith(stem) for file in link.folder.files):
        return "real files of its name lie beside it and would stay behind"
    return ""


def _is_there(path: bytes, reader: Reader) -> bool:
    try:
        return reader.ask(exists, path)
    except OSError:
        return False


def _held_folder(folder: PlannedFolder, path: bytes) -> str:
    """Why a folder has to stay where it is."""
    if folder.fixed:
        return "a library root or a mount is in it"
    if any(inner.unread for inner in folder.all_folders()):
        return "a folder in it could not be read"
    for link in folder.all_links():
        if not link.target.startswith(b"/") and not is_below(link.pointed, path):
            return "a link in it is relative and leads out of it"
    return ""
