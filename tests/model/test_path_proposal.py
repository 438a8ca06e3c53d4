"""Which pair of folders two sides' paths suggest, by the names they end with."""

from __future__ import annotations

import pytest

from mediatui.model.path_map import read_folder
from mediatui.model.path_proposal import aligned_pairs, anchored, common_tail, shortened, tail_places
from mediatui.model.path_rules import PathRule, Translation


@pytest.mark.parametrize(
    ("ours", "theirs", "pair"),
    [
        ("/srv/library/Séries", "/data/library/Séries", ("/srv", "/data")),
        ("/srv/library", "/data", ("/srv/library", "/data")),
        ("/srv/tv", "D:\\Media\\TV", ("/srv", "D:\\Media")),
        ("/library", "/data/library", ("/library", "/data/library")),
        ("/a/b", "/", ("/a/b", "/")),
    ],
)
def test_what_both_end_with_is_left_out_but_neither_becomes_empty(
    ours: str, theirs: str, pair: tuple[str, str]
) -> None:
    assert shortened(ours, theirs) == pair


def test_names_count_in_any_case_and_unicode_form() -> None:
    one, other = read_folder("/srv/S\u00e9ries/tv"), read_folder("/x/Se\u0301ries/TV")
    assert one is not None
    assert other is not None
    assert common_tail(one, other) == 2


def test_a_path_below_a_folder_that_ends_alike_suggests_the_rest() -> None:
    link = "/srv/library/Séries/Drame/Show (2001)/S01E01.mkv"
    pairs = aligned_pairs(link, ["/data/Films", "/data/library/Séries", "/other/Drame"])
    assert pairs[0] == ("/srv", "/data")
    assert ("/srv/library/Séries", "/other") in pairs
    assert Translation([PathRule("plex", *pairs[0])]).there(link).path == link.replace("/srv", "/data")


@pytest.mark.parametrize("path", ["/data/Films/x.mkv", "/srv/Music/x.mp3", "x.mkv"])
def test_where_nothing_ends_alike_or_all_is_alike_nothing_is_suggested(path: str) -> None:
    assert aligned_pairs(path, ["/data/Films"]) == []


def test_the_end_of_a_path_is_looked_for_below_what_is_known_there_the_longest_first() -> None:
    found = list(tail_places("/srv/media/staging", ["/data/tv", "/data"]))
    places = [place for _, _, place in found]
    assert found[0] == ("/data/tv", "srv", "/data/tv/srv/media/staging")
    assert ("/data", "media", "/data/media/staging") in found
    assert ("/", "staging", "/staging") in found
    assert places.index("/data/media/staging") < places.index("/data/staging")
    assert list(tail_places("staging", ["/data"])) == []


def test_a_pair_begins_where_a_rule_that_failed_does() -> None:
    assert anchored("/srv/staging", "/srv/staging/12", "/data/staging/12") == ("/srv/staging", "/data/staging")
    assert anchored("/srv/staging/", "/srv/staging", "/data/other") == ("/srv/staging/", "/data/other")
    assert anchored("/srv", "/srv/staging/12", "D:\\staging\\12") == ("/srv", "D:\\")
    assert anchored("/srv", "/srv/staging", "/data/stage") is None
