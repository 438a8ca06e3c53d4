"""Paths under two names: whole components, the longest prefix, both kinds of slashes."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from mediatui.model.errors import UsageError
from mediatui.model.path_map import PathMap, read_folder

BOTH_WAYS = [
    # pairs (ours, theirs), our path, their path
    ([("/srv/media", "/data")], "/srv/media/tv/Show", "/data/tv/Show"),
    ([("/srv/media", "/data")], "/srv/media", "/data"),
    ([("/srv/media/", "/data/")], "/srv/media/tv", "/data/tv"),
    ([("/srv", "/data"), ("/srv/tv", "/shows")], "/srv/tv/Show", "/shows/Show"),
    ([("/srv/tv", "/shows"), ("/srv", "/data")], "/srv/tv4k/Show", "/data/tv4k/Show"),
    ([("/srv", "/")], "/srv/tv", "/tv"),
    ([("/srv", "/")], "/srv", "/"),
    ([("/", "/host")], "/tv/Show", "/host/tv/Show"),
    ([("/srv/tv", "D:\\TV")], "/srv/tv/Show/S01", "D:\\TV\\Show\\S01"),
    ([("/srv/tv", "D:/TV")], "/srv/tv/Show", "D:\\TV\\Show"),
    ([("/srv", "d:")], "/srv/tv", "D:\\tv"),
    ([("/srv", "D:\\")], "/srv", "D:\\"),
    ([("/srv/tv", "\\\\nas\\tv")], "/srv/tv/Show", "\\\\nas\\tv\\Show"),
    ([("/srv/tv", "/data/tv")], "/srv/tv/odd\\name", "/data/tv/odd\\name"),
    ([("/srv/tv", "/data/tv")], "/elsewhere/Show", "/elsewhere/Show"),
    ([("/srv/tv", "/data/tv")], "/srv/tv4k/Show", "/srv/tv4k/Show"),
    ([], "/srv/tv//Show", "/srv/tv//Show"),
]


@pytest.mark.parametrize(("pairs", "ours", "theirs"), BOTH_WAYS)
def test_there_and_back(pairs: list[tuple[str, str]], ours: str, theirs: str) -> None:
    paths = PathMap(pairs)
    assert paths.to_theirs(ours) == theirs
    assert paths.to_ours(theirs) == ours


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("d:\\tv\\Show", "/srv/tv/Show"),
        ("D:/TV/Show/S01", "/srv/tv/Show/S01"),
        ("D:\\TV\\.\\Show\\", "/srv/tv/Show"),
        ("D:\\TV4K\\Show", "D:\\TV4K\\Show"),
        ("E:\\TV\\Show", "E:\\TV\\Show"),
        ("D:\\TV\\..\\Windows", "D:\\TV\\..\\Windows"),
        ("TV\\Show", "TV\\Show"),
    ],
)
def test_windows_names_the_same_folder_in_many_ways(theirs: str, ours: str) -> None:
    assert PathMap([("/srv/tv", "D:\\TV")]).to_ours(theirs) == ours


def test_case_counts_where_it_counts() -> None:
    assert PathMap([("/srv/tv", "/data/TV")]).to_ours("/data/tv/Show") == "/data/tv/Show"


def test_slashes_and_dots_do_not_hide_a_prefix_but_a_step_up_does() -> None:
    paths = PathMap([("/srv/tv", "/data")])
    assert paths.to_theirs("//srv/./tv//Show/") == "/data/Show"
    assert paths.to_theirs("/srv/tv/../secret") == "/srv/tv/../secret"


def test_unicode_forms_name_the_same_folder_and_the_rest_stays_as_it_is() -> None:
    composed, decomposed = (unicodedata.normalize(form, "/srv/Séries") for form in ("NFC", "NFD"))
    below = unicodedata.normalize("NFD", "Épisode")
    assert PathMap([(composed, "/data")]).to_theirs(f"{decomposed}/{below}") == f"/data/{below}"


def test_names_that_are_not_text_survive() -> None:
    odd = os.fsdecode(b"/srv/tv/\xff\xfe")
    theirs = PathMap([(Path("/srv/tv"), "/data")]).to_theirs(Path(odd))
    assert os.fsencode(theirs) == b"/data/\xff\xfe"


@pytest.mark.parametrize("pair", [("tv", "/data"), ("/srv", "data"), ("/srv/../etc", "/data"), ("/srv", "D:TV")])
def test_a_pair_that_is_not_absolute_is_refused_by_name(pair: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="is not an absolute path") as caught:
        PathMap([pair])
    assert any(f'"{path}"' in caught.value.message for path in pair)


def test_a_parents_key_begins_its_childs() -> None:
    parent, child = read_folder("/srv/tv"), read_folder("/srv/tv/Show")
    assert parent is not None
    assert child is not None
    assert child.key[: len(parent.key)] == parent.key
    assert read_folder("") is None
