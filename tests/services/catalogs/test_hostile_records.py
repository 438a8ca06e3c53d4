"""Whatever a catalog sends, its records are read or refused, and nothing without an id is passed on."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediatui.services.tmdb import records as tmdb
from mediatui.services.tvdb import records as tvdb
from tests.fakes.catalogs import CATALOG_SHAPES

NAMES = sorted(
    {part for shape in CATALOG_SHAPES.values() for name in shape for part in name.replace("[]", "").split(".")}
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(
    ["2021", "2021-09-24", "tt9000001", "eng", "fr", "IMDB", "TheMovieDB.com", "81189", "TBA", "\ud800", "\x1b[31m"]
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=25,
)
OBJECTS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8)
LANGUAGES = ("fr", "en")


@settings(max_examples=40, deadline=None)
@given(OBJECTS, st.sampled_from(["film", "series"]))
def test_no_answer_makes_the_readers_fail(value: dict[str, Any], kind: Any) -> None:
    found = [*tmdb.read_results({"fr": value, "en": value}, kind, LANGUAGES), *tvdb.read_found(value, kind, LANGUAGES)]
    for read in (tmdb.read_title, tvdb.read_title):
        with contextlib.suppress(ValueError):
            found.append(read(value, kind, LANGUAGES))
    assert all(one.id > 0 and isinstance(one.title, str) for one in found)
    for one in (*tmdb.read_episodes(value, 2), *tvdb.read_episodes(value)[0]):
        assert one.season >= 0
        assert one.number >= 0
    assert all(number > 0 for number in tvdb.read_remote(value, kind))
    assert tmdb.lacks_text(value, kind) in (True, False)


@pytest.mark.parametrize("kind", ["film", "series"])
def test_an_id_that_is_no_number_is_none(kind: Any) -> None:
    for number in (None, "", "x", [], {}, 0, -3, float("nan"), float("inf"), "1e400"):
        assert not tmdb.read_results({"fr": {"results": [{"id": number, "title": "x", "name": "x"}]}}, kind, LANGUAGES)
        assert not tvdb.read_found({"data": [{"tvdb_id": number, "name": "x"}]}, kind, LANGUAGES)
