"""Walks folders for symlinks and judges their targets: a process of its own, started as a script.

Only the standard library is imported, so that it starts in a few milliseconds and two of them halve the time (one
process of scandir and stat is as fast as ``find``, threads are slower). A folder comes in as a line of hex, batches of
links go out as marshalled lists of tuples ``(path, target, state, size, code)``, an empty batch ends a unit. The states
are those of ``model.link``; ``size`` is None where it is not known, ``code`` the error number of a target not to
be seen. A target on a slow mount is ``later``: not looked at here.
"""

from __future__ import annotations

import errno
import marshal
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence

BATCH = 400
LATER = "later"
Found = tuple[bytes, bytes, str, int | None, int]
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
    folder: bytes, *, read_targets: bool, later: Sequence[bytes], small_below: int, recursive: bool = True
) -> Iterator[Found]:
    """Every symlink below a folder. Targets below one of ``later`` are read but not looked at. Folders that vanish or
    may not be read are passed over; links to folders are not followed."""
    pending = [folder]
    prefixes = tuple(later)
    read = read_targets or bool(prefixes)
    while pending:
        current = pending.pop()
        try:
            entries = os.scandir(current)
        except OSError:
            continue
        with entries:
            for entry in _each(entries):
                if entry.is_symlink():
                    yield judge(entry.path, read, prefixes, small_below)
                elif recursive and entry.is_dir(follow_symlinks=False) and not entry.name.startswith(b"."):
                    pending.append(entry.path)


def _each(entries: Iterator[os.DirEntry[bytes]]) -> Iterator[os.DirEntry[bytes]]:
    """The entries of a folder, as long as it can be read."""
    while True:
        try:
            yield next(entries)
        except (StopIteration, OSError):
            return


def judge(path: bytes, read_target: bool, later: tuple[bytes, ...], small_below: int) -> Found:
    """A link as it is now."""
    target = b""
    try:
        if read_target:
            target = os.readlink(path)
            if later and absolute(path, target).startswith(later):
                return path, target, LATER, None, 0
        seen = os.stat(path)
    except OSError as error:
        number = error.errno or errno.EIO
        return path, target, state_of_errno(number), None, number
    except ValueError:  # a NUL byte in a name: no file system has one
        return path, target, "broken", None, errno.ENOENT
    if stat.S_ISREG(seen.st_mode):
        return path, target, "ok" if seen.st_size >= small_below else "small", seen.st_size, 0
    return path, target, "ok" if stat.S_ISDIR(seen.st_mode) else "wrong kind", None, 0


def absolute(path: bytes, target: bytes) -> bytes:
    """Where a link points: its target text, joined to the folder of the link when it is relative."""
    if target.startswith(b"/"):
        return target if b"/." not in target and b"//" not in target else os.path.normpath(target)
    return os.path.normpath(os.path.join(os.path.dirname(path), target))


def serve(read_line: Callable[[], bytes], write: Callable[[bytes], object], flush: Callable[[], object]) -> None:
    """Answers folders with batches until there are no more."""
    options = marshal.loads(bytes.fromhex(read_line().decode()))
    read_targets, later, small_below = options
    while line := read_line().strip():
        for unit in marshal.loads(bytes.fromhex(line.decode())):
            folder, recursive = unit
            batch: list[Found] = []
            for found in walk(
                folder, read_targets=read_targets, later=later, small_below=small_below, recursive=recursive
            ):
                batch.append(found)
                if len(batch) >= BATCH:
                    _send(batch, write)
                    batch = []
            if batch:
                _send(batch, write)
        _send([], write)
        flush()


def _send(batch: list[Found], write: Callable[[bytes], object]) -> None:
    data = marshal.dumps(batch)
    write(len(data).to_bytes(4, "big") + data)


if __name__ == "__main__":
    try:
        serve(sys.stdin.buffer.readline, sys.stdout.buffer.write, sys.stdout.buffer.flush)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(0)
