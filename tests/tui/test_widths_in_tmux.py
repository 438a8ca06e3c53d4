"""That what is drawn is as wide in a real terminal as it is padded for."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from rich.cells import cell_len

from mediatui.model.text import printable

NAMES = (
    "Plain 2001", "Warn \u26a0\ufe0f 2001", "Family \U0001f468\u200d\U0001f469\u200d\U0001f467 film",
    "Pirate \U0001f3f4\u200d\u2620\ufe0f flag", "Flag 🇫🇷 fr", "Thai กำลังใจ", "Hindi क्षत्र",
    "Keycap 1\ufe0f\u20e3 \u270d\ufe0f",
)  # fmt: skip
END = "|ok"


@pytest.mark.real
def test_names_with_emoji_and_marks_leave_what_follows_in_one_column(tmp_path: Path) -> None:
    """Case K2 (tmux#836, tmux#4287, tmux#5120)."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed (apt install tmux)")
    shown = [printable(name) for name in NAMES]
    (tmp_path / "rows").write_text("".join(f"{name}{' ' * (40 - cell_len(name))}{END}\n" for name in shown))
    environment = {name: value for name, value in os.environ.items() if name != "TMUX"} | {"LANG": "C.UTF-8"}

    def tmux(*words: str) -> str:
        run = ["tmux", "-u", "-S", str(tmp_path / "socket"), "-f", "/dev/null", *words]
        return subprocess.run(run, env=environment, capture_output=True, check=True).stdout.decode()

    tmux("new-session", "-d", "-x", "100", "-y", "20", f"cat {tmp_path / 'rows'}; exec cat")
    try:
        deadline = time.monotonic() + 20
        while tmux("capture-pane", "-p").count(END) < len(NAMES):
            assert time.monotonic() < deadline
        tmux("copy-mode")
        tmux("send-keys", "-X", "top-line")
        places = []
        for _ in NAMES:
            tmux("send-keys", "-X", "search-forward", END)
            places.append(tmux("display-message", "-p", "#{copy_cursor_x} #{copy_cursor_y}").split())
        assert [int(row) for _, row in places] == [*range(len(NAMES))]
        assert {int(column) for column, _ in places} <= {40, 40 + len(END)}, "the begin or the end of a match"
        assert len({column for column, _ in places}) == 1
    finally:
        tmux("kill-server")
