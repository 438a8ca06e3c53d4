"""The room where fetched files go: what is left to fetch is counted together, so that no two count the same room."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from mediatui.model.human import size_text
from mediatui.services.sftp.errors import NoSpace
from mediatui.system.threads import in_thread


class Room:
    """The volume of ``folder``, on which ``keep_free`` bytes stay free."""

    def __init__(self, folder: Path, keep_free: int) -> None:
        self.folder = folder
        self.keep_free = keep_free
        self._left: dict[object, Callable[[], int]] = {}

    def claim(self, who: object, left: Callable[[], int]) -> None:
        """A fetch runs; ``left`` says how many bytes it still writes."""
        self._left[who] = left

    def release(self, who: object) -> None:
        """A fetch has ended."""
        self._left.pop(who, None)

    async def check(self) -> None:
        """Raises NoSpace when all that runs does not fit."""
        needed = sum(left() for left in self._left.values())
        free = await in_thread(self._free)
        if needed and free - needed < self.keep_free:
            raise NoSpace(
                f"{size_text(needed)} needed, {size_text(max(0, free - self.keep_free))} free above the reserve in "
                f"{self.folder}.",
                "Free some room there, or lower staging.keep_free_gb.",
            )

    def _free(self) -> int:
        facts = os.statvfs(self.folder)
        return facts.f_bavail * facts.f_frsize
