"""A volume that runs full in the middle of a sync: a real one of a few hundred kilobytes, in a mount of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.worlds.home import Home, Service
from tests.worlds.places import PROJECT

pytestmark = pytest.mark.process

UNSHARE = ("unshare", "--user", "--map-root-user", "--mount")
SCRIPT = """
mount -t tmpfs -o size=24m none "$1" || exit 99
head -c 24500000 /dev/zero > "$1/ballast"
exec "$2" -c "$3" "$1"
"""
COMMANDS = """
import os, sys
from mediatui.cli import run_commands
folder = sys.argv[1]
for command in (["sync", "--mode", "fast"], ["sync", "--mode", "fast"], ["stats"]):
    code = run_commands(["--json", "--data-dir", f"{folder}/data", *command])
    print(f"exit {code}", flush=True)
    if os.path.exists(f"{folder}/ballast"):
        os.unlink(f"{folder}/ballast")
"""


def _may_mount(folder: Path) -> bool:
    if shutil.which("unshare") is None:
        return False
    line = 'mount -t tmpfs -o size=1m none "$1"'
    return subprocess.run([*UNSHARE, "sh", "-c", line, "sh", str(folder)], capture_output=True).returncode == 0


@pytest.mark.slow
def test_a_sync_onto_a_full_disk_says_so_and_the_next_one_carries_on(
    home: Home, slow_service: Service, tmp_path: Path
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if not _may_mount(small):
        pytest.skip("a small volume cannot be mounted here")
    home.use(slow_service)

    command = [*UNSHARE, "bash", "-c", SCRIPT, "bash", str(small), sys.executable, COMMANDS]
    environ = {**os.environ, "PYTHONPATH": str(PROJECT)}
    ran = subprocess.run(command, capture_output=True, text=True, env=environ, timeout=60)

    rows = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    codes = [line for line in ran.stdout.splitlines() if line.startswith("exit ")]
    full, carried_on, stats = (row for row in rows if row["type"] in ("result", "stats") and row.get("command"))
    assert full["error"]["kind"] == "disk-full"
    assert "No space left" in full["error"]["message"]
    assert codes[0] != "exit 0"
    assert codes[1:] == ["exit 0", "exit 0"]
    assert carried_on["ok"]
    assert stats["ok"]
