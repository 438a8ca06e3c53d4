"""A folder that left ``library.roots`` trips no guard: what was known of its links is forgotten."""

from __future__ import annotations

import os
from pathlib import Path

from mediatui.runtime.events import Said
from mediatui.settings import Settings
from tests.worlds.library import LibraryWorld, Run


def with_roots(world: LibraryWorld, roots: list[Path]) -> Settings:
    library = world.settings.library.model_copy(update={"roots": roots})
    return world.settings.model_copy(update={"library": library})


def said(ended: Run) -> list[str]:
    return [event.text for event in ended.events if isinstance(event, Said)]


async def test_links_of_a_folder_that_is_no_root_any_more_are_forgotten_with_a_line(tmp_path: Path) -> None:
    async with LibraryWorld(tmp_path) as world:
        world.film("Good", files=15)
        world.dead("dead one")
        old, torrent = world.folder / "old", world.view / "Old"
        old.mkdir()
        torrent.mkdir()
        (torrent / "sample.mkv").touch()
        for number in range(5):
            target = torrent / f"{number}.mkv"
            target.write_bytes(b"v" * 4096)
            (old / f"{number}.mkv").symlink_to(target)
        present = world.settings.library.roots
        world.settings = with_roots(world, [*present, old])
        await world.scan()
        for number in range(5):
            os.unlink(torrent / f"{number}.mkv")
        world.settings = with_roots(world, present)
        plan = world.plan()
        ended = await world.apply(plan)
        assert ended.outcomes == {"done"}, ended.finished.summary
        assert [line for line in said(ended) if "no longer in library.roots" in line] == [
            f"{old} is no longer in library.roots: 5 links there are forgotten."
        ]
        again = await world.scan()
        assert again.finished.exit_code == 0
        assert not any("no longer" in line for line in said(again))
        assert sorted(os.listdir(old)) == [f"{number}.mkv" for number in range(5)]
