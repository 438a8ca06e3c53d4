"""What the tests of commands have at hand: a user's home, commands run in it, and an account to talk to."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.worlds.here import run_here
from tests.worlds.places import PROJECT

TOKEN = "SECRETTOKEN1234567890"


@dataclass(frozen=True)
class Service:
    """The simulated service at ``address``."""

    address: str

    def log(self) -> dict[str, Any]:
        """What was asked of it so far."""
        with urllib.request.urlopen(f"{self.address}/_sim/log") as answer:
            log: dict[str, Any] = json.load(answer)
        return log

    @property
    def written(self) -> list[tuple[str, str]]:
        """The method and path of every request so far that was no GET."""
        return [(method, path) for method, path in self.log()["written"]]

    @property
    def entries(self) -> dict[str, dict[str, Any]]:
        """What the account holds now, by id: hash, status and the ids of the selected files."""
        return {entry["id"]: entry for entry in self.log()["entries"]}

    def ask(self, path: str, method: str = "GET") -> bytes:
        """What another program gets that asks for ``path``, such as ``/downloads``."""
        request = urllib.request.Request(f"{self.address}/rest/1.0{path}", method=method)
        request.add_header("Authorization", f"Bearer {TOKEN}")
        with urllib.request.urlopen(request) as answer:
            content: bytes = answer.read()
        return content

    def delete(self, torrent_id: str) -> None:
        """Another program deletes a torrent."""
        self.ask(f"/torrents/delete/{torrent_id}", "DELETE")


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it wrote; no command may ever show a trace or the token."""

    code: int
    out: str
    err: str

    def __post_init__(self) -> None:
        assert "Traceback" not in self.out + self.err
        assert TOKEN not in self.out + self.err

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every line of standard output, all of which must be JSON objects with a type."""
        rows = [json.loads(line) for line in self.out.splitlines()]
        assert all(row["type"] for row in rows)
        return rows

    @property
    def result(self) -> dict[str, Any]:
        """The last line, which must be the result."""
        last = self.lines[-1]
        assert last["type"] == "result"
        assert last["ok"] == (self.code in (0, 5))
        return last

    @property
    def error(self) -> dict[str, Any]:
        """The error of the result line, whole."""
        error: dict[str, Any] = self.result["error"]
        assert set(error) == {"kind", "message", "hint"}
        assert error["message"]
        return error


@dataclass(frozen=True)
class Home:
    """A user's home folder; commands run in this process, or each in one of its own."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    apart: bool = False
    """Whether ``run`` and ``json`` start a process as ``start`` does."""

    @property
    def database(self) -> Path:
        return self.folder / "data" / "mediatui" / "mediatui.db"

    @property
    def log_file(self) -> Path:
        return self.folder / "state" / "mediatui" / "log" / "mediatui.log"

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a statement on the archive."""
        with closing(sqlite3.connect(self.database)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def ids(self, status: str = "downloaded", limit: int = -1) -> list[str]:
        """The ids of standing torrents the account holds once."""
        rows = self.sql(
            "SELECT id FROM torrents WHERE status = ? AND gone_at IS NULL "
            "GROUP BY hash HAVING count(*) = 1 ORDER BY key LIMIT ?",
            status,
            limit,
        )
        return [row[0] for row in rows]

    def use(self, service: Service) -> Home:
        """Configures ``service`` in the environment."""
        self.monkeypatch.setenv("MEDIATUI_REALDEBRID__TOKEN", TOKEN)
        self.monkeypatch.setenv("MEDIATUI_REALDEBRID__BASE_URL", f"{service.address}/rest/1.0")
        self.monkeypatch.setenv("MEDIATUI_REALDEBRID__WINDOW_S", "1")
        return self

    def start(self, *arguments: str, **more: Any) -> subprocess.Popen[str]:
        """A command begun, its output in pipes."""
        environ = {**os.environ, "PYTHONPATH": str(PROJECT)}
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
        return subprocess.Popen([sys.executable, "-m", "mediatui", *arguments], env=environ, text=True, **streams)

    def run(self, *arguments: str) -> Result:
        """A command run to its end, headless."""
        return self._run("--headless", *arguments)

    def json(self, *arguments: str) -> Result:
        """A command run to its end with ``--json``."""
        return self._run("--json", *arguments)

    def _run(self, *arguments: str) -> Result:
        return self.end(self.start(*arguments)) if self.apart else Result(*run_here(list(arguments)))

    def end(self, process: subprocess.Popen[str]) -> Result:
        """Waits for a command."""
        with process:
            out, err = process.communicate(timeout=60)
        return Result(process.returncode, out or "", err or "")


def without_display(monkeypatch: pytest.MonkeyPatch) -> None:
    """As over SSH: no player opens a window, and no tmux is given what is copied."""
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX"):
        monkeypatch.delenv(name, raising=False)


def move_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A user without any mediatui file in ``folder``, where commands run now."""
    for name in list(os.environ):
        if name.startswith(("MEDIATUI_", "RD_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    without_display(monkeypatch)
    for kind in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(folder / kind.lower()))
    monkeypatch.chdir(folder)
    return Home(folder, monkeypatch)
