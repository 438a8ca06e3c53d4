"""Targets on network mounts: a call for each folder, never one for each link, and nobody waits for a dead mount."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from mediatui.library.scan.slow_targets import FOLDER, NO_FILE, Judged, Listing, SlowTargets, list_folder
from mediatui.system.mount_calls import Calls, Failed
from mediatui.system.patience import Patience
from tests.fakes.fuse_mount import LOOKUP, OPENDIR, FuseMount

MOUNT = b"/mnt/remote"
OTHER = b"/mnt/other"


def mount_of(torrents: int, files: int, *, mount: bytes = MOUNT) -> dict[bytes, Listing]:
    """What the folders of a mount list: a view of so many torrents of so many files."""
    view = mount + b"/all"
    found: dict[bytes, Listing] = {view: {b"T%d" % number: 0 for number in range(torrents)}}
    for number in range(torrents):
        found[view + b"/T%d" % number] = {b"%d.mkv" % one: 0 for one in range(files)}
    return found


def lister(folders: dict[bytes, Listing], asked: list[bytes]) -> Callable[[bytes], Listing]:
    def listed(folder: bytes) -> Listing:
        asked.append(folder)
        if folder not in folders:
            raise FileNotFoundError(errno.ENOENT, "gone")
        return folders[folder]

    return listed


def links_to(torrents: int, files: int, mount: bytes = MOUNT) -> list[tuple[bytes, bytes]]:
    return [
        (b"/lib/%s/%d.%d" % (mount[5:], torrent, file), mount + b"/all/T%d/%d.mkv" % (torrent, file))
        for torrent in range(torrents)
        for file in range(files)
    ]


def judged(targets: SlowTargets, links: list[tuple[bytes, bytes]]) -> dict[bytes, Judged]:
    """Each link's verdict; every link has exactly one."""
    found = [one for batch in targets.judge(links) for one in batch]
    assert sorted(one[0] for one in found) == sorted(path for path, _ in links)
    return {one[0]: one for one in found}


def test_a_name_listed_in_other_letters_is_looked_at_by_itself() -> None:
    """A CIFS mount or one of rclone may take names that differ in case, or in how accents are written, for the same."""
    view, looked = MOUNT + b"/all", []
    folders: dict[bytes, Listing] = {
        view: {b"Film": 0, b"other": 0},
        view + b"/film": {b"Cafe\xcc\x81.MKV": 0, b"b": 0},
    }

    def look_at(target: bytes) -> Listing:
        looked.append(target)
        if target.endswith((b"gone.mkv", b"B")):
            raise FileNotFoundError(errno.ENOENT, "gone")
        return {os.path.basename(target): 0}

    targets = SlowTargets([MOUNT], 4, lister(folders, []), look_at=look_at)
    names = ("café.mkv".encode(), b"gone.mkv", b"B", b"b")
    links = [(b"/lib/" + name, view + b"/film/" + name) for name in names]
    links += [(b"/lib/%d" % number, view + b"/gone%d/x.mkv" % number) for number in range(3)]
    found = {path.rpartition(b"/")[2]: state for path, (_, state, _) in judged(targets, links).items()}
    assert found == {
        "café.mkv".encode(): "ok", b"gone.mkv": "broken", b"B": "broken", b"b": "ok",
        b"0": "broken", b"1": "broken", b"2": "broken",
    }  # fmt: skip
    assert sorted(looked) == sorted(view + b"/film/" + name for name in names[::2])


def test_each_folder_is_listed_once_and_torrents_that_are_gone_are_not_asked_about() -> None:
    asked: list[bytes] = []
    targets = SlowTargets([MOUNT], 8, lister(mount_of(100, 5), asked))
    found = judged(targets, links_to(150, 6))
    states = Counter(state for _, state, _ in found.values())
    assert states == {"ok": 500, "broken": 100 + 50 * 6}
    assert len(asked) == len({*asked}) == targets.calls == 101
    assert {code for _, state, code in found.values() if state == "broken"} == {errno.ENOENT}


def test_a_few_folders_are_listed_without_their_parent() -> None:
    asked: list[bytes] = []
    found = judged(SlowTargets([MOUNT], 8, lister(mount_of(1, 5), asked)), links_to(2, 1))
    assert [state for _, state, _ in found.values()] == ["ok", "broken"]
    assert sorted(asked) == [MOUNT + b"/all/T0", MOUNT + b"/all/T1"]


