"""Names in staging: nothing Sonarr or Radarr reads a folder by, and nothing they leave out without a word."""

from __future__ import annotations

import os

import pytest

from mediatui.acquire.mount.staging_names import folder_name, link_name, link_paths


@pytest.mark.parametrize(
    ("release", "folder"),
    [
        ("Fern.Valley.2019.1080p.WEB", "7-Fern.Valley.2019.1080p.WEB"),
        ("a/b\0c\nd\x1b[31m", "7-a_b_c_d_[31m"),
        ("../..", "7-_"),
        ("", "7-transfer"),
        ("..", "7-transfer"),
        (" name. ", "7-name"),
        ("x" * 300, "7-" + "x" * 100),
        ("é" * 80, "7-" + "é" * 50),
        ("a" + "é" * 80, "7-a" + "é" * 49),
    ],
)
def test_the_folder_of_a_transfer(release: str, folder: str) -> None:
    assert folder_name(7, release) == folder
    assert len(os.fsencode(folder)) <= 100 + len("7-")
    assert os.path.basename(folder) == folder


@pytest.mark.parametrize(
    ("shown", "link"),
    [
        ("Film.2019.1080p-GRP.mkv", "Film.2019.1080p-GRP.mkv"),
        ("Film.2019.1080p-SHORT.mkv", "Film.2019.1080p.mkv"),
        ("Film.2019-Other.mkv", "Film.2019.mkv"),
        ("Film-trailer-deleted.mkv", "Film.mkv"),
        ("Film.BehindTheScenes.mkv", "Film.BehindTheScenes.mkv"),
        (".hidden.mkv", "hidden.mkv"),
        ("-short.mkv", "-short.mkv"),
        ("Film.mkv ", "Film.mkv"),
    ],
)
def test_the_name_of_a_link(shown: str, link: str) -> None:
    assert link_name(shown) == link


def test_a_pack_of_several_seasons_has_a_folder_for_each() -> None:
    remote = {f"/P/S0{n}E01.mkv": f"/m/P/Show.S0{n}E01.mkv".encode() for n in (1, 2)}
    remote["/P/Special.mkv"] = b"/m/P/Special.mkv"
    assert link_paths(remote, {1, 2}) == {
        "/P/S01E01.mkv": b"S01/Show.S01E01.mkv", "/P/S02E01.mkv": b"S02/Show.S02E01.mkv",
        "/P/Special.mkv": b"Special.mkv",
    }  # fmt: skip
    assert link_paths({"/P/S01E01.mkv": b"/m/P/S01E01.mkv"}, {1}) == {"/P/S01E01.mkv": b"S01E01.mkv"}


def test_links_of_one_name_keep_the_folders_they_have_in_the_torrent() -> None:
    remote = {"/P/Disc 1/01.mkv": b"/m/P/Disc 1/01.mkv", "/P/Disc 2/01.mkv": b"/m/P/Disc 2/01.mkv"}
    assert link_paths(remote, ()) == {
        "/P/Disc 1/01.mkv": b"P_Disc 1/01.mkv", "/P/Disc 2/01.mkv": b"P_Disc 2/01.mkv",
    }  # fmt: skip
