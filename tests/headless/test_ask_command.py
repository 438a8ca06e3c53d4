"""The ask command in a process of its own, with a Sonarr on a socket."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.arr import KEY, FakeArr
from tests.fakes.sockets import on_socket
from tests.worlds.home import Home


@pytest.fixture
def sonarr() -> Iterator[tuple[FakeArr, str]]:
    """A simulated Sonarr and its address."""
    shelf = FakeArr("sonarr")
    with on_socket(shelf) as address:
        yield shelf, address


@pytest.fixture
def dead(home: Home, tmp_path: Path, sonarr: tuple[FakeArr, str]) -> Path:
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


@pytest.mark.slow
def test_nothing_is_sent_without_apply(home: Home, dead: Path, sonarr: tuple[FakeArr, str]) -> None:
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


@pytest.mark.slow
def test_with_apply_the_link_goes_and_just_its_episode_is_searched(
    home: Home, dead: Path, sonarr: tuple[FakeArr, str]
) -> None:
    done = home.run("ask", dead.parent.as_posix(), "--apply")
    assert done.code == 0, done.err
    assert not os.path.lexists(dead)
    assert sonarr[0].commands == [("RescanSeries", 1), ("EpisodeSearch", [102])]
    assert "asked, nothing found" in done.out
    assert "2 done, 1 asked, nothing found." in done.out
    lines = [row for row in home.json("journal", "1").lines if row["type"] == "line"]
    assert [(row["kind"], row["outcome"]) for row in lines[1:]] == [("rescan", "notified"), ("search", "notified")]
    assert "Sonarr is notified of what changed. Nothing was changed; --apply does it." in home.run("undo").out
    assert home.run("undo", "--apply").code == 0
    assert os.path.islink(dead)
    assert sonarr[0].commands[2:] == [("RescanSeries", 1)]


def test_a_wrong_key_ends_it_before_anything_is_changed(home: Home, dead: Path, sonarr: tuple[FakeArr, str]) -> None:
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
