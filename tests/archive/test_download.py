"""Fetching files from direct links: what ends up on the disk, what is carried on, and what is never touched."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mediatui.archive.download import DownloadOptions, target_names
from mediatui.commands.job_kinds import DOWNLOAD
from mediatui.demo import direct
from mediatui.demo.faults import Fault, Reply, error
from mediatui.demo.seed import SimTorrent
from mediatui.model.file_name import LONGEST, safe_file_name
from mediatui.model.torrent import TorrentFile
from mediatui.runtime.events import Progress
from mediatui.services.redaction import redact
from mediatui.system.partial_file import REWIND, PartialFile
from tests.worlds.account import AccountWorld, MakeWorld, Run, torrent

SIZE = 300_000
NAME = "Film.mkv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where files go."""
    folder = tmp_path / "films"
    folder.mkdir()
    return folder


def film(size: int = SIZE, **facts: Any) -> SimTorrent:
    return torrent(filename="Film", original_filename="Film", size=size, **facts)


async def synced(account_of: MakeWorld, *account: SimTorrent) -> AccountWorld:
    world = await account_of(account)
    await world.sync(mode="fast")
    world.service.log.clear()
    return world


async def fetch(world: AccountWorld, one: SimTorrent, folder: Path, *files: int) -> Run:
    world.events.clear()
    job = world.runner.start(DOWNLOAD, DownloadOptions(one.id, files, str(folder), pause_s=0.0))
    return Run(await job.wait(), list(world.events))


def asked(world: AccountWorld) -> int:
    """How many direct links were asked for."""
    return world.service.count("/unrestrict/link")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def on_direct_links(world: AccountWorld, change: Callable[[Reply], Reply], **when: Any) -> None:
    world.service.faults.append(Fault("https://cdn.invalid/", change, **when))


def cut(reply: Reply) -> Reply:
    return replace(reply, cut=True)


async def test_a_file_comes_whole_under_its_own_name_and_no_link_is_told(account_of: MakeWorld, folder: Path) -> None:
    one = film()
    world = await synced(account_of, one)
    run = await fetch(world, one, folder / "new" / "folder")
    file = folder / "new" / "folder" / NAME
    assert file.read_bytes() == direct.content(0, SIZE)
    assert names(file.parent) == [NAME]
    assert (run.finished.outcome, run.counts["done"], run.counts["bytes"]) == ("done", 1, SIZE)
    assert any(isinstance(event, Progress) and event.unit == "bytes" for event in run.events)
    assert "cdn.invalid" not in repr(run.events) + json.dumps(world.rows("SELECT options, summary, counts FROM jobs"))


async def test_a_file_that_is_there_costs_no_request_and_another_one_stays(account_of: MakeWorld, folder: Path) -> None:
    one = film()
    world = await synced(account_of, one)
    (folder / NAME).write_bytes(b"x" * SIZE)
    run = await fetch(world, one, folder)
    assert (run.finished.outcome, run.counts["there"], asked(world)) == ("done", 1, 0)

    for content in (b"mine", None):
        (folder / NAME).unlink()
        if content is None:
            (folder / NAME).symlink_to("nowhere")
        else:
            (folder / NAME).write_bytes(content)
        run = await fetch(world, one, folder)
        assert (run.finished.outcome, run.counts["failed"], asked(world)) == ("failed", 1, 0)
        assert "is there already, and is another file" in run.said()
    assert (folder / NAME).is_symlink()


async def test_a_broken_connection_is_carried_on_where_it_broke(account_of: MakeWorld, folder: Path) -> None:
    one = film()
    world = await synced(account_of, one)
    on_direct_links(world, cut, times=3)
    run = await fetch(world, one, folder)
    assert run.finished.outcome == "done"
    assert (folder / NAME).read_bytes() == direct.content(0, SIZE)
    assert run.counts["bytes"] == SIZE, "nothing came twice"
    assert asked(world) == 1


async def test_an_earlier_run_is_carried_on_but_for_its_last_bytes(account_of: MakeWorld, folder: Path) -> None:
    size = REWIND + 200_000
    one = film(size)
    world = await synced(account_of, one)
    on_direct_links(world, cut)
    on_direct_links(world, lambda reply: Reply(502), times=99, first=2)
    run = await fetch(world, one, folder)
    assert (run.finished.outcome, run.counts["failed"]) == ("failed", 1)
    (part,) = folder.iterdir()
    assert part.stat().st_mode & 0o777 == 0o600
    had = part.stat().st_size
    assert had == size // 2

    part.write_bytes(direct.content(0, REWIND + 50_000) + b"\0" * 30_000)  # the end never reached the disk
    world.service.faults.clear()
    run = await fetch(world, one, folder)
    assert (folder / NAME).read_bytes() == direct.content(0, size)
    assert run.counts["bytes"] == size - 80_000
    assert names(folder) == [NAME]


