"""Whether a folder of real files that is empty is a new one, and not what is left of a disk that is away."""

from __future__ import annotations

import sqlite3

from mediatui.store.library.link_targets import some_good_targets
from mediatui.store.library.mounts_seen import read_mount_seen
from mediatui.system.mounts import MountState


def is_new_storage(connection: sqlite3.Connection, state: MountState) -> bool:
    """Whether a folder that was checked could be read and is empty, and was never seen to hold anything."""
    path = state.mount.path
    if state.entries or not state.real or read_mount_seen(connection, path) is not None:
        return False
    return not some_good_targets(connection, path, 1)
