"""What the account has already becomes transfers: nothing is sent, and each hash is taken on once."""

from __future__ import annotations

from pathlib import Path

import pytest

from mediatui.acquire.grab import GrabOptions
from mediatui.acquire.mapping.aim import Aim
from mediatui.acquire.take_on import named_or_clear, plan_take_on, sort_torrents, telling_name
from mediatui.acquire.target_guard import Offered
from mediatui.archive.targets import read_targets
from mediatui.changes.steps.adopt_entry import AdoptEntry
from mediatui.changes.undo import plan_undo
from mediatui.model.plan import Plan
from mediatui.model.target import MappedTarget, Target
from mediatui.names.release_columns import columns_of
from mediatui.store.changes.journal import store_plan, unfinished_batches
from mediatui.store.transfers.targets import targets_of
from tests.worlds.account import AccountWorld, MakeWorld, torrent
from tests.worlds.cut_off import cut_off
from tests.worlds.staging import Staging, film, pack
from tests.worlds.transfers import hash_of, run_pass, states, synced, transfers

FERN, SALT = film(hash_of(1)), pack(hash_of(2))


def plan(world: AccountWorld, *words: str, **options: object) -> Plan:
    """The plan to take on what the words name, for nothing in particular."""
    how = GrabOptions(without_target=True, **options)  # type: ignore[arg-type]  # fields of the record

    def make(connection):  # type: ignore[no-untyped-def]  # a connection
        found = sort_torrents(connection, read_targets(connection, words).torrents, how)
        return plan_take_on(found.wanted, how, found.left, {}, found.resting)

    return world.plan(make)


async def known(account_of: MakeWorld, *account: object) -> AccountWorld:
    """A world whose archive knows the account whole, details too."""
    world = await account_of(account)
    await world.sync(mode="smart")
    world.service.log.clear()
    return world


async def test_what_is_whole_becomes_a_transfer_without_a_request(account_of: MakeWorld) -> None:
    world = await known(account_of, FERN, SALT)
    run = await world.apply(plan(world, FERN.id, SALT.id, auto="fetch"))
    assert run.steps == [("done", "transfer 1"), ("done", "transfer 2")]
    assert states(world) == [("ready", "none", "")] * 2
    assert [one.auto for one in transfers(world)] == ["fetch", "fetch"]
    assert world.requests("/torrents") == 0
    assert world.value("SELECT count(*) FROM transfer_files WHERE transfer_id = 2 AND wanted") == 3


async def test_what_is_not_whole_or_under_way_is_left_with_the_reason(account_of: MakeWorld) -> None:
    loading, twin = torrent("downloading"), film(FERN.hash, id="TWIN00000001")
    world = await known(account_of, FERN, loading, twin)
    found = plan(world, FERN.id, loading.id, twin.id)
    assert [step.what for step in found.steps] == [FERN.filename]
    assert [why for _, why in found.notes] == ["it is downloading", f"its hash was named already ({FERN.id})"]
    await world.apply(found)
    assert "under way" in plan(world, FERN.id, auto="none").notes[0][1]
    goes_on = plan(world, FERN.id, auto="fetch")
    assert [step.risk for step in goes_on.steps] == ["transfer 1 rests there"]
    await world.apply(goes_on)
    assert [one.auto for one in transfers(world)] == ["fetch"]
    assert "under way" in plan(world, FERN.id).notes[0][1]