async def test_a_server_that_does_not_skip_begins_again(account_of: MakeWorld, folder: Path) -> None:
    one = film()
    world = await synced(account_of, one)
    on_direct_links(world, cut)
    on_direct_links(world, lambda reply: direct.answer(SIZE, ""), first=2)
    assert (await fetch(world, one, folder)).finished.outcome == "done"
    assert (folder / NAME).read_bytes() == direct.content(0, SIZE)


async def test_an_expired_link_is_renewed_once(account_of: MakeWorld, folder: Path) -> None:
    one = film()
    world = await synced(account_of, one)
    on_direct_links(world, lambda reply: direct.expired())
    assert (await fetch(world, one, folder)).finished.outcome == "done"
    assert asked(world) == 2

    (folder / NAME).unlink()
    world.service.faults.clear()
    on_direct_links(world, lambda reply: Reply(404), times=99)
    run = await fetch(world, one, folder)
    assert (run.finished.outcome, asked(world)) == ("failed", 4)
    assert "has expired" in run.said()
    assert names(folder) == []


@pytest.mark.parametrize(
    ("reply", "said", "code"),
    [
        (Reply(404, b"", {"x-error": "file_unavailable"}), "no longer has the file", 1),
        (Reply(509, b"", {"x-error": "bytes_limit_reached"}), "traffic is used up", 3),
        (Reply(503), "failed temporarily", 1),
        (Reply(200, b"<html>sorry</html>"), "leads to 18 B", 1),
        (Reply(206, b"x" * SIZE), "does not say which", 1),
    ],
)
async def test_what_a_server_refuses_is_said_and_leaves_nothing(
    account_of: MakeWorld, folder: Path, reply: Reply, said: str, code: int
) -> None:
    one = film()
    world = await synced(account_of, one)
    on_direct_links(world, lambda _: replace(reply, headers=dict(reply.headers)), times=99)
    run = await fetch(world, one, folder)
    assert said in f"{run.said()} {run.finished.error}"
    assert (run.finished.exit_code or {"failed": 1}[run.finished.outcome]) == code
    assert names(folder) == []


async def test_one_file_that_fails_keeps_none_of_the_others(account_of: MakeWorld, folder: Path) -> None:
    show = torrent(filename="Show", original_filename="Show", shape="season", file_count=3, size=3 * 1000)
    world = await synced(account_of, show)
    world.service.faults.append(Fault("/unrestrict/link", error(503, 24, "unavailable_file"), first=2))
    run = await fetch(world, show, folder)
    assert (run.finished.outcome, run.counts["done"], run.counts["failed"]) == ("partial", 2, 1)
    assert names(folder) == ["Show.S01E01.mkv", "Show.S01E03.mkv"]
    run = await fetch(world, show, folder, 2)
    assert (run.finished.outcome, run.counts["done"]) == ("done", 1)


async def test_traffic_that_is_used_up_ends_it_with_what_came_before(account_of: MakeWorld, folder: Path) -> None:
    show = torrent(filename="Show", original_filename="Show", shape="season", file_count=4, size=4 * 1000)
    world = await synced(account_of, show)
    world.service.faults.append(Fault("/unrestrict/link", error(509, 23, "traffic_exhausted"), first=2, times=99))
    run = await fetch(world, show, folder)
    counts = [run.counts[name] for name in ("done", "there", "failed", "left", "bytes")]
    assert (run.finished.outcome, run.finished.exit_code, counts) == ("partial", 3, [1, 0, 1, 2, 1000])
    assert run.finished.error_kind == "exhausted"
    assert f"1 file (1.0 kB) in {folder}, 1 failed, 2 left. Asked for again, it carries on." in run.finished.hint
    world.service.faults.clear()
    run = await fetch(world, show, folder)
    assert [run.counts[name] for name in ("done", "there", "left")] == [3, 1, 0]


async def test_several_torrents_are_fetched_in_one_go(account_of: MakeWorld, folder: Path) -> None:
    one, waiting = film(), torrent(filename="Waiting", status="queued")
    other = torrent(filename="Other", original_filename="Other", size=SIZE)
    world = await synced(account_of, one, waiting, other)
    others = ((waiting.id, ()), (other.id, (1,)))
    job = world.runner.start(DOWNLOAD, DownloadOptions(one.id, (), str(folder), pause_s=0.0, others=others))
    finished = await job.wait()
    assert (finished.outcome, finished.counts["done"], finished.counts["failed"]) == ("partial", 2, 1)
    assert names(folder) == [NAME, "Other.mkv"]

    world.service.faults.append(Fault("/unrestrict/link", error(509, 23, "traffic_exhausted"), times=99))
    job = world.runner.start(DOWNLOAD, DownloadOptions(one.id, (), str(folder / "new"), pause_s=0.0, others=others))
    assert "0 files (0 B) in" in (finished := await job.wait()).hint
    assert "1 failed, 2 torrents not begun" in finished.hint


