"""``play``, ``stream`` and ``download``: what is printed, what reaches the player and the disk, what stays secret."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediatui.demo.direct import content
from tests.worlds.here import serving
from tests.worlds.home import TOKEN, Home, Service, move_in

SIZE = 30_000


@pytest.fixture(scope="module")
def files() -> Iterator[Service]:
    """An account of 24 torrents with small files, which it serves itself."""
    options = ("--count", "24", "--latency", "0", "--window", "1", "--frozen", "--token", TOKEN)
    with serving(*options, "--file-bytes", str(SIZE)) as address:
        yield Service(address)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, files: Service) -> Path:
    """The data folder of a home whose archive holds that account, to be copied."""
    folder = tmp_path_factory.mktemp("viewer")
    with pytest.MonkeyPatch.context() as monkeypatch:
        home = move_in(folder, monkeypatch).use(files)
        assert home.run("sync").code == 0
    return home.database.parent


@pytest.fixture
def viewer(home: Home, files: Service, archive: Path) -> Home:
    """A home with that archive."""
    shutil.copytree(archive, home.database.parent)
    return home.use(files)


def season(home: Home) -> tuple[str, list[tuple[int, str]]]:
    """A finished torrent of several files, and these: id and name."""
    ((wanted,),) = home.sql(
        "SELECT id FROM torrents WHERE class = 'ok' AND links_count = selected_count AND links_count > 2 LIMIT 1"
    )
    rows = home.sql(
        "SELECT file_id, path FROM torrent_files WHERE torrent_id = ? AND selected ORDER BY file_id", wanted
    )
    return str(wanted), [(number, path.strip("/")) for number, path in rows]


def direct_links_in(folder: Path, address: str) -> list[Path]:
    """The files that hold a direct link."""
    link = f"{address}/d/".encode()
    return [path for path in folder.rglob("*") if path.is_file() and link in path.read_bytes()]


def test_download_fetches_each_file_once_and_tells_no_link(viewer: Home, files: Service) -> None:
    viewer.monkeypatch.setenv("MEDIATUI_LOG__LEVEL", "debug")
    wanted, names = season(viewer)
    folder = viewer.folder / "films"
    done = viewer.json("-v", "download", wanted, "--file", "2", "--file", "1", "-o", "films")
    assert done.code == 0
    assert [(row["file"], row["outcome"]) for row in done.lines if row["type"] == "download"] == [
        (2, "done"), (1, "done"),
    ]  # fmt: skip
    assert (done.result["done"], done.result["bytes"]) == (2, 2 * SIZE)
    assert sorted(path.name for path in folder.iterdir()) == sorted(name for _, name in names[:2])
    assert (folder / names[0][1]).read_bytes() == content(0, SIZE)
    assert f"{files.address}/d/" not in done.out + done.err
    assert direct_links_in(viewer.folder, files.address) == []

    again = viewer.run("download", wanted, "-o", str(folder))
    assert again.code == 0
    assert len(re.findall(r"^there +", again.out, re.MULTILINE)) == 2
    assert f"{len(names) - 2} files" in again.out
    assert "2 there before" in again.out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("-o", "films", "--file", "77"), "no selected file 77"),
        ((), "-o"),
        (("-o", "file"), "is a file, not a folder"),
        (("-o", ""), "it is empty"),
    ],
)
def test_a_download_that_cannot_be_asks_for_nothing(
    viewer: Home, files: Service, given: tuple[str, ...], said: str
) -> None:
    (viewer.folder / "file").write_text("mine")
    sent = len(files.written)
    done = viewer.json("download", season(viewer)[0], *given)
    assert done.code == 2
    assert said in done.error["message"]
    assert len(files.written) == sent


def test_play_hands_the_address_to_the_player_as_one_argument(viewer: Home, files: Service) -> None:
    wanted, names = season(viewer)
    script, seen = viewer.folder / "player", viewer.folder / "seen"
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {seen}\n')
    script.chmod(0o755)
    viewer.monkeypatch.setenv("DISPLAY", ":9")
    viewer.monkeypatch.setenv("MEDIATUI_PLAY__PLAYER", json.dumps([str(script), "--title=$(id)", "{url}"]))
    done = viewer.json("play", wanted, "--file", "2")
    assert (done.code, done.result["player"], done.result["file"]) == (0, str(script), 2)
    title, address = seen.read_text().splitlines()
    assert title == "--title=$(id)"
    assert address.startswith(f"{files.address}/d/")
    assert address.endswith(names[1][1])
    assert address not in done.out + done.err

    first = viewer.run("play", wanted)
    assert names[0][1] in first.out
    assert f"is the first of {len(names)}: --file N takes another" in first.err


def test_play_prints_the_address_where_no_player_can_be_seen(viewer: Home, files: Service) -> None:
    wanted, _ = season(viewer)
    viewer.monkeypatch.setenv("MEDIATUI_PLAY__PLAYER", '["true", "{url}"]')
    over_ssh = viewer.run("play", wanted)
    assert over_ssh.out.startswith(f"{files.address}/d/")
    assert "Over SSH without a display" in over_ssh.out

    viewer.monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    viewer.monkeypatch.setenv("MEDIATUI_PLAY__PLAYER", '["false", "{url}"]')
    row, result = viewer.json("play", wanted).lines
    assert row["address"].startswith(f"{files.address}/d/")
    assert "exit code 1" in result["reason"]
    viewer.monkeypatch.setenv("MEDIATUI_PLAY__PLAYER", '["/no/such/player", "{url}"]')
    assert "No such file" in viewer.run("play", wanted).out
    viewer.monkeypatch.setenv("MEDIATUI_PLAY__PLAYER", "[]")
    viewer.monkeypatch.setenv("PATH", str(viewer.folder))
    assert "No player was found (mpv, vlc, xdg-open)" in viewer.run("play", wanted).out


@pytest.mark.parametrize("player", ['["mpv"]', '["{url}"]', '["", "{url}"]', '"mpv"'])
def test_a_player_without_a_place_for_the_address_is_refused(viewer: Home, player: str) -> None:
    viewer.monkeypatch.setenv("MEDIATUI_PLAY__PLAYER", player)
    done = viewer.json("play", "whatever")
    assert done.code == 2
    assert "play.player" in done.error["message"]


def test_stream_tells_tracks_codecs_length_and_addresses(viewer: Home) -> None:
    wanted, names = season(viewer)
    text = viewer.run("stream", wanted, "--file", "1").out
    assert text.startswith(names[0][1])
    for line in (
        "length +44m00s",
        "video +h264, 1920×1080",
        "audio +eac3, 5.1 channels, French",
        "subtitles +SRT, French",
    ):
        assert re.search(rf"^  {line}", text, re.MULTILINE), line
    assert re.search(r"^  apple full +https://\S+\.m3u8$", text.replace("http://", "https://"), re.MULTILINE)

    rows = viewer.json("stream", wanted, "--file", "1").lines
    assert [row["type"] for row in rows] == ["media", "stream", "stream", "stream", "stream", "link", "result"]
    assert rows[0]["duration_s"] == 2640.0
    assert [track["kind"] for track in rows[0]["tracks"]] == ["video", "audio", "audio", "subtitles"]
    assert (rows[-1]["addresses"], rows[-1]["tracks"]) == (4, 4)
