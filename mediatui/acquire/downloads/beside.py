"""Subtitles of a folder: each beside the link of the video it belongs to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from mediatui.acquire.downloads.judge import NO_STORAGE, Row
from mediatui.acquire.downloads.stored_place import stored_place
from mediatui.acquire.importing.assign import Assigned
from mediatui.acquire.importing.place import PlacedFile
from mediatui.acquire.importing.subtitles import suffix_of, video_of
from mediatui.model.transfer_file import TransferFile
from mediatui.settings import Settings


def with_subtitles(settings: Settings, rows: Sequence[Row]) -> list[Row]:
    """The same rows, those of subtitles ready whose videos are. Blocks for a moment."""
    placed = [row.placed for row in rows if row.placed is not None and row.state == "ready"]
    paths: set[bytes] = set()
    taken = {one.assigned.file.remote for one in placed}
    found = []
    for row in rows:
        if row.download.kind == "subtitles" and not row.download.file.why:
            row = _beside(settings, row, placed, taken)
            if row.placed is not None and row.placed.path in paths:
                row = replace(row, state="left", why="others are placed beside its video", placed=None)
            elif row.placed is not None:
                paths.add(row.placed.path)
                taken.add(row.placed.assigned.file.remote)
        found.append(row)
    return found


def _beside(settings: Settings, row: Row, placed: Sequence[PlacedFile], taken: set[bytes]) -> Row:
    one = row.download
    near = [other for other in placed if _is_near(one.path, other)]
    video = video_of(one.path, [other.assigned.file for other in near])
    if video is None:
        return row
    of = next(other for other in near if other.assigned.file is video)
    target = of.assigned.target
    path = os.path.splitext(of.path)[0] + os.fsencode(suffix_of(one.path))
    leads = one.file.target or stored_place(settings, one.file.path, target, taken)
    if os.path.lexists(path):
        return replace(row, why="others are there already")
    if not leads:
        return replace(row, why=NO_STORAGE)
    file = TransferFile(one.path, one.file.size, wanted=True, remote=leads, link=one.file.path)
    return replace(row, state="ready", why="", target=target, placed=PlacedFile(Assigned(file, target), path))


def _is_near(path: str, video: PlacedFile) -> bool:
    """Whether a video lies in the folder of subtitles, or in one above."""
    folder = video.assigned.file.path.rpartition("/")[0]
    return not folder or path.startswith(f"{folder}/")
