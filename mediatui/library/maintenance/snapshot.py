"""The library as the tools of maintenance see it: every folder, link and file of the roots, and the files on storage.

Everything is read once: each folder is listed once, and targets that a listing has shown are not looked at again, so
reading is fast even where a call to a mount takes long. Mounts are read with a time limit
(``library.maintenance.reading``): a mount that does not answer is away, and the tool goes on with the rest.
"""

from __future__ import annotations

import errno
import functools
import os
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mediatui.changes.owned_folders import OwnedFolders
from mediatui.changes.roots import categories, check_places
from mediatui.library.maintenance.judged_links import LinkJudge
from mediatui.library.maintenance.library_paths import LEFT_AS_IT_IS, LibraryPaths
from mediatui.library.maintenance.reading import Reader, leads_to_folder, names_in
from mediatui.library.maintenance.reporter import Reporter
from mediatui.library.maintenance.storage import BEAT, Storage, read_storage
from mediatui.model.hidden_names import MARKS, is_media_name, is_system_name, standing
from mediatui.model.human import counted
from mediatui.model.kinds import kind_of
from mediatui.model.link import KEPT_BY_GUARDS, NOT_ON_MOUNT, REMOVABLE
from mediatui.model.path import folders_above, is_below
from mediatui.model.text import printable
from mediatui.model.view_finder import innermost
from mediatui.model.views import WITNESSED, unjudged_row
from mediatui.system.mount_calls import Failed
from mediatui.system.symlinks import absolute, state_of_errno

SHOWN = 5
"""How many folders that could not be read are named."""


@dataclass(frozen=True, slots=True)
class TreeLink:
    """A symlink of the library: ``target`` is its text, ``pointed`` where that leads (absolute, normalized), ``state``
    ``ok``, ``broken``, ``loop``, ``wrong kind`` (named like a video, it leads to a folder), ``unreadable``,
    ``unreachable`` or ``unknown`` (the mount it needs is away)."""

    path: bytes
    target: bytes
    pointed: bytes
    state: str


@dataclass
class Tree:
    """What is in the roots. ``folders`` maps each folder to the names directly in it: folders, links, and files that
    are real. ``unread`` are folders that could not be read: what is below them is unknown. ``hidden`` are the folders
    and links whose names are hidden (``model.hidden_names``), and what is below them; ``links`` holds none of these
    links, ``hidden_links`` does."""

    roots: Sequence[bytes]
    links: list[TreeLink] = field(default_factory=list)
    hidden_links: list[TreeLink] = field(default_factory=list)
    hidden: Collection[bytes] = frozenset()
    folders: dict[bytes, tuple[list[bytes], list[bytes], list[bytes]]] = field(default_factory=dict)
    unread: list[tuple[bytes, int]] = field(default_factory=list)
    reader: Reader = field(default_factory=Reader)

    @functools.cached_property
    def by_path(self) -> Mapping[bytes, TreeLink]:
        """The links by their path, hidden ones included."""
        return {link.path: link for link in (*self.hidden_links, *self.links)}

    def root_of(self, path: bytes) -> bytes | None:
        """The root a path lies in."""
        return next((root for root in self.roots if is_below(path, root)), None)


