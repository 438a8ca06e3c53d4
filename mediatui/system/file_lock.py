"""A lock between processes that is a file: it ends with the process that holds it, however that ends."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from mediatui.model.errors import Busy, StoreError

LOOK_EVERY_S: Final = 0.05


@contextlib.asynccontextmanager
async def file_lock(file: Path, patience_s: float, what: str) -> AsyncIterator[None]:
    """Holds the lock ``file``, which is created (0600) and stays, while the block runs. Whoever holds it already is
    waited for ``patience_s`` seconds; then Busy is raised, which says ``what`` is done there. Raises StoreError when
    the file cannot be made or locked."""
    with _opened(file) as number:
        until = time.monotonic() + patience_s
        while not _take(file, number):
            if time.monotonic() >= until:
                raise Busy(f"Another mediatui is {what} ({file} is locked).", "Try again in a moment.")
            await asyncio.sleep(LOOK_EVERY_S)
        yield


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[int]:
    try:
        number = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StoreError(f"{file} cannot be made: {error.strerror}.", "Its folder has to be writable.") from None
    try:
        yield number
    finally:
        os.close(number)


def _take(file: Path, number: int) -> bool:
    """Takes the lock; False while another holds it."""
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise StoreError(f"{file} cannot be locked: {error.strerror}.") from None
    return True
