"""A file that a dead link could be pointed at."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that a link could be pointed at.

    ``score`` is how well it fits (0 to 100) and ``why`` the reason in a few words. A tool never takes one that is not
    ``allowed``. ``size`` (bytes) and the torrent that holds it are filled in where the archive names the file.
    """

    path: bytes
    score: int
    why: str
    allowed: bool = True
    size: int = 0
    torrent_id: str = ""
    torrent: str = ""

    def as_fact(self) -> dict[str, object]:
        """For the details of a finding."""
        return {"path": os.fsdecode(self.path), "score": self.score, "why": self.why, "allowed": self.allowed}
