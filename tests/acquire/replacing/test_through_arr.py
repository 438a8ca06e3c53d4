"""Having Sonarr or Radarr replace a dead link by their own search (case A-29): the link goes last."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mediatui.acquire.replacing.through_arr import plan_through_arr
from mediatui.model.errors import UsageError
from mediatui.model.plan import Plan
from mediatui.store.library.links import read_link
from tests.fakes.arr import BROKEN, FakeArr
from tests.worlds.arr import ArrWorld, of_services

OLD, NEW = "Dark.S01E02.720p.WEB-OLD", "Dark.S01E02.1080p.WEB-NEW"
HASH = "A" * 40


class Dead:
    """A series of two episodes, the second of which Sonarr had grabbed, and whose link is dead."""

    def __init__(self, world: ArrWorld, sonarr: FakeArr) -> None:
        self.world, self.sonarr = world, sonarr
        self.links = world.show("Dark", episodes=2, missing=1)
        sonarr.hold("Dark", world.series / "Dark", self.links)

    @property
    def link(self) -> Path:
        return self.links[1]

    def grabbed(self) -> None:
        """Sonarr had grabbed and imported it."""
        self.sonarr.records.note("grabbed", 1, OLD, {"torrentInfoHash": HASH}, 102, HASH)
        self.sonarr.records.note("downloadFolderImported", 1, OLD, {}, 102, HASH)

    async def plan(self) -> Plan:
        await self.world.scan()
        link = await self.world.db.read(read_link, os.fsencode(self.link))
        assert link is not None
        return await plan_through_arr(self.world.settings, [link], self.world.connect_arr, ())


@pytest.fixture
async def dead(tmp_path: Path) -> AsyncIterator[Dead]:
    sonarr = FakeArr("sonarr")
    async with ArrWorld(tmp_path, {"sonarr": sonarr}, **{"sonarr.after_change": "search"}) as world:
        yield Dead(world, sonarr)


async def test_the_link_goes_once_the_other_release_is_in_the_queue(dead: Dead) -> None:
    dead.grabbed()
    dead.sonarr.finds[102] = NEW
    done = await dead.world.apply(await dead.plan())
    assert done.outcomes == {"done"}
    assert dead.sonarr.failing.marked == [1]
    assert dead.sonarr.commands == [("EpisodeSearch", [102]), ("RescanSeries", 1)]
    assert of_services(done)[0][2] == f"Sonarr fetches {NEW}"
    assert not os.path.lexists(dead.link)
    undone = await dead.world.apply(dead.world.undo_plan())
    assert undone.finished.error is None
    assert os.path.lexists(dead.link)


async def test_without_an_entry_in_the_blocklist_nothing_is_searched_and_the_link_stays(dead: Dead) -> None:
    dead.grabbed()
    dead.sonarr.failing.blocks = False
    plan = await dead.plan()
    for times in (1, 2):
        done = await dead.world.apply(plan)
        assert done.finished.exit_code == 1
        assert of_services(done)[0][2] == ("Sonarr did not blocklist it: a search would bring the same; the link stays")
        assert (dead.sonarr.commands, dead.sonarr.failing.marked) == ([], [1] * times)
        assert os.path.lexists(dead.link)


async def test_a_refused_mark_is_said_likewise(dead: Dead) -> None:
    dead.grabbed()
    dead.sonarr.next_failure["mark_failed"] = BROKEN
    done = await dead.world.apply(await dead.plan())
    assert of_services(done)[0][1] == "failed"
    assert "did not blocklist it (" in of_services(done)[0][2]
    assert dead.sonarr.commands == []


async def test_their_own_search_after_a_failure_is_followed_and_not_sent_again(dead: Dead) -> None:
    dead.grabbed()
    dead.sonarr.failing.searches = True
    dead.sonarr.finds[102] = NEW
    done = await dead.world.apply(await dead.plan())
    assert done.outcomes == {"done"}
    assert dead.sonarr.commands == [("RescanSeries", 1)]
    assert len(dead.sonarr.records.queue) == 1
    assert not os.path.lexists(dead.link)


async def test_what_they_never_grabbed_is_searched_without_a_mark(dead: Dead) -> None:
    done = await dead.world.apply(await dead.plan())
    assert dead.sonarr.failing.marked == []
    assert dead.sonarr.commands == [("EpisodeSearch", [102])]
    assert "nothing was to be blocklisted" in of_services(done)[0][2]
    assert os.path.lexists(dead.link)


async def test_what_is_only_held_is_not_sent(dead: Dead) -> None:
    row = dead.sonarr.records.queued(102, NEW, 7)
    dead.sonarr.records.queue.append({**row, "status": "delay"})
    await dead.world.apply(await dead.plan())
    assert os.path.lexists(dead.link)


async def test_without_a_service_it_is_said(tmp_path: Path) -> None:
    async with ArrWorld(tmp_path, {}) as world:
        with pytest.raises(UsageError, match="Neither Sonarr nor Radarr"):
            await plan_through_arr(world.settings, [], world.connect_arr, ())
