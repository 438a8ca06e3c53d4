"""The Sonarr and the Radarr of the demo: they know its library, take additions and releases, and keep them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from mediatui.acquire.adding import steps_to_add
from mediatui.acquire.follow import FollowOptions
from mediatui.acquire.search.badges import known_of
from mediatui.changes.apply import ApplyOptions
from mediatui.changes.steps.arr_push import PushRelease
from mediatui.commands.job_kinds import APPLY, FOLLOW, REFRESH
from mediatui.commands.workspace import open_workspace
from mediatui.demo import arr_sent, arrs
from mediatui.library.refresh import RefreshOptions
from mediatui.model.plan import Plan, Step
from mediatui.model.release import FoundRelease, Release
from mediatui.model.target import Target
from mediatui.names.release_columns import columns_of
from mediatui.runtime.invocation import Invocation
from mediatui.store.arr.items import items_of_id
from mediatui.store.transfers.rows import transfers_of_hash

BUREAU = "Le.Bureau.des.Legendes.S03E04.FRENCH.720p.HDTV.x264-GRP"
BADGES = {
    "Foundation.S01.1080p": "● obtained",
    "Foundation.S02.1080p": "◐ part 6/10",
    "Foundation.S02E10.1080p": "○ monitored",
    "The.Office.2001.S01.1080p": "· unmanaged",
    "Dune.Part.Two.2024.1080p": "○ monitored",
    "The.Matrix.1999.1080p": "? unknown",
    BUREAU: "? unknown",
}


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    """The services are made for each test."""
    arrs._made.cache_clear()
    yield
    arrs._made.cache_clear()


async def test_they_know_the_library_and_some_titles_that_it_lacks(demo: Invocation) -> None:
    async with open_workspace(demo) as workspace:
        ended = await workspace.runner.start(REFRESH, RefreshOptions()).wait()
        assert (ended.outcome, ended.counts["services"]) == ("done", 2)
        assert dict(zip(BADGES, _badges(workspace.reader, *BADGES), strict=True)) == BADGES


async def test_an_addition_and_a_release_are_taken_kept_and_imported(
    demo: Invocation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_workspace(demo) as workspace:
        target = Target("series", "Le Bureau des légendes", 2015, tvdb_id=294_002, season=3, episodes=(4,))
        found = await steps_to_add(workspace.settings, workspace.arr, target)
        push = PushRelease(
            what=BUREAU, service="sonarr", hash="a" * 40, title=BUREAU, without_target=True, needs=(found.need,),
            magnet=f"magnet:?xt=urn:btih:{'a' * 40}&tr=http%3A%2F%2Ft",
        )  # fmt: skip
        steps: tuple[Step, ...] = (*found.steps, push)
        plan = Plan("grab", "Send 1 release", steps)
        job = workspace.runner.start(APPLY[plan.lane], ApplyOptions(await workspace.store_plan(plan)))
        assert (await job.wait()).counts["done"] == 2
        (added,) = items_of_id(workspace.reader, "series", tvdb=294_002)
        assert [season.number for season in added.seasons if season.monitored] == [3]
        assert [one.state for one in transfers_of_hash(workspace.reader, "a" * 40) if one.route == "arr"] == [
            "downloading"
        ]
        arrs._made.cache_clear()  # as in another run
        sonarr = workspace.arr("sonarr")
        assert await sonarr.item_of(294_002) is not None
        assert [row.download_id for row in await sonarr.queue()] == ["A" * 40]
        await sonarr.close()
        monkeypatch.setattr(arr_sent, "COMES_IN_S", 1e-6)
        await workspace.runner.start(FOLLOW, FollowOptions()).wait()
        assert [one.state for one in transfers_of_hash(workspace.reader, "a" * 40) if one.route == "arr"] == ["done"]
        assert _badges(workspace.reader, BUREAU) == ["● obtained"]


def _badges(reader: sqlite3.Connection, *titles: str) -> list[str]:
    releases = [Release(1, 1, FoundRelease(title, 1, "Alpha", title)) for title in titles]
    return [one.text for one in known_of(reader, releases, [columns_of(title) for title in titles])]
