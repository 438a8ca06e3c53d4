"""The archive remembers whose account it is of: another one's token changes nothing."""

from __future__ import annotations

import pytest

from mediatui.archive.add import plan_add
from mediatui.archive.delete import plan_delete
from mediatui.archive.targets import targets_by_id
from mediatui.changes.owner import AccountOwner
from mediatui.changes.undo import plan_undo
from mediatui.commands.job_kinds import ADOPT
from mediatui.demo.faults import Reply
from mediatui.demo.seed import SimTorrent
from tests.worlds.account import AccountWorld, MakeWorld, torrents

STANDING = "SELECT count(*) FROM torrents WHERE gone_at IS NULL"


async def change_token(world: AccountWorld, torrents_there: list[SimTorrent], user_id: int = 2) -> None:
    """From now on the token is of another account, in a session of its own."""
    await world.close()
    for one in world.account.torrents():
        world.account.remove(one.id)
    for one in torrents_there:
        world.account.add(one)
    world.account.user_id, world.account.username = user_id, "other"
    world.service.log.clear()
    await world.open()
    world.events.clear()


async def test_a_sync_with_another_token_marks_nothing_gone_and_names_the_ways_out(account_of: MakeWorld) -> None:
    world = await account_of(torrents(6))
    await world.sync(mode="fast")
    await change_token(world, torrents(3))
    run = await world.sync(mode="full")

    assert (run.finished.exit_code, run.finished.error_kind) == (4, "other-account")
    assert "of the account other (2), this archive of demo (1); nothing was changed" in (run.finished.error or "")
    assert all(way in run.finished.hint for way in ("--data-dir", "clear", "account adopt"))
    assert (world.value(STANDING), world.value("SELECT count(*) FROM torrents")) == (6, 6)
    assert [path for _, _, path, _ in world.service.log] == ["/user"]


async def test_neither_a_change_nor_its_undo_is_made_on_the_other_account(account_of: MakeWorld) -> None:
    rows = torrents(6)
    world = await account_of(rows)
    await world.sync(mode="fast")
    await world.apply(world.plan(lambda c: plan_delete(c, targets_by_id(c, [rows[0].id]))))
    await change_token(world, rows[1:])
    for plan in (
        world.plan(plan_undo),
        world.plan(lambda c: plan_delete(c, targets_by_id(c, [rows[1].id]))),
        world.plan(plan_add, ["c0ffee" + "0" * 34], "video"),
    ):
        run = await world.apply(plan)
        assert run.finished.exit_code == 4
        assert run.steps == []
    assert (await world.check()).finished.exit_code == 4
    assert world.service.written() == []


async def test_it_costs_one_request_a_session_and_none_where_the_list_begins_with_a_known_entry(
    account_of: MakeWorld,
) -> None:
    rows = torrents(6)
    world = await account_of(rows)
    for _ in range(2):
        await world.sync(mode="fast")
    await world.apply(world.plan(lambda c: plan_delete(c, targets_by_id(c, [rows[0].id]))))
    await world.close()
    await world.open()
    await world.sync()
    assert world.requests("/user") == 0
    await world.sync(mode="full")
    assert world.requests("/user") == 1
    await world.sync(mode="full")
    assert world.requests("/user") == 0


async def test_once_adopted_the_archive_follows_the_token(account_of: MakeWorld) -> None:
    world = await account_of(torrents(6))
    await world.sync(mode="fast")
    await change_token(world, torrents(3))
    await world.runner.start(ADOPT, AccountOwner(2, "other")).wait()
    run = await world.sync()
    assert (run.counts["gone"], run.counts["new"], run.finished.exit_code) == (6, 3, 0)


async def test_a_dry_run_remembers_nothing(account_of: MakeWorld) -> None:
    world = await account_of(torrents(2))
    await world.sync(dry_run=True)
    assert world.rows("SELECT name FROM facts") == []


@pytest.mark.parametrize("body", [b"{}", b'{"id": null}', b'{"id": -1}'])
async def test_a_service_that_does_not_say_whose_token_it_is_changes_nothing(
    account_of: MakeWorld, body: bytes
) -> None:
    world = await account_of(torrents(2))
    await world.sync(mode="fast")
    await world.close()
    await world.open()
    world.fault("/user", lambda reply: Reply(200, body, dict(reply.headers)), times=9)
    assert "did not say whose account" in ((await world.sync(mode="full")).finished.error or "")
