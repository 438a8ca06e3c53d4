"""Staging from the command line: what doctor says of it, what is refused, what ``--auto`` needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.worlds.home import Home

HASH = "1" * 40


def configured(home: Home, text: str) -> None:
    config = home.folder / "config" / "mediatui" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(text)
    config.chmod(0o600)


def staging_checks(home: Home) -> list[tuple[str, str]]:
    return [(row["state"], row["reason"]) for row in home.json("doctor").lines[:-1] if row["name"] == "staging"]


@pytest.mark.parametrize(
    ("made", "state", "said"),
    [("folder", "ok", "is there"), ("file", "problem", "is not a folder"), ("", "problem", "cannot be read")],
)
def test_doctor_says_whether_staging_can_be_used(home: Home, tmp_path: Path, made: str, state: str, said: str) -> None:
    folder, mount = tmp_path / "staging", tmp_path / "mount"
    (mount / "__all__").mkdir(parents=True)
    if made == "folder":
        folder.mkdir()
    elif made == "file":
        folder.write_text("")
    configured(home, f'[library]\nmounts = ["{mount}"]\n[staging]\nfolder = "{folder}"\n[acquire]\nmount_view = "no"\n')
    found = staging_checks(home)
    assert found[0][0] == state
    assert said in found[0][1]
    assert (found[1][0], "are kept free" in found[1][1]) == ("ok", True) or made != "folder"
    assert found[-1] == ("problem", f"The view {mount}/no cannot be read (No such file or directory).")


def test_nothing_is_said_of_staging_where_none_is_set(home: Home) -> None:
    assert staging_checks(home) == []


@pytest.mark.parametrize("place", ["library", "library/below", "."])
def test_staging_lies_apart_from_library_and_mounts(home: Home, tmp_path: Path, place: str) -> None:
    configured(home, f'[library]\nroots = ["{tmp_path}/library"]\n[staging]\nfolder = "{tmp_path / place}"\n')
    result = home.run("config", "show")
    assert result.code == 2
    assert f"staging.folder has to lie apart from {tmp_path}/library (library.roots)" in result.err


def test_auto_needs_a_folder_for_staging(home: Home) -> None:
    result = home.run("grab", HASH, "--no-target", "--auto", "fetch")
    assert result.code == 2
    assert "--auto fetch needs a folder for staging." in result.err
    result = home.run("grab", HASH, "--no-target", "--auto", "soon")
    assert result.code == 2
    assert "'none', 'fetch', 'import'" in result.err


def test_staging_says_whose_it_is_what_it_is_worth_and_what_is_left_over(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "staging"
    (folder / "9-Gone").mkdir(parents=True)
    (folder / "9-Gone" / "film.mkv.part").write_bytes(b"12345")
    (folder / "link.mkv").symlink_to("/mnt/rd/__all__/A/film.mkv")
    configured(home, f'[staging]\nfolder = "{folder}"\nkeep_free_gb = 0\nleftover_days = 0\n')
    found = home.json("staging").lines
    assert [(row["kind"], row["size"], row["proof"], row["leftover"]) for row in found[:-1]] == [
        ("file", 5, "not whole", True), ("link", None, "not known", True)
    ]  # fmt: skip
    assert (found[-1]["leftovers"], found[-1]["strange"], found[-1]["free"] > 0) == (2, 2, True)
    assert "nowhere is not there." in home.run("staging", "clean", "nowhere").err
    outside = home.run("staging", "clean", "../config", "--apply")
    assert (outside.code, "does not lie in staging" in outside.err) == (2, True)
    planned = home.run("staging", "clean", "9-Gone", "link.mkv")
    assert "Take 1 link and 1 file out of staging" in planned.out
    assert "does not come back" in planned.out
    assert home.run("staging", "clean", "9-Gone", "link.mkv", "--apply").code == 0
    assert list(folder.iterdir()) == []
    assert "does not come back" in home.run("undo", "--apply").out
    assert (folder / "link.mkv").is_symlink()


def test_what_is_no_transfers_is_imported_as_a_folder_and_staging_as_a_whole_is_not(home: Home, tmp_path: Path) -> None:
    folder, root = tmp_path / "staging", tmp_path / "library"
    (folder / "left").mkdir(parents=True)
    (root / "Films").mkdir(parents=True)
    (folder / "left" / "notes.txt").write_text("mine")
    configured(home, f'[library]\nroots = ["{root}"]\n[staging]\nfolder = "{folder}"\n')
    assert home.run("import", str(folder)).err.startswith(f"mediatui: {folder} is staging.")
    assert "notes.txt" in home.run("import", str(folder / "left")).out
