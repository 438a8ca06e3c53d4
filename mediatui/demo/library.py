"""The demo's link library: a mount with the files of the simulated account, and folders of symlinks into it."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
from pathlib import Path

from mediatui.demo.account import SimulatedAccount
from mediatui.demo.seed import SimTorrent

TORRENTS = 1500
"""How many of the account's torrents the library links to."""
SENTINEL = ".mounted"
TAIL = b"\x55" * 8192
VIEW = "__all__"
DONE = ".complete"


def library_folders(data_dir: Path) -> tuple[Path, Path]:
    """The root of links and the mount of the demo in a data dir."""
    return data_dir / "library", data_dir / "mount"


def library_is_there(data_dir: Path) -> bool:
    """Whether the library was made, whole."""
    return (library_folders(data_dir)[0] / DONE).exists()


def make_library(data_dir: Path, account: SimulatedAccount) -> None:
    """Makes library and mount anew."""
    root, mount = library_folders(data_dir)
    for folder in (root, mount):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    (mount / SENTINEL).touch()
    linked = [torrent for torrent in account.torrents() if _is_linkable(torrent)][:TORRENTS]
    linked += [one for one in account.torrents() if one.link_code is not None and _is_linkable(one)][:40]
    chance = random.Random(7)
    for torrent in linked:
        if torrent.link_code is None:
            put_files(mount, torrent)
        _link(root, mount, torrent, chance)
    _oddities(root, mount)
    (root / DONE).touch()


def _is_linkable(torrent: SimTorrent) -> bool:
    name = torrent.filename
    return (
        torrent.status == "downloaded" and torrent.shape in ("film", "season")
        and name == torrent.original_filename and "/" not in name and 0 < len(name.strip()) < 120
    )  # fmt: skip


def put_files(mount: Path, torrent: SimTorrent) -> None:
    """The selected files of a torrent, as the mount shows them."""
    folder = mount / VIEW / torrent.filename
    folder.mkdir(parents=True, exist_ok=True)
    for file in torrent.files():
        if file.selected:
            name = file.path.lstrip("/").replace("/", "_")
            with contextlib.suppress(OSError):
                write_video(folder / name, file.bytes)


def write_video(path: Path, size: int) -> None:
    """A file of ``size`` bytes that looks like a whole Matroska file at both ends and takes next to no room."""
    header = bytes.fromhex("1a45dfa3a34286810142f7810142f2810442f381084282886d6174726f736b614287810442858102")
    size = max(size, len(header) + 12 + len(TAIL))
    segment = bytes.fromhex("18538067") + (0x0100000000000000 | (size - len(header) - 12)).to_bytes(8, "big")
    with open(path, "wb") as stream:
        stream.write(header + segment)
        stream.seek(size - len(TAIL))
        stream.write(TAIL)


def _link(root: Path, mount: Path, torrent: SimTorrent, chance: random.Random) -> None:
    title = torrent.filename.split(".1080p")[0].split(".720p")[0].split(".2160p")[0].split(".480p")[0]
    title = title.replace(".", " ").strip()
    if torrent.shape == "film":
        folder = root / "Films" / title
    else:
        folder = root / "Séries" / title.rpartition(" S0")[0] / f"Season {torrent.season:02d}"
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        for file in torrent.files():
            if not file.selected:
                continue
            name = file.path.lstrip("/").replace("/", "_")
            target = mount / VIEW / torrent.filename / name
            with contextlib.suppress(FileExistsError):
                os.symlink(target, folder / name)
            if torrent.link_code is None and chance.random() < 0.01:
                _spoil(target, chance)


def _spoil(target: Path, chance: random.Random) -> None:
    """Something that happens to files: gone, empty, no file at all."""
    with contextlib.suppress(OSError):
        size = target.stat().st_size
        target.unlink()
        kind = chance.choice(("gone", "gone", "empty", "pipe", "cut", "page"))
        if kind == "empty":
            target.touch()
        elif kind == "cut":
            write_video(target, size)
            os.truncate(target, size // 2)
        elif kind == "page":
            target.write_bytes(b"<html><body><h1>503 Service Unavailable</h1></body></html>" * 40)
        elif kind == "pipe":
            os.mkfifo(target)


def _oddities(root: Path, mount: Path) -> None:
    """Links nobody would make on purpose."""
    odd = root / "Docs"
    odd.mkdir()
    for number in range(5):
        with contextlib.suppress(OSError):
            os.symlink(odd / f"loop {number}", odd / f"loop {number}")
            os.symlink(f"/mnt/old/film {number}.mkv", odd / f"old mount {number}.mkv")
    os.symlink(mount / VIEW, odd / "everything")
    with contextlib.suppress(OSError):
        os.symlink(os.fsencode(mount / VIEW) + b"/caf\xe9.mkv", os.fsencode(odd) + b"/caf\xe9.mkv")


def keep_mount(data_dir: Path, account: SimulatedAccount) -> None:
    """Lets the mount follow the account: what is added and finished shows, what is deleted goes."""
    _, mount = library_folders(data_dir)
    told = account.on_change
    names = {torrent.id: torrent.filename for torrent in account.torrents()}

    def follow() -> None:
        if told is not None:
            told()
        for torrent_id in list(account.changed)[-3:]:
            torrent = account.changed[torrent_id]
            if torrent is not None and torrent.status == "downloaded" and _is_linkable(torrent):
                names[torrent_id] = torrent.filename
                put_files(mount, torrent)
            elif torrent is None and (gone := names.pop(torrent_id, None)) and gone not in names.values():
                shutil.rmtree(mount / VIEW / gone, ignore_errors=True)

    account.on_change = follow
