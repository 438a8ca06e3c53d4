"""Removing what lies at a path of a seedbox: counted first, strictly below the roots, links never entered."""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.model.text import printable
from mediatui.services.remote_files import RemoteFiles
from mediatui.services.sftp.errors import RemoteChanged, RemoteMissing, RemoteRefused

DEEPEST: Final = 32
MOST_ENTRIES: Final = 100_000
TRASH: Final = b".mediatui-trash"
"""The folder of a root where things are put aside, on the same volume."""
_MORE_SHARE: Final = 1.10
_MORE: Final = 20


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at a path, itself counted: files and links first, then folders, those inside before those around them.
    ``size`` are the bytes of the files."""

    path: bytes
    files: tuple[bytes, ...]
    folders: tuple[bytes, ...]
    size: int

    @property
    def entries(self) -> int:
        """How many names would go."""
        return len(self.files) + len(self.folders)


@dataclass(frozen=True, slots=True)
class Removed:
    """What has gone, and which folders stay because something new lies in them."""

    entries: int
    left: tuple[bytes, ...]


async def find(files: RemoteFiles, path: bytes, roots: Sequence[bytes]) -> Found:
    """What would be removed; nothing for a path where nothing lies. Raises RemoteRefused for a path that is not
    strictly below a root, by its text and by where the folder around it really is, and for more than 32 levels or
    100,000 entries."""
    await check_bounds(files, path, roots)
    try:
        facts = await files.lstat(path)
    except RemoteMissing:
        return Found(path, (), (), 0)
    if facts.kind != "folder":
        return Found(path, (path,), (), facts.size if facts.kind == "file" else 0)
    names: list[bytes] = []
    folders: list[bytes] = []
    size = 0
    waiting = [(path, 1)]
    while waiting:
        folder, depth = waiting.pop()
        folders.append(folder)
        if depth > DEEPEST:
            raise RemoteRefused(f"{_shown(path)} is nested deeper than {DEEPEST} levels.", "It is left alone.")
        for entry in await files.listing(folder, MOST_ENTRIES):
            inside = posixpath.join(folder, entry.name)
            if entry.facts.kind == "folder":
                waiting.append((inside, depth + 1))
            else:
                names.append(inside)
                size += entry.facts.size if entry.facts.kind == "file" else 0
        if len(names) + len(folders) + len(waiting) > MOST_ENTRIES:
            raise RemoteRefused(f"{_shown(path)} has more than {MOST_ENTRIES:,} entries.", "It is left alone.")
    return Found(path, tuple(names), tuple(reversed(folders)), size)


async def remove(files: RemoteFiles, planned: Found, roots: Sequence[bytes]) -> Removed:
    """Removes what was planned. Raises RemoteChanged, before anything goes, when clearly more lies there now; a folder
    in which something new has come stays. What is gone already counts as removed."""
    now = await find(files, planned.path, roots)
    if now.entries > planned.entries * _MORE_SHARE or now.entries > planned.entries + _MORE:
        raise RemoteChanged(
            f"{_shown(planned.path)} has {now.entries:,} entries, {planned.entries:,} were counted.",
            "Count them again.",
        )
    gone = 0
    wanted = set(planned.files)
    for path in now.files:
        if path in wanted:
            gone += await _gone(files, path)
    left = []
    for folder in now.folders:
        try:
            await files.remove_folder(folder)
            gone += 1
        except RemoteMissing:
            gone += 1
        except RemoteRefused:
            left.append(folder)
    return Removed(gone, tuple(left))


async def put_aside(files: RemoteFiles, path: bytes, roots: Sequence[bytes], batch: str) -> bytes:
    """Moves what lies at a path into the trash of its root; returns where it is now. Raises RemoteRefused when that
    name is taken there, and as ``find`` does."""
    root = await check_bounds(files, path, roots)
    folder = posixpath.join(root, TRASH, batch.encode())
    await files.make_folders(folder)
    target = posixpath.join(folder, posixpath.basename(path))
    await files.rename(path, target)
    return target


async def check_bounds(files: RemoteFiles, path: bytes, roots: Sequence[bytes]) -> bytes:
    """The root that a path lies strictly below. Raises RemoteRefused for any other path; nothing is changed."""
    root = _root_of(path, roots)
    if root is None or posixpath.normpath(path) != path or b"\0" in path:
        raise RemoteRefused(f"{_shown(path)} is not below seedbox.roots.", "Nothing outside of them is removed.")
    try:
        parent, real_root = await files.real_path(posixpath.dirname(path)), await files.real_path(root)
    except RemoteMissing:
        return root  # nothing lies there; there is nothing to remove either
    if parent != real_root and _root_of(parent, [real_root]) is None:
        raise RemoteRefused(f"{_shown(path)} leads out of seedbox.roots.", "Nothing outside of them is removed.")
    if any(_root_of(one, [path]) is not None or one == path for one in roots):
        raise RemoteRefused(f"{_shown(path)} is, or holds, one of seedbox.roots.", "A root is never removed.")
    return root


async def _gone(files: RemoteFiles, path: bytes) -> int:
    with contextlib.suppress(RemoteMissing):
        await files.remove(path)
    return 1


def _root_of(path: bytes, roots: Sequence[bytes]) -> bytes | None:
    """The longest root that a path lies strictly below, by whole parts."""
    fitting = [root for root in roots if path.startswith(root.rstrip(b"/") + b"/") and path != root.rstrip(b"/") + b"/"]
    return max(fitting, key=len, default=None)


def _shown(path: bytes) -> str:
    return printable(path.decode("utf-8", "surrogateescape"))
