"""Judges targets on network mounts: each folder is listed once, several at a time, and a dead mount is paused.

On such a mount the cost is the number of distinct target folders, not of links (five links share one). The folders that
hold the torrents are listed first, so that torrents that are gone show after a handful of calls. File sizes are not in
a listing and not read: that would be a call for each link. A name that a listing shows with other letters only (case,
accents composed or not) is looked up by itself: the file system may consider it the same.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from mediatui.model.hidden_names import VIDEO_ENDINGS
from mediatui.model.path import is_within
from mediatui.model.text import fold
from mediatui.system.helper_process import call_in_helper
from mediatui.system.mount_calls import Calls, Failed
from mediatui.system.mounts import MountTable
from mediatui.system.patience import Patience
from mediatui.system.symlinks import state_of_errno
from mediatui.system.view_checks import EMPTY

WORTH_IT = 3
"""A folder is listed for the names of the folders in it when at least this many of those are wanted."""
NO_FILE = -1
FOLDER = -2

Wanted = tuple[bytes, bytes]
"""The path of a link and where it points, absolute."""
Judged = tuple[bytes, str, int]
"""The path of a link, its state, and the error number of its target."""
Listing = Mapping[bytes, int]
"""Names in a folder, and what each is: a file (0), a folder (``FOLDER``), something else (``NO_FILE``), or a link that
leads nowhere (its error number)."""


def list_folder(folder: bytes) -> Listing:
    """The names in a folder; raises OSError."""
    with os.scandir(folder) as entries:
        return {entry.name: _kind(entry) for entry in entries}


def list_in_helper(folder: bytes) -> Listing:
    """The names in a folder, listed in the helper process; raises OSError."""
    return call_in_helper(list_folder, folder)


def list_target(target: bytes) -> Listing:
    """A target alone, as a listing of its folder would show it; raises OSError."""
    seen = call_in_helper(os.stat, target).st_mode
    return {os.path.basename(target): 0 if stat.S_ISREG(seen) else FOLDER if stat.S_ISDIR(seen) else NO_FILE}


def _letters(name: bytes) -> str:
    return fold(name.decode("utf-8", "surrogateescape"))


def _nearly(name: bytes, listing: Listing, letters: set[str]) -> bool:
    """Whether a folder that does not list a name lists it with other letters; ``letters`` caches the folded names."""
    if not letters:
        letters.update(map(_letters, listing))
    return name not in listing and _letters(name) in letters


def _kind(entry: os.DirEntry[bytes]) -> int:
    if entry.is_symlink():
        try:
            os.stat(entry.path)
        except OSError as error:
            return error.errno or errno.EIO
    return 0 if entry.is_file() else FOLDER if entry.is_dir() else NO_FILE


class SlowTargets:
    """Looks at targets below ``mounts`` (paths without a slash at their end) with ``workers`` calls at once. A link
    whose name ends like one of ``videos`` is of the wrong kind when it leads to a folder. ``not_there`` are the folders
    of targets that do not exist themselves."""

    def __init__(
        self,
        mounts: Sequence[bytes],
        workers: int = 16,
        list_folder: Callable[[bytes], Listing] = list_in_helper,
        patience: Patience | None = None,
        look_at: Callable[[bytes], Listing] = list_target,
        videos: tuple[bytes, ...] = VIDEO_ENDINGS,
    ) -> None:
        self._videos = videos
        self.mounts = mounts
        self._table = MountTable()
        self.not_there: set[bytes] = set()
        patience = patience or Patience()
        self._calls = Calls(list_folder, self._mount_of, workers, patience)
        self._looks = Calls(look_at, self._mount_of, workers, patience, paused=self._calls.paused)

    @property
    def calls(self) -> int:
        """How many folders were listed."""
        return self._calls.made

    @property
    def paused(self) -> Mapping[bytes, str]:
        """The mounts that were paused, each with the reason."""
        return self._calls.paused

    def stop(self) -> None:
        """Ends the calls within a moment; the remaining links are not judged."""
        self._calls.stop()
        self._looks.stop()

    def judge(self, links: Iterable[Wanted]) -> Iterator[list[Judged]]:
        """The state of every link, in batches, as folders answer. Blocks; meant for a thread."""
        self._unsure: dict[bytes, list[Wanted]] = defaultdict(list)
        folders: dict[bytes, list[Wanted]] = defaultdict(list)
        for link in links:
            folders[os.path.dirname(link[1])].append(link)
        parents: dict[bytes, list[bytes]] = defaultdict(list)
        for folder in folders:
            parents[os.path.dirname(folder)].append(folder)
        worth = [parent for parent, inside in parents.items() if len(inside) >= WORTH_IT and self._mount_of(parent)]
        for parent, answer in self._calls.all(worth):
            if isinstance(answer, Failed):
                continue  # each folder in it fails by itself
            letters: set[str] = set()
            for folder in parents[parent]:
                name = os.path.basename(folder)
                if name not in answer and folder in folders and not _nearly(name, answer, letters):
                    self.not_there.add(folder)
                    yield [(path, "broken", errno.ENOENT) for path, _ in folders.pop(folder)]
            if parent in folders:
                yield self._sure(folders.pop(parent), answer)
        for folder, answer in self._calls.all(list(folders)):
            if isinstance(answer, Failed) and answer.code and state_of_errno(answer.code) == "broken":
                self.not_there.add(folder)
            yield self._sure(folders[folder], answer)
        for target, answer in self._looks.all(list(self._unsure)):
            yield [self._judge_link(link, answer) for link in self._unsure[target]]

    def _sure(self, links: Sequence[Wanted], answer: Listing | Failed) -> list[Judged]:
        """The states that follow from a listing; the other links are kept for a look of their own."""
        sure, letters = [], set[str]()
        for link in links:
            name = os.path.basename(link[1])
            if isinstance(answer, Failed) or name in answer or not _nearly(name, answer, letters):
                sure.append(self._judge_link(link, answer))
            else:
                self._unsure[link[1]].append(link)
        return sure

    def _mount_of(self, path: bytes) -> bytes:
        """The mount a target is on: the innermost, configured or not, where one lies in another."""
        on = [mount for mount in self.mounts if is_within(path, mount)]
        return max(self._table.remote_at(path), max(on, key=len, default=b""), key=len)

    def _judge_link(self, link: Wanted, answer: Listing | Failed) -> Judged:
        path, target = link
        if isinstance(answer, Failed):
            return (path, "unknown", 0) if answer.code is None else (path, state_of_errno(answer.code), answer.code)
        if not answer:  # no torrent is empty; a service that answers 404 makes it look empty through a mount
            return path, "unknown", EMPTY
        kind = answer.get(os.path.basename(target), errno.ENOENT)
        if kind > 0:
            return path, state_of_errno(kind), kind
        if kind == FOLDER and path.lower().endswith(self._videos):
            return path, "wrong kind", errno.EISDIR
        return path, "wrong kind" if kind == NO_FILE else "ok", 0
