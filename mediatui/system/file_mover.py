"""Moves a file to another folder, also across file systems, so that at every moment one whole file has its name.

On one file system that is a rename. Else the file is copied under a private name beside its new one, written to the
disk, read back and compared; then the copy takes its name in one step, and only then the file goes. A copy that was
interrupted is carried on: what is there of it is compared with the file, not trusted.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from mediatui.model.path import is_within
from mediatui.system.rename import rename_aside, rename_exclusive

PIECE: Final = 4 * 1024 * 1024
KEPT_FREE: Final = 64 * 1024 * 1024
"""So much room is left where a copy is made (bytes)."""
_BEAT_S: Final = 0.25
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Changed(Exception):
    """Things are not as they were expected; the message says how."""


class Interrupted(Exception):
    """The copy was asked to stop; what is there of it stays."""


class NoRoom(Exception):
    """There is not enough room where the copy would be: ``needed`` and ``free`` bytes."""

    def __init__(self, needed: int, free: int) -> None:
        super().__init__(f"{needed} bytes needed, {free} free")
        self.needed, self.free = needed, free


@dataclass(frozen=True, slots=True)
class FileMove:
    """A file of this size (bytes) and time (ns) that moves from ``source`` to ``goal``; each has to lie below its top,
    all links on the way resolved. ``private`` is the name that a copy, and a file on its way out, has beside them."""

    source: bytes
    source_top: bytes
    goal: bytes
    top: bytes
    size: int
    mtime_ns: int
    private: bytes


Standing = Literal["due", "moved", "copied"]
"""How a move stands; ``copied``: both names are there."""


def standing(move: FileMove) -> Standing:
    """How a move stands. Raises Changed when the file is not what was expected or the name is another's, and OSError
    for what cannot be read. A file that a killed run had on its way out has its name back after it, or is gone."""
    with _within(os.path.dirname(move.source), move.source_top) as folder:
        _settle(folder, os.path.basename(move.source), move.private)
        there = _seen(folder, os.path.basename(move.source))
    goal = _lstat(move.goal)
    if there is None:
        if goal is not None and stat.S_ISREG(goal.st_mode) and goal.st_size == move.size:
            return "moved"
        raise Changed("it is not there any more")
    _expect(there, move)
    return "due" if goal is None else "copied"


def missing_above(move: FileMove) -> list[bytes]:
    """The folders on the way to the new name that are not there, the outermost first. Raises Changed where the top is
    not there: it is never made."""
    missing: list[bytes] = []
    folder = os.path.dirname(move.goal)
    while not os.path.lexists(folder):
        if not is_within(folder, move.top) or folder == move.top:
            raise Changed("the folder it was to go to is not there")
        missing.insert(0, folder)
        folder = os.path.dirname(folder)
    with _within(folder, move.top):
        return missing


def move_file(
    move: FileMove, missing: list[bytes], said: Callable[[str, int], None], stopped: Callable[[], bool]
) -> None:
    """Moves the file; ``missing`` are the folders to be made. ``said`` is told what goes on and how many bytes of it
    are done. Raises Changed, NoRoom, Interrupted and OSError; the file then has its old name."""
    _make(missing, move.top)
    name, new = os.path.basename(move.source), os.path.basename(move.goal)
    with (
        _within(os.path.dirname(move.source), move.source_top) as folder,
        _within(os.path.dirname(move.goal), move.top) as goal,
        _opened(folder, name, _READ) as file,
    ):
        _expect(os.fstat(file), move)
        try:
            _rename(folder, name, goal, new, file)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
        else:
            with contextlib.suppress(FileNotFoundError):  # one begun when it lay on another file system
                os.unlink(move.private + b".part", dir_fd=goal)
            _sync(goal, folder)
            return
        _copy(file, goal, new, move, said, stopped)
        _hand_over(folder, name, file, goal, new, move)


def finish(move: FileMove, said: Callable[[str, int], None], stopped: Callable[[], bool]) -> None:
    """Ends a move that a killed run had begun, where both names are there: the file goes when what has the new name is
    the same. Raises Changed when it is not."""
    name, new = os.path.basename(move.source), os.path.basename(move.goal)
    with (
        _within(os.path.dirname(move.source), move.source_top) as folder,
        _within(os.path.dirname(move.goal), move.top) as goal,
        _opened(folder, name, _READ) as file,
        _opened(goal, new, _READ) as copy,
    ):
        facts, others = os.fstat(file), os.fstat(copy)
        is_other = (facts.st_dev, facts.st_ino) != (others.st_dev, others.st_ino)
        if is_other and (others.st_size != move.size or _digest(file, said, stopped) != _digest(copy, said, stopped)):
            raise Changed("something else is at its new place")
        _hand_over(folder, name, file, goal, new, move)


def call_off(move: FileMove, private: bytes) -> None:
    """Settles what a killed run left of the opposite of this move, whose private name is given: what there is of a
    copy goes, a file on its way out gets its name back."""
    with contextlib.suppress(OSError, Changed), _within(os.path.dirname(move.source), move.source_top) as folder:
        os.unlink(private + b".part", dir_fd=folder)
    with contextlib.suppress(OSError, Changed), _within(os.path.dirname(move.goal), move.top) as folder:
        _settle(folder, os.path.basename(move.goal), private)


def remove_folders(folders: list[bytes], top: bytes) -> None:
    """Removes those of these folders below a top that are empty, the innermost first."""
    for folder in sorted(folders, key=len, reverse=True):
        with contextlib.suppress(OSError, Changed), _within(os.path.dirname(folder), top) as above:
            os.rmdir(os.path.basename(folder), dir_fd=above)


# Pieces of it


@contextmanager
def _within(folder: bytes, top: bytes) -> Iterator[int]:
    """A folder held open, which cannot be swapped for another meanwhile."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if not is_within(os.path.realpath(b"/proc/self/fd/%d" % opened), os.path.realpath(top)):
            raise Changed("it does not lie where it is to lie")
        yield opened
    finally:
        os.close(opened)


