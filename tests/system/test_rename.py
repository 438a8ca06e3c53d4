"""Renaming never puts one thing in the place of another, also where the kernel cannot see to it."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mediatui.system.rename import rename_by_link, rename_exclusive

Rename = Callable[[bytes, bytes, int, int], None]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    opened = os.open(tmp_path, os.O_RDONLY)
    yield tmp_path, opened
    os.close(opened)


@pytest.mark.parametrize("rename", [rename_exclusive, rename_by_link])
@pytest.mark.parametrize("kind", ["link", "file", "folder"])
def test_renaming_refuses_any_name_that_is_there(folder: tuple[Path, int], rename: Rename, kind: str) -> None:
    path, opened = folder
    for name in ("source", "target"):
        if kind == "link":
            (path / name).symlink_to(name)
        elif kind == "file":
            (path / name).write_text(name)
        else:
            (path / name).mkdir()
    with pytest.raises(FileExistsError):
        rename(b"source", b"target", opened, opened)
    assert sorted(os.listdir(path)) == ["source", "target"]
    if kind == "link":
        assert os.readlink(path / "target") == "target"

    rename(b"source", b"free", opened, opened)

    assert sorted(os.listdir(path)) == ["free", "target"]
    assert stat.S_IFMT((path / "free").lstat().st_mode) == stat.S_IFMT((path / "target").lstat().st_mode)


def test_a_rename_by_link_that_was_killed_half_way_is_ended_by_the_next(folder: tuple[Path, int]) -> None:
    path, opened = folder
    (path / "source").symlink_to("somewhere")
    os.link(path / "source", path / "target", follow_symlinks=False)

    rename_exclusive(b"source", b"target", opened, opened)

    assert os.listdir(path) == ["target"]
    assert os.readlink(path / "target") == "somewhere"


def test_two_links_with_the_same_text_are_not_taken_for_one(folder: tuple[Path, int]) -> None:
    path, opened = folder
    (path / "source").symlink_to("somewhere")
    (path / "target").symlink_to("somewhere")
    with pytest.raises(FileExistsError):
        rename_exclusive(b"source", b"target", opened, opened)
    assert len(os.listdir(path)) == 2


@pytest.mark.parametrize("rename", [rename_exclusive, rename_by_link])
def test_of_two_that_want_a_name_at_once_one_gets_it_and_nothing_is_lost(
    folder: tuple[Path, int], rename: Rename
) -> None:
    path, opened = folder
    for number in range(200):
        source, target = b"ours %d" % number, b"wanted %d" % number
        os.symlink("ours", source, dir_fd=opened)
        start, theirs = threading.Barrier(2), list[bool]()
        thread = threading.Thread(target=_appear, args=(target, opened, start, theirs), daemon=True)
        thread.start()
        start.wait(5)
        try:
            rename(source, target, opened, opened)
        except FileExistsError:
            ours = False
        else:
            ours = True
        thread.join(5)
        assert ours != theirs[0]
        assert os.readlink(path / os.fsdecode(target)) == ("ours" if ours else "theirs")
        assert (path / os.fsdecode(source)).is_symlink() != ours


def _appear(target: bytes, opened: int, start: threading.Barrier, got: list[bool]) -> None:
    start.wait(5)
    try:
        os.symlink("theirs", target, dir_fd=opened)
        got.append(True)
    except FileExistsError:
        got.append(False)