@dataclass(slots=True)
class LibrarySnapshot:
    """Everything an analysis reads; tree and storage are read when they are first needed.

    ``connection`` is the archive, to read; ``owned`` what Sonarr and Radarr hold. Links behind folders that are
    symlinks are not part of the library.
    """

    places: LibraryPaths
    connection: sqlite3.Connection
    reporter: Reporter
    owned: OwnedFolders = field(default_factory=lambda: OwnedFolders((), ()))
    _tree: Tree | None = None
    _storage: Storage | None = None
    _link_judge: LinkJudge | None = None
    _kinds: dict[bytes, str] = field(default_factory=dict)
    _unread: set[bytes] | None = None
    _away: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._away.update(self.places.dead)

    @property
    def tree(self) -> Tree:
        """The roots, with every link judged. Reads the storage first, whose listings show most targets."""
        if self._tree is None:
            storage = self.storage
            self.reporter.phase("reading the library")
            self._tree = read_tree(self.places, storage, self.reporter)
            self._say_paused()
            self._judge_again(self._tree)
            self._flag_emptied_roots(self._tree)
            self._say_unread(self._tree.unread, "library")
            self.reporter.left_out(tops_of_hidden(self._tree))
        return self._tree

    @property
    def link_judge(self) -> LinkJudge:
        """Judges missing targets by what their views show, and by who still has their torrents."""
        if self._link_judge is None:
            places = self.places
            mounts = (*places.mounts, *places.storage)
            self._link_judge = LinkJudge(
                self.connection, mounts, places.roots, places.away, places.timeout_s, places.video_endings
            )
        return self._link_judge

    def _judge_again(self, tree: Tree) -> None:
        """Judges the links that look dead by views and witnesses, and reports how many could not be judged, by the
        place that prevents it."""
        missing = [(one.path, one.target, one.pointed, one.state) for one in tree.links if one.state in REMOVABLE]
        verdicts = self.link_judge.judge(missing)
        states = {path: "unknown" if state == "outside" else state for path, (state, _) in verdicts.items()}
        tree.links = [replace(link, state=states[link.path]) if link.path in states else link for link in tree.links]
        counts: Counter[tuple[str, str]] = Counter()
        for link in tree.links:
            if link.state == NOT_ON_MOUNT:
                counts[link.state, WITNESSED[verdicts[link.path][1]]] += 1
            elif link.state in KEPT_BY_GUARDS:
                place = innermost(self.places.dead, link.pointed)
                why = "what they lead to could not be checked" if place is None else self.places.dead[place]
                counts["unknown", why] += 1
        self.reporter.unjudged([unjudged_row(state, why, links) for (state, why), links in counts.most_common()])

    def _flag_emptied_roots(self, tree: Tree) -> None:
        """Marks roots that are empty although links were known in them as unread: they are away, not empty. The same
        goes for a folder directly in a root, which may be a disk of its own."""
        unread = {folder for folder, _ in tree.unread}
        for root in tree.roots:
            places = [root, *categories(self.connection, root)]
            for place, why, _ in check_places(self.connection, places, tree.roots):
                if why and place not in unread:
                    tree.unread.append((place, errno.ENODATA))

    @property
    def storage(self) -> Storage:
        """The files on mounts and storage that are alive."""
        if self._storage is None:
            self.reporter.phase("indexing storage files")
            self._storage = read_storage(self.places, self.reporter)
            self._say_paused()
            self._say_unread(self._storage.unread, "storage")
            self.reporter.left_out(self._storage.left_out)
        return self._storage

    @property
    def reader(self) -> Reader:
        """The reader for calls on mounts."""
        return self.storage.reader

    def _say_paused(self) -> None:
        """Reports the mounts that did not answer while they were read."""
        new = {mount: why for mount, why in self.places.dead.items() if mount not in self._away}
        for mount, why in new.items():
            shown = printable(os.fsdecode(mount))
            self.reporter.say("warning", f"{shown} was left alone ({why}): {LEFT_AS_IT_IS}.")
        if new:
            self._away.update(new)
            self.reporter.away(new)

    def _say_unread(self, unread: Sequence[tuple[bytes, int]], what: str) -> None:
        """Reports the folders that could not be read: what a tool finds comes from the others alone."""
        for folder, number in unread[:SHOWN]:
            shown = printable(os.fsdecode(folder))
            self.reporter.say(
                "warning", f"{shown} could not be read ({os.strerror(number)}); what is in it is unknown."
            )
        if len(unread) > SHOWN:
            self.reporter.say(
                "warning", f"{counted(len(unread) - SHOWN, 'more folder')} of the {what} could not be read."
            )

    def kind(self, path: bytes) -> str:
        """``kind_of`` a path in the roots, cached by folder."""
        folder = os.path.dirname(path)
        if folder not in self._kinds:
            self._kinds[folder] = kind_of(path, self.places.roots)
        return self._kinds[folder]

    def resolved(self, link: TreeLink) -> bytes:
        """The real path a live link leads to."""
        return resolved(link, self.storage)

    def unseen(self, path: bytes) -> bool:
        """Whether a path of the library lies below a folder that could not be read."""
        if self._unread is None:
            self._unread = {folder for folder, _ in self.tree.unread}
        return bool(self._unread) and any(above in self._unread for above in folders_above(path))


def read_tree(places: LibraryPaths, storage: Storage, reporter: Reporter) -> Tree:
    """Walks the roots once, in the order of names, so that what belongs together is found together. A target that the
    storage lists is not looked at again; the others are looked at last, those on mounts several at a time."""
    tree = _walk(places, storage, reporter)
    _leave_out_hidden(tree, places)
    _stat_targets(tree.links, places, storage)
    reporter.progress(len(tree.links))
    return tree


def read_names(places: LibraryPaths, reporter: Reporter) -> Tree:
    """Walks the roots once as ``read_tree`` does, without a look at any target: the state of every link is empty."""
    tree = _walk(places, Storage((), reader=places.reader()), reporter)
    _leave_out_hidden(tree, places)
    return tree


