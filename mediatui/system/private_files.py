"""Files and folders that only their owner reads, written whole or not at all.

Kept free of heavy imports, because every fast command needs it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from mediatui.model.errors import StoreError


class UnusableFolder(StoreError):
    """A folder mediatui needs cannot be created or written."""

    kind = "folder"


def make_folder(folder: Path, what: str, hint: str) -> None:
    """Creates ``folder`` when it is missing, mode 0700, and makes sure it can be written; raises UnusableFolder."""
    try:
        _make_private_folder(folder)
    except FileExistsError:
        raise UnusableFolder(f"The {what} {folder} is a file, not a folder.", hint) from None
    except (OSError, ValueError) as error:  # a path with a NUL is a ValueError
        reason = getattr(error, "strerror", None) or error
        raise UnusableFolder(f"The {what} {folder} cannot be created: {reason}.", hint) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UnusableFolder(f"The {what} {folder} cannot be written: permission denied.", hint)


def _make_private_folder(folder: Path) -> None:
    """Creates a folder and those above it, each with mode 0700, where they are missing; raises OSError."""
    missing = [missing_folder for missing_folder in (folder, *folder.parents) if not missing_folder.exists()]
    for missing_folder in reversed(missing):
        missing_folder.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(exist_ok=True)  # raises when it exists and is no folder


def create_private(file: Path) -> None:
    """Creates ``file`` empty, readable by its owner only (0600); an existing file stays as it is. SQLite gives its
    companions (``-wal``, ``-shm``) the mode of the database. Raises OSError."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


@contextlib.contextmanager
def replacing(file: Path) -> Iterator[TextIO]:
    """A stream whose content replaces ``file`` once it is complete, readable by its owner only (0600).

    When anything fails ``file`` is unchanged. A symlink stays a symlink and its target is replaced; a device or a pipe
    is written to and never replaced. Raises OSError, or ValueError for an invalid path.
    """
    file = file.expanduser()
    with contextlib.suppress(FileNotFoundError):
        mode = file.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            with open(file, "w", encoding="utf-8", newline="") as stream:
                yield stream
            return
    import tempfile

    target = _target(file)
    _make_private_folder(target.parent)
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.", suffix=".part")
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(number)
        os.replace(name, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _target(file: Path) -> Path:
    """The file that ``file`` leads to; raises OSError for a link that leads to itself."""
    try:
        target = file.resolve()
    except RuntimeError:  # before Python 3.13 resolve raised this, from then on it stops there
        target = file
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return target


def write_private(file: Path, text: str) -> None:
    """Replaces ``file`` whole or not at all, readable by its owner only (0600); see ``replacing``.

    Raises UnusableFolder when it cannot be written.
    """
    try:
        with replacing(file) as stream:
            stream.write(text)
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnusableFolder(f"{file} cannot be written: {reason}.", "Nothing was changed.") from None
