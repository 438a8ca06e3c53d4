"""A broken link brought back through its torrent: real links, a real folder for a mount, the simulated account."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from mediatui.archive.targets import targets_by_id
from mediatui.changes.undo import plan_undo
from mediatui.commands.job_kinds import SCAN
from mediatui.commands.repair import plan_mend
from mediatui.demo.seed import SimTorrent
from mediatui.library.scan.job import ScanOptions
from mediatui.runtime.events import Said
from mediatui.store.library.links import iterate_links, links_in_states
from tests.worlds.account import AccountWorld, MakeWorld, Run, torrent


class Shelf:
    """A library of links and the mount they point into."""

    def __init__(self, folder: Path, world: AccountWorld) -> None:
        self.root, self.mount = folder / "library", folder / "mount"
        self.world = world
        self.root.mkdir()
        (self.mount / "all" / "Neighbour").mkdir(parents=True)
        world.settings = world.settings.model_copy(
            update={
                "library": world.settings.library.model_validate(
                    {"roots": [str(self.root)], "mounts": [str(self.mount)], "small_file_bytes": 1}
                )
            }
        )

    def shelve(self, one: SimTorrent, *, there: bool = True) -> Path:
        """Links the first file of a torrent, whose folder is on the mount when it is ``there``."""
        name = one.files()[0].path.lstrip("/")
        target = self.mount / "all" / one.filename / name
        if there:
            self.show(one.filename, name)
        link = self.root / "Films" / name
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(target)
        return link

    def show(self, folder: str, name: str) -> None:
        """Puts a file on the mount."""
        (self.mount / "all" / folder).mkdir(exist_ok=True)
        (self.mount / "all" / folder / name).write_bytes(b"video")

    def show_new_entries(self, called: Callable[[SimTorrent], str]) -> None:
        """Lets the mount show what the account finishes from now on, in the folder ``called`` gives."""

        def follow() -> None:
            for one in self.world.account.changed.values():
                if one is not None and one.status == "downloaded":
                    self.show(called(one), one.files()[0].path.lstrip("/"))

        self.world.account.on_change = follow

    async def scan(self) -> dict[str, int]:
        finished = await self.world.runner.start(SCAN, ScanOptions()).wait()
        assert finished.outcome == "done", finished
        states = finished.counts["states"]
        assert isinstance(states, dict)
        return states


@pytest.fixture
async def shelf_of(account_of: MakeWorld, tmp_path: Path) -> Callable[..., object]:
    async def make(account: list[SimTorrent]) -> Shelf:
        world = await account_of(account)
        await world.sync(mode="fast")
        return Shelf(tmp_path, world)

    return make


def aged(world: AccountWorld, torrent_id: str) -> None:
    """Notes in the archive that the link of a torrent has died."""
    import sqlite3

    with closing(sqlite3.connect(world.path)) as connection, connection:
        connection.execute(
            "UPDATE torrents SET health = 'dead', health_code = 19, health_at = 1, class = 'aged out' WHERE id = ?",
            (torrent_id,),
        )
    connection.close()


async def test_a_broken_link_comes_back_with_its_torrent(shelf_of) -> None:  # type: ignore[no-untyped-def]
    account = [torrent(link_code=19), torrent()]
    shelf = await shelf_of(account)
    world = shelf.world
    link = shelf.shelve(account[0], there=False)
    shelf.shelve(account[1])
    aged(world, account[0].id)
    assert await shelf.scan() == {"ok": 1, "not on mount": 1}
    before = os.readlink(link)
    shelf.show_new_entries(lambda one: one.filename)

    plan = world.plan(lambda c: plan_mend(c, targets_by_id(c, [account[0].id])))
    assert plan.counts == {"reinsert_torrent": 1, "mend_link": 1}
    run = await world.apply(plan)

    assert [outcome for outcome, _ in run.steps] == ["done", "done"]
    assert link.read_bytes() == b"video"
    assert os.readlink(link) == before
    assert await shelf.scan() == {"ok": 2}
    new_id = next(iter(set(world.on_account()) - {account[1].id}))
    assert world.value("SELECT torrent_id FROM library_links WHERE path = ?", os.fsencode(link)) == new_id


async def test_dead_links_bring_back_a_torrent_that_is_gone(shelf_of) -> None:  # type: ignore[no-untyped-def]
    account = [torrent(), torrent()]
    shelf = await shelf_of(account)
    world = shelf.world
    link = shelf.shelve(account[0], there=False)
    shelf.shelve(account[1])
    assert await shelf.scan() == {"ok": 1, "not on mount": 1}
    world.account.remove(account[0].id)
    await world.sync(mode="fast")
    shelf.show_new_entries(lambda one: one.filename)

    dead = links_in_states(["not on mount"])
    plan = world.plan(lambda c: plan_mend(c, targets_by_id(c, [account[0].id]), list(iterate_links(c, dead))))
    assert plan.title == "Add 1 torrent again and repair 1 link"
    run = await world.apply(plan)

    assert [outcome for outcome, _ in run.steps] == ["done", "done"]
    assert link.read_bytes() == b"video"
    new_id = next(iter(set(world.on_account()) - {account[1].id}))
    assert world.value("SELECT torrent_id FROM library_links WHERE path = ?", os.fsencode(link)) == new_id
    assert await shelf.scan() == {"ok": 2}


async def test_a_link_follows_its_torrent_to_another_folder_and_back_by_undo(shelf_of) -> None:  # type: ignore[no-untyped-def]
    account = [replace(torrent(), original_filename="Film.Whole")]
    shelf = await shelf_of(account)
    world = shelf.world
    link = shelf.shelve(account[0], there=False)
    assert await shelf.scan() == {"not on mount": 1}
    before = os.readlink(link)
    shelf.show("Film.Whole", os.path.basename(before))

    run = await world.apply(
        world.plan(lambda c: plan_mend(c, targets_by_id(c, [account[0].id]), list(iterate_links(c))))
    )

    assert run.steps == [("done", "now under Film.Whole")]
    assert link.read_bytes() == b"video"
    assert os.readlink(link) == str(shelf.mount / "all" / "Film.Whole" / os.path.basename(before))
    assert world.service.written() == []

    assert (await world.apply(world.plan(plan_undo))).steps == [("done", "")]
    assert os.readlink(link) == before


async def test_a_link_into_a_folder_of_its_torrent_follows_it_too(shelf_of) -> None:  # type: ignore[no-untyped-def]
    account = [replace(torrent(), original_filename="Film.Whole")]
    shelf = await shelf_of(account)
    link = shelf.shelve(account[0], there=False)
    name = os.path.basename(os.readlink(link))
    link.unlink()
    link.symlink_to(shelf.mount / "all" / account[0].filename / "CD1" / name)
    await shelf.scan()
    (shelf.mount / "all" / "Film.Whole").mkdir()
    shelf.show("Film.Whole/CD1", name)

    plan = shelf.world.plan(lambda c: plan_mend(c, targets_by_id(c, [account[0].id]), list(iterate_links(c))))
    run = await shelf.world.apply(plan)

    assert run.steps == [("done", "now under Film.Whole")]
    assert os.readlink(link) == str(shelf.mount / "all" / "Film.Whole" / "CD1" / name)


async def test_a_target_that_does_not_come_back_leaves_the_link_alone(shelf_of) -> None:  # type: ignore[no-untyped-def]
    account = [torrent()]
    shelf = await shelf_of(account)
    link = shelf.shelve(account[0], there=False)
    await shelf.scan()

    run = await shelf.world.apply(
        shelf.world.plan(lambda c: plan_mend(c, targets_by_id(c, [account[0].id]), list(iterate_links(c))))
    )

    assert run.steps == [("failed", "its target did not come back (still broken)")]
    assert link.is_symlink()


def waits(run: Run) -> set[str]:
    """The links that were waited for."""
    said = [event.text for event in run.events if isinstance(event, Said)]
    return {text.rpartition(": waits for its target")[0] for text in said if "waits for its target" in text}


async def test_links_of_a_torrent_that_does_not_come_back_are_not_waited_for_one_after_the_other(shelf_of) -> None:  # type: ignore[no-untyped-def]
    account = [torrent(link_code=19)]
    shelf = await shelf_of(account)
    link = shelf.shelve(account[0], there=False)
    for number in range(1, 5):
        (link.parent / f"{number}.mkv").symlink_to(os.readlink(link))
    aged(shelf.world, account[0].id)
    await shelf.scan()
    plan = shelf.world.plan(lambda c: plan_mend(c, targets_by_id(c, [account[0].id])))
    assert plan.counts == {"reinsert_torrent": 1, "mend_link": 5}

    run = await shelf.world.apply(plan)

    assert run.steps[0][0] == "done"
    assert run.steps[1:] == [("failed", "its target did not come back (still broken)")] * 5
    assert len(waits(run)) == 1


async def test_links_of_a_torrent_that_was_well_all_the_time_are_not_waited_for(shelf_of) -> None:  # type: ignore[no-untyped-def]
    account = [torrent()]
    shelf = await shelf_of(account)
    shelf.shelve(account[0], there=False)
    await shelf.scan()
    plan = shelf.world.plan(lambda c: plan_mend(c, targets_by_id(c, [account[0].id]), list(iterate_links(c))))
    assert plan.title == "Repair 1 link"

    run = await shelf.world.apply(plan)

    assert run.steps == [("failed", "its target did not come back (still broken)")]
    assert waits(run) == set()


async def test_a_link_that_was_replaced_meanwhile_is_skipped(shelf_of) -> None:  # type: ignore[no-untyped-def]
    account = [torrent()]
    shelf = await shelf_of(account)
    link = shelf.shelve(account[0], there=False)
    await shelf.scan()
    plan = shelf.world.plan(lambda c: plan_mend(c, targets_by_id(c, [account[0].id]), list(iterate_links(c))))
    link.unlink()
    link.write_bytes(b"mine")

    run = await shelf.world.apply(plan)

    assert run.steps == [("skipped", "it is not a symlink any more")]
    assert link.read_bytes() == b"mine"
