"""The commands on earlier scans: ``scan show``, ``diff`` and ``delete``, and the warning after a scan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.worlds.home import Home


@pytest.fixture
def mount(home: Home, tmp_path: Path) -> Path:
    """The files ten links of the configured library lead to; the first is gone, and the library was scanned."""
    root, mount = tmp_path / "library", tmp_path / "mount" / "all"
    (root / "Films").mkdir(parents=True)
    mount.mkdir(parents=True)
    for number in range(10):
        (mount / f"{number}.mkv").write_bytes(b"v" * 5000)
        (root / "Films" / f"{number}.mkv").symlink_to(mount / f"{number}.mkv")
    (mount / "0.mkv").unlink()
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__ROOTS", json.dumps([str(root)]))
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNTS", json.dumps([str(mount.parent)]))
    first = home.run("scan")
    assert first.code == 0
    assert "mount problem" not in first.err
    return mount


def test_what_changed_between_two_scans_is_listed_and_warned_of(home: Home, mount: Path) -> None:
    (mount / "0.mkv").write_bytes(b"v" * 5000)
    for number in (1, 2, 3):
        (mount / f"{number}.mkv").unlink()
    assert "3 of the 10 links in library broke since the scan before: this looks like a mount problem" in (
        home.run("scan").err
    )
    shown = home.json("scan", "diff", "2")
    changes = [(row["change"], Path(str(row["path"])).name) for row in shown.lines if row["type"] == "finding"]
    assert changes == [("newly broken", f"{n}.mkv") for n in (1, 2, 3)] + [("mended", "0.mkv")]
    assert shown.result["changes"] == {"newly broken": 3, "mended": 1, "gone": 0}
    assert "Since scan 1: 3 newly broken, 1 mended, 0 gone." in home.run("scan", "diff", "2").out
    none = home.run("scan", "diff", "1")
    assert none.code == 2
    assert "before scan 1" in none.err


def test_a_scan_says_why_in_words_and_is_forgotten(home: Home, mount: Path) -> None:
    shown = home.json("scan", "show", "1")
    assert [row["reason"] for row in shown.lines if row["type"] == "finding"] == ["No such file or directory"]
    assert home.run("scan", "delete", "1").code == 0
    assert home.run("scan", "show", "1").code == 2
    assert home.run("scan", "delete", "1").code == 2
    assert home.run("scan", "delete", "first").code == 2
    assert len(list((mount.parent.parent / "library" / "Films").iterdir())) == 10
