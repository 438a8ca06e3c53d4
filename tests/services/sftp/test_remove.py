"""Removing at a seedbox: only strictly below the roots, only what was counted, and links never entered."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.services.sftp.errors import RemoteChanged, RemoteMissing, RemoteRefused
from mediatui.services.sftp.remove import DEEPEST, check_bounds, find, put_aside, remove
from tests.fakes.remote_files import LocalFiles


class World:
    """``root`` is a root there, and ``kept`` something of others beside it."""

    def __init__(self, folder: Path) -> None:
        self.files = LocalFiles()
        self.folder = folder
        self.root, self.kept = folder / "root", folder / "kept"
        (self.root / "show" / "season").mkdir(parents=True)
        self.kept.mkdir()
        for path in (self.root / "show" / "a.mkv", self.root / "show" / "season" / "b.mkv", self.kept / "notes.txt"):
            path.write_bytes(b"12345")

    @property
    def roots(self) -> list[bytes]:
        return [os.fsencode(self.root)]

    def path(self, text: str) -> bytes:
        return os.fsencode(self.root) + b"/" + text.encode()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_it_counts_first_and_removes_links_without_entering_them(world: World) -> None:
    (world.root / "show" / "link").symlink_to(world.kept)
    (world.root / "show" / os.fsdecode(b"\xff\\odd")).write_bytes(b"123")
    found = await find(world.files, world.path("show"), world.roots)
    assert (found.entries, found.size) == (6, 13)
    assert not world.files.changes
    removed = await remove(world.files, found, world.roots)
    assert (removed.entries, removed.left) == (6, ())
    assert not (world.root / "show").exists()
    assert (world.kept / "notes.txt").read_bytes() == b"12345"
    assert (await remove(world.files, found, world.roots)).entries == 0
    assert (await find(world.files, world.path("show"), world.roots)).entries == 0


@pytest.mark.parametrize("path", ["", ".", "..", "../kept", "show/../../kept", "show/", "./show", "//show", "a\0b"])
async def test_what_is_not_strictly_below_a_root_is_refused_before_the_first_call(world: World, path: str) -> None:
    with pytest.raises(RemoteRefused):
        await find(world.files, world.path(path), world.roots)
    for other in (b"/", os.fsencode(world.root), os.fsencode(world.folder), os.fsencode(world.folder) + b"/rooted/x"):
        with pytest.raises(RemoteRefused):
            await find(world.files, other, world.roots)
    with pytest.raises(RemoteRefused):
        await find(world.files, world.path("show"), [])
    assert not world.files.changes


async def test_a_folder_that_leads_out_of_the_root_or_holds_a_root_is_refused(world: World) -> None:
    (world.root / "out").symlink_to(world.kept)
    with pytest.raises(RemoteRefused, match="leads out"):
        await find(world.files, world.path("out/notes.txt"), world.roots)
    with pytest.raises(RemoteRefused, match="is, or holds"):
        await check_bounds(world.files, world.path("show"), [*world.roots, world.path("show/season")])
    assert (await find(world.files, world.path("out"), world.roots)).entries == 1


async def test_what_came_since_stays_and_much_more_stops_it(world: World) -> None:
    found = await find(world.files, world.path("show"), world.roots)
    (world.root / "show" / "season" / "new.mkv").write_bytes(b"new")
    with pytest.raises(RemoteChanged):
        await remove(world.files, found, world.roots)
    assert not world.files.changes
    for number in range(40):
        (world.root / "show" / f"{number}.mkv").write_bytes(b"")
    found = await find(world.files, world.path("show"), world.roots)
    (world.root / "show" / "season" / "newer.mkv").write_bytes(b"new")
    removed = await remove(world.files, found, world.roots)
    assert removed.left == (world.path("show/season"), world.path("show"))
    assert [path.name for path in (world.root / "show" / "season").iterdir()] == ["newer.mkv"]


async def test_the_trash_is_on_the_same_root_and_takes_nothing_twice(world: World) -> None:
    target = await put_aside(world.files, world.path("show"), world.roots, "7")
    assert target == world.path(".mediatui-trash/7/show")
    assert (Path(os.fsdecode(target)) / "season" / "b.mkv").exists()
    (world.root / "show").mkdir()
    with pytest.raises(RemoteRefused):
        await put_aside(world.files, world.path("show"), world.roots, "7")
    with pytest.raises(RemoteMissing):
        await put_aside(world.files, world.path("gone"), world.roots, "8")


async def test_what_is_too_deep_or_too_much_is_left_alone(world: World) -> None:
    deep = world.root / "deep"
    (deep / "/".join(["x"] * DEEPEST)).mkdir(parents=True)
    with pytest.raises(RemoteRefused, match="nested deeper"):
        await find(world.files, os.fsencode(deep), world.roots)
