"""What could not be judged is never ``ok``: scans and tools count it, say why, and end with 5 where that is wanted."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from mediatui.system import symlinks
from tests.fakes.fuse_mount import FuseMount
from tests.worlds.home import Home
from tests.worlds.link_tree import LinkTree


@pytest.fixture
def tree(home: Home) -> LinkTree:
    return LinkTree(home)


@pytest.fixture
def films(tree: LinkTree) -> LinkTree:
    for number in range(5):
        tree.both(f"movies/F{number} (2001)/F{number} (2001).mkv", f"__all__/F{number}/F{number}.mkv")
    return tree


@pytest.mark.parametrize("words", [("scan",), ("scan", "movies"), ("integrity",), ("cleanup",)])
def test_with_a_mount_away_exit_code_is_not_zero_and_the_result_line_names_it(
    films: LinkTree, words: tuple[str, ...]
) -> None:
    assert films.home.run("--quiet", *words, "--exit-code").code in ((0,) if words[0] == "scan" else (0, 5))
    films.away()
    done = films.home.run("--quiet", *words, "--exit-code")
    assert done.code == 5
    last = done.out.splitlines()[-1]
    assert str(films.mount) in last
    assert "5 not judged: " in last
    assert films.home.run("--quiet", *words).code == 0
    result = films.home.json(*words, "--exit-code").result
    assert result["ok"] is True
    assert str(films.mount) in result["mounts_away"]


def test_a_mount_away_that_no_link_needs_and_links_outside_every_mount_are_not_judged_either(tree: LinkTree) -> None:
    (tree.root / "movies").mkdir()
    tree.away()
    for words in (("scan",), ("integrity",), ("cleanup",)):
        done = tree.home.run("--quiet", *words, "--exit-code")
        assert (done.code, "Not judged: " in done.out) == (5, True), words
    os.rmdir(tree.mount)
    os.rename(tree.home.folder / "M-elsewhere", tree.mount)
    tree.link("movies/a.mkv", text="/nowhere/a.mkv")
    assert tree.home.run("scan", "--exit-code").code == 5  # nothing was judged
    tree.both("movies/b.mkv", "__all__/b.mkv")
    assert tree.home.run("scan", "--exit-code").code == 0


@pytest.mark.process
def test_below_a_mount_that_nobody_serves_any_more_nothing_is_removed(films: LinkTree) -> None:
    """Case I5 (CineSync#40, plexdrive#151)."""
    allowed = ("--apply", "--allow", "500")
    assert films.home.json("scan").result["states"] == {"ok": 5}
    with FuseMount(films.mount, {}) as mount:
        mount.abandon()
        with pytest.raises(OSError, match=str(errno.ENOTCONN)):
            os.listdir(films.mount)
        assert films.home.json("scan", *allowed).result["states"] == {"unknown": 5}
        films.home.run("cleanup", "--only", "broken", "--remove-unrepaired", *allowed)
        assert len(films.links()) == 5
        checks = films.home.json("doctor").lines
        assert ("mount", "problem") in {(row.get("name"), row.get("state")) for row in checks}
    assert films.home.json("scan").result["states"] == {"ok": 5}


def test_what_ffprobe_did_not_answer_in_time_is_unknown_and_never_removed(
    tree: LinkTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tree.home.folder / "ffprobe"
    program.write_text("#!/bin/sh\nexec sleep 30\n")
    program.chmod(0o755)
    for number in range(3):
        tree.link(f"movies/{number}.mkv", f"__all__/{number}.mkv")
        target = tree.mount / f"__all__/{number}.mkv"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(os.urandom(3000))
    monkeypatch.setenv("MEDIATUI_SCAN__FFPROBE", str(program))
    monkeypatch.setenv("MEDIATUI_SCAN__PROBE_TIMEOUT_S", "1")
    monkeypatch.setenv("MEDIATUI_SCAN__PROBE_WORKERS", "3")
    done = tree.home.json("scan", "--depth", "full", "--probe", "all", "--apply", "--allow", "500")
    assert (done.result["states"], done.result["not_judged"]) == ({"unknown": 3}, 3)
    rows = [row for row in done.lines if row["type"] == "finding"]
    assert {(row["state"], row["reason"]) for row in rows} == {("unknown", "ffprobe did not answer in time")}
    assert len(rows) == 3
    assert [row["text"] for row in done.lines if row["type"] == "unjudged"] == [
        "3 links unknown: ffprobe did not answer in time"
    ]
    assert len(tree.links()) == 3
    shown = tree.home.run("scan", "show", "1")
    assert "ffprobe did not answer in time" in shown.out


def test_a_target_that_may_not_be_read_is_unreadable(tree: LinkTree, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tree.file("__all__/a.mkv")
    link = os.fsencode(tree.link("movies/a.mkv", "__all__/a.mkv"))
    asked: list[bytes] = []

    def access(path: bytes, mode: int) -> bool:
        asked.append(path)
        return False

    monkeypatch.setattr(os, "access", access)
    monkeypatch.setattr(symlinks, "_whoami", lambda: (4242, frozenset({4242})))
    assert symlinks.judge(link, True, (), 0, (b".mkv",))[2] == "ok"
    assert asked == []  # its mode shows that it may be read
    file.chmod(0)
    assert symlinks.judge(link, True, (), 0, (b".mkv",))[2:] == ("unreadable", 3012, 13)
    file.chmod(0o040)
    assert symlinks.judge(link, True, (), 0, (b".mkv",))[2] == "unreadable"
    monkeypatch.setattr(symlinks, "_whoami", lambda: (4242, frozenset({4242, os.stat(file).st_gid})))
    assert symlinks.judge(link, True, (), 0, (b".mkv",))[2] == "ok"
    monkeypatch.setattr(symlinks, "_whoami", lambda: (0, frozenset({0})))
    file.chmod(0)
    assert symlinks.judge(link, True, (), 0, (b".mkv",))[2] == "unreadable"  # root whose rights were taken away
    monkeypatch.setattr(os, "access", lambda path, mode: True)
    assert symlinks.judge(link, True, (), 0, (b".mkv",))[2] == "ok"


def test_a_file_that_cannot_be_opened_in_full_depth_is_unreadable(
    tree: LinkTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mediatui.library.playback import check
    from mediatui.system import head_and_tail

    tree.both("movies/a.mkv", "__all__/a.mkv")
    opened = os.open

    def forbidden(path: bytes, *flags: int, **more: int) -> int:
        if os.fsencode(path).endswith(b".mkv"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *flags, **more)

    monkeypatch.setattr(head_and_tail.os, "open", forbidden)
    monkeypatch.setattr(check, "call_in_helper", lambda call, *args, **more: call(*args, **more))
    done = tree.home.json("scan", "--depth", "full", "--exit-code")
    assert (done.code, done.result["states"]) == (5, {"unreadable": 1})
    assert done.result["unjudged"][0]["text"] == "1 link unreadable: Permission denied"


def test_before_a_scan_stands_how_long_earlier_ones_say_it_takes(films: LinkTree) -> None:
    assert "by earlier scans" not in films.home.run("scan").err
    assert "s, by earlier scans in basic depth." in films.home.run("scan").err
    assert "by earlier scans" not in films.home.run("scan", "--depth", "full").err


def test_a_plain_scan_does_not_speak_of_removing(films: LinkTree) -> None:
    films.link("movies/Gone (2001).mkv")
    for done in (films.home.run("scan"), films.home.run("--json", "scan")):
        assert "remov" not in done.out.replace("removals", "")
        assert "left for now" not in done.out + done.err
    assert "left for now" in films.home.run("scan", "--apply").out


def test_an_old_scan_says_that_its_findings_are_no_longer_kept(films: LinkTree) -> None:
    films.link("movies/Gone (2001).mkv")
    films.home.monkeypatch.setenv("MEDIATUI_SCAN__HISTORY", "1")
    assert [films.home.run("scan").code for _ in range(2)] == [0, 0]
    assert "What it found is no longer kept." in films.home.run("scan", "show", "1").out
    assert films.home.json("scan", "show", "1").result["findings_kept"] is False
    new = films.home.json("scan", "show", "2")
    assert (new.result["findings_kept"], len(new.lines)) == (True, 2)
    assert "no longer kept" not in films.home.run("scan", "show", "2").out


def test_where_a_scan_is_says_the_folder_and_the_counters(tmp_path: Path) -> None:
    from mediatui.library.roots import Library
    from mediatui.library.scan.state import ScanState

    root = os.fsencode(tmp_path)
    run = ScanState(Library((root,), ()), [root])
    run.counts.update({"ok": 3, "broken": 2})
    assert run.at(root + b"/movies/A (2001)/a.mkv") == "movies/A (2001) · 2 without a target"
