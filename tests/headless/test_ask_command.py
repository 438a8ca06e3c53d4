"""The ask command in a process of its own, with a Sonarr on a socket."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.changes.arr_world import Shelf
from tests.headless.home import Home
from tests.services.arr_simulated import KEY


@pytest.fixture
def sonarr() -> Iterator[tuple[Shelf, str]]:
    """A simulated Sonarr and its address."""
    shelf = Shelf("sonarr")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            url = f"http://{self.headers['host']}{self.path}"
            answer = shelf(
                httpx.Request(self.command, url, headers=dict(self.headers), content=self.rfile.read(length))
            )
            self.send_response(answer.status_code)
            self.send_header("content-type", answer.headers.get("content-type", ""))
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_POST = do_GET  # noqa: N815 - the name the server looks for

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield shelf, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def dead(home: Home, tmp_path: Path, sonarr: tuple[Shelf, str]) -> Path:
    """A dead link to the second episode of a series Sonarr holds, known from a scan."""
    mount, show = tmp_path / "mount", tmp_path / "library" / "Series" / "Dark"
    show.mkdir(parents=True)
    mount.mkdir()
    (mount / "1.mkv").write_bytes(b"v" * 2048)
    for name in ("1.mkv", "2.mkv"):
        (show / name).symlink_to(mount / name)
    sonarr[0].hold("Dark", show, [show / "1.mkv", show / "2.mkv"])
    settings = {
        "LIBRARY__ROOTS": json.dumps([str(tmp_path / "library")]),
        "LIBRARY__MOUNTS": json.dumps([str(mount)]),
        "SONARR__ENABLED": "true",
        "SONARR__URL": sonarr[1],
        "SONARR__API_KEY": KEY,
    }
    for name, value in settings.items():
        home.monkeypatch.setenv(f"MEDIATUI_{name}", value)
    assert home.run("scan").code == 0
    return show / "2.mkv"


def test_nothing_is_sent_without_apply(home: Home, dead: Path, sonarr: tuple[Shelf, str]) -> None:
    shown, machine = home.run("ask", str(dead)), home.json("ask", str(dead))
    assert (shown.code, machine.code) == (0, 0)
    rows = [row for row in machine.lines if row["type"] == "step"]
    assert [(row["kind"], row["outcome"]) for row in rows] == [
        ("unlink_symlink", "planned"),
        ("arr_rescan", "planned"),
        ("arr_search", "planned"),
    ]
    assert [row["undoable"] for row in rows] == [True, False, False]
    assert machine.result["applied"] is False
    assert "Sonarr: Dark, 1 episode" in shown.out
    assert {method for method, _ in sonarr[0].seen} == {"GET"}
    assert os.path.islink(dead)
    assert KEY not in shown.out + shown.err + machine.out


def test_with_apply_the_link_goes_and_just_its_episode_is_searched(
    home: Home, dead: Path, sonarr: tuple[Shelf, str]
) -> None:
    done = home.run("ask", dead.parent.as_posix(), "--apply")
    assert done.code == 0, done.err
    assert not os.path.lexists(dead)
    assert sonarr[0].commands == [("RescanSeries", 1), ("EpisodeSearch", [102])]
    assert "completed, successful" in done.out
    assert home.run("undo", "--apply").code == 0
    assert os.path.islink(dead)
    assert sonarr[0].commands[2:] == [("RescanSeries", 1)]


def test_a_wrong_key_ends_it_before_anything_is_changed(home: Home, dead: Path, sonarr: tuple[Shelf, str]) -> None:
    home.monkeypatch.setenv("MEDIATUI_SONARR__API_KEY", "f" * 32)
    refused = home.json("ask", str(dead), "--apply")
    assert refused.code == 3
    assert refused.error["kind"] == "refused"
    assert os.path.islink(dead)
    assert sonarr[0].bodies == []


def test_paths_and_services_nobody_knows(home: Home, dead: Path) -> None:
    assert "No scan has found a dead link" in home.run("ask", str(dead.parent.parent.parent.parent / "x")).err
    home.monkeypatch.setenv("MEDIATUI_SONARR__ENABLED", "false")
    refused = home.run("ask", str(dead))
    assert refused.code == 2
    assert "Neither Sonarr nor Radarr is enabled" in refused.err
