"""Undo brings back what the archive knew: the rows of removed links, and the files noted for films."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mediatui.store.library.media import Media
from tests.worlds.library import LibraryWorld, removal_of
from tests.worlds.maintenance import MaintenanceWorld

COLUMNS = (
    "path, target, state, size, code, root, seen, checked_at, torrent_id, bad_since, verdict, verdict_size, bad_clock, "
    "checked_clock"
)


@pytest.mark.parametrize("names", [["a.mkv"], ["a.mkv", "b.mkv", "c.mkv"]])
async def test_removed_links_are_known_again_as_they_were_right_after_undo(tmp_path: Path, names: list[str]) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.torrent("AAAAAAAAAAAA1", "gone", [(name, 1) for name in names], gone_at=1)
        world.film("Good", files=9)
        dead = world.dead(*names)
        assert (await world.scan()).finished.outcome == "done"
        before = world.rows(f"SELECT {COLUMNS} FROM library_links ORDER BY path")
        assert {os.path.basename(row[0]).decode() for row in before if row[2] == "broken"} == set(names)
        await world.apply(removal_of(*dead))
        assert len(world.rows("SELECT * FROM library_links")) == len(before) - len(names)
        assert (await world.undo()).outcomes == {"done"}
        assert world.rows(f"SELECT {COLUMNS} FROM library_links ORDER BY path") == before
        for batch in (2, 3):  # the undo is taken back, and that again
            assert (await world.undo(batch)).outcomes == {"done"}
        assert world.rows(f"SELECT {COLUMNS} FROM library_links ORDER BY path") == before


async def test_two_undos_of_link_movies_and_repair_links_bring_the_media_table_back(tmp_path: Path) -> None:
    async with MaintenanceWorld(tmp_path) as world:
        for title in ("Dune", "Heat"):
            world.movie(title, 2001, target=f"gone/{title}.2001.mkv", missing=True)
            world.file(f"{title}.2001.1080p.BluRay.x264/{title}.2001.1080p.BluRay.x264.mkv")
        world.movie("Alien", 2001)
        await world.media(
            Media("film", "Dune", 2001, source="radarr", link_path=os.fsencode(world.films / "Action/Dune (2001).mkv")),
            Media("film", "Heat", 2001, source="radarr", link_path=os.fsencode(world.films / "Action/Heat (2001).mkv")),
            Media("film", "Alien", 2001, source="radarr"),
        )
        links, known = world.links(), world.rows("SELECT * FROM media ORDER BY id")
        first = await world.mend("link-movies")
        assert first.outcomes == {"done"}
        noted = world.rows("SELECT * FROM media ORDER BY id")
        assert noted != known
        second = await world.mend("repair-links")
        assert second.outcomes == {"done"}
        assert world.links() != links
        assert (await world.undo()).outcomes == {"done"}
        assert world.rows("SELECT * FROM media ORDER BY id") == noted
        assert (await world.undo()).outcomes == {"done"}
        assert world.rows("SELECT * FROM media ORDER BY id") == known
        assert world.links() == links
