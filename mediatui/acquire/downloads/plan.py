"""The steps that bring files of a folder into the library: a real file is moved to where real files are kept, and a
link is placed that leads to it; of a link of the folder the same link is made in the library."""

from __future__ import annotations

import os
from collections.abc import Sequence

from mediatui.acquire.downloads.judge import Row
from mediatui.changes.steps.importing import PlaceInLibrary
from mediatui.changes.steps.store_file import StoreFile
from mediatui.model.human import counted, size_text
from mediatui.model.plan import Plan, Step
from mediatui.model.text import printable, printable_path
from mediatui.settings import Settings
from mediatui.settings.places import imported_storage


def plan_rows(settings: Settings, top: bytes, rows: Sequence[Row]) -> Plan:
    """The plan for the rows that are ready. Blocks for a moment."""
    storage = imported_storage(settings) or b""
    ready = [row for row in rows if row.state == "ready"]
    steps: list[Step] = []
    for row in ready:
        steps += _stored(row, top, storage)
        steps.append(_placed(row))
    moved = sum(step.size for step in steps if isinstance(step, StoreFile))
    links = [step for step in steps if isinstance(step, PlaceInLibrary)]
    anew = sum(bool(link.before) for link in links)
    says = [f"{counted(len(links), 'link')} in the library{f', {anew:,} of them pointed anew' if anew else ''}."]
    if moved:
        says.append(f"{size_text(moved)} of files move to {printable_path(storage)}; an undo moves them back.")
        free = free_across(storage, top)
        if free is not None and free < moved:
            says.append(f"Only {size_text(free)} are free there: what has no room is left for a later run.")
    title = f"Import {counted(len(ready), 'file')} of {printable_path(top)}"
    return Plan("import", title, tuple(steps), says=tuple(says) if steps else ())


def free_across(storage: bytes, top: bytes) -> int | None:
    """How many bytes are free in a folder, where files that come from another have to be copied to it; None where they
    are only renamed, or that is not known."""
    try:
        if os.stat(storage).st_dev == os.stat(top).st_dev:
            return None
        space = os.statvfs(storage)
    except OSError:
        return None
    return space.f_bavail * space.f_frsize


def _stored(row: Row, top: bytes, storage: bytes) -> list[Step]:
    """The step that moves a real file, unless it lies where it may stay."""
    assert row.placed is not None
    file, leads = row.download.file, row.placed.assigned.file.remote
    if file.target or leads == file.path:
        return []
    path = os.fsdecode(leads)
    return [
        StoreFile(
            what=printable(path), path=path, source=os.fsdecode(file.path), top=os.fsdecode(storage),
            source_top=os.fsdecode(top), size=file.size, mtime_ns=file.mtime_ns,
        )
    ]  # fmt: skip


def _placed(row: Row) -> PlaceInLibrary:
    """The step that makes its link. Subtitles are of nothing of their own."""
    assert row.placed is not None
    placed, one = row.placed, row.placed.assigned
    path, leads, target = os.fsdecode(placed.path), os.fsdecode(one.file.remote), one.target
    if row.download.kind == "subtitles":
        return PlaceInLibrary(
            what=printable(path), path=path, transfer=0, file=one.file.path, target=leads, size=one.file.size
        )
    return PlaceInLibrary(
        what=printable(path), risk=placed.risk, path=path, transfer=0, file=one.file.path, target=leads,
        size=one.file.size, before=os.fsdecode(placed.before), title=target.title, year=target.year, season=one.season,
        episodes=one.episodes, tmdb_id=target.tmdb_id, tvdb_id=target.tvdb_id, genres=row.genres,
    )  # fmt: skip
