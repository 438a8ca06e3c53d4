"""Everything below a folder that somebody names: files and links, whatever else lies there, and what cannot be read.

Folders are walked by themselves, never through a link, so that no loop of links is followed. Where a link leads is
asked of the helper process: a mount that hangs keeps nobody.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mediatui.model.hidden_names import is_system_name
from mediatui.system.files import kind_of
from mediatui.system.helper_process import ANSWER_S, TimedOut, ask

_LEADS = {
    errno.ENOENT: "it leads to nothing", errno.ENOTDIR: "it leads to nothing", errno.ELOOP: "it leads to itself",
}  # fmt: skip
BEAT = 500
"""Progress is told after so many entries."""


@dataclass(frozen=True, slots=True)
class FolderFile:
    """Something in a folder: its path (absolute), the size in bytes and the time (ns) of the file, or of the one it
    leads to. ``target`` is the absolute text of where a link leads, ``why`` is why it can be no file of the library
    (empty: it can)."""

    path: bytes
    size: int = 0
    mtime_ns: int = 0
    target: bytes = b""
    why: str = ""


@dataclass(frozen=True, slots=True)
class FolderContent:
    """What lies below ``top``, in the order of the paths, and the folders that cannot be read, with the reasons."""

    top: bytes
    files: Sequence[FolderFile] = ()
    unread: Sequence[tuple[bytes, str]] = ()


def read_content(
    path: bytes,
    said: Callable[[int], None] = lambda count: None,
    stopped: Callable[[], bool] = lambda: False,
    *,
    seconds: float = ANSWER_S,
) -> FolderContent:
    """What lies at a path (absolute), a folder or one file; what was found so far when it is stopped. Raises OSError
    where nothing is there. A link that does not answer within ``seconds`` is not asked about further. Blocks."""
    if not stat.S_ISDIR(os.stat(path).st_mode):
        return FolderContent(os.path.dirname(path), [_read_one(path, seconds)])
    files: list[FolderFile] = []
    unread: list[tuple[bytes, str]] = []
    pending = [path]
    while pending and not stopped():
        folder = pending.pop()
        try:
            with os.scandir(folder) as entries:
                there = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            unread.append((folder, error.strerror or str(error)))
            continue
        pending += [one.path for one in reversed(there) if _is_folder(one) and not is_system_name(one.name)]
        for one in there:
            if is_system_name(one.name) or _is_folder(one):
                continue
            files.append(_read_one(one.path, seconds))
            if len(files) % BEAT == 0:
                said(len(files))
            if stopped():
                break
    return FolderContent(path, sorted(files, key=lambda one: one.path), unread)


def _is_folder(entry: os.DirEntry[bytes]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _read_one(path: bytes, seconds: float) -> FolderFile:
    try:
        seen = os.lstat(path)
        if stat.S_ISLNK(seen.st_mode):
            return _read_link(path, seconds)
    except OSError as error:
        return FolderFile(path, why=f"it cannot be read ({error.strerror})")
    what = kind_of(seen.st_mode)
    return FolderFile(path, seen.st_size, seen.st_mtime_ns, why=f"it is {what}" if what else "")


def _read_link(path: bytes, seconds: float) -> FolderFile:
    target = os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(path)))
    why = ""
    try:
        seen = ask(os.stat, path, seconds=seconds)
    except TimedOut:
        return FolderFile(path, target=target, why="what it leads to does not answer")
    except OSError as error:
        is_gone = error.errno in (errno.ENOENT, errno.ENOTDIR)
        why = (
            "it leads to itself" if error.errno == errno.ELOOP else f"where it leads cannot be read ({error.strerror})"
        )
        return FolderFile(path, target=target, why="it leads to nothing" if is_gone else why)
    if stat.S_ISDIR(seen.st_mode):
        why = "it is a link to a folder"
    elif what := kind_of(seen.st_mode):
        why = f"it leads to {what}"
    return FolderFile(path, seen.st_size, seen.st_mtime_ns, target, why)
