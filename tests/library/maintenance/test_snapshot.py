"""Reading the tree and the storage: whole, once, and calm about whatever is in there or goes while it is read."""

from __future__ import annotations

import errno
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mediatui.library.maintenance.library_paths import LibraryPaths
from mediatui.library.maintenance.reporter import Reporter
from mediatui.library.maintenance.snapshot import LibrarySnapshot, Tree, read_tree
from mediatui.library.maintenance.storage import Storage, read_storage
from mediatui.store.database import open_reader, prepare

EXTENSIONS = ("mkv", "mp4")


class Place:
    """A library and a mount below a folder, and what reading them reported."""

    def __init__(self, folder: Path) -> None:
        self.library, self.mount = folder / "library", folder / "mount"
        self.library.mkdir()
        self.mount.mkdir()
        self.messages: list[tuple[str, object]] = []
        self.dead: dict[bytes, str] = {}

    def file(self, path: str | bytes, content: bytes = b"v") -> bytes:
        full = os.path.join(os.fsencode(self.mount), os.fsencode(path))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        Path(os.fsdecode(full)).write_bytes(content)
        return full

    def link(self, path: str | bytes, target: str | bytes | Path) -> bytes:
        full = os.path.join(os.fsencode(self.library), os.fsencode(path))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        os.symlink(os.fsencode(target), full)
        return full

    @property
    def places(self) -> LibraryPaths:
        root, mount = os.fsencode(self.library), os.fsencode(self.mount)
        return LibraryPaths((root,), (mount,), (), self.dead, EXTENSIONS, 1024)

    def reporter(self, on: Callable[[str, object], None] | None = None) -> Reporter:
        def send(kind: str, content: object) -> None:
            self.messages.append((kind, content))
            if on is not None:
                on(kind, content)

        return Reporter(send)

    def storage(self) -> Storage:
        return read_storage(self.places, self.reporter())

    def tree(self) -> Tree:
        return read_tree(self.places, self.storage(), self.reporter())

    def states(self) -> dict[str, str]:
        """The state of each link, by its name."""
        return {os.fsdecode(os.path.basename(link.path)): link.state for link in self.tree().links}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    prepare(tmp_path / "archive.db")
    connection = open_reader(tmp_path / "archive.db")
    yield connection
    connection.close()


def test_the_storage_holds_every_file_by_its_folder(place: Place) -> None:
    one, two = place.file("all/A/a.mkv"), place.file("all/A/b.nfo")
    top = place.file("c.mkv")
    storage = place.storage()
    assert set(storage) == {one, two, top}
    assert sorted(storage.folders[os.path.dirname(one)]) == [b"a.mkv", b"b.nfo"]
    assert one in storage
    assert os.path.dirname(one) not in storage


def test_hidden_folders_and_links_of_the_storage_are_left_out(place: Place) -> None:
    seen = place.file("all/A/a.mkv")
    place.file(".trash/b.mkv")
    os.symlink(seen, os.path.join(os.path.dirname(seen), b"again.mkv"))
    os.symlink(place.mount, place.mount / "circle")
    assert set(place.storage()) == {seen}


def test_a_mount_inside_a_storage_is_read_once(place: Place, tmp_path: Path) -> None:
    file = place.file("all/A/a.mkv")
    top, inner = os.fsencode(tmp_path), os.fsencode(place.mount)
    storage = read_storage(LibraryPaths((), (inner,), (top,), {}, EXTENSIONS, 0), place.reporter())
    assert (list(storage.tops), [path for path in storage if path.endswith(b"a.mkv")]) == ([top], [file])


def test_a_mount_that_is_away_is_not_read_and_what_needs_it_is_unknown(place: Place) -> None:
    place.link("Films/there.mkv", place.file("all/A/a.mkv"))
    place.link("Films/gone.mkv", place.mount / "gone.mkv")
    place.dead = {os.fsencode(place.mount): "it is empty"}
    assert set(place.storage()) == set()
    assert place.states() == {"there.mkv": "unknown", "gone.mkv": "unknown"}


def test_a_storage_that_is_not_there_is_reported_as_unread(place: Place) -> None:
    gone = os.fsencode(place.mount / "gone")
    storage = read_storage(LibraryPaths((), (), (gone,), {}, EXTENSIONS, 0), place.reporter())
    assert (storage.unread, set(storage)) == ([(gone, errno.ENOENT)], set())


def test_each_link_is_judged_by_where_it_leads(place: Place) -> None:
    file = place.file("all/A/a.mkv")
    place.link("Films/ok.mkv", file)
    place.link("Films/relative.mkv", os.path.relpath(file, os.fsencode(place.library / "Films")))
    place.link("Films/chain.mkv", place.library / "Films" / "ok.mkv")
    place.link("Films/dotted.mkv", os.fsencode(place.mount) + b"/all/./A/../A//a.mkv")
    place.link("Films/folder", place.mount / "all")
    place.link("Films/broken.mkv", place.mount / "gone.mkv")
    place.link("Films/end of a chain.mkv", place.library / "Films" / "broken.mkv")
    place.link("Films/through a file.mkv", file + b"/inside.mkv")
    place.link("Films/self.mkv", place.library / "Films" / "self.mkv")
    place.link("Films/ping.mkv", "pong.mkv")
    place.link("Films/pong.mkv", "ping.mkv")
    place.link("Films/elsewhere.mkv", "/surely/not/there.mkv")
    ok, broken, loop = "ok", "broken", "loop"
    assert place.states() == {
        "ok.mkv": ok, "relative.mkv": ok, "chain.mkv": ok, "dotted.mkv": ok, "folder": ok, "broken.mkv": broken,
        "end of a chain.mkv": broken, "through a file.mkv": broken, "self.mkv": loop, "ping.mkv": loop,
        "pong.mkv": loop, "elsewhere.mkv": "unknown",
    }  # fmt: skip


