"""A symlink of the library, and what is known of its target. Paths are bytes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

State = Literal[
    "ok", "broken", "loop", "unreadable", "unreachable", "wrong kind", "small", "outside", "unknown",
    "io_error", "truncated", "zeroed", "not media", "no video", "not on mount",
]  # fmt: skip
STATES: Final[tuple[State, ...]] = get_args(State)
BAD_STATES: Final = (
    "broken", "loop", "small", "truncated", "zeroed", "not media", "no video", "io_error", "wrong kind",
)  # fmt: skip
"""States that say something is wrong with the link or its target itself, worst first."""
NOT_ON_MOUNT: Final = "not on mount"
"""The account has the torrent, or another view of the mount shows it; this view does not."""
UNCERTAIN_STATES: Final = (NOT_ON_MOUNT, "unreadable", "unreachable", "outside", "unknown")
"""States nothing may be done about: absence is not death."""
NOT_JUDGED: Final = ("unknown", "unreachable", "unreadable", NOT_ON_MOUNT)
"""States of links of which it cannot be told whether they are well."""
KEPT_BY_GUARDS: Final = ("unknown", "unreachable", NOT_ON_MOUNT)
"""Those of them that a mount, a view or a witness keeps from being judged."""
REMOVABLE: Final[tuple[State, ...]] = ("broken", "loop", "small")


@dataclass(frozen=True, slots=True)
class Link:
    """A link as the walk found it: its path, the text of its target (empty when it was not read), the state and, where
    it is known, the size of the target in bytes; ``code`` is the error number of a target that could not be seen."""

    path: bytes
    target: bytes
    state: State
    size: int | None = None
    code: int = 0


def below(path: bytes, folders: Sequence[bytes]) -> str:
    """A path as it reads best: without the folder, of those given, that it lies in."""
    folder = next((folder for folder in folders if path.startswith(folder + b"/")), None)
    return os.fsdecode(path if folder is None else path[len(folder) + 1 :])


def from_name_on(path: bytes, folders: Sequence[bytes]) -> str:
    """A path as a filter reads it: from the name of its folder on. What is above a root or a mount is the same for all
    that is in it, and says nothing about any."""
    folder = next((folder for folder in folders if path.startswith(folder + b"/")), b"")
    return os.fsdecode(path[folder.rfind(b"/") + 1 :])
