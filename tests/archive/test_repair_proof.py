"""A repair counts as done once a link has opened, down to one byte of its address; else nothing is dropped for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import httpx
import pytest

from mediatui.archive.add import plan_add
from mediatui.archive.repair import plan_repair
from mediatui.archive.targets import targets_by_id
from mediatui.demo.faults import Reply, error
from mediatui.demo.seed import SimTorrent
from mediatui.model.plan import Plan
from mediatui.store.changes.journal import plan_again
from mediatui.store.torrents.checks import LinkCheck, store_checks
from tests.worlds.account import AccountWorld, MakeWorld, Run, torrent

ADDRESSES = "https://cdn.invalid/"
ALWAYS = 10**6


async def synced(account_of: MakeWorld, *account: SimTorrent) -> AccountWorld:
    world = await account_of(account)
    await world.sync(mode="fast")
    world.service.log.clear()
    return world


def season(status: str = "error", **facts: object) -> SimTorrent:
    """A season of four, all selected."""
    return torrent(status, shape="season", file_count=4, **facts)


def plan(world: AccountWorld, *rows: SimTorrent) -> Plan:
    return world.plan(lambda c: plan_repair(c, targets_by_id(c, [one.id for one in rows])))


def of_hash(world: AccountWorld, one: SimTorrent) -> list[str]:
    """The entries of a hash on the account."""
    return [entry for entry, (info_hash, _) in world.on_account().items() if info_hash == one.hash]


async def found_dead(world: AccountWorld, one: SimTorrent, positions: Sequence[int]) -> None:
    """Has checks found these links of an entry to be dead."""
    links = one.links()
    async with world.db.transaction() as connection:
        dead = [LinkCheck(one.id, at, links[at], "dead", 19, 1, 1) for at in positions]
        await store_checks(connection, dead, 1)


async def try_again(world: AccountWorld, run: Run) -> Run:
    async with world.db.transaction() as connection:
        await plan_again(connection, run.counts["batch"], ["failed"])
    return await world.carry_on(run.counts["batch"])


@pytest.mark.parametrize("status", [404, 410])
async def test_a_link_whose_address_leads_to_nothing_is_no_repair(account_of: MakeWorld, status: int) -> None:
    old = season()
    world = await synced(account_of, old)
    world.fault(ADDRESSES, lambda reply: Reply(status), times=ALWAYS)
    run = await world.apply(plan(world, old))
    why = f"its link opens, but leads to nothing ({status})"
    assert run.steps == [("failed", f"{why}; the old entry was left alone")]
    assert run.finished.exit_code == 1
    assert of_hash(world, old) == [old.id]
    assert world.service.writes.downloads == {}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda reply: Reply(503), "answered 503"),
        (lambda reply: Reply(403), "answered 403"),
        (lambda reply: Reply(200, drop=True), "did not answer"),
    ],
    ids=["503", "403", "broken"],
)
async def test_what_proves_nothing_keeps_both_entries_until_it_is_proven(
    account_of: MakeWorld, answer: Callable[[Reply], Reply], said: str
) -> None:
    old = season()
    world = await synced(account_of, old)
    fault = world.fault(ADDRESSES, answer, times=ALWAYS)
    run = await world.apply(plan(world, old))
    ((outcome, reason),) = run.steps
    assert outcome == "failed"
    assert (
        f"the server of its link {said}; the old entry was left alone, and a retry goes on with the new one" in reason
    )
    assert len(of_hash(world, old)) == 2
    assert fault.met == 3
    fault.times = 0
    assert [outcome for outcome, _ in (await try_again(world, run)).steps] == ["done"]
    (new,) = of_hash(world, old)
    assert new != old.id


async def test_an_address_that_answers_late_is_asked_again(account_of: MakeWorld) -> None:
    old = season()
    world = await synced(account_of, old)
    world.fault(ADDRESSES, lambda reply: Reply(503))
    assert (await world.apply(plan(world, old))).counts["done"] == 1


async def test_where_no_address_can_be_reached_the_services_word_counts_and_that_is_said(account_of: MakeWorld) -> None:
    def unreachable(reply: Reply) -> Reply:
        raise httpx.ConnectError("no route")

    old = season()
    world = await synced(account_of, old)
    world.fault(ADDRESSES, unreachable, times=ALWAYS)
    ((outcome, reason),) = (await world.apply(plan(world, old))).steps
    assert (outcome, reason.endswith("the server of its link cannot be reached from here")) == ("done", True)


async def test_links_that_did_not_open_before_are_the_ones_that_are_opened(account_of: MakeWorld) -> None:
    old = season("downloaded")
    world = await synced(account_of, old)
    await found_dead(world, old, [2, 3])
    wanted = plan(world, old)
    assert wanted.requests == 10
    assert [outcome for outcome, _ in (await world.apply(wanted)).steps] == ["done"]
    opened = [address.rpartition("/")[2] for address in world.service.downloads_asked]
    names = [file.path.rpartition("/")[2] for file in old.files()]
    assert opened == [name.replace(" ", "%20") for name in names[2:]]
    assert len(world.service.log) <= wanted.requests


async def test_of_many_dead_links_three_are_opened_and_one_dead_one_is_enough(account_of: MakeWorld) -> None:
    old = season("downloaded")
    world = await synced(account_of, old)
    await found_dead(world, old, [0, 1, 2, 3])
    world.fault("/unrestrict/link", error(503, 19, "hoster_unavailable"), first=3, times=ALWAYS).before = True
    assert (await world.apply(plan(world, old))).steps == [
        ("failed", "its links are dead (19); the old entry was left alone")
    ]
    assert of_hash(world, old) == [old.id]


@pytest.mark.parametrize("code", [None, 19])
async def test_a_broken_entry_goes_for_a_twin_only_once_a_link_of_that_opens(
    account_of: MakeWorld, code: int | None
) -> None:
    old = season("downloaded")
    twin = season("downloaded", hash=old.hash)
    world = await synced(account_of, old, twin)
    await found_dead(world, old, [1])
    world.account.change(season("downloaded", id=twin.id, hash=old.hash, link_code=code))
    world.service.writes.downloads = {"THEIRS": twin.links()[1]}
    wanted = plan(world, old)
    ((outcome, reason),) = (await world.apply(wanted)).steps
    if code is None:
        assert (outcome, of_hash(world, old)) == ("done", [twin.id])
        assert [address.count("E02") for address in world.service.downloads_asked] == [1]
    else:
        assert (outcome, len(of_hash(world, old))) == ("failed", 2)
        assert "its links are dead (19); nothing was deleted" in reason
    assert set(world.service.writes.downloads) == {"THEIRS"}
    assert len(world.service.log) <= wanted.requests == 6


async def test_a_link_that_answers_with_another_spelling_of_the_name_is_proof(account_of: MakeWorld) -> None:
    """Case F2 (rdt-client#522): each apostrophe of a name comes back as a full stop."""
    name = "Ender's Lane (2013)"
    old = season(filename=name, original_filename=name)
    world = await account_of([old])

    def named(reply: Reply) -> Reply:
        detail = json.loads(reply.body)
        for file in detail["files"]:
            file["path"] = f"/{name}/{name} {file['id']}.mkv"
        return Reply(200, json.dumps(detail).encode(), reply.headers)

    def spelt_otherwise(reply: Reply) -> Reply:
        made = json.loads(reply.body) | {"filename": f"{name} 1.mkv".replace("'", ".")}
        return Reply(200, json.dumps(made).encode(), reply.headers)

    world.fault("/torrents/info/", named, times=ALWAYS)
    opened = world.fault("/unrestrict/link", spelt_otherwise, times=ALWAYS)
    await world.sync()
    run = await world.apply(plan(world, old))
    assert ([outcome for outcome, _ in run.steps], run.finished.exit_code, opened.met) == (["done"], 0, 1)
    (new,) = of_hash(world, old)
    assert (new != old.id, world.rows("SELECT status FROM torrents WHERE id = ?", new)) == (True, [("downloaded",)])
    paths = world.rows("SELECT DISTINCT path FROM torrent_files WHERE path LIKE ?", "%2.mkv")
    assert paths == [(f"/{name}/{name} 2.mkv",)]


@pytest.mark.parametrize("fails_as", ["error", "virus"])
async def test_a_selection_and_an_add_that_end_in_an_error_are_not_done(account_of: MakeWorld, fails_as: str) -> None:
    waiting = torrent("waiting_files_selection", progress=0.0)
    world = await synced(account_of, waiting)
    world.behave(waiting.hash, fails_as=fails_as)
    assert (await world.apply(plan(world, waiting))).steps == [("failed", f"now {fails_as}")]
    new = "ab" * 20
    world.behave(new, fails_as=fails_as)
    ((outcome, reason),) = (await world.apply(world.plan(plan_add, [new], "video"))).steps
    assert (outcome, reason.endswith(f"is {fails_as}")) == ("failed", True)
