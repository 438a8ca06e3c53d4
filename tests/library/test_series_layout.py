"""Which folders directly hold series."""

from __future__ import annotations

import os
from pathlib import Path

from mediatui.library.series_layout import homes_of_series


def make(root: Path, *paths: str) -> Path:
    for path in paths:
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to("/mnt/remote/x")
    return root


def homes(root: Path) -> list[str]:
    return [os.path.relpath(os.fsdecode(one), root) for one in homes_of_series(os.fsencode(root))]


def test_kinds_and_ranges_between_are_named_down_to_the_folders_of_series(tmp_path: Path) -> None:
    """A-59."""
    root = make(
        tmp_path, "Animation/Pilot Show (2021)/Saison 01/Pilot Show - S01E01.mkv",
        "Drame/A-M/Kin/Specials/Kin - S00E01.mkv", "Drame/N-Z/Salt Road/Salt Road - S03E01.mkv", "notes.txt",
    )  # fmt: skip
    assert homes(root) == ["Animation", "Drame/A-M", "Drame/N-Z"]


def test_a_folder_that_holds_series_directly_is_its_own(tmp_path: Path) -> None:
    root = make(tmp_path, "Kin (2021)/Season 1/Kin - S01E01.mkv", "Salt Road/Salt.Road.1x02.mkv", "Empty/nothing.txt")
    assert homes(root) == ["."]


def test_both_at_once_are_both_named(tmp_path: Path) -> None:
    root = make(tmp_path, "Kin/Season 1/Kin - S01E01.mkv", "Animation/Pilot/Season 1/Pilot - S01E01.mkv")
    assert homes(root) == [".", "Animation"]


def test_a_folder_that_is_not_there_holds_none(tmp_path: Path) -> None:
    assert homes(tmp_path / "gone") == []
