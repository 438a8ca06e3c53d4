"""The demo's link library on disk: folders of symlinks, the mount and the storage they lead into."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from mediatui.demo.account import SimulatedAccount
from mediatui.demo.library_plan import VIEW, File, Folders, LibraryPlan, is_linkable, selected_files
from mediatui.demo.seed import SimTorrent

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


def keep_mount(data_dir: Path, account: SimulatedAccount) -> None:
    """Makes the mount follow the account: finished torrents appear, deleted ones disappear."""
    mount = library_folders(data_dir).mount
    before = account.on_change
    names = {torrent.id: torrent.filename for torrent in account.torrents()}

    def follow() -> None:
        if before is not None:
            before()
        for torrent_id in list(account.changed)[-3:]:
            torrent = account.changed[torrent_id]
            if torrent is not None and torrent.status == "downloaded" and is_linkable(torrent):
                names[torrent_id] = torrent.filename
                put_files(mount, torrent)
            elif torrent is None and (gone := names.pop(torrent_id, None)) and gone not in names.values():
                shutil.rmtree(mount / VIEW / gone, ignore_errors=True)

    account.on_change = follow
