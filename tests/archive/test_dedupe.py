"""Dropping what the account holds twice: one entry of each stays, and no file is lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from mediatui.archive.dedupe import plan_dedupe
from mediatui.archive.duplicates import find_duplicates
from mediatui.demo.faults import Reply, error, short_page
from mediatui.demo.seed import SimTorrent
from mediatui.model.errors import GuardTripped
from mediatui.model.plan import Plan
from mediatui.store.torrents.checks import LinkCheck, LinkVerdict, store_checks
from tests.worlds.account import DAY, AccountWorld, MakeWorld, torrent, torrents


async def synced(account_of: MakeWorld, account: Sequence[SimTorrent]) -> AccountWorld:
    world = await account_of(account)
    await world.sync(mode="fast")
    world.service.log.clear()
    return world


def season(**facts: Any) -> SimTorrent:
    return torrent(**{"shape": "season", "file_count": 6, **facts})


async def checked(world: AccountWorld, one: SimTorrent, position: int, verdict: LinkVerdict, at: float) -> None:
    """Has a check of a link of an entry come out like this."""
    code = None if verdict == "ok" else 19
    made = LinkCheck(one.id, position, one.links()[position], verdict, code, int(at), None if code is None else int(at))
    async with world.db.transaction() as connection:
        await store_checks(connection, [made], int(at))


def dedupe(world: AccountWorld) -> Plan:
    return world.plan(lambda c: plan_dedupe(c, find_duplicates(c, "hash", "newest")))


async def test_the_keeper_stays_and_the_others_go(account_of: MakeWorld) -> None:
    keeper = season()
    copies = [season(hash=keeper.hash), season(hash=keeper.hash, skipped=2)]
    world = await synced(account_of, [keeper, *copies, *torrents(20)])
    plan = dedupe(world)
    assert (plan.title, plan.looked_at) == ("Delete 2 duplicates in 1 group", 23)

    run = await world.apply(plan)

    assert run.steps == [("done", ""), ("done", "")]
    assert [id_ for id_, (its, _) in world.on_account().items() if its == keeper.hash] == [keeper.id]
    assert len(world.service.log) == plan.requests == 9
    assert world.service.writes.downloads == {}
    assert len(world.on_account()) == 21


async def test_rows_with_other_files_stay(account_of: MakeWorld) -> None:
    first = season(selection=(1, 2, 3))
    other = season(hash=first.hash, selection=(3, 4))
    world = await synced(account_of, [first, other, *torrents(20)])
    assert dedupe(world).steps == ()

    within = season(hash=first.hash, selection=(1, 2))
    world.account.add(within)
    await world.sync(mode="fast")
    chosen = world.plan(
        lambda c: plan_dedupe(c, [group.keeping(within.id) for group in find_duplicates(c, "hash", "newest")])
    )
    assert chosen.steps == ()
    assert [why for _, why in chosen.notes] == ["it holds files the kept one does not"]


async def test_a_whole_one_is_never_dropped_for_a_broken_one(account_of: MakeWorld) -> None:
    newest = season(status="error", ended_at=None)
    whole = season(hash=newest.hash)
    world = await synced(account_of, [newest, whole, *torrents(20)])
    (step,) = dedupe(world).steps
    assert step.torrent_id == newest.id


async def test_nothing_is_dropped_for_a_keeper_that_is_gone(account_of: MakeWorld) -> None:
    keeper = season()
    copy = season(hash=keeper.hash)
    world = await synced(account_of, [keeper, copy, *torrents(20)])
    plan = dedupe(world)
    world.account.remove(keeper.id)

    ((outcome, reason),) = (await world.apply(plan)).steps

    assert (outcome, keeper.id in reason) == ("skipped", True)
    assert copy.id in world.on_account()


async def test_nothing_is_dropped_for_a_keeper_that_broke(account_of: MakeWorld) -> None:
    keeper = season()
    copy = season(hash=keeper.hash)
    world = await synced(account_of, [keeper, copy, *torrents(20)])
    plan = dedupe(world)
    world.account.change(season(id=keeper.id, hash=keeper.hash, short_by=2))
    assert [outcome for outcome, _ in (await world.apply(plan)).steps] == ["skipped"]
    assert copy.id in world.on_account()


@pytest.mark.parametrize(
    ("path", "fault", "why"),
    [
        ("/unrestrict/link", error(503, 19, "hoster_unavailable"), "its links are dead (19)"),
        ("https://cdn.invalid/", lambda reply: Reply(404), "its link opens, but leads to nothing (404)"),
        ("https://cdn.invalid/", lambda reply: Reply(503), "whether it plays is not known"),
    ],
)
async def test_a_copy_stays_when_no_link_of_the_keeper_opens(
    account_of: MakeWorld, path: str, fault: Callable[[Reply], Reply], why: str
) -> None:
    keeper = season()
    copy = season(hash=keeper.hash)
    world = await synced(account_of, [keeper, copy, *torrents(20)])
    world.fault(path, fault, times=99).before = path.startswith("/unrestrict")

    run = await world.apply(dedupe(world))

    ((outcome, reason),) = run.steps
    assert (outcome, run.finished.exit_code, copy.id in world.on_account()) == ("failed", 1, True)
    assert f"{keeper.id}, which was to stay for it: {why}" in reason
    assert reason.endswith("nothing was deleted")
    assert world.service.writes.downloads == {}


@pytest.mark.parametrize(("days", "requests"), [(6, 3), (8, 6)])
async def test_a_check_of_the_last_week_is_proof_that_costs_nothing(
    account_of: MakeWorld, days: int, requests: int
) -> None:
    keeper = season()
    world = await synced(account_of, [keeper, season(hash=keeper.hash), *torrents(20)])
    await checked(world, keeper, 0, "ok", time.time() - days * DAY)
    plan = dedupe(world)
    assert plan.requests == requests
    assert [outcome for outcome, _ in (await world.apply(plan)).steps] == ["done"]
    assert len(world.service.log) == requests


async def test_of_a_copy_with_a_dead_link_that_file_is_opened_in_the_keeper(account_of: MakeWorld) -> None:
    keeper = season()
    copy = season(hash=keeper.hash)
    world = await synced(account_of, [keeper, copy, *torrents(20)])
    await checked(world, keeper, 0, "ok", time.time())
    await checked(world, copy, 2, "dead", time.time())
    assert [outcome for outcome, _ in (await world.apply(dedupe(world))).steps] == ["done"]
    assert [address.count("E03") for address in world.service.downloads_asked] == [1]


async def test_nothing_is_dropped_for_what_is_not_known_to_be_whole(account_of: MakeWorld) -> None:
    keeper = season(status="error", ended_at=None)
    broken = season(status="error", ended_at=None, hash=keeper.hash)
    suspect, whole = season(), season()
    twin = season(hash=suspect.hash, added_at=1.0)
    world = await synced(account_of, [keeper, broken, suspect, twin, whole, *torrents(20)])
    await checked(world, suspect, 0, "suspect", time.time())
    plan = dedupe(world)
    assert [step.torrent_id for step in plan.steps] == [suspect.id]
    assert plan.notes == ((broken.filename, f"{keeper.id}, which would be kept for it, is not known to be whole"),)
    assert plan.title == "Delete 1 duplicate in 1 group"


async def test_nothing_is_chosen_by_a_list_that_was_not_whole(account_of: MakeWorld) -> None:
    keeper = season()
    world = await synced(account_of, [keeper, season(hash=keeper.hash), *torrents(4)])
    world.fault("/torrents", short_page(2), times=99)
    assert (await world.sync(mode="torrents")).finished.exit_code == 4
    with pytest.raises(GuardTripped, match="not whole"):
        dedupe(world)


async def test_too_large_a_share_needs_the_number(account_of: MakeWorld) -> None:
    keeper = season()
    copies = [season(hash=keeper.hash) for _ in range(3)]
    world = await synced(account_of, [keeper, *copies, *torrents(2)])
    plan = dedupe(world)
    refused = await world.apply(plan)
    assert (refused.finished.exit_code, "max_delete_share" in refused.finished.summary) == (4, True)
    assert world.service.written() == []
    assert (await world.apply(plan, allowed=3)).counts["done"] == 3


async def test_by_title_events_of_one_year_are_no_copies_and_a_film_of_two_groups_is(account_of: MakeWorld) -> None:
    """Case A1 (plex_dupefinder#78, Sportarr#103)."""
    names = [
        "Kickers.Cup.2024.Group.A.Alba.vs.Borea.1080p.WEB.x264",
        "Kickers.Cup.2024.Group.A.Corda.vs.Dalia.1080p.WEB.x264",
        "Hoops.2024.01.05.Lions.vs.Bears.1080p.WEB.x264",
        "Hoops.2024.01.05.Hawks.vs.Foxes.1080p.WEB.x264",
        "Meadow.Fest.2024.Anna.Band.1080p.WEB.x264",
        "Meadow.Fest.2024.Berta.Trio.1080p.WEB.x264",
        "MotoRace.2024.Alba.Race.1080p.WEB.x264",
        "MotoRace.2024.Borea.Race.1080p.WEB.x264",
        "Quiet.Film.1999.1080p.BluRay.x264-AAA",
        "Quiet.Film.1999.1080p.BluRay.x264-BBB",
    ]
    world = await synced(account_of, [torrent(filename=name, file_count=1) for name in names])
    plan = world.plan(lambda c: plan_dedupe(c, find_duplicates(c, "title", "newest")))
    assert len(plan.steps) == 1
    await world.apply(plan, allowed=50)
    assert len(world.on_account()) == len(names) - 1
