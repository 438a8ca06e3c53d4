"""What a torrent lacks of what it is for is said in the plan, else asked before its files are selected."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from mediatui.acquire.acts import act_on
from mediatui.acquire.grab import GrabOptions, plan_grab
from mediatui.acquire.mapping.aim import Aim
from mediatui.acquire.target_guard import Offered
from mediatui.changes.steps.lacking import lacking, wanted_files
from mediatui.model.arr_items import ArrEpisode, ArrItem, ArrSeason
from mediatui.model.plan import Plan
from mediatui.model.target import MappedTarget, Target
from mediatui.model.torrent import TorrentFile
from mediatui.model.torrent_file import TorrentFileFacts
from mediatui.names.release_columns import columns_of
from mediatui.store.arr.items import store_item
from mediatui.store.database import prepare
from mediatui.system.torrent_source import TorrentSource
from tests.worlds.account import AccountWorld, MakeWorld
from tests.worlds.transfers import adds, hash_of, run_pass, season, states, synced, transfers

NOW = 1_790_000_000.0
SALT_ROAD = ArrItem(
    "sonarr", 1, "series", "Salt Road", "saltroad", tvdb_id=7003, year=2019, monitored=True,
    seasons=(ArrSeason(3, True, 10, 0),),
)  # fmt: skip


def hold(connection: sqlite3.Connection, aired: int = 10, here: Sequence[int] = (), known: int = 10) -> None:
    """Salt Road S03, so many of its episodes aired, and these with a file."""
    episodes = [
        ArrEpisode("sonarr", 1, number, 3, number, aired_at=1 if number <= aired else None, has_file=number in here)
        for number in range(1, known + 1)
    ]
    store_item(connection, SALT_ROAD, episodes)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "mediatui.db"
    prepare(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        yield connection


def files(*names: str) -> list[TorrentFile]:
    return [TorrentFile(at, f"/Salt Road/{name}", 10**9, None) for at, name in enumerate(names, 1)]


def episode(number: int) -> str:
    return f"Salt.Road.S03E{number:02}.mkv"


def pack(*lacks: int) -> list[str]:
    return [episode(number) for number in range(1, 11) if number not in lacks]


@pytest.mark.parametrize(
    ("names", "facts", "wanted", "says"),
    [
        (pack(5), {}, (), "E05 is not in it: 9 of 10"),
        (pack(5, 6, 9), {}, (), "E05-E06E09 are not in it: 7 of 10"),
        (pack(), {}, (), ""),
        (pack(5), {"here": (5,)}, (), ""),
        (pack(5, 10), {"aired": 9}, (), "E05 is not in it: 8 of 9"),
        ([episode(4)], {}, (5,), ""),
        ([episode(4)], {}, (4, 5), "E05 is not in it: 1 of 2"),
        ([*pack(5), "Extra.Words.mkv"], {}, (), ""),
        (["Salt.Road.S03E01-E05.mkv", *pack(1, 2, 3, 4, 5)], {}, (), ""),
        (["Salt.Road.S02E01.mkv", "Salt.Road.S02E02.mkv"], {}, (), ""),
        (["cover.jpg"], {}, (), ""),
        (pack(5), {"known": 0}, (), ""),
    ],
)
def test_what_is_wanted_and_neither_here_nor_in_it_is_lacking(
    connection: sqlite3.Connection, names: list[str], facts: dict[str, int], wanted: tuple[int, ...], says: str
) -> None:
    hold(connection, **facts)  # type: ignore[arg-type]
    target = MappedTarget(Target("series", "Salt Road", 2019, tvdb_id=7003, season=3, episodes=wanted))
    found = lacking(connection, files(*names), [target], NOW)
    assert "; ".join(one.text for one in found) == says


def plan_for(world: AccountWorld, source: TorrentSource, how: GrabOptions = GrabOptions()) -> Plan:  # noqa: B008
    """The plan to send this for Salt Road S03."""
    target = MappedTarget(Target("series", "Salt Road", 2019, tvdb_id=7003, season=3), 90)
    offered = Offered(source.hash, source.what, (source.hash,), columns_of(source.name), Aim((target,)))
    return world.plan(plan_grab, [source], how, (), {source.hash: offered})


async def lacking_one(account_of: MakeWorld, *, converts_for: int = 0) -> tuple[AccountWorld, TorrentSource]:
    world = await synced(account_of)
    await world.db.write(hold)
    held = dataclasses.replace(season(hash=hash_of(1)), names=tuple(pack(5)), file_count=9)
    world.account.offered = lambda info_hash: held
    world.behave(hash_of(1), converts_for=converts_for)
    return world, TorrentSource(hash_of(1), "Salt.Road.S03.1080p.BluRay")


async def test_the_plan_says_it_where_the_files_are_known(account_of: MakeWorld) -> None:
    world, source = await lacking_one(account_of)
    facts = TorrentFileFacts(hash_of(1), "Salt Road", 9, tuple((f"/{name}", 10**9) for name in pack(5)))
    (step,) = plan_for(world, dataclasses.replace(source, content=b"d", facts=facts)).steps
    assert "E05 is not in it: 9 of 10" in getattr(step, "risk", "")


@pytest.mark.parametrize("converts_for", [0, 99])
async def test_a_magnet_asks_before_its_files_are_selected_and_takes_what_is_there_when_that_is_wanted(
    account_of: MakeWorld, converts_for: int
) -> None:
    world, source = await lacking_one(account_of, converts_for=converts_for)
    run = await world.apply(plan_for(world, source))
    if converts_for:
        assert run.finished.exit_code == 0
        (entry,) = world.account.torrents()
        world.account.change(dataclasses.replace(entry, status="waiting_files_selection", polls=0))
        await run_pass(world)
    else:
        assert run.steps[-1] == ("failed", "S03E05 is not in it: 9 of 10")
    assert states(world) == [("downloading", "choice", "partial")]
    assert list(world.on_account().values()) == [(hash_of(1), ())]
    await run_pass(world, later=600)
    assert list(world.on_account().values()) == [(hash_of(1), ())]
    await world.db.write(act_on, "retry", "1", time.time())
    await run_pass(world)
    await run_pass(world)
    assert list(world.on_account().values()) == [(hash_of(1), tuple(range(1, 10)))]
    assert transfers(world)[0].state == "ready"


async def test_what_was_added_goes_again_when_that_is_not_wanted(account_of: MakeWorld) -> None:
    world, source = await lacking_one(account_of)
    await world.apply(plan_for(world, source))
    await world.db.write(act_on, "forget", "1", time.time())
    run = await run_pass(world)
    assert [outcome for outcome, _ in run.steps] == ["done"]
    assert world.on_account() == {}
    assert (await run_pass(world)).steps == []


@pytest.mark.parametrize(
    ("names", "wanted", "how", "chosen"),
    [
        (pack(), (), "video", range(1, 11)),
        (pack(), (3,), "video", range(1, 11)),
        (pack(), (3,), "wanted", [3]),
        (pack(), (), "wanted", [2, *range(4, 11)]),
        (pack(), (99,), "wanted", range(1, 11)),
        ([episode(1), "Salt.Road.S03E01.fr.srt", "cover.jpg"], (), "video", [1]),
        ([episode(2), "Salt.Road.S03E02.fr.srt", episode(1)], (), "wanted+subtitles", [1, 2]),
        (["disc.iso", "readme.txt"], (), "wanted", [1, 2]),
    ],
)
def test_the_files_that_are_selected(
    connection: sqlite3.Connection, names: list[str], wanted: tuple[int, ...], how: str, chosen: Sequence[int]
) -> None:
    """Two episodes, the first and the third, are here."""
    hold(connection, here=(1, 3))
    target = MappedTarget(Target("series", "Salt Road", 2019, tvdb_id=7003, season=3, episodes=wanted))
    assert wanted_files(connection, files(*names), [target], how) == tuple(chosen)


@pytest.mark.parametrize("converts_for", [0, 99])
async def test_of_a_pack_only_what_is_wanted_is_selected_where_that_is_said(
    account_of: MakeWorld, converts_for: int
) -> None:
    world, source = await lacking_one(account_of, converts_for=converts_for)
    await world.db.write(hold, here=(2, 5, 6))
    await world.apply(plan_for(world, source, GrabOptions(only_wanted=True)))
    for entry in world.account.torrents() if converts_for else ():
        world.account.change(dataclasses.replace(entry, status="waiting_files_selection", polls=0))
    await run_pass(world)
    assert list(world.on_account().values()) == [(hash_of(1), (1, 3, 4, 6, 7, 8, 9))]


@pytest.mark.parametrize(("wanted", "taken"), [((1,), True), ((), False), ((2,), False)])
async def test_what_the_account_has_is_taken_over_when_it_has_the_episodes_that_are_named(
    account_of: MakeWorld, wanted: tuple[int, ...], *, taken: bool
) -> None:
    """The account has ten episodes, of which the first alone was selected."""
    there = dataclasses.replace(season(hash=hash_of(1), selection=(1,)), names=tuple(pack()))
    world = await synced(account_of, [there])
    await world.sync(mode="details")
    target = MappedTarget(Target("series", "Salt Road", 2019, tvdb_id=7003, season=3, episodes=wanted), 90)
    source = TorrentSource(hash_of(1), "Salt.Road.S03")
    offered = Offered(source.hash, source.what, (source.hash,), columns_of(source.name), Aim((target,)))
    plan = world.plan(plan_grab, [source], GrabOptions(), (), {source.hash: offered})
    says = "taken over, by its files" if taken else "there, with 1 of 10 files"
    assert says in getattr(plan.steps[0], "risk", "")
    world.service.log.clear()
    await world.apply(plan)
    assert adds(world) == (0 if taken else 1)
    assert ({there.id} == set(world.on_account())) == taken
