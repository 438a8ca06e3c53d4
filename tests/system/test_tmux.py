"""Giving a text to tmux: to a real server on a socket of its own, and to programs that answer badly."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from mediatui.system import tmux
from mediatui.system.tmux import give_to_tmux

TEXT = "magnet:?xt=1 ü\n#{pane_id} $(id)\n\x1b[31m" + "x" * 20_000


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """The environment of a program in a real tmux."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed (apt install tmux)")
    socket = tmp_path / "socket"
    environment = {name: value for name, value in os.environ.items() if name != "TMUX"}
    run = ["tmux", "-S", str(socket), "-f", "/dev/null"]
    subprocess.run([*run, "new-session", "-d", "cat"], check=True, env=environment)
    yield environment | {"TMUX": f"{socket},0,0"}
    subprocess.run([*run, "kill-server"], check=True, env=environment)


@pytest.mark.real
def test_a_real_tmux_holds_the_text_as_it_is_and_one_that_is_gone_says_so(inside: Mapping[str, str]) -> None:
    assert give_to_tmux(TEXT, inside) == ""
    held = subprocess.run(["tmux", "show-buffer"], env=inside, capture_output=True, check=True).stdout
    assert held.decode() == TEXT
    assert "No such file or directory" in (give_to_tmux(TEXT, {**inside, "TMUX": "/nowhere,0,0"}) or "")


def program(folder: Path, lines: str) -> dict[str, str]:
    """The environment in a tmux that does this."""
    (folder / "tmux").write_text(f"#!/bin/sh\n{lines}\n")
    (folder / "tmux").chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}", "TMUX": "/x,0,0"}


@pytest.mark.process
def test_an_old_tmux_is_asked_without_what_it_does_not_know(tmp_path: Path) -> None:
    old = program(
        tmp_path, f'[ "$*" = "load-buffer -" ] || {{ echo unknown option -- w >&2; exit 1; }}; cat > {tmp_path}/held'
    )
    assert give_to_tmux(TEXT, old) == ""
    assert (tmp_path / "held").read_bytes() == TEXT.encode()


@pytest.mark.process
def test_a_tmux_that_hangs_or_refuses_is_said_and_none_is_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert give_to_tmux("x", {"PATH": os.environ["PATH"]}) is None
    assert give_to_tmux("x", {"PATH": str(tmp_path), "TMUX": "/x,0,0"}) is None
    assert give_to_tmux("x", program(tmp_path, "echo no server >&2; exit 1")) == "no server"
    monkeypatch.setattr(tmux, "ANSWERS_IN_S", 0.05)
    assert "did not answer" in (give_to_tmux("x", program(tmp_path, "exec sleep 60")) or "")