@contextmanager
def _opened(folder: int, name: bytes, flags: int) -> Iterator[int]:
    try:
        file = os.open(name, flags, 0o600, dir_fd=folder)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Changed("it is a link now") from None
        raise
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise Changed("it is no file any more")
        yield file
    finally:
        os.close(file)


def _lstat(path: bytes) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _seen(folder: int, name: bytes) -> os.stat_result | None:
    try:
        return os.lstat(name, dir_fd=folder)
    except FileNotFoundError:
        return None


def _expect(found: os.stat_result, move: FileMove) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise Changed("it is no file any more")
    if (found.st_size, found.st_mtime_ns) != (move.size, move.mtime_ns):
        raise Changed("it has changed since")


def _make(folders: list[bytes], top: bytes) -> None:
    """Makes folders with the owner and the permissions of the one each is in, so that the same users can work there."""
    for folder in folders:
        with _within(os.path.dirname(folder), top) as above:
            name, facts = os.path.basename(folder), os.fstat(above)
            try:
                os.mkdir(name, dir_fd=above)
            except FileExistsError:
                continue
            with contextlib.suppress(OSError):
                os.chown(name, facts.st_uid, facts.st_gid, dir_fd=above, follow_symlinks=False)
            os.chmod(name, stat.S_IMODE(facts.st_mode), dir_fd=above)


def _rename(folder: int, name: bytes, goal: int, new: bytes, file: int) -> None:
    """Renames what has the name, and gives it back when that is not the file any more."""
    try:
        rename_exclusive(name, new, folder, goal)
    except FileExistsError:
        raise Changed("something of that name is there already") from None
    if not _is_named(goal, new, file):
        rename_exclusive(new, name, goal, folder)
        raise Changed("it has changed since")


def _is_named(folder: int, name: bytes, file: int) -> bool:
    seen, facts = _seen(folder, name), os.fstat(file)
    return seen is not None and (seen.st_dev, seen.st_ino) == (facts.st_dev, facts.st_ino)


