from __future__ import annotations

import pytest

from mediatui.names.scene_name import scene_name


@pytest.mark.parametrize(
    ("release", "file", "expected"),
    [
        ("Tin.Garden.S01E02.1080p.WEB-GRP", "/tg.s01e02.mkv", "Tin.Garden.S01E02.1080p.WEB-GRP"),
        ("Tin.Garden.S01.1080p.WEB-GRP", "/Tin.Garden.S01E02.1080p.WEB-GRP.mkv", "Tin.Garden.S01E02.1080p.WEB-GRP"),
        ("Tin.Garden.S01.1080p.WEB-GRP", "/02.mkv", "Tin.Garden.S01.1080p.WEB-GRP"),
        ("Old.Oak.2010.1080p.BluRay-GRP.mkv", "/Old.Oak.2010.1080p.BluRay-GRP.mkv", "Old.Oak.2010.1080p.BluRay-GRP"),
    ],
)
def test_the_name_that_says_which_episode_it_is(release: str, file: str, expected: str) -> None:
    assert scene_name(release, file) == expected
