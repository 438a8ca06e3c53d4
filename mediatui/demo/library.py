"""The demo's link library on disk: folders of symlinks, the mount and the storage they lead into."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from mediatui.demo.account import SimulatedAccount
from mediatui.demo.library_plan import VIEW, File, Folders, LibraryPlan, is_linkable, selected_files
from mediatui.demo.seed import SimTorrent

LATE_S = 8.0
"""How long after it is whole a torrent appears on the mount of the demo."""
LOOK_S = 0.5
SENTINEL = ".mounted"
DONE = ".complete"
_HEADER = bytes.fromhex("1a45dfa3a34286810142f7810142f2810442f381084282886d6174726f736b614287810442858102")
_TAIL = b"\x55" * 64
_PAGE = b"<html><body><h1>503 Service Unavailable</h1></body></html>" * 40


def library_folders(data_dir: Path) -> Folders:
    """The root of links, the mount and the storage of the demo in a data dir."""
    return Folders(data_dir / "library", data_dir / "mount", data_dir / "storage")


def library_is_there(data_dir: Path) -> bool:
    """Whether the library was made completely."""
    return (library_folders(data_dir).root / DONE).exists()


def make_library(plan: LibraryPlan) -> None:
    """Makes library, mount and storage from scratch."""
    for place in plan.places:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
    (plan.places.mount / SENTINEL).touch()
    _make_folders({*map(os.path.dirname, (*plan.files, *plan.links)), *plan.folders})
    for path, file in plan.files.items():
        _write(path, file)
    for path, target in plan.links.items():
        os.symlink(target, path)
    (plan.places.root / DONE).touch()


def _make_folders(folders: Iterable[str]) -> None:
    for folder in sorted(folders):
        os.makedirs(folder, exist_ok=True)


def _write(path: str, file: File) -> None:
    """Writes a file in its state: whole, empty, cut, …"""
    if file.state == "pipe":
        os.mkfifo(path)
    elif file.state == "empty":
        Path(path).touch()
    elif file.state == "page":
        Path(path).write_bytes(_PAGE)
    else:
        write_video(path, file.size)
        if file.state == "cut":
            os.truncate(path, file.size // 2)


def put_files(mount: Path, torrent: SimTorrent) -> None:
    """Writes the selected files of a torrent, as the mount shows them."""
    folder = mount / VIEW / torrent.filename
    folder.mkdir(parents=True, exist_ok=True)
    for name, size in selected_files(torrent):
        path = folder / name
        with contextlib.suppress(OSError):
            if not path.is_file():
                path.unlink(missing_ok=True)  # opening a pipe would never return
            write_video(path, size)


def write_video(path: str | Path, size: int) -> None:
    """Writes a sparse file of ``size`` bytes with the beginning and the end of a whole Matroska file."""
    size = max(size, len(_HEADER) + 12 + len(_TAIL))
    segment = bytes.fromhex("18538067") + (0x0100000000000000 | (size - len(_HEADER) - 12)).to_bytes(8, "big")
    with open(path, "wb", buffering=0) as stream:
        stream.write(_HEADER + segment)
        stream.seek(size - len(_TAIL))
        stream.write(_TAIL)


def keep_mount(data_dir: Path, account: SimulatedAccount, *, late_s: float = LATE_S) -> None:
    """Makes the mount follow the account: finished torrents appear after ``late_s`` seconds, deleted ones go."""
    mount = library_folders(data_dir).mount
    late = _LateFiles(mount, account, late_s)
    before = account.on_change
    names = {torrent.id: torrent.filename for torrent in account.torrents()}

    def follow() -> None:
        if before is not None:
            before()
        for torrent_id in list(account.changed)[-3:]:
            torrent = account.changed[torrent_id]
            if torrent is not None:
                names[torrent_id] = torrent.filename
                late.expect(torrent_id)
            elif torrent is None and (gone := names.pop(torrent_id, None)) and gone not in names.values():
                shutil.rmtree(mount / VIEW / gone, ignore_errors=True)

    account.on_change = follow
    for torrent_id, torrent in account.changed.items():
        if torrent is not None and not (mount / VIEW / torrent.filename).exists():
            late.expect(torrent_id)


class _LateFiles:
    """Makes the files of torrents appear on the mount some seconds after these are whole, in a thread of its own, as
    a mount does that keeps its listings for a while."""

    def __init__(self, mount: Path, account: SimulatedAccount, late_s: float) -> None:
        self._mount, self._account, self._late_s = mount, account, late_s
        self._expected: dict[str, float] = {}
        self._thread: threading.Thread | None = None

    def expect(self, torrent_id: str) -> None:
        """Watches a torrent until its files are there."""
        now = self._whole(torrent_id)
        if now is not None and not is_linkable(now):
            return
        if self._late_s <= 0:
            if now is not None:
                put_files(self._mount, now)
            return
        self._expected.setdefault(torrent_id, 0.0)
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, daemon=True, name="mount of the demo")
            self._thread.start()

    def _whole(self, torrent_id: str) -> SimTorrent | None:
        """A torrent as it is now, once all of it is there."""
        known = self._account.changed.get(torrent_id)
        now = None if known is None else self._account.now_of(known)
        return now if now is not None and now.status == "downloaded" else None

    def _work(self) -> None:
        while self._expected:
            time.sleep(LOOK_S)
            for torrent_id, due in list(self._expected.items()):
                torrent = self._whole(torrent_id)
                if torrent_id not in self._account.changed or self._account.changed[torrent_id] is None:
                    del self._expected[torrent_id]
                elif torrent is not None and not due:
                    self._expected[torrent_id] = time.monotonic() + self._late_s
                elif torrent is not None and time.monotonic() >= due:
                    del self._expected[torrent_id]
                    if is_linkable(torrent):
                        put_files(self._mount, torrent)
