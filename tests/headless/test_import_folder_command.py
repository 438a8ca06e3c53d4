"""``import PATH`` from the command line."""

from __future__ import annotations

import os
from pathlib import Path

from tests.worlds.home import Home


def library_of(home: Home, tmp_path: Path) -> Path:
    """A library, a storage and a folder of downloads with an episode and something odd; returns the last."""
    folders = {name: tmp_path / name for name in ("library/Films", "library/Séries/Drama", "mount", "storage", "in")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    (folders["mount"] / "beside").touch()
    config = home.folder / "config" / "mediatui" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(
        f'[library]\nroots = ["{tmp_path / "library"}"]\nmounts = ["{folders["mount"]}"]\n'
        f'storage = ["{folders["storage"]}"]\n[importing]\nstorage = "{folders["storage"]}"\n'
    )
    config.chmod(0o600)
    with (folders["in"] / "Salt.Road.S01E02.1080p.mkv").open("wb") as file:
        file.truncate(20_000_000)
    os.mkfifo(folders["in"] / "pipe")
    return folders["in"]


def test_a_folder_is_shown_imported_and_undone(home: Home, tmp_path: Path) -> None:
    folder = library_of(home, tmp_path)
    asked = home.json("import", str(folder))
    rows = [row for row in asked.lines if row["type"] == "file"]
    assert [(row["kind"], row["state"], row["why"]) for row in rows] == [
        ("episode", "asks", "nothing fits; Sonarr, Radarr or TMDB (,) look it up"),
        ("other", "left", "it is a named pipe")
    ]  # fmt: skip
    assert asked.result["steps"] == 0
    how = ("--for", "series:Salt Road (2018)", "--folder", str(tmp_path / "library/Séries/Drama"))
    planned = home.json("import", str(folder), *how)
    assert (planned.code, planned.result["store_file"], planned.result["applied"]) == (0, 1, False)
    assert home.json("import", str(folder), *how, "--apply").code == 0
    link = tmp_path / "library/Séries/Drama/Salt Road (2018)/Season 01/Salt Road (2018) - S01E02.mkv"
    assert os.readlink(link) == str(tmp_path / "storage/Salt Road (2018)/Salt.Road.S01E02.1080p.mkv")
    assert home.json("undo", "--apply").code == 0
    assert sorted(os.listdir(folder)) == ["Salt.Road.S01E02.1080p.mkv", "pipe"]


def test_what_is_no_folder_of_downloads_is_a_plain_sentence(home: Home, tmp_path: Path) -> None:
    folder = library_of(home, tmp_path)
    for words, said in (
        (("./no/such",), "cannot be read"), ((str(tmp_path / "library"),), "of the library"),
        ((str(folder), "7"), "imported alone"), ((str(folder), "--min-score", "101"), "go up to 100"),
        ((str(folder), "--both", "--replace"), "do not go together"), ((str(folder), "--partial"), "--partial is only"),
        (("7", "--min-score", "80"), "--min-score is only for a folder"),
    ):  # fmt: skip
        refused = home.run("import", *words)
        assert (refused.code, said in refused.err) == (2, True), (words, refused.err)


def test_an_empty_folder_says_so(home: Home, tmp_path: Path) -> None:
    library_of(home, tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "holds no file" in home.run("import", str(empty)).out
