"""On a real rTorrent: what it is told is true afterwards, or is said not to be."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from mediatui.model.errors import UsageError
from mediatui.model.seedbox import SeedboxTorrent, state_of
from mediatui.services.errors import NotFound
from mediatui.services.rtorrent.client import RTorrent
from mediatui.services.torrent_client import (
    AddDropped,
    Addition,
    CallFailed,
    ClientAway,
    EraseDeletes,
    NeverAppeared,
    TooLarge,
    addition_of_file,
    addition_of_magnet,
)
from tests.worlds.rtorrent import RealRTorrent, loopback_tracker, make_torrent, quickly

pytestmark = pytest.mark.real
WAIT_S = 20.0
ODD = 'a, b;$c"é\\'


async def becomes(client: RTorrent, hash: str, right: Callable[[SeedboxTorrent], bool]) -> SeedboxTorrent:  # noqa: A002
    """The torrent as soon as it is as it should be; a magnet is gone for a moment when its metadata come."""
    until, found = time.monotonic() + WAIT_S, None
    while True:
        with contextlib.suppress(NotFound):
            if right(found := await client.torrent(hash)):
                return found
        assert time.monotonic() < until, found
        await asyncio.sleep(0.02)


def call(box: RealRTorrent, method: str, *params: object) -> object:
    return box.client()._rpc.call(method, *params)  # type: ignore[arg-type]


async def test_both_sockets_lead_to_it_and_it_says_what_it_is(rtorrent: RealRTorrent) -> None:
    found = await rtorrent.client().facts()
    assert (found.program, found.transport) == ("rTorrent", "SCGI over a unix socket")
    assert found.version.startswith("0.")
    assert found.folder == str(rtorrent.data)
    assert found.most_bytes in (2 << 20, 4 << 20)  # 0.9.8 takes no more than two, whatever it is told
    assert await rtorrent.client().can_make_folders()
    with RealRTorrent(tcp=True) as other:
        assert (await other.client().facts()).transport == "SCGI over TCP"


async def test_commas_quotes_and_folders_that_are_missing_arrive_as_they_were_sent(rtorrent: RealRTorrent) -> None:
    client, made = rtorrent.client(), make_torrent("Odd one", (19_000, 10), paths=(("a", "x.mkv"), ("y.srt",)))
    folder = f"{rtorrent.data}/two/levels/{ODD}"
    sent = addition_of_file(made.content, folder=folder, label=f"l{ODD}", note="17")
    [added] = await client.add([sent])
    assert (added.outcome, added.corrected, added.error) == ("added", (), None)
    found = await becomes(client, made.hash, lambda one: one.is_active)
    assert (found.directory, found.label, found.note) == (f"{folder}/Odd one", f"l{ODD}", "17")
    assert (found.tracker, found.private, found.size) == ("127.0.0.1", True, 19_010)
    assert Path(folder).is_dir()
    assert await client.trackers(made.hash)
    [again] = await client.add([addition_of_file(made.content, label="other")])
    assert again.outcome == "already there"
    assert again.seen is not None
    assert again.seen.label == f"l{ODD}"


async def test_a_hostile_name_breaks_no_list_and_bytes_that_are_no_utf_8_show_as_such(rtorrent: RealRTorrent) -> None:
    client = rtorrent.client()
    control, bytes_ = make_torrent("\x1b[31m<&>\x07red"), make_torrent(b"Caf\xe9.mkv")
    for added in await client.add([addition_of_file(one.content) for one in (control, bytes_)]):
        assert added.error is None
    listed = await client.torrents()
    assert listed.whole
    assert listed.rows[control.hash].name == "\x1b[31m<&>\x07red"
    assert listed.rows[bytes_.hash].name in ("Caf?.mkv", "Caf\ufffd.mkv")
    assert listed.rows[control.hash] == await client.torrent(control.hash)


async def test_a_batch_reports_each_what_is_no_torrent_is_answered_with_0_and_never_appears(
    rtorrent: RealRTorrent,
) -> None:
    client = rtorrent.client(sleep=quickly(7))
    good, quiet, there = make_torrent("Good"), make_torrent("Quiet"), make_torrent("On the box", padding=3 << 20)
    (rtorrent.folder / "there.torrent").write_bytes(there.content)
    sent = [
        addition_of_file(good.content, label="tv"),
        Addition(hash="ab" * 20, content=b"<html>Not found</html>"),
        addition_of_file(good.content, label="other"),
        addition_of_magnet("magnet:?xt=urn:btih:" + "cd" * 20),
        Addition(hash="ef" * 20, path=f"{rtorrent.data}/none.torrent"),
        addition_of_file(quiet.content, start=False),
        addition_of_file(make_torrent("Relative").content, folder="tv"),
        Addition(hash=there.hash, path=f"{rtorrent.folder}/there.torrent", label="tv"),
    ]
    found = await client.add(sent)
    assert [one.outcome for one in found] == [
        "added", "failed", "already there", "failed", "failed", "added", "failed", "added"
    ]  # fmt: skip
    assert isinstance(found[1].error, NeverAppeared)
    assert isinstance(found[3].error, NeverAppeared)
    assert "names no tracker" in found[3].error.hint
    assert isinstance(found[6].error, UsageError)
    assert state_of(await client.torrent(quiet.hash)) == "stopped"
    assert (await client.torrent(quiet.hash)).base_path == ""


async def test_a_magnet_waits_for_its_metadata_with_label_and_note(rtorrent: RealRTorrent) -> None:
    client = rtorrent.client()
    link = "magnet:?xt=urn:btih:MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U&dn=x&tr=http%3A%2F%2F127.0.0.1%3A9%2Fannounce"
    sent = addition_of_magnet(link, folder=f"{rtorrent.data}/magnets", label="film", note="18")
    [added] = await client.add([sent])
    assert added.error is None
    found = await client.torrent(sent.hash)
    assert (state_of(found), found.label, found.note) == ("metadata", "film", "18")


async def test_commands_dropped_behind_a_comma_are_seen_and_set_again(rtorrent: RealRTorrent) -> None:
    client, made = rtorrent.client(), make_torrent("Comma")
    wanted = addition_of_file(made.content, folder=f"{rtorrent.data}/a,b", label="tv", note="19")
    await call(rtorrent, "execute.throw", "", "mkdir", "-p", wanted.folder)  # type: ignore[misc]
    await call(rtorrent, "load.raw_start", "", made.content, f"d.directory.set={wanted.folder}", "d.custom1.set=tv")  # type: ignore[misc]
    found = await becomes(client, made.hash, lambda one: True)
    assert state_of(found) == "badly added"
    settled = await client.settle(wanted)
    assert (settled.outcome, settled.error) == ("added", None)
    assert {"folder", "label", "note", "running"} == set(settled.corrected)
    found = await client.torrent(made.hash)
    assert (found.directory, found.label, found.note) == (wanted.folder, "tv", "19")
    assert state_of(found) == "downloading"


async def test_bytes_in_another_folder_are_left_where_they_are_and_the_field_is_named(rtorrent: RealRTorrent) -> None:
    client, made = rtorrent.client(), make_torrent("Elsewhere")
    made.lay(rtorrent.data)
    await client.add([addition_of_file(made.content)])
    await becomes(client, made.hash, lambda one: one.complete and one.is_active)
    settled = await rtorrent.client(sleep=quickly()).settle(
        addition_of_file(made.content, folder=f"{rtorrent.data}/right")
    )
    assert isinstance(settled.error, AddDropped)
    assert settled.error.fields == ("folder",)
    assert (await client.torrent(made.hash)).directory == str(rtorrent.data)


async def test_one_that_somebody_stopped_stays_stopped(rtorrent: RealRTorrent) -> None:
    client, made = rtorrent.client(), make_torrent("Stopped")
    sent = addition_of_file(made.content, label="tv")
    await client.add([sent])
    await client.act(made.hash, "stop")
    assert (await client.settle(sent)).corrected == ()
    assert state_of(await client.torrent(made.hash)) == "stopped"


async def test_acts_return_what_is_seen_and_unknown_torrents_are_not_found(rtorrent: RealRTorrent) -> None:
    client, made = rtorrent.client(), make_torrent("Acts", (40_000, 30_000), paths=(("a.mkv",), ("b.mkv",)))
    await client.add([addition_of_file(made.content)])
    await becomes(client, made.hash, lambda one: one.is_active)
    assert state_of(await client.act(made.hash, "pause")) == "paused"
    assert state_of(await client.act(made.hash, "resume")) == "downloading"
    assert state_of(await client.act(made.hash, "stop")) == "stopped"
    with pytest.raises(UsageError, match="is open"):
        await client.set_folder(made.hash, f"{rtorrent.data}/moved")
    assert not (await client.act(made.hash, "close")).is_open
    assert (await client.set_folder(made.hash, f"{rtorrent.data}/moved/")).directory.endswith("/moved/Acts")
    assert [one.priority for one in await client.set_file_priorities(made.hash, {0: 0, 1: 2})] == [0, 2]
    assert [(one.path, one.size) for one in await client.files(made.hash)] == [("a.mkv", 40_000), ("b.mkv", 30_000)]
    with pytest.raises(UsageError, match="A file 2"):
        await client.set_file_priorities(made.hash, {2: 1})
    await client.set_priority(made.hash, 3)
    assert (await client.set_label(made.hash, "né;w")).label == "né;w"
    assert await client.peers(made.hash) == []
    for asked in (client.torrent("ab" * 20), client.files("ab" * 20), client.act("ab" * 20, "stop")):
        with pytest.raises(NotFound):
            await asked


async def test_a_torrent_file_beyond_the_limit_is_not_sent_and_a_changed_limit_is_understood(
    rtorrent: RealRTorrent,
) -> None:
    small, large = make_torrent("Large", padding=586 << 10), make_torrent("Larger", padding=2 << 20)
    client = rtorrent.client()
    [added] = await client.add([addition_of_file(large.content)])
    assert isinstance(added.error, TooLarge)
    await call(rtorrent, "network.xmlrpc.size_limit.set", "", 512 << 10)  # type: ignore[misc]
    try:
        for one in (client, rtorrent.client()):
            [added] = await one.add([addition_of_file(small.content)])
            assert isinstance(added.error, TooLarge)
    finally:
        await call(rtorrent, "network.xmlrpc.size_limit.set", "", 4 << 20)  # type: ignore[misc]
    [added] = await client.add([addition_of_file(small.content)])
    assert added.error is None


async def test_data_deleted_behind_its_back_count_as_whole_until_a_recheck(rtorrent: RealRTorrent) -> None:
    client, made = rtorrent.client(), make_torrent("Vanishes")
    folder = rtorrent.data / "vanishes"
    made.lay(folder)
    await client.add([addition_of_file(made.content, folder=str(folder))])
    await becomes(client, made.hash, lambda one: one.complete and one.is_active)
    (folder / "Vanishes").unlink()
    assert state_of(await client.torrent(made.hash)) == "seeding"
    await client.act(made.hash, "recheck")
    found = await becomes(client, made.hash, lambda one: not one.complete and not one.hashing)
    assert state_of(found) == "data missing"
    assert found.message.startswith("Download registered as completed")


async def test_an_erase_that_runs_something_is_refused_until_the_data_may_go(rtorrent: RealRTorrent) -> None:
    client, made = rtorrent.client(), make_torrent("Erased")
    folder = rtorrent.data / "erased"
    made.lay(folder)
    await client.add([addition_of_file(made.content, folder=str(folder))])
    assert not (await client.erase_events()).may_delete
    await call(  # type: ignore[misc]
        rtorrent, "method.set_key", "", "event.download.erased", "delete_erased", "execute=rm,-rf,--,$d.base_path="
    )
    try:
        fresh = rtorrent.client()
        with pytest.raises(EraseDeletes, match=r"delete_erased: execute=rm"):
            await fresh.erase(made.hash)
        assert (folder / "Erased").exists()
    finally:
        await call(rtorrent, "method.set_key", "", "event.download.erased", "delete_erased")  # type: ignore[misc]
    assert not (await rtorrent.client().erase_events()).erased
    await fresh.erase(made.hash, data_may_go=True)
    with pytest.raises(NotFound):
        await client.torrent(made.hash)
    assert (folder / "Erased").exists()


async def test_what_was_set_survives_a_crash_and_while_it_is_away_that_is_said(tmp_path: Path) -> None:
    made, other = make_torrent("Kept"), make_torrent("Kept too")
    with RealRTorrent() as box:
        client = box.client()
        await client.add([addition_of_file(made.content, label="tv", note="20"), addition_of_file(other.content)])
        await client.set_label(other.hash, "film")
        box.kill()
        with pytest.raises(ClientAway, match="cannot be reached"):
            await client.torrents()
        box.start()
        rows = (await client.torrents()).rows
        assert (rows[made.hash].label, rows[made.hash].note, rows[other.hash].label) == ("tv", "20", "film")


async def test_two_adds_at_once_and_a_download_from_another_client_come_true() -> None:
    slowly = "throttle.global_down.max_rate.set_kb = 100"
    with loopback_tracker() as tracker, RealRTorrent(slowly) as box, RealRTorrent(tcp=True) as seeder:
        made = make_torrent("Comes", (300_000,), tracker=tracker)
        made.lay(seeder.data)
        await seeder.client().add([addition_of_file(made.content)])
        await becomes(seeder.client(), made.hash, lambda one: state_of(one) == "seeding")
        client, others = box.client(), [make_torrent(f"At once {at}") for at in range(2)]
        ends = await asyncio.gather(*(client.add([addition_of_file(one.content)]) for one in (made, *others)))
        assert [end[0].outcome for end in ends] == ["added"] * 3
        await client.poll()
        found = await becomes(client, made.hash, lambda one: one.done > 0)
        assert state_of(found) == "downloading"
        assert [(peer.address, peer.done) for peer in await client.peers(made.hash)] == [("127.0.0.1", 1.0)]
        assert (await client.trackers(made.hash))[0].succeeded_at > 0
        await call(box, "throttle.global_down.max_rate.set_kb", "", 0)  # type: ignore[misc]
        found = await becomes(client, made.hash, lambda one: one.complete and not one.hashing)
        assert (found.done, state_of(found)) == (300_000, "seeding")
        assert found.finished_at > 0
        assert (await client.poll()).rows[made.hash].complete
        assert (box.data / "Comes").read_bytes() == made.files[0][1]
        assert [one.done for one in await client.files(made.hash)] == [1.0]


async def test_a_magnet_that_gets_its_metadata_keeps_what_it_was_sent_with() -> None:
    with loopback_tracker() as tracker, RealRTorrent() as box, RealRTorrent() as seeder:
        made = make_torrent("Resolves", (40_000,), tracker=tracker, private=False)
        made.lay(seeder.data)
        await seeder.client().add([addition_of_file(made.content)])
        await becomes(seeder.client(), made.hash, lambda one: state_of(one) == "seeding")
        client, folder = box.client(), f"{box.data}/magnets"
        link = f"magnet:?xt=urn:btih:{made.hash}&tr={quote(tracker, safe='')}"
        sent = addition_of_magnet(link, folder=folder, label="film", note="18")
        [added] = await client.add([sent])
        assert added.error is None
        found = await becomes(client, made.hash, lambda one: not one.meta and one.complete)
        assert (found.name, found.label, found.note) == ("Resolves", "film", "18")
        settled = await client.settle(sent)
        assert (settled.error, settled.corrected) == (None, ())
        assert Path(folder, "Resolves").read_bytes() == made.files[0][1]


async def test_two_levels_that_are_missing_are_a_silent_pause_and_a_folder_that_cannot_be_made_is_said(
    rtorrent: RealRTorrent,
) -> None:
    client, made = rtorrent.client(), make_torrent("Silent", (9_000, 9_000), paths=(("a.mkv",), ("b.mkv",)))
    folder = f'd.directory.set="{rtorrent.data}/not/there"'
    await call(rtorrent, "load.raw_start", "", made.content, folder)  # type: ignore[misc]
    found = await becomes(client, made.hash, lambda one: one.is_open and not one.hashing)
    assert (state_of(found), found.message) == ("paused", "")
    (rtorrent.data / "a file").write_bytes(b"")
    other = make_torrent("In a file")
    [added] = await client.add([addition_of_file(other.content, folder=f"{rtorrent.data}/a file/tv")])
    assert isinstance(added.error, CallFailed)
    assert "could not be made" in added.error.message
    with pytest.raises(NotFound):
        await client.torrent(other.hash)


def test_no_address_is_ever_handed_to_it() -> None:
    with pytest.raises(UsageError):
        addition_of_magnet("https://example.org/x.torrent")
