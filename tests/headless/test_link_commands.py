"""``fix-bad-links``, ``fix-symlinks`` and ``link-movies`` in processes: what they print, change, and take back."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.worlds.home import Home

SHOW = "Séries/Drama/Show (2010)"


@pytest.fixture
def library(home: Home) -> Path:
    """Three episodes, one of which leads to another's file; a relative film link; a link beside its season."""
    root, mount = home.folder / "library", home.folder / "mount"
    pack = mount / "all" / "Show.S01.1080p"
    pack.mkdir(parents=True)
    (root / SHOW / "Saison 01").mkdir(parents=True)
    (root / "Films").mkdir()
    for number in (1, 2, 3):
        (pack / f"Show.S01E{number:02d}.mkv").write_bytes(b"v" * 2048)
    (mount / "Dune.mkv").write_bytes(b"v" * 2048)
    for folder, number, leads_to in (("Saison 01/", 1, 1), ("Saison 01/", 2, 1), ("", 3, 3)):
        link = root / SHOW / f"{folder}Show (2010) - S01E{number:02d}.mkv"
        link.symlink_to(pack / f"Show.S01E{leads_to:02d}.mkv")
    (root / "Films" / "Dune (2021).mkv").symlink_to("../../mount/Dune.mkv")
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__ROOTS", json.dumps([str(root)]))
    home.monkeypatch.setenv("MEDIATUI_LIBRARY__MOUNTS", json.dumps([{"path": str(mount)}]))
    return root


def links(root: Path) -> dict[str, str]:
    """Every link of the library and its target text."""
    return {str(path.relative_to(root)): os.readlink(path) for path in sorted(root.rglob("*")) if path.is_symlink()}


def test_fix_bad_links_points_a_link_at_its_own_episode_and_undo_points_it_back(home: Home, library: Path) -> None:
    before = links(library)
    shown = home.json("fix-bad-links", "--limit", "1")
    assert shown.code == 0
    (finding,) = [row for row in shown.lines if row["type"] == "finding"]
    assert (finding["category"], finding["episode"], finding["target_episode"]) == ("fixed", "S01E02", "S01E01")
    assert shown.result["outcomes"] == {"already right": 2, "fixed": 1}
    assert links(library) == before
    assert home.run("fix-bad-links", "--apply").code == 0
    wrong = f"{SHOW}/Saison 01/Show (2010) - S01E02.mkv"
    assert os.path.basename(links(library)[wrong]) == "Show.S01E02.mkv"
    assert home.run("undo", "--apply").code == 0
    assert links(library) == before


def test_fix_symlinks_makes_links_absolute_and_moves_them_and_undo_restores_them(home: Home, library: Path) -> None:
    before = links(library)
    assert home.run("fix-symlinks", "--apply").code == 0
    after = links(library)
    assert after["Films/Dune (2021).mkv"] == str(library.parent / "mount" / "Dune.mkv")
    assert f"{SHOW}/Saison 01/Show (2010) - S01E03.mkv" in after
    assert f"{SHOW}/Show (2010) - S01E03.mkv" not in after
    assert home.run("undo", "--apply").code == 0
    assert links(library) == before


def test_link_movies_notes_the_file_of_a_film_and_undo_forgets_it(home: Home, library: Path) -> None:
    home.run("link-movies")  # makes the archive
    home.sql("DELETE FROM media")
    home.sql("INSERT INTO media (kind, title, year, source) VALUES ('film', 'Dune', 2021, 'radarr')")
    assert home.run("link-movies", "--apply").code == 0
    file = os.fsencode(library.parent / "mount" / "Dune.mkv")
    assert home.sql("SELECT file_path FROM media") == [(file,)]
    again = home.json("link-movies")
    assert again.code == 0
    assert again.result["outcomes"] == {"already linked": 1}
    assert home.run("undo", "--apply").code == 0
    assert home.sql("SELECT file_path FROM media") == [(None,)]
