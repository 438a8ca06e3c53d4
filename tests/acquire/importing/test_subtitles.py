"""Which subtitles belong to which video, and what they are called beside it."""

from __future__ import annotations

import pytest

from mediatui.acquire.importing.subtitles import suffix_of, video_of
from mediatui.model.transfer_file import TransferFile

TWO = [TransferFile(f"/Pack/Show.S01E0{number}.1080p.mkv", 1, wanted=True) for number in (1, 2)]


@pytest.mark.parametrize(
    ("path", "suffix"),
    [
        ("/Heat.1995.fr.srt", ".fr.srt"), ("/Heat.1995.FRE.SRT", ".srt"), ("/Heat.1995.fra.srt", ".fr.srt"),
        ("/Heat.1995.fr.forced.srt", ".fr.forced.srt"), ("/Heat.1995.en.sdh.forced.ass", ".en.sdh.forced.ass"),
        ("/Heat.1995.hi.srt", ".hi.srt"), ("/Heat.1995.en.hi.srt", ".en.hi.srt"), ("/Heat.1995.srt", ".srt"),
        ("/Heat.1995.web.srt", ".srt"), ("/Heat.1995.English.srt", ".en.srt"), ("/Heat/Subs/2_English.srt", ".en.srt"),
        ("/Heat/Subs/Heat/3_French.idx", ".fr.idx"), ("/Heat/2_English.srt", ".srt"),
    ],
)  # fmt: skip
def test_the_language_is_what_stands_right_before_the_ending(path: str, suffix: str) -> None:
    assert suffix_of(path) == suffix


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/Pack/Show.S01E02.1080p.fr.srt", 2), ("/Pack/Subs/Show.S01E01.1080p/2_English.srt", 1),
        ("/Pack/Show.S01E02.1080p.srt", 2), ("/Pack/Show.S01E03.fr.srt", None),
        ("/Pack/Show.S01E01.1080p-other.srt", None),
    ],
)  # fmt: skip
def test_subtitles_go_with_the_video_they_are_called_like(path: str, number: int | None) -> None:
    found = video_of(path, TWO)
    assert found == (None if number is None else TWO[number - 1])


def test_subtitles_go_with_the_only_video() -> None:
    assert video_of("/Pack/Subs/2_English.srt", TWO[:1]) == TWO[0]
