"""Rules between two sides' paths: the longest by whole names, applied once, and what is assumed without one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediatui.model.path_rules import PathRule, PathRules, equal_sources


def rules(*pairs: tuple[str, str], service: str = "") -> PathRules:
    return PathRules([PathRule("arr", source, target, service) for source, target in pairs])


@pytest.mark.parametrize(
    ("pairs", "ours", "theirs"),
    [
        ([("/home/bob", "/b"), ("/home/bob/tv", "/tv")], "/home/bob/tv/x", "/tv/x"),
        ([("/home/bob/tv", "/tv"), ("/home/bob", "/b")], "/home/bob/films/x", "/b/films/x"),
        ([("/home/bob", "/")], "/home/bob/x", "/x"),
        ([("/home/bob", "/")], "/home/bob", "/"),
        ([("/", "/mnt/box")], "/data/x", "/mnt/box/data/x"),
        ([("/srv/tv", "D:\\TV")], "/srv/tv/Ü x/y", "D:\\TV\\Ü x\\y"),
        ([("/data", "/data/media")], "/data/media/x", "/data/media/media/x"),  # into itself: once
        ([("/a", "/b"), ("/b", "/a")], "/a/x", "/b/x"),  # round in a ring: once
        ([("/a", "/b"), ("/b", "/c"), ("/c", "/a")], "/b/x", "/c/x"),
        ([("/a", "/a")], "/a/x", "/a/x"),
    ],
)
def test_the_longest_folder_that_fits_decides_and_only_once(
    pairs: list[tuple[str, str]], ours: str, theirs: str
) -> None:
    translation = rules(*pairs).of("arr", "sonarr")
    there = translation.there(ours)
    assert (there.path, there.assumed) == (theirs, False)
    assert translation.here(theirs) == ours


@pytest.mark.parametrize("path", ["/home/bobby/x", "/home", "/home/bo", "/srv", "home/bob", "/home/bob/../al"])
def test_a_folder_no_rule_fits_is_the_same_and_that_is_assumed(path: str) -> None:
    there = rules(("/home/bob", "/b")).of("arr").there(path)
    assert (there.path, there.assumed, there.rule) == (path, True, None)


def test_what_the_other_side_has_at_a_path_of_ours_is_not_ours() -> None:
    translation = rules(("/a", "/x"), ("/a/sub", "/y")).of("arr")
    assert translation.here("/x/f") == "/a/f"
    assert translation.here("/x/sub/f") is None
    assert translation.here("/a/f") is None
    assert translation.here("/elsewhere") == "/elsewhere"
    assert rules(("/", "/mnt/box")).of("arr").here("/etc") is None


def test_a_kind_has_its_own_rules_and_a_service_comes_before_its_kind() -> None:
    known = PathRules(
        [
            PathRule("plex", "/lib", "/plex"), PathRule("arr", "/lib", "/all"),
            PathRule("arr", "/lib", "/one", "anime"), PathRule("arr", "/lib/deep", "/deep"),
        ]
    )  # fmt: skip
    assert known.of("plex").there("/lib/x").path == "/plex/x"
    assert known.of("jellyfin").there("/lib/x").assumed
    assert known.of("arr", "anime").there("/lib/x").path == "/one/x"
    assert known.of("arr", "sonarr").there("/lib/x").path == "/all/x"
    assert known.of("arr", "anime").there("/lib/deep/x").path == "/deep/x"
    assert equal_sources(known.rules) is None


def test_two_rules_with_one_beginning_are_found_however_it_is_written() -> None:
    one, other = PathRule("seedbox", "/home/bob", "/b"), PathRule("seedbox", "/home//bob/", "/c")
    assert equal_sources([one, PathRule("plex", "/home/bob", "/b"), other]) == other
    assert equal_sources([PathRule("arr", "C:\\TV", "/a"), PathRule("arr", "c:/tv", "/b")]) is not None


NAMES = st.sampled_from(["a", "b", "ab", "É", "x y"])
PATHS = st.lists(NAMES, max_size=4).map(lambda names: "/" + "/".join(names))


@given(st.lists(st.tuples(PATHS, PATHS), max_size=4, unique_by=lambda pair: pair[0]), PATHS)
def test_there_and_back_is_where_it_began_or_another_folder_that_is_there_too(
    pairs: list[tuple[str, str]], path: str
) -> None:
    translation = rules(*pairs).of("arr")
    there = translation.there(path)
    back = translation.here(there.path)
    assert back is not None or there.assumed
    assert back is None or translation.there(back).path == there.path
