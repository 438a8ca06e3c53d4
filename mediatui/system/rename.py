"""Renames without ever replacing anything."""

from __future__ import annotations

import ctypes
import errno
import os
import stat
from typing import Final

_NOREPLACE: Final = 1  # RENAME_NOREPLACE of linux/fs.h
_EXCHANGE: Final = 2  # RENAME_EXCHANGE
_NOT_SUPPORTED: Final = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)
_NO_HARD_LINK: Final = (errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EMLINK, errno.EACCES, errno.EINVAL)


def rename_exclusive(source: bytes, target: bytes, source_folder: int, target_folder: int) -> None:
    """Renames ``source`` to ``target``, names in two open folders. Raises FileExistsError when anything has that name,
    OSError (EXDEV) across file systems.

    The kernel does it in one step (renameat2(2), Linux 3.15) where the file system supports that (NFS and many FUSE
    file systems do not); else ``rename_by_link`` does it.
    """
    try:
        if not _renameat2(source, target, source_folder, target_folder):
            rename_by_link(source, target, source_folder, target_folder)
    except FileExistsError:
        if not _same(source, target, source_folder, target_folder):
            raise
        os.unlink(source, dir_fd=source_folder)  # a rename by link that was killed half way


def rename_aside(name: bytes, aside: bytes, folder: int) -> None:
    """Renames whatever has this name in an open folder, in one step: if one thing replaces another under that name
    meanwhile, exactly one of them is renamed. Raises FileExistsError when the new name is taken."""
    if _renameat2(name, aside, folder, folder):
        return
    try:
        os.lstat(aside, dir_fd=folder)
    except FileNotFoundError:
        os.rename(name, aside, src_dir_fd=folder, dst_dir_fd=folder)
    else:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), aside)


def exchange(name: bytes, other: bytes, folder: int) -> bool:
    """Exchanges two names in an open folder in one step; False where the file system does not support that (NFS and
    many FUSE file systems)."""
    return _renameat2(name, other, folder, folder, _EXCHANGE)


def rename_by_link(source: bytes, target: bytes, source_folder: int, target_folder: int) -> None:
    """Does what ``rename_exclusive`` does, in two steps: adds the second name, which fails if it is taken, then removes
    the first.

    Folders cannot have two names. For them, and on file systems without hard links, the new name is checked just before
    a plain rename; what appears under it in between can be replaced: an empty folder, or, without hard links, a file or
    a link.
    """
    if not stat.S_ISDIR(os.lstat(source, dir_fd=source_folder).st_mode):
        try:
            os.link(source, target, src_dir_fd=source_folder, dst_dir_fd=target_folder, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_HARD_LINK:
                raise
        else:
            os.unlink(source, dir_fd=source_folder)
            return
    try:
        os.lstat(target, dir_fd=target_folder)
    except FileNotFoundError:
        os.rename(source, target, src_dir_fd=source_folder, dst_dir_fd=target_folder)
    else:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)


def same_thing(path: bytes, other: bytes) -> bool:
    """Whether two paths are two names of one file or link, which a rename by link leaves when it is killed half way."""
    return _same(path, other, None, None)


def _same(source: bytes, target: bytes, source_folder: int | None, target_folder: int | None) -> bool:
    try:
        one, other = os.lstat(source, dir_fd=source_folder), os.lstat(target, dir_fd=target_folder)
    except OSError:
        return False
    same = (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)
    return same and one.st_nlink > 1 and not stat.S_ISDIR(one.st_mode)


def _renameat2(source: bytes, target: bytes, source_folder: int, target_folder: int, how: int = _NOREPLACE) -> bool:
    """Whether it was renamed; False where the system or the file system does not support the call."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    if call(source_folder, ctypes.c_char_p(source), target_folder, ctypes.c_char_p(target), how) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NOT_SUPPORTED:
        return False
    raise OSError(number, os.strerror(number), target)
