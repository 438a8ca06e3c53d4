"""Which words of a name are technical tags, languages or the group, and which are what it is about."""

from __future__ import annotations

import pytest
from hypothesis import given

from mediatui.names.technical_tags import words_of
from tests.worlds.any_text import any_text


def about(name: str) -> list[str]:
    return [word.text for word in words_of(name) if not word.tag]


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("Film.2010.1080p.DDP5.1.HDR10+.BluRay.x265-GRP[rarbg]", "film 2010"),
        ("Film (2010) 1080p WEB-DL H.264-D-Z0N3.mkv", "film 2010"),
        ("Film.2010.DTS-HD.MA.7.1.Blu-ray.AAC.2.0", "film 2010"),
        ("Film.2010.PROPER.mkv", "film 2010"),
        ("Show.S01E02.The.Web.of.Lies.1080p.WEB.PROPER.YIFY", "show s01e02 the web of lies"),
        ("Show.S01E02.Code.Red.1080p.NF.x264-GRP", "show s01e02 code red"),
        ("The.French.Film.2010.FRENCH.1080p", "the french film 2010"),
        ("Mr.Hollands.Opus.1995.1080p.OPUS5.1-GRP", "mr hollands opus 1995"),
        ("Film.2010.1080p.WEB.Lions", "film 2010 lions"),
        ("Director's.Film.2010.1080p.x264-GRP {tmdb-12}", "directors film 2010"),
        ("[GRP] Show - 02 - Cat [99C0F5FE].mkv", "grp show 02 cat"),
    ],
)
def test_tags_and_the_group_are_told_from_what_a_name_is_about(name: str, left: str) -> None:
    assert " ".join(about(name)) == left


@given(any_text(max_size=60))
def test_any_name_is_read(name: str) -> None:
    words = words_of(name)
    assert all(word.text and word.start < word.end for word in words)