async def test_a_stopped_download_keeps_its_part_and_ends_at_once(account_of: MakeWorld, folder: Path) -> None:
    one = film(50_000_000)
    world = await synced(account_of, one)
    job = world.runner.start(DOWNLOAD, DownloadOptions(one.id, (), str(folder)))
    while not (job.progress and job.progress.done):
        await asyncio.sleep(0)
    job.cancel()
    finished = await job.wait()
    assert (finished.outcome, finished.exit_code) == ("cancelled", 130)
    assert "MB of 50.0 MB" in finished.summary
    (part,) = names(folder)
    assert part.startswith(f"{NAME}.")
    assert part.endswith(".part")


async def test_the_part_of_another_file_is_not_carried_on(account_of: MakeWorld, folder: Path) -> None:
    one, other = film(), film(size=200_000)
    world = await synced(account_of, one, other)
    on_direct_links(world, cut)
    on_direct_links(world, lambda reply: Reply(503), first=2, times=99)
    await fetch(world, other, folder)
    (left,) = folder.iterdir()
    content = left.read_bytes()
    world.service.faults.clear()
    await fetch(world, one, folder)
    assert (folder / NAME).read_bytes() == direct.content(0, SIZE)
    assert left.read_bytes() == content


def test_two_runs_do_not_write_one_part(folder: Path) -> None:
    one, other = PartialFile(folder, "Film", "abc"), PartialFile(folder, "Film", "abc")
    one.open()
    one.append(b"data")
    with pytest.raises(Exception, match="is being fetched already"):
        other.open()
    other.close()
    (folder / "Film").write_bytes(b"came meanwhile")
    with pytest.raises(Exception, match="is there by now"):
        one.complete()
    one.close()
    assert (folder / "Film").read_bytes() == b"came meanwhile"
    assert (folder / "Film.abc.part").read_bytes() == b"data"


def test_a_link_in_place_of_a_part_is_not_followed(folder: Path) -> None:
    (folder / "victim").write_bytes(b"precious")
    (folder / "Film.abc.part").symlink_to("victim")
    part = PartialFile(folder, "Film", "abc")
    with pytest.raises(Exception, match="cannot be written"):
        part.open()
    part.close()
    assert (folder / "victim").read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Film.mkv", "Film.mkv"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("..", "file"),
        (". .", "file"),
        ("", "file"),
        ("a/b\\c.mkv", "a_b_c.mkv"),
        ("a\x1b[31m\nb\x00.mkv", "a_[31m_b_.mkv"),
        ("gpj\u202evkm.mkv", "gpj_vkm.mkv"),
        ("...And Order.mkv", "...And Order.mkv"),
        ("\ud800.mkv", "_.mkv"),
    ],
)
def test_a_name_from_outside_is_one_name_here(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


def test_a_long_name_keeps_its_ending() -> None:
    cut = safe_file_name("é" * 300 + ".mkv")
    assert len(os.fsencode(cut)) <= LONGEST
    assert cut.endswith("é.mkv")


def test_files_of_one_name_are_told_apart_by_their_folders() -> None:
    files = [
        TorrentFile(1, "/Season 1/01.mkv", 1, True), TorrentFile(2, "/Season 2/01.mkv", 1, True),
        TorrentFile(3, "/02.mkv", 1, True), TorrentFile(4, "/extra/02.mkv", 1, False),
        TorrentFile(5, "/x/..", 1, True),
    ]  # fmt: skip
    assert target_names(files) == {1: "Season 1 - 01.mkv", 2: "Season 2 - 01.mkv", 3: "02.mkv", 5: "file 5"}


@pytest.mark.parametrize(
    "address",
    [
        "https://21-4.download.real-debrid.com/d/ABC/file.mkv",
        "https://ams1-4.stream.real-debrid.com/t/ABC/eng1/none/aac/full.m3u8",
        "https://sub.rdeb.io/d/ABC",
        "https://real-debrid.com/d/ABC",
    ],
)
def test_direct_links_are_masked_in_the_log(address: str) -> None:
    assert "ABC" not in redact(f"asked for {address}")
    assert redact("https://api.real-debrid.com/rest/1.0/user") == "https://api.real-debrid.com/rest/1.0/user"


async def test_details_that_are_not_known_are_fetched_first(account_of: MakeWorld, folder: Path) -> None:
    one = film()
    world = await account_of([one])
    await world.sync(mode="torrents")
    world.forget(details=[one.id])
    world.service.log.clear()
    assert (await fetch(world, one, folder)).finished.outcome == "done"
    assert world.fetched() == [one.id]
    assert names(folder) == [NAME]
