"""Reads folders and files for an analysis: calls on network and FUSE mounts run in a helper process, with a time limit.

Calls on local disks are made directly, which is fastest. Calls on mounts run several at a time in a helper process
(``system.helper_process``); a mount that did not answer in time twice, or cannot be reached, is paused for the rest of
the analysis, and what is on it is unknown.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from mediatui.model.path import is_within
from mediatui.system.helper_process import ANSWER_S, call_in_helper
from mediatui.system.mount_calls import Calls, Failed
from mediatui.system.mounts import MountTable
from mediatui.system.patience import Patience
from mediatui.system.symlinks import MOST_HOPS

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Names:
    """The content of a folder: folders, links with their texts, real files, and everything else (pipes). In no
    order."""

    folders: list[bytes]
    links: list[tuple[bytes, bytes]]
    files: list[bytes]
    others: list[bytes]


def names_in(folder: bytes) -> Names:
    """The names directly in a folder; raises OSError. A link whose text cannot be read has an empty one."""
    found = Names([], [], [], [])
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                found.links.append((entry.name, _target_text(entry.path)))
            elif entry.is_dir(follow_symlinks=False):
                found.folders.append(entry.name)
            elif entry.is_file(follow_symlinks=False):
                found.files.append(entry.name)
            else:
                found.others.append(entry.name)
    return found


def _target_text(link: bytes) -> bytes:
    try:
        return os.readlink(link)
    except OSError:
        return b""


def leads_to_folder(path: bytes) -> bool:
    """Whether a path, all links followed, leads to a folder; raises OSError unless it leads to something."""
    return stat.S_ISDIR(os.stat(path).st_mode)


def size_of(path: bytes) -> int:
    """The size of a file; raises OSError."""
    return os.stat(path).st_size


def device_of(path: bytes) -> int:
    """The number of the file system a path is on now; raises OSError."""
    return os.stat(path).st_dev


def is_file(path: bytes) -> bool:
    """Whether a path, all links followed, leads to a file; raises OSError when that cannot be determined."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False


def exists(path: bytes) -> bool:
    """Whether anything exists at a path; raises OSError when that cannot be determined."""
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def really(path: bytes, through: Mapping[bytes, bytes]) -> bytes:
    """A path below a configured place, with that place replaced by its real path (``Reader.through``)."""
    for place, real in through.items():
        if is_within(path, place):
            return real + path[len(place) :]
    return path


@dataclass(slots=True)
class Reader:
    """Reads paths. ``timeout_s`` is the time limit of a call in seconds, ``workers`` the number of concurrent calls,
    ``through`` the real paths of configured places that are reached through symlinks, ``paused`` the mounts that are
    not called any more, each with the reason."""

    timeout_s: float = ANSWER_S
    workers: int = 8
    through: Mapping[bytes, bytes] = field(default_factory=dict)
    paused: dict[bytes, str] = field(default_factory=dict)
    _table: MountTable = field(default_factory=MountTable)
    _patience: Patience | None = None

    def mount_of(self, path: bytes) -> bytes:
        """The innermost network or FUSE mount a path lies on; empty for a local disk."""
        return self._table.remote_at(really(path, self.through))

    def is_paused(self, path: bytes) -> bool:
        """Whether a path lies on a paused mount."""
        return bool(self.paused) and self.mount_of(path) in self.paused

    def ask(self, function: Callable[[bytes], Result], path: bytes) -> Result:
        """``function(path)``; raises what it raises, and OSError (ETIMEDOUT) when the mount is paused or answers too
        late."""
        answer = next(self.all(function, [path]), (path, Failed(errno.ETIMEDOUT)))[1]
        if isinstance(answer, Failed):
            raise OSError(answer.code or errno.ETIMEDOUT, os.strerror(answer.code or errno.ETIMEDOUT))
        return answer

    def all(
        self, function: Callable[[bytes], Result], paths: Sequence[bytes]
    ) -> Iterator[tuple[bytes, Result | Failed]]:
        """Each path with ``function(path)`` or its failure: paths on local disks first, then the others as they
        answer."""
        remote = []
        for path in paths:
            if self.mount_of(path):
                remote.append(path)
                continue
            try:
                yield path, function(path)
            except OSError as error:
                yield path, Failed(error.errno or errno.EIO)
        if remote:
            yield from self._elsewhere(function, remote)

    def landing(self, path: bytes) -> bytes:
        """A path with the links on local disks followed: the path on a mount where they end on one, else the end
        itself."""
        rest = [name for name in reversed(path.split(b"/")) if name not in (b"", b".")]
        at, hops = b"/", 0
        while rest:
            name = rest.pop()
            if name == b"..":
                at = os.path.dirname(at)
                continue
            here = os.path.join(at, name)
            if self._table.remote_at(here):
                return os.path.join(here, *reversed(rest))
            try:
                target = os.readlink(here)
            except OSError as error:
                if error.errno != errno.EINVAL:  # neither a link nor anything else that can be entered
                    return os.path.join(here, *reversed(rest))
                at = here
                continue
            hops += 1
            if hops > MOST_HOPS:
                return path
            at = b"/" if target.startswith(b"/") else at
            rest += [name for name in reversed(target.split(b"/")) if name not in (b"", b".")]
        return at

    def _elsewhere(
        self, function: Callable[[bytes], Result], paths: Sequence[bytes]
    ) -> Iterator[tuple[bytes, Result | Failed]]:
        self._patience = self._patience or Patience(self.timeout_s)
        calls = Calls(
            lambda path: call_in_helper(function, path), self.mount_of, self.workers, self._patience, paused=self.paused
        )
        yield from calls.all(paths)