def test_a_live_link_resolves_to_its_file_by_whatever_way_it_leads_there(
    place: Place, database: sqlite3.Connection, tmp_path: Path
) -> None:
    file = place.file("all/A/a.mkv")
    (tmp_path / "alias").symlink_to(place.mount)
    place.link("Films/ok.mkv", file)
    place.link("Films/chain.mkv", place.library / "Films" / "ok.mkv")
    place.link("Films/alias.mkv", tmp_path / "alias" / "all" / "A" / "a.mkv")
    snapshot = LibrarySnapshot(place.places, database, place.reporter(), _tree=place.tree(), _storage=place.storage())
    assert {snapshot.resolved(link) for link in snapshot.tree.links} == {file}
    assert len(snapshot.tree.links) == 3


@pytest.mark.parametrize("name", [b"caf\xe9.mkv", "café.mkv".encode(), "cafe\u0301.mkv".encode(), b"new\nline.mkv"])
def test_names_are_kept_byte_by_byte(place: Place, name: bytes) -> None:
    file = place.file(b"all/" + name[:-4] + b"/" + name)
    link = place.link(b"Films/" + name, file)
    (found,) = place.tree().links
    assert (found.path, found.target, found.pointed, found.state) == (link, file, file, "ok")


def test_the_tree_knows_folders_links_and_real_files_of_each_folder(place: Place) -> None:
    link = place.link("Films/A/a.mkv", "/gone")
    folder = os.path.dirname(link)
    Path(os.fsdecode(folder), "real.nfo").touch()
    os.mkdir(os.path.join(folder, b"empty"))
    os.mkfifo(os.path.join(folder, b"pipe"))
    tree = place.tree()
    folders, links, files = tree.folders[folder]
    assert (folders, links, sorted(files)) == ([b"empty"], [b"a.mkv"], [b"pipe", b"real.nfo"])
    assert tree.folders[os.path.join(folder, b"empty")] == ([], [], [])
    assert tree.root_of(link) == os.fsencode(place.library)
    assert tree.root_of(os.fsencode(place.library) + b"2/x") is None


def test_links_to_folders_are_not_followed(place: Place) -> None:
    place.link("Films/circle", place.library)
    assert place.states() == {"circle": "ok"}


def test_a_folder_that_goes_while_the_tree_is_read_is_reported_as_unread(place: Place) -> None:
    for number in range(5):
        place.link(f"Films/{number}/a.mkv", "/gone")
    aside = place.library.parent / "aside"

    class Vanishing(Storage):
        """What is asked first takes a folder away that is still to be read."""

        def __contains__(self, path: bytes) -> bool:
            if not aside.exists():
                (place.library / "Films" / "0").rename(aside)
            return super().__contains__(path)

    tree = read_tree(place.places, Vanishing([]), place.reporter())
    names = {folder for folder, _ in tree.unread}
    read = {os.path.dirname(link.path) for link in tree.links}
    assert len(read) + len(names) == 5
    assert names <= {os.fsencode(place.library / "Films" / "0")}


def test_a_link_that_is_replaced_while_it_is_judged_is_unknown(place: Place) -> None:
    link = place.link("Films/a.mkv", place.mount / "gone.mkv")

    class Replacing(Storage):
        def __contains__(self, path: bytes) -> bool:
            os.unlink(link)
            return False

    (found,) = read_tree(place.places, Replacing([]), place.reporter()).links
    assert found.state == "broken"  # what it was when it was read; a step looks at it again

    again = place.link("Films/b.mkv", place.mount / "gone.mkv")
    os.unlink(again)
    from mediatui.library.maintenance.snapshot import judge_link

    assert judge_link(again, place.places, Storage([])).state == "unknown"


def test_a_socket_on_the_storage_is_no_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place.mount)  # the path of a socket may not be long
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        assert set(place.storage()) == set()


def test_a_root_that_holds_nothing_though_links_were_known_in_it_is_away(
    place: Place, tmp_path: Path, database: sqlite3.Connection
) -> None:
    root = os.fsencode(place.library)
    empty = LibrarySnapshot(place.places, database, place.reporter())
    assert empty.tree.unread == []
    with closing(sqlite3.connect(tmp_path / "archive.db")) as writer, writer:
        writer.execute("INSERT INTO library_links (path, target, state) VALUES (?, ?, 'ok')", (root + b"/a", b"/b"))
    writer.close()
    away = LibrarySnapshot(place.places, database, place.reporter())
    assert away.tree.unread == [(root, errno.ENODATA)]
    assert away.unseen(root + b"/Films/a.mkv")
    assert not away.unseen(os.fsencode(place.mount) + b"/a.mkv")


def test_reading_reports_how_far_it_is(place: Place, database: sqlite3.Connection) -> None:
    for number in range(450):
        place.link(f"Films/{number}/a.mkv", place.file(f"all/{number}/a.mkv"))
    snapshot = LibrarySnapshot(place.places, database, place.reporter())
    assert len(snapshot.tree.links) == len(snapshot.storage.files) == 450
    phases = [content for kind, content in place.messages if kind == "phase"]
    assert phases == [("indexing storage files", None), ("reading the library", None)]
    done = [content[0] for kind, content in place.messages if kind == "progress" and isinstance(content, tuple)]
    assert len(done) >= 6
    assert done.count(450) == 2
