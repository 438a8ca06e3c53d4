"""Walks folders for symlinks and judges their targets; runs as a process, started as a script.

Only the standard library and ``model.hidden_names`` are imported, so that it starts in a few milliseconds and two of
them halve the time (one process of scandir and stat is as fast as ``find``, threads are slower). Its argument is the
folder that holds the package. Units of folders come in as lines of hex; marshalled messages go out: ``(folders of the
unit that are done, links, folders that could not be read, paths left out for their hidden names)``. A link is a
tuple ``(path, target, state, size, code)``. The states are those of ``model.link``; ``size`` is None where it is not
known, ``code`` the error number of a target that cannot be reached. A target on a slow mount is ``later``: not looked
at here.
"""

from __future__ import annotations

import errno
import functools
import gc
import marshal
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

if __name__ == "__main__":  # run as a script: the package is not on the path
    sys.path.append(sys.argv[1])

from mediatui.model.hidden_names import MARKS, VIDEO_ENDINGS, is_media_name, is_system_name, standing

BATCH = 400
BEAT_S = 1.0
"""A message is sent at least this often, which distinguishes a slow walker from one that hangs."""
LATER = "later"
MOST_HOPS = 40
"""How many links the kernel follows on the way to a target (path_resolution(7))."""
WalkedLink = tuple[bytes, bytes, str, int | None, int]
Unread = tuple[bytes, int]
"""A folder that could not be read, and its error number."""
_BROKEN = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
_UNREADABLE = (errno.EACCES, errno.EPERM)


def state_of_errno(number: int) -> str:
    """The state an error of ``stat`` on a target means; anything unexpected is unreachable, never broken."""
    if number in _BROKEN:
        return "broken"
    if number == errno.ELOOP:
        return "loop"
    return "unreadable" if number in _UNREADABLE else "unreachable"


def walk(
    folder: bytes,
    *,
    read_targets: bool,
    later: Sequence[bytes],
    small_below: int,
    videos: tuple[bytes, ...] | None = None,
    recursive: bool = True,
    unread: list[Unread] | None = None,
    left_out: list[bytes] | None = None,
    beat: Callable[[], object] = lambda: None,
) -> Iterator[WalkedLink]:
    """Every symlink below a folder. Targets below one of ``later`` (each with a slash at its end) are read but not
    looked at. Links to folders are not followed; folders that cannot be read to their end are added to ``unread``.
    Links and folders whose names are hidden (``model.hidden_names``) are added to ``left_out``. ``videos`` is as for
    ``judge``. ``beat`` is called at each folder."""
    pending = [folder]
    prefixes = tuple(later)
    read = read_targets or bool(prefixes)
    while pending:
        current = pending.pop()
        beat()
        try:
            with os.scandir(current) as entries:
                for entry in entries:
                    is_link = entry.is_symlink()
                    if not is_link and not (recursive and entry.is_dir(follow_symlinks=False)):
                        continue
                    if entry.name.startswith(MARKS) and is_hidden(entry.path, videos, is_link=is_link, beat=beat):
                        if left_out is not None:
                            left_out.append(entry.path)
                    elif is_link:
                        yield judge(entry.path, read, prefixes, small_below, videos)
                    else:
                        pending.append(entry.path)
        except OSError as error:
            if unread is not None:
                unread.append((current, error.errno or errno.EIO))


def is_hidden(
    path: bytes,
    videos: tuple[bytes, ...] | None = None,
    *,
    is_link: bool = False,
    beat: Callable[[], object] = lambda: None,
) -> bool:
    """Whether a link or a folder has a hidden name (``model.hidden_names``). Where the name of a folder is not enough,
    the names below it are read until one is that of media; one that cannot be read is not hidden. ``videos`` are the
    endings of videos, ``beat`` is called at each folder."""
    judged = standing(path.rpartition(b"/")[2], videos)
    if judged != "by content" or is_link:
        return judged != "shown"
    pending = [path]
    while pending:
        beat()
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    if is_media_name(entry.name, videos):
                        return False
                    if not is_system_name(entry.name) and entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
        except OSError:
            return False
    return True


def folders_in(folder: bytes, videos: tuple[bytes, ...] | None = None) -> tuple[list[bytes], list[bytes]]:
    """The paths of the folders directly in a folder: those shown, and those left out for their hidden names; raises
    OSError."""
    shown: list[bytes] = []
    left_out: list[bytes] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                hidden = entry.name.startswith(MARKS) and is_hidden(entry.path, videos)
                (left_out if hidden else shown).append(entry.path)
    return shown, left_out


def judge(
    path: bytes,
    read_target: bool,
    later: tuple[bytes, ...],
    small_below: int,
    videos: tuple[bytes, ...] | None = None,
) -> WalkedLink:
    """A link judged now. ``videos`` are the endings of names that may be too small (None: any name): subtitles and
    notes are small by nature, and count as too small only when they are empty. A link that is named like a video and
    leads to a folder is of the wrong kind (code EISDIR). A file that may not be read is unreadable."""
    target = b""
    try:
        if read_target:
            target = os.readlink(path)
            if later and (absolute(path, target) + b"/").startswith(later):
                return path, target, LATER, None, 0
        seen = os.stat(target if target.startswith(b"/") else path)  # the link itself was just followed
    except OSError as error:
        number = error.errno or errno.EIO
        return path, target, state_of_errno(number), None, number
    except ValueError:  # a NUL byte in a name: no file system has one
        return path, target, "broken", None, errno.ENOENT
    if stat.S_ISREG(seen.st_mode):
        if not may_read(seen) and not os.access(path, os.R_OK):
            return path, target, "unreadable", seen.st_size, errno.EACCES
        small = seen.st_size < small_below and (
            videos is None or not seen.st_size or path.lower().endswith(videos) or target.lower().endswith(videos)
        )
        return path, target, "small" if small else "ok", seen.st_size, 0
    if not stat.S_ISDIR(seen.st_mode):
        return path, target, "wrong kind", None, 0
    if path.lower().endswith(VIDEO_ENDINGS if videos is None else videos):
        return path, target, "wrong kind", None, errno.EISDIR
    return path, target, "ok", None, 0