def test_links_to_whole_torrents_are_judged_by_the_listing_that_holds_them() -> None:
    folders = mount_of(3, 1)
    folders[MOUNT + b"/all"] = {**folders[MOUNT + b"/all"], b"fifo": NO_FILE, b"link": errno.ENOENT, b"l": errno.ELOOP}
    names = (b"T1", b"T9", b"fifo", b"link", b"l")
    asked: list[bytes] = []
    targets = SlowTargets([MOUNT], 8, lister(folders, asked))
    found = judged(targets, [(b"/lib/" + name, MOUNT + b"/all/" + name) for name in names] + links_to(3, 1))
    states = {path: state for path, state, _ in found.values()}
    assert [states[b"/lib/" + name] for name in names] == ["ok", "broken", "wrong kind", "broken", "loop"]
    assert asked.count(MOUNT + b"/all") == 1


@pytest.mark.parametrize("code", [errno.ENOTCONN, errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN])
def test_a_mount_that_says_it_is_away_is_left_alone_after_two_answers_and_nothing_on_it_is_broken(code: int) -> None:
    good = mount_of(40, 1, mount=OTHER)

    def listed(folder: bytes) -> Listing:
        if folder.startswith(MOUNT):
            raise OSError(code, "away")
        return good[folder]

    targets = SlowTargets([MOUNT, OTHER], 1, listed)
    found = judged(targets, links_to(40, 2) + links_to(40, 1, OTHER))
    here = Counter(state for path, state, _ in found.values() if b"remote" in path)
    assert set(here) == {"unreachable", "unknown"}
    assert here["unreachable"] <= 4
    assert {state for path, state, _ in found.values() if b"other" in path} == {"ok"}
    assert {*targets.paused} == {MOUNT}
    assert targets.calls <= 2 + 41


def test_folders_that_may_not_be_read_say_nothing_against_the_mount() -> None:
    def listed(folder: bytes) -> Listing:
        raise PermissionError(errno.EACCES, "closed")

    targets = SlowTargets([MOUNT], 4, listed)
    found = judged(targets, links_to(10, 1))
    assert {state for _, state, _ in found.values()} == {"unreadable"}
    assert targets.paused == {}


def test_calls_that_never_return_are_abandoned_and_other_mounts_are_read() -> None:
    release = threading.Event()
    good = mount_of(30, 1, mount=OTHER)

    def listed(folder: bytes) -> Listing:
        if folder.startswith(MOUNT):
            release.wait(60)
        return good.get(folder, {})

    targets = SlowTargets([MOUNT, OTHER], 2, listed, Patience(0.2))
    try:
        began = time.monotonic()
        found = judged(targets, links_to(30, 1) + links_to(30, 1, OTHER))
        assert time.monotonic() - began < 20
    finally:
        release.set()
    here = Counter(state for path, state, _ in found.values() if b"remote" in path)
    assert set(here) == {"unreachable", "unknown"}
    assert here["unreachable"] <= 4
    assert {state for path, state, _ in found.values() if b"other" in path} == {"ok"}
    assert targets.paused == {MOUNT: "did not answer in time"}


def test_it_stops_within_a_moment_while_every_call_hangs() -> None:
    release = threading.Event()

    def listed(folder: bytes) -> Listing:
        release.wait(60)
        return {}

    targets = SlowTargets([MOUNT], 4, listed, Patience(60))
    timer = threading.Timer(0.2, targets.stop)
    timer.start()
    try:
        began = time.monotonic()
        assert list(targets.judge(links_to(30, 1))) == []
        assert time.monotonic() - began < 5
    finally:
        release.set()
        timer.join()


@pytest.mark.parametrize("workers", [1, 16])
def test_as_many_calls_are_on_their_way_at_once_as_there_are_workers(workers: int) -> None:
    together = threading.Barrier(workers, timeout=60)
    peak, begun, counting = 0, 0, threading.Lock()

    def listed(folder: bytes) -> Listing:
        nonlocal peak, begun
        with counting:
            begun += 1
            peak = max(peak, begun)
        together.wait()  # none of so many returns before all are called
        with counting:
            begun -= 1
        return {b"0.mkv": 0}

    assert len(judged(SlowTargets([], workers, listed), links_to(32, 5))) == 32 * 5
    assert peak == workers


