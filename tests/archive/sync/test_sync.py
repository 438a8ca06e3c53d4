"""What each mode of sync fetches, in which order, at which cost, and what it makes of changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mediatui.archive.sync.job import read_options
from mediatui.demo.faults import error
from mediatui.demo.seed import make_torrents
from mediatui.model.choices import SYNC_MODES
from mediatui.model.errors import UsageError
from mediatui.settings.model import SyncSettings
from tests.worlds.account import DAY, INFO, MakeWorld, torrent, torrents

STANDING = "SELECT id FROM torrents WHERE gone_at IS NULL ORDER BY id"
WITHOUT_DETAILS = "SELECT count(*) FROM torrents WHERE details_at IS NULL"


@pytest.mark.slow
async def test_a_first_sync_of_any_fetching_mode_brings_the_whole_account(account_of: MakeWorld) -> None:
    account = make_torrents(40, now=1_790_000_000)
    world = await account_of(account)

    run = await world.sync(mode="smart")

    assert run.finished.outcome == "done"
    assert run.finished.exit_code == 0
    assert [row[0] for row in world.rows(STANDING)] == sorted(one.id for one in account)
    assert world.value(WITHOUT_DETAILS) == 0
    assert world.pending() == 0
    assert run.counts["new"] == run.counts["details"] == 40
    assert run.counts["requests"] == world.requests()
    for one in account:
        kept = world.rows(
            "SELECT path, bytes, selected FROM torrent_files WHERE torrent_id = ? ORDER BY file_id", one.id
        )
        assert kept == [(file.path, file.bytes, int(bool(file.selected))) for file in one.files()]
        links = world.rows("SELECT link FROM torrent_links WHERE torrent_id = ? ORDER BY position", one.id)
        assert [link for (link,) in links] == one.links()


@pytest.mark.slow
async def test_a_sync_that_finds_nothing_new_takes_two_requests_and_no_list(account_of: MakeWorld) -> None:
    world = await account_of(torrents(60))
    await world.sync(mode="fast")

    run = await world.sync()

    assert world.requests() == 2
    assert "Nothing new" in run.said()
    assert run.counts["list_whole"] is None


async def test_with_a_running_download_nothing_new_takes_three_requests(account_of: MakeWorld) -> None:
    world = await account_of([*torrents(50), torrent("downloading")])
    await world.sync(mode="fast")

    await world.sync()

    assert world.requests() == 3


@pytest.mark.slow
async def test_new_torrents_cost_their_details_and_at_most_five_requests_more(account_of: MakeWorld) -> None:
    world = await account_of(torrents(60))
    await world.sync(mode="fast")
    for one in torrents(42):
        world.account.add(one)

    run = await world.sync()

    assert run.counts["new"] == 42
    assert world.requests() <= 47
    assert world.value(WITHOUT_DETAILS) == 0


@pytest.mark.slow
async def test_a_first_fast_sync_costs_a_request_for_each_torrent_and_few_for_the_list(account_of: MakeWorld) -> None:
    world = await account_of(torrents(120))

    await world.sync(mode="fast")

    assert 120 < world.requests() <= 130
    assert max(world.account.details_served.values()) == 1


@pytest.mark.slow
async def test_the_service_never_has_to_refuse_a_sync_at_full_speed(account_of: MakeWorld) -> None:
    world = await account_of(torrents(130), window_s=0.6, requests_per_minute=50)
    world.service.cap, world.service.window_s = 50, 0.5  # a little room for the clock, none for the budget

    await world.sync(mode="fast")

    assert world.service.refused == 0
    assert world.service.peak <= 50


async def test_a_list_that_was_whole_hours_ago_is_read_again(account_of: MakeWorld) -> None:
    world = await account_of(torrents(20))
    await world.sync(mode="fast")
    world.later += 7 * 3600

    run = await world.sync()

    assert run.counts["list_whole"] is True


async def test_details_come_in_the_order_of_their_reasons(account_of: MakeWorld) -> None:
    known = {
        name: torrent(status)
        for name, status in {
            "old": "waiting_files_selection",
            "missing": "downloaded",
            "error retry": "downloaded",
            "active": "downloading",
            "status changed": "downloading",
        }.items()
    }
    world = await account_of(known.values(), max_concurrent=1)
    await world.sync(mode="torrents")
    failing = world.fault(INFO + known["error retry"].id, error(404, 7, "unknown_ressource"))
    await world.sync(mode="fast")
    assert failing.met == 1
    world.later += 8 * DAY
    world.forget(details=[known["missing"].id])
    world.account.change(replace(known["status changed"], status="downloaded", ended_at=1_780_000_200.0))
    fresh = torrent()
    world.account.add(fresh)

    run = await world.sync(include_active=True)

    order = ["status changed", "active", "error retry", "missing", "old"]
    assert world.fetched() == [fresh.id, *(known[reason].id for reason in order)]
    assert run.counts["pending"] == {"new": 1} | dict.fromkeys(order, 1)


async def test_status_changes_only_fetches_what_is_new_or_changed(account_of: MakeWorld) -> None:
    missing, changing = torrent(), torrent("queued")
    world = await account_of([missing, changing, torrent("downloading")])
    await world.sync(mode="fast")
    world.forget(details=[missing.id])
    world.account.change(replace(changing, status="downloading"))
    fresh = torrent()
    world.account.add(fresh)
    world.later += 8 * DAY

    await world.sync(status_changes_only=True, include_active=True)

    assert world.fetched() == [fresh.id, changing.id]


async def test_running_downloads_are_asked_for_details_only_when_wanted(account_of: MakeWorld) -> None:
    running = torrent("downloading", progress=10.0)
    world = await account_of([torrent(), running])
    await world.sync(mode="fast")
    world.account.change(replace(running, progress=55.5))

    await world.sync()
    assert world.fetched() == []
    assert world.value("SELECT progress FROM torrents WHERE id = ?", running.id) == 55.5

    await world.sync(include_active=True)
    assert world.fetched() == [running.id]


async def test_what_failed_before_is_tried_again_unless_it_is_to_be_left_alone(account_of: MakeWorld) -> None:
    failing = torrent()
    world = await account_of([failing, *torrents(3)])
    world.fault(INFO + failing.id, error(404, 7, "unknown_ressource"))
    await world.sync(mode="fast")

    await world.sync(skip_error_retry=True)
    assert world.fetched() == []

    await world.sync()
    assert world.fetched() == [failing.id]
    assert world.value("SELECT error FROM torrents WHERE id = ?", failing.id) is None


async def test_a_row_in_error_on_the_service_still_gets_the_details_that_failed(account_of: MakeWorld) -> None:
    dead = torrent("dead")
    world = await account_of([dead])
    world.fault(INFO + dead.id, error(404, 7, "unknown_ressource"))
    await world.sync()

    await world.sync()
    assert world.fetched() == [dead.id]

    await world.sync()
    assert world.fetched() == []


async def test_a_changed_status_leads_to_details_even_when_a_list_told_it_before(account_of: MakeWorld) -> None:
    one = torrent("downloading")
    world = await account_of([one, *torrents(3)])
    await world.sync(mode="fast")
    world.account.change(replace(one, status="downloaded", progress=100.0, ended_at=1_780_000_200.0))
    await world.sync(mode="torrents")
    assert world.value("SELECT status FROM torrents WHERE id = ?", one.id) == "downloaded"

    await world.sync(status_changes_only=True)
    assert world.fetched() == [one.id]

    await world.sync()
    assert world.fetched() == []


async def test_details_of_unfinished_torrents_are_fetched_again_after_seven_days(account_of: MakeWorld) -> None:
    unfinished = [torrent("waiting_files_selection"), torrent("magnet_error")]
    world = await account_of([*torrents(3), *unfinished])
    await world.sync(mode="fast")

    world.later += 7 * DAY - 3600
    await world.sync()
    assert world.fetched() == []

    world.later += 2 * 3600
    await world.sync()
    assert sorted(world.fetched()) == sorted(one.id for one in unfinished)


async def test_full_fetches_every_detail_again_and_fast_only_missing_ones(account_of: MakeWorld) -> None:
    account = torrents(12)
    world = await account_of(account)
    await world.sync(mode="fast")
    world.forget(details=[account[4].id])

    await world.sync(mode="fast")
    assert world.fetched() == [account[4].id]

    await world.sync(mode="full")
    assert sorted(world.fetched()) == sorted(one.id for one in account)


async def test_torrents_reads_the_list_and_no_details(account_of: MakeWorld) -> None:
    world = await account_of([*torrents(4), torrent("dead")])

    run = await world.sync(mode="torrents")

    assert world.fetched() == []
    assert run.counts["new"] == 5
    assert world.value("SELECT count(*) FROM torrents WHERE status = 'dead'") == 1


async def test_details_fetches_what_is_in_the_archive_without_a_list(account_of: MakeWorld) -> None:
    dead = torrents(2, "dead")
    world = await account_of([*torrents(4), *dead])
    await world.sync(mode="torrents")

    await world.sync(mode="details", statuses=("dead",))
    assert world.fetched() == [one.id for one in dead]
    assert world.lists() == 0

    await world.sync(mode="details")
    assert len(world.fetched()) == 6


@pytest.mark.parametrize(
    ("given", "named"), [({"mode": "quick"}, "quick"), ({"mode": "details", "statuses": ["done"]}, "done")]
)
def test_an_unknown_mode_or_status_is_named_with_what_there_is(given: dict[str, object], named: str) -> None:
    with pytest.raises(UsageError, match=named) as caught:
        read_options(given)
    assert "downloaded" in caught.value.hint or "smart" in caught.value.hint


async def test_a_dry_run_tells_everything_and_stores_nothing(account_of: MakeWorld) -> None:
    account = torrents(30)
    world = await account_of(account)
    await world.sync(mode="fast")
    before = world.rows("SELECT * FROM torrents")
    world.account.remove(account[0].id)
    for one in torrents(8):
        world.account.add(one)

    run = await world.sync(dry_run=True)

    assert world.fetched() == []
    assert world.requests() == world.lists() == 1
    assert world.rows("SELECT * FROM torrents") == before
    assert world.pending() == 0
    plan = run.plan()
    assert (plan["new"]["count"], len(plan["new"]["ids"])) == (8, 5)
    assert (plan["gone"]["count"], plan["gone"]["ids"]) == (1, [account[0].id])
    cost = run.counts["would_cost_requests"]
    await world.sync()
    assert world.requests() == cost


async def test_a_dry_run_prices_the_sweep_for_links(account_of: MakeWorld) -> None:
    world = await account_of(torrents(250))
    await world.sync(mode="torrents")
    world.later += 60
    world.account.add(torrent())

    run = await world.sync(status_changes_only=True, dry_run=True)
    await world.sync(status_changes_only=True)

    assert run.counts["would_cost_requests"] == world.requests() > 3


async def test_old_details_of_finished_torrents_are_fetched_again_oldest_first_a_few_a_run(
    account_of: MakeWorld,
) -> None:
    account = torrents(6)
    world = await account_of(account)
    world.settings = world.settings.model_copy(update={"sync": SyncSettings(old_per_run=2)})
    await world.sync(mode="fast")
    async with world.db.transaction() as connection:
        for age, one in enumerate(account):
            await connection.execute(
                "UPDATE torrents SET details_at = details_at - ? WHERE id = ?", ((2 + 2 * age) * DAY, one.id)
            )

    await world.sync()
    assert world.fetched() == []
    run = await world.sync(old="all", dry_run=True)
    assert (run.plan()["old finished"]["count"], world.fetched()) == (2, [])
    run = await world.sync(old="all")
    assert (world.fetched(), run.counts["pending"]) == ([account[5].id, account[4].id], {"old finished": 2})
    await world.sync(old="all")
    assert world.fetched() == [account[3].id]
    await world.sync(old="all")
    assert world.fetched() == []


async def test_a_verbose_dry_run_names_every_row(account_of: MakeWorld) -> None:
    account = torrents(9)
    world = await account_of(account)

    run = await world.sync(dry_run=True, all_examples=True)

    assert sorted(run.plan()["new"]["ids"]) == sorted(one.id for one in account)


@pytest.mark.parametrize("mode", SYNC_MODES)
async def test_a_dry_run_of_every_mode_fetches_no_detail(account_of: MakeWorld, mode: str) -> None:
    world = await account_of(torrents(5))
    await world.sync(mode="torrents")

    run = await world.sync(mode=mode, dry_run=True)

    assert run.finished.outcome == "done"
    assert world.fetched() == []
    assert world.value(WITHOUT_DETAILS) == 5


async def test_what_a_whole_list_no_longer_holds_becomes_a_tombstone_and_may_come_back(account_of: MakeWorld) -> None:
    account = torrents(6)
    world = await account_of(account)
    await world.sync(mode="fast")
    lost = account[2]
    world.account.remove(lost.id)

    run = await world.sync()
    assert run.counts["gone"] == 1
    assert world.value("SELECT gone_at FROM torrents WHERE id = ?", lost.id) is not None
    assert world.value("SELECT count(*) FROM torrent_files WHERE torrent_id = ?", lost.id) == 1

    world.account.add(lost)
    run = await world.sync()
    assert run.counts["revived"] == 1
    assert run.counts["new"] == 0
    assert world.value("SELECT gone_at FROM torrents WHERE id = ?", lost.id) is None
    assert world.fetched() == []


async def test_an_account_that_really_emptied_leaves_only_tombstones(account_of: MakeWorld) -> None:
    account = torrents(3)
    world = await account_of(account)
    await world.sync(mode="fast")
    for one in account:
        world.account.remove(one.id)

    run = await world.sync(accept_empty=True)

    assert run.counts["gone"] == 3
    assert world.rows(STANDING) == []


async def test_an_empty_account_is_synced_in_peace(account_of: MakeWorld) -> None:
    world = await account_of([])
    run = await world.sync()
    assert run.finished.outcome == "done"
    assert run.counts["new"] == 0


async def test_twins_share_the_file_list_and_keep_their_own_selection(account_of: MakeWorld) -> None:
    first = torrent(shape="season", file_count=4, original_filename="Show.S01")
    twin = replace(first, id="TWIN", skipped=2, added_at=first.added_at - 10)
    world = await account_of([first, twin])
    await world.sync(mode="torrents")
    world.fault(INFO + twin.id, error(404, 7, "unknown_ressource"))

    await world.sync(mode="fast")

    paths = "SELECT path FROM torrent_files WHERE torrent_id = ? ORDER BY file_id"
    assert world.rows(paths, twin.id) == world.rows(paths, first.id)
    assert world.rows("SELECT DISTINCT selected FROM torrent_files WHERE torrent_id = ?", twin.id) == [(None,)]
    facts = "SELECT selected_count, files_count FROM torrents WHERE id = ?"
    assert world.rows(facts, twin.id) == [(None, 4)]
    assert world.rows(facts, first.id) == [(4, 4)]

    await world.sync(mode="fast")
    assert world.rows(facts, twin.id) == [(2, 4)]
    assert world.rows(facts, first.id) == [(4, 4)]


@pytest.mark.parametrize("in_flight", [1, 2, 8])
async def test_many_torrents_of_one_hash_are_fetched_side_by_side(account_of: MakeWorld, in_flight: int) -> None:
    first = torrent(shape="season", file_count=3)
    account = [replace(first, id=f"TWIN{number:02d}") for number in range(12)]
    world = await account_of(account, max_concurrent=in_flight)

    run = await world.sync(mode="fast")

    assert run.finished.exit_code == 0
    assert world.rows("SELECT count(*), count(selected) FROM torrent_files") == [(36, 36)]


async def test_torrents_without_a_hash_are_no_twins(account_of: MakeWorld) -> None:
    known, other = torrent(hash=""), torrent(hash="")
    world = await account_of([known, other])
    world.fault(INFO + other.id, error(404, 7, "unknown_ressource"))

    await world.sync()

    assert world.value("SELECT files_count FROM torrents WHERE id = ?", other.id) is None


async def test_links_are_swept_from_small_pages_when_many_rows_lack_them(account_of: MakeWorld) -> None:
    account = torrents(250)
    world = await account_of(account)

    await world.sync(mode="torrents")
    assert world.requests() == 1 + 1 + 1  # whose it is, the list, the count of active ones
    world.later += 60
    world.account.add(torrent())

    await world.sync(status_changes_only=True)

    assert world.lists() == 2 + 3  # a row for the fingerprint, the list, three small pages
    assert world.value("SELECT count(*) FROM torrents WHERE links_count = 1") == 251
    assert world.value("SELECT link FROM torrent_links WHERE torrent_id = ?", account[7].id) == account[7].links()[0]

    await world.sync(mode="torrents")
    assert world.lists() == 1


async def test_few_rows_without_links_are_not_worth_a_sweep(account_of: MakeWorld) -> None:
    world = await account_of(torrents(100))
    await world.sync(mode="torrents")
    assert world.lists() == 1


async def test_an_unknown_status_and_a_broken_percentage_are_kept_as_they_came(account_of: MakeWorld) -> None:
    odd = torrent("transmuting", progress=12.34)
    world = await account_of([odd, *torrents(2)])

    run = await world.sync()

    assert run.finished.outcome == "done"
    assert world.rows("SELECT status, progress FROM torrents WHERE id = ?", odd.id) == [("transmuting", 12.34)]
