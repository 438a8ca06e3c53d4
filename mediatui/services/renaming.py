"""Renaming without ever putting one thing in the place of another."""

from __future__ import annotations

import ctypes
import errno
import os
from typing import Final

_NOREPLACE: Final = 1  # RENAME_NOREPLACE of linux/fs.h
_NOT_SUPPORTED: Final = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)


def rename_exclusive(source: bytes, target: bytes, source_folder: int, target_folder: int) -> None:
    """Renames ``source`` to ``target``, names in two open folders. Raises FileExistsError when there is anything of
    that name, OSError (EXDEV) across file systems.

    The kernel sees to it in one step (renameat2(2), Linux 3.15); where it or the file system cannot, the name is looked
    at just before.
    """
    if not _renameat2(source, target, source_folder, target_folder):
        try:
            os.lstat(target, dir_fd=target_folder)
        except FileNotFoundError:
            os.rename(source, target, src_dir_fd=source_folder, dst_dir_fd=target_folder)
        else:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)


def _renameat2(source: bytes, target: bytes, source_folder: int, target_folder: int) -> bool:
    """False when that call is not to be had here."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    if call(source_folder, ctypes.c_char_p(source), target_folder, ctypes.c_char_p(target), _NOREPLACE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NOT_SUPPORTED:
        return False
    raise OSError(number, os.strerror(number), target)
