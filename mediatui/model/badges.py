"""What the archive and the library know of a release: one badge, and markers beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

BadgeName = Literal["obtained", "part", "monitored", "archived", "rejected", "unmanaged", "unknown", "unknown?"]
Marker = Literal["sent", "on RD", "refused", "ignored", "new"]
BADGES: Final[dict[BadgeName, tuple[str, str]]] = {
    "obtained": ("●", "the library has all of it"),
    "part": ("◐", "the library has some of its episodes"),
    "monitored": ("○", "Sonarr or Radarr waits for it: monitored, without a file"),
    "archived": ("×", "it was seen, and removed since"),
    "rejected": ("×", "it was rejected, and removed"),
    "unmanaged": ("·", "the library knows it, has no file of it, and nothing waits for one"),
    "unknown": ("?", "the library does not know it"),
    "unknown?": ("?", "several films or series of the library have its title, and no year decides"),
}
"""The sign of each badge, and what it says."""
MARKERS: Final[dict[Marker, str]] = {
    "sent": "a transfer has it", "on RD": "the account has it", "refused": "the service refused it",
    "ignored": "it is to be left alone", "new": "no earlier search found it",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a release here: its badge, how many of its episodes are ``here`` where it is a part, of how many
    (``of``; 0: not known), and its markers; ``title`` and ``year`` are those of the film or series it was taken for;
    ``refused_at`` is when the service refused it (epoch seconds)."""

    badge: BadgeName = "unknown"
    here: int = 0
    markers: tuple[Marker, ...] = ()
    title: str = ""
    year: int | None = None
    refused_at: float | None = None
    of: int = 0

    @property
    def text(self) -> str:
        """The badge as a list shows it: ``● obtained``, ``◐ part 6/10``, ``◐ part 6`` where it is not known of how
        many."""
        sign = BADGES[self.badge][0]
        return f"{sign} {self.badge}{f' {self.share}' if self.badge == 'part' else ''}"

    @property
    def share(self) -> str:
        """How many of its episodes are here: ``6/10``, ``6`` where it is not known of how many."""
        return f"{self.here}/{self.of}" if self.of else str(self.here)
