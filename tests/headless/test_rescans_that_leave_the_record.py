"""``ask`` when Sonarr says a rescan went well and keeps the record of the file whose link was removed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.sockets import on_socket
from tests.worlds.home import Home
from tests.worlds.link_tree import LinkTree

KEY = "0123456789abcdef0123456789abcdef"
LINK = "shows/Twin (2010)/Season 01/Twin (2010) - S01E01.mkv"


class DeafSonarr:
    """A Sonarr whose rescans end well and change nothing; ``extra`` are further answers by their path."""

    def __init__(self, root: Path, extra: dict[str, Callable[[httpx.Request], Any]]) -> None:
        series = {
            "id": 7, "title": "Twin", "year": 2010, "path": str(root / "shows/Twin (2010)"), "tvdbId": 1,
            "monitored": True, "seriesType": "standard",
        }  # fmt: skip
        episode = {
            "id": 101, "seriesId": 7, "seasonNumber": 1, "episodeNumber": 1, "title": "One", "hasFile": True,
            "episodeFileId": 50, "monitored": True,
        }  # fmt: skip
        file = {"id": 50, "seriesId": 7, "seasonNumber": 1, "path": str(root / LINK), "size": 1}
        self.answers: dict[str, Callable[[httpx.Request], Any]] = {
            "series": lambda _: [series], "series/7": lambda _: series, "episode": lambda _: [episode],
            "episodefile": lambda _: [file],
            "system/status": lambda _: {"appName": "Sonarr", "version": "4.0.15.2941"}, **extra,
        }  # fmt: skip
        self.commands: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v3/")
        if path == "command" and request.method == "POST":
            self.commands.append(json.loads(request.content)["name"])
            number = len(self.commands)
            return httpx.Response(
                201, json={"id": number, "name": self.commands[-1], "status": "queued", "result": "unknown"}
            )
        if path.startswith("command/"):
            number = int(path.partition("/")[2])
            done = {"id": number, "name": self.commands[number - 1], "status": "completed", "result": "successful"}
            return httpx.Response(200, json=done)
        if path == "command":
            return httpx.Response(200, json=[])
        if path in self.answers:
            return httpx.Response(200, json=self.answers[path](request))
        return httpx.Response(404, json={"message": "NotFound"})


FULL: dict[str, Callable[[httpx.Request], Any]] = {
    "rootfolder": lambda _: [{"id": 1, "path": "/", "accessible": True, "freeSpace": 10**12}],
    "config/mediamanagement": lambda _: {
        "deleteEmptyFolders": False, "autoUnmonitorPreviouslyDownloadedEpisodes": False,
    },
    "filesystem": lambda request: {
        "directories": [
            {"name": name, "path": os.path.join(request.url.params["path"], name)}
            for name in sorted(os.listdir(request.url.params["path"]))
        ],
        "files": [],
    },
    "history/series": lambda _: [], "queue/details": lambda _: [],
    "queue": lambda _: {"records": [], "totalRecords": 0},
}  # fmt: skip


@pytest.fixture
def tree(home: Home) -> LinkTree:
    tree = LinkTree(home)
    tree.file("__all__/Twin/x.mkv")
    tree.link(LINK, "__all__/gone/Twin.S01E01.mkv")
    return tree


@pytest.fixture
def sonarr(tree: LinkTree) -> Iterator[DeafSonarr]:
    deaf = DeafSonarr(tree.root, dict(FULL))
    with on_socket(deaf) as address:
        for name, value in (("ENABLED", "true"), ("URL", address), ("API_KEY", KEY)):
            tree.home.monkeypatch.setenv(f"MEDIATUI_SONARR__{name}", value)
        tree.home.monkeypatch.setenv("MEDIATUI_REALDEBRID__BASE_URL", "http://account.invalid/rest/1.0")
        tree.home.monkeypatch.setenv("MEDIATUI_REALDEBRID__WINDOW_S", "0.1")
        yield deaf


def test_without_root_folders_to_look_at_nothing_is_done(tree: LinkTree, sonarr: DeafSonarr) -> None:
    for path in FULL:
        del sonarr.answers[path]
    assert tree.home.run("scan").code == 0
    refused = tree.home.run("ask", str(tree.root / LINK), "--apply", "--allow", "5")
    assert refused.code == 3
    assert "Sonarr does not list its root folders (404)" in refused.err
    assert "Sonarr still holds what it held" in refused.err
    assert os.path.islink(tree.root / LINK)
    assert sonarr.commands == []


def test_it_fails_says_that_the_file_is_still_held_and_why_and_can_be_undone(
    tree: LinkTree, sonarr: DeafSonarr
) -> None:
    assert tree.home.run("scan").code == 0
    link = tree.root / LINK
    done = tree.home.run("ask", str(link), "--apply", "--allow", "5")
    assert done.code == 1
    assert "Sonarr still holds" in done.out
    assert "it skips a root folder that is empty or not there" in done.out
    assert "misses nothing" not in done.out + done.err
    assert "EpisodeSearch" not in sonarr.commands
    again = tree.home.run("resume", "--failed", "--apply")
    assert again.code == 1
    assert "Sonarr still holds the file at" in again.out
    assert tree.home.run("undo", "--apply").code in (0, 1)
    assert os.path.islink(link)
