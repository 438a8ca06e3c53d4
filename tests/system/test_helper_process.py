"""Calls in a process of their own: what they give and raise, and that none of them is ever waited for."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mediatui.system import helper_process
from mediatui.system.helper_process import TimedOut, ask, call_in_helper
from tests.fakes.fuse_mount import FuseMount
from tests.worlds.places import PROJECT


def test_results_and_errors_come_back_as_they_are(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff\n"
    Path(os.fsdecode(name)).write_bytes(b"four")
    assert call_in_helper(os.stat, name).st_size == 4
    assert ask(os.listdir, os.fsencode(tmp_path)) == [b"\xff\n"]
    with pytest.raises(FileNotFoundError) as raised:
        ask(os.stat, tmp_path / "gone")
    assert raised.value.errno == errno.ENOENT
    with pytest.raises(ZeroDivisionError):
        ask(divmod, 1, 0)


def test_it_is_another_process_and_answers_several_at_once() -> None:
    assert ask(os.getpid) != os.getpid()
    ask(os.getpid)
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: call_in_helper(time.sleep, 0.5), range(8)))
    assert time.monotonic() - began < 3


def test_a_call_that_takes_too_long_is_abandoned() -> None:
    began = time.monotonic()
    with pytest.raises(TimedOut):
        ask(time.sleep, 30, seconds=0.2)
    assert time.monotonic() - began < 10
    assert ask(os.getpid) > 0


def test_how_long_the_helper_takes_to_start_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helper_process, "_helpers", [])
    monkeypatch.setattr(helper_process, "_BEGIN", f"import time; time.sleep(1); {helper_process._BEGIN}")
    assert ask(divmod, 7, 2, seconds=0.8) == (3, 1)


def test_a_helper_that_is_killed_is_an_error_that_says_nothing_about_files_and_the_next_call_finds_another() -> None:
    before = ask(os.getpid)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(call_in_helper, time.sleep, 30)
        time.sleep(0.2)
        os.kill(before, signal.SIGKILL)
        with pytest.raises(OSError, match=os.strerror(errno.EIO)):
            waiting.result(10)
    assert ask(os.getpid) != before


@pytest.mark.process
def test_the_program_ends_while_a_call_hangs_in_the_kernel(tmp_path: Path) -> None:
    with FuseMount(tmp_path / "mount", {"file": 1}) as mount:
        mount.silence()
        program = (
            "import os, sys\nfrom mediatui.system.helper_process import *\n"
            "try: ask(os.stat, sys.argv[1], seconds=0.5)\nexcept TimedOut: print('late')"
        )
        command = [sys.executable, "-c", program, str(mount.folder / "file")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, cwd=PROJECT, check=False)
        assert (done.returncode, done.stdout) == (0, "late\n")
