"""The list in two parts: every column seldom, what moves often, and nothing stale in between."""

from __future__ import annotations

import pytest

from mediatui.model.seedbox import SeedboxTorrent
from mediatui.services.rtorrent import listing
from mediatui.services.rtorrent.listing import FULL_S
from tests.fakes.rtorrent import FakeRTorrent


class Clock:
    """Seconds that pass when they are told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def lists(box: FakeRTorrent) -> list[tuple[str, int]]:
    """The view and the number of columns of each list that was asked for."""
    return [(params[1], len(params) - 2) for method, params in box.asked if method == "d.multicall2"]


async def test_the_first_poll_reads_all_the_next_ones_only_what_moves_in_less_than_half_the_bytes() -> None:
    box = FakeRTorrent()
    one = box.hold(1, done=10, rate=5)
    for number in range(2, 40):
        box.hold(number, complete=True)
    client = box.client()
    await client.poll()
    box.torrents[one.upper()].update({"d.bytes_done": 500, "d.down.rate": 7})
    found = (await client.poll()).rows[one]
    assert (found.done, found.down_rate) == (500, 7)
    assert lists(box) == [("main", 23), ("main", 7)]
    full, poll = box.sizes[-2:]
    assert poll <= 0.4 * full


async def test_one_that_comes_or_goes_has_all_read_again() -> None:
    box = FakeRTorrent()
    one = box.hold(1)
    client = box.client()
    await client.poll()
    two = box.hold(2)
    assert set((await client.poll()).rows) == {one, two}
    del box.torrents[one.upper()]
    assert set((await client.poll()).rows) == {two}


async def test_one_whose_state_changes_is_read_whole_by_itself() -> None:
    box = FakeRTorrent()
    one = box.hold(1, done=900)
    box.hold(2)
    client = box.client()
    await client.poll()
    box.torrents[one.upper()].update({"d.complete": 1, "d.timestamp.finished": 77, "d.message": "<b>&"})
    found = (await client.poll()).rows[one]
    assert (found.complete, found.finished_at, found.message) == (True, 77, "<b>&")
    assert found.tracker == "tracker.example"
    assert lists(box) == [("main", 23), ("main", 7)]


async def test_of_many_only_those_that_are_not_whole_are_polled_and_one_that_becomes_whole_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listing, "MANY", 20)
    box = FakeRTorrent()
    one = box.hold(1)
    for number in range(2, 22):
        box.hold(number, complete=True)
    client = box.client()
    await client.poll()
    box.torrents[one.upper()].update({"d.complete": 1})
    assert (await client.poll()).rows[one].complete
    assert lists(box) == [("main", 23), ("incomplete", 7)]
    box.hold(22, complete=True)
    assert len((await client.poll()).rows) == 22


async def test_where_nobody_may_count_them_all_are_polled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MANY", 2)
    box = FakeRTorrent(passes_all=False)
    for number in range(1, 6):
        box.hold(number, complete=True)
    client = box.client()
    for _ in range(3):
        assert len((await client.poll()).rows) == 5
    assert lists(box) == [("main", 23), ("main", 7), ("main", 7)]
    assert box.methods().count("view.size") == 1


async def test_every_five_minutes_all_is_read_and_a_download_without_bytes_has_a_time() -> None:
    box, clock = FakeRTorrent(), Clock()
    one = box.hold(1, done=10)
    client = box.client(clock=clock)
    await client.poll()
    clock.now += 100
    await client.poll()
    assert (client.idle_s(one), client.idle_s("ab" * 20)) == (100, 0)
    box.torrents[one.upper()]["d.bytes_done"] = 20
    await client.poll()
    assert client.idle_s(one) == 0
    clock.now += FULL_S
    await client.poll()
    assert lists(box)[-1] == ("main", 23)
    assert client.idle_s(one) == FULL_S


async def test_a_row_that_cannot_be_read_leaves_the_others_and_the_list_is_not_whole() -> None:
    box = FakeRTorrent()
    one, bad = box.hold(1), box.hold(2)
    box.torrents[bad.upper()]["d.size_bytes"] = "many"
    found = await box.client().torrents()
    assert (set(found.rows), found.unread, found.whole) == ({one}, 1, False)


async def test_a_row_that_is_read_alone_is_the_row_of_the_list() -> None:
    box = FakeRTorrent()
    one = box.hold(1, name="Some &amp; <Name>", done=3)
    listed: SeedboxTorrent = (await box.client().torrents()).rows[one]
    assert await box.client().torrent(one) == listed