def _walk(places: LibraryPaths, storage: Storage, reporter: Reporter) -> Tree:
    tree = Tree(places.roots, reader=storage.reader)
    pending = list(reversed(places.roots))
    while pending:
        folder = pending.pop()
        try:
            names = storage.reader.ask(names_in, folder)
        except OSError as error:
            tree.unread.append((folder, error.errno or errno.EIO))
            continue
        links = sorted(names.links)
        folders = sorted(names.folders)
        tree.links += (_by_its_text(folder + b"/" + name, target, places, storage) for name, target in links)
        tree.folders[folder] = (folders, [name for name, _ in links], sorted(names.files + names.others))
        pending.extend(folder + b"/" + name for name in reversed(folders))
        if len(tree.folders) % BEAT == 0:
            reporter.progress(len(tree.links), current=os.fsdecode(folder))
    return tree


def _leave_out_hidden(tree: Tree, places: LibraryPaths) -> None:
    """Takes the links with hidden names, and those below folders with such names, out of the links."""
    hidden: set[bytes] = set()
    videos = places.video_endings
    for folder, (names, links, _) in tree.folders.items():  # a folder comes before those in it
        below_hidden = folder in hidden
        for name in (*names, *links):
            if below_hidden or (name.startswith(MARKS) and _is_hidden(tree, folder + b"/" + name, videos)):
                hidden.add(folder + b"/" + name)
    if hidden:
        tree.hidden = hidden
        tree.hidden_links = [replace(link, state="unknown") for link in tree.links if link.path in hidden]
        tree.links = [link for link in tree.links if link.path not in hidden]


def _is_hidden(tree: Tree, path: bytes, videos: tuple[bytes, ...]) -> bool:
    judged = standing(os.path.basename(path), videos)
    if judged != "by content":
        return judged == "hidden"
    pending = [path]
    while pending:
        folder = pending.pop()
        folders, links, files = tree.folders.get(folder, ((), (), ()))
        if any(is_media_name(name, videos) for name in (*folders, *links, *files)):
            return False
        pending += [folder + b"/" + name for name in folders if not is_system_name(name)]
    return True


def tops_of_hidden(tree: Tree) -> Sequence[bytes]:
    """The hidden folders and links of a tree that lie in no hidden folder."""
    return sorted(path for path in tree.hidden if os.path.dirname(path) not in tree.hidden)


def judge_link(path: bytes, places: LibraryPaths, storage: Storage) -> TreeLink:
    """Reads and judges one link now."""
    try:
        target = storage.reader.ask(os.readlink, path)
    except OSError:
        return TreeLink(path, b"", b"", "unknown")
    found = [_by_its_text(path, target, places, storage)]
    _stat_targets(found, places, storage)
    return found[0]


def _by_its_text(path: bytes, target: bytes, places: LibraryPaths, storage: Storage) -> TreeLink:
    """A link judged without looking at its target: its state is empty where that takes a look."""
    if not target:
        return TreeLink(path, b"", b"", "unknown")
    pointed = storage.shared(absolute(path, target))
    if target == pointed:
        target = pointed
    if places.away(pointed):
        return TreeLink(path, target, pointed, "unknown")
    return TreeLink(path, target, pointed, "ok" if pointed in storage else "")


def _stat_targets(links: list[TreeLink], places: LibraryPaths, storage: Storage) -> None:
    """Looks at the targets of links whose state is not known yet, and replaces these links with judged ones."""
    known, videos = (*places.mounts, *places.storage, *places.roots), places.video_endings
    leading: dict[bytes, list[int]] = {}
    for number, link in enumerate(links):
        if not link.state:
            leading.setdefault(storage.reader.landing(link.path), []).append(number)
    for landing, answer in storage.reader.all(leads_to_folder, list(leading)):
        state = "ok"
        if isinstance(answer, Failed):
            state = state_of_errno(answer.code) if answer.code else "unknown"
        for number in leading[landing]:
            link = links[number]
            if state == "broken" and not _on(link.pointed, known):  # what it depends on may be away
                links[number] = replace(link, state="unknown")
            elif answer is True and link.path.lower().endswith(videos):
                links[number] = replace(link, state="wrong kind")
            else:
                links[number] = replace(link, state=state)


def _on(path: bytes, places: Iterable[bytes]) -> bool:
    return any(is_below(path, place) for place in places)


def resolved(link: TreeLink, storage: Storage) -> bytes:
    """The real path a live link leads to, all links on the way followed."""
    return link.pointed if link.pointed in storage else storage.real(link.path)
