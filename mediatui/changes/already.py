"""Whether the library is as a step was to make it: what undo may take for taken back without having done it."""

from __future__ import annotations

import os

from mediatui.changes.in_root_dir import Outdated, missing_folders, reads, run_blocking
from mediatui.changes.step_run import StepRun
from mediatui.changes.steps.folders import is_moved
from mediatui.model.plan import (
    LibraryStep,
    MakeDir,
    MovePath,
    RelinkSymlink,
    RemoveEmptyDir,
    RestoreSymlink,
    SetMediaFile,
    UnlinkSymlink,
)
from mediatui.store.library.media import read_media_file


async def is_as_wanted(act: StepRun, step: LibraryStep) -> bool:
    """Whether what the step was to bring about is seen to be so. What cannot be looked at, or lies in no root, is not:
    absence counts in a folder that is there."""
    if isinstance(step, SetMediaFile):
        return await act.ctx.db.read(read_media_file, step.media) == (os.fsencode(step.path) or None)
    try:
        return await run_blocking(act, lambda: _is_so(act, step))
    except (Outdated, OSError):
        return False


def _is_so(act: StepRun, step: LibraryStep) -> bool:
    """Raises Outdated or OSError where a path has no folder of a root above it that can be looked into."""
    path = os.fsencode(step.new_path if isinstance(step, MovePath) else step.path)
    missing_folders(act, path)
    match step:
        case RestoreSymlink():
            return reads(path) == os.fsencode(step.target)
        case RelinkSymlink():
            return reads(path) == os.fsencode(step.new_target)
        case UnlinkSymlink() | RemoveEmptyDir():
            return not os.path.lexists(path)
        case MakeDir():
            return os.path.isdir(path) and not os.path.islink(path)
        case MovePath():
            return is_moved(os.fsencode(step.path), path, os.fsencode(step.target))
        case _:
            return False
