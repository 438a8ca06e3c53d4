"""Fetching files: resumed, proven, and what is said when the world there or here is not as it should be."""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path

import pytest

from mediatui.acquire.fetching import one_file, room
from mediatui.acquire.fetching.gate import Gate
from mediatui.model.errors import UsageError
from mediatui.services.sftp.errors import (
    BadPiece,
    FileTaken,
    NoSpace,
    RemoteChanged,
    RemoteMissing,
    RemoteRefused,
    SeveralFit,
    SftpAway,
)
from mediatui.system.partial_file import PartialFile
from tests.acquire.fetching.conftest import LENGTH, There
from tests.fakes.remote_files import broken

LARGE = 2 * 1024 * 1024 + 777


@pytest.mark.parametrize("proven", [True, False])
async def test_files_come_whole_with_their_time_and_every_piece_proven(there: There, proven: bool) -> None:
    there.hold(a=LARGE, b=100, c=0, d=LENGTH * 3)
    os.utime(there.path(0), (1_600_000_000, 1_600_000_000))
    done = await there.fetch(proven=proven).run()
    assert done.whole, [file.error for file in done.files]
    assert there.same()
    assert there.final(0).stat().st_mtime == 1_600_000_000
    assert (done.done, done.came, done.total) == (sum(map(len, there.contents)),) * 3
    assert [file.proven for file in done.files] == ([129, 1, 0, 4] if proven else [0] * 4)
    assert there.files.opened == 0
    there.files.reads.clear()
    again = await there.fetch(proven=proven).run()
    assert [file.state for file in again.files] == ["there"] * 4
    assert not there.files.reads


async def test_a_cut_fetch_goes_on_where_a_piece_ends_and_reads_little_again(there: There) -> None:
    there.hold(a=LARGE)
    cut = int(LARGE * 0.9)

    def break_there(_path: bytes, offset: int) -> None:
        if offset >= cut:
            raise SftpAway("The connection broke.")

    there.files.on_read = break_there
    with pytest.raises(SftpAway):
        await there.fetch().run()
    assert not there.final(0).exists()
    there.files.on_read = None
    there.files.reads.clear()
    done = await there.fetch().run()
    assert there.same()
    assert done.came <= LARGE - cut + LENGTH + 64 * 4096
    assert done.files[0].proven == 129


async def test_what_lies_before_the_cut_is_looked_at_and_fetched_again_where_it_is_wrong(there: There) -> None:
    there.hold(a=LARGE)
    task = asyncio.create_task(there.fetch().run())
    there.files.on_read = lambda _path, offset: task.cancel() if offset > LARGE // 2 else None  # type: ignore[func-returns-value]
    with pytest.raises(asyncio.CancelledError):
        await task
    assert there.files.opened == 0
    there.files.on_read = None
    [part] = there.here.glob("*.part")
    at = part.stat().st_size // LENGTH * LENGTH - LENGTH
    with open(part, "r+b") as stream:
        stream.seek(at)
        stream.write(b"nothing of the kind")
    await there.fetch().run()
    assert there.same()


async def test_a_part_of_a_file_that_has_changed_since_begins_anew(there: There) -> None:
    there.hold(a=LARGE)
    there.files.on_read = lambda path, offset: broken(path, offset) if offset > LARGE // 2 else None
    with pytest.raises(SftpAway):
        await there.fetch(proven=False).run()
    there.files.on_read = None
    there.contents[0] = there.contents[0][::-1]
    there.path(0).write_bytes(there.contents[0])
    os.utime(there.path(0), (1_600_000_000, 1_600_000_000))
    done = await there.fetch(proven=False).run()
    assert there.same()
    assert "changed there" in done.files[0].note