def _copy(
    file: int, goal: int, new: bytes, move: FileMove, said: Callable[[str, int], None], stopped: Callable[[], bool]
) -> None:
    part = move.private + b".part"
    with _opened(goal, part, _WRITE) as copy:
        have = min(os.fstat(copy).st_size, move.size)
        space = os.fstatvfs(goal)
        free, needed = space.f_bavail * space.f_frsize, move.size - have
        try:
            if needed + KEPT_FREE > free:
                raise NoRoom(needed + KEPT_FREE, free)
            digest = _write(file, copy, have, said, stopped)
            os.ftruncate(copy, move.size)
            os.fchmod(copy, stat.S_IMODE(os.fstat(file).st_mode))
            with contextlib.suppress(OSError):
                os.fchown(copy, os.fstat(file).st_uid, os.fstat(file).st_gid)
            os.utime(copy, ns=(move.mtime_ns, move.mtime_ns))
            os.fsync(copy)
            _expect(os.fstat(file), move)
            os.posix_fadvise(copy, 0, 0, os.POSIX_FADV_DONTNEED)
            if _digest(copy, said, stopped) != digest:
                raise OSError(errno.EIO, "the copy reads otherwise than the file")
        except Interrupted:
            raise
        except BaseException as error:
            os.unlink(part, dir_fd=goal)
            if isinstance(error, OSError) and error.errno in _FULL:
                raise NoRoom(needed + KEPT_FREE, free) from None
            raise
    try:
        rename_exclusive(part, new, goal, goal)
    except FileExistsError:
        os.unlink(part, dir_fd=goal)
        raise Changed("something of that name is there already") from None
    _sync(goal)


def _write(file: int, copy: int, have: int, said: Callable[[str, int], None], stopped: Callable[[], bool]) -> bytes:
    """Writes what the copy lacks, or has otherwise, and returns the digest of the file."""
    digest, at = hashlib.blake2b(), 0
    for piece in _pieces(file, "copied", said, stopped):
        digest.update(piece)
        if at >= have or os.pread(copy, len(piece), at) != piece:
            done = 0
            while done < len(piece):
                done += os.pwrite(copy, piece[done:], at + done)
        at += len(piece)
    return digest.digest()


def _digest(file: int, said: Callable[[str, int], None], stopped: Callable[[], bool]) -> bytes:
    digest = hashlib.blake2b()
    for piece in _pieces(file, "compared", said, stopped):
        digest.update(piece)
    return digest.digest()


def _pieces(file: int, word: str, said: Callable[[str, int], None], stopped: Callable[[], bool]) -> Iterator[bytes]:
    at, told = 0, 0.0
    while piece := os.pread(file, PIECE, at):
        yield piece
        at += len(piece)
        if stopped():
            raise Interrupted
        if (now := time.monotonic()) - told >= _BEAT_S:
            told = now
            said(word, at)
    said(word, at)


def _hand_over(folder: int, name: bytes, file: int, goal: int, new: bytes, move: FileMove) -> None:
    """Removes the file, whose copy is whole; the copy goes instead where the file cannot go, or has changed."""
    copied = os.lstat(new, dir_fd=goal)
    try:
        _take_away(folder, name, file, move)
    except (OSError, Changed):
        seen, facts = _seen(goal, new), os.fstat(file)
        is_ours = seen is not None and (seen.st_dev, seen.st_ino) == (copied.st_dev, copied.st_ino)
        if is_ours and (copied.st_dev, copied.st_ino) != (facts.st_dev, facts.st_ino):
            os.unlink(new, dir_fd=goal)
        raise


def _take_away(folder: int, name: bytes, file: int, move: FileMove) -> None:
    """Removes the file, and nothing else that has its name by now: it gets a private name first, and is looked at."""
    aside = move.private + b".moved"
    try:
        rename_aside(name, aside, folder)
    except FileNotFoundError:
        return
    seen = os.fstat(file)
    if not _is_named(folder, aside, file) or (seen.st_size, seen.st_mtime_ns) != (move.size, move.mtime_ns):
        rename_exclusive(aside, name, folder, folder)
        raise Changed("it has changed since")
    os.unlink(aside, dir_fd=folder)
    _sync(folder)


def _settle(folder: int, name: bytes, private: bytes) -> None:
    """What a killed run had on its way out gets its name back."""
    if _seen(folder, private + b".moved") is not None and _seen(folder, name) is None:
        rename_exclusive(private + b".moved", name, folder, folder)


def _sync(*folders: int) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):
            os.fsync(folder)