def may_read(seen: os.stat_result) -> bool:
    """Whether the permissions of a file let this process read it, by its mode alone: no call is made, and an access
    list may say otherwise, as may the rights of root, which a container or a server may have taken away."""
    user, groups = _whoami()
    if seen.st_uid == user:
        return bool(seen.st_mode & stat.S_IRUSR)
    return bool(seen.st_mode & (stat.S_IRGRP if seen.st_gid in groups else stat.S_IROTH))


@functools.cache
def _whoami() -> tuple[int, frozenset[int]]:
    """The user and the groups of this process."""
    return os.geteuid(), frozenset((os.getegid(), *os.getgroups()))


def absolute(path: bytes, target: bytes) -> bytes:
    """Where a link points: its target text, joined to the folder of the link when it is relative."""
    if target.startswith(b"/"):
        return target if b"/." not in target and b"//" not in target else os.path.normpath(target)
    return os.path.normpath(os.path.join(os.path.dirname(path), target))


def hops(path: bytes) -> list[bytes]:
    """Every absolute path that following ``path`` leads through, one for each symlink on the way, folders that are
    symlinks included; it ends where something is missing. So it shows every place a chain of links depends on."""
    found: list[bytes] = []
    rest = [name for name in reversed(path.split(b"/")) if name not in (b"", b".")]
    at = b"/"
    while rest and len(found) < MOST_HOPS:
        name = rest.pop()
        if name == b"..":
            at = os.path.dirname(at)
            continue
        here = os.path.join(at, name)
        try:
            target = os.readlink(here)
        except OSError as error:
            if error.errno != errno.EINVAL:  # neither a link nor anything else that can be entered
                return found
            at = here
            continue
        at = b"/" if target.startswith(b"/") else at
        rest += [name for name in reversed(target.split(b"/")) if name not in (b"", b".")]
        found.append(os.path.normpath(os.path.join(at, *reversed(rest))))
    return found


def rests_on(paths: Sequence[bytes], known: Sequence[bytes]) -> dict[bytes, list[bytes]]:
    """The ``hops`` of each path, with ``known`` places under their own names: such a place may itself be reached
    through symlinks (``/home`` is one on some systems), and is the same place by either name."""
    names = {way: place for place in known for way in hops(place)} | {place: place for place in known}
    ways = sorted(names, key=len, reverse=True)
    return {path: [_by_name(hop, ways, names) for hop in hops(path)] for path in paths}


def _by_name(hop: bytes, ways: Sequence[bytes], names: Mapping[bytes, bytes]) -> bytes:
    way = next((way for way in ways if hop == way or hop.startswith(way + b"/")), None)
    return hop if way is None else names[way] + hop[len(way) :]


class _Sender:
    """Collects what was found in a unit, and sends it in messages."""

    def __init__(self, write: Callable[[bytes], object], flush: Callable[[], object]) -> None:
        self._write, self._flush = write, flush
        self.links: list[WalkedLink] = []
        self.unread: list[Unread] = []
        self.left_out: list[bytes] = []
        self.done = 0
        self._due = time.monotonic() + BEAT_S

    def beat(self) -> None:
        """Sends the pending message when nothing was sent for a while."""
        if time.monotonic() > self._due:
            self.send()

    def send(self) -> None:
        """Sends the pending message."""
        data = marshal.dumps((self.done, self.links, self.unread, self.left_out))
        self._write(len(data).to_bytes(4, "big") + data)
        self._flush()
        self.links.clear()
        self.unread.clear()
        self.left_out.clear()
        self._due = time.monotonic() + BEAT_S


def serve(read_line: Callable[[], bytes], write: Callable[[bytes], object], flush: Callable[[], object]) -> None:
    """Answers units of folders with messages until there are no more."""
    read_targets, later, small_below, videos = marshal.loads(bytes.fromhex(read_line().decode()))
    while line := read_line().strip():
        sender = _Sender(write, flush)
        for folder, recursive in marshal.loads(bytes.fromhex(line.decode())):
            for found in walk(
                folder, read_targets=read_targets, later=later, small_below=small_below, videos=videos,
                recursive=recursive, unread=sender.unread, left_out=sender.left_out, beat=sender.beat,
            ):  # fmt: skip
                sender.links.append(found)
                if len(sender.links) >= BATCH:
                    sender.send()
                else:
                    sender.beat()
            sender.done += 1
        sender.send()


if __name__ == "__main__":
    gc.disable()  # nothing here has cycles
    try:
        serve(sys.stdin.buffer.readline, sys.stdout.buffer.write, sys.stdout.buffer.flush)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)