async def test_a_connection_that_breaks_twice_is_carried_on_by_itself(there: There) -> None:
    there.hold(a=LARGE)
    left = [LARGE // 3, LARGE // 2]

    def sometimes(path: bytes, offset: int) -> None:
        if left and offset > left[0]:
            left.pop(0)
            broken(path, offset)

    there.files.on_read = sometimes
    done = await there.fetch().run()
    assert there.same()
    assert done.whole


@pytest.mark.parametrize("wrong", [LENGTH * 5 + 3, LARGE - 5])
async def test_a_wrong_piece_is_fetched_once_more_and_then_given_up(there: There, wrong: int) -> None:
    there.hold(a=LARGE, b=LENGTH * 2)
    times = [0]

    def spoil(path: bytes, offset: int, data: bytes) -> bytes:
        if path.endswith(b"/a") and offset <= wrong < offset + len(data) and times[0]:
            times[0] -= 1
            return data[: wrong - offset] + bytes([data[wrong - offset] ^ 1]) + data[wrong - offset + 1 :]
        return data

    there.files.spoil = spoil
    times[0] = 1
    done = await there.fetch().run()
    assert done.whole, [file.error for file in done.files]
    assert there.same()
    for path in there.here.iterdir():
        path.unlink()
    times[0] = 99
    done = await there.fetch().run()
    assert done.files[0].state == "failed"
    assert isinstance(done.files[0].error, BadPiece)
    assert done.files[0].error.pieces == (wrong // LENGTH,)
    assert not there.final(0).exists()
    times[0] = 0
    there.files.reads.clear()
    assert (await there.fetch().run()).whole
    assert there.same()
    assert there.files.bytes_read() < LENGTH * 16


async def test_pieces_shared_with_what_is_not_wanted_are_proven_by_reading_only_that_bit(there: There) -> None:
    there.hold(a=LENGTH * 4 + 100, b=LARGE, c=LENGTH * 2)
    beside = os.fsencode(there.path(1))
    done = await there.fetch([0, 2], unwanted={1: beside}).run()
    assert done.whole
    assert done.unproven == set()
    assert [file.proven for file in done.files] == [5, 3]
    assert sum(size for path, _, size in there.files.reads if path == beside) < LENGTH * 4
    for path in there.here.iterdir():
        path.unlink()
    done = await there.fetch([0, 2]).run()
    assert done.whole
    assert len(done.unproven) == 2


async def test_a_file_that_fails_leaves_the_others_alone_and_what_shares_a_piece_with_it_unnamed(there: There) -> None:
    there.hold(a=LENGTH + 5, b=LENGTH * 3, c=LENGTH * 2, d=LENGTH * 2)
    there.path(0).unlink()
    done = await there.fetch().run()
    assert [file.state for file in done.files] == ["failed", "fetched", "done", "done"]
    assert isinstance(done.files[0].error, RemoteMissing)
    there.path(0).write_bytes(there.contents[0])
    there.files.reads.clear()
    done = await there.fetch().run()
    assert there.same()
    assert done.came < LENGTH * 6


@pytest.mark.parametrize(("grows", "said"), [(b"more", RemoteChanged), (b"", RemoteChanged)])
async def test_a_file_that_grows_or_shrinks_meanwhile_is_not_given_its_name(
    there: There, grows: bytes, said: type[Exception]
) -> None:
    there.hold(a=LENGTH * 8)

    def change(_path: bytes, offset: int) -> None:
        size = there.path(0).stat().st_size
        with open(there.path(0), "ab") as stream:
            stream.write(grows) if grows else stream.truncate(size - 1)

    there.files.on_read = change
    done = await there.fetch(proven=False).run()
    assert isinstance(done.files[0].error, said)
    assert not there.final(0).exists()
    with_pieces = await there.fetch().run()
    assert isinstance(with_pieces.files[0].error, RemoteMissing)
    assert "the torrent says" in str(with_pieces.files[0].error)


async def test_what_is_no_file_or_leads_out_of_the_roots_is_refused_before_it_is_opened(there: There) -> None:
    there.hold(a=10)
    outside = there.root.parent / "secret"
    outside.write_bytes(b"x" * 10)
    link, fifo, folder, loop = (there.root / name for name in ("link", "fifo", "folder", "loop"))
    (there.root / "out").symlink_to(there.root.parent)
    link.symlink_to(outside)
    loop.symlink_to(loop)
    os.mkfifo(fifo)
    folder.mkdir()
    there.names += [b"link", b"fifo", b"folder", b"loop", b"out/secret", b"../secret"]
    there.contents += [b""] * 6
    done = await there.fetch(proven=False).run()
    assert [file.state for file in done.files] == ["done", *["failed"] * 6]
    assert all(isinstance(file.error, RemoteRefused | RemoteMissing) for file in done.files[1:])
    assert {path for path, _, _ in there.files.reads} == {os.fsencode(there.path(0))}


async def test_a_link_inside_the_roots_is_followed_once(there: There) -> None:
    there.hold(a=1000)
    (there.root / "link").symlink_to(there.path(0))
    there.names.append(b"link")
    there.contents.append(there.contents[0])
    assert (await there.fetch([1], proven=False).run()).whole
    assert not there.final(1).is_symlink()
    assert there.same(1)


async def test_names_that_lead_out_of_staging_are_refused_and_odd_ones_stay(there: There) -> None:
    there.hold(a=10)
    for name in ((b"..", b"x"), (b"",), (b"a/b",), (b"x\0",), ()):
        wanted = one_file.Wanted(remote=b"/x", name=name)
        with pytest.raises(UsageError):
            one_file.FileFetch(one_file.Source(there.files, [b"/"], Gate()), there.here, one_file.FileProgress(wanted))
    for odd in (b"\xff\xfe.mkv", b"n" * 255, b"two\nlines", b"back\\slash"):
        there.names, there.contents = [odd], [b"content"]
        there.path(0).write_bytes(b"content")
        assert (await there.fetch(proven=False).run()).whole
        assert odd in os.listdir(os.fsencode(there.here))


async def test_another_file_under_the_name_is_left_as_it_is(there: There) -> None:
    there.hold(a=LENGTH)
    there.final(0).write_bytes(b"mine")
    done = await there.fetch().run()
    assert isinstance(done.files[0].error, FileTaken)
    assert there.final(0).read_bytes() == b"mine"
    there.final(0).write_bytes(b"x" * LENGTH)
    done = await there.fetch().run()
    assert isinstance(done.files[0].error, FileTaken)


async def test_without_room_nothing_is_begun_and_two_fetches_do_not_count_the_same_room(
    there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.hold(a=LENGTH)
    monkeypatch.setattr(room.Room, "_free", lambda self: 100 * LENGTH)
    with pytest.raises(NoSpace, match=r"needed, .* free above the reserve"):
        await there.fetch(keep_free=100 * LENGTH).run()
    assert not there.files.reads
    shared = room.Room(there.here, 98 * LENGTH)
    shared.claim("another", lambda: LENGTH)
    await shared.check()
    shared.claim("a third", lambda: LENGTH + 1)
    with pytest.raises(NoSpace):
        await shared.check()
    shared.release("a third")
    await shared.check()


async def test_a_disk_that_fills_ends_it_and_keeps_what_came(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    there.hold(a=LARGE)
    written = PartialFile.append

    def full(self: PartialFile, data: bytes) -> None:
        if self.have:
            raise self._unwritable(OSError(28, "No space left on device")) from OSError(28, "No space left on device")
        written(self, data[: LARGE // 2])

    with monkeypatch.context() as patched:
        patched.setattr("mediatui.acquire.fetching.writer.BATCH", LENGTH)
        patched.setattr(PartialFile, "append", full)
        with pytest.raises(NoSpace, match="is full"):
            await there.fetch().run()
    assert (await there.fetch().run()).whole
    assert there.same()


async def test_a_pause_stops_what_is_asked_for_and_cancelling_leaves_nothing_under_way(there: There) -> None:
    there.hold(a=LARGE)
    fetch = there.fetch()
    there.files.on_read = lambda _path, offset: fetch.gate.pause() if offset > LARGE // 2 else None
    task = asyncio.create_task(fetch.run())
    while not fetch.gate.paused or fetch.progress.came < sum(size for _, _, size in there.files.reads[:100]) // 2:
        await asyncio.sleep(0.001)
    reads = len(there.files.reads)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(there.files.reads) <= reads + 64 * 2
    there.files.on_read = None
    fetch.gate.resume()
    assert (await task).whole
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert there.same()


async def test_the_limit_counts_for_all_and_changes_while_they_run() -> None:
    now = [0.0]
    gate = Gate(1000, clock=lambda: now[0])
    await gate.take(0)
    first = asyncio.create_task(gate.take(10_000))
    second = asyncio.create_task(gate.take(500))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not first.done()
    assert not second.done()
    gate.rate = 0
    async with asyncio.timeout(2):
        await asyncio.gather(first, second)
    assert gate.block(10**6) == 10**6
    gate.rate = 160_000
    assert gate.block(10**6) == 20_000


async def test_a_part_that_another_one_fetches_is_left_to_it(there: There) -> None:
    from mediatui.model.errors import Busy

    there.hold(a=LARGE)
    other = one_file.Part(there.here, b"a", there.wanted(0).remote)
    other.open()
    with contextlib.suppress(Busy), pytest.raises(Busy):
        await there.fetch().run()
    other.file.close()
    assert (await there.fetch().run()).whole


def test_no_name_of_the_fetch_is_longer_than_a_file_system_takes(tmp_path: Path) -> None:
    part = one_file.Part(tmp_path, b"\xff" * 255, b"/there")
    part.open()
    part.file.append(b"x")
    part.flush(one_file.Record(1, 1, 1))
    assert all(len(os.fsencode(path.name)) <= 255 for path in tmp_path.iterdir())
    part.complete(1)
    assert [os.fsencode(path.name) for path in tmp_path.iterdir()] == [b"\xff" * 255]


async def test_a_name_in_another_unicode_form_is_the_one_file_of_that_size_and_two_ask(
    there: There,
) -> None:
    there.hold(a=LENGTH)
    there.path(0).unlink()
    there.names = ["Cafe\u0301.mkv".encode()]
    other = there.root / "Caf\u00e9.mkv"
    other.write_bytes(there.contents[0])
    done = await there.fetch().run()
    assert done.whole
    assert "there it is Café.mkv" in done.files[0].note
    assert there.same()
    there.final(0).unlink()
    other.write_bytes(b"short")
    assert isinstance((await there.fetch().run()).files[0].error, RemoteMissing)
    there.names = ["a\u0323\u0307.mkv".encode()]
    for text in ("a\u0307\u0323.mkv", "\u1ea1\u0307.mkv"):
        (there.root / text).write_bytes(there.contents[0])
    assert isinstance((await there.fetch().run()).files[0].error, SeveralFit)
