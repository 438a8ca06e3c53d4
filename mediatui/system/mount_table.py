"""The mount table of this process (proc(5), mountinfo): which file system a path is on. No mount is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

REMOTE = ("fuse", "nfs", "cifs", "smb", "9p", "ceph", "davfs", "sshfs", "afs")
RCLONE = "fuse.rclone"


@dataclass(frozen=True, slots=True)
class MountPoint:
    """A line of the table: the mount point, the kind of file system, the folder of it that is mounted (``/``, unless it
    is a bind mount), and its source, which for rclone is the remote and folder."""

    path: bytes
    kind: str
    root: bytes
    source: str

    @property
    def is_remote(self) -> bool:
        """Whether it is a network or FUSE file system."""
        return self.kind.startswith(REMOTE)

    def holds(self, path: bytes) -> bool:
        """Whether a path is it or lies below it."""
        return path == self.path or path.startswith(self.path.rstrip(b"/") + b"/")


def read_mount_table() -> Sequence[MountPoint]:
    """Every current mount point, in the order they were mounted."""
    return _parsed(_mountinfo())


def _mountinfo() -> bytes:
    """The table as it is now; empty when it cannot be read."""
    try:
        with open("/proc/self/mountinfo", "rb") as table:
            return table.read()
    except OSError:
        return b""


@lru_cache(maxsize=1)
def _parsed(table: bytes) -> Sequence[MountPoint]:
    """The mount points of a table. It is read before every step of a batch, and hardly ever changes."""
    found = []
    for line in table.splitlines():
        left, _, right = line.partition(b" - ")
        fields, about = left.split(), right.split()
        if len(fields) > 4 and len(about) > 1:
            source = _unescape(about[1]).decode("utf-8", "replace")
            kind = about[0].decode("ascii", "replace")
            found.append(MountPoint(_unescape(fields[4]), kind, _unescape(fields[3]), source))
    return tuple(found)


def mount_point_of(path: bytes, table: Sequence[MountPoint] | None = None) -> MountPoint | None:
    """The innermost mount point a path is on, the last mounted of several at one place."""
    found = None
    for point in read_mount_table() if table is None else table:
        if point.holds(path) and (found is None or len(point.path) >= len(found.path)):
            found = point
    return found


class MountTable:
    """The mount points of this machine at the time of creation; the mounts themselves are not called."""

    def __init__(self) -> None:
        table = {point.path: point for point in read_mount_table()}  # of several mounts at one place the last one holds
        self._points = {path.rstrip(b"/") + b"/": point for path, point in table.items()}
        self._remote = tuple(path for path, point in self._points.items() if point.is_remote)

    def remote_at(self, path: bytes) -> bytes:
        """The mount point of the network or FUSE file system a path is on, the innermost where one lies in another;
        empty when that is a local one."""
        path += b"/"
        if not path.startswith(self._remote):
            return b""
        point = max(filter(path.startswith, self._points), key=len)
        return point[:-1] if point in self._remote else b""

    def holds(self, path: bytes) -> bool:
        """Whether a path is a mount point."""
        return path + b"/" in self._points


def is_remote(path: bytes) -> bool:
    """Whether a path is on a network or FUSE file system."""
    return bool(MountTable().remote_at(path))


def remote_points() -> list[bytes]:
    """Every mount point of a network or FUSE file system, each with a slash at its end."""
    return [point.path.rstrip(b"/") + b"/" for point in read_mount_table() if point.is_remote]


def _unescape(text: bytes) -> bytes:
    """A path of the mount table, where blanks and their like are octal escapes."""
    if b"\\" not in text:
        return text
    for number in (0o040, 0o011, 0o012, 0o134):
        text = text.replace(b"\\%03o" % number, bytes([number]))
    return text