def test_an_answer_is_given_once_for_each_place_whatever_happens() -> None:
    """Calls right at their time limit are either answered or late, never both and never lost."""
    calls: Calls[int] = Calls(
        lambda place: time.sleep(0.06) or 1, lambda place: place, workers=8, patience=Patience(0.06)
    )
    places = [b"%d" % number for number in range(80)]
    found = list(calls.all(places))
    assert sorted(place for place, _ in found) == sorted(places)
    assert {answer if answer == 1 else answer.code for _, answer in found if isinstance(answer, int | Failed)} <= {
        1, errno.ETIMEDOUT,
    }  # fmt: skip


def test_a_mistake_in_a_call_is_raised_and_not_taken_for_a_mount_that_is_away() -> None:
    calls: Calls[float] = Calls(lambda place: 1 / 0, lambda place: place, workers=2)
    with pytest.raises(ZeroDivisionError):
        list(calls.all([b"1", b"2"]))


def test_a_folder_is_read_without_following_links_further_than_needed(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "good").symlink_to("file")
    (tmp_path / "dead").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "to fifo").symlink_to("fifo")
    assert list_folder(os.fsencode(tmp_path)) == {
        b"file": 0, b"folder": FOLDER, b"fifo": NO_FILE, b"good": 0, b"dead": errno.ENOENT, b"loop": errno.ELOOP,
        b"to fifo": NO_FILE,
    }  # fmt: skip


@pytest.mark.process
def test_a_real_file_system_is_asked_about_folders_not_about_files(tmp_path: Path) -> None:
    tree = {"all": {f"T{number}": {f"{one}.mkv": 5000 for one in range(50)} for number in range(10)}}
    with FuseMount(tmp_path / "mount", tree) as mount:
        top = os.fsencode(mount.folder)
        mount.asked()
        found = judged(SlowTargets([top], 4), links_to(10, 60, top))
        asked = mount.asked()
    assert Counter(state for _, state, _ in found.values()) == {"ok": 500, "broken": 100}
    assert asked[OPENDIR] == 11
    assert asked[LOOKUP] < 100


class Files:
    """Files of a mount that are read: ``bad`` ones fail after ``slow`` seconds, others at once unless one of those is
    being read; ``at_once`` tells how many were being read at the same time after the first late one."""

    def __init__(self, bad: set[bytes], slow: float) -> None:
        self.bad, self.slow = bad, slow
        self.reading: set[bytes] = set()
        self.at_once: list[int] = []
        self.late = False

    def read(self, path: bytes) -> int:
        self.reading.add(path)
        if self.late:
            self.at_once.append(len(self.reading))
        try:
            if path in self.bad:
                time.sleep(self.slow)
                raise OSError(errno.EIO, "refused")
            return 1
        finally:
            self.late |= path in self.bad
            self.reading.discard(path)


def reads(files: Files, monkeypatch: pytest.MonkeyPatch, quiet_s: float = 60.0) -> Calls[int]:
    monkeypatch.setattr("mediatui.system.mount_calls.mount_answers", lambda mount, seconds: True)
    return Calls(files.read, lambda path: MOUNT, 4, Patience(0.1), reads=True, quiet_s=quiet_s,
                 counts_against=lambda code: False)  # fmt: skip


def test_after_a_late_read_one_file_is_read_at_a_time_and_no_other_is_called_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = [b"%d" % number for number in range(40)]
    files = Files({b"5", b"20", b"33"}, 0.9)  # longer than the limit after a late read, eight times the first
    calls = reads(files, monkeypatch)
    found = dict(calls.all(places))
    assert {place for place, answer in found.items() if answer != 1} == files.bad == calls.late
    assert {found[place] for place in files.bad} == {Failed(errno.EIO)}
    assert max(files.at_once, default=1) == 1
    assert not calls.paused


def test_a_mount_whose_reads_never_come_back_is_left_alone_after_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    places = [b"%d" % number for number in range(40)]
    calls = reads(Files({*places}, 30), monkeypatch, quiet_s=0.1)
    found = Counter(dict(calls.all(places)).values())
    assert found[Failed(errno.ETIMEDOUT)] == calls.made == 5  # four at once, and then one
    assert found[Failed(None)] == 35
    assert [*calls.paused] == [MOUNT]
