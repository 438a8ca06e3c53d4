"""The library as the tools of maintenance see it: every folder, link and file of the roots, and the files on storage.

Read once, each folder listed once, no target looked at that a listing has shown already: that is what makes it fast,
also where a call to a mount takes long.
"""

from __future__ import annotations

import errno
import functools
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mediatui.changes.owned_folders import OwnedFolders
from mediatui.model.finding import Finding
from mediatui.model.text import fold, printable
from mediatui.services.symlinks import absolute, state_of_errno
from mediatui.store.library import count_links

if TYPE_CHECKING:
    from mediatui.library.media import Known

BEAT = 200
SHOWN = 5
"""So many folders that could not be read are named."""
"""Progress is told after so many folders."""
KIND_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("film", "films", "movie", "movies", "cinema"), "film"),
    **dict.fromkeys(("serie", "series", "show", "shows", "tv", "tv shows", "tvshows", "anime", "animes"), "episode"),
}
"""Names of category folders, folded, and whether films or episodes are in them."""


@dataclass(frozen=True, slots=True)
class TreeLink:
    """A symlink of the library: ``target`` is its text, ``pointed`` where that leads (absolute, normalized), ``state``
    ``ok``, ``broken``, ``loop``, ``unreadable``, ``unreachable`` or ``unknown`` (the mount it needs is away)."""

    path: bytes
    target: bytes
    pointed: bytes
    state: str


@dataclass
class Tree:
    """What is in the roots. ``folders`` maps each folder to the names right in it: folders, links, and files that are
    real. ``unread`` are folders that could not be read: nothing is known of what is below them."""

    roots: Sequence[bytes]
    links: list[TreeLink] = field(default_factory=list)
    folders: dict[bytes, tuple[list[bytes], list[bytes], list[bytes]]] = field(default_factory=dict)
    unread: list[tuple[bytes, int]] = field(default_factory=list)

    @functools.cached_property
    def by_path(self) -> Mapping[bytes, TreeLink]:
        """The links by their path."""
        return {link.path: link for link in self.links}

    def root_of(self, path: bytes) -> bytes | None:
        """The root a path lies in."""
        return next((root for root in self.roots if path.startswith(root + b"/")), None)


