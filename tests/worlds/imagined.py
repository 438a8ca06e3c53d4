"""Libraries that are nowhere but in memory: what the tools of maintenance make of names alone, in milliseconds."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from mediatui.library.maintenance.library_paths import LibraryPaths
from mediatui.library.maintenance.reporter import Reporter
from mediatui.library.maintenance.snapshot import LibrarySnapshot, Tree, TreeLink
from mediatui.library.maintenance.storage import Storage
from mediatui.library.maintenance.tools import ToolOptions
from mediatui.model.finding import Finding
from mediatui.store.database import open_reader, prepare

Find = Callable[[LibrarySnapshot, ToolOptions], Mapping[str, object]]
ROOT, MOUNT = "/library", "/mount"


def empty_archive(folder: Path) -> Iterator[sqlite3.Connection]:
    """An archive with nothing in it, to read."""
    path = folder / "mediatui.db"
    prepare(path)
    with closing(open_reader(path)) as reader:
        yield reader


def findings_of(
    find: Find,
    options: ToolOptions,
    connection: sqlite3.Connection,
    links: Mapping[str, str],
    files: Iterator[str] | list[str],
) -> list[Finding]:
    """What a tool finds. ``links`` map paths below the library to their targets below the mount, ``files`` are the
    files that are there, below the mount; every other target is missing."""
    storage = Storage([MOUNT.encode()])
    for file in files:
        path = os.fsencode(f"{MOUNT}/{file}")
        folder, _, name = path.rpartition(b"/")
        storage.add(folder, [*storage.folders.get(folder, ()), name])
    tree = Tree([ROOT.encode()])
    for link, target in links.items():
        pointed = os.fsencode(f"{MOUNT}/{target}")
        state = "ok" if pointed in storage.files else "broken"
        tree.links.append(TreeLink(os.fsencode(f"{ROOT}/{link}"), pointed, pointed, state))
    found: list[Finding] = []

    def keep_findings(kind: str, content: object) -> None:
        if kind == "found" and isinstance(content, list):
            found.extend(content)

    places = LibraryPaths((ROOT.encode(),), (MOUNT.encode(),), (), {}, ("mkv", "avi", "mp4"), 0)
    reporter = Reporter(keep_findings)
    find(LibrarySnapshot(places, connection, reporter, _tree=tree, _storage=storage), options)
    reporter.flush()
    return found
