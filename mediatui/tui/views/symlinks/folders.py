"""The folders of the library: what is read of them, how they are shown, sorted, picked, and how long a scan takes."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mediatui.commands.columns import screen_cells, shown_on_screen
from mediatui.commands.scan_columns import FOLDER_COLUMNS, ShownFolder
from mediatui.library.roots import Library
from mediatui.library.scan.counting import size_class
from mediatui.library.scan.history import covers, estimate_s, last_scan_of, mount_warning
from mediatui.model.choices import SCAN_DEPTHS, ScanDepth
from mediatui.model.human import ago, counted, duration, short_moment
from mediatui.model.link import BAD_STATES
from mediatui.model.text import cut_middle, fold, printable
from mediatui.store.conditions import links_in_states
from mediatui.store.library.links import count_links, iterate_links
from mediatui.store.library.mounts_seen import MountSeen, read_mounts_seen
from mediatui.store.library.scans import EVERY_SCAN, Scan, read_scans
from mediatui.tui.widgets.rows import Row

FOLDERS = shown_on_screen(FOLDER_COLUMNS)
SORTS = ("name", "links", "wrong", "scanned")
MEANINGS: Mapping[ScanDepth, str] = {
    "basic": "is the target of each link there?",
    "full": "and do the files play? reads the beginning and end of each",
}
LARGEST_FIRST = ("links", "wrong", "scanned")
MOST_MOUNTS = 3
LEAST_PATH, MOST_OF_A_MOUNT = 24, 40
"""How many cells of the path of a mount are shown at least, and how many what is said of it takes."""
MOST_UNJUDGED = 2


@dataclass(frozen=True, slots=True)
class LibraryFolder:
    """A first-level folder of the library: its path, how many links it holds (None: not counted yet), how many of them
    are wrong, and the last scan of all of it."""

    path: bytes
    links: int | None
    wrong: int = 0
    scan: Scan | None = None

    @property
    def name(self) -> str:
        """Its name, for people."""
        return printable(os.fsdecode(os.path.basename(self.path)))

    @property
    def size_class(self) -> str:
        """big (more than 1,000 links), medium (100 to 1,000) or small; empty while it is not counted."""
        return "" if self.links is None else size_class(self.links)


@dataclass(frozen=True, slots=True)
class Overview:
    """The folders, the stored scans (newest first), the mounts as last seen, and a warning (empty: none)."""

    folders: tuple[LibraryFolder, ...]
    scans: tuple[Scan, ...]
    mounts: Mapping[bytes, MountSeen]
    warning: str

    @property
    def failing_views(self) -> list[str]:
        """The paths of the views the last scan could not judge by what they show."""
        rows = self.scans[0].unjudged if self.scans else ()
        return sorted({str(row["place"]) for row in rows if row.get("is_view")})


def read_overview(
    connection: sqlite3.Connection, library: Library, paths: Sequence[bytes], on_disk: Mapping[bytes, int], share: float
) -> Overview:
    """What is known of these folders; ``on_disk`` are links counted there where nothing was ever scanned."""
    wrong: dict[bytes, int] = {}
    for link in iterate_links(connection, links_in_states(BAD_STATES)):
        root = library.root_of(link.path)
        if root is not None:
            first = link.path[len(root) + 1 :].partition(b"/")[0]
            folder = os.path.join(root, first)
            wrong[folder] = wrong.get(folder, 0) + 1
    scans = read_scans(connection, EVERY_SCAN)
    folders = [
        LibraryFolder(path, count_links(connection, path), wrong.get(path, 0), last_scan_of(scans, path))
        for path in paths
    ]
    folders = [
        folder if folder.links or folder.scan else replace(folder, links=on_disk.get(folder.path)) for folder in folders
    ]
    warnings = [mount_warning(connection, library.roots, share), *unjudged_lines(scans)]
    return Overview(tuple(folders), tuple(scans), read_mounts_seen(connection), "\n".join(filter(None, warnings)))


def unjudged_lines(scans: Sequence[Scan]) -> list[str]:
    """What the newest scan could not judge, a line each, and the key that takes a view as it is."""
    rows = scans[0].unjudged if scans else ()
    lines = [f"{row['text']}{'  (V: take the view as it is)' if row.get('is_view') else ''}" for row in rows]
    if len(lines) > MOST_UNJUDGED:
        rest = sum(int(str(row["links"])) for row in rows[MOST_UNJUDGED:])
        lines = [
            *lines[:MOST_UNJUDGED],
            f"and {counted(rest, 'more link')} for {counted(len(rows) - MOST_UNJUDGED, 'more reason')}",
        ]
    return lines


def folder_row(key: int, folder: LibraryFolder, now: float) -> Row:
    """A folder as the list shows it."""
    scan = folder.scan
    at, depth = (None, "") if scan is None else (scan.started_at, scan.depth)
    shown = ShownFolder(folder.name, folder.links, {}, folder.wrong, folder.size_class, at, depth, now)
    return Row(key, screen_cells(FOLDERS, shown), "quiet", also=((2, "broken" if folder.wrong else "quiet"),))


def sorted_folders(folders: Sequence[LibraryFolder], sort: str, reverse: bool) -> list[LibraryFolder]:
    """The folders by a sort key, those of the same value by name."""
    by_name = sorted(folders, key=lambda folder: (fold(folder.name), folder.path))
    if sort == "name":
        return by_name[::-1] if reverse else by_name
    values = {
        "links": lambda folder: folder.links or 0,
        "wrong": lambda folder: folder.wrong,
        "scanned": lambda folder: folder.scan.started_at if folder.scan else 0,
    }
    return sorted(by_name, key=values[sort], reverse=reverse)


def scan_question(folders: Sequence[LibraryFolder], scans: Sequence[Scan], all_folders: int) -> tuple[str, list[str]]:
    """What is asked before a scan, and what is said of each depth: how long it takes by earlier scans, what it finds
    out."""
    links = sum(folder.links or 0 for folder in folders)
    what = folders[0].name if len(folders) == 1 else counted(len(folders), "folder")
    if len(folders) == all_folders > 1:
        what = "everything"
    sized = [(folder.path, folder.links or 0) for folder in folders]
    times = [estimate_s(scans, sized, depth) for depth in SCAN_DEPTHS]
    lasts = ["" if took is None else f"about {duration(max(1, took))}: " for took in times]
    notes = [last + MEANINGS[depth] for last, depth in zip(lasts, SCAN_DEPTHS, strict=True)]
    return f"scan {what}, {counted(links, 'link')}", notes


def mount_lines(library: Library, overview: Overview, now: float, cells: int) -> list[tuple[str, str]]:
    """A line for each mount, as the last scan found it, with its tone (``ok``, ``attention``, ``quiet``); paths are cut
    for lines of ``cells``."""
    lines: list[tuple[str, str]] = []
    newest = overview.scans[0] if overview.scans else None
    for mount in library.mounts:
        name = cut_middle(printable(os.fsdecode(mount.path)), max(LEAST_PATH, cells - MOST_OF_A_MOUNT))
        seen = overview.mounts.get(mount.path)
        if seen is None:
            lines.append((f"mount {name}: {'not alive at the last scan' if newest else 'not checked yet'}",
                          "attention" if newest else "quiet"))  # fmt: skip
        elif newest is not None and seen.at < newest.started_at:
            lines.append((f"mount {name}: not alive at the last scan; it was {ago(now - seen.at)}", "attention"))
        else:
            entries = counted(seen.entries, "entry", "entries")
            lines.append((f"mount {name}: alive {ago(now - seen.at)}, {entries}", "ok"))
    if len(lines) > MOST_MOUNTS:
        lines.sort(key=lambda line: line[1] != "attention")
        lines = [*lines[: MOST_MOUNTS - 1], (f"and {counted(len(lines) - MOST_MOUNTS + 1, 'more mount')}", "quiet")]
    return lines


def title_of(folders: Sequence[LibraryFolder]) -> str:
    """The heading of the folders: how many links they hold, once all were counted."""
    if not folders or any(folder.links is None for folder in folders):
        return "Folders"
    return f"Folders · {counted(sum(folder.links or 0 for folder in folders), 'link')}"


def last_scan_line(overview: Overview) -> str:
    """The line below: what the last scan was."""
    if not overview.scans:
        return "never scanned: S scans"
    newest = overview.scans[0]
    part = "" if all(covers(newest, folder.path) for folder in overview.folders) else " of a part"
    return f"last scan{part} {short_moment(newest.started_at)}, {newest.status}"


def heading_of(folder: LibraryFolder, now: float) -> str:
    """The heading of the links of a folder: how many there are, and when they were scanned."""
    links = "" if folder.links is None else counted(folder.links, "link")
    scan = "never scanned" if folder.scan is None else f"scanned {ago(now - folder.scan.started_at)}"
    return " · ".join(filter(None, (folder.name, links, scan)))