@pytest.mark.parametrize(
    ("name", "paths", "told"),
    [
        ("Fern.Valley.2019.WEB", ["/x.mkv"], "Fern.Valley.2019.WEB"),
        ("stuff", ["/Fern.Valley.2019.WEB.mkv", "/cover.jpg"], "Fern.Valley.2019.WEB.mkv"),
        ("stuff", ["/Salt Road - 3x01.mkv", "/Salt Road - 3x02.mkv"], "Salt Road S03"),
        ("stuff", ["/Salt.Road.S03E01.mkv", "/Salt.Road.S04E01.mkv"], "stuff"),
        ("stuff", ["/Salt.Road.S03E01.mkv", "/Other.S03E02.mkv"], "stuff"),
        ("Season 3", ["/Salt.Road.S03E01.mkv", "/Salt.Road.S03E02.mkv"], "Salt Road S03"),
        ("stuff", [], "stuff"),
    ],
)
async def test_a_torrent_whose_name_says_nothing_is_mapped_by_its_files(
    account_of: MakeWorld, name: str, paths: list[str], told: str
) -> None:
    world = await known(account_of, film(hash_of(1), name))
    torrent_id = world.value("SELECT id FROM torrents")
    rows = [(torrent_id, number, path, 9, 1, number) for number, path in enumerate(paths, 1)]

    def store(connection):  # type: ignore[no-untyped-def]  # a connection
        connection.execute("DELETE FROM torrent_files")
        connection.executemany(
            "INSERT INTO torrent_files (torrent_id, file_id, path, bytes, selected, position) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            rows,
        )

    await world.db.write(store)

    def tell(connection):  # type: ignore[no-untyped-def]  # a connection
        return telling_name(connection, read_targets(connection, [torrent_id]).torrents[0])

    assert world.plan(tell) == told  # type: ignore[comparison-overlap]  # it reads as a plan does


async def test_one_whose_files_are_not_known_is_looked_at_by_the_next_run(account_of: MakeWorld) -> None:
    world = await synced(account_of, [FERN])
    world.forget(details=[FERN.id])
    await world.db.write(lambda connection: connection.execute("DELETE FROM torrent_files"))
    await world.apply(plan(world, FERN.id))
    assert states(world) == [("downloading", "none", "")]
    await run_pass(world)
    assert states(world) == [("ready", "none", "")]


async def test_undo_forgets_what_was_taken_on_but_not_what_is_staged(account_of: MakeWorld, tmp_path: Path) -> None:
    world = await known(account_of, FERN, SALT)
    at = Staging(world, tmp_path)
    at.show(FERN)
    await world.apply(plan(world, FERN.id, SALT.id, auto="fetch"))
    batch = world.value("SELECT max(batch) FROM batches")
    await at.fetch()
    assert [state for state, _, _ in states(world)] == ["staged", "ready"]
    await world.apply(world.plan(plan_undo, batch))
    assert [state for state, _, _ in states(world)] == ["staged", "forgotten"]


async def test_what_it_is_for_is_noted_and_what_is_unclear_asks(account_of: MakeWorld) -> None:
    world = await known(account_of, FERN, SALT)
    target = MappedTarget(Target("film", "Fern Valley", 2019, tmdb_id=7), 90)
    how = GrabOptions(auto="fetch")
    offered = [
        Offered(FERN.hash, "Fern", (FERN.hash,), columns_of(FERN.filename), Aim((target,))),
        Offered(SALT.hash, "Salt", (SALT.hash,), columns_of(SALT.filename), Aim()),
    ]
    found, others = named_or_clear(offered, is_named=False)
    assert [*found] == [FERN.hash]
    assert others[0][0] == "Salt"
    kept, _ = named_or_clear(offered, is_named=True)

    def make(connection):  # type: ignore[no-untyped-def]  # a connection
        return plan_take_on(read_targets(connection, [FERN.id, SALT.id]).torrents, how, (), kept)

    made = world.plan(make)
    assert [isinstance(step, AdoptEntry) and step.is_sent for step in made.steps] == [True, False]
    await world.apply(made)
    assert states(world) == [("ready", "none", ""), ("ready", "choice", "target")]
    assert [one.target.title for one in world.plan(targets_of, 1)] == ["Fern Valley"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("after", [1, 2, 3, 4, 5, 6])
async def test_taking_on_that_is_cut_off_and_carried_on_makes_each_transfer_once(
    account_of: MakeWorld, after: int
) -> None:
    world = await known(account_of, FERN, SALT)
    made = plan(world, FERN.id, SALT.id, auto="fetch")
    async with world.db.transaction() as connection:
        batch = await store_plan(connection, made, 1.0)
    with cut_off(after):
        await world.carry_on(batch)
    await world.carry_on(batch)
    assert states(world) == [("ready", "none", "")] * 2
    assert {one.hash for one in transfers(world)} == {FERN.hash, SALT.hash}
    assert world.plan(unfinished_batches) == []  # type: ignore[comparison-overlap]  # it reads as a plan does