@dataclass(slots=True)
class Storage:
    """The real files: ``folders`` maps each folder to the names of the files right in it. ``unread`` as in Tree."""

    tops: Sequence[bytes]
    folders: dict[bytes, list[bytes]] = field(default_factory=dict)
    files: set[bytes] = field(default_factory=set)
    unread: list[tuple[bytes, int]] = field(default_factory=list)

    def __contains__(self, path: bytes) -> bool:
        return path in self.files

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.files)


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are, as configured. ``dead`` are the mounts that are away, with the reason: what needs them is
    unknown."""

    roots: tuple[bytes, ...]
    mounts: tuple[bytes, ...]
    storage: tuple[bytes, ...]
    dead: Mapping[bytes, str]
    video_extensions: tuple[str, ...]
    small_below: int

    def is_video(self, name: bytes) -> bool:
        """Whether a file of this name counts as a video."""
        return name.rpartition(b".")[2].lower().decode("ascii", "replace") in self.video_extensions

    def away(self, path: bytes) -> bool:
        """Whether a path lies on a mount that is away."""
        return any(path == mount or path.startswith(mount + b"/") for mount in self.dead)


class Tell:
    """How an analysis tells what it does and finds; every call returns at once."""

    def __init__(self, send: Callable[[str, object], None]) -> None:
        self._send = send
        self._findings: list[Finding] = []

    def phase(self, name: str, total: int | None = None) -> None:
        """A new stretch of work begins."""
        self.flush()
        self._send("phase", (name, total))

    def progress(self, done: int, total: int | None = None, current: str = "") -> None:
        """Where the phase stands."""
        self.flush()
        self._send("progress", (done, total, current))

    def said(self, level: str, text: str) -> None:
        """A line for people: ``info`` or ``warning``."""
        self._send("said", (level, text))

    def found(self, finding: Finding) -> None:
        """Something to list."""
        self._findings.append(finding)
        if len(self._findings) >= BEAT:
            self.flush()

    def store(self, table: str, rows: Sequence[object]) -> None:
        """Rows for the database, which the process that asked writes: ``names``, and of ``store.media`` ``media``
        (put_media), ``media links`` (set_media_links) and ``media gone`` (ids)."""
        self._send("store", (table, rows))

    def flush(self) -> None:
        """Sends what was found."""
        if self._findings:
            self._send("found", self._findings)
            self._findings = []


@dataclass(slots=True)
class World:
    """Everything an analysis may look at; tree and storage are read when they are first asked for.

    ``connection`` is the archive, to read; ``owned`` what Sonarr and Radarr hold. Links behind folders that are
    symlinks are not part of the library.
    """

    places: Places
    connection: sqlite3.Connection
    tell: Tell
    owned: OwnedFolders = field(default_factory=lambda: OwnedFolders((), ()))
    _tree: Tree | None = None
    _storage: Storage | None = None
    _media: Known | None = None
    _kinds: dict[bytes, str] = field(default_factory=dict)
    _unread: set[bytes] | None = None

    @property
    def tree(self) -> Tree:
        """The roots, with every link judged. Reads the storage first, which tells what most targets are."""
        if self._tree is None:
            storage = self.storage
            self.tell.phase("reading the library")
            self._tree = read_tree(self.places, storage, self.tell)
            self._doubt_empty_roots(self._tree)
            self._say_unread(self._tree.unread, "library")
        return self._tree

    def _doubt_empty_roots(self, tree: Tree) -> None:
        """A root that holds nothing, though links were known in it, is not empty but away."""
        for root in tree.roots:
            if not any(tree.folders.get(root, ([1],))) and count_links(self.connection, root):
                tree.unread.append((root, errno.ENODATA))

    @property
    def storage(self) -> Storage:
        """The files on mounts and storage that are alive."""
        if self._storage is None:
            self.tell.phase("indexing storage files")
            self._storage = read_storage(self.places, self.tell)
            self._say_unread(self._storage.unread, "storage")
        return self._storage

    def _say_unread(self, unread: Sequence[tuple[bytes, int]], what: str) -> None:
        """Says which folders could not be read: whatever a tool finds, it looked at the others alone."""
        for folder, number in unread[:SHOWN]:
            shown = printable(os.fsdecode(folder))
            self.tell.said("warning", f"{shown} could not be read ({os.strerror(number)}); what is in it is unknown.")
        if len(unread) > SHOWN:
            self.tell.said("warning", f"Neither could {len(unread) - SHOWN:,} more folders of the {what}.")

    @property
    def media(self) -> Known:
        """The films and episodes the library knows, brought up to date with the tree (``library.media``)."""
        if self._media is None:
            from mediatui.library.media import refresh_media

            self._media = refresh_media(self)
        return self._media

    def kind(self, path: bytes) -> str:
        """``kind_of`` a path in the roots; asked once a folder."""
        folder = os.path.dirname(path)
        if folder not in self._kinds:
            self._kinds[folder] = kind_of(path, self.places.roots)
        return self._kinds[folder]

    def resolved(self, link: TreeLink) -> bytes:
        """The real path a live link leads to."""
        return resolved(link, self.storage)

    def unseen(self, path: bytes) -> bool:
        """Whether a path of the library lies below a folder that could not be read: nothing is known of it."""
        if self._unread is None:
            self._unread = {folder for folder, _ in self.tree.unread}
        return bool(self._unread) and any(above in self._unread for above in _above(path))


def read_storage(places: Places, tell: Tell) -> Storage:
    """Lists every folder of the mounts and of the storage once; symlinks in there are not followed."""
    tops = [top for top in dict.fromkeys((*places.mounts, *places.storage)) if not places.away(top)]
    tops = [top for top in tops if not any(top.startswith(other + b"/") for other in tops)]
    found = Storage(tops)
    pending = list(tops)
    while pending:
        folder = pending.pop()
        names: list[bytes] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if not entry.name.startswith(b"."):
                            pending.append(entry.path)
                    elif entry.is_file(follow_symlinks=False):
                        names.append(entry.name)
                        found.files.add(entry.path)
        except OSError as error:
            found.unread.append((folder, error.errno or errno.EIO))
        if names:
            found.folders[folder] = names
        if len(found.folders) % BEAT == 0:
            tell.progress(len(found.files), current=os.fsdecode(folder))
    tell.progress(len(found.files))
    return found


def read_tree(places: Places, storage: Storage, tell: Tell) -> Tree:
    """Walks the roots once, by name: what belongs together is found together. A target that the storage lists is not
    looked at again."""
    tree = Tree(places.roots)
    pending = list(reversed(places.roots))
    while pending:
        folder = pending.pop()
        folders: list[bytes] = []
        links: list[bytes] = []
        files: list[bytes] = []
        try:
            with os.scandir(folder) as entries:
                for entry in sorted(entries, key=lambda entry: entry.name):
                    if entry.is_symlink():
                        links.append(entry.name)
                        tree.links.append(judge_link(entry.path, places, storage))
                    elif entry.is_dir(follow_symlinks=False):
                        folders.append(entry.name)
                    else:
                        files.append(entry.name)
        except OSError as error:
            tree.unread.append((folder, error.errno or errno.EIO))
            continue
        tree.folders[folder] = (folders, links, files)
        pending.extend(os.path.join(folder, name) for name in reversed(folders))
        if len(tree.folders) % BEAT == 0:
            tell.progress(len(tree.links), current=os.fsdecode(folder))
    tell.progress(len(tree.links))
    return tree


def judge_link(path: bytes, places: Places, storage: Storage) -> TreeLink:
    """A link as it is now."""
    try:
        target = os.readlink(path)
    except OSError:
        return TreeLink(path, b"", b"", "unknown")
    pointed = absolute(path, target)
    if places.away(pointed):
        return TreeLink(path, target, pointed, "unknown")
    if pointed in storage:
        return TreeLink(path, target, pointed, "ok")
    try:
        os.stat(path)
    except OSError as error:
        state = state_of_errno(error.errno or errno.EIO)
        away = state == "broken" and not _on(pointed, (*places.mounts, *places.storage, *places.roots))
        return TreeLink(path, target, pointed, "unknown" if away else state)
    return TreeLink(path, target, pointed, "ok")


def _above(path: bytes) -> Iterator[bytes]:
    """The folders a path lies in, the nearest first."""
    while (folder := os.path.dirname(path)) != path:
        yield folder
        path = folder


def _on(path: bytes, places: Iterable[bytes]) -> bool:
    return any(path.startswith(place + b"/") for place in places)


def resolved(link: TreeLink, storage: Storage) -> bytes:
    """The real path a live link leads to, all links on the way followed."""
    return link.pointed if link.pointed in storage else os.path.realpath(link.path)


def kind_of(path: bytes, roots: Sequence[bytes]) -> str:
    """``film`` or ``episode`` by the names of the folders a path lies in, empty when they do not tell."""
    root = next((root for root in roots if path.startswith(root + b"/")), b"")
    parts = [os.path.basename(root), *path[len(root) + 1 :].split(b"/")[:-1]]
    for part in parts:
        if kind := KIND_WORDS.get(fold(os.fsdecode(part)).strip()):
            return kind
    return ""
