"""Cleanup, ``empty``: folders with no file and no link in them or below.

Hidden files count as files. A hidden folder is a marker somebody made: it stays, and so do the folders around it; only
the folders in which a NAS keeps thumbnails (``@eaDir``) go, as it makes them again. Also kept are roots and the folders
of kinds (``Films``), which media servers read; folders that could not be read; folders that hold or are a mount or
storage, or that anything is mounted on, because an empty one may be a drive that is away; and the folders of Sonarr and
Radarr.
"""

from __future__ import annotations

import os
from collections import Counter

from mediatui.changes.owned_folders import ROOT_FOLDER, OwnedFolders
from mediatui.changes.steps.folders import RemoveEmptyDir
from mediatui.library.maintenance.cleanup.layout import Layout
from mediatui.library.maintenance.planned_tree import PlannedFolder, PlannedTree
from mediatui.library.maintenance.reading import Reader
from mediatui.library.maintenance.reporter import Reporter
from mediatui.model.finding import Finding
from mediatui.model.text import printable

MADE_AGAIN = b"@eaDir"
REASON = "no file and no link is in it"


def find_empties(
    planned_tree: PlannedTree, layout: Layout, owned: OwnedFolders, reader: Reader, reporter: Reporter
) -> dict[str, int]:
    """Reports empty folders, the innermost first, and removes those that may go from the planned tree. Counts the
    folders kept because they belong to a service, by the keys of ``KEPT_WORDS``; root folders of services are counted
    and not reported."""
    kept: Counter[str] = Counter()
    folders = list(planned_tree.all_folders())
    reporter.phase("looking for empty folders", len(folders))
    for number, folder in enumerate(reversed(folders), 1):
        if _may_go(folder, reader) and layout.role(folder) != "kind":
            path = os.fsdecode(folder.path)
            key, why = owned.may_go(folder.path)
            if not key:
                step = RemoveEmptyDir(what=printable(path), path=path, reason=REASON)
                reporter.found(Finding("empty", folder.path, REASON, steps=(step,)))
                planned_tree.remove(folder)
            else:
                kept[key] += 1
                if key != ROOT_FOLDER:
                    reporter.found(Finding("empty", folder.path, f"{REASON}; it stays: {why}"))
        if number % 1000 == 0:
            reporter.progress(number, len(folders))
    return dict(kept)


def _may_go(folder: PlannedFolder, reader: Reader) -> bool:
    holds = folder.folders or folder.links or folder.files
    if holds or folder.unread or folder.fixed or (folder.hidden and folder.name != MADE_AGAIN):
        return False
    try:
        return not reader.ask(os.path.ismount, folder.path)
    except OSError:
        return False
