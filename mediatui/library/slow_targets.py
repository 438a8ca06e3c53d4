"""Judging targets on network mounts: each folder is listed once, several at a time, and a dead mount is left alone.

On such a mount the cost is the number of distinct target folders, not of links (five links share one). The folders that
hold the torrents are listed first: whole torrents that are gone show after a handful of calls.
"""

from __future__ import annotations

import errno
import os
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mediatui.services.symlinks import state_of_errno

LIST_S = 5.0
SLOW_BEFORE_PAUSE = 2
LEFT_ALONE = 0
TOO_LATE = -1
"""Answers that are no error numbers: the mount was paused; the call was noted as slow and left behind."""
WORTH_IT = 3
"""A folder is listed for the names of the folders in it when so many of those are wanted."""

Wanted = tuple[bytes, bytes]
"""The path of a link and where it points, absolute."""
Judged = tuple[bytes, str, int]
"""The path of a link, its state, and the error number of its target."""
Listing = Mapping[bytes, bool]
"""Names in a folder, and whether each is a file or a folder (False: something else)."""


def list_folder(folder: bytes) -> Listing:
    """The names in a folder; raises OSError."""
    with os.scandir(folder) as entries:
        return {entry.name: entry.is_file() or entry.is_dir() for entry in entries}


@dataclass(slots=True)
class SlowTargets:
    """Looks at targets below ``mounts`` (paths without a slash at their end) with ``workers`` calls at once."""

    mounts: Sequence[bytes]
    workers: int = 16
    list_folder: Callable[[bytes], Listing] = list_folder
    seconds: float = LIST_S
    calls: int = 0
    paused: dict[bytes, str] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _slow: dict[bytes, int] = field(default_factory=lambda: defaultdict(int))

    def stop(self) -> None:
        """Ends it within a moment; what was not looked at stays so."""
        self._stopping.set()

    def judge(self, links: Iterable[Wanted]) -> Iterator[list[Judged]]:
        """The state of every link, in batches, as folders answer. Blocking; meant for a thread."""
        folders: dict[bytes, list[Wanted]] = defaultdict(list)
        for link in links:
            folders[os.path.dirname(link[1])].append(link)
        parents: dict[bytes, list[bytes]] = defaultdict(list)
        for folder in folders:
            parents[os.path.dirname(folder)].append(folder)
        worth = [parent for parent, inside in parents.items() if len(inside) >= WORTH_IT and self._mount_of(parent)]
        for parent, answer in self._list_all(worth):
            yield from self._judge_torrents(parents[parent], answer, folders)
            if not isinstance(answer, int) and parent in folders:
                yield [self._judge_link(link, answer) for link in folders.pop(parent)]
        for folder, answer in self._list_all(list(folders)):
            yield [self._judge_link(link, answer) for link in folders[folder]]

    def _judge_torrents(
        self, inside: Sequence[bytes], answer: Listing | int, folders: dict[bytes, list[Wanted]]
    ) -> Iterator[list[Judged]]:
        """Folders that are not in the listing of what holds them are gone, with all their links."""
        if isinstance(answer, int):
            return
        for folder in inside:
            if os.path.basename(folder) not in answer and folder in folders:
                yield [(path, "broken", errno.ENOENT) for path, _ in folders.pop(folder)]

    def _judge_link(self, link: Wanted, answer: Listing | int) -> Judged:
        path, target = link
        if isinstance(answer, int):
            return path, "unknown" if answer == LEFT_ALONE else state_of_errno(answer), answer
        kind = answer.get(os.path.basename(target))
        if kind is None:
            return path, "broken", errno.ENOENT
        return path, "ok" if kind else "wrong kind", 0

    def _mount_of(self, path: bytes) -> bytes:
        return max((mount for mount in self.mounts if path == mount or path.startswith(mount + b"/")), key=len,
                   default=b"")  # fmt: skip

    def _list_all(self, folders: Sequence[bytes]) -> Iterator[tuple[bytes, Listing | int]]:
        """Each folder with its listing, or the error number it gave; 0 when its mount was left alone. A call that takes
        too long is left behind with its thread, and counts against its mount."""
        todo: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        answers: queue.SimpleQueue[tuple[bytes, Listing | int]] = queue.SimpleQueue()
        for folder in folders:
            todo.put(folder)
        begun: dict[bytes, float] = {}
        left = {*folders}
        for _ in range(min(self.workers, len(folders))):
            self._start(todo, answers, begun)
        while left and not self._stopping.is_set():
            try:
                folder, answer = answers.get(timeout=0.05)
            except queue.Empty:
                for late in [one for one, at in list(begun.items()) if time.monotonic() - at > self.seconds]:
                    begun.pop(late, None)
                    self._note(late, "did not answer in time")
                    self._start(todo, answers, begun)
                    answers.put((late, TOO_LATE))
                continue
            if folder not in left:
                continue  # it answered after all, too late
            left.discard(folder)
            if answer == TOO_LATE:
                answer = errno.ETIMEDOUT
            elif isinstance(answer, int) and answer != LEFT_ALONE and state_of_errno(answer) == "unreachable":
                self._note(folder, os.strerror(answer))
            yield folder, answer

    def _note(self, folder: bytes, why: str) -> None:
        mount = self._mount_of(folder)
        self._slow[mount] += 1
        if self._slow[mount] >= SLOW_BEFORE_PAUSE:
            self.paused.setdefault(mount, why)

    def _start(
        self,
        todo: queue.SimpleQueue[bytes],
        answers: queue.SimpleQueue[tuple[bytes, Listing | int]],
        begun: dict[bytes, float],
    ) -> None:
        def work() -> None:
            while not self._stopping.is_set():
                try:
                    folder = todo.get_nowait()
                except queue.Empty:
                    return
                if self._mount_of(folder) in self.paused:
                    answers.put((folder, LEFT_ALONE))
                    continue
                begun[folder] = time.monotonic()
                self.calls += 1
                answer: Listing | int
                try:
                    answer = self.list_folder(folder)
                except OSError as error:
                    answer = error.errno or errno.EIO
                if begun.pop(folder, None) is None:
                    return  # left behind: another thread took over
                answers.put((folder, answer))

        threading.Thread(target=work, daemon=True, name="slow targets").start()
