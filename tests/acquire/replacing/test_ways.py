from __future__ import annotations

import pytest

from mediatui.acquire.replacing.ways import account_ways, quality_before, release_ways
from mediatui.acquire.search.row import ReleaseRow
from mediatui.model.badges import Known
from mediatui.model.candidate import Candidate
from mediatui.model.release import FoundRelease, Release
from mediatui.model.target import Target
from mediatui.names.release_columns import columns_of

EPISODE = Target("series", "Tin Garden", 2019, season=1, episodes=(2,))
TWO = Target("series", "Tin Garden", 2019, season=1, episodes=(9, 10))
FILM = Target("film", "Old Oak", 2010)
BEFORE = columns_of("Tin.Garden.S01E02.720p.WEB.x264-OLD")


def candidate(path: str, score: int, torrent: str = "T1") -> Candidate:
    return Candidate(
        f"/mnt/__all__/{path}".encode(), score, "same size", torrent_id=torrent, torrent=path.split("/")[0]
    )


def row(title: str, score: int = 90, **facts: str) -> ReleaseRow:
    first = FoundRelease(title, 1, "Alpha", title, 10**9, 5, hash=facts.get("hash", ""))
    release = Release(number=1, search=1, related=True, first=first, also=(), first_seen_at=0.0, seen_at=0.0)
    return ReleaseRow(release, columns_of(title), Known(), score)


@pytest.mark.parametrize(
    ("path", "score", "target", "expected"),
    [
        ("Tin.Garden.S01/Tin.Garden.S01E02.mkv", 60, EPISODE, (True, 90)),
        ("Tin.Garden.S01/Tin.Garden.S01E03.mkv", 60, EPISODE, None),
        ("Tin.Garden.S01/odd.mkv", 100, EPISODE, (True, 100)),
        ("Other.S01/S01E02.mkv", 80, EPISODE, (False, 80)),
        ("Tin.Garden.S01/Tin.Garden.S01E09.mkv", 60, TWO, None),
        ("Tin.Garden.S01/Tin.Garden.S01E09E10.mkv", 60, TWO, (True, 90)),
        ("Old.Oak.2010/Old.Oak.2010.mkv", 60, FILM, (True, 90)),
        ("Old.Oak.1974/Old.Oak.1974.mkv", 60, FILM, None),
        ("Old.Oak/Old.Oak.mkv", 60, FILM, (False, 60)),
        ("Anything/movie.mkv", 80, None, (False, 80)),
    ],
)
def test_a_file_of_the_account_is_taken_only_when_it_is_surely_the_same(
    path: str, score: int, target: Target | None, expected: tuple[bool, int] | None
) -> None:
    ways = account_ways([candidate(path, score)], target, (), {})
    assert [(way.is_sure, way.score) for way in ways] == ([] if expected is None else [expected])


def test_the_same_torrent_once_more_is_a_way_of_its_own() -> None:
    (way,) = account_ways([candidate("A/b.mkv", 100, "T2")], EPISODE, {"T2"}, {})
    assert way.kind == "twin"


def test_a_file_that_did_not_open_before_comes_last() -> None:
    one = candidate("A/b.mkv", 100)
    (way,) = account_ways([one], EPISODE, (), {one.path: "it does not open"})
    assert (way.is_sure, way.is_last, way.why) == (False, True, "same size; it failed before (it does not open)")


def test_releases_hold_all_that_the_link_is_of() -> None:
    names = ["Tin.Garden.S01E02.720p.WEB-A", "Tin.Garden.S01E03.720p.WEB-A", "Tin.Garden.S01.720p.WEB-A"]
    assert [way.name for way in release_ways([*map(row, names)], EPISODE, BEFORE, (), ())] == [names[0], names[2]]
    names = ["Tin.Garden.S01E09.720p.WEB-A", "Tin.Garden.S01E09E10.720p.WEB-A", "Tin.Garden.S02.720p.WEB-A"]
    assert [way.name for way in release_ways([*map(row, names)], TWO, BEFORE, (), ())] == [names[1]]


def test_the_quality_that_was_there_comes_first_unless_another_is_preferred() -> None:
    rows = [row("Tin.Garden.S01E02.1080p.WEB-A", 92), row("Tin.Garden.S01E02.720p.WEB-B", 90)]
    first, second = release_ways(rows, EPISODE, BEFORE, (), ())
    assert [(first.score, first.is_sure), (second.score, second.is_sure)] == [(100, True), (92, False)]
    assert "it is 1080p, and was 720p" in second.why
    assert [way.is_sure for way in release_ways(rows, EPISODE, BEFORE, (), (), any_quality=True)] == [True, True]
    assert [way.is_sure for way in release_ways(rows, EPISODE, BEFORE, ("1080p",), ())] == [True, True]
    assert [way.is_sure for way in release_ways(rows, EPISODE, columns_of("x"), (), ())] == [True, True]
    assert [way.is_sure for way in release_ways(rows, EPISODE, BEFORE, ("2160p",), ())] == [True, False]


@pytest.mark.parametrize(
    ("title", "score", "facts", "why"),
    [
        ("Old.Oak.2010.1080p.BluRay-A", 95, {"hash": "a" * 40}, "it is the torrent that died, or failed before"),
        ("Old.Oak.2010.HDCAM-A", 95, {}, "it is cam"),
        ("Old.Oak.2010.1080p.BluRay-A", 79, {}, "fewer than 80 points"),
    ],
)
def test_what_is_not_taken_says_why(title: str, score: int, facts: dict[str, str], why: str) -> None:
    (way,) = release_ways([row(title, score, **facts)], FILM, columns_of("x"), (), {"a" * 40})
    assert (way.is_sure, why in way.why) == (False, True)


def test_the_old_quality_is_read_from_the_file_else_from_its_folder() -> None:
    assert quality_before(b"/m/__all__/Old.Oak.2010.1080p.WEB/oak.mkv").resolution == 1080
    assert quality_before(b"/m/__all__/x/Old.Oak.2010.720p.mkv").resolution == 720
