"""What of the reports that are due can be sent now: every mount has to be alive, and each link to be as it was left."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mediatui.changes.mount_guard import compare_mount, lost_views
from mediatui.model.path import is_below
from mediatui.model.text import printable
from mediatui.runtime.context import Context
from mediatui.settings.places import configured_mounts, configured_roots
from mediatui.store.library.mounts_seen import read_mount_seen
from mediatui.store.servers.reports import Report
from mediatui.system.helper_process import TimedOut, ask
from mediatui.system.threads import in_thread

FIRST_BYTE_S: Final = 10.0
NOT_OURS: Final = "somebody else has changed it since"


@dataclass(frozen=True, slots=True)
class Looked:
    """A link or folder as it is now. ``why`` is what keeps its report (empty: nothing), ``is_ours`` whether it is as
    we left it; ``is_there``, ``is_folder``, and the time of change of what it leads to (epoch seconds). ``nearest`` is
    the nearest folder above it that is there, ``gone`` the topmost folder that is gone (empty: none)."""

    report: Report
    why: str = ""
    is_ours: bool = True
    is_there: bool = False
    is_folder: bool = False
    mtime: float | None = None
    nearest: bytes = b""
    gone: bytes = b""


async def why_away(ctx: Context) -> str:
    """Why nothing can be reported now, a sentence without its end: a mount is away, or a view of one shows too little.
    Empty when all are alive; a folder of real files may be empty as long as it was never seen otherwise."""
    mounts = len(ctx.settings.library.mounts)
    for number, mount in enumerate(configured_mounts(ctx.settings)):
        state = await compare_mount(ctx, mount)
        before = await ctx.db.read(read_mount_seen, mount.path)
        is_new = number >= mounts and state.problem.endswith(" is empty") and (before is None or not before.entries)
        if state.problem and not is_new:
            return state.problem
    return next(iter((await lost_views(ctx, [])).values()), "")


async def look_at(ctx: Context, reports: Sequence[Report]) -> list[Looked]:
    """How the links of reports are now; one target after the other."""
    roots = configured_roots(ctx.settings)
    return [await in_thread(lambda one=one: _look(one, roots)) for one in reports]  # type: ignore[misc]


def _look(report: Report, roots: Sequence[bytes]) -> Looked:
    root = next((root for root in roots if is_below(report.place, root)), None)
    if root is None:
        return Looked(report, is_ours=False)
    try:
        return ask(_read, report, root, seconds=FIRST_BYTE_S)
    except TimedOut:
        return Looked(report, why=f"no byte of {_name(report)} came in {FIRST_BYTE_S:.0f} s")
    except OSError as error:
        return Looked(report, why=f"{_name(report)} cannot be read ({error.strerror})")


def _read(report: Report, root: bytes) -> Looked:
    """In the helper process. Raises OSError for what cannot be judged."""
    if not os.listdir(root):
        return Looked(report, why=f"{printable(os.fsdecode(root))} is empty")
    nearest, gone = os.path.dirname(report.path), b""
    while not os.path.isdir(nearest) and nearest != root:
        nearest, gone = os.path.dirname(nearest), nearest
    try:
        mode = os.lstat(report.place).st_mode
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTDIR):
            raise
        return Looked(report, is_ours=report.kind == "removed", nearest=nearest, gone=gone)
    if report.kind == "removed":
        return Looked(report, is_ours=False)
    if mode & 0o170000 == 0o040000:
        return Looked(report, is_there=True, is_folder=True, nearest=nearest)
    if report.is_moved:
        return Looked(report, is_there=True, mtime=os.stat(report.place).st_mtime, nearest=nearest)
    with open(report.place, "rb", buffering=0) as file:
        mtime, first = os.fstat(file.fileno()).st_mtime, file.read(1)
    if not first:
        return Looked(report, why=f"{_name(report)} is empty")
    return Looked(report, is_there=True, mtime=mtime, nearest=nearest)


def _name(report: Report) -> str:
    return printable(os.fsdecode(os.path.basename(report.place)))
