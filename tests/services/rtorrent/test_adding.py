"""Adding where the client answers yes to everything: what is reported is what was seen."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.model.errors import UsageError
from mediatui.services.errors import BadAnswer
from mediatui.services.rtorrent.adding import PAUSES_S
from mediatui.services.rtorrent.encode import command
from mediatui.services.torrent_client import (
    AddDropped,
    Added,
    Addition,
    CallRefused,
    ClientAway,
    NeverAppeared,
    TooLarge,
    addition_of_file,
    addition_of_magnet,
)
from tests.fakes.rtorrent import FakeRTorrent
from tests.worlds.rtorrent import make_torrent

MADE = make_torrent("Some Name")
SENT = {"folder": "/data/tv", "label": "tv", "note": "17"}


async def add(box: FakeRTorrent, *additions: Addition, **given: Any) -> list[Added]:
    return await box.client(**given).add(additions or [addition_of_file(MADE.content, **SENT)])  # type: ignore[arg-type]


async def test_what_is_there_as_sent_is_added_with_its_folder_made_first() -> None:
    box = FakeRTorrent()
    [added] = await add(box)
    assert (added.outcome, added.corrected) == ("added", ())
    asked = box.methods()
    assert asked.index("execute.throw") < asked.index("load.raw_start")
    assert ("execute.throw", ("", "mkdir", "-p", "/data/tv")) in box.asked


@pytest.mark.parametrize("lost", [{"label"}, {"note"}, {"folder"}, {"running"}, {"label", "note", "folder", "running"}])
async def test_what_was_dropped_is_set_again_once(lost: set[str]) -> None:
    [added] = await add(FakeRTorrent(drops=lost))
    assert (added.outcome, set(added.corrected)) == ("added", lost)
    assert added.seen is not None
    assert (added.seen.directory, added.seen.label, added.seen.note) == ("/data/tv", "tv", "17")


@pytest.mark.parametrize("lost", ["label", "note", "folder", "running"])
async def test_what_differs_still_is_named_and_is_a_failure(lost: str) -> None:
    box = FakeRTorrent(drops={lost}, ignores={lost})
    [added] = await add(box)
    assert added.outcome == "failed"
    assert isinstance(added.error, AddDropped)
    assert added.error.fields == (lost,)
    assert box.methods().count("d.save_full_session") == 1
    assert added.seen is not None


async def test_one_that_stays_paused_without_a_word_has_no_folder() -> None:
    box = FakeRTorrent(drops={"running"}, ignores={"running"})
    [added] = await add(box)
    assert "its folder could not be made there" in str(added.error)


async def test_a_yes_is_nothing_until_it_is_seen_and_late_is_not_never() -> None:
    [added] = await add(FakeRTorrent(swallows=True))
    assert isinstance(added.error, NeverAppeared)
    assert (await add(FakeRTorrent(late=6)))[0].outcome == "added"


async def test_a_label_that_rutorrent_encodes_is_the_same_label() -> None:
    box = FakeRTorrent()
    [added] = await add(box, addition_of_file(MADE.content, label="sonarr 4k"))
    box.torrents[MADE.hash.upper()]["d.custom1"] = "sonarr%204k"
    assert (await box.client().settle(added.addition)).corrected == ()


async def test_a_connection_that_breaks_in_the_middle_is_looked_behind() -> None:
    box = FakeRTorrent(breaks={"load.raw_start": ClientAway("It broke.")})
    assert (await add(box))[0].outcome == "added"
    box = FakeRTorrent(breaks={"load.raw_start": ClientAway("It broke.")}, swallows=True)
    [added] = await add(box)
    assert isinstance(added.error, ClientAway)
    assert box.methods().count("load.raw_start") == 1


async def test_one_that_restarts_meanwhile_is_asked_again_and_sent_nothing_twice() -> None:
    box = FakeRTorrent(restarts=3)
    assert (await add(box))[0].outcome == "added"
    assert box.methods().count("load.raw_start") == 1
    box = FakeRTorrent(restarts=100)
    [added] = await add(box)
    assert isinstance(added.error, ClientAway)
    box.restarts = 0
    assert (await add(box))[0].outcome == "already there"


FIELDS = st.sets(st.sampled_from(("folder", "label", "note", "running")))


@given(FIELDS, FIELDS, st.integers(0, 9), st.booleans(), st.booleans())
def test_however_it_lies_added_means_that_it_is_there_as_sent(
    drops: set[str], ignores: set[str], late: int, swallows: bool, passes_all: bool
) -> None:
    box = FakeRTorrent(drops=drops, ignores=ignores, late=late, swallows=swallows, passes_all=passes_all)
    [added] = asyncio.run(add(box))
    one = box.torrents.get(MADE.hash.upper(), {})
    fields = {"folder": "d.directory", "label": "d.custom1", "note": "d.custom", "running": "d.is_active"}
    as_sent = {**SENT, "running": 1}
    right = [name for name, key in fields.items() if one.get(key) == as_sent[name]]
    assert (added.outcome == "added") == (len(right) == 4 and late < len(PAUSES_S))
    assert box.methods().count("load.raw_start") == 1
    if isinstance(added.error, AddDropped):
        assert set(added.error.fields) == set(fields) - set(right)


async def test_where_nothing_can_be_asked_nothing_is_sent() -> None:
    box = FakeRTorrent(breaks={"d.name": ClientAway("It is away.")})
    with pytest.raises(ClientAway):
        await add(box)
    assert "load.raw_start" not in box.methods()


async def test_rutorrent_makes_no_folders_and_gets_one_torrent_a_request() -> None:
    box, made = FakeRTorrent(passes_all=False), list[str]()
    others = [addition_of_file(make_torrent(f"Other {at}").content, folder=f"/data/{at}") for at in range(3)]

    async def make_folder(folder: str) -> None:
        made.append(folder)

    assert [one.outcome for one in await add(box, *others, make_folder=make_folder)] == ["added"] * 3
    assert made == ["/data/0", "/data/1", "/data/2"]
    assert not await box.client().can_make_folders()
    assert not (await box.client().erase_events()).known

    async def fail(folder: str) -> None:
        raise BadAnswer("No room.")

    box = FakeRTorrent(refuses=("execute",))
    [added] = await add(box, make_folder=fail)
    assert (added.outcome, str(added.error)) == ("failed", "No room.")
    assert "load.raw_start" not in box.methods()


async def test_behind_rutorrent_what_was_lost_is_set_by_calls_that_come_alone() -> None:
    box = FakeRTorrent(passes_all=False, drops={"label", "note", "running"})
    [added] = await add(box)
    assert (added.outcome, set(added.corrected)) == ("added", {"label", "note", "running"})
    assert (await box.client().set_label(MADE.hash, "film")).label == "film"
    with pytest.raises(CallRefused, match="does not allow"):
        await box.client().act(MADE.hash, "announce")
    box = FakeRTorrent(passes_all=False, drops={"folder"})
    [added] = await add(box)
    assert isinstance(added.error, AddDropped)
    assert added.error.fields == ("folder",)


async def test_many_go_in_few_requests_of_bounded_size_and_one_that_is_too_large_alone() -> None:
    box = FakeRTorrent(most_bytes=600_000)
    additions = [addition_of_file(make_torrent(f"N{at}", padding=2_000).content) for at in range(60)]
    large = addition_of_file(make_torrent("Large", padding=500_000).content)
    found = await add(box, *additions, large)
    assert [one.outcome for one in found] == ["added"] * 60 + ["failed"]
    assert isinstance(found[-1].error, TooLarge)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"folder": "tv"}, "is not an absolute path"),
        ({"folder": "/data/../etc"}, "is not an absolute path"),
        ({"folder": "/data/a\nb"}, "control character"),
        ({"folder": "/data/Caf\udce9"}, "is not UTF-8"),
        ({"label": "a\x1b"}, "control character"),
        ({"magnet": "magnet:?xt=urn:btih:" + "ab" * 20}, "by one of them"),
        ({"content": b"", "magnet": "magnet:?xt=urn:btih:" + "ab" * 20 + "&dn=a\x07b"}, "control character"),
        ({"content": b"", "path": "/data/a\n.torrent"}, "control character"),
        ({"content": b""}, "by one of them"),
        ({"hash": "abc"}, "abc"),
    ],
)
async def test_what_cannot_be_told_to_a_client_is_refused_before(given: dict[str, object], wrong: str) -> None:
    box, given = FakeRTorrent(), {"hash": MADE.hash, "content": MADE.content, **given}
    [added, other] = await add(box, Addition(**given), addition_of_file(make_torrent("Other").content))  # type: ignore[arg-type]
    assert other.outcome == "added"
    assert isinstance(added.error, UsageError)
    assert wrong in added.error.message
    assert box.methods().count("load.raw_start") == 1


async def test_a_magnet_that_lost_all_with_its_metadata_gets_it_back_but_bytes_are_not_moved() -> None:
    box, sent = FakeRTorrent(), addition_of_magnet("magnet:?xt=urn:btih:" + "ab" * 20, **SENT)  # type: ignore[arg-type]
    await add(box, sent)
    one = box.torrents[sent.hash.upper()]
    one.update({"d.custom1": "", "d.custom": "", "d.directory": "/data", "d.is_active": 0, "d.state": 0})
    settled = await box.client().settle(sent)
    assert set(settled.corrected) == {"folder", "label", "note", "running"}
    assert (one["d.directory"], one["d.custom1"], one["d.custom"], one["d.is_active"]) == ("/data/tv", "tv", "17", 1)
    one.update({"d.directory": "/data", "d.bytes_done": 5})
    settled = await box.client().settle(sent)
    assert isinstance(settled.error, AddDropped)
    assert "bytes are there already" in settled.error.message
    assert one["d.directory"] == "/data"


@given(st.text(st.characters(min_codepoint=32, blacklist_categories=("Cs",)) | st.sampled_from('",;\\$')))
def test_a_quoted_value_ends_only_where_it_ends(value: str) -> None:
    quoted = command("d.custom1.set=", value).removeprefix("d.custom1.set=")
    read, escaped = "", False
    for at, char in enumerate(quoted[1:], 1):
        if escaped or char not in '\\"':
            read, escaped = read + char, False
        elif char == "\\":
            escaped = True
        else:
            assert at == len(quoted) - 1
    assert (quoted[0], read) == ('"', value)


def test_hashes_are_those_of_the_info_whatever_way_they_are_written() -> None:
    assert addition_of_file(MADE.content).hash == MADE.hash
    plain = bytes(range(20))
    for written in (plain.hex(), plain.hex().upper(), base64.b32encode(plain).decode()):
        assert addition_of_magnet(f"magnet:?xt=urn:btih:{written}").hash == plain.hex()
    assert addition_of_magnet(plain.hex()).magnet == f"magnet:?xt=urn:btih:{plain.hex()}"
    for wrong in (b"<html>", b"", b"d4:infod12:meta versioni2e9:file treedeee", b"not a torrent"):
        with pytest.raises(UsageError):
            addition_of_file(wrong)
