"""A symlink of the library and the state of its target. Paths are bytes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final, Literal, get_args

from mediatui.model.path import is_below

State = Literal[
    "ok", "broken", "loop", "unreadable", "unreachable", "wrong kind", "small", "outside", "unknown",
    "io_error", "truncated", "zeroed", "not media", "no video", "not on mount",
]  # fmt: skip
STATES: Final[tuple[State, ...]] = get_args(State)
BAD_STATES: Final = (
    "broken", "loop", "small", "truncated", "zeroed", "not media", "no video", "io_error", "wrong kind",
)  # fmt: skip
"""States in which the link or its target itself is bad, worst first."""
NOT_ON_MOUNT: Final = "not on mount"
"""The view of this link does not show the torrent, but the account has it or another view of the mount shows it."""
UNCERTAIN_STATES: Final = (NOT_ON_MOUNT, "unreadable", "unreachable", "outside", "unknown")
"""States in which nothing may be changed: a missing target does not prove that it is gone."""
NOT_JUDGED: Final = ("unknown", "unreachable", "unreadable", NOT_ON_MOUNT)
"""States in which it is unknown whether the link is well."""
PROBE_LATE, PROBE_MISSING, PROBE_UNCLEAR = -1, -2, -3
NOT_PROBED: Final = {
    PROBE_LATE: "ffprobe did not answer in time",
    PROBE_MISSING: "only ffprobe can judge it, and there is none",
    PROBE_UNCLEAR: "ffprobe could not judge it",
}
"""Why nobody knows whether a file plays, by the code of an unknown link; error numbers are positive."""
KEPT_BY_GUARDS: Final = ("unknown", "unreachable", NOT_ON_MOUNT)
"""Those of them that a guard sets: the mount, a view, or a witness (the account or another view) contradicts the
missing target."""
REMOVABLE: Final[tuple[State, ...]] = ("broken", "loop", "small")


def below(path: bytes, folders: Sequence[bytes]) -> str:
    """A path relative to the first of ``folders`` that it lies in; whole when it lies in none."""
    folder = next((folder for folder in folders if is_below(path, folder)), None)
    return os.fsdecode(path if folder is None else path[len(folder) + 1 :])


def from_name_on(path: bytes, folders: Sequence[bytes]) -> str:
    """A path as a filter reads it: from the name of the folder, among ``folders``, that it lies in. The part above a
    root or a mount is common to everything in it, so it must not match."""
    folder = next((folder for folder in folders if is_below(path, folder)), b"")
    return os.fsdecode(path[folder.rfind(b"/") + 1 :])
