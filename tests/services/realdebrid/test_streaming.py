"""What the service tells of a file: every form its answers have been seen in."""

from __future__ import annotations

from typing import Any

import pytest

from mediatui.demo.faults import error
from mediatui.model.stream import Track
from mediatui.services.errors import BadAnswer, NotFound
from mediatui.services.realdebrid.streaming import read_addresses, read_media_info
from tests.worlds.account import MakeWorld, torrent

AUDIO = {"stream": "0:1", "lang": "French", "lang_iso": "fre", "codec": "aac", "channels": 2}


@pytest.mark.parametrize(
    "audio",
    [{"fre1": AUDIO}, [{"fre1": AUDIO}], [AUDIO]],
)
def test_tracks_are_found_in_each_form(audio: Any) -> None:
    assert read_media_info({"details": {"audio": audio, "video": [], "subtitles": None}}).tracks == (
        Track("audio", "aac", "French", "2 channels"),
    )


@pytest.mark.parametrize("odd", [{}, {"details": []}, {"details": {"video": "none"}, "duration": "x", "size": -1}])
def test_what_is_missing_or_odd_is_left_out(odd: Any) -> None:
    info = read_media_info(odd)
    assert (info.tracks, info.duration_s, info.size) == ((), 0.0, 0)


@pytest.mark.parametrize("answer", [[], None, "text", 7])
def test_an_answer_that_is_none_is_an_error(answer: Any) -> None:
    with pytest.raises(BadAnswer):
        read_media_info(answer)
    if answer in ("text", 7):
        with pytest.raises(BadAnswer):
            read_addresses(answer)
    else:
        assert read_addresses(answer) == ()


def test_only_web_addresses_are_addresses() -> None:
    found = read_addresses({"apple": {"full": "https://a/1.m3u8", "low": "file:///etc/passwd"}, "dash": [], "x": None})
    assert [(one.format, one.quality, one.url) for one in found] == [("apple", "full", "https://a/1.m3u8")]
    assert "https://a" not in repr(found)


async def test_a_file_without_metadata_is_asked_for_once(account_of: MakeWorld) -> None:
    packed, film = torrent(shape="rar", file_count=9), torrent()
    world = await account_of([packed, film])
    made = await world.client.unrestrict(packed.links()[0])
    assert await world.client.media_info(made.id) is None
    assert world.requests("/streaming/mediaInfos/") == 1
    known = await world.client.media_info((await world.client.unrestrict(film.links()[0])).id)
    assert known is not None
    assert known.tracks[0] == Track("video", "h264", "", "1920×1080")

    world.fault("/streaming/mediaInfos/", error(503, 25, "service_unavailable"))
    assert await world.client.media_info(made.id) is None
    with pytest.raises(NotFound):
        await world.client.stream_addresses("NOBODYS")
