"""What takes a change back is on the disk before the change is made: seen from outside, call by call."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.worlds.home import Home

TRACED = "trace=fsync,fdatasync,unlink,unlinkat,rename,renameat,renameat2,sendto,write"
SYNC = re.compile(r"(?:fsync|fdatasync)\(\d+<[^>]*mediatui\.db-wal>\)")


def can_trace() -> bool:
    """Whether strace is there and may trace."""
    command = ("strace", "-o", "/dev/null", "true")
    return shutil.which("strace") is not None and subprocess.run(command, capture_output=True).returncode == 0


pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not can_trace(), reason="strace is not there, or may not trace here"),
]


def calls(home: Home, *arguments: str) -> list[str]:
    """The traced system calls of a command, in their order."""
    file = home.folder / "calls"
    command = ["strace", "-f", "-y", "-s", "200", "-e", TRACED, "-o", str(file)]
    done = subprocess.run(
        [*command, sys.executable, "-m", "mediatui", "--headless", *arguments], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return file.read_text(errors="replace").splitlines()


def synced_before(seen: list[str], acts: str) -> list[bool]:
    """For each call that changes something whether a sync of the journal came before it, since the one before."""
    found, synced = [], False
    for call in seen:
        if SYNC.search(call):
            synced = True
        elif re.search(acts, call):
            found.append(synced)
            synced = False
    return found


@pytest.fixture
def library(home: Home) -> Path:
    """40 good links and two dead ones."""
    root, mount = home.folder / "library", home.folder / "mount"
    for folder in (root / "Films", mount):
        folder.mkdir(parents=True)
    for number in range(40):
        (mount / f"{number}.mkv").write_bytes(b"v" * 2048)
        (root / "Films" / f"{number}.mkv").symlink_to(mount / f"{number}.mkv")
    for number in range(2):
        (root / "Films" / f"dead {number}.mkv").symlink_to(mount / f"gone {number}.mkv")
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__ROOTS", json.dumps([str(root)]))
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNTS", json.dumps([{"path": str(mount)}]))
    return root


@pytest.mark.slow
def test_the_line_of_a_link_is_on_the_disk_before_its_name_goes(home: Home, library: Path) -> None:
    """The lines of links that follow each other reach the disk together."""
    assert home.run("scan").code == 0
    home.sql("UPDATE library_links SET checked_at = checked_at - 3600, bad_since = bad_since - 3600")
    seen = calls(home, "scan", "--apply")
    assert len(list((library / "Films").iterdir())) == 40
    first = next(number for number, call in enumerate(seen) if "dead 0.mkv" in call and "(" in call)
    assert any(SYNC.search(call) for call in seen[:first])
    lines = [json.loads(row[0])["path"] for row in home.sql("SELECT before FROM journal ORDER BY seq")]
    assert [Path(path).name for path in lines] == ["dead 0.mkv", "dead 1.mkv"]


@pytest.mark.slow
def test_the_line_of_a_deletion_is_on_the_disk_before_it_is_sent(changing: Home) -> None:
    """Each DELETE comes after a sync of its own."""
    ids = changing.ids(limit=2)
    seen = calls(changing, "delete", *ids, "--apply")
    assert synced_before(seen, r'"DELETE /rest/1.0/torrents/delete') == [True, True]
