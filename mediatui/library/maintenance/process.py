"""A process that analyses the library: the screen stays responsive, and killing the process ends a call that hangs.

Options are read from standard input, messages are written to standard output, both pickled between the two ends of one
program: ``(kind, content)``, see ``reporter.Reporter``; ``done`` carries the counts, ``error`` a message and a hint.
"""

from __future__ import annotations

import pickle
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mediatui.changes.owned_folders import OwnedFolders
from mediatui.library.maintenance.library_paths import LibraryPaths
from mediatui.library.maintenance.reporter import Reporter
from mediatui.library.maintenance.snapshot import LibrarySnapshot
from mediatui.library.maintenance.tools import TOOLS, ToolOptions
from mediatui.model.errors import MediatuiError
from mediatui.model.path import is_within
from mediatui.store.database import open_reader
from mediatui.system.own_process import answer_on_stdio


@dataclass(frozen=True, slots=True)
class Task:
    """What to analyse: ``database`` is a path, ``owned`` what Sonarr and Radarr hold, for tools that move folders,
    ``scope`` the folders and links to which it is limited (none: the whole library)."""

    options: ToolOptions
    places: LibraryPaths
    database: str
    owned: OwnedFolders
    scope: tuple[bytes, ...] = ()


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Reads one Task and answers with messages until it is done."""
    task: Task = pickle.load(source)
    lock = threading.Lock()

    def send(kind: str, content: object) -> None:
        data = pickle.dumps((kind, content))
        with lock:
            sink.write(len(data).to_bytes(4, "big") + data)
            sink.flush()

    reporter = Reporter(send, task.scope)
    connection = open_reader(Path(task.database))
    try:
        snapshot = LibrarySnapshot(task.places, connection, reporter, task.owned)
        counts = dict(TOOLS[task.options.tool].find()(snapshot, task.options))
        reporter.flush()
        if task.scope:  # the share of removals is one of what lies there
            counts["looked_at"] = sum(
                any(is_within(link.path, place) for place in task.scope) for link in snapshot.tree.links
            )
        send("done", counts)
    except MediatuiError as error:
        send("error", (error.message, error.hint))
    finally:
        connection.close()


if __name__ == "__main__":
    answer_on_stdio(serve)
