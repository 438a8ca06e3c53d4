"""What users have seen of an item outlives its getting another name, and undo takes back what was set for that."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mediatui.changes.apply import ApplyOptions, apply
from mediatui.changes.servers.watch_state import keep_watched
from mediatui.changes.steps.moves import MovePath
from mediatui.changes.undo import plan_undo
from mediatui.demo.jellyfin import SimSeen
from mediatui.model.plan import Plan
from mediatui.store.changes.journal import begin_batch, end_batch, read_lines, store_plan
from mediatui.store.servers.items import watched_before
from tests.fakes.jellyfin import ANN, BOB
from tests.worlds.servers import Servers

MINUTES_12 = 720 * 10_000_000
LOOKED = 121.0


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Servers]:
    one = await Servers(tmp_path).open()
    one.jellyfin.add_episode("Dust Ferry (2019)", 1, 3, tag=" [720p]")
    one.jellyfin.scan()
    yield one
    await one.close()


def item_key(world: Servers, tag: str) -> str:
    folder = "/media/Shows/Dust Ferry (2019)/Season 01"
    item = world.jellyfin.item_at(f"{folder}/Dust Ferry (2019) - S01E03 [{tag}].mkv")
    assert item is not None
    return item.key


def seen(world: Servers, tag: str) -> list[tuple[bool, int]]:
    """What ann and bob have seen: the mark, and the place."""
    key = item_key(world, tag)
    found = [world.jellyfin.seen.get((user, key), SimSeen()) for user in (ANN, BOB)]
    return [(one.played, one.ticks) for one in found]


async def applied(world: Servers, plan: Plan) -> int:
    async with world.db.transaction() as connection:
        batch = await store_plan(connection, plan, world.now)
    async for _ in apply(world.ctx, ApplyOptions(batch)):
        pass
    return batch


async def renamed(world: Servers) -> int:
    """Ann has played it, bob is twelve minutes in; then it gets another name."""
    key = item_key(world, "720p")
    world.jellyfin.seen[ANN, key] = SimSeen(played=True, plays=1, at="2026-01-02T03:04:05.0000000Z")
    world.jellyfin.seen[BOB, key] = SimSeen(ticks=MINUTES_12, plays=1, favourite=True)
    old = next(world.folder.glob("Shows/*/*/*.mkv"))
    new = old.with_name(old.name.replace("720p", "1080p"))
    step = MovePath(what=old.name, path=str(old), new_path=str(new), target=os.readlink(old))
    return await applied(world, Plan("cleanup", "Rename", (step,)))


async def test_marks_and_places_are_set_again_and_undone_with_the_rename(world: Servers) -> None:
    """A-26 as far as it is ours: the new item has another id, and nothing is known of it."""
    batch = await renamed(world)
    assert await world.reported(11.0) == ["/media/Shows/Dust Ferry (2019)/Season 01"]
    assert [call for call in world.jellyfin.calls if "UserPlayedItems" in call[1]] == []
    said = await world.said(LOOKED)
    assert said == ["2 watch states set again at Jellyfin."]
    assert seen(world, "1080p") == [(True, 0), (False, MINUTES_12)]
    assert world.jellyfin.seen[BOB, item_key(world, "1080p")].favourite
    lines = await world.db.read(read_lines, batch)
    assert [line.kind for line in lines if line.outcome == "done"].count("set watched") == 2
    assert await world.db.read(watched_before, "jellyfin") == []
    key = item_key(world, "1080p")
    await applied(world, await world.db.read(plan_undo))
    assert [(one.played, one.ticks) for one in (world.jellyfin.seen[user, key] for user in (ANN, BOB))] == [
        (False, 0), (False, 0),
    ]  # fmt: skip
    assert [path.name for path in world.folder.glob("Shows/*/*/*.mkv")] == ["Dust Ferry (2019) - S01E03 [720p].mkv"]


async def test_what_the_server_kept_by_itself_is_not_set_again(world: Servers) -> None:
    await renamed(world)
    await world.run(11.0)
    world.now += 60.0
    world.jellyfin.look_if_due()
    key = item_key(world, "1080p")
    world.jellyfin.seen[ANN, key] = SimSeen(played=True, plays=1)
    world.jellyfin.seen[BOB, key] = SimSeen(ticks=MINUTES_12, plays=1, favourite=True)
    assert await world.said(61.0) == []
    assert [call for call in world.jellyfin.calls if call[0] != "GET"] == [("POST", "/Library/Media/Updated")]


async def test_nothing_is_set_again_for_a_batch_that_was_undone(world: Servers) -> None:
    await renamed(world)
    await applied(world, await world.db.read(plan_undo))
    await world.run(11.0)
    assert await world.said(LOOKED) == []
    assert seen(world, "720p") == [(True, 0), (False, MINUTES_12)]


async def test_a_user_who_may_not_see_it_any_more_is_said(world: Servers) -> None:
    await renamed(world)
    await world.run(11.0)
    world.jellyfin.users[2].libraries = ["Films"]
    said = await world.said(LOOKED)
    assert said[0] == (
        "Dust Ferry (2019) - S01E03 [720p]: Jellyfin does not show it to bob any more; what was seen of it cannot be "
        "set again."
    )
    assert seen(world, "1080p")[0] == (True, 0)


async def test_a_server_that_does_not_answer_keeps_nobody_from_renaming(world: Servers) -> None:
    world.down = True
    warnings = await keep_watched(world.ctx, 1, [os.fsencode(world.folder / "Shows")])
    assert len(warnings) == 1
    assert warnings[0].startswith("What users of Jellyfin have seen is not kept: Jellyfin cannot be reached")


async def test_of_many_items_it_is_asked_in_lists_what_each_user_has_seen(world: Servers) -> None:
    for number in range(4, 30):
        world.jellyfin.add_episode("Dust Ferry (2019)", 1, number)
    world.jellyfin.scan()
    world.jellyfin.seen[BOB, item_key(world, "720p")] = SimSeen(ticks=MINUTES_12, plays=1)
    assert await keep_watched(world.ctx, 1, [os.fsencode(world.folder / "Shows")]) == []
    (noted,) = await world.db.read(watched_before, "jellyfin")
    assert (noted.user.name, noted.watched.position_s) == ("bob", 720.0)
    assert world.asked("/UserItems/{id}/UserData") == 0


async def test_what_cannot_be_set_while_its_batch_is_at_work_is_set_by_a_later_run(world: Servers) -> None:
    batch = await renamed(world)
    async with world.db.transaction() as connection:
        await begin_batch(connection, batch, world.now)
    await world.run(11.0)
    assert await world.said(LOOKED) == []
    async with world.db.transaction() as connection:
        await end_batch(connection, batch, "done", world.now)
    assert await world.said(61.0) == ["2 watch states set again at Jellyfin."]
    assert seen(world, "1080p") == [(True, 0), (False, MINUTES_12)]
