"""``scan`` in processes: what it prints, its exit codes, and what --apply removes, watched and unwatched."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.fakes.fuse_mount import FuseMount
from tests.worlds.forks import Forks
from tests.worlds.home import Home, Result
from tests.worlds.places import PROJECT

GOOD = 40
ODD = b"odd \xff \n \x1b[31m.mkv"


@pytest.fixture
def library(home: Home) -> Path:
    """A library of 40 good links in Films, and in Shows one broken, one loop, one small and one outside."""
    root, mount = home.folder / "library", home.folder / "mount"
    for folder in (root / "Films", root / "Shows", mount):
        folder.mkdir(parents=True)
    for number in range(GOOD):
        (mount / f"{number}.mkv").write_bytes(b"v" * 2048)
        (root / "Films" / f"{number}.mkv").symlink_to(mount / f"{number}.mkv")
    (mount / "small.mkv").touch()
    for name, target in (("broken", mount / "gone"), ("loop", "loop"), ("small", mount / "small.mkv")):
        (root / "Shows" / f"{name}.mkv").symlink_to(target if name != "loop" else "loop.mkv")
    (root / "Shows" / "outside.mkv").symlink_to(home.folder / "nowhere")
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__ROOTS", json.dumps([str(root)]))
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNTS", json.dumps([{"path": str(mount)}]))
    return root


def names(root: Path) -> set[str]:
    return {path.name for path in (root / "Shows").iterdir()}


def an_hour_passes(home: Home) -> None:
    home.sql("UPDATE library_links SET checked_at = checked_at - 3600, bad_since = bad_since - 3600")


def test_a_scan_prints_what_it_found_and_removes_nothing(home: Home, library: Path) -> None:
    before = names(library)
    text, machine = home.run("scan"), home.json("scan")
    assert (text.code, machine.code) == (0, 0)
    rows = {Path(row["path"]).name: row for row in machine.lines if row["type"] == "finding"}
    wanted = {"broken.mkv": "broken", "loop.mkv": "loop", "small.mkv": "small", "outside.mkv": "outside"}
    assert {name: row["state"] for name, row in rows.items()} == wanted
    for row in rows.values():
        assert {"path", "target", "state", "reason", "torrent_id", "size"} <= set(row)
        assert any(line.startswith(row["state"]) and row["path"] in line for line in text.out.splitlines())
    result = machine.result
    assert result["states"] == {**Counter(wanted.values()), "ok": GOOD}
    assert (result["applied"], result["steps"], result["links"]) == (False, 0, GOOD + 4)
    assert names(library) == before


def test_problems_are_an_exit_code_only_when_that_is_wanted(home: Home, library: Path) -> None:
    assert home.run("scan", "--exit-code").code == 5
    assert home.run("scan", "Films", "--exit-code").code == 0
    assert home.json("scan", "--exit-code").result["ok"] is True
    for name in ("broken", "loop", "small"):
        (library / "Shows" / f"{name}.mkv").unlink()
    assert home.run("scan", "--exit-code").code == 0  # outside is nobody's fault


def test_unwatched_only_what_was_seen_twice_goes_and_the_rest_is_noted(home: Home, library: Path) -> None:
    assert home.run("scan").code == 0
    an_hour_passes(home)
    (library / "Shows" / "new.mkv").symlink_to(home.folder / "mount" / "gone too")
    done = home.run("scan", "--apply")
    assert done.code == 0, done.err
    assert names(library) == {"new.mkv", "outside.mkv"}
    assert "new.mkv  (seen broken for the first time; a second look at least 30 minutes later removes it)" in done.out
    undone = home.run("undo", "--apply")
    assert undone.code == 0, undone.err
    assert names(library) == {"broken.mkv", "loop.mkv", "small.mkv", "new.mkv", "outside.mkv"}


def test_seen_for_the_first_time_nothing_goes_unwatched(home: Home, library: Path) -> None:
    before = names(library)
    text = home.run("scan", "--apply")
    assert text.code == 0
    assert text.out.count("a second look at least 30 minutes later removes it") == 3
    machine = home.json("scan", "--apply")
    assert machine.result["applied"] is False
    assert (machine.result["steps"], machine.result["notes"]) == (0, 3)
    notes = [row for row in machine.lines if row["type"] == "step"]
    assert {row["outcome"] for row in notes} == {"skipped"}
    assert names(library) == before
    assert home.sql("SELECT count(*) FROM batches") == [(0,)]


def test_a_typed_number_stands_for_the_second_look(home: Home, library: Path) -> None:
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__MAX_DELETE_SHARE", "0.05")
    refused = home.json("scan", "--apply", "--allow", "2")
    assert refused.code == 4
    assert "max_delete_share" in refused.error["message"]
    assert len(names(library)) == 4
    done = home.json("scan", "--apply", "--allow", "3")
    assert done.code == 0
    assert names(library) == {"outside.mkv"}
    rows = [row for row in done.lines if row["type"] == "step"]
    assert [row["outcome"] for row in rows] == ["done"] * 3


@pytest.mark.process
def test_a_person_at_a_terminal_is_not_asked_to_come_back(home: Home, library: Path, forks: Forks) -> None:
    terminal, ours = pty.openpty()
    try:
        done = forks.run("--headless", "scan", "--apply", stdin=os.ttyname(ours))
    finally:
        os.close(terminal)
        os.close(ours)
    assert done.code == 0, done.err
    assert names(library) == {"outside.mkv"}


@pytest.mark.parametrize("state", ["broken", "loop", "small"])
def test_only_the_states_named_are_removed(home: Home, library: Path, state: str) -> None:
    before = names(library)
    done = home.run("scan", "--apply", "--only", state, "--allow", "5")
    assert done.code == 0
    assert before - names(library) == {f"{state}.mkv"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--only", "outside"), "never removed"),
        (("--only", "unknown"), "never removed"),
        (("--depth", "deepest"), "deepest"),
        (("--probe", "some"), "some"),
        (("Nothing",), "Nothing"),
        (("/etc",), "outside every library root"),
        (("show",), "number of a scan"),
        (("show", "99"), "no scan 99"),
        (("rerun", "99"), "no scan 99"),
        (("rerun", "x"), "number of a scan"),
        (("show", "1", "2"), "unexpected extra argument (2)"),
    ],
)
def test_wrong_input_is_named(home: Home, library: Path, words: tuple[str, ...], said: str) -> None:
    done = home.json("scan", *words)
    assert done.code == 2
    assert said in done.error["message"]
    assert done.error["hint"]


def test_without_a_library_it_says_how_to_name_one(home: Home) -> None:
    done = home.json("scan")
    assert done.code == 2
    assert "library.roots" in done.error["hint"]


def test_probing_all_without_ffprobe_is_refused_with_how_to_install_it(home: Home, library: Path) -> None:
    home.monkeypatch.setenv("MEDIATUI_SCAN__FFPROBE", "/nothing/ffprobe")
    refused = home.json("scan", "--probe", "all")
    assert refused.code == 2
    assert "Install ffmpeg" in refused.error["hint"]
    assert home.run("scan", "--depth", "full").code == 0


def test_scans_are_listed_shown_and_run_again_as_they_were(home: Home, library: Path) -> None:
    assert home.run("scan", "list").out == "Nothing was scanned yet.\n"
    home.run("scan", "Shows", "--depth", "full")
    home.run("scan")
    listed = home.json("scan", "list")
    scans = [row for row in listed.lines if row["type"] == "scan"]
    assert [(row["id"], row["depth"], row["links"], row["status"]) for row in scans] == [
        (2, "basic", GOOD + 4, "done"),
        (1, "full", 4, "done"),
    ]
    table = home.run("scan", "list").out
    assert "1 broken" in table
    assert "Shows" in table

    shown = home.json("scan", "show", "1")
    rows = {Path(row["path"]).name: row for row in shown.lines if row["type"] == "finding"}
    assert rows["broken.mkv"]["reason"] == "No such file or directory"
    assert rows["loop.mkv"]["reason"] == os.strerror(40)
    assert rows["outside.mkv"]["reason"]
    assert "broken.mkv" in home.run("scan", "show", "1").out

    again = home.json("scan", "rerun", "1")
    assert again.result["links"] == 4
    assert home.sql("SELECT depth, roots FROM scans WHERE id = 3") == [
        ("full", json.dumps([str(library / "Shows")])),
    ]


def test_first_bytes_are_read_when_that_is_wanted(home: Home, library: Path) -> None:
    done = home.json("scan", "--read-first-kb", "-v")
    assert done.code == 0
    assert "reading first bytes" in done.err
    assert "reading first bytes" not in home.json("scan", "-v").err


def test_odd_names_are_printed_harmlessly_and_given_exactly(home: Home, library: Path) -> None:
    os.symlink(os.fsencode(home.folder / "mount" / "gone"), os.path.join(os.fsencode(library), b"Shows", ODD))
    text = home.run("scan")
    assert "\x1b" not in text.out + text.err
    assert len(text.out.splitlines()) == 6
    paths = [row["path"] for row in home.json("scan").lines if row["type"] == "finding"]
    assert os.path.join(os.fsencode(library), b"Shows", ODD) in [os.fsencode(path) for path in paths]


def test_a_mount_that_is_away_is_a_warning_and_nothing_is_removed(home: Home, library: Path) -> None:
    home.run("scan")
    an_hour_passes(home)
    (home.folder / "mount").rename(home.folder / "elsewhere")
    (home.folder / "mount").mkdir()
    done = home.run("scan", "--apply", "--allow", "99")
    assert "is empty" in done.err
    # A loop needs no mount, but that cannot be seen from the outside: it stays too.
    assert names(library) == {"broken.mkv", "loop.mkv", "small.mkv", "outside.mkv"}
    assert len(list((library / "Films").iterdir())) == GOOD


@pytest.mark.process
def test_a_scan_ends_soon_after_an_interruption_while_a_mount_never_answers(home: Home, library: Path) -> None:
    with FuseMount(home.folder / "fuse", {"a": {"b.mkv": 5000}}) as mount:
        mounts = [{"path": str(home.folder / "mount")}, {"path": str(mount.folder)}]
        home.monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNTS", json.dumps(mounts))
        (library / "Shows" / "fuse.mkv").symlink_to(mount.folder / "a" / "b.mkv")
        mount.silence()
        home.monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNT_TIMEOUT_S", "60")
        environ = {**os.environ, "PYTHONPATH": str(PROJECT)}
        with subprocess.Popen(
            [sys.executable, "-m", "mediatui", "--headless", "scan"],
            env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stderr is not None
            while "looking at the mounts" not in process.stderr.readline():
                pass
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
        assert time.monotonic() - began < 30
        assert Result(process.returncode, out, err).code == 130
        home.monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNT_TIMEOUT_S", "1")
        done = home.run("scan")
        assert done.code == 0
        assert "did not list within" in done.err
        assert home.sql("SELECT state FROM library_links WHERE CAST(path AS TEXT) LIKE '%fuse.mkv'") == [("unknown",)]
