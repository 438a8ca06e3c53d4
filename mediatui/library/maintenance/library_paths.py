"""The configured paths of the library: its roots, the mounts and the storage, and which of them are away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mediatui.library.maintenance.reading import Reader, really
from mediatui.model.path import is_within
from mediatui.system.helper_process import ANSWER_S

LEFT_AS_IT_IS: Final = "what needs it is unknown and left as it is"
"""What is said of a mount that is away, behind what is wrong with it."""


@dataclass(frozen=True, slots=True)
class LibraryPaths:
    """The configured paths. ``dead`` are the mounts that are away, each with the reason: what needs them is unknown;
    mounts that stop answering are added. ``through`` maps places that are reached through symlinks to their real paths,
    ``timeout_s`` is the time limit of a call in seconds, ``workers`` the number of concurrent calls."""

    roots: tuple[bytes, ...]
    mounts: tuple[bytes, ...]
    storage: tuple[bytes, ...]
    dead: dict[bytes, str]
    video_extensions: tuple[str, ...]
    small_below: int
    through: Mapping[bytes, bytes] = field(default_factory=dict)
    timeout_s: float = ANSWER_S
    workers: int = 8

    def reader(self) -> Reader:
        """A reader of these places; the mounts it pauses are added to ``dead``."""
        return Reader(self.timeout_s, self.workers, self.through, self.dead)

    @property
    def video_endings(self) -> tuple[bytes, ...]:
        """The endings of videos, each with its dot, in lower case."""
        return tuple(f".{extension.lower()}".encode() for extension in self.video_extensions)

    def is_video(self, name: bytes) -> bool:
        """Whether a file of this name counts as a video."""
        return name.rpartition(b".")[2].lower().decode("ascii", "replace") in self.video_extensions

    def away(self, path: bytes) -> bool:
        """Whether a path lies on a mount that is away."""
        if not self.dead:
            return False
        ways = (path, really(path, self.through))
        return any(is_within(way, mount) for mount in self.dead for way in ways)
