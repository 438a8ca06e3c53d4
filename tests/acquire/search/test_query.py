"""The query of releases, and their order."""

from __future__ import annotations

import time
from typing import Any

import pytest

from mediatui.acquire.search.query import SORTS, parse, sorted_by
from mediatui.acquire.search.row import ReleaseRow
from mediatui.acquire.search.score import score
from mediatui.acquire.search.wanted import Ids, folded_name, wanted_by_id, wanted_of
from mediatui.model.badges import Known
from mediatui.model.errors import UsageError
from mediatui.model.preferred import Preferred
from mediatui.model.query_tree import QueryError
from mediatui.model.release import FoundRelease, Release
from mediatui.names.release_columns import columns_of

GB = 1_000_000_000
DAY = 86_400


def row(title: str, number: int = 1, known: Known | None = None, points: int = 0, **more: Any) -> ReleaseRow:
    first = FoundRelease(guid=title, indexer_id=1, indexer="Alpha", title=title, **more)
    release = Release(number, 1, first, folded=folded_name(title), first_seen_at=time.time())
    return ReleaseRow(release, columns_of(title), known or Known(), points)


FOUND = row(
    "Harbor.Lights.S02.MULTi.VFF.1080p.WEB-DL.DDP5.1.x265-FW", known=Known("part", 3, ("sent",)), size=12 * GB,
    seeders=40, leechers=2, grabs=7, categories=(5040,), flags=("freeleech",), published_at=int(time.time()) - 3 * DAY,
)  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        "", "harbor lights", '"harbor lights s02"', "-meadow", "size:>10gb", "size:12gb", "seeders:40", "seeders:>10",
        "peers:42", "grabs:<10", "indexer:alph", "cat:5000", "cat:5040,7000", "res:1080", "res:1080p|720p",
        "source:web-dl", "codec:x265", "audio:ddp", "lang:multi", "lang:vff", "lang:french", "group:fw", "season:2",
        "season:1..3", "is:pack", "is:pack,film", "is:freeleech", "badge:part", "sent:yes", "protocol:torrent",
        "age:<7d", "age:>1d", "seen:<1h", "hdr:none", "(season:9 OR is:freeleech) -is:cam",
    ],
)  # fmt: skip
def test_a_release_is_found_by(query: str) -> None:
    assert parse(query)(FOUND)
    assert not parse(f"NOT ({query})" if query else "-harbor")(FOUND)


@pytest.mark.parametrize(
    "query",
    [
        "size:>20gb", "res:2160", "lang:english", "is:cam", "is:film", "badge:obtained", "sent:no", "protocol:usenet",
        "age:<1d", "year:>1900", "episode:1..100", "cat:2000", "hdr:dv", "season:3",
    ],
)  # fmt: skip
def test_a_release_is_not_found_by(query: str) -> None:
    assert not parse(query)(FOUND)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("status:ok", "Unknown field"), ("res:1080i", "Bad value"), ("badge:x", "Bad value"), ("is:", "No value"),
        ("sent:maybe", "Bad value"), ("cat:tv", "Bad value"), ("(a", "never closed"), ("size:big", "Bad value"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(query: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        parse(query)


def test_an_unknown_number_never_matches_and_neither_does_its_opposite_range() -> None:
    unknown = row("A.Film.2010")
    assert not parse("size:>0")(unknown)
    assert not parse("seeders:<5")(unknown)


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("score", "bca"), ("age", "cab"), ("size", "abc"), ("seeders", "bca"), ("title", "abc"), ("res", "cba"),
        ("indexer", "bca"),
    ],
)  # fmt: skip
def test_releases_are_sorted_the_best_first(key: str, names: str) -> None:
    rows = [
        row("a 720p", 1, points=10, size=3, seeders=1, published_at=20),
        row("b 1080p", 2, points=30, size=2, seeders=90, published_at=10),
        row("c 2160p", 3, points=20, size=1, seeders=50, published_at=30),
    ]
    assert "".join(one.release.first.title[0] for one in sorted_by(rows, key)) == names
    assert set(SORTS) == {"score", "age", "size", "seeders", "title", "res", "indexer"}


def test_another_sort_key_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="cannot be sorted by 'date'") as caught:
        sorted_by([], "date")
    assert "score, age, size" in caught.value.hint


def points(title: str, typed: str = "dune 2021", *, preferred: Preferred | None = None) -> int:
    release = Release(1, 1, FoundRelease(guid="g", indexer_id=1, indexer="A", title=title), folded=folded_name(title))
    return score(release, columns_of(title), wanted_of(typed, None, None, None), preferred or Preferred())


def test_a_title_and_year_that_are_those_wanted_count_most() -> None:
    right, sequel, remake = points("Dune.2021.1080p"), points("Dune.Prophecy.2021.1080p"), points("Dune.1984.1080p")
    assert (right, remake) == (80, 30)
    assert sequel < right


def test_what_is_avoided_comes_after_all_else() -> None:
    avoid = {"languages": ("vostfr",), "groups": ("bad",), "resolutions": ("2160p",), "sources": ("webrip",)}
    preferred = Preferred({"languages": ("vostfr", "multi")}, avoid)
    plain = points("Dune.2021.1080p.WEB-DL", preferred=preferred)
    assert points("Dune.2021.VOSTFR.1080p.WEB-DL", preferred=preferred) == plain + 10 - 30
    assert points("Dune.2021.1080p.WEBRip-BAD", preferred=preferred) == plain - 60
    assert points("Dune.2021.2160p.WEB-DL", preferred=preferred) == plain - 30
    assert points("Dune.2021.WEB-DL", preferred=preferred) == plain


def test_what_is_preferred_counts_in_its_order_and_cams_count_less() -> None:
    preferred = Preferred({"resolutions": ("1080p", "2160"), "languages": ("multi", "vff"), "groups": ("qxr",)})
    plain = points("Dune.2021.720p.WEB", preferred=preferred)
    assert points("Dune.2021.1080p.WEB", preferred=preferred) == plain + 10
    assert points("Dune.2021.2160p.WEB", preferred=preferred) == plain + 5
    assert points("Dune.2021.MULTi.VFF.720p.WEB-QxR", preferred=preferred) == plain + 20
    assert points("Dune.2021.HDCAM.720p", preferred=preferred) == plain - 30


def test_what_is_of_the_film_or_series_that_was_picked_counts_more() -> None:
    wanted = wanted_by_id(Ids(tvdb=7001), ["Harbor Lane"], 2018, "series", 2, 3)

    def of(title: str, **ids: int) -> int:
        first = FoundRelease(guid="g", indexer_id=1, indexer="A", title=title, **ids)  # type: ignore[arg-type]
        return score(Release(1, 1, first), columns_of(title), wanted, Preferred())

    assert of("Harbor.Lane.S02E03.1080p") == 60 + 8 + 20 + 10
    assert of("Anything.S02E03.1080p", tvdb_id=7001) == 60 + 20 + 8 + 20 + 10
    assert of("Harbor.Lane.Nights.S02E03.1080p") < of("Harbor.Lane.S02E03.1080p") - 20
    assert of("Harbor.Lane.S05E01.1080p", tvdb_id=7001) == 60 + 20 - 30 + 10
