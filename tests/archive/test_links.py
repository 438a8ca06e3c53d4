"""The link of a file: in the order in which the service lists files, and by what it says it opened."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from mediatui.archive.links import LinkOpener, MisplacedLink, choose_links, file_opened
from mediatui.demo.faults import Reply
from mediatui.model.account import DebridAccount, Unrestricted
from mediatui.model.errors import UsageError
from mediatui.model.torrent import TorrentFile
from mediatui.store.torrents.listing import files_of, find_torrent, links_of
from tests.worlds.account import MakeWorld, torrent

LINK = "https://real-debrid.com/d/ORDER000"
SHOW = (
    TorrentFile(3, "/Show/Season 10/Show.S10E01.mkv", 3000, True),
    TorrentFile(1, "/Show/Season 1/Show.S01E01.mkv", 1000, True),
    TorrentFile(4, "/Show/info.nfo", 5, False),
    TorrentFile(2, "/Show/Season 2/Show.S02E01.mkv", 2000, True),
)
LINKS = [f"{LINK}{number}" for number in range(3)]


class OneTorrent:
    """An account whose links open these files (or answer with this name and size), and the links that were asked."""

    def __init__(self, opens: dict[str, tuple[str, int]]) -> None:
        self.opens = opens
        self.asked: list[str] = []

    async def unrestrict(self, link: str) -> Unrestricted:
        self.asked.append(link)
        name, size = self.opens[link]
        return Unrestricted(f"D{link[-1]}", name, size, link, f"https://cdn.invalid/{link[-1]}", True)


def opens(files: Sequence[TorrentFile], links: Sequence[str] = LINKS) -> dict[str, tuple[str, int]]:
    return {link: (file.path.rpartition("/")[2], file.bytes) for link, file in zip(links, files, strict=True)}


def opener(account: OneTorrent, files: Sequence[TorrentFile] = SHOW) -> LinkOpener:
    return LinkOpener(cast(DebridAccount, account), files, LINKS)


async def ask(account: OneTorrent, *wanted: int, files: Sequence[TorrentFile] = SHOW) -> list[tuple[str, bool]]:
    """The name each asked file got, and whether something was said."""
    chosen = choose_links(cast(Any, torrent(filename="Show")), files, LINKS, wanted)
    opening = opener(account, files)
    opened = [await opening.open(link) for link in chosen]
    return [(one.made.filename, bool(one.note)) for one in opened]


async def test_links_follow_the_order_in_which_the_service_lists_the_files(account_of: MakeWorld) -> None:
    """Also for a twin of the hash, whose own links come by the list (F1)."""
    world = await account_of([torrent(filename="Show"), torrent(filename="Show too")])
    one, other = world.account.torrents()
    world.account.change(replace(other, hash=one.hash))
    listed = [
        {"id": file.file_id, "path": file.path, "bytes": file.bytes, "selected": int(bool(file.selected))}
        for file in SHOW
    ]

    def in_this_order(reply: Reply) -> Reply:
        return Reply(
            200, json.dumps(json.loads(reply.body) | {"files": listed, "links": LINKS}).encode(), reply.headers
        )

    world.fault(f"/torrents/info/{one.id}", in_this_order, times=9)
    world.fault(f"/torrents/info/{other.id}", lambda reply: Reply(500), times=99)
    await world.sync()

    for torrent_id in (one.id, other.id):
        assert [file.file_id for file in await world.db.read(files_of, torrent_id)] == [3, 1, 4, 2]
    row = await world.db.read(find_torrent, one.id)
    files, links = await world.db.read(files_of, one.id), await world.db.read(links_of, one.id)
    got = {file_id: choose_links(row, files, links, [file_id])[0].link for file_id in (3, 1, 2)}
    assert got == {3: LINKS[0], 1: LINKS[1], 2: LINKS[2]}
    with pytest.raises(UsageError, match="no selected file 4"):
        choose_links(row, files, links, [4])


async def test_what_opens_as_expected_is_opened_once_each_and_nothing_is_said() -> None:
    selected = [file for file in SHOW if file.selected]
    account = OneTorrent(opens(selected))
    assert await ask(account) == [("Show.S10E01.mkv", False), ("Show.S01E01.mkv", False), ("Show.S02E01.mkv", False)]
    assert account.asked == LINKS


@pytest.mark.parametrize("order", [(1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0), (0, 2, 1)])
async def test_links_in_another_order_are_found_by_what_they_open(order: tuple[int, int, int]) -> None:
    selected = [file for file in SHOW if file.selected]
    account = OneTorrent(opens([selected[at] for at in order]))
    for file in selected:
        account.asked.clear()
        ((name, says),) = await ask(account, file.file_id)
        assert name == file.path.rpartition("/")[2]
        assert says == (order[selected.index(file)] != selected.index(file))
        assert len(account.asked) == len(set(account.asked)) <= 3
    account.asked.clear()
    assert [name for name, _ in await ask(account)] == [file.path.rpartition("/")[2] for file in selected]
    assert sorted(account.asked) == LINKS


async def test_a_size_tells_the_file_when_the_name_is_of_none() -> None:
    account = OneTorrent(dict(zip(LINKS, [("x.mkv", 1000), ("y.mkv", 3000), ("z.mkv", 2000)], strict=True)))
    assert await ask(account, 3) == [("y.mkv", True)]


async def test_a_link_that_is_nowhere_is_said_to_be(account_of: MakeWorld) -> None:
    selected = [file for file in SHOW if file.selected]
    account = OneTorrent(opens([selected[1]] * 3))
    with pytest.raises(MisplacedLink, match="another file"):
        await ask(account, 3)
    assert await ask(account, 1) == [("Show.S01E01.mkv", False)]
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("name", "size", "place", "opened"),
    [
        ("Show.S01E01.mkv", 1000, 1, 1),
        ("Show.S02E01.mkv", 2000, 1, 2),
        ("Show.S02E01.mkv", 77, 1, 2),
        ("Show.S02E01.mkv", 0, 1, 2),
        ("Ocean.s.mkv", 1000, 1, 1),
        ("Ocean.s.mkv", 77, 1, 1),
        ("Ocean.s.mkv", 2000, 1, 2),
        ("", 0, 1, 1),
        ("show.s02e01.mkv", 0, 1, 1),
    ],
)
def test_what_an_opened_link_is_of(name: str, size: int, place: int, opened: int) -> None:
    files = {file.file_id: file for file in SHOW if file.selected}
    made = Unrestricted("D", name, size, "", "", True)
    assert file_opened(list(files.values()), files[place], made) == files[opened]


def test_of_files_with_one_name_the_size_decides_and_without_it_the_place() -> None:
    files = [TorrentFile(number, f"/S{number}/E01.mkv", size, True) for number, size in ((1, 10), (2, 20), (3, 20))]
    for place in files:
        assert file_opened(files, place, Unrestricted("D", "E01.mkv", 10, "", "", True)) == files[0]
        assert file_opened(files, place, Unrestricted("D", "E01.mkv", 5, "", "", True)) == place
    twenty = Unrestricted("D", "E01.mkv", 20, "", "", True)
    assert file_opened(files, files[1], twenty) == files[1]
    assert file_opened(files, files[0], twenty) == files[0], "which of the two it is is not certain"
