"""What Plex is told of changes in the library: each folder once, at every section that shows it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mediatui.changes.servers.watch_state import keep_watched
from mediatui.store.servers.items import move_watched
from tests.fakes.plex import TOKEN, User
from tests.worlds.servers import Servers

READ_BACK = 61.0


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Servers]:
    rule = {"kind": "plex", "from": str(tmp_path / "media"), "to": "/data"}
    one = await Servers(
        tmp_path, **{"jellyfin.enabled": False, "plex.enabled": True, "paths.rules": [rule]}
    ).open()  # fmt: skip
    for key, title, place in (("1", "Films", "Films"), ("5", "SF", "Films/SF & é"), ("6", "Old", "FilmsOld")):
        one.plex.section(key, title, "movie", f"/data/{place}")
    yield one
    await one.close()


def film(world: Servers) -> Path:
    """A film right in the folder of its genre."""
    placed = world.jellyfin.add_film("SF & é", "Dust Road (2001)")
    world.plex.finds.add("/data/Films/SF & é/Dust Road (2001).mkv")
    return placed


async def test_a_folder_is_told_of_at_every_section_that_shows_it_and_never_the_file(world: Servers) -> None:
    """A-27."""
    await world.changed("placed", film(world))
    assert await world.reported(11.0) == ["/data/Films/SF & é"] * 2
    assert world.plex.refreshed == [("1", "/data/Films/SF & é"), ("5", "/data/Films/SF & é")]
    assert await world.said(READ_BACK) == []
    assert await world.states() == {"Dust Road (2001).mkv": ("proven", "")}


async def test_what_plex_has_not_taken_is_said_with_its_sections(world: Servers) -> None:
    placed = film(world)
    world.plex.finds.clear()
    await world.changed("placed", placed)
    await world.run(11.0)
    assert await world.said(READ_BACK) == ["Dust Road (2001).mkv: Plex has not taken it (Films, SF)."]


async def test_of_what_is_gone_with_its_folder_the_nearest_folder_that_is_there_is_told(world: Servers) -> None:
    film(world)
    await world.changed("removed", world.folder / "Films/Gone (2001)/Gone (2001).mkv")
    assert await world.reported(11.0) == ["/data/Films"]
    assert await world.said(READ_BACK) == []


async def test_a_mark_is_set_again_and_a_place_is_said_to_be_lost(world: Servers) -> None:
    """A-26, at Plex."""
    old, new = film(world), "Dust Road (2001) [1080p].mkv"
    world.plex.users.append(User(2, "bob", token="bobs-token-12345"))
    key = world.plex.file("1", "/data/Films/SF & é/Dust Road (2001).mkv")
    world.plex.state(TOKEN, key).plays = 1
    world.plex.state("bobs-token-12345", key).offset_ms = 720_000
    assert await keep_watched(world.ctx, 1, [os.fsencode(old)]) == []
    placed = old.rename(old.with_name(new))
    await world.db.write(move_watched, os.fsencode(old), os.fsencode(placed))
    del world.plex.sections["1"].files[key]
    world.plex.finds = {f"/data/Films/SF & é/{new}"}
    await world.changed("placed", placed)
    await world.run(11.0)
    said = await world.said(READ_BACK)
    assert said[0] == "Dust Road (2001): the place of bob (12m00s) is lost; Plex cannot set it."
