"""Reads the views of a mount: what a view shows, and what other views show.

These calls may hang, so the functions here run in the helper process (``system.helper_process``).
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mediatui.model.path import is_below
from mediatui.model.views import KeptView
from mediatui.system.mount_table import read_mount_table
from mediatui.system.mounts import Mount, away_now

MOST_VIEWS = 50
"""A mount has a handful of views; the folders in a folder with more than this are torrents."""
FEW = 8
"""Up to this many names are looked up one by one, more by listing the folder."""
EMPTY = errno.ENODATA
"""The error number stored for a link whose target lies in a folder that lists empty on a network mount."""
_NOT_THERE = (errno.ENOENT, errno.ENOTDIR)


def mount_points_in(mounts: Sequence[bytes], kept: Iterable[KeptView]) -> list[bytes]:
    """The mount points in configured folders: the current ones, and those that were mounted when the view was last
    alive."""
    points = {point.path for point in read_mount_table()} | {
        kept_view.view.mount for kept_view in kept if kept_view.was_mount
    }
    return [point for point in points if any(is_below(point, mount) for mount in mounts)]


def list_view(path: bytes) -> frozenset[bytes]:
    """The names in a view, none where it does not exist; raises OSError when it cannot be read."""
    try:
        return frozenset(os.listdir(path))
    except OSError as error:
        if error.errno in _NOT_THERE:
            return frozenset()
        raise


def read_view(mount: bytes, view: bytes) -> tuple[frozenset[bytes], bool]:
    """The names in a view, and whether its mount is a mount point; raises OSError."""
    return list_view(view), os.path.ismount(mount)


def others_showing(view: bytes, names: Sequence[bytes]) -> Mapping[bytes, bytes]:
    """The names of these that another view beside this one shows, each with that view; raises OSError when one of them
    cannot be read."""
    with os.scandir(os.path.dirname(view)) as entries:
        siblings = [entry.path for entry in entries if entry.path != view and entry.is_dir()]
    found: dict[bytes, bytes] = {}
    if len(siblings) > MOST_VIEWS:
        return found
    for other in sorted(siblings):
        shown = {name for name in names if _exists(other, name)} if len(names) <= FEW else list_view(other)
        found |= {name: other for name in names if name in shown and name not in found}
    return found


@dataclass(frozen=True, slots=True)
class TargetQuery:
    """What to check for one target: whether ``mount``, which was a mount point or not, seems away; whether any of the
    ``good`` targets exists; which of ``names`` are in its ``view`` (on the mount point ``point``), and, where the
    target's torrent is not in it, which views show ``seek``."""

    mount: Mount
    was_mount: bool
    target: bytes
    point: bytes
    view: bytes
    names: Sequence[bytes] = ()
    good: Sequence[bytes] = ()
    seek: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class TargetCheck:
    """The answer to a TargetQuery: why the mount seems away, whether anything is in the view, which of the names are in
    it (the torrent's among them), whether the mount point is mounted, whether a folder on the way to the target lists
    empty, whether one of the good targets exists, and which of the names sought are in the view or in other views."""

    away: str
    shows_any: bool = False
    present: frozenset[bytes] = frozenset()
    is_mount: bool = False
    lists_empty: bool = False
    any_good: bool = False
    shown: frozenset[bytes] = frozenset()
    elsewhere: Mapping[bytes, bytes] = field(default_factory=dict)


def check_target(asked: TargetQuery) -> TargetCheck:
    """A quick check of one target; raises OSError where something cannot be read."""
    if away := away_now(asked.mount, asked.was_mount):
        return TargetCheck(away)
    try:
        with os.scandir(asked.view) as entries:
            shows_any = next(entries, None) is not None
    except OSError as error:
        if error.errno not in _NOT_THERE:
            raise
        shows_any = False
    torrent = asked.target[len(asked.view) + 1 :].split(b"/", 1)[0]
    present = frozenset(name for name in {*asked.names, torrent} if _exists(asked.view, name))
    shown, elsewhere = frozenset[bytes](), dict[bytes, bytes]()
    if torrent not in present:
        shown = frozenset(name for name in asked.seek if _exists(asked.view, name))
        elsewhere |= others_showing(asked.view, asked.seek) if asked.view != asked.point else {}
    return TargetCheck(
        "", shows_any, present, os.path.ismount(asked.point), any_lists_empty(asked.view, asked.target),
        not asked.good or any(map(os.path.exists, asked.good)), shown, elsewhere,
    )  # fmt: skip


def any_lists_empty(view: bytes, target: bytes) -> bool:
    """Whether a folder on the way from a view to a target exists and lists empty: no real torrent does."""
    folder = os.path.dirname(target)
    while len(folder) > len(view):
        try:
            with os.scandir(folder) as entries:
                if next(entries, None) is None:
                    return True
        except OSError as error:
            if error.errno not in _NOT_THERE:
                raise
        folder = os.path.dirname(folder)
    return False


def recheck_target(view: bytes, target: bytes) -> str:
    """The state of a target on a network mount that looked missing: ``ok``, ``folder``, ``empty`` (a folder on the way
    lists empty), or ``missing``; raises OSError when that cannot be determined."""
    try:
        seen = os.stat(target)
    except OSError as error:
        if error.errno not in _NOT_THERE:
            raise
        return "empty" if any_lists_empty(view, target) else "missing"
    return "folder" if stat.S_ISDIR(seen.st_mode) else "ok"


def count_missing(targets: Sequence[bytes]) -> int:
    """How many of these targets do not exist; raises OSError when that cannot be determined for one of them."""
    missing = 0
    for target in targets:
        try:
            os.stat(target)
        except OSError as error:
            if error.errno not in _NOT_THERE:
                raise
            missing += 1
    return missing


def _exists(folder: bytes, name: bytes) -> bool:
    try:
        os.lstat(os.path.join(folder, name))
    except OSError as error:
        if error.errno in (*_NOT_THERE, errno.ENAMETOOLONG, errno.EINVAL):
            return False
        raise
    return True
