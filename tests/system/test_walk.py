"""Walking the library in processes: every link once, each in its state, and an end at any moment."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from mediatui.system.symlinks import WalkedLink, absolute, hops, state_of_errno
from mediatui.system.walk import Walk, WalkOptions
from tests.fakes.fuse_mount import FuseMount

VIDEO = b"v" * 2048
ODD = b"odd \xff\xfe \n \x1b[31m name.mkv"
as_user = pytest.mark.skipif(os.geteuid() == 0, reason="root may read everywhere")


_BEGIN = 'if __name__ == "__main__":\n'
VANISHES = """
    import shutil
    read_line, lines = sys.stdin.buffer.readline, []
    def read():
        lines.append(read_line())
        if len(lines) == 2:  # the first unit of folders
            shutil.rmtree({gone!r})
        return lines[-1]
    serve(read, sys.stdout.buffer.write, sys.stdout.buffer.flush)
    os._exit(0)
"""
"""What makes a walker that loses a folder after it was assigned to it."""


def walked(root: Path, **options: object) -> tuple[dict[bytes, WalkedLink], Walk]:
    """Every link below ``root`` by its path from there; each is found once."""
    top = os.fsencode(root)
    walk = Walk(WalkOptions([top], **options))  # type: ignore[arg-type]
    links = [link for batch in walk.batches() for link in batch]
    found = {os.path.relpath(link[0], top): link for link in links}
    assert len(found) == len(links)
    return found, walk


def states(root: Path, **options: object) -> dict[str, str]:
    return {os.fsdecode(name): link[2] for name, link in walked(root, **options)[0].items()}


@pytest.fixture
def tree(tmp_path: Path) -> tuple[Path, Path]:
    """A library with a category, and a folder of targets that holds one video."""
    root, files = tmp_path / "library", tmp_path / "files"
    (root / "Films").mkdir(parents=True)
    files.mkdir()
    (files / "good.mkv").write_bytes(VIDEO)
    return root, files


def test_each_target_gives_its_state(tree: tuple[Path, Path]) -> None:
    root, files = tree
    films = root / "Films"
    (files / "empty.mkv").touch()
    (files / "edge.mkv").write_bytes(b"v" * 1024)
    os.mkfifo(files / "fifo")
    (files / "chain.mkv").symlink_to(files / "good.mkv")
    (files / "broken chain.mkv").symlink_to(files / "gone.mkv")
    wanted = {
        "ok": (files / "good.mkv", "ok"),
        "edge": (files / "edge.mkv", "ok"),
        "folder": (files, "ok"),
        "chain": (files / "chain.mkv", "ok"),
        "relative": (Path("../../files/good.mkv"), "ok"),
        "gone": (files / "gone.mkv", "broken"),
        "gone relative": (Path("../good.mkv"), "broken"),
        "gone folder": (files / "no" / "good.mkv", "broken"),
        "below a file": (files / "good.mkv" / "more", "broken"),
        "too long": (files / ("x" * 256), "broken"),
        "gone chain": (files / "broken chain.mkv", "broken"),
        "loop": (films / "loop", "loop"),
        "loop of two": (films / "loop of two back", "loop"),
        "loop of two back": (films / "loop of two", "loop"),
        "empty": (files / "empty.mkv", "small"),
        "fifo": (files / "fifo", "wrong kind"),
        "device": (Path("/dev/null"), "wrong kind"),
    }
    for name, (target, _) in wanted.items():
        (films / name).symlink_to(target)
    found, walk = walked(root, small_below=1024)

    assert {os.fsdecode(os.path.basename(name)): link[2] for name, link in found.items()} == {
        name: state for name, (_, state) in wanted.items()
    }
    facts = {os.path.basename(name): link[1:] for name, link in found.items()}
    assert facts[b"edge"] == (os.fsencode(files / "edge.mkv"), "ok", 1024, 0)
    assert facts[b"too long"][3] == errno.ENAMETOOLONG
    assert facts[b"below a file"][3] == errno.ENOTDIR
    assert facts[b"loop"][3] == errno.ELOOP
    assert (walk.given_up, walk.unread) == ([], [])


@pytest.mark.parametrize(
    ("numbers", "state"),
    [
        ((errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG), "broken"),
        ((errno.ELOOP,), "loop"),
        ((errno.EACCES, errno.EPERM), "unreadable"),
        ((errno.ENOTCONN, errno.EIO, errno.ETIMEDOUT, errno.ESTALE, errno.EHOSTDOWN), "unreachable"),
        ((errno.ENODEV, errno.ENOMEM, errno.EMFILE, 9999), "unreachable"),
    ],
)
def test_only_what_says_that_nothing_is_there_is_broken(numbers: Sequence[int], state: str) -> None:
    assert {state_of_errno(number) for number in numbers} == {state}


@as_user
def test_a_target_without_permission_is_unreadable_and_a_closed_folder_is_reported(tree: tuple[Path, Path]) -> None:
    root, files = tree
    (files / "closed").mkdir()
    (root / "Films" / "closed").mkdir()
    (root / "Films" / "link").symlink_to(files / "closed" / "good.mkv")
    try:
        (files / "closed").chmod(0)
        (root / "Films" / "closed").chmod(0)
        found, walk = walked(root)
    finally:
        (files / "closed").chmod(0o755)
        (root / "Films" / "closed").chmod(0o755)
    assert [link[2] for link in found.values()] == ["unreadable"]
    assert walk.unread == [(os.fsencode(root / "Films" / "closed"), errno.EACCES)]


def test_names_of_any_bytes_and_links_at_every_depth_are_found_as_they_are(tree: tuple[Path, Path]) -> None:
    root, files = tree
    deep = os.path.join(os.fsencode(root), b"Films", ODD, b"\xc3\x28", b"a", b"b")
    os.makedirs(deep)
    os.symlink(b"../\xff\n", os.path.join(deep, ODD))
    for place in (root, root / "Films"):
        (place / "link").symlink_to(files / "good.mkv")
    found, _ = walked(root)
    assert {*found} == {b"link", b"Films/link", os.path.relpath(os.path.join(deep, ODD), os.fsencode(root))}
    assert os.path.join(deep, ODD) in {link[0] for link in found.values()}
    assert b"../\xff\n" in {link[1] for link in found.values()}


def test_links_to_folders_are_not_entered_and_hidden_folders_are_left_out(tree: tuple[Path, Path]) -> None:
    root, files = tree
    (root / "Films" / "up").symlink_to(root)
    (root / "around").symlink_to("Films")
    for hidden in (root / ".trash", root / "Films" / ".trash", root / "Films" / "a" / "b" / ".trash"):
        hidden.mkdir(parents=True)
        (hidden / "link").symlink_to(files / "gone")
    assert states(root) == {"Films/up": "ok", "around": "ok"}


@pytest.mark.slow
def test_all_links_of_a_large_folder_are_found(tree: tuple[Path, Path]) -> None:
    root, files = tree
    for number in range(3_000):
        os.symlink(files / ("good.mkv" if number % 10 else "gone.mkv"), root / "Films" / f"{number}.mkv")
    found = [*states(root).values()]
    assert (found.count("ok"), found.count("broken")) == (2_700, 300)


def test_folders_that_vanish_while_walking_are_reported_and_the_rest_is_found(tree: tuple[Path, Path]) -> None:
    root, files = tree
    for number in range(200):
        (root / "Films" / f"{number}").mkdir()
        (root / "Films" / f"{number}" / "link").symlink_to(files / "good.mkv")
    gone, walker = root / "Films" / "50", files / "walker.py"
    code = Path(WalkOptions([]).walker).read_text()
    walker.write_text(code.replace(_BEGIN, _BEGIN + VANISHES.format(gone=str(gone)), 1))
    walk = Walk(WalkOptions([os.fsencode(root)], processes=1, walker=str(walker)))
    found = [link for batch in walk.batches() for link in batch]
    assert len(found) == 199
    assert walk.unread == [(os.fsencode(gone), errno.ENOENT)]
    assert walk.given_up == []


def test_a_walker_that_dies_or_hangs_costs_its_folders_only_and_does_not_hold_the_walk(tree: tuple[Path, Path]) -> None:
    root, files = tree
    for number in range(300):
        (root / "Films" / f"{number}").mkdir()
        (root / "Films" / f"{number}" / "link").symlink_to(files / "good.mkv")
    code = Path(WalkOptions([]).walker).read_text()
    for name, fate in (("dies", "os._exit(9)"), ("hangs", "time.sleep(600)")):
        walker = files / f"{name}.py"
        judged = f'    if path.endswith(b"/123/link"):\n        {fate}\n    target = b""\n'
        walker.write_text(code.replace('    target = b""\n', judged, 1))
        began = time.monotonic()
        found, walk = walked(root, walker=str(walker), silent_s=1.0)
        assert time.monotonic() - began < 20
        lost = {os.fsencode(root / "Films" / f"{number}") for number in range(300)} - {
            os.path.dirname(link[0]) for link in found.values()
        }
        assert os.fsencode(root / "Films" / "123") in lost
        assert lost <= {*walk.given_up}
        assert len(found) >= 200


def test_a_root_that_is_a_file_or_is_gone_is_reported(tree: tuple[Path, Path]) -> None:
    root, files = tree
    for place, number in ((files / "good.mkv", errno.ENOTDIR), (root / "gone", errno.ENOENT)):
        found, walk = walked(place)
        assert found == {}
        assert {*walk.unread} == {(os.fsencode(place), number)}


def test_targets_for_later_are_read_and_not_looked_at(tree: tuple[Path, Path]) -> None:
    root, files = tree
    films = root / "Films"
    (films / "later").symlink_to(files / "gone.mkv")
    (films / "relative").symlink_to("../../files/gone.mkv")
    (films / "now").symlink_to(f"{files}2/gone.mkv")
    (films / "folder itself").symlink_to(files)
    later = os.fsencode(files) + b"/"
    assert states(root, later=[later]) == {
        "Films/later": "later",
        "Films/relative": "later",
        "Films/folder itself": "later",
        "Films/now": "broken",
    }


@pytest.mark.slow
def test_a_walk_stops_within_a_moment(tree: tuple[Path, Path]) -> None:
    root, files = tree
    for number in range(3_000):
        os.symlink(files / "good.mkv", root / "Films" / f"{number}.mkv")
    walk = Walk(WalkOptions([os.fsencode(root)]))
    next(batches := walk.batches())
    began = time.monotonic()
    walk.stop()
    assert list(batches) == []
    assert time.monotonic() - began < 2


@pytest.mark.process
def test_a_mount_that_never_answers_neither_holds_the_walk_nor_its_end_nor_the_process(tree: tuple[Path, Path]) -> None:
    root, files = tree
    with FuseMount(files / "mount", {"film": {"film.mkv": 5000}}) as mount:
        (root / "Films" / "hangs").symlink_to(mount.folder / "film" / "film.mkv")
        (root / "Other").mkdir()
        (root / "Other" / "good").symlink_to(files / "good.mkv")
        mount.silence()
        walk = Walk(WalkOptions([os.fsencode(root)], silent_s=60))
        ended = threading.Event()

        def go() -> None:
            list(walk.batches())
            ended.set()

        threading.Thread(target=go, daemon=True).start()
        assert not ended.wait(1.0)
        walk.stop()
        assert ended.wait(5.0)

        program = (
            "import sys; from mediatui.system.walk import *; "
            "walk = Walk(WalkOptions([sys.argv[1].encode()], silent_s=1.0)); list(walk.batches()); print(walk.given_up)"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, str(root)], capture_output=True, text=True, timeout=30, check=True
        )
        assert str(root / "Films") in done.stdout


@pytest.mark.parametrize(
    ("path", "target", "wanted"),
    [
        (b"/lib/a/link", b"/mnt/x.mkv", b"/mnt/x.mkv"),
        (b"/lib/a/link", b"../b/x.mkv", b"/lib/b/x.mkv"),
        (b"/lib/a/link", b"x.mkv", b"/lib/a/x.mkv"),
        (b"/lib/a/link", b"./x//y/../z\xff", b"/lib/a/x/z\xff"),
        (b"/lib/a/link", b"/mnt//all/./x", b"/mnt/all/x"),
        (b"/lib/a/link", b"/mnt/all/../x", b"/mnt/x"),
        (b"/lib/a/link", b"/mnt/.hidden", b"/mnt/.hidden"),
        (b"/lib/link", b"../../../x", b"/x"),
    ],
)
def test_where_a_link_points_is_seen_from_its_own_folder(path: bytes, target: bytes, wanted: bytes) -> None:
    assert absolute(path, target) == wanted


def test_every_place_a_chain_leads_through_is_named(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "folder").symlink_to("real")
    (tmp_path / "real" / "second").symlink_to("../real/third")
    (tmp_path / "first").symlink_to(tmp_path / "folder" / "second")
    top = os.fsencode(tmp_path)
    through = hops(top + b"/first")
    assert [os.path.relpath(place, top) for place in through] == [b"folder/second", b"real/second", b"real/third"]
    (tmp_path / "loop").symlink_to("loop")
    assert 1 <= len(hops(top + b"/loop")) <= 100
