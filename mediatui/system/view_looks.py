"""Looks at the views of a mount, made where they may hang (``system.helper_process``): what one shows, what others do.

Functions here run in the helper process: they are found by their name, and what they take and give pickles.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mediatui.model.views import KeptView
from mediatui.system.mount_table import read_mount_table
from mediatui.system.mounts import Mount, away_now

MOST_VIEWS = 50
"""A mount has a handful of views; where a folder has more in it than this, they are torrents."""
FEW = 8
"""So many names are looked up one by one, more by listing."""
EMPTY = errno.ENODATA
"""The error number kept of a link whose target lies in a folder that lists empty on a network mount."""
_NOT_THERE = (errno.ENOENT, errno.ENOTDIR)


def mount_points_in(mounts: Sequence[bytes], kept: Iterable[KeptView]) -> list[bytes]:
    """The mount points that lie in configured folders: those that are there, and those that were when all was well."""
    there = {point.path for point in read_mount_table()} | {
        kept_view.view.mount for kept_view in kept if kept_view.was_mount
    }
    return [point for point in there if any(point.startswith(mount + b"/") for mount in mounts)]


def list_view(path: bytes) -> frozenset[bytes]:
    """The names in a view, none where it is not there; raises OSError when that cannot be told."""
    try:
        return frozenset(os.listdir(path))
    except OSError as error:
        if error.errno in _NOT_THERE:
            return frozenset()
        raise


def view_names(mount: bytes, view: bytes) -> tuple[frozenset[bytes], bool]:
    """The names in a view, and whether its mount is a mount point; raises OSError."""
    return list_view(view), os.path.ismount(mount)


def others_showing(view: bytes, names: Sequence[bytes]) -> Mapping[bytes, bytes]:
    """Which of these names another view beside this one shows, and which view; raises OSError when one of them cannot
    be looked at."""
    with os.scandir(os.path.dirname(view)) as entries:
        beside = [entry.path for entry in entries if entry.path != view and entry.is_dir()]
    found: dict[bytes, bytes] = {}
    if len(beside) > MOST_VIEWS:
        return found
    for other in sorted(beside):
        shown = {name for name in names if _is_there(other, name)} if len(names) <= FEW else list_view(other)
        found |= {name: other for name in names if name in shown and name not in found}
    return found


@dataclass(frozen=True, slots=True)
class Question:
    """What a moment's look for one target is to find out: whether ``mount``, which was a mount point or not, seems
    away; whether any of ``good`` targets is there; of its ``view`` (that lies on the mount point ``point``) which of
    ``names`` are there, and, where the torrent the target lies in is not, which views show ``seek``."""

    mount: Mount
    was_mount: bool
    target: bytes
    point: bytes
    view: bytes
    names: Sequence[bytes] = ()
    good: Sequence[bytes] = ()
    seek: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class Glance:
    """The answer to a Question: what speaks against the mount, whether anything is in the view, which of the names are
    there (that of the torrent among them), whether its mount point is one, whether a folder on the way to the target
    lists empty, whether one of the good targets is there, and what was sought: names in the view, names elsewhere."""

    away: str
    shows_any: bool = False
    there: frozenset[bytes] = frozenset()
    is_mount: bool = False
    lists_empty: bool = False
    any_good: bool = False
    shown: frozenset[bytes] = frozenset()
    elsewhere: Mapping[bytes, bytes] = field(default_factory=dict)


def glance_at(asked: Question) -> Glance:
    """A moment's look for one target; raises OSError where something cannot be told."""
    if away := away_now(asked.mount, asked.was_mount):
        return Glance(away)
    try:
        with os.scandir(asked.view) as entries:
            shows_any = next(entries, None) is not None
    except OSError as error:
        if error.errno not in _NOT_THERE:
            raise
        shows_any = False
    torrent = asked.target[len(asked.view) + 1 :].split(b"/", 1)[0]
    there = frozenset(name for name in {*asked.names, torrent} if _is_there(asked.view, name))
    shown, elsewhere = frozenset[bytes](), dict[bytes, bytes]()
    if torrent not in there:
        shown = frozenset(name for name in asked.seek if _is_there(asked.view, name))
        elsewhere |= others_showing(asked.view, asked.seek) if asked.view != asked.point else {}
    return Glance(
        "", shows_any, there, os.path.ismount(asked.point), any_lists_empty(asked.view, asked.target),
        not asked.good or any(map(os.path.exists, asked.good)), shown, elsewhere,
    )  # fmt: skip


def any_lists_empty(view: bytes, target: bytes) -> bool:
    """Whether a folder on the way from a view to a target is there and lists empty: no torrent is empty."""
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


def look_again(view: bytes, target: bytes) -> str:
    """What a target on a network mount is, that looked missing: ``ok``, ``empty`` (a folder on its way lists empty), or
    ``missing``; raises OSError when that cannot be told."""
    try:
        os.stat(target)
    except OSError as error:
        if error.errno not in _NOT_THERE:
            raise
        return "empty" if any_lists_empty(view, target) else "missing"
    return "ok"


def absent(targets: Sequence[bytes]) -> int:
    """How many of these targets are not there; raises OSError when that cannot be told of one."""
    missing = 0
    for target in targets:
        try:
            os.stat(target)
        except OSError as error:
            if error.errno not in _NOT_THERE:
                raise
            missing += 1
    return missing


def _is_there(folder: bytes, name: bytes) -> bool:
    try:
        os.lstat(os.path.join(folder, name))
    except OSError as error:
        if error.errno in (*_NOT_THERE, errno.ENAMETOOLONG, errno.EINVAL):
            return False
        raise
    return True
