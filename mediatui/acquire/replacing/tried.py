"""What was tried in vain lately for dead links: it is not taken again unasked, so that the next way has its turn."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from mediatui.changes.steps.reinsert import ReinsertTorrent
from mediatui.changes.steps.replace_link import ReplaceLink
from mediatui.changes.steps.torrents import AddTorrent
from mediatui.store.changes.plan_steps import failed_since
from mediatui.store.transfers.rows import failed_hashes

LATELY_S: Final = 7 * 86_400.0
REPAIRS: Final = (ReinsertTorrent.KIND, AddTorrent.KIND)


@dataclass(frozen=True, slots=True)
class Tried:
    """Why repairs failed, by the info-hashes of torrents; why files were not taken, by link and file; and the
    info-hashes whose transfers failed."""

    repairs: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[tuple[bytes, bytes], str] = field(default_factory=dict)
    hashes: frozenset[str] = frozenset()


def read_tried(connection: sqlite3.Connection, now: float) -> Tried:
    """What failed within the last seven days."""
    repairs: dict[str, str] = {}
    files: dict[tuple[bytes, bytes], str] = {}
    for text, reason in failed_since(connection, (*REPAIRS, ReplaceLink.KIND), now - LATELY_S):
        step = json.loads(text)
        if step["kind"] == ReplaceLink.KIND:
            files[os.fsencode(step["path"]), os.fsencode(step["new_target"])] = reason
        else:
            repairs[str(step.get("hash", ""))] = reason
    return Tried(repairs, files, failed_hashes(connection, now - LATELY_S))
